"""What the lines of a portfolio give together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from programs import calculations
from programs.calculations import Money
from programs.enums import PercentBase, ReportState

from .lines import Line


@dataclass(frozen=True)
class PortfolioTotal:
    programs: int
    reports: int
    not_agreed: int
    """Of these reports: whose figures still change."""
    money: Money
    """тис. грн, of those that have a report."""
    bases: frozenset[str]
    """What their percents are taken of."""

    @classmethod
    def of(cls, lines: Iterable[Line]) -> PortfolioTotal:
        lines = list(lines)
        reports = [line.report for line in lines if line.report]
        return cls(
            programs=len(lines),
            reports=len(reports),
            not_agreed=len([one for one in reports if one.report_state is not ReportState.AGREED]),
            money=calculations.total_money(line.figures.money for line in lines if line.figures),
            bases=frozenset(line.program.percent_base for line in lines if line.report),
        )

    @property
    def without_report(self) -> int:
        return self.programs - self.reports

    @property
    def is_mixed(self) -> bool:
        """A percent of plans and of actuals together would be one of nothing."""
        return len(self.bases) > 1

    @property
    def of_actual(self) -> bool:
        return self.bases == {PercentBase.ACTUAL}

    @property
    def percent(self) -> Decimal | None:
        """Of the totals; None where there is nothing to take it of, or where bases are mixed."""
        if self.is_mixed:
            return None
        base = calculations.percent_base(self.money, of_actual=self.of_actual)
        return calculations.computed_percent(self.money.financed, base)
