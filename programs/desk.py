"""What lies on the desk of those who work on reports: what each open report of their bodies still lacks."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery

from .awaited import is_past, silent_in
from .blocking import Readiness, readiness_of
from .consistency import Finding
from .enums import OPEN_STATES, ReportState
from .models import AnnualReport, Executor, Publication, Remark, Submission, with_edition_facts
from .waiting import live_reports


@dataclass(frozen=True)
class OpenReport:
    """One report in which figures are still entered."""

    report: AnnualReport
    readiness: Readiness
    remarks: list[Remark]
    """Of the return that is to be mended, the whole report's first, then in printed order."""
    silent: list[Executor]
    """Co-executors who can send their information and have not said that they did."""

    @property
    def is_overdue(self) -> bool:
        return is_past(self.report.department_due)

    @property
    def are_silent_late(self) -> bool:
        return bool(self.silent) and is_past(self.report.coexecutors_due)

    @property
    def next_place(self) -> Finding | None:
        """Where to go on: the first gap, else the first other error that stands in a row."""
        in_rows = [one for one in self.readiness.errors if one.result_id is not None]
        return next(iter([*self.readiness.missing, *in_rows]), None)

    @property
    def row_codes(self) -> str:
        """«r12=1.1 r13=1.2»: by which the browser's memory and the entry sheet know each row."""
        return " ".join(f"r{row.pk}={row.measure.code}" for row in self.readiness.rows)


def open_reports(executors: Collection[int]) -> list[OpenReport]:
    """Of programmes that these bodies answer for, the most urgent first; eleven queries, however many."""
    if not executors:
        return []
    mine = live_reports().filter(program__responsible__in=executors, state__in=OPEN_STATES)
    reports = sorted(with_edition_facts(mine).select_related("program__responsible"), key=_urgency)
    if not reports:
        return []
    readiness, silent, remarks = readiness_of(reports), silent_in(mine), remarks_on(reports)
    return [
        OpenReport(one, readiness[one.pk], remarks.get(one.pk, []), silent.get(one.pk, [])) for one in reports
    ]


def handed_in(executors: Collection[int]) -> list[AnnualReport]:
    """On approval, or agreed and not published yet, with `submitted_at` of the last submission; one query."""
    if not executors:
        return []
    last = Submission.objects.filter(report=OuterRef("pk")).order_by("-number")
    reports = (
        with_edition_facts(live_reports())
        .filter(program__responsible__in=executors)
        .filter(Q(state=ReportState.ON_APPROVAL) | Q(state=ReportState.AGREED, is_published=False))
        .annotate(submitted_at=Subquery(last.values("submitted_at")[:1]))
    )
    return list(reports.order_by("program__sort_key", "-year", "pk"))


def last_published(executors: Collection[int], *, most: int) -> list[AnnualReport]:
    """The latest with a public edition first, with `published_at` of that edition; one query."""
    if not executors:
        return []
    last = Publication.objects.filter(edition__report=OuterRef("pk")).order_by("-edition__number")
    reports = (
        AnnualReport.objects.not_rejected()
        .filter(program__responsible__in=executors)
        .select_related("program")
        .annotate(published_at=Subquery(last.values("published_at")[:1]))
        .filter(published_at__isnull=False)
    )
    return list(reports.order_by("-published_at", "-pk")[:most])


def remarks_on(reports: Iterable[AnnualReport]) -> Mapping[int, list[Remark]]:
    """By report id, for those that are returned: what the head wrote on their last submission."""
    returned = [report.pk for report in reports if report.report_state is ReportState.RETURNED]
    if not returned:
        return {}
    of_report = Submission.objects.filter(report=OuterRef("submission__report")).order_by("-number")
    last = Remark.objects.filter(
        submission__report__in=returned, submission=Subquery(of_report.values("pk")[:1])
    ).select_related("submission", "written_by", "result__measure__task")
    found: dict[int, list[Remark]] = {}
    for remark in sorted(last, key=_place):
        found.setdefault(remark.submission.report_id, []).append(remark)
    return found


def _place(remark: Remark) -> tuple[int, int, int]:
    if remark.result is None:
        return 0, 0, remark.pk
    return remark.result.measure.task.number, remark.result.measure.number, remark.pk


def _urgency(report: AnnualReport) -> tuple[datetime.date, int, str]:
    return report.department_due or datetime.date.max, report.year, report.program.sort_key
