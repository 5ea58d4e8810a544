"""Reminders that were sent, so that nobody gets the same one twice."""

from __future__ import annotations

from django.db import models

from ..enums import DeadlineKind, ReminderMoment
from .people import Executor
from .reports import AnnualReport


class Reminder(models.Model):
    """Нагадування: one letter to one person about one deadline."""

    report = models.ForeignKey(
        AnnualReport, on_delete=models.PROTECT, related_name="reminders", verbose_name="звіт"
    )
    executor = models.ForeignKey(
        Executor, on_delete=models.PROTECT, related_name="+", verbose_name="виконавець"
    )
    recipient = models.ForeignKey(
        "programs.User", on_delete=models.PROTECT, related_name="+", verbose_name="кому"
    )
    deadline = models.CharField("про який строк", max_length=20, choices=DeadlineKind)
    moment = models.CharField("чому", max_length=20, choices=ReminderMoment)
    due_on = models.DateField("строк", null=True)
    day = models.DateField(
        "за який день", help_text="Строк, якщо нагадав годинник; день прохання, якщо попросили люди."
    )
    sent_at = models.DateTimeField("надіслано", auto_now_add=True)
    asked_by = models.ForeignKey(
        "programs.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="хто попросив"
    )

    class Meta:
        verbose_name = "нагадування"
        verbose_name_plural = "нагадування"
        ordering = ["report", "sent_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "executor", "recipient", "deadline", "moment", "day"],
                name="reminder_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.get_moment_display()}, {self.day:%d.%m.%Y}"
