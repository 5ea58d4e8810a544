"""The cumulative document says what reports and plans say, and of each year where that comes from."""

import dataclasses
import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programs.enums import ReportState
from programs.models import AnnualReport, Program
from programs.term_figures import term_figures
from reporting.assemble import assemble as assemble_report
from reporting.cumulative.document import CumulativeDocument, PeriodKind
from tests import agreeing, building
from tests.programs.test_term_figures import report

from .worlds import amounts, document_of, long, small, small_document, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(db: None) -> CumulativeDocument:
    return small_document()


def headings(document: CumulativeDocument) -> list[tuple[str, str]]:
    return [(period.heading, period.note) for period in document.measures.periods]


# --- figures -----------------------------------------------------------------------------


def test_a_years_column_is_the_years_report(demo: Program) -> None:
    document = document_of(demo)
    for place, period in enumerate(document.measures.periods[:6]):
        yearly = demo.reports.filter(year=period.years[0]).first()
        lines = [line for task in document.measures.tasks for line in task.measures]
        found = [[line.number, *told(line.facts[place])] for line in lines]
        if yearly is None:
            assert {tuple(one[1:]) for one in found} == {(None,) * 4}
            continue
        printed = assemble_report(yearly, draft_at=None)
        assert found == [
            [row.number, row.planned, row.actual, row.financed, row.percent] for row in printed.rows
        ]
        total = printed.totals
        assert told(document.measures.total.facts[place]) == [
            total.planned,
            total.actual,
            total.financed,
            total.percent,
        ]
        funds = [told(line.facts[place])[:3] for line in document.measures.fund_lines]
        assert funds[:2] == [[line.planned, line.actual, line.financed] for line in printed.fund_lines]


def test_totals_are_those_of_the_term(demo: Program) -> None:
    figures, document = term_figures(demo), document_of(demo)
    expected = [
        [one.reported.money, one.reported.computed_percent, one.total]
        for task in figures.tasks
        for one in (*task.measures, task)
    ]
    expected.append([figures.reported.money, figures.reported.computed_percent, figures.total])
    reported, term = (
        next(n for n, one in enumerate(document.measures.periods) if one.kind is kind)
        for kind in (PeriodKind.REPORTED, PeriodKind.TERM)
    )
    lines = list(document.measures.lines)[: len(expected)]
    assert [told(line.facts[reported]) + told(line.facts[term]) for line in lines] == [
        [
            *dataclasses.astuple(money),
            percent,
            *dataclasses.astuple(total),
            None,
        ]
        for money, percent, total in expected
    ]


def test_a_small_programme_by_hand(document: CumulativeDocument) -> None:
    first, second = document.measures.tasks[0].measures
    assert [told(facts) for facts in first.facts] == [
        amounts("", "", "", ""),
        amounts("", "", "", ""),
        amounts("10", "9", "8", "80.0"),
        amounts("", "", "", ""),
        amounts("1234.56789", "0.1", "0.2", "0.0"),
        amounts("7.5", "", "", ""),
        amounts("1244.56789", "9.1", "8.2", "0.7"),
        amounts("1252.06789", "9.1", "8.2", ""),
    ]
    assert told(second.facts[2]) == amounts("", "", "", "0.0")


def test_what_no_fund_line_takes_stands_on_a_line_of_its_own(document: CumulativeDocument) -> None:
    assert [(line.text, told(line.facts[-1])) for line in document.measures.fund_lines] == [
        ("з загального фонду", amounts("14", "9", "8", "")),
        ("з інших джерел", amounts("7.5", "", "", "")),
        ("не розподілено за рядками форми", amounts("1237.66789", "0.1", "0.2", "")),
    ]


def test_measures_that_share_a_number_say_which_decision_took_and_brought_them() -> None:
    program = building.program(measures=1)
    amending = building.decision(program, "20", "2022-03-01")
    old = program.tasks.get().measures.get()
    old.withdrawn_by = amending
    old.save()
    building.measure(old.task, 1, introduced_by=amending)
    report(program, 2022, ("5", "5", "0"), ("5", "5", "0"))
    document = document_of(program)
    texts = [
        "Захід 1\n(виключено рішенням №20 від 01.03.2022)",
        "Захід 1\n(введено рішенням №20 від 01.03.2022)",
    ]
    assert [line.text for line in document.measures.tasks[0].measures] == texts
    assert [line.text for line in document.unfunded.lines] == texts


# --- columns -----------------------------------------------------------------------------


def test_a_column_says_where_its_figures_come_from(document: CumulativeDocument) -> None:
    assert headings(document) == [
        ("2020", "немає даних"),
        ("2021", "немає даних"),
        ("2022", "проєкт звіту"),
        ("2023", "немає даних"),
        ("2024", "проєкт звіту"),
        ("2025", "лише план"),
        ("Разом за роки зі звітом", "2022, 2024"),
        ("Разом за весь строк", "2020–2025"),
    ]


def test_where_every_year_is_reported_there_is_one_total_with_its_percent() -> None:
    program = building.program(measures=1)
    Program.objects.filter(pk=program.pk).update(start_year=2023, end_year=2024)
    for year in (2023, 2024):
        report(Program.objects.get(pk=program.pk), year, ("10", "", "5"))
    document = document_of(program)
    assert headings(document)[2:] == [("Разом за весь строк", "2023–2024")]
    assert told(document.measures.total.facts[-1]) == amounts("20", "", "10", "50.0")
    assert [line.year for line in document.years.totals] == ["Разом за 2023–2024 роки"]


def test_without_a_report_there_is_no_percent() -> None:
    document = document_of(building.program(measures=1))
    assert headings(document)[6:] == [("Разом за весь строк", "2020–2025")]
    assert {facts.percent for line in list(document.measures.lines) for facts in line.facts} == {None}


def test_many_years_take_several_tables_of_about_equal_width() -> None:
    parts = document_of(long()).measures.parts
    assert [(part.heading, part.first, part.end) for part in parts] == [
        ("Роки 2006–2012", 0, 7),
        ("Роки 2013–2018", 7, 13),
        ("Роки 2019–2024", 13, 19),
        ("Роки 2025–2030", 19, 27),
    ]
    assert {part.text_width for part in parts[1:3]} == {277 - 10 - 17 - 26 - Decimal("16.5") * 6}


# --- years -------------------------------------------------------------------------------


def years(document: CumulativeDocument) -> list[tuple[str, str, str, str]]:
    return [(line.year, line.state, line.edition, line.published) for line in document.years.lines]


def test_a_year_tells_of_its_report(document: CumulativeDocument) -> None:
    assert years(document) == [
        ("2020", "Немає ні звіту, ні плану", "", ""),
        ("2021", "Немає ні звіту, ні плану", "", ""),
        ("2022", "Чернетка", "", ""),
        ("2023", "Немає ні звіту, ні плану", "", ""),
        ("2024", "Чернетка", "", ""),
        ("2025", "Звіту немає, лише план", "", ""),
    ]


def test_a_published_report_tells_its_edition_and_reopened_what_has_become_of_it() -> None:
    report_2024, head = agreeing.small_report()
    edition = agreeing.published_edition(report_2024, head, printed=False)
    today = f"{edition.signed_at.astimezone():%d.%m.%Y}"
    told_of = ("2024", "Оприлюднено", f"1 від {today}", f"{today}, редакція 1")
    assert years(document_of(report_2024.program))[4] == told_of

    agreeing.reopen(report_2024, head)
    document = document_of(report_2024.program)
    assert years(document)[4] == ("2024", "Чернетка", *told_of[2:])
    assert document.years.notes[2:] == (
        "2024: звіт відкрито для уточнення; показники тут – з робочої версії, а не з редакції 1.",
    )


@pytest.mark.parametrize("state", [ReportState.ON_APPROVAL, ReportState.AGREED])
def test_other_states_bear_their_own_names(state: ReportState) -> None:
    program = small()
    program.reports.update(state=state)
    assert {line.state for line in document_of(program).years.lines if line.has_report} == {state.label}


def test_real_reports_say_what_they_are(demo: Program) -> None:
    document = document_of(demo)
    assert [line.state for line in document.years.lines if line.has_report] == [
        "Перенесено з паперового звіту",
        "Чернетка; демонстраційні дані",
    ]
    assert document.years.notes[2:] == (
        "2023: у звіті надруковано 90,0\u00a0%, за його підсумками виходить 13,1\u00a0%.",
    )


def test_the_base_of_the_percents_is_told(document: CumulativeDocument) -> None:
    assert "профінансовано до плану цих років" in document.years.notes[1]
    program = small()
    program.percent_base = "actual"
    program.save()
    of_actual = document_of(program)
    assert "профінансовано до факту цих років" in of_actual.years.notes[1]
    assert told(of_actual.measures.total.facts[6])[3] == amounts("90.1")[0]


# --- never financed ----------------------------------------------------------------------


def test_what_was_never_financed_is_listed_with_its_plan(document: CumulativeDocument) -> None:
    (line,) = document.unfunded.lines
    assert [line.number, line.text, line.term, line.years, line.planned, line.actual] == [
        "2.1",
        "Захід 1",
        "2020-2025",
        "2022, 2024",
        *amounts("4.1", "0"),
    ]
    assert document.unfunded.total is not None
    assert [document.unfunded.total.planned, document.unfunded.total.actual] == amounts("4.1", "0")
    assert document.unfunded.leads == (
        "За звітами (2022, 2024) не профінансовано жодного разу: 1. Усього заходів, про фінансування яких є "
        "відомості у звітах: 2.",
        "Немає відомостей про фінансування: 1.2.",
    )


def test_reasons_of_the_reports_stand_beside_with_their_years() -> None:
    program = small()
    for year, reason in ((2022, "donors"), (2024, "donors")):
        program.reports.get(year=year).results.filter(measure__task__number=2).update(zero_reason=reason)
    (line,) = document_of(program).unfunded.lines
    assert line.reasons == "2022, 2024: профінансовано донорами"


def test_a_year_whose_report_says_nothing_of_the_financing_is_told() -> None:
    program = building.program(measures=2)
    report(program, 2023, ("5", "5", "0"), ("5", "5", "5"))
    report(program, 2024, ("5", "", ""), ("5", "", ""))
    document = document_of(program)
    assert [line.reasons for line in document.unfunded.lines] == ["2024: про фінансування не зазначено"]
    assert document.years.notes[2:] == (
        "2024: у звіті ще немає показників профінансованого, тому відсоток за кілька років занижено.",
    )


def test_nothing_never_financed_and_nothing_known() -> None:
    program = building.program(measures=1)
    assert document_of(program).unfunded.leads == (
        "Звітів за програмою ще немає, тому про фінансування її заходів нічого не відомо.",
    )
    report(program, 2024, ("1", "1", "1"))
    unfunded = document_of(program).unfunded
    assert (unfunded.leads, unfunded.lines, unfunded.total) == (
        (
            "За звітами (2024) таких заходів немає. Усього заходів, про фінансування яких є відомості у "
            "звітах: 1.",
        ),
        (),
        None,
    )


# --- the sheet ---------------------------------------------------------------------------


def test_what_may_still_change_says_as_of_when(document: CumulativeDocument) -> None:
    assert document.marks == ("ЗА ДАНИМИ НА 04.03.2025 11:05",)
    assert document.dated.isoformat() == "2025-03-04T11:05:00+02:00"


def test_final_reports_of_all_years_carry_no_moment() -> None:
    program = building.program(measures=1)
    Program.objects.filter(pk=program.pk).update(start_year=2023, end_year=2024)
    for year in (2023, 2024):
        report(Program.objects.get(pk=program.pk), year, ("10", "", "5"))
    program.reports.filter(year=2023).update(state=ReportState.AGREED)
    AnnualReport.objects.filter(program=program, year=2024).update(is_transcribed=True)
    document = document_of(program)
    assert (document.marks, document.dated.date()) == ((), datetime.date(2024, 12, 31))


def test_demonstration_is_marked(demo: Program) -> None:
    assert document_of(demo).marks[1:] == ("ДЕМОНСТРАЦІЙНІ ДАНІ",)


def test_the_heading_is_the_programmes(document: CumulativeDocument) -> None:
    assert (document.heading, document.heading_lines) == (
        "Зведений звіт",
        (
            "про результати виконання",
            "міська програма «Програма 15» на 2020-2025 роки",
            "за 2020–2025 роки",
            "Управління культури",
        ),
    )


def test_every_word_is_filled_in(document: CumulativeDocument) -> None:
    def texts(value: Any) -> list[str]:
        if isinstance(value, str):
            return [value]
        if isinstance(value, dict):
            return [text for item in value.values() for text in texts(item)]
        return [text for item in value for text in texts(item)] if isinstance(value, list | tuple) else []

    everything = texts(dataclasses.asdict(document))
    assert [text for text in everything if "{" in text] == [document.page_label]


def test_queries_do_not_grow_with_measures_and_years(demo: Program) -> None:
    def count(program: Program) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            document_of(program)
        return len(captured)

    assert count(demo) == count(small())
