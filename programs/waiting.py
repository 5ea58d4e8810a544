"""What waits for a person: reports to judge, to mend or to finish in time, information, programmes."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from .awaited import is_past, unsaid
from .enums import AppointmentRole, ReportState
from .models import AnnualReport, Appointment, Executor, Program, User, with_edition_facts
from .models.reports import AnnualReportQuerySet
from .permissions import HEADS, can_manage_programs

# A draft waits for its department from so many days before its deadline.
NEAR = datetime.timedelta(days=14)


@dataclass(frozen=True)
class Task:
    """One thing to do about one report, or about a programme as a whole."""

    subject: AnnualReport | Program
    label: str
    page: str
    """The name of the address where it is done."""
    due: datetime.date | None = None
    executor: Executor | None = None
    """In whose name a co-executor does it."""

    @property
    def report(self) -> AnnualReport | None:
        return self.subject if isinstance(self.subject, AnnualReport) else None

    @property
    def program(self) -> Program:
        return self.subject if isinstance(self.subject, Program) else self.subject.program

    @property
    def url(self) -> str:
        of_report = [self.report.year] if self.report else []
        return reverse(self.page, args=[self.program.public_id, *of_report])

    @property
    def is_overdue(self) -> bool:
        return is_past(self.due)


@dataclass(frozen=True)
class Bodies:
    """What a person is today in which bodies, by their ids."""

    mine: dict[int, Executor]
    headed: frozenset[int]
    entering: frozenset[int]
    """Whose reports wait for this person to be entered: as the responsible person, or as the head where
    nobody is appointed one."""


def bodies_of(user: User) -> Bodies:
    """Of current appointments, none of whoever left; one query."""
    if not user.is_active:
        return Bodies({}, frozenset(), frozenset())
    working = Appointment.objects.current().filter(
        executor=OuterRef("executor"), role=AppointmentRole.RESPONSIBLE_PERSON, user__is_active=True
    )
    mine: list[Any] = list(
        user.appointments.current().select_related("executor").annotate(has_working=Exists(working))
    )
    return Bodies(
        {one.executor_id: one.executor for one in mine},
        frozenset(one.executor_id for one in mine if one.role in HEADS),
        frozenset(
            one.executor_id
            for one in mine
            if one.role == AppointmentRole.RESPONSIBLE_PERSON or not one.has_working
        ),
    )


def waiting_for(user: User) -> list[Task]:
    """The most urgent first; at most five queries, one for somebody appointed nowhere.

    Who confirms programmes needs one more. A draft transcribed from paper waits for nobody, nor does a
    report whose programme has no page yet.
    """
    if not user.is_active:
        return []
    to_confirm = list(_of_administrators()) if can_manage_programs(user) else []
    bodies = bodies_of(user)
    if not bodies.mine:
        return to_confirm
    tasks = [*_of_departments(bodies), *_of_coexecutors(bodies.mine), *to_confirm]
    return sorted(tasks, key=lambda task: (task.due is None, task.due or datetime.date.max))


def _of_departments(bodies: Bodies) -> Iterator[Task]:
    """Reports that these bodies answer for."""
    headed = Q(program__responsible__in=bodies.headed)
    entering = Q(program__responsible__in=bodies.entering)
    near = timezone.localdate() + NEAR
    reports = (
        with_edition_facts(live_reports())
        .filter(program__responsible__in=bodies.mine)
        .filter(
            (headed & (Q(state=ReportState.ON_APPROVAL) | Q(state=ReportState.AGREED, is_published=False)))
            | (
                entering
                & (Q(state=ReportState.RETURNED) | Q(state=ReportState.DRAFT, department_due__lte=near))
            )
        )
    )
    for report in reports:
        if report.report_state is ReportState.ON_APPROVAL:
            yield Task(report, "Розглянути подання", "review_report", report.department_due)
        elif report.report_state is ReportState.AGREED:
            facts: Any = report
            what = "Оприлюднити" if facts.is_signed else "Підписати й оприлюднити"
            yield Task(report, what, "report_page")
        elif report.report_state is ReportState.RETURNED:
            yield Task(
                report, "Виправити за зауваженнями й подати знову", "report_page", report.department_due
            )
        else:
            yield Task(
                report, "Внести показники й подати на погодження", "entry_sheet", report.department_due
            )


def _of_coexecutors(mine: dict[int, Executor]) -> Iterator[Task]:
    """Open reports in whose measures these bodies take part, and they have not said «Інформацію подано»."""
    missing = unsaid(live_reports(), mine)
    if not missing:
        return
    reports = live_reports().in_bulk({report_id for _, report_id in missing})
    for executor_id, report_id in sorted(missing):
        report = reports[report_id]
        yield Task(report, "Подати інформацію", "contributions", report.coexecutors_due, mine[executor_id])


def _of_administrators() -> Iterator[Task]:
    """Programmes that departments brought in."""
    waiting = Program.objects.filter(awaits_confirmation=True, public_id__isnull=False)
    for program in waiting.select_related("responsible"):
        yield Task(program, "Переглянути й підтвердити програму", "confirm_program")


def live_reports() -> AnnualReportQuerySet:
    """On which anybody works: not of rejected programmes, not drafts transcribed from paper."""
    return (
        AnnualReport.objects.not_rejected()
        .filter(program__public_id__isnull=False)
        .exclude(is_transcribed=True, state=ReportState.DRAFT)
        .select_related("program")
    )
