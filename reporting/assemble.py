"""Rows and their figures become a `ReportDocument`. The only place that decides the form's structure."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from programs.figures import Figures, ReportFigures, report_figures
from programs.models import AnnualReport, FundingSource, MeasureResult

from .document import (
    CellKind,
    Column,
    FundLine,
    MeasureRow,
    ReportDocument,
    Scope,
    Seal,
    Section,
    Sheet,
    Signature,
    TaskBlock,
    TotalsRow,
)
from .wordings import form_wording


def assemble(
    report: AnnualReport, *, draft_at: datetime.datetime | None, sealed: bool = False
) -> ReportDocument:
    """The document of a report as it stands now, in a constant number of queries.

    `draft_at` is the moment printed beside «ПРОЄКТ»; None for a final document. A report
    transcribed from paper carries no such mark: it is the copy of what was once issued.
    `sealed` is for what is submitted, agreed and signed: it says how to prove that it is genuine.
    """
    results = list(MeasureResult.objects.for_report(report))
    sources = list(FundingSource.objects.all())
    figures = report_figures(report, results, sources)
    return build_document(report, results, figures, draft_at=draft_at, sealed=sealed)


def build_document(
    report: AnnualReport,
    results: Sequence[MeasureResult],
    figures: ReportFigures,
    *,
    draft_at: datetime.datetime | None,
    sealed: bool = False,
) -> ReportDocument:
    """From fetched rows in printed order; `report` with its program and responsible executor."""
    words = form_wording(settings.FORM_WORDING)
    edition = report.next_edition_number
    program = report.program
    texts = {
        "program": report.printed_program,
        "department": report.printed_department,
        "year": report.year,
        "term": program.term.in_words,
    }
    is_draft = draft_at is not None and not report.is_transcribed
    return ReportDocument(
        program_id=program.public_id or "",
        program=report.printed_program,
        year=report.year,
        language=words["language"],
        title=words["title"].format(**texts),
        author=report.printed_department,
        heading=words["heading"],
        heading_lines=(
            *(line.format(**texts) for line in words["heading_lines"]),
            *([words["edition_line"].format(edition=edition)] if edition > 1 else []),
        ),
        act_line=_act_line(report, words),
        term_line=words["term_line"].format(**texts),
        columns=_columns(words),
        sections=(Section(words["section_heading"], _tasks(results, figures, words)),),
        totals=_totals(report, figures.total, words),
        fund_lines=tuple(
            FundLine(line, money.planned, money.actual, money.financed)
            for line, money in figures.fund_lines.items()
        ),
        signatures=tuple(Signature(s.post, s.name) for s in report.signatories.all()),
        marks=_marks(report, draft_at if is_draft else None, words),
        page_label=words["page_label"],
        # Without a draft's moment the bytes may depend on nothing but the report: its year's last day.
        dated=_moment(draft_at) if draft_at and is_draft else _end_of(report.year),
        sheet=Sheet(**{name: Decimal(value) for name, value in words["sheet"].items()}),
        edition=edition,
        seal=_seal(words) if sealed else None,
    )


def _seal(words: dict[str, Any]) -> Seal:
    def at_site(text: str) -> str:
        # The other mention is the renderer's to fill: a document cannot hold its own digest.
        return text.replace("{site}", settings.PORTAL_URL.rstrip("/"))

    return Seal(
        label=at_site(words["seal_label"]),
        address=at_site(words["seal_address"]),
        field_label=words["signature_field_label"],
    )


def _moment(draft_at: datetime.datetime) -> datetime.datetime:
    """Local time to the minute, as the mark prints it."""
    return timezone.localtime(draft_at).replace(second=0, microsecond=0)


def _end_of(year: int) -> datetime.datetime:
    return datetime.datetime(year, 12, 31, tzinfo=timezone.get_default_timezone())


def _act_line(report: AnnualReport, words: dict[str, Any]) -> str:
    decision = report.program.approving_decision
    if decision is None:
        return ""
    return str(words["act_line"].format(number=decision.number, date=f"{decision.date:%d.%m.%Y}"))


def _columns(words: dict[str, Any]) -> tuple[Column, ...]:
    return tuple(
        Column(
            key=column["key"],
            heading=column["heading"],
            kind=CellKind(column["kind"]),
            scope=Scope(column["scope"]),
            width=Decimal(column["width"]),
        )
        for column in words["columns"]
    )


def _marks(
    report: AnnualReport, draft_at: datetime.datetime | None, words: dict[str, Any]
) -> tuple[str, ...]:
    marks = []
    if draft_at is not None:
        marks.append(words["draft_mark"].format(moment=f"{_moment(draft_at):%d.%m.%Y %H:%M}"))
    if report.is_demonstration:
        marks.append(words["demonstration_mark"])
    return tuple(marks)


def _tasks(
    results: Sequence[MeasureResult], figures: ReportFigures, words: dict[str, Any]
) -> tuple[TaskBlock, ...]:
    return tuple(
        TaskBlock(
            number=task.number,
            number_text=words["task_number"].format(number=task.number),
            text=task.text,
            rows=tuple(_row(result, figures.rows[result.pk], words) for result in group),
        )
        for task, group in itertools.groupby(results, key=lambda result: result.measure.task)
    )


def _row(result: MeasureResult, figures: Figures, words: dict[str, Any]) -> MeasureRow:
    measure = result.measure
    return MeasureRow(
        number=measure.code,
        measure=measure.title,
        content=words["measure_content"].format(number=measure.code, measure=measure.title),
        term=measure.printed_term,
        executors=measure.executors_text or _listed_executors(result, words),
        planned=figures.money.planned,
        actual=figures.money.actual,
        financed=figures.money.financed,
        computed_percent=figures.computed_percent,
        stated_percent=figures.stated_percent,
        percent=figures.percent,
        information=result.narrative,
    )


def _listed_executors(result: MeasureResult, words: dict[str, Any]) -> str:
    return "; ".join(
        words["by_consent"].format(executor=part.executor.name) if part.by_consent else part.executor.name
        for part in result.measure.participations.all()
    )


def _totals(report: AnnualReport, figures: Figures, words: dict[str, Any]) -> TotalsRow:
    return TotalsRow(
        label=words["totals_label"],
        planned=figures.money.planned,
        actual=figures.money.actual,
        financed=figures.money.financed,
        computed_percent=figures.computed_percent,
        stated_percent=figures.stated_percent,
        percent=figures.percent,
        percent_base=report.program.percent_base,
    )
