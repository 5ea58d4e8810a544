"""What the council decided: programmes, their tasks and measures, plans by decision."""

from __future__ import annotations

import datetime
import itertools
import re
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from simple_history.models import HistoricalRecords

from .. import textforms
from ..enums import DecisionKind, PercentBase
from ..fields import LinkField, MoneyField, TermField
from ..textforms import Term
from .base import Searched, SearchedQuerySet, Versioned
from .people import Executor

if TYPE_CHECKING:
    from .people import User

YEAR_VALIDATORS = [
    MinValueValidator(textforms.FIRST_YEAR, f"Рік не може бути раніший за {textforms.FIRST_YEAR}."),
    MaxValueValidator(textforms.LAST_YEAR, f"Рік не може бути пізніший за {textforms.LAST_YEAR}."),
]


class ProgramQuerySet(models.QuerySet["Program"]):
    def visible_to(self, user: User) -> ProgramQuerySet:
        """All for auditors and programme administrators; else those the user's bodies take part in.

        Rejected ones are seen by administrators and by the department that brought them in alone.
        """
        if not user.is_active:
            return self.none()
        if user.is_program_admin:
            return self
        mine = user.appointments.current().values("executor_id")
        own = models.Q(responsible__in=mine)
        if user.is_auditor:
            return self.filter(own | models.Q(rejected_at=None))
        takes_part = Participation.objects.filter(executor__in=mine).values("measure__task__program_id")
        return self.filter(own | models.Q(rejected_at=None, pk__in=takes_part))

    def not_rejected(self) -> ProgramQuerySet:
        """Those that figures and decisions are told of, and that files may mean."""
        return self.filter(rejected_at=None)

    def managed_by(self, user: User) -> ProgramQuerySet:
        """None that were rejected. All for programme administrators.

        For people of a body those it answers for and brought in, until these are confirmed; by a setting,
        all that it answers for, for good.
        """
        if not user.is_active:
            return self.none()
        kept = self.not_rejected()
        if user.is_program_admin:
            return kept
        own = kept.filter(responsible__in=user.appointments.current().values("executor_id"))
        return own if settings.DEPARTMENTS_MANAGE_PROGRAMS else own.filter(awaits_confirmation=True)

    def approved_by(self, number: str, date: datetime.date) -> Program | None:
        """The one that this decision approved, were it not rejected; compared as `public_id` spells numbers.

        Not by the programme's own `public_id`, which may have got «-2», or stayed when a number was mended.
        """
        day = date.isoformat()
        wanted = textforms.public_id(number, day)
        approving = Decision.objects.filter(
            kind=DecisionKind.APPROVES, date=date, program__in=self.not_rejected()
        )
        for program_id, spelled in approving.order_by("pk").values_list("program_id", "number"):
            if textforms.public_id(spelled, day) == wanted:
                return self.get(pk=program_id)
        return None


class Program(Versioned):
    """Програма. Its public identity is «number-ISO date» of the approving decision."""

    # NULL until the approving decision is known: two unnamed programmes may stand side by side.
    public_id = models.SlugField(  # noqa: DJ001
        "ідентифікатор",
        # A number of 60 signs, transliterated, with the date.
        max_length=260,
        unique=True,
        null=True,
        editable=False,
        help_text="Номер і дата рішення, яким затверджено програму: 1688-2019-12-18.",
    )
    kind = models.CharField("вид", max_length=200, help_text="Наприклад: цільова соціальна програма.")
    title = models.CharField("назва", max_length=500, help_text="Без лапок і років.")
    start_year = models.PositiveSmallIntegerField("рік початку", validators=YEAR_VALIDATORS)
    end_year = models.PositiveSmallIntegerField("рік завершення", validators=YEAR_VALIDATORS)
    responsible = models.ForeignKey(
        Executor,
        on_delete=models.PROTECT,
        related_name="programs",
        verbose_name="відповідальний виконавець Програми",
    )
    budget_codes = models.CharField(
        "КПКВК МБ", max_length=200, blank=True, help_text="Один або кілька кодів через кому."
    )
    percent_base = models.CharField(
        "основа відсотка виконання",
        max_length=10,
        choices=PercentBase,
        default=PercentBase.PLANNED,
        help_text="Від чого рахувати відсоток: профінансовано ÷ річний план або ÷ річний факт.",
    )
    awaits_confirmation = models.BooleanField(
        "чекає на підтвердження",
        default=False,
        editable=False,
        help_text="Внесена відповідальним виконавцем; звіт не подають, доки її не підтвердить адміністратор.",
    )
    # Nothing of it is deleted: the journal tells of its reports.
    rejected_at = models.DateTimeField("відхилено", null=True, editable=False)
    search_key = models.CharField(max_length=1500, editable=False)
    sort_key = models.CharField(max_length=300, db_index=True, editable=False)

    history = HistoricalRecords(excluded_fields=["search_key", "sort_key"])
    objects = ProgramQuerySet.as_manager()

    class Meta:
        verbose_name = "програма"
        verbose_name_plural = "програми"
        ordering = ["sort_key", "pk"]
        constraints = [
            models.CheckConstraint(
                name="program_ends_after_start",
                condition=models.Q(end_year__gte=models.F("start_year")),
                violation_error_message="Рік завершення не може бути раніший за рік початку.",
            ),
            models.CheckConstraint(
                name="program_rejected_waits_no_more",
                condition=models.Q(rejected_at=None) | models.Q(awaits_confirmation=False),
                violation_error_message="Відхилена програма підтвердження вже не чекає.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if re.fullmatch(r"\s*(«[^«»]*»|\"[^\"]*\"|“[^“”]*”)\s*", self.title):
            raise ValidationError({"title": "Введіть назву без лапок: у звіті вони додаються самі."})
        self._keep_percent_base()

    def _keep_percent_base(self) -> None:
        """What a signed document counts its percents of, lists and extracts must count of too."""
        agreed = self.reports.filter(frozen_reports__isnull=False) if self.pk else None
        years = sorted(set(agreed.values_list("year", flat=True))) if agreed is not None else []
        if years and not Program.objects.filter(pk=self.pk, percent_base=self.percent_base).exists():
            said = ", ".join(map(str, years))
            raise ValidationError(
                {"percent_base": f"Від цієї основи пораховано погоджені звіти ({said}), тому вона лишається."}
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_key = textforms.search_key(f"{self.kind} {self.title}")
        self.sort_key = textforms.sort_key(self.title)
        super().save(*args, **kwargs)

    @property
    def term(self) -> Term:
        return Term.of(range(self.start_year, self.end_year + 1))

    @property
    def printed_title(self) -> str:
        return f"{self.kind} «{self.title}» на {self.term.in_words}"

    def take_public_id(self, decision: Decision) -> None:
        """Name the programme by its approving decision; a second one of the same decision gets «-2».

        Once a report exists the name stays, even if the decision's number is mended: links,
        commands and open data lean on it.
        """
        if self.is_rejected or (self.public_id and self.reports.exists()):
            return
        wanted = textforms.public_id(decision.number, decision.date.isoformat())
        if self.public_id and re.fullmatch(re.escape(wanted) + r"(-\d+)?", self.public_id):
            return
        taken = set(Program.objects.filter(public_id__startswith=wanted).values_list("public_id", flat=True))
        names = itertools.chain([wanted], (f"{wanted}-{n}" for n in itertools.count(2)))
        self.public_id = next(name for name in names if name not in taken)
        self.save(update_fields=["public_id"])

    def give_up_public_id(self) -> None:
        """Free the decision for another programme; in memory only, as one that is saved by its caller."""
        if self.public_id:
            ending = f"-vidkhyleno-{self.pk}"
            longest = Program._meta.get_field("public_id").max_length or 0
            self.public_id = self.public_id[: longest - len(ending)] + ending

    @property
    def is_rejected(self) -> bool:
        return self.rejected_at is not None

    @property
    def approving_decision(self) -> Decision | None:
        return next((d for d in self.decisions.all() if d.kind == DecisionKind.APPROVES), None)


class Decision(models.Model):
    """Рішення ради that approves a programme or amends it. An amendment never erases older plans."""

    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="decisions", verbose_name="програма"
    )
    kind = models.CharField("що робить", max_length=20, choices=DecisionKind, default=DecisionKind.AMENDS)
    number = models.CharField("номер", max_length=60)
    date = models.DateField("дата")
    title = models.CharField("назва рішення", max_length=500, blank=True)
    url = LinkField("посилання", blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "рішення ради"
        verbose_name_plural = "рішення ради"
        ordering = ["date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "number", "date"],
                name="decision_once_per_program",
                violation_error_message="Таке рішення (номер і дата) у програмі вже є.",
            ),
            models.UniqueConstraint(
                fields=["program"],
                condition=models.Q(kind=DecisionKind.APPROVES),
                name="decision_one_approves",
                violation_error_message="Програму затверджує одне рішення; решта вносять зміни.",
            ),
        ]

    def __str__(self) -> str:
        return f"№{self.number} від {self.date:%d.%m.%Y}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        if self.kind == DecisionKind.APPROVES:
            self.program.take_public_id(self)


class TaskQuerySet(SearchedQuerySet["Task"]):
    """Завдання; bulk writes keep their search keys."""


class Task(Searched):
    """Завдання, numbered 1, 2, 3 … within its programme."""

    searched_text = "text"

    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="tasks", verbose_name="програма"
    )
    number = models.PositiveSmallIntegerField(
        "№", validators=[MinValueValidator(1, "Нумерація починається з 1.")]
    )
    text = models.TextField(
        "завдання",
        max_length=600,
        help_text="До 600 знаків: текст друкується однією клітинкою й має вміститися на сторінці.",
    )

    history = HistoricalRecords(excluded_fields=["search_key"])
    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = "завдання"
        verbose_name_plural = "завдання"
        ordering = ["program", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "number"],
                name="task_number_once_per_program",
                violation_error_message="Завдання з таким номером у програмі вже є.",
            ),
            models.CheckConstraint(
                name="task_number_positive",
                condition=models.Q(number__gte=1),
                violation_error_message="Нумерація завдань починається з 1.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"


class MeasureQuerySet(SearchedQuerySet["Measure"]):
    def of_program(self, program: Program) -> MeasureQuerySet:
        return self.filter(task__program=program)

    def in_force(self, year: int) -> MeasureQuerySet:
        """Introduced by the end of the year and not withdrawn before the year began.

        A measure outside its term is in force all the same: it stays in the table.
        """
        introduced = models.Q(introduced_by__isnull=True) | models.Q(introduced_by__date__year__lte=year)
        standing = models.Q(withdrawn_by__isnull=True) | models.Q(withdrawn_by__date__year__gte=year)
        return self.filter(introduced, standing)


class Measure(Searched, Versioned):
    """Захід, numbered within its task: 1.1 … 2.12, where 2.10 comes after 2.9."""

    searched_text = "title"

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="measures", verbose_name="завдання")
    number = models.PositiveSmallIntegerField(
        "№ у завданні", validators=[MinValueValidator(1, "Нумерація починається з 1.")]
    )
    title = models.TextField("зміст заходу", max_length=3000)
    term = TermField("термін виконання (роки)", help_text="Роки: «2020-2025» або «2021, 2023».")
    term_text = models.CharField(
        "термін, як друкується",
        max_length=200,
        blank=True,
        help_text="Якщо порожньо, друкуються роки.",
    )
    executors_text = models.TextField(
        "виконавці, як друкується",
        max_length=3000,
        blank=True,
        help_text="Текст графи «Виконавці» слово в слово. Якщо порожньо, друкується перелік виконавців.",
    )
    introduced_by = models.ForeignKey(
        Decision,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="introduced_measures",
        verbose_name="введено рішенням",
    )
    withdrawn_by = models.ForeignKey(
        Decision,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="withdrawn_measures",
        verbose_name="виключено рішенням",
    )
    executors: models.ManyToManyField[Executor, Participation] = models.ManyToManyField(
        Executor, through="Participation", related_name="measures", verbose_name="виконавці"
    )

    history = HistoricalRecords(excluded_fields=["search_key"])
    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = "захід"
        verbose_name_plural = "заходи"
        ordering = ["task__program", "task__number", "number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "number"],
                condition=models.Q(withdrawn_by__isnull=True),
                name="measure_number_once_per_task",
                violation_error_message="Захід із таким номером у завданні вже є.",
            ),
            models.CheckConstraint(
                name="measure_number_positive",
                condition=models.Q(number__gte=1),
                violation_error_message="Нумерація заходів починається з 1.",
            ),
            models.CheckConstraint(
                name="measure_has_term",
                condition=~models.Q(term=""),
                violation_error_message="Вкажіть термін виконання.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def clean(self) -> None:
        if self.task_id is None:
            return
        for name in ("introduced_by", "withdrawn_by"):
            decision = getattr(self, name)
            if decision is not None and decision.program_id != self.task.program_id:
                raise ValidationError({name: "Це рішення стосується іншої програми."})
        program_term = self.task.program.term
        if isinstance(self.term, Term) and (outside := [y for y in self.term if y not in program_term]):
            raise ValidationError(
                {"term": f"{Term.of(outside)} поза терміном програми ({program_term.in_words})."}
            )

    @property
    def code(self) -> str:
        return f"{self.task.number}.{self.number}"

    @property
    def printed_term(self) -> str:
        return self.term_text or str(self.term)


class Participation(models.Model):
    """One executor's part in one measure, in printed order. «(за згодою)» belongs here."""

    measure = models.ForeignKey(
        Measure, on_delete=models.PROTECT, related_name="participations", verbose_name="захід"
    )
    executor = models.ForeignKey(
        Executor, on_delete=models.PROTECT, related_name="participations", verbose_name="виконавець"
    )
    position = models.PositiveSmallIntegerField("порядок", default=1)
    by_consent = models.BooleanField("за згодою", default=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "участь виконавця"
        verbose_name_plural = "виконавці заходу"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "executor"],
                name="participation_once_per_measure",
                violation_error_message="Цього виконавця вже записано до заходу.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.executor} (за згодою)" if self.by_consent else str(self.executor)


class FundingSource(models.Model):
    """Джерело фінансування. Names the line of the form it is summed into; blank means none."""

    code = models.SlugField("код", max_length=40, unique=True)
    name = models.CharField("назва", max_length=200, unique=True)
    form_line = models.CharField(
        "рядок форми",
        max_length=200,
        blank=True,
        help_text="Рядок під підсумком, до якого входять суми цього джерела. Порожньо: до жодного.",
    )
    position = models.PositiveSmallIntegerField("порядок", default=1)
    is_active = models.BooleanField("діє", default=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "джерело фінансування"
        verbose_name_plural = "джерела фінансування"
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class PlannedFundingQuerySet(models.QuerySet["PlannedFunding"]):
    def of_year(self, program: Program, year: int) -> PlannedFundingQuerySet:
        """Plans of one programme's year in the order of their decisions, the newest last.

        What was decided after the year's end changes nothing in it.
        """
        return self.filter(
            measure__task__program=program, year=year, decision__date__year__lte=year
        ).order_by("decision__date", "decision_id", "source__position")


class PlannedFunding(models.Model):
    """Planned funding of a measure for a year by one decision and source, тис. грн.

    The newest decision that says anything about a measure's year replaces its whole plan for
    that year; older rows stay as they were.
    """

    measure = models.ForeignKey(
        Measure, on_delete=models.PROTECT, related_name="planned_funding", verbose_name="захід"
    )
    year = models.PositiveSmallIntegerField("рік", validators=YEAR_VALIDATORS)
    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, related_name="planned_funding", verbose_name="рішення"
    )
    source = models.ForeignKey(
        FundingSource, on_delete=models.PROTECT, related_name="planned_funding", verbose_name="джерело"
    )
    amount = MoneyField("план, тис. грн")

    history = HistoricalRecords()
    objects = PlannedFundingQuerySet.as_manager()

    class Meta:
        verbose_name = "план фінансування"
        verbose_name_plural = "план за роками й рішеннями"
        ordering = ["year", "decision__date", "source__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "year", "decision", "source"],
                name="planned_funding_once",
                violation_error_message="План на цей рік за цим рішенням і джерелом уже є.",
            ),
            models.CheckConstraint(
                name="planned_funding_not_negative",
                condition=models.Q(amount__gte=0),
                violation_error_message="Сума не може бути від’ємною.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure.code}, {self.year}: {textforms.format_decimal_in_full(self.amount)} тис. грн"

    def clean(self) -> None:
        if not self.measure_id:
            return
        program = self.measure.task.program
        wrong = {}
        if self.decision_id and self.decision.program_id != program.pk:
            wrong["decision"] = "Це рішення стосується іншої програми."
        if self.year and self.year not in program.term:
            # No report of that year can be opened, so the sum would never be seen again.
            wrong["year"] = f"{self.year} рік поза терміном програми ({program.term.in_words})."
        if wrong:
            raise ValidationError(wrong)
