"""Data from files: sending one, looking at what it would change, answering, applying or dropping it."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import permissions
from ..file_types import XLSX, FileRefused
from ..importing import staging
from ..importing.examination import Examination, ImportRefused, LineState
from ..importing.files import limits
from ..models import StagedImport, User
from ..uploads import was_dropped
from .downloads import attachment
from .reach import NoSuchPage, require, signed_in

LINES_ON_PAGE = 50
NOTES_ON_PAGE = 200
ONLY_WORKERS = "Дані з файлів вносять працівники підрозділів та адміністратори програм."
ANSWERS_CHANGED_IT = (
    "Відповіді збережено, але вони могли змінити те, що буде записано. Поки що нічого не записано: "
    "перегляньте й застосуйте ще раз."
)
GONE = "Такого підготовленого імпорту немає: його застосовано, прибрано або минув його строк."


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """One's own files that wait to be applied, and the form that sends another."""
    user = signed_in(request)
    require(permissions.can_import(user), ONLY_WORKERS)
    if request.method != "POST":
        return _start(request, user)
    upload = request.FILES.get("file")
    if upload is None:
        dropped = was_dropped(request)
        sentence = _too_large() if dropped else "Виберіть файл. Поки що нічого не внесено."
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if dropped else HTTPStatus.UNPROCESSABLE_ENTITY
        return _start(request, user, sentence, status)
    try:
        staged = staging.stage(upload, upload.name or "файл", by=user)
    except (FileRefused, ImportRefused) as error:
        return _start(request, user, str(error), HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect("staged_import", staged.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def staged_import(request: HttpRequest, pk: int) -> HttpResponse:
    """What the file would change, cell by cell; its questions answered and, once asked for, applied."""
    user = signed_in(request)
    staged = _own(user, pk)
    if request.method != "POST":
        return _preview(request, staged, staging.examine(staged, by=user))
    answers = {
        name.removeprefix("answer-"): str(request.POST[name])
        for name in request.POST
        if name.startswith("answer-")
    }
    before, seen = dict(staged.answers), request.POST.get("seen", "")
    try:
        examination = staging.answer(staged, answers, by=user)
    except ImportRefused as error:
        raise NoSuchPage(str(error)) from error
    if "apply" not in request.POST:
        return redirect("staged_import", staged.pk)
    # A suggestion that was left as it stood is an answer too, and changes nothing.
    if staged.answers != before and examination.digest != seen:
        return _preview(request, staged, examination, ANSWERS_CHANGED_IT, HTTPStatus.CONFLICT)
    try:
        outcome = staging.apply(staged, by=user, seen=seen)
    except ImportRefused as error:
        standing = _own(user, pk)
        fresh = staging.examine(standing, by=user)
        return _preview(request, standing, fresh, str(error), HTTPStatus.CONFLICT)
    messages.success(request, outcome.message)
    return redirect(outcome.url_name, *outcome.url_args)


@require_POST
def discard_import(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    staged = _own(user, pk)
    staging.discard(staged, by=user)
    messages.success(request, f"Файл «{staged.file_name}» прибрано: з нього нічого не внесено.")
    return redirect("imports")


@require_safe
def checked_workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """The file's tables with a column more: what was found about every row."""
    from ..importing.annotating import annotated_workbook

    user = signed_in(request)
    staged = _own(user, pk)
    content = annotated_workbook(staging.book_of(staged), staging.examine(staged, by=user))
    name = f"{staged.file_name.rpartition('.')[0] or staged.file_name} – перевірено.xlsx"
    return attachment(content, XLSX.content_type, name)


@require_safe
def import_template(request: HttpRequest) -> HttpResponse:
    from ..importing.template.workbook import template_workbook

    require(permissions.can_import(signed_in(request)), ONLY_WORKERS)
    return attachment(template_workbook(), XLSX.content_type, "Шаблон програми.xlsx")


# --- what they share ---------------------------------------------------------------------


def _own(user: User, pk: int) -> StagedImport:
    # Appointments end: what was sent before is looked at no more either.
    require(permissions.can_import(user), ONLY_WORKERS)
    staged = StagedImport.objects.standing().filter(pk=pk, owner=user).first()
    if staged is None:
        raise NoSuchPage(GONE)
    return staged


def _too_large() -> str:
    return f"Файл більший за {limits.MAX_FILE_MB} МБ. Нічого не внесено."


def _start(
    request: HttpRequest, user: User, refusal: str = "", status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    context = {
        "refusal": refusal,
        "waiting": [
            {"staged": staged, "label": staging.kind_module(staged.kind).LABEL}
            for staged in staging.standing_of(user)
        ],
        "keep_hours": settings.IMPORT_KEEP_HOURS,
    }
    return render(request, "imports/page.html", context, status=status)


def _preview(
    request: HttpRequest,
    staged: StagedImport,
    examination: Examination,
    refusal: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context = _shown(examination, request.GET.get("page", "")) | {
        "staged": staged,
        "refusal": refusal,
    }
    return render(request, "imports/preview.html", context, status=status)


def _shown(examination: Examination, page: str) -> dict[str, Any]:
    counts = Counter(line.state for line in examination.lines)
    warnings = examination.warnings
    return {
        "examination": examination,
        # What changes nothing has nothing to ask either.
        "asks": bool(
            examination.open_questions
            or (examination.questions and (examination.changes_something or examination.errors))
        ),
        "counts": {state.value: counts[state] for state in LineState},
        "lines": Paginator(examination.written, LINES_ON_PAGE).get_page(page),
        "errors": examination.errors[:NOTES_ON_PAGE],
        "more_errors": max(0, len(examination.errors) - NOTES_ON_PAGE),
        "warnings": warnings[:NOTES_ON_PAGE],
        "more_warnings": max(0, len(warnings) - NOTES_ON_PAGE),
    }
