"""A programme that a department brought in: kept by it, reported on, and submitted once it is confirmed."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from programs import permissions
from programs.amending import amend
from programs.composing import ComposingRefused, confirm, shape
from programs.consistency import Severity, check_report
from programs.enums import AppointmentRole, EventKind
from programs.models import Decision, Event, Executor, Measure, PlannedFunding, Program, User
from programs.opening import open_report
from programs.proposal import ProposedExecutor, ProposedMeasure, ProposedParticipation, ProposedTask
from programs.proposal_standing import standing_proposal
from programs.textforms import Term
from programs.views.program_drafts import year_plans
from programs.waiting import waiting_for
from programs.workflow import Blocked
from reporting import issuing
from tests import building
from tests.submitting import all_warnings

from .admin_forms import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting() -> Program:
    """Of the department of culture, with one measure."""
    program = building.program(measures=1)
    Program.objects.filter(pk=program.pk).update(awaits_confirmation=True)
    program.refresh_from_db()
    return program


@pytest.fixture
def worker(waiting: Program) -> User:
    return building.appointed(building.user("worker"), waiting.responsible)


@pytest.fixture
def admin() -> User:
    return building.user("admin", is_program_admin=True)


def client(user: User) -> Client:
    made = Client()
    made.force_login(user)
    return made


def page(program: Program) -> str:
    return reverse("confirm_program", args=[program.public_id])


# --- what the department may do meanwhile ------------------------------------------------


def test_its_department_keeps_it_until_it_is_confirmed(waiting: Program, worker: User, admin: User) -> None:
    assert permissions.can_manage_program(worker, waiting) is True
    assert permissions.can_manage_some_program(worker) is True
    confirm(waiting, by=admin)
    assert permissions.can_manage_program(worker, waiting) is False
    assert permissions.can_manage_some_program(worker) is False


def test_a_body_that_takes_part_keeps_nothing(waiting: Program) -> None:
    helper = building.executor("Управління освіти")
    Measure.objects.of_program(waiting).get().participations.create(executor=helper)
    other = building.appointed(building.user("other"), helper)
    assert permissions.can_read_program(other, waiting) is True
    assert permissions.can_manage_program(other, waiting) is False


def test_its_department_mends_it_in_the_admin(waiting: Program, worker: User) -> None:
    form = Page(worker, "program_change", waiting.pk)
    form.open()
    assert form.send(title="Виправлена назва").status_code == 302
    assert Program.objects.get(pk=waiting.pk).title == "Виправлена назва"


def test_it_confirms_nothing_by_saving(waiting: Program, worker: User) -> None:
    form = Page(worker, "program_change", waiting.pk)
    form.open()
    form.send(title="Інша", awaits_confirmation="")
    assert Program.objects.get(pk=waiting.pk).awaits_confirmation is True


def test_its_department_opens_its_reports(waiting: Program, worker: User) -> None:
    assert open_report(waiting, 2024, by=worker).year == 2024


def test_others_open_none(waiting: Program) -> None:
    with pytest.raises(PermissionDenied):
        open_report(waiting, 2024, by=building.appointed(building.user("o"), building.executor("Інші")))


# --- no submission until then ------------------------------------------------------------


def test_a_report_is_not_submitted_until_the_programme_is_confirmed(
    waiting: Program, worker: User, admin: User
) -> None:
    report = building.ready_report(waiting, by=worker)
    warnings = all_warnings(report)
    with pytest.raises(Blocked) as blocked:
        issuing.submit_report(report, by=worker, seen=report.version, acknowledged=warnings)
    assert [finding.code for finding in blocked.value.findings] == ["unconfirmed"]
    confirm(waiting, by=admin)
    assert issuing.submit_report(report, by=worker, seen=report.version, acknowledged=warnings).number == 1


def test_the_finding_says_who_is_waited_for(waiting: Program, worker: User) -> None:
    report = building.ready_report(waiting, by=worker)
    assert [(one.severity, one.message) for one in check_report(report) if one.code == "unconfirmed"] == [
        (
            Severity.ERROR,
            "Програму ще не підтвердив адміністратор програм: перегляньте її з ним, тоді подавайте звіт.",
        )
    ]


# --- confirming --------------------------------------------------------------------------


def test_confirming_is_on_record(waiting: Program, admin: User) -> None:
    confirm(waiting, by=admin)
    program, event = Program.objects.get(pk=waiting.pk), Event.objects.get()
    assert (program.awaits_confirmation, program.version) == (False, waiting.version + 1)
    assert program.history.first().history_user == admin
    assert (event.kind, event.by, event.details) == (
        EventKind.PROGRAM_CONFIRMED,
        admin,
        {"program_id": program.pk, "program": "15-2019-11-05", "title": "Програма 15"},
    )


def test_only_an_administrator_confirms(waiting: Program) -> None:
    head = building.appointed(building.user("head"), waiting.responsible, AppointmentRole.HEAD)
    with pytest.raises(ComposingRefused, match="Програму підтверджує"):
        confirm(waiting, by=head)


def test_it_is_confirmed_once(waiting: Program, admin: User) -> None:
    confirm(waiting, by=admin)
    with pytest.raises(ComposingRefused, match="вже підтверджено"):
        confirm(waiting, by=admin)
    assert Event.objects.count() == 1


def change_title(program: Program) -> None:
    Measure.objects.of_program(program).update(title="Інший")


def add_plan(program: Program) -> None:
    PlannedFunding.objects.create(
        measure=Measure.objects.of_program(program).get(),
        year=2024,
        decision=program.decisions.get(),
        source=building.source(),
        amount=Decimal(5),
    )


def mend_decision(program: Program) -> None:
    Decision.objects.filter(program=program).update(title="Про інше")


def take_part(program: Program) -> None:
    Measure.objects.of_program(program).get().participations.create(executor=program.responsible)


@pytest.mark.parametrize("change", [change_title, add_plan, mend_decision, take_part])
def test_what_changed_since_it_was_shown_is_not_confirmed(change, waiting: Program, admin: User) -> None:
    seen = shape(waiting)
    change(waiting)
    with pytest.raises(ComposingRefused, match="її змінили"):
        confirm(waiting, by=admin, seen=seen)
    assert Program.objects.get(pk=waiting.pk).awaits_confirmation is True


# --- pages -------------------------------------------------------------------------------


def test_the_page_shows_what_is_shown_and_confirms_that(waiting: Program, admin: User) -> None:
    browser = client(admin)
    context = browser.get(page(waiting)).context
    assert [measure.code for measure in context["measures"]] == ["1.1"]
    answer = browser.post(page(waiting), {"seen": context["seen"]})
    assert (answer.status_code, answer["Location"]) == (
        302,
        reverse("program_page", args=[waiting.public_id]),
    )
    assert Program.objects.get(pk=waiting.pk).awaits_confirmation is False


def test_a_stale_page_comes_back_with_a_sentence(waiting: Program, admin: User) -> None:
    browser = client(admin)
    seen = browser.get(page(waiting)).context["seen"]
    change_title(waiting)
    answer = browser.post(page(waiting), {"seen": seen})
    assert (answer.status_code, answer.context["seen"]) == (409, shape(waiting))
    assert answer.context["sentence"] == (
        "Поки ви переглядали програму, її змінили. Перегляньте її ще раз. Нічого не записано."
    )


def test_a_double_click_leads_to_the_programme(waiting: Program, admin: User) -> None:
    browser = client(admin)
    sent = {"seen": browser.get(page(waiting)).context["seen"]}
    assert [browser.post(page(waiting), sent).status_code for _ in range(2)] == [302, 302]
    assert Event.objects.count() == 1


def test_the_plan_of_a_year_is_of_the_decisions_in_force(waiting: Program) -> None:
    measure, [approved] = Measure.objects.of_program(waiting).get(), waiting.decisions.all()
    amended = building.decision(waiting, "20", "2022-05-01")
    late = building.decision(waiting, "30", "2024-01-10")
    general, special = building.source(), building.source("special")
    for year, decision, source, amount in (
        (2022, approved, general, "10"),
        (2022, amended, general, "7.5"),
        (2022, amended, special, "2"),
        (2023, approved, general, "3"),
        (2023, late, general, "99"),
    ):
        PlannedFunding.objects.create(
            measure=measure, year=year, decision=decision, source=source, amount=Decimal(amount)
        )
    gone = building.measure(waiting.tasks.get(), 2, withdrawn_by=amended)
    PlannedFunding.objects.create(
        measure=gone, year=2023, decision=approved, source=general, amount=Decimal(50)
    )
    told = {line.year: (line.amount, [one.number for one in line.decisions]) for line in year_plans(waiting)}
    assert told == {
        2020: (None, []),
        2021: (None, []),
        2022: (Decimal("9.5"), ["20"]),
        2023: (Decimal(3), ["15"]),
        2024: (None, []),
        2025: (None, []),
    }


def test_bodies_that_came_with_an_amendment_are_listed_too(
    waiting: Program, admin: User, worker: User
) -> None:
    measure = ProposedMeasure(
        7, "Новий захід", Term.parse("2024"), participations=[ProposedParticipation("Нова установа")]
    )
    wanted = replace(
        standing_proposal(waiting),
        tasks=[ProposedTask(1, "Завдання", [measure])],
        executors=[ProposedExecutor("Нова установа")],
    )
    amend(waiting, wanted, by=worker)
    listed = client(admin).get(page(waiting)).context["new_executors"]
    assert [executor.name for executor in listed] == ["Нова установа"]


def test_an_administrator_finds_it_among_what_waits(waiting: Program, admin: User, worker: User) -> None:
    assert [(task.page, task.url, task.program) for task in waiting_for(admin)] == [
        ("confirm_program", page(waiting), waiting)
    ]
    assert waiting_for(worker) == []
    assert client(admin).get(reverse("waiting")).status_code == 200


def test_the_badge_stands_until_it_is_confirmed(waiting: Program, admin: User) -> None:
    browser = client(admin)
    addresses = [reverse("program_list"), reverse("program_page", args=[waiting.public_id])]

    def badges() -> list[int]:
        return [browser.get(url).content.decode().count("чекає на підтвердження") for url in addresses]

    assert badges() == [1, 1]
    confirm(waiting, by=admin)
    assert badges() == [0, 0]


@pytest.mark.parametrize("measures", [1, 4])
def test_the_page_asks_a_constant_number_of_queries(
    measures: int, admin: User, django_assert_num_queries
) -> None:
    program = building.program(measures=measures, number="77")
    Program.objects.filter(pk=program.pk).update(awaits_confirmation=True)
    for measure in Measure.objects.of_program(program):
        measure.participations.create(executor=Executor.objects.get(pk=program.responsible_id))
    browser = client(admin)
    with django_assert_num_queries(21):
        browser.get(page(program))
