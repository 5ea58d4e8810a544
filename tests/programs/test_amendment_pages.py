"""The pages of a programme's decisions: before and after, and the form in which figures are typed."""

import re
from dataclasses import replace
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programs.amending import amend
from programs.enums import DecisionKind
from programs.models import Decision, FundingSource, Measure, PlannedFunding, Program, User
from programs.proposal import ProposedDecision, ProposedPlan
from programs.proposal_standing import standing_proposal
from tests import building

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return building.program(measures=2)


@pytest.fixture
def general() -> FundingSource:
    return building.source("general")


@pytest.fixture
def special() -> FundingSource:
    return building.source("special")


@pytest.fixture
def first(program: Program) -> Measure:
    return Measure.objects.of_program(program)[0]


@pytest.fixture
def amending(program: Program) -> Decision:
    return building.decision(program, "30", "2024-05-01")


@pytest.fixture
def desk(client: Client, general: FundingSource, special: FundingSource) -> Client:
    """Of a programme administrator."""
    client.force_login(building.user("admin", is_program_admin=True))
    return client


@pytest.fixture
def reader(general: FundingSource, special: FundingSource) -> Client:
    client = Client()
    client.force_login(building.user("auditor", is_auditor=True))
    return client


def plan(measure: Measure, decision: Decision, source: FundingSource, amount: str, year: int = 2024) -> None:
    PlannedFunding.objects.create(
        measure=measure, decision=decision, source=source, year=year, amount=Decimal(amount)
    )


def address(decision: Decision, year: int | None = None) -> str:
    page = reverse("decision_page", args=[decision.program.public_id, decision.pk])
    return f"{page}?year={year}" if year else page


def name(measure: Measure, source: FundingSource) -> str:
    return f"c{measure.pk}-{source.pk}"


def words(response: HttpResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def inputs(response: HttpResponse) -> dict[str, str]:
    """Names and values of the page's form, the token aside."""
    html = response.content.decode()
    found = re.findall(r'<input[^>]* name="(c\d+-\d+|seen)" value="([^"]*)"', html)
    return {field: unescape(value) for field, value in found}


def errors(response: HttpResponse) -> dict[str, str]:
    found = re.findall(r'class="error" id="(c\d+-\d+)-error">([^<]*)<', response.content.decode())
    return {field: unescape(text) for field, text in found}


def cells(response: HttpResponse, section: str) -> list[list[str]]:
    """The rows of the table that a heading names."""
    html = response.content.decode()
    table = html[html.index(f'aria-labelledby="{section}"') :].split("</table>")[0].split("</thead>")[1]
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    return [
        [
            unescape(re.sub(r"<[^>]+>", "", cell)).strip()
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        ]
        for row in rows
    ]


def own(decision: Decision) -> list[tuple[int, str, Decimal]]:
    rows = PlannedFunding.objects.filter(decision=decision).order_by("year", "source")
    return [(row.year, row.source.code, row.amount) for row in rows]


# --- reading -----------------------------------------------------------------------------


def test_decisions_stand_the_newest_first_with_what_each_changed(
    program: Program, first: Measure, amending: Decision, general: FundingSource, reader: Client
) -> None:
    plan(first, program.decisions.get(number="15"), general, "10")
    plan(first, amending, general, "1234.56789")
    response = reader.get(reverse("decisions_page", args=[program.public_id]))
    headings = re.findall(r"Рішення №\s(\d+) від", words(response))
    assert headings == ["30", "15"]
    tables = [cells(response, f"decision-{one.pk}") for one in (amending, program.decisions.get(number="15"))]
    assert tables == [
        [["2024", "10,0", "1\u00a0234,56789", "+1\u00a0224,56789"]],
        [["2024", "—", "10,0", "+10,0"]],
    ]


def test_a_decision_without_sums_says_so(program: Program, reader: Client, desk: Client) -> None:
    page = reverse("decisions_page", args=[program.public_id])
    assert [words(one.get(page)).count("Внести") for one in (reader, desk)] == [0, 1]
    assert "Сум за цим рішенням не внесено." in words(reader.get(page))


def test_figures_stand_before_and_after(
    program: Program,
    first: Measure,
    amending: Decision,
    general: FundingSource,
    special: FundingSource,
    reader: Client,
) -> None:
    approving = program.decisions.get(number="15")
    plan(first, approving, general, "10")
    plan(first, approving, special, "3")
    plan(first, amending, general, "7.5")
    response = reader.get(address(amending))
    assert cells(response, "lines-heading") == [
        ["1.1 Захід 1", "general", "10,0", "7,5", "−2,5"],
        ["special", "3,0", "—", "−3,0"],
    ]
    assert cells(response, "totals-heading") == [["2024", "13,0", "7,5", "−5,5"]]
    assert inputs(response) == {}


def test_the_year_is_chosen(
    first: Measure, amending: Decision, general: FundingSource, reader: Client
) -> None:
    plan(first, amending, general, "7", year=2025)
    pages = [words(reader.get(address(amending, year))) for year in (None, 2024)]
    assert ["Заходи на 2025 рік" in pages[0], "На 2024 рік рішення сум не змінює." in pages[1]] == [
        True,
        True,
    ]


@pytest.mark.parametrize("year", ["2023", "2031", "рік", "²", "9" * 30])
def test_a_year_that_the_decision_cannot_change_is_no_page(
    year: str, amending: Decision, reader: Client
) -> None:
    response = reader.get(f"{address(amending)}?year={year}")
    assert (response.status_code, "План цього року рішення не змінює." in words(response)) == (404, True)


def test_a_decision_of_another_programme_is_no_page(amending: Decision, reader: Client) -> None:
    other = building.program(number="16")
    response = reader.get(reverse("decision_page", args=[other.public_id, amending.pk]))
    assert response.status_code == 404


def test_figures_that_came_too_late_are_told(
    first: Measure, amending: Decision, general: FundingSource, reader: Client
) -> None:
    plan(first, amending, general, "7", year=2023)
    response = reader.get(address(amending))
    assert "Рішення ухвалено після 2023 року, тому ці суми не набирають чинності." in words(response)


def test_a_decision_after_the_programmes_end_changes_no_year(program: Program, desk: Client) -> None:
    late = building.decision(program, "99", "2026-02-01")
    response = desk.get(address(late))
    assert ("ухвалено після завершення Програми" in words(response), inputs(response)) == (True, {})
    assert desk.post(address(late), {}).status_code == 404


def test_queries_do_not_grow_with_measures(
    program: Program, first: Measure, amending: Decision, general: FundingSource, desk: Client
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address(amending, 2024)).status_code == 200
        return len(queries)

    plan(first, amending, general, "1")
    before = asked()
    for number in (3, 4):
        plan(building.measure(program.tasks.get(), number), amending, general, "1")
    assert asked() == before


def test_the_programmes_page_leads_here(program: Program, reader: Client) -> None:
    page = reader.get(reverse("program_page", args=[program.public_id])).content.decode()
    assert page.count(f'href="{reverse("decisions_page", args=[program.public_id])}"') == 1


# --- typing ------------------------------------------------------------------------------


def test_the_form_has_the_figures_in_force_beside_empty_inputs(
    program: Program, first: Measure, amending: Decision, general: FundingSource, desk: Client
) -> None:
    plan(first, program.decisions.get(number="15"), general, "10")
    response = desk.get(address(amending, 2024))
    assert set(inputs(response).values()) == {""}
    assert len(inputs(response)) == 5
    assert re.findall(r'id="[^"]*-before">([^<]*)<', response.content.decode()) == [
        "було 10,0",
        "не було",
        "не було",
        "не було",
    ]


def test_every_input_is_labelled(amending: Decision, desk: Client) -> None:
    html = desk.get(address(amending, 2024)).content.decode()
    labelled = set(re.findall(r'<label for="(c[^"]*)"', html))
    assert labelled == {field for field in inputs(desk.get(address(amending, 2024))) if field != "seen"}


def test_typed_figures_are_saved_and_what_was_filled_is_told(
    program: Program,
    first: Measure,
    amending: Decision,
    general: FundingSource,
    special: FundingSource,
    desk: Client,
) -> None:
    plan(first, program.decisions.get(number="15"), special, "3")
    sent = {**inputs(desk.get(address(amending, 2024))), name(first, general): "12 350,50 грн"}
    response = desk.post(address(amending, 2024), sent, follow=True)
    assert own(amending) == [(2024, "general", Decimal("12.3505")), (2024, "special", Decimal(3))]
    assert response.redirect_chain == [(address(amending, 2024), 302)]
    assert (
        "Збережено 2 суми. З них 1 – чинні суми джерел, яких ви не заповнили: "
        "без них рішення прибрало б ці джерела з плану."
    ) in words(response)


def test_what_is_not_a_number_is_told_beside_it_and_nothing_is_lost(
    first: Measure, amending: Decision, general: FundingSource, special: FundingSource, desk: Client
) -> None:
    sent = inputs(desk.get(address(amending, 2024)))
    sent |= {name(first, general): "5", name(first, special): "1.234,5"}
    response = desk.post(address(amending, 2024), sent)
    assert (response.status_code, own(amending)) == (422, [])
    assert inputs(response) == sent
    assert errors(response) == {
        name(first, special): "«1.234,5»: у числі більше ніж одна кома чи крапка. Тисячі відокремлюйте "
        "пробілом, дробову частину – комою, наприклад «1 234,5»."
    }


def test_what_cannot_be_is_told_beside_it(
    program: Program, first: Measure, amending: Decision, general: FundingSource, desk: Client
) -> None:
    """Somebody took the measure out while the page was open."""
    sent = {**inputs(desk.get(address(amending, 2025))), name(first, general): "5"}
    plan(first, amending, general, "4", year=2025)
    sent["seen"] = f"{first.pk}-{general.pk}=4.0"
    Measure.objects.filter(pk=first.pk).update(withdrawn_by=amending)
    response = desk.post(address(amending, 2025), sent)
    assert (response.status_code, errors(response)) == (
        422,
        {name(first, general): "Захід 1.1 у 2025 році не діє."},
    )
    assert inputs(response)[name(first, general)] == "5"


def test_two_people_see_both_figures_and_the_second_save_leaves_ones_own(
    first: Measure, amending: Decision, general: FundingSource, special: FundingSource, desk: Client
) -> None:
    plan(first, amending, general, "1")
    plan(first, amending, special, "2")
    sent = {**inputs(desk.get(address(amending, 2024))), name(first, general): "5"}
    PlannedFunding.objects.filter(source=general).update(amount=7)
    PlannedFunding.objects.filter(source=special).update(amount=8)
    response = desk.post(address(amending, 2024), sent)
    assert (response.status_code, errors(response)) == (
        409,
        {
            name(first, general): "Поки ви працювали, тут записали 7,0; у вас 5,0. "
            "Збережіть ще раз, щоб лишилося ваше."
        },
    )
    assert own(amending) == [(2024, "general", Decimal(7)), (2024, "special", Decimal(8))]
    desk.post(address(amending, 2024), inputs(response))
    assert own(amending) == [(2024, "general", Decimal(5)), (2024, "special", Decimal(8))]


def test_a_form_sent_as_it_was_opened_changes_nothing(
    first: Measure, amending: Decision, general: FundingSource, desk: Client
) -> None:
    plan(first, amending, general, "1234.56789")
    sent = inputs(desk.get(address(amending, 2024)))
    response = desk.post(address(amending, 2024), sent, follow=True)
    assert "Змін не було, усе лишилося як стояло." in words(response)


@pytest.mark.parametrize(
    "sent",
    [
        {"c0-0": "5"},
        {"c999999999-1": "5"},
        {"c1-1": "5\x00", "seen": "x"},
        {"c99999999999999999999-1": "5", "seen": "1-1=NaN"},
        {"c²-1": "5"},
    ],
)
def test_what_no_page_of_ours_would_send_writes_nothing(
    sent: dict[str, str], amending: Decision, desk: Client
) -> None:
    response = desk.post(address(amending, 2024), sent)
    assert (response.status_code in (302, 409, 422), PlannedFunding.objects.count()) == (True, 0)


def test_who_only_reads_may_not_send(
    first: Measure, amending: Decision, general: FundingSource, reader: Client
) -> None:
    response = reader.post(address(amending, 2024), {name(first, general): "5"})
    assert (response.status_code, own(amending)) == (403, [])
    assert "Плани вносить адміністратор програм або той, хто веде цю програму." in words(response)


def test_who_typed_the_figures_is_named(
    first: Measure, amending: Decision, general: FundingSource, desk: Client, reader: Client
) -> None:
    desk.post(address(amending, 2024), {name(first, general): "5"})
    assert "Олена ПРИКЛАД – сум: 1, роки: 2024" in words(reader.get(address(amending)))


def test_who_brought_the_figures_in_a_file_is_named(
    first: Measure, amending: Decision, general: FundingSource, desk: Client, reader: Client
) -> None:
    """Of a decision that came with measures alone there is nothing to say."""
    standing = standing_proposal(amending.program)
    (task,) = standing.tasks
    ref, other = (amending.number, amending.date), ("31", amending.date)
    plan = ProposedPlan(2024, general.pk, Decimal(5), ref)
    new = replace(task.measures[0], number=3, introduced_by=other)
    measures = [replace(task.measures[0], plans=[plan]), new]
    wanted = replace(
        standing,
        decisions=[ProposedDecision(DecisionKind.AMENDS, *other)],
        tasks=[replace(task, measures=measures)],
    )
    amend(amending.program, wanted, by=User.objects.get(username="admin"))
    assert "Олена ПРИКЛАД – сум: 1, роки: 2024" in words(reader.get(address(amending)))
    without = Decision.objects.get(number="31")
    assert "Хто вносив суми" not in words(reader.get(address(without)))


# --- what a later decision plans anyway --------------------------------------------------

LATER = "Пізніше рішення № 31 від 01.09.2024 планує цей рік заходу: сума тут не діятиме."


@pytest.fixture
def later(program: Program, first: Measure, amending: Decision, general: FundingSource) -> Decision:
    """Which plans 2024 of the first measure; another that came after the year's end."""
    made = building.decision(program, "31", "2024-09-01")
    plan(first, made, general, "20")
    plan(first, building.decision(program, "40", "2025-02-01"), general, "99")
    return made


def test_it_is_told_beside_the_measure_before_anything_is_typed(
    amending: Decision, later: Decision, desk: Client
) -> None:
    pages = [words(desk.get(address(one, year))) for one, year in ((amending, 2024), (amending, 2025))]
    assert [page.count(LATER) for page in [*pages, words(desk.get(address(later, 2024)))]] == [1, 0, 0]
    assert pages[0].index("1.1 Захід 1 Пізніше рішення") > 0


def test_it_is_told_again_of_what_was_saved(
    first: Measure, amending: Decision, later: Decision, general: FundingSource, desk: Client
) -> None:
    second = Measure.objects.of_program(amending.program)[1]
    warning = (
        "Ці суми не діятимуть: план на 2024 рік цих заходів (1.1) замінює пізніше рішення №31 від 01.09.2024."
    )
    sent = inputs(desk.get(address(amending, 2024)))
    said = [
        words(desk.post(address(amending, 2024), sent | {name(one, general): "5"}, follow=True))
        for one in (second, first)
    ]
    assert [page.count(warning) for page in said] == [0, 1]


# --- measures in and out -----------------------------------------------------------------


def test_the_lost_plan_of_a_measure_taken_out_is_a_row(
    program: Program, first: Measure, amending: Decision, general: FundingSource, reader: Client
) -> None:
    second = Measure.objects.of_program(program)[1]
    Measure.objects.filter(pk=second.pk).update(withdrawn_by=amending)
    plan(second, program.decisions.get(number="15"), general, "250", year=2025)
    plan(first, amending, general, "75.5", year=2025)
    response = reader.get(address(amending))
    assert cells(response, "lines-heading") == [
        ["1.1 Захід 1", "general", "—", "75,5", "+75,5"],
        ["1.2 Захід 2", "general захід виключено", "250,0", "—", "−250,0"],
    ]
    assert cells(response, "totals-heading") == [["2025", "250,0", "75,5", "−174,5"]]


def test_a_figure_that_never_comes_into_force_is_marked(
    program: Program, first: Measure, general: FundingSource, reader: Client
) -> None:
    late = building.decision(program, "40", "2025-02-01")
    plan(first, late, general, "9")
    response = reader.get(address(late))
    assert cells(response, "lines-heading") == [["1.1 Захід 1", "general не діє", "—", "9,0", "—"]]


# --- another decision --------------------------------------------------------------------


def test_a_decision_is_added_on_a_page_of_its_own(program: Program, desk: Client, reader: Client) -> None:
    door = reverse("add_decision", args=[program.public_id])
    page = reverse("decisions_page", args=[program.public_id])
    assert [one.get(page).content.decode().count(f'href="{door}"') for one in (desk, reader)] == [1, 0]
    sent = {"number": " 30\x00 ", "date": "2024-05-01", "title": "Про зміни", "url": "rada.ua/30"}
    response = desk.post(door, sent)
    made = Decision.objects.get(number="30")
    assert (made.kind, made.title, made.url) == ("amends", "Про зміни", "https://rada.ua/30")
    assert response["Location"] == address(made)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"number": "30", "date": "2018-01-01"}, {"date"}),
        ({"number": "15", "date": "2019-11-05"}, {"__all__"}),
        ({"number": "", "date": "завтра", "url": "javascript:x"}, {"number", "date", "url"}),
        ({"number": "3" * 61, "date": "2024-05-01", "title": "т" * 501}, {"number", "title"}),
    ],
)
def test_what_is_no_decision_comes_back_with_its_reasons(
    sent: dict[str, str], told: set[str], program: Program, desk: Client
) -> None:
    response = desk.post(reverse("add_decision", args=[program.public_id]), sent)
    assert (response.status_code, set(response.context["form"].errors)) == (422, told)
    assert (Decision.objects.count(), response.context["form"]["number"].value()) == (1, sent["number"])


# --- the report --------------------------------------------------------------------------


def report_words(program: Program, reader: Client) -> str:
    building.results(program, 2024)
    return words(reader.get(reverse("report_page", args=[program.public_id, 2024])))


def test_a_report_says_whose_plan_was_in_force(
    program: Program, first: Measure, amending: Decision, general: FundingSource, reader: Client
) -> None:
    plan(first, program.decisions.get(number="15"), general, "10")
    plan(first, amending, general, "12")
    plan(first, building.decision(program, "40", "2025-02-01"), general, "99")
    said = report_words(program, reader)
    assert "План на 2024 рік За рішенням № 30 від 01.05.2024 Чинний на кінець року" in said


def test_several_decisions_are_named_with_how_many_measures_each(
    program: Program, first: Measure, amending: Decision, general: FundingSource, reader: Client
) -> None:
    for measure in Measure.objects.of_program(program):
        plan(measure, program.decisions.get(number="15"), general, "10")
    plan(first, amending, general, "12")
    assert (
        "План на 2024 рік Заходів: 1, за рішенням № 30 від 01.05.2024 "
        "Заходів: 1, за рішенням № 15 від 05.11.2019 Чинний"
    ) in report_words(program, reader)


def test_a_report_without_plans_says_so(program: Program, reader: Client) -> None:
    said = report_words(program, reader)
    assert "Сум на цей рік за рішеннями ради не внесено: порівнювати план немає з чим." in said
