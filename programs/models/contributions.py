"""What co-executors send for the measures they take part in, before it becomes the printed row."""

from __future__ import annotations

from django.core.validators import MaxLengthValidator
from django.db import models
from simple_history.models import HistoricalRecords

from ..fields import MoneyField
from .base import Versioned, never_negative, stamped_in_pairs
from .people import Executor
from .programs import FundingSource
from .reports import NARRATIVE_LIMIT, AnnualReport, MeasureResult


class Contribution(Versioned):
    """Інформація співвиконавця: one executor's word on one measure. Changed only through `contributing`.

    It never changes the printed row by itself: somebody takes it in, and `taken_version` remembers
    which version they took, so what came in later shows.
    """

    result = models.ForeignKey(
        MeasureResult,
        on_delete=models.PROTECT,
        related_name="contributions",
        verbose_name="виконання заходу",
    )
    executor = models.ForeignKey(
        Executor, on_delete=models.PROTECT, related_name="contributions", verbose_name="співвиконавець"
    )
    narrative = models.TextField(
        "інформація про виконання",
        max_length=NARRATIVE_LIMIT,
        validators=[MaxLengthValidator(NARRATIVE_LIMIT)],
        blank=True,
        default="",
    )
    letter_number = models.CharField("номер листа", max_length=60, blank=True, default="")
    letter_date = models.DateField("дата листа", null=True, blank=True)
    changed_at = models.DateTimeField("востаннє змінено", editable=False)
    changed_by = models.ForeignKey(
        "programs.User", on_delete=models.PROTECT, related_name="+", editable=False, verbose_name="хто вніс"
    )
    is_on_behalf = models.BooleanField(
        "за співвиконавця", default=False, editable=False, help_text="Вніс відповідальний виконавець."
    )
    taken_version = models.PositiveIntegerField("узята версія", null=True, editable=False)
    taken_at = models.DateTimeField("узято в рядок", null=True, editable=False)
    taken_by = models.ForeignKey(
        "programs.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="хто взяв",
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = "інформація співвиконавця"
        verbose_name_plural = "інформація співвиконавців"
        ordering = ["result", "executor__sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["result", "executor"], name="contribution_once_per_executor"),
            stamped_in_pairs("contribution_taken_in_pairs", "taken_at", "taken_by"),
        ]

    def __str__(self) -> str:
        return f"{self.result}: {self.executor}"

    @property
    def is_filled(self) -> bool:
        """Says something about the work or the money; a letter's number alone does not."""
        return bool(self.narrative) or any(
            fact is not None for amount in self.amounts.all() for fact in (amount.actual, amount.financed)
        )

    @property
    def is_newer_than_taken(self) -> bool:
        """Changed after somebody took it into the printed row."""
        return self.taken_version is not None and self.version > self.taken_version


class ContributedAmount(models.Model):
    """What a co-executor spent and received from one funding source, тис. грн.

    The plan is not theirs to name: it comes from the council's decisions.
    """

    contribution = models.ForeignKey(
        Contribution, on_delete=models.PROTECT, related_name="amounts", verbose_name="інформація"
    )
    source = models.ForeignKey(
        FundingSource, on_delete=models.PROTECT, related_name="+", verbose_name="джерело"
    )
    actual = MoneyField("факт", null=True, blank=True)
    financed = MoneyField("профінансовано", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "сума співвиконавця"
        verbose_name_plural = "суми співвиконавців"
        ordering = ["contribution", "source__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contribution", "source"], name="contributed_amount_once_per_source"
            ),
            *never_negative("contributed_amount", ("actual", "financed")),
        ]

    def __str__(self) -> str:
        return f"{self.contribution}: {self.source}"


class ExecutorPart(Versioned):
    """One co-executor's whole part in a report: «Інформацію подано», who said so and when."""

    report = models.ForeignKey(
        AnnualReport, on_delete=models.PROTECT, related_name="parts", verbose_name="звіт"
    )
    executor = models.ForeignKey(
        Executor, on_delete=models.PROTECT, related_name="parts", verbose_name="співвиконавець"
    )
    submitted_at = models.DateTimeField("інформацію подано", null=True, editable=False)
    submitted_by = models.ForeignKey(
        "programs.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="хто подав",
    )
    is_on_behalf = models.BooleanField(
        "за співвиконавця", default=False, editable=False, help_text="Відмітив відповідальний виконавець."
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = "частина співвиконавця"
        verbose_name_plural = "частини співвиконавців"
        ordering = ["report", "executor__sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "executor"], name="part_once_per_executor"),
            stamped_in_pairs("part_submitted_in_pairs", "submitted_at", "submitted_by"),
        ]

    def __str__(self) -> str:
        return f"{self.report}: {self.executor}"
