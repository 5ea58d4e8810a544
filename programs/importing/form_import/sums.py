"""The form's money: into which source it goes, and whether the file's own sums are what its measures give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ... import calculations
from ...calculations import BLANK, Money
from ...consistency import MONEY_NAMES, columns_that_give, percent
from ...models import FundingSource
from ...textforms import format_decimal_in_full, search_key
from ..asking import Asking
from ..examination import Note, Option, Weight
from ..form.contents import ReadForm, ReadSum
from .content import FormRow, as_fraction, is_fraction, stated_percent


def ask_source(form: ReadForm, sources: Sequence[FundingSource], asking: Asking) -> FundingSource | None:
    """The form carries no measure's money by source: into which all of it goes."""
    chosen = asking.choose(
        "source",
        "До якого джерела фінансування віднести суми заходів?",
        [Option(str(source.pk), source.name) for source in sources if source.is_active],
        suggested=_suggested_source(form, [source for source in sources if source.is_active]),
        hint="Форма не ділить суми заходу за джерелами. Розподілити їх можна потім, на аркуші внесення.",
    )
    return next((source for source in sources if str(source.pk) == chosen), None)


def _suggested_source(form: ReadForm, sources: Sequence[FundingSource]) -> str:
    """That whose line alone holds anything, and all that the measures do; else the undivided one."""
    filled = [line for line in form.fund_lines if any(figures(line))]
    of_measures = calculations.total_money(
        Money(measure.planned, measure.actual, measure.financed) for measure in form.measures
    )
    if len(filled) == 1 and not _differences(Money(*figures(filled[0])), of_measures, "", form.unreadable):
        whole = [source for source in sources if _names(filled[0].label, source)]
        if len(whole) == 1:
            return str(whole[0].pk)
    undivided = [source for source in sources if not source.form_line]
    return str(undivided[0].pk) if undivided else ""


def _names(label: str, source: FundingSource) -> bool:
    return bool(source.form_line) and _ends(label, search_key(source.form_line))


def _ends(label: str, line: str) -> bool:
    """Whether the label is that line's, perhaps after «у тому числі»."""
    return search_key(label).endswith(line)


def figures(of: ReadSum) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    return of.planned, of.actual, of.financed


def total_percent(form: ReadForm, rows: Sequence[FormRow], *, of_actual: bool) -> Decimal | None:
    """The printed percent of the totals row where the table gives another; None where it agrees."""
    if form.totals is None or "percent" in form.totals.unreadable:
        return None
    if not form.unreadable.isdisjoint(MONEY_NAMES):
        return None
    total = calculations.total_money(row.money for row in rows)
    return stated_percent(form.totals.percent, total, of_actual=of_actual)


def wrong_sums(form: ReadForm, rows: Sequence[FormRow], *, of_actual: bool) -> list[Note]:
    """Where the totals row of the file is not what its measures, or its fund lines, give."""
    if form.totals is None:
        return []
    totals = form.totals
    stated = Money(*figures(totals))
    of_rows = calculations.total_money(row.money for row in rows)
    of_lines = calculations.total_money(Money(*figures(line)) for line in form.fund_lines)
    unread = form.unreadable
    messages = [
        *_differences(stated, of_rows, "сума заходів", unread),
        *(_differences(stated, of_lines, "рядки фондів разом", unread) if of_lines != BLANK else []),
    ]
    if (printed := total_percent(form, rows, of_actual=of_actual)) is not None:
        base = calculations.percent_base(of_rows, of_actual=of_actual)
        computed = calculations.computed_percent(of_rows.financed, base)
        message = f"Загальний відсоток у файлі {percent(printed)}, а за сумами заходів {percent(computed)}."
        if sum_of := columns_that_give(printed, of_rows):
            message += f" {sum_of[0].upper()}{sum_of[1:]}."
        messages.append(message)
    if unread.isdisjoint(MONEY_NAMES) and is_fraction(totals.percent, of_rows, of_actual=of_actual):
        messages.append(as_fraction(totals.percent, of_rows, of_actual=of_actual))
    return [Note(Weight.WARNING, message, totals.place) for message in messages]


def _differences(stated: Money, computed: Money, what: str, unread: frozenset[str]) -> list[str]:
    """Blank and unread columns say nothing; a rounded one agrees with what it is rounded from."""
    found = []
    for fact, name in MONEY_NAMES.items():
        in_file, counted = getattr(stated, fact), getattr(computed, fact)
        if in_file is None or in_file == counted or fact in unread:
            continue
        if counted is None or in_file != calculations.rounded(counted):
            found.append(f"Графа «{name}»: підсумок у файлі {amount(in_file)}, а {what} {amount(counted)}.")
    return found


def lost_lines(form: ReadForm, by_line: Mapping[str, Money]) -> list[Note]:
    """Fund lines of the file that the report will print otherwise; `by_line` is what it will print."""
    printed = {search_key(line): money for line, money in by_line.items()}
    notes = []
    for line in form.fund_lines:
        will_be = next((money for label, money in printed.items() if _ends(line.label, label)), BLANK)
        differing = [
            f"{name} у файлі {amount(stated)}, а у звіті буде {amount(getattr(will_be, fact))}"
            for (fact, name), stated in zip(MONEY_NAMES.items(), figures(line), strict=True)
            if stated and stated != getattr(will_be, fact) and fact not in form.unreadable
        ]
        if differing:
            message = (
                f"Рядок «{line.label}»: {'; '.join(differing)}. Форма не каже, які заходи його складають: "
                "розподіліть суми за джерелами на аркуші внесення."
            )
            notes.append(Note(Weight.WARNING, message, line.place))
    return notes


def amount(value: Decimal | None) -> str:
    """«228,3», or a dash for a blank."""
    return "–" if value is None else format_decimal_in_full(value)
