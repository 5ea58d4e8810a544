"""The cumulative report on paper: the renderer's HTML set by WeasyPrint, PDF/A-3a and PDF/UA-1 at once.

Carries its own workbook inside. The same document gives the same bytes.
"""

from __future__ import annotations

import hashlib
from typing import Any

from ..press import one_at_a_time, press, require_libraries
from ..renderers import glyphs, tags
from . import html, xlsx
from .document import CumulativeDocument

_VARIANT = "pdf/a-3a"


def render(document: CumulativeDocument) -> bytes:
    """Raises fonts.PrintingUnavailable when the machine lacks Pango or the form's font."""
    require_libraries()
    workbook = xlsx.render(document)
    with one_at_a_time:
        printed = glyphs.printable(document, press().font)
        laid_out = press().set(html.standalone(printed, press().family), variant=_VARIANT)
        return bytes(
            laid_out.write_pdf(
                pdf_variant=_VARIANT,
                pdf_identifier=hashlib.sha256(workbook).digest()[:16],
                attachments=[_attachment(document, workbook)],
                finisher=_finish,
            )
        )


def _attachment(document: CumulativeDocument, workbook: bytes) -> Any:
    from weasyprint import Attachment

    return Attachment(
        string=workbook,
        name="cumulative.xlsx",
        description=document.title,
        relationship="Data",
        created=document.dated,
        modified=document.dated,
    )


def _finish(laid_out: Any, pdf: Any) -> None:
    tags.claim_accessibility(pdf)
    tags.mend(pdf)
    _give_row_headers_their_scope(pdf)


def _give_row_headers_their_scope(pdf: Any) -> None:
    """A header cell that stands in a row with other cells is the row's; `tags` takes all for columns'."""
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("S") == "/TR":
            cells = [tags.indirect(pdf, reference) for reference in item["K"]]
            if any(cell["S"] == "/TD" for cell in cells):
                for cell in cells:
                    if cell["S"] == "/TH":
                        cell["A"]["Scope"] = "/Row"
