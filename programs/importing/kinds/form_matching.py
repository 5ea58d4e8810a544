"""Which measure of the programme each row of the form is about: by number, and the title has to agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...calculations import BLANK, Money, total_money
from ...figures import amount_money
from ...models import AnnualReport, Measure, MeasureResult, Program
from ...plans import plan_in_force
from ..asking import YES, Asking
from ..examination import Note, Option, Weight
from .form_content import SAME_TITLE_FROM, Content, FormRow, likeness, listed


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
    by_code: dict[str, list[Standing]] = {}
    for one in standing:
        by_code.setdefault(one.measure.code, []).append(one)
    pairs: list[tuple[FormRow, Standing]] = []
    notes: list[Note] = []
    taken: set[int] = set()
    for row in rows:
        candidates = by_code.get(row.code, [])
        if candidates and taken.issuperset(one.measure.pk for one in candidates):
            notes.append(Note(Weight.ERROR, f"Захід {row.code} у файлі двічі.", row.place()))
            continue
        # A withdrawn measure and its successor may share a number.
        alike = max(
            candidates,
            key=lambda one: likeness(row.read.title, one.measure.title),
            default=None,
        )
        if alike is None:
            message = (
                f"Заходу {row.code} у програмі немає: рядок не взято. Заходи додає адміністратор програм."
            )
            notes.append(Note(Weight.WARNING, message, row.place()))
        elif alike.measure.pk in taken:
            notes.append(Note(Weight.ERROR, f"Захід {row.code} у файлі двічі.", row.place()))
        else:
            taken.add(alike.measure.pk)
            is_same, about = _is_same(row, alike.measure, asking)
            notes += about
            if is_same:
                pairs.append((row, alike))
    if missing := [one.measure.code for one in standing if one.measure.pk not in taken]:
        message = f"У файлі немає заходів {listed(missing)}: у звіті вони лишаються, як є."
        notes.append(Note(Weight.WARNING, message))
    return Matching(pairs, notes)


def _is_same(row: FormRow, measure: Measure, asking: Asking) -> tuple[bool, list[Note]]:
    """Titles that hardly agree are for the person to judge."""
    agreement = likeness(row.read.title, measure.title)
    if agreement == 100:
        return True, []
    place = row.place("title")
    if agreement >= SAME_TITLE_FROM:
        message = (
            f"Захід {row.code} у програмі зветься інакше: «{measure.title}». Назва лишається, як у програмі."
        )
        return True, [Note(Weight.WARNING, message, place)]
    answer = asking.choose(
        f"match:{row.code}",
        f"Захід {row.code}: чи це «{measure.title}»?",
        [Option(YES, "так, той самий захід"), Option("skip", "ні, цей рядок не брати")],
        hint=f"У файлі під цим номером «{row.read.title}».",
        place=place,
    )
    if answer == YES:
        return True, []
    skipped = Note(
        Weight.WARNING, f"Рядок {row.code} не взято: у програмі під цим номером інший захід.", place
    )
    return False, [skipped] if answer else []
