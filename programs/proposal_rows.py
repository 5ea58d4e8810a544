"""Parts of a proposed programme as rows not saved yet: judged by the models' own rules, then written."""

from __future__ import annotations

from .models import Decision, Executor, Measure, PlannedFunding, Program, Task
from .proposal import (
    ProposedDecision,
    ProposedExecutor,
    ProposedMeasure,
    ProposedPlan,
    ProposedProgram,
    ProposedTask,
)
from .textforms import clean_text, search_key, sort_key

# Bulk writes pass by save(), which gives these rows their keys.


def executor_row(proposed: ProposedExecutor) -> Executor:
    name = _text(proposed.name)
    return Executor(
        name=name,
        official_name=_text(proposed.official_name),
        kind=proposed.kind,
        search_key=search_key(name),
        sort_key=sort_key(name),
    )


def program_row(proposed: ProposedProgram) -> Program:
    """Without its responsible executor."""
    return Program(
        kind=_text(proposed.kind),
        title=_text(proposed.title),
        start_year=proposed.start_year,
        end_year=proposed.end_year,
        budget_codes=_text(proposed.budget_codes),
        percent_base=proposed.percent_base,
    )


def decision_row(proposed: ProposedDecision) -> Decision:
    return Decision(
        kind=proposed.kind,
        number=_text(proposed.number),
        date=proposed.date,
        title=_text(proposed.title),
        url=_text(proposed.url),
    )


def task_row(proposed: ProposedTask) -> Task:
    return Task(number=proposed.number, text=_text(proposed.text))


def measure_row(proposed: ProposedMeasure) -> Measure:
    return Measure(
        number=proposed.number,
        title=_text(proposed.title),
        term=proposed.term,
        term_text=_text(proposed.term_text),
        executors_text=_text(proposed.executors_text),
    )


def plan_row(proposed: ProposedPlan) -> PlannedFunding:
    return PlannedFunding(year=proposed.year, source_id=proposed.source_id, amount=proposed.amount)


def _text(typed: str) -> str:
    return clean_text(typed).strip()
