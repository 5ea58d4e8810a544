"""The way of a report: what was submitted, what the head remarked, what the council decided."""

from __future__ import annotations

from django.db import models

from ..enums import CouncilOutcome
from .reports import AnnualReport, MeasureResult


class Submission(models.Model):
    """Подання: the report's document as it went to the head. Append-only."""

    report = models.ForeignKey(
        AnnualReport, on_delete=models.PROTECT, related_name="submissions", verbose_name="звіт"
    )
    number = models.PositiveSmallIntegerField("номер подання")
    submitted_at = models.DateTimeField("подано")
    submitted_by = models.ForeignKey(
        "programs.User", on_delete=models.PROTECT, related_name="+", verbose_name="хто подав"
    )
    document = models.TextField("документ", help_text="Канонічний JSON документа.")
    sha256 = models.CharField("SHA-256 документа", max_length=64)
    acknowledged = models.JSONField(
        "прийняті попередження", default=list, help_text="Результати перевірки, з якими звіт подано."
    )

    class Meta:
        verbose_name = "подання"
        verbose_name_plural = "подання"
        ordering = ["report", "number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="submission_number_once_per_report")
        ]

    def __str__(self) -> str:
        return f"{self.report}, подання {self.number}"


class Remark(models.Model):
    """Зауваження: what the head wrote when returning, on the whole or on a measure. Append-only."""

    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="remarks", verbose_name="подання"
    )
    result = models.ForeignKey(
        MeasureResult,
        on_delete=models.PROTECT,
        null=True,
        related_name="remarks",
        verbose_name="виконання заходу",
    )
    text = models.TextField("зауваження", max_length=3000)
    written_at = models.DateTimeField("написано")
    written_by = models.ForeignKey(
        "programs.User", on_delete=models.PROTECT, related_name="+", verbose_name="хто написав"
    )

    class Meta:
        verbose_name = "зауваження"
        verbose_name_plural = "зауваження"
        ordering = ["submission", "result__measure__task__number", "result__measure__number", "pk"]

    def __str__(self) -> str:
        return self.text


class CouncilDecision(models.Model):
    """What the council decided about a report: «взято до відома», «знято з контролю». Append-only."""

    report = models.ForeignKey(
        AnnualReport, on_delete=models.PROTECT, related_name="council_decisions", verbose_name="звіт"
    )
    outcome = models.CharField("що вирішено", max_length=20, choices=CouncilOutcome)
    number = models.CharField("номер рішення", max_length=60)
    date = models.DateField("дата рішення")
    recorded_at = models.DateTimeField("записано")
    recorded_by = models.ForeignKey(
        "programs.User", on_delete=models.PROTECT, related_name="+", verbose_name="хто записав"
    )

    class Meta:
        verbose_name = "рішення ради щодо звіту"
        verbose_name_plural = "рішення ради щодо звіту"
        ordering = ["report", "date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "outcome", "number", "date"],
                name="council_decision_once",
                violation_error_message="Таке рішення щодо цього звіту вже записано.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: №{self.number} від {self.date:%d.%m.%Y}"
