"""Which rows a selection finds, for whom: batches of whole reports, never all rows at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from programs import calculations, textforms
from programs.enums import ReportState
from programs.keys import keyed
from programs.models import (
    Amount,
    AnnualReport,
    MeasureResult,
    Participation,
    User,
    with_edition_facts,
)
from programs.models.reports import AnnualReportQuerySet

from .gathering import Batch, Reference, gathered, one_moment
from .selection import PUBLISHED, SIGNED, Selection

ROWS_AT_ONCE = 500
"""So many rows are held at a time, or one report that has more."""


def candidates(selection: Selection, reader: User | None) -> QuerySet[MeasureResult]:
    """All that the database can tell of the selection, unordered; `batches` look at the rest.

    `reader` is None for the portal itself, which sees everything; people see what they may.
    """
    reports = AnnualReport.objects.all() if reader is None else AnnualReport.objects.visible_to(reader)
    rows = MeasureResult.objects.filter(report__in=_reports(selection, reports.not_rejected()))
    if selection.executors:
        take_part = Participation.objects.filter(executor__in=selection.executors)
        rows = rows.filter(measure__in=take_part.values("measure_id"))
    if selection.sources:
        rows = rows.filter(pk__in=_with_amounts(selection))
    if selection.text.strip():
        rows = rows.filter(_says(selection.text))
    return rows.order_by()


def is_told_by_database(selection: Selection) -> bool:
    """Whether counting is quick; otherwise arithmetic or the control checks look at every candidate."""
    return not (selection.only_findings or _looks_at_money(selection))


@dataclass(frozen=True)
class Counted:
    rows: int
    drafts: int
    """Of them: of reports that are not agreed."""


def counted(selection: Selection, reader: User | None) -> Counted:
    """How many rows an extract would have."""
    by_report = Counter(_counted_by_report(selection, reader))
    drafts = AnnualReport.objects.filter(pk__in=by_report).exclude(state=ReportState.AGREED)
    in_drafts = Counter({pk: by_report[pk] for pk in drafts.values_list("pk", flat=True)})
    return Counted(by_report.total(), in_drafts.total())


def count(selection: Selection, reader: User | None) -> int:
    return counted(selection, reader).rows


def _counted_by_report(selection: Selection, reader: User | None) -> dict[int, int]:
    rows = candidates(selection, reader)
    if selection.only_findings:
        found = batches(selection, reader)
        return {part.report.pk: len(part.selected) for batch in found for part in batch.parts}
    if _looks_at_money(selection):
        groups = (_of_reports(rows, report_ids) for report_ids in _groups(rows, ROWS_AT_ONCE))
        return Counter(pk for group in groups for pk in _deviating(group, selection).values())
    return dict(rows.values_list("report_id").annotate(size=Count("pk")))


def batches(
    selection: Selection, reader: User | None, *, with_records: bool = False, at_once: int = ROWS_AT_ONCE
) -> Iterator[Batch]:
    """Whole reports in the order of programmes and years, with the rows of them that are selected.

    A batch costs the same number of queries whatever its size; `with_records` adds changes and evidence.
    Reports of which nothing is selected in the end are left out, but what was looked at is counted.
    """
    rows = candidates(selection, reader)
    reference = Reference.fetched()
    for report_ids in _groups(rows, at_once):
        with one_moment():
            looked_at = _of_reports(rows, report_ids)
            found = _deviating(looked_at, selection)
            wanted = set(found.values())
            parts = gathered(
                [pk for pk in report_ids if pk in wanted], found, reference, with_records=with_records
            )
        if selection.only_findings:
            for part in parts:
                part.selected = [row for row in part.selected if part.findings_by_row.get(row.pk)]
        yield Batch([part for part in parts if part.selected], len(looked_at))


def _groups(rows: QuerySet[MeasureResult], at_once: int) -> Iterator[list[int]]:
    """Ids of reports that have candidates, so many together as have about `at_once` rows, selected or not."""
    reports = AnnualReport.objects.filter(pk__in=rows.values("report_id")).annotate(size=Count("results"))
    group: list[int] = []
    held = 0
    for pk, size in reports.order_by("program__sort_key", "program_id", "year").values_list("pk", "size"):
        if group and held + size > at_once:
            yield group
            group, held = [], 0
        group.append(pk)
        held += size
    if group:
        yield group


def _of_reports(rows: QuerySet[MeasureResult], report_ids: Sequence[int]) -> dict[int, int]:
    """Ids of reports by those of rows."""
    return dict(rows.filter(report__in=report_ids).values_list("pk", "report_id"))


def _looks_at_money(selection: Selection) -> bool:
    return selection.deviation_over is not None or selection.without_financed


def _deviating(rows: dict[int, int], selection: Selection) -> dict[int, int]:
    """Those of the rows that the arithmetic tells from the rest, if it is asked."""
    if not _looks_at_money(selection):
        return rows
    money = Amount.objects.filter(result__in=list(rows)).totals_by("result")
    return {
        pk: report_id
        for pk, report_id in rows.items()
        if _is_wanted(money.get((pk,), calculations.BLANK), selection)
    }


def _is_wanted(money: calculations.Money, selection: Selection) -> bool:
    if selection.without_financed and money.planned and money.financed is None:
        return True
    percent = selection.deviation_over
    return percent is not None and calculations.deviates_over(money, percent)


# --- the database's part -----------------------------------------------------------------


def _reports(selection: Selection, reports: AnnualReportQuerySet) -> QuerySet[AnnualReport, Any]:
    if selection.programs:
        reports = reports.filter(keyed(selection.programs, "program__"))
    if selection.years:
        reports = reports.filter(year__in=selection.years)
    if selection.responsible:
        reports = reports.filter(program__responsible__in=selection.responsible)
    if selection.states:
        # Neither fact holds of what is not agreed.
        asked = Q(state__in=selection.states, is_signed=False)
        if SIGNED in selection.states:
            asked |= Q(is_signed=True, is_published=False)
        if PUBLISHED in selection.states:
            asked |= Q(is_published=True)
        reports = with_edition_facts(reports).filter(asked)
    return reports.order_by().values("pk")


def _says(text: str) -> Q:
    """In the measure's name or in the narrative."""
    wanted = textforms.search_key(text)
    return Q(measure__search_key__contains=wanted) | Q(search_key__contains=wanted)


def _with_amounts(selection: Selection) -> QuerySet[Amount, Any]:
    has_any = Q(planned__isnull=False) | Q(actual__isnull=False) | Q(financed__isnull=False)
    return Amount.objects.filter(has_any, source__in=selection.sources).order_by().values("result_id")
