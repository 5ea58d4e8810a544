"""One report's results as a table: what stands, what was typed over it, and what the door said.

Plain objects instead of three hundred Django forms: the page opens and saves in one go. The table
writes nothing itself; it makes `ResultEntry`s for `entry.save_results`, only of cells that this
person touched.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.html import format_html, format_html_join

from . import textforms
from .calculations import Money
from .entry import (
    AMOUNT_FIELDS,
    RESULT_FIELDS,
    Conflict,
    EntryError,
    InvalidResults,
    ResultEntry,
    StaleResults,
)
from .fields import MoneyField, UkrainianDecimalField
from .figures import Figures, ReportFigures, report_figures
from .models import Amount, AnnualReport, FundingSource, MeasureResult, Task
from .textforms import TextFormError

NO_VALUE = "—"
SHORT_NAMES = {
    "execution_state": "стан",
    "zero_reason": "причина нуля",
    "stated_percent": "відсоток, %",
    "stated_justification": "обґрунтування",
}


@dataclass(slots=True)
class Cell:
    """One input. `standing` is the database's value, `typed` what came back when it was touched."""

    name: str
    code: str
    model_field: Any
    label: str
    standing: Any
    typed: str | None = None
    value: Any = None
    error: str = ""
    conflict: Conflict | None = None
    # «42 350,00 грн → 42,35», where hryvnias were typed.
    conversion: str = ""
    # As the inputs of last year's report would hold it; empty where it has no such figure.
    last_year: str = ""
    # Nothing can be typed here; what was typed before it closed is shown beside.
    closed: bool = False

    def __post_init__(self) -> None:
        self.value = self.standing

    @property
    def touched(self) -> bool:
        return self.typed is not None

    @property
    def noted(self) -> bool:
        """Something is to be said under the input."""
        return bool(self.error or self.conflict or (self.closed and self.touched))

    @property
    def text(self) -> str:
        return self.written(self.standing) if self.typed is None else self.typed

    @property
    def standing_text(self) -> str:
        return NO_VALUE if self.standing in (None, "") else self.worded(self.standing)

    @property
    def choices(self) -> list[tuple[str, str]]:
        return self.model_field.flatchoices

    @property
    def options(self) -> list[tuple[str, str]]:
        return [("", "—"), *self.choices]

    @property
    def longest(self) -> int | None:
        return self.model_field.max_length

    @property
    def theirs(self) -> str:
        return self.worded(self.conflict.theirs) if self.conflict else ""

    @property
    def theirs_written(self) -> str:
        """As the input would hold it."""
        return self.written(self.conflict.theirs) if self.conflict else ""

    @property
    def yours(self) -> str:
        return self.worded(self.conflict.yours if self.conflict else self.value)

    @property
    def changed_at(self) -> str:
        when = self.conflict.changed_at if self.conflict else None
        return f"{timezone.localtime(when):%d.%m.%Y %H:%M}" if when else ""

    @property
    def seen(self) -> str:
        """A fingerprint of the standing value, by which a touched cell is told from an untouched one."""
        return fingerprint(self.written(self.standing))

    def read(self, typed: str, seen: str | None) -> None:
        """Take what was posted, unless it is what the page showed."""
        typed = textforms.clean_text(typed).strip()
        try:
            value = self._parsed(typed)
            written = self.written(value)
        except TextFormError as error:
            self.typed, self.error = typed, str(error)
            return
        if fingerprint(written) != (seen or self.seen):
            self.typed, self.value = typed, value

    def _parsed(self, typed: str) -> Any:
        if isinstance(self.model_field, MoneyField):
            value = textforms.parse_money(typed)
            if textforms.is_in_hryvnias(typed):
                self.conversion = f"{typed} → {self.written(value)}"
            return value
        if isinstance(self.model_field, UkrainianDecimalField):
            return textforms.parse_decimal(typed, decimals=self.model_field.decimal_places)
        if self.longest and len(typed) > self.longest:
            raise TextFormError(
                f"Текст задовгий: {len(typed)} знаків, а можна не більше {self.longest}. Скоротіть його."
            )
        return typed

    def written(self, value: Any) -> str:
        if isinstance(value, Decimal):
            return textforms.format_decimal_in_full(value)
        return "" if value is None else textforms.clean_text(value).strip()

    def worded(self, value: Any) -> str:
        if self.choices:
            value = dict(self.choices).get(value, value)
        return self.written(value) or "порожньо"


def fingerprint(text: str) -> str:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=6).hexdigest()


@dataclass(slots=True)
class SourceLine:
    source: FundingSource
    cells: list[Cell]
    """Planned, actual, financed."""
    is_stored: bool
    is_shown: bool = True

    @property
    def noted(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.noted]

    @property
    def money(self) -> Money:
        return Money(*(cell.value for cell in self.cells))


@dataclass(slots=True)
class Totals:
    """The figures of one band as texts; `key` begins the ids of the elements that show them."""

    key: str
    planned: str
    actual: str
    financed: str
    percent: str

    @classmethod
    def of(cls, key: str, money: Money, percent: Decimal | None) -> Totals:
        planned, actual, financed = (written_money(getattr(money, fact)) for fact in AMOUNT_FIELDS)
        return cls(key, planned, actual, financed, written_percent(percent))


def written_money(amount: Decimal | None) -> str:
    return NO_VALUE if amount is None else textforms.format_decimal_in_full(amount)


def written_percent(percent: Decimal | None) -> str:
    return NO_VALUE if percent is None else textforms.format_decimal(percent)


@dataclass(slots=True)
class Row:
    result: MeasureResult
    out_of_term: bool
    cells: dict[str, Cell]
    lines: list[SourceLine]
    opened_at: int = 0
    posted_seen: str | None = None
    was_stale: bool = False
    may_edit: bool = True
    percent: str = NO_VALUE

    @property
    def key(self) -> str:
        return f"r{self.result.pk}"

    @property
    def shown_lines(self) -> list[SourceLine]:
        return [line for line in self.lines if line.is_shown]

    @property
    def offered_lines(self) -> list[SourceLine]:
        """Of every source that still takes sums or already has one here."""
        return [line for line in self.lines if line.is_stored or line.source.is_active]

    @property
    def height(self) -> int:
        """How many rows of the table it takes: one a source, and one under it for what is noted."""
        return max(1, sum(2 if line.noted else 1 for line in self.shown_lines))

    @property
    def facts(self) -> list[tuple[str, Cell]]:
        """What stands between the money and the narrative, under short names."""
        return [(words, self.cells[name]) for name, words in SHORT_NAMES.items()]

    def all_cells(self) -> Iterator[Cell]:
        yield from self.cells.values()
        for line in self.lines:
            yield from line.cells

    @property
    def touched(self) -> bool:
        return any(cell.touched for cell in self.all_cells())

    @property
    def conversions(self) -> list[str]:
        return [cell.conversion for cell in self.all_cells() if cell.conversion]

    @property
    def has_trouble(self) -> bool:
        return any(cell.noted for cell in self.all_cells())

    @property
    def seen(self) -> str:
        """What the page shows, for its next POST: the row's version and a fingerprint of every cell.

        A touched row keeps what it was opened with until its conflict has been shown.
        """
        if self.posted_seen is not None and self.touched and not self.was_stale:
            return self.posted_seen
        return self.standing_seen

    @property
    def standing_seen(self) -> str:
        return " ".join(
            [str(self.result.version), *(f"{cell.name}={cell.seen}" for cell in self.all_cells())]
        )

    @property
    def standing(self) -> dict[str, str]:
        """What stands in the database, as the inputs would hold it, by their names."""
        return {cell.name: cell.written(cell.standing) for cell in self.all_cells()}

    @property
    def standing_json(self) -> str:
        return json.dumps(self.standing, ensure_ascii=False)

    def close(self) -> None:
        self.may_edit = False
        for cell in self.all_cells():
            cell.closed = True

    def read(self, data: Mapping[str, str]) -> None:
        self.posted_seen = data.get(f"{self.key}-seen")
        opened_at, *marks = (self.posted_seen or "0").split()
        # A version is a small number; whatever else was sent was never seen on a page.
        self.opened_at = int(opened_at) if re.fullmatch(r"[0-9]{1,9}", opened_at) else 0
        seen = dict(mark.split("=", 1) for mark in marks if "=" in mark)
        for cell in self.all_cells():
            typed = data.get(cell.name)
            if typed is not None:
                cell.read(typed, seen.get(cell.name))
        for line in self.lines:
            line.is_shown = line.is_shown or any(cell.touched for cell in line.cells)

    def entry(self) -> ResultEntry:
        return ResultEntry(
            self.result.pk,
            self.opened_at,
            {name: cell.value for name, cell in self.cells.items() if cell.touched},
            {line.source.pk: line.money for line in self.lines if any(cell.touched for cell in line.cells)},
        )

    def apply(self) -> None:
        """Put the typed values on the rows in memory, for the figures to be computed from; never saved."""
        self.result.stated_percent = self.cells["stated_percent"].value
        self.result._prefetched_objects_cache["amounts"] = [  # type: ignore[attr-defined]
            Amount(
                result=self.result,
                source=line.source,
                **dict(zip(AMOUNT_FIELDS, (cell.value for cell in line.cells), strict=True)),
            )
            for line in self.lines
        ]


def make_row(
    result: MeasureResult, report: AnnualReport, sources: Iterable[FundingSource], *, may_edit: bool
) -> Row:
    """One row with a line for every source; the result has its amounts and measure at hand: no query."""
    key, code = f"r{result.pk}", result.measure.code
    meta = MeasureResult._meta
    cells = {
        name: Cell(
            f"{key}-{name}",
            code,
            meta.get_field(name),
            cell_label(meta.get_field(name)),
            getattr(result, name),
        )
        for name in RESULT_FIELDS
    }
    stored = {amount.source_id: amount for amount in result.amounts.all()}
    term: Any = result.measure.term
    row = Row(
        result,
        report.year not in term,
        cells,
        [_line(key, code, source, stored.get(source.pk)) for source in sources],
    )
    if not may_edit:
        row.close()
    return row


def _line(key: str, code: str, source: FundingSource, amount: Amount | None) -> SourceLine:
    cells = [
        Cell(
            f"{key}-{source.pk}-{fact}",
            code,
            model_field := Amount._meta.get_field(fact),
            cell_label(model_field, source),
            getattr(amount, fact) if amount else None,
        )
        for fact in AMOUNT_FIELDS
    ]
    return SourceLine(source, cells, is_stored=amount is not None)


@dataclass(slots=True)
class Band:
    """A task with its rows."""

    task: Task
    rows: list[Row] = field(default_factory=list)
    totals: Totals | None = None


class ResultGrid:
    """Loaded with a constant number of queries; `data` is the POST that was typed over it."""

    def __init__(
        self,
        report: AnnualReport,
        *,
        may_edit: bool,
        all_sources: bool = False,
        data: Mapping[str, str] | None = None,
    ) -> None:
        self.report = report
        self.may_edit = may_edit
        self.all_sources = all_sources
        self.refusal = ""
        self.sources = list(FundingSource.objects.all())
        results = list(MeasureResult.objects.for_report(report))
        in_use = {amount.source_id for result in results for amount in result.amounts.all()}
        self.rows = [self._row(result, in_use) for result in results]
        if data is not None:
            for row in self.rows:
                row.read(data)

    def _row(self, result: MeasureResult, in_use: set[int]) -> Row:
        row = make_row(result, self.report, self.sources, may_edit=self.may_edit)
        self._choose_shown(row.lines, in_use)
        return row

    def _choose_shown(self, lines: list[SourceLine], in_use: set[int]) -> None:
        """Sources in use on the report; an unallocated one only where it has sums. Nothing hides a sum."""
        for line in lines:
            used = line.source.pk in in_use and bool(line.source.form_line)
            line.is_shown = line.is_stored or used or (self.all_sources and line.source.is_active)
        if not any(line.is_shown for line in lines):
            for line in lines:
                line.is_shown = line.source.is_active and bool(
                    line.source.form_line or line.source.pk in in_use
                )

    # --- saving ---

    def entries(self) -> list[ResultEntry]:
        return [row.entry() for row in self.rows if row.touched]

    def refuse(self, error: EntryError) -> None:
        self.refusal = str(error)
        refuse(self.rows, error)

    @property
    def problem(self) -> str:
        """Why nothing can be saved now, as one sentence with the places; empty when nothing is wrong."""
        if self.refusal:
            return self.refusal
        places = format_html_join(
            "; ",
            '<a href="#{}">захід {}, {}</a>',
            (
                (cell.name, cell.code, cell.label)
                for row in self.rows
                for cell in row.all_cells()
                if cell.error
            ),
        )
        return format_html("Нічого не записано. Виправте: {}.", places) if places else ""

    # --- showing ---

    @cached_property
    def figures(self) -> ReportFigures:
        for row in self.rows:
            row.apply()
        return report_figures(self.report, [row.result for row in self.rows], self.sources)

    @cached_property
    def bands(self) -> list[Band]:
        bands: dict[int, Band] = {}
        for row in self.rows:
            task = row.result.measure.task
            band = bands.setdefault(task.pk, Band(task))
            row.percent = written_percent(self.figures.rows[row.result.pk].computed_percent)
            band.rows.append(row)
        for band in bands.values():
            band.totals = totals_of(f"t{band.task.pk}", self.figures.tasks[band.task.pk])
        return list(bands.values())

    @cached_property
    def total(self) -> Totals:
        return totals_of("total", self.figures.total)

    @cached_property
    def fund_lines(self) -> list[tuple[str, Totals]]:
        return line_totals(self.figures.fund_lines)

    def texts(self) -> dict[str, str]:
        """The computed texts by element id, for the page to refresh itself while somebody types."""
        found = {f"{row.key}-percent": row.percent for band in self.bands for row in band.rows}
        bands = [band.totals for band in self.bands if band.totals]
        return found | texts_of([*bands, self.total, *(totals for _, totals in self.fund_lines)])


def refuse(rows: Iterable[Row], error: EntryError) -> None:
    """Show at the cells what the door refused; nothing was written."""
    rows = list(rows)
    cells = {(row.result.pk, cell.label): cell for row in rows for cell in row.all_cells()}
    if isinstance(error, InvalidResults):
        for invalid in error.invalid:
            cells[invalid.result_id, invalid.label].error = invalid.message
    elif isinstance(error, StaleResults):
        for conflict in error.conflicts:
            cells[conflict.result_id, conflict.label].conflict = conflict
        stale = {conflict.result_id for conflict in error.conflicts}
        for row in rows:
            row.was_stale = row.result.pk in stale


def totals_of(key: str, figures: Figures) -> Totals:
    return Totals.of(key, figures.money, figures.computed_percent)


def line_totals(fund_lines: Mapping[str, Money]) -> list[tuple[str, Totals]]:
    return [(line, Totals.of(f"line{n}", money, None)) for n, (line, money) in enumerate(fund_lines.items())]


def texts_of(totals: Iterable[Totals]) -> dict[str, str]:
    """By the ids of the elements that show them."""
    return {f"{one.key}-{name}": getattr(one, name) for one in totals for name in (*AMOUNT_FIELDS, "percent")}


def cell_label(model_field: Any, source: FundingSource | None = None) -> str:
    """As `entry` names the place in its refusals."""
    return f"{model_field.verbose_name} ({source})" if source else str(model_field.verbose_name)
