"""Which number formats of a workbook show dates, and which percents: Excel keeps both as plain numbers."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from enum import StrEnum


class Shown(StrEnum):
    NUMBER = "number"
    DATE = "date"
    PERCENT = "percent"


# Formats that a workbook need not spell out: 14 is a date as the machine writes it, 27 to 58 those of Asia.
_DATES = frozenset((*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58))
_PERCENTS = frozenset((9, 10))
_NOT_SHOWN_LITERALLY = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', re.DOTALL)
_LONGEST_CODE = 1000


def shown_by(number: int, code: str | None) -> Shown:
    """Of a format: its number, and its code («dd.mm.yyyy», «0.0%») when the workbook spells it out."""
    if code is None:
        return Shown.DATE if number in _DATES else Shown.PERCENT if number in _PERCENTS else Shown.NUMBER
    first = _NOT_SHOWN_LITERALLY.sub("", code[:_LONGEST_CODE]).partition(";")[0].casefold()
    if "%" in first:
        return Shown.PERCENT
    # «mm» is a month, beside hours or seconds minutes; a time alone remains a number.
    if re.search("[dy]", first) or ("m" in first and not re.search("[hs]", first)):
        return Shown.DATE
    return Shown.NUMBER


_DAY_ZERO = datetime.date(1899, 12, 30)
_DAY_ZERO_OF_1904 = datetime.date(1904, 1, 1)
_LAST_DAY = (datetime.date.max - _DAY_ZERO_OF_1904).days
# Lotus believed that 1900 was a leap year, and Excel counts on.
_FIRST_DAY_COUNTED_RIGHT = 61


def date_of(serial: Decimal, *, since_1904: bool) -> datetime.date | None:
    """The day; None where Excel shows no date either (day 0, before it, after 9999)."""
    if not 1 <= serial < _LAST_DAY:
        return None
    days = int(serial)
    if since_1904:
        return _DAY_ZERO_OF_1904 + datetime.timedelta(days)
    if days < _FIRST_DAY_COUNTED_RIGHT:
        days += 1
    return _DAY_ZERO + datetime.timedelta(days)
