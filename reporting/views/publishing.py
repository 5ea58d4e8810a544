"""The page before publication: what in the texts everybody should perhaps not read, row by row.

It stands between the report's button and the step because that cannot be undone. Without scripts too: another
row to hold back is added by sending the form.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from programs import editions, permissions, workflow
from programs.editions import needs_vouching, require_unpublished, unsigned_positions
from programs.enums import WithheldScope, WithholdingGround
from programs.models import AnnualReport, Edition, FrozenReport, User, Withholding
from programs.textforms import clean_text
from programs.views.reach import require, signed_in, visible_report
from programs.withholding import Withheld, fault_of_reason

from ..document import ReportDocument
from ..fonts import PrintingUnavailable
from ..publishing import Finding, findings_in
from ..publishing import publish_report as publish
from ..standing import frozen_document
from .files import printing_unavailable
from .workflow import read_and_post, refused, seen_version, status_of

ADD = "add"
LONGEST_REASON = Withholding._meta.get_field("text").max_length


@dataclass(frozen=True)
class TypedRow:
    """What is typed about holding a row back, as its form has it; all empty where it is published."""

    scope: str = ""
    ground: str = ""
    text: str = ""
    error: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.scope or self.ground or self.text)


@dataclass(frozen=True)
class Typed:
    accepted: frozenset[str] = frozenset()
    """Keys of findings."""
    rows: Mapping[int, TypedRow] | None = None
    """By the place of the row; of those on the page."""
    vouched: bool = False

    def of_row(self, place: int) -> TypedRow:
        return (self.rows or {}).get(place, TypedRow())

    @property
    def has_errors(self) -> bool:
        return any(row.error for row in (self.rows or {}).values())


@dataclass(frozen=True)
class FindingLine:
    finding: Finding
    is_accepted: bool


@dataclass(frozen=True)
class RowLine:
    """One row of the document on the page."""

    place: int
    number: str
    measure: str
    lines: tuple[FindingLine, ...]
    typed: TypedRow
    is_open: bool
    """Its form for holding back; folded where nothing is typed."""


@read_and_post
def publish_report(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    require(permissions.can_decide_on_report(user, report), workflow.ONLY_HEAD_DECIDES)
    try:
        frozen = editions.require_standing(report)
        edition = require_unpublished(frozen)
    except workflow.WorkflowError as error:
        return refused(request, report, str(error), status_of(error))
    document = frozen_document(frozen)
    if request.method != "POST":
        return publish_page(request, report, edition, document, _as_last_time(report, document))
    typed = read_typed(request.POST, document)
    if request.POST.get("step") == ADD or typed.has_errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if typed.has_errors else HTTPStatus.OK
        sentence = "Допишіть позначене. Ще нічого не оприлюднено." if typed.has_errors else ""
        return publish_page(request, report, edition, document, typed, sentence, status=status)
    return _published(request, report, edition, document, typed, by=user)


def _published(
    request: HttpRequest,
    report: AnnualReport,
    edition: Edition,
    document: ReportDocument,
    typed: Typed,
    *,
    by: User,
) -> HttpResponse:
    try:
        publication = publish(
            report,
            by=by,
            seen=seen_version(request),
            vouched=typed.vouched,
            accepted=typed.accepted,
            withheld=chosen_rows(typed, document),
        )
    except workflow.NotYours as error:
        raise PermissionDenied(str(error)) from error
    except workflow.WorkflowError as error:
        return publish_page(request, report, edition, document, typed, str(error), status=status_of(error))
    except PrintingUnavailable as error:
        return printing_unavailable(request, error)
    messages.success(request, f"Редакцію {publication.edition.number} оприлюднено.")
    return redirect("report_page", report.program.public_id, report.year)


def publish_page(
    request: HttpRequest,
    report: AnnualReport,
    edition: Edition,
    document: ReportDocument,
    typed: Typed,
    sentence: str = "",
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    rows = list(row_lines(edition.frozen, document, typed))
    on_page = {row.place for row in rows}
    signatories = list(report.signatories.all())
    context = {
        "program": report.program,
        "report": report,
        "edition": edition,
        "sentence": sentence,
        "rows": rows,
        "found": number_of_findings(rows),
        "others": [
            (place, row.number, row.measure)
            for place, row in enumerate(document.rows, start=1)
            if place not in on_page
        ],
        "scopes": WithheldScope.choices,
        "grounds": WithholdingGround.choices,
        "longest_reason": LONGEST_REASON,
        "needs_vouching": needs_vouching(edition),
        "vouched": typed.vouched,
        "replaces": editions.public_edition(report),
        "unsigned": [signatories[place - 1] for place in unsigned_positions(report, edition)],
    }
    return render(request, "editions/publish_page.html", context, status=status)


def row_lines(frozen: FrozenReport, document: ReportDocument, typed: Typed) -> list[RowLine]:
    """Rows in which something was found, and those that somebody chose to hold back, in printed order."""
    found: dict[int, list[Finding]] = {}
    for one in findings_in(document, fingerprint=frozen.fingerprint):
        found.setdefault(one.place, []).append(one)
    return [
        RowLine(
            place,
            row.number,
            row.measure,
            tuple(FindingLine(one, one.key in typed.accepted) for one in found.get(place, ())),
            typed.of_row(place),
            is_open=place not in found or not typed.of_row(place).is_empty,
        )
        for place, row in enumerate(document.rows, start=1)
        if place in found or place in (typed.rows or {})
    ]


def number_of_findings(rows: Sequence[RowLine]) -> int:
    return len([line for row in rows for line in row.lines])


# --- what was typed ----------------------------------------------------------------------


def read_typed(posted: QueryDict, document: ReportDocument) -> Typed:
    """Of rows that the document has; the added one among them."""
    places = {str(place): place for place in range(1, len(document.rows) + 1)}
    named = [*posted.getlist("row"), posted.get("other", "") if posted.get("step") == ADD else ""]
    return Typed(
        accepted=frozenset(posted.getlist("accepted")),
        rows={places[one]: _typed_row(posted, places[one]) for one in named if one in places},
        vouched="vouched" in posted,
    )


def _typed_row(posted: QueryDict, place: int) -> TypedRow:
    scope, ground = posted.get(f"scope-{place}", ""), posted.get(f"ground-{place}", "")
    text = " ".join(clean_text(posted.get(f"reason-{place}", "")).split())
    row = TypedRow(
        scope if scope in WithheldScope else "", ground if ground in WithholdingGround else "", text
    )
    if row.is_empty or posted.get("step") == ADD:
        return row
    return TypedRow(row.scope, row.ground, row.text, _what_lacks(row))


def _what_lacks(row: TypedRow) -> str:
    """A sentence; nothing of a whole one."""
    if not row.scope:
        return "Оберіть, що приховати, або приберіть підставу й пояснення."
    if not row.ground:
        return "Оберіть підставу."
    if LONGEST_REASON and len(row.text) > LONGEST_REASON:
        return f"Пояснення задовге: {len(row.text)} знаків, а можна не більше {LONGEST_REASON}."
    return fault_of_reason(row.text)


def chosen_rows(typed: Typed, document: ReportDocument) -> list[Withheld]:
    return [
        Withheld(
            place,
            document.rows[place - 1].number,
            WithheldScope(row.scope),
            WithholdingGround(row.ground),
            row.text,
        )
        for place, row in (typed.rows or {}).items()
        if not row.is_empty
    ]


def _as_last_time(report: AnnualReport, document: ReportDocument) -> Typed:
    """What the edition public until now holds back is held back again, unless the head decides otherwise."""
    public = editions.public_edition(report)
    earlier: Collection[Withholding] = public.withholdings.all() if public else ()
    by_number = {one.number: TypedRow(one.scope, one.ground, one.text) for one in earlier}
    return Typed(
        rows={
            place: by_number[row.number]
            for place, row in enumerate(document.rows, start=1)
            if row.number in by_number
        }
    )
