"""Decisions of a programme: what each changed in the plan, and its figures typed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from .. import permissions
from ..amendments import Amendment, Line, YearTotal, amendments
from ..enums import EventKind
from ..forms import CleanCharField
from ..models import Event, Measure, Program
from ..plan_sheet import PlanSheet, Sent, plan_sheet, read, with_error, years_of
from ..planning import Amended, PlanningError, PlanningRefused, StalePlan, add_decision, amend_plan
from ..textforms import NO_BREAK_SPACE, counted, format_decimal_in_full
from .reach import NoSuchPage, require, signed_in, visible_program

NOT_SAVED = "Не збережено. Виправте позначене й збережіть ще раз; введене лишилося на сторінці."


@dataclass(frozen=True)
class Change:
    """Two figures and their difference, as the page shows them to the kopeck."""

    before: str
    after: str
    difference: str


@dataclass(frozen=True)
class MeasureLines:
    measure: Measure
    lines: Sequence[tuple[Line, Change]]


@require_safe
def decisions_page(request: HttpRequest, public_id: str) -> HttpResponse:
    user = signed_in(request)
    program = visible_program(user, public_id)
    context = {
        "program": program,
        "decisions": [(one, totals_in_words(one.totals)) for one in amendments(program)],
        "can_manage": permissions.can_manage_program(user, program),
    }
    return render(request, "amendments/decisions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def decision_page(request: HttpRequest, public_id: str, decision_id: int) -> HttpResponse:
    """The decision's figures of one year (`?year=2024`); by POST they are typed in."""
    user = signed_in(request)
    program = visible_program(user, public_id)
    told = amendment_of(program, decision_id)
    years = years_of(told.decision)
    year = year_asked_for(request.GET.get("year", ""), years, told)
    if request.method != "POST":
        return decision_answer(request, program, told, years, year)
    require(
        permissions.can_manage_program(user, program),
        "Плани вносить адміністратор програм або той, хто веде цю програму.",
    )
    if year is None:
        raise NoSuchPage("Це рішення не змінює плану жодного року програми.")
    sent = read(request.POST.dict(), year)
    if sent.errors:
        return decision_answer(request, program, told, years, year, sent=sent, refusal=NOT_SAVED)
    try:
        amended = amend_plan(told.decision, sent.figures, by=user, seen=sent.seen)
    except PlanningError as error:
        stale = isinstance(error, StalePlan | PlanningRefused)
        return decision_answer(
            request,
            program,
            told,
            years,
            year,
            sent=with_error(sent, error),
            refusal=str(error),
            is_stale=stale,
        )
    messages.success(request, saved_in_words(amended))
    if idle := idle_in_words(plan_sheet(told.decision, year), sent):
        messages.warning(request, idle)
    address = reverse("decision_page", args=[public_id, decision_id])
    return redirect(f"{address}?year={year}")


class DecisionForm(forms.Form):
    """What is to be known of a decision before its figures; which one approves is said in «Дані»."""

    number = CleanCharField(label="Номер", max_length=60)
    date = forms.DateField(label="Дата", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    title = CleanCharField(label="Назва рішення", max_length=500, required=False)
    url = forms.URLField(
        label="Посилання на текст", required=False, assume_scheme="https", widget=forms.TextInput
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new_decision(request: HttpRequest, public_id: str) -> HttpResponse:
    user = signed_in(request)
    program = visible_program(user, public_id)
    require(
        permissions.can_manage_program(user, program),
        "Рішення додає адміністратор програм або той, хто веде цю програму.",
    )
    form = DecisionForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            decision = add_decision(program, by=user, **form.cleaned_data)
        except PlanningRefused as refused:
            raise PermissionDenied(str(refused)) from refused
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Рішення {decision} додано. Тепер внесіть суми, які воно змінює.")
            return redirect("decision_page", public_id, decision.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "amendments/new_decision.html", {"program": program, "form": form}, status=status)


def decision_answer(
    request: HttpRequest,
    program: Program,
    told: Amendment,
    years: Sequence[int],
    year: int | None,
    *,
    sent: Sent | None = None,
    refusal: str = "",
    is_stale: bool = False,
) -> HttpResponse:
    can_manage = permissions.can_manage_program(signed_in(request), program)
    sheet: PlanSheet | None = None
    if can_manage and year is not None:
        sheet = plan_sheet(told.decision, year, sent, is_stale=is_stale)
    context = {
        "program": program,
        "told": told,
        "totals": totals_in_words(told.totals),
        "years": years,
        "year": year,
        "measures": lines_by_measure(line for line in told.lines if line.year == year),
        "too_late": year is not None and year < told.decision.date.year,
        "sheet": sheet,
        "refusal": refusal,
        "entered": entered(told),
        "can_manage": can_manage,
    }
    status = HTTPStatus.OK
    if refusal:
        status = HTTPStatus.CONFLICT if is_stale else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "amendments/decision.html", context, status=status)


def amendment_of(program: Program, decision_id: int) -> Amendment:
    """Raises NoSuchPage."""
    for one in amendments(program):
        if one.decision.pk == decision_id:
            return one
    raise NoSuchPage("Такого рішення в цій програмі немає.")


def year_asked_for(text: str, years: Sequence[int], told: Amendment) -> int | None:
    """Without being asked, the first year that the decision changes, else the first it may change."""
    if text:
        if text not in map(str, years):
            raise NoSuchPage("План цього року рішення не змінює.")
        return int(text)
    return next(iter(told.years or years), None)


def entered(told: Amendment) -> list[Event]:
    """Who put its figures in, typed or from a file, and when; the newest first."""
    return list(
        Event.objects.filter(
            kind=EventKind.PLAN_AMENDED, details__decision__id=told.decision.pk, details__cells__gt=0
        )
        .select_related("by")
        .order_by("-number")
    )


def lines_by_measure(lines: Iterable[Line]) -> list[MeasureLines]:
    grouped: dict[int, list[tuple[Line, Change]]] = {}
    measures: dict[int, Measure] = {}
    for line in lines:
        measures[line.measure.pk] = line.measure
        shown = change_in_words(line.before, line.after, line.difference)
        grouped.setdefault(line.measure.pk, []).append((line, shown))
    return [MeasureLines(measures[pk], grouped[pk]) for pk in grouped]


# --- words -------------------------------------------------------------------------------


def totals_in_words(totals: Iterable[YearTotal]) -> list[tuple[int, Change]]:
    return [(one.year, change_in_words(one.before, one.after, one.difference)) for one in totals]


def change_in_words(before: Decimal | None, after: Decimal | None, difference: Decimal | None) -> Change:
    """A dash stands for no figure."""
    return Change(in_full(before), in_full(after), signed(difference))


def in_full(amount: Decimal | None) -> str:
    return "—" if amount is None else format_decimal_in_full(amount)


def signed(difference: Decimal | None) -> str:
    if difference is None:
        return "—"
    sign = "+" if difference > 0 else "−" if difference < 0 else ""
    return f"{sign}{format_decimal_in_full(abs(difference))}"


def idle_in_words(sheet: PlanSheet, sent: Sent) -> str:
    """Of what was typed, the measures that a later decision plans anyway; nothing when there are none."""
    typed = {cell.measure_id for cell in sent.touched}
    overtaken = [row for row in sheet.rows if row.later is not None and row.measure.pk in typed]
    if not overtaken:
        return ""
    codes = ", ".join(row.measure.code for row in overtaken)
    later = "; ".join(dict.fromkeys(str(row.later) for row in overtaken))
    return (
        f"Ці суми не діятимуть: план на {sheet.year} рік цих заходів ({codes}) "
        f"замінює пізніше рішення {later}."
    )


def saved_in_words(amended: Amended) -> str:
    if not amended.changed:
        return "Змін не було, усе лишилося як стояло."
    sums = counted(amended.changed, "суму", "суми", "сум")
    words = f"Збережено {sums}.".replace(" ", NO_BREAK_SPACE, 1)
    if amended.filled:
        words += (
            f" З них {amended.filled} – чинні суми джерел, яких ви не заповнили: "
            "без них рішення прибрало б ці джерела з плану."
        )
    return words
