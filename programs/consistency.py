"""Control checks of an annual report. They return findings for people to judge and never raise.

An error is the impossible or the missing that is required: it will block submission. A warning
needs a look. A finding that a clerk would learn to ignore is a fault of its check, so what is true
of a whole report is said once, and short stock phrases are nobody's concern.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.db.models import QuerySet

from . import calculations, textforms
from .calculations import Money
from .enums import ExecutionState
from .figures import Figures, ReportFigures, report_figures
from .models import AnnualReport, Executor, ExecutorAlias, FundingSource, Measure, MeasureResult
from .plans import Plan, plans_in_force

MONEY_NAMES = {"planned": "план", "actual": "факт", "financed": "профінансовано"}
TITLES = {
    "unconfirmed": "Програму ще не підтверджено",
    "no_signatory": "Немає підписувача",
    "no_decision": "Немає рішення про затвердження",
    "no_rows": "Немає заходів",
    "stated_total": "Підсумковий відсоток не сходиться",
    "unallocated": "Суми не розподілено за джерелами",
    "rounding": "Різниця через округлення",
    "untouched": "Виконання ще не внесено",
    "no_narrative": "Немає інформації про виконання",
    "no_amount": "Не заповнено суми",
    "no_state": "Не вказано стан виконання",
    "no_justification": "Немає обґрунтування відсотка",
    "stated_percent": "Відсоток не дорівнює розрахунковому",
    "over_100": "Понад 100 відсотків",
    "actual_over_plan": "Факт більший за план",
    "financed_without_actual": "Профінансовано без факту",
    "financed_over_actual": "Профінансовано більше за факт",
    "zero_without_reason": "Заплановано, не профінансовано, причини немає",
    "out_of_term": "Рік поза терміном заходу",
    "not_planned_with_money": "Не передбачено, а кошти є",
    "plan_differs": "План не такий, як у рішенні",
    "printed_term": "Термін друкується інший",
    "printed_executors": "Виконавці друкуються інші",
    "no_executors": "Немає виконавців",
    "repeated_narrative": "Інформація повторює минулорічну",
}
# Shorter narratives («Діяльність проводиться на постійній основі.») repeat from year to year by right.
REPEATED_FROM = 80
# A shorter spelling («освіти») may be a part of anybody's name.
SPEAKING_NAME = 12


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    code: str
    severity: Severity
    message: str
    measure: str = ""
    """The measure's number; empty when the finding is about the whole report."""
    result_id: int | None = None
    field: str = ""
    """The cell to look at: a field of the result, or one of the three money facts."""


@dataclass(frozen=True)
class ReportUnderCheck:
    """All that the checks look at, fetched beforehand."""

    report: AnnualReport
    results: Sequence[MeasureResult]
    figures: ReportFigures
    sources: Mapping[int, FundingSource]
    plans: Mapping[int, Plan]
    """In force at the year's end, by measure id."""
    last_year: Mapping[int, str]
    """Last year's narratives by measure id."""
    decisions: Mapping[int, str]
    """The programme's decisions in words, by id."""
    spellings: Mapping[int, Sequence[str]]
    """Search keys of every spelling, the longest first, by executor id."""
    names: Mapping[int, str]
    """Executors' names by id."""


@dataclass(frozen=True)
class Row:
    """One result under check, with what several checks ask about it."""

    of: ReportUnderCheck
    result: MeasureResult
    figures: Figures

    @property
    def measure(self) -> Measure:
        return self.result.measure

    @property
    def money(self) -> Money:
        return self.figures.money

    @property
    def in_term(self) -> bool:
        return self.of.report.year in self.measure.term

    @property
    def is_transcribed(self) -> bool:
        return self.of.report.is_transcribed

    @property
    def is_untouched(self) -> bool:
        """Nobody has entered anything yet: one finding says so instead of three."""
        result, money = self.result, self.money
        return not (
            result.narrative.strip()
            or result.execution_state
            or money.actual is not None
            or money.financed is not None
        )

    @property
    def has_money(self) -> bool:
        return any(amount for amount in (self.money.planned, self.money.actual, self.money.financed))

    def warning(self, code: str, message: str, field: str = "") -> Finding:
        return Finding(code, Severity.WARNING, message, self.measure.code, self.result.pk, field)

    def error(self, code: str, message: str, field: str = "") -> Finding:
        return Finding(code, Severity.ERROR, message, self.measure.code, self.result.pk, field)


def check_report(report: AnnualReport) -> list[Finding]:
    """Every finding of a report as it stands: the report's own first, then its rows' in printed order.

    A constant number of queries.
    """
    results = list(MeasureResult.objects.for_report(report))
    sources = list(FundingSource.objects.all())
    return check_fetched(report, results, sources, report_figures(report, results, sources))


def check_fetched(
    report: AnnualReport,
    results: Sequence[MeasureResult],
    sources: Sequence[FundingSource],
    figures: ReportFigures,
    plans: Mapping[int, Plan] | None = None,
) -> list[Finding]:
    """The same for a page that has the rows, their figures and perhaps the plans in force at hand."""
    before = MeasureResult.objects.filter(report__program=report.program, report__year=report.year - 1)
    if plans is None:
        plans = plans_in_force(report.program, report.year)
    return findings(_gathered(report, results, sources, figures, plans, before))


def check_result(
    result: MeasureResult, sources: Sequence[FundingSource], figures: ReportFigures
) -> list[Finding]:
    """The findings of one row, fetched with its measure and amounts, whatever the size of its report.

    `figures` are the report's, or `figures_around` the row.
    """
    report, measure_id = result.report, result.measure_id
    before = MeasureResult.objects.filter(
        report__program=report.program, report__year=report.year - 1, measure=measure_id
    )
    plans = plans_in_force(report.program, report.year, measure=measure_id)
    return row_findings(_gathered(report, [result], sources, figures, plans, before), result)


def _gathered(
    report: AnnualReport,
    results: Sequence[MeasureResult],
    sources: Sequence[FundingSource],
    figures: ReportFigures,
    plans: Mapping[int, Plan],
    before: QuerySet[MeasureResult],
) -> ReportUnderCheck:
    spellings: dict[int, list[str]] = {}
    for executor_id, key in ExecutorAlias.objects.values_list("executor_id", "search_key"):
        spellings.setdefault(executor_id, []).append(key)
    return ReportUnderCheck(
        report=report,
        results=results,
        figures=figures,
        sources={source.pk: source for source in sources},
        plans=plans,
        last_year=dict(before.values_list("measure_id", "narrative")),
        decisions={decision.pk: str(decision) for decision in report.program.decisions.all()},
        spellings={pk: sorted(keys, key=len, reverse=True) for pk, keys in spellings.items()},
        names=dict(Executor.objects.values_list("pk", "name")),
    )


@dataclass(frozen=True)
class FindingGroup:
    """Findings of one kind, to be read together."""

    title: str
    severity: Severity
    findings: tuple[Finding, ...]


def grouped(found: Sequence[Finding]) -> list[FindingGroup]:
    """Errors before warnings, kinds in the order they were found."""
    by_code: dict[str, list[Finding]] = {}
    for finding in found:
        by_code.setdefault(finding.code, []).append(finding)
    groups = [FindingGroup(TITLES[code], kind[0].severity, tuple(kind)) for code, kind in by_code.items()]
    return sorted(groups, key=lambda group: group.severity is not Severity.ERROR)


def findings(checked: ReportUnderCheck) -> list[Finding]:
    """The same without a query."""
    found = [finding for check in REPORT_CHECKS for finding in check(checked)]
    for result in checked.results:
        found += row_findings(checked, result)
    return found


def row_findings(checked: ReportUnderCheck, result: MeasureResult) -> list[Finding]:
    row = Row(checked, result, checked.figures.rows[result.pk])
    return [finding for check in ROW_CHECKS for finding in check(row)]


def sum_of_money(amount: Decimal) -> str:
    return f"{textforms.format_decimal_in_full(amount)} тис. грн"


# --- a report as a whole -----------------------------------------------------------------


def heading_is_whole(checked: ReportUnderCheck) -> Iterator[Finding]:
    report = checked.report
    if not report.signatories.all():
        yield Finding("no_signatory", Severity.ERROR, "Не вказано, хто підписує звіт.")
    if report.program.approving_decision is None:
        yield Finding("no_decision", Severity.ERROR, "Не вказано рішення, яким затверджено програму.")
    if not checked.results:
        yield Finding("no_rows", Severity.ERROR, "У звіті немає жодного заходу.")


def program_is_confirmed(checked: ReportUnderCheck) -> Iterator[Finding]:
    if checked.report.program.awaits_confirmation:
        yield Finding(
            "unconfirmed",
            Severity.ERROR,
            "Програму ще не підтвердив адміністратор програм: перегляньте її з ним, тоді подавайте звіт.",
        )


def stated_total_is_a_percent(checked: ReportUnderCheck) -> Iterator[Finding]:
    total = checked.figures.total
    stated, computed = total.stated_percent, total.computed_percent
    if stated is None or stated == computed:
        return
    message = f"Надруковано {percent(stated)}; за підсумками таблиці виходить {percent(computed)}."
    if sum_of := columns_that_give(stated, total.money):
        message += f" {sum_of[0].upper()}{sum_of[1:]}."
    yield Finding("stated_total", Severity.WARNING, message, field="percent")


def columns_that_give(stated: Decimal, money: Money) -> str:
    """«90,0 дорівнює 60,0 + 30,0 (факт + профінансовано)»: how such a total comes about."""
    columns = [(name, getattr(money, fact)) for fact, name in MONEY_NAMES.items()]
    known = [(name, amount) for name, amount in columns if amount]
    for chosen in (known[1:], known[:2], known[::2], known):
        amounts = [amount for _, amount in chosen]
        if len(chosen) > 1 and calculations.total(amounts) == stated:
            addends = " + ".join(textforms.format_decimal(amount) for amount in amounts)
            names = " + ".join(name for name, _ in chosen)
            return f"{textforms.format_decimal(stated)} дорівнює {addends} ({names})"
    return ""


def shown_addends_add_up(checked: ReportUnderCheck) -> Iterator[Finding]:
    """Rounded rows need not add up to the rounded total; said, never mended."""
    for fact, name in MONEY_NAMES.items():
        total = getattr(checked.figures.total.money, fact)
        shown = calculations.total(
            calculations.rounded(amount)
            for row in checked.figures.rows.values()
            if (amount := getattr(row.money, fact)) is not None
        )
        if total is None or shown is None or shown == calculations.rounded(total):
            continue
        yield Finding(
            "rounding",
            Severity.WARNING,
            f"Графа «{name}»: показані суми заходів разом дають {textforms.format_decimal(shown)}, "
            f"а підсумок {textforms.format_decimal(total)}. Це різниця через округлення.",
            field=fact,
        )


def amounts_have_a_source(checked: ReportUnderCheck) -> Iterator[Finding]:
    codes = [
        result.measure.code
        for result in checked.results
        if any(
            not checked.sources[amount.source_id].form_line
            and any((amount.planned, amount.actual, amount.financed))
            for amount in result.amounts.all()
        )
    ]
    if codes:
        yield Finding(
            "unallocated",
            Severity.WARNING,
            f"Суми не розподілено за джерелами фінансування, заходи: {', '.join(codes)}.",
        )


# --- a row: what is required -------------------------------------------------------------


def row_is_begun(row: Row) -> Iterator[Finding]:
    if row.is_untouched:
        yield row.error("untouched", "Виконання заходу ще не внесено.", "narrative")


def narrative_is_there(row: Row) -> Iterator[Finding]:
    if not row.result.narrative.strip() and not row.is_untouched:
        yield row.error("no_narrative", "Немає інформації про виконання.", "narrative")


def amounts_are_filled(row: Row) -> Iterator[Finding]:
    if row.is_transcribed or not row.in_term or row.is_untouched:
        return
    blank = [fact for fact in MONEY_NAMES if getattr(row.money, fact) is None]
    if blank:
        names = ", ".join(f"«{MONEY_NAMES[fact]}»" for fact in blank)
        yield row.error("no_amount", f"Не заповнено: {names}. Якщо коштів не було, поставте 0.", blank[0])


def execution_state_is_chosen(row: Row) -> Iterator[Finding]:
    if not row.is_transcribed and not row.result.execution_state and not row.is_untouched:
        yield row.error("no_state", "Не вказано стан виконання.", "execution_state")


def stated_percent_is_justified(row: Row) -> Iterator[Finding]:
    if row.figures.stated_percent is not None and not row.result.stated_justification.strip():
        yield row.error(
            "no_justification",
            f"Відсоток за даними виконавця {percent(row.figures.stated_percent)} подано без обґрунтування.",
            "stated_justification",
        )


# --- a row: what needs a look ------------------------------------------------------------


def stated_percent_agrees(row: Row) -> Iterator[Finding]:
    stated, computed = row.figures.stated_percent, row.figures.computed_percent
    if stated is not None and stated != computed:
        yield row.warning(
            "stated_percent",
            f"За даними виконавця {percent(stated)}, за розрахунком {percent(computed)}.",
            "stated_percent",
        )


def percent_is_within_hundred(row: Row) -> Iterator[Finding]:
    if row.figures.percent > 100:
        yield row.warning("over_100", f"Відсоток виконання {percent(row.figures.percent)}.", "stated_percent")


def columns_follow_each_other(row: Row) -> Iterator[Finding]:
    planned, actual, financed = row.money.planned, row.money.actual, row.money.financed
    if actual is not None and planned is not None and actual > planned:
        yield row.warning("actual_over_plan", _over("факт", actual, "план", planned), "actual")
    if financed and not actual:
        yield row.warning(
            "financed_without_actual",
            f"Профінансовано {sum_of_money(financed)}, а факту немає.",
            "financed",
        )
    elif financed is not None and actual is not None and financed > actual:
        yield row.warning(
            "financed_over_actual", _over("профінансовано", financed, "факт", actual), "financed"
        )


def _over(greater: str, more: Decimal, lesser: str, less: Decimal) -> str:
    return f"{greater.capitalize()} {sum_of_money(more)} – більше, ніж {lesser} {sum_of_money(less)}."


def zero_has_a_reason(row: Row) -> Iterator[Finding]:
    if row.money.planned and row.money.financed == 0 and not row.result.zero_reason:
        yield row.warning(
            "zero_without_reason",
            f"Заплановано {sum_of_money(row.money.planned)}, профінансовано 0, причину не вказано.",
            "zero_reason",
        )


def work_is_within_term(row: Row) -> Iterator[Finding]:
    if row.in_term:
        return
    year, term = row.of.report.year, row.measure.term
    if row.has_money:
        yield row.warning("out_of_term", f"{year} рік поза терміном заходу ({term}), а суми є.", "planned")
    elif row.result.execution_state in (ExecutionState.DONE, ExecutionState.PARTIAL):
        yield row.warning(
            "out_of_term", f"{year} рік поза терміном заходу ({term}), а захід виконано.", "execution_state"
        )
    elif row.result.execution_state != ExecutionState.NOT_PLANNED:
        yield row.warning("out_of_term", f"{year} рік поза терміном заходу ({term}).", "execution_state")


def state_agrees_with_money(row: Row) -> Iterator[Finding]:
    if row.result.execution_state == ExecutionState.NOT_PLANNED and (row.money.actual or row.money.financed):
        yield row.warning(
            "not_planned_with_money", "Стан «не передбачено у звітному році», а кошти є.", "execution_state"
        )


def plan_is_the_one_in_force(row: Row) -> Iterator[Finding]:
    plan = row.of.plans.get(row.measure.pk)
    if plan is None:
        return
    decision = row.of.decisions[plan.decision_id]
    in_force = calculations.total(plan.amounts.values())
    if in_force is not None and in_force != row.money.planned:
        entered = "не вказано" if row.money.planned is None else sum_of_money(row.money.planned)
        message = f"План у звіті {entered}, а за рішенням {decision} – {sum_of_money(in_force)}."
        yield row.warning("plan_differs", message, "planned")
    elif moved := "; ".join(sources_that_differ(row, plan)):
        message = f"План у звіті розподілено за джерелами не так, як у рішенні {decision}: {moved}."
        yield row.warning("plan_differs", message, "planned")


def sources_that_differ(row: Row, plan: Plan) -> Iterator[str]:
    """«загальний фонд: у звіті 10,0, за рішенням 7,0»; nothing where one of the two is not allocated."""
    entered = {amount.source_id: amount.planned for amount in row.result.amounts.all() if amount.planned}
    decided = {pk: amount for pk, amount in plan.amounts.items() if amount}
    if not all(row.of.sources[pk].form_line for pk in entered | decided):
        return
    for pk, source in row.of.sources.items():
        here, there = entered.get(pk, Decimal(0)), decided.get(pk, Decimal(0))
        if here != there:
            yield (
                f"{source}: у звіті {textforms.format_decimal_in_full(here)}, "
                f"за рішенням {textforms.format_decimal_in_full(there)}"
            )


def printed_term_agrees(row: Row) -> Iterator[Finding]:
    printed = row.measure.term_text
    if not printed:
        return
    try:
        agrees = textforms.Term.parse(printed) == row.measure.term
    except textforms.TextFormError:
        agrees = False
    if not agrees:
        yield row.warning(
            "printed_term", f"Друкується термін «{printed}», а роки заходу – {row.measure.term}.", "term"
        )


def printed_executors_agree(row: Row) -> Iterator[Finding]:
    """Every participant is found in the printed cell by some spelling, and nobody else known is."""
    if not row.measure.executors_text:
        return
    rest = f" {textforms.search_key(row.measure.executors_text)} "
    missing = []
    for part in row.measure.participations.all():
        spelling = _found(rest, row.of.spellings.get(part.executor_id, ()))
        if spelling:
            rest = rest.replace(spelling, " ")
        else:
            missing.append(part.executor.name)
    others = [
        row.of.names[pk]
        for pk, spellings in row.of.spellings.items()
        if _found(rest, [spelling for spelling in spellings if len(spelling) >= SPEAKING_NAME])
    ]
    if missing:
        yield row.warning(
            "printed_executors", f"Записано, але не друкується: {'; '.join(missing)}.", "executors"
        )
    if others:
        yield row.warning(
            "printed_executors", f"Друкується, але не записано: {'; '.join(others)}.", "executors"
        )


def _found(text: str, spellings: Sequence[str]) -> str:
    """The first spelling that stands in the text as whole words."""
    # `in` answers most without a regular expression, of which there would be one a spelling and a row.
    return next((s for s in spellings if s in text and re.search(rf"(?<!\w){re.escape(s)}(?!\w)", text)), "")


def has_executors(row: Row) -> Iterator[Finding]:
    if not row.measure.participations.all():
        yield row.warning("no_executors", "До заходу не записано жодного виконавця.", "executors")


def narrative_is_this_years(row: Row) -> Iterator[Finding]:
    narrative = row.result.narrative.strip()
    if len(narrative) < REPEATED_FROM:
        return
    if textforms.search_key(narrative) == textforms.search_key(row.of.last_year.get(row.measure.pk, "")):
        yield row.warning("repeated_narrative", "Інформація слово в слово повторює минулорічну.", "narrative")


def percent(value: Decimal | None) -> str:
    """«35,0 %», or that there is none."""
    return (
        "відсотка немає" if value is None else f"{textforms.format_decimal(value)}{textforms.NO_BREAK_SPACE}%"
    )


REPORT_CHECKS: Sequence[Callable[[ReportUnderCheck], Iterator[Finding]]] = (
    program_is_confirmed,
    heading_is_whole,
    stated_total_is_a_percent,
    amounts_have_a_source,
    shown_addends_add_up,
)
ROW_CHECKS: Sequence[Callable[[Row], Iterator[Finding]]] = (
    row_is_begun,
    narrative_is_there,
    amounts_are_filled,
    execution_state_is_chosen,
    stated_percent_is_justified,
    stated_percent_agrees,
    percent_is_within_hundred,
    columns_follow_each_other,
    zero_has_a_reason,
    work_is_within_term,
    state_agrees_with_money,
    plan_is_the_one_in_force,
    printed_term_agrees,
    printed_executors_agree,
    has_executors,
    narrative_is_this_years,
)
