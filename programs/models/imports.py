"""Files on their way in: read, shown to the person who sent them, not applied yet."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class StagedImportQuerySet(models.QuerySet["StagedImport"]):
    def standing(self) -> StagedImportQuerySet:
        return self.filter(expires_at__gt=timezone.now())


class StagedImport(models.Model):
    """Підготовлений імпорт: what was read from one person's file. It is theirs alone, and it expires.

    The file itself is not kept, only what stood in its cells.
    """

    owner = models.ForeignKey(
        "programs.User", on_delete=models.CASCADE, related_name="staged_imports", verbose_name="чий"
    )
    file_name = models.CharField("файл", max_length=255)
    sha256 = models.CharField("SHA-256 файлу", max_length=64)
    kind = models.CharField("вид", max_length=30)
    book = models.BinaryField("прочитане", help_text="Таблиці файлу: JSON, стиснутий zlib.")
    answers = models.JSONField("відповіді", default=dict)
    staged_at = models.DateTimeField("надіслано", default=timezone.now)
    expires_at = models.DateTimeField("діє до", db_index=True)

    objects = StagedImportQuerySet.as_manager()

    class Meta:
        verbose_name = "підготовлений імпорт"
        verbose_name_plural = "підготовлені імпорти"
        ordering = ["-staged_at", "pk"]

    def __str__(self) -> str:
        return self.file_name
