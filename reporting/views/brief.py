"""«Довідка на засідання комісії» on the screen and on paper."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from programs.enums import ReportState
from programs.models import MeasureResult
from programs.views.reach import signed_in, visible_report

from ..brief import brief
from ..standing import standing_document


@require_safe
def brief_page(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    report = visible_report(signed_in(request), public_id, year)
    results = list(MeasureResult.objects.for_report(report))
    document = standing_document(report, draft_at=None)
    context = {
        "program": report.program,
        "report": report,
        "decisions": [one for one in report.program.decisions.all() if one.date.year <= report.year],
        "document": document,
        # An agreed document names the decision in its own words; a draft tells all there are.
        "is_agreed": report.report_state is ReportState.AGREED,
        "brief": brief(report, results, document),
        "council_decisions": report.council_decisions.all(),
        "today": timezone.localdate(),
    }
    return render(request, "workflow/brief.html", context)
