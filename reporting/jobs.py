"""The only door for files made in the background: asked for, begun, kept or failed, expired, fetched.

What is made stands in `reporting.tasks`; here only what becomes of it. A job belongs to one person: nobody
else learns that there is one. That person gets the file only as long as they may see all that it was made of.
"""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage
from django.db import OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from programs import journal
from programs.enums import EventKind
from programs.models import Program, User

from .models import FILES_FOLDER, FileJob, JobKind, JobState

MOST_AT_ONCE = 3
LONGEST_TITLE = 500
# A job at work gives a sign of life at least that often, but for the last strokes of a large workbook.
SIGN_OF_LIFE_SECONDS = 1.0
STALE_AFTER = datetime.timedelta(minutes=5)
# So long may a job wait before its page says that nobody does the work.
UNSERVED_AFTER = datetime.timedelta(minutes=1)
# Nobody will take up any more what has waited so long: a server that stopped may have lost it from the queue.
GIVEN_UP_AFTER = datetime.timedelta(hours=1)
# The line about a file outlives it by so long.
FORGOTTEN_AFTER = datetime.timedelta(days=30)

NARROWED = (
    "Ваші права відтоді змінилися: файл охоплював програми, яких ви вже не бачите, тому його більше немає. "
    "Зробіть його знову: у ньому буде те, що ви бачите тепер."
)

logger = logging.getLogger(__name__)


class TooManyJobs(Exception):
    """Nothing was begun; the message is a Ukrainian sentence."""


class JobRefused(Exception):
    """What was asked for cannot be made, whatever is tried again; the message is a Ukrainian sentence."""


class JobGone(Exception):
    """The owner has removed the job at work: nobody waits for it, and nobody is to be told."""


class Standing(StrEnum):
    """What has become of a job, as the person who waits is told."""

    WAITING = "waiting"
    UNSERVED = "unserved"
    """Waits, and nobody takes it up."""
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    """Whoever was at work has given no sign of life for long, or nobody has taken it up at all."""
    READY = "ready"
    EXPIRED = "expired"
    FAILED = "failed"

    @property
    def goes_on(self) -> bool:
        return self in (Standing.WAITING, Standing.UNSERVED, Standing.RUNNING)

    @property
    def may_be_repeated(self) -> bool:
        return self in (Standing.INTERRUPTED, Standing.EXPIRED, Standing.FAILED)


@dataclass(frozen=True)
class Made:
    """A file that is ready to be kept."""

    name: str
    """ASCII, with its ending."""
    content_type: str
    size: int
    sha256: str
    details: dict[str, Any] = field(default_factory=dict)
    """What the journal says of it."""


def standing(job: FileJob, now: datetime.datetime) -> Standing:
    if job.state == JobState.WAITING:
        return _standing_of_waiting(now - job.created_at, now)
    if job.state == JobState.RUNNING:
        seen = job.touched_at or job.created_at
        return Standing.INTERRUPTED if now - seen > STALE_AFTER else Standing.RUNNING
    if job.state == JobState.FAILED:
        return Standing.FAILED
    return Standing.READY if job.file and job.expires_at and now < job.expires_at else Standing.EXPIRED


def _standing_of_waiting(waited: datetime.timedelta, now: datetime.datetime) -> Standing:
    if waited > GIVEN_UP_AFTER:
        return Standing.INTERRUPTED
    return Standing.UNSERVED if waited > UNSERVED_AFTER and not _somebody_works(now) else Standing.WAITING


def _somebody_works(now: datetime.datetime) -> bool:
    """Whether any job, whosoever it is, shows that what waits is only behind it."""
    at_work = Q(state=JobState.RUNNING, touched_at__gte=now - STALE_AFTER)
    lately = Q(touched_at__gte=now - UNSERVED_AFTER) | Q(finished_at__gte=now - UNSERVED_AFTER)
    return FileJob.objects.filter(at_work | lately).exists()


# --- what it was made of -----------------------------------------------------------------


def reach_of(user: User) -> list[int]:
    """The ids of all programmes that the person sees now: as much as may stand in a file of theirs."""
    return list(Program.objects.visible_to(user).order_by("pk").values_list("pk", flat=True))


def is_within(reach: Collection[int], job: FileJob) -> bool:
    """Whether who has that reach sees all that the job's owner saw when the file was asked for, or made."""
    return set(job.reach) <= set(reach)


def withdraw(job: FileJob, reach: list[int], *, title: str) -> None:
    """Take a file from its owner, who may not see all of it any more; the line stays, under that title."""
    _delete_files([job])
    FileJob.objects.filter(pk=job.pk).update(
        state=JobState.FAILED, error=NARROWED, file="", reach=reach, title=title[:LONGEST_TITLE]
    )
    job.refresh_from_db()


# --- asking ------------------------------------------------------------------------------


def of_user(user: User) -> QuerySet[FileJob]:
    return FileJob.objects.filter(owner=user)


def ready_unfetched(user: User) -> int:
    """How many files wait to be fetched for the first time."""
    waiting = of_user(user).filter(state=JobState.DONE, fetched_at=None, expires_at__gt=timezone.now())
    return waiting.exclude(file="").count()


def create(
    kind: JobKind,
    title: str,
    parameters: dict[str, Any],
    *,
    by: User,
    now: datetime.datetime,
    enqueue: Callable[[str], Any],
) -> FileJob:
    """A job that `enqueue` is given by its id as soon as it is written. Raises TooManyJobs."""
    with transaction.atomic():
        # Locked, so that a double click is counted.
        User.objects.select_for_update().get(pk=by.pk)
        waits = Q(state=JobState.WAITING, created_at__gt=now - GIVEN_UP_AFTER)
        at_work = Q(state=JobState.RUNNING, touched_at__gt=now - STALE_AFTER)
        if of_user(by).filter(waits | at_work).count() >= MOST_AT_ONCE:
            raise TooManyJobs(
                f"Уже готуються {MOST_AT_ONCE} ваші файли; нового не розпочато. "
                "Дочекайтеся котрогось або приберіть зайвий і повторіть."
            )
        job = FileJob.objects.create(
            owner=by,
            kind=kind,
            title=title[:LONGEST_TITLE],
            parameters=parameters,
            reach=reach_of(by),
            created_at=now,
        )
        transaction.on_commit(partial(enqueue, str(job.pk)))
    return job


def remove(job: FileJob) -> None:
    """By its owner's wish: the line and the file. One that waits is then never begun."""
    _delete_files([job])
    job.delete()


# --- the work ----------------------------------------------------------------------------


def begin(job_id: str) -> FileJob | None:
    """The job, now running; nothing when somebody else has begun it or its owner has removed it."""
    now = timezone.now()
    begun = FileJob.objects.filter(pk=job_id, state=JobState.WAITING).update(
        state=JobState.RUNNING, started_at=now, touched_at=now
    )
    return FileJob.objects.select_related("owner").get(pk=job_id) if begun else None


class Progress:
    """Told after each piece of work; writes at most once a second, each time a sign of life.

    Raises JobGone once the job has been removed.
    """

    def __init__(self, job: FileJob) -> None:
        self.job = job
        self.written_at = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.written_at < SIGN_OF_LIFE_SECONDS and done < total:
            return
        self.written_at = now
        try:
            row = FileJob.objects.filter(pk=self.job.pk)
            is_there = row.update(done=done, total=total, touched_at=timezone.now())
        except OperationalError:
            # SQLite's one writer may be somebody else for long. The file is worth more than its progress bar.
            logger.warning("Progress of file %s could not be written", self.job.pk, exc_info=True)
            return
        if not is_there:
            raise JobGone


def keep(job: FileJob, content: IO[bytes], made: Made) -> bool:
    """Store the file, write its download into the journal, and say until when it is there.

    False when the owner has removed the job meanwhile: then nothing is kept. Raises JobRefused when the owner
    sees less than when it was asked for.
    """
    # As the owner is now, not as when the work began.
    owner = User.objects.filter(pk=job.owner_id).first()
    if owner is None:
        return False
    reach = reach_of(owner)
    if not is_within(reach, job):
        raise JobRefused(NARROWED)
    content.seek(0)
    file_field: Any = FileJob._meta.get_field("file")
    storage = _storage()
    name = storage.save(file_field.generate_filename(job, made.name), File(content))
    try:
        with transaction.atomic():
            kept = _written_down(job, name, made, reach)
            if kept:
                journal.record(EventKind.EXTRACTED, by=job.owner, **made.details)
    except BaseException:
        storage.delete(name)
        raise
    if not kept:
        storage.delete(name)
    return kept


def _written_down(job: FileJob, name: str, made: Made, reach: list[int]) -> bool:
    now = timezone.now()
    return bool(
        FileJob.objects.filter(pk=job.pk).update(
            state=JobState.DONE,
            finished_at=now,
            error="",
            expires_at=now + datetime.timedelta(hours=settings.EXTRACT_KEEP_HOURS),
            reach=reach,
            file=name,
            file_name=made.name,
            content_type=made.content_type,
            size=made.size,
            sha256=made.sha256,
        )
    )


def fail(job: FileJob, sentence: str) -> None:
    FileJob.objects.filter(pk=job.pk).exclude(state=JobState.DONE).update(
        state=JobState.FAILED, finished_at=timezone.now(), error=sentence
    )


# --- fetching and forgetting -------------------------------------------------------------


def opened(job: FileJob, now: datetime.datetime) -> IO[bytes]:
    """The file's bytes. Raises FileNotFoundError, also of a file whose time is over."""
    if standing(job, now) is not Standing.READY:
        raise FileNotFoundError(job.file_name)
    content: IO[bytes] = job.file.open("rb")
    return content


def say_fetched(job: FileJob, now: datetime.datetime) -> None:
    """The file is no news to its owner any more."""
    FileJob.objects.filter(pk=job.pk, fetched_at=None).update(fetched_at=now)


def clear_expired(now: datetime.datetime) -> int:
    """Delete files whose time is over and lines that nobody needs; returns how many files went."""
    over = list(FileJob.objects.filter(expires_at__lte=now).exclude(file=""))
    _delete_files(over)
    FileJob.objects.filter(pk__in=[job.pk for job in over]).update(file="")
    FileJob.objects.filter(file="", created_at__lte=now - FORGOTTEN_AFTER).delete()
    return len(over) + _delete_strays(now)


def _delete_files(jobs: Iterable[FileJob]) -> None:
    for job in jobs:
        if job.file:
            _storage().delete(str(job.file.name))


def _delete_strays(now: datetime.datetime) -> int:
    """Files of a job that was killed between storing the file and writing it down."""
    storage, deleted = _storage(), 0
    try:
        names = [f"{FILES_FOLDER}/{name}" for name in storage.listdir(FILES_FOLDER)[1]]
    except FileNotFoundError:
        return 0
    known = set(FileJob.objects.exclude(file="").values_list("file", flat=True))
    old = now - datetime.timedelta(hours=settings.EXTRACT_KEEP_HOURS)
    for name in names:
        if name not in known and storage.get_modified_time(name) < old:
            storage.delete(name)
            deleted += 1
    return deleted


def _storage() -> Storage:
    file_field: Any = FileJob._meta.get_field("file")
    storage: Storage = file_field.storage
    return storage
