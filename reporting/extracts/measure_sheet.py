"""«Заходи»: a row for every measure and year, and «Джерела фінансування»: the same money source by source."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from programs.calculations import BLANK, hryvnias
from programs.figures import amount_money
from programs.importing import measure_columns
from programs.importing.measure_columns import FACTS, ColumnKind, ColumnSpec, source_column
from programs.models import Amount, FundingSource, MeasureResult

from .gathering import Batch, ReportPart
from .sheets import MONEY_COLUMNS, OF_RESULT, Row, Sheet, Value, money_cells, of_report, of_result


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
    starts = ["task_number", *(f"planned:{source.code}" for source in sources[:1])]
    starts += [f"{start}:hryvnias" for start in starts[1:]] + [measure_columns.DEVIATION.key]
    return Sheet(measure_columns.SHEET, "measures", columns, rows, has_totals=True, page_starts=starts)


def _source_columns(sources: Sequence[FundingSource], kind: ColumnKind) -> Iterator[ColumnSpec]:
    in_hryvnias = kind is ColumnKind.HRYVNIAS
    for source in sources:
        for fact in FACTS:
            key = f"{fact}:{source.code}" + (":hryvnias" if in_hryvnias else "")
            yield ColumnSpec(key, source_column(fact, source.name, hryvnias=in_hryvnias), kind)


def _row(part: ReportPart, result: MeasureResult, sources: Sequence[FundingSource]) -> Row:
    by_source = {amount.source_id: amount_money(amount) for amount in result.amounts.all()}
    of_sources = [
        fact
        for source in sources
        for money in (by_source.get(source.pk, BLANK),)
        for fact in (money.planned, money.actual, money.financed)
    ]
    *totals, deviation = money_cells(part.figures.rows[result.pk].money)
    before = _report_cells(part) | _measure_cells(result) | {"key": part.keys[result.pk]}
    after = _result_cells(part, result) | {"deviation": deviation}
    return [
        *(before[column.key] for column in measure_columns.BEFORE_SOURCES),
        *of_sources,
        *totals[:3],
        *map(hryvnias, of_sources),
        *totals[3:],
        *(after[column.key] for column in measure_columns.AFTER_SOURCES),
    ]


def _report_cells(part: ReportPart) -> dict[str, Value]:
    program_id, year, state = of_report(part)
    return {
        "program_id": program_id,
        "program": part.program.printed_title,
        "program_printed": part.report.printed_program,
        "responsible": part.program.responsible.name,
        "budget_codes": part.program.budget_codes,
        "year": year,
        "state": state,
        "edition": part.frozen.edition_number if part.frozen else None,
        "fingerprint": part.frozen.fingerprint if part.frozen else "",
    }


def _measure_cells(result: MeasureResult) -> dict[str, Value]:
    measure = result.measure
    return {
        "task_number": measure.task.number,
        "task": measure.task.text,
        "code": measure.code,
        "measure": measure.title,
        "term": str(measure.term),
        "executors": "; ".join(str(one) for one in measure.participations.all()),
        "executors_text": measure.executors_text,
    }


def _result_cells(part: ReportPart, result: MeasureResult) -> dict[str, Value]:
    figures = part.figures.rows[result.pk]
    return {
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


# --- the same money source by source -----------------------------------------------------

SOURCE_COLUMNS = (
    *OF_RESULT,
    ColumnSpec("source_code", "код джерела"),
    ColumnSpec("source", "джерело фінансування"),
    ColumnSpec("form_line", "рядок форми"),
    *MONEY_COLUMNS,
)


def source_sheet(asked: Collection[int]) -> Sheet:
    """Of the sources asked for, by id; of all, if none is."""

    def rows(batch: Batch) -> Iterator[Row]:
        for part in batch.parts:
            for result in part.selected:
                for amount in result.amounts.all():
                    if not asked or amount.source_id in asked:
                        yield _source_row(part, result, amount)

    return Sheet("Джерела фінансування", "sources", SOURCE_COLUMNS, rows, has_totals=True)


def _source_row(part: ReportPart, result: MeasureResult, amount: Amount) -> Row:
    source = amount.source
    return (
        *of_result(source.code, part, result),
        source.code,
        source.name,
        source.form_line,
        *money_cells(amount_money(amount)),
    )
