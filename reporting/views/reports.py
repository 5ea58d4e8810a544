"""One year's report: its page, and the same report as a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from programs import permissions
from programs.amendments import decisions_in_force
from programs.consistency import check_fetched, grouped
from programs.enums import ReportState
from programs.figures import report_figures
from programs.models import AnnualReport, Edition, FundingSource, MeasureResult, Remark, User
from programs.plans import plans_in_force
from programs.views.downloads import attachment
from programs.views.reach import NoSuchPage, signed_in, visible_report
from programs.workflow import standing_freeze

from .. import renderers
from ..assemble import build_document
from ..fonts import PrintingUnavailable
from ..renderers.html import form_fragment
from ..standing import file_name, frozen_document, standing_bytes
from .files import printing_unavailable
from .signing_panel import SigningPanel, signing_panel
from .submissions import remarks_of

STATE_MEANINGS = {
    ReportState.DRAFT: "Показники ще вносять, їх можна змінювати.",
    ReportState.ON_APPROVAL: "Звіт подано керівникові. Доки він читає, показники не змінюються.",
    ReportState.RETURNED: "Керівник повернув звіт із зауваженнями. Показники знову можна змінювати.",
    ReportState.AGREED: "Керівник погодив звіт. Документ збережено, і показники вже не змінюються.",
}

REJECTED = "Програму відхилено: показників за нею не вносять, звіт не подають."

FORMAT_USES = {
    "pdf": "для друку й підпису",
    "xlsx": "та сама форма, підсумки формулами",
    "docx": "та сама форма в текстовому редакторі",
    "csv": "рядок на захід, для обробки даних",
    "json": "увесь документ, для програм",
    "html": "для перегляду без порталу",
}


@dataclass(frozen=True)
class NextStep:
    """Something this person may do with the report now."""

    page: str
    """The name of its address."""
    label: str
    is_primary: bool = False
    """The page's one button at the top."""


def next_steps(user: User, report: AnnualReport) -> list[NextStep]:
    """The one to be done first, first."""
    state = report.report_state
    if permissions.can_edit_figures(user, report):
        return [
            NextStep("entry_sheet", "Внести показники", is_primary=True),
            NextStep("submit_report", "Подати на погодження"),
        ]
    if state is ReportState.ON_APPROVAL and permissions.can_decide_on_report(user, report):
        return [NextStep("review_report", "Розглянути", is_primary=True)]
    if state is ReportState.AGREED and permissions.can_decide_on_report(user, report):
        return [NextStep("reopen_report", "Відкрити для уточнення")]
    if permissions.sends_information(user, report):
        return [NextStep("contributions", "Подати інформацію", is_primary=True)]
    return []


def remarks_to_mend(user: User, report: AnnualReport) -> list[Remark]:
    """What the head wrote with the last return, for those who work on it."""
    if report.report_state is not ReportState.RETURNED or not permissions.works_on_report(user, report):
        return []
    return remarks_of(list(report.submissions.order_by("-number")[:1]))


@require_safe
def report_page(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    return render_report(request, visible_report(signed_in(request), public_id, year))


def render_report(
    request: HttpRequest,
    report: AnnualReport,
    *,
    panel: SigningPanel | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """The report's page; `panel` where what was sent from it has been refused."""
    user = signed_in(request)
    results = list(MeasureResult.objects.for_report(report))
    sources = list(FundingSource.objects.all())
    figures = report_figures(report, results, sources)
    is_agreed = report.report_state is ReportState.AGREED
    if is_agreed and panel is None:
        panel = signing_panel(user, report)
    frozen = panel.frozen if panel else None
    document = (
        frozen_document(frozen)
        if frozen
        else build_document(report, results, figures, draft_at=timezone.now())
    )
    plans = plans_in_force(report.program, report.year)
    found = check_fetched(report, results, sources, figures, plans)
    in_force = [plans[result.measure_id] for result in results if result.measure_id in plans]
    context = {
        "program": report.program,
        "report": report,
        "state_meaning": REJECTED if report.program.is_rejected else STATE_MEANINGS[report.report_state],
        "findings": grouped(found),
        "plan_decisions": decisions_in_force(in_force, report.program.decisions.all()),
        "form": form_fragment(document),
        "files": [(renderers.FORMATS[name], use) for name, use in FORMAT_USES.items()],
        "steps": next_steps(user, report),
        "panel": panel,
        "editions": editions_of(report),
        "remarks": remarks_to_mend(user, report),
        "submissions": report.submissions.select_related("submitted_by").order_by("-number"),
        "council_decisions": report.council_decisions.all(),
        "can_edit": permissions.can_edit_figures(user, report),
        "can_record": is_agreed and permissions.can_record_council_decision(user, report),
    }
    return render(request, "pages/report.html", context, status=status)


def sent_from_report(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For what is sent by POST from a report's page: who comes by GET is led back there.

    So comes a browser whose session ended while a file was being signed elsewhere: after signing in it asks
    for the address that it had been sending to.
    """

    @wraps(view)
    def viewed(request: HttpRequest, public_id: str, year: int, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            return view(request, public_id, year, *args, **kwargs)
        if request.method in ("GET", "HEAD"):
            report = visible_report(signed_in(request), public_id, year)
            messages.info(request, "Надіслане не дійшло. Перегляньте звіт і повторіть.")
            return redirect("report_page", report.program.public_id, report.year)
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])

    return viewed


def editions_of(report: AnnualReport) -> list[Edition]:
    """The newest first, each with its publication where it has one."""
    return list(report.editions.select_related("publication").order_by("-number"))


@require_safe
def report_file(request: HttpRequest, public_id: str, year: int, format_name: str) -> HttpResponse:
    """The report as a file to keep. What cannot be rendered raises, and is never sent as a file."""
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    if format_name not in renderers.FORMATS:
        raise NoSuchPage("Такого формату звіту немає. Є HTML, PDF, Excel, Word, CSV і JSON.")
    try:
        content = standing_bytes(report, format_name, draft_at=timezone.now())
    except PrintingUnavailable as error:
        return printing_unavailable(request, error)
    frozen = standing_freeze(report)
    return attachment(
        content,
        renderers.FORMATS[format_name].content_type,
        file_name(report, f".{format_name}", edition=frozen.edition_number if frozen else None),
    )
