"""The footer of a copy to be signed: a square code that leads to its authenticity page, and the fingerprint.

Both stand in a margin box, which readers aloud pass over: what proves the page is no part of the report.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..document import SHORT_FINGERPRINT, ReportDocument, Sheet, short_fingerprint
from ..press import Files
from .sheet import quoted

_CODE_URL = "form-seal:code"

LARGEST_CODE_MM = 12.0
CODE_SHARE = 0.8
"""Part of the lower margin that the code takes, its quiet zone included, right under the table.

The rest is for printers, which leave some 4 mm of the paper's edge white: a strip of the code's own
quiet zone may fall there, its squares may not.
"""
GAP_MM = 1.5
LABEL_SIZE = 8


@dataclass(frozen=True)
class Footer:
    label: str
    code: bytes
    """SVG."""


def footer(address: str, label: str, fingerprint: str) -> Footer:
    """From the texts of a document's seal, the label in signs that the font has.

    `fingerprint` is whole, hexadecimal.
    """
    return Footer(
        label.replace("{fingerprint}", short_fingerprint(fingerprint)),
        _code(address.replace("{fingerprint}", fingerprint[:SHORT_FINGERPRINT])),
    )


def code_size(sheet: Sheet) -> float:
    """Millimetres, the quiet zone included; never more than the lower margin holds."""
    return min(LARGEST_CODE_MM, float(sheet.margin_bottom) * CODE_SHARE)


def footer_css(document: ReportDocument, shown: Footer, family: str) -> str:
    """The page's lower left margin box; the page's number comes level with it."""
    size = code_size(document.sheet)
    return f"""
@page {{
  @bottom-left {{
    content: {quoted(shown.label)};
    font: {LABEL_SIZE}pt {family};
    height: {size:g}mm;
    padding-left: {size + GAP_MM:g}mm;
    background: url({_CODE_URL}) no-repeat left top / {size:g}mm {size:g}mm;
    overflow: hidden;
  }}
  @bottom-right {{ height: {size:g}mm; white-space: nowrap; overflow: hidden; }}
}}
"""


def files(shown: Footer) -> Files:
    """What the style sheet fetches."""
    return {_CODE_URL: ("image/svg+xml", shown.code)}


def _code(address: str) -> bytes:
    import segno

    # The least error correction, raised where that costs no larger code: on clean paper at this size the
    # breadth of a square matters more to a telephone than repairs.
    code = segno.make(address, error="L", micro=False)
    return str(code.svg_inline(omitsize=True, svgclass=None, lineclass=None)).encode()
