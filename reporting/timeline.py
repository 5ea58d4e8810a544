"""What each decision of the council made of a programme, in a few words, for its time line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from programs import calculations
from programs.amendments import Amendment, YearTotal
from programs.enums import DecisionKind
from programs.models import Decision, Measure
from programs.textforms import NO_BREAK_SPACE, counted
from programs.views.amendments import in_full, signed

UNIT = f"{NO_BREAK_SPACE}тис.{NO_BREAK_SPACE}грн"
YEARS_TOLD, MEASURES_TOLD = 3, 6
# Of a programme amended every quarter the page shows how it began and what came last.
LATEST = 5


@dataclass(frozen=True, slots=True)
class Moment:
    decision: Decision
    changes: Sequence[str]
    """Each a sentence without its full stop."""


@dataclass(frozen=True, slots=True)
class Timeline:
    first: Sequence[Moment]
    left_out: int
    """Decisions between those that are told."""
    last: Sequence[Moment]


def timeline(amendments: Sequence[Amendment]) -> Timeline:
    """`amendments` as `programs.amendments` gives them, the newest first."""
    told = list(reversed(amendments))
    if len(told) <= LATEST + 2:
        return Timeline([_moment(one) for one in told], 0, [])
    return Timeline([_moment(told[0])], len(told) - 1 - LATEST, [_moment(one) for one in told[-LATEST:]])


def _moment(one: Amendment) -> Moment:
    return Moment(one.decision, list(_changes(one)) or ["Сум і заходів за цим рішенням не внесено"])


def _changes(one: Amendment) -> Iterator[str]:
    if one.decision.kind == DecisionKind.APPROVES:
        if one.introduced:
            yield f"Введено {_number(one.introduced)}"
        if (whole := calculations.total(total.after for total in one.totals)) is not None:
            yield f"План на всі роки {in_full(whole)}{UNIT}"
        return
    if one.introduced:
        yield f"Введено {_named(one.introduced)}"
    if one.withdrawn:
        yield f"Виключено {_named(one.withdrawn)}"
    changed = [total for total in one.totals if total.difference]
    yield from (_plan(total) for total in changed[:YEARS_TOLD])
    if (more := len(changed) - YEARS_TOLD) > 0:
        yield f"План змінено ще для {counted(more, 'року', 'років', 'років')}"
    if one.totals and not changed:
        yield _unchanged(one)


def _unchanged(one: Amendment) -> str:
    """What a decision did that left every year's sum as it was."""
    if any(line.difference for line in one.lines):
        return "План перерозподілено, річні суми ті самі"
    if any(line.is_idle for line in one.lines):
        return "Внесені суми не набирають чинності"
    return "Річні суми плану ті самі"


def _plan(total: YearTotal) -> str:
    year = f"План {total.year}{NO_BREAK_SPACE}року"
    if total.before is None:
        return f"{year}: {in_full(total.after)}{UNIT}"
    return f"{year}: {in_full(total.before)} → {in_full(total.after)}{UNIT} ({signed(total.difference)})"


def _named(measures: Sequence[Measure]) -> str:
    if len(measures) > MEASURES_TOLD:
        return _number(measures)
    word = "захід" if len(measures) == 1 else "заходи"
    return f"{word} {', '.join(measure.code for measure in measures)}"


def _number(measures: Sequence[Measure]) -> str:
    return counted(len(measures), "захід", "заходи", "заходів")
