"""What the council decided: programmes with their decisions and tasks, measures with their plans."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join

from .. import permissions
from ..enums import DecisionKind
from ..importing.resources import MeasureResource
from ..models import (
    AnnualReport,
    Decision,
    FundingSource,
    Measure,
    Participation,
    PlannedFunding,
    Program,
    Task,
    User,
)
from ..textforms import search_key
from .base import (
    HistoryAdmin,
    InlineForm,
    OrderedInline,
    PortalAdmin,
    PortalInline,
    Rights,
    StaleAwareFormSet,
    nobody,
    person,
    search_words,
    touch,
)
from .people import ExportAdmin


class ProgramRights(Rights):
    """Read by whoever reads programmes, kept by programme administrators."""

    can_read = staticmethod(permissions.can_read_programs)
    can_manage = staticmethod(permissions.can_manage_programs)


def visible_programs(user: User) -> QuerySet[Program]:
    return Program.objects.visible_to(user)


# --- programmes --------------------------------------------------------------------------


class DecisionForm(InlineForm):
    def validate_constraints(self) -> None:
        # Which decision approves is judged for all rows together: see DecisionFormSet.
        try:
            self.instance.validate_constraints(exclude={"kind"})
        except forms.ValidationError as error:
            self.add_error(None, error)


class DecisionFormSet(StaleAwareFormSet):
    def clean(self) -> None:
        super().clean()
        kinds = [form.cleaned_data.get("kind") for form in self.forms if getattr(form, "cleaned_data", None)]
        approving = kinds.count(DecisionKind.APPROVES)
        if any(self.errors) or approving == 1:
            return
        if approving:
            raise forms.ValidationError(
                "Програму затверджує одне рішення, а тут їх позначено кілька; решта вносять зміни."
            )
        raise forms.ValidationError(
            "Додайте рішення, яким програму затверджено: з його номера й дати складається "
            "ідентифікатор програми."
        )

    def save_existing_objects(self, commit: bool = True) -> list[Any]:
        # The database allows one approving decision at every moment, also between two saved rows.
        giving_up = [
            form.instance.pk
            for form in self.initial_forms
            if form.initial["kind"] == DecisionKind.APPROVES != form.cleaned_data["kind"]
        ]
        Decision.objects.filter(pk__in=giving_up).update(kind=DecisionKind.AMENDS)
        return super().save_existing_objects(commit)


class DecisionInline(ProgramRights, PortalInline):
    model = Decision
    form = DecisionForm
    formset = DecisionFormSet
    fields = ["kind", "number", "date", "title", "url"]

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any):
        formset = super().get_formset(request, obj, **kwargs)
        if obj is None and "kind" in formset.form.base_fields:
            formset.form.base_fields["kind"].initial = DecisionKind.APPROVES
        return formset


class TaskInline(ProgramRights, PortalInline):
    model = Task
    fields = ["number", "text"]
    show_change_link = True


@admin.register(Program)
class ProgramAdmin(ProgramRights, HistoryAdmin):
    list_display = ["title", "public_id", "start_year", "end_year", "responsible", "report_links"]
    list_filter = ["start_year", "end_year"]
    list_select_related = ["responsible"]
    search_fields = ["search_key"]
    search_help_text = "Назва, вид або ідентифікатор програми."
    ordering = ["sort_key", "pk"]
    autocomplete_fields = ["responsible"]
    readonly_fields = ["public_id", "report_links"]
    inlines = [DecisionInline, TaskInline]
    fieldsets = [
        (None, {"fields": ["kind", "title", ("start_year", "end_year"), "responsible"]}),
        ("Облік", {"fields": ["budget_codes", "percent_base"]}),
        ("У порталі", {"fields": ["public_id", "report_links"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None):
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj else fieldsets[:2]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Program]:
        reports = AnnualReport.objects.order_by("year")
        visible = visible_programs(person(request))
        return visible.prefetch_related(Prefetch("reports", queryset=reports)).order_by(*self.ordering)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str):
        named = search_words(queryset, "search_key", search_term)
        term = search_term.strip().casefold()
        return (named | queryset.filter(public_id__startswith=term) if term else named), False

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        if obj is None or not obj.public_id:
            return None
        return reverse("program_page", args=[obj.public_id])

    @admin.display(description="річні звіти")
    def report_links(self, program: Program) -> str:
        links = [
            (reverse("admin:programs_annualreport_change", args=[report.pk]), report.year)
            for report in program.reports.all()
        ]
        return format_html_join(", ", '<a href="{}">{}</a>', links) or "ще немає"


# --- tasks -------------------------------------------------------------------------------


class MeasureList(ProgramRights, PortalInline):
    """The measures of a task, to look at; each has its own page."""

    model = Measure
    fields = ()
    can_manage = staticmethod(nobody)
    template = "admin/programs/task/measures.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Measure]:
        return super().get_queryset(request).select_related("task")


@admin.register(Task)
class TaskAdmin(ProgramRights, HistoryAdmin):
    list_display = ["__str__", "program"]
    list_filter = [("program", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["program"]
    search_fields = ["text", "number"]
    search_help_text = "Номер або слова завдання."
    ordering = ["program__sort_key", "program", "number"]
    autocomplete_fields = ["program"]
    fields = ["program", "number", "text"]
    inlines = [MeasureList]
    change_form_template = "admin/programs/task/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        visible = visible_programs(person(request))
        return super().get_queryset(request).filter(program__in=visible).select_related("program")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str):
        term = search_term.strip()
        if term.isdecimal():
            return queryset.filter(number=int(term)), False
        # No search key is stored for tasks: a programme has a handful.
        words = search_key(term).split()
        wanted = [task.pk for task in queryset if all(word in search_key(task.text) for word in words)]
        return queryset.filter(pk__in=wanted), False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["program"] if obj else []

    def get_inlines(self, request: HttpRequest, obj: Any):
        return self.inlines if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.has_changed():
            # The programme's page shows its tasks too.
            touch(Program.objects.select_for_update().get(pk=obj.program_id), by=person(request))


# --- measures ----------------------------------------------------------------------------


class ParticipationInline(ProgramRights, OrderedInline):
    model = Participation
    fields = ["position", "executor", "by_consent"]
    autocomplete_fields = ["executor"]
    rows_may_go = True


class PlanInline(ProgramRights, PortalInline):
    model = PlannedFunding
    fields = ["year", "decision", "source", "amount"]
    rows_may_go = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlannedFunding]:
        return super().get_queryset(request).select_related("measure__task", "decision", "source")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any):
        formset = super().get_formset(request, obj, **kwargs)
        choices = formset.form.base_fields
        if "decision" in choices:
            limit_to_program(choices["decision"], obj)
            # Evaluated once for all rows.
            for name in ("decision", "source"):
                field: Any = choices[name]
                field.choices = list(field.choices)
        return formset


def limit_to_program(field: Any, measure: Measure | None) -> None:
    """Decisions of the measure's own programme; before its task is known, of all, each with its programme."""
    if measure is not None:
        field.queryset = Decision.objects.filter(program=measure.task.program_id)
    else:
        field.queryset = Decision.objects.select_related("program")
        field.label_from_instance = lambda decision: f"{decision} · {decision.program}"


@admin.register(Measure)
class MeasureAdmin(ProgramRights, ExportAdmin):
    resource_classes = [MeasureResource]
    list_display = ["code", "title", "term", "public_id", "is_in_force"]
    list_display_links = ["code", "title"]
    list_filter = [("task__program", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["task__program"]
    search_fields = ["search_key"]
    search_help_text = "Номер (2.10) або слова заходу."
    ordering = ["task__program__sort_key", "task__program", "task__number", "number", "pk"]
    autocomplete_fields = ["task"]
    inlines = [ParticipationInline, PlanInline]
    fieldsets = [
        (None, {"fields": ["task", "number", "title"]}),
        ("Термін виконання", {"fields": [("term", "term_text")]}),
        ("Виконавці", {"fields": ["executors_text"]}),
        ("Рішення ради", {"fields": [("introduced_by", "withdrawn_by")]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Measure]:
        visible = visible_programs(person(request))
        return super().get_queryset(request).filter(task__program__in=visible).select_related("task__program")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str):
        if number := re.fullmatch(r"\s*(\d{1,4})\.(\d{1,4})\.?\s*", search_term, re.ASCII):
            return queryset.filter(task__number=int(number[1]), number=int(number[2])), False
        return search_words(queryset, "search_key", search_term), False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any):
        form = super().get_form(request, obj, change=change, **kwargs)
        for name in ("introduced_by", "withdrawn_by"):
            if name in form.base_fields:
                limit_to_program(form.base_fields[name], obj)
        return form

    @admin.display(description="№", ordering="task__number")
    def code(self, measure: Measure) -> str:
        return measure.code

    @admin.display(description="програма", ordering="task__program__sort_key")
    def public_id(self, measure: Measure) -> str:
        return measure.task.program.public_id or measure.task.program.title

    @admin.display(description="діє", boolean=True)
    def is_in_force(self, measure: Measure) -> bool:
        return measure.withdrawn_by_id is None


@admin.register(FundingSource)
class FundingSourceAdmin(ProgramRights, PortalAdmin):
    list_display = ["name", "form_line", "position", "is_active"]
    fieldsets = [(None, {"fields": ["name", "code", "form_line", "position", "is_active"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # Imports and the demonstration know a source by its code.
        return ["code"] if obj else []
