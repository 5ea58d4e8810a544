"""Everything that is wrong with a proposed programme, at once. Reads only.

The number of queries does not depend on the programme's size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from . import permissions, proposal_rows
from .enums import DecisionKind
from .models import Decision, Executor, ExecutorAlias, FundingSource, Program, User
from .plans import too_late
from .proposal import (
    DecisionRef,
    Fault,
    Path,
    ProposedDecision,
    ProposedMeasure,
    ProposedProgram,
    ProposedTask,
)
from .textforms import Term, counted, public_id, search_key


def decision_words(ref: DecisionRef) -> str:
    """«№1688 від 18.12.2019»."""
    number, date = ref
    return f"№{number} від {date:%d.%m.%Y}"


@dataclass(frozen=True)
class _Known:
    """What the portal has of all that the proposal names."""

    executors: dict[int, Executor]
    spellings: dict[str, Executor]
    """By search key, of the new names only."""
    sources: dict[int, FundingSource]
    decisions: frozenset[DecisionRef]
    new_executors: frozenset[str]
    term: Term


def faults_of(proposed: ProposedProgram, *, by: User, is_new: bool = True) -> list[Fault]:
    """In the order of the proposal. One that `is_new` must be no programme that the portal has."""
    known = _known(proposed, keeps_aliases=permissions.can_manage_programs(by))
    found = [
        *_program_faults(proposed, known, by),
        *_executor_faults(proposed, known),
        *_alias_faults(proposed, known, by),
        *_decision_faults(proposed.decisions),
        *(_known_already(proposed.decisions, by) if is_new else ()),
    ]
    if not any(task.measures for task in proposed.tasks):
        found.append(Fault("У програмі немає жодного заходу.", ("tasks",)))
    found += _repeated(
        [task.number for task in proposed.tasks],
        ("tasks",),
        lambda number: f"Завдання {number} подано двічі.",
    )
    for index, task in enumerate(proposed.tasks):
        found += _task_faults(task, ("tasks", index), known)
    return found


def named_executors(proposed: ProposedProgram) -> set[int | str]:
    """All that the programme and its measures lean on, by id or new name."""
    return {proposed.responsible} | {
        part.executor
        for task in proposed.tasks
        for measure in task.measures
        for part in measure.participations
    }


def _known(proposed: ProposedProgram, *, keeps_aliases: bool) -> _Known:
    ids = {one for one in named_executors(proposed) if isinstance(one, int)}
    names = [executor.name for executor in proposed.executors]
    if keeps_aliases:
        ids |= set(proposed.aliases.values())
        names += proposed.aliases
    taken = ExecutorAlias.objects.filter(search_key__in={search_key(name) for name in names})
    return _Known(
        executors=Executor.objects.in_bulk(list(ids)),
        spellings={alias.search_key: alias.executor for alias in taken.select_related("executor")},
        sources={source.pk: source for source in FundingSource.objects.all()},
        decisions=frozenset(decision.ref for decision in proposed.decisions),
        new_executors=frozenset(executor.name for executor in proposed.executors),
        term=Term.of(range(proposed.start_year, min(proposed.end_year, proposed.start_year + 200) + 1)),
    )


# --- the programme, its executors and decisions ------------------------------------------


def _program_faults(proposed: ProposedProgram, known: _Known, by: User) -> Iterator[Fault]:
    row = proposal_rows.program_row(proposed)
    yield from _cleaning(
        row, (), "Програма", ("kind", "title", "start_year", "end_year", "budget_codes", "percent_base")
    )
    try:
        row.clean()
    except ValidationError as error:
        yield from (Fault(message, ("title",)) for message in error.messages)
    yield from _too_long_key(Program, f"{row.kind} {row.title}", "Програма, вид і назва", ("title",))
    if proposed.end_year < proposed.start_year:
        yield Fault("Рік завершення не може бути раніший за рік початку.", ("end_year",))
    path: Path = ("responsible",)
    yield from _executor_reference(proposed.responsible, known, path)
    responsible = known.executors.get(proposed.responsible) if isinstance(proposed.responsible, int) else None
    if not permissions.can_propose_program(by, responsible):
        yield Fault(
            "Програму вносить адміністратор програм або працівник її відповідального виконавця.", path
        )


def _executor_reference(named: int | str, known: _Known, path: Path) -> Iterator[Fault]:
    if isinstance(named, str):
        if named not in known.new_executors:
            yield Fault(f"Виконавця «{named}» немає ні в порталі, ні серед нових.", path)
    elif (executor := known.executors.get(named)) is None:
        yield Fault("Такого виконавця в порталі немає.", path)
    elif not executor.is_active:
        yield Fault(f"Виконавець «{executor}» не діє.", path)


def _executor_faults(proposed: ProposedProgram, known: _Known) -> Iterator[Fault]:
    used = {search_key(one) for one in named_executors(proposed) if isinstance(one, str)}
    for index, executor in enumerate(proposed.executors):
        path = ("executors", index)
        row = proposal_rows.executor_row(executor)
        yield from _cleaning(row, path, "Новий виконавець", ("name", "official_name", "kind"))
        yield from _too_long_key(Executor, row.name, "Новий виконавець, назва", (*path, "name"))
        if standing := known.spellings.get(row.search_key):
            yield Fault(f"Під назвою «{row.name}» вже записано виконавця «{standing}».", (*path, "name"))
        elif row.search_key not in used:
            yield Fault(f"Новий виконавець «{row.name}» нічого в програмі не виконує.", path)
    keys = [search_key(executor.name) for executor in proposed.executors]
    yield from _repeated(
        keys, ("executors",), lambda key: f"Нового виконавця «{key}» подано двічі.", ("name",)
    )


def _alias_faults(proposed: ProposedProgram, known: _Known, by: User) -> Iterator[Fault]:
    """Others' aliases are not kept, so nothing is wrong with them."""
    if not permissions.can_manage_programs(by):
        return
    new = {search_key(name) for name in known.new_executors}
    longest = ExecutorAlias._meta.get_field("name").max_length or 0
    for spelling, executor_id in proposed.aliases.items():
        path = ("aliases", spelling)
        standing = known.spellings.get(search_key(spelling))
        if executor_id not in known.executors:
            yield Fault("Такого виконавця в порталі немає.", path)
        elif standing is not None and standing.pk != executor_id:
            yield Fault(f"Під назвою «{spelling}» вже записано виконавця «{standing}».", path)
        elif search_key(spelling) in new:
            yield Fault(f"«{spelling}» подано і як нового виконавця, і як написання відомого.", path)
        elif not search_key(spelling) or len(spelling) > longest:
            yield Fault(f"Написання «{spelling[:40]}…» має бути не довше за {longest} знаків.", path)
        else:
            yield from _too_long_key(ExecutorAlias, spelling, f"Написання «{spelling[:40]}…»", path)


def _decision_faults(decisions: Sequence[ProposedDecision]) -> Iterator[Fault]:
    approving = [index for index, one in enumerate(decisions) if one.kind == DecisionKind.APPROVES]
    if not approving:
        yield Fault(
            "Немає рішення, яким програму затверджено: з його номера й дати складається її ідентифікатор.",
            ("decisions",),
        )
    for index in approving[1:]:
        yield Fault("Програму затверджує одне рішення; решта вносять зміни.", ("decisions", index, "kind"))
    for index, decision in enumerate(decisions):
        path = ("decisions", index)
        label = f"Рішення {decision_words(decision.ref)}"
        yield from _cleaning(
            proposal_rows.decision_row(decision), path, label, ("kind", "number", "date", "title", "url")
        )
        if approving and decision.date < decisions[approving[0]].date:
            yield Fault(f"{label}: зміни не вносять раніше, ніж програму затверджено.", (*path, "date"))
    yield from _repeated(
        [one.ref for one in decisions],
        ("decisions",),
        lambda ref: f"Рішення {decision_words(ref)} подано двічі.",
    )


def _known_already(decisions: Sequence[ProposedDecision], by: User) -> Iterator[Fault]:
    """Who may not read the programme is told no more than that it is there."""
    approving = [decision for decision in decisions if decision.kind == DecisionKind.APPROVES]
    standing = Decision.objects.filter(
        kind=DecisionKind.APPROVES,
        date__in={decision.date for decision in approving},
        program__rejected_at=None,
    ).select_related("program")
    wanted = {public_id(one.number, one.date.isoformat()): one for one in approving}
    for decision in standing:
        if same := wanted.get(public_id(decision.number, decision.date.isoformat())):
            reads = permissions.can_read_program(by, decision.program)
            named = f": «{decision.program}»" if reads else ""
            yield Fault(
                f"Програма, затверджена рішенням {decision_words(same.ref)}, у порталі вже є{named}. "
                "Якщо тим самим рішенням затверджено й іншу, її додає адміністратор програм в "
                "адмініструванні.",
                ("decisions", list(decisions).index(same), "number"),
            )


# --- tasks, measures, plans --------------------------------------------------------------


def _task_faults(task: ProposedTask, path: Path, known: _Known) -> Iterator[Fault]:
    yield from _cleaning(proposal_rows.task_row(task), path, f"Завдання {task.number}", ("number", "text"))
    # A number is free again once its measure is withdrawn.
    standing = [one.number if one.withdrawn_by is None else None for one in task.measures]
    yield from _repeated(
        standing, (*path, "measures"), lambda number: f"Захід {task.number}.{number} подано двічі."
    )
    for index, measure in enumerate(task.measures):
        yield from _measure_faults(
            measure, (*path, "measures", index), f"Захід {task.number}.{measure.number}", known
        )


def _measure_faults(measure: ProposedMeasure, path: Path, label: str, known: _Known) -> Iterator[Fault]:
    yield from _cleaning(
        proposal_rows.measure_row(measure),
        path,
        label,
        ("number", "title", "term", "term_text", "executors_text"),
    )
    outside = [year for year in measure.term if year not in known.term]
    if outside and known.term.years:
        yield Fault(
            f"{label}: {Term.of(outside)} поза терміном програми ({known.term.in_words}).", (*path, "term")
        )
    introduced, withdrawn = measure.introduced_by, measure.withdrawn_by
    for name, ref in (("introduced_by", introduced), ("withdrawn_by", withdrawn)):
        if ref is not None:
            yield from _decision_reference(ref, known, (*path, name), label)
    if introduced and withdrawn and withdrawn[1] < introduced[1]:
        yield Fault(f"{label} виключено раніше, ніж введено.", (*path, "withdrawn_by"))
    for index, part in enumerate(measure.participations):
        yield from _executor_reference(part.executor, known, (*path, "participations", index))
    yield from _repeated(
        [part.executor for part in measure.participations],
        (*path, "participations"),
        lambda named: f"{label}: виконавця «{known.executors.get(named, named)}» подано двічі.",
    )
    yield from _plan_faults(measure, path, label, known)


def _plan_faults(measure: ProposedMeasure, path: Path, label: str, known: _Known) -> Iterator[Fault]:
    for index, plan in enumerate(measure.plans):
        here = (*path, "plans", index)
        place = f"{label}, план на {plan.year} рік"
        if plan.amount.is_finite():
            yield from _cleaning(proposal_rows.plan_row(plan), here, place, ("year", "amount"))
        else:
            yield Fault(f"{place}: сума не є числом.", (*here, "amount"))
        if plan.year not in known.term and known.term.years:
            yield Fault(f"{place}: рік поза терміном програми ({known.term.in_words}).", (*here, "year"))
        elif late := too_late(plan.decision[1], plan.year):
            yield Fault(late, (*here, "year"))
        if plan.source_id not in known.sources:
            yield Fault(f"{place}: такого джерела фінансування немає.", (*here, "source_id"))
        elif not known.sources[plan.source_id].is_active:
            yield Fault(f"{place}: джерело «{known.sources[plan.source_id]}» не діє.", (*here, "source_id"))
        yield from _decision_reference(plan.decision, known, (*here, "decision"), place)
    yield from _repeated(
        [(plan.year, plan.source_id, plan.decision) for plan in measure.plans],
        (*path, "plans"),
        lambda same: f"{label}, план на {same[0]} рік: те саме джерело за тим самим рішенням подано двічі.",
    )


def _decision_reference(ref: DecisionRef, known: _Known, path: Path, label: str) -> Iterator[Fault]:
    if ref not in known.decisions:
        yield Fault(f"{label}: рішення {decision_words(ref)} серед рішень програми немає.", path)


# --- what they share ---------------------------------------------------------------------


def _cleaning(row: models.Model, path: Path, label: str, fields: Iterable[str]) -> Iterator[Fault]:
    """What the model itself says against these of its fields."""
    others = {field.name for field in row._meta.fields} - set(fields)
    try:
        row.clean_fields(exclude=others)
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            of_what = getattr(row._meta.get_field(name), "verbose_name", name)
            for message in messages:
                yield Fault(f"{label}, {of_what}: {message}", (*path, name))
    yield from _too_long_texts(row, path, label, fields)


def _too_long_texts(row: models.Model, path: Path, label: str, fields: Iterable[str]) -> Iterator[Fault]:
    """Of a TextField the longest length binds only forms: a text that no page can print comes by a file."""
    for name in fields:
        field = row._meta.get_field(name)
        longest = getattr(field, "max_length", None)
        if not isinstance(field, models.TextField) or longest is None:
            continue
        length = len(getattr(row, name))
        if length > longest:
            told = f"знаків у тексті {length}, а вміщується {longest}. Скоротіть його."
            yield Fault(f"{label}, {field.verbose_name}: {told}", (*path, name))


def _too_long_key(model: type[models.Model], text: str, label: str, path: Path) -> Iterator[Fault]:
    """A search key spells some signs out, «ﷺ» with eighteen, and has a longest length of its own."""
    longest = getattr(model._meta.get_field("search_key"), "max_length", None) or 0
    # A text that is too long by itself is told of by its own field.
    length = len(search_key(text))
    if len(text) <= longest < length:
        yield Fault(
            f"{label}: забагато складних знаків. Записані звичайними літерами, вони займають {length} "
            f"знаків, а вміщується {longest}. Замініть такі знаки літерами.",
            path,
        )


def _repeated(
    keys: Sequence[Any], path: Path, say: Callable[[Any], str], within: Path = ()
) -> Iterator[Fault]:
    """One fault for each that stood before; None is nothing."""
    seen = set()
    for index, key in enumerate(keys):
        if key is not None and key in seen:
            yield Fault(say(key), (*path, index, *within))
        seen.add(key)


def in_words(faults: Sequence[Fault], *, at_most: int = 3) -> str:
    """The first of them, and how many more."""
    said = " ".join(fault.message for fault in faults[:at_most])
    more = len(faults) - at_most
    return f"{said} І ще {counted(more, 'помилка', 'помилки', 'помилок')}." if more > 0 else said
