"""How the portal itself fares: work that failed, the disk, accounts that need a hand.

For system administrators, who see no figures: nothing here names a programme.
"""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from programs.models import Appointment, User
from programs.permissions import HEADS

from .models import FileJob, JobState

# What failed earlier has been asked for again, or nobody misses it.
LOOKED_BACK = datetime.timedelta(days=30)
SHOWN = 5
MEGABYTE = 1024 * 1024
LITTLE_SPACE = 1024 * MEGABYTE


# --- work that failed --------------------------------------------------------------------


@dataclass(frozen=True)
class Failures:
    files: Sequence[FileJob]
    """The newest, with their owners."""
    file_count: int
    tasks: Sequence[DBTaskResult]
    """Of the queue in the database, the newest."""
    task_count: int

    @property
    def are_there(self) -> bool:
        return bool(self.file_count or self.task_count)


def failures(now: datetime.datetime) -> Failures:
    """Of the last days, in four queries."""
    since = now - LOOKED_BACK
    files = FileJob.objects.filter(state=JobState.FAILED, created_at__gte=since)
    tasks = DBTaskResult.objects.failed().filter(enqueued_at__gte=since)
    return Failures(
        list(files.select_related("owner").order_by("-created_at", "pk")[:SHOWN]),
        files.count(),
        list(tasks.order_by("-enqueued_at", "pk")[:SHOWN]),
        tasks.count(),
    )


# --- the disk ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Storage:
    """In bytes."""

    database: int
    uploads: int
    free: int | None
    """None where the disk cannot be asked."""
    total: int | None

    @property
    def is_short(self) -> bool:
        """Less than a gigabyte, or than a tenth of the disk, is left; or nobody knows."""
        if self.free is None or self.total is None:
            return True
        return self.free < LITTLE_SPACE or self.free * 10 < self.total


def storage() -> Storage:
    """Of the database, of the uploaded files, and of the disk on which the portal keeps its data."""
    database, uploads = _database_size(), _folder_size(Path(settings.MEDIA_ROOT))
    try:
        disk = shutil.disk_usage(settings.DATA_DIR)
    except OSError:
        # A disk that has come loose must not take the page away on which it is told.
        return Storage(database, uploads, None, None)
    return Storage(database, uploads, disk.free, disk.total)


def _database_size() -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
        # The file's own length misses what still waits in the write-ahead log, and memory has no file.
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return int(cursor.fetchone()[0])


def _folder_size(folder: Path) -> int:
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                size += os.stat(os.path.join(place, name)).st_size
            except OSError:
                # Removed while we were counting, or out of reach.
                continue
    return size


# --- accounts ----------------------------------------------------------------------------


def without_second_factor() -> QuerySet[User]:
    """Those of `permissions.needs_second_factor` who have set no one-time codes up yet."""
    if not settings.SECOND_FACTOR_REQUIRED:
        return User.objects.none()
    heads = Appointment.objects.current().filter(user=OuterRef("pk"), role__in=HEADS)
    codes = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    needing = User.objects.filter(is_active=True).filter(
        Q(is_program_admin=True) | Q(is_system_admin=True) | Exists(heads)
    )
    if settings.DEMO:
        needing = needing.filter(is_demo=False)
    return needing.exclude(Exists(codes)).order_by("sort_key", "pk")


def without_work() -> QuerySet[User]:
    """Who may sign in and sees nothing: no role, and no appointment now or to come."""
    today = timezone.localdate()
    appointments = Appointment.objects.filter(user=OuterRef("pk")).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    )
    roles = Q(is_auditor=True) | Q(is_program_admin=True) | Q(is_system_admin=True)
    return (
        User.objects.filter(is_active=True)
        .exclude(roles)
        .exclude(Exists(appointments))
        .order_by("sort_key", "pk")
    )
