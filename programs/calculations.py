"""The arithmetic of a report: sums, percents, rounding. Pure, Decimal only, no ORM.

Money is in thousand hryvnias (тис. грн), exact to the kopeck (five decimals).
Nothing else in the project adds or divides money, except the SQL sums of portfolios
(`Amount.objects.totals_by`), which are tested against these functions. Source of the rules: the official form
«Звіт про результати виконання».
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import TypeVar, overload

_Key = TypeVar("_Key")

KOPECK = Decimal("0.00001")
ONE_DECIMAL = Decimal("0.1")
HRYVNIAS_IN_UNIT = Decimal(1000)
KOPECKS_IN_UNIT = 100_000

# The default 28 digits would round quotients twice: once here, once to the shown decimal.
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Money:
    """The three money facts of one row, in тис. грн. None is a blank, which is not 0."""

    planned: Decimal | None = None
    actual: Decimal | None = None
    financed: Decimal | None = None


BLANK = Money()


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Sum without rounding. Blanks are skipped; a sum of blanks is blank."""
    known = [amount for amount in amounts if amount is not None]
    if not known:
        return None
    with localcontext(_EXACT):
        return sum(known, Decimal(0))


def difference(old: Decimal | None, new: Decimal | None) -> Decimal | None:
    """New less old without rounding; of a blank there is none."""
    if old is None or new is None:
        return None
    with localcontext(_EXACT):
        return new - old


def plan_change(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """By how much a plan grew, a blank being nothing planned: a new sum is all of it. Of two blanks none."""
    if before is None and after is None:
        return None
    return difference(before or Decimal(0), after or Decimal(0))


def percent_base(money: Money, *, of_actual: bool) -> Decimal | None:
    """The amount a programme's percent is taken of: the annual plan, or the annual actual."""
    return money.actual if of_actual else money.planned


def total_money(rows: Iterable[Money]) -> Money:
    """Column by column sum of the three facts, under the rules of `total`."""
    rows = list(rows)
    return Money(
        planned=total(row.planned for row in rows),
        actual=total(row.actual for row in rows),
        financed=total(row.financed for row in rows),
    )


def total_money_by(rows: Iterable[tuple[_Key, Money]]) -> dict[_Key, Money]:
    """Totals per key (task, fund line …), keys in the order they first appear."""
    groups: dict[_Key, list[Money]] = {}
    for key, money in rows:
        groups.setdefault(key, []).append(money)
    return {key: total_money(group) for key, group in groups.items()}


def computed_percent(financed: Decimal | None, base: Decimal | None) -> Decimal | None:
    """100 × financed ÷ base, to one decimal, half up. None when either is blank or the base is zero.

    A result over 100 is returned as it is: that is a finding for people, never clipped here.
    """
    if financed is None or base is None or base == 0:
        return None
    with localcontext(_EXACT):
        return rounded(100 * financed / base)


def deviates_over(money: Money, percent: Decimal) -> bool:
    """Whether the financed differs from the plan, either way, by more than so many percent of the plan.

    Of a blank nothing can be said. From a plan of zero any financing differs by more than anything.
    """
    if money.planned is None or money.financed is None:
        return False
    with localcontext(_EXACT):
        return 100 * abs(money.financed - money.planned) > percent * money.planned


def printed_percent(stated: Decimal | None, computed: Decimal | None) -> Decimal:
    """The figure the form prints: the stated percent, else the computed one, else 0,0."""
    if stated is not None:
        return rounded(stated)
    if computed is not None:
        return computed
    return Decimal("0.0")


def rounded(value: Decimal, step: Decimal = ONE_DECIMAL) -> Decimal:
    """Round once for display, half up (away from zero at the half)."""
    return value.quantize(step, rounding=ROUND_HALF_UP, context=_EXACT)


@overload
def hryvnias(thousands: Decimal) -> Decimal: ...
@overload
def hryvnias(thousands: Decimal | None) -> Decimal | None: ...
def hryvnias(thousands: Decimal | None) -> Decimal | None:
    """тис. грн → грн, exact to the kopeck; a blank stays blank."""
    return None if thousands is None else rounded(thousands * HRYVNIAS_IN_UNIT, Decimal("0.01"))


def from_kopecks(kopecks: int | None) -> Decimal | None:
    """Whole kopecks, as databases add them without loss, → тис. грн."""
    return None if kopecks is None else Decimal(kopecks).scaleb(-5, context=_EXACT)


def thousands(hryvnias: Decimal) -> Decimal:
    """грн → тис. грн, exact to the kopeck."""
    return rounded(hryvnias / HRYVNIAS_IN_UNIT, KOPECK)
