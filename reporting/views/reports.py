"""One year's report: its page, and the same report as a file."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from programs import permissions
from programs.consistency import check_fetched, grouped
from programs.enums import ReportState
from programs.figures import report_figures
from programs.models import FundingSource, MeasureResult
from programs.views.reach import NoSuchPage, signed_in, visible_report

from .. import renderers
from ..assemble import assemble, build_document
from ..fonts import PrintingUnavailable
from ..renderers.html import form_fragment

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
        "can_edit": permissions.can_edit_figures(user, report),
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
