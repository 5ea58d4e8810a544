"""«Взяти план за рішенням»: rows whose plan is not the one in force, chosen by a person and rewritten."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from .. import calculations, permissions
from ..entry import EntryClosed, EntryError, EntryForbidden, EntryRefused, StaleResults, require_open
from ..models import AnnualReport
from ..taking_plans import Offer, Seen, offers, take
from .amendments import Change, change_in_words, in_full
from .reach import require, signed_in, visible_report, whole_number

ONLY_WORKERS_TAKE = (
    "План у рядки звіту беруть працівники відповідального виконавця Програми. Нічого не записано."
)
TAKEN_ALREADY = "План у цих рядках уже такий, як за рішенням: змінювати не було чого."


@dataclass(frozen=True)
class OfferView:
    """One measure as the page shows it."""

    offer: Offer
    lines: Sequence[tuple[str, Change, bool]]
    """The source, its plan in the report and by the decision, and whether they differ."""
    total: Change | None
    """Of several sources."""
    is_ticked: bool

    @property
    def value(self) -> str:
        """What the tick sends: the row, its version and the plan that was shown."""
        return f"{self.offer.result.pk}:{self.offer.result.version}:{self.offer.mark}"

    @property
    def height(self) -> int:
        return len(self.lines) + (self.total is not None)


@require_http_methods(["GET", "HEAD", "POST"])
def take_plan(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    require(permissions.works_on_report(user, report), ONLY_WORKERS_TAKE)
    chosen = request.POST.getlist("take")
    try:
        require_open(report)
        if request.method != "POST":
            return _page(request, report)
        if not chosen:
            return _page(
                request,
                report,
                ["Не позначено жодного заходу. Нічого не записано."],
                ticked=(),
                status=HTTPStatus.UNPROCESSABLE_ENTITY,
            )
        taken = take(report, _seen(chosen), by=user)
    except EntryForbidden as error:
        raise PermissionDenied(str(error)) from error
    except EntryClosed as error:
        context = {"program": report.program, "report": report, "sentence": str(error)}
        return render(request, "workflow/refused.html", context, status=HTTPStatus.CONFLICT)
    except EntryError as error:
        ticked = {value.partition(":")[0] for value in chosen}
        return _page(request, report, list(_told(error)), ticked=ticked, status=HTTPStatus.CONFLICT)
    if taken:
        messages.success(request, f"План за рішенням узято в звіт, заходів: {taken}.")
    else:
        messages.info(request, TAKEN_ALREADY)
    return redirect("entry_sheet", public_id, year)


def _seen(chosen: Iterable[str]) -> dict[int, Seen]:
    """By result id, what the page showed of the rows that are ticked."""
    seen = {}
    for value in chosen:
        try:
            result_id, version, mark = value.split(":")
            seen[whole_number(result_id)] = Seen(whole_number(version), mark)
        except ValueError as error:
            raise EntryRefused(
                "Сторінка застаріла. Нічого не записано; перегляньте суми й візьміть план ще раз."
            ) from error
    return seen


def _told(error: EntryError) -> Iterator[str]:
    """The sentence, and of each value that somebody else changed: whose it is, and what it is now."""
    yield str(error)
    for conflict in error.conflicts if isinstance(error, StaleResults) else ():
        when = f", {timezone.localtime(conflict.changed_at):%d.%m.%Y %H:%M}" if conflict.changed_at else ""
        yield (
            f"{conflict.measure_code}, {conflict.label}: у звіті тепер {in_full(conflict.theirs)} "
            f"({conflict.changed_by}{when}), за рішенням {in_full(conflict.yours)}."
        )


def _page(
    request: HttpRequest,
    report: AnnualReport,
    refusal: Sequence[str] = (),
    *,
    ticked: Collection[str] | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """`ticked`: result ids as they were sent; None ticks every row."""
    context = {
        "program": report.program,
        "report": report,
        "offers": [
            _view(offer, is_ticked=ticked is None or str(offer.result.pk) in ticked)
            for offer in offers(report)
        ],
        "refusal": refusal,
    }
    return render(request, "entry/take_plan.html", context, status=status)


def _view(offer: Offer, *, is_ticked: bool) -> OfferView:
    lines = [
        (
            str(line.source),
            change_in_words(
                line.standing, line.in_force, calculations.difference(line.standing, line.in_force)
            ),
            line.differs,
        )
        for line in offer.lines
    ]
    total = None
    if len(lines) > 1:
        difference = calculations.difference(offer.standing, offer.in_force)
        total = change_in_words(offer.standing, offer.in_force, difference)
    return OfferView(offer, lines, total, is_ticked)
