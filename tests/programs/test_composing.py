"""A whole programme written at once: what is refused, what is written, and in whose name."""

import datetime
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programs import journal
from programs.composing import ComposingRefused, compose, faults
from programs.enums import DecisionKind, EventKind, ExecutorKind
from programs.models import (
    Decision,
    Event,
    Executor,
    ExecutorAlias,
    Measure,
    Participation,
    PlannedFunding,
    Program,
    Task,
    User,
)
from programs.proposal import (
    ProposedDecision,
    ProposedExecutor,
    ProposedMeasure,
    ProposedParticipation,
    ProposedPlan,
    ProposedProgram,
    ProposedTask,
)
from programs.textforms import Term
from tests import building

pytestmark = pytest.mark.django_db

APPROVED = ("77", datetime.date(2020, 12, 20))
AMENDED = ("12/3-VIII", datetime.date(2022, 3, 1))
DECISIONS = (
    ProposedDecision(DecisionKind.APPROVES, *APPROVED, title="Про затвердження"),
    ProposedDecision(DecisionKind.AMENDS, *AMENDED),
)
NEW_BODY = "Комунальна установа «Молодіжний центр»"


@pytest.fixture
def admin(db: None) -> User:
    return building.user("admin", is_program_admin=True)


@pytest.fixture
def clerk(db: None) -> User:
    return building.appointed(building.user("clerk"), building.executor())


def a_measure(number: int = 1, **fields: Any) -> ProposedMeasure:
    given = {"title": f"Захід {number}", "term": Term.parse("2021-2023")} | fields
    return ProposedMeasure(number=number, **given)


def proposal(*measures: ProposedMeasure, **fields: Any) -> ProposedProgram:
    """By default of one bare measure."""
    given: dict[str, Any] = {
        "kind": "міська програма",
        "title": "Сім’я і молодь",
        "start_year": 2021,
        "end_year": 2023,
        "responsible": building.executor().pk,
        "decisions": DECISIONS,
        "tasks": [ProposedTask(1, "Підтримати сім’ї", measures or (a_measure(),))],
    }
    return ProposedProgram(**given | fields)


def whole_proposal() -> ProposedProgram:
    """With everything that a programme can have."""
    known, fund = building.executor("Управління освіти").pk, building.source().pk
    full = a_measure(
        term_text="протягом 2021-2023 років",
        executors_text="Управління освіти; молодіжний центр (за згодою)",
        participations=[ProposedParticipation(known), ProposedParticipation(NEW_BODY, by_consent=True)],
        introduced_by=APPROVED,
        plans=[
            ProposedPlan(2022, fund, Decimal("10.5"), APPROVED),
            ProposedPlan(2022, fund, Decimal("12.00001"), AMENDED),
        ],
    )
    withdrawn = a_measure(2, introduced_by=APPROVED, withdrawn_by=AMENDED)
    return proposal(
        full,
        withdrawn,
        executors=[ProposedExecutor(NEW_BODY, ExecutorKind.COMMUNAL_INSTITUTION, "КУ «Молодіжний центр»")],
        budget_codes="0213112",
    )


def messages(proposed: ProposedProgram, by: User) -> list[tuple[str, tuple[str | int, ...]]]:
    return [(fault.message, fault.path) for fault in faults(proposed, by=by)]


# --- what is written ---------------------------------------------------------------------


def test_everything_proposed_is_written(admin: User) -> None:
    program = compose(whole_proposal(), by=admin)
    program = Program.objects.get(pk=program.pk)
    assert (program.public_id, program.title, program.budget_codes) == (
        "77-2020-12-20", "Сім’я і молодь", "0213112",
    )  # fmt: skip
    assert [str(one) for one in program.decisions.all()] == [
        "№77 від 20.12.2020",
        "№12/3-VIII від 01.03.2022",
    ]
    first, second = Measure.objects.of_program(program)
    assert (first.term_text, first.executors_text) == (
        "протягом 2021-2023 років", "Управління освіти; молодіжний центр (за згодою)",
    )  # fmt: skip
    assert [str(part) for part in first.participations.all()] == [
        "Управління освіти",
        f"{NEW_BODY} (за згодою)",
    ]
    assert [(plan.year, plan.decision.number, plan.amount) for plan in first.planned_funding.all()] == [
        (2022, "77", Decimal("10.5")), (2022, "12/3-VIII", Decimal("12.00001")),
    ]  # fmt: skip
    assert (first.introduced_by.number, first.withdrawn_by) == ("77", None)  # type: ignore[union-attr]
    assert second.withdrawn_by == program.decisions.get(number="12/3-VIII")


@pytest.mark.parametrize("model", [Program, Executor, ExecutorAlias, Measure])
def test_rows_stand_as_their_own_saving_leaves_them(admin: User, model: Any) -> None:
    compose(whole_proposal(), by=admin)
    before = list(model.objects.order_by("pk").values())
    for row in model.objects.all():
        row.save()
    assert list(model.objects.order_by("pk").values()) == before


def test_every_row_has_its_history_in_the_persons_name(admin: User) -> None:
    known = set(Executor.objects.values_list("pk", flat=True))
    compose(whole_proposal(), by=admin)
    for model in (Program, Decision, Task, Measure, Participation, PlannedFunding):
        history: Any = model.history  # type: ignore[attr-defined]
        assert set(history.values_list("history_user", flat=True)) == {admin.pk}, model
        assert set(history.values_list("id", flat=True)) == set(model.objects.values_list("pk", flat=True))  # type: ignore[attr-defined]
    new = Executor.objects.exclude(pk__in=known).get(name=NEW_BODY)
    assert new.history.get().history_user == new.aliases.get().history.get().history_user == admin


def test_the_journal_tells_what_was_brought_in(admin: User) -> None:
    program = compose(whole_proposal(), by=admin)
    event = Event.objects.get(kind=EventKind.PROGRAM_PROPOSED)
    assert (event.by, event.details) == (
        admin,
        {
            "program_id": program.pk,
            "program": "77-2020-12-20",
            "title": "Сім’я і молодь",
            "decisions": ["№77 від 20.12.2020", "№12/3-VIII від 01.03.2022"],
            "tasks": 1,
            "measures": 2,
            "plans": 2,
            "executors": [{"id": Executor.objects.get(name=NEW_BODY).pk, "name": NEW_BODY}],
            "aliases": [],
            "awaits_confirmation": False,
        },
    )
    assert journal.verify().fault is None


def test_what_a_department_brings_in_waits_and_an_administrators_does_not(admin: User, clerk: User) -> None:
    assert compose(proposal(), by=clerk).awaits_confirmation is True
    other = proposal(decisions=[ProposedDecision(DecisionKind.APPROVES, "78", APPROVED[1])])
    assert compose(other, by=admin).awaits_confirmation is False


def test_new_spellings_are_kept_for_an_administrator(admin: User) -> None:
    known = building.executor()
    compose(proposal(aliases={"Упр. культури": known.pk, known.name: known.pk}), by=admin)
    assert [alias.name for alias in known.aliases.all()] == ["Управління культури", "Упр. культури"]


def test_new_spellings_of_a_department_are_dropped_without_a_word(clerk: User) -> None:
    known = building.executor()
    compose(proposal(aliases={"Упр. культури": known.pk, "Х" * 400: known.pk}), by=clerk)
    assert [alias.name for alias in known.aliases.all()] == ["Управління культури"]


def test_invisible_signs_are_taken_out_of_texts(admin: User) -> None:
    program = compose(proposal(a_measure(title=" Захід\r\nдругий\u202e\x0c")), by=admin)
    assert Measure.objects.of_program(program).get().title == "Захід\nдругий"


def test_queries_do_not_grow_with_the_number_of_measures(admin: User) -> None:
    fund, known = building.source().pk, building.executor("Управління освіти").pk

    def queries(number: str, measures: int) -> int:
        made = [
            a_measure(
                position,
                participations=[ProposedParticipation(known)],
                plans=[ProposedPlan(2021, fund, Decimal(1), (number, APPROVED[1]))],
            )
            for position in range(1, measures + 1)
        ]
        decision = ProposedDecision(DecisionKind.APPROVES, number, APPROVED[1])
        proposed = proposal(*made, decisions=[decision])
        with CaptureQueriesContext(connection) as captured:
            compose(proposed, by=admin)
        return len(captured)

    queries("1", 1)  # the journal's first line makes its head too
    assert queries("2", 1) == queries("3", 10)


# --- what is refused ---------------------------------------------------------------------


def test_nothing_is_wrong_with_a_whole_proposal(admin: User) -> None:
    assert messages(whole_proposal(), admin) == []


CHANGES: dict[str, tuple[Callable[[], dict[str, Any]], list[tuple[str, tuple[str | int, ...]]]]] = {
    "quotes in the title": (
        lambda: {"title": "«Сім’я»"},
        [("Введіть назву без лапок: у звіті вони додаються самі.", ("title",))],
    ),
    "a blank kind": (lambda: {"kind": " "}, [("Програма, вид: Це поле не може бути порожнім.", ("kind",))]),
    "a title that is longer spelled out": (
        lambda: {"title": "ﷺ" * 490},
        [(
            "Програма, вид і назва: забагато складних знаків. Записані звичайними літерами, вони займають "
            "8836 знаків, а вміщується 1500. Замініть такі знаки літерами.",
            ("title",),
        )],
    ),
    "a new executor whose name is longer spelled out": (
        lambda: {"executors": [ProposedExecutor("ﷺ" * 290)], "responsible": "ﷺ" * 290},
        [(
            "Новий виконавець, назва: забагато складних знаків. Записані звичайними літерами, вони займають "
            "5220 знаків, а вміщується 600. Замініть такі знаки літерами.",
            ("executors", 0, "name"),
        )],
    ),
    "a task that no page can print": (
        lambda: {"tasks": [ProposedTask(1, "а" * 601, [a_measure()])]},
        [(
            "Завдання 1, завдання: знаків у тексті 601, а вміщується 600. Скоротіть його.",
            ("tasks", 0, "text"),
        )],
    ),
    "years turned round": (
        lambda: {"start_year": 2023, "end_year": 2021},
        [
            ("Рік завершення не може бути раніший за рік початку.", ("end_year",)),
        ],
    ),
    "no approving decision": (
        lambda: {"decisions": [replace(DECISIONS[0], kind=DecisionKind.AMENDS)]},
        [(
            "Немає рішення, яким програму затверджено: з його номера й дати складається її ідентифікатор.",
            ("decisions",),
        )],
    ),
    "two approving decisions": (
        lambda: {"decisions": [DECISIONS[0], replace(DECISIONS[1], kind=DecisionKind.APPROVES)]},
        [("Програму затверджує одне рішення; решта вносять зміни.", ("decisions", 1, "kind"))],
    ),
    "an amendment before the approval": (
        lambda: {"decisions": [DECISIONS[0], replace(DECISIONS[1], date=datetime.date(2019, 1, 1))]},
        [(
            "Рішення №12/3-VIII від 01.01.2019: зміни не вносять раніше, ніж програму затверджено.",
            ("decisions", 1, "date"),
        )],
    ),
    "a decision twice": (
        lambda: {"decisions": [*DECISIONS, DECISIONS[1]]},
        [("Рішення №12/3-VIII від 01.03.2022 подано двічі.", ("decisions", 2))],
    ),
    "no measures": (
        lambda: {"tasks": [ProposedTask(1, "З")]}, [("У програмі немає жодного заходу.", ("tasks",))],
    ),
    "a task twice": (
        lambda: {"tasks": [ProposedTask(1, "З", [a_measure()]), ProposedTask(1, "З")]},
        [("Завдання 1 подано двічі.", ("tasks", 1))],
    ),
    "a new executor that is known": (
        lambda: {
            "executors": [ProposedExecutor("УПРАВЛІННЯ  культури")],
            "responsible": "УПРАВЛІННЯ  культури",
        },
        [(
            "Під назвою «УПРАВЛІННЯ  культури» вже записано виконавця «Управління культури».",
            ("executors", 0, "name"),
        )],
    ),
    "a new executor for nothing": (
        lambda: {"executors": [ProposedExecutor("Зайва")]},
        [("Новий виконавець «Зайва» нічого в програмі не виконує.", ("executors", 0))],
    ),
    "an unknown executor": (
        lambda: {"responsible": 0}, [("Такого виконавця в порталі немає.", ("responsible",))],
    ),
    "a name not among the new": (
        lambda: {"responsible": "Хтось"},
        [("Виконавця «Хтось» немає ні в порталі, ні серед нових.", ("responsible",))],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGES)
def test_a_fault_says_what_and_where(admin: User, case: str) -> None:
    building.executor()
    change, expected = CHANGES[case]
    assert messages(replace(proposal(), **change()), admin) == expected


MEASURES: dict[str, tuple[dict[str, Any], list[tuple[str, tuple[str | int, ...]]]]] = {
    "a blank title": (
        {"title": ""}, [("Захід 1.1, зміст заходу: Це поле не може бути порожнім.", ("title",))],
    ),
    "a number below one": (
        {"number": 0}, [("Захід 1.0, № у завданні: Нумерація починається з 1.", ("number",))],
    ),
    "a term outside": (
        {"term": Term.parse("2020-2022")},
        [("Захід 1.1: 2020 поза терміном програми (2021-2023 роки).", ("term",))],
    ),
    "an unknown decision": (
        {"introduced_by": ("5", datetime.date(2021, 5, 5))},
        [("Захід 1.1: рішення №5 від 05.05.2021 серед рішень програми немає.", ("introduced_by",))],
    ),
    "withdrawn before it came": (
        {"introduced_by": AMENDED, "withdrawn_by": APPROVED},
        [("Захід 1.1 виключено раніше, ніж введено.", ("withdrawn_by",))],
    ),
    "a participant twice": (
        {"participations": [ProposedParticipation("Нова"), ProposedParticipation("Нова", by_consent=True)]},
        [("Захід 1.1: виконавця «Нова» подано двічі.", ("participations", 1))],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MEASURES)
def test_a_fault_of_a_measure_says_which(admin: User, case: str) -> None:
    fields, expected = MEASURES[case]
    measure = a_measure(**{"participations": [ProposedParticipation("Нова")]} | fields)
    proposed = proposal(measure, executors=[ProposedExecutor("Нова")])
    assert messages(proposed, admin) == [
        (message, ("tasks", 0, "measures", 0, *path)) for message, path in expected
    ]


PLANS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a negative sum": (
        {"amount": Decimal(-1)},
        "Захід 1.1, план на 2021 рік, план, тис. грн: Сума не може бути від’ємною.", "amount",
    ),
    "no number": (
        {"amount": Decimal("NaN")},
        "Захід 1.1, план на 2021 рік: сума не є числом.", "amount",
    ),
    "a year outside": (
        {"year": 2024}, "Захід 1.1, план на 2024 рік: рік поза терміном програми (2021-2023 роки).", "year",
    ),
    "a year that was over": (
        {"year": 2021, "decision": AMENDED},
        "Рішення ухвалено 01.03.2022, плану на 2021 рік воно вже не змінює.", "year",
    ),
    "an unknown source": (
        {"source_id": 0}, "Захід 1.1, план на 2021 рік: такого джерела фінансування немає.", "source_id",
    ),
    "an unknown decision": (
        {"decision": ("5", datetime.date(2021, 5, 5))},
        "Захід 1.1, план на 2021 рік: рішення №5 від 05.05.2021 серед рішень програми немає.", "decision",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANS)
def test_a_fault_of_a_plan_says_which(admin: User, case: str) -> None:
    fields, message, name = PLANS[case]
    plan = replace(ProposedPlan(2021, building.source().pk, Decimal(1), APPROVED), **fields)
    assert messages(proposal(a_measure(plans=[plan])), admin) == [
        (message, ("tasks", 0, "measures", 0, "plans", 0, name))
    ]


@pytest.mark.parametrize("digits", ["12345678901", "0.000001"])
def test_too_many_digits_are_refused(admin: User, digits: str) -> None:
    plan = ProposedPlan(2021, building.source().pk, Decimal(digits), APPROVED)
    assert [path[-1] for _, path in messages(proposal(a_measure(plans=[plan])), admin)] == ["amount"]


def test_one_plan_twice_is_refused(admin: User) -> None:
    plan = ProposedPlan(2021, building.source().pk, Decimal(1), APPROVED)
    assert messages(proposal(a_measure(plans=[plan, replace(plan, amount=Decimal(2))])), admin) == [
        (
            "Захід 1.1, план на 2021 рік: те саме джерело за тим самим рішенням подано двічі.",
            ("tasks", 0, "measures", 0, "plans", 1),
        )
    ]


def test_a_measures_number_is_free_again_once_it_is_withdrawn(admin: User) -> None:
    again = [a_measure(withdrawn_by=AMENDED), a_measure(introduced_by=AMENDED), a_measure()]
    assert messages(proposal(*again), admin) == [("Захід 1.1 подано двічі.", ("tasks", 0, "measures", 2))]


def test_a_programme_of_the_same_decision_is_named(admin: User) -> None:
    compose(proposal(), by=admin)
    assert messages(proposal(title="Інша"), admin) == [
        (
            "Програма, затверджена рішенням №77 від 20.12.2020, у порталі вже є: «Сім’я і молодь». "
            "Якщо тим самим рішенням затверджено й іншу, її додає адміністратор програм в адмініструванні.",
            ("decisions", 0, "number"),
        )
    ]


def test_a_programme_of_the_same_decision_is_not_named_to_others(admin: User) -> None:
    compose(proposal(), by=admin)
    others = building.executor("Архів")
    stranger = building.appointed(building.user("stranger"), others)
    assert messages(proposal(responsible=others.pk), stranger) == [
        (
            "Програма, затверджена рішенням №77 від 20.12.2020, у порталі вже є. "
            "Якщо тим самим рішенням затверджено й іншу, її додає адміністратор програм в адмініструванні.",
            ("decisions", 0, "number"),
        )
    ]


def test_an_executor_that_no_longer_acts_is_refused(admin: User) -> None:
    Executor.objects.filter(pk=building.executor().pk).update(is_active=False)
    assert messages(proposal(), admin) == [("Виконавець «Управління культури» не діє.", ("responsible",))]


def test_a_spelling_of_another_body_is_refused(admin: User) -> None:
    other = building.executor("Управління освіти")
    proposed = proposal(aliases={"управління освіти": building.executor().pk, other.name: other.pk})
    assert messages(proposed, admin) == [
        ("Під назвою «управління освіти» вже записано виконавця «Управління освіти».",
         ("aliases", "управління освіти"))
    ]  # fmt: skip


def test_a_spelling_that_is_longer_spelled_out_is_refused(admin: User) -> None:
    [(message, path)] = messages(proposal(aliases={"ﷺ" * 290: building.executor().pk}), admin)
    assert (message.partition(": ")[2][:24], path) == ("забагато складних знаків", ("aliases", "ﷺ" * 290))


ONLY_OWN = "Програму вносить адміністратор програм або працівник її відповідального виконавця."


def test_people_bring_in_programmes_of_their_own_body_alone(clerk: User) -> None:
    theirs = proposal(responsible=building.executor("Управління освіти").pk)
    new = proposal(responsible="Нова", executors=[ProposedExecutor("Нова")])
    assert [messages(one, clerk) for one in (proposal(), theirs, new)] == [
        [], [(ONLY_OWN, ("responsible",))], [(ONLY_OWN, ("responsible",))],
    ]  # fmt: skip


def test_an_appointment_that_ended_grants_nothing(db: None) -> None:
    former = building.user("former")
    building.appointed(former, building.executor(), ends_on=datetime.date(2021, 1, 1))
    assert messages(proposal(), former) == [(ONLY_OWN, ("responsible",))]


def test_all_faults_come_at_once_and_nothing_is_written(admin: User) -> None:
    bad = proposal(a_measure(title=""), a_measure(), title="", kind="", executors=[ProposedExecutor("")])
    with pytest.raises(ComposingRefused) as refused:
        compose(bad, by=admin)
    assert len(refused.value.faults) == 6
    assert str(refused.value).endswith(" І ще 3 помилки. Нічого не записано.")
    assert (Program.objects.count(), Event.objects.count()) == (0, 0)


def test_a_failure_in_the_middle_leaves_nothing(admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("programs.composing.record", broken)
    with pytest.raises(RuntimeError):
        compose(whole_proposal(), by=admin)
    assert (Program.objects.count(), Executor.objects.filter(name=NEW_BODY).count()) == (0, 0)
