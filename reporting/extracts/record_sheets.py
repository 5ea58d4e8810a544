"""What is on record beside the figures: findings, changes of plans, the history of cells, evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from programs.consistency import TITLES, Finding, Severity
from programs.importing.measure_columns import ColumnKind, ColumnSpec
from programs.models import MeasureResult, PlannedFunding, User

from .gathering import Batch, ReportPart
from .sheets import (
    KEY,
    OF_RESULT,
    PROGRAM_ID,
    STATE,
    YEAR,
    Row,
    Sheet,
    moment,
    of_report,
    of_result,
    yes_or_no,
)

LONG, NUMBER, MONEY = ColumnKind.LONG_TEXT, ColumnKind.NUMBER, ColumnKind.MONEY
WEIGHTS = {Severity.ERROR: "помилка", Severity.WARNING: "попередження"}

# --- «Результати перевірки» --------------------------------------------------------------

FINDING_COLUMNS = (
    KEY,
    ColumnSpec("measure_key", "ключ заходу"),
    PROGRAM_ID,
    YEAR,
    STATE,
    ColumnSpec("code", "№ заходу"),
    ColumnSpec("measure", "зміст заходу", LONG),
    ColumnSpec("severity", "вид"),
    ColumnSpec("finding_code", "код перевірки"),
    ColumnSpec("title", "перевірка"),
    ColumnSpec("message", "результат перевірки", LONG),
)


def _finding_rows(batch: Batch) -> Iterator[Row]:
    """Of the reports as a whole, then of the selected rows."""
    for part in batch.parts:
        for number, finding in enumerate(part.findings_by_row.get(None, ()), start=1):
            yield (f"{part.key}/{finding.code}/{number}", "", *of_report(part), "", "", *_told(finding))
        for result in part.selected:
            for number, finding in enumerate(part.findings_by_row.get(result.pk, ()), start=1):
                yield (*of_result(f"{finding.code}/{number}", part, result), *_told(finding))


def _told(finding: Finding) -> tuple[str, ...]:
    return (WEIGHTS[finding.severity], finding.code, TITLES[finding.code], finding.message)


FINDING_SHEET = Sheet("Результати перевірки", "findings", FINDING_COLUMNS, _finding_rows)

# --- «Зміни планів» ----------------------------------------------------------------------

PLAN_COLUMNS = (
    *OF_RESULT,
    ColumnSpec("decision_number", "рішення, №"),
    ColumnSpec("decision_date", "рішення, дата", ColumnKind.DATE),
    ColumnSpec("decision_kind", "що робить рішення"),
    ColumnSpec("source_code", "код джерела"),
    ColumnSpec("source", "джерело фінансування"),
    ColumnSpec("before", "план до рішення, тис. грн", MONEY),
    ColumnSpec("after", "план за рішенням, тис. грн", MONEY),
    ColumnSpec("in_time", "прийнято до кінця звітного року"),
)


def _plan_rows(batch: Batch) -> Iterator[Row]:
    for part in batch.parts:
        selected = {result.measure_id: result for result in part.selected}
        for measure_id, rows in _by_measure(part.plans).items():
            if measure_id in selected:
                yield from _amendments(part, selected[measure_id], rows)


def _by_measure(plans: Sequence[PlannedFunding]) -> dict[int, list[PlannedFunding]]:
    by_measure: dict[int, list[PlannedFunding]] = {}
    for row in plans:
        by_measure.setdefault(row.measure_id, []).append(row)
    return by_measure


def _amendments(part: ReportPart, result: MeasureResult, plans: Sequence[PlannedFunding]) -> Iterator[Row]:
    """What each decision on the year set, beside what stood before it: it replaces the whole plan."""
    before: dict[int, Decimal] = {}
    for decision, rows in groupby(plans, key=lambda row: row.decision):
        after = {row.source_id: row.amount for row in rows}
        for source_id in (pk for pk in part.reference.sources if pk in before or pk in after):
            source = part.reference.sources[source_id]
            yield (
                *of_result(f"{decision.number}/{decision.date}/{source.code}", part, result),
                decision.number,
                decision.date,
                decision.get_kind_display(),
                source.code,
                source.name,
                before.get(source_id),
                after.get(source_id),
                yes_or_no(decision.date.year <= part.report.year),
            )
        before = after


PLAN_SHEET = Sheet("Зміни планів", "plan_changes", PLAN_COLUMNS, _plan_rows)

# --- «Історія змін» ----------------------------------------------------------------------

CHANGE_COLUMNS = (
    *OF_RESULT,
    ColumnSpec("changed_at", "коли", ColumnKind.MOMENT),
    ColumnSpec("changed_by", "хто"),
    ColumnSpec("cell", "графа"),
    ColumnSpec("old", "було", LONG),
    ColumnSpec("new", "стало", LONG),
    ColumnSpec("how", "як"),
)


def _change_rows(batch: Batch) -> Iterator[Row]:
    """Of each row the oldest first, so that its numbers stay when more is changed."""
    for part in batch.parts:
        for result in part.selected:
            for number, change in enumerate(reversed(part.changes[result.pk]), start=1):
                yield (
                    *of_result(f"{number}", part, result),
                    moment(change.at),
                    _name(change.by),
                    change.label,
                    change.old,
                    change.new,
                    change.how,
                )


def _name(user: User | None) -> str:
    return user.get_full_name() if user else ""


CHANGE_SHEET = Sheet("Історія змін", "changes", CHANGE_COLUMNS, _change_rows)

# --- «Докази» ----------------------------------------------------------------------------

EVIDENCE_COLUMNS = (
    *OF_RESULT,
    ColumnSpec("title", "документ", LONG),
    ColumnSpec("kind", "вид"),
    ColumnSpec("url", "посилання", LONG),
    ColumnSpec("size", "розмір, байтів", NUMBER),
    ColumnSpec("sha256", "SHA-256"),
    ColumnSpec("executor", "від кого", LONG),
    ColumnSpec("added_at", "додано", ColumnKind.MOMENT),
    ColumnSpec("added_by", "хто додав"),
    ColumnSpec("withdrawn_at", "вилучено", ColumnKind.MOMENT),
    ColumnSpec("withdrawn_by", "хто вилучив"),
)


def _evidence_rows(batch: Batch) -> Iterator[Row]:
    for part in batch.parts:
        for result in part.selected:
            for one in part.evidence.get(result.pk, ()):
                yield (
                    *of_result(f"{one.pk}", part, result),
                    one.title,
                    one.get_kind_display(),
                    one.url,
                    one.size if one.file else None,
                    one.sha256,
                    one.executor.name,
                    moment(one.added_at),
                    one.added_by.get_full_name(),
                    moment(one.withdrawn_at),
                    _name(one.withdrawn_by),
                )


EVIDENCE_SHEET = Sheet("Докази", "evidence", EVIDENCE_COLUMNS, _evidence_rows)
