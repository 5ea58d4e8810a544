"""The official form on paper: the renderer's HTML set by WeasyPrint, PDF/A-3a and PDF/UA-1 at once.

Carries `report.json` and the form's workbook inside, so one file (and one signature) holds both
what people read and what machines read. The same document gives the same bytes.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from functools import partial
from typing import Any

from ..document import ReportDocument, to_json
from ..press import one_at_a_time, press, require_libraries
from . import fields, glyphs, html, seal, tags, xlsx
from .html import Layout, Piece

logger = logging.getLogger(__name__)

_VARIANT = "pdf/a-3a"


def render(document: ReportDocument) -> bytes:
    """Raises fonts.PrintingUnavailable when the machine lacks Pango or the form's font."""
    require_libraries()
    with one_at_a_time:
        json_bytes = to_json(document)
        fingerprint = hashlib.sha256(json_bytes)
        return bytes(
            _lay_out(document, fingerprint.hexdigest()).write_pdf(
                pdf_variant=_VARIANT,
                pdf_identifier=fingerprint.digest()[:16],
                attachments=_attachments(document, json_bytes),
                finisher=partial(_finish, document=document),
            )
        )


def _lay_out(whole: ReportDocument, fingerprint: str) -> Any:
    """The set pages, their breaks where the task cells were split for them."""
    from .pagination import SLACK_LINES, LineCounter, Paginator

    document = glyphs.printable(whole, press().font)
    footer = None
    if whole.seal and document.seal:
        # The code's address is not drawn in letters and stays as it is.
        footer = seal.footer(whole.seal.address, document.seal.label, fingerprint)
    paginator = Paginator(document, LineCounter(press().font_config, press().font.family))
    for slack in SLACK_LINES:
        layout = paginator.layout(slack)
        laid_out = _set(document, layout, footer)
        if _pages_are_as_planned(laid_out, document, layout.pieces):
            return laid_out
        logger.info("Pages of %s differ from the plan with slack %s", document.program_id, slack)
    logger.warning("Pages of %s %s could not be foretold", document.program_id, document.year)
    return laid_out


def _set(document: ReportDocument, layout: Layout, footer: seal.Footer | None) -> Any:
    page = html.standalone(document, layout, press().family)
    if footer is None:
        return press().set(page, variant=_VARIANT)
    styles = seal.footer_css(document, footer, press().family)
    return press().set(page, styles, variant=_VARIANT, files=seal.files(footer))


def _pages_are_as_planned(laid_out: Any, document: ReportDocument, pieces: Sequence[Piece]) -> bool:
    from .pagination import page_starts

    names = html.anchors(document, pieces)
    planned = {name for name, piece in zip(names, pieces, strict=True) if piece.starts_page}
    real = page_starts([set(page.anchors) for page in laid_out.pages], [*names, "form-totals"])
    return real == planned


def _attachments(document: ReportDocument, json_bytes: bytes) -> list[Any]:
    from weasyprint import Attachment

    # In the order of their names, as the PDF's name tree wants them.
    files = (("report.json", json_bytes), ("report.xlsx", xlsx.render(document)))
    return [
        Attachment(
            string=content,
            name=name,
            description=document.title,
            relationship="Data",
            created=document.dated,
            modified=document.dated,
        )
        for name, content in files
    ]


def _finish(laid_out: Any, pdf: Any, document: ReportDocument) -> None:
    tags.claim_accessibility(pdf)
    tags.mend(pdf)
    fields.add_fields(laid_out, pdf, document)
    if document.seal:
        _keep_output_intents_apart(pdf)
        _list_drawings_by_page(pdf)
        _keep_objects_apart(pdf)


def _list_drawings_by_page(pdf: Any) -> None:
    """WeasyPrint gives all pages one list of drawings, and each page's square code stands in it.

    pyHanko, which follows every way from a page to a drawing, would take quadratic time to check a signature.
    """
    import pydyf

    for page in [item for item in pdf.objects if isinstance(item, dict) and item.get("Type") == "/Page"]:
        content, shared = (tags.indirect(pdf, page[name]) for name in ("Contents", "Resources"))
        commands = [line for line in content.stream if isinstance(line, bytes) and line.endswith(b" Do")]
        drawings = {
            name: item for name, item in shared["XObject"].items() if f"/{name} Do".encode() in commands
        }
        resources = pydyf.Dictionary({**shared, "XObject": pydyf.Dictionary(drawings)})
        pdf.add_object(resources)
        page["Resources"] = resources.reference


def _keep_output_intents_apart(pdf: Any) -> None:
    """As objects of their own: PDFBox, on which many signing services stand, makes them such when it signs.

    That would be a change of the document beside the signature, and is refused like any other.
    """
    intents = pdf.catalog["OutputIntents"]
    for place, intent in enumerate(intents):
        pdf.add_object(intent)
        intents[place] = intent.reference


def _keep_objects_apart(pdf: Any) -> None:
    """No packed streams of objects: pyHanko unpacks such a stream anew for every object that it reads.

    Checking a signature under the real report took eight times as long so, and for one ten times as
    long a hundred times that. The price is a file two and a half times as large.
    """
    write = pdf.write
    pdf.write = lambda output, version, identifier, compress: write(
        output, version, identifier, compress=False
    )
