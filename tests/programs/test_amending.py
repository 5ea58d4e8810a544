"""What decisions add to a programme that stands, and that nothing else of it moves."""

import datetime
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from programs.amending import additions, amend, faults
from programs.composing import ComposingRefused, compose
from programs.enums import DecisionKind, EventKind
from programs.models import Event, FundingSource, Measure, PlannedFunding, Program, User
from programs.plans import plan_in_force, plans_in_force
from programs.proposal import (
    ProposedDecision,
    ProposedExecutor,
    ProposedParticipation,
    ProposedPlan,
    ProposedProgram,
    ProposedTask,
    proposed_plans_in_force,
)
from programs.proposal_filling import filled_measure, filled_program
from programs.proposal_standing import standing_proposal
from tests import building

from .test_composing import AMENDED, APPROVED, DECISIONS, a_measure, proposal, whole_proposal

pytestmark = pytest.mark.django_db

LATER = ProposedDecision(DecisionKind.AMENDS, "5", datetime.date(2023, 2, 2))


@pytest.fixture
def admin(db: None) -> User:
    return building.user("admin", is_program_admin=True)


@pytest.fixture
def program(admin: User) -> Program:
    """Of two measures; the first has 5 thousand planned for 2023."""
    plan = ProposedPlan(2023, building.source().pk, Decimal(5), APPROVED)
    return compose(proposal(a_measure(plans=[plan]), a_measure(2)), by=admin)


def wanted(*measures: Any, **fields: Any) -> ProposedProgram:
    return replace(proposal(*measures), decisions=[LATER], **fields)


def planned(amount: str, source: str = "general", decision: ProposedDecision = LATER) -> ProposedPlan:
    return ProposedPlan(2023, building.source(source).pk, Decimal(amount), decision.ref)


def rows(program: Program) -> list[Any]:
    return [
        list(model.objects.filter(**{way: program.pk}).order_by("pk").values())
        for model, way in ((Measure, "task__program"), (PlannedFunding, "measure__task__program"))
    ]


def test_a_programme_reads_back_as_it_was_proposed(admin: User) -> None:
    proposed = whole_proposal()
    new = compose(proposed, by=admin)
    back = standing_proposal(new)
    known = back.tasks[0].measures[0].participations
    assert [part.by_consent for part in known] == [False, True]
    assert back.decisions == list(proposed.decisions)
    told = [
        [
            (
                one.number,
                one.title,
                one.term,
                one.term_text,
                one.introduced_by,
                one.withdrawn_by,
                [*one.plans],
            )
            for one in of.tasks[0].measures
        ]
        for of in (back, proposed)
    ]
    assert told[0] == told[1]


def test_the_same_again_adds_nothing(program: Program, admin: User) -> None:
    before, events = rows(program), Event.objects.count()
    assert amend(program, standing_proposal(program), by=admin).is_empty is True
    assert (rows(program), Event.objects.count()) == (before, events)


def test_a_later_plan_stands_beside_the_old_one_and_is_in_force(program: Program, admin: User) -> None:
    amend(program, wanted(a_measure(plans=[planned("7"), planned("1", "special")])), by=admin)
    measure = Measure.objects.of_program(program).get(number=1)
    assert [(plan.decision.number, plan.amount) for plan in measure.planned_funding.all()] == [
        ("77", Decimal(5)), ("5", Decimal(7)), ("5", Decimal(1)),
    ]  # fmt: skip
    assert plans_in_force(program, 2023)[measure.pk].amounts == {
        building.source().pk: Decimal(7), building.source("special").pk: Decimal(1),
    }  # fmt: skip


def test_a_measure_is_added_to_a_task_and_with_a_new_one(program: Program, admin: User) -> None:
    added = wanted(a_measure(3, introduced_by=LATER.ref))
    added = replace(added, tasks=[*added.tasks, ProposedTask(2, "Нове", [a_measure()])])
    amend(program, added, by=admin)
    codes = [measure.code for measure in Measure.objects.of_program(program).select_related("task")]
    assert codes == ["1.1", "1.2", "1.3", "2.1"]


def test_a_measure_is_withdrawn_and_its_number_taken_by_another(program: Program, admin: User) -> None:
    gone = a_measure(2, withdrawn_by=LATER.ref)
    instead = a_measure(2, title="Замість", introduced_by=LATER.ref)
    amend(program, wanted(gone, instead), by=admin)
    found = Measure.objects.of_program(program).filter(number=2).order_by("pk")
    assert [(one.title, str(one.withdrawn_by or "")) for one in found] == [
        ("Захід 2", "№5 від 02.02.2023"), ("Замість", ""),
    ]  # fmt: skip


def test_what_stands_is_not_rewritten(program: Program, admin: User) -> None:
    other = a_measure(title="Інший", plans=[ProposedPlan(2023, building.source().pk, Decimal(9), APPROVED)])
    before = rows(program)
    amend(program, wanted(other, title="Інша", kind="інша"), by=admin)
    assert rows(program) == before
    assert Program.objects.get(pk=program.pk).title == "Сім’я і молодь"
    assert program.decisions.count() == 3


def recorded() -> list[dict[str, Any]]:
    """What the journal tells of each decision, the programme aside."""
    events = Event.objects.filter(kind=EventKind.PLAN_AMENDED).order_by("number")
    return [{k: v for k, v in one.details.items() if not k.startswith("program")} for one in events]


def test_each_decision_is_on_record_with_before_and_after(program: Program, admin: User) -> None:
    """In the shape in which the decision's page puts it."""
    plans = [planned("6", decision=DECISIONS[1]), planned("7")]
    new = a_measure(3, introduced_by=LATER.ref, plans=[planned("1", "special")])
    amend(program, wanted(a_measure(plans=plans), a_measure(2, withdrawn_by=LATER.ref), new), by=admin)
    assert [(one["decision"]["number"], one["years"], one["measures"]) for one in recorded()] == [
        ("12/3-VIII", [2023], ["1.1"]),
        ("5", [2023], ["1.1", "1.3"]),
    ]
    assert [(one["introduced"], one["withdrawn"], one["executors"]) for one in recorded()] == [
        ([], [], []),
        (["1.3"], ["1.2"], []),
    ]
    general, special = building.source().pk, building.source("special").pk
    told = [
        [
            tuple(figure[name] for name in ("measure", "year", "source", "before", "said", "after"))
            for figure in one["figures"]
        ]
        for one in recorded()
    ]
    assert told == [
        [("1.1", 2023, general, "5.00000", None, "6")],
        [("1.1", 2023, general, "6.00000", None, "7"), ("1.3", 2023, special, None, None, "1")],
    ]


def test_a_decision_without_figures_is_on_record_with_new_bodies(program: Program, admin: User) -> None:
    body = ProposedExecutor("Молодіжний центр")
    new = a_measure(3, introduced_by=LATER.ref, participations=[ProposedParticipation(body.name)])
    amend(program, wanted(new, executors=[body]), by=admin)
    (told,) = recorded()
    known = {"id": building.executor(body.name).pk, "name": body.name}
    assert (told["cells"], told["introduced"], told["executors"]) == (0, ["1.3"], [known])


def test_history_is_in_the_persons_name_and_versions_grow(program: Program, admin: User) -> None:
    other = building.user("other", is_program_admin=True)
    amend(program, wanted(a_measure(plans=[planned("7")])), by=other)
    measure = Measure.objects.of_program(program).get(number=1)
    assert (measure.version, measure.history.first().history_user) == (2, other)
    assert measure.planned_funding.last().history.get().history_user == other
    assert Program.objects.get(pk=program.pk).version == program.version + 1


def test_only_who_manages_the_programme_amends_it(program: Program) -> None:
    clerk = building.appointed(building.user("clerk"), program.responsible)
    with pytest.raises(ComposingRefused, match="вносить адміністратор програм"):
        amend(program, wanted(a_measure(plans=[planned("7")])), by=clerk)
    Program.objects.filter(pk=program.pk).update(awaits_confirmation=True)
    assert amend(program, wanted(a_measure(plans=[planned("7")])), by=clerk).is_empty is False


def test_faults_are_of_what_is_added_with_its_place(program: Program, admin: User) -> None:
    Measure.objects.of_program(program).filter(number=2).update(title="")  # an old sin
    bad = wanted(
        a_measure(plans=[planned("1"), planned("-1", "special")]),
        a_measure(3, title=""),
        a_measure(1, introduced_by=LATER.ref),
    )
    assert [(one.message, one.path) for one in faults(additions(program, bad), by=admin)] == [
        ("Захід 1.1 подано двічі.", ("tasks", 0, "measures", 2)),
        (
            "Захід 1.1, план на 2023 рік, план, тис. грн: Сума не може бути від’ємною.",
            ("tasks", 0, "measures", 0, "plans", 1, "amount"),
        ),
        ("Захід 1.3, зміст заходу: Це поле не може бути порожнім.", ("tasks", 0, "measures", 1, "title")),
    ]


def test_one_that_stands_is_named_once(program: Program, admin: User) -> None:
    twice = wanted(a_measure(plans=[planned("1")]), a_measure(plans=[planned("1")]))
    twice = replace(twice, tasks=[*twice.tasks, ProposedTask(1, "Знову", [a_measure(2)])])
    assert [(one.message, one.path) for one in faults(additions(program, twice), by=admin)] == [
        ("Захід 1.1 подано двічі.", ("tasks", 0, "measures", 1)),
        ("Завдання 1 подано двічі.", ("tasks", 1)),
    ]


# --- sources that a decision leaves out --------------------------------------------------


def in_force(program: Program) -> dict[str, Decimal]:
    """Of the first measure in 2023, by the source's code."""
    plan = plan_in_force(program, 2023)[Measure.objects.of_program(program).get(number=1).pk]
    return {FundingSource.objects.get(pk=pk).code: amount for pk, amount in plan.items()}


def test_a_source_that_is_not_named_stays_as_it_is_in_force(program: Program, admin: User) -> None:
    amend(program, wanted(a_measure(plans=[planned("1", "special")])), by=admin)
    assert in_force(program) == {"general": Decimal(5), "special": Decimal(1)}
    assert [one["cells"] for one in recorded()] == [2]


def test_a_zero_takes_a_source_away(program: Program, admin: User) -> None:
    amend(program, wanted(a_measure(plans=[planned("1", "special"), planned("0")])), by=admin)
    assert in_force(program) == {"general": Decimal(0), "special": Decimal(1)}


def test_what_one_decision_of_the_file_leaves_the_next_one_meets(program: Program, admin: User) -> None:
    last = ProposedDecision(DecisionKind.AMENDS, "6", LATER.date)
    plans = [planned("3", "other", last), planned("1", "special"), planned("0")]
    several = replace(wanted(a_measure(plans=plans)), decisions=[LATER, last])
    amend(program, several, by=admin)
    assert in_force(program) == {"special": Decimal(1), "other": Decimal(3)}


def test_a_plan_that_is_decided_after_its_year_is_refused(program: Program, admin: User) -> None:
    late = ProposedDecision(DecisionKind.AMENDS, "8", datetime.date(2024, 1, 9))
    added = replace(wanted(a_measure(plans=[planned("1", "special", late)])), decisions=[late])
    with pytest.raises(ComposingRefused, match="плану на 2023 рік воно вже не змінює"):
        amend(program, added, by=admin)
    assert in_force(program) == {"general": Decimal(5)}


def test_the_same_file_again_fills_nothing_more(program: Program, admin: User) -> None:
    again = wanted(a_measure(plans=[planned("1", "special")]))
    amend(program, again, by=admin)
    assert amend(program, again, by=admin).is_empty is True


def test_a_source_that_is_no_longer_used_does_not_hinder(program: Program, admin: User) -> None:
    FundingSource.objects.filter(code="general").update(is_active=False)
    amend(program, wanted(a_measure(plans=[planned("1", "special")])), by=admin)
    assert in_force(program) == {"general": Decimal(5), "special": Decimal(1)}


def test_of_a_new_measure_and_a_new_programme_too(admin: User) -> None:
    plans = [
        ProposedPlan(2022, 1, Decimal(5), APPROVED),
        ProposedPlan(2022, 2, Decimal(7), AMENDED),
    ]
    full = [*plans, ProposedPlan(2022, 1, Decimal(5), AMENDED, is_filled=True)]
    measure = a_measure(plans=plans)
    assert filled_measure(measure, [APPROVED, AMENDED]).plans == full
    assert filled_program(proposal(measure)).tasks[0].measures[0].plans == full


# --- the plan in force, of rows and of proposals -----------------------------------------


SAME_DAY = ("9", AMENDED[1])
AFTER_THE_YEAR = ("10", datetime.date(2024, 1, 1))


@pytest.mark.parametrize(
    ("plans", "in_force"),
    [
        ([(2023, "5", APPROVED)], "5"),
        ([(2023, "5", APPROVED), (2023, "7", AMENDED)], "7"),
        ([(2023, "7", AMENDED), (2023, "5", APPROVED)], "7"),
        ([(2023, "5", APPROVED), (2022, "7", AMENDED)], "5"),
        ([(2023, "5", APPROVED), (2023, "7", AFTER_THE_YEAR)], "5"),
        ([(2023, "7", AMENDED), (2023, "8", SAME_DAY)], "8"),
        ([(2023, "8", SAME_DAY), (2023, "7", AMENDED)], "8"),
    ],
)
def test_the_plan_in_force_is_the_newest_decisions(plans: list[Any], in_force: str, admin: User) -> None:
    """The same of a proposal and of the rows that are written of it."""
    fund = building.source().pk
    made = [ProposedPlan(year, fund, Decimal(amount), ref) for year, amount, ref in plans]
    decisions = [
        *DECISIONS,
        *(ProposedDecision(DecisionKind.AMENDS, *ref) for ref in (SAME_DAY, AFTER_THE_YEAR)),
    ]
    program = compose(proposal(a_measure(), decisions=decisions), by=admin)
    measure = Measure.objects.of_program(program).get()
    for year, amount, (number, date) in plans:
        decision = program.decisions.get(number=number, date=date)
        measure.planned_funding.create(year=year, source_id=fund, amount=amount, decision=decision)
    of_rows = plan_in_force(program, 2023)
    expected = {fund: Decimal(in_force)}
    assert list(of_rows.values()) == [expected]
    back = standing_proposal(program)
    order = [decision.ref for decision in back.decisions]
    assert proposed_plans_in_force(made, order)[2023].amounts == expected
    assert proposed_plans_in_force(back.tasks[0].measures[0].plans, order)[2023].amounts == expected
