"""Work in the background: files that take longer than a page may. Their states are kept by `jobs`."""

from __future__ import annotations

import datetime
import logging
import tempfile
from typing import IO

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone
from django_tasks import task

from programs import permissions
from programs.models import User

from . import jobs
from .archives import archive_name, write_signed_reports
from .extracts.selection import Selection
from .extracts.writing import FORMATS, NotWritten, file_name, write_extract
from .models import FileJob, JobKind

# Whoever has waited longer has turned to something else.
LETTER_AFTER = datetime.timedelta(minutes=1)

logger = logging.getLogger(__name__)


# --- asking ------------------------------------------------------------------------------


def ask_for_extract(selection: Selection, format_name: str, *, by: User) -> FileJob:
    """Raises jobs.TooManyJobs."""
    title = f"Вибірка, {FORMATS[format_name].label}. {' '.join(selection.in_words(by))}"
    return _ask(JobKind.EXTRACT, title, {"selection": selection.to_json(), "format": format_name}, by)


def ask_for_signed_reports(year: int, *, by: User) -> FileJob:
    """Raises jobs.TooManyJobs."""
    return _ask(JobKind.SIGNED_REPORTS, f"Підписані звіти за {year} рік, архів ZIP", {"year": year}, by)


def ask_again(job: FileJob, *, by: User) -> FileJob:
    """The same anew. Raises jobs.TooManyJobs."""
    return _ask(JobKind(job.kind), job.title, job.parameters, by)


def _ask(kind: JobKind, title: str, parameters: dict[str, object], by: User) -> FileJob:
    now = timezone.now()
    try:
        jobs.clear_expired(now)
    except OSError:
        # What is left over is the daily timer's business too; the new file is not to wait for it.
        logger.exception("Expired files could not be deleted")
    return jobs.create(kind, title, parameters, by=by, now=now, enqueue=make_file.enqueue)


# --- making ------------------------------------------------------------------------------


@task()
def make_file(job_id: str) -> None:
    """Makes what the job asks for. Whatever goes wrong is written down, then goes on to the back end."""
    job = jobs.begin(job_id)
    if job is None:
        return
    try:
        with tempfile.TemporaryFile() as content:
            kept = jobs.keep(job, content, _made(job, content))
    except (jobs.JobRefused, NotWritten) as refused:
        jobs.fail(job, str(refused))
        return
    except Exception:
        logger.exception("File %s could not be made", job_id)
        jobs.fail(
            job,
            "На сервері сталася помилка, тож файла немає; її подробиці записано для системного "
            "адміністратора. Спробуйте ще раз.",
        )
        raise
    except BaseException:
        # The worker is being stopped and was asked twice.
        jobs.fail(job, "Роботу зупинено разом із сервером. Запустіть ще раз.")
        raise
    if kept:
        _send_letter(FileJob.objects.select_related("owner").get(pk=job.pk))


def _made(job: FileJob, content: IO[bytes]) -> jobs.Made:
    if not permissions.can_read_programs(job.owner):
        raise jobs.JobRefused("Ваших призначень уже немає, тож вивантажувати нічого.")
    maker = {JobKind.EXTRACT: _extract, JobKind.SIGNED_REPORTS: _signed_reports}[JobKind(job.kind)]
    return maker(job, content)


def _extract(job: FileJob, content: IO[bytes]) -> jobs.Made:
    selection, name = Selection.from_json(job.parameters["selection"]), job.parameters["format"]
    facts = write_extract(
        selection, name, content, by=job.owner, now=job.created_at, progress=jobs.Progress(job)
    )
    return jobs.Made(
        name=file_name(selection, name, job.created_at),
        content_type=FORMATS[name].content_type,
        size=facts.size,
        sha256=facts.sha256,
        details=facts.for_journal(selection) | {"words": list(facts.words)},
    )


def _signed_reports(job: FileJob, content: IO[bytes]) -> jobs.Made:
    year = job.parameters["year"]
    facts = write_signed_reports(year, content, by=job.owner, now=job.created_at, progress=jobs.Progress(job))
    if not facts.files:
        raise jobs.JobRefused(f"За {year} рік немає жодного підписаного звіту, тож архів не зроблено.")
    return jobs.Made(
        name=archive_name(year),
        content_type="application/zip",
        size=facts.size,
        sha256=facts.sha256,
        details=facts.for_journal(),
    )


def _send_letter(job: FileJob) -> None:
    """To whoever has waited long. A mail server that does not answer costs nobody the file."""
    assert job.finished_at is not None
    assert job.expires_at is not None
    if not job.owner.email or job.finished_at - job.created_at < LETTER_AFTER:
        return
    address = settings.PORTAL_URL.rstrip("/") + reverse("extract_job", args=[job.pk])
    paragraphs = (
        f"Вітаємо, {job.owner}!",
        f"Файл, який ви замовили, готовий: {job.title}",
        f"Завантажити: {address}",
        f"Посилання діє до {timezone.localtime(job.expires_at):%d.%m.%Y %H:%M} і лише для вас.",
        "Цей лист надіслав портал «Звіт».",
    )
    try:
        EmailMessage("Файл готовий", "\n\n".join(paragraphs), to=[job.owner.email]).send()
    except Exception:
        logger.exception("Лист про готовий файл %s не надіслано", job.pk)
