"""«Довідка на засідання комісії»: what became of a report's measures, counted and told on one page.

From fetched rows; no query, no clock.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from programs.enums import ExecutionState
from programs.models import AnnualReport, MeasureResult

from .document import ReportDocument

# On a page for the commission a measure has about two lines for what it is and three for why.
TITLE_SHOWN = 120
NARRATIVE_SHOWN = 180


@dataclass(frozen=True)
class Execution:
    """How many measures stand where. What nobody expected this year is in no denominator."""

    done: int
    partial: int
    not_done: int
    unstated: int
    """Expected this year, and nobody said what became of them."""
    outside: int
    """Outside their term, or «не передбачено у звітному році»."""

    @property
    def expected(self) -> int:
        return self.done + self.partial + self.not_done + self.unstated

    @property
    def is_known(self) -> bool:
        """Somebody said it of some measure at least: an old paper form knows no such column."""
        return self.expected > self.unstated


@dataclass(frozen=True)
class Unfinished:
    """A measure that was expected and not done, and why, in its report's own words."""

    number: str
    measure: str
    state: str
    reason: str
    """Of no financing; empty when it was not given."""
    narrative: str
    """The beginning of it."""


@dataclass(frozen=True)
class Brief:
    execution: Execution
    unfinished: tuple[Unfinished, ...]
    """Not done first, then done in part, each in printed order."""


def brief(report: AnnualReport, results: Sequence[MeasureResult], document: ReportDocument) -> Brief:
    """`document` of the same rows; of an agreed report the frozen one, whose words stay those of its day."""
    return Brief(execution_of(report, results), tuple(_unfinished(report, results, document)))


def execution_of(report: AnnualReport, results: Sequence[MeasureResult]) -> Execution:
    states = Counter(result.execution_state for result in results if is_expected(report, result))
    return Execution(
        done=states[ExecutionState.DONE],
        partial=states[ExecutionState.PARTIAL],
        not_done=states[ExecutionState.NOT_DONE],
        unstated=states[""],
        outside=len(results) - states.total(),
    )


def is_expected(report: AnnualReport, result: MeasureResult) -> bool:
    """Belongs to the denominators of this year."""
    return report.year in result.measure.term and result.execution_state != ExecutionState.NOT_PLANNED


def _unfinished(
    report: AnnualReport, results: Sequence[MeasureResult], document: ReportDocument
) -> list[Unfinished]:
    rows = list(zip(results, document.rows, strict=True))
    return [
        Unfinished(
            number=row.number,
            measure=textwrap.shorten(row.measure, TITLE_SHOWN, placeholder="…"),
            state=result.get_execution_state_display(),
            reason=result.get_zero_reason_display(),
            narrative=textwrap.shorten(row.information, NARRATIVE_SHOWN, placeholder="…"),
        )
        for state in (ExecutionState.NOT_DONE, ExecutionState.PARTIAL)
        for result, row in rows
        if result.execution_state == state and is_expected(report, result)
    ]
