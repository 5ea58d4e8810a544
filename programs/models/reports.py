"""What was reported: annual reports, one result a measure, amounts by funding source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.functions import Cast, Round
from simple_history.models import HistoricalRecords

from ..calculations import KOPECKS_IN_UNIT, Money, from_kopecks
from ..enums import ExecutionState, ReportState, ZeroReason
from ..fields import MoneyField, PercentField
from .base import Searched, SearchedQuerySet, Versioned, never_negative
from .programs import YEAR_VALIDATORS, FundingSource, Measure, Program

if TYPE_CHECKING:
    from .people import User

NARRATIVE_LIMIT = 10_000


class AnnualReportQuerySet(models.QuerySet["AnnualReport"]):
    def visible_to(self, user: User) -> AnnualReportQuerySet:
        return self.filter(program__in=Program.objects.visible_to(user))

    def not_rejected(self) -> AnnualReportQuerySet:
        """Of programmes that nobody rejected."""
        return self.filter(program__rejected_at=None)


class AnnualReport(Versioned):
    """Річний звіт: one programme, one year. Its texts are copies, so later renames leave it alone."""

    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="reports", verbose_name="програма"
    )
    year = models.PositiveSmallIntegerField("звітний рік", validators=YEAR_VALIDATORS)
    state = models.CharField(
        "стан", max_length=20, choices=ReportState, default=ReportState.DRAFT, editable=False
    )
    program_text = models.CharField(
        "назва програми в заголовку",
        max_length=800,
        blank=True,
        help_text="Рядок під словами «про результати виконання». Якщо порожньо, складається з програми.",
    )
    department_text = models.CharField(
        "відповідальний виконавець у заголовку",
        max_length=400,
        blank=True,
        help_text="Якщо порожньо, друкується назва відповідального виконавця Програми.",
    )
    coexecutors_due = models.DateField("строк для співвиконавців", null=True, blank=True)
    department_due = models.DateField("строк для відповідального виконавця", null=True, blank=True)
    is_transcribed = models.BooleanField(
        "перенесено з паперового звіту",
        default=False,
        help_text="Звіт минулих років, уведений з паперу так, як надруковано.",
    )
    stated_total_percent = PercentField(
        "загальний відсоток, як надруковано",
        null=True,
        blank=True,
        help_text="Лише для звіту, перенесеного з паперу: інакше відсоток рахується з підсумків.",
    )
    is_demonstration = models.BooleanField("демонстраційні дані", default=False, editable=False)
    created_at = models.DateTimeField("створено", auto_now_add=True)
    created_by = models.ForeignKey(
        "programs.User",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="created_reports",
        verbose_name="хто створив",
    )

    history = HistoricalRecords()
    objects = AnnualReportQuerySet.as_manager()

    class Meta:
        verbose_name = "річний звіт"
        verbose_name_plural = "річні звіти"
        ordering = ["program__sort_key", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "year"],
                name="report_once_per_program_year",
                violation_error_message="Звіт цієї програми за цей рік уже є.",
            ),
            models.CheckConstraint(
                name="report_stated_total_only_transcribed",
                condition=models.Q(stated_total_percent__isnull=True) | models.Q(is_transcribed=True),
                violation_error_message=(
                    "Надрукований загальний відсоток може мати лише звіт, перенесений з паперу."
                ),
            ),
            models.CheckConstraint(
                name="report_stated_total_not_negative",
                condition=models.Q(stated_total_percent__isnull=True) | models.Q(stated_total_percent__gte=0),
                violation_error_message="Відсоток не може бути від’ємним.",
            ),
            models.CheckConstraint(
                name="report_deadlines_in_order",
                condition=models.Q(coexecutors_due__isnull=True)
                | models.Q(department_due__isnull=True)
                | models.Q(department_due__gte=models.F("coexecutors_due")),
                violation_error_message=(
                    "Строк відповідального виконавця не може бути раніший за строк співвиконавців."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program} – {self.year} рік"

    def clean(self) -> None:
        if self.program_id and self.year and self.year not in self.program.term:
            raise ValidationError(
                {"year": f"{self.year} рік поза терміном програми ({self.program.term.in_words})."}
            )

    @property
    def report_state(self) -> ReportState:
        return ReportState(self.state)

    @property
    def accepts_figures(self) -> bool:
        return self.report_state.accepts_figures and not self.program.is_rejected

    @property
    def next_edition_number(self) -> int:
        """The number that the next document to be signed prints: one more than the editions so far."""
        return self.editions.count() + 1

    @property
    def printed_program(self) -> str:
        return self.program_text or self.program.printed_title

    @property
    def printed_department(self) -> str:
        return self.department_text or self.program.responsible.printed_name


class Signatory(models.Model):
    """Підписувач: the post and the name under the report, in order."""

    report = models.ForeignKey(
        AnnualReport, on_delete=models.PROTECT, related_name="signatories", verbose_name="звіт"
    )
    position = models.PositiveSmallIntegerField("порядок", default=1)
    post = models.CharField("посада", max_length=300)
    name = models.CharField("власне ім’я ПРІЗВИЩЕ", max_length=200)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "підписувач"
        verbose_name_plural = "підписувачі"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "position"],
                name="signatory_position_once",
                violation_error_message="Підписувач із таким порядковим номером уже є.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.name}"


class MeasureResultQuerySet(SearchedQuerySet["MeasureResult"]):
    def for_report(self, report: AnnualReport) -> MeasureResultQuerySet:
        """A report's rows in printed order with all that a table of them needs: five queries."""
        return (
            self.filter(report=report)
            .select_related("measure__task")
            .prefetch_related("amounts__source", "measure__participations__executor")
            .order_by("measure__task__number", "measure__number", "pk")
        )


class MeasureResult(Searched, Versioned):
    """Виконання заходу: one measure in one annual report. Changed only through `entry`."""

    searched_text = "narrative"

    report = models.ForeignKey(
        AnnualReport, on_delete=models.PROTECT, related_name="results", verbose_name="звіт"
    )
    measure = models.ForeignKey(
        Measure, on_delete=models.PROTECT, related_name="results", verbose_name="захід"
    )
    execution_state = models.CharField(
        "стан виконання", max_length=20, choices=ExecutionState, blank=True, default=""
    )
    stated_percent = PercentField(
        "відсоток за даними виконавця",
        null=True,
        blank=True,
        help_text="Лише якщо відрізняється від розрахункового; потребує обґрунтування.",
    )
    stated_justification = models.CharField("обґрунтування", max_length=1000, blank=True, default="")
    zero_reason = models.CharField(
        "причина відсутності фінансування", max_length=20, choices=ZeroReason, blank=True, default=""
    )
    narrative = models.TextField(
        "інформація про виконання",
        max_length=NARRATIVE_LIMIT,
        # A TextField's own limit is only a form's; figures also come by other ways.
        validators=[MaxLengthValidator(NARRATIVE_LIMIT)],
        blank=True,
        default="",
    )

    history = HistoricalRecords(excluded_fields=["search_key"])
    objects = MeasureResultQuerySet.as_manager()

    class Meta:
        verbose_name = "виконання заходу"
        verbose_name_plural = "виконання заходів"
        ordering = ["report", "measure__task__number", "measure__number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "measure"], name="result_once_per_report_measure"),
            models.CheckConstraint(
                name="result_stated_percent_not_negative",
                condition=models.Q(stated_percent__isnull=True) | models.Q(stated_percent__gte=0),
                violation_error_message="Відсоток не може бути від’ємним.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure.code}, {self.report.year} рік"


class AmountQuerySet(models.QuerySet["Amount"]):
    def totals_by(self, *keys: str) -> dict[tuple[Any, ...], Money]:
        """SQL sums of the three facts, one query, by the values of `keys`: ("result__report", …).

        For pages that show totals of many reports without their rows. Blanks are skipped and a sum of
        blanks is blank, as in `calculations.total`. Added in whole kopecks: SQLite keeps decimals as
        floats, whose sum drifts.
        """
        facts = ("planned", "actual", "financed")
        kopecks = {
            f"{fact}_kopecks": models.Sum(
                Cast(Round(models.F(fact) * KOPECKS_IN_UNIT), models.BigIntegerField())
            )
            for fact in facts
        }
        rows = self.order_by().values_list(*keys).annotate(**kopecks)
        return {row[: len(keys)]: Money(*map(from_kopecks, row[len(keys) :])) for row in rows}


class Amount(models.Model):
    """The three money facts of one result from one funding source, тис. грн; blank is not 0,0."""

    result = models.ForeignKey(
        MeasureResult, on_delete=models.PROTECT, related_name="amounts", verbose_name="виконання заходу"
    )
    source = models.ForeignKey(
        FundingSource, on_delete=models.PROTECT, related_name="amounts", verbose_name="джерело"
    )
    planned = MoneyField("план", null=True, blank=True)
    actual = MoneyField("факт", null=True, blank=True)
    financed = MoneyField("профінансовано", null=True, blank=True)

    history = HistoricalRecords()
    objects = AmountQuerySet.as_manager()

    class Meta:
        verbose_name = "сума"
        verbose_name_plural = "суми"
        ordering = ["result", "source__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["result", "source"], name="amount_once_per_source"),
            *never_negative("amount", ("planned", "actual", "financed")),
        ]

    def __str__(self) -> str:
        return f"{self.result}: {self.source}"
