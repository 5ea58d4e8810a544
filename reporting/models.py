"""What people keep of their extracts: filters under a name, and files that are made in the background."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

FILES_FOLDER = "extracts"


def stored_under(job: FileJob, name: str) -> str:
    """A name nobody chose and nobody can guess; the download is named by `file_name`."""
    return f"{FILES_FOLDER}/{uuid.uuid4().hex}"


class SavedExtract(models.Model):
    """Збережена вибірка: a filter under a name, to be run again. It is one person's alone."""

    owner = models.ForeignKey(
        "programs.User", on_delete=models.CASCADE, related_name="saved_extracts", verbose_name="чия"
    )
    name = models.CharField("назва", max_length=100)
    selection = models.JSONField("умови", help_text="Як їх пише Selection.to_json.")
    saved_at = models.DateTimeField("збережено", default=timezone.now)

    class Meta:
        verbose_name = "збережена вибірка"
        verbose_name_plural = "збережені вибірки"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_extract_name_once_per_owner")
        ]

    def __str__(self) -> str:
        return self.name


class JobKind(models.TextChoices):
    EXTRACT = "extract", "вибірка даних"
    SIGNED_REPORTS = "signed_reports", "підписані звіти за рік"


class JobState(models.TextChoices):
    WAITING = "waiting", "чекає"
    RUNNING = "running", "готується"
    DONE = "done", "готово"
    FAILED = "failed", "не вдалося"


class FileJob(models.Model):
    """Файл, що готується: asked for by one person, made in the background, kept for a while.

    Written by `reporting.jobs` alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        "programs.User", on_delete=models.CASCADE, related_name="file_jobs", verbose_name="хто просив"
    )
    kind = models.CharField("що", max_length=20, choices=JobKind)
    title = models.CharField("назва", max_length=500)
    parameters = models.JSONField("умови", default=dict)
    reach = models.JSONField(
        "що бачив той, хто просив", default=list, help_text="Номери програм; див. reporting.jobs.reach_of."
    )
    state = models.CharField("стан", max_length=10, choices=JobState, default=JobState.WAITING)
    done = models.PositiveIntegerField("зроблено", default=0)
    total = models.PositiveIntegerField("усього", default=0)
    created_at = models.DateTimeField("коли просили", default=timezone.now)
    started_at = models.DateTimeField("розпочато", null=True)
    touched_at = models.DateTimeField("востаннє подав знак", null=True)
    finished_at = models.DateTimeField("закінчено", null=True)
    error = models.CharField("чому не вдалося", max_length=500, blank=True, default="")
    file = models.FileField("файл", upload_to=stored_under, max_length=200, blank=True)
    file_name = models.CharField("ім’я файла", max_length=200, blank=True, default="")
    content_type = models.CharField("тип", max_length=100, blank=True, default="")
    size = models.PositiveBigIntegerField("розмір, байтів", default=0)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, default="")
    expires_at = models.DateTimeField("діє до", null=True, db_index=True)
    fetched_at = models.DateTimeField("уперше завантажено", null=True)

    class Meta:
        verbose_name = "файл, що готується"
        verbose_name_plural = "файли, що готуються"
        ordering = ["-created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="file_job_done_says_what_and_until_when",
                condition=~models.Q(state=JobState.DONE)
                | (models.Q(expires_at__isnull=False, finished_at__isnull=False) & ~models.Q(sha256="")),
            )
        ]

    def __str__(self) -> str:
        return self.title


class Backup(models.Model):
    """Резервна копія: one attempt to make one. Written by `reporting.backups` alone."""

    started_at = models.DateTimeField("розпочато")
    finished_at = models.DateTimeField("закінчено", null=True)
    file_name = models.CharField("ім’я файла", max_length=200)
    size = models.PositiveBigIntegerField("розмір, байтів", null=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, default="")
    is_ours = models.BooleanField(
        "зроблено порталом",
        default=True,
        help_text="Інакше копію зробили іншим засобом і лише записали про це.",
    )
    error = models.CharField("чому не вдалося", max_length=500, blank=True, default="")

    class Meta:
        verbose_name = "резервна копія"
        verbose_name_plural = "резервні копії"
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="backup_finished_or_failed",
                condition=models.Q(finished_at__isnull=False, error="")
                | (models.Q(finished_at=None) & ~models.Q(error="")),
            )
        ]

    def __str__(self) -> str:
        return self.file_name
