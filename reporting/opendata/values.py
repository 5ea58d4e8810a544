"""The values that columns can hold, by the names under which the schema asks for them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from programs import textforms

from .addresses import address
from .subjects import AdoptedProgram, Amended, PublishedReport, ReportedMeasure

Value = str | bool | int | Decimal | datetime.date | None
"""Nothing is None, never «». Moments are texts with their offset: spreadsheets would lose it."""

ACTIVE, FINISHED = "Чинна", "Завершена"


def _publisher() -> dict[str, Callable[[Any], Value]]:
    return {
        "publisher_name": lambda one: settings.PUBLISHER_NAME or None,
        "publisher_edrpou": lambda one: settings.PUBLISHER_EDRPOU or None,
    }


def _decision() -> dict[str, Callable[[AdoptedProgram | Amended], Value]]:
    return {
        "public_id": lambda one: one.program.public_id,
        "title": lambda one: one.program.printed_title,
        "decision_title": lambda one: one.decision.title or None,
        "decision_date": lambda one: one.decision.date,
        "decision_number": lambda one: one.decision.number,
        "decision_url": lambda one: one.decision.url or None,
        **_publisher(),
    }


PROGRAMS: dict[str, Callable[[AdoptedProgram], Value]] = {
    **_decision(),
    "start_year": lambda one: one.program.start_year,
    "end_year": lambda one: one.program.end_year,
    "status": lambda one: FINISHED if one.program.end_year < one.today.year else ACTIVE,
    "executor_name": lambda one: one.program.responsible.printed_name,
    "executor_edrpou": lambda one: one.program.responsible.edrpou or None,
    "budget_codes": lambda one: one.program.budget_codes or None,
    "published_reports": lambda one: one.published_reports,
}

AMENDMENTS: dict[str, Callable[[Amended], Value]] = {
    **_decision(),
    "amendment_id": lambda one: textforms.public_id(one.decision.number, one.decision.date.isoformat()),
}


def _of_report() -> dict[str, Callable[[PublishedReport], Value]]:
    return {
        "report_key": lambda one: one.key,
        "public_id": lambda one: one.program.public_id,
        "year": lambda one: one.public.report.year,
        "edition": lambda one: one.public.edition.number,
        "is_demonstration": lambda one: one.public.report.is_demonstration,
    }


def _signed_url(one: PublishedReport) -> Value:
    return _report_address("public_signed_pdf", one) if one.public.signed_pdf else None


def _report_address(name: str, one: PublishedReport, *more: Any) -> str:
    return address(name, one.program.public_id, one.public.report.year, *more)


REPORTS: dict[str, Callable[[PublishedReport], Value]] = {
    **_of_report(),
    "accepted_on": lambda one: one.accepted_on,
    "report_title": lambda one: one.document.title,
    "period_start": lambda one: datetime.date(one.public.report.year, 1, 1),
    "period_end": lambda one: datetime.date(one.public.report.year, 12, 31),
    "program_title": lambda one: one.program.printed_title,
    "report_url": lambda one: _report_address("public_report", one),
    "data_url": lambda one: _report_address("public_report_file", one, "json"),
    "signed_url": _signed_url,
    "published_at": lambda one: moment(one.public.edition.publication.published_at),
    "fingerprint": lambda one: one.public.fingerprint,
    "measures": lambda one: len(one.document.rows),
    "withheld_measures": lambda one: len(one.public.withheld),
    "planned": lambda one: one.document.totals.planned,
    "actual": lambda one: one.document.totals.actual,
    "financed": lambda one: one.document.totals.financed,
    "computed_percent": lambda one: one.document.totals.computed_percent,
    "percent": lambda one: one.document.totals.percent,
    "percent_base": lambda one: one.document.totals.percent_base,
    "is_transcribed": lambda one: one.public.report.is_transcribed,
}


def _through_report() -> dict[str, Callable[[ReportedMeasure], Value]]:
    def through(take: Callable[[PublishedReport], Value]) -> Callable[[ReportedMeasure], Value]:
        return lambda one: take(one.report)

    return {name: through(take) for name, take in _of_report().items()}


MEASURES: dict[str, Callable[[ReportedMeasure], Value]] = {
    **_through_report(),
    "measure_key": lambda one: one.key,
    "task_number": lambda one: one.task.number,
    "task": lambda one: one.task.text,
    "measure_number": lambda one: one.row.number,
    "measure": lambda one: one.row.measure,
    "term": lambda one: one.row.term or None,
    "executors": lambda one: one.row.executors or None,
    "planned": lambda one: one.row.planned,
    "actual": lambda one: one.row.actual,
    "financed": lambda one: one.row.financed,
    "computed_percent": lambda one: one.row.computed_percent,
    "stated_percent": lambda one: one.row.stated_percent,
    "percent": lambda one: one.row.percent,
    "information": lambda one: one.row.information or None,
    "is_withheld": lambda one: one.withheld is not None,
    "withheld_scope": lambda one: str(one.withheld.scope) if one.withheld else None,
    "withheld_ground": lambda one: one.withheld.get_ground_display() if one.withheld else None,
    "withheld_reason": lambda one: one.withheld.text if one.withheld else None,
}

VALUES: Mapping[str, Mapping[str, Callable[[Any], Value]]] = {
    "programs": PROGRAMS,
    "amendments": AMENDMENTS,
    "reports": REPORTS,
    "measures": MEASURES,
}


def moment(value: datetime.datetime) -> str:
    """To the second, with its offset."""
    return timezone.localtime(value).isoformat(timespec="seconds")
