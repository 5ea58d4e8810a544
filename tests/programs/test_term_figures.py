"""The figures of a programme over its term: what reports tell, what is only planned, and their sums."""

from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from programs.calculations import BLANK, Money
from programs.entry import ResultEntry, save_results
from programs.enums import PercentBase
from programs.figures import report_figures
from programs.models import (
    AnnualReport,
    FundingSource,
    Measure,
    MeasureResult,
    PlannedFunding,
    Program,
    User,
)
from programs.opening import open_report
from programs.term_figures import MeasureOverTerm, TermFigures, YearFigures, term_figures
from tests import building

pytestmark = pytest.mark.django_db


def plan(measure: Measure, year: int, amount: str, decision: str = "15", source: str = "general") -> None:
    PlannedFunding.objects.create(
        measure=measure,
        year=year,
        decision=measure.task.program.decisions.get(number=decision),
        source=building.source(source),
        amount=Decimal(amount),
    )


def report(program: Program, year: int, *sums: tuple[str, str, str], source: str = "general") -> None:
    """A report whose rows have these plan, actual and financed, in printed order."""
    rows = building.results(program, year)
    fund = building.source(source).pk
    entries = [
        ResultEntry(row.pk, row.version, {}, {fund: Money(*map(building.money, said))})
        for row, said in zip(rows, sums, strict=True)
    ]
    clerk = User.objects.filter(username="clerk").first() or building.appointed(
        building.user("clerk"), program.responsible
    )
    save_results(rows[0].report, entries, by=clerk)


def measure_of(term: TermFigures, code: str) -> MeasureOverTerm:
    (found,) = [one for one in term.measures if one.measure.code == code]
    return found


def planned(amount: str) -> YearFigures:
    return YearFigures(Money(planned=Decimal(amount)), None)


@pytest.mark.parametrize("year", [2023, 2024])
def test_a_year_with_a_report_has_the_figures_of_its_report(demo: Program, year: int) -> None:
    one: AnnualReport = demo.reports.get(year=year)
    rows = list(MeasureResult.objects.for_report(one))
    figures = report_figures(one, rows, list(FundingSource.objects.all()))

    term = term_figures(demo)

    assert term.by_year[year] == YearFigures(figures.total.money, figures.total)
    assert {task.task.pk: task.years[year].reported for task in term.tasks} == figures.tasks
    of_rows = {one.results[year].pk: one.years[year].reported for one in term.measures if year in one.years}
    assert of_rows == figures.rows
    assert {fund.line: fund.years[year] for fund in term.funds if fund.line} == figures.fund_lines


def test_the_real_programme_adds_up_over_its_years(demo: Program) -> None:
    term = term_figures(demo)

    assert list(term.years) == [2020, 2021, 2022, 2023, 2024, 2025]
    assert list(term.reports) == [2023, 2024]
    year_2023, year_2024 = (term.by_year[year].money for year in (2023, 2024))
    assert year_2023 == Money(Decimal("228.3"), Decimal("60.0"), Decimal("30.0"))
    assert term.total == Money(
        *(getattr(year_2023, fact) + getattr(year_2024, fact) for fact in ("planned", "actual", "financed"))
    )
    assert term.reported.money == term.total
    assert term.by_year[2025] == YearFigures(BLANK, None)


def test_measures_that_were_never_financed(demo: Program) -> None:
    """2.1 was in 2023; 3.8 in 2024, its own year; 1.7 has zero in 2023 and nothing said in 2024."""
    never = [one.measure.code for one in term_figures(demo).never_financed]
    financed = ["1.2", "1.4", "1.5", "2.1", "2.3", "2.5", "2.7", "3.1", "3.6", "3.8", "3.10", "4.1", "4.4"]
    assert set(never).isdisjoint(financed)
    assert sorted({*never, *financed}, key=_place) == [
        measure.code for measure in Measure.objects.of_program(demo).select_related("task")
    ]


def _place(code: str) -> list[int]:
    return [int(part) for part in code.split(".")]


def test_of_a_measure_without_a_word_on_its_financing_nothing_is_said() -> None:
    program = building.program(measures=1)
    report(program, 2024, ("5", "", ""))
    (measure,) = term_figures(program).measures
    assert (measure.never_financed, measure.is_untold) == (False, True)


def test_a_report_of_a_year_outside_its_term_does_not_make_a_measure_unfinanced() -> None:
    program = building.program()
    building.measure(program.tasks.get(), 1, "2022, 2024")
    report(program, 2023, ("0", "0", "0"))
    (measure,) = term_figures(program).measures
    assert (measure.never_financed, measure.is_outside_term(2023)) == (False, True)
    report(program, 2024, ("8", "0", "0"))
    (measure,) = term_figures(program).measures
    assert measure.never_financed


def test_a_year_without_a_report_has_the_plan_in_force_alone() -> None:
    program = building.program(measures=2)
    first, second = Measure.objects.of_program(program)
    building.decision(program, "20", "2022-03-01")
    plan(first, 2023, "10")
    plan(first, 2023, "12", decision="20")
    plan(first, 2021, "7", decision="20")
    plan(second, 2023, "1.5", source="special")

    term = term_figures(program)

    assert {year: one for year, one in term.by_year.items() if one.money != BLANK} == {2023: planned("13.5")}
    assert [dict(one.years) for one in term.measures] == [{2023: planned("12")}, {2023: planned("1.5")}]
    assert (term.total, term.reported.money) == (Money(planned=Decimal("13.5")), BLANK)
    assert (term.by_year[2023].percent, term.reported.computed_percent) == (None, None)


def test_a_year_with_a_report_is_told_by_it_and_not_by_the_plan() -> None:
    program = building.program(measures=1)
    (measure,) = Measure.objects.of_program(program)
    report(program, 2023, ("9", "9", "4.5"))
    plan(measure, 2023, "100")
    building.measure(program.tasks.get(), 2)

    term = term_figures(program)

    assert term.by_year[2023].money == Money(Decimal(9), Decimal(9), Decimal("4.5"))
    assert measure_of(term, "1.2").years == {}


def test_years_that_are_only_planned_are_in_the_total_and_not_in_the_percent() -> None:
    program = building.program(measures=1)
    (measure,) = Measure.objects.of_program(program)
    report(program, 2023, ("10", "8", "5"))
    plan(measure, 2024, "90")

    term = term_figures(program)

    assert term.total == Money(Decimal(100), Decimal(8), Decimal(5))
    assert (term.reported.money.planned, term.reported.computed_percent) == (Decimal(10), Decimal("50.0"))
    (task,) = term.tasks
    assert (task.total, task.reported) == (term.total, term.reported)
    (of_measure,) = term.measures
    assert (of_measure.total, of_measure.reported) == (term.total, term.reported)


def test_the_percent_over_the_term_is_of_the_base_that_the_programme_chose() -> None:
    program = building.program(measures=1)
    report(program, 2023, ("10", "8", "5"))
    program.percent_base = PercentBase.ACTUAL
    assert term_figures(program).reported.computed_percent == Decimal("62.5")


def test_a_measure_that_took_anothers_number_stands_beside_it() -> None:
    program = building.program(measures=1)
    (old,) = Measure.objects.of_program(program)
    amending = building.decision(program, "20", "2022-03-01")
    old.withdrawn_by = amending
    old.save()
    new = building.measure(program.tasks.get(), 1, introduced_by=amending)
    for year in (2021, 2022, 2023):
        plan(old, year, "1")
        plan(new, year, "2", decision="20")

    term = term_figures(program)

    first, second = term.measures
    assert (first.measure, sorted(first.years), sorted(first.in_force)) == (
        old,
        [2021, 2022],
        [2020, 2021, 2022],
    )
    assert (second.measure, sorted(second.years)) == (new, [2022, 2023])
    assert term.by_year[2022] == planned("3")


def test_sums_by_the_forms_lines_over_the_years() -> None:
    program = building.program(measures=1)
    (measure,) = Measure.objects.of_program(program)
    building.source("general", "з загального фонду")
    report(program, 2023, ("10", "8", "5"), source="unallocated")
    plan(measure, 2024, "90", source="general")

    general, unallocated = term_figures(program).funds

    assert (general.line, general.years[2024], general.years[2023]) == (
        "з загального фонду",
        Money(planned=Decimal(90)),
        BLANK,
    )
    assert (general.total, general.reported) == (Money(planned=Decimal(90)), BLANK)
    told = Money(Decimal(10), Decimal(8), Decimal(5))
    assert (unallocated.line, unallocated.years[2023], unallocated.total, unallocated.reported) == (
        "",
        told,
        told,
        told,
    )


def test_a_plan_beyond_the_term_is_shown_where_it_stands() -> None:
    program = building.program(measures=1)
    plan(Measure.objects.get(), 2027, "3")
    term = term_figures(program)
    assert (list(term.years)[-2:], term.by_year[2027]) == ([2025, 2027], planned("3"))


def test_a_year_beyond_the_term_in_which_nothing_is_in_force_is_not_shown() -> None:
    program = building.program(measures=1)
    measure = Measure.objects.get()
    plan(measure, 2027, "3")
    measure.withdrawn_by = building.decision(program, "20", "2022-03-01")
    measure.save()
    term = term_figures(program)
    assert (list(term.years), term.total) == ([2020, 2021, 2022, 2023, 2024, 2025], BLANK)


def test_a_task_has_no_percent_where_there_is_nothing_to_take_it_of() -> None:
    """The form prints 0,0 for a measure; of a task it prints nothing."""
    program = building.program(measures=1)
    report(program, 2024, ("", "", "5"))
    term = term_figures(program)
    (task,), (measure,) = term.tasks, term.measures
    assert (measure.years[2024].percent, task.years[2024].percent) == (Decimal("0.0"), None)


def test_years_whose_reports_tell_of_no_financing() -> None:
    program = building.program(measures=1)
    report(program, 2023, ("10", "8", "5"))
    report(program, 2024, ("10", "", ""))
    plan(Measure.objects.get(), 2025, "3")
    term = term_figures(program)
    assert (term.known_years, term.untold_years) == ([2023, 2024, 2025], [2024])
    program.percent_base = PercentBase.ACTUAL
    assert term_figures(program).untold_years == []


def test_a_programme_without_anything_has_its_years() -> None:
    term = term_figures(building.program())
    assert (len(term.years), term.total, list(term.measures)) == (6, BLANK, [])


def test_the_number_of_queries_does_not_grow(
    demo: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(8):
        term_figures(demo)
    open_report(demo, 2025, by=User.objects.filter(is_program_admin=True)[0])
    with django_assert_num_queries(8):
        term_figures(demo)
