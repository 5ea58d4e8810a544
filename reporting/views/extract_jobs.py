"""Files made in the background: asking for them, the page on which one waits, and fetching."""

from __future__ import annotations

import datetime
import logging
import uuid
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from programs.views.downloads import streamed_attachment
from programs.views.reach import NoSuchPage, signed_in, whole_number

from .. import jobs, tasks
from ..archives import signed_years
from ..models import FileJob
from .extracts import extracts_page, reader_of

WATCHED = (jobs.Standing.WAITING, jobs.Standing.RUNNING)
WATCHED_FOR = datetime.timedelta(minutes=30)

logger = logging.getLogger(__name__)


class NoSuchFile(NoSuchPage):
    leads_to = ("extracts", "Відкрити «Вибірку даних»")


@require_POST
def signed_reports(request: HttpRequest) -> HttpResponse:
    """All signed reports of a year as one ZIP: always in the background."""
    user = reader_of(request)
    try:
        year = whole_number(request.POST.get("year", ""))
    except ValueError:
        year = 0
    if year not in signed_years(user):
        sentence = "За такий рік підписаних звітів немає. Виберіть рік зі списку; нічого не розпочато."
        return extracts_page(request, refusal=sentence, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        job = tasks.ask_for_signed_reports(year, by=user)
    except jobs.TooManyJobs as refused:
        return extracts_page(request, refusal=str(refused), status=HTTPStatus.TOO_MANY_REQUESTS)
    return redirect("extract_job", job.pk)


@require_safe
def extract_job(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """How far the file is: a page, for htmx the part of it that changes."""
    job, now = _own(request, job_id), timezone.now()
    standing = jobs.standing(job, now)
    context = {
        "job": job,
        "standing": standing,
        # Each asking counts as work in the session; a page that nobody sits at must let it end.
        "is_watched": standing in WATCHED and now - job.created_at < WATCHED_FOR,
        "kept_hours": settings.EXTRACT_KEEP_HOURS,
        "is_fragment": bool(request.htmx),  # type: ignore[attr-defined]
    }
    template = "extracts/job_part.html" if context["is_fragment"] else "extracts/job.html"
    return render(request, template, context)


@require_safe
def extract_job_file(request: HttpRequest, job_id: uuid.UUID) -> HttpResponseBase:
    job, now = _own(request, job_id), timezone.now()
    try:
        content = jobs.opened(job, now)
    except FileNotFoundError as error:
        # Of a file whose time is over nobody needs to be told.
        if jobs.standing(job, now) is jobs.Standing.READY:
            logger.exception("The file of job %s is not in the storage", job.pk)
        raise NoSuchFile(
            job.error
            or "Цього файла вже немає: готові файли зберігаються "
            f"{settings.EXTRACT_KEEP_HOURS} год. Зробіть його знову на сторінці «Вибірка даних»."
        ) from error
    if request.method != "HEAD":
        jobs.say_fetched(job, now)
    return streamed_attachment(content, job.content_type, job.file_name)


@require_POST
def extract_job_again(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    job, user = _own(request, job_id), reader_of(request)
    if not jobs.standing(job, timezone.now()).may_be_repeated:
        return redirect("extract_job", job.pk)
    try:
        again = tasks.ask_again(job, by=user)
    except jobs.TooManyJobs as refused:
        messages.error(request, str(refused))
        return redirect("extract_job", job.pk)
    return redirect("extract_job", again.pk)


@require_POST
def extract_job_remove(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    job = _own(request, job_id)
    jobs.remove(job)
    messages.success(request, "Файл прибрано.")
    return redirect("extracts")


def _own(request: HttpRequest, job_id: uuid.UUID) -> FileJob:
    """Somebody else's is as if there were none; with the last right to read anything one's own is closed."""
    job = tasks.file_of(signed_in(request), job_id)
    if job is None:
        raise NoSuchFile("Такого файла немає, або його замовила інша людина.")
    reader_of(request)
    return job
