from decimal import Decimal

import pytest

from programs.models import Decision, FundingSource, Measure, PlannedFunding, Program
from programs.plans import plan_in_force
from tests import building

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return building.program(measures=2)


@pytest.fixture
def first(program: Program) -> Measure:
    return Measure.objects.get(task__program=program, number=1)


@pytest.fixture
def general() -> FundingSource:
    return building.source("general")


@pytest.fixture
def special() -> FundingSource:
    return building.source("special")


def plan(measure: Measure, decision: Decision, source: FundingSource, amount: str, year: int = 2024) -> None:
    PlannedFunding.objects.create(
        measure=measure, decision=decision, source=source, year=year, amount=Decimal(amount)
    )


def test_a_plan_is_read_by_measure_and_source(
    program: Program, first: Measure, general: FundingSource, special: FundingSource
) -> None:
    second = Measure.objects.get(task__program=program, number=2)
    approving = program.decisions.get()
    plan(first, approving, general, "1.5")
    plan(first, approving, special, "2.5")
    plan(second, approving, general, "3.5")
    assert plan_in_force(program, 2024) == {
        first.pk: {general.pk: Decimal("1.5"), special.pk: Decimal("2.5")},
        second.pk: {general.pk: Decimal("3.5")},
    }


def test_the_newest_decision_replaces_the_whole_plan_of_a_measure(
    program: Program, first: Measure, general: FundingSource, special: FundingSource
) -> None:
    approving = program.decisions.get()
    plan(first, approving, general, "1")
    plan(first, approving, special, "2")
    plan(first, building.decision(program, "30", "2024-05-01"), special, "9")
    assert plan_in_force(program, 2024) == {first.pk: {special.pk: Decimal("9")}}


def test_an_amendment_leaves_the_measures_it_does_not_name(
    program: Program, first: Measure, general: FundingSource
) -> None:
    second = Measure.objects.get(task__program=program, number=2)
    plan(first, program.decisions.get(), general, "1")
    plan(second, building.decision(program, "30", "2024-05-01"), general, "9")
    assert plan_in_force(program, 2024) == {
        first.pk: {general.pk: Decimal("1")},
        second.pk: {general.pk: Decimal("9")},
    }


def test_newer_is_the_decision_of_the_later_date_not_the_one_typed_in_later(
    program: Program, first: Measure, general: FundingSource
) -> None:
    newer = building.decision(program, "40", "2024-09-01")
    older = building.decision(program, "30", "2024-05-01")
    plan(first, newer, general, "9")
    plan(first, older, general, "5")
    assert plan_in_force(program, 2024) == {first.pk: {general.pk: Decimal("9")}}


def test_of_two_decisions_of_one_day_the_one_entered_later_is_in_force(
    program: Program, first: Measure, general: FundingSource
) -> None:
    earlier = building.decision(program, "31", "2024-05-01")
    later = building.decision(program, "30", "2024-05-01")
    plan(first, later, general, "9")
    plan(first, earlier, general, "5")
    assert plan_in_force(program, 2024) == {first.pk: {general.pk: Decimal("9")}}


def test_the_older_plan_stands_as_it_was(program: Program, first: Measure, general: FundingSource) -> None:
    plan(first, program.decisions.get(), general, "1")
    plan(first, building.decision(program, "30", "2024-05-01"), general, "9")
    plan_in_force(program, 2024)
    assert list(PlannedFunding.objects.values_list("amount", flat=True)) == [Decimal(1), Decimal(9)]


def test_a_plan_of_zero_is_a_plan(program: Program, first: Measure, general: FundingSource) -> None:
    plan(first, program.decisions.get(), general, "0")
    assert plan_in_force(program, 2024) == {first.pk: {general.pk: Decimal(0)}}


def test_other_years_and_programmes_are_left_out(
    program: Program, first: Measure, general: FundingSource
) -> None:
    other = building.program(measures=1, number="16")
    plan(first, program.decisions.get(), general, "1", year=2023)
    plan(other.tasks.get().measures.get(), other.decisions.get(), general, "2")
    assert plan_in_force(program, 2024) == {}


def test_one_query_however_many_measures(
    program: Program, general: FundingSource, django_assert_num_queries: object
) -> None:
    for measure in Measure.objects.all():
        plan(measure, program.decisions.get(), general, "1")
    with django_assert_num_queries(1):
        plan_in_force(program, 2024)


def test_a_decision_taken_after_the_year_changes_nothing_in_it(
    program: Program, first: Measure, general: FundingSource
) -> None:
    plan(first, building.decision(program, "1", "2023-12-20"), general, "10")
    plan(first, building.decision(program, "2", "2025-01-15"), general, "99")
    assert plan_in_force(program, 2024) == {first.pk: {general.pk: Decimal("10.00000")}}
