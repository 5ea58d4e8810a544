"""What the number formats of a workbook make of its numbers: dates, percents, thousands, sums with a unit.

Excel keeps all of them as plain numbers, and its format says the rest: 10000 under `#,##0.0,` is «10,0» to
everybody who looks, under `0" грн"` it is «10000 грн».
"""

from __future__ import annotations

import datetime
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from ...calculations import rounded
from ...textforms import DASHES, GROUP_SPACES
from .cells import LARGEST_EXPONENT, exact_number, percent_text, with_unit


class Shown(StrEnum):
    NUMBER = "number"
    DATE = "date"
    PERCENT = "percent"


_COMPARISONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}


@dataclass(frozen=True)
class Section:
    """One of the parts that «;» divides a format into: how it shows the numbers that fall to it."""

    shown: Shown = Shown.NUMBER
    thousands: int = 0
    """How many times a number is divided by a thousand before it is shown."""
    unit: str = ""
    """As `unit_in` tells it."""
    condition: tuple[str, Decimal] | None = None

    def takes(self, number: Decimal) -> bool:
        return self.condition is None or _COMPARISONS[self.condition[0]](number, self.condition[1])


@dataclass(frozen=True)
class NumberFormat:
    sections: tuple[Section, ...] = (Section(),)

    @property
    def is_date(self) -> bool:
        return self.sections[0].shown is Shown.DATE

    def value(self, number: Decimal) -> Decimal | str:
        """What a person sees of a number that is no date, to all its digits."""
        section = self._of(number)
        if section.shown is Shown.PERCENT:
            return percent_text(number)
        if section.thousands:
            number = exact_number(str(number.scaleb(-3 * section.thousands)))
        return with_unit(number, section.unit) if section.unit else number

    def _of(self, number: Decimal) -> Section:
        if any(section.condition for section in self.sections):
            return next((one for one in self.sections if one.takes(number)), self.sections[-1])
        if number < 0 and len(self.sections) > 1:
            return self.sections[1]
        return self.sections[2] if not number and len(self.sections) > 2 else self.sections[0]


# Formats that a workbook need not spell out: 14 is a date as the machine writes it, 27 to 58 those of Asia.
_DATES = frozenset((*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58))
_PERCENTS = frozenset((9, 10))
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[\$(?P<currency>[^\]-]*)[^\]]*\]'
    r"|\[(?P<compared><=|>=|<>|[<>=])\s*(?P<limit>-?[0-9]{1,15}(?:\.[0-9]{1,15})?)\]|\[[^\]]*\]|(?P<sign>.)",
    re.DOTALL,
)
# Commas after the last digit, not those between groups of digits.
_SCALING = re.compile(r"(?<=[0#?])(,+)(?![0#?,])")
_LONGEST_CODE = 1000
_SECTIONS = 4


@lru_cache(maxsize=1024)
def format_of(number: int, code: str | None) -> NumberFormat:
    """By its number, and its code («dd.mm.yyyy», «0.0%») when the workbook spells it out."""
    if code is None:
        shown = Shown.DATE if number in _DATES else Shown.PERCENT if number in _PERCENTS else Shown.NUMBER
        return NumberFormat((Section(shown),))
    parts = [_Part()]
    for token in _TOKEN.finditer(code[:_LONGEST_CODE]):
        if token["sign"] == ";":
            parts.append(_Part())
        else:
            parts[-1].add(token)
    sections = [part.section for part in parts[:_SECTIONS] if "@" not in part.signs]
    return NumberFormat(tuple(sections)) if sections else NumberFormat()


class _Part:
    """A section while its code is read."""

    def __init__(self) -> None:
        self.signs = ""
        """What formats numbers, a space in place of all that is shown as it stands."""
        self._seen = ""
        self._condition: tuple[str, Decimal] | None = None

    def add(self, token: re.Match[str]) -> None:
        self.signs += token["sign"] or " "
        self._seen += token["sign"] or token["quoted"] or token["escaped"] or token["currency"] or " "
        if token["compared"]:
            self._condition = token["compared"], Decimal(token["limit"])

    @property
    def section(self) -> Section:
        thousands = len("".join(_SCALING.findall(self.signs)))
        return Section(self._shown, thousands, unit_in(self._seen), self._condition)

    @property
    def _shown(self) -> Shown:
        signs = self.signs.casefold()
        if "%" in signs:
            return Shown.PERCENT
        # «mm» is a month, beside hours or seconds minutes; a time alone remains a number.
        if re.search("[dy]", signs) or ("m" in signs and not re.search("[hs]", signs)):
            return Shown.DATE
        return Shown.NUMBER


# --- units -------------------------------------------------------------------------------

_HRYVNIA = re.compile(r"грн|гривень|гривн|₴|\buah\b", re.IGNORECASE)
_LARGER = (("тис", "тис. грн"), ("млн", "млн грн"), ("мільйон", "млн грн"), ("млрд", "млрд грн"))


def unit_in(text: str) -> str:
    """«грн», «тис. грн», «млн грн», «%» that a text around a number names; «» for another, or none."""
    if not _HRYVNIA.search(text):
        return "%" if "%" in text else ""
    folded = text.casefold()
    return next((unit for word, unit in _LARGER if word in folded), "грн")


# --- a number beside what is shown of it --------------------------------------------------

_SHOWN_NUMBER = re.compile(rf"[-{DASHES}]?[0-9](?:[0-9{GROUP_SPACES}.,'’]*[0-9])?", re.ASCII)
_MOST_THOUSANDS = 3


def as_shown(number: Decimal, text: str, *, may_be_scaled: bool) -> Decimal | str:
    """The number with its unit; 10 of 10000 that is shown as «10,0», where a format of the file scales.

    OpenDocument keeps both, so that its formats need not be followed through styles that inherit. The text
    is rounded; the digits are the number's.
    """
    match = _SHOWN_NUMBER.search(text) if may_be_scaled else None
    if match is not None and len(match[0]) <= LARGEST_EXPONENT:
        number = _scaled(number, match[0])
    unit = unit_in(text)
    return with_unit(number, unit) if unit else number


def _scaled(number: Decimal, text: str) -> Decimal:
    """Divided by so many thousands as the text does, with a comma or a point before its decimals, or none."""
    digits = Decimal(re.sub(r"[^0-9]", "", text))
    last = re.search(r"[.,]([0-9]+)$", text)
    # «1,234» is a fraction here and a thousand in other countries.
    for decimals in (len(last[1]), 0) if last else (0,):
        for thousands in range(_MOST_THOUSANDS + 1):
            scaled = exact_number(str(number.scaleb(-3 * thousands)))
            if abs(rounded(scaled, Decimal(1).scaleb(-decimals))) == digits.scaleb(-decimals):
                return scaled
    return number


# --- dates -------------------------------------------------------------------------------

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
