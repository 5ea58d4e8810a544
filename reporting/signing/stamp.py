"""The visible mark of a signature made on the server: a small PDF that goes into the signature's field."""

from __future__ import annotations

import datetime
from html import escape

from ..press import one_at_a_time, press, require_libraries
from ..renderers import glyphs
from ..renderers.fields import HEIGHT, WIDTH
from . import verdict
from .trust import KYIV

# Fit for the archive and untagged: the mark belongs to the field, which has a tag and a label of its own.
_VARIANT = "pdf/a-3b"
_LONGEST_LINE = 300
_LARGEST_TYPE, _LEAST_TYPE, _TYPE_STEP = 7.0, 3.0, 0.25
_LINE_HEIGHT = 1.12
_BORDER, _PADDING = 0.5, 1.5
_COLOUR = "#1a4480"


def draw(signer: verdict.Certificate, signed_at: datetime.datetime) -> bytes:
    """One page of the field's size in the largest type in which everything has room.

    Raises fonts.PrintingUnavailable when the machine lacks Pango or the form's font.
    """
    require_libraries()
    with one_at_a_time:
        page = _page(signer, signed_at)
        size = _LARGEST_TYPE
        laid_out = press().set(page, _styles(size), variant=_VARIANT)
        while len(laid_out.pages) > 1 and size > _LEAST_TYPE:
            size -= _TYPE_STEP
            laid_out = press().set(page, _styles(size), variant=_VARIANT)
        return bytes(laid_out.copy(laid_out.pages[:1]).write_pdf(pdf_variant=_VARIANT))


def lines(signer: verdict.Certificate, signed_at: datetime.datetime) -> tuple[str, str, str, str]:
    """The time is Kyiv's."""
    return (
        "Підписано електронним підписом",
        signer.name or "Підписувача в сертифікаті не названо",
        f"Сертифікат {signer.serial}",
        f"Час підпису: {signed_at.astimezone(KYIV):%d.%m.%Y %H:%M:%S}",
    )


def _page(signer: verdict.Certificate, signed_at: datetime.datetime) -> str:
    font = press().font
    # Setting a line that has no room takes time that grows with it, and the whole portal prints one by one.
    title, *rest = (escape(glyphs.drawn(line[:_LONGEST_LINE], font)) for line in lines(signer, signed_at))
    paragraphs = "".join(f"<p>{line}</p>" for line in rest)
    return (
        f'<!doctype html><html lang="uk"><title>{title}</title>'
        f"<body><p><strong>{title}</strong></p>{paragraphs}</body></html>"
    )


def _styles(size: float) -> str:
    return f"""
@page {{ size: {WIDTH}pt {HEIGHT}pt; margin: 0; border: {_BORDER}pt solid {_COLOUR}; padding: {_PADDING}pt; }}
body {{ margin: 0; color: {_COLOUR}; font: {size:g}pt/{_LINE_HEIGHT} {press().family}; }}
p {{ margin: 0; overflow-wrap: anywhere; }}
"""
