import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from programs.models import Amount, AnnualReport, FundingSource, Participation, Program, Signatory
from reporting.assemble import assemble
from reporting.document import FundLine, MeasureRow, ReportDocument, Signature, TotalsRow, from_json, to_json
from tests import building

pytestmark = pytest.mark.django_db

# 23:07:59 in Kyiv, where it is still the last day of the year.
DRAFT_AT = datetime.datetime(2024, 12, 31, 21, 7, 59, tzinfo=datetime.UTC)


@pytest.fixture
def program() -> Program:
    return building.program(measures=3)


@pytest.fixture
def report(program: Program) -> AnnualReport:
    return building.results(program)[0].report


# --- the real form -----------------------------------------------------------------------


def test_the_heading_is_the_sources(real_document: ReportDocument) -> None:
    assert (real_document.heading, *real_document.heading_lines) == (
        "Звіт",
        "про результати виконання",
        "цільова соціальна програми «Житомирська міська об’єднана територіальна громада – територія рівних "
        "можливостей» на 2020-2025 роки",
        "за 2023 рік",
        "Управління у справах сім'ї, молоді та спорту Житомирської міської ради",
    )


def test_the_act_line_is_the_sources(real_document: ReportDocument) -> None:
    assert real_document.act_line == (
        "Дата і номер рішення міської ради яким затверджено Програму №1688 від 18.12.2019"
    )


def test_the_term_line_is_the_sources(real_document: ReportDocument) -> None:
    assert real_document.term_line == "Термін реалізації Програми 2020-2025 роки"


def test_the_one_section(real_document: ReportDocument) -> None:
    assert [section.heading for section in real_document.sections] == ["1. Виконання заходів"]


def test_the_ten_columns(real_document: ReportDocument) -> None:
    assert [column.heading for column in real_document.columns] == [
        r"№ з\п",
        "Завдання",
        "Зміст заходів",
        "Термін виконання",
        "Виконавці",
        "Річний обсяг фінансування тис. грн (план)",
        "Річний обсяг фінансування тис. грн (факт)",
        "Фактично профінансовано у звітному періоді тис. грн",
        "Відсоток виконання заходу %",
        "Інформація про виконання",
    ]


def test_the_columns_fill_the_sheet(real_document: ReportDocument) -> None:
    sheet = real_document.sheet
    widths = [column.width for column in real_document.columns]
    assert sum(widths) == Decimal(297) - sheet.margin_left - sheet.margin_right


def test_the_tasks_hold_their_measures(real_document: ReportDocument) -> None:
    assert [(task.number, task.number_text, len(task.rows)) for task in real_document.tasks] == [
        (1, "1.", 7),
        (2, "2.", 12),
        (3, "3.", 12),
        (4, "4.", 6),
    ]


def test_the_rows_are_in_order(real_document: ReportDocument) -> None:
    assert [row.number for row in real_document.rows] == [
        f"{task}.{number}"
        for task, size in enumerate((7, 12, 12, 6), start=1)
        for number in range(1, size + 1)
    ]


def test_one_row_in_full(real_document: ReportDocument) -> None:
    measure = (
        "Збір даних, розподілених за статтю та іншими ознаками, у різних галузях життєдіяльності, "
        "створення ґендерного портрету Житомирської міської ОТГ"
    )
    assert real_document.rows[7] == MeasureRow(
        number="2.1",
        measure=measure,
        content=f"2.1. {measure}",
        term="2020-2025",
        executors=(
            "Управління у справах сім’ї, молоді та спорту міської ради; інші виконавчі органи ради, "
            "Головне управління статистики в Житомирській області та громадські організації (за згодою)"
        ),
        planned=Decimal("10.5"),
        actual=Decimal("10.0"),
        financed=Decimal("10.0"),
        computed_percent=Decimal("95.2"),
        stated_percent=None,
        percent=Decimal("95.2"),
        information='Підготовлено та опубліковано збірник-довідник "Гендерний профіль Житомира -2023"',
    )


@pytest.mark.parametrize(
    ("number", "computed", "stated", "percent"),
    [
        pytest.param("1.1", "0.0", "100.0", "100.0", id="stated, done without money"),
        pytest.param("1.3", "", "", "0.0", id="nothing planned"),
        pytest.param("4.1", "35.0", "32.0", "32.0", id="stated beside the computed"),
        pytest.param("4.4", "93.8", "", "93.8", id="computed"),
    ],
)
def test_the_three_percents_of_a_row(
    number: str, computed: str, stated: str, percent: str, real_document: ReportDocument
) -> None:
    row = next(row for row in real_document.rows if row.number == number)
    assert (row.computed_percent, row.stated_percent, row.percent) == (
        building.money(computed),
        building.money(stated),
        Decimal(percent),
    )


def test_the_totals_row(real_document: ReportDocument) -> None:
    assert real_document.totals == TotalsRow(
        label="",
        planned=Decimal("228.3"),
        actual=Decimal("60.0"),
        financed=Decimal("30.0"),
        computed_percent=Decimal("13.1"),
        stated_percent=Decimal("90.0"),
        percent=Decimal("90.0"),
        percent_base="planned",
    )


def test_the_fund_lines_of_the_source_are_blank(real_document: ReportDocument) -> None:
    assert real_document.fund_lines == (
        FundLine("з загального фонду", None, None, None),
        FundLine("з спеціального фонду та інших джерел фінансування", None, None, None),
    )


def test_the_fund_lines_of_the_demonstration_year_are_filled(demo_document: ReportDocument) -> None:
    general, special = demo_document.fund_lines
    assert general == FundLine(
        "з загального фонду", Decimal("243.55"), Decimal("159.9"), Decimal("120.08317")
    )
    assert special == FundLine(
        "з спеціального фонду та інших джерел фінансування",
        Decimal("75.3582"),
        Decimal("35.6582"),
        Decimal("35.6082"),
    )


def test_the_signature(real_document: ReportDocument) -> None:
    assert real_document.signatures == (
        Signature("Начальник управління у справах сім’ї, молоді та спорту міської ради", "Ірина КОВАЛЬЧУК"),
    )


# --- marks -------------------------------------------------------------------------------


def test_a_draft_says_so_with_local_time(report: AnnualReport) -> None:
    assert assemble(report, draft_at=DRAFT_AT).marks == ("ПРОЄКТ 31.12.2024 23:07",)


def test_the_mark_does_not_depend_on_the_zone_in_which_the_moment_was_given(report: AnnualReport) -> None:
    assert assemble(report, draft_at=timezone.localtime(DRAFT_AT)).marks == ("ПРОЄКТ 31.12.2024 23:07",)


def test_a_final_document_has_no_mark(report: AnnualReport) -> None:
    assert assemble(report, draft_at=None).marks == ()


def test_a_transcribed_report_has_no_mark_even_as_it_stands_now(report_2023: AnnualReport) -> None:
    assert assemble(report_2023, draft_at=DRAFT_AT).marks == ()


def test_a_demonstration_says_so_even_when_final(report_2024: AnnualReport) -> None:
    assert assemble(report_2024, draft_at=None).marks == ("ДЕМОНСТРАЦІЙНІ ДАНІ",)


def test_a_demonstration_draft_says_both(report_2024: AnnualReport) -> None:
    assert assemble(report_2024, draft_at=DRAFT_AT).marks == (
        "ПРОЄКТ 31.12.2024 23:07",
        "ДЕМОНСТРАЦІЙНІ ДАНІ",
    )


def test_a_draft_is_dated_by_its_minute(report: AnnualReport) -> None:
    assert assemble(report, draft_at=DRAFT_AT).dated == DRAFT_AT.replace(second=0)


def test_a_final_document_is_the_same_whenever_assembled(report: AnnualReport) -> None:
    assert assemble(report, draft_at=None) == assemble(AnnualReport.objects.get(), draft_at=None)


def test_a_transcribed_report_is_the_same_whenever_assembled(report_2023: AnnualReport) -> None:
    assert assemble(report_2023, draft_at=DRAFT_AT) == assemble(report_2023, draft_at=None)


# --- what is composed where nothing was copied -------------------------------------------


def test_a_report_begun_here_composes_its_heading(report: AnnualReport) -> None:
    assert assemble(report, draft_at=None).heading_lines == (
        "про результати виконання",
        "міська програма «Програма 15» на 2020-2025 роки",
        "за 2024 рік",
        "Управління культури",
    )


def test_the_full_name_of_the_department_is_printed_where_known(report: AnnualReport) -> None:
    department = report.program.responsible
    department.official_name = "Управління культури міської ради"
    department.save()
    assert assemble(AnnualReport.objects.get(), draft_at=None).heading_lines[-1] == (
        "Управління культури міської ради"
    )


def test_executors_are_listed_where_no_words_were_copied(program: Program, report: AnnualReport) -> None:
    measure = program.tasks.get().measures.get(number=1)
    for position, (name, by_consent) in enumerate([("Яр", True), ("Аметист", False)]):
        Participation.objects.create(
            measure=measure, executor=building.executor(name), by_consent=by_consent, position=position
        )
    assert assemble(report, draft_at=None).rows[0].executors == "Яр (за згодою); Аметист"


def test_braces_in_a_title_are_printed_as_they_are(program: Program, report: AnnualReport) -> None:
    Program.objects.update(title="Програма {year}")
    assert assemble(AnnualReport.objects.get(), draft_at=None).heading_lines[1] == (
        "міська програма «Програма {year}» на 2020-2025 роки"
    )


def test_a_programme_not_approved_yet_has_an_empty_act_line(program: Program, report: AnnualReport) -> None:
    program.decisions.all().delete()
    assert assemble(AnnualReport.objects.get(), draft_at=None).act_line == ""


def test_signatures_are_in_their_order(report: AnnualReport) -> None:
    Signatory.objects.create(report=report, position=2, post="Головний бухгалтер", name="Іван ДРУГИЙ")
    Signatory.objects.create(report=report, position=1, post="Начальник", name="Олена ПЕРША")
    assert assemble(report, draft_at=None).signatures == (
        Signature("Начальник", "Олена ПЕРША"),
        Signature("Головний бухгалтер", "Іван ДРУГИЙ"),
    )


def test_a_blank_amount_stays_blank_and_a_zero_zero(report: AnnualReport) -> None:
    source = building.source()
    Amount.objects.create(result=report.results.get(measure__number=1), source=source, planned=Decimal(0))
    rows = assemble(report, draft_at=None).rows
    assert [(row.planned, row.actual) for row in rows] == [(Decimal(0), None), (None, None), (None, None)]


def test_no_figure_is_rounded_on_the_way(report: AnnualReport) -> None:
    amount = Decimal("9999999999.99999")
    for result in report.results.all():
        Amount.objects.create(result=result, source=building.source(), planned=amount)
    assert assemble(report, draft_at=None).totals.planned == Decimal("29999999999.99997")


def test_a_document_goes_to_json_and_back(demo_document: ReportDocument) -> None:
    assert from_json(to_json(demo_document)) == demo_document


# --- queries -----------------------------------------------------------------------------


@pytest.mark.parametrize("measures", [3, 37])
def test_assembling_takes_the_same_queries_however_many_measures(
    measures: int, django_assert_num_queries: object
) -> None:
    program = building.program(measures=measures)
    sources = [building.source(code, form_line=code) for code in ("general", "special")]
    for result in building.results(program):
        for source in sources:
            Amount.objects.create(result=result, source=source, planned=Decimal(1))
        Participation.objects.create(measure=result.measure, executor=building.executor())
    report = AnnualReport.objects.get()
    with django_assert_num_queries(11):
        assemble(report, draft_at=None)


def test_the_sources_are_fetched_in_their_order(report: AnnualReport) -> None:
    for position, code in ((3, "third"), (1, "first"), (2, "second")):
        FundingSource.objects.create(code=code, name=code, form_line=code, position=position)
    assert [line.label for line in assemble(report, draft_at=None).fund_lines] == ["first", "second", "third"]
