"""Executors, accounts and appointments."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm, UserChangeForm
from django.db.models import F, QuerySet
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest
from import_export.admin import ExportMixin
from import_export.forms import ExportForm

from .. import permissions, textforms
from ..importing.formats import EXPORT_FORMATS
from ..importing.resources import ExecutorResource
from ..models import Appointment, Executor, ExecutorAlias, User
from .base import (
    HistoryAdmin,
    PortalAdmin,
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


@admin.register(User)
class AccountAdmin(PortalAdmin, UserAdmin):
    """Accounts, for system administrators only. Nobody is deleted: accounts are switched off."""

    can_read = staticmethod(permissions.can_manage_accounts)
    can_manage = staticmethod(permissions.can_manage_accounts)

    form = AccountForm
    add_form = NewAccountForm
    # The stock page says in English that there is more to fill in later.
    add_form_template = None
    change_user_password_template = "admin/programs/user/change_password.html"
    roles: list[Any] = ["is_auditor", "is_program_admin", "is_system_admin"]
    list_display = ["username", "get_full_name", "is_active", *roles]
    list_filter = ["is_active", *roles]
    search_fields = ["username", "family_name", "given_name", "email"]
    ordering = ["sort_key", "pk"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password", "is_active"]}),
        ("Людина", {"fields": [("given_name", "family_name"), "email"]}),
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
