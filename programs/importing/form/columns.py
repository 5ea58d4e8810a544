"""Which column of a table is which of the form's, told by the wording of its heading. No ORM."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from ...textforms import search_key
from ..files.cells import shown
from .grid import Grid

LABELS = {
    "number": "№ з/п",
    "measure_number": "№ заходу",
    "task": "завдання",
    "content": "зміст заходів",
    "term": "термін виконання",
    "executors": "виконавці",
    "planned": "план",
    "actual": "факт",
    "financed": "профінансовано",
    "percent": "відсоток виконання",
    "information": "інформація про виконання",
}
MONEY = ("planned", "actual", "financed")
REQUIRED = ("content", "term", "executors", *MONEY, "information")
RESULTS = {"actual", "financed", "percent", "information"}
# «План», «факт» and «%» are in any table of money.
_OF_PROGRAMS = {"task", "content", "term", "executors"}

CHECKED = "checked"
"""The column that our own annotated copy adds: passed over without a word."""
KEY = "key"
"""The first column of our own extract, which looks like the form otherwise."""

FEWEST_COLUMNS = 5
# Fewer tell that the form is meant, though some of it is missing.
FEWEST_ALIKE = 4
ROWS_SEARCHED = 200
HEADING_ROWS = 3
LONGEST_HEADING = 150
FEWEST_COLUMN_NUMBERS = 3
# Columns to the right of the table in which a signature may still stand.
_BESIDE = 10


@dataclass(frozen=True)
class FormColumns:
    top: int
    bottom: int
    """The last row of headings."""
    by_key: Mapping[str, int]
    """Columns, from 0, by the keys of `LABELS`."""
    hryvnias: frozenset[str]
    """Money columns whose heading names the hryvnia, not the thousand."""
    unlabelled: frozenset[str]
    """Money columns of which nothing names a unit."""
    passed: frozenset[int]
    """Columns with a heading that are not read."""

    def get(self, key: str) -> int | None:
        return self.by_key.get(key)

    @property
    def missing(self) -> list[str]:
        """Labels of those that the form must have."""
        return [LABELS[key] for key in REQUIRED if key not in self.by_key]


# --- one heading -------------------------------------------------------------------------

# Letters only: headings break in the middle of words, with and without hyphens. «№» folds into «no».
_NOT_A_LETTER = re.compile(r"[^\w%]|_")
_FUND = re.compile(
    r"загальн\w*фонд|спеціальн\w*фонд|спецфонд|фондрозвитку|(державн|обласн|міськ|місцев)\w*бюджет|інш\w*джерел"
)
_UNIT = re.compile(
    r"(?P<thousands>тис\w{0,6}?)?(?P<larger>(?:млн|мільйон|млрд|мільярд)\w{0,3}?)?"
    r"(?:грн|гривень|гривн\w{0,3}|uah)"
)
_UNIT_ALONE = re.compile(rf"(?:одиниц\w{{1,2}}виміру|сум[аи])?[ув]?{_UNIT.pattern}")

# The first that fits decides.
_WORDINGS = [
    (key, re.compile(pattern))
    for key, pattern in (
        (KEY, r"^ключ$"),
        ("number", r"^(no?|номер)?([зп]п)?$|^no?завдан"),
        ("measure_number", r"^no?заход"),
        (CHECKED, r"^результат\w?перевірки$"),
        ("information", r"інформаці"),
        ("percent", r"%|відсот|процент"),
        ("term", r"термін|строк"),
        ("executors", r"виконав[ец]|відповідальн"),
        ("financed", r"профінансован|касов|використан|освоєн"),
        ("state", r"фактичн\w*виконан(?!.*(фінанс|грн|обсяг))"),
        ("actual", r"факт"),
        ("state", r"^(стан|хід|результати?)(викон|реаліз)|короткийопис"),
        ("remark", r"^приміт"),
        ("content", r"план\w*заход(?!.*(фінанс|грн|обсяг))"),
        ("planned", r"план|передбачен|затверджен"),
        ("content", r"захо[дж]|захід"),
        ("task", r"завдан"),
    )
]
_SPARE = {"information": ("state", "remark")}
"""Columns read as another where that one is missing."""


@lru_cache(maxsize=4096)
def compact(text: str) -> str:
    return _NOT_A_LETTER.sub("", search_key(text))


@lru_cache(maxsize=4096)
def recognise(heading: str) -> str | None:
    """The key of `LABELS`, or one of the spare ones, that a heading stands for."""
    if len(heading) > LONGEST_HEADING or not (letters := compact(heading)):
        return None
    return next((key for key, wording in _WORDINGS if wording.search(letters)), None)


@dataclass(frozen=True)
class _Heading:
    column: int
    key: str | None
    path: str
    """Its text with those of the groups above it."""
    cell: tuple[int, int]

    @property
    def is_of_one_fund(self) -> bool:
        return self.key in MONEY and _FUND.search(compact(self.path)) is not None


# --- the rows of headings ----------------------------------------------------------------


def find_columns(grid: Grid) -> FormColumns | None:
    """The form's headings, in one row or in up to three with groups; notes tell what is wrong with them."""
    headings = _best_headings(grid, _is_whole) or _best_headings(grid, _is_alike)
    if headings is None:
        return None
    top, bottom, found = headings
    grid.width = min(grid.width, found[-1].column + 1 + _BESIDE)
    chosen = _choose(grid, found)
    by_key = {key: heading.column for key, heading in chosen.items()}
    units = _units(grid, top, chosen)
    for key in (*REQUIRED, "percent"):
        if key not in by_key:
            say = grid.error if key in REQUIRED else grid.warn
            say(f"Не знайдено графи «{LABELS[key]}».", bottom)
    return FormColumns(
        top,
        bottom,
        by_key,
        frozenset(key for key, unit in units.items() if unit is _Unit.HRYVNIA),
        frozenset(key for key, unit in units.items() if unit is _Unit.UNKNOWN),
        frozenset(heading.column for heading in found) - set(by_key.values()),
    )


def has_form_headings(grid: Grid) -> bool:
    return _best_headings(grid, _is_whole) is not None


def has_some_form_headings(grid: Grid) -> bool:
    """Whether it seems to be the form without some column that it must have."""
    return _best_headings(grid, _is_alike) is not None


def _is_whole(keys: set[str]) -> bool:
    return len(keys) >= FEWEST_COLUMNS and bool(keys & RESULTS) and bool(keys & {"content", "task"})


def _is_alike(keys: set[str]) -> bool:
    return len(keys) >= FEWEST_ALIKE and bool(keys & RESULTS) and bool(keys & _OF_PROGRAMS)


def _best_headings(grid: Grid, accepts: Callable[[set[str]], bool]) -> tuple[int, int, list[_Heading]] | None:
    best: tuple[int, int, list[_Heading]] | None = None
    most = 0
    for top in range(min(grid.height, ROWS_SEARCHED)):
        for bottom in range(top, min(top + HEADING_ROWS, grid.height)):
            if bottom == top + 1 and _is_caption(grid, top):
                break
            if bottom > top and not _is_under_groups(grid, top, bottom):
                break
            headings = _headings(grid, top, bottom)
            keys = _keys(headings)
            if len(keys) > most and accepts(keys) and KEY not in keys:
                best, most = (top, bottom, headings), len(keys)
    return best


def _keys(headings: Iterable[_Heading]) -> set[str]:
    """Those that count: what is recognised by itself, spare ones as what they stand for."""
    keys = {heading.key for heading in headings if heading.key}
    for key, spare in _SPARE.items():
        if keys.intersection(spare):
            keys = keys.difference(spare) | {key}
    return keys - {CHECKED}


def _headings(grid: Grid, top: int, bottom: int) -> list[_Heading]:
    found = []
    for column in range(grid.width):
        path: list[str] = []
        cell = (bottom, column)
        for row in range(top, bottom + 1):
            text = shown(_group(grid, row, column) if row < bottom else grid.value(row, column))
            if text and text not in path:
                path.append(text)
                cell = grid.first(row, column)
        if path:
            whole = " ".join(path)
            found.append(_Heading(column, recognise(path[-1]) or recognise(whole), whole, cell))
    return found


def _group(grid: Grid, row: int, column: int) -> str:
    """The heading over a column; without merged cells, the nearest one to its left over blank cells."""
    own = grid.value(row, column)
    if own is None and grid.own(row + 1, column) is not None:
        left = next((c for c in range(column, -1, -1) if grid.value(row, c) is not None), None)
        own = None if left is None else grid.value(row, left)
    return shown(own)


def _is_under_groups(grid: Grid, top: int, bottom: int) -> bool:
    """Whether a row can be one of headings: all that stands in it stands under groups, or is a unit."""
    texts = grid.texts(bottom)
    return bool(texts) and all(
        _is_unit(text) or _is_in_group(grid, bottom - 1, column) for column, text in texts
    )


def _is_caption(grid: Grid, row: int) -> bool:
    """Whether it is «за 2025 рік» over all the columns: a line of the title, and no group of headings."""
    words = [(column, text) for column, text in grid.texts(row) if not _is_unit(text)]
    below = grid.texts(row + 1)
    return len(words) == 1 and bool(below) and words[0][0] <= below[0][0] and recognise(words[0][1]) is None


def _is_in_group(grid: Grid, row: int, column: int) -> bool:
    """Whether the heading above takes several columns, merged or with blank cells to its right."""
    if grid.breadth(row, column) > 1:
        return True
    if grid.value(row, column) is None:
        return any(grid.value(row, left) is not None for left in range(column))
    return (
        column + 1 < grid.width
        and grid.value(row, column + 1) is None
        and grid.own(row + 1, column + 1) is not None
    )


def _is_unit(text: str) -> bool:
    letters = _unit_letters(text) if len(text) <= LONGEST_HEADING else ""
    return letters == "%" or _UNIT_ALONE.fullmatch(letters) is not None


def _unit_letters(text: str) -> str:
    return compact(text.replace("₴", "грн"))


# --- choosing ----------------------------------------------------------------------------


def _choose(grid: Grid, headings: Sequence[_Heading]) -> dict[str, _Heading]:
    chosen: dict[str, _Heading] = {}
    unread: list[_Heading] = []
    for key in LABELS:
        candidates = [heading for heading in headings if heading.key == key]
        whole = [heading for heading in candidates if not heading.is_of_one_fund]
        if not whole and len(candidates) > 1:
            unread += candidates
            continue
        spare: Iterable[str] = _SPARE.get(key, ())
        for other in spare:
            others = [heading for heading in headings if heading.key == other]
            if whole or candidates:
                unread += others
            else:
                candidates = others
        used = whole or candidates
        unread += [heading for heading in candidates if heading not in used]
        if not used:
            continue
        chosen[key] = used[0]
        for double in used[1:]:
            if double.cell != used[0].cell:
                grid.error(
                    f"Графа «{LABELS[key]}» є двічі: «{used[0].path}» і «{double.path}».",
                    double.cell[0],
                    double.column,
                )
    unread += [heading for heading in headings if heading.key is None]
    if unread:
        names = ", ".join(f"«{one.path}»" for one in sorted(unread, key=lambda one: one.column))
        grid.warn(f"Графи, яких немає у формі, не перенесено: {names}.", unread[0].cell[0])
    return chosen


class _Unit(Enum):
    THOUSAND = "thousand"
    HRYVNIA = "hryvnia"
    UNKNOWN = "unknown"


def _units(grid: Grid, top: int, chosen: Mapping[str, _Heading]) -> dict[str, _Unit]:
    """Of the money columns, by their headings or by a unit that stands alone above the table."""
    above = next(
        (text for row in range(top - 1, -1, -1) for _column, text in grid.texts(row) if _is_unit(text)), ""
    )
    units = {}
    for key in MONEY:
        if key not in chosen:
            continue
        heading = chosen[key]
        named = _UNIT.search(_unit_letters(heading.path)) or _UNIT.search(_unit_letters(above))
        if named is None:
            units[key] = _Unit.UNKNOWN
        elif named["larger"]:
            units[key] = _Unit.THOUSAND
            grid.error(
                f"Графа «{LABELS[key]}» не в гривнях і не в тисячах гривень. Перерахуйте суми в тис. грн "
                "і надішліть файл ще раз.",
                heading.cell[0],
                heading.column,
            )
        elif named["thousands"]:
            units[key] = _Unit.THOUSAND
        else:
            units[key] = _Unit.HRYVNIA
            grid.warn(
                f"Графа «{LABELS[key]}» у гривнях: суми перераховано в тис. грн.",
                heading.cell[0],
                heading.column,
            )
    return units


# --- rows that repeat the headings -------------------------------------------------------


def is_heading_again(grid: Grid, row: int, columns: FormColumns) -> bool:
    """The headings at the top of a further page, or the numbers of columns below them."""
    texts = grid.texts(row)
    numbers = [text.split("=")[0].strip(" .") for _column, text in texts]
    first = numbers[0] if numbers else ""
    if (
        len(numbers) >= FEWEST_COLUMN_NUMBERS
        and first in ("1", "2")
        and numbers == [str(int(first) + step) for step in range(len(numbers))]
    ):
        return True
    same = [
        column
        for column, text in texts
        if len(text) <= LONGEST_HEADING
        and any(
            compact(text) == compact(shown(grid.value(heading, column))[:LONGEST_HEADING])
            for heading in range(columns.top, columns.bottom + 1)
        )
    ]
    return len(same) >= FEWEST_COLUMN_NUMBERS and len(same) > len(texts) - len(same)
