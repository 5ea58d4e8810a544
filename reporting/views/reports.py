"""One year's report: its page, and the same report as a file."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from programs import permissions
from programs.consistency import check_fetched, grouped
from programs.enums import ReportState
from programs.figures import report_figures
from programs.models import AnnualReport, FundingSource, MeasureResult, Remark, User
from programs.views.reach import NoSuchPage, signed_in, visible_report

from .. import renderers
from ..assemble import assemble, build_document
from ..fonts import PrintingUnavailable
from ..renderers.html import form_fragment
from .submissions import remarks_of

STATE_MEANINGS = {
    ReportState.DRAFT: "Показники ще вносять, їх можна змінювати.",
    ReportState.ON_APPROVAL: "Звіт подано керівникові. Доки він читає, показники не змінюються.",
    ReportState.RETURNED: "Керівник повернув звіт із зауваженнями. Показники знову можна змінювати.",
    ReportState.AGREED: "Керівник погодив звіт. Лишилося підписати його; показники вже не змінюються.",
}

FORMAT_USES = {
    "pdf": "для друку й підпису",
    "xlsx": "та сама форма, підсумки формулами",
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
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    results = list(MeasureResult.objects.for_report(report))
    sources = list(FundingSource.objects.all())
    figures = report_figures(report, results, sources)
    document = build_document(report, results, figures, draft_at=timezone.now())
    found = check_fetched(report, results, sources, figures)
    context = {
        "program": report.program,
        "report": report,
        "state_meaning": STATE_MEANINGS[report.report_state],
        "findings": grouped(found),
        "form": form_fragment(document),
        "files": [(renderers.FORMATS[name], use) for name, use in FORMAT_USES.items()],
        "steps": next_steps(user, report),
        "remarks": remarks_to_mend(user, report),
        "submissions": report.submissions.select_related("submitted_by").order_by("-number"),
        "council_decisions": report.council_decisions.all(),
        "can_edit": permissions.can_edit_figures(user, report),
        "can_record": report.report_state is ReportState.AGREED
        and permissions.can_record_council_decision(user, report),
    }
    return render(request, "pages/report.html", context)


@require_safe
def report_file(request: HttpRequest, public_id: str, year: int, format_name: str) -> HttpResponse:
    """The report as a file to keep. What cannot be rendered raises, and is never sent as a file."""
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    if format_name not in renderers.FORMATS:
        raise NoSuchPage("Такого формату звіту немає. Є HTML, PDF, Excel, CSV і JSON.")
    try:
        content = renderers.render(assemble(report, draft_at=timezone.now()), format_name)
    except PrintingUnavailable as error:
        return render(request, "503.html", {"sentence": str(error)}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    file_name = f"Zvit_{report.program.public_id}_{report.year}.{format_name}"
    return HttpResponse(
        content,
        content_type=renderers.FORMATS[format_name].content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{file_name}"',
            "Content-Length": str(len(content)),
        },
    )
