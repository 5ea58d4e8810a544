"""Information from co-executors: their own page, the department's overview, and a row's «взяти в рядок»."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import MaxLengthValidator
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import retarget, trigger_client_event

from .. import calculations, contributing, permissions, reminding
from ..calculations import BLANK, Money
from ..contributing import ContributingError, Line, Part, StaleContribution, parts_of
from ..entry import EntryError
from ..figures import amount_money
from ..forms import CleanCharField
from ..models import (
    NARRATIVE_LIMIT,
    AnnualReport,
    ContributedAmount,
    Contribution,
    Executor,
    FundingSource,
    MeasureResult,
    User,
)
from ..textforms import format_decimal_in_full
from .reach import NoSuchPage, require, result_of, signed_in, visible_report, whole_number

SENDERS_ONLY = (
    "Інформацію про захід вносять його співвиконавець або відповідальний виконавець Програми. "
    "Нічого не змінено."
)


# --- the form ----------------------------------------------------------------------------


@dataclass(frozen=True)
class SourceLine:
    """One funding source in the form: its plan in the row, and what is typed beside it."""

    source: FundingSource
    planned: Decimal | None
    actual: BoundField
    financed: BoundField

    @property
    def plan(self) -> str:
        return in_full(self.planned)

    @property
    def is_in_use(self) -> bool:
        """Planned, filled, or typed wrongly: then it must be seen."""
        fields = (self.actual, self.financed)
        return bool(self.planned) or any(field.errors or field.value() not in (None, "") for field in fields)


class ContributionForm(forms.Form):
    """One co-executor's word on one measure, as the clerk types it."""

    version = forms.IntegerField(
        min_value=0,
        # Off: some browsers put the old version back into a page that is loaded again.
        widget=forms.HiddenInput({"autocomplete": "off"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value"), "Сторінка застаріла. Оновіть її й збережіть ще раз."
        ),
    )
    narrative = CleanCharField(
        label="Що зроблено",
        required=False,
        widget=forms.Textarea({"rows": 5}),
        # A limit of the field itself would let browsers cut what is pasted without a word.
        validators=[MaxLengthValidator(NARRATIVE_LIMIT)],
    )
    letter_number = CleanCharField(
        label="Лист №",
        required=False,
        max_length=Contribution._meta.get_field("letter_number").max_length,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    letter_date = forms.DateField(
        label="від", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        line: Line,
        executor: Executor,
        sources: list[FundingSource],
    ) -> None:
        contribution = line.contribution
        said = {amount.source_id: amount for amount in contribution.amounts.all()} if contribution else {}
        initial: dict[str, Any] = {"version": contribution.version if contribution else 0}
        if contribution is not None:
            initial |= {
                name: getattr(contribution, name) for name in ("narrative", "letter_number", "letter_date")
            }
        super().__init__(data, initial=initial, auto_id=f"{card_id(line.result, executor)}-%s")
        self.sources = [source for source in sources if source.is_active or source.pk in said]
        self.planned = {amount.source_id: amount.planned for amount in line.result.amounts.all()}
        for source in self.sources:
            for fact in contributing.CONTRIBUTED_FACTS:
                name = f"{fact}-{source.pk}"
                model_field: Any = ContributedAmount._meta.get_field(fact)
                self.fields[name] = model_field.formfield()
                self.fields[name].widget.attrs["aria-label"] = (
                    f"{model_field.verbose_name}, {source}, тис. грн"
                )
                self.initial[name] = getattr(said.get(source.pk), fact, None)

    def lines(self) -> list[SourceLine]:
        return [
            SourceLine(
                source,
                self.planned.get(source.pk),
                self[f"actual-{source.pk}"],
                self[f"financed-{source.pk}"],
            )
            for source in self.sources
        ]

    def shown_lines(self) -> list[SourceLine]:
        """What is planned or filled; else the first source alone."""
        lines = self.lines()
        return [line for line in lines if line.is_in_use] or lines[:1]

    def more_lines(self) -> list[SourceLine]:
        shown = {line.source.pk for line in self.shown_lines()}
        return [line for line in self.lines() if line.source.pk not in shown]

    def values(self) -> dict[str, Any]:
        """Arguments of `contributing.save_contribution`."""
        names = ("version", "narrative", "letter_number", "letter_date")
        amounts = {
            source.pk: Money(
                actual=self.cleaned_data[f"actual-{source.pk}"],
                financed=self.cleaned_data[f"financed-{source.pk}"],
            )
            for source in self.sources
        }
        return {name: self.cleaned_data[name] for name in names} | {"amounts": amounts}

    def save_over(self, version: int) -> None:
        """The next save of what is typed here overwrites, knowingly, what was just shown."""
        self.data = {**self.data.dict(), "version": str(version)}  # type: ignore[attr-defined]


# --- what templates show -----------------------------------------------------------------


def in_full(value: Decimal | None) -> str:
    """Every kopeck: people compare this with their own papers. A blank is «—»."""
    return "—" if value is None else format_decimal_in_full(value)


def card_id(result: MeasureResult, executor: Executor) -> str:
    return f"c{result.pk}-{executor.pk}"


@dataclass(frozen=True)
class MoneyLine:
    """One funding source's money as the page prints it."""

    source: str
    actual: str
    financed: str


def sums_of(contribution: Contribution) -> list[MoneyLine]:
    return [
        MoneyLine(str(amount.source), in_full(amount.actual), in_full(amount.financed))
        for amount in contribution.amounts.all()
        if amount.actual is not None or amount.financed is not None
    ]


@dataclass
class Card:
    """One measure of one co-executor: to be filled, or to be read."""

    line: Line
    executor: Executor
    form: ContributionForm | None = None
    theirs: Contribution | None = None
    """What somebody else saved while this person was typing."""
    refusal: str = ""
    in_row: bool = False
    """Stands among the contributions to one row, and goes back there."""

    @property
    def id(self) -> str:
        return card_id(self.line.result, self.executor)

    @property
    def contribution(self) -> Contribution | None:
        return self.line.contribution

    @property
    def planned(self) -> str:
        money = calculations.total_money(amount_money(amount) for amount in self.line.result.amounts.all())
        return in_full(money.planned)

    @property
    def sums(self) -> list[MoneyLine]:
        return sums_of(self.contribution) if self.contribution else []

    @property
    def their_sums(self) -> list[MoneyLine]:
        return sums_of(self.theirs) if self.theirs else []


@dataclass(frozen=True)
class OwnPart:
    """The part of a body that the reader speaks for."""

    part: Part
    cards: list[Card]


@dataclass(frozen=True)
class OtherPart:
    """A part as the department oversees it."""

    part: Part
    cards: list[Card]
    without_mail: list[User]
    is_reminded: bool
    """Somebody was asked today."""
    can_be_reminded: bool


# --- the page of a report's contributions ------------------------------------------------


@require_safe
def contributions(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    return _page(request, visible_report(signed_in(request), public_id, year))


def _page(request: HttpRequest, report: AnnualReport, *, refusal: str = "") -> HttpResponse:
    """Own parts to fill; for the department and those who read everything, every co-executor's."""
    user = signed_in(request)
    parts = parts_of(report)
    mine = set(user.appointments.current().values_list("executor_id", flat=True))
    works_on_it = permissions.works_on_report(user, report)
    is_open = report.report_state.accepts_figures
    sources = list(FundingSource.objects.all())
    others: list[OtherPart] = []
    if permissions.can_see_every_part(user, report):
        reminded = reminding.asked_today(report)
        others = [_other_part(part, reminded) for part in parts if part.executor.pk not in mine]
    own = [
        _own_part(part, sources, is_open=is_open and (works_on_it or not part.is_submitted))
        for part in parts
        if part.executor.pk in mine
    ]
    expected = [other for other in others if other.part.is_expected]
    unexpected = [other for other in others if not other.part.is_expected]
    context = {
        "program": report.program,
        "report": report,
        "own_parts": own,
        "sees_all": permissions.can_see_every_part(user, report),
        "expected": expected,
        "submitted": [other for other in expected if other.part.is_submitted],
        "unexpected": unexpected,
        "unexpected_heard": [other for other in unexpected if other.part.filled],
        "works_on_it": works_on_it,
        "is_open": is_open,
        "is_overdue": report.coexecutors_due is not None and report.coexecutors_due < timezone.localdate(),
        "narrative_limit": NARRATIVE_LIMIT,
        "refusal": refusal,
    }
    status = HTTPStatus.CONFLICT if refusal else HTTPStatus.OK
    return render(request, "contributions/page.html", context, status=status)


def _own_part(part: Part, sources: list[FundingSource], *, is_open: bool) -> OwnPart:
    cards = [
        Card(
            line,
            part.executor,
            ContributionForm(line=line, executor=part.executor, sources=sources) if is_open else None,
        )
        for line in part.lines
    ]
    return OwnPart(part, cards)


def _other_part(part: Part, reminded: set[int]) -> OtherPart:
    people = reminding.recipients(part.people)
    return OtherPart(
        part,
        [Card(line, part.executor) for line in part.lines],
        without_mail=[person for person in people if not person.email],
        is_reminded=any(person.pk in reminded for person in people),
        can_be_reminded=any(person.email and person.pk not in reminded for person in people),
    )


# --- one contribution --------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def contribution(
    request: HttpRequest, public_id: str, year: int, result_id: int, executor_id: int
) -> HttpResponse:
    """The form alone (a page, or a fragment for htmx); POST saves it."""
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    result = result_of(report, result_id)
    card = _card(result, _participant(result, executor_id), in_row=request.GET.get("in") == "row")
    if request.method == "POST":
        require(_is_sender(user, report, card.executor), SENDERS_ONLY)
        return _save(request, card, user)
    if _may_send_now(user, report, card.executor):
        card.form = _form(card)
    return _show(request, card)


def _card(result: MeasureResult, executor: Executor, *, in_row: bool) -> Card:
    said = contributing.contributions_to([result]).filter(executor=executor).first()
    return Card(Line(result, said), executor, in_row=in_row)


def _form(card: Card, data: Any = None) -> ContributionForm:
    sources = list(FundingSource.objects.all())
    return ContributionForm(data, line=card.line, executor=card.executor, sources=sources)


def _save(request: HttpRequest, card: Card, user: User) -> HttpResponse:
    result = card.line.result
    card.form = _form(card, request.POST)
    if not card.form.is_valid():
        return _show(request, card, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        contributing.save_contribution(result, card.executor, by=user, **card.form.values())
    except StaleContribution as stale:
        card.theirs, card.refusal = _card(result, card.executor, in_row=card.in_row).contribution, str(stale)
        card.form.save_over(stale.theirs.version)
        return _show(request, card, status=HTTPStatus.CONFLICT)
    except contributing.InvalidContribution as invalid:
        card.refusal = str(invalid)
        return _show(request, card, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except ContributingError as refused:
        card.refusal = str(refused)
        return _show(request, card, status=HTTPStatus.CONFLICT)
    return _saved(request, _card(result, card.executor, in_row=card.in_row))


def _show(request: HttpRequest, card: Card, *, status: int = HTTPStatus.OK) -> HttpResponse:
    is_fragment = bool(request.htmx)  # type: ignore[attr-defined]
    return render(
        request,
        "contributions/card.html" if is_fragment else "contributions/card_page.html",
        {
            "program": card.line.result.report.program,
            "report": card.line.result.report,
            "card": card,
            "by_htmx": is_fragment,
            "narrative_limit": NARRATIVE_LIMIT,
        },
        status=status,
    )


def _saved(request: HttpRequest, card: Card) -> HttpResponse:
    """Where the form stood: in a row's contributions, on the co-executor's page, or alone."""
    result = card.line.result
    report = result.report
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, f"Збережено: захід {result.measure.code}, {card.executor}.")
        return _back(report, card.executor)
    if card.in_row:
        return retarget(_row(request, result), f"#row-contributions-{result.pk}")
    card.form = _form(card)
    part = next(part for part in parts_of(report) if part.executor == card.executor)
    context = {
        "program": report.program,
        "report": report,
        "card": card,
        "part": part,
        "by_htmx": True,
        "narrative_limit": NARRATIVE_LIMIT,
    }
    return render(request, "contributions/saved.html", context)


# --- all contributions to one row --------------------------------------------------------


@require_safe
def row_contributions(request: HttpRequest, public_id: str, year: int, result_id: int) -> HttpResponse:
    report = visible_report(signed_in(request), public_id, year)
    return _row(request, result_of(report, result_id))


@require_POST
def take_contributions(request: HttpRequest, public_id: str, year: int, result_id: int) -> HttpResponse:
    """Answers the fragment again; the event `row-changed` tells the entry sheet to fetch the row."""
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    result = result_of(report, result_id)
    require(
        permissions.works_on_report(user, report),
        "У рядок звіту інформацію беруть працівники відповідального виконавця Програми. Нічого не змінено.",
    )
    try:
        version, seen = _chosen(request)
        replace = request.POST.get("mode") == "replace"
        contributing.take(result, seen, by=user, version=version, replace=replace)
    except (ContributingError, EntryError) as refused:
        return _row(request, result_of(report, result_id), refusal=str(refused))
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, "Узято в рядок. Далі рядок можна редагувати вільно.")
        return redirect("row_contributions", public_id, year, result_id)
    response = _row(request, result_of(report, result_id), has_taken=True)
    return trigger_client_event(response, "row-changed", {"row": result.pk})


def _chosen(request: HttpRequest) -> tuple[int, dict[int, int]]:
    """The row's version, and contribution id → version, as the page showed them."""
    try:
        pairs = [pair.split(":") for pair in request.POST.getlist("chosen")]
        version = whole_number(request.POST.get("version", ""))
        return version, {whole_number(one): whole_number(seen) for one, seen in pairs}
    except ValueError as error:
        raise contributing.ContributionRefused(
            "Сторінка застаріла, у рядок нічого не взято. Оновіть її й візьміть ще раз."
        ) from error


@dataclass(frozen=True)
class SourceTotal:
    """What the contributions add up to from one source, beside what stands in the row now."""

    source: FundingSource
    summed: MoneyLine
    standing: MoneyLine

    @property
    def differs(self) -> bool:
        return (self.summed.actual, self.summed.financed) != (self.standing.actual, self.standing.financed)


def _row(
    request: HttpRequest, result: MeasureResult, *, refusal: str = "", has_taken: bool = False
) -> HttpResponse:
    user, report = signed_in(request), result.report
    executors = [part.executor for part in result.measure.participations.all()]
    coexecutors = [one for one in executors if one.pk != report.program.responsible_id]
    said = {one.executor_id: one for one in contributing.contributions_to([result])}
    # Who has sent something and takes part no more is added up too, so it must be seen.
    former = [one.executor for one in said.values() if one.executor not in coexecutors]
    works_on_it = permissions.works_on_report(user, report)
    is_fragment = bool(request.htmx)  # type: ignore[attr-defined]
    context = {
        "program": report.program,
        "report": report,
        "result": result,
        "cards": [Card(Line(result, said[one.pk]), one) for one in [*coexecutors, *former] if one.pk in said],
        "former": former,
        "silent": [one for one in coexecutors if one.pk not in said],
        "totals": _totals(result, said.values()),
        "may_send": works_on_it and report.report_state.accepts_figures,
        "may_take": permissions.can_edit_figures(user, report),
        "refusal": refusal,
        "has_taken": has_taken,
        "is_fragment": is_fragment,
    }
    template = "contributions/row.html" if is_fragment else "contributions/row_page.html"
    return render(request, template, context, status=HTTPStatus.CONFLICT if refusal else HTTPStatus.OK)


def _totals(result: MeasureResult, said: Iterable[Contribution]) -> list[SourceTotal]:
    summed = contributing.summed_by_source(said)
    standing = {amount.source_id: amount_money(amount) for amount in result.amounts.all()}
    return [
        SourceTotal(
            source,
            _sum(source, summed[source.pk]),
            _sum(source, standing.get(source.pk, BLANK)),
        )
        for source in FundingSource.objects.filter(pk__in=summed)
        if summed[source.pk] != BLANK
    ]


def _sum(source: FundingSource, money: Money) -> MoneyLine:
    return MoneyLine(str(source), in_full(money.actual), in_full(money.financed))


# --- a whole part ------------------------------------------------------------------------


@require_POST
def submit_part(request: HttpRequest, public_id: str, year: int, executor_id: int) -> HttpResponse:
    user, report, executor = _part_reached(request, public_id, year, executor_id)
    try:
        contributing.submit_part(report, executor, by=user, seen=_seen_part(request))
    except ContributingError as refused:
        return _page(request, report, refusal=str(refused))
    messages.success(request, f"Інформацію подано: {executor}.")
    return _back(report, executor)


@require_POST
def recall_part(request: HttpRequest, public_id: str, year: int, executor_id: int) -> HttpResponse:
    user, report, executor = _part_reached(request, public_id, year, executor_id)
    try:
        contributing.recall_part(report, executor, by=user, seen=_seen_part(request))
    except ContributingError as refused:
        return _page(request, report, refusal=str(refused))
    messages.success(request, f"Подання відкликано: {executor}. Інформацію знову можна змінювати.")
    return _back(report, executor)


def _seen_part(request: HttpRequest) -> int:
    """The part's version on the page; one that no part has, for anything else."""
    try:
        return whole_number(request.POST.get("seen", ""))
    except ValueError:
        return -1


def _part_reached(
    request: HttpRequest, public_id: str, year: int, executor_id: int
) -> tuple[User, AnnualReport, Executor]:
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    executor = _coexecutor(report, executor_id)
    require(
        _is_sender(user, report, executor),
        "«Інформацію подано» відмічають сам співвиконавець або відповідальний виконавець Програми. "
        "Нічого не змінено.",
    )
    return user, report, executor


@require_POST
def remind_part(request: HttpRequest, public_id: str, year: int, executor_id: int) -> HttpResponse:
    """«Нагадати»: a letter to the people of one co-executor, at most one a day to each."""
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    executor = _coexecutor(report, executor_id)
    require(
        permissions.can_remind(user, report),
        "Нагадують працівники відповідального виконавця Програми. Нічого не надіслано.",
    )
    part = next(part for part in parts_of(report) if part.executor == executor)
    if not report.report_state.accepts_figures:
        return _page(request, report, refusal="Звіт уже не чернетка: нагадувати нема про що.")
    if part.is_submitted:
        return _page(request, report, refusal=f"{executor}: інформацію вже подано, нагадувати не треба.")
    calls = reminding.asked_calls(report, part, today=timezone.localdate())
    _tell_of_letters(request, executor, reminding.send(calls, asked_by=user))
    return _back(report, executor)


def _tell_of_letters(request: HttpRequest, executor: Executor, outcome: reminding.Outcome) -> None:
    def names(calls: list[reminding.Call]) -> str:
        return ", ".join(str(call.recipient) for call in calls)

    if outcome.sent:
        messages.success(request, f"Нагадування надіслано: {names(outcome.sent)}.")
    if outcome.already:
        messages.info(request, f"Сьогодні вже нагадували: {names(outcome.already)}. Повторити можна завтра.")
    if outcome.without_mail:
        messages.warning(
            request,
            f"Не записано електронної пошти: {names(outcome.without_mail)}. Нагадайте іншим способом.",
        )
    if outcome.failed:
        messages.error(
            request,
            f"Лист не надіслано: {names(outcome.failed)}. Пошта його не прийняла; спробуйте пізніше.",
        )
    if not (outcome.sent or outcome.already or outcome.without_mail or outcome.failed):
        messages.warning(request, f"{executor}: на порталі нікого не призначено, надіслати лист нікому.")


# --- reach -------------------------------------------------------------------------------


def _participant(result: MeasureResult, executor_id: int) -> Executor:
    """One of the measure's co-executors. Raises NoSuchPage."""
    for part in result.measure.participations.all():
        if part.executor_id == executor_id and executor_id != result.report.program.responsible_id:
            return part.executor
    raise NoSuchPage("Такого співвиконавця в цього заходу немає.")


def _coexecutor(report: AnnualReport, executor_id: int) -> Executor:
    """A co-executor of any of the report's measures. Raises NoSuchPage."""
    executor = (
        Executor.objects.filter(pk=executor_id, measures__results__report=report)
        .exclude(pk=report.program.responsible_id)
        .first()
    )
    if executor is None:
        raise NoSuchPage("Такого співвиконавця в цьому звіті немає.")
    return executor


def _is_sender(user: User, report: AnnualReport, executor: Executor) -> bool:
    """Whatever the report's state: that is told with another sentence."""
    return permissions.works_on_report(user, report) or permissions.speaks_for(user, executor)


def _may_send_now(user: User, report: AnnualReport, executor: Executor) -> bool:
    if not report.report_state.accepts_figures:
        return False
    if permissions.works_on_report(user, report):
        return True
    is_submitted = report.parts.filter(executor=executor, submitted_at__isnull=False).exists()
    return permissions.speaks_for(user, executor) and not is_submitted


def _back(report: AnnualReport, executor: Executor) -> HttpResponse:
    page = reverse("contributions", args=[report.program.public_id, report.year])
    return redirect(f"{page}#body-{executor.pk}")
