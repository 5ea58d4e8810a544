"""The door for what a decision plans: rights, rules, what others wrote meanwhile, what is kept of it."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from programs.enums import EventKind
from programs.models import Decision, Event, FundingSource, Measure, PlannedFunding, Program, User
from programs.planning import (
    Amended,
    InvalidPlan,
    PlanCell,
    PlanningError,
    PlanningRefused,
    StalePlan,
    add_decision,
    amend_plan,
)
from programs.plans import plan_in_force
from tests import building
from tests.crowd import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return building.program(measures=2)


@pytest.fixture
def first(program: Program) -> Measure:
    return Measure.objects.of_program(program)[0]


@pytest.fixture
def general() -> FundingSource:
    return building.source("general")


@pytest.fixture
def special() -> FundingSource:
    return building.source("special")


@pytest.fixture
def amending(program: Program) -> Decision:
    return building.decision(program, "30", "2024-05-01")


@pytest.fixture
def admin() -> User:
    return building.user("admin", is_program_admin=True)


def cell(measure: Measure, source: FundingSource, year: int = 2024) -> PlanCell:
    return PlanCell(measure.pk, year, source.pk)


def plan(
    measure: Measure, decision: Decision, source: FundingSource, amount: str, year: int = 2024
) -> PlannedFunding:
    return PlannedFunding.objects.create(
        measure=measure, decision=decision, source=source, year=year, amount=Decimal(amount)
    )


def figures() -> list[tuple[str, int, str, Decimal]]:
    """Everything that all decisions say."""
    rows = PlannedFunding.objects.select_related("decision", "source").order_by("pk")
    return [(row.decision.number, row.year, row.source.code, row.amount) for row in rows]


# --- writing -----------------------------------------------------------------------------


def test_figures_are_written_and_the_older_ones_kept(
    program: Program, first: Measure, general: FundingSource, amending: Decision, admin: User
) -> None:
    plan(first, program.decisions.get(number="15"), general, "10")
    wanted = {cell(first, general): Decimal("12.5"), cell(first, general, 2025): Decimal(20)}
    assert amend_plan(amending, wanted, by=admin, seen={}) == Amended(changed=2, filled=0)
    assert figures() == [
        ("15", 2024, "general", Decimal(10)),
        ("30", 2024, "general", Decimal("12.5")),
        ("30", 2025, "general", Decimal(20)),
    ]
    assert plan_in_force(program, 2024) == {first.pk: {general.pk: Decimal("12.5")}}


def test_sources_left_blank_take_the_figures_in_force(
    program: Program,
    first: Measure,
    general: FundingSource,
    special: FundingSource,
    amending: Decision,
    admin: User,
) -> None:
    approving = program.decisions.get(number="15")
    plan(first, approving, general, "10")
    plan(first, approving, special, "2")
    wanted = {cell(first, general): Decimal(12), cell(first, special): None}
    assert amend_plan(amending, wanted, by=admin, seen={}) == Amended(changed=2, filled=1)
    assert plan_in_force(program, 2024) == {first.pk: {general.pk: Decimal(12), special.pk: Decimal(2)}}


def test_a_zero_takes_a_source_out(
    program: Program,
    first: Measure,
    general: FundingSource,
    special: FundingSource,
    amending: Decision,
    admin: User,
) -> None:
    plan(first, program.decisions.get(number="15"), special, "2")
    wanted = {cell(first, general): Decimal(12), cell(first, special): Decimal(0)}
    assert amend_plan(amending, wanted, by=admin, seen={}) == Amended(changed=2, filled=0)
    assert plan_in_force(program, 2024) == {first.pk: {general.pk: Decimal(12), special.pk: Decimal(0)}}


def test_what_is_filled_is_what_this_decision_meets(
    program: Program,
    first: Measure,
    general: FundingSource,
    special: FundingSource,
    amending: Decision,
    admin: User,
) -> None:
    plan(first, building.decision(program, "31", "2024-09-01"), special, "99")
    amend_plan(amending, {cell(first, general): Decimal(12)}, by=admin, seen={})
    assert figures()[1:] == [("30", 2024, "general", Decimal(12))]


def test_all_blank_again_the_decision_says_nothing(
    program: Program, first: Measure, general: FundingSource, amending: Decision, admin: User
) -> None:
    plan(first, program.decisions.get(number="15"), general, "10")
    plan(first, amending, general, "12")
    seen = {cell(first, general): Decimal(12)}
    assert amend_plan(amending, {cell(first, general): None}, by=admin, seen=seen) == Amended(1, 0)
    assert figures() == [("15", 2024, "general", Decimal(10))]


def test_measures_not_named_stay_as_they_are(
    first: Measure, general: FundingSource, amending: Decision, admin: User
) -> None:
    second = Measure.objects.exclude(pk=first.pk).get()
    plan(second, amending, general, "5")
    amend_plan(amending, {cell(first, general): Decimal(1)}, by=admin, seen={})
    assert [row[3] for row in figures()] == [Decimal(5), Decimal(1)]


def test_history_has_the_person(
    first: Measure, general: FundingSource, special: FundingSource, amending: Decision, admin: User
) -> None:
    plan(first, amending, general, "1")
    plan(first, amending, special, "2")
    PlannedFunding.history.all().delete()
    wanted = {
        cell(first, general): Decimal(5),
        cell(first, special): None,
        cell(first, general, 2025): Decimal(3),
    }
    seen = {cell(first, general): Decimal(1), cell(first, special): Decimal(2)}
    amend_plan(amending, wanted, by=admin, seen=seen)
    records = PlannedFunding.history.order_by("year", "history_type")
    assert [(one.history_type, one.amount, one.history_user) for one in records] == [
        ("-", Decimal(2), admin),
        ("~", Decimal(5), admin),
        ("+", Decimal(3), admin),
    ]


def test_the_journal_tells_of_it(
    program: Program, first: Measure, general: FundingSource, amending: Decision, admin: User
) -> None:
    plan(first, program.decisions.get(number="15"), general, "10")
    plan(first, amending, general, "4")
    place = cell(first, general)
    amend_plan(amending, {place: Decimal(5)}, by=admin, seen={place: Decimal(4)})
    event = Event.objects.get(kind=EventKind.PLAN_AMENDED)
    assert (event.by, event.report, event.details) == (
        admin,
        None,
        {
            "program_id": program.pk,
            "program": program.public_id,
            "decision": {"id": amending.pk, "number": "30", "date": "2024-05-01"},
            "cells": 1,
            "years": [2024],
            "measures": ["1.1"],
            "figures": [
                {
                    "measure": "1.1",
                    "year": 2024,
                    "source": general.pk,
                    "before": "10.00000",
                    "said": "4.00000",
                    "after": "5",
                }
            ],
            "introduced": [],
            "withdrawn": [],
            "executors": [],
        },
    )


def test_forms_of_the_measure_and_the_programme_opened_before_are_stale(
    program: Program, first: Measure, general: FundingSource, amending: Decision, admin: User
) -> None:
    amend_plan(amending, {cell(first, general): Decimal(5)}, by=admin, seen={})
    assert list(Measure.objects.values_list("version", flat=True)) == [first.version + 1, 1]
    stored = Program.objects.get(pk=program.pk)
    assert (stored.version, stored.history.first().history_user) == (program.version + 1, admin)


def test_nothing_changed_is_nothing_written(
    first: Measure, general: FundingSource, amending: Decision, admin: User
) -> None:
    plan(first, amending, general, "5")
    same = {cell(first, general): Decimal("5.0")}
    assert amend_plan(amending, same, by=admin, seen=same) == Amended(0, 0)
    assert (Event.objects.count(), Measure.objects.get(pk=first.pk).version) == (0, 1)


def test_queries_do_not_grow_with_figures(
    program: Program, general: FundingSource, amending: Decision, admin: User
) -> None:
    task = program.tasks.get()
    measures = [building.measure(task, number) for number in range(3, 24)]
    counts = []
    # The first opens the journal.
    for some in (measures[:1], measures[1:2], measures[2:]):
        with CaptureQueriesContext(connection) as asked:
            amend_plan(amending, {cell(one, general): Decimal(1) for one in some}, by=admin, seen={})
        counts.append(len(asked))
    assert counts[1] == counts[2]


# --- what is refused ---------------------------------------------------------------------


def refusal(decision: Decision, wanted: dict[PlanCell, Decimal | None], by: User) -> PlanningError:
    before = figures()
    with pytest.raises(PlanningError) as raised:
        amend_plan(decision, wanted, by=by, seen={})
    assert (figures(), Event.objects.count()) == (before, 0)
    return raised.value


def test_only_who_keeps_the_programme_may(
    program: Program, first: Measure, general: FundingSource, amending: Decision, settings: Settings
) -> None:
    clerk = building.appointed(building.user("clerk"), program.responsible)
    wanted = {cell(first, general): Decimal(5)}
    assert str(refusal(amending, wanted, clerk)) == (
        "Плани цієї програми змінює той, хто її веде. Нічого не записано."
    )
    settings.DEPARTMENTS_MANAGE_PROGRAMS = True
    assert amend_plan(amending, wanted, by=clerk, seen={}) == Amended(1, 0)


def test_measures_of_other_programmes_are_not_there(
    general: FundingSource, amending: Decision, admin: User
) -> None:
    other = Measure.objects.of_program(building.program(measures=1, number="16")).get()
    assert isinstance(refusal(amending, {cell(other, general): Decimal(5)}, admin), PlanningRefused)


def test_a_source_that_is_not_there_is_refused(first: Measure, amending: Decision, admin: User) -> None:
    assert isinstance(refusal(amending, {PlanCell(first.pk, 2024, 77): Decimal(5)}, admin), PlanningRefused)


@pytest.mark.parametrize(
    ("year", "amount", "sentence"),
    [
        (2024, "-1", "Сума не може бути від’ємною."),
        (2031, "1", "2031 рік поза терміном програми (2020-2025 роки)."),
        (2023, "1", "Рішення ухвалено 01.05.2024, плану на 2023 рік воно вже не змінює."),
    ],
)
def test_what_cannot_be_is_said_of_its_figure(
    year: int,
    amount: str,
    sentence: str,
    first: Measure,
    general: FundingSource,
    amending: Decision,
    admin: User,
) -> None:
    place = cell(first, general, year)
    good = cell(first, general, 2025)
    error = refusal(amending, {good: Decimal(1), place: Decimal(amount)}, admin)
    assert isinstance(error, InvalidPlan)
    assert [(fault.cell, fault.message) for fault in error.faults] == [(place, sentence)]


def test_a_measure_that_is_not_in_force_takes_no_plan(
    program: Program, first: Measure, general: FundingSource, amending: Decision, admin: User
) -> None:
    Measure.objects.filter(pk=first.pk).update(withdrawn_by=amending)
    error = refusal(amending, {cell(first, general, 2025): Decimal(1)}, admin)
    assert str(error) == "Нічого не записано. Захід 1.1 у 2025 році не діє."


def test_a_wrong_figure_that_stands_can_be_taken_back(
    first: Measure, general: FundingSource, amending: Decision, admin: User
) -> None:
    plan(first, amending, general, "5", year=2023)
    place = cell(first, general, 2023)
    amend_plan(amending, {place: None}, by=admin, seen={place: Decimal(5)})
    assert figures() == []


# --- two people --------------------------------------------------------------------------


def test_a_figure_that_somebody_else_changed_is_not_written_over(
    first: Measure, general: FundingSource, amending: Decision, admin: User
) -> None:
    plan(first, amending, general, "7")
    place = cell(first, general)
    with pytest.raises(StalePlan) as raised:
        amend_plan(amending, {place: Decimal(8)}, by=admin, seen={place: Decimal(5)})
    (conflict,) = raised.value.conflicts
    assert (conflict.cell, conflict.message) == (
        place,
        "Поки ви працювали, тут записали 7,0; у вас 8,0. Збережіть ще раз, щоб лишилося ваше.",
    )
    assert figures() == [("30", 2024, "general", Decimal(7))]


def test_what_this_person_did_not_touch_is_left_to_others(
    first: Measure, general: FundingSource, special: FundingSource, amending: Decision, admin: User
) -> None:
    plan(first, amending, general, "7")
    seen = {cell(first, general): Decimal(5)}
    wanted = {cell(first, general): Decimal(5), cell(first, special): Decimal(1)}
    amend_plan(amending, wanted, by=admin, seen=seen)
    assert [row[2:] for row in figures()] == [("general", Decimal(7)), ("special", Decimal(1))]


def test_two_who_write_the_same_are_no_conflict(
    first: Measure, general: FundingSource, amending: Decision, admin: User
) -> None:
    plan(first, amending, general, "8")
    assert amend_plan(amending, {cell(first, general): Decimal(8)}, by=admin, seen={}) == Amended(0, 0)


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_of_those_at_the_same_moment_one_writes_and_the_others_are_told(
    first: Measure, general: FundingSource, amending: Decision, admin: User
) -> None:
    amounts = iter(["5", "6", "7", "8"])

    def amend() -> None:
        amend_plan(amending, {cell(first, general): Decimal(next(amounts))}, by=admin, seen={})

    ended = at_once(amend, people=4)
    assert [one.partition("(")[0] for one in ended] == ["", *["StalePlan"] * 3]
    assert PlannedFunding.objects.count() == 1


# --- another decision --------------------------------------------------------------------

DAY = datetime.date(2024, 5, 1)


def test_a_decision_is_added_in_the_persons_name(program: Program, admin: User) -> None:
    made = add_decision(program, number="30", date=DAY, title="Про зміни", url="https://x.ua/30", by=admin)
    kept = Decision.objects.get(program=program, number="30")
    assert (made, kept.kind, kept.date, kept.title, kept.url) == (
        kept,
        "amends",
        DAY,
        "Про зміни",
        "https://x.ua/30",
    )
    assert kept.history.get().history_user == admin
    assert Program.objects.get().version == program.version + 1


def test_who_does_not_keep_the_programme_adds_no_decision(program: Program) -> None:
    clerk = building.appointed(building.user("clerk"), program.responsible)
    with pytest.raises(PlanningRefused, match="Рішення додає той, хто веде цю програму"):
        add_decision(program, number="30", date=DAY, by=clerk)
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    ("number", "date", "messages"),
    [
        ("", DAY, {"number": ["Це поле не може бути порожнім."]}),
        ("15", datetime.date(2019, 11, 5), {"__all__": ["Таке рішення (номер і дата) у програмі вже є."]}),
        (
            "30",
            datetime.date(2019, 11, 4),
            {"date": ["Зміни не вносять раніше, ніж програму затверджено (05.11.2019)."]},
        ),
    ],
)
def test_what_is_no_decision_is_not_added(
    number: str, date: datetime.date, messages: dict[str, list[str]], program: Program, admin: User
) -> None:
    with pytest.raises(ValidationError) as refused:
        add_decision(program, number=number, date=date, by=admin)
    assert (refused.value.message_dict, Decision.objects.count()) == (messages, 1)
