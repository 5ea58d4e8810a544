"""The only door for what co-executors send: their information, its way into the row, «Інформацію подано».

Every call locks the report, checks state and rights, compares versions under that lock, and writes
with its history, in one transaction: all of it or nothing. A contribution never changes the printed
row by itself; `take` puts it there, through `entry`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from . import journal, permissions
from .calculations import BLANK, Money, total_money_by
from .entry import ResultEntry, save_results
from .enums import EventKind, ExecutorKind
from .models import (
    AnnualReport,
    Appointment,
    ContributedAmount,
    Contribution,
    Executor,
    ExecutorPart,
    FundingSource,
    MeasureResult,
    User,
)
from .textforms import clean_text

CONTRIBUTED_FACTS = ("actual", "financed")


class ContributingError(Exception):
    """Nothing was written; the message is a Ukrainian sentence."""


class ContributionRefused(ContributingError):
    """The report's state, a part already submitted or the person's rights do not allow it."""


class InvalidContribution(ContributingError):
    """A value that cannot stand."""


class StaleContribution(ContributingError):
    """Somebody changed it meanwhile. `theirs` is what stands now."""

    def __init__(self, theirs: Contribution) -> None:
        self.theirs = theirs
        super().__init__(
            "Поки ви працювали, цю інформацію змінили. Ваше не записано, але лишилося у формі: "
            "порівняйте обидва варіанти й оберіть."
        )


class StaleTaking(ContributingError):
    """What was to be taken into the row is no longer what the page showed."""

    def __init__(self, changed: Iterable[Contribution]) -> None:
        bodies = ", ".join(f"«{contribution.executor}»" for contribution in changed)
        super().__init__(
            f"Поки ви дивилися, інформацію змінили: {bodies}. У рядок нічого не взято; "
            "перегляньте нове й візьміть ще раз."
        )


# --- one co-executor's word on one measure -----------------------------------------------


@transaction.atomic
def save_contribution(
    result: MeasureResult,
    executor: Executor,
    *,
    by: User,
    version: int,
    narrative: str = "",
    letter_number: str = "",
    letter_date: datetime.date | None = None,
    amounts: Mapping[int, Money] | None = None,
) -> Contribution:
    """Write what `executor` says of the measure; the same thing again changes nothing.

    `version` is the one that the form was opened with, 0 where there was none yet. `amounts` are in
    тис. грн by funding source id: `actual` and `financed`; the plan comes from decisions and is not
    read here. Sources not named stay as they are. Raises ContributionRefused, StaleContribution or
    InvalidContribution; then nothing is written.
    """
    report = _locked(result.report)
    result = MeasureResult.objects.select_related("measure").get(pk=result.pk, report=report)
    result.report = report
    if not permissions.can_send_contribution(by, result, executor):
        raise ContributionRefused(
            "Інформацію про захід вносять його співвиконавець або відповідальний виконавець Програми. "
            "Нічого не записано."
        )
    is_own = permissions.speaks_for(by, executor)
    if is_own and not permissions.works_on_report(by, report) and _is_submitted(report, executor):
        raise ContributionRefused(
            "Ви вже відмітили «Інформацію подано», тому змін не записано. "
            "Відкличте подання, внесіть зміни й подайте ще раз."
        )
    standing = result.contributions.filter(executor=executor).prefetch_related("amounts").first()
    contribution = standing or Contribution(result=result, executor=executor, version=0)
    texts = _differing(
        contribution,
        {"narrative": narrative, "letter_number": letter_number, "letter_date": letter_date},
    )
    sums = _differing_amounts(contribution, amounts or {})
    if not texts and not sums:
        if standing is None:
            raise InvalidContribution("Зберігати ще нічого: впишіть, що зроблено, або хоча б одну суму.")
        return standing
    if contribution.version != version:
        raise StaleContribution(contribution)
    return _write(contribution, texts, sums, by=by, is_on_behalf=not is_own)


def _differing(owner: models.Model, values: Mapping[str, Any], place: str = "") -> dict[str, Any]:
    """Of the values, cleaned by their model fields, those that are not there yet."""
    differs = {}
    for name, value in values.items():
        model_field: Any = type(owner)._meta.get_field(name)
        try:
            cleaned = model_field.clean(clean_text(value) if isinstance(value, str) else value, owner)
        except ValidationError as error:
            raise InvalidContribution(
                f"Нічого не записано. {model_field.verbose_name}{place}: {' '.join(error.messages)}"
            ) from error
        if getattr(owner, name) != cleaned:
            differs[name] = cleaned
    return differs


def _differing_amounts(
    contribution: Contribution, amounts: Mapping[int, Money]
) -> list[tuple[ContributedAmount, dict[str, Any]]]:
    standing = {amount.source_id: amount for amount in contribution.amounts.all()} if contribution.pk else {}
    sources = FundingSource.objects.in_bulk(list(amounts))
    found = []
    for source_id, money in amounts.items():
        if source_id not in sources:
            raise ContributionRefused(
                "Такого джерела фінансування немає. Нічого не записано; оновіть сторінку."
            )
        amount = standing.get(source_id) or ContributedAmount(source_id=source_id)
        facts = {name: getattr(money, name) for name in CONTRIBUTED_FACTS}
        if differs := _differing(amount, facts, f" ({sources[source_id]})"):
            found.append((amount, differs))
    return found


def _write(
    contribution: Contribution,
    texts: Mapping[str, Any],
    sums: Iterable[tuple[ContributedAmount, Mapping[str, Any]]],
    *,
    by: User,
    is_on_behalf: bool,
) -> Contribution:
    for name, value in texts.items():
        setattr(contribution, name, value)
    contribution.version += 1
    contribution.changed_at, contribution.changed_by = timezone.now(), by
    contribution.is_on_behalf = is_on_behalf
    _save(contribution, by)
    for amount, differs in sums:
        amount.contribution = contribution
        for name, value in differs.items():
            setattr(amount, name, value)
        _save(amount, by)
    return Contribution.objects.prefetch_related("amounts").get(pk=contribution.pk)


# --- into the printed row ----------------------------------------------------------------


@transaction.atomic
def take(result: MeasureResult, seen: Mapping[int, int], *, by: User, version: int, replace: bool) -> None:
    """Put the chosen contributions into the printed row, through `entry`.

    `seen` is contribution id → the version that the page showed; `version` is the row's. Sums are
    added up by source and stand in the row's place of fact and financing; the plan, other sources and
    facts that nobody named stay. Texts take the narrative's place, or are added below it: one that
    stands there word for word is not added twice. Raises ContributionRefused, StaleTaking and what
    `entry.save_results` raises; then nothing is written.
    """
    report = _locked(result.report)
    chosen = list(
        Contribution.objects.filter(result=result, pk__in=seen)
        .select_related("executor")
        .prefetch_related("amounts")
    )
    if not chosen or len(chosen) < len(seen):
        raise ContributionRefused("Не обрано, чию інформацію взяти. У рядку нічого не змінено.")
    if changed := [one for one in chosen if one.version != seen[one.pk]]:
        raise StaleTaking(changed)
    row = MeasureResult.objects.prefetch_related("amounts").get(pk=result.pk, report=report)
    entry = ResultEntry(
        row.pk, version, {"narrative": _merged(row, chosen, replace)}, _amounts_with(row, chosen)
    )
    has_changed = save_results(report, [entry], by=by) > 0
    now = timezone.now()
    for contribution in chosen:
        if has_changed or contribution.taken_version != contribution.version:
            contribution.taken_version = contribution.version
            contribution.taken_at, contribution.taken_by = now, by
            _save(contribution, by)


def _merged(row: MeasureResult, chosen: Iterable[Contribution], replace: bool) -> str:
    merged = "" if replace else row.narrative
    for contribution in chosen:
        # By whole lines: «Проведено 2» stands in «Проведено 25 заходів» and is another text all the same.
        if contribution.narrative and f"\n{contribution.narrative}\n" not in f"\n{merged}\n":
            merged = f"{merged}\n{contribution.narrative}" if merged else contribution.narrative
    return merged or row.narrative


def _amounts_with(row: MeasureResult, chosen: Iterable[Contribution]) -> dict[int, Money]:
    """The row's money where the chosen contributions say something of it."""
    standing = {
        amount.source_id: Money(amount.planned, amount.actual, amount.financed)
        for amount in row.amounts.all()
    }
    amounts = {}
    for source_id, summed in summed_by_source(chosen).items():
        before = standing.get(source_id, BLANK)
        amounts[source_id] = Money(
            planned=before.planned,
            actual=before.actual if summed.actual is None else summed.actual,
            financed=before.financed if summed.financed is None else summed.financed,
        )
    return amounts


def summed_by_source(contributions: Iterable[Contribution]) -> dict[int, Money]:
    """Fact and financing added up, by funding source id; amounts are prefetched. The plan is blank."""
    return total_money_by(
        (amount.source_id, Money(actual=amount.actual, financed=amount.financed))
        for contribution in contributions
        for amount in contribution.amounts.all()
    )


# --- «Інформацію подано» -----------------------------------------------------------------


@transaction.atomic
def submit_part(
    report: AnnualReport, executor: Executor, *, by: User, seen: int | None = None
) -> ExecutorPart:
    """«Інформацію подано»: own, or on behalf of the co-executor. Once said, saying it again does nothing.

    `seen` is the part's version on the person's page, 0 where there was none: a page from before a recall
    does nothing either. Raises ContributionRefused.
    """
    part, is_on_behalf = _part(report, executor, by)
    if part.submitted_at is None:
        _require_seen(part, seen)
        part.submitted_at, part.submitted_by, part.is_on_behalf = timezone.now(), by, is_on_behalf
        _record(part, EventKind.PART_SUBMITTED, by, is_on_behalf)
    return part


@transaction.atomic
def recall_part(
    report: AnnualReport, executor: Executor, *, by: User, seen: int | None = None
) -> ExecutorPart:
    """Take «Інформацію подано» back, to change something. Not said, nothing happens."""
    part, is_on_behalf = _part(report, executor, by)
    if part.submitted_at is not None:
        _require_seen(part, seen)
        part.submitted_at, part.submitted_by, part.is_on_behalf = None, None, False
        _record(part, EventKind.PART_RECALLED, by, is_on_behalf)
    return part


def _part(report: AnnualReport, executor: Executor, by: User) -> tuple[ExecutorPart, bool]:
    """The part, perhaps not saved yet, and whether the person acts on the co-executor's behalf."""
    locked = _locked(report)
    if not permissions.can_submit_part(by, locked, executor):
        raise ContributionRefused(
            "«Інформацію подано» відмічають сам співвиконавець або відповідальний виконавець Програми. "
            "Нічого не змінено."
        )
    part = ExecutorPart.objects.filter(report=locked, executor=executor).first()
    part = part or ExecutorPart(report=locked, executor=executor, version=0)
    return part, not permissions.speaks_for(by, executor)


def _require_seen(part: ExecutorPart, seen: int | None) -> None:
    if seen is not None and seen != part.version:
        raise ContributionRefused(
            "Поки сторінка була відкрита, «Інформацію подано» вже відмічали або відкликали. "
            "Нічого не змінено; перегляньте сторінку ще раз."
        )


def _record(part: ExecutorPart, kind: EventKind, by: User, is_on_behalf: bool) -> None:
    part.version += 1
    _save(part, by)
    journal.record(
        kind,
        by=by,
        report=part.report,
        executor={"id": part.executor_id, "name": str(part.executor)},
        on_behalf=is_on_behalf,
    )


def _is_submitted(report: AnnualReport, executor: Executor) -> bool:
    return ExecutorPart.objects.filter(report=report, executor=executor, submitted_at__isnull=False).exists()


# --- who has said what -------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One measure of a co-executor, with what they said of it."""

    result: MeasureResult
    contribution: Contribution | None = None

    @property
    def is_filled(self) -> bool:
        return self.contribution is not None and self.contribution.is_filled


@dataclass(frozen=True)
class Part:
    """One co-executor's part of a report. `people` are appointed to it now, in the order of their names."""

    executor: Executor
    lines: list[Line]
    submission: ExecutorPart | None
    people: list[Appointment] = field(default_factory=list)

    @property
    def version(self) -> int:
        """What a page sends back, so that one from before another's step is known."""
        return self.submission.version if self.submission else 0

    @property
    def is_submitted(self) -> bool:
        return self.submission is not None and self.submission.submitted_at is not None

    @property
    def is_expected(self) -> bool:
        """Somebody can log in and say it themselves; the others are never waited for."""
        return bool(self.people) and self.executor.kind != ExecutorKind.COLLECTIVE

    @property
    def filled(self) -> list[Line]:
        return [line for line in self.lines if line.is_filled]

    @property
    def empty(self) -> list[Line]:
        return [line for line in self.lines if not line.is_filled]


def parts_of(report: AnnualReport, *, on: datetime.date | None = None) -> list[Part]:
    """Every co-executor of the report's measures by name, with what they said: ten queries at most.

    The responsible executor is none: it enters the printed rows. `on` is the day whose appointments count.
    """
    results = list(MeasureResult.objects.for_report(report))
    executors = {
        part.executor_id: part.executor
        for result in results
        for part in result.measure.participations.all()
        if part.executor_id != report.program.responsible_id
    }
    said = {(one.result_id, one.executor_id): one for one in contributions_to(results)}
    submissions = {
        part.executor_id: part
        for part in ExecutorPart.objects.filter(report=report).select_related("submitted_by")
    }
    people: dict[int, list[Appointment]] = {}
    appointments = Appointment.objects.current(on).filter(executor__in=executors, user__is_active=True)
    for appointment in appointments.select_related("user").order_by("user__sort_key", "pk"):
        people.setdefault(appointment.executor_id, []).append(appointment)
    return [
        Part(
            executor,
            [
                Line(result, said.get((result.pk, executor.pk)))
                for result in results
                if any(part.executor_id == executor.pk for part in result.measure.participations.all())
            ],
            submissions.get(executor.pk),
            people.get(executor.pk, []),
        )
        for executor in sorted(executors.values(), key=lambda executor: (executor.sort_key, executor.pk))
    ]


def contributions_to(results: Sequence[MeasureResult]) -> models.QuerySet[Contribution]:
    """What was said of these measures, with sums, sources and who said it, by co-executors' names."""
    return (
        Contribution.objects.filter(result__in=results)
        .select_related("executor", "changed_by", "taken_by")
        .prefetch_related("amounts__source")
    )


# --- what they share ---------------------------------------------------------------------


def _locked(report: AnnualReport) -> AnnualReport:
    """The report under lock; refused unless its figures may change."""
    locked = (
        AnnualReport.objects.select_for_update(of=("self",))
        .select_related("program__responsible")
        .get(pk=report.pk)
    )
    if not locked.report_state.accepts_figures:
        raise ContributionRefused(
            f"Звіт у стані «{locked.get_state_display()}»: інформацію співвиконавців уже не змінюють. "
            "Нічого не записано."
        )
    return locked


def _save(obj: Any, by: User) -> None:
    """With its history in that person's name, whatever path they came by."""
    obj._history_user = by
    obj.save()
