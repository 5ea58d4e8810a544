"""The pages on which a report moves: submitting, the head's review, reopening, the council's decision.

Each loads, asks permission, makes one call and renders. What the call refuses comes back on the same
page with the sentence and with all that was typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from programs import permissions, workflow
from programs.consistency import FindingGroup, Severity, check_report, grouped
from programs.contributing import parts_of
from programs.enums import CouncilOutcome, ReportState
from programs.figures import report_figures
from programs.forms import CleanCharField
from programs.models import AnnualReport, FundingSource, MeasureResult, Submission, User
from programs.textforms import clean_text
from programs.views.reach import require, signed_in, visible_report, whole_number

from .. import issuing
from ..assemble import assemble, build_document
from ..brief import execution_of
from ..comparison import Comparison, compare, side_by_side
from ..document import ReportDocument
from ..fonts import PrintingUnavailable
from ..publishing import Finding, findings_in
from ..standing import standing_document
from .files import printing_unavailable
from .reports import sent_from_report
from .submissions import acknowledged_by_title, remarks_of, stored_document

read_and_post = require_http_methods(["GET", "HEAD", "POST"])


def seen_version(request: HttpRequest) -> int:
    """The version of the report that the page showed; 0, which no report has, for anything else."""
    try:
        return whole_number(request.POST.get("seen", ""))
    except ValueError:
        return 0


def status_of(error: workflow.WorkflowError) -> HTTPStatus:
    if isinstance(error, workflow.NotYours):
        return HTTPStatus.FORBIDDEN
    if isinstance(error, workflow.NotNow | workflow.Blocked | workflow.NotAcknowledged):
        return HTTPStatus.CONFLICT
    return HTTPStatus.BAD_REQUEST


def refused(
    request: HttpRequest, report: AnnualReport, sentence: str, status: HTTPStatus = HTTPStatus.CONFLICT
) -> HttpResponse:
    """A page of its own for what the report's state forbids: nothing of the form makes sense any more."""
    context = {"program": report.program, "report": report, "sentence": sentence}
    return render(request, "workflow/refused.html", context, status=status)


# --- submitting --------------------------------------------------------------------------


@dataclass(frozen=True)
class Warnings:
    """Warnings of one kind, acknowledged by one tick."""

    group: FindingGroup
    keys: str
    """What the tick sends: the findings it was put under, not those found since."""
    is_ticked: bool


@read_and_post
def submit_report(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    require(permissions.can_submit_report(user, report), workflow.ONLY_WORKERS_SUBMIT)
    if request.method != "POST":
        if not report.report_state.accepts_figures:
            return refused(
                request, report, f"Звіт у стані «{report.get_state_display()}», подавати його не треба."
            )
        return submit_page(request, report)
    ticked = [key for keys in request.POST.getlist("acknowledged") for key in keys.split()]
    try:
        submission = issuing.submit_report(report, by=user, seen=seen_version(request), acknowledged=ticked)
    except workflow.NotYours as error:
        raise PermissionDenied(str(error)) from error
    except (workflow.Blocked, workflow.NotAcknowledged) as error:
        return submit_page(
            request, visible_report(user, public_id, year), str(error), ticked=ticked, status=status_of(error)
        )
    except workflow.WorkflowError as error:
        return refused(request, visible_report(user, public_id, year), str(error), status_of(error))
    messages.success(request, f"Звіт подано на погодження, подання {submission.number}. Далі читає керівник.")
    return redirect("report_page", public_id, year)


def submit_page(
    request: HttpRequest,
    report: AnnualReport,
    sentence: str = "",
    *,
    ticked: Sequence[str] = (),
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    groups = grouped(check_report(report))
    context = {
        "program": report.program,
        "report": report,
        "sentence": sentence,
        "errors": [group for group in groups if group.severity is Severity.ERROR],
        "warnings": [
            Warnings(group, " ".join(keys), is_ticked=set(keys) <= set(ticked))
            for group in groups
            if group.severity is Severity.WARNING
            for keys in [[workflow.finding_key(finding) for finding in group.findings]]
        ],
        "sensitive": findings_in(assemble(report, draft_at=None)),
        "waited_for": [part for part in parts_of(report) if part.is_expected and not part.is_submitted],
    }
    return render(request, "workflow/submit.html", context, status=status)


# --- the head's review -------------------------------------------------------------------


@dataclass(frozen=True)
class TypedRemark:
    """One remark as its form holds it."""

    result_id: int | None
    text: str


@dataclass(frozen=True)
class TypedRemarks:
    """What the head has typed: on the whole, and on measures."""

    whole: str = ""
    on_measures: tuple[TypedRemark, ...] = (TypedRemark(None, ""),)

    @classmethod
    def read(cls, posted: QueryDict) -> TypedRemarks:
        pairs = zip(posted.getlist("result"), posted.getlist("remark"), strict=False)
        typed = [TypedRemark(chosen_result(result), clean_text(text)) for result, text in pairs]
        kept = tuple(one for one in typed if one.text.strip())
        return cls(clean_text(posted.get("whole", "")), kept or (TypedRemark(None, ""),))

    @property
    def is_empty(self) -> bool:
        return not self.whole.strip() and not any(one.text.strip() for one in self.on_measures)

    @property
    def lacks_measure(self) -> bool:
        return any(one.text.strip() and one.result_id is None for one in self.on_measures)

    def by_result(self) -> dict[int | None, str]:
        """As `workflow.return_for_revision` takes them; several on one measure become one."""
        texts: dict[int | None, list[str]] = {}
        for one in (TypedRemark(None, self.whole), *self.on_measures):
            if one.text.strip():
                texts.setdefault(one.result_id, []).append(one.text.strip())
        return {result_id: "\n".join(lines) for result_id, lines in texts.items()}


def chosen_result(text: str) -> int | None:
    try:
        return whole_number(text)
    except ValueError:
        return None


@require_safe
def review_report(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    return review_page(request, visible_report(signed_in(request), public_id, year))


@sent_from_report
def return_report(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    typed = TypedRemarks.read(request.POST)
    try:
        if typed.lacks_measure:
            raise workflow.NotWhole("Оберіть захід, якого стосується зауваження. Звіт ще не повернуто.")
        workflow.return_for_revision(report, by=user, seen=seen_version(request), remarks=typed.by_result())
    except workflow.WorkflowError as error:
        return review_page(
            request, visible_report(user, public_id, year), str(error), typed, status=status_of(error)
        )
    messages.success(request, "Звіт повернуто на доопрацювання. Зауваження бачать ті, хто над ним працює.")
    return redirect("report_page", public_id, year)


@sent_from_report
def agree_report(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    try:
        issuing.agree_report(report, by=user, seen=seen_version(request))
    except workflow.NotYours as error:
        raise PermissionDenied(str(error)) from error
    except workflow.WorkflowError as error:
        return refused(request, visible_report(user, public_id, year), str(error), status_of(error))
    except PrintingUnavailable as error:
        return printing_unavailable(request, error)
    messages.success(request, "Звіт погоджено. Документ збережено таким, яким його підпишуть.")
    return redirect("report_page", public_id, year)


def review_page(
    request: HttpRequest,
    report: AnnualReport,
    sentence: str = "",
    typed: TypedRemarks | None = None,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    user = signed_in(request)
    results = list(MeasureResult.objects.for_report(report))
    figures = report_figures(report, results, FundingSource.objects.all())
    document = build_document(report, results, figures, draft_at=timezone.now())
    submissions = list(report.submissions.select_related("submitted_by"))
    last_year = last_years_document(report)
    context = {
        "program": report.program,
        "report": report,
        "results": results,
        "figures": figures,
        "execution": execution_of(report, results),
        "submission": submissions[-1] if submissions else None,
        "previous": submissions[-2] if len(submissions) > 1 else None,
        "changes": since_last_submission(submissions),
        "findings": grouped(check_report(report)),
        "acknowledged": acknowledged_with(report, submissions),
        "sensitive": still_to_change(report, document, submissions),
        "may_edit": permissions.can_edit_figures(user, report),
        "last_year": last_year,
        "lines": side_by_side(last_year, document) if last_year else [],
        "remarks": remarks_of(submissions),
        "sentence": sentence,
        "typed": typed or TypedRemarks(),
        "may_decide": may_decide(user, report),
    }
    return render(request, "workflow/review.html", context, status=status)


def acknowledged_with(report: AnnualReport, submissions: Sequence[Submission]) -> dict[str, list[str]]:
    """The warnings with which the report on approval was submitted; of no other state can that be said."""
    if report.report_state is not ReportState.ON_APPROVAL or not submissions:
        return {}
    return acknowledged_by_title(submissions[-1])


def still_to_change(
    report: AnnualReport, document: ReportDocument, submissions: Sequence[Submission]
) -> list[Finding]:
    """What may point to a person: in what was submitted, or, being worked on, in the rows of now.

    Nothing once the report is agreed: from then on it is publication that asks.
    """
    if report.report_state.accepts_figures:
        return findings_in(document)
    if report.report_state is ReportState.ON_APPROVAL and submissions:
        return findings_in(stored_document(submissions[-1]))
    return []


def may_decide(user: User, report: AnnualReport) -> bool:
    return report.report_state is ReportState.ON_APPROVAL and permissions.can_decide_on_report(user, report)


def since_last_submission(submissions: Sequence[Submission]) -> Comparison | None:
    """None when there is nothing to compare with."""
    if len(submissions) < 2:
        return None
    return compare(stored_document(submissions[-2]), stored_document(submissions[-1]))


def last_years_document(report: AnnualReport) -> ReportDocument | None:
    before = AnnualReport.objects.filter(program=report.program_id, year=report.year - 1)
    found = before.prefetch_related("signatories").first()
    if found is None:
        return None
    found.program = report.program
    return standing_document(found, draft_at=None)


# --- reopening, and the council's decision -----------------------------------------------


@read_and_post
def reopen_report(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    require(permissions.can_decide_on_report(user, report), workflow.ONLY_HEAD_DECIDES)
    reason = clean_text(request.POST.get("reason", ""))
    context: dict[str, Any] = {"program": report.program, "report": report, "reason": reason}
    if request.method != "POST":
        if report.report_state is not ReportState.AGREED:
            return refused(
                request,
                report,
                f"Звіт у стані «{report.get_state_display()}»: відкривати для уточнення нічого.",
            )
        return render(request, "workflow/reopen.html", context)
    try:
        workflow.reopen(report, by=user, seen=seen_version(request), reason=reason)
    except workflow.NotYours as error:
        raise PermissionDenied(str(error)) from error
    except workflow.WorkflowError as error:
        context |= {"report": visible_report(user, public_id, year), "sentence": str(error)}
        return render(request, "workflow/reopen.html", context, status=status_of(error))
    messages.success(request, "Звіт відкрито для уточнення. Показники знову можна змінювати.")
    return redirect("report_page", public_id, year)


class CouncilDecisionForm(forms.Form):
    outcome = forms.ChoiceField(
        label="Що вирішила рада", choices=CouncilOutcome.choices, widget=forms.RadioSelect
    )
    number = CleanCharField(label="Номер рішення", max_length=60)
    date = forms.DateField(
        label="Дата рішення", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


@read_and_post
def council_decision(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    user = signed_in(request)
    report = visible_report(user, public_id, year)
    require(permissions.can_record_council_decision(user, report), workflow.ONLY_WORKERS_RECORD)
    if request.method != "POST" and report.report_state is not ReportState.AGREED:
        return refused(
            request, report, "Рішення ради записують щодо погодженого звіту, а цей ще не погоджено."
        )
    form = CouncilDecisionForm(request.POST or None, label_suffix="")
    status = HTTPStatus.OK
    if request.method == "POST":
        if form.is_valid():
            try:
                decision = workflow.record_council_decision(report, by=user, **form.cleaned_data)
            except workflow.NotYours as error:
                raise PermissionDenied(str(error)) from error
            except workflow.WorkflowError as error:
                form.add_error(None, str(error))
                status = status_of(error)
            else:
                messages.success(request, f"Записано: {decision}.")
                return redirect("report_page", public_id, year)
        else:
            status = HTTPStatus.BAD_REQUEST
    context = {
        "program": report.program,
        "report": report,
        "form": form,
        "decisions": report.council_decisions.select_related("recorded_by"),
    }
    return render(request, "workflow/council.html", context, status=status)
