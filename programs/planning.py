"""The only door for what a decision plans in a programme that stands: many figures at once, all or nothing.

The newest decision that says anything of a measure's year replaces its whole plan for that year, every
source of it. Here a figure that is left blank beside one that is typed is therefore filled with what was
in force: nothing falls out of a plan unless somebody types 0. What older decisions say is never touched.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from . import permissions
from .amendments import in_force_before, is_in_force
from .enums import EventKind
from .journal import record
from .models import Decision, FundingSource, Measure, PlannedFunding, Program, User
from .textforms import format_decimal_in_full

NOTHING_WRITTEN = "Нічого не записано."


class PlanCell(NamedTuple):
    """The place of one figure in what a decision plans."""

    measure_id: int
    year: int
    source_id: int


Figures = Mapping[PlanCell, Decimal | None]
"""тис. грн; None: the decision says nothing of it."""
Standing = Mapping[PlanCell, PlannedFunding]


@dataclass(frozen=True)
class Amended:
    changed: int
    """Figures written, altered or taken back."""
    filled: int
    """Of these, sources nobody typed, filled with the figures in force."""


@dataclass(frozen=True)
class Fault:
    """A figure that cannot be written and why, in a Ukrainian sentence."""

    cell: PlanCell
    message: str


@dataclass(frozen=True)
class Conflict:
    """A figure that somebody else changed since the page was opened."""

    cell: PlanCell
    theirs: Decimal | None
    yours: Decimal | None

    @property
    def message(self) -> str:
        theirs = "прибрали суму" if self.theirs is None else f"записали {format_decimal_in_full(self.theirs)}"
        yours = "порожньо" if self.yours is None else format_decimal_in_full(self.yours)
        return f"Поки ви працювали, тут {theirs}; у вас {yours}. Збережіть ще раз, щоб лишилося ваше."


class PlanningError(Exception):
    """Nothing was written; the message is a Ukrainian sentence."""


class PlanningRefused(PlanningError):
    """This person may not, or there is no such measure or source."""


class InvalidPlan(PlanningError):
    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(f"{NOTHING_WRITTEN} {' '.join(dict.fromkeys(fault.message for fault in faults))}")


class StalePlan(PlanningError):
    def __init__(self, conflicts: list[Conflict]) -> None:
        self.conflicts = conflicts
        super().__init__(
            f"Поки ви працювали, хтось змінив ті самі суми: {len(conflicts)}. {NOTHING_WRITTEN} "
            "Порівняйте обидва значення й збережіть ще раз."
        )


@transaction.atomic
def amend_plan(decision: Decision, figures: Figures, *, by: User, seen: Figures) -> Amended:
    """Make the decision say these figures; those not named stay as they are.

    `seen` are the decision's own figures as the person's page showed them; what is missing there was blank.
    A figure equal to the one seen was not changed by this person and is left alone. Raises PlanningRefused,
    InvalidPlan or StalePlan; then nothing is written.
    """
    program = Program.objects.select_for_update().get(pk=decision.program_id)
    if not permissions.can_manage_program(by, program):
        raise PlanningRefused(f"Плани цієї програми змінює той, хто її веде. {NOTHING_WRITTEN}")
    # As it stands now: its date decides which years it may plan.
    decision = Decision.objects.select_related("program").get(pk=decision.pk)
    changed = {cell: amount for cell, amount in figures.items() if amount != seen.get(cell)}
    measures = _measures_of(program, changed)
    standing = _standing(decision, changed)
    changed = {cell: amount for cell, amount in changed.items() if amount != _amount(standing, cell)}
    faults = [
        fault for cell, amount in changed.items() for fault in _faults(decision, measures, cell, amount)
    ]
    if faults:
        raise InvalidPlan(faults)
    conflicts = [
        Conflict(cell, theirs, amount)
        for cell, amount in changed.items()
        if (theirs := _amount(standing, cell)) != seen.get(cell)
    ]
    if conflicts:
        raise StalePlan(conflicts)
    filled = _filled(decision, changed, standing)
    _write(decision, {**changed, **filled}, standing, by)
    return Amended(len(changed) + len(filled), len(filled))


# --- what stands, locked -----------------------------------------------------------------


def _measures_of(program: Program, cells: Iterable[PlanCell]) -> dict[int, Measure]:
    """Locked, so that an open form of the measure in «Дані» waits, and then finds it changed."""
    wanted = {cell.measure_id for cell in cells}
    measures = {
        measure.pk: measure
        for measure in Measure.objects.select_for_update(of=("self",))
        .filter(pk__in=wanted, task__program=program)
        .select_related("task__program", "introduced_by", "withdrawn_by")
        .order_by("pk")
    }
    known = set(FundingSource.objects.values_list("pk", flat=True))
    if wanted - measures.keys() or {cell.source_id for cell in cells} - known:
        raise PlanningRefused(
            f"Такого заходу або джерела фінансування в програмі немає. {NOTHING_WRITTEN} Оновіть сторінку."
        )
    return measures


def _standing(decision: Decision, cells: Iterable[PlanCell]) -> dict[PlanCell, PlannedFunding]:
    """What the decision says of the measures and years that the cells are of, every source."""
    rows = PlannedFunding.objects.filter(
        decision=decision,
        measure__in={cell.measure_id for cell in cells},
        year__in={cell.year for cell in cells},
    )
    return {PlanCell(row.measure_id, row.year, row.source_id): row for row in rows}


def _amount(standing: Standing, cell: PlanCell) -> Decimal | None:
    return standing[cell].amount if cell in standing else None


# --- what cannot be ----------------------------------------------------------------------


def _faults(
    decision: Decision, measures: Mapping[int, Measure], cell: PlanCell, amount: Decimal | None
) -> Iterator[Fault]:
    if amount is None:
        # To be taken back, whatever is wrong with it.
        return
    measure = measures[cell.measure_id]
    row = _row(decision, cell, amount)
    row.measure = measure
    try:
        row.clean_fields(exclude={"measure", "decision", "source"})
        row.clean()
    except ValidationError as error:
        yield from (Fault(cell, message) for message in error.messages)
        return
    if cell.year < decision.date.year:
        yield Fault(
            cell, f"Рішення ухвалено {decision.date:%d.%m.%Y}, плану на {cell.year} рік воно вже не змінює."
        )
    elif not is_in_force(measure, cell.year, _dates(measure)):
        yield Fault(cell, f"Захід {measure.code} у {cell.year} році не діє.")


def _dates(measure: Measure) -> dict[int, datetime.date]:
    """Of the decisions that took the measure in and out."""
    return {one.pk: one.date for one in (measure.introduced_by, measure.withdrawn_by) if one}


# --- writing -----------------------------------------------------------------------------


def _filled(decision: Decision, changed: Figures, standing: Standing) -> dict[PlanCell, Decimal]:
    """Sources that would vanish from a plan because the decision is to say something of the others."""
    said = {cell: row.amount for cell, row in standing.items()} | dict(changed)
    named = {(cell.measure_id, cell.year) for cell, amount in said.items() if amount is not None}
    touched = named & {(cell.measure_id, cell.year) for cell in changed}
    filled = {}
    for year in sorted({year for _, year in touched}):
        for measure_id, plan in in_force_before(decision, year).items():
            if (measure_id, year) not in touched:
                continue
            for source_id, amount in plan.amounts.items():
                cell = PlanCell(measure_id, year, source_id)
                if amount and said.get(cell) is None:
                    filled[cell] = amount
    return filled


def _row(decision: Decision, cell: PlanCell, amount: Decimal) -> PlannedFunding:
    return PlannedFunding(
        decision=decision,
        measure_id=cell.measure_id,
        year=cell.year,
        source_id=cell.source_id,
        amount=amount,
    )


def _write(decision: Decision, changed: Figures, standing: Standing, by: User) -> None:
    if not changed:
        return
    stamp: dict[str, Any] = {"default_user": by, "default_date": timezone.now()}
    new, old = [], []
    for cell, amount in changed.items():
        row = standing.get(cell)
        if amount is None and row is not None:
            row._history_user = by  # type: ignore[attr-defined]  # how simple-history is told the person
            row.delete()
        elif amount is not None and row is not None:
            row.amount = amount
            old.append(row)
        elif amount is not None:
            new.append(_row(decision, cell, amount))
    if old:
        bulk_update_with_history(old, PlannedFunding, ["amount"], **stamp)
    if new:
        bulk_create_with_history(new, PlannedFunding, **stamp)
    measures = list(
        Measure.objects.filter(pk__in={cell.measure_id for cell in changed}).select_related("task")
    )
    for measure in measures:
        measure.version += 1
    bulk_update_with_history(measures, Measure, ["version"], **stamp)
    record(
        EventKind.PLAN_AMENDED,
        by=by,
        program=decision.program.public_id,
        decision={"id": decision.pk, "number": decision.number, "date": decision.date},
        cells=len(changed),
        years=sorted({cell.year for cell in changed}),
        measures=[measure.code for measure in measures],
    )
