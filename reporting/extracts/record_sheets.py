"""What is on record beside the figures: findings, changes of plans, the history of cells, evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from programs.amendments import replacements
from programs.calculations import plan_change
from programs.consistency import TITLES, Finding, Severity
from programs.importing.measure_columns import ColumnKind, ColumnSpec
from programs.models import MeasureResult, PlannedFunding, User

from .gathering import Batch, ReportPart
from .sheets import (
    OF_RESULT,
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
    *OF_RESULT,
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
    ColumnSpec("difference", "різниця (за рішенням − до рішення), тис. грн", MONEY),
    ColumnSpec("in_time", "прийнято до кінця звітного року"),
)


def _plan_rows(batch: Batch) -> Iterator[Row]:
    for part in batch.parts:
        for result in part.selected:
            yield from _amendments(part, result, part.plans_by_measure.get(result.measure_id, ()))


def _amendments(part: ReportPart, result: MeasureResult, plans: Sequence[PlannedFunding]) -> Iterator[Row]:
    """What each decision on the year set, beside what stood in force before it."""
    sources = part.reference.sources
    for one in replacements(plans):
        decision = one.decision
        for pk, before, after in one.lines(sources):
            yield (
                *of_result(f"{decision.number}/{decision.date}/{sources[pk].code}", part, result),
                decision.number,
                decision.date,
                decision.get_kind_display(),
                sources[pk].code,
                sources[pk].name,
                before,
                after,
                plan_change(before, after),
                yes_or_no(one.in_time),
            )


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
    ColumnSpec("document_number", "номер документа"),
    ColumnSpec("document_date", "дата документа", ColumnKind.DATE),
    ColumnSpec("amount", "сума документа, тис. грн", MONEY),
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
                    one.document_number,
                    one.document_date,
                    one.amount,
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


EVIDENCE_SHEET = Sheet("Докази", "evidence", EVIDENCE_COLUMNS, _evidence_rows, page_starts=("url",))
