"""The journal: every step of every report, each event carrying the hash of the one before."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from ..enums import EventKind
from .reports import AnnualReport


class JournalHead(models.Model):
    """The last event's number and hash. One row, locked while an event is added: no forks."""

    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "кінець журналу"
        verbose_name_plural = "кінець журналу"

    def __str__(self) -> str:
        return f"{self.number}: {self.hash}"


class Event(models.Model):
    """One step. Append-only; written by `journal.record` alone."""

    number = models.PositiveBigIntegerField("номер", primary_key=True)
    kind = models.CharField("подія", max_length=30, choices=EventKind)
    happened_at = models.DateTimeField("коли")
    by = models.ForeignKey("programs.User", on_delete=models.PROTECT, related_name="+", verbose_name="хто")
    report = models.ForeignKey(
        AnnualReport, on_delete=models.PROTECT, null=True, related_name="events", verbose_name="звіт"
    )
    details = models.JSONField("подробиці", default=dict, encoder=DjangoJSONEncoder)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "подія"
        verbose_name_plural = "журнал"
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}. {self.get_kind_display()}"
