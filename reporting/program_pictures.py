"""Which pictures a programme's page shows, and of what figures: by year, by task, by fund."""

from __future__ import annotations

from decimal import Decimal

from programs import calculations
from programs.calculations import Money
from programs.figures import Figures, base_of, figures_of
from programs.term_figures import FundOverTerm, TaskOverTerm, TermFigures, YearFigures
from programs.textforms import NO_BREAK_SPACE

from .brief import execution_of
from .pictures import Group, Picture, Table, Value, bars
from .templatetags.zvit import money, percent

MONEY_UNIT = f"тис.{NO_BREAK_SPACE}грн"
FACTS = (("planned", "план"), ("actual", "факт"), ("financed", "профінансовано"))
HEADINGS = ("План", "Факт", "Профінансовано")
UNALLOCATED = "не розподілено за джерелами"
HUNDRED = Decimal(100)


def years_picture(term: TermFigures) -> Picture | None:
    """The three facts of every year; None where no year has any."""
    groups = [_year(term, year, one) for year, one in term.by_year.items()]
    if not any(group.values for group in groups):
        return None
    rows = [(str(year), _texts(one.money)) for year, one in term.by_year.items()]
    return bars(
        "by-year",
        f"Кошти за роками, {MONEY_UNIT}",
        groups,
        Table(("Рік", *HEADINGS), [*rows, ("Разом", _texts(term.total))]),
        note="Де лише план, там звіту немає." if any(len(group.values) == 1 for group in groups) else "",
        labels_above=False,
    )


def _year(term: TermFigures, year: int, one: YearFigures) -> Group:
    if one.reported:
        return Group(str(year), _values(one.money), hundred=base_of(term.program, one.money))
    if one.money.planned is None:
        return Group(str(year), note="ні плану, ні звіту")
    return Group(str(year), [Value("план", "planned", one.money.planned, money(one.money.planned))])


def tasks_picture(term: TermFigures, year: int | None) -> Picture:
    """The percent of every task in a year's report; over all the reports together without a year."""
    groups, rows = [], []
    for task in term.tasks:
        figures = _of_task(task, year)
        label = f"{task.task.number}. {task.task.text}"
        told = figures.computed_percent if figures else None
        text = "—" if told is None else f"{percent(told)}{NO_BREAK_SPACE}%"
        groups.append(
            Group(
                label,
                [Value("", "financed", told, text)],
                note=_note(term, task, figures, year),
                hundred=HUNDRED,
            )
        )
        rows.append((label, (*_texts(figures.money if figures else calculations.BLANK), percent(told))))
    return bars(
        "by-task",
        "Відсоток виконання за завданнями",
        groups,
        Table(("Завдання", *HEADINGS, "Відсоток, %"), rows),
    )


def _of_task(task: TaskOverTerm, year: int | None) -> Figures | None:
    if year is None:
        return task.reported
    return task.years[year].reported if year in task.years else None


def _note(term: TermFigures, task: TaskOverTerm, figures: Figures | None, year: int | None) -> str:
    """«10,0 з 74,5 тис. грн; виконано 3 з 12 заходів»."""
    if figures is None:
        return "у звіті немає"
    base = base_of(term.program, figures.money)
    told = [f"{money(figures.money.financed)} з {money(base)} {MONEY_UNIT}"]
    if year is not None:
        results = [one.results[year] for one in task.measures if year in one.results]
        execution = execution_of(term.reports[year], results)
        if execution.is_known:
            told.append(f"виконано {execution.done} з {execution.expected}")
    return "; ".join(told)


def funds_picture(term: TermFigures, year: int | None) -> Picture:
    """The three facts by line of the form in a year's report; in all reports together without a year."""
    told = [(fund.line or UNALLOCATED, _of_fund(fund, year)) for fund in term.funds]
    known = [(line, one) for line, one in told if one != calculations.BLANK]
    rows = [
        (line, (*_texts(one), percent(figures_of(term.program, one).computed_percent))) for line, one in told
    ]
    return bars(
        "by-fund",
        f"Кошти за джерелами, {MONEY_UNIT}",
        [Group(line, _values(one), hundred=base_of(term.program, one)) for line, one in known],
        Table(("Джерело", *HEADINGS, "Відсоток, %"), rows),
    )


def _of_fund(fund: FundOverTerm, year: int | None) -> Money:
    return fund.reported if year is None else fund.years[year]


def _values(amounts: Money) -> list[Value]:
    return [Value(word, fact, getattr(amounts, fact), money(getattr(amounts, fact))) for fact, word in FACTS]


def _texts(amounts: Money) -> tuple[str, ...]:
    return tuple(money(getattr(amounts, fact)) for fact, _ in FACTS)
