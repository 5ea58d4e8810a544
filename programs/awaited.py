"""Whose information open reports still wait for: co-executors that have not said «Інформацію подано»."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from .contributing import Line, contributions_to
from .enums import OPEN_STATES, ExecutorKind
from .models import AnnualReport, Appointment, Executor, ExecutorPart, MeasureResult, Participation


@dataclass(frozen=True)
class AwaitedPart:
    """What one co-executor has still to say of one report; lines in printed order, said of or not."""

    report: AnnualReport
    executor: Executor
    lines: list[Line]

    @property
    def empty(self) -> list[Line]:
        return [line for line in self.lines if not line.is_filled]

    @property
    def filled(self) -> int:
        return len(self.lines) - len(self.empty)

    @property
    def is_overdue(self) -> bool:
        return is_past(self.report.coexecutors_due)


def is_past(due: datetime.date | None) -> bool:
    """A deadline's own day is still in time."""
    return due is not None and due < timezone.localdate()


def unsaid(reports: QuerySet[AnnualReport], executors: Iterable[int] | None = None) -> set[tuple[int, int]]:
    """(executor id, report id) of co-executors that such an open report waits for: two queries.

    Without `executors` only those who can say it themselves: with people appointed, and no collectives.
    """
    parts = Participation.objects.filter(
        measure__results__report__in=reports.filter(state__in=OPEN_STATES)
    ).exclude(measure__task__program__responsible=F("executor"))
    if executors is not None:
        parts = parts.filter(executor__in=executors)
    else:
        people = Appointment.objects.current().filter(executor=OuterRef("executor"), user__is_active=True)
        parts = parts.exclude(executor__kind=ExecutorKind.COLLECTIVE).filter(Exists(people))
    asked = set(parts.order_by().values_list("executor_id", "measure__results__report_id").distinct())
    if not asked:
        return set()
    said = ExecutorPart.objects.filter(
        report__in={report_id for _, report_id in asked}, submitted_at__isnull=False
    )
    return asked - set(said.values_list("executor_id", "report_id"))


def silent_in(reports: QuerySet[AnnualReport]) -> dict[int, list[Executor]]:
    """Who can say it and has not, by name, by report id; three queries."""
    missing = unsaid(reports)
    names = Executor.objects.in_bulk({executor_id for executor_id, _ in missing})
    found: dict[int, list[Executor]] = {}
    for executor_id, report_id in missing:
        found.setdefault(report_id, []).append(names[executor_id])
    return {
        report_id: sorted(bodies, key=lambda body: (body.sort_key, body.pk))
        for report_id, bodies in found.items()
    }


def awaited_parts(reports: QuerySet[AnnualReport], mine: Mapping[int, Executor]) -> list[AwaitedPart]:
    """Of these bodies, by id, the most urgent first; eight queries, whatever the number of reports."""
    missing = unsaid(reports, mine)
    if not missing:
        return []
    found = reports.in_bulk({report_id for _, report_id in missing})
    results = (
        MeasureResult.objects.filter(report__in=found, measure__participations__executor__in=mine)
        .select_related("measure__task")
        .prefetch_related("measure__participations")
        .order_by("measure__task__number", "measure__number", "pk")
        .distinct()
    )
    rows = list(results)
    said = {(one.result_id, one.executor_id): one for one in contributions_to(rows).filter(executor__in=mine)}
    parts = [
        AwaitedPart(
            found[report_id],
            mine[executor_id],
            [
                Line(row, said.get((row.pk, executor_id)))
                for row in rows
                if row.report_id == report_id and executor_id in executors_of(row)
            ],
        )
        for executor_id, report_id in missing
    ]
    return sorted(parts, key=_urgency)


def executors_of(row: MeasureResult) -> set[int]:
    """Ids; participations are prefetched."""
    return {part.executor_id for part in row.measure.participations.all()}


def _urgency(part: AwaitedPart) -> tuple[datetime.date, str, int]:
    return part.report.coexecutors_due or datetime.date.max, part.executor.sort_key, part.report.pk
