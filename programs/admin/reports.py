"""Annual reports: the heading, the signatories, and one table with every measure's result."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from .. import permissions
from ..changes import changes_of
from ..entry import EntryError, save_results
from ..grid import NO_VALUE, ResultGrid
from ..models import (
    Amount,
    AnnualReport,
    Contribution,
    Evidence,
    ExecutorPart,
    MeasureResult,
    Program,
    Signatory,
    with_edition_facts,
)
from ..opening import add_missing_rows, open_report
from ..textforms import counted
from .base import HistoryAdmin, OrderedInline, StaleAwareForm, holds, nobody, person, search_words
from .programs import OwnChoices

OPENING_FIELDS = ("program", "year", "coexecutors_due", "department_due", "is_transcribed")


class ReportForm(StaleAwareForm):
    # The table posted together with the heading, set by the page for the request at hand.
    grid: ResultGrid | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.instance.pk is None and (program := cleaned.get("program")):
            # Two people opening the same year wait for each other; the second is told it is there.
            Program.objects.select_for_update().get(pk=program.pk)
        if self.grid is not None and self.grid.problem:
            self.add_error(None, self.grid.problem)
        return cleaned


class SignatoryInline(OrderedInline):
    model = Signatory
    fields = ["position", "post", "name"]
    add_words = "Додати підписувача"
    rows_may_go = True
    can_read = staticmethod(permissions.can_read_programs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and holds(request, permissions.can_edit_report_heading, obj)

    has_add_permission = has_change_permission


@admin.register(AnnualReport)
class ReportAdmin(OwnChoices, HistoryAdmin):
    """Heading and signatories are saved as forms are; figures go through `entry`, all in one transaction."""

    can_read = staticmethod(permissions.can_read_programs)
    can_manage = staticmethod(permissions.can_manage_some_program)
    belongings = ((Signatory, "report"), (ExecutorPart, "report"))

    form = ReportForm
    list_display = ["program", "year", "state_reached", "coexecutors_due", "department_due", "is_transcribed"]
    list_display_links = ["program", "year"]
    list_filter = ["year", "state"]
    search_fields = ["program__search_key"]
    search_help_text = "Слова з назви програми."
    ordering = ["program__sort_key", "-year"]
    add_fieldsets = [
        (None, {"fields": ["program", "year"]}),
        ("Строки подання", {"fields": [("coexecutors_due", "department_due")]}),
        ("Звіт із паперу", {"fields": ["is_transcribed"]}),
    ]
    fieldsets = [
        (None, {"fields": [("program_link", "state")]}),
        ("Заголовок звіту", {"fields": ["program_text", "department_text"], "classes": ["collapse"]}),
        ("Строки подання", {"fields": [("coexecutors_due", "department_due")], "classes": ["collapse"]}),
        (
            "Звіт із паперу",
            {"fields": [("is_transcribed", "stated_total_percent")], "classes": ["collapse"]},
        ),
    ]

    # --- rights and what is shown ---

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            # Only the word beside the list's name: each report is asked about by itself.
            return holds(request, permissions.can_read_programs) and not person(request).is_auditor
        return holds(request, permissions.can_edit_report_heading, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AnnualReport]:
        visible = with_edition_facts(AnnualReport.objects.visible_to(person(request)))
        return visible.select_related("program__responsible").order_by(*self.ordering)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str):
        return search_words(queryset, "program__search_key", search_term), False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None):
        return self.fieldsets if obj else self.add_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["program_link", "state"] if obj else []

    @admin.display(description="стан", ordering="state")
    def state_reached(self, report: AnnualReport) -> str:
        """In the words of templates/includes/state.html."""
        facts: Any = report
        if facts.is_published:
            return "Оприлюднено"
        return "Підписано" if facts.is_signed else report.get_state_display()

    @admin.display(description="програма")
    def program_link(self, report: AnnualReport) -> str:
        url = reverse("admin:programs_program_change", args=[report.program_id])
        return format_html('<a href="{}">{}</a>', url, report.program)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [SignatoryInline] if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any):
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.grid = getattr(request, "result_grid", None)
        return form

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        if obj is None or not obj.program.public_id:
            return None
        return reverse("report_page", args=[obj.program.public_id, obj.year])

    def get_urls(self):
        site = self.admin_site
        return [
            path("<path:object_id>/figures/", site.admin_view(self.figures_view), name="report_figures"),
            path("<path:object_id>/add-rows/", site.admin_view(self.add_rows_view), name="report_add_rows"),
            *super().get_urls(),
        ]

    # --- opening a report ---

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> AnnualReport:
        if change:
            return super().save_form(request, form, change)
        heading = {name: form.cleaned_data[name] for name in OPENING_FIELDS}
        return open_report(heading.pop("program"), heading.pop("year"), by=person(request), **heading)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: AnnualReport, post_url_continue: str | None = None):
        rows = obj.results.count()
        planned = Amount.objects.filter(result__report=obj).values("result").distinct().count()
        plan = (
            f"план за рішеннями ради взято для {counted(planned, 'заходу', 'заходів', 'заходів')}"
            if planned
            else "плану на цей рік у рішеннях ради немає, тож графа «план» поки порожня"
        )
        self.message_user(
            request,
            f"Звіт за {obj.year} рік створено: {counted(rows, 'рядок', 'рядки', 'рядків')}; {plan}.",
            messages.SUCCESS,
        )
        return redirect("admin:programs_annualreport_change", obj.pk)

    def response_change(self, request: HttpRequest, obj: AnnualReport) -> HttpResponse:
        """To the report as it now prints; who types on presses the other button."""
        page = self.get_view_on_site_url(obj)
        if page is None or "_continue" in request.POST:
            return super().response_change(request, obj)
        self.message_user(request, "Записано. Ось звіт, як його тепер буде надруковано.", messages.SUCCESS)
        return redirect(page)

    def add_rows_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        report = self._report(request, object_id)
        if request.method != "POST":
            return redirect("admin:programs_annualreport_change", report.pk)
        try:
            # The door itself tells a closed report from a person without the right.
            rows = add_missing_rows(report, by=person(request))
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
        else:
            added = f"Додано {counted(len(rows), 'рядок', 'рядки', 'рядків')} для нових заходів."
            nothing = "Нових заходів немає: у звіті вже є рядок для кожного чинного заходу."
            self.message_user(
                request, added if rows else nothing, messages.SUCCESS if rows else messages.INFO
            )
        return redirect("admin:programs_annualreport_change", report.pk)

    # --- the table ---

    def _grid(self, request: HttpRequest, report: AnnualReport) -> ResultGrid:
        return ResultGrid(
            report,
            may_edit=permissions.can_edit_figures(person(request), report),
            all_sources="all_sources" in request.GET,
            data=request.POST if request.method == "POST" else None,
        )

    def _report(self, request: HttpRequest, object_id: str) -> AnnualReport:
        report = self.get_queryset(request).filter(pk=object_id).first() if object_id.isdecimal() else None
        if report is None:
            raise Http404("Такого звіту немає.")
        return report

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if object_id is None or request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            # The lock outlives a refusal, so the page shows exactly what the refusal was about.
            report = self.get_object(request, object_id)
            if report is None:
                return super().changeform_view(request, object_id, form_url, extra_context)
            grid = request.result_grid = self._grid(request, report)  # type: ignore[attr-defined]
            if not self.has_change_permission(request, report):
                return self._closed_meanwhile(request, report, object_id)
            try:
                return super().changeform_view(request, object_id, form_url, extra_context)
            except EntryError as error:
                grid.refuse(error)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def _closed_meanwhile(self, request: HttpRequest, report: AnnualReport, object_id: str) -> HttpResponse:
        """The report was submitted while somebody typed: show the typed values, though none can be saved."""
        if not self.has_view_permission(request, report) or report.report_state.accepts_figures:
            raise PermissionDenied
        self.message_user(
            request,
            f"Нічого не записано: звіт у стані «{report.get_state_display()}», і змінити його вже не можна. "
            "Введені вами показники стоять під значеннями з бази; скопіюйте потрібне.",
            messages.ERROR,
        )
        request.method = "GET"
        response = super().changeform_view(request, object_id)
        response.status_code = HTTPStatus.CONFLICT
        return response

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if not change:
            return
        super().save_related(request, form, formsets, change)
        entries = form.grid.entries()
        if entries:
            save_results(form.instance, entries, by=person(request))

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False):
        message: list[Any] = super().construct_change_message(request, form, formsets, add)
        if not add and (codes := [row.result.measure.code for row in form.grid.rows if row.touched]):
            message.append({"changed": {"name": "показники", "object": str(form.instance), "fields": codes}})
        return message

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any):
        report = kwargs.get("obj")
        if report is not None:
            grid = getattr(request, "result_grid", None) or self._grid(request, report)
            grid.bands  # noqa: B018 - computed now, under the lock, not while the page is rendered
            context["grid"] = grid
            context["subtitle"] = f"{report.year} рік · {report.program}"
        return super().render_change_form(request, context, *args, **kwargs)

    def figures_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The percents and totals of what is typed on the page, computed and not saved."""
        report = self._report(request, object_id)
        if not self.has_view_permission(request, report):
            raise PermissionDenied
        return JsonResponse(self._grid(request, report).texts())


@admin.register(MeasureResult)
class ResultHistoryAdmin(HistoryAdmin):
    """Nothing to edit here: figures are typed on the report's page. It gives each row its history."""

    can_read = staticmethod(permissions.can_read_programs)
    can_manage = staticmethod(nobody)
    belongings = ((Evidence, "result"), (Contribution, "result"))

    object_history_template = "admin/programs/measureresult/object_history.html"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[MeasureResult]:
        reports = AnnualReport.objects.visible_to(person(request))
        return (
            super()
            .get_queryset(request)
            .filter(report__in=reports)
            .select_related("measure__task", "report__program")
        )

    def set_history_delta_changes(self, request: HttpRequest, historical_records: Any, *args: Any, **kw: Any):
        """The row's own cells and its sums: `entry` stamps both with one moment."""
        changes = changes_of(MeasureResult(pk=historical_records[0].id)) if historical_records else []
        for record in historical_records:
            record.history_delta_changes = [
                {
                    "field": capfirst(change.label),
                    "old": change.old or NO_VALUE,
                    "new": change.new or NO_VALUE,
                }
                for change in changes
                if change.at == record.history_date
            ]
