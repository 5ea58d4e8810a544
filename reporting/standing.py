"""The document that a report shows now: the frozen one once it is agreed, else made of its rows."""

from __future__ import annotations

import datetime

from programs.enums import FrozenForm, SignedKind
from programs.file_types import BY_CONTENT_TYPE
from programs.models import AnnualReport, FrozenReport, SignedFile
from programs.workflow import standing_freeze

from . import renderers
from .assemble import assemble
from .document import ReportDocument, from_json

ENDINGS = {SignedKind.PADES: "_signed.pdf", SignedKind.CADES: ".pdf.p7s", SignedKind.ASICE: ".asice"}


def standing_document(report: AnnualReport, *, draft_at: datetime.datetime | None) -> ReportDocument:
    """Of an agreed report the words of its day, whatever has been renamed since."""
    frozen = standing_freeze(report)
    return frozen_document(frozen) if frozen else assemble(report, draft_at=draft_at)


def standing_bytes(report: AnnualReport, format_name: str, *, draft_at: datetime.datetime | None) -> bytes:
    """The same as a file: what was frozen byte for byte, other formats from the frozen document.

    Raises fonts.PrintingUnavailable when a draft's PDF cannot be printed here.
    """
    frozen = standing_freeze(report)
    if frozen is None:
        return renderers.render(assemble(report, draft_at=draft_at), format_name)
    if format_name in FrozenForm:
        return frozen.content(FrozenForm(format_name))
    return renderers.render(frozen_document(frozen), format_name)


def frozen_document(frozen: FrozenReport) -> ReportDocument:
    return from_json(frozen.content(FrozenForm.JSON))


def file_name(report: AnnualReport, ending: str, *, edition: int | None = None) -> str:
    """«Zvit_1688-2019-12-18_2023_r1.pdf»: letters that every archive and mail system takes."""
    number = f"_r{edition}" if edition else ""
    return f"Zvit_{report.program.public_id}_{report.year}{number}{ending}"


def signed_name(report: AnnualReport, file: SignedFile, number: int) -> str:
    ending = ENDINGS.get(SignedKind(file.kind))
    if ending is None:
        ending = f"_copy{file.pk}.{BY_CONTENT_TYPE[file.content_type].extension}"
    return file_name(report, ending, edition=number)
