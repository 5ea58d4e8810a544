"""How Ukrainian office texts spell numbers, terms and names. Pure text, no ORM.

Every refusal is a `TextFormError` whose message is a Ukrainian sentence for the person who typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from .calculations import rounded, thousands

NO_BREAK_SPACE = "\u00a0"
APOSTROPHES = "'’ʼ‘`´′＇ʹ"
DASHES = "‐‑‒–—−"
GROUP_SPACES = " \u00a0\u202f\u2009"

# They turn the direction of writing around: «10» would read as «01».
TURNING_SIGNS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

MONEY_DECIMALS = 5
HRYVNIA_DECIMALS = 2
# numeric(15,5): SQLite keeps fifteen significant digits, more would read back wrong.
MONEY_WHOLE_DIGITS = 10
FIRST_YEAR, LAST_YEAR = 1991, 2100


# Digits in one run, or in groups of three between one kind of space; then a comma or a point.
_NUMBER = re.compile(
    rf"(?P<whole>\d+|\d{{1,3}}(?:[{GROUP_SPACES}]\d{{3}})+)(?:[.,](?P<fraction>\d*))?", re.ASCII
)


class TextFormError(ValueError):
    """What was typed cannot be read; the message says why and what to type instead."""


def clean_text(text: str) -> str:
    """What was typed or pasted, its lines ended alike and without signs nobody can see.

    Browsers send «\r\n», Word pastes a vertical tab for a line break; databases and XML refuse the rest.
    """
    lines = re.sub(r"\r\n?|[\v\f\x85\u2028\u2029]", "\n", text)
    return "".join(
        sign
        for sign in lines
        if sign in "\n\t" or (unicodedata.category(sign) not in ("Cc", "Cs") and sign not in TURNING_SIGNS)
    )


# --- numbers -----------------------------------------------------------------------------


def parse_decimal(text: str, *, decimals: int = MONEY_DECIMALS) -> Decimal | None:
    """Read «1234,5», «1 234,5» or «1234.5» (any kind of space from Excel). Blank is None.

    Refuses what could mean two things («1.234,5», «12,3,4»), negatives and too many digits.
    """
    typed = text.strip(GROUP_SPACES + "\t\r\n")
    if not typed:
        return None
    if re.match(rf"[-{DASHES}]\s*\d", typed):
        raise TextFormError(f"«{typed}»: сума не може бути від’ємною.")
    match = _NUMBER.fullmatch(typed)
    if match is None:
        if len(re.findall(r"[.,]", typed)) > 1:
            raise TextFormError(
                f"«{typed}»: у числі більше ніж одна кома чи крапка. Тисячі відокремлюйте пробілом, "
                "дробову частину – комою, наприклад «1 234,5»."
            )
        raise TextFormError(f"«{typed}» не є числом. Уведіть, наприклад, «1 234,5».")
    whole = re.sub(r"\D", "", match["whole"]).lstrip("0") or "0"
    fraction = (match["fraction"] or "").rstrip("0")
    if len(fraction) > decimals:
        allowed = "одного знака" if decimals == 1 else f"{decimals} знаків"
        raise TextFormError(f"«{typed}»: після коми можна не більше {allowed}.")
    if len(whole) > MONEY_WHOLE_DIGITS:
        raise TextFormError(f"«{typed}»: завелике число, до коми можна не більше {MONEY_WHOLE_DIGITS} цифр.")
    return Decimal(f"{whole}.{fraction or '0'}")


_UNIT = re.compile(
    rf"(?P<thousands>тис\.?[{GROUP_SPACES}]*)?(?:грн\.?|гривень|гривні|гривня|₴)$", re.IGNORECASE
)


def is_in_hryvnias(text: str) -> bool:
    """Whether the unit is written after the number, and it is hryvnias: «42 350,00 грн»."""
    unit = _UNIT.search(text.strip())
    return unit is not None and not unit["thousands"]


def without_unit(text: str) -> str:
    """The number that the unit is written after."""
    return _UNIT.sub("", text.strip()).strip()


def parse_money(text: str) -> Decimal | None:
    """An amount in тис. грн, as `parse_decimal`; hryvnias, told by their unit, become thousands exactly."""
    number = without_unit(text)
    if not is_in_hryvnias(text):
        return parse_decimal(number)
    hryvnias = parse_decimal(number, decimals=HRYVNIA_DECIMALS)
    return None if hryvnias is None else thousands(hryvnias)


def format_decimal(value: Decimal, *, decimals: int = 1) -> str:
    """Round half up and print «1 234,5»: decimal comma, no-break space between thousands."""
    step = Decimal(1).scaleb(-decimals)
    return f"{rounded(value, step):,f}".replace(",", NO_BREAK_SPACE).replace(".", ",")


def format_decimal_in_full(value: Decimal, *, at_least: int = 1) -> str:
    """Print every significant decimal, at least `at_least`: «42,35», «1 234,0»."""
    significant = max(at_least, -int(value.normalize().as_tuple().exponent))
    return format_decimal(value, decimals=significant)


def plain_decimal(value: Decimal) -> str:
    """Every significant digit with a decimal point and at least one decimal: «2.4», «42.35», «0.0»."""
    digits = f"{value.normalize():f}"
    return digits if "." in digits else f"{digits}.0"


def counted(number: int, one: str, few: str, many: str) -> str:
    """«1 рядок», «2 рядки», «5 рядків»."""
    last_two, last = number % 100, number % 10
    word = many if 11 <= last_two <= 14 else one if last == 1 else few if 2 <= last <= 4 else many
    return f"{number} {word}"


# --- terms -------------------------------------------------------------------------------


def listed_years(years: Iterable[int]) -> str:
    """«2020–2022, 2024», for running text; a term as the form prints it has hyphens."""
    return str(Term.of(years)).replace("-", "–")


@dataclass(frozen=True, slots=True)
class Term:
    """A set of years, in order. Reads and prints as «2020-2025» or «2021, 2023»."""

    years: tuple[int, ...]

    @classmethod
    def of(cls, years: Iterable[int]) -> Term:
        return cls(tuple(sorted(set(years))))

    @classmethod
    def parse(cls, text: str) -> Term:
        """Raises TextFormError for anything that is no set of years."""
        typed = " ".join(text.split())
        listed = re.sub(r"\s*(роки|років|року|рік|рр\.?|р\.)$", "", typed)
        listed = re.sub(f"[{DASHES}]", "-", listed)
        years: set[int] = set()
        for part in re.split(r"\s*[,;]\s*", listed):
            match = re.fullmatch(r"(\d{4})(?:\s*-\s*(\d{4}))?", part, re.ASCII)
            if match is None:
                raise TextFormError(
                    f"«{typed}» не є терміном. Уведіть роки так: «2020-2025» або «2021, 2023»."
                )
            first, last = int(match[1]), int(match[2] or match[1])
            if last < first:
                raise TextFormError(f"«{typed}»: рік завершення {last} раніший за рік початку {first}.")
            if first < FIRST_YEAR or last > LAST_YEAR:
                raise TextFormError(f"«{typed}»: роки мають бути між {FIRST_YEAR} і {LAST_YEAR}.")
            years.update(range(first, last + 1))
        return cls.of(years)

    def __str__(self) -> str:
        return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in self._runs())

    @property
    def in_words(self) -> str:
        """«2020-2025 роки», «2024 рік»."""
        return f"{self} {'рік' if len(self.years) == 1 else 'роки'}"

    def __contains__(self, year: int) -> bool:
        return year in self.years

    def __iter__(self) -> Iterator[int]:
        return iter(self.years)

    def _runs(self) -> list[tuple[int, int]]:
        runs: list[tuple[int, int]] = []
        for year in self.years:
            if runs and runs[-1][1] == year - 1:
                runs[-1] = (runs[-1][0], year)
            else:
                runs.append((year, year))
        return runs


# --- search and order --------------------------------------------------------------------

# Replaced before NFKC, which would turn «´» into a space and a combining accent.
_UNIFIED = str.maketrans(
    {**dict.fromkeys(APOSTROPHES, "'"), **dict.fromkeys(DASHES, "-"), "ґ": "г", "Ґ": "Г"}
)


def search_key(text: str) -> str:
    """One spelling for what people type alike: case, apostrophes, dashes, ґ/г and spaces folded."""
    folded = unicodedata.normalize("NFKC", text.translate(_UNIFIED)).casefold()
    return " ".join(folded.translate(_UNIFIED).split())


_ALPHABET = " 0123456789abcdefghijklmnopqrstuvwxyzабвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ORDER = {sign: _LETTERS[i // 26] + _LETTERS[i % 26] for i, sign in enumerate(_ALPHABET)}
_SORTED_CHARACTERS = 150


def sort_key(text: str) -> str:
    """A key that any database sorts into the Ukrainian alphabet's order, numbers by value.

    Two lower-case Latin letters a sign: byte order and every collation agree on those.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    padded = re.sub(r"\d+", lambda number: number[0].zfill(9), folded, flags=re.ASCII)
    return "".join(_ORDER.get(sign, "") for sign in padded[:_SORTED_CHARACTERS])


# --- names -------------------------------------------------------------------------------

_CYRILLIC = {
    "а": "a",
    "б": "b",
    "в": "v",
    "г": "h",
    "ґ": "g",
    "д": "d",
    "е": "e",
    "є": "ie",
    "ж": "zh",
    "з": "z",
    "и": "y",
    "і": "i",
    "ї": "i",
    "й": "i",
    "к": "k",
    "л": "l",
    "м": "m",
    "н": "n",
    "о": "o",
    "п": "p",
    "р": "r",
    "с": "s",
    "т": "t",
    "у": "u",
    "ф": "f",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ь": "-",
    "ю": "iu",
    "я": "ia",
}


def public_id(decision_number: str, iso_date: str) -> str:
    """A programme's public identity «number-ISO date»: 1688-2019-12-18; «12/3-VIII» becomes 12-3-viii."""
    latin = "".join(_CYRILLIC.get(sign, sign) for sign in decision_number.casefold())
    number = re.sub(r"[^a-z0-9]+", "-", latin).strip("-")
    return f"{number or 'bez-nomera'}-{iso_date}"
