"""Reminders of deadlines by mail: who is to be reminded of what, and that nobody is twice."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator

from .contributing import Part, parts_of
from .enums import OPEN_STATES, AppointmentRole, DeadlineKind, ReminderMoment
from .models import AnnualReport, Appointment, Executor, Reminder, User

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Call:
    """One letter that may have to be sent to one person."""

    report: AnnualReport
    executor: Executor
    recipient: User
    deadline: DeadlineKind
    moment: ReminderMoment
    due_on: datetime.date | None
    day: datetime.date
    part: Part | None = None
    """What the co-executor has said so far; None for the department's own deadline."""

    @property
    def key(self) -> dict[str, object]:
        """What the same letter is known by."""
        return {
            "report": self.report,
            "executor": self.executor,
            "recipient": self.recipient,
            "deadline": self.deadline,
            "moment": self.moment,
            "day": self.day,
        }

    def __str__(self) -> str:
        return (
            f"{self.recipient} ({self.executor}): {self.report.program.public_id}, {self.report.year} рік, "
            f"{self.moment.label}"
        )


@dataclass
class Outcome:
    """What became of the letters."""

    sent: list[Call] = field(default_factory=list)
    already: list[Call] = field(default_factory=list)
    without_mail: list[Call] = field(default_factory=list)
    failed: list[Call] = field(default_factory=list)


# --- whom to remind ----------------------------------------------------------------------


def due_calls(today: datetime.date, *, days_before: int) -> Iterator[Call]:
    """Every letter that today asks for, whether it was sent already or not, report by report.

    A deadline speaks once before it comes, from `days_before` days ahead; once on its day; once when it is
    over. A deadline that is moved speaks anew. A day on which nobody ran this is made up for.
    """
    latest = today + datetime.timedelta(days=days_before)
    reports = (
        AnnualReport.objects.not_rejected()
        .filter(state__in=OPEN_STATES)
        .select_related("program__responsible")
    )
    for report in reports:
        if report.coexecutors_due is not None and report.coexecutors_due <= latest:
            yield from _coexecutors_calls(report, report.coexecutors_due, today)
        if report.department_due is not None and report.department_due <= latest:
            yield from _department_calls(report, report.department_due, today)


def _coexecutors_calls(report: AnnualReport, due: datetime.date, today: datetime.date) -> Iterator[Call]:
    for part in parts_of(report, on=today):
        if part.is_expected and not part.is_submitted:
            for person in recipients(part.people):
                yield Call(
                    report=report,
                    executor=part.executor,
                    recipient=person,
                    deadline=DeadlineKind.COEXECUTORS,
                    moment=_moment(due, today),
                    due_on=due,
                    day=due,
                    part=part,
                )


def _department_calls(report: AnnualReport, due: datetime.date, today: datetime.date) -> Iterator[Call]:
    responsible = report.program.responsible
    appointments = Appointment.objects.current(today).filter(executor=responsible, user__is_active=True)
    for person in recipients(appointments.select_related("user").order_by("user__sort_key", "pk")):
        yield Call(
            report=report,
            executor=responsible,
            recipient=person,
            deadline=DeadlineKind.DEPARTMENT,
            moment=_moment(due, today),
            due_on=due,
            day=due,
        )


def asked_calls(report: AnnualReport, part: Part, *, today: datetime.date) -> list[Call]:
    """The letters of a person who presses «Нагадати»: one a day to each."""
    return [
        Call(
            report=report,
            executor=part.executor,
            recipient=person,
            deadline=DeadlineKind.COEXECUTORS,
            moment=ReminderMoment.ASKED,
            due_on=report.coexecutors_due,
            day=today,
            part=part,
        )
        for person in recipients(part.people)
    ]


def recipients(appointments: Iterable[Appointment]) -> list[User]:
    """Those who do the work: responsible persons; where nobody is appointed one, the head."""
    appointed = list(appointments)
    working = [one for one in appointed if one.role == AppointmentRole.RESPONSIBLE_PERSON]
    return list(dict.fromkeys(one.user for one in working or appointed))


def _moment(due: datetime.date, today: datetime.date) -> ReminderMoment:
    if today < due:
        return ReminderMoment.BEFORE
    return ReminderMoment.ON_DAY if today == due else ReminderMoment.OVERDUE


# --- sending -----------------------------------------------------------------------------


def send(calls: Iterable[Call], *, asked_by: User | None = None, dry_run: bool = False) -> Outcome:
    """Send each letter that was not sent yet. One that fails leaves no record, and the rest still go.

    With `dry_run` nothing is sent or recorded: `sent` are those that would be.
    """
    outcome = Outcome()
    for call in calls:
        if not call.recipient.email:
            outcome.without_mail.append(call)
        elif Reminder.objects.filter(**call.key).exists():
            outcome.already.append(call)
        elif dry_run:
            outcome.sent.append(call)
        else:
            _send(call, asked_by, outcome)
    return outcome


def _send(call: Call, asked_by: User | None, outcome: Outcome) -> None:
    """The record comes first, in a transaction of its own.

    So of two timers only one sends, and no database lock is held while a mail server thinks.
    """
    try:
        with transaction.atomic():
            record = Reminder.objects.create(**call.key, due_on=call.due_on, asked_by=asked_by)
    except IntegrityError:
        outcome.already.append(call)
        return
    try:
        letter(call, asked_by).send()
    except Exception:
        # Whatever the mail server or an address is up to, it must not cost the others their letters.
        logger.exception("Нагадування не надіслано: %s", call)
        record.delete()
        outcome.failed.append(call)
    else:
        outcome.sent.append(call)


# --- the letter --------------------------------------------------------------------------

TITLE_LENGTH = 100


def letter(call: Call, asked_by: User | None = None) -> EmailMessage:
    """Plain text: what is asked for, till when, which measures are still empty, where to go."""
    subject = f"{_headline(call)}: звіт за {call.report.year} рік"
    return EmailMessage(subject, "\n\n".join(_paragraphs(call, asked_by)), to=[call.recipient.email])


def _headline(call: Call) -> str:
    if call.moment == ReminderMoment.ASKED or call.due_on is None:
        return "Просимо подати інформацію"
    return {
        ReminderMoment.BEFORE: f"Строк {_day(call.due_on)}",
        ReminderMoment.ON_DAY: "Строк сьогодні",
        ReminderMoment.OVERDUE: f"Строк минув {_day(call.due_on)}",
    }[call.moment]


def _paragraphs(call: Call, asked_by: User | None) -> Iterator[str]:
    yield f"Вітаємо, {call.recipient}!"
    till = f" до {_day(call.due_on)}" if call.due_on else ""
    program = f"«{call.report.program.title}»"
    if call.part is None:
        yield f"{call.executor} подає на погодження звіт за {call.report.year} рік: програма {program}{till}."
        yield f"Відкрити звіт: {_link('report_page', call.report)}"
    else:
        yield (
            f"{call.executor}: чекаємо інформацію про виконання ваших заходів за {call.report.year} рік"
            f"{till}. Програма {program}."
        )
        if call.part.empty:
            yield "\n".join(["Ще порожні:", *(_measure(line.result.measure) for line in call.part.empty)])
        else:
            yield "Усі заходи вже заповнено; лишилося натиснути «Інформацію подано»."
        yield f"Внести інформацію: {_link('contributions', call.report)}"
    if call.moment == ReminderMoment.OVERDUE:
        yield "Строк уже минув. Якщо щось заважає, напишіть, будь ласка, відповідальному виконавцеві."
    if asked_by is not None:
        yield f"Нагадати попросили: {asked_by}, {call.report.program.responsible}."
    yield "Цей лист надіслав портал «Звіт»."


def _measure(measure: object) -> str:
    return f"– {Truncator(str(measure)).chars(TITLE_LENGTH)}"


def _link(name: str, report: AnnualReport) -> str:
    return settings.PORTAL_URL.rstrip("/") + reverse(name, args=[report.program.public_id, report.year])


def _day(day: datetime.date) -> str:
    return f"{date_format(day, 'j E Y')} року"


def asked_today(report: AnnualReport) -> set[int]:
    """Ids of the people whom somebody has reminded of this report today."""
    asked = Reminder.objects.filter(report=report, moment=ReminderMoment.ASKED, day=timezone.localdate())
    return set(asked.values_list("recipient_id", flat=True))
