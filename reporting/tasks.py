"""Work in the background: files that take longer than a page may. Their states are kept by `jobs`."""

from __future__ import annotations

import datetime
import logging
import tempfile
import uuid
from typing import IO, Any

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
    return _ask(JobKind.EXTRACT, {"selection": selection.to_json(), "format": format_name}, by)


def ask_for_signed_reports(year: int, *, by: User) -> FileJob:
    """Raises jobs.TooManyJobs."""
    return _ask(JobKind.SIGNED_REPORTS, {"year": year}, by)


def ask_again(job: FileJob, *, by: User) -> FileJob:
    """The same anew. Raises jobs.TooManyJobs."""
    return _ask(JobKind(job.kind), job.parameters, by)


def files_of(user: User, *, most: int) -> list[FileJob]:
    """The newest first, each as far as the person may see it now."""
    found, reach = list(jobs.of_user(user)[:most]), jobs.reach_of(user)
    for job in found:
        _hold_to(reach, job, by=user)
    return found


def file_of(user: User, job_id: uuid.UUID) -> FileJob | None:
    """One of them; somebody else's is as if there were none."""
    job = jobs.of_user(user).filter(pk=job_id).first()
    if job:
        _hold_to(jobs.reach_of(user), job, by=user)
    return job


def _hold_to(reach: list[int], job: FileJob, *, by: User) -> None:
    """Whoever sees less by now loses the file, made or not, and the names in its title."""
    if not jobs.is_within(reach, job):
        jobs.withdraw(job, reach, title=_title(JobKind(job.kind), job.parameters, by))


def _title(kind: JobKind, parameters: dict[str, Any], reader: User) -> str:
    if kind == JobKind.SIGNED_REPORTS:
        return f"Підписані звіти за {parameters['year']} рік, архів ZIP"
    words = Selection.from_json(parameters["selection"]).in_words(reader)
    return f"Вибірка, {FORMATS[parameters['format']].label}. {' '.join(words)}"


def _ask(kind: JobKind, parameters: dict[str, Any], by: User) -> FileJob:
    now = timezone.now()
    try:
        jobs.clear_expired(now)
    except OSError:
        # What is left over is the daily timer's business too; the new file is not to wait for it.
        logger.exception("Expired files could not be deleted")
    title = _title(kind, parameters, by)
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
    except jobs.JobGone:
        return
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
    if not jobs.is_within(jobs.reach_of(job.owner), job):
        raise jobs.JobRefused(jobs.NARROWED)
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
