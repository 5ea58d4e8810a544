"""Reminders: who gets which letter when, and that nobody gets one twice."""

import datetime
import re
from collections.abc import Callable
from io import StringIO
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connections
from pytest_django import Settings

from programs import reminding
from programs.contributing import save_contribution, submit_part
from programs.enums import AppointmentRole, DeadlineKind, ReminderMoment, ReportState
from programs.models import AnnualReport, MeasureResult, Participation, Reminder, User
from tests import building

pytestmark = pytest.mark.django_db

COEXECUTORS_DUE = datetime.date(2025, 1, 5)
DEPARTMENT_DUE = datetime.date(2025, 1, 15)


@pytest.fixture
def rows() -> list[MeasureResult]:
    """A draft with both deadlines; people of its co-executor and of its department have mail."""
    program = building.program(measures=2)
    body = building.executor("Управління освіти")
    for measure in program.tasks.get().measures.all():
        Participation.objects.create(measure=measure, executor=body)
    rows = building.results(program)
    AnnualReport.objects.update(coexecutors_due=COEXECUTORS_DUE, department_due=DEPARTMENT_DUE)
    building.appointed(building.user("sender", email="sender@example.com"), body)
    building.appointed(building.user("clerk", email="clerk@example.com"), program.responsible)
    return rows


@pytest.fixture
def report(rows: list[MeasureResult]) -> AnnualReport:
    return AnnualReport.objects.select_related("program__responsible").get()


@pytest.fixture
def sender(rows: list[MeasureResult]) -> User:
    return User.objects.get(username="sender")


@pytest.fixture
def clerk(rows: list[MeasureResult]) -> User:
    return User.objects.get(username="clerk")


def remind(day: str, *arguments: str) -> list[str]:
    """What the command said, line by line."""
    out = StringIO()
    call_command("remind", "--date", day, *arguments, stdout=out)
    return out.getvalue().splitlines()


def reached() -> list[str]:
    return [letter.to[0] for letter in mail.outbox]


# --- when and whom -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "moments"),
    [
        ("2025-01-01", []),
        ("2025-01-02", [("sender", "before")]),
        ("2025-01-04", [("sender", "before")]),
        ("2025-01-05", [("sender", "on_day")]),
        ("2025-01-06", [("sender", "overdue")]),
        ("2025-01-12", [("clerk", "before"), ("sender", "overdue")]),
        ("2025-01-15", [("clerk", "on_day"), ("sender", "overdue")]),
        ("2026-11-24", [("clerk", "overdue"), ("sender", "overdue")]),
    ],
)
def test_each_moment_reaches_its_people(
    day: str, moments: list[tuple[str, str]], report: AnnualReport
) -> None:
    remind(day)
    recorded = Reminder.objects.values_list("recipient__username", "moment")
    assert sorted(recorded) == moments
    assert sorted(reached()) == sorted(f"{name}@example.com" for name, _ in moments)


def test_days_before_are_chosen(report: AnnualReport) -> None:
    remind("2024-12-29", "--days-before", "7")
    assert reached() == ["sender@example.com"]


def test_every_moment_speaks_once(report: AnnualReport) -> None:
    for day in ("2025-01-03", "2025-01-04", "2025-01-05", "2025-01-05", "2025-01-06", "2025-01-09"):
        remind(day)
    assert list(Reminder.objects.order_by("pk").values_list("moment", "deadline", "due_on", "day")) == [
        (moment, DeadlineKind.COEXECUTORS, COEXECUTORS_DUE, COEXECUTORS_DUE)
        for moment in (ReminderMoment.BEFORE, ReminderMoment.ON_DAY, ReminderMoment.OVERDUE)
    ]
    assert len(mail.outbox) == 3


def test_a_moved_deadline_reminds_anew(report: AnnualReport) -> None:
    remind("2025-01-04")
    AnnualReport.objects.update(coexecutors_due=datetime.date(2025, 1, 7))
    remind("2025-01-04")
    assert reached() == ["sender@example.com"] * 2


def test_who_has_submitted_is_left_in_peace(report: AnnualReport, sender: User) -> None:
    submit_part(report, building.executor("Управління освіти"), by=sender)
    remind("2025-01-05")
    assert reached() == []


@pytest.mark.parametrize(
    ("state", "letters"), [(state, 2 if state.accepts_figures else 0) for state in ReportState]
)
def test_only_drafts_remind(state: ReportState, letters: int, report: AnnualReport) -> None:
    AnnualReport.objects.update(state=state)
    remind("2025-01-15")
    assert len(mail.outbox) == letters


def test_no_deadline_no_letter(report: AnnualReport) -> None:
    AnnualReport.objects.update(coexecutors_due=None, department_due=None)
    remind("2025-01-15")
    assert mail.outbox == []


def test_a_head_is_asked_only_where_nobody_else_is_appointed(report: AnnualReport) -> None:
    head = building.user("head", email="head@example.com")
    building.appointed(head, building.executor("Управління освіти"), AppointmentRole.HEAD)
    remind("2025-01-05")
    Reminder.objects.all().delete()
    User.objects.filter(username="sender").update(is_active=False)
    remind("2025-01-05")
    assert reached() == ["sender@example.com", "head@example.com"]


# --- the letter --------------------------------------------------------------------------


def test_the_letter_to_a_coexecutor(
    report: AnnualReport, rows: list[MeasureResult], sender: User, settings: Settings
) -> None:
    settings.PORTAL_URL = "https://zvit.example/"
    save_contribution(rows[0], building.executor("Управління освіти"), by=sender, version=0, narrative="Так")
    remind("2025-01-02")
    [letter] = mail.outbox
    assert letter.subject == "Строк 5 січня 2025 року: звіт за 2024 рік"
    assert letter.body.split("\n\n") == [
        "Вітаємо, Олена ПРИКЛАД!",
        "Управління освіти: чекаємо інформацію про виконання ваших заходів за 2024 рік до 5 січня 2025 року. "
        "Програма «Програма 15».",
        "Ще порожні:\n– 1.2 Захід 2",
        "Внести інформацію: https://zvit.example/programs/15-2019-11-05/2024/contributions/",
        "Цей лист надіслав портал «Звіт».",
    ]


def test_the_letter_to_the_department(report: AnnualReport) -> None:
    AnnualReport.objects.update(coexecutors_due=None)
    remind("2025-01-16")
    [letter] = mail.outbox
    assert letter.subject == "Строк минув 15 січня 2025 року: звіт за 2024 рік"
    assert "Відкрити звіт: http://127.0.0.1:8000/programs/15-2019-11-05/2024/" in letter.body


# --- nobody twice, and faults --------------------------------------------------------------


def test_the_base_itself_holds_a_reminder_once(report: AnnualReport, sender: User) -> None:
    remind("2025-01-05")
    record = Reminder.objects.get()
    record.pk = None
    with pytest.raises(IntegrityError):
        record.save(force_insert=True)


def test_a_record_made_a_moment_ago_by_another_timer_stops_the_letter(
    report: AnnualReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    [call] = reminding.due_calls(COEXECUTORS_DUE, days_before=3)
    exists = type(Reminder.objects.all()).exists

    def seen_too_early(queryset: object) -> bool:
        found = exists(queryset)
        Reminder.objects.create(**call.key, due_on=call.due_on)
        return found

    monkeypatch.setattr("django.db.models.query.QuerySet.exists", seen_too_early)
    outcome = reminding.send([call])
    assert (outcome.sent, outcome.already, mail.outbox) == ([], [call], [])


@pytest.fixture
def broken_for(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From now on the mail server refuses letters to this address; "" mends it."""
    send = EmailMessage.send
    refused = [""]

    def refusing(letter: EmailMessage, *args: object, **kwargs: object) -> int:
        if letter.to == [refused[0]]:
            raise ConnectionRefusedError("no such server")
        return send(letter, *args, **kwargs)

    monkeypatch.setattr(EmailMessage, "send", refusing)
    return lambda address: refused.__setitem__(0, address)


def test_one_failed_letter_leaves_no_record_and_the_rest_go(
    report: AnnualReport, broken_for: Callable[[str], None]
) -> None:
    broken_for("sender@example.com")
    with pytest.raises(CommandError, match="наступний запуск спробує ще раз"):
        remind("2025-01-15")
    assert (reached(), list(Reminder.objects.values_list("recipient__username", flat=True))) == (
        ["clerk@example.com"],
        ["clerk"],
    )
    broken_for("")
    remind("2025-01-15")
    assert reached() == ["clerk@example.com", "sender@example.com"]


def test_who_has_no_mail_is_named_and_not_recorded(report: AnnualReport, clerk: User) -> None:
    User.objects.filter(username="sender").update(email="")
    assert remind("2025-01-05") == [
        "Надіслано: 0",
        "Уже нагадували раніше: 0",
        "Без електронної пошти: 1",
        "  Олена ПРИКЛАД (Управління освіти): 15-2019-11-05, 2024 рік, строк сьогодні",
        "Не вдалося надіслати: 0",
    ]
    assert not Reminder.objects.exists()


def test_a_dry_run_sends_and_records_nothing(report: AnnualReport) -> None:
    said = remind("2025-01-05", "--dry-run")
    assert said[:2] == [
        "Було б надіслано: 1",
        "  Олена ПРИКЛАД (Управління освіти): 15-2019-11-05, 2024 рік, строк сьогодні",
    ]
    assert (mail.outbox, Reminder.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--days-before", "-1"], "не є кількістю днів"),
        (["--days-before", "1000"], "не є кількістю днів"),
        (["--date", "05.01.2025"], "не є датою"),
    ],
)
def test_a_mistyped_option_is_told(arguments: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=re.escape(said)):
        call_command("remind", *arguments)


# --- asked by people -----------------------------------------------------------------------


def test_asking_reaches_everybody_once_a_day(report: AnnualReport, clerk: User) -> None:
    [part] = reminding.parts_of(report)
    for day in (5, 5, 6):
        calls = reminding.asked_calls(report, part, today=datetime.date(2025, 1, day))
        reminding.send(calls, asked_by=clerk)
    assert reached() == ["sender@example.com"] * 2
    assert "Нагадати попросили: Олена ПРИКЛАД, Управління культури." in mail.outbox[0].body
    assert list(Reminder.objects.order_by("day").values_list("moment", "day", "asked_by")) == [
        (ReminderMoment.ASKED, datetime.date(2025, 1, day), clerk.pk) for day in (5, 6)
    ]


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_timers_at_the_same_moment_send_one_letter(report: AnnualReport) -> None:
    start, outcomes = Barrier(4), []

    def run() -> None:
        try:
            calls = list(reminding.due_calls(COEXECUTORS_DUE, days_before=3))
            start.wait(timeout=30)
            outcomes.append(reminding.send(calls))
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(len(outcome.sent) for outcome in outcomes) == [0, 0, 0, 1]
    assert (len(mail.outbox), Reminder.objects.count()) == (1, 1)
