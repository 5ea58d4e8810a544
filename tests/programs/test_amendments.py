"""What a decision changed, read from the plans of all decisions."""

import random
from decimal import Decimal

import pytest

from programs import calculations
from programs.amendments import (
    Amendment,
    amendment,
    amendments,
    decisions_in_force,
    in_force_before,
    replacements,
)
from programs.models import Decision, FundingSource, Measure, PlannedFunding, Program
from programs.plans import Plan, plans_in_force
from tests import building

pytestmark = pytest.mark.django_db

Told = tuple[str, int, str, str | None, str | None, str | None]


@pytest.fixture
def program() -> Program:
    return building.program(measures=2)


@pytest.fixture
def measures(program: Program) -> list[Measure]:
    return list(Measure.objects.of_program(program))


@pytest.fixture
def general() -> FundingSource:
    return building.source("general")


@pytest.fixture
def special(general: FundingSource) -> FundingSource:
    made = building.source("special")
    FundingSource.objects.filter(pk=made.pk).update(position=2)
    return made


@pytest.fixture
def approving(program: Program) -> Decision:
    return program.decisions.get()


@pytest.fixture
def amending(program: Program) -> Decision:
    return building.decision(program, "30", "2024-05-01")


def plan(measure: Measure, decision: Decision, source: FundingSource, amount: str, year: int = 2024) -> None:
    PlannedFunding.objects.create(
        measure=measure, decision=decision, source=source, year=year, amount=Decimal(amount)
    )


def text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount.normalize():f}"


def lines(told: Amendment) -> list[Told]:
    return [
        (
            line.measure.code,
            line.year,
            line.source.code,
            text(line.before),
            text(line.after),
            text(line.difference),
        )
        for line in told.lines
    ]


def totals(told: Amendment) -> list[tuple[int, str | None, str | None, str | None]]:
    return [(one.year, text(one.before), text(one.after), text(one.difference)) for one in told.totals]


def test_every_figure_stands_beside_the_one_it_replaces(
    measures: list[Measure],
    approving: Decision,
    amending: Decision,
    general: FundingSource,
    special: FundingSource,
) -> None:
    plan(measures[0], approving, general, "10")
    plan(measures[0], approving, special, "2.5")
    plan(measures[1], approving, general, "7")
    plan(measures[0], amending, general, "12.5")
    plan(measures[0], amending, special, "0")
    plan(measures[0], amending, special, "4", year=2025)
    told = amendment(amending)
    assert lines(told) == [
        ("1.1", 2024, "general", "10", "12.5", "2.5"),
        ("1.1", 2024, "special", "2.5", "0", "-2.5"),
        ("1.1", 2025, "special", None, "4", "4"),
    ]
    assert totals(told) == [(2024, "19.5", "19.5", "0"), (2025, None, "4", "4")]


def test_before_is_never_what_was_decided_after_its_year(
    program: Program, measures: list[Measure], approving: Decision, general: FundingSource
) -> None:
    late = [building.decision(program, number, f"2025-0{number}-01") for number in ("1", "2")]
    for decision, amount in ((approving, "10"), (late[0], "11"), (late[1], "12")):
        plan(measures[0], decision, general, amount)
    assert [lines(amendment(one))[0][3:5] for one in late] == [("10", "11"), ("10", "12")]
    assert [(one.before, one.after, one.in_time) for one in replacements(PlannedFunding.objects.all())] == [
        ({}, {general.pk: Decimal(10)}, True),
        ({general.pk: Decimal(10)}, {general.pk: Decimal(11)}, False),
        ({general.pk: Decimal(10)}, {general.pk: Decimal(12)}, False),
    ]


def test_the_plan_met_by_a_decision_is_the_replaced_one(
    program: Program, measures: list[Measure], approving: Decision, general: FundingSource
) -> None:
    """Asked of the database and computed of the rows."""
    days = ("2024-05-01", "2024-05-01", "2025-02-01", "2025-03-01")
    decisions = [building.decision(program, str(number), day) for number, day in enumerate(days)]
    for amount, decision in enumerate((approving, *decisions)):
        plan(measures[0], decision, general, str(amount))
    for one in replacements(PlannedFunding.objects.order_by("-pk"))[1:]:
        met = in_force_before(one.decision, [2024])
        assert {measures[0].pk: one.before} == {pk: plan.amounts for (pk, _), plan in met.items()}


def test_a_source_that_is_not_named_any_more_is_shown_as_gone(
    measures: list[Measure],
    approving: Decision,
    amending: Decision,
    general: FundingSource,
    special: FundingSource,
) -> None:
    plan(measures[0], approving, special, "2")
    plan(measures[0], amending, general, "9")
    assert lines(amendment(amending)) == [
        ("1.1", 2024, "general", None, "9", "9"),
        ("1.1", 2024, "special", "2", None, "-2"),
    ]
    assert totals(amendment(amending)) == [(2024, "2", "9", "7")]


def test_before_is_what_the_decision_met_and_not_what_came_later(
    program: Program, measures: list[Measure], approving: Decision, amending: Decision, general: FundingSource
) -> None:
    later = building.decision(program, "31", "2024-09-01")
    for decision, amount in ((later, "30"), (approving, "10"), (amending, "20")):
        plan(measures[0], decision, general, amount)
    found = [(one.decision.number, *lines(one)[0][3:5]) for one in amendments(program)]
    assert found == [("31", "20", "30"), ("30", "10", "20"), ("15", None, "10")]


def test_of_two_decisions_of_one_day_the_later_entered_meets_the_other(
    program: Program, measures: list[Measure], amending: Decision, general: FundingSource
) -> None:
    same_day = building.decision(program, "7", "2024-05-01")
    plan(measures[0], amending, general, "1")
    plan(measures[0], same_day, general, "2")
    assert [lines(amendment(one))[0][3] for one in (same_day, amending)] == ["1", None]


def test_what_is_decided_after_a_year_ended_changes_nothing_in_it(
    program: Program, measures: list[Measure], approving: Decision, general: FundingSource
) -> None:
    late = building.decision(program, "40", "2025-01-20")
    plan(measures[0], approving, general, "10")
    plan(measures[0], late, general, "99")
    told = amendment(late)
    assert [line.is_idle for line in told.lines] == [True]
    assert lines(told) == [("1.1", 2024, "general", "10", "99", "0")]
    assert totals(told) == [(2024, "10", "10", "0")]


def test_measures_taken_in_and_out_change_the_sums_of_the_years(
    program: Program, measures: list[Measure], approving: Decision, amending: Decision, general: FundingSource
) -> None:
    """A measure withdrawn in 2024 stays in the table of 2024."""
    new = building.measure(program.tasks.get(), 3, introduced_by=amending)
    Measure.objects.filter(pk=measures[1].pk).update(withdrawn_by=amending)
    for year in (2023, 2024, 2025):
        plan(measures[1], approving, general, "7", year=year)
    plan(new, amending, general, "3")
    told = amendment(amending)
    assert [one.code for one in told.introduced] == ["1.3"]
    assert [one.code for one in told.withdrawn] == ["1.2"]
    assert totals(told) == [(2024, "7", "10", "3"), (2025, "7", None, "-7")]
    assert lines(told) == [
        ("1.2", 2025, "general", "7", None, "-7"),
        ("1.3", 2024, "general", None, "3", "3"),
    ]
    assert (told.named_measures, told.years) == (1, [2024, 2025])


def test_a_sum_named_for_a_measure_that_is_taken_out_does_not_count(
    measures: list[Measure], approving: Decision, amending: Decision, general: FundingSource
) -> None:
    Measure.objects.filter(pk=measures[0].pk).update(withdrawn_by=amending)
    plan(measures[0], approving, general, "7", year=2025)
    plan(measures[0], amending, general, "8", year=2025)
    told = amendment(amending)
    assert lines(told) == [("1.1", 2025, "general", "7", "8", "-7")]
    assert [line.is_idle for line in told.lines] == [True]
    assert totals(told) == [(2025, "7", None, "-7")]


@pytest.mark.parametrize("seed", range(6))
def test_the_lines_of_a_year_add_up_to_its_total(
    seed: int, program: Program, general: FundingSource, special: FundingSource
) -> None:
    chance = random.Random(seed)
    decisions = [
        program.decisions.get(),
        *(building.decision(program, str(year), f"{year}-06-01") for year in (2021, 2022, 2023)),
        building.decision(program, "99", "2024-02-01"),
    ]
    for number in range(3, 8):
        introduced, withdrawn = chance.choice([None, *decisions]), chance.choice([None, *decisions])
        building.measure(program.tasks.get(), number, introduced_by=introduced, withdrawn_by=withdrawn)
    PlannedFunding.objects.bulk_create(
        PlannedFunding(measure=measure, decision=decision, source=source, year=year, amount=Decimal(amount))
        for measure in Measure.objects.of_program(program)
        for decision in decisions
        for year in (2021, 2022, 2023, 2024)
        for source in (general, special)
        if (amount := chance.choice([0, 0, 0, chance.randrange(1, 10**6)]))
    )
    found = {
        (told.decision.number, total.year): (
            calculations.total(line.difference for line in told.lines if line.year == total.year) or 0,
            total.difference or 0,
        )
        for told in amendments(program)
        for total in told.totals
    }
    assert len(found) > 8
    assert [place for place, (of_lines, of_total) in found.items() if of_lines != of_total] == []
    assert {line.year for told in amendments(program) for line in told.lines} == {
        total.year for told in amendments(program) for total in told.totals
    }


def test_a_decision_that_says_nothing_has_no_lines(amending: Decision) -> None:
    told = amendment(amending)
    assert (told.lines, told.introduced, told.withdrawn, told.totals) == ((), (), (), ())


def test_older_plans_stand_as_they_were(
    measures: list[Measure], approving: Decision, amending: Decision, general: FundingSource
) -> None:
    plan(measures[0], approving, general, "10")
    plan(measures[0], amending, general, "12")
    assert lines(amendment(approving)) == [("1.1", 2024, "general", None, "10", "10")]


def test_queries_do_not_grow_with_decisions(
    program: Program, measures: list[Measure], general: FundingSource, django_assert_num_queries: object
) -> None:
    for number in range(1, 4):
        plan(measures[0], building.decision(program, str(number), f"2024-0{number}-01"), general, "1")
    with django_assert_num_queries(4):  # type: ignore[operator]
        amendments(program)


def test_the_last_decision_is_in_force_as_the_plans_say(
    program: Program, measures: list[Measure], approving: Decision, amending: Decision, general: FundingSource
) -> None:
    """After the newest decision stands what `plans_in_force` gives, before it what the others leave."""
    plan(measures[0], approving, general, "10")
    plan(measures[1], approving, general, "5")
    plan(measures[0], amending, general, "12")
    (total,) = amendment(amending).totals
    in_force = plans_in_force(program, 2024).values()
    assert total.after == sum(amount for one in in_force for amount in one.amounts.values())
    met = in_force_before(amending, [2024]).values()
    assert total.before == sum(amount for one in met for amount in one.amounts.values())


def test_decisions_in_force_are_counted_the_newest_first(approving: Decision, amending: Decision) -> None:
    plans = [Plan(approving.pk), Plan(amending.pk), Plan(approving.pk)]
    found = decisions_in_force(plans, [approving, amending])
    assert [(decision.number, count) for decision, count in found] == [("30", 1), ("15", 2)]
    assert decisions_in_force(plans[:1], [approving, amending]) == [(approving, 1)]
