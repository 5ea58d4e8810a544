"""The annual report's page: one table, saved through `entry`, all or nothing."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programs.calculations import Money
from programs.entry import save_result
from programs.enums import ReportState
from programs.models import Amount, AnnualReport, FundingSource, MeasureResult, Program, User
from tests import agreeing, building, submitting

from .admin_forms import Page, inputs, opened

pytestmark = pytest.mark.django_db

OPENING_QUERIES = 23


def report_page(user: User, report: AnnualReport) -> Page:
    return opened(user, "annualreport_change", report.pk)


def row_of(report: AnnualReport, code: str) -> MeasureResult:
    task, number = code.split(".")
    return report.results.get(measure__task__number=task, measure__number=number)


def cell(row: MeasureResult, fact: str, source: str = "general") -> str:
    """The input's name: «r12-3-planned» for money, «r12-narrative» for the rest."""
    if fact in ("planned", "actual", "financed"):
        return f"r{row.pk}-{FundingSource.objects.get(code=source).pk}-{fact}"
    return f"r{row.pk}-{fact}"


def errors(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def stands(report_2024: AnnualReport) -> Callable[[], object]:
    """Everything of the report's figures, to compare before and after."""

    def read() -> object:
        return (
            list(MeasureResult.objects.filter(report=report_2024).order_by("pk").values()),
            list(Amount.objects.filter(result__report=report_2024).order_by("pk").values()),
            list(AnnualReport.objects.filter(pk=report_2024.pk).values()),
            list(report_2024.signatories.order_by("pk").values()),
            MeasureResult.history.count(),
            Amount.history.count(),
        )

    return read


# --- opening and saving ------------------------------------------------------------------


def test_every_row_stands_in_printed_order_under_its_task(clerk: User, report_2024: AnnualReport) -> None:
    response = Page(clerk, "annualreport_change", report_2024.pk).open()

    codes = [row.result.measure.code for band in response.context["grid"].bands for row in band.rows]

    assert len(codes) == 37
    assert codes[:8] == ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "2.1"]
    assert codes[15:18] == ["2.9", "2.10", "2.11"]


def test_the_real_reports_totals_stand_beside_the_inputs(auditor: User, report_2023: AnnualReport) -> None:
    grid = Page(auditor, "annualreport_change", report_2023.pk).open().context["grid"]

    total = grid.total

    assert (total.planned, total.actual, total.financed, total.percent) == ("228,3", "60,0", "30,0", "13,1")
    assert [(band.totals.planned, band.totals.financed) for band in grid.bands] == [
        ("29,4", "0,0"),
        ("74,5", "10,0"),
        ("65,0", "0,0"),
        ("59,4", "20,0"),
    ]


def test_figures_are_typed_the_ukrainian_way(clerk: User, report_2024: AnnualReport) -> None:
    row = row_of(report_2024, "1.2")
    page = report_page(clerk, report_2024)

    response = page.type({cell(row, "actual"): "1\u00a0234,5", cell(row, "financed"): "1234.5"})

    assert response.status_code == 302
    amount = row.amounts.get(source__code="general")
    assert (amount.actual, amount.financed) == (Decimal("1234.5"), Decimal("1234.5"))
    assert amount.planned == Decimal("14.25")
    assert amount.history.first().history_user == clerk


def test_a_blank_is_not_a_zero(clerk: User, report_2024: AnnualReport) -> None:
    row = row_of(report_2024, "1.2")
    page = report_page(clerk, report_2024)

    page.type({cell(row, "actual"): "", cell(row, "financed"): "0"})

    amount = row.amounts.get(source__code="general")
    assert (amount.actual, amount.financed) == (None, Decimal(0))


def test_the_rest_of_a_row_is_saved_too(clerk: User, report_2024: AnnualReport) -> None:
    row = row_of(report_2024, "1.4")
    page = report_page(clerk, report_2024)

    page.type(
        {
            cell(row, "execution_state"): "done",
            cell(row, "zero_reason"): "donors",
            cell(row, "stated_percent"): "87,5",
            cell(row, "stated_justification"): "За актом",
            cell(row, "narrative"): "Перший рядок\r\nдругий рядок",
        }
    )

    row.refresh_from_db()
    assert (row.execution_state, row.zero_reason) == ("done", "donors")
    assert (row.stated_percent, row.stated_justification) == (Decimal("87.5"), "За актом")
    assert row.narrative == "Перший рядок\nдругий рядок"


def test_saving_an_untouched_page_changes_nothing(
    clerk: User, report_2024: AnnualReport, stands: Callable[[], object]
) -> None:
    before = stands()
    page = report_page(clerk, report_2024)

    assert page.send().status_code == 302

    assert stands() == before


def test_the_untouched_real_report_keeps_every_letter(clerk: User, report_2023: AnnualReport) -> None:
    before = list(MeasureResult.objects.filter(report=report_2023).order_by("pk").values())

    report_page(clerk, report_2023).send()

    assert list(MeasureResult.objects.filter(report=report_2023).order_by("pk").values()) == before


def test_a_sum_may_be_typed_into_a_source_not_yet_in_use(clerk: User, report_2023: AnnualReport) -> None:
    row = row_of(report_2023, "1.1")
    page = report_page(clerk, report_2023)
    assert cell(row, "actual", "special") not in page.fields
    page.url += "?all_sources=1"
    page.open()

    page.type({cell(row, "actual", "special"): "2,5"})

    assert row.amounts.get(source__code="special").actual == Decimal("2.5")


def test_the_unallocated_source_stands_only_where_it_has_sums(
    clerk: User, report_2023: AnnualReport, report_2024: AnnualReport
) -> None:
    first, second = row_of(report_2023, "1.1"), row_of(report_2024, "1.1")

    assert cell(first, "planned", "unallocated") in report_page(clerk, report_2023).fields
    assert cell(second, "planned", "unallocated") not in report_page(clerk, report_2024).fields


def test_the_page_asks_for_the_figures_of_what_is_typed(clerk: User, report_2024: AnnualReport) -> None:
    row = row_of(report_2024, "1.2")
    page = report_page(clerk, report_2024)
    before = json.loads(page.client.post(reverse("admin:report_figures", args=[report_2024.pk])).content)
    typed = {**page.fields, cell(row, "financed"): "15,5"}

    answer = page.client.post(reverse("admin:report_figures", args=[report_2024.pk]), typed).json()

    # 15,5 + 5,5 of 14,25 + 5,5
    assert (before[f"r{row.pk}-percent"], answer[f"r{row.pk}-percent"]) == ("98,1", "106,3")
    assert (before["total-financed"], answer["total-financed"]) == ("155,69137", "157,31637")
    assert row.amounts.get(source__code="general").financed == Decimal("13.875")


# --- refusals ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("1.234,5", "більше ніж одна кома чи крапка"),
        ("12,3,4", "більше ніж одна кома чи крапка"),
        ("-5", "не може бути від’ємною"),
        ("п’ять", "не є числом"),
        ("1,234567", "можна не більше 5 знаків"),
        ("12345678901", "завелике число"),
    ],
)
def test_an_unreadable_sum_is_refused_at_its_cell(
    clerk: User, report_2024: AnnualReport, stands: Callable[[], object], typed: str, reason: str
) -> None:
    before = stands()
    bad, good = row_of(report_2024, "1.2"), row_of(report_2024, "2.10")
    page = report_page(clerk, report_2024)

    response = page.type(
        {
            cell(bad, "actual"): typed,
            cell(good, "narrative"): "Нове слово",
            "department_text": "Інша назва",
            "signatories-0-name": "Інше ІМ’Я",
        }
    )

    text = errors(response)
    assert "Захід 1.2, факт (загальний фонд): " in text
    assert reason in text
    link = f'<a href="#{cell(bad, "actual")}">захід 1.2, факт (загальний фонд)</a>'
    assert f"Нічого не записано. Виправте: {link}." in text
    assert page.fields[cell(bad, "actual")] == typed
    assert page.fields[cell(good, "narrative")] == "Нове слово"
    assert page.fields["department_text"] == "Інша назва"
    assert page.fields["signatories-0-name"] == "Інше ІМ’Я"
    assert stands() == before


def test_after_the_mistake_is_mended_everything_is_saved(clerk: User, report_2024: AnnualReport) -> None:
    bad, good = row_of(report_2024, "1.2"), row_of(report_2024, "2.10")
    page = report_page(clerk, report_2024)
    page.type({cell(bad, "actual"): "12,3,4", cell(good, "narrative"): "Нове слово"})

    assert page.type({cell(bad, "actual"): "12,3"}).status_code == 302

    good.refresh_from_db()
    assert good.narrative == "Нове слово"
    assert bad.amounts.get(source__code="general").actual == Decimal("12.3")


def test_what_only_the_door_sees_is_shown_at_the_cell_too(
    clerk: User, report_2024: AnnualReport, stands: Callable[[], object]
) -> None:
    before = stands()
    row = row_of(report_2024, "1.2")
    page = report_page(clerk, report_2024)

    response = page.type({cell(row, "execution_state"): "no-such", "department_text": "Інша назва"})

    assert "Захід 1.2, стан виконання: " in errors(response)
    assert stands() == before


def test_a_narrative_that_is_too_long_is_refused(
    clerk: User, report_2024: AnnualReport, stands: Callable[[], object]
) -> None:
    text, reason = "а" * 10_001, "задовгий"
    before = stands()
    page = report_page(clerk, report_2024)

    response = page.type({cell(row_of(report_2024, "1.2"), "narrative"): text})

    assert reason in errors(response)
    assert stands() == before


def test_a_wrong_heading_keeps_the_figures_from_being_saved(
    clerk: User, report_2024: AnnualReport, stands: Callable[[], object]
) -> None:
    before = stands()
    row = row_of(report_2024, "1.2")
    page = report_page(clerk, report_2024)

    response = page.type(
        {
            cell(row, "actual"): "7,7",
            "coexecutors_due": "31.01.2025",
            "department_due": "01.01.2025",
        }
    )

    assert "не може бути раніший за строк співвиконавців" in errors(response)
    assert page.fields[cell(row, "actual")] == "7,7"
    assert stands() == before


# --- two people --------------------------------------------------------------------------


def test_a_stale_row_comes_back_with_both_values(
    clerk: User, head: User, report_2024: AnnualReport, stands: Callable[[], object]
) -> None:
    row, other = row_of(report_2024, "1.2"), row_of(report_2024, "1.4")
    mine = report_page(clerk, report_2024)
    report_page(head, report_2024).type({cell(row, "actual"): "20,5"})
    before = stands()

    response = mine.type(
        {cell(row, "actual"): "30,5", cell(other, "narrative"): "Моє", "department_text": "Моя назва"}
    )

    text = errors(response)
    assert "хтось змінив ті самі рядки: 1.2" in text
    assert f"Зараз у базі ({head}" in text
    assert "<q>20,5</q>" in text
    assert "Ваше значення: <q>30,5</q>" in text
    assert mine.fields[cell(row, "actual")] == "30,5"
    assert mine.fields[cell(other, "narrative")] == "Моє"
    assert mine.fields["department_text"] == "Моя назва"
    assert stands() == before


def test_a_second_deliberate_save_overwrites(clerk: User, head: User, report_2024: AnnualReport) -> None:
    row = row_of(report_2024, "1.2")
    mine = report_page(clerk, report_2024)
    report_page(head, report_2024).type({cell(row, "actual"): "20,5", cell(row, "narrative"): "Її слово"})
    mine.type({cell(row, "actual"): "30,5"})

    assert mine.send().status_code == 302

    row.refresh_from_db()
    assert row.amounts.get(source__code="general").actual == Decimal("30.5")
    assert row.narrative == "Її слово"


def test_a_third_change_between_is_seen_as_well(clerk: User, head: User, report_2024: AnnualReport) -> None:
    row = row_of(report_2024, "1.2")
    mine = report_page(clerk, report_2024)
    report_page(head, report_2024).type({cell(row, "actual"): "20,5"})
    mine.type({cell(row, "actual"): "30,5"})
    report_page(head, report_2024).type({cell(row, "actual"): "40,5"})

    response = mine.send()

    assert "<q>40,5</q>" in errors(response)
    assert row.amounts.get(source__code="general").actual == Decimal("40.5")


def test_a_mistake_elsewhere_does_not_hide_a_conflict(
    clerk: User, head: User, report_2024: AnnualReport
) -> None:
    row, other = row_of(report_2024, "1.2"), row_of(report_2024, "1.4")
    mine = report_page(clerk, report_2024)
    report_page(head, report_2024).type({cell(row, "actual"): "20,5"})
    mine.type({cell(row, "actual"): "30,5", cell(other, "actual"): "12,3,4"})

    response = mine.type({cell(other, "actual"): "12,3"})

    assert "<q>20,5</q>" in errors(response)
    assert row.amounts.get(source__code="general").actual == Decimal("20.5")


def test_a_row_this_person_did_not_touch_is_not_overwritten(
    clerk: User, head: User, report_2024: AnnualReport
) -> None:
    hers, his = row_of(report_2024, "1.2"), row_of(report_2024, "1.4")
    mine = report_page(clerk, report_2024)
    report_page(head, report_2024).type({cell(hers, "actual"): "20,5", cell(hers, "narrative"): "Її слово"})

    assert mine.type({cell(his, "actual"): "3"}).status_code == 302

    hers.refresh_from_db()
    assert hers.narrative == "Її слово"
    assert hers.amounts.get(source__code="general").actual == Decimal("20.5")
    assert his.amounts.get(source__code="general").actual == Decimal(3)


def test_a_heading_this_person_did_not_touch_is_not_overwritten(
    clerk: User, head: User, report_2024: AnnualReport
) -> None:
    row = row_of(report_2024, "1.2")
    mine = report_page(clerk, report_2024)
    report_page(head, report_2024).send(department_text="Її назва")

    assert mine.type({cell(row, "actual"): "3"}).status_code == 302

    report_2024.refresh_from_db()
    assert report_2024.department_text == "Її назва"


def test_a_stale_heading_is_refused_with_both_values(
    clerk: User, head: User, report_2024: AnnualReport, stands: Callable[[], object]
) -> None:
    mine = report_page(clerk, report_2024)
    report_page(head, report_2024).send(department_text="Її назва")
    before = stands()

    response = mine.type(
        {"department_text": "Моя назва", cell(row_of(report_2024, "1.2"), "narrative"): "Моє"}
    )

    text = errors(response)
    assert "Зараз у базі «Її назва»" in text
    assert str(head) in text
    assert "ви ввели «Моя назва»" in text
    assert stands() == before
    assert mine.send().status_code == 302
    report_2024.refresh_from_db()
    assert report_2024.department_text == "Моя назва"


def test_stale_signatories_are_refused_with_both_values(
    clerk: User, head: User, report_2024: AnnualReport
) -> None:
    mine = report_page(clerk, report_2024)
    report_page(head, report_2024).type({"signatories-0-name": "Інша ЛЮДИНА"})

    response = mine.type({"signatories-0-name": "Третя ЛЮДИНА"})

    text = errors(response)
    assert "Зараз у базі «Інша ЛЮДИНА»" in text
    assert "ви ввели «Третя ЛЮДИНА»" in text
    assert report_2024.signatories.get().name == "Інша ЛЮДИНА"
    assert mine.send().status_code == 302
    assert report_2024.signatories.get().name == "Третя ЛЮДИНА"


def test_a_report_closed_meanwhile_shows_what_was_typed(
    clerk: User, report_2024: AnnualReport, stands: Callable[[], object]
) -> None:
    row = row_of(report_2024, "1.2")
    mine = report_page(clerk, report_2024)
    AnnualReport.objects.filter(pk=report_2024.pk).update(state=ReportState.ON_APPROVAL)
    before = stands()

    response = mine.type({cell(row, "actual"): "30,5"})

    text = errors(response)
    assert response.status_code == 409
    assert "Нічого не записано: звіт у стані «На погодженні»" in text
    assert "Ви ввели (не записано): <q>30,5</q>" in text
    assert 'name="_save"' not in text
    assert stands() == before


# --- opening a year ----------------------------------------------------------------------


def test_adding_a_report_makes_its_rows_and_copies_the_plan(program_admin: User, demo: Program) -> None:
    measure = building.Measure.objects.get(task__program=demo, task__number=1, number=2)
    decision = demo.decisions.first()
    measure.planned_funding.create(
        year=2025, decision=decision, source=building.source(), amount=Decimal("12.5")
    )
    page = opened(program_admin, "annualreport_add")

    response = page.client.post(
        page.url,
        {**page.fields, "program": demo.pk, "year": "2025", "coexecutors_due": "05.01.2026"},
        follow=True,
    )

    report = AnnualReport.objects.get(program=demo, year=2025)
    assert response.redirect_chain == [(reverse("admin:programs_annualreport_change", args=[report.pk]), 302)]
    assert "Звіт за 2025 рік створено: 37 рядків; план за рішеннями ради взято для 1 заходу." in errors(
        response
    )
    assert report.results.count() == 37
    assert report.results.get(measure=measure).amounts.get().planned == Decimal("12.5")
    assert report.created_by == program_admin


@pytest.mark.parametrize(
    ("year", "sentence"),
    [("2024", "Звіт цієї програми за цей рік уже є."), ("2031", "2031 рік поза терміном програми")],
)
def test_a_report_that_cannot_be_is_refused_in_words(
    program_admin: User, demo: Program, report_2024: AnnualReport, year: str, sentence: str
) -> None:
    page = opened(program_admin, "annualreport_add")

    response = page.send(program=str(demo.pk), year=year)

    assert sentence in errors(response)
    assert demo.reports.count() == 2


def test_rows_for_new_measures_are_added_by_a_button(
    clerk: User, demo: Program, report_2024: AnnualReport
) -> None:
    building.measure(demo.tasks.get(number=4), 7)
    page = report_page(clerk, report_2024)
    url = reverse("admin:report_add_rows", args=[report_2024.pk])

    first, second = page.client.post(url, follow=True), page.client.post(url, follow=True)

    assert "Додано 1 рядок для нових заходів." in errors(first)
    assert "Нових заходів немає" in errors(second)
    assert row_of(report_2024, "4.7").version == 1


# --- size --------------------------------------------------------------------------------


def big_report(measures: int, number: str) -> tuple[User, AnnualReport]:
    program = building.program(measures=measures, number=number)
    report = building.results(program)[0].report
    writer = building.appointed(building.user(f"writer{number}"), program.responsible)
    building.source("general", "з загального фонду")
    return writer, report


def queries_of(action: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        action()
    return len(captured)


@pytest.mark.parametrize("measures", [3, 300])
def test_a_report_opens_with_a_constant_number_of_queries(db: None, measures: int) -> None:
    writer, report = big_report(measures, "15")
    # The first opening also fills Django's cache of content types.
    page = report_page(writer, report)

    assert queries_of(page.open) == OPENING_QUERIES


def test_three_hundred_rows_are_saved_in_one_go(db: None) -> None:
    writer, report = big_report(300, "15")
    page = report_page(writer, report)
    typed = {}
    for row in report.results.all():
        typed |= {f"r{row.pk}-narrative": "Зроблено", cell(row, "planned"): "1,5", cell(row, "actual"): "1,2"}

    response = page.type(typed)

    assert response.status_code == 302
    assert report.results.filter(narrative="Зроблено", version=2).count() == 300
    assert Amount.objects.filter(result__report=report, planned=Decimal("1.5")).count() == 300


def test_saving_asks_as_much_for_three_rows_as_for_sixty(db: None) -> None:
    counts = []
    for measures, number in ((3, "15"), (60, "16")):
        writer, report = big_report(measures, number)
        page = report_page(writer, report)
        typed = {cell(row, "actual"): "1,2" for row in report.results.all()}
        counts.append(queries_of(lambda page=page, typed=typed: page.type(typed)))

    assert counts[0] == counts[1]


# --- who sees what -----------------------------------------------------------------------


@pytest.mark.parametrize("who", ["auditor", "program_admin"])
def test_figures_are_only_shown_to_whoever_may_not_enter_them(
    who: str, report_2024: AnnualReport, request: pytest.FixtureRequest, stands: Callable[[], object]
) -> None:
    row = row_of(report_2024, "1.2")
    page = report_page(request.getfixturevalue(who), report_2024)
    before = stands()

    assert cell(row, "actual") not in page.fields
    page.client.post(page.url, {**page.fields, cell(row, "actual"): "99", "_save": "1"})

    assert stands() == before


def test_a_programme_administrator_keeps_the_heading(program_admin: User, report_2024: AnnualReport) -> None:
    page = report_page(program_admin, report_2024)

    assert page.send(department_due="01.02.2025").status_code == 302

    report_2024.refresh_from_db()
    assert report_2024.department_due.isoformat() == "2025-02-01"


def test_a_closed_report_is_only_read(clerk: User, report_2024: AnnualReport) -> None:
    AnnualReport.objects.filter(pk=report_2024.pk).update(state=ReportState.AGREED)

    response = Page(clerk, "annualreport_change", report_2024.pk).open()

    assert "_save" not in errors(response)
    assert not any(name.startswith("r") for name in inputs(response))


@pytest.mark.parametrize("who", ["system_admin", "stranger"])
@pytest.mark.parametrize("view", ["annualreport_change", "annualreport_history"])
def test_strangers_see_no_figures(
    who: str, view: str, report_2024: AnnualReport, request: pytest.FixtureRequest
) -> None:
    client = Client()
    client.force_login(request.getfixturevalue(who))

    response = client.get(reverse(f"admin:programs_{view}", args=[report_2024.pk]))

    assert response.status_code in (302, 403, 404)
    figures = client.post(reverse("admin:report_figures", args=[report_2024.pk]))
    assert figures.status_code in (302, 403, 404)


def test_a_rows_history_tells_who_changed_what(clerk: User, report_2024: AnnualReport) -> None:
    row = row_of(report_2024, "1.2")
    save_result(
        row,
        version=row.version,
        by=clerk,
        amounts={building.source().pk: Money(Decimal(1), Decimal(1), Decimal(1))},
        narrative="Нове слово",
    )

    text = errors(Page(clerk, "measureresult_history", row.pk).open())

    assert "Інформація про виконання" in text
    assert "Нове слово" in text
    assert "Факт (загальний фонд):</strong> 14,25 → 1,0" in text
    assert str(clerk) in text


def test_a_rows_history_speaks_in_the_words_of_the_form_and_to_the_end(
    clerk: User, report_2024: AnnualReport
) -> None:
    row = row_of(report_2024, "1.2")
    told = "Проведено багато різних заходів. " * 10
    save_result(row, version=row.version, by=clerk, execution_state="partial", narrative=told)

    text = errors(Page(clerk, "measureresult_history", row.pk).open())

    assert "Стан виконання:</strong> виконано → частково" in text
    assert told.strip() in text
    assert "chars]" not in text


def test_saving_leads_to_the_report_as_it_prints(clerk: User, report_2024: AnnualReport) -> None:
    page = report_page(clerk, report_2024)
    page.open()

    response = page.send()

    assert response["Location"] == reverse(
        "report_page", args=[report_2024.program.public_id, report_2024.year]
    )


def test_a_long_narrative_is_not_cut_by_the_browser(clerk: User, report_2024: AnnualReport) -> None:
    assert "maxlength" not in report_page(clerk, report_2024).open().content.decode()


def test_the_list_says_how_far_a_report_has_come() -> None:
    report, head = agreeing.small_report()
    client = Client()
    client.force_login(building.user("prohramy", is_program_admin=True))

    def state() -> str:
        listed = client.get(reverse("admin:programs_annualreport_changelist")).content.decode()
        return listed.split('<td class="field-state_reached">')[1].split("</td>")[0]

    submitting.submit(report, head)
    agreeing.agree_unprinted(report, head)
    agreed = state()
    agreeing.sign_on_paper(report, head)
    signed = state()
    agreeing.publish(report, head)
    assert [agreed, signed, state()] == ["Погоджено до підписання", "Підписано", "Оприлюднено"]
