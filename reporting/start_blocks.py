"""What the start page is made of: for each role of a person a block, the most urgent first."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from django.conf import settings
from django.utils import timezone

from programs import permissions
from programs.awaited import AwaitedPart, awaited_parts, executors_of
from programs.desk import OpenReport, handed_in, last_published, open_reports
from programs.deviations import Deviation, greatest_deviations, latest_year
from programs.enums import ReportState
from programs.models import AnnualReport, User
from programs.overseeing import UncreatedReport, late_reports, uncreated_reports
from programs.recent import Recent, events_since
from programs.waiting import Bodies, Task, bodies_of, live_reports, waiting_for

from . import backups, saved_extracts, tasks, upkeep
from .models import Backup, FileJob, JobState

MOST_DEVIATIONS = 5
MOST_EVENTS = 10
MOST_PUBLISHED = 3
MOST_FILES = 5
FIRST_VISIT_SHOWS = datetime.timedelta(days=7)


class Urgency(IntEnum):
    """In what order blocks stand."""

    OVERDUE = 0
    WAITS = 1
    STANDS = 2
    EMPTY = 3


@dataclass(frozen=True)
class Block:
    """One part of the page: its template in templates/start, and what that is given as `it`."""

    name: str
    urgency: Urgency
    it: Any

    @property
    def template(self) -> str:
        return f"start/{self.name}.html"


@dataclass(frozen=True)
class Since:
    """From when on changes are told."""

    moment: datetime.datetime
    days: int | None = None
    """Asked for in the address; None is since the last visit."""
    is_first_visit: bool = False


def since_last_visit(previous: datetime.datetime | None, now: datetime.datetime) -> Since:
    """Whoever comes for the first time is told of the last days."""
    if previous is None:
        return Since(now - FIRST_VISIT_SHOWS, is_first_visit=True)
    return Since(previous)


def blocks_for(user: User, since: Since) -> list[Block]:
    """In a constant number of queries, whatever the number of programmes and reports."""
    waiting = waiting_for(user)
    blocks = [
        *_of_appointments(bodies_of(user), waiting),
        *_of_administrators(user, waiting),
        *_of_auditors(user, since),
        *_of_extracts(user),
        *_of_system(user),
    ]
    # Sorting keeps the order above among blocks that are as urgent as each other.
    return sorted(blocks, key=lambda block: block.urgency)


# --- who works on reports ----------------------------------------------------------------


@dataclass(frozen=True)
class Desk:
    """«Мої завдання» of a responsible person."""

    reports: Sequence[OpenReport]
    handed_in: Sequence[AnnualReport]
    """Submitted and not published yet: others' turn."""


@dataclass(frozen=True)
class HeadsDesk:
    tasks: Sequence[Task]
    """Reports to judge, to sign, to publish."""
    reports: Sequence[OpenReport]
    """Not submitted yet: what blocks them and who is late."""
    published: Sequence[AnnualReport]
    """The last ones that everybody sees."""


@dataclass(frozen=True)
class UnsavedRows:
    """Rows that this person may type in, by which the browser's memory is looked through."""

    report: AnnualReport
    codes: str
    """«r12=1.1 r13=1.2»."""

    @property
    def storage_key(self) -> str:
        """As the entry sheet names the report."""
        return f"{self.report.program.public_id}/{self.report.year}"


def _of_appointments(bodies: Bodies, waiting: Sequence[Task]) -> Iterator[Block]:
    if not bodies.mine:
        return
    reports = open_reports(bodies.mine)
    own = [one for one in reports if one.report.program.responsible_id in bodies.entering]
    # Who is both head and responsible person has them once.
    watched = [one for one in reports if one.report.program.responsible_id not in bodies.entering]
    handed = handed_in(bodies.entering - bodies.headed)
    parts = awaited_parts(live_reports(), bodies.mine)
    if rows := _typed_in(reports, parts):
        # Hidden until the page's script finds something in the browser, and then the first thing to see.
        yield Block("unsaved", Urgency.OVERDUE, rows)
    if bodies.headed:
        yield _of_head(bodies.headed, waiting, watched)
    if own or handed:
        yield Block("work", _of_work(own), Desk(own, handed))
    if parts:
        is_late = any(part.is_overdue for part in parts)
        yield Block("information", Urgency.OVERDUE if is_late else Urgency.WAITS, parts)
    if not (bodies.headed or own or handed or parts):
        yield Block("nothing", Urgency.EMPTY, sorted(bodies.mine.values(), key=lambda body: body.sort_key))


def _is_decision(task: Task) -> bool:
    decided = (ReportState.ON_APPROVAL, ReportState.AGREED)
    return task.report is not None and task.report.report_state in decided


def _of_head(headed: Collection[int], waiting: Sequence[Task], watched: Sequence[OpenReport]) -> Block:
    to_decide = [task for task in waiting if _is_decision(task)]
    published = last_published(headed, most=MOST_PUBLISHED) if settings.PUBLIC_REPORTS else []
    urgency = Urgency.WAITS if to_decide or watched else Urgency.EMPTY
    if any(task.is_overdue for task in to_decide) or any(one.is_overdue for one in watched):
        urgency = Urgency.OVERDUE
    return Block("head", urgency, HeadsDesk(to_decide, watched, published))


def _of_work(own: Sequence[OpenReport]) -> Urgency:
    if not own:
        return Urgency.STANDS
    presses = any(one.is_overdue or one.report.report_state is ReportState.RETURNED for one in own)
    return Urgency.OVERDUE if presses else Urgency.WAITS


def _typed_in(reports: Sequence[OpenReport], parts: Sequence[AwaitedPart]) -> list[UnsavedRows]:
    rows = [UnsavedRows(one.report, one.row_codes) for one in reports]
    known = {one.report.pk for one in rows}
    if settings.ONLY_EXECUTOR_ENTERS_ROW:
        for part in parts:
            own = [line.result for line in part.lines if executors_of(line.result) == {part.executor.pk}]
            if own and part.report.pk not in known:
                codes = " ".join(f"r{row.pk}={row.measure.code}" for row in own)
                rows.append(UnsavedRows(part.report, codes))
    return rows


# --- who looks after programmes ----------------------------------------------------------


@dataclass(frozen=True)
class Overseen:
    to_confirm: Sequence[Task]
    uncreated: Sequence[UncreatedReport]
    late: Sequence[AnnualReport]

    @property
    def is_empty(self) -> bool:
        return not (self.to_confirm or self.uncreated or self.late)


def _of_administrators(user: User, waiting: Sequence[Task]) -> Iterator[Block]:
    if not permissions.can_manage_programs(user):
        return
    today = timezone.localdate()
    overseen = Overseen(
        [task for task in waiting if task.report is None],
        uncreated_reports(user, today),
        late_reports(user, today),
    )
    urgency = Urgency.OVERDUE if overseen.late else Urgency.WAITS
    yield Block("programs", Urgency.EMPTY if overseen.is_empty else urgency, overseen)


@dataclass(frozen=True)
class Audited:
    year: int | None
    deviations: Sequence[Deviation]
    deviating: int
    """How many programmes deviate at all."""
    since: Since
    recent: Recent


def _of_auditors(user: User, since: Since) -> Iterator[Block]:
    if not (user.is_active and user.is_auditor):
        return
    year = latest_year(user)
    found = greatest_deviations(user, year) if year else []
    recent = events_since(user, since.moment, most=MOST_EVENTS)
    audited = Audited(year, found[:MOST_DEVIATIONS], len(found), since, recent)
    yield Block("audit", Urgency.STANDS, audited)


@dataclass(frozen=True)
class Extracts:
    saved: Sequence[tuple[str, str]]
    """Name and the address's part after «?»."""
    files: Sequence[FileJob]
    """Ready and not fetched yet."""


def _of_extracts(user: User) -> Iterator[Block]:
    if not permissions.can_read_programs(user):
        return
    saved = [(one.name, saved_extracts.selection_of(one).to_query()) for one in saved_extracts.of_user(user)]
    now = timezone.now()
    files = [
        job
        for job in tasks.files_of(user, most=MOST_FILES)
        if job.state == JobState.DONE and job.fetched_at is None and job.expires_at and job.expires_at > now
    ]
    if saved or files or user.is_auditor:
        yield Block("extracts", Urgency.STANDS, Extracts(saved, files))


# --- who keeps the portal going ----------------------------------------------------------


@dataclass(frozen=True)
class Upkeep:
    failures: upkeep.Failures
    backup: Backup | None
    """The last good one."""
    failed_backup: Backup | None
    """Tried and failed since."""
    storage: upkeep.Storage
    without_codes: Sequence[User]
    without_work: Sequence[User]


def _of_system(user: User) -> Iterator[Block]:
    if not permissions.can_manage_accounts(user):
        return
    failures, storage = upkeep.failures(timezone.now()), upkeep.storage()
    kept = Upkeep(
        failures,
        backups.last_backup(),
        backups.last_failure(),
        storage,
        list(upkeep.without_second_factor()),
        list(upkeep.without_work()),
    )
    is_wrong = failures.are_there or storage.is_short or kept.backup is None or kept.failed_backup
    yield Block("system", Urgency.WAITS if is_wrong else Urgency.STANDS, kept)
