"""The only door for a report's state: submit, return, agree, reopen; and the council's decision after.

What agreeing freezes is signed and published through `editions`.

Every step locks the report, asks who this person is by now and what they may do, the state, and the
version that their page showed; then writes state, field history and journal in one transaction: all of
it or nothing. Each step raises the version by one, so a double click, a replayed request and a stale
page do nothing a second time. Submitting and agreeing begin in `reporting.issuing`, which has the document.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from . import permissions
from .consistency import TITLES, Finding, Severity, check_report
from .enums import EventKind, FrozenForm, ReportState
from .journal import record
from .models import (
    AnnualReport,
    CouncilDecision,
    Event,
    FrozenFile,
    FrozenReport,
    MeasureResult,
    Remark,
    Submission,
    User,
)
from .textforms import clean_text

LONGEST_REMARK: int = Remark._meta.get_field("text").max_length or 0
NOTHING_CHANGED = "Нічого не змінено."
ONLY_WORKERS_SUBMIT = "Подає звіт відповідальний виконавець Програми: відповідальна особа або керівник."
ONLY_HEAD_DECIDES = (
    "Це робить керівник відповідального виконавця Програми або той, хто виконує його обов’язки."
)
ONLY_WORKERS_RECORD = (
    "Рішення ради щодо звіту записує відповідальний виконавець Програми або адміністратор програм."
)


class WorkflowError(Exception):
    """Nothing changed; the message is a Ukrainian sentence."""


class NotYours(WorkflowError):
    """The person has no right to the step, or has it no longer."""


class NotNow(WorkflowError):
    """The report's state, or a page that others have overtaken, forbids it."""


class NotWhole(WorkflowError):
    """What was typed is missing, too long or cannot be."""


class Blocked(WorkflowError):
    """Errors of the control checks, which must be mended first."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__(f"Звіт не подано: спершу виправте помилки ({len(findings)}). {NOTHING_CHANGED}")


class NotAcknowledged(WorkflowError):
    """Warnings that the person has not passed: unseen, or found since their page was opened."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__(
            f"Звіт не подано: перегляньте попередження ({len(findings)}) і підтвердьте їх. {NOTHING_CHANGED}"
        )


def finding_key(finding: Finding) -> str:
    """The same for the same words about the same measure: a warning that grew is a new one. Hexadecimal."""
    said = "\x1f".join((finding.code, finding.measure, finding.message))
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


def lock(report: AnnualReport) -> AnnualReport:
    """The report as `fetch` gives it, held to the end of the transaction: figures, heading, state wait."""
    return _with_head(AnnualReport.objects.select_for_update(of=("self",))).get(pk=report.pk)


def fetch(report: AnnualReport) -> AnnualReport:
    """The report as it stands, with what its document's head needs."""
    return _with_head(AnnualReport.objects.all()).get(pk=report.pk)


def _with_head(reports: QuerySet[AnnualReport]) -> QuerySet[AnnualReport]:
    return reports.select_related("program__responsible").prefetch_related(
        "program__decisions", "signatories"
    )


# --- steps -------------------------------------------------------------------------------


@transaction.atomic
def submit(
    report: AnnualReport,
    *,
    by: User,
    seen: int,
    document: str,
    sha256: str,
    acknowledged: Collection[str],
) -> Submission:
    """«Подати на погодження» the document of the report as it stands; `reporting.issuing` begins it.

    `seen` is the report's version on the person's page, `acknowledged` the keys of the warnings they
    passed. Raises NotYours, NotNow, Blocked, NotAcknowledged.
    """
    locked = lock(report)
    person = entitled(by, locked, permissions.can_submit_report, ONLY_WORKERS_SUBMIT)
    require_state(locked, ReportState.DRAFT, ReportState.RETURNED, doing="подати")
    require_version(locked, seen)
    warnings = _passed_warnings(locked, acknowledged)
    submission = Submission.objects.create(
        report=locked,
        number=locked.submissions.count() + 1,
        submitted_at=timezone.now(),
        submitted_by=person,
        document=document,
        sha256=sha256,
        acknowledged=[_in_words(warning, person) for warning in warnings],
    )
    move(locked, ReportState.ON_APPROVAL, person)
    record(
        EventKind.SUBMITTED,
        by=person,
        report=locked,
        submission=submission.number,
        sha256=sha256,
        acknowledged=len(warnings),
    )
    return submission


@transaction.atomic
def return_for_revision(
    report: AnnualReport, *, by: User, seen: int, remarks: Mapping[int | None, str]
) -> Submission:
    """«Повернути на доопрацювання»: remarks by result id, None for the whole report; at least one.

    Returns the submission that they are about. Raises NotYours, NotNow, NotWhole.
    """
    locked = lock(report)
    person = entitled(by, locked, permissions.can_decide_on_report, ONLY_HEAD_DECIDES)
    require_state(locked, ReportState.ON_APPROVAL, doing="повернути")
    require_version(locked, seen)
    texts = {place: cleaned for place, text in remarks.items() if (cleaned := clean_text(text).strip())}
    if not texts:
        raise NotWhole(f"Напишіть хоча б одне зауваження: що виправити. {NOTHING_CHANGED}")
    places = _places(locked, {place for place in texts if place is not None})
    for place, text in texts.items():
        require_length(text, f"Зауваження {places[place]}")
    submission = last_submission(locked)
    now = timezone.now()
    Remark.objects.bulk_create(
        Remark(submission=submission, result_id=place, text=text, written_at=now, written_by=person)
        for place, text in texts.items()
    )
    move(locked, ReportState.RETURNED, person)
    record(
        EventKind.RETURNED,
        by=person,
        report=locked,
        submission=submission.number,
        remarks=[{"measure": places[place], "text": text} for place, text in texts.items()],
    )
    return submission


def require_agreeable(report: AnnualReport, *, by: User, seen: int) -> User:
    """What agreeing asks before anything is printed for it. Raises NotYours, NotNow."""
    person = entitled(by, report, permissions.can_decide_on_report, ONLY_HEAD_DECIDES)
    require_state(report, ReportState.ON_APPROVAL, doing="погодити")
    require_version(report, seen)
    return person


@transaction.atomic
def agree(report: AnnualReport, *, by: User, seen: int, files: Mapping[FrozenForm, bytes]) -> FrozenReport:
    """«Погодити до підписання»: freeze the very document that was submitted, in all its forms.

    `files` are of the report as it stands. Raises NotYours, NotNow.
    """
    locked = lock(report)
    person = require_agreeable(locked, by=by, seen=seen)
    submission = last_submission(locked)
    digests = {form: hashlib.sha256(content).hexdigest() for form, content in files.items()}
    if submission.sha256 != digests[FrozenForm.JSON]:
        raise NotNow(
            "Після подання у звіті змінилися слова чи цифри, наприклад назва виконавця. Поверніть його, "
            f"щоб подали ще раз: погоджують лише те, що подано. {NOTHING_CHANGED}"
        )
    move(locked, ReportState.AGREED, person)
    event = record(
        EventKind.AGREED,
        by=person,
        report=locked,
        submission=submission.number,
        sha256=submission.sha256,
        files={form.value: digest for form, digest in digests.items()},
    )
    frozen = FrozenReport.objects.create(
        report=locked,
        submission=submission,
        edition_number=locked.next_edition_number,
        fingerprint=submission.sha256,
        frozen_at=event.happened_at,
        frozen_by=person,
        event=event,
    )
    FrozenFile.objects.bulk_create(
        FrozenFile(frozen=frozen, form=form, content=content, size=len(content), sha256=digests[form])
        for form, content in files.items()
    )
    return frozen


def standing_freeze(report: AnnualReport) -> FrozenReport | None:
    """The document that is agreed and not reopened since.

    None of a report in another state, or agreed before documents were frozen.
    """
    if report.report_state is not ReportState.AGREED:
        return None
    return report.frozen_reports.select_related("frozen_by", "edition").order_by("-pk").first()


@transaction.atomic
def reopen(report: AnnualReport, *, by: User, seen: int, reason: str) -> Event:
    """«Відкрити для уточнення» an agreed report: it is a draft again. Raises NotYours, NotNow, NotWhole.

    What nobody has signed yet is withdrawn thereby and never was an edition; a signed edition stays.
    """
    locked = lock(report)
    person = entitled(by, locked, permissions.can_decide_on_report, ONLY_HEAD_DECIDES)
    require_state(locked, ReportState.AGREED, doing="відкрити для уточнення")
    require_version(locked, seen)
    reason = clean_text(reason).strip()
    if not reason:
        raise NotWhole(f"Вкажіть, чому звіт відкривають для уточнення. {NOTHING_CHANGED}")
    require_length(reason, "Причина")
    frozen = standing_freeze(locked)
    move(locked, ReportState.DRAFT, person)
    return record(EventKind.REOPENED, by=person, report=locked, reason=reason, **_left_behind(frozen))


@transaction.atomic
def record_council_decision(
    report: AnnualReport, *, by: User, outcome: str, number: str, date: datetime.date
) -> CouncilDecision:
    """Write down what the council decided about an agreed report, whose state and version stay.

    Raises NotYours, NotNow (a decision that stands already, too), NotWhole.
    """
    locked = lock(report)
    person = entitled(by, locked, permissions.can_record_council_decision, ONLY_WORKERS_RECORD)
    require_state(locked, ReportState.AGREED, doing="записати рішення ради щодо нього")
    decision = CouncilDecision(
        report=locked,
        outcome=outcome,
        number=clean_text(number).strip(),
        date=date,
        recorded_at=timezone.now(),
        recorded_by=person,
    )
    _require_possible(decision)
    decision.save(force_insert=True)
    record(
        EventKind.COUNCIL_DECIDED,
        by=person,
        report=locked,
        outcome=decision.outcome,
        number=decision.number,
        date=decision.date,
    )
    return decision


def _left_behind(frozen: FrozenReport | None) -> dict[str, Any]:
    """What the journal says of the document from which a reopened report moves on."""
    if frozen is None:
        return {}
    if hasattr(frozen, "edition"):
        return {"edition": frozen.edition.number}
    return {"withdrawn": frozen.fingerprint}


# --- what every step asks, and does ------------------------------------------------------


def entitled(by: User, report: AnnualReport, may: Callable[[User, AnnualReport], bool], whose: str) -> User:
    """The person as their account stands now: not the session's, who may have been switched off since."""
    person = User.objects.get(pk=by.pk)
    if not may(person, report):
        raise NotYours(f"{whose} {NOTHING_CHANGED}")
    return person


def require_state(report: AnnualReport, *states: ReportState, doing: str) -> None:
    if report.report_state not in states:
        raise NotNow(f"Звіт у стані «{report.get_state_display()}», тому {doing} не можна. {NOTHING_CHANGED}")


def require_version(report: AnnualReport, seen: int) -> None:
    if report.version != seen:
        raise NotNow(
            f"Поки сторінка була відкрита, звіт змінили. {NOTHING_CHANGED} Перегляньте його й повторіть."
        )


def require_length(text: str, what: str) -> None:
    if len(text) > LONGEST_REMARK:
        raise NotWhole(f"{what}: {len(text)} знаків, а можна не більше {LONGEST_REMARK}. {NOTHING_CHANGED}")


def move(report: AnnualReport, state: ReportState, person: User) -> None:
    report.state = state
    report.version += 1
    report._history_user = person  # type: ignore[attr-defined]  # how simple-history is told the person
    report.save(update_fields=["state", "version"])


# --- submissions and remarks -------------------------------------------------------------


def _passed_warnings(report: AnnualReport, acknowledged: Collection[str]) -> list[Finding]:
    """All warnings of the report. Raises Blocked, NotAcknowledged."""
    found = check_report(report)
    if errors := [finding for finding in found if finding.severity is Severity.ERROR]:
        raise Blocked(errors)
    if unseen := [finding for finding in found if finding_key(finding) not in acknowledged]:
        raise NotAcknowledged(unseen)
    return found


def _in_words(warning: Finding, person: User) -> dict[str, str]:
    """As the submission keeps it: checks may be worded, and people named, otherwise in later years."""
    return {
        "code": warning.code,
        "title": TITLES[warning.code],
        "measure": warning.measure,
        "message": warning.message,
        "by": str(person),
    }


def last_submission(report: AnnualReport) -> Submission:
    submission = report.submissions.order_by("-number").first()
    if submission is None:
        raise NotNow(f"Цей звіт іще не подавали. {NOTHING_CHANGED}")
    return submission


def _places(report: AnnualReport, result_ids: Collection[int]) -> dict[int | None, str]:
    """What remarks are about, in words; a row of another report is no place here."""
    rows = MeasureResult.objects.filter(report=report, pk__in=result_ids).select_related("measure__task")
    places: dict[int | None, str] = {row.pk: row.measure.code for row in rows}
    if places.keys() != set(result_ids):
        raise NotWhole(f"Такого заходу в цьому звіті немає. {NOTHING_CHANGED} Оновіть сторінку.")
    return places | {None: "до звіту"}


# --- the council's decision --------------------------------------------------------------


def _require_possible(decision: CouncilDecision) -> None:
    try:
        decision.full_clean()
    except ValidationError as error:
        # Of no single field is only one rule: the same decision once.
        refusal = NotNow if NON_FIELD_ERRORS in error.message_dict else NotWhole
        raise refusal(f"{' '.join(_sentences(error))} {NOTHING_CHANGED}") from error
    if decision.date > timezone.localdate():
        raise NotWhole(f"Дата рішення {decision.date:%d.%m.%Y} ще не настала. {NOTHING_CHANGED}")
    if decision.date.year < decision.report.year:
        raise NotWhole(
            f"Рішення від {decision.date:%d.%m.%Y} раніше за звітний {decision.report.year} рік, "
            f"тож воно не про цей звіт. {NOTHING_CHANGED}"
        )


def _sentences(error: ValidationError) -> list[str]:
    """«Номер рішення: це поле не може бути порожнім.»"""
    labels = {field.name: str(field.verbose_name) for field in CouncilDecision._meta.fields}
    return [
        f"{labels[name].capitalize()}: {message}" if name in labels else message
        for name, messages in error.message_dict.items()
        for message in messages
    ]
