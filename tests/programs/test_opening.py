from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from programs.enums import AppointmentRole, ReportState
from programs.models import (
    Amount,
    AnnualReport,
    Measure,
    MeasureResult,
    PlannedFunding,
    Program,
    User,
)
from programs.opening import add_missing_rows, open_report
from tests import building

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return building.program(measures=2)


@pytest.fixture
def admin() -> User:
    return building.user("admin", is_program_admin=True)


def codes(report: AnnualReport) -> list[str]:
    return [result.measure.code for result in MeasureResult.objects.for_report(report)]


def test_a_report_begins_with_a_row_for_every_measure(program: Program, admin: User) -> None:
    assert codes(open_report(program, 2024, by=admin)) == ["1.1", "1.2"]


def test_a_report_begins_as_a_draft_of_its_maker(program: Program, admin: User) -> None:
    report = open_report(program, 2024, by=admin)
    assert (report.state, report.created_by) == (ReportState.DRAFT, admin)


def test_the_plan_in_force_is_copied_in(program: Program, admin: User) -> None:
    PlannedFunding.objects.create(
        measure=Measure.objects.get(number=2),
        year=2024,
        decision=program.decisions.get(),
        source=building.source("special"),
        amount=Decimal("12.34567"),
    )
    open_report(program, 2024, by=admin)
    assert list(
        Amount.objects.values_list("result__measure__number", "source__code", "planned", "actual", "financed")
    ) == [(2, "special", Decimal("12.34567"), None, None)]


def test_a_later_amendment_does_not_rewrite_the_plan(program: Program, admin: User) -> None:
    plan = {"measure": Measure.objects.get(number=1), "year": 2024, "source": building.source()}
    PlannedFunding.objects.create(decision=program.decisions.get(), amount=Decimal(5), **plan)
    report = open_report(program, 2024, by=admin)
    amendment = building.decision(program, "30", "2024-05-01")
    PlannedFunding.objects.create(decision=amendment, amount=Decimal(9), **plan)
    add_missing_rows(report, by=admin)
    assert Amount.objects.get().planned == Decimal(5)


def test_a_measure_outside_its_term_has_a_row_all_the_same(program: Program, admin: User) -> None:
    building.measure(program.tasks.get(), 3, term="2022, 2025")
    assert codes(open_report(program, 2024, by=admin)) == ["1.1", "1.2", "1.3"]


@pytest.mark.parametrize(
    ("withdrawn_on", "rows"),
    [
        pytest.param("2023-12-31", ["1.2"], id="before the year"),
        pytest.param("2024-01-01", ["1.1", "1.2"], id="in the year"),
        pytest.param("2025-03-01", ["1.1", "1.2"], id="after the year"),
    ],
)
def test_a_withdrawn_measure_is_left_out_from_the_next_year_on(
    withdrawn_on: str, rows: list[str], program: Program, admin: User
) -> None:
    withdrawing = building.decision(program, "30", withdrawn_on)
    Measure.objects.filter(number=1).update(withdrawn_by=withdrawing)
    assert codes(open_report(program, 2024, by=admin)) == rows


@pytest.mark.parametrize(
    ("introduced_on", "rows"),
    [
        pytest.param("2023-06-01", ["1.1", "1.2", "1.3"], id="before the year"),
        pytest.param("2024-12-31", ["1.1", "1.2", "1.3"], id="in the year"),
        pytest.param("2025-01-01", ["1.1", "1.2"], id="after the year"),
    ],
)
def test_a_measure_is_in_force_from_the_year_of_its_decision(
    introduced_on: str, rows: list[str], program: Program, admin: User
) -> None:
    introducing = building.decision(program, "30", introduced_on)
    building.measure(program.tasks.get(), 3, introduced_by=introducing)
    assert codes(open_report(program, 2024, by=admin)) == rows


def test_measures_of_other_programmes_stay_out(program: Program, admin: User) -> None:
    building.program(measures=5, number="16")
    assert codes(open_report(program, 2024, by=admin)) == ["1.1", "1.2"]


def test_a_second_report_of_the_year_is_refused(program: Program, admin: User) -> None:
    open_report(program, 2024, by=admin)
    with pytest.raises(ValidationError) as refused:
        open_report(program, 2024, by=admin)
    assert refused.value.messages == ["Звіт цієї програми за цей рік уже є."]


def test_another_year_is_another_report(program: Program, admin: User) -> None:
    for year in (2023, 2024):
        open_report(program, year, by=admin)
    assert sorted(program.reports.values_list("year", flat=True)) == [2023, 2024]


def test_a_year_outside_the_programme_is_refused(program: Program, admin: User) -> None:
    with pytest.raises(ValidationError) as refused:
        open_report(program, 2019, by=admin)
    assert refused.value.messages == ["2019 рік поза терміном програми (2020-2025 роки)."]


def test_a_refused_report_leaves_nothing(program: Program, admin: User) -> None:
    with pytest.raises(ValidationError):
        open_report(program, 2019, by=admin)
    assert AnnualReport.objects.count() == 0


@pytest.mark.parametrize("role", list(AppointmentRole))
def test_people_of_the_responsible_executor_open_no_reports(role: AppointmentRole, program: Program) -> None:
    person = building.appointed(building.user("person"), program.responsible, role)
    with pytest.raises(PermissionDenied):
        open_report(program, 2024, by=person)


@pytest.mark.parametrize("flag", ["is_auditor", "is_system_admin"])
def test_other_global_roles_open_no_reports(flag: str, program: Program) -> None:
    with pytest.raises(PermissionDenied):
        open_report(program, 2024, by=building.user("person", **{flag: True}))


def test_a_programme_administrator_who_left_opens_no_reports(program: Program) -> None:
    with pytest.raises(PermissionDenied):
        open_report(program, 2024, by=building.user("left", is_program_admin=True, is_active=False))


def test_history_names_who_opened_the_report(program: Program, admin: User) -> None:
    report = open_report(program, 2024, by=admin)
    assert report.history.get().history_user == admin


def test_history_names_who_made_the_rows(program: Program, admin: User) -> None:
    open_report(program, 2024, by=admin)
    assert list(MeasureResult.history.values_list("history_type", "history_user")) == [("+", admin.pk)] * 2


# --- rows that came later ----------------------------------------------------------------


def test_a_draft_gains_the_missing_rows_only(program: Program, admin: User) -> None:
    report = open_report(program, 2024, by=admin)
    standing = set(report.results.values_list("pk", flat=True))
    building.measure(program.tasks.get(), 3)
    added = add_missing_rows(report, by=admin)
    assert set(report.results.values_list("pk", flat=True)) - standing == {added[0].pk}


def test_added_rows_are_of_the_missing_measures(program: Program, admin: User) -> None:
    report = open_report(program, 2024, by=admin)
    building.measure(program.tasks.get(), 3)
    assert [row.measure.code for row in add_missing_rows(report, by=admin)] == ["1.3"]


def test_the_responsible_executors_people_add_rows(program: Program, admin: User) -> None:
    report = open_report(program, 2024, by=admin)
    building.measure(program.tasks.get(), 3)
    person = building.appointed(building.user("person"), program.responsible)
    assert len(add_missing_rows(report, by=person)) == 1


def test_nobody_else_adds_rows(program: Program, admin: User) -> None:
    report = open_report(program, 2024, by=admin)
    building.measure(program.tasks.get(), 3)
    with pytest.raises(PermissionDenied):
        add_missing_rows(report, by=building.user("auditor", is_auditor=True))
    assert report.results.count() == 2


def test_nothing_is_added_twice(program: Program, admin: User) -> None:
    report = open_report(program, 2024, by=admin)
    assert add_missing_rows(report, by=admin) == []


@pytest.mark.parametrize("state", [ReportState.ON_APPROVAL, ReportState.AGREED])
def test_a_report_out_of_the_clerks_hands_gains_no_rows(
    state: ReportState, program: Program, admin: User
) -> None:
    report = open_report(program, 2024, by=admin)
    building.measure(program.tasks.get(), 3)
    AnnualReport.objects.update(state=state)
    with pytest.raises(ValidationError) as refused:
        add_missing_rows(report, by=admin)
    assert refused.value.messages == ["Рядки можна додавати лише до чернетки звіту."]


@pytest.mark.parametrize("measures", [3, 30])
def test_opening_takes_the_same_queries_however_many_measures(
    measures: int, admin: User, django_assert_num_queries: object
) -> None:
    program = building.program(measures=measures)
    source, decision = building.source(), program.decisions.get()
    for measure in Measure.objects.all():
        PlannedFunding.objects.create(
            measure=measure, year=2024, decision=decision, source=source, amount=Decimal(1)
        )
    with django_assert_num_queries(38):
        open_report(program, 2024, by=admin)
