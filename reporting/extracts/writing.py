"""The door: a selection goes into a file of one of the formats, row by row."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import SEEK_END
from typing import IO, Any

from django.utils import timezone

from programs.models import FundingSource, User

from .about import ABOUT_SHEET, EditionFact, Passed, about_rows
from .choosing import batches, candidates
from .measure_sheet import measure_sheet, source_sheet
from .program_sheets import PROGRAM_SHEET, TASK_SHEET
from .record_sheets import CHANGE_SHEET, EVIDENCE_SHEET, FINDING_SHEET, PLAN_SHEET
from .selection import Selection
from .sheets import Adder, Sheet
from .writers.base import Heading, NotWritten, Writer
from .writers.csv import FOR_EXCEL, FOR_PROGRAMS, CsvWriter
from .writers.json import JsonWriter
from .writers.ods import OdsWriter
from .writers.xlsx import XlsxWriter

__all__ = ["FORMATS", "EditionFact", "ExtractFacts", "Format", "NotWritten", "file_name", "write_extract"]

TITLE = "Вибірка даних"
COMMAND = "Портал, команда extract"
MOST_YEARS_IN_NAME = 3
PIECE = 1 << 20


@dataclass(frozen=True)
class Format:
    name: str
    """As addresses and the command say it: `xlsx`, `csv`, `csv-plain`, `json`, `ods`."""
    label: str
    ending: str
    """Of the file's name; both kinds of CSV of one moment can lie in one folder."""
    content_type: str


FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format(
            "xlsx",
            "Excel (XLSX)",
            ".xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        Format("ods", "LibreOffice (ODS)", ".ods", "application/vnd.oasis.opendocument.spreadsheet"),
        Format("csv", "CSV для Excel", ".csv", "text/csv; charset=utf-8"),
        Format("csv-plain", "CSV для інших систем (без BOM)", "-plain.csv", "text/csv; charset=utf-8"),
        Format("json", "JSON", ".json", "application/json"),
    )
}

TABLES = ("csv", "csv-plain")
"""Formats of one table: they hold the sheet «Заходи» alone."""


@dataclass(frozen=True)
class ExtractFacts:
    """What became of an extract: for the journal, the page and the letter."""

    format_name: str
    rows: int
    """Of the sheet «Заходи»."""
    reports: int
    size: int
    """Bytes."""
    sha256: str
    editions: Sequence[EditionFact] = ()
    words: Sequence[str] = ()
    """The filter in words."""

    def for_journal(self, selection: Selection) -> dict[str, Any]:
        """Details of the event that the download leaves."""
        return {
            "format": self.format_name,
            "rows": self.rows,
            "reports": self.reports,
            "size": self.size,
            "sha256": self.sha256,
            "filter": selection.to_json(),
            "words": list(self.words),
        }


Progress = Callable[[int, int], None]
"""Rows looked at so far, and rows to look at."""


def file_name(selection: Selection, format_name: str, now: datetime.datetime) -> str:
    """«Vybirka_2023_20240115-103005.xlsx»: letters that every archive and mail system takes."""
    years = "-".join(map(str, selection.years)) if 0 < len(selection.years) <= MOST_YEARS_IN_NAME else ""
    parts = ["Vybirka", *([years] if years else []), f"{timezone.localtime(now):%Y%m%d-%H%M%S}"]
    return "_".join(parts) + FORMATS[format_name].ending


def write_extract(
    selection: Selection,
    format_name: str,
    file: IO[bytes],
    *,
    by: User | None,
    now: datetime.datetime,
    progress: Progress | None = None,
) -> ExtractFacts:
    """Writes what `by` may see into an empty file that can be read and sought («w+b»).

    `by` None is the portal itself (the command): it sees everything. The same rows, person and moment
    give the same bytes. Raises NotWritten when there are more rows than a sheet of that format holds.
    """
    words = selection.in_words(by)
    sheets = sheets_of(format_name, selection)
    who = by.get_full_name() if by else COMMAND
    passed, adders = Passed(), [Adder(sheet) for sheet in sheets]
    with writer_of(format_name, file, sheets, Heading(TITLE, who, now)) as writer:
        _pour(selection, by, writer, adders, passed, progress)
        if sheets[-1] is ABOUT_SHEET:
            sizes = {adder.sheet.name: adder.rows for adder in adders[:-1]}
            when = timezone.localtime(now)
            for row in about_rows(selection, who=who, when=when, words=words, passed=passed, sizes=sizes):
                adders[-1].take(row)
                writer.write(len(sheets) - 1, row)
        writer.finish([adder.totals(of_actual=passed.counts_from_actual) for adder in adders])
    return ExtractFacts(
        format_name=format_name,
        rows=adders[0].rows,
        reports=passed.reports,
        size=file.seek(0, SEEK_END),
        sha256=digest_of(file),
        editions=passed.editions,
        words=words,
    )


def _pour(
    selection: Selection,
    by: User | None,
    writer: Writer,
    adders: Sequence[Adder],
    passed: Passed,
    progress: Progress | None,
) -> None:
    """Every batch is fetched once and told to all sheets."""
    done, whole = 0, candidates(selection, by).count() if progress else 0
    for batch in batches(selection, by, with_records=len(adders) > 1):
        passed.take(batch)
        for place, adder in enumerate(adders):
            for row in adder.sheet.rows(batch):
                adder.take(row)
                writer.write(place, row)
        done += batch.candidates
        if progress:
            # Rows may have been added meanwhile.
            progress(done, max(done, whole))


def sheets_of(format_name: str, selection: Selection) -> list[Sheet]:
    measures = measure_sheet(list(FundingSource.objects.all()))
    if format_name in TABLES:
        return [measures]
    return [
        measures,
        TASK_SHEET,
        PROGRAM_SHEET,
        source_sheet(selection.sources),
        FINDING_SHEET,
        PLAN_SHEET,
        CHANGE_SHEET,
        EVIDENCE_SHEET,
        ABOUT_SHEET,
    ]


def writer_of(format_name: str, file: IO[bytes], sheets: Sequence[Sheet], heading: Heading) -> Writer:
    """For an empty file that can be read and sought. Raises KeyError for what is no format."""
    match format_name:
        case "xlsx":
            return XlsxWriter(file, sheets, heading)
        case "ods":
            return OdsWriter(file, sheets, heading)
        case "json":
            return JsonWriter(file, sheets, heading)
        case "csv":
            return CsvWriter(file, sheets, heading, FOR_EXCEL)
        case "csv-plain":
            return CsvWriter(file, sheets, heading, FOR_PROGRAMS)
    raise KeyError(format_name)


def digest_of(file: IO[bytes]) -> str:
    """SHA-256 of all of it; the file then stands at its end."""
    file.seek(0)
    sha256 = hashlib.sha256()
    while piece := file.read(PIECE):
        sha256.update(piece)
    return sha256.hexdigest()
