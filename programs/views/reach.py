"""What a person reaches by an address: their programmes and reports, and nothing that is not theirs.

What may not be seen is answered as if it were not there (404); what may be seen but not done, with a
sentence (403); what the report's state does not allow, with a sentence too (409).
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from ..models import AnnualReport, MeasureResult, Program, User, with_edition_facts


class NoSuchPage(Http404):
    """A 404 whose Ukrainian sentence the page shows; other 404s only say that there is no such page."""

    leads_to = ("program_list", "Відкрити програми")
    """Where one goes on from there: the name of an address, and what the link says."""


def signed_in(request: HttpRequest) -> User:
    """The user of a page behind LoginRequiredMiddleware, as our own class."""
    assert isinstance(request.user, User)
    return request.user


def require(allowed: bool, sentence: str) -> None:
    """Raises PermissionDenied, which the 403 page shows with this sentence."""
    if not allowed:
        raise PermissionDenied(sentence)


def whole_number(text: str) -> int:
    """An id or a version from a form. Raises ValueError for what no page of ours would have sent."""
    if len(text) > 18 or not (text.isascii() and text.isdecimal()):
        raise ValueError(text[:20])
    return int(text)


def visible_program(user: User, public_id: str) -> Program:
    """With its decisions and responsible executor. Raises NoSuchPage for who may not see it."""
    program = (
        Program.objects.visible_to(user)
        .filter(public_id=public_id)
        .select_related("responsible")
        .prefetch_related("decisions")
        .first()
    )
    if program is None:
        raise NoSuchPage("Такої програми немає або вона не стосується вашого підрозділу.")
    return program


def visible_report(user: User, public_id: str, year: int) -> AnnualReport:
    """With all that the document's head needs. Raises NoSuchPage for who may not see it."""
    program = visible_program(user, public_id)
    report = (
        with_edition_facts(AnnualReport.objects.filter(program=program, year=year))
        .prefetch_related("signatories")
        .first()
    )
    if report is None:
        raise NoSuchPage(f"Звіту цієї програми за {year} рік немає.")
    report.program = program
    return report


def result_of(report: AnnualReport, result_id: int) -> MeasureResult:
    """One row with its measure; the report is the same object. Raises NoSuchPage."""
    result = (
        MeasureResult.objects.filter(report=report, pk=result_id)
        .select_related("measure__task")
        .prefetch_related("amounts__source", "measure__participations__executor")
        .first()
    )
    if result is None:
        raise NoSuchPage("Такого заходу в цьому звіті немає.")
    result.report = report
    return result
