"""The only door for figures. Admin, entry sheet, import and commands write results through here.

Every call locks the report, checks state and rights, compares versions under that lock, writes
only what changed, and its history, in one transaction: all of it or nothing. Two people on
different cells of one row do not disturb each other; on the same cell the second is refused.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from . import permissions
from .calculations import Money
from .models import Amount, AnnualReport, FundingSource, MeasureResult, User
from .textforms import clean_text

RESULT_FIELDS = ("execution_state", "stated_percent", "stated_justification", "zero_reason", "narrative")
AMOUNT_FIELDS = ("planned", "actual", "financed")


@dataclass(frozen=True)
class ResultEntry:
    """What one row should become. Fields and sources not named stay as they are."""

    result_id: int
    version: int
    values: Mapping[str, Any] = field(default_factory=dict)
    amounts: Mapping[int, Money] = field(default_factory=dict)


@dataclass(frozen=True)
class Conflict:
    """One value that somebody else changed since the form was opened."""

    result_id: int
    measure_code: str
    label: str
    theirs: Any
    yours: Any
    changed_by: str
    changed_at: datetime.datetime | None


@dataclass(frozen=True)
class InvalidValue:
    result_id: int
    measure_code: str
    label: str
    message: str


class EntryError(Exception):
    """Nothing was written; the message is a Ukrainian sentence."""


class EntryRefused(EntryError):
    """Nothing of this kind can be written."""


class EntryClosed(EntryRefused):
    """The report's state takes no figures now."""


class EntryForbidden(EntryRefused):
    """This person may not write these rows."""


class StaleResults(EntryError):
    """Rows were changed by others meanwhile."""

    def __init__(self, conflicts: list[Conflict]) -> None:
        self.conflicts = conflicts
        codes = ", ".join(dict.fromkeys(conflict.measure_code for conflict in conflicts))
        super().__init__(
            f"Поки ви працювали, хтось змінив ті самі рядки: {codes}. Нічого не записано; "
            "порівняйте обидва значення й збережіть ще раз."
        )


class InvalidResults(EntryError):
    def __init__(self, invalid: list[InvalidValue]) -> None:
        self.invalid = invalid
        places = " ".join(f"{one.measure_code}, {one.label}: {one.message}" for one in invalid)
        super().__init__(f"Нічого не записано. {places}")


def save_result(
    result: MeasureResult,
    *,
    version: int,
    by: User,
    amounts: Mapping[int, Money] | None = None,
    **values: Any,
) -> MeasureResult:
    """Save one row: the fields named in `values`, and `amounts` in тис. грн by funding source id.

    `version` is the row's version when the person opened it. Raises EntryRefused, StaleResults
    or InvalidResults; then nothing is written.
    """
    entry = ResultEntry(result.pk, version, values, amounts or {})
    save_results(result.report, [entry], by=by)
    return MeasureResult.objects.get(pk=result.pk)


@transaction.atomic
def save_results(report: AnnualReport, entries: Iterable[ResultEntry], *, by: User) -> int:
    """Save many rows of one report at once, all or nothing. Returns how many rows changed.

    The number of queries does not grow with the number of rows, but for the databases' own
    limit of values in one statement. Raises as `save_result` does.
    """
    changes = _permitted_changes(report, list(entries), by)
    _write(changes, by)
    return len(changes)


@transaction.atomic
def check_results(report: AnnualReport, entries: Iterable[ResultEntry], *, by: User) -> None:
    """Raises what `save_results` would raise now; writes nothing."""
    _permitted_changes(report, list(entries), by)


def require_open(report: AnnualReport) -> None:
    """Raises EntryClosed for a report whose state takes no figures."""
    if not report.report_state.accepts_figures:
        raise EntryClosed(
            f"Звіт у стані «{report.get_state_display()}»: показники змінювати не можна. Нічого не записано."
        )


def _permitted_changes(report: AnnualReport, entries: list[ResultEntry], by: User) -> list[_Change]:
    """What the entries would change, found under the report's lock."""
    locked = (
        AnnualReport.objects.select_for_update(of=("self",))
        .select_related("program__responsible")
        .get(pk=report.pk)
    )
    require_open(locked)
    if len({entry.result_id for entry in entries}) < len(entries):
        raise EntryRefused("Один рядок звіту подано двічі. Нічого не записано.")
    results = {
        result.pk: result
        for result in MeasureResult.objects.filter(
            report=locked, pk__in=[entry.result_id for entry in entries]
        )
        .select_related("measure__task")
        .prefetch_related("amounts")
    }
    if not permissions.can_edit_figures(by, locked):
        models.prefetch_related_objects(list(results.values()), "measure__participations")
        own = permissions.rows_of_only_executor(by, results.values())
        if not own or not own.issuperset(results):
            raise EntryForbidden(
                "Показники вводять лише працівники відповідального виконавця Програми. Нічого не записано."
            )
    return _changes(results, entries)


@dataclass
class _Change:
    """One row as it stands, with what differs in it."""

    result: MeasureResult
    entry: ResultEntry
    values: dict[str, Any]
    amounts: dict[int, dict[str, Any]]
    standing: dict[int, Amount]


def _changes(results: Mapping[int, MeasureResult], entries: list[ResultEntry]) -> list[_Change]:
    sources = {source.pk: source for source in FundingSource.objects.all()}
    found: list[_Change] = []
    invalid: list[InvalidValue] = []
    for entry in entries:
        result = results.get(entry.result_id)
        if result is None:
            raise EntryRefused("Такого рядка у звіті немає. Нічого не записано; оновіть сторінку.")
        change = _difference(result, entry, sources, invalid)
        if change.values or change.amounts:
            found.append(change)
    if invalid:
        raise InvalidResults(invalid)
    conflicts = [
        conflict
        for change in found
        if change.entry.version != change.result.version
        for conflict in _conflicts(change, sources)
    ]
    if conflicts:
        raise StaleResults(conflicts)
    return found


def _difference(
    result: MeasureResult,
    entry: ResultEntry,
    sources: Mapping[int, FundingSource],
    invalid: list[InvalidValue],
) -> _Change:
    """What the entry would change, each value cleaned by its model field."""
    standing = {amount.source_id: amount for amount in result.amounts.all()}
    change = _Change(result, entry, {}, {}, standing)

    def differing(owner: models.Model, name: str, value: Any, place: str = "") -> dict[str, Any]:
        model_field: Any = type(owner)._meta.get_field(name)
        try:
            cleaned = model_field.clean(clean_text(value) if isinstance(value, str) else value, owner)
        except ValidationError as error:
            label = f"{model_field.verbose_name}{place}"
            invalid.append(InvalidValue(result.pk, result.measure.code, label, " ".join(error.messages)))
            return {}
        return {} if getattr(owner, name) == cleaned else {name: cleaned}

    for name, value in entry.values.items():
        if name not in RESULT_FIELDS:
            raise EntryRefused(f"Поля «{name}» у рядку звіту немає. Нічого не записано.")
        change.values |= differing(result, name, value)
    for source_id, money in entry.amounts.items():
        if source_id not in sources:
            raise EntryRefused("Такого джерела фінансування немає. Нічого не записано; оновіть сторінку.")
        amount = standing.get(source_id) or Amount(result=result, source_id=source_id)
        differs: dict[str, Any] = {}
        for name in AMOUNT_FIELDS:
            differs |= differing(amount, name, getattr(money, name), f" ({sources[source_id]})")
        if differs:
            change.amounts[source_id] = differs
    return change


def _conflicts(change: _Change, sources: Mapping[int, FundingSource]) -> list[Conflict]:
    """Of the cells that this person changes, those that somebody else changed since the page was opened."""
    result, opened = change.result, _opened_with(change)
    found: list[Conflict] = []

    def compare(owner: models.Model, then: Any, differs: Mapping[str, Any], place: str = "") -> None:
        for name, yours in differs.items():
            theirs = getattr(owner, name)
            if opened is None or theirs != getattr(then, name, None):
                label = f"{owner._meta.get_field(name).verbose_name}{place}"  # type: ignore[union-attr]
                who, when = _last_change(owner, name)
                found.append(Conflict(result.pk, result.measure.code, label, theirs, yours, who, when))

    compare(result, opened.result if opened else None, change.values)
    for source_id, differs in change.amounts.items():
        amount = change.standing.get(source_id) or Amount(result=result, source_id=source_id)
        then = opened.amounts.get(source_id) if opened else None
        compare(amount, then, differs, f" ({sources[source_id]})")
    return found


def _last_change(owner: Any, name: str) -> tuple[str, datetime.datetime | None]:
    """Who gave this one cell its value, and when: others may have changed the rest of the row since."""
    author, value = None, getattr(owner, name)
    for record in owner.history.select_related("history_user") if owner.pk else ():
        if getattr(record, name) != value:
            break
        author = record
    if author is None:
        return "невідомо хто", None
    return str(author.history_user or "невідомо хто"), author.history_date


@dataclass(frozen=True)
class _Opened:
    """A row as history remembers it at the version that the person's page showed."""

    result: Any
    amounts: Mapping[int, Any]


def _opened_with(change: _Change) -> _Opened | None:
    """None for a version that nobody has seen: then every changed cell is in conflict."""
    versions = change.result.history
    opened = versions.filter(version=change.entry.version).first()
    following = versions.filter(version__gt=change.entry.version).order_by("version").first()
    if opened is None or following is None:
        return None
    # A row and its sums are stamped with one moment when they are saved together.
    sums = Amount.history.filter(result_id=change.result.pk, history_date__lt=following.history_date)
    return _Opened(opened, {amount.source_id: amount for amount in sums.order_by("history_date")})


def _write(changes: list[_Change], by: User) -> None:
    now = timezone.now()
    new_amounts: list[Amount] = []
    old_amounts: list[Amount] = []
    for change in changes:
        change.result.version += 1
        for name, value in change.values.items():
            setattr(change.result, name, value)
        for source_id, differs in change.amounts.items():
            standing = change.standing.get(source_id)
            amount = standing or Amount(result=change.result, source_id=source_id)
            for name, value in differs.items():
                setattr(amount, name, value)
            (new_amounts if standing is None else old_amounts).append(amount)
    if changes:
        bulk_update_with_history(
            [change.result for change in changes],
            MeasureResult,
            ["version", *RESULT_FIELDS],
            default_user=by,
            default_date=now,
        )
    if old_amounts:
        bulk_update_with_history(old_amounts, Amount, AMOUNT_FIELDS, default_user=by, default_date=now)
    if new_amounts:
        bulk_create_with_history(new_amounts, Amount, default_user=by, default_date=now)
