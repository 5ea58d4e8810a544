"""Executors, accounts and appointments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, BaseUserCreationForm, UserChangeForm
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, QuerySet
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from import_export.admin import ExportMixin
from import_export.forms import ExportForm

from .. import permissions, textforms
from ..importing.formats import EXPORT_FORMATS
from ..importing.resources import ExecutorResource
from ..models import Appointment, Executor, ExecutorAlias, User
from .base import (
    HistoryAdmin,
    PortalInline,
    StaleAwareForm,
    StaleAwareFormSet,
    holds,
    person,
    search_words,
)


class FormatForm(ExportForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].choices = self.fields["format"].choices[1:]
        self.fields["format"].label = "Формат файлу"


class ExportAdmin(ExportMixin, HistoryAdmin):
    """A button «Експорт» on the list; taking data in by the stock import page is not offered."""

    export_form_class = FormatForm
    export_template_name = "admin/programs/export.html"
    export_formats = EXPORT_FORMATS
    to_encoding = "utf-8"

    def has_export_permission(self, request: HttpRequest) -> bool:
        return holds(request, permissions.can_export_lists)


class AliasFormSet(StaleAwareFormSet):
    def clean(self) -> None:
        super().clean()
        own_name = textforms.search_key(self.instance.name)
        seen: set[str] = {own_name}
        for form in self.forms:
            name = getattr(form, "cleaned_data", {}).get("name", "")
            if not name or not form.has_changed() or form.cleaned_data.get(DELETION_FIELD_NAME):
                continue
            key = textforms.search_key(name)
            if key in seen:
                form.add_error("name", "Це написання вже є: апостроф, регістр і пробіли не рахуються.")
            seen.add(key)


class AliasInline(PortalInline):
    """Spellings other than the own name, which stands among the aliases by itself."""

    model = ExecutorAlias
    formset = AliasFormSet
    fields = ["name"]
    add_words = "Додати написання"
    rows_may_go = True
    can_read = staticmethod(permissions.can_read_executors)
    can_manage = staticmethod(permissions.can_manage_programs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ExecutorAlias]:
        return super().get_queryset(request).exclude(search_key=F("executor__search_key"))


@admin.register(Executor)
class ExecutorAdmin(ExportAdmin):
    belongings = ((ExecutorAlias, "executor"),)
    can_read = staticmethod(permissions.can_read_executors)
    can_manage = staticmethod(permissions.can_manage_programs)
    resource_classes = [ExecutorResource]

    list_display = ["name", "kind", "edrpou", "is_active"]
    list_filter = ["kind", "is_active"]
    # Names the search box; what it searches is decided in get_search_results.
    search_fields = ["search_key"]
    search_help_text = "Назва або інше її написання; регістр і вид апострофа не важать."
    ordering = ["sort_key", "pk"]
    fieldsets = [
        (None, {"fields": ["name", "official_name", "kind", "edrpou", "is_active"]}),
    ]
    inlines = [AliasInline]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str):
        spelled = search_words(ExecutorAlias.objects.all(), "search_key", search_term)
        return queryset.filter(pk__in=spelled.values("executor")), False


@admin.register(Appointment)
class AppointmentAdmin(HistoryAdmin):
    can_read = staticmethod(permissions.can_read_appointments)
    can_manage = staticmethod(permissions.can_manage_appointments)

    list_display = ["user", "executor", "role", "starts_on", "ends_on", "order_text"]
    list_filter = ["role"]
    list_select_related = ["user", "executor"]
    search_fields = ["executor__search_key"]
    search_help_text = "Прізвище людини або назва виконавця."
    autocomplete_fields = ["executor"]
    fieldsets = [
        (None, {"fields": ["user", "executor", "role", "order_text"]}),
        ("Строк", {"fields": [("starts_on", "ends_on")]}),
    ]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str):
        people = User.objects.all()
        wanted = [
            user.pk
            for user in people
            if all(
                word in textforms.search_key(str(user)) for word in textforms.search_key(search_term).split()
            )
        ]
        bodies = search_words(queryset, "executor__aliases__search_key", search_term)
        return queryset.filter(pk__in=bodies.values("pk")) | queryset.filter(user__in=wanted), False


# --- accounts ----------------------------------------------------------------------------


class AccountForm(StaleAwareForm, UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.instance.pk == self.asked_by.pk:
            for name in ("is_active", "is_system_admin"):
                if not cleaned.get(name, True):
                    self.add_error(name, "Себе самого вимкнути не можна: інакше нікому буде ввімкнути назад.")
        return cleaned

    # Set by the admin page for the request at hand.
    asked_by: User


class NewAccountForm(BaseUserCreationForm):
    class Meta:
        model = User
        fields = ["username", "given_name", "family_name", "email"]


class PasswordForm(AdminPasswordChangeForm):
    def save(self, commit: bool = True) -> User:
        # The password itself is in no history, that it was set is.
        self.user._change_reason = "Пароль задано адміністратором"
        return super().save(commit)


@transaction.atomic
def reset_one_time_codes(user: User, *, by: User) -> bool:
    """The lost telephone and the recovery codes stop counting. Returns whether there were any."""
    user = User.objects.select_for_update().get(pk=user.pk)
    deleted, _ = Authenticator.objects.filter(user=user).delete()
    if deleted:
        note_in_history(user, "Одноразові коди скинуто", by=by)
    return bool(deleted)


@transaction.atomic
def lift_lockout(user: User, *, by: User) -> bool:
    """Wrong passwords typed so far stop counting. Returns whether there were any."""
    user = User.objects.select_for_update().get(pk=user.pk)
    deleted, _ = AccessAttempt.objects.filter(username=user.get_username()).delete()
    if deleted:
        note_in_history(user, "Зупинку входу знято", by=by)
    return bool(deleted)


def note_in_history(user: User, reason: str, *, by: User) -> None:
    user._history_user = by  # type: ignore[attr-defined]
    user._change_reason = reason  # type: ignore[attr-defined]
    user.save()


@admin.register(User)
class AccountAdmin(HistoryAdmin, UserAdmin):
    """Accounts, for system administrators only. Nobody is deleted: accounts are switched off."""

    can_read = staticmethod(permissions.can_manage_accounts)
    can_manage = staticmethod(permissions.can_manage_accounts)

    form = AccountForm
    add_form = NewAccountForm
    change_password_form = PasswordForm
    # The stock page says in English that there is more to fill in later.
    add_form_template = None
    change_user_password_template = "admin/programs/user/change_password.html"
    roles: list[Any] = ["is_auditor", "is_program_admin", "is_system_admin"]
    list_display = ["username", "get_full_name", "is_active", *roles]
    list_filter = ["is_active", *roles]
    search_fields = ["username", "family_name", "given_name", "email"]
    ordering = ["sort_key", "pk"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined", "one_time_codes"]
    fieldsets = [
        (None, {"fields": ["username", "password", "one_time_codes", "is_active"]}),
        ("Людина", {"fields": [("given_name", "family_name"), "email", "tax_number"]}),
        (
            "Ролі в усьому порталі",
            {
                "fields": roles,
                "description": "Права на звіти окремого виконавця дає призначення, а не ця сторінка.",
            },
        ),
        ("Дати", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", ("given_name", "family_name"), "email"]}),
        ("Пароль", {"fields": ["password1", "password2"]}),
    ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any):
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.asked_by = person(request)
        return form

    @admin.display(description="власне ім’я ПРІЗВИЩЕ", ordering="sort_key")
    def get_full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description="одноразові коди")
    def one_time_codes(self, user: User) -> str:
        since = authenticators(user).values_list("created_at", flat=True).first()
        if since is not None:
            return f"увімкнено {timezone.localtime(since):%d.%m.%Y}"
        return "налаштує під час наступного входу" if permissions.needs_second_factor(user) else "вимкнено"

    # --- when somebody cannot come in ---

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<id>/reset-codes/", view(self.reset_codes_view), name="account_reset_codes"),
            path("<id>/lift-lockout/", view(self.lift_lockout_view), name="account_lift_lockout"),
            *super().get_urls(),
        ]

    def reset_codes_view(self, request: HttpRequest, id: str) -> HttpResponse:
        return self._help_in(
            request, id, reset_one_time_codes, "Одноразові коди скинуто.", "Одноразових кодів тут і не було."
        )

    def lift_lockout_view(self, request: HttpRequest, id: str) -> HttpResponse:
        return self._help_in(
            request, id, lift_lockout, "Тепер можна входити знову.", "Вхід сюди й не було зупинено."
        )

    def _help_in(
        self, request: HttpRequest, id: str, action: Callable[..., bool], done: str, idle: str
    ) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        user = self.get_object(request, id)
        if user is None:
            raise Http404
        if request.method == "POST":
            happened = action(user, by=person(request))
            level = messages.SUCCESS if happened else messages.INFO
            self.message_user(request, done if happened else idle, level)
        return redirect("admin:programs_user_change", user.pk)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any):
        user = kwargs.get("obj")
        if user is not None:
            context["has_codes"] = authenticators(user).exists()
            context["has_failures"] = AccessAttempt.objects.filter(username=user.get_username()).exists()
        return super().render_change_form(request, context, *args, **kwargs)


def authenticators(user: User) -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)
