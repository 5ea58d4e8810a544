"""Pictures of figures: values in, the places of bars and words out. Pure; nothing is added up here.

Drawn by plain templates as inline SVG. A charting library would bring its own `<style>` and style attributes,
which the content-security policy forbids, and could neither take the page's colours in the dark nor keep its
letters readable: here lengths are shares of the picture's width and everything else is in pixels, so on a
narrow screen bars shorten and words stay as large as they are.
"""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

# Pixels.
BAR, PITCH = 14, 19
LINE = 18
BETWEEN = 14
BASELINE = 11
# From the last bar to the scale under it, where no letter reaches, and half of the tick at its end.
UNDER, TICK = 2, 2
# Percent of the width: as exact as bars are placed, and the shortest that is drawn.
EXACT, LEAST = Decimal("0.01"), Decimal("0.2")
# Of the label above a group, as many as a telephone shows in a line.
LETTERS, LINES = 38, 2
# The stylesheet keeps room for words of so many letters to the right of the longest bar.
ROOMS = (8, 14, 20, 26, 32, 40)


@dataclass(frozen=True, slots=True)
class Value:
    """One bar to draw. `value` is what its length tells, None a blank: no bar."""

    word: str
    """What it is: «план»; «» where the picture has one kind alone."""
    shade: str
    """planned, actual or financed: three lightnesses of one hue."""
    value: Decimal | None
    text: str
    """The figure as the page writes it: «1 234,5»."""


@dataclass(frozen=True, slots=True)
class Group:
    """What is compared: a year, a task, a fund. `hundred`: the value that the mark of 100 % stands at."""

    label: str
    values: Sequence[Value] = ()
    note: str = ""
    hundred: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    shade: str
    length: Decimal
    """Percent of the width; zero where there is no value, or it is zero: then nothing is drawn."""
    y: int
    baseline: int
    word: str
    text: str
    height: int = BAR

    @property
    def share(self) -> str:
        """For an attribute: pages write decimals with a comma."""
        return f"{self.length:f}%"


@dataclass(frozen=True, slots=True)
class Mark:
    """A thin upright line, `at` percent of the width: zero, or 100 %."""

    at: Decimal
    top: int
    bottom: int

    @property
    def share(self) -> str:
        return f"{self.at:f}%"


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    baseline: int


@dataclass(frozen=True, slots=True)
class DrawnGroup:
    label: Sequence[Line]
    axis: Mark
    """The line at zero, along its bars."""
    note: Line | None
    bars: Sequence[Bar]
    mark: Sequence[Mark]
    """Where 100 % is: at the end of the scale, and across bars that go beyond; never across words."""


@dataclass(frozen=True, slots=True)
class Table:
    """The same figures: headings, then each row's name and texts."""

    headings: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Picture:
    key: str
    """Ids of the page begin with it."""
    title: str
    description: str
    """What a person hears who does not see it: every figure."""
    height: int
    room: int
    """Letters of the longest words beside a bar, one of ROOMS."""
    has_labels_above: bool
    groups: Sequence[DrawnGroup]
    table: Table
    note: str
    """What has to be known to read it."""

    @property
    def has_marks(self) -> bool:
        return any(group.mark for group in self.groups)


def bars(
    key: str, title: str, groups: Sequence[Group], table: Table, *, note: str = "", labels_above: bool = True
) -> Picture:
    """Horizontal bars on one scale from zero to the greatest value, one group under another.

    Labels that are not above their group stand to the left of it and must be as short as a year.
    """
    told = [*(one.value for group in groups for one in group.values), *(group.hundred for group in groups)]
    greatest = max((value for value in told if value is not None), default=Decimal(0))
    drawn: list[DrawnGroup] = []
    top = 0
    for group in groups:
        one, bottom = _drawn(group, greatest, top, labels_above)
        drawn.append(one)
        top = bottom + BETWEEN
    return Picture(
        key=key,
        title=title,
        description=". ".join(map(_in_words, groups)),
        height=max(top - BETWEEN, 0),
        room=_room(groups),
        has_labels_above=labels_above,
        groups=drawn,
        table=table,
        note=note,
    )


def length(value: Decimal | None, greatest: Decimal) -> Decimal:
    """Of a bar, percent of the picture's width. What is not zero can be seen, however small."""
    if not value:
        return Decimal(0)
    return max((100 * value / greatest).quantize(EXACT), LEAST)


def _drawn(group: Group, greatest: Decimal, top: int, labels_above: bool) -> tuple[DrawnGroup, int]:
    """The group that begins at `top`, and where it ends."""
    label = [group.label]
    if labels_above:
        label = textwrap.wrap(group.label, LETTERS, max_lines=LINES, placeholder=" …")
    first = top + len(label) * LINE if labels_above else top
    drawn = [
        Bar(one.shade, length(one.value, greatest), y, y + BASELINE, one.word, one.text)
        for y, one in zip(itertools.count(first, PITCH), group.values, strict=False)
    ]
    bottom = first + (len(drawn) + bool(group.note)) * PITCH - (PITCH - BAR)
    upright = first - 2, first + len(drawn) * PITCH - (PITCH - BAR) + UNDER
    return (
        DrawnGroup(
            label=[Line(text, top + place * LINE + BASELINE) for place, text in enumerate(label)],
            note=Line(group.note, first + len(drawn) * PITCH + BASELINE) if group.note else None,
            axis=Mark(Decimal(0), *upright),
            bars=drawn,
            mark=list(_mark(drawn, length(group.hundred, greatest), upright[1]))
            if group.hundred and drawn
            else [],
        ),
        bottom,
    )


def _mark(drawn: Iterable[Bar], at: Decimal, scale: int) -> Iterator[Mark]:
    yield from (Mark(at, bar.y, bar.y + bar.height) for bar in drawn if bar.length > at)
    yield Mark(at, scale - TICK + 1, scale + TICK + 1)


def _room(groups: Iterable[Group]) -> int:
    longest = max((len(f"{one.word} {one.text}") for group in groups for one in group.values), default=0)
    return next((room for room in ROOMS if room >= longest), ROOMS[-1])


def _in_words(group: Group) -> str:
    """«2023: план 228,3; факт 60,0»."""
    told = [" ".join(filter(None, (one.word, one.text))) for one in group.values]
    return f"{group.label}: {'; '.join(filter(None, (*told, group.note)))}"
