"""A programme that a department brought in: an administrator looks it over, confirms or rejects it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from .. import calculations, composing, permissions
from ..amendments import is_in_force
from ..models import Decision, Executor, Measure, PlannedFunding, Program
from ..plans import newest_plans
from .amendments import in_full
from .reach import require, signed_in, visible_program

ONLY_ADMINS = "Програму, яку вніс підрозділ, підтверджує адміністратор програм."
ONLY_OWN = "Програму відхиляє адміністратор програм, а відкликає підрозділ, який її вніс."


@dataclass(frozen=True)
class YearPlan:
    """What all the measures together have planned for a year by the decisions in force at its end."""

    year: int
    amount: Decimal | None
    """тис. грн; blank when nothing is planned."""
    decisions: Sequence[Decision]
    """Whose figures these are."""

    @property
    def amount_in_words(self) -> str:
        return in_full(self.amount)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_program(request: HttpRequest, public_id: str) -> HttpResponse:
    user = signed_in(request)
    program = visible_program(user, public_id)
    require(permissions.can_confirm_program(user, program), ONLY_ADMINS)
    if not program.awaits_confirmation:
        return _already_judged(request, program)
    if request.method != "POST":
        return _page(request, program)
    try:
        composing.confirm(program, by=user, seen=request.POST.get("seen", ""))
    except composing.ComposingRefused as refused:
        return _page(request, visible_program(user, public_id), str(refused), HTTPStatus.CONFLICT)
    messages.success(request, "Програму підтверджено: звіти за нею можна подавати на погодження.")
    return redirect("program_page", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def reject_program(request: HttpRequest, public_id: str) -> HttpResponse:
    """«Відхилити» of an administrator, «Відкликати» of its department."""
    user = signed_in(request)
    program = visible_program(user, public_id)
    require(permissions.can_reject_program(user, program), ONLY_OWN)
    if not program.awaits_confirmation:
        return _already_judged(request, program)
    status, sentence, reason = HTTPStatus.OK, "", request.POST.get("reason", "")
    if request.method == "POST":
        try:
            rejected = composing.reject(program, by=user, reason=reason, seen=request.POST.get("seen", ""))
        except composing.ComposingRefused as refused:
            status, sentence = HTTPStatus.CONFLICT, str(refused)
        else:
            messages.success(request, "Програми більше немає в роботі; її рішення вільне для іншої.")
            return redirect("program_page", rejected.public_id)
    context = {
        "program": program,
        "sentence": sentence,
        "reason": reason,
        "seen": composing.shape(program),
        "takes_back": not permissions.can_manage_programs(user),
    }
    return render(request, "drafts/reject.html", context, status=status)


def _already_judged(request: HttpRequest, program: Program) -> HttpResponse:
    judged = "відхилено" if program.is_rejected else "підтверджено"
    messages.info(request, f"Цю програму вже {judged}.")
    return redirect("program_page", program.public_id)


def _page(
    request: HttpRequest, program: Program, sentence: str = "", status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    measures = (
        Measure.objects.select_related("task", "withdrawn_by")
        .prefetch_related("participations__executor")
        .order_by("number", "pk")
    )
    tasks = program.tasks.order_by("number").prefetch_related(Prefetch("measures", queryset=measures))
    found = [measure for task in tasks for measure in task.measures.all()]
    event = composing.proposal_event(program)
    context = {
        "program": program,
        "sentence": sentence,
        "seen": composing.shape(program),
        "event": event,
        "tasks": tasks,
        "measures": found,
        "without_executors": [one for one in found if not one.participations.all()],
        "new_executors": Executor.objects.filter(pk__in=composing.brought_executors(program)),
        "years": year_plans(program),
    }
    return render(request, "drafts/confirm.html", context, status=status)


def year_plans(program: Program) -> list[YearPlan]:
    """Every year of the programme, in one query. Measures that are not in force do not count."""
    rows = PlannedFunding.objects.filter(measure__task__program=program).select_related("decision", "measure")
    in_order = list(rows.order_by("decision__date", "decision_id", "source__position"))
    decisions = {decision.pk: decision for decision in program.decisions.all()}
    dates = {decision.pk: decision.date for decision in decisions.values()}
    found = []
    for year in program.term:
        plans = newest_plans(
            row
            for row in in_order
            if row.year == year and row.decision.date.year <= year and is_in_force(row.measure, year, dates)
        )
        amounts = [amount for plan in plans.values() for amount in plan.amounts.values()]
        named = sorted({plan.decision_id for plan in plans.values()})
        found.append(YearPlan(year, calculations.total(amounts), [decisions[pk] for pk in named]))
    return found
