"""What was submitted: «як було подано», what changed since, and the journal of a report's steps."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from programs.enums import (
    CouncilOutcome,
    SensitiveKind,
    SignedKind,
    WithheldScope,
    WithholdingGround,
)
from programs.models import AnnualReport, Event, Remark, Submission
from programs.views.reach import NoSuchPage, signed_in, visible_report

from ..comparison import compare
from ..document import ReportDocument, from_json, short_fingerprint
from ..renderers.html import form_fragment
from ..standing import standing_document


@require_safe
def submission_page(request: HttpRequest, public_id: str, year: int, number: int) -> HttpResponse:
    """The sheet as it went to the head, from the stored document and not from today's rows."""
    report = visible_report(signed_in(request), public_id, year)
    submission = submission_of(report, number)
    context = {
        "program": report.program,
        "report": report,
        "submission": submission,
        "here": f"Подання {submission.number}",
        "is_intact": is_intact(submission),
        "acknowledged": acknowledged_by_title(submission),
        "remarks": remarks_of([submission]),
        "form": form_fragment(stored_document(submission)),
    }
    return render(request, "workflow/submission.html", context)


@require_safe
def submission_changes(request: HttpRequest, public_id: str, year: int, number: int) -> HttpResponse:
    """Cell by cell against the report as it stands now, or against another submission (`?with=2`)."""
    report = visible_report(signed_in(request), public_id, year)
    submissions = list(report.submissions.select_related("submitted_by"))
    first = submission_of(report, number)
    second = other_submission(report, request.GET.get("with", ""))
    if second is not None and second.number < first.number:
        first, second = second, first
    now = stored_document(second) if second else standing_document(report, draft_at=timezone.now())
    context = {
        "program": report.program,
        "report": report,
        "submissions": submissions,
        "first": first,
        "second": second,
        "changes": compare(stored_document(first), now),
    }
    return render(request, "workflow/changes_page.html", context)


@require_safe
def report_journal(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    report = visible_report(signed_in(request), public_id, year)
    events = report.events.select_related("by").order_by("-number")
    context = {
        "program": report.program,
        "report": report,
        "steps": [step_of(event) for event in events],
    }
    return render(request, "workflow/journal.html", context)


def submission_of(report: AnnualReport, number: int) -> Submission:
    """Raises NoSuchPage."""
    submission = report.submissions.filter(number=number).select_related("submitted_by").first()
    if submission is None:
        raise NoSuchPage(f"Подання {number} цього звіту немає.")
    return submission


def other_submission(report: AnnualReport, number: str) -> Submission | None:
    """None when nothing was asked for: then it is the report as it stands."""
    if not number:
        return None
    if not number.isascii() or not number.isdecimal() or len(number) > 4:
        raise NoSuchPage("Такого подання цього звіту немає.")
    return submission_of(report, int(number))


def stored_document(submission: Submission) -> ReportDocument:
    return from_json(submission.document.encode())


def is_intact(submission: Submission) -> bool:
    """Whether the stored document still has the digest it was stored with."""
    return hashlib.sha256(submission.document.encode()).hexdigest() == submission.sha256


def remarks_of(submissions: Sequence[Submission]) -> list[Remark]:
    """The newest return first, each return's in printed order."""
    return list(
        Remark.objects.filter(submission__in=submissions)
        .select_related("submission", "written_by", "result__measure__task")
        .order_by("-submission__number", "result__measure__task__number", "result__measure__number", "pk")
    )


UNVERIFIED = {"mathematics": "самого підпису не обчислено", "trust": "довіру не перевірено"}


@dataclass(frozen=True)
class Step:
    """One event of the journal as people read it."""

    event: Event
    submission: int | None
    """The number of the submission that it made or judged."""
    edition: int | None
    """The number of the edition that it is about."""
    lines: tuple[str, ...]


def step_of(event: Event) -> Step:
    told = event.details
    return Step(event, told.get("submission"), told.get("edition"), tuple(_said(told)))


def _said(details: dict[str, Any]) -> Iterator[str]:
    """What the event's details tell, each kind of event having its own."""
    if executor := details.get("executor"):
        on_behalf = " (відмітив відповідальний виконавець)" if details.get("on_behalf") else ""
        yield f"{executor['name']}{on_behalf}"
    if acknowledged := details.get("acknowledged"):
        yield f"Прийнято попереджень: {acknowledged}."
    for remark in details.get("remarks", ()):
        yield f"{capfirst(remark['measure'])}: {remark['text']}"
    if details.get("import"):
        yield f"Файл «{details['file']}»: рядків {details['rows']}, значень {details['cells']}."
        yield from details.get("warnings", ())
    yield from _said_of_edition(details)
    if reason := details.get("reason"):
        yield str(reason)
    if outcome := details.get("outcome"):
        day = datetime.date.fromisoformat(details["date"])
        yield f"{capfirst(CouncilOutcome(outcome).label)}: №{details['number']} від {day:%d.%m.%Y}."


def acknowledged_by_title(submission: Submission) -> dict[str, list[str]]:
    """The warnings it was submitted with, kind by kind, each with its measure's number."""
    by_title: dict[str, list[str]] = {}
    for warning in submission.acknowledged:
        said = f"{warning['measure']} {warning['message']}".strip()
        by_title.setdefault(warning["title"], []).append(said)
    return by_title


def _said_of_edition(details: dict[str, Any]) -> Iterator[str]:
    """Of steps with a frozen document: which signatures, which copy, by what published, what withdrawn."""
    if details.get("files"):
        yield f"Відбиток документа {short_fingerprint(details['sha256'])}."
    if withdrawn := details.get("withdrawn"):
        yield f"Погоджений документ {short_fingerprint(withdrawn)} відкликано: його ще ніхто не підписав."
    if signers := details.get("signers"):
        kind = capfirst(SignedKind(details["file_kind"]).label)
        yield f"{kind}: {'; '.join(map(_signer_in_words, signers))}."
    if details.get("signed_by"):
        day = datetime.date.fromisoformat(details["signed_on"])
        kind = capfirst(SignedKind(details["file_kind"]).label)
        yield f"{kind}: {details['signed_by']}, {day:%d.%m.%Y}. Електронний підпис не перевірено."
    for ground in details.get("grounds", ()):
        names = [_signer_in_words(one) for one in ground.get("signers", ())] or [ground["signed_by"]]
        yield f"Підстава: {SignedKind(ground['kind']).label}, {'; '.join(names)}."
    for told in details.get("accepted", ()):
        kind = SensitiveKind(told["kind"]).label
        yield f"Захід {told['row']}: {kind}, місць {told['count']}; переглянуто й оприлюднено як є."
    for told in details.get("withheld", ()):
        scope, ground = WithheldScope(told["scope"]).label, WithholdingGround(told["ground"]).label
        yield f"Захід {told['row']}: приховано {scope}; підстава: {ground}. {told['text']}"
    if details.get("vouched"):
        yield "Самого підпису портал не обчислив; за нього відповідає той, хто оприлюднив."


def _signer_in_words(signer: dict[str, Any]) -> str:
    """«Ковальчук Ірина Петрівна (довіру не перевірено)»."""
    if not signer["accepted"]:
        return f"{signer['signer']} (не підписувач цього звіту)"
    unknown = [word for name, word in UNVERIFIED.items() if signer["tiers"].get(name) == "unknown"]
    return f"{signer['signer']} ({', '.join(unknown)})" if unknown else str(signer["signer"])
