"""A portfolio as a file: the sheet «Програми» of extracts with the lines of the page, and what it is of."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from os import SEEK_END
from typing import IO, Any

from django.db.models import prefetch_related_objects
from django.utils import timezone

from programs.models import User

from ..extracts.about import ABOUT_SHEET
from ..extracts.gathering import one_moment
from ..extracts.program_sheets import PROGRAM_SHEET, program_row, row_without_report
from ..extracts.sheets import Adder, Row
from ..extracts.writers.base import Heading, Writer
from ..extracts.writing import FORMATS, TABLES, digest_of, writer_of
from .asking import NO_REPORT, PORTFOLIO_STATES, Order, PortfolioFilter
from .columns import in_order
from .lines import Line, Seen, lines_of, parts_of
from .totals import PortfolioTotal

NOTES = (
    "Рядок – програма; числа й відсоток ті самі, що друкує її звіт за цей рік. Стан звіту стоїть у кожному "
    "рядку: числа чернеток ще змінюються.",
    "Програма без звіту за цей рік стоїть тут із порожніми сумами. У таблиці немає програм, термін яких не "
    "охоплює цього року, якщо немає й звіту, та відхилених.",
    "Суми точні: у тис. грн до п’яти знаків після коми, у грн до копійки. Порожня клітинка означає, що суми "
    "не вказано; це не 0.",
    "Підсумковий рядок рахує лише видимі рядки. Відсотки не додаються: його відсоток пораховано з підсумків "
    "сум. Якщо основа відсотка у програм різна, його немає.",
)


@dataclass(frozen=True)
class PortfolioFile:
    """What became of it: for the journal."""

    format_name: str
    rows: int
    reports: int
    size: int
    """Bytes."""
    sha256: str
    words: Sequence[str]
    """What it is of."""

    def for_journal(self, wanted: PortfolioFilter, order: Order) -> dict[str, Any]:
        return {
            "sheet": PROGRAM_SHEET.code,
            "format": self.format_name,
            "rows": self.rows,
            "reports": self.reports,
            "size": self.size,
            "sha256": self.sha256,
            "filter": wanted.to_query() | order.to_query(),
            "words": list(self.words),
        }


def file_name(wanted: PortfolioFilter, format_name: str, now: datetime.datetime) -> str:
    """«Prohramy_2024_20250115-103005.xlsx»."""
    return f"Prohramy_{wanted.year}_{timezone.localtime(now):%Y%m%d-%H%M%S}{FORMATS[format_name].ending}"


def write_portfolio(
    wanted: PortfolioFilter,
    order: Order,
    format_name: str,
    file: IO[bytes],
    *,
    by: User,
    seen: Seen,
    words: Sequence[str],
    now: datetime.datetime,
) -> PortfolioFile:
    """Writes the lines that the page shows `by` into an empty file that can be read and sought («w+b»).

    `words` tell the filter. Raises NotWritten when there are more lines than a sheet of that format holds.
    """
    words = [f"Програми за {wanted.year} рік.", *words]
    sheets = [PROGRAM_SHEET] if format_name in TABLES else [PROGRAM_SHEET, ABOUT_SHEET]
    adders = [Adder(sheet) for sheet in sheets]
    heading = Heading(" ".join(words), by.get_full_name(), now)
    with one_moment(), writer_of(format_name, file, sheets, heading) as writer:
        lines = in_order(lines_of(by, seen, wanted), order)
        total = PortfolioTotal.of(lines)
        _pour(writer, 0, adders[0], _rows(lines, wanted.year))
        for place, adder in enumerate(adders[1:], start=1):
            _pour(writer, place, adder, _about(words, total, by, now))
        totals = [adder.totals(of_actual=total.of_actual) for adder in adders]
        writer.finish([replace(one, has_percent=not total.is_mixed) for one in totals])
    return PortfolioFile(
        format_name=format_name,
        rows=total.programs,
        reports=total.reports,
        size=file.seek(0, SEEK_END),
        sha256=digest_of(file),
        words=words,
    )


def _pour(writer: Writer, place: int, adder: Adder, rows: Iterator[Row]) -> None:
    for row in rows:
        adder.take(row)
        writer.write(place, row)


def _rows(lines: Sequence[Line], year: int) -> Iterator[Row]:
    """In their order; of those with a report only as many are held whole as `parts_of` takes at once."""
    prefetch_related_objects([line.program for line in lines if not line.report], "decisions")
    parts = parts_of(lines)
    for line in lines:
        if line.report is None:
            yield row_without_report(line.program, year, PORTFOLIO_STATES[NO_REPORT])
        else:
            part = next(parts)
            part.selected = part.results
            yield program_row(part)


def _about(words: Sequence[str], total: PortfolioTotal, by: User, now: datetime.datetime) -> Iterator[Row]:
    yield ("who", "Хто взяв вибірку", by.get_full_name())
    yield ("when", "Коли", f"{timezone.localtime(now):%d.%m.%Y %H:%M:%S}")
    for number, sentence in enumerate(words, start=1):
        yield (f"filter/{number}", "Умова вибірки", sentence)
    yield ("programs", "Програм", total.programs)
    yield ("reports", "З них мають звіт за цей рік", total.reports)
    yield ("without_report", "Звіту немає", total.without_report)
    yield ("drafts", "Звітів, яких ще не погоджено", total.not_agreed)
    for number, note in enumerate(NOTES, start=1):
        yield (f"note/{number}", "Як читати", note)
