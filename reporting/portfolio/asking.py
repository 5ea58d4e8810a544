"""What is asked of a portfolio, as values: a year with a filter, and an order. Both stand in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from programs import textforms

from ..extracts.selection import STATES, Selection

NO_REPORT = "none"
PORTFOLIO_STATES: Mapping[str, str] = {NO_REPORT: "Звіту немає", **STATES}
"""How far a programme's report of the year has come, and that there is none."""


@dataclass(frozen=True)
class PortfolioFilter:
    """Empty parts ask for nothing; the parts hold together."""

    year: int
    state: str = ""
    """Of `PORTFOLIO_STATES`."""
    responsible: int | None = None
    """The executor in charge, by id."""
    text: str = ""
    """Words of the programme's kind and title, in any order, whatever the case and the apostrophe."""
    only_findings: bool = False
    deviation_over: Decimal | None = None
    """Percent of the report's plan; asked for is financing that differs by more, either way."""

    @property
    def is_narrowed(self) -> bool:
        return self != PortfolioFilter(self.year)

    def to_query(self) -> dict[str, str]:
        """The address's part that `form.PortfolioForm` reads back."""
        asked = {
            "year": str(self.year),
            "text": self.text,
            "state": self.state,
            "responsible": "" if self.responsible is None else str(self.responsible),
            "findings": "on" if self.only_findings else "",
            "deviation": self._deviation(),
        }
        return {name: value for name, value in asked.items() if value}

    def in_words(self, executors: Mapping[int, str]) -> list[str]:
        """One sentence a part, without the year; `executors` are names by id."""
        said = []
        if self.text:
            said.append(f"У назві програми є «{self.text}».")
        if self.state:
            said.append(f"Стан звіту: {PORTFOLIO_STATES[self.state]}.")
        if self.responsible is not None:
            said.append(f"Відповідальний виконавець: {executors.get(self.responsible, '')}.")
        if self.only_findings:
            said.append("Лише звіти з результатами перевірки.")
        if self.deviation_over is not None:
            said.append(
                f"Профінансоване у звіті відхиляється від плану понад{textforms.NO_BREAK_SPACE}"
                f"{self._deviation()}{textforms.NO_BREAK_SPACE}% (порожні суми не порівнюються)."
            )
        return said

    def _deviation(self) -> str:
        if self.deviation_over is None:
            return ""
        return textforms.format_decimal_in_full(self.deviation_over, at_least=0)

    def measures(self) -> Selection:
        """What an extract of measures can be asked of the same."""
        return Selection(
            years=(self.year,),
            states=(self.state,) if self.state in STATES else (),
            responsible=() if self.responsible is None else (self.responsible,),
        )


@dataclass(frozen=True)
class Order:
    column: str = "title"
    """Key of a column of `columns.COLUMNS`."""
    descending: bool = False

    def to_query(self) -> dict[str, str]:
        """Nothing for the usual order."""
        return {} if self == Order() else {"sort": f"-{self.column}" if self.descending else self.column}
