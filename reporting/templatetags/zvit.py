"""How pages write figures and dates: as the form does, with a dash where there is no value."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils.formats import date_format

from programs.consistency import Finding
from programs.entry import AMOUNT_FIELDS, RESULT_FIELDS
from programs.textforms import NO_BREAK_SPACE, format_decimal
from programs.uploads import MEGABYTE

from ..comparison import Change, Piece, word_pieces
from ..document import CellKind
from ..formatting import shown
from ..guides import PICTURES_FOLDER, pictures

register = template.Library()

KILOBYTE = 1024
GIGABYTE = 1024 * MEGABYTE


@register.filter
def money(value: Decimal | None) -> str:
    """«1 234,5»; a blank is «—», which is not «0,0»."""
    return shown(value, CellKind.MONEY) or "—"


@register.filter
def percent(value: Decimal | None) -> str:
    """«13,1», the sign being in the heading or the sentence."""
    return shown(value, CellKind.PERCENT) or "—"


@register.filter
def day(value: datetime.date) -> str:
    """«5 січня 2025 року», kept on one line."""
    return f"{date_format(value, 'j E Y')} року".replace(" ", NO_BREAK_SPACE)


@register.filter
def file_size(size: int) -> str:
    """«334 КБ», «1,2 МБ», «78,0 ГБ», in the same units as the limits on what is uploaded. `size` in bytes."""
    if size < KILOBYTE:
        return f"{size}{NO_BREAK_SPACE}Б"
    if size < MEGABYTE:
        return f"{format_decimal(Decimal(size) / KILOBYTE, decimals=0)}{NO_BREAK_SPACE}КБ"
    if size < GIGABYTE:
        return f"{format_decimal(Decimal(size) / MEGABYTE)}{NO_BREAK_SPACE}МБ"
    return f"{format_decimal(Decimal(size) / GIGABYTE)}{NO_BREAK_SPACE}ГБ"


@register.filter
def entry_anchor(finding: Finding) -> str:
    """The place in the entry sheet where a finding is mended: its cell, or its row."""
    row = f"row-{finding.measure}"
    return f"{row}-{finding.field}" if finding.field in (*RESULT_FIELDS, *AMOUNT_FIELDS) else row


@register.inclusion_tag("help/picture.html")
def help_picture(name: str, caption: str) -> dict[str, Any]:
    """One of those that `make screenshots` takes."""
    taken = pictures()[name]
    return {
        "address": f"{PICTURES_FOLDER}/{name}.png",
        "width": taken["width"],
        "height": taken["height"],
        "caption": caption,
    }


@register.filter
def pieces(change: Change) -> list[Piece]:
    """A changed text word by word."""
    return word_pieces(change.old, change.new)
