"""Evidence: files and links that show what a measure's result says."""

from __future__ import annotations

import uuid

from django.db import models
from simple_history.models import HistoricalRecords

from ..enums import EvidenceKind
from ..fields import LinkField
from .base import stamped_in_pairs
from .people import Executor
from .reports import MeasureResult


def stored_under(evidence: Evidence, name: str) -> str:
    """A name nobody chose; the download is named by the evidence's title."""
    return f"evidence/{evidence.result.report_id}/{uuid.uuid4().hex}"


class Evidence(models.Model):
    """Доказ: a file or a link attached to a result. Withdrawn, never deleted."""

    result = models.ForeignKey(
        MeasureResult, on_delete=models.PROTECT, related_name="evidence", verbose_name="виконання заходу"
    )
    executor = models.ForeignKey(
        Executor,
        on_delete=models.PROTECT,
        related_name="evidence",
        verbose_name="від кого",
    )
    kind = models.CharField("вид", max_length=10, choices=EvidenceKind, default=EvidenceKind.FILE)
    title = models.CharField("назва", max_length=200)
    url = LinkField("посилання", max_length=1000, blank=True, default="")
    file = models.FileField("файл", upload_to=stored_under, max_length=200, blank=True)
    content_type = models.CharField("тип", max_length=100, blank=True, default="")
    size = models.PositiveBigIntegerField("розмір, байтів", default=0)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, default="")
    added_at = models.DateTimeField("додано", auto_now_add=True)
    added_by = models.ForeignKey(
        "programs.User", on_delete=models.PROTECT, related_name="+", verbose_name="хто додав"
    )
    withdrawn_at = models.DateTimeField("вилучено", null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        "programs.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="хто вилучив",
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = "підтвердження"
        verbose_name_plural = "підтвердження"
        ordering = ["result", "added_at", "pk"]
        constraints = [
            stamped_in_pairs("evidence_withdrawn_in_pairs", "withdrawn_at", "withdrawn_by"),
            models.UniqueConstraint(
                name="evidence_file_once_per_result",
                fields=["result", "sha256"],
                condition=models.Q(kind=EvidenceKind.FILE, withdrawn_at=None),
            ),
            models.UniqueConstraint(
                name="evidence_link_once_per_result",
                fields=["result", "url"],
                condition=models.Q(kind=EvidenceKind.LINK, withdrawn_at=None),
            ),
            models.CheckConstraint(
                name="evidence_is_file_or_link",
                condition=(models.Q(kind=EvidenceKind.FILE, url="") & ~models.Q(file=""))
                | (models.Q(kind=EvidenceKind.LINK, file="") & ~models.Q(url="")),
            ),
        ]

    def __str__(self) -> str:
        return self.title
