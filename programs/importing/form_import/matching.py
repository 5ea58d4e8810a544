"""Which measure of the programme each row of the form is about: by number, and the title has to agree."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...calculations import BLANK, Money, total_money
from ...figures import amount_money
from ...models import AnnualReport, Measure, MeasureResult, Program
from ...plans import plan_in_force
from ...textforms import search_key
from ..asking import LONGEST_QUOTATION, YES, Asking
from ..examination import NOWHERE, Note, Option, Place, Weight
from ..files.cells import shortened
from .content import COMPARED_SIGNS, Content, FormRow, likeness, listed

SAME = 100
SAME_MEASURE_FROM = 90
"""A misprint or two; with less of the title the row may be another measure's."""
ASKED_AT_MOST = 100
COMPARISONS = 30_000
"""Of titles in one file; of rows after so many the person judges."""
COMPARED_CLOSELY = 2
CLOSER, SKIP = "closer", "skip"


@dataclass(frozen=True)
class Standing:
    """One measure with what its row says now, or would say in a report just opened."""

    measure: Measure
    result: MeasureResult | None
    amounts: Mapping[int, Money]
    """By funding source."""

    @property
    def content(self) -> Content:
        money = total_money(self.amounts.values())
        if self.result is None:
            return Content(money)
        return Content(
            money, self.result.stated_percent, self.result.stated_justification, self.result.narrative
        )

    @property
    def filled_sources(self) -> list[int]:
        return [source for source, money in self.amounts.items() if money != BLANK]


def standing_rows(program: Program, year: int, report: AnnualReport | None) -> list[Standing]:
    """In printed order."""
    if report is not None:
        return [
            Standing(
                result.measure,
                result,
                {amount.source_id: amount_money(amount) for amount in result.amounts.all()},
            )
            for result in MeasureResult.objects.for_report(report)
        ]
    plans = plan_in_force(program, year)
    measures = Measure.objects.of_program(program).in_force(year).select_related("task")
    return [
        Standing(
            measure,
            None,
            {source: Money(planned=planned) for source, planned in plans.get(measure.pk, {}).items()},
        )
        for measure in measures
    ]


@dataclass(frozen=True)
class Matching:
    pairs: Sequence[tuple[FormRow, Standing]]
    notes: Sequence[Note] = field(default_factory=list)


def match(rows: Sequence[FormRow], standing: Sequence[Standing], asking: Asking) -> Matching:
    """Money goes to a measure of its own number and title; of any doubt the person judges."""
    return _Matcher(standing, asking).matching(rows)


class _Matcher:
    def __init__(self, standing: Sequence[Standing], asking: Asking) -> None:
        self.standing = standing
        self.asking = asking
        self.notes: list[Note] = []
        self._taken: set[int] = set()
        """Ids of measures that a row goes to."""
        self._numbered: set[int] = set()
        """Of those whose numbers stand in the file."""
        self._doubtful = 0
        self._comparisons = COMPARISONS
        self._by_code: dict[str, list[Standing]] = {}
        self._by_title: dict[str, list[Standing]] = {}
        for one in standing:
            self._by_code.setdefault(one.measure.code, []).append(one)
            self._by_title.setdefault(search_key(one.measure.title), []).append(one)

    def matching(self, rows: Sequence[FormRow]) -> Matching:
        pairs = [(row, found) for row in rows if (found := self._of(row)) is not None]
        mentioned = self._taken | self._numbered
        if missing := [one.measure.code for one in self.standing if one.measure.pk not in mentioned]:
            self._warn(f"У файлі немає заходів {listed(missing)}: у звіті вони лишаються, як є.")
        if self._doubtful > ASKED_AT_MOST:
            message = (
                f"Заходи файла ({self._doubtful}) звуться інакше, ніж у програмі під тими самими номерами. "
                "Перевірте, чи це форма цієї програми, і виправте номери або назви у файлі."
            )
            self.notes.append(Note(Weight.ERROR, message))
        return Matching(pairs, self.notes)

    def _of(self, row: FormRow) -> Standing | None:
        candidates = self._by_code.get(row.code, [])
        # A withdrawn measure and its successor may share a number.
        free = [one for one in candidates if one.measure.pk not in self._numbered]
        if candidates and not free:
            self.notes.append(Note(Weight.ERROR, f"Захід {row.code} у файлі двічі.", row.place()))
            return None
        agreements = [likeness(row.read.title, one.measure.title) for one in free]
        agreement = max(agreements, default=0)
        own = free[agreements.index(agreement)] if free else None
        if own is not None:
            self._numbered.add(own.measure.pk)
        found = self._judged(row, own, agreement)
        if found is not None and found.measure.pk in self._taken:
            message = f"Захід {found.measure.code} у файлі двічі."
            self.notes.append(Note(Weight.ERROR, message, row.place()))
            return None
        if found is not None:
            self._taken.add(found.measure.pk)
        return found

    def _judged(self, row: FormRow, own: Standing | None, agreement: int) -> Standing | None:
        if agreement == SAME:
            return own
        closer, is_known = self._closer(row, own, agreement)
        if own is None and closer is None:
            message = (
                f"Заходу {row.code} у програмі немає: рядок не взято. Заходи додає адміністратор програм."
            )
            self._warn(message, row.place())
            return None
        if own is None or closer is not None or not is_known or not _is_same_title(row, own, agreement):
            return self._asked(row, own, closer)
        message = (
            f"Захід {row.code} у програмі зветься інакше: «{own.measure.title}». "
            "Назва лишається, як у програмі."
        )
        self._warn(message, row.place("title"))
        return own

    def _closer(self, row: FormRow, own: Standing | None, agreement: int) -> tuple[Standing | None, bool]:
        """Another measure whose title is more like the row's, and whether all of them were looked at."""
        others = [one for one in self._by_title.get(search_key(row.read.title), []) if one is not own]
        if others:
            return others[0], True
        if self._comparisons < len(self.standing):
            return None, False
        self._comparisons -= len(self.standing)
        letters = difflib.SequenceMatcher(None, autojunk=False)
        letters.set_seq2(search_key(row.read.title)[:COMPARED_SIGNS])
        alike: list[tuple[float, int]] = []
        for place, one in enumerate(self.standing):
            letters.set_seq1(search_key(one.measure.title)[:COMPARED_SIGNS])
            if one is not own and (ratio := letters.quick_ratio()) * SAME > agreement:
                alike.append((ratio, place))
        # The same letters cost little to compare, their order much.
        best: Standing | None = None
        least = agreement if own is not None else SAME_MEASURE_FROM - 1
        for _, place in sorted(alike, key=lambda one: -one[0])[:COMPARED_CLOSELY]:
            if (found := likeness(row.read.title, self.standing[place].measure.title)) > least:
                best, least = self.standing[place], found
        return best, True

    def _asked(self, row: FormRow, own: Standing | None, closer: Standing | None) -> Standing | None:
        """Nothing is suggested: sums of one measure in another are seen by nobody afterwards."""
        self._doubtful += 1
        if self._doubtful > ASKED_AT_MOST:
            return None
        options = [Option(SKIP, "цей рядок не брати")]
        if closer is not None:
            options.insert(0, Option(CLOSER, _named(closer)))
        if own is not None:
            options.insert(0, Option(YES, _named(own)))
        place = row.place("title")
        answer = self.asking.choose(
            f"match:{row.code}",
            f"Захід {row.code} файла: який це захід програми?",
            options,
            hint=f"У файлі під цим номером «{shortened(row.read.title, LONGEST_QUOTATION)}».",
            place=place,
        )
        if answer == SKIP:
            self._warn(f"Рядок {row.code} не взято: у програмі під цим номером інший захід.", place)
        return own if answer == YES else closer if answer == CLOSER else None

    def _warn(self, message: str, place: Place = NOWHERE) -> None:
        self.notes.append(Note(Weight.WARNING, message, place))


def _named(one: Standing) -> str:
    return f"{one.measure.code} «{shortened(one.measure.title, LONGEST_QUOTATION)}»"


def _is_same_title(row: FormRow, one: Standing, agreement: int) -> bool:
    """«Ліцей №1» and «Ліцей №2» are much alike and not the same."""
    return agreement >= SAME_MEASURE_FROM and _digits(row.read.title) == _digits(one.measure.title)


def _digits(text: str) -> list[str]:
    return re.findall(r"[0-9]+", text)
