"""Who works here: executors (bodies), users (people), and who speaks for which body."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils import timezone
from simple_history.models import HistoricalRecords

from .. import textforms
from ..enums import AppointmentRole, ExecutorKind
from ..fields import TaxNumberField
from .base import Versioned


class ExecutorQuerySet(models.QuerySet["Executor"]):
    def spelled(self, text: str) -> ExecutorQuerySet:
        """Executors known by this spelling, their own name or an alias."""
        return self.filter(aliases__search_key=textforms.search_key(text))


class Executor(Versioned):
    """Виконавець: a council body, institution, outside body, or a collective nobody logs in as."""

    name = models.CharField("назва", max_length=300, help_text="У називному відмінку, без «(за згодою)».")
    official_name = models.CharField(
        "повна назва для документів",
        max_length=300,
        blank=True,
        help_text="Як у шапці звіту: з назвою ради. Якщо порожньо, друкується назва.",
    )
    kind = models.CharField("вид", max_length=30, choices=ExecutorKind, default=ExecutorKind.COUNCIL_BODY)
    edrpou = models.CharField(
        "код ЄДРПОУ",
        max_length=8,
        blank=True,
        validators=[RegexValidator(r"^\d{8}$", "Код ЄДРПОУ складається з восьми цифр.")],
    )
    is_active = models.BooleanField(
        "діє", default=True, help_text="Виконавців не видаляють, а позначають такими, що не діють."
    )
    # Twice the name: folding writes «№» as two signs.
    search_key = models.CharField(max_length=600, unique=True, editable=False)
    sort_key = models.CharField(max_length=300, db_index=True, editable=False)

    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])
    objects = ExecutorQuerySet.as_manager()

    class Meta:
        verbose_name = "виконавець"
        verbose_name_plural = "виконавці"
        ordering = ["sort_key", "pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        refuse_taken_spelling(self.name, among=ExecutorAlias.objects.exclude(executor=self.pk))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_key = textforms.search_key(self.name)
        self.sort_key = textforms.sort_key(self.name)
        with transaction.atomic():
            super().save(*args, **kwargs)
            # The own name stands among the aliases too: one unique column then covers every spelling.
            ExecutorAlias.objects.get_or_create(
                search_key=self.search_key, executor=self, defaults={"name": self.name}
            )

    @property
    def printed_name(self) -> str:
        return self.official_name or self.name


class ExecutorAlias(models.Model):
    """Another spelling under which documents name an executor."""

    executor = models.ForeignKey(
        Executor, on_delete=models.PROTECT, related_name="aliases", verbose_name="виконавець"
    )
    name = models.CharField("написання", max_length=300)
    search_key = models.CharField(
        max_length=600,
        unique=True,
        editable=False,
        error_messages={"unique": "Таке написання вже має інший виконавець."},
    )

    history = HistoricalRecords(excluded_fields=["search_key"])

    class Meta:
        verbose_name = "написання назви"
        verbose_name_plural = "інші написання назви"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_key = textforms.search_key(self.name)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        refuse_taken_spelling(self.name, among=ExecutorAlias.objects.exclude(pk=self.pk))


def refuse_taken_spelling(name: str, *, among: models.QuerySet[ExecutorAlias]) -> None:
    """Raises ValidationError when one of these aliases is the same spelling."""
    taken = among.filter(search_key=textforms.search_key(name)).select_related("executor").first()
    if taken is not None:
        raise ValidationError(
            {"name": f"Під назвою «{name}» вже записано виконавця «{taken.executor.name}»."}
        )


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.full_clean()
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        """For `manage.py createsuperuser`: accounts and settings, no power over figures."""
        return self.create_user(username, password, is_system_admin=True, **fields)


class User(AbstractBaseUser):
    """A person with an account. What they may do comes from appointments and three global roles."""

    username = models.CharField(
        "ім’я користувача",
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": "Користувач із таким іменем уже є."},
    )
    given_name = models.CharField("власне ім’я", max_length=150)
    family_name = models.CharField("прізвище", max_length=150)
    email = models.EmailField("електронна пошта", blank=True)
    tax_number = TaxNumberField(
        help_text="Для тих, хто підписує звіти: звіряється з сертифікатом підпису. Бачать лише тут."
    )
    is_active = models.BooleanField(
        "може входити", default=True, help_text="Облікові записи не видаляють, а вимикають."
    )
    is_auditor = models.BooleanField(
        "внутрішній аудитор", default=False, help_text="Читає все, нічого не змінює."
    )
    is_program_admin = models.BooleanField(
        "адміністратор програм", default=False, help_text="Веде програми, рішення, плани та створює звіти."
    )
    is_system_admin = models.BooleanField(
        "системний адміністратор", default=False, help_text="Веде облікові записи; показників не бачить."
    )
    is_demo = models.BooleanField("демонстраційний запис", default=False, editable=False)
    date_joined = models.DateTimeField("створено", default=timezone.now, editable=False)
    sort_key = models.CharField(max_length=300, db_index=True, editable=False)

    history = HistoricalRecords(excluded_fields=["password", "last_login", "sort_key"])
    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["given_name", "family_name"]

    class Meta:
        verbose_name = "користувач"
        verbose_name_plural = "користувачі"
        ordering = ["sort_key", "pk"]

    def __str__(self) -> str:
        return self.get_full_name()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = textforms.sort_key(f"{self.family_name} {self.given_name}")
        # Django notes every sign-in here: that is no change of the account.
        is_sign_in = list(kwargs.get("update_fields") or ()) == ["last_login"]
        if is_sign_in:
            self.skip_history_when_saving = True
        super().save(*args, **kwargs)
        if is_sign_in:
            del self.skip_history_when_saving

    def get_full_name(self) -> str:
        """«Власне ім’я ПРІЗВИЩЕ», as signatures are written."""
        return f"{self.given_name} {self.family_name.upper()}".strip() or self.username

    def get_short_name(self) -> str:
        return self.given_name or self.username

    # The admin asks these; every right is a predicate in permissions.py, so they grant nothing.
    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False

    @property
    def is_staff(self) -> bool:
        from ..permissions import can_enter_admin

        return can_enter_admin(self)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def current(self, on: datetime.date | None = None) -> AppointmentQuerySet:
        day = on or timezone.localdate()
        return self.filter(starts_on__lte=day).filter(
            models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=day)
        )


class Appointment(models.Model):
    """Призначення: who is відповідальна особа, керівник or в. о. of which executor, and when."""

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="appointments", verbose_name="користувач"
    )
    executor = models.ForeignKey(
        Executor, on_delete=models.PROTECT, related_name="appointments", verbose_name="виконавець"
    )
    role = models.CharField("роль", max_length=30, choices=AppointmentRole)
    order_text = models.CharField(
        "розпорядчий документ",
        max_length=200,
        blank=True,
        help_text="Номер і дата наказу чи розпорядження; для в. о. керівника обов’язково.",
    )
    starts_on = models.DateField("від")
    ends_on = models.DateField("до", null=True, blank=True, help_text="Порожньо: безстроково.")

    history = HistoricalRecords()
    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = "призначення"
        verbose_name_plural = "призначення"
        ordering = ["executor__sort_key", "-starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="appointment_ends_after_start",
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                violation_error_message="Призначення не може закінчитися раніше, ніж почалося.",
            ),
            models.CheckConstraint(
                name="appointment_acting_head_has_order",
                condition=~models.Q(role=AppointmentRole.ACTING_HEAD) | ~models.Q(order_text=""),
                violation_error_message="Для в. о. керівника вкажіть номер і дату розпорядчого документа.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.executor}"
