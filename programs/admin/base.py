"""What every admin page shares: rights asked of `permissions`, stale forms refused, history to read."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.db import IntegrityError, models, transaction
from django.forms import BaseInlineFormSet
from django.forms.boundfield import BoundField
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.text import Truncator, capfirst
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import DeletedObject, ModelChange
from simple_history.template_utils import HistoricalRecordContextHelper

from .. import textforms
from ..changes import happenings, in_words
from ..forms import CleanCharField
from ..models import User
from ..models.base import Versioned

Rule = Callable[[User], bool]
# Changes with every save; in a list of changes it is noise.
VERSION_LABEL = Versioned._meta.get_field("version").verbose_name


def person(request: HttpRequest) -> User:
    """Who asks: the admin site lets nobody in without an account."""
    return cast(User, request.user)


# --- stale forms -------------------------------------------------------------------------


def edition_of(obj: models.Model) -> str:
    """What tells a form opened now from one opened earlier: the version, or a digest of the fields."""
    if isinstance(obj, Versioned):
        return str(obj.version)
    values = [str(field.value_from_object(obj)) for field in obj._meta.concrete_fields if field.editable]
    return hashlib.sha256("\x1f".join(values).encode()).hexdigest()[:16]


def last_change(obj: models.Model) -> str:
    """«Олена ПРИКЛАД, 12.01.2025 10:05», or nothing when no history is kept."""
    history = getattr(obj, "history", None)
    record = history.select_related("history_user").first() if history is not None else None
    if record is None:
        return ""
    when = f"{timezone.localtime(record.history_date):%d.%m.%Y %H:%M}"
    return f"{record.history_user or 'невідомо хто'}, {when}"


def shown(form: forms.BaseModelForm[Any], name: str, value: Any) -> str:
    """A field's value in words, as a message quotes it."""
    words = in_words(form._meta.model._meta.get_field(name), value)
    return f"«{words}»" if words else "порожньо"


class StaleAwareForm(forms.ModelForm):
    """Remembers what it was opened with, so that others' changes are seen before they are overwritten.

    Beside every field stands a hidden copy of what the person was shown. When the record changed
    meanwhile, a form in which something was typed is refused once, with both values; a field that
    this person did not touch takes the new value, so the second save overwrites only what was typed.
    """

    is_inline = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.edition = edition_of(self.instance)
        for field in self.fields.values():
            # A disabled field is never read from the request; a password's hash must not be shown at all.
            field.show_hidden_initial = not field.disabled

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and not self.is_inline and self.has_changed():
            labels = self.point_at_changes(stale=self.data.get("version") != self.edition)
            if labels:
                self.add_error(
                    None,
                    f"Поки ви працювали, ці дані змінили: {', '.join(labels)}. Нічого не записано. "
                    "Порівняйте значення й збережіть ще раз: тоді лишиться те, що ввели ви.",
                )
        return cleaned

    def point_at_changes(self, *, stale: bool) -> list[str]:
        """Put both values at each field that others changed; returns the labels of those fields.

        `stale` tells of the page as a whole, for fields whose hidden copy did not come back.
        """
        changed = [name for name in self.fields if self._changed_by_others(name, stale)]
        typed = [name for name in changed if name in self.changed_data]
        changer = last_change(self.instance) if changed else ""
        labels = []
        for name in changed:
            bound = self[name]
            labels.append(str(self._meta.model._meta.get_field(name).verbose_name))
            now = f"Зараз у базі {shown(self, name, self.initial.get(name))}"
            now += f" (змінив(ла) {changer})" if changer else ""
            if name in typed:
                readable = name in self.cleaned_data
                yours = shown(self, name, self.cleaned_data[name]) if readable else f"«{bound.data}»"
                self.add_error(name, f"{now}, ви ввели {yours}.")
            else:
                self.add_error(name, f"{now}. Ви цього поля не змінювали: у ньому вже нове значення.")
            self._take_standing_value(bound, keep_typed=name in typed)
        return labels

    def _changed_by_others(self, name: str, stale: bool) -> bool:
        bound, standing = self[name], self.initial.get(name)
        if bound.is_hidden or bound.field.disabled or name not in self._model_fields():
            return False
        shown_then = self.data.get(bound.html_initial_name)
        changed = stale if shown_then is None else differs(bound, standing, shown_then)
        return changed and differs(bound, standing, bound.data)

    def _model_fields(self) -> set[str]:
        return {field.name for field in self._meta.model._meta.get_fields()}

    def _take_standing_value(self, bound: BoundField, *, keep_typed: bool) -> None:
        """The page now shows this person what stands; only what was typed stays in its input."""
        data = cast(QueryDict, self.data).copy()
        value = bound.field.prepare_value(self.initial.get(bound.name))
        hidden = bound.field.hidden_widget().format_value(value)
        data[bound.html_initial_name] = "" if hidden is None else str(hidden)
        if keep_typed:
            pass
        elif isinstance(bound.field.widget, forms.CheckboxInput):
            data.pop(bound.html_name, None)
            if value:
                data[bound.html_name] = "on"
        elif isinstance(bound.field.widget, forms.Select | RelatedFieldWidgetWrapper):
            data[bound.html_name] = "" if value is None else str(value)
        else:
            data[bound.html_name] = bound.field.widget.format_value(value) or ""
        self.data = data


def differs(bound: BoundField, standing: Any, given: Any) -> bool:
    """As the field compares values; browsers send a line break as two signs."""
    return bound.field.has_changed(
        *(textforms.clean_text(one).strip() if isinstance(one, str) else one for one in (standing, given))
    )


class InlineForm(StaleAwareForm):
    is_inline = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The column's heading is no label to a screen reader.
        for field in self.fields.values():
            control: Any = getattr(field.widget, "widget", field.widget)
            control.attrs.setdefault("aria-label", capfirst(str(field.label)))


class StaleAwareFormSet(BaseInlineFormSet):
    """Rows of an inline: a touched row that others changed is refused like the form above it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.edition = edition_of(self.instance)

    def clean(self) -> None:
        super().clean()
        if self.instance.pk is None:
            return
        stale = self.data.get("version") != self.edition
        touched = [cast(InlineForm, form) for form in self.initial_forms if form.has_changed()]
        if [form for form in touched if form.point_at_changes(stale=stale)]:
            raise forms.ValidationError(
                "Поки ви працювали, ці рядки змінили. Нічого не записано. Порівняйте значення й збережіть "
                "ще раз: тоді лишиться те, що ввели ви."
            )

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if DELETION_FIELD_NAME in form.fields:
            form.fields[DELETION_FIELD_NAME].widget.attrs["aria-label"] = "Видалити рядок"

    def get_unique_error_message(self, unique_check: Sequence[str]) -> str:
        """The model's own sentence about rows that repeat each other."""
        meta = cast(Any, self.model)._meta
        for constraint in meta.constraints:
            if set(getattr(constraint, "fields", ())) == set(unique_check):
                return str(constraint.violation_error_message)
        return super().get_unique_error_message(unique_check)

    def get_form_error(self) -> str:
        return "Повторює інший рядок."


# --- rights ------------------------------------------------------------------------------


def nobody(user: User) -> bool:
    return False


def holds(request: HttpRequest, rule: Callable[..., bool], *about: models.Model) -> bool:
    """A rule's answer, asked once in a request: one admin page asks dozens of times."""
    answers: dict[Any, bool] = request.__dict__.setdefault("_answered_rules", {})
    question = (rule, *((obj, edition_of(obj), getattr(obj, "state", "")) for obj in about))
    if question not in answers:
        answers[question] = rule(person(request), *about)
    return answers[question]


class Rights:
    """Each has_*_permission is a predicate of `permissions`. Deleting is off: history leans on rows."""

    can_read: Rule = staticmethod(nobody)
    can_manage: Rule = staticmethod(nobody)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return holds(request, self.can_read) or holds(request, self.can_manage)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return holds(request, self.can_manage)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return holds(request, self.can_manage)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


class NamedAutocomplete(AutocompleteSelect):
    """An empty box that says what it is for: without words it has no name to a screen reader."""

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        return super().build_attrs(base_attrs, extra_attrs) | {"data-placeholder": "виберіть"}


class PortalFields:
    """How fields look on every page and in every inline."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        page = cast(admin.ModelAdmin, self)
        if db_field.name in page.get_autocomplete_fields(request):
            kwargs["widget"] = NamedAutocomplete(db_field, page.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        # Exactly these: links, codes and addresses are kinds of CharField with checks of their own.
        if type(db_field) in (models.CharField, models.TextField):
            kwargs.setdefault("form_class", CleanCharField)
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if isinstance(field, forms.ModelChoiceField):
            # A new executor may be wanted in passing; the rest of the icons only take place.
            for name in ("can_change_related", "can_view_related", "can_delete_related"):
                setattr(field.widget, name, False)
        elif isinstance(field.widget if field else None, forms.Textarea):
            field.widget.attrs["rows"] = 3
        elif isinstance(self, admin.ModelAdmin) and is_long_line(db_field, field):
            field.widget.attrs["class"] = "vTextField vLargeTextField"
        if isinstance(field, forms.CharField):
            # A browser cuts a longer paste to this length without a word; the refusal of the form says it.
            field.widget.attrs.pop("maxlength", None)
        return field


def is_long_line(db_field: models.Field[Any, Any], field: Any) -> bool:
    return isinstance(field, forms.CharField) and (db_field.max_length or 0) >= 300


class PortalInline(Rights, PortalFields, admin.TabularInline):
    """Rows on their parent's page."""

    form = InlineForm
    formset = StaleAwareFormSet
    extra = 0
    # The words of the link under the rows; the stock «Додати ще …» does not put the name in its case.
    add_words = "Додати рядок"
    # Set for inlines whose rows nothing leans on.
    rows_may_go = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.rows_may_go and self.has_change_permission(request, obj)


class OrderedInline(PortalInline):
    """Rows with a position: a new one is offered the next."""

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any):
        formset: Any = super().get_formset(request, obj, **kwargs)
        if obj is not None and "position" in formset.form.base_fields:
            rows = self.model._default_manager.filter(**{formset.fk.name: obj})
            last = rows.aggregate(last=models.Max("position"))["last"] or 0
            formset.form.base_fields["position"].initial = last + 1
        return formset


class PortalAdmin(Rights, PortalFields, admin.ModelAdmin):
    """A page of the portal's data; see `StaleAwareForm` for what happens when two people edit it."""

    form = StaleAwareForm
    change_list_template = "admin/programs/change_list.html"
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """While saving, the record is locked until the end: what was compared is what is written over."""
        obj: Any = super().get_object(request, object_id, from_field)
        if obj is not None and request.method == "POST" and transaction.get_connection().in_atomic_block:
            type(obj)._base_manager.select_for_update().get(pk=obj.pk)
            obj = super().get_object(request, object_id, from_field)
        return obj

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            # Somebody took the same name or number a moment earlier: asked again, the form says so.
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change and not form.has_changed():
            return
        if change and isinstance(obj, Versioned):
            obj.version += 1
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change and not form.has_changed() and any(formset.has_changed() for formset in formsets):
            touch(form.instance, by=person(request))

    def get_inline_formsets(self, request: HttpRequest, *args: Any, **kwargs: Any) -> list[Any]:
        shown: list[Any] = super().get_inline_formsets(request, *args, **kwargs)
        for inline in shown:
            data = json.loads(inline.inline_formset_data())
            data["options"]["addText"] = inline.opts.add_words
            inline.inline_formset_data = json.dumps(data)
        return shown

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None):
        title = {"title": capfirst(str(self.opts.verbose_name_plural))}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any):
        name = capfirst(str(self.opts.verbose_name))
        context["show_save_and_add_another"] = False
        context["title"] = name if kwargs.get("change") else f"{name}: новий запис"
        context["subtitle"] = Truncator(context["subtitle"] or "").chars(100) or None
        return super().render_change_form(request, context, *args, **kwargs)


def touch(obj: models.Model, *, by: User) -> None:
    """Count a change of what belongs to the record, so that forms opened earlier are seen as stale."""
    if not isinstance(obj, Versioned):
        return
    obj.refresh_from_db()
    obj.version += 1
    obj._history_user = by  # type: ignore[attr-defined]
    obj.save()


class HistoryInWords(HistoricalRecordContextHelper):
    """Old and new values in the words of the forms, and whole: an auditor reads them to the last letter."""

    def format_delta_change(self, change: ModelChange) -> ModelChange:
        field = self.model._meta.get_field(change.field)
        old, new = (self._words(field, value) for value in (change.old, change.new))
        return dataclasses.replace(change, field=capfirst(str(field.verbose_name)), old=old, new=new)

    def _words(self, field: Any, value: Any) -> str | None:
        if isinstance(value, DeletedObject):
            return "видалений запис"
        return in_words(field, value) or None


class HistoryAdmin(SimpleHistoryAdmin, PortalAdmin):
    """Who changed which field, when, from what to what: for everybody who may read the record.

    There is nothing to restore: simple_history's page of one old state accepts a POST from whoever
    may look at it, so it does not exist here.
    """

    object_history_template = "admin/programs/object_history.html"
    object_history_list_template = "admin/programs/history_list.html"
    # Models whose rows belong to the record, each with its link to it: their history stands below.
    belongings: Sequence[tuple[type[models.Model], str]] = ()

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        readable = object_id.isdecimal() and self.get_queryset(request).filter(pk=object_id).exists()
        owned = self.belongings if readable else ()
        happened = [one for model, owner in owned for one in happenings(model, owner, object_id)]
        happened.sort(key=lambda one: one.at, reverse=True)
        return super().history_view(request, object_id, {**(extra_context or {}), "happened": happened})

    def get_history_queryset(self, request: HttpRequest, history_manager: Any, pk_name: str, object_id: Any):
        found = super().get_history_queryset(request, history_manager, pk_name, object_id)
        return found if self.get_queryset(request).filter(pk=object_id).exists() else found.none()

    def get_historical_record_context_helper(self, request: HttpRequest, historical_record: Any):
        return HistoryInWords(self.model, historical_record)

    def set_history_delta_changes(self, request: HttpRequest, historical_records: Any, *args: Any, **kw: Any):
        super().set_history_delta_changes(request, historical_records, *args, **kw)
        for record in historical_records:
            changes = getattr(record, "history_delta_changes", [])
            record.history_delta_changes = [one for one in changes if one["field"] != VERSION_LABEL]

    def history_view_title(self, request: HttpRequest, obj: Any) -> str:
        return f"Історія змін: {obj}"

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404("Попередній стан запису лише показується в історії змін.")


def search_words(queryset: models.QuerySet[Any], lookup: str, text: str) -> models.QuerySet[Any]:
    """Rows whose search key holds every word typed, in any case and with any apostrophe."""
    for word in textforms.search_key(text).split():
        queryset = queryset.filter(**{f"{lookup}__contains": word})
    return queryset
