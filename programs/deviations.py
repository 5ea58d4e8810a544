"""Which programmes are financed least as they were planned."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef

from . import calculations
from .calculations import Money
from .figures import total_figures
from .models import Amount, AnnualReport, User, with_edition_facts

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Deviation:
    """One programme's year, тис. грн."""

    report: AnnualReport
    money: Money
    amount: Decimal
    """Financed less planned."""
    percent: Decimal | None
    """Financed of the plan; of a plan of zero there is none."""

    @property
    def size(self) -> Decimal:
        return abs(self.amount)

    @property
    def distance(self) -> tuple[bool, Decimal, Decimal]:
        """From a plan of zero any financing is farther than anything."""
        off = calculations.difference(HUNDRED, self.percent)
        return off is None, HUNDRED if off is None else abs(off), self.size


def latest_year(user: User) -> int | None:
    """The last year for which a report that the person sees tells of any financing."""
    told = Amount.objects.filter(result__report=OuterRef("pk"), financed__isnull=False)
    seen = AnnualReport.objects.visible_to(user).not_rejected().filter(Exists(told))
    return seen.order_by("-year").values_list("year", flat=True).first()


def greatest_deviations(user: User, year: int) -> list[Deviation]:
    """Every report of the year with a plan and financing that differ, the farthest first: two queries.

    Of a blank nothing can be said.
    """
    seen = (
        AnnualReport.objects.visible_to(user)
        .not_rejected()
        .filter(year=year, program__public_id__isnull=False)
    )
    reports = list(with_edition_facts(seen).select_related("program__responsible"))
    totals = total_figures(reports)
    found = [_deviation(report, totals[report.pk].money) for report in reports]
    return sorted((one for one in found if one is not None), key=lambda one: one.distance, reverse=True)


def _deviation(report: AnnualReport, money: Money) -> Deviation | None:
    amount = calculations.difference(money.planned, money.financed)
    if not amount:
        return None
    return Deviation(report, money, amount, calculations.computed_percent(money.financed, money.planned))
