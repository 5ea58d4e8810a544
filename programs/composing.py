"""The only door for whole programmes: checked in one go, written all or nothing.

What a department brings in waits for a programme administrator; its reports are entered meanwhile, but
not submitted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from . import permissions, proposal_rows
from .enums import DecisionKind, EventKind
from .journal import record
from .models import (
    Appointment,
    Decision,
    Event,
    Executor,
    ExecutorAlias,
    Measure,
    Participation,
    PlannedFunding,
    Program,
    Task,
    User,
)
from .proposal import (
    DecisionRef,
    Fault,
    ProposedDecision,
    ProposedExecutor,
    ProposedMeasure,
    ProposedProgram,
    ProposedTask,
)
from .proposal_faults import faults_of, in_words
from .textforms import clean_text, search_key

LONGEST_REASON = 2000
NOTHING_WRITTEN = "Нічого не записано."


class ComposingRefused(Exception):
    """Nothing was written; the message is a Ukrainian sentence, `faults` say what and where."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        super().__init__(f"{in_words(self.faults)} {NOTHING_WRITTEN}")


def faults(proposed: ProposedProgram, *, by: User) -> list[Fault]:
    """Everything for which `compose` would refuse it, at once; reads only."""
    return faults_of(proposed, by=by)


def compose(proposed: ProposedProgram, *, by: User) -> Program:
    """Write the programme with its decisions, tasks, measures, executors and plans.

    It waits for confirmation unless a programme administrator wrote it. The number of queries does not
    grow with it, but for the databases' own limit of values in one statement. Raises ComposingRefused.
    """
    try:
        with transaction.atomic():
            return _compose(proposed, by)
    except IntegrityError as error:
        raise ComposingRefused(
            [Fault("Хтось щойно записав ту саму програму або виконавця. Перегляньте файл ще раз.")]
        ) from error


def _compose(proposed: ProposedProgram, by: User) -> Program:
    # Who brings the same programme in at the same moment waits, and is then told that it is there.
    if isinstance(proposed.responsible, int):
        Executor.objects.select_for_update().filter(pk=proposed.responsible).first()
    if found := faults(proposed, by=by):
        raise ComposingRefused(found)
    new = write_executors(proposed.executors, by=by)
    aliases = write_aliases(proposed.aliases, by=by)
    program = proposal_rows.program_row(proposed)
    program.responsible_id = _executor_id(proposed.responsible, new)
    program.awaits_confirmation = not permissions.can_manage_programs(by)
    program._history_user = by  # type: ignore[attr-defined]  # how simple-history is told the person
    program.save()
    decisions = write_decisions(program, proposed.decisions, by=by)
    tasks = write_tasks(program, proposed.tasks, by=by)
    measures = [(tasks[task.number], measure) for task in proposed.tasks for measure in task.measures]
    rows = write_measures(measures, decisions, new, by=by)
    plans = [
        plan
        for row, (_, measure) in zip(rows, measures, strict=True)
        for plan in _plans_of(row, measure, decisions)
    ]
    _write(plans, PlannedFunding, by)
    record(
        EventKind.PROGRAM_PROPOSED,
        by=by,
        program_id=program.pk,
        program=program.public_id,
        title=program.title,
        decisions=[str(decision) for decision in decisions.values()],
        tasks=len(tasks),
        measures=len(measures),
        plans=len(plans),
        executors=[{"id": executor.pk, "name": executor.name} for executor in new.values()],
        aliases=aliases,
        awaits_confirmation=program.awaits_confirmation,
    )
    return program


# --- writing parts, for an amendment too; nothing is checked here --------------------------


def write_executors(proposed: Sequence[ProposedExecutor], *, by: User) -> dict[str, Executor]:
    """By the names that the proposal gives them."""
    rows = [proposal_rows.executor_row(executor) for executor in proposed]
    _write(rows, Executor, by)
    own_names = [ExecutorAlias(executor=row, name=row.name, search_key=row.search_key) for row in rows]
    _write(own_names, ExecutorAlias, by)
    return {executor.name: row for executor, row in zip(proposed, rows, strict=True)}


def write_aliases(aliases: Mapping[str, int], *, by: User) -> list[str]:
    """Only for who may keep executors, and only those not known yet; returns these."""
    if not permissions.can_manage_programs(by):
        return []
    known = set(
        ExecutorAlias.objects.filter(search_key__in=[search_key(one) for one in aliases]).values_list(
            "search_key", flat=True
        )
    )
    new = {search_key(spelling): (spelling, executor_id) for spelling, executor_id in aliases.items()}
    rows = [
        ExecutorAlias(executor_id=executor_id, name=spelling, search_key=key)
        for key, (spelling, executor_id) in new.items()
        if key not in known
    ]
    _write(rows, ExecutorAlias, by)
    return [row.name for row in rows]


def write_decisions(
    program: Program, proposed: Sequence[ProposedDecision], *, by: User
) -> dict[DecisionRef, Decision]:
    rows = [proposal_rows.decision_row(decision) for decision in proposed]
    for row in rows:
        row.program = program
    _write(rows, Decision, by)
    for row in rows:
        if row.kind == DecisionKind.APPROVES:
            program.take_public_id(row)
    return {decision.ref: row for decision, row in zip(proposed, rows, strict=True)}


def write_tasks(program: Program, proposed: Sequence[ProposedTask], *, by: User) -> dict[int, Task]:
    """By number."""
    rows = [proposal_rows.task_row(task) for task in proposed]
    for row in rows:
        row.program = program
    _write(rows, Task, by)
    return {row.number: row for row in rows}


def write_measures(
    proposed: Sequence[tuple[Task, ProposedMeasure]],
    decisions: Mapping[DecisionRef, Decision],
    new: Mapping[str, Executor],
    *,
    by: User,
) -> list[Measure]:
    """Each into its task, with participants but without plans; in the order given."""
    rows = []
    for task, measure in proposed:
        row = proposal_rows.measure_row(measure)
        row.task = task
        row.introduced_by = decisions[measure.introduced_by] if measure.introduced_by else None
        row.withdrawn_by = decisions[measure.withdrawn_by] if measure.withdrawn_by else None
        rows.append(row)
    _write(rows, Measure, by)
    parts = [
        Participation(
            measure=row,
            executor_id=_executor_id(part.executor, new),
            position=position,
            by_consent=part.by_consent,
        )
        for row, (_, measure) in zip(rows, proposed, strict=True)
        for position, part in enumerate(measure.participations, start=1)
    ]
    _write(parts, Participation, by)
    return rows


def _plans_of(
    row: Measure, measure: ProposedMeasure, decisions: Mapping[DecisionRef, Decision]
) -> list[PlannedFunding]:
    made = []
    for plan in measure.plans:
        made.append(proposal_rows.plan_row(plan))
        made[-1].measure, made[-1].decision = row, decisions[plan.decision]
    return made


def _executor_id(named: int | str, new: Mapping[str, Executor]) -> int:
    return named if isinstance(named, int) else new[named].pk


def _write(rows: Sequence[models.Model], model: type[models.Model], by: User) -> None:
    if rows:
        bulk_create_with_history(rows, model, default_user=by)


# --- confirmation and rejection ----------------------------------------------------------


@transaction.atomic
def confirm(program: Program, *, by: User, seen: str | None = None) -> Program:
    """«Підтвердити програму»: from now on its reports may be submitted.

    `seen` is `shape` of the programme on the person's page. Raises ComposingRefused.
    """
    locked = _lock(program)
    if not permissions.can_confirm_program(by, locked):
        raise ComposingRefused([Fault("Програму підтверджує адміністратор програм.")])
    _require_waiting(locked, seen)
    locked.awaits_confirmation = False
    locked.version += 1
    locked._history_user = by  # type: ignore[attr-defined]
    locked.save()
    record(
        EventKind.PROGRAM_CONFIRMED,
        by=by,
        program_id=locked.pk,
        program=locked.public_id,
        title=locked.title,
    )
    return locked


@transaction.atomic
def reject(program: Program, *, by: User, reason: str, seen: str | None = None) -> Program:
    """«Відхилити програму», or «Відкликати» of its own department, before it is confirmed.

    Nothing is deleted, since the journal tells of its reports: they take no figures any more, the decision
    is free for another programme, and so are the names of bodies that came with it and serve nobody else.
    `seen` is `shape` of the programme on the person's page. Raises ComposingRefused.
    """
    locked = _lock(program)
    reason = clean_text(reason).strip()
    if not permissions.can_reject_program(by, locked):
        raise ComposingRefused(
            [Fault("Програму відхиляє адміністратор програм, а відкликає підрозділ, який її вніс.")]
        )
    _require_waiting(locked, seen)
    if not reason:
        raise ComposingRefused([Fault("Напишіть причину: її побачить підрозділ і збереже журнал.")])
    if len(reason) > LONGEST_REASON:
        raise ComposingRefused(
            [Fault(f"Причина задовга: {len(reason)} знаків, а вміщується {LONGEST_REASON}.")]
        )
    was_named = locked.public_id
    locked.rejected_at = timezone.now()
    locked.awaits_confirmation = False
    locked.give_up_public_id()
    locked.version += 1
    locked._history_user = by  # type: ignore[attr-defined]
    locked.save()
    retired = [_retire(executor, by) for executor in _serving_nobody_else(locked)]
    record(
        EventKind.PROGRAM_REJECTED,
        by=by,
        program_id=locked.pk,
        program=was_named,
        title=locked.title,
        reason=reason,
        taken_back=not permissions.can_manage_programs(by),
        executors=retired,
    )
    return locked


def _lock(program: Program) -> Program:
    return Program.objects.select_for_update(of=("self",)).select_related("responsible").get(pk=program.pk)


def _require_waiting(locked: Program, seen: str | None) -> None:
    if locked.is_rejected:
        raise ComposingRefused([Fault("Цю програму вже відхилено.")])
    if not locked.awaits_confirmation:
        raise ComposingRefused([Fault("Цю програму вже підтверджено.")])
    if seen is not None and seen != shape(locked):
        raise ComposingRefused([Fault("Поки ви переглядали програму, її змінили. Перегляньте її ще раз.")])


def _serving_nobody_else(rejected: Program) -> Iterable[Executor]:
    """Of bodies that came with the programme those that do nothing in any other."""
    standing = Program.objects.not_rejected()
    parts = Participation.objects.filter(measure__task__program__in=standing)
    return (
        Executor.objects.select_for_update()
        .filter(pk__in=brought_executors(rejected))
        .exclude(pk__in=parts.values("executor_id"))
        .exclude(pk__in=standing.values("responsible_id"))
        .exclude(pk__in=Appointment.objects.values("executor_id"))
        .order_by("pk")
    )


def _retire(executor: Executor, by: User) -> dict[str, Any]:
    """Out of use, and its spellings free: the same body comes anew with the mended file."""
    known_as = {"id": executor.pk, "name": executor.name}
    for alias in executor.aliases.all():
        alias._history_user = by  # type: ignore[attr-defined]
        alias.delete()
    ending = f" (відхилено, {executor.pk})"
    longest = Executor._meta.get_field("name").max_length or 0
    executor.name = executor.name[: longest - len(ending)] + ending
    executor.is_active = False
    executor.version += 1
    executor._history_user = by  # type: ignore[attr-defined]
    executor.save()
    return known_as


def shape(program: Program) -> str:
    """A digest of everything that stands in the programme; hexadecimal."""
    standing = [
        _rows_of(program, Program, "pk"),
        _rows_of(program, Decision, "program"),
        _rows_of(program, Task, "program"),
        _rows_of(program, Measure, "task__program"),
        _rows_of(program, Participation, "measure__task__program"),
        _rows_of(program, PlannedFunding, "measure__task__program"),
    ]
    text = json.dumps(standing, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _rows_of(program: Program, model: type[models.Model], way: str) -> list[tuple[Any, ...]]:
    return list(model._default_manager.filter(**{way: program.pk}).order_by("pk").values_list())


def brought_executors(program: Program) -> set[int]:
    """Ids of bodies that became known with the programme or with its amendments."""
    events = Event.objects.filter(
        kind__in=[EventKind.PROGRAM_PROPOSED, EventKind.PLAN_AMENDED], details__program_id=program.pk
    )
    return {one["id"] for event in events for one in event.details.get("executors", ())}


def proposal_event(program: Program) -> Event | None:
    """The journal's line about how it came in, with who; None for one typed in the admin."""
    return _last_event(EventKind.PROGRAM_PROPOSED, program)


def rejection_event(program: Program) -> Event | None:
    """The journal's line about who rejected it and why; `taken_back` if its own department did."""
    return _last_event(EventKind.PROGRAM_REJECTED, program) if program.is_rejected else None


def _last_event(kind: EventKind, program: Program) -> Event | None:
    events = Event.objects.filter(kind=kind, details__program_id=program.pk)
    return events.select_related("by").order_by("-number").first()
