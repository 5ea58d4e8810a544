"""What the council decided: programmes with their decisions and tasks, measures with their plans."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Max, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from .. import permissions
from ..enums import DecisionKind
from ..importing.resources import MeasureResource
from ..models import (
    AnnualReport,
    Decision,
    Executor,
    FundingSource,
    Measure,
    Participation,
    PlannedFunding,
    Program,
    Task,
    User,
)
from ..textforms import counted, format_decimal_in_full, search_key
from .base import (
    HistoryAdmin,
    InlineForm,
    OrderedInline,
    PortalAdmin,
    PortalInline,
    Rights,
    StaleAwareFormSet,
    holds,
    person,
    search_words,
    touch,
)
from .people import ExportAdmin


class ProgramRights(Rights):
    """Read by whoever reads programmes; kept by programme administrators, by a setting by departments."""

    can_read = staticmethod(permissions.can_read_programs)
    can_manage = staticmethod(permissions.can_manage_some_program)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Of an inline this is asked with the record on whose page it stands.
        if obj is None or obj.pk is None:
            return holds(request, self.can_manage)
        return holds(request, permissions.can_manage_program, program_about(obj))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


def program_about(obj: Program | Task | Measure) -> Program:
    """The programme that a record of this page belongs to."""
    if isinstance(obj, Measure):
        return obj.task.program
    return obj.program if isinstance(obj, Task) else obj


def visible_programs(user: User) -> QuerySet[Program]:
    return Program.objects.visible_to(user)


class OwnChoices:
    """Boxes that lead to a programme offer only those the person keeps.

    Whoever keeps a few gets a plain list: the completing box would offer all that may be read.
    """

    def get_autocomplete_fields(self, request: HttpRequest) -> Any:
        everything = holds(request, permissions.can_manage_programs)
        return super().get_autocomplete_fields(request) if everything else []  # type: ignore[misc]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        queryset = own_choices(db_field.remote_field.model, person(request))
        if queryset is not None:
            kwargs["queryset"] = queryset
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]


def own_choices(model: Any, user: User) -> QuerySet[Any] | None:
    """Nothing to choose a programme by for other models."""
    kept = Program.objects.managed_by(user)
    if model is Program:
        return kept
    if model is Task:
        return Task.objects.filter(program__in=kept).select_related("program")
    if model is Executor and not permissions.can_manage_programs(user):
        return Executor.objects.filter(pk__in=user.appointments.current().values("executor"))
    return None


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
        if any(self.errors):
            return
        if approving == 1:
            self.point_at_early_amendments()
            return
        if approving:
            raise forms.ValidationError(
                "Програму затверджує одне рішення, а тут їх позначено кілька; решта вносять зміни."
            )
        raise forms.ValidationError(
            "Додайте рішення, яким програму затверджено: з його номера й дати складається "
            "ідентифікатор програми."
        )

    def point_at_early_amendments(self) -> None:
        """A plan takes decisions by their dates: an amendment dated too early would never come into force."""
        rows = [form for form in self.forms if form.cleaned_data]
        approved = next(
            form.cleaned_data["date"] for form in rows if form.cleaned_data["kind"] == DecisionKind.APPROVES
        )
        for form in rows:
            if form.cleaned_data["date"] < approved:
                form.add_error(
                    "date", f"Зміни не вносять раніше, ніж програму затверджено ({approved:%d.%m.%Y})."
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
    can_manage = staticmethod(permissions.can_create_programs)
    model = Decision
    form = DecisionForm
    formset = DecisionFormSet
    fields = ["kind", "number", "date", "title", "url"]
    add_words = "Додати рішення"

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any):
        formset = super().get_formset(request, obj, **kwargs)
        if obj is None and "kind" in formset.form.base_fields:
            formset.form.base_fields["kind"].initial = DecisionKind.APPROVES
        return formset


class TaskInline(ProgramRights, PortalInline):
    can_manage = staticmethod(permissions.can_create_programs)
    model = Task
    fields = ["number", "text", "measures_link"]
    readonly_fields = ["measures_link"]
    add_words = "Додати завдання"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        return super().get_queryset(request).annotate(measures_count=Count("measures"))

    @admin.display(description="заходи")
    def measures_link(self, task: Task) -> str:
        if task.pk is None:
            return "після збереження"
        count = getattr(task, "measures_count", 0)
        url = reverse("admin:programs_task_change", args=[task.pk])
        words = counted(count, "захід", "заходи", "заходів") if count else "додати заходи"
        return format_html('<a href="{}">{}</a>', url, words)


@admin.register(Program)
class ProgramAdmin(ProgramRights, OwnChoices, HistoryAdmin):
    belongings = ((Decision, "program"), (Task, "program"))
    # The first one too: then there is none yet to keep.
    can_manage = staticmethod(permissions.can_create_programs)

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


class MeasureList(PortalInline):
    """The measures of a task, to look at; each has its own page."""

    model = Measure
    fields = ()
    can_read = staticmethod(permissions.can_read_programs)
    template = "admin/programs/task/measures.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Measure]:
        measures = super().get_queryset(request).select_related("task")
        return measures.prefetch_related("participations__executor")


@admin.register(Task)
class TaskAdmin(ProgramRights, OwnChoices, HistoryAdmin):
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
    add_words = "Додати виконавця"
    autocomplete_fields = ["executor"]
    rows_may_go = True


class PlanInline(ProgramRights, PortalInline):
    model = PlannedFunding
    readonly_fields = ["amount_shown"]
    add_words = "Додати план на рік"
    rows_may_go = True

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # To readers Django shows a sum with all five decimals.
        last = "amount" if self.has_change_permission(request, obj) else "amount_shown"
        return ["year", "decision", "source", last]

    @admin.display(description="план, тис. грн")
    def amount_shown(self, plan: PlannedFunding) -> str:
        return format_decimal_in_full(plan.amount)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlannedFunding]:
        return super().get_queryset(request).select_related("measure__task", "decision", "source")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any):
        formset = super().get_formset(request, obj, **kwargs)
        choices = formset.form.base_fields
        if "decision" in choices:
            limit_to_program(choices["decision"], program_of(obj, request), person(request))
            # Evaluated once for all rows.
            for name in ("decision", "source"):
                field: Any = choices[name]
                field.choices = list(field.choices)
        return formset


def program_of(measure: Measure | None, request: HttpRequest) -> int | None:
    """A new measure is known by the task it was asked for from."""
    if measure is not None:
        return measure.task.program_id
    return task.program_id if (task := task_asked_for(request)) else None


def task_asked_for(request: HttpRequest) -> Task | None:
    given = request.GET.get("task", "")
    kept = Task.objects.filter(program__in=Program.objects.managed_by(person(request)))
    return kept.filter(pk=given).first() if given.isdecimal() else None


def limit_to_program(field: Any, program_id: int | None, user: User) -> None:
    """Decisions of the measure's own programme; before its task is known, of all that this person keeps."""
    if program_id is not None:
        field.queryset = Decision.objects.filter(program=program_id)
    else:
        kept = Program.objects.managed_by(user)
        field.queryset = Decision.objects.filter(program__in=kept).select_related("program")
        field.label_from_instance = lambda decision: f"{decision} · {decision.program}"


@admin.register(Measure)
class MeasureAdmin(ProgramRights, OwnChoices, ExportAdmin):
    belongings = ((Participation, "measure"), (PlannedFunding, "measure"))
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
                limit_to_program(form.base_fields[name], program_of(obj, request), person(request))
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        if task := task_asked_for(request):
            last = Measure.objects.filter(task=task).aggregate(last=Max("number"))["last"]
            initial.setdefault("number", (last or 0) + 1)
        return initial

    def response_post_save_add(self, request: HttpRequest, obj: Measure) -> HttpResponseRedirect:
        """Back to the task: from there the next measure is one click away."""
        return redirect("admin:programs_task_change", obj.task_id)

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
class FundingSourceAdmin(PortalAdmin):
    """The city's own list, the same for every programme."""

    can_read = staticmethod(permissions.can_read_programs)
    can_manage = staticmethod(permissions.can_manage_programs)

    list_display = ["name", "form_line", "position", "is_active"]
    fieldsets = [(None, {"fields": ["name", "code", "form_line", "position", "is_active"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # Imports and the demonstration know a source by its code.
        return ["code"] if obj else []
