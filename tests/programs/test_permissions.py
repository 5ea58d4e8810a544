"""Every predicate against every kind of person, the forbidden cells included."""

from collections.abc import Callable

import pytest
from pytest_django import Settings

from programs import permissions
from programs.enums import AppointmentRole, ReportState
from programs.models import AnnualReport, MeasureResult, Participation, Program, User
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
def result(report: AnnualReport) -> MeasureResult:
    """The row whose measure the co-executor takes part in, alone."""
    result = report.results.select_related("measure").get()
    result.report = report
    return result


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


@pytest.mark.parametrize("state", list(ReportState))
def test_who_may_edit_one_row(state: ReportState, people: dict[str, User], result: MeasureResult) -> None:
    result.report.state = state
    assert allowed(people, lambda user: permissions.can_edit_result(user, result)) == FIGURES[state]


@pytest.mark.parametrize("state", list(ReportState))
def test_the_only_executor_may_edit_its_row_by_a_setting(
    state: ReportState, people: dict[str, User], result: MeasureResult, settings: Settings
) -> None:
    settings.ONLY_EXECUTOR_ENTERS_ROW = True
    result.report.state = state
    expected = [*FIGURES[state], "coexecutor"] if FIGURES[state] else []
    assert allowed(people, lambda user: permissions.can_edit_result(user, result)) == expected


def test_one_of_two_executors_may_not_edit_the_row_whatever_the_setting(
    people: dict[str, User], result: MeasureResult, settings: Settings
) -> None:
    settings.ONLY_EXECUTOR_ENTERS_ROW = True
    Participation.objects.create(measure=result.measure, executor=building.executor("Управління спорту"))
    assert allowed(people, lambda user: permissions.can_edit_result(user, result)) == OPEN


@pytest.mark.parametrize("state", list(ReportState))
def test_who_may_open_the_entry_sheet(
    state: ReportState, people: dict[str, User], report: AnnualReport
) -> None:
    report.state = state
    assert allowed(people, lambda user: permissions.can_open_entry(user, report)) == OPEN


def test_the_only_executor_opens_the_entry_sheet_by_a_setting(
    people: dict[str, User], report: AnnualReport, settings: Settings
) -> None:
    settings.ONLY_EXECUTOR_ENTERS_ROW = True
    assert allowed(people, lambda user: permissions.can_open_entry(user, report)) == [*OPEN, "coexecutor"]


@pytest.mark.parametrize("state", list(ReportState))
def test_who_may_send_the_co_executors_information(
    state: ReportState, people: dict[str, User], result: MeasureResult
) -> None:
    result.report.state = state
    theirs = building.executor("Управління освіти")
    expected = [*FIGURES[state], "coexecutor"] if FIGURES[state] else []
    assert allowed(people, lambda user: permissions.can_send_contribution(user, result, theirs)) == expected


def test_nobody_sends_information_for_a_body_that_has_no_part_in_the_measure(
    people: dict[str, User], result: MeasureResult
) -> None:
    nobody = building.executor("Управління спорту")
    assert allowed(people, lambda user: permissions.can_send_contribution(user, result, nobody)) == []


def test_a_co_executor_sends_nothing_in_anothers_name(people: dict[str, User], result: MeasureResult) -> None:
    other = building.executor("Управління спорту")
    Participation.objects.create(measure=result.measure, executor=other)
    assert allowed(people, lambda user: permissions.can_send_contribution(user, result, other)) == OPEN


@pytest.mark.parametrize("state", list(ReportState))
def test_who_may_say_that_a_part_is_submitted(
    state: ReportState, people: dict[str, User], report: AnnualReport
) -> None:
    report.state = state
    theirs = building.executor("Управління освіти")
    expected = [*FIGURES[state], "coexecutor"] if FIGURES[state] else []
    assert allowed(people, lambda user: permissions.can_submit_part(user, report, theirs)) == expected


@pytest.mark.parametrize("state", list(ReportState))
def test_who_sends_information(state: ReportState, people: dict[str, User], report: AnnualReport) -> None:
    report.state = state
    expected = ["coexecutor"] if FIGURES[state] else []
    assert allowed(people, lambda user: permissions.sends_information(user, report)) == expected


@pytest.mark.parametrize("state", list(ReportState))
def test_who_may_add_evidence(state: ReportState, people: dict[str, User], result: MeasureResult) -> None:
    result.report.state = state
    expected = [*FIGURES[state], "coexecutor"] if FIGURES[state] else []
    assert allowed(people, lambda user: permissions.can_add_evidence(user, result)) == expected


def test_who_may_add_evidence_to_a_measure_of_others(people: dict[str, User], result: MeasureResult) -> None:
    Participation.objects.filter(measure=result.measure).delete()
    assert allowed(people, lambda user: permissions.can_add_evidence(user, result)) == OPEN


STEPS: list[tuple[Callable[[User, AnnualReport], bool], list[str]]] = [
    (permissions.can_remind, OPEN),
    (permissions.can_submit_report, OPEN),
    (permissions.can_decide_on_report, ["head", "acting_head"]),
    (permissions.can_record_council_decision, [*OPEN, "program_admin"]),
]


@pytest.mark.parametrize(("rule", "expected"), STEPS, ids=lambda value: getattr(value, "__name__", ""))
def test_whose_a_step_is(
    rule: Callable[[User, AnnualReport], bool],
    expected: list[str],
    people: dict[str, User],
    report: AnnualReport,
) -> None:
    assert allowed(people, lambda user: rule(user, report)) == expected


def test_who_may_manage_one_programme(people: dict[str, User], program: Program) -> None:
    assert allowed(people, lambda user: permissions.can_manage_program(user, program)) == ["program_admin"]


def test_departments_manage_their_programmes_by_a_setting(
    people: dict[str, User], program: Program, settings: Settings
) -> None:
    settings.DEPARTMENTS_MANAGE_PROGRAMS = True
    assert allowed(people, lambda user: permissions.can_manage_program(user, program)) == [
        *OPEN,
        "program_admin",
    ]


def test_who_needs_a_second_factor(people: dict[str, User], settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    assert allowed(people, permissions.needs_second_factor) == [
        "head", "acting_head", "program_admin", "system_admin",
    ]  # fmt: skip


def test_nobody_needs_a_second_factor_without_the_setting(
    people: dict[str, User], settings: Settings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    assert allowed(people, permissions.needs_second_factor) == []


@pytest.mark.parametrize(("demo_mode", "needed"), [(True, False), (False, True)])
def test_demonstration_accounts_need_none_while_the_mode_lasts(
    demo_mode: bool, needed: bool, people: dict[str, User], settings: Settings
) -> None:
    settings.SECOND_FACTOR_REQUIRED, settings.DEMO = True, demo_mode
    people["head"].is_demo = True
    assert permissions.needs_second_factor(people["head"]) is needed


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
        lambda user: permissions.can_remind(user, report),
        lambda user: permissions.can_submit_report(user, report),
        lambda user: permissions.can_decide_on_report(user, report),
        lambda user: permissions.can_record_council_decision(user, report),
        lambda user: permissions.can_manage_program(user, report.program),
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
