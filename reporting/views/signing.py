"""What is sent from the report's page once it is agreed: signed files, copies, a key for once.

Each loads, asks permission, makes one call, and goes back to the report; what the call refuses comes back
on the same page with the sentence.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from programs import editions, permissions, workflow
from programs.editions import ONLY_WORKERS_SIGN
from programs.models import AnnualReport, SignedFile, User
from programs.uploads import SecretUploadHandler, was_dropped
from programs.views.reach import require, signed_in, visible_report

from .reports import render_report, sent_from_report
from .signing_panel import CopyForm, signing_panel
from .workflow import seen_version, status_of

NOTHING_SENT = "Виберіть файл. Поки що нічого не додано."
NO_KEY = "Виберіть файл ключа. Поки що нічого не підписано."
KEY_TOO_LARGE = "Це не файл ключа: такі файли мають кілька кілобайтів. Нічого не підписано."


def too_large() -> str:
    from django.conf import settings

    return f"Файл більший за {settings.EVIDENCE_MAX_MB} МБ. Нічого не додано."


@sent_from_report
def attach_signed(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    """A file signed elsewhere comes back."""
    from ..signing.receiving import receive

    user = signed_in(request)
    report = _signable(user, public_id, year)
    upload = request.FILES.get("file")
    try:
        editions.require_standing(report)
        if upload is None:
            return _lacking(request, report, "file")
        kept = receive(report, by=user, seen=seen_version(request), upload=_content(upload))
    except workflow.WorkflowError as error:
        return _refused(request, report, error, "file")
    return _done(request, report, kept)


@csrf_exempt
def sign_here(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    """Sign with a key file and its password, both given for this one request.

    The handler must stand before anything reads the body, so the token is checked one step later.
    """
    request.upload_handlers = [SecretUploadHandler(request)]
    return _sign_here(request, public_id, year)


@sent_from_report
@csrf_protect
@sensitive_post_parameters("password")
@sensitive_variables("password", "key_file")
def _sign_here(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    from ..signing.receiving import sign_here

    user = signed_in(request)
    report = _signable(user, public_id, year)
    key_file, password = request.FILES.get("key"), request.POST.get("password", "")
    try:
        editions.require_standing(report)
        if key_file is None:
            sent_much = int(request.META.get("CONTENT_LENGTH") or 0) > SecretUploadHandler.LARGEST
            return _again(request, report, KEY_TOO_LARGE if sent_much else NO_KEY, "key")
        kept, notes = sign_here(
            report, by=user, seen=seen_version(request), key_file=_content(key_file), password=password
        )
    except workflow.WorkflowError as error:
        return _refused(request, report, error, "key")
    for note in notes:
        messages.info(request, note)
    return _done(request, report, kept)


@sent_from_report
def attach_copy(request: HttpRequest, public_id: str, year: int) -> HttpResponse:
    """A scan of what was signed with a pen, or a file that a document system has saved anew."""
    user = signed_in(request)
    report = _signable(user, public_id, year)
    form = CopyForm(request.POST, request.FILES, label_suffix="", auto_id="copy_%s")
    upload = request.FILES.get("file")
    try:
        editions.require_standing(report)
        if not form.is_valid():
            return _again(request, report, "Виправте позначене. Поки що нічого не додано.", "copy", form)
        if upload is None:
            return _lacking(request, report, "copy", form)
        editions.attach_copy(
            report, by=user, seen=seen_version(request), content=_content(upload), details=form.details
        )
    except workflow.WorkflowError as error:
        return _refused(request, report, error, "copy", form)
    messages.success(request, "Копію додано. Електронного підпису в ній портал не перевіряє.")
    return _back(report)


# --- what they share ---------------------------------------------------------------------


def _signable(user: User, public_id: str, year: int) -> AnnualReport:
    report = visible_report(user, public_id, year)
    require(permissions.can_attach_signed(user, report), ONLY_WORKERS_SIGN)
    return report


def _content(upload: UploadedFile[Any]) -> bytes:
    return bytes(upload.read())


def _back(report: AnnualReport) -> HttpResponse:
    return redirect("report_page", report.program.public_id, report.year)


def _done(request: HttpRequest, report: AnnualReport, kept: SignedFile) -> HttpResponse:
    signers = [one.signer for one in kept.signatures.all() if one.is_accepted]
    messages.success(request, f"Підпис прийнято: {', '.join(signers)}. Висновок перевірки нижче.")
    return _back(report)


def _lacking(
    request: HttpRequest, report: AnnualReport, way: str, form: CopyForm | None = None
) -> HttpResponse:
    return _again(request, report, too_large() if was_dropped(request) else NOTHING_SENT, way, form)


def _again(
    request: HttpRequest, report: AnnualReport, sentence: str, way: str, form: CopyForm | None = None
) -> HttpResponse:
    return _shown(request, report, sentence, way, HTTPStatus.UNPROCESSABLE_ENTITY, form)


def _refused(
    request: HttpRequest,
    report: AnnualReport,
    error: workflow.WorkflowError,
    way: str,
    form: CopyForm | None = None,
) -> HttpResponse:
    if isinstance(error, workflow.NotYours):
        raise PermissionDenied(str(error)) from error
    return _shown(request, report, str(error), way, status_of(error), form)


def _shown(
    request: HttpRequest,
    report: AnnualReport,
    sentence: str,
    way: str,
    status: HTTPStatus,
    form: CopyForm | None,
) -> HttpResponse:
    """The report's page as it stands by now, with what was refused at the place it was sent from."""
    user = signed_in(request)
    fresh = visible_report(user, report.program.public_id or "", report.year)
    panel = signing_panel(user, fresh, sentence=sentence, refused=way, copy_form=form)
    return render_report(request, fresh, panel=panel, status=status)
