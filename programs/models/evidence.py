"""Evidence: files and links that show what a measure's result says."""

from __future__ import annotations

import datetime
import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import dateformat, timezone
from simple_history.models import HistoricalRecords

from ..enums import EvidenceKind
from ..fields import LinkField, MoneyField
from ..textforms import FIRST_YEAR, NO_BREAK_SPACE, format_decimal_in_full
from .base import never_negative, stamped_in_pairs
from .people import Executor
from .reports import MeasureResult


def stored_under(evidence: Evidence, name: str) -> str:
    """A name nobody chose; the download is named by the evidence's title."""
    return f"evidence/{evidence.result.report_id}/{uuid.uuid4().hex}"


def possible_date(day: datetime.date) -> None:
    """Of a document that somebody holds in hand; «0024» is what a date input makes of a year half typed."""
    told = dateformat.format(day, "d.m.Y")
    if day > timezone.localdate():
        raise ValidationError(f"«{told}» ще не настало. Перевірте дату.", code="future")
    if day.year < FIRST_YEAR:
        raise ValidationError(f"«{told}»: рік має бути не раніший за {FIRST_YEAR}.", code="past")


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
    document_number = models.CharField("номер документа", max_length=60, blank=True, default="")
    document_date = models.DateField("дата документа", null=True, blank=True, validators=[possible_date])
    amount = MoneyField("сума, тис. грн", null=True, blank=True)
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
            *never_negative("evidence", ["amount"]),
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

    @property
    def particulars(self) -> str:
        """«№ 15 від 02.03.2024, 42,35 тис. грн», of it what is known; nothing is «»."""
        number = f"№ {self.document_number}" if self.document_number else ""
        day = f"від {self.document_date:%d.%m.%Y}" if self.document_date else ""
        sum_ = "" if self.amount is None else f"{format_decimal_in_full(self.amount)} тис. грн"
        named = " ".join(part.replace(" ", NO_BREAK_SPACE) for part in (number, day) if part)
        return ", ".join(part for part in (named, sum_.replace(" ", NO_BREAK_SPACE)) if part)
