"""All signed reports of a year in one ZIP: what was frozen, what came back signed, and an index sheet.

One file at a time is in memory; the same editions give the same names in the same order.
"""

from __future__ import annotations

import datetime
import hashlib
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from django.db.models import Prefetch, QuerySet

from programs import zips
from programs.enums import FrozenForm
from programs.keys import program_key
from programs.models import AnnualReport, Edition, FrozenFile, Program, SignedFile, User

from .archive_index import IndexRow, index_workbook
from .standing import file_name, signed_name

INDEX = "index.xlsx"
# As they stand everywhere: what is signed first.
IN_ORDER = (FrozenForm.PDF, FrozenForm.XLSX, FrozenForm.JSON)

Progress = Callable[[int, int], None]
"""Files written so far, and files to write."""


@dataclass(frozen=True)
class ArchiveFacts:
    """What became of an archive: for the journal and the page."""

    year: int
    reports: int
    """That have a signed edition."""
    missing: int
    """Reports without one, and programmes without a report."""
    files: int
    """Without the index."""
    size: int
    sha256: str
    editions: Sequence[Mapping[str, object]]
    """Those that are in it: `program` (key), `edition` (number), `fingerprint`."""

    def for_journal(self) -> dict[str, object]:
        return {
            "format": "zip",
            "year": self.year,
            "reports": self.reports,
            "files": self.files,
            "size": self.size,
            "sha256": self.sha256,
            "editions": list(self.editions),
        }


@dataclass(frozen=True)
class _Entry:
    """A file of the archive before its bytes are fetched."""

    path: str
    stored: QuerySet[FrozenFile] | QuerySet[SignedFile]
    """Of one row."""
    moment: datetime.datetime
    row: IndexRow


def signed_years(reader: User) -> list[int]:
    """The newest first: years of which there is something to put into an archive."""
    editions = Edition.objects.filter(report__in=AnnualReport.objects.visible_to(reader))
    return list(editions.order_by("-report__year").values_list("report__year", flat=True).distinct())


def archive_name(year: int) -> str:
    return f"Zvit_signed_{year}.zip"


def write_signed_reports(
    year: int, file: IO[bytes], *, by: User, now: datetime.datetime, progress: Progress | None = None
) -> ArchiveFacts:
    """Writes what `by` may see into an empty file that can be read and sought («w+b»)."""
    reports = list(
        AnnualReport.objects.visible_to(by)
        .not_rejected()
        .filter(year=year)
        .select_related("program__responsible")
        .order_by("program__sort_key", "program_id")
    )
    editions = {report.pk: _editions(report) for report in reports}
    entries = [entry for report in reports for entry in _entries(report, editions[report.pk])]
    missing = [*_unsigned(reports, editions), *_without_report(year, by)]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        rows = []
        for number, entry in enumerate(entries, start=1):
            content = bytes(entry.stored.values_list("content", flat=True).get())
            archive.writestr(zips.entry(entry.path, moment=entry.moment, mode=zips.READABLE), content)
            rows.append(entry.row.of_file(entry.path, content))
            if progress:
                progress(number, len(entries))
        index = zips.entry(INDEX, moment=now, mode=zips.READABLE)
        archive.writestr(index, index_workbook([*rows, *missing], year=year, now=now, by=by))
    size = file.tell()
    file.seek(0)
    return ArchiveFacts(
        year=year,
        reports=len([1 for found in editions.values() if found]),
        missing=len(missing),
        files=len(entries),
        size=size,
        sha256=hashlib.file_digest(file, "sha256").hexdigest(),  # type: ignore[arg-type]
        editions=[
            {
                "program": program_key(report.program),
                "edition": edition.number,
                "fingerprint": edition.frozen.fingerprint,
            }
            for report in reports
            for edition in editions[report.pk]
        ],
    )


def _editions(report: AnnualReport) -> list[Edition]:
    # Without the bytes: they are fetched one by one.
    files = SignedFile.objects.defer("content").prefetch_related("signatures")
    return list(
        report.editions.select_related("frozen", "publication")
        .prefetch_related(Prefetch("signed_files", files))
        .order_by("number")
    )


def _entries(report: AnnualReport, editions: Sequence[Edition]) -> Iterator[_Entry]:
    public = [edition.number for edition in editions if hasattr(edition, "publication")]
    for edition in editions:
        folder = f"{program_key(report.program)}/r{edition.number}/"
        row = IndexRow.of_edition(report, edition, public_number=public[-1] if public else None)
        for form in IN_ORDER:
            yield _Entry(
                folder + file_name(report, f".{form}", edition=edition.number),
                FrozenFile.objects.filter(frozen=edition.frozen_id, form=form),
                edition.frozen.frozen_at,
                row.with_kind(f"оригінал, {form.label}"),
            )
        names: set[str] = set()
        for signed in edition.signed_files.all():
            name = signed_name(report, signed, edition.number)
            # Each signatory may have sent a container of their own.
            name = f"{signed.pk}_{name}" if name in names else name
            names.add(name)
            yield _Entry(
                f"{folder}signed/{name}",
                SignedFile.objects.filter(pk=signed.pk),
                signed.received_at,
                row.with_signed(signed),
            )


def _unsigned(reports: Sequence[AnnualReport], editions: dict[int, list[Edition]]) -> Iterator[IndexRow]:
    for report in reports:
        if not editions[report.pk]:
            yield IndexRow.missing(
                report.program,
                report.year,
                f"підписаної редакції немає; звіт у стані «{report.get_state_display()}»",
            )


def _without_report(year: int, by: User) -> Iterator[IndexRow]:
    programs = (
        Program.objects.visible_to(by)
        .not_rejected()
        .filter(start_year__lte=year, end_year__gte=year)
        .exclude(reports__year=year)
        .select_related("responsible")
    )
    for program in programs.order_by("sort_key", "pk"):
        yield IndexRow.missing(program, year, "звіту за цей рік у порталі немає")
