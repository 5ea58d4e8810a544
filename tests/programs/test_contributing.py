"""The door of co-executors' information: who may say what, and how it comes into the printed row."""

import datetime
from decimal import Decimal

import pytest

from programs import contributing, entry
from programs.calculations import Money
from programs.contributing import (
    ContributionRefused,
    InvalidContribution,
    StaleContribution,
    StaleTaking,
    parts_of,
    recall_part,
    save_contribution,
    submit_part,
    take,
)
from programs.enums import EventKind, ExecutorKind, ReportState
from programs.models import (
    AnnualReport,
    Contribution,
    Event,
    Executor,
    ExecutorPart,
    FundingSource,
    MeasureResult,
    Participation,
    User,
)
from tests import building

pytestmark = pytest.mark.django_db

OPEN = [state for state in ReportState if state.accepts_figures]
CLOSED = [state for state in ReportState if not state.accepts_figures]


@pytest.fixture
def rows() -> list[MeasureResult]:
    program = building.program(measures=2)
    for measure in program.tasks.get().measures.all():
        Participation.objects.create(measure=measure, executor=building.executor("Управління освіти"))
        Participation.objects.create(measure=measure, executor=program.responsible)
    return building.results(program)


@pytest.fixture
def row(rows: list[MeasureResult]) -> MeasureResult:
    return rows[0]


@pytest.fixture
def report(row: MeasureResult) -> AnnualReport:
    return row.report


@pytest.fixture
def body() -> Executor:
    return building.executor("Управління освіти")


@pytest.fixture
def sender(rows: list[MeasureResult], body: Executor) -> User:
    """The responsible person of the co-executor."""
    return building.appointed(building.user("sender"), body)


@pytest.fixture
def clerk(report: AnnualReport) -> User:
    return building.appointed(building.user("clerk"), report.program.responsible)


@pytest.fixture
def source() -> FundingSource:
    return building.source()


def spent(actual: str = "", financed: str = "") -> Money:
    return Money(actual=building.money(actual), financed=building.money(financed))


def in_state(report: AnnualReport, state: ReportState) -> None:
    AnnualReport.objects.filter(pk=report.pk).update(state=state)


# --- saving ------------------------------------------------------------------------------


def test_a_coexecutor_says_what_was_done(
    row: MeasureResult, body: Executor, sender: User, source: FundingSource
) -> None:
    saved = save_contribution(
        row,
        body,
        by=sender,
        version=0,
        narrative="Проведено\r\nнараду",
        letter_number="7",
        letter_date=datetime.date(2025, 1, 3),
        amounts={source.pk: spent("1.5", "1.25")},
    )
    assert (
        saved.narrative,
        saved.letter_number,
        saved.letter_date,
        saved.version,
        saved.changed_by,
        saved.is_on_behalf,
        [(one.source, one.actual, one.financed) for one in saved.amounts.all()],
    ) == (
        "Проведено\nнараду",
        "7",
        datetime.date(2025, 1, 3),
        1,
        sender,
        False,
        [(source, Decimal("1.5"), Decimal("1.25"))],
    )


def test_the_printed_row_stays_as_it_was(
    row: MeasureResult, body: Executor, sender: User, source: FundingSource
) -> None:
    save_contribution(row, body, by=sender, version=0, narrative="Так", amounts={source.pk: spent("1")})
    row.refresh_from_db()
    assert (row.version, row.narrative, row.amounts.count()) == (1, "", 0)


def test_the_department_types_a_letter_on_the_coexecutors_behalf(
    row: MeasureResult, body: Executor, clerk: User
) -> None:
    saved = save_contribution(row, body, by=clerk, version=0, narrative="З листа")
    assert (saved.executor, saved.changed_by, saved.is_on_behalf) == (body, clerk, True)


@pytest.mark.parametrize("version", [0, 1, 99])
def test_the_same_again_changes_nothing(
    version: int, row: MeasureResult, body: Executor, sender: User, source: FundingSource
) -> None:
    for known in (0, version):
        saved = save_contribution(
            row, body, by=sender, version=known, narrative="Так", amounts={source.pk: spent("1")}
        )
    assert (saved.version, saved.history.count(), saved.amounts.get().history.count()) == (1, 1, 1)


def test_every_change_is_in_history_in_the_persons_name(
    row: MeasureResult, body: Executor, sender: User, clerk: User, source: FundingSource
) -> None:
    first = save_contribution(
        row, body, by=sender, version=0, narrative="Так", amounts={source.pk: spent("1")}
    )
    saved = save_contribution(row, body, by=clerk, version=first.version, amounts={source.pk: spent("2")})
    assert [(one.version, one.narrative, one.history_user) for one in saved.history.all()] == [
        (2, "", clerk),
        (1, "Так", sender),
    ]
    assert [(one.actual, one.history_user) for one in saved.amounts.get().history.all()] == [
        (Decimal("2"), clerk),
        (Decimal("1"), sender),
    ]


def test_sources_not_named_stay(
    row: MeasureResult, body: Executor, sender: User, source: FundingSource
) -> None:
    special = building.source("special")
    save_contribution(
        row, body, by=sender, version=0, amounts={source.pk: spent("1"), special.pk: spent("5")}
    )
    saved = save_contribution(row, body, by=sender, version=1, amounts={source.pk: spent("2")})
    assert {one.source: one.actual for one in saved.amounts.all()} == {source: 2, special: 5}


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    row: MeasureResult, body: Executor, sender: User, clerk: User
) -> None:
    save_contribution(row, body, by=sender, version=0, narrative="Одне")
    with pytest.raises(StaleContribution) as caught:
        save_contribution(row, body, by=clerk, version=0, narrative="Інше")
    standing = Contribution.objects.get()
    assert (caught.value.theirs, standing.narrative, standing.version) == (standing, "Одне", 1)


def test_an_empty_one_is_not_begun(row: MeasureResult, body: Executor, sender: User) -> None:
    with pytest.raises(InvalidContribution, match="Зберігати ще нічого"):
        save_contribution(row, body, by=sender, version=0)
    assert not Contribution.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"narrative": "а" * 10_001}, "інформація про виконання"),
        ({"letter_number": "1" * 61}, "номер листа"),
        ({"letter_date": "учора"}, "дата листа"),
    ],
)
def test_wrong_values_are_refused(
    wrong: dict[str, object], message: str, row: MeasureResult, body: Executor, sender: User
) -> None:
    with pytest.raises(InvalidContribution, match=message):
        save_contribution(row, body, by=sender, version=0, **wrong)
    assert not Contribution.objects.exists()


def test_a_negative_sum_is_refused_and_the_text_with_it(
    row: MeasureResult, body: Executor, sender: User, source: FundingSource
) -> None:
    with pytest.raises(InvalidContribution, match="не може бути від’ємною"):
        save_contribution(
            row, body, by=sender, version=0, narrative="Так", amounts={source.pk: Money(actual=Decimal(-1))}
        )
    assert not Contribution.objects.exists()


def test_an_unknown_source_is_refused(row: MeasureResult, body: Executor, sender: User) -> None:
    with pytest.raises(ContributionRefused, match="Такого джерела"):
        save_contribution(row, body, by=sender, version=0, amounts={404: spent("1")})


def test_strangers_and_other_bodies_may_not(row: MeasureResult, body: Executor, sender: User) -> None:
    other = building.appointed(building.user("other"), building.executor("Управління спорту"))
    for person in (other, building.user("auditor", is_auditor=True)):
        with pytest.raises(ContributionRefused, match="вносять його співвиконавець"):
            save_contribution(row, body, by=person, version=0, narrative="Так")
    with pytest.raises(ContributionRefused):
        save_contribution(row, building.executor("Управління спорту"), by=sender, version=0, narrative="Так")


@pytest.mark.parametrize("state", CLOSED)
def test_only_while_the_report_is_a_draft(
    state: ReportState, report: AnnualReport, row: MeasureResult, body: Executor, sender: User, clerk: User
) -> None:
    save_contribution(row, body, by=sender, version=0, narrative="Так")
    in_state(report, state)
    for closed in (
        lambda: save_contribution(row, body, by=clerk, version=1, narrative="Інакше"),
        lambda: submit_part(report, body, by=sender),
        lambda: recall_part(report, body, by=sender),
        lambda: take(row, {Contribution.objects.get().pk: 1}, by=clerk, version=1, replace=False),
    ):
        with pytest.raises(ContributionRefused, match="Звіт у стані"):
            closed()
    assert (
        Contribution.objects.get().narrative,
        Event.objects.filter(kind=EventKind.PART_SUBMITTED).count(),
    ) == (
        "Так",
        0,
    )


def test_after_submitting_the_coexecutor_recalls_first(
    report: AnnualReport, row: MeasureResult, body: Executor, sender: User
) -> None:
    submit_part(report, body, by=sender)
    with pytest.raises(ContributionRefused, match="Відкличте подання"):
        save_contribution(row, body, by=sender, version=0, narrative="Так")
    recall_part(report, body, by=sender)
    assert save_contribution(row, body, by=sender, version=0, narrative="Так").version == 1


def test_after_submitting_the_department_may_still_type_a_letter(
    report: AnnualReport, row: MeasureResult, body: Executor, sender: User, clerk: User
) -> None:
    submit_part(report, body, by=sender)
    assert save_contribution(row, body, by=clerk, version=0, narrative="Так").is_on_behalf


# --- into the row ------------------------------------------------------------------------


@pytest.fixture
def two(row: MeasureResult, body: Executor, clerk: User, source: FundingSource) -> list[Contribution]:
    """What two co-executors say of one measure."""
    other = building.executor("Управління спорту")
    Participation.objects.create(measure=row.measure, executor=other)
    return [
        save_contribution(
            row, body, by=clerk, version=0, narrative="Освіта", amounts={source.pk: spent("1.5", "1")}
        ),
        save_contribution(
            row, other, by=clerk, version=0, narrative="Спорт", amounts={source.pk: spent("0.25")}
        ),
    ]


def seen(contributions: list[Contribution]) -> dict[int, int]:
    return {one.pk: one.version for one in contributions}


def money_of(row: MeasureResult) -> dict[str, tuple[Decimal | None, ...]]:
    return {one.source.code: (one.planned, one.actual, one.financed) for one in row.amounts.all()}


def test_texts_and_sums_come_into_the_row(row: MeasureResult, clerk: User, two: list[Contribution]) -> None:
    take(row, seen(two), by=clerk, version=1, replace=False)
    row.refresh_from_db()
    assert (row.narrative, row.version, money_of(row)) == (
        "Освіта\nСпорт",
        2,
        {"general": (None, Decimal("1.75"), Decimal("1"))},
    )


def test_only_the_chosen_come(row: MeasureResult, clerk: User, two: list[Contribution]) -> None:
    take(row, seen(two[1:]), by=clerk, version=1, replace=False)
    row.refresh_from_db()
    assert (row.narrative, money_of(row)) == ("Спорт", {"general": (None, Decimal("0.25"), None)})


def test_the_plan_and_facts_that_nobody_named_stay(
    row: MeasureResult, clerk: User, two: list[Contribution], source: FundingSource
) -> None:
    special = building.source("special")
    standing = {source.pk: Money(Decimal(9), Decimal(8), Decimal(7)), special.pk: Money(Decimal(3))}
    entry.save_result(row, version=1, by=clerk, amounts=standing)
    take(row, seen(two[1:]), by=clerk, version=2, replace=False)
    row.refresh_from_db()
    assert money_of(row) == {
        "general": (Decimal(9), Decimal("0.25"), Decimal(7)),
        "special": (Decimal(3), None, None),
    }


@pytest.mark.parametrize(("replace", "narrative"), [(False, "Було\nОсвіта\nСпорт"), (True, "Освіта\nСпорт")])
def test_a_text_is_added_below_or_takes_the_place(
    replace: bool, narrative: str, row: MeasureResult, clerk: User, two: list[Contribution]
) -> None:
    entry.save_result(row, version=1, by=clerk, narrative="Було")
    take(row, seen(two), by=clerk, version=2, replace=replace)
    row.refresh_from_db()
    assert row.narrative == narrative


@pytest.mark.parametrize("replace", [False, True])
def test_taking_twice_has_no_second_effect(
    replace: bool, row: MeasureResult, clerk: User, two: list[Contribution]
) -> None:
    for _ in range(2):
        take(row, seen(two), by=clerk, version=1, replace=replace)
    row.refresh_from_db()
    stamped = Contribution.objects.get(pk=two[0].pk)
    assert (row.narrative, row.version, stamped.history.count()) == ("Освіта\nСпорт", 2, 2)


def test_a_text_that_is_a_part_of_another_is_not_lost(
    row: MeasureResult, body: Executor, clerk: User
) -> None:
    entry.save_result(row, version=1, by=clerk, narrative="Проведено 25 заходів.")
    said = save_contribution(row, body, by=clerk, version=0, narrative="Проведено 2")
    take(row, {said.pk: said.version}, by=clerk, version=2, replace=False)
    row.refresh_from_db()
    assert row.narrative == "Проведено 25 заходів.\nПроведено 2"


def test_who_took_which_version_is_remembered(
    row: MeasureResult, clerk: User, two: list[Contribution]
) -> None:
    take(row, seen(two[:1]), by=clerk, version=1, replace=False)
    taken, left = Contribution.objects.order_by("pk")
    assert (taken.taken_version, taken.taken_by, taken.taken_at is None, taken.version) == (
        1,
        clerk,
        False,
        1,
    )
    assert (left.taken_version, left.taken_by, left.taken_at) == (None, None, None)


def test_what_comes_after_taking_is_marked(
    row: MeasureResult, body: Executor, clerk: User, two: list[Contribution]
) -> None:
    take(row, seen(two), by=clerk, version=1, replace=False)
    save_contribution(row, body, by=clerk, version=1, narrative="Освіта, уточнено")
    assert [one.is_newer_than_taken for one in Contribution.objects.order_by("pk")] == [True, False]


def test_a_row_that_others_changed_is_not_overwritten(
    row: MeasureResult, clerk: User, two: list[Contribution]
) -> None:
    entry.save_result(row, version=1, by=clerk, narrative="Хтось інший")
    with pytest.raises(entry.StaleResults):
        take(row, seen(two), by=clerk, version=1, replace=True)
    row.refresh_from_db()
    assert (row.narrative, Contribution.objects.filter(taken_at__isnull=False).count()) == ("Хтось інший", 0)


def test_a_contribution_that_changed_meanwhile_is_looked_at_first(
    row: MeasureResult, body: Executor, clerk: User, two: list[Contribution]
) -> None:
    save_contribution(row, body, by=clerk, version=1, narrative="Освіта, уточнено")
    with pytest.raises(StaleTaking, match="«Управління освіти»"):
        take(row, seen(two), by=clerk, version=1, replace=False)
    row.refresh_from_db()
    assert (row.narrative, row.version) == ("", 1)


@pytest.mark.parametrize("chosen", [{}, {404: 1}])
def test_nothing_chosen_nothing_taken(chosen: dict[int, int], row: MeasureResult, clerk: User) -> None:
    with pytest.raises(ContributionRefused, match="Не обрано"):
        take(row, chosen, by=clerk, version=1, replace=False)


def test_another_rows_information_is_not_taken(
    rows: list[MeasureResult], clerk: User, two: list[Contribution]
) -> None:
    with pytest.raises(ContributionRefused, match="Не обрано"):
        take(rows[1], seen(two), by=clerk, version=1, replace=False)


def test_a_coexecutor_takes_nothing_into_the_row(
    row: MeasureResult, sender: User, two: list[Contribution]
) -> None:
    with pytest.raises(entry.EntryRefused):
        take(row, seen(two), by=sender, version=1, replace=False)
    assert not Contribution.objects.filter(taken_at__isnull=False).exists()


# --- a whole part ------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "on_behalf"), [("sender", False), ("clerk", True)])
def test_a_part_is_submitted(
    who: str, on_behalf: bool, report: AnnualReport, body: Executor, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(who)
    part = submit_part(report, body, by=person)
    event = Event.objects.get(kind=EventKind.PART_SUBMITTED)
    assert (part.submitted_by, part.is_on_behalf, part.submitted_at is None) == (person, on_behalf, False)
    assert (event.by, event.report, event.details) == (
        person,
        report,
        {"executor": {"id": body.pk, "name": "Управління освіти"}, "on_behalf": on_behalf},
    )
    assert part.history.get().history_user == person


def test_submitting_twice_is_one_event_and_keeps_who_was_first(
    report: AnnualReport, body: Executor, sender: User, clerk: User
) -> None:
    submit_part(report, body, by=sender)
    part = submit_part(report, body, by=clerk)
    assert (part.submitted_by, Event.objects.filter(kind=EventKind.PART_SUBMITTED).count()) == (sender, 1)


def test_a_part_is_recalled_once(report: AnnualReport, body: Executor, sender: User) -> None:
    recall_part(report, body, by=sender)
    submit_part(report, body, by=sender)
    for _ in range(2):
        part = recall_part(report, body, by=sender)
    assert (part.submitted_at, part.submitted_by) == (None, None)
    assert Event.objects.filter(kind=EventKind.PART_RECALLED).count() == 1


def test_only_own_parts_are_submitted(
    report: AnnualReport, body: Executor, rows: list[MeasureResult]
) -> None:
    other = building.appointed(building.user("other"), building.executor("Управління спорту"))
    with pytest.raises(ContributionRefused):
        submit_part(report, body, by=other)
    assert not ExecutorPart.objects.exists()


def test_a_body_without_measures_has_no_part(report: AnnualReport, clerk: User) -> None:
    with pytest.raises(ContributionRefused):
        submit_part(report, building.executor("Управління спорту"), by=clerk)


# --- who has said what -------------------------------------------------------------------


def test_the_parts_of_a_report(
    report: AnnualReport, rows: list[MeasureResult], body: Executor, sender: User
) -> None:
    save_contribution(rows[1], body, by=sender, version=0, narrative="Так")
    [part] = parts_of(report)
    assert (
        part.executor,
        [line.result for line in part.lines],
        [line.result for line in part.empty],
        [one.user for one in part.people],
        part.is_expected,
        part.is_submitted,
    ) == (body, rows, rows[:1], [sender], True, False)


def test_a_letters_number_alone_fills_nothing(
    report: AnnualReport, row: MeasureResult, body: Executor, sender: User
) -> None:
    save_contribution(row, body, by=sender, version=0, letter_number="7")
    assert parts_of(report)[0].filled == []


def test_nobody_waits_for_bodies_without_accounts_and_collectives(
    report: AnnualReport, row: MeasureResult
) -> None:
    collective = Executor.objects.create(name="Громадські організації", kind=ExecutorKind.COLLECTIVE)
    Participation.objects.create(measure=row.measure, executor=collective)
    building.appointed(building.user("somebody"), collective)
    assert [(str(part.executor), part.is_expected) for part in parts_of(report)] == [
        ("Громадські організації", False),
        ("Управління освіти", False),
    ]


def test_who_was_appointed_once_is_not_waited_for(report: AnnualReport, body: Executor) -> None:
    over = datetime.date(2024, 1, 1)
    building.appointed(building.user("former"), body, ends_on=over)
    assert [parts_of(report)[0].is_expected, parts_of(report, on=over)[0].is_expected] == [False, True]


def test_parts_cost_the_same_however_many_measures(
    django_assert_num_queries, sender: User, body: Executor
) -> None:
    for number, size in (("31", 1), ("32", 4)):
        program = building.program(measures=size, number=number)
        for measure in program.tasks.get().measures.all():
            Participation.objects.create(measure=measure, executor=body)
        report = AnnualReport.objects.select_related("program").get(pk=building.results(program)[0].report_id)
        for row in report.results.all():
            save_contribution(row, body, by=sender, version=0, narrative="Так")
        with django_assert_num_queries(8):
            [part] = contributing.parts_of(report)
            assert len(part.filled) == size
