"""Every predicate against every kind of person, the forbidden cells included."""

from collections.abc import Callable

import pytest

from programs import permissions
from programs.enums import AppointmentRole, ReportState
from programs.models import AnnualReport, Participation, Program, User
from tests import building

pytestmark = pytest.mark.django_db

PEOPLE = [
    "clerk",
    "head",
    "acting_head",
    "coexecutor",
    "auditor",
    "program_admin",
    "system_admin",
    "stranger",
]


@pytest.fixture
def program() -> Program:
    """With one co-executor, and a second programme in which nobody here takes part."""
    made = building.program(measures=1)
    Participation.objects.create(
        measure=made.tasks.get().measures.get(), executor=building.executor("Управління освіти")
    )
    building.program(measures=1, number="16", responsible=building.executor("Департамент фінансів"))
    return made


@pytest.fixture
def report(program: Program) -> AnnualReport:
    return building.results(program)[0].report


@pytest.fixture
def foreign_report(program: Program) -> AnnualReport:
    return building.results(Program.objects.exclude(pk=program.pk).get())[0].report


@pytest.fixture
def people(program: Program) -> dict[str, User]:
    ours, theirs = program.responsible, building.executor("Управління освіти")
    return {
        "clerk": building.appointed(building.user("clerk"), ours, AppointmentRole.RESPONSIBLE_PERSON),
        "head": building.appointed(building.user("head"), ours, AppointmentRole.HEAD),
        "acting_head": building.appointed(building.user("acting"), ours, AppointmentRole.ACTING_HEAD),
        "coexecutor": building.appointed(building.user("coexecutor"), theirs),
        "auditor": building.user("auditor", is_auditor=True),
        "program_admin": building.user("program_admin", is_program_admin=True),
        "system_admin": building.user("system_admin", is_system_admin=True),
        "stranger": building.user("stranger"),
    }


def allowed(people: dict[str, User], rule: Callable[[User], bool]) -> list[str]:
    return [name for name in PEOPLE if rule(people[name])]


def test_who_may_enter_the_admin(people: dict[str, User]) -> None:
    assert allowed(people, permissions.can_enter_admin) == [
        "clerk", "head", "acting_head", "coexecutor", "auditor", "program_admin", "system_admin",
    ]  # fmt: skip


def test_who_may_read_programmes_at_all(people: dict[str, User]) -> None:
    assert allowed(people, permissions.can_read_programs) == [
        "clerk", "head", "acting_head", "coexecutor", "auditor", "program_admin",
    ]  # fmt: skip


def test_who_may_read_the_programme(people: dict[str, User], program: Program) -> None:
    assert allowed(people, lambda user: permissions.can_read_program(user, program)) == [
        "clerk", "head", "acting_head", "coexecutor", "auditor", "program_admin",
    ]  # fmt: skip


def test_who_may_read_its_report(people: dict[str, User], report: AnnualReport) -> None:
    assert allowed(people, lambda user: permissions.can_read_report(user, report)) == [
        "clerk", "head", "acting_head", "coexecutor", "auditor", "program_admin",
    ]  # fmt: skip


def test_who_may_read_a_programme_they_take_no_part_in(
    people: dict[str, User], foreign_report: AnnualReport
) -> None:
    assert allowed(people, lambda user: permissions.can_read_report(user, foreign_report)) == [
        "auditor",
        "program_admin",
    ]


def test_lists_hold_what_may_be_read_and_nothing_else(
    people: dict[str, User], report: AnnualReport, foreign_report: AnnualReport
) -> None:
    both = {report.pk, foreign_report.pk}
    seen = {
        name: set(AnnualReport.objects.visible_to(user).values_list("pk", flat=True))
        for name, user in people.items()
    }
    assert seen == {
        "clerk": {report.pk},
        "head": {report.pk},
        "acting_head": {report.pk},
        "coexecutor": {report.pk},
        "auditor": both,
        "program_admin": both,
        "system_admin": set(),
        "stranger": set(),
    }


def test_a_programme_is_listed_once_for_a_body_that_takes_part_often(
    people: dict[str, User], program: Program
) -> None:
    extra = building.measure(program.tasks.get(), 2)
    Participation.objects.create(measure=extra, executor=building.executor("Управління освіти"))
    assert Program.objects.visible_to(people["coexecutor"]).count() == 1


def test_who_may_manage_programmes(people: dict[str, User]) -> None:
    assert allowed(people, permissions.can_manage_programs) == ["program_admin"]


def test_who_may_manage_appointments(people: dict[str, User]) -> None:
    assert allowed(people, permissions.can_manage_appointments) == ["program_admin", "system_admin"]


def test_who_may_manage_accounts(people: dict[str, User]) -> None:
    assert allowed(people, permissions.can_manage_accounts) == ["system_admin"]


OPEN = ["clerk", "head", "acting_head"]
FIGURES = {
    ReportState.DRAFT: OPEN,
    ReportState.RETURNED: OPEN,
    ReportState.ON_APPROVAL: [],
    ReportState.AGREED: [],
}


@pytest.mark.parametrize("state", list(ReportState))
def test_who_may_edit_figures(state: ReportState, people: dict[str, User], report: AnnualReport) -> None:
    report.state = state
    assert allowed(people, lambda user: permissions.can_edit_figures(user, report)) == FIGURES[state]


@pytest.mark.parametrize("state", list(ReportState))
def test_who_may_edit_the_heading(state: ReportState, people: dict[str, User], report: AnnualReport) -> None:
    report.state = state
    expected = [*FIGURES[state], "program_admin"] if FIGURES[state] else []
    assert allowed(people, lambda user: permissions.can_edit_report_heading(user, report)) == expected


def test_who_may_edit_figures_of_a_programme_of_others(
    people: dict[str, User], foreign_report: AnnualReport
) -> None:
    assert allowed(people, lambda user: permissions.can_edit_figures(user, foreign_report)) == []


def test_who_is_head_of_the_responsible_body(people: dict[str, User], program: Program) -> None:
    assert allowed(people, lambda user: permissions.is_head_of(user, program.responsible)) == [
        "head",
        "acting_head",
    ]


def test_who_speaks_for_the_responsible_body(people: dict[str, User], program: Program) -> None:
    assert allowed(people, lambda user: permissions.speaks_for(user, program.responsible)) == OPEN


def test_people_who_left_may_nothing(people: dict[str, User], report: AnnualReport) -> None:
    for user in people.values():
        user.is_active = False
    rules: list[Callable[[User], bool]] = [
        permissions.can_enter_admin,
        permissions.can_read_programs,
        permissions.can_manage_programs,
        permissions.can_manage_appointments,
        permissions.can_manage_accounts,
        lambda user: permissions.can_read_report(user, report),
        lambda user: permissions.can_edit_figures(user, report),
        lambda user: permissions.can_edit_report_heading(user, report),
    ]
    assert [allowed(people, rule) for rule in rules] == [[]] * len(rules)


def test_an_appointment_that_ended_grants_nothing(program: Program, report: AnnualReport) -> None:
    former = building.appointed(building.user("former"), program.responsible, ends_on=building.LONG_AGO)
    assert (
        permissions.can_enter_admin(former),
        permissions.can_read_report(former, report),
        permissions.can_edit_figures(former, report),
    ) == (False, False, False)


def test_one_person_may_hold_two_appointments(program: Program, report: AnnualReport) -> None:
    person = building.appointed(building.user("both"), building.executor("Управління освіти"))
    building.appointed(person, program.responsible)
    assert permissions.can_edit_figures(person, report) is True


@pytest.mark.parametrize("name", PEOPLE)
def test_no_permission_row_of_django_grants_anything(name: str, people: dict[str, User]) -> None:
    user = people[name]
    assert (user.has_perm("programs.change_measureresult"), user.has_module_perms("programs")) == (
        False,
        False,
    )
