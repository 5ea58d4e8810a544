"""The official form on paper: the renderer's HTML set by WeasyPrint, PDF/A-3a and PDF/UA-1 at once.

Carries `report.json` and the form's workbook inside, so one file (and one signature) holds both
what people read and what machines read. The same document gives the same bytes.
"""

from __future__ import annotations

import atexit
import hashlib
import logging
import threading
from collections.abc import Sequence
from functools import cache
from typing import Any

from .. import fonts
from ..document import ReportDocument, to_json
from . import glyphs, html, xlsx
from .html import Layout, Piece

logger = logging.getLogger(__name__)

_VARIANT = "pdf/a-3a"
_FONT_URL = "form-font:"
# Pango's font map is not safe for threads, and printing keeps a processor busy anyway.
_one_at_a_time = threading.Lock()

_UA_SCHEMA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">\
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"\
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"\
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>\
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>\
<rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description></rdf:li></rdf:Seq>\
</pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


def render(document: ReportDocument) -> bytes:
    """Raises fonts.PrintingUnavailable when the machine lacks Pango or the form's font."""
    if missing := fonts.missing_libraries():
        raise fonts.PrintingUnavailable(
            f"Для друку PDF бракує бібліотек: {', '.join(missing)}. Встановіть їх: {fonts.INSTALL_PANGO}"
        )
    with _one_at_a_time:
        laid_out = _lay_out(document)
        json_bytes = to_json(document)
        return bytes(
            laid_out.write_pdf(
                pdf_variant=_VARIANT,
                pdf_identifier=hashlib.sha256(json_bytes).digest()[:16],
                attachments=_attachments(document, json_bytes),
                finisher=_finish,
            )
        )


def _lay_out(document: ReportDocument) -> Any:
    """The set pages, their breaks where the task cells were split for them."""
    from .pagination import SLACK_LINES, LineCounter, Paginator

    press = _press()
    document = glyphs.printable(document, press.font)
    paginator = Paginator(document, LineCounter(press.font_config, press.font.family))
    for slack in SLACK_LINES:
        layout = paginator.layout(slack)
        laid_out = press.set(document, layout)
        if _pages_are_as_planned(laid_out, document, layout.pieces):
            return laid_out
        logger.info("Pages of %s differ from the plan with slack %s", document.program_id, slack)
    logger.warning("Pages of %s %s could not be foretold", document.program_id, document.year)
    return laid_out


def _pages_are_as_planned(laid_out: Any, document: ReportDocument, pieces: Sequence[Piece]) -> bool:
    from .pagination import page_starts

    names = html.anchors(document, pieces)
    planned = {name for name, piece in zip(names, pieces, strict=True) if piece.starts_page}
    real = page_starts([set(page.anchors) for page in laid_out.pages], [*names, "form-totals"])
    return real == planned


class _Press:
    """WeasyPrint with our font loaded and everything else locked out; made once a process."""

    def __init__(self, font: fonts.FormFont) -> None:
        from weasyprint import CSS
        from weasyprint.text.fonts import FontConfiguration

        self.font_config = FontConfiguration()
        self.font = font
        self._fetcher = _fetcher(font)
        self._faces = CSS(
            string="".join(
                f"@font-face{{font-family:'{font.family}';src:url({_FONT_URL}{face});font-weight:{weight}}}"
                for face, weight in (("regular", 400), ("bold", 700))
            ),
            font_config=self.font_config,
            url_fetcher=self._fetcher,
        )

    def set(self, document: ReportDocument, layout: Layout) -> Any:
        from weasyprint import HTML

        source = HTML(
            string=html.standalone(document, layout, f"'{self.font.family}'"), url_fetcher=self._fetcher
        )
        return source.render(stylesheets=[self._faces], font_config=self.font_config, pdf_variant=_VARIANT)


@cache
def _press() -> _Press:
    return _Press(fonts.form_font())


# Left to the interpreter's last moments, WeasyPrint's fonts complain that nothing is there any more.
atexit.register(_press.cache_clear)


def _fetcher(font: fonts.FormFont) -> Any:
    """Fetches the form's two font files and nothing else, whatever a text may smuggle in."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    allowed = {f"{_FONT_URL}regular": font.regular, f"{_FONT_URL}bold": font.bold}

    class FontsOnly(URLFetcher):
        def __init__(self) -> None:
            super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)

        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            if url not in allowed:
                raise FatalURLFetchingError(f"The printed form may not fetch {url}")
            return URLFetcherResponse(url, allowed[url].read_bytes(), {"Content-Type": "font/ttf"})

    return FontsOnly()


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


def _finish(laid_out: Any, pdf: Any) -> None:
    """Claim PDF/UA-1 beside PDF/A-3a, which WeasyPrint offers only one at a time."""
    reference = pdf.catalog["Metadata"]
    metadata = pdf.objects[int(reference.split()[0])]
    packet = b"".join(metadata.stream)
    metadata.stream = [packet.replace(b"</rdf:RDF>", _UA_SCHEMA)]
    metadata.compress = False
    # WeasyPrint lists each attachment twice.
    files = pdf.catalog["AF"]
    files[:] = list(dict.fromkeys(files))
    _mend_table_headers(pdf)


def _mend_table_headers(pdf: Any) -> None:
    """WeasyPrint miscounts columns after row spans and links cells to wrong headers.

    A scope on each header cell says the same by the table's own geometry.
    """
    for item in pdf.objects:
        if isinstance(item, dict) and item.get("S") in ("/TH", "/TD") and "A" in item:
            item["A"].pop("Headers", None)
            if item["S"] == "/TH":
                item["A"]["Scope"] = "/Column"
