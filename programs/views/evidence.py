"""Evidence of one row: the list with its form, the files themselves, and taking them back."""

from __future__ import annotations

import logging
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import permissions
from ..enums import EvidenceKind
from ..evidence import (
    MAX_FOR_RESULT,
    AlreadyAttached,
    EvidenceError,
    EvidenceRefused,
    FileTooLarge,
    InvalidEvidence,
    NotStored,
    Particulars,
    attach_file,
    attach_link,
    bodies_of,
    download_name,
    host_of,
    withdraw,
)
from ..file_types import ALLOWED, ALLOWED_IN_WORDS, BY_CONTENT_TYPE
from ..forms import CleanCharField
from ..models import Evidence, Executor, MeasureResult, User
from ..textforms import TextFormError, clean_text, parse_money
from ..uploads import was_dropped
from .downloads import streamed_attachment
from .reach import NoSuchPage, require, result_of, signed_in, visible_report

logger = logging.getLogger(__name__)


class TypedMoneyField(forms.Field):
    """An amount in тис. грн; hryvnias, told by their unit, become thousands."""

    def to_python(self, value: str | None) -> Decimal | None:
        try:
            return parse_money(clean_text(value or ""))
        except TextFormError as error:
            raise ValidationError(str(error), code="number") from error


def _column(name: str) -> dict[str, Any]:
    """What a field of the form shares with the column it fills."""
    column: Any = Evidence._meta.get_field(name)
    return {
        "label": str(column.verbose_name).capitalize(),
        "required": False,
        "validators": column.validators,
    }


class ParticularsForm(forms.Form):
    """Of the document attached, as people type them."""

    document_number = CleanCharField(
        **_column("document_number"), widget=forms.TextInput({"autocomplete": "off"})
    )
    document_date = forms.DateField(
        **_column("document_date"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Такої дати немає. Уведіть, наприклад, «02.03.2024»."},
    )
    # Without a keyboard of digits, which has no «грн».
    amount = TypedMoneyField(
        **_column("amount"),
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text="або в гривнях: 42 350 грн",
    )

    def particulars(self) -> Particulars:
        return Particulars(**self.cleaned_data)


class InvalidParticulars(InvalidEvidence):
    """The form's own sentences stand beside its fields."""

    def __init__(self, *, loses_file: bool) -> None:
        again = " Файл виберіть ще раз." if loses_file else ""
        super().__init__(
            f"Номер, дата або сума документа з помилкою: її названо біля поля. Нічого не додано.{again}"
        )


STATUSES: dict[type[EvidenceError], HTTPStatus] = {
    FileTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    InvalidEvidence: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidParticulars: HTTPStatus.UNPROCESSABLE_ENTITY,
    AlreadyAttached: HTTPStatus.CONFLICT,
    EvidenceRefused: HTTPStatus.CONFLICT,
    NotStored: HTTPStatus.SERVICE_UNAVAILABLE,
}


@require_http_methods(["GET", "HEAD", "POST"])
def row_evidence(request: HttpRequest, public_id: str, year: int, result_id: int) -> HttpResponse:
    """The row's evidence: a fragment for htmx, else a page. By POST attaches a file or a link."""
    user = signed_in(request)
    result = result_of(visible_report(user, public_id, year), result_id)
    if request.method != "POST":
        return _page(request, user, result)
    require(
        permissions.works_on_report(user, result.report) or permissions.takes_part(user, result),
        "Підтвердження додають відповідальний виконавець Програми та виконавці цього заходу.",
    )
    form = _particulars_form(result, request.POST)
    try:
        evidence = _attached(request, user, result, form)
    except EvidenceError as error:
        return _page(request, user, result, form=form, error=str(error), status=STATUSES[type(error)])
    return _done(request, user, result, f"Додано: «{evidence.title}».")


@require_POST
def withdraw_evidence(request: HttpRequest, public_id: str, year: int, evidence_id: int) -> HttpResponse:
    user = signed_in(request)
    evidence = _readable(user, public_id, year, evidence_id)
    result = evidence.result
    require(
        permissions.works_on_report(user, result.report) or permissions.speaks_for(user, evidence.executor),
        "Вилучити підтвердження може підрозділ, який його додав, або відповідальний виконавець Програми.",
    )
    try:
        withdraw(evidence, by=user)
    except EvidenceRefused as refused:
        return _page(request, user, result, error=str(refused), status=HTTPStatus.CONFLICT)
    return _done(request, user, result, f"Вилучено: «{evidence.title}».")


@require_safe
def evidence_file(request: HttpRequest, public_id: str, year: int, evidence_id: int) -> HttpResponseBase:
    """The file, only ever to be saved: never shown by the browser as a page of ours."""
    evidence = _readable(signed_in(request), public_id, year, evidence_id)
    if evidence.kind != EvidenceKind.FILE:
        raise NoSuchPage("Це підтвердження є посиланням, а не файлом.")
    if evidence.withdrawn_at:
        raise NoSuchPage(f"Файл «{evidence.title}» вилучено зі звіту.")
    try:
        content = evidence.file.open("rb")
    except FileNotFoundError as error:
        logger.exception("The file of evidence %s is not in the storage", evidence.pk)
        raise NoSuchPage(
            f"Файла «{evidence.title}» на сервері немає. Скажіть про це системному адміністраторові."
        ) from error
    return streamed_attachment(content, evidence.content_type, download_name(evidence))


def _readable(user: User, public_id: str, year: int, evidence_id: int) -> Evidence:
    report = visible_report(user, public_id, year)
    evidence = (
        Evidence.objects.filter(pk=evidence_id, result__report=report).select_related("executor").first()
    )
    if evidence is None:
        raise NoSuchPage("Такого підтвердження в цьому звіті немає.")
    evidence.result = result_of(report, evidence.result_id)
    return evidence


def _particulars_form(result: MeasureResult, typed: QueryDict | None = None) -> ParticularsForm:
    return ParticularsForm(typed, auto_id=f"evidence-{result.pk}-%s", label_suffix="")


def _attached(request: HttpRequest, user: User, result: MeasureResult, form: ParticularsForm) -> Evidence:
    executor, title = _executor(request, user, result), request.POST.get("title", "")
    upload, url = request.FILES.get("file"), request.POST.get("url", "").strip()
    if not form.is_valid():
        # A browser leaves a page's file behind; htmx keeps it in the panel.
        raise InvalidParticulars(loses_file=bool(request.FILES) and not request.htmx)  # type: ignore[attr-defined]
    particulars = form.particulars()
    if upload is not None and url:
        raise InvalidEvidence("Файл і посилання додайте по черзі. Поки що нічого не додано.")
    if upload is not None:
        return attach_file(result, executor, upload, by=user, title=title, particulars=particulars)
    if url:
        return attach_link(result, executor, by=user, title=title, url=url, particulars=particulars)
    if was_dropped(request):
        raise FileTooLarge
    raise InvalidEvidence("Виберіть файл або вставте посилання. Поки що нічого не додано.")


def _executor(request: HttpRequest, user: User, result: MeasureResult) -> Executor:
    bodies = bodies_of(user, result)
    chosen = request.POST.get("executor", "")
    named = [body for body in bodies if str(body.pk) == chosen] if chosen else bodies[:1]
    if not named:
        raise InvalidEvidence("Виберіть зі списку, від кого це підтвердження. Нічого не додано.")
    return named[0]


def _done(request: HttpRequest, user: User, result: MeasureResult, sentence: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return _page(request, user, result, done=sentence)
    messages.success(request, sentence)
    return redirect("row_evidence", result.report.program.public_id, result.report.year, result.pk)


def _page(
    request: HttpRequest,
    user: User,
    result: MeasureResult,
    *,
    form: ParticularsForm | None = None,
    error: str = "",
    done: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context = _panel(user, result) | {
        "particulars": form or _particulars_form(result),
        "error": error,
        "done": done,
        "typed": request.POST if error else {},
    }
    is_fragment = bool(request.htmx)  # type: ignore[attr-defined]
    template = "evidence/panel.html" if is_fragment else "evidence/page.html"
    return render(request, template, context, status=status)


def _panel(user: User, result: MeasureResult) -> dict[str, Any]:
    found = list(
        result.evidence.select_related("executor", "added_by", "withdrawn_by").order_by("added_at", "pk")
    )
    standing = [evidence for evidence in found if not evidence.withdrawn_at]
    may_add = permissions.can_add_evidence(user, result)
    may_withdraw_all = may_add and permissions.works_on_report(user, result.report)
    bodies = bodies_of(user, result) if may_add else []
    return {
        "program": result.report.program,
        "report": result.report,
        "result": result,
        "standing": [
            {
                "evidence": evidence,
                "host": host_of(evidence.url),
                "kind": BY_CONTENT_TYPE.get(evidence.content_type),
                "may_withdraw": may_withdraw_all or evidence.executor in bodies,
            }
            for evidence in standing
        ],
        "withdrawn": [evidence for evidence in found if evidence.withdrawn_at],
        "may_add": may_add,
        "room": len(standing) < MAX_FOR_RESULT,
        "bodies": bodies,
        "max_mb": settings.EVIDENCE_MAX_MB,
        "max_files": MAX_FOR_RESULT,
        "allowed": ALLOWED_IN_WORDS,
        "accept": ",".join(f".{kind.extension}" for kind in ALLOWED) + ",.jpeg",
    }
