"""The plan in force, taken into a report's rows: what is offered, what is written, what is refused."""

import re
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from programs.calculations import Money
from programs.consistency import check_report
from programs.entry import EntryRefused, StaleResults, save_result
from programs.enums import ReportState
from programs.models import (
    AnnualReport,
    Decision,
    Measure,
    MeasureResult,
    Participation,
    PlannedFunding,
    Program,
    User,
)
from programs.taking_plans import Offer, PlansMoved, Seen, offers, take
from tests import building

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    """Measures 1.1 (10 from one source, 5 from another) and 1.2 (20), planned when it was approved."""
    made = building.program(measures=2)
    approving = made.decisions.get()
    first, second = Measure.objects.of_program(made)
    plan(first, approving, general=10, special=5)
    plan(second, approving, general=20)
    return made


@pytest.fixture
def report(program: Program) -> AnnualReport:
    return building.results(program)[0].report


@pytest.fixture
def amending(program: Program) -> Decision:
    return building.decision(program, "30", "2024-05-01")


@pytest.fixture
def clerk(program: Program) -> User:
    return building.appointed(building.user("clerk"), program.responsible)


@pytest.fixture
def colleague(program: Program) -> User:
    return building.appointed(building.user("colleague"), program.responsible)


@pytest.fixture
def desk(client: Client, clerk: User) -> Client:
    client.force_login(clerk)
    return client


def plan(measure: Measure, decision: Decision, **amounts: int) -> None:
    for code, amount in amounts.items():
        PlannedFunding.objects.create(
            measure=measure, decision=decision, source=building.source(code), year=2024, amount=amount
        )


def measure(program: Program, number: int) -> Measure:
    return Measure.objects.of_program(program)[number - 1]


def row(report: AnnualReport, number: int) -> MeasureResult:
    return MeasureResult.objects.get(report=report, measure__number=number)


def told(found: list[Offer]) -> dict[str, list[tuple[str, Decimal | None, Decimal | None]]]:
    """Source, plan in the report and plan in force, by the measure's number."""
    return {
        offer.result.measure.code: [(line.source.code, line.standing, line.in_force) for line in offer.lines]
        for offer in found
    }


def seen(found: list[Offer]) -> dict[int, Seen]:
    return {offer.result.pk: Seen(offer.result.version, offer.mark) for offer in found}


def plans(report: AnnualReport, number: int) -> dict[str, Decimal | None]:
    return {amount.source.code: amount.planned for amount in row(report, number).amounts.all()}


def money(report: AnnualReport, number: int, code: str) -> Money:
    amount = row(report, number).amounts.get(source=building.source(code))
    return Money(amount.planned, amount.actual, amount.financed)


# --- what is offered ---------------------------------------------------------------------


def test_a_copy_of_the_plan_in_force_has_nothing_to_take(report: AnnualReport) -> None:
    assert offers(report) == []


def test_a_later_decision_is_offered_with_every_source_that_it_names_or_replaces(
    program: Program, report: AnnualReport, amending: Decision
) -> None:
    plan(measure(program, 1), amending, general=12)
    found = offers(report)
    assert told(found) == {"1.1": [("general", Decimal(10), Decimal(12)), ("special", Decimal(5), None)]}
    assert [(str(one.decision), one.standing, one.in_force) for one in found] == [
        ("№30 від 01.05.2024", Decimal(15), Decimal(12))
    ]


def test_a_plan_that_only_moved_between_sources_is_offered_too(
    program: Program, report: AnnualReport, amending: Decision
) -> None:
    plan(measure(program, 1), amending, general=7, special=8)
    assert list(told(offers(report))) == ["1.1"]


def test_a_decision_after_the_years_end_offers_nothing(program: Program, report: AnnualReport) -> None:
    plan(measure(program, 1), building.decision(program, "40", "2025-02-01"), general=99)
    assert offers(report) == []


def test_a_zero_where_nothing_is_planned_is_no_difference_but_a_blank_is_no_zero(
    program: Program, report: AnnualReport, amending: Decision, clerk: User
) -> None:
    zero = {building.source("special").pk: Money(planned=Decimal(0))}
    save_result(row(report, 2), version=1, by=clerk, amounts=zero)
    assert offers(report) == []
    plan(measure(program, 2), amending, general=20, other=0)
    assert told(offers(report)) == {
        "1.2": [
            ("general", Decimal(20), Decimal(20)),
            ("special", Decimal(0), None),
            ("other", None, Decimal(0)),
        ]
    }


def test_queries_do_not_grow_with_rows(program: Program, report: AnnualReport, amending: Decision) -> None:
    plan(measure(program, 1), amending, general=12)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            offers(AnnualReport.objects.get(pk=report.pk))
        return len(queries)

    before = asked()
    plan(measure(program, 2), amending, general=21, special=1)
    assert (asked(), len(offers(report))) == (before, 2)


# --- what is written ---------------------------------------------------------------------


def test_the_plan_is_taken_with_facts_left_and_unnamed_sources_without_a_plan(
    program: Program, report: AnnualReport, amending: Decision, clerk: User
) -> None:
    facts = Money(Decimal(5), Decimal(4), Decimal(3))
    save_result(row(report, 1), version=1, by=clerk, amounts={building.source("special").pk: facts})
    plan(measure(program, 1), amending, general=12, other=2)
    assert take(report, seen(offers(report)), by=clerk) == 1
    assert plans(report, 1) == {"general": Decimal(12), "special": None, "other": Decimal(2)}
    assert money(report, 1, "special") == Money(None, Decimal(4), Decimal(3))
    assert offers(report) == []


def test_a_source_set_to_zero_becomes_zero(
    program: Program, report: AnnualReport, amending: Decision, clerk: User
) -> None:
    plan(measure(program, 1), amending, general=10, special=0)
    take(report, seen(offers(report)), by=clerk)
    assert plans(report, 1) == {"general": Decimal(10), "special": Decimal(0)}


def test_the_finding_is_gone_from_the_rows_that_were_chosen_alone(
    program: Program, report: AnnualReport, amending: Decision, clerk: User
) -> None:
    plan(measure(program, 1), amending, general=12)
    plan(measure(program, 2), amending, general=21)

    def differing() -> list[str]:
        return [finding.measure for finding in check_report(report) if finding.code == "plan_differs"]

    assert differing() == ["1.1", "1.2"]
    take(report, seen(offers(report)[:1]), by=clerk)
    assert differing() == ["1.2"]


def test_history_names_who_took_it(
    program: Program, report: AnnualReport, amending: Decision, clerk: User
) -> None:
    plan(measure(program, 2), amending, general=21)
    take(report, seen(offers(report)), by=clerk)
    last = row(report, 2).amounts.get().history.first()
    assert (last.planned, last.history_user) == (Decimal(21), clerk)


def test_another_cell_that_somebody_saved_meanwhile_stays(
    program: Program, report: AnnualReport, amending: Decision, clerk: User, colleague: User
) -> None:
    plan(measure(program, 2), amending, general=21)
    shown = seen(offers(report))
    facts = Money(Decimal(20), Decimal(9), Decimal(8))
    save_result(row(report, 2), version=1, by=colleague, amounts={building.source("general").pk: facts})
    assert take(report, shown, by=clerk) == 1
    assert money(report, 2, "general") == Money(Decimal(21), Decimal(9), Decimal(8))


# --- what is refused ---------------------------------------------------------------------


def test_a_plan_that_somebody_typed_meanwhile_stops_all_of_it(
    program: Program, report: AnnualReport, amending: Decision, clerk: User, colleague: User
) -> None:
    plan(measure(program, 1), amending, general=12)
    plan(measure(program, 2), amending, general=21)
    shown = seen(offers(report))
    typed = {building.source("general").pk: Money(planned=Decimal(19))}
    save_result(row(report, 2), version=1, by=colleague, amounts=typed)
    with pytest.raises(StaleResults) as refused:
        take(report, shown, by=clerk)
    assert [(one.measure_code, one.theirs, one.yours) for one in refused.value.conflicts] == [
        ("1.2", Decimal(19), Decimal(21))
    ]
    assert plans(report, 1) == {"general": Decimal(10), "special": Decimal(5)}


def test_a_plan_in_force_that_was_not_seen_is_not_taken(
    program: Program, report: AnnualReport, amending: Decision, clerk: User
) -> None:
    plan(measure(program, 1), amending, general=12)
    plan(measure(program, 2), amending, general=21)
    shown = seen(offers(report))
    PlannedFunding.objects.filter(decision=amending, measure=measure(program, 2)).update(amount=22)
    with pytest.raises(PlansMoved) as refused:
        take(report, shown, by=clerk)
    assert str(refused.value) == (
        "Поки ви працювали, план за рішеннями змінився: 1.2. Нічого не записано; "
        "перегляньте нові суми й візьміть план ще раз."
    )
    assert plans(report, 1) == {"general": Decimal(10), "special": Decimal(5)}


def test_a_row_that_follows_its_decision_by_now_is_left_alone(
    program: Program, report: AnnualReport, amending: Decision, clerk: User, colleague: User
) -> None:
    plan(measure(program, 2), amending, general=21)
    shown = seen(offers(report))
    take(report, shown, by=colleague)
    assert (take(report, shown, by=clerk), row(report, 2).version) == (0, 2)


def test_a_row_of_another_report_is_refused(report: AnnualReport, clerk: User) -> None:
    other = building.results(building.program(number="16", measures=1))[0]
    with pytest.raises(EntryRefused):
        take(report, {other.pk: Seen(1, "")}, by=clerk)


# --- the page ----------------------------------------------------------------------------


def address(report: AnnualReport) -> str:
    return reverse("take_plan", args=[report.program.public_id, report.year])


def words(response: HttpResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def ticks(response: HttpResponse) -> dict[str, bool]:
    """Values of the page's ticks, and which are ticked."""
    found = re.findall(r'name="take" value="([^"]*)"( checked)?', response.content.decode())
    return {unescape(value): bool(checked) for value, checked in found}


def cells(response: HttpResponse) -> list[list[str]]:
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", response.content.decode().split("</thead>")[1], re.DOTALL)
    return [
        [
            " ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[hd].*?</t[hd]>", one, re.DOTALL)
        ]
        for one in rows
    ]


def test_the_page_shows_each_differing_measure_ticked(
    program: Program, report: AnnualReport, amending: Decision, desk: Client
) -> None:
    plan(measure(program, 1), amending, general=12)
    response = desk.get(address(report))
    assert cells(response) == [
        ["1.1 Захід 1 за рішенням № 30 від 01.05.2024", "general", "10,0", "12,0", "+2,0"],
        ["special", "5,0", "—", "—"],
        ["Разом", "15,0", "12,0", "−3,0"],
    ]
    assert list(ticks(response).values()) == [True]


def test_what_is_sent_is_taken_and_leads_to_the_sheet(
    program: Program, report: AnnualReport, amending: Decision, desk: Client
) -> None:
    plan(measure(program, 1), amending, general=12)
    plan(measure(program, 2), amending, general=21)
    first, _ = ticks(desk.get(address(report)))
    response = desk.post(address(report), {"take": [first]}, follow=True)
    assert response.redirect_chain == [(reverse("entry_sheet", args=[program.public_id, report.year]), 302)]
    assert "План за рішенням узято в звіт, заходів: 1." in words(response)
    assert [plans(report, number)["general"] for number in (1, 2)] == [Decimal(12), Decimal(20)]
    again = desk.post(address(report), {"take": [first]}, follow=True)
    assert "План у цих рядках уже такий, як за рішенням: змінювати не було чого." in words(again)


def test_a_conflict_is_told_on_the_page_and_the_second_press_takes_the_plan(
    program: Program, report: AnnualReport, amending: Decision, desk: Client, colleague: User
) -> None:
    plan(measure(program, 1), amending, general=12)
    plan(measure(program, 2), amending, general=21)
    _, second = ticks(desk.get(address(report)))
    typed = {building.source("general").pk: Money(planned=Decimal(19))}
    save_result(row(report, 2), version=1, by=colleague, amounts=typed)
    response = desk.post(address(report), {"take": [second]})
    assert (response.status_code, list(ticks(response).values())) == (409, [False, True])
    assert re.search(
        r"1\.2, план \(general\): у звіті тепер 19,0 \(Олена ПРИКЛАД, [\d. :]+\), за рішенням 21,0\.",
        words(response),
    )
    desk.post(address(report), {"take": [value for value, on in ticks(response).items() if on]})
    assert plans(report, 2) == {"general": Decimal(21)}


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        ([], 422, "Не позначено жодного заходу. Нічого не записано."),
        *(
            ([value], 409, "Сторінка застаріла. Нічого не записано; перегляньте суми й візьміть план ще раз.")
            for value in ("", "1", "1:1", "²:1:", "1:-1:", "1:1:1:1", "9" * 30 + ":1:")
        ),
        (["0:1:"], 409, "Такого рядка у звіті немає. Нічого не записано; оновіть сторінку."),
    ],
)
def test_what_cannot_be_read_writes_nothing_and_is_told(
    sent: list[str],
    status: int,
    sentence: str,
    program: Program,
    report: AnnualReport,
    amending: Decision,
    desk: Client,
) -> None:
    plan(measure(program, 2), amending, general=21)
    response = desk.post(address(report), {"take": sent})
    assert (response.status_code, sentence in words(response)) == (status, True)
    assert plans(report, 2) == {"general": Decimal(20)}


def test_a_report_that_is_no_draft_takes_nothing(
    program: Program, report: AnnualReport, amending: Decision, desk: Client
) -> None:
    plan(measure(program, 2), amending, general=21)
    sent = {"take": list(ticks(desk.get(address(report))))}
    AnnualReport.objects.filter(pk=report.pk).update(state=ReportState.ON_APPROVAL)
    response = desk.post(address(report), sent)
    assert (response.status_code, plans(report, 2)) == (409, {"general": Decimal(20)})
    assert "Звіт у стані «На погодженні»: показники змінювати не можна. Нічого не записано." in words(
        response
    )


# --- the way here ------------------------------------------------------------------------


def ways(client: Client, report: AnnualReport, page: str, *more: int) -> list[str]:
    """Where the page's links to taking the plan lead."""
    where = reverse(page, args=[report.program.public_id, report.year, *more])
    return re.findall(rf'href="({address(report)}[^"]*)"', client.get(where).content.decode())


def test_findings_lead_here_for_who_enters_figures(
    program: Program, report: AnnualReport, amending: Decision, desk: Client
) -> None:
    plan(measure(program, 2), amending, general=21)
    result = row(report, 2)
    of_row = [f"{address(report)}#take-{result.pk}"]
    assert [
        ways(desk, report, "entry_sheet"),
        ways(desk, report, "entry_row", result.pk),
        ways(desk, report, "report_page"),
        ways(desk, report, "submit_report"),
    ] == [of_row, of_row, [address(report)], [address(report)]]


def test_findings_lead_nobody_else_here(
    program: Program, report: AnnualReport, amending: Decision, settings: Settings
) -> None:
    """Not even the only executor of a row, who by a setting enters that row alone."""
    settings.ONLY_EXECUTOR_ENTERS_ROW = True
    plan(measure(program, 2), amending, general=21)
    theirs = building.executor("Управління освіти")
    Participation.objects.create(measure=measure(program, 2), executor=theirs, position=1)
    client = Client()
    client.force_login(building.appointed(building.user("coexecutor"), theirs))
    assert [ways(client, report, page) for page in ("entry_sheet", "report_page")] == [[], []]
    assert client.get(address(report)).status_code == 403


def test_with_nothing_to_take_the_page_says_so(report: AnnualReport, desk: Client) -> None:
    response = desk.get(address(report))
    assert (response.status_code, ticks(response)) == (200, {})
    assert "План у звіті такий, як за рішеннями: брати нічого." in words(response)
