"""«Заходи»: a row for every measure and year, and «Джерела фінансування»: the same money source by source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from programs.calculations import BLANK
from programs.figures import amount_money
from programs.importing import measure_columns
from programs.importing.measure_columns import FACTS, ColumnKind, ColumnSpec, source_column
from programs.models import FundingSource, MeasureResult

from .gathering import Batch, ReportPart
from .sheets import MONEY_COLUMNS, OF_RESULT, Row, Sheet, Value, hryvnias, money_cells, of_report, of_result


def measure_sheet(sources: Sequence[FundingSource]) -> Sheet:
    """With three columns a source in each unit, before the totals of that unit."""

    def rows(batch: Batch) -> Iterator[Row]:
        for part in batch.parts:
            for result in part.selected:
                yield _row(part, result, sources)

    columns = (
        *measure_columns.BEFORE_SOURCES,
        *_source_columns(sources, ColumnKind.MONEY),
        *measure_columns.TOTALS,
        *_source_columns(sources, ColumnKind.HRYVNIAS),
        *measure_columns.TOTALS_IN_HRYVNIAS,
        *measure_columns.AFTER_SOURCES,
    )
    return Sheet(measure_columns.SHEET, "measures", columns, rows, has_totals=True, is_wide=True)


def _source_columns(sources: Sequence[FundingSource], kind: ColumnKind) -> Iterator[ColumnSpec]:
    in_hryvnias = kind is ColumnKind.HRYVNIAS
    for source in sources:
        for fact in FACTS:
            key = f"{fact}:{source.code}" + (":hryvnias" if in_hryvnias else "")
            yield ColumnSpec(key, source_column(fact, source.name, hryvnias=in_hryvnias), kind)


def _row(part: ReportPart, result: MeasureResult, sources: Sequence[FundingSource]) -> Row:
    measure, figures = result.measure, part.figures.rows[result.pk]
    by_source = {amount.source_id: amount_money(amount) for amount in result.amounts.all()}
    of_sources = [
        fact
        for source in sources
        for money in (by_source.get(source.pk, BLANK),)
        for fact in (money.planned, money.actual, money.financed)
    ]
    *totals, deviation = money_cells(figures.money)
    program_id, year, state = of_report(part)
    cells: Mapping[str, Value] = {
        "key": part.keys[result.pk],
        "program_id": program_id,
        "program": part.report.printed_program,
        "responsible": part.program.responsible.name,
        "budget_codes": part.program.budget_codes,
        "year": year,
        "state": state,
        "edition": part.frozen.edition_number if part.frozen else None,
        "fingerprint": part.frozen.fingerprint if part.frozen else "",
        "task_number": measure.task.number,
        "task": measure.task.text,
        "code": measure.code,
        "measure": measure.title,
        "term": str(measure.term),
        "executors": "; ".join(str(one) for one in measure.participations.all()),
        "executors_text": measure.executors_text,
        "deviation": deviation,
        "computed_percent": figures.computed_percent,
        "stated_percent": figures.stated_percent,
        "stated_justification": result.stated_justification,
        "percent": figures.percent,
        "execution_state": result.get_execution_state_display() if result.execution_state else "",
        "zero_reason": result.get_zero_reason_display() if result.zero_reason else "",
        "narrative": result.narrative,
        "findings": len(part.findings_by_row.get(result.pk, ())),
        "version": result.version,
    }
    return [
        *(cells[column.key] for column in measure_columns.BEFORE_SOURCES),
        *of_sources,
        *totals[:3],
        *map(hryvnias, of_sources),
        *totals[3:],
        *(cells[column.key] for column in measure_columns.AFTER_SOURCES),
    ]


# --- the same money source by source -----------------------------------------------------

SOURCE_COLUMNS = (
    *OF_RESULT,
    ColumnSpec("source_code", "код джерела"),
    ColumnSpec("source", "джерело фінансування"),
    ColumnSpec("form_line", "рядок форми"),
    *MONEY_COLUMNS,
)


def _source_rows(batch: Batch) -> Iterator[Row]:
    for part in batch.parts:
        for result in part.selected:
            for amount in result.amounts.all():
                source = amount.source
                yield (
                    *of_result(source.code, part, result),
                    source.code,
                    source.name,
                    source.form_line,
                    *money_cells(amount_money(amount)),
                )


SOURCE_SHEET = Sheet("Джерела фінансування", "sources", SOURCE_COLUMNS, _source_rows, has_totals=True)
