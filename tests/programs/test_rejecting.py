"""A programme that a department brought in and nobody wants: out of the way, and all of it kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from programs import permissions
from programs.composing import ComposingRefused, compose, confirm, reject, shape
from programs.enums import AppointmentRole, EventKind, ExecutorKind
from programs.importing.own.extract_rows import standing_rows
from programs.journal import verify
from programs.keys import result_keys
from programs.models import AnnualReport, Decision, Event, Executor, MeasureResult, Program, User
from programs.opening import open_report
from programs.proposal import ProposedExecutor, ProposedParticipation
from programs.reminding import due_calls
from programs.waiting import waiting_for
from reporting.extracts.choosing import candidates
from reporting.extracts.selection import Selection
from tests import building

from .test_composing import APPROVED, NEW_BODY, a_measure, proposal

pytestmark = pytest.mark.django_db

NAME = "77-2020-12-20"
REASON = "Не та програма: у рішенні інша назва."


def brought_in(by: User, **fields: Any) -> Program:
    """Of one measure, which a body new to the portal executes, and another that was known."""
    known = building.executor("Управління освіти").pk
    parts = [ProposedParticipation(known), ProposedParticipation(NEW_BODY)]
    new = ProposedExecutor(NEW_BODY, ExecutorKind.COMMUNAL_INSTITUTION)
    return compose(proposal(a_measure(participations=parts), executors=[new], **fields), by=by)


@pytest.fixture
def worker(db: None) -> User:
    """Of the department of culture."""
    return building.appointed(building.user("worker"), building.executor())


@pytest.fixture
def admin(db: None) -> User:
    return building.user("admin", is_program_admin=True)


@pytest.fixture
def waiting(worker: User) -> Program:
    return brought_in(worker)


@pytest.fixture
def report(waiting: Program, worker: User) -> AnnualReport:
    """A draft that asks a co-executor for its part, long overdue."""
    return open_report(waiting, 2022, by=worker, coexecutors_due="2023-01-10", department_due="2023-01-20")


@pytest.fixture
def coexecutor(waiting: Program) -> User:
    return building.appointed(building.user("co"), building.executor("Управління освіти"))


def client(user: User) -> Client:
    made = Client()
    made.force_login(user)
    return made


def page(name: str, program: Program) -> str:
    return reverse(name, args=[program.public_id])


# --- the step ----------------------------------------------------------------------------


def test_it_is_on_record_and_nothing_is_lost(
    waiting: Program, report: AnnualReport, worker: User, admin: User
) -> None:
    executor = Executor.objects.get(name=NEW_BODY)
    reject(waiting, by=admin, reason=f" {REASON}\x00 ")
    program, event = Program.objects.get(), Event.objects.order_by("number").last()
    assert (program.public_id, program.version) == (f"{NAME}-vidkhyleno-{program.pk}", waiting.version + 1)
    assert (program.is_rejected, program.awaits_confirmation) == (True, False)
    assert program.history.first().history_user == admin
    assert (event.kind, event.by, event.details) == (
        EventKind.PROGRAM_REJECTED,
        admin,
        {
            "program_id": program.pk,
            "program": NAME,
            "title": program.title,
            "reason": REASON,
            "taken_back": False,
            "executors": [{"id": executor.pk, "name": NEW_BODY}],
        },
    )
    assert (MeasureResult.objects.count(), verify().fault) == (1, None)


def test_a_long_name_stays_within_its_column(waiting: Program, admin: User) -> None:
    Program.objects.update(public_id="x" * 260)
    named = reject(waiting, by=admin, reason=REASON).public_id or ""
    assert (len(named), named.endswith(f"xx-vidkhyleno-{waiting.pk}")) == (260, True)


def test_its_department_takes_back_its_own(waiting: Program, worker: User) -> None:
    reject(waiting, by=worker, reason=REASON)
    assert Event.objects.get(kind=EventKind.PROGRAM_REJECTED).details["taken_back"] is True


@pytest.mark.parametrize("who", ["coexecutor", "auditor", "former", "gone"])
def test_nobody_else_may(who: str, waiting: Program, coexecutor: User, worker: User) -> None:
    former = building.user("former")
    building.appointed(former, waiting.responsible, AppointmentRole.HEAD, ends_on=building.LONG_AGO)
    people = {
        "coexecutor": coexecutor,
        "auditor": building.user("auditor", is_auditor=True),
        "former": former,
        "gone": building.user("gone", is_program_admin=True, is_active=False),
    }
    with pytest.raises(ComposingRefused, match="відкликає підрозділ, який її вніс"):
        reject(waiting, by=people[who], reason=REASON)
    assert Program.objects.get().is_rejected is False


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("", "Напишіть причину"),
        (" \n\x00 ", "Напишіть причину"),
        ("я" * 2001, "Причина задовга: 2001 знаків, а вміщується 2000."),
    ],
)
def test_a_reason_is_given(reason: str, sentence: str, waiting: Program, admin: User) -> None:
    with pytest.raises(ComposingRefused, match=sentence):
        reject(waiting, by=admin, reason=reason)
    assert Program.objects.get().is_rejected is False


def test_what_is_confirmed_is_not_rejected_nor_the_other_way_round(
    waiting: Program, admin: User, worker: User
) -> None:
    other = brought_in_again(worker, admin, waiting)
    confirm(other, by=admin)
    for step, program, sentence in (
        (lambda one: reject(one, by=admin, reason=REASON), other, "вже підтверджено"),
        (lambda one: reject(one, by=admin, reason=REASON), waiting, "вже відхилено"),
        (lambda one: confirm(one, by=admin), waiting, "вже відхилено"),
    ):
        with pytest.raises(ComposingRefused, match=sentence):
            step(program)


def brought_in_again(worker: User, admin: User, waiting: Program) -> Program:
    reject(waiting, by=admin, reason=REASON)
    return brought_in(worker)


def test_what_changed_since_it_was_shown_is_not_rejected(waiting: Program, admin: User) -> None:
    seen = shape(waiting)
    Decision.objects.filter(program=waiting).update(title="Про інше")
    with pytest.raises(ComposingRefused, match="її змінили"):
        reject(waiting, by=admin, reason=REASON, seen=seen)


def test_the_database_lets_none_wait_that_is_rejected(waiting: Program, admin: User) -> None:
    reject(waiting, by=admin, reason=REASON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Program.objects.update(awaits_confirmation=True)


# --- what becomes free -------------------------------------------------------------------


def test_the_decision_and_the_bodies_are_free_for_the_mended_file(
    waiting: Program, admin: User, worker: User
) -> None:
    again = brought_in_again(worker, admin, waiting)
    assert (again.public_id, again.awaits_confirmation) == (NAME, True)
    assert Program.objects.approved_by(*APPROVED) == again
    assert list(Executor.objects.filter(is_active=False).values_list("name", flat=True)) == [
        f"{NEW_BODY} (відхилено, {Executor.objects.get(is_active=False).pk})"
    ]
    assert Executor.objects.get(name=NEW_BODY).is_active is True


def test_a_decision_of_a_rejected_one_that_is_saved_again_takes_the_name_back_never(
    waiting: Program, admin: User
) -> None:
    named = reject(waiting, by=admin, reason=REASON).public_id
    for decision in Decision.objects.all():
        decision.save()
    assert Program.objects.get().public_id == named


def in_another_programme(body: Executor) -> None:
    building.program(measures=1).tasks.get().measures.get().participations.create(executor=body)


def in_charge(body: Executor) -> None:
    building.program(responsible=body)


def with_people(body: Executor) -> None:
    building.appointed(building.user("director"), body, ends_on=building.LONG_AGO)


@pytest.mark.parametrize("use", [in_another_programme, in_charge, with_people])
def test_a_body_that_serves_others_stays(use: Any, waiting: Program, admin: User) -> None:
    body = Executor.objects.get(name=NEW_BODY)
    use(body)
    reject(waiting, by=admin, reason=REASON)
    assert Executor.objects.get(pk=body.pk).is_active is True


def test_bodies_that_were_known_before_stay(waiting: Program, admin: User) -> None:
    reject(waiting, by=admin, reason=REASON)
    assert building.executor("Управління освіти").is_active is True


# --- what nobody does with it any more ---------------------------------------------------


def test_only_administrators_and_its_department_see_it(
    waiting: Program, admin: User, worker: User, coexecutor: User
) -> None:
    auditor = building.user("auditor", is_auditor=True)
    people = [admin, worker, coexecutor, auditor]

    def seen() -> list[int]:
        return [Program.objects.visible_to(person).count() for person in people]

    before = seen()
    reject(waiting, by=admin, reason=REASON)
    assert (before, seen()) == ([1, 1, 1, 1], [1, 1, 0, 0])


def test_its_reports_take_no_figures_and_nobody_keeps_it(
    waiting: Program, report: AnnualReport, admin: User, worker: User, coexecutor: User
) -> None:
    row = report.results.get()
    theirs = building.executor("Управління освіти")

    def rights() -> list[bool]:
        fresh = MeasureResult.objects.get(pk=row.pk)
        return [
            permissions.can_edit_figures(worker, fresh.report),
            permissions.can_edit_result(worker, fresh),
            permissions.can_open_entry(worker, fresh.report),
            permissions.can_submit_report(worker, fresh.report),
            permissions.can_send_contribution(coexecutor, fresh, theirs),
            permissions.sends_information(coexecutor, fresh.report),
            permissions.can_submit_part(coexecutor, fresh.report, theirs),
            permissions.can_add_evidence(coexecutor, fresh),
            permissions.can_edit_report_heading(admin, fresh.report),
            permissions.can_manage_program(worker, fresh.report.program),
            permissions.can_manage_program(admin, fresh.report.program),
        ]

    before = rights()
    reject(waiting, by=admin, reason=REASON)
    assert (before, rights()) == ([True] * 11, [False] * 11)


def test_no_report_is_opened_for_it(waiting: Program, admin: User, worker: User) -> None:
    reject(waiting, by=admin, reason=REASON)
    for person in (admin, worker):
        with pytest.raises(PermissionDenied):
            open_report(waiting, 2022, by=person)


def test_nobody_is_waited_for_nor_reminded(
    waiting: Program, report: AnnualReport, admin: User, worker: User, coexecutor: User
) -> None:
    people = [admin, worker, coexecutor]

    def asked() -> list[int]:
        calls = due_calls(report.created_at.date(), days_before=3)
        return [*(len(waiting_for(person)) for person in people), len(list(calls))]

    before = asked()
    reject(waiting, by=admin, reason=REASON)
    assert (before, asked()) == ([1, 1, 1, 2], [0, 0, 0, 0])


def test_extracts_leave_it_out(waiting: Program, report: AnnualReport, admin: User) -> None:
    building.results(building.program(measures=1))
    rejected = reject(waiting, by=admin, reason=REASON)
    for reader in (admin, None):
        rows = candidates(Selection(), reader)
        assert list(rows.values_list("report__program__public_id", flat=True)) == ["15-2019-11-05"]
    with pytest.raises(CommandError, match="Програми"):
        call_command("extract", program=[rejected.public_id], format="json", output="-")
    page_of = client(admin).get(reverse("extracts"))
    assert [field[0] for field in page_of.context["form"].fields["programs"].choices] == ["15-2019-11-05"]
    assert page_of.context["form"].fields["years"].choices == [("2024", "2024")]


def test_an_extract_that_comes_back_finds_it_no_more(
    waiting: Program, report: AnnualReport, admin: User, worker: User
) -> None:
    def keys() -> list[str]:
        rows = MeasureResult.objects.select_related("measure__task")
        return list(result_keys(Program.objects.get(), report.year, rows).values())

    before = [len(standing_rows(keys(), worker)), *keys()]
    reject(waiting, by=admin, reason=REASON)
    assert (before[0], standing_rows([*before[1:], *keys()], worker)) == (1, {})


# --- pages -------------------------------------------------------------------------------


def test_the_confirmation_page_rejects_what_it_shows(waiting: Program, admin: User) -> None:
    browser = client(admin)
    response = browser.get(page("confirm_program", waiting))
    assert response.content.decode().count(f'action="{page("reject_program", waiting)}"') == 1
    sent = {"seen": response.context["seen"], "reason": REASON}
    answer = browser.post(page("reject_program", waiting), sent, follow=True)
    program = Program.objects.get()
    assert answer.redirect_chain == [(page("program_page", program), 302)]
    html = answer.content.decode()
    assert (html.count(REASON), html.count("відхилено</span>")) == (1, 1)
    assert "Редагувати програму" not in html


def test_a_missing_reason_or_a_stale_page_comes_back_with_what_was_typed(
    waiting: Program, worker: User
) -> None:
    browser = client(worker)
    link = f'href="{page("reject_program", waiting)}"'
    assert browser.get(page("program_page", waiting)).content.decode().count(link) == 1
    seen = browser.get(page("reject_program", waiting)).context["seen"]
    answers = [
        browser.post(page("reject_program", waiting), sent)
        for sent in ({"seen": seen, "reason": " "}, {"seen": "інше", "reason": REASON}, {})
    ]
    assert [one.status_code for one in answers] == [409, 409, 409]
    assert (answers[1].context["reason"], answers[1].context["seen"]) == (REASON, seen)
    assert Program.objects.get().is_rejected is False


def test_a_double_click_leads_to_the_programme(waiting: Program, worker: User, admin: User) -> None:
    browser = client(worker)
    sent = {"seen": shape(waiting), "reason": REASON}
    browser.post(page("reject_program", waiting), sent)
    program = Program.objects.get()
    # The address of the page is no more; that of the programme tells what became of it.
    assert browser.post(page("reject_program", waiting), sent).status_code == 404
    for name in ("reject_program", "confirm_program"):
        answer = client(admin).post(page(name, program), sent)
        assert (answer.status_code, answer["Location"]) == (302, page("program_page", program))
    assert Event.objects.filter(kind=EventKind.PROGRAM_REJECTED).count() == 1


def test_it_is_marked_in_the_list_and_on_its_reports(
    waiting: Program, report: AnnualReport, admin: User, worker: User
) -> None:
    reject(waiting, by=worker, reason=REASON)
    draft = client(worker).get(reverse("report_page", args=[Program.objects.get().public_id, 2022]))
    assert "Програму відхилено: показників за нею не вносять" in draft.context["state_meaning"]
    entry = reverse("entry_sheet", args=[Program.objects.get().public_id, 2022])
    assert client(worker).get(entry).status_code == 403
    for person in (admin, worker):
        assert client(person).get(reverse("program_list")).content.decode().count("відхилено</span>") == 1
    html = client(admin).get(page("program_page", Program.objects.get())).content.decode()
    assert html.count("Підрозділ відкликав програму") == 1
