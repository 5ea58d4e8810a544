"""A demonstration report that has all that submitting asks for, brought there through the same doors."""

from programs.calculations import Money
from programs.consistency import check_report
from programs.entry import ResultEntry, save_results
from programs.enums import ExecutionState
from programs.models import AnnualReport, MeasureResult, Submission, User
from programs.workflow import finding_key
from reporting import issuing


def complete(report: AnnualReport, by: User) -> None:
    """Fill in what is missing: blank sums become 0, untouched rows are done."""
    entries = []
    for result in MeasureResult.objects.for_report(report):
        entries.append(
            ResultEntry(
                result.pk,
                result.version,
                {
                    "narrative": result.narrative or "Захід проведено.",
                    "execution_state": result.execution_state or ExecutionState.DONE,
                },
                {
                    amount.source_id: Money(amount.planned or 0, amount.actual or 0, amount.financed or 0)
                    for amount in result.amounts.all()
                },
            )
        )
    save_results(report, entries, by=by)


def all_warnings(report: AnnualReport) -> list[str]:
    return [finding_key(finding) for finding in check_report(report)]


def submit(report: AnnualReport, by: User) -> Submission:
    """A complete report, with every warning acknowledged."""
    report.refresh_from_db()
    return issuing.submit_report(report, by=by, seen=report.version, acknowledged=all_warnings(report))
