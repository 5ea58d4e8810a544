from decimal import Decimal

import pytest

from programs.calculations import BLANK, Money
from programs.enums import PercentBase
from programs.figures import Figures, ReportFigures, report_figures
from programs.models import Amount, AnnualReport, FundingSource, MeasureResult, Program, Task
from tests import building

pytestmark = pytest.mark.django_db


def figures_of(report: AnnualReport) -> ReportFigures:
    return report_figures(report, MeasureResult.objects.for_report(report), FundingSource.objects.all())


def money(planned: str, actual: str, financed: str) -> Money:
    return Money(building.money(planned), building.money(actual), building.money(financed))


def write(result: MeasureResult, source: str, planned: str, actual: str, financed: str) -> None:
    Amount.objects.create(
        result=result,
        source=FundingSource.objects.get(code=source),
        planned=building.money(planned),
        actual=building.money(actual),
        financed=building.money(financed),
    )


@pytest.fixture
def rows() -> list[MeasureResult]:
    """Of a programme with tasks 1 (two measures) and 2 (one), and three funding sources."""
    building.source("general", form_line="загальний рядок")
    building.source("special", form_line="спеціальний рядок")
    building.source("unallocated")
    program = building.program(measures=2)
    building.measure(Task.objects.create(program=program, number=2, text="Друге"), 1)
    return building.results(program)


# --- the real report ---------------------------------------------------------------------


def test_the_tasks_of_the_real_report(report_2023: AnnualReport) -> None:
    numbers = dict(Task.objects.values_list("pk", "number"))
    found = figures_of(report_2023)
    assert {numbers[task]: figures.money for task, figures in found.tasks.items()} == {
        1: money("29.4", "0", "0"),
        2: money("74.5", "10.0", "10.0"),
        3: money("65.0", "0", "0"),
        4: money("59.4", "50.0", "20.0"),
    }


def test_the_totals_of_the_real_report(report_2023: AnnualReport) -> None:
    assert figures_of(report_2023).total == Figures(
        money("228.3", "60.0", "30.0"),
        computed_percent=Decimal("13.1"),
        stated_percent=Decimal("90.0"),
        percent=Decimal("90.0"),
    )


def test_the_totals_of_the_real_report_against_the_actual(report_2023: AnnualReport) -> None:
    report_2023.program.percent_base = PercentBase.ACTUAL
    assert figures_of(report_2023).total.computed_percent == Decimal("50.0")


def test_the_percents_of_the_real_report(report_2023: AnnualReport) -> None:
    found = figures_of(report_2023)
    printed = {
        result.measure.code: found.rows[result.pk].percent
        for result in MeasureResult.objects.for_report(report_2023)
    }
    assert {code: percent for code, percent in printed.items() if percent} == {
        "1.1": Decimal("100.0"),
        "2.1": Decimal("95.2"),
        "4.1": Decimal("32.0"),
        "4.4": Decimal("93.8"),
    }


def test_the_fund_lines_of_the_real_report_are_blank(report_2023: AnnualReport) -> None:
    assert figures_of(report_2023).fund_lines == {
        "з загального фонду": BLANK,
        "з спеціального фонду та інших джерел фінансування": BLANK,
    }


def test_the_fund_lines_of_the_demonstration_year_add_up_to_its_total(report_2024: AnnualReport) -> None:
    found = figures_of(report_2024)
    general, special = found.fund_lines.values()
    assert [
        general.planned + special.planned,
        general.actual + special.actual,
        general.financed + special.financed,
    ] == [found.total.money.planned, found.total.money.actual, found.total.money.financed]


# --- rules -------------------------------------------------------------------------------


def test_a_row_is_the_sum_of_its_sources(rows: list[MeasureResult]) -> None:
    write(rows[0], "general", "10", "8.5", "8")
    write(rows[0], "special", "2.00001", "", "1")
    assert figures_of(rows[0].report).rows[rows[0].pk].money == money("12.00001", "8.5", "9")


def test_a_row_without_amounts_is_blank_and_prints_zero_percent(rows: list[MeasureResult]) -> None:
    assert figures_of(rows[0].report).rows[rows[0].pk] == Figures(BLANK, None, None, Decimal("0.0"))


def test_each_fund_line_sums_its_own_source(rows: list[MeasureResult]) -> None:
    write(rows[0], "general", "10", "8", "8")
    write(rows[2], "general", "1", "1", "")
    write(rows[1], "special", "5", "", "")
    assert figures_of(rows[0].report).fund_lines == {
        "загальний рядок": money("11", "9", "8"),
        "спеціальний рядок": money("5", "", ""),
    }


def test_sources_of_one_line_are_summed_into_it(rows: list[MeasureResult]) -> None:
    building.source("donors", form_line="спеціальний рядок")
    write(rows[0], "special", "5", "", "1")
    write(rows[0], "donors", "2", "", "2")
    assert figures_of(rows[0].report).fund_lines == {
        "загальний рядок": BLANK,
        "спеціальний рядок": money("7", "", "3"),
    }


def test_a_source_without_a_line_counts_in_the_total_only(rows: list[MeasureResult]) -> None:
    write(rows[0], "unallocated", "5", "4", "3")
    found = figures_of(rows[0].report)
    assert (found.total.money, set(found.fund_lines.values())) == (money("5", "4", "3"), {BLANK})


def test_a_line_of_zeros_is_zero_not_blank(rows: list[MeasureResult]) -> None:
    write(rows[0], "general", "0", "0", "0")
    assert figures_of(rows[0].report).fund_lines["загальний рядок"] == money("0", "0", "0")


def test_the_percent_of_the_total_is_of_the_totals_not_a_mean(rows: list[MeasureResult]) -> None:
    write(rows[0], "general", "90", "90", "90")
    write(rows[1], "general", "10", "10", "0")
    assert figures_of(rows[0].report).total.percent == Decimal("90.0")


def test_a_stated_percent_is_printed_beside_the_computed_one(rows: list[MeasureResult]) -> None:
    write(rows[0], "general", "40", "44", "14")
    MeasureResult.objects.filter(pk=rows[0].pk).update(stated_percent=Decimal("32"))
    found = figures_of(rows[0].report).rows[rows[0].pk]
    assert (found.computed_percent, found.stated_percent, found.percent) == (
        Decimal("35.0"),
        Decimal("32.0"),
        Decimal("32.0"),
    )


def test_the_base_is_the_choice_of_the_programme(rows: list[MeasureResult]) -> None:
    write(rows[0], "general", "40", "44", "14")
    Program.objects.update(percent_base=PercentBase.ACTUAL)
    report = AnnualReport.objects.get()
    assert figures_of(report).rows[rows[0].pk].computed_percent == Decimal("31.8")


def test_stated_percents_do_not_reach_the_total(rows: list[MeasureResult]) -> None:
    write(rows[0], "general", "10", "5", "5")
    MeasureResult.objects.filter(pk=rows[0].pk).update(stated_percent=Decimal("100"))
    assert figures_of(rows[0].report).total.percent == Decimal("50.0")


def test_no_query_once_the_rows_are_fetched(
    rows: list[MeasureResult], django_assert_num_queries: object
) -> None:
    report = AnnualReport.objects.select_related("program").get()
    fetched, sources = list(MeasureResult.objects.for_report(report)), list(FundingSource.objects.all())
    with django_assert_num_queries(0):
        report_figures(report, fetched, sources)
