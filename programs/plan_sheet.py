"""What a decision plans for one year as a page's inputs: measures down, funding sources across.

Writes nothing itself: `planning.amend_plan` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from .amendments import overtaken_by
from .models import Decision, FundingSource, Measure, PlannedFunding
from .planning import (
    Conflict,
    Fault,
    Figures,
    InvalidPlan,
    PlanCell,
    PlanningError,
    StalePlan,
    figures_before,
)
from .textforms import TextFormError, format_decimal_in_full, parse_money, plain_decimal

_NAME = re.compile(r"c(\d{1,9})-(\d{1,9})", re.ASCII)
_SEEN = re.compile(r"(\d{1,9})-(\d{1,9})=(\d{1,10}\.\d{1,5})", re.ASCII)


@dataclass(frozen=True)
class Input:
    """One figure: what was in force before, and what the decision says, as it stands in the input."""

    name: str
    source: FundingSource
    before: Decimal | None
    text: str
    error: str = ""

    @property
    def before_text(self) -> str:
        return "" if self.before is None else format_decimal_in_full(self.before)


@dataclass(frozen=True)
class InputRow:
    measure: Measure
    inputs: tuple[Input, ...]
    later: Decision | None
    """Which plans the measure's year anew, so that nothing typed here is in force at the year's end."""


@dataclass(frozen=True)
class PlanSheet:
    year: int
    sources: tuple[FundingSource, ...]
    rows: tuple[InputRow, ...]
    seen: str
    """The decision's figures that the page shows, for the hidden input."""


@dataclass(frozen=True)
class Sent:
    """What came back from the page; `texts` as they were typed."""

    texts: Mapping[PlanCell, str] = field(default_factory=dict)
    figures: Figures = field(default_factory=dict)
    """Those that are numbers or blank."""
    seen: Figures = field(default_factory=dict)
    errors: Mapping[PlanCell, str] = field(default_factory=dict)

    @property
    def touched(self) -> dict[PlanCell, str]:
        """What this person typed: the rest came back as it was shown."""
        return {cell: text for cell, text in self.texts.items() if self.figures[cell] != self.seen.get(cell)}


def years_of(decision: Decision) -> list[int]:
    """Years whose plan the decision may change, and those that it names anyway."""
    named = PlannedFunding.objects.filter(decision=decision).values_list("year", flat=True).distinct()
    open_years = (year for year in decision.program.term if year >= decision.date.year)
    return sorted({*open_years, *named})


def read(sent: Mapping[str, str], year: int) -> Sent:
    """What no page of ours would have sent is left out."""
    texts, figures, errors = {}, {}, {}
    for name, text in sent.items():
        if not (match := _NAME.fullmatch(name)):
            continue
        cell = PlanCell(int(match[1]), year, int(match[2]))
        texts[cell] = text
        try:
            figures[cell] = parse_money(text)
        except TextFormError as error:
            errors[cell] = str(error)
    seen: dict[PlanCell, Decimal | None] = {
        PlanCell(int(measure_id), year, int(source_id)): Decimal(amount)
        for measure_id, source_id, amount in _SEEN.findall(sent.get("seen", ""))
    }
    return Sent(texts, figures, seen, errors)


def plan_sheet(
    decision: Decision, year: int, sent: Sent | None = None, *, is_stale: bool = False
) -> PlanSheet:
    """With what was sent and could not be saved, nothing of it lost.

    `is_stale`: what others wrote meanwhile is shown with it, so from now on it has been seen.
    """
    own = _own(decision, year)
    before = figures_before(decision, [year])
    spoken = {cell.source_id for cell in (*own, *before)}
    sources = [one for one in FundingSource.objects.all() if one.is_active or one.pk in spoken]
    sent = sent or Sent()
    typed = sent.texts if not is_stale else sent.touched
    texts = {cell: format_decimal_in_full(amount) for cell, amount in own.items()} | dict(typed)
    later = overtaken_by(decision, year)
    rows = tuple(
        InputRow(
            measure,
            tuple(
                Input(
                    name=f"c{measure.pk}-{source.pk}",
                    source=source,
                    before=before.get(cell),
                    text=texts.get(cell, ""),
                    error=sent.errors.get(cell, ""),
                )
                for source in sources
                for cell in [PlanCell(measure.pk, year, source.pk)]
            ),
            later.get(measure.pk),
        )
        for measure in _measures(decision, year, {cell.measure_id for cell in own})
    )
    seen = sent.seen if sent.texts and not is_stale else own
    return PlanSheet(year, tuple(sources), rows, _written(seen))


def with_error(sent: Sent, error: PlanningError) -> Sent:
    """The same with each refused figure's reason beside it."""
    reasons: Sequence[Fault | Conflict] = ()
    if isinstance(error, InvalidPlan):
        reasons = error.faults
    elif isinstance(error, StalePlan):
        reasons = error.conflicts
    return Sent(sent.texts, sent.figures, sent.seen, {one.cell: one.message for one in reasons})


def _own(decision: Decision, year: int) -> dict[PlanCell, Decimal]:
    rows = PlannedFunding.objects.filter(decision=decision, year=year)
    return {PlanCell(row.measure_id, year, row.source_id): row.amount for row in rows}


def _measures(decision: Decision, year: int, named: Iterable[int]) -> list[Measure]:
    """In force in the year, and those that the decision names all the same."""
    of_program = Measure.objects.of_program(decision.program)
    return list((of_program.in_force(year) | of_program.filter(pk__in=named)).select_related("task"))


def _written(seen: Figures) -> str:
    return " ".join(
        f"{cell.measure_id}-{cell.source_id}={plain_decimal(amount)}"
        for cell, amount in seen.items()
        if amount is not None
    )
