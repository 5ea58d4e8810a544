"""What a cell of the form says: a sum, a percent, the numbers of task and measure, a term. No ORM.

Refusals are `TextFormError`s: Ukrainian sentences without the place.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, replace
from decimal import Decimal

from ...calculations import KOPECK, hryvnias, rounded, thousands
from ...textforms import (
    DASHES,
    MONEY_WHOLE_DIGITS,
    Term,
    TextFormError,
    is_in_hryvnias,
    parse_decimal,
    without_unit,
)
from ..files.cells import shown
from ..files.tables import CellValue

# A file's binary 0.1 + 0.2 is off by far less than anybody means.
_BINARY_NOISE = Decimal("1E-9")
# More than a kopeck has: longer fractions are rounded with a warning, not refused.
_DECIMALS_READ = 20
_LONGEST_NUMBER = 60

_BLANK_SIGNS = re.compile(rf"[-{DASHES}]+|[хx]", re.IGNORECASE)
_PROGRAM_ERROR = re.compile(
    r"#(REF|N/A|VALUE|DIV/0|NAME|NULL|NUM|SPILL|CALC|ССЫЛКА|Н/Д|ЗНАЧ|ДЕЛ/0|ИМЯ|ПУСТО|ЧИСЛО|ПОСИЛАННЯ)[!?]?"
    r"|Err:\d{3}",
    re.IGNORECASE,
)


# --- sums and percents -------------------------------------------------------------------


@dataclass(frozen=True)
class ReadNumber:
    value: Decimal | None
    """None is a blank cell."""
    warning: str = ""
    names_unit: bool = False
    """Whether the cell itself does."""


def typed_money(value: CellValue, label: str, *, in_hryvnias: bool = False) -> ReadNumber:
    """A sum in тис. грн, exact to the kopeck; a unit in the cell counts more than its column's.

    Raises TextFormError for what is no sum; `label` names the column in it.
    """
    value = _blank_or_value(value, label)
    warning, names_unit = "", False
    if isinstance(value, str):
        if value.endswith("%"):
            raise TextFormError(f"У графі «{label}» стоїть відсоток {value}, а має бути сума.")
        if (bare := without_unit(value)) != value:
            in_hryvnias, names_unit = is_in_hryvnias(value), True
            value = bare
            warning = f"У графі «{label}» гривні: суму перераховано в тис. грн." if in_hryvnias else ""
    number = _number(value, label, "сума")
    if number is None:
        return ReadNumber(None)
    kept = thousands(number) if in_hryvnias else rounded(number, KOPECK)
    if kept.adjusted() >= MONEY_WHOLE_DIGITS:
        raise _too_large(label)
    if abs((hryvnias(kept) if in_hryvnias else kept) - number) > _BINARY_NOISE:
        return ReadNumber(
            kept, f"У графі «{label}» є частки копійки: суму округлено до {shown(kept)} тис. грн.", names_unit
        )
    return ReadNumber(kept, warning, names_unit)


def typed_percent(value: CellValue, label: str) -> Decimal | None:
    """13.1 of «13,1 %», unrounded. Raises TextFormError."""
    if isinstance(value, str):
        value = value.strip().removesuffix("%")
    return _number(_blank_or_value(value, label), label, "відсоток")


def is_program_error(text: str) -> bool:
    """«#REF!», «Err:502»: what a spreadsheet program shows instead of a value."""
    return _PROGRAM_ERROR.fullmatch(text.strip()) is not None


def _blank_or_value(value: CellValue, label: str) -> CellValue:
    if not isinstance(value, str):
        return value
    typed = value.strip()
    if is_program_error(typed):
        raise TextFormError(f"У графі «{label}» помилка формули «{typed}».")
    if len(typed) > _LONGEST_NUMBER:
        raise TextFormError(f"У графі «{label}» стоїть довгий текст, а має бути число: «{typed[:30]}…».")
    return None if not typed or _BLANK_SIGNS.fullmatch(typed) else typed


def _number(value: CellValue, label: str, wanted: str) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, datetime.date) and not isinstance(value, bool):
        raise TextFormError(
            f"У графі «{label}» стоїть дата {shown(value)}, а має бути {wanted}. "
            f"Можливо, табличний редактор зробив дату з числа «{value.day},{value.month}»."
        )
    if isinstance(value, str):
        try:
            return parse_decimal(value, decimals=_DECIMALS_READ)
        except TextFormError as error:
            raise TextFormError(f"У графі «{label}» має бути {wanted}. {error}") from None
    if isinstance(value, bool) or not value.is_finite():
        raise TextFormError(f"У графі «{label}» стоїть «{shown(value)}», а має бути {wanted}.")
    if value < 0:
        raise TextFormError(f"У графі «{label}» від’ємне число {shown(value)}, а має бути {wanted}.")
    if value.adjusted() >= MONEY_WHOLE_DIGITS + 3:
        raise _too_large(label)
    # A tiny number may have a million digits. Not a minus before a zero.
    return abs(rounded(value, Decimal(1).scaleb(-_DECIMALS_READ)))


def _too_large(label: str) -> TextFormError:
    return TextFormError(
        f"У графі «{label}» завелике число: до коми можна не більше {MONEY_WHOLE_DIGITS} цифр."
    )


# --- numbers of tasks and measures -------------------------------------------------------


@dataclass(frozen=True)
class Numbers:
    """«2.12» is task 2, measure 12; «3» alone is `single`: of a task or a measure, the table tells."""

    task: int | None = None
    measure: int | None = None
    single: int | None = None
    is_deeper: bool = False
    """«1.2.3»: the form has no such level."""
    is_guess: bool = False
    """The spreadsheet program made something else of it: 2.10 lost its nought, 1.2 became a date."""


NO_NUMBERS = Numbers()
_NUMBER_CELL = re.compile(r"(?:№\s*)?([0-9]{1,3})(?:\s*[.,]\s*([0-9]{1,3}))?(?:\.([0-9]{1,3}))?\s*[.)]?")
# Not «10.02.2023 проведено», not «1.5 млн».
_TEXT_NUMBER = re.compile(
    r"(?:№\s*)?([0-9]{1,3})(?:\.\s?([0-9]{1,3}))?(?:\.([0-9]{1,3}))?(?:[.)]+\s*|\s+)"
    r"(?=[^\s0-9.,)])(?!млн|тис|грн|%)"
)


def numbers_of_cell(value: CellValue, expected: Numbers = NO_NUMBERS) -> Numbers | None:
    """What the cell «№» says; None if it says something else.

    `expected` is what would come next: where that is 2.10, the number 2.1 has lost its nought.
    """
    if isinstance(value, datetime.date) and not isinstance(value, bool):
        return Numbers(task=value.day, measure=value.month, is_guess=True)
    typed = shown(value)
    if not typed or _BLANK_SIGNS.fullmatch(typed):
        return NO_NUMBERS
    match = _NUMBER_CELL.fullmatch(typed)
    if match is None:
        return None
    numbers = _numbers(match)
    if numbers.measure and (numbers.task, 10 * numbers.measure) == (expected.task, expected.measure):
        return replace(expected, is_guess=True)
    return numbers


def split_number(text: str) -> tuple[Numbers, str]:
    """The number a text begins with, and the rest: «1.1 Забезпечення», «2.10.Проведення», «3) Участь»."""
    match = _TEXT_NUMBER.match(text)
    if match is None:
        return NO_NUMBERS, text
    numbers = _numbers(match)
    # «16 днів проти насильства» begins with a number that is none of the form's.
    if numbers.single is not None and not match[0].rstrip().endswith((".", ")")):
        return NO_NUMBERS, text
    return numbers, text[match.end() :]


def _numbers(match: re.Match[str]) -> Numbers:
    first, second, third = match.groups()
    if third:
        return Numbers(task=int(first), is_deeper=True)
    if second:
        return Numbers(task=int(first), measure=int(second))
    return Numbers(single=int(first))


# --- terms -------------------------------------------------------------------------------


def term_of(text: str) -> Term | None:
    """The years of «2020-2025 р.р.», «протягом 2020–2025 років», «з 2020 по 2025»; None for «постійно»."""
    typed = re.sub(rf"\s*[{DASHES}-]\s*", "-", " ".join(text.split()))
    typed = re.sub(r"(?<=\d)\s*(років|роки|року|році|рік|рр\.?|р\.\s*р\.?|р\.?)(?!\w)", "", typed)
    typed = re.sub(r"^(протягом|упродовж|впродовж|на|у|в)\s+(?=\d)", "", typed, flags=re.IGNORECASE)
    typed = re.sub(r"^(?:з|із)\s+(\d{4})\s+(?:по|до)\s+(\d{4})$", r"\1-\2", typed, flags=re.IGNORECASE)
    typed = re.sub(r"\s+(?:та|і|й)\s+", ", ", typed)
    try:
        return Term.parse(typed.strip(" .;,"))
    except TextFormError:
        return None
