"""What keeps reports from being submitted: the errors of the control checks, of many reports at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import prefetch_related_objects

from .consistency import Finding, ReportUnderCheck, Severity, findings
from .figures import report_figures
from .models import AnnualReport, FundingSource, MeasureResult

# Of a row that is not filled in; the other errors are of what stands there.
MISSING = frozenset({"untouched", "no_narrative", "no_amount", "no_state"})


@dataclass(frozen=True)
class Readiness:
    """A report's rows in printed order, and every error of `consistency.check_report`."""

    rows: Sequence[MeasureResult]
    errors: Sequence[Finding]

    @cached_property
    def missing(self) -> list[Finding]:
        """One a row that lacks its state, its figures or its narrative: the first thing that is not there."""
        first: dict[int | None, Finding] = {}
        for finding in self.errors:
            if finding.code in MISSING:
                first.setdefault(finding.result_id, finding)
        return list(first.values())

    @property
    def others(self) -> list[Finding]:
        """Errors that are no gaps."""
        return [finding for finding in self.errors if finding.code not in MISSING]

    @property
    def filled(self) -> int:
        return len(self.rows) - len(self.missing)


def readiness_of(reports: Iterable[AnnualReport]) -> dict[int, Readiness]:
    """By report id, in six queries; reports come with their programmes.

    Warnings are left out, so nothing that only they look at is fetched: plans, last year, spellings.
    """
    listed = list(reports)
    rows: dict[int, list[MeasureResult]] = {report.pk: [] for report in listed}
    if not rows:
        return {}
    results = MeasureResult.objects.filter(report__in=rows).select_related("measure__task")
    for result in results.prefetch_related("amounts", "measure__participations").order_by(
        "measure__task__number", "measure__number", "pk"
    ):
        rows[result.report_id].append(result)
    prefetch_related_objects(listed, "signatories", "program__decisions")
    sources = list(FundingSource.objects.all())
    return {
        report.pk: Readiness(rows[report.pk], _errors(report, rows[report.pk], sources)) for report in listed
    }


def _errors(
    report: AnnualReport, rows: Sequence[MeasureResult], sources: Sequence[FundingSource]
) -> list[Finding]:
    checked = ReportUnderCheck(
        report=report,
        results=rows,
        figures=report_figures(report, rows, sources),
        sources={source.pk: source for source in sources},
        plans={},
        last_year={},
        decisions={},
        spellings={},
        names={},
    )
    return [finding for finding in findings(checked) if finding.severity is Severity.ERROR]
