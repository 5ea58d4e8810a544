"""The cumulative report of a programme: its whole term, measure by measure and year by year.

Document in, bytes out, as `reporting.renderers` does for the official form.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ..renderers import FORMATS as FORM_FORMATS

if TYPE_CHECKING:
    from .document import CumulativeDocument

FORMATS = {name: FORM_FORMATS[name] for name in ("pdf", "xlsx", "html")}


def render(document: CumulativeDocument, format_name: str) -> bytes:
    """The document in one of FORMATS; the same document always gives the same bytes.

    Raises fonts.PrintingUnavailable when a PDF cannot be printed here.
    """
    renderer = import_module(f"{__name__}.{FORMATS[format_name].name}")
    return bytes(renderer.render(document))
