"""Two editions of a report cell by cell: on a page, and as a workbook."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programs.models import AnnualReport, FrozenReport
from programs.views.downloads import attachment
from programs.views.reach import NoSuchPage, signed_in, visible_report, whole_number
from programs.workflow import standing_freeze

from .. import changes_workbook
from ..changes_workbook import ComparedEdition
from ..comparison import compare
from ..renderers import FORMATS
from ..standing import file_name, frozen_document
from .editions import reason_for


@require_safe
def edition_changes(request: HttpRequest, public_id: str, year: int, number: int) -> HttpResponse:
    """Against the edition before it, or against another (`?with=1`); the older one is always «було»."""
    report = visible_report(signed_in(request), public_id, year)
    comparable = comparable_of(report)
    this = one_of(comparable, number)
    pair = pair_of(comparable, this, request.GET.get("with", ""))
    context = {
        "program": report.program,
        "report": report,
        "this": this,
        "others": [one for one in comparable if one != this],
        "pair": pair,
        "sides": [(one, reason_for(one)) for one in pair or ()],
        "changes": compare(*map(frozen_document, pair)) if pair else None,
    }
    return render(request, "editions/changes_page.html", context)


@require_safe
def edition_changes_file(request: HttpRequest, public_id: str, year: int, number: int) -> HttpResponse:
    report = visible_report(signed_in(request), public_id, year)
    comparable = comparable_of(report)
    pair = pair_of(comparable, one_of(comparable, number), request.GET.get("with", ""))
    if pair is None:
        raise NoSuchPage(f"Крім редакції {number}, у цього звіту інших немає: порівнювати ні з чим.")
    old, new = map(_compared, pair)
    return attachment(
        changes_workbook.render(old, new),
        FORMATS["xlsx"].content_type,
        file_name(report, f"_r{old.number}-r{new.number}.xlsx"),
    )


def comparable_of(report: AnnualReport) -> list[FrozenReport]:
    """Editions from the first on; last what is agreed now and becomes one with its first signature."""
    editions = report.frozen_reports.filter(edition__isnull=False).order_by("edition_number")
    standing = standing_freeze(report)
    unsigned = [standing] if standing and not hasattr(standing, "edition") else []
    return [*editions.select_related("frozen_by", "edition__publication"), *unsigned]


def one_of(comparable: list[FrozenReport], number: int) -> FrozenReport:
    """Raises NoSuchPage."""
    for one in comparable:
        if one.edition_number == number:
            return one
    raise NoSuchPage(f"Редакції {number} цього звіту немає.")


def pair_of(
    comparable: list[FrozenReport], this: FrozenReport, asked: str
) -> tuple[FrozenReport, FrozenReport] | None:
    """The older one first; None where there is only one. Raises NoSuchPage.

    When nothing is asked for, with the one before; of the first, with the one after.
    """
    place = comparable.index(this)
    if asked:
        other = one_of(comparable, _number(asked))
        if other == this:
            raise NoSuchPage(f"Редакцію {this.edition_number} не порівняти з нею самою: оберіть іншу.")
    elif len(comparable) == 1:
        return None
    else:
        other = comparable[place - 1] if place else comparable[1]
    return (other, this) if comparable.index(other) < place else (this, other)


def _number(asked: str) -> int:
    try:
        return whole_number(asked)
    except ValueError as error:
        raise NoSuchPage("Такої редакції цього звіту немає.") from error


def _compared(frozen: FrozenReport) -> ComparedEdition:
    edition = getattr(frozen, "edition", None)
    return ComparedEdition(
        number=frozen.edition_number,
        agreed_at=frozen.frozen_at,
        signed_at=edition.signed_at if edition else None,
        fingerprint=frozen.fingerprint,
        document=frozen_document(frozen),
    )
