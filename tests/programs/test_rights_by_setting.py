"""DEPARTMENTS_MANAGE_PROGRAMS: what people of the responsible executor keep by themselves, and what not."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from programs.enums import AppointmentRole
from programs.models import AnnualReport, Decision, Measure, PlannedFunding, Program, Task, User
from programs.opening import open_report
from tests import building

from .admin_forms import Page, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def own() -> Program:
    return building.program(measures=2, responsible=building.executor("Управління культури"))


@pytest.fixture
def foreign(own: Program) -> Program:
    """Of another body; ours only takes part in it, so it may be read."""
    made = building.program(measures=1, responsible=building.executor("Управління освіти"), number="16")
    made.tasks.get().measures.get().participations.create(executor=own.responsible)
    return made


@pytest.fixture
def worker(own: Program) -> User:
    return building.appointed(building.user("pratsivnyk"), own.responsible)


@pytest.fixture
def allowed(settings: Settings) -> None:
    settings.DEPARTMENTS_MANAGE_PROGRAMS = True


def status(user: User, name: str, *args: object) -> int:
    client = Client()
    client.force_login(user)
    return client.get(reverse(f"admin:programs_{name}", args=args)).status_code


def may_save(user: User, name: str, pk: int) -> bool:
    return 'name="_save"' in Page(user, f"{name}_change", pk).open().content.decode()


def records(program: Program) -> dict[str, int]:
    task = program.tasks.get()
    return {"program": program.pk, "task": task.pk, "measure": task.measures.first().pk}


ADDED = ["program", "task", "measure", "annualreport", "executor", "fundingsource", "appointment", "user"]


def test_without_the_setting_departments_only_read(worker: User, own: Program) -> None:
    assert [may_save(worker, name, pk) for name, pk in records(own).items()] == [False] * 3
    assert [status(worker, f"{name}_add") for name in ADDED] == [403] * len(ADDED)


def test_by_the_setting_they_keep_what_is_their_own(
    worker: User, own: Program, foreign: Program, allowed: None
) -> None:
    assert [may_save(worker, name, pk) for name, pk in records(own).items()] == [True] * 3
    assert [may_save(worker, name, pk) for name, pk in records(foreign).items()] == [False] * 3


def test_by_the_setting_they_add_programmes_and_what_belongs_to_them_but_no_reference_data(
    worker: User, allowed: None
) -> None:
    assert {name: status(worker, f"{name}_add") for name in ADDED} == {
        "program": 200,
        "task": 200,
        "measure": 200,
        "annualreport": 200,
        "executor": 403,
        "fundingsource": 403,
        "appointment": 403,
        "user": 403,
    }


@pytest.mark.parametrize("name", ["program", "task", "measure"])
def test_what_is_of_others_is_not_saved_even_if_sent(
    name: str, worker: User, foreign: Program, allowed: None
) -> None:
    pk = records(foreign)[name]
    page = opened(worker, f"{name}_change", pk)

    assert page.send(title="x", text="x", number="9").status_code == 403


def test_an_appointment_that_ended_keeps_nothing(own: Program, allowed: None) -> None:
    former = building.appointed(building.user("former"), own.responsible, ends_on=building.LONG_AGO)
    assert status(former, "program_changelist") == 302
    with pytest.raises(PermissionDenied):
        open_report(own, 2024, by=former)


def test_a_body_without_programmes_may_begin_its_first(allowed: None) -> None:
    newcomer = building.appointed(building.user("nova"), building.executor("Управління спорту"))
    assert (status(newcomer, "program_add"), status(newcomer, "task_add")) == (200, 403)


# --- what may be chosen ------------------------------------------------------------------


def choices(user: User, name: str, field: str) -> set[str]:
    client = Client()
    client.force_login(user)
    form = client.get(reverse(f"admin:programs_{name}_add")).context["adminform"].form
    return {str(label) for value, label in form.fields[field].choices if value}


def test_only_own_programmes_can_be_chosen(
    worker: User, own: Program, foreign: Program, allowed: None
) -> None:
    assert choices(worker, "annualreport", "program") == {str(own)}
    assert choices(worker, "task", "program") == {str(own)}
    assert choices(worker, "measure", "task") == {str(own.tasks.get())}
    assert choices(worker, "measure", "introduced_by") == {f"{own.decisions.get()} · {own}"}
    assert choices(worker, "program", "responsible") == {str(own.responsible)}


def test_a_programme_administrator_chooses_among_all(
    program_admin: User, own: Program, foreign: Program, allowed: None
) -> None:
    assert {str(own), str(foreign)} < choices(program_admin, "annualreport", "program")


def new_program(**fields: object) -> dict[str, str]:
    decision = {"kind": "approves", "number": "77", "date": "05.11.2023"}
    return {
        "kind": "міська програма",
        "title": "Нова програма",
        "start_year": "2024",
        "end_year": "2026",
        "percent_base": "planned",
        **{f"decisions-0-{name}": value for name, value in decision.items()},
        **{name: str(value) for name, value in fields.items()},
    }


def test_a_new_programme_is_of_ones_own_body(
    worker: User, own: Program, foreign: Program, allowed: None
) -> None:
    page = opened(worker, "program_add")

    refused = page.type(new_program(responsible=foreign.responsible_id))
    accepted = page.type(new_program(responsible=own.responsible_id))

    assert (refused.status_code, accepted.status_code) == (200, 302)
    made = Program.objects.get(title="Нова програма")
    assert (made.responsible, made.public_id) == (own.responsible, "77-2023-11-05")


def test_a_programme_is_not_given_away(worker: User, own: Program, foreign: Program, allowed: None) -> None:
    page = opened(worker, "program_change", own.pk)

    assert page.send(responsible=str(foreign.responsible_id)).status_code == 200
    own.refresh_from_db()
    assert own.responsible.name == "Управління культури"


@pytest.mark.parametrize(("whose", "status_code"), [("own", 302), ("foreign", 200)])
def test_a_task_is_added_to_own_programmes_only(
    whose: str, status_code: int, worker: User, own: Program, foreign: Program, allowed: None
) -> None:
    program = {"own": own, "foreign": foreign}[whose]
    page = opened(worker, "task_add")

    assert page.send(program=str(program.pk), number="2", text="Нове").status_code == status_code
    assert Task.objects.filter(program=program, number=2).exists() is (status_code == 302)


@pytest.mark.parametrize(("whose", "status_code"), [("own", 302), ("foreign", 200)])
def test_a_measure_is_added_to_own_programmes_only(
    whose: str, status_code: int, worker: User, own: Program, foreign: Program, allowed: None
) -> None:
    task = {"own": own, "foreign": foreign}[whose].tasks.get()
    page = opened(worker, "measure_add")

    sent = page.send(task=str(task.pk), number="9", title="Новий", term="2024")

    assert sent.status_code == status_code
    assert Measure.objects.filter(task=task, number=9).exists() is (status_code == 302)


def test_a_measure_is_not_moved_to_another_body(
    worker: User, own: Program, foreign: Program, allowed: None
) -> None:
    measure = own.tasks.get().measures.first()
    page = opened(worker, "measure_change", measure.pk)

    assert page.send(task=str(foreign.tasks.get().pk), number="8").status_code == 200
    measure.refresh_from_db()
    assert measure.task == own.tasks.get()


def test_decisions_and_plans_are_kept_too(worker: User, own: Program, allowed: None) -> None:
    measure = own.tasks.get().measures.first()
    decision = own.decisions.get()
    source = building.source()

    program_page = opened(worker, "program_change", own.pk)
    program_page.send(
        **{"decisions-TOTAL_FORMS": "2", "decisions-1-kind": "amends"},
        **{"decisions-1-number": "90", "decisions-1-date": "05.11.2023"},
    )
    plan = {"year": "2024", "decision": str(decision.pk), "source": str(source.pk), "amount": "12,5"}
    opened(worker, "measure_change", measure.pk).send(
        **{"planned_funding-TOTAL_FORMS": "1"},
        **{f"planned_funding-0-{name}": value for name, value in plan.items()},
    )

    assert Decision.objects.filter(program=own, number="90").exists()
    assert [str(plan.amount) for plan in PlannedFunding.objects.filter(measure=measure)] == ["12.50000"]


# --- opening a report --------------------------------------------------------------------


@pytest.mark.parametrize(
    "role", [AppointmentRole.RESPONSIBLE_PERSON, AppointmentRole.HEAD, AppointmentRole.ACTING_HEAD]
)
def test_whoever_speaks_for_the_department_opens_its_report(
    role: AppointmentRole, own: Program, allowed: None
) -> None:
    person = building.appointed(building.user("khtos"), own.responsible, role)
    assert open_report(own, 2024, by=person).created_by == person


def test_nobody_opens_a_report_of_another_body(worker: User, foreign: Program, allowed: None) -> None:
    with pytest.raises(PermissionDenied):
        open_report(foreign, 2024, by=worker)


def test_without_the_setting_a_department_opens_none(worker: User, own: Program) -> None:
    with pytest.raises(PermissionDenied):
        open_report(own, 2024, by=worker)


@pytest.mark.parametrize(("whose", "opened_it"), [("own", True), ("foreign", False)])
def test_a_report_is_opened_in_the_admin(
    whose: str, opened_it: bool, worker: User, own: Program, foreign: Program, allowed: None
) -> None:
    program = {"own": own, "foreign": foreign}[whose]
    opened(worker, "annualreport_add").send(program=str(program.pk), year="2024")
    assert AnnualReport.objects.filter(program=program).exists() is opened_it


# --- the pages offer what may be done ----------------------------------------------------


@pytest.mark.parametrize("on", [True, False])
def test_pages_offer_managing_to_those_who_may(
    on: bool, worker: User, own: Program, foreign: Program, settings: Settings
) -> None:
    settings.DEPARTMENTS_MANAGE_PROGRAMS = on
    client = Client()
    client.force_login(worker)

    def offered(path: str, words: str) -> bool:
        return words in client.get(path).content.decode()

    assert offered("/programs/", "Додати програму") is on
    assert offered(f"/programs/{own.public_id}/", "Редагувати програму") is on
    assert offered(f"/programs/{foreign.public_id}/", "Редагувати програму") is False
