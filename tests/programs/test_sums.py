"""Sums made by the database are the sums of `calculations`, on SQLite and on PostgreSQL."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from programs import calculations
from programs.calculations import Money
from programs.figures import report_figures, total_figures
from programs.models import Amount, AnnualReport, FundingSource, MeasureResult, Program
from tests import building

pytestmark = pytest.mark.django_db

LARGEST = Decimal("9999999999.99999")
AMOUNTS = st.none() | st.decimals(min_value=0, max_value=LARGEST, places=5)
MONEY = st.builds(Money, AMOUNTS, AMOUNTS, AMOUNTS)
LINES = ("з загального фонду", "з інших джерел", "")


@pytest.fixture
def rows() -> list[MeasureResult]:
    """Four rows of two reports."""
    program = building.program(measures=2)
    return [row for year in (2023, 2024) for row in building.results(program, year)]


@pytest.fixture
def sources() -> list[FundingSource]:
    """The first two are summed into one line of the form, the last into none."""
    return [
        building.source(code, line)
        for code, line in (("a", LINES[0]), ("b", LINES[0]), ("c", LINES[1]), ("d", LINES[2]))
    ]


def put(rows: list[MeasureResult], sources: list[FundingSource], facts: list[list[Money]]) -> None:
    Amount.objects.all().delete()
    Amount.objects.bulk_create(
        Amount(
            result=row,
            source=source,
            planned=money.planned,
            actual=money.actual,
            financed=money.financed,
        )
        for row, of_row in zip(rows, facts, strict=True)
        for source, money in zip(sources, of_row, strict=True)
    )


@given(st.lists(st.lists(MONEY, min_size=4, max_size=4), min_size=4, max_size=4))
@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_adds_as_the_arithmetic_does(
    rows: list[MeasureResult], sources: list[FundingSource], facts: list[list[Money]]
) -> None:
    put(rows, sources, facts)
    by_report = calculations.total_money_by(
        ((row.report_id,), money) for row, of_row in zip(rows, facts, strict=True) for money in of_row
    )
    by_line = calculations.total_money_by(
        ((row.report_id, source.form_line), money)
        for row, of_row in zip(rows, facts, strict=True)
        for source, money in zip(sources, of_row, strict=True)
    )
    assert Amount.objects.totals_by("result__report") == by_report
    assert Amount.objects.totals_by("result__report", "source__form_line") == by_line


def test_kopecks_do_not_drift_in_many_rows() -> None:
    source = building.source()
    rows = building.results(building.program(measures=300))
    Amount.objects.bulk_create(Amount(result=row, source=source, planned=LARGEST) for row in rows)
    ((planned,),) = [(money.planned,) for money in Amount.objects.totals_by("source").values()]
    assert planned == 300 * LARGEST


def test_a_sum_of_blanks_is_blank_and_of_zeros_zero(
    rows: list[MeasureResult], sources: list[FundingSource]
) -> None:
    for row in rows[:2]:
        Amount.objects.create(result=row, source=sources[0], financed=Decimal(0))
    assert Amount.objects.totals_by("result__report") == {
        (rows[0].report_id,): Money(None, None, Decimal(0)),
    }


@pytest.mark.parametrize("base", ["planned", "actual"])
def test_totals_of_many_reports_are_those_of_each(demo: Program, base: str) -> None:
    demo.percent_base = base
    demo.save()
    sources = list(FundingSource.objects.all())
    reports = list(AnnualReport.objects.select_related("program"))
    expected = {
        report.pk: report_figures(report, list(MeasureResult.objects.for_report(report)), sources).total
        for report in reports
    }
    assert total_figures(reports) == expected


def test_a_report_without_amounts_has_blank_totals() -> None:
    report = building.results(building.program(measures=1))[0].report
    assert total_figures([report])[report.pk].money == calculations.BLANK
