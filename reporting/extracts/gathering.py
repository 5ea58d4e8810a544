"""All that the sheets say of a batch of reports, fetched together: as many queries for one as for fifty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import connection, transaction

from programs.changes import Change, changes_of_rows
from programs.consistency import Finding, ReportUnderCheck, findings
from programs.enums import ReportState, SignedKind
from programs.figures import ReportFigures, report_figures
from programs.keys import program_key, result_keys
from programs.models import (
    AnnualReport,
    Evidence,
    Executor,
    ExecutorAlias,
    FrozenReport,
    FundingSource,
    MeasureResult,
    PlannedFunding,
    Program,
    SignedFile,
    with_edition_facts,
)
from programs.plans import newest_plans

from .selection import STATES, state_of


@dataclass(frozen=True)
class Reference:
    """What all reports share; fetched once for an extract."""

    sources: Mapping[int, FundingSource]
    """By id, in their order."""
    spellings: Mapping[int, Sequence[str]]
    names: Mapping[int, str]

    @classmethod
    def fetched(cls) -> Reference:
        spellings: dict[int, list[str]] = {}
        for executor_id, key in ExecutorAlias.objects.values_list("executor_id", "search_key"):
            spellings.setdefault(executor_id, []).append(key)
        return cls(
            sources={source.pk: source for source in FundingSource.objects.all()},
            spellings={pk: sorted(keys, key=len, reverse=True) for pk, keys in spellings.items()},
            names=dict(Executor.objects.values_list("pk", "name")),
        )


@dataclass
class ReportPart:
    """One report whole, since its totals, keys and findings need every row, and which rows are asked for."""

    report: AnnualReport
    """With `with_edition_facts`, the programme, its responsible executor and decisions."""
    results: Sequence[MeasureResult]
    """In printed order, with measures, tasks, amounts and participants."""
    selected: Sequence[MeasureResult]
    reference: Reference
    frozen: FrozenReport | None
    """The document that is agreed now: its rows are these, since nobody can change them."""
    signed_kinds: Sequence[str]
    """How the files that came back for that document are signed, in words; none while nobody has signed."""
    plans: Sequence[PlannedFunding]
    """Of the report's year, in the order of decisions; those of later years too."""
    last_year: Mapping[int, str]
    changes: Mapping[int, Sequence[Change]] = field(default_factory=dict)
    evidence: Mapping[int, Sequence[Evidence]] = field(default_factory=dict)

    @property
    def program(self) -> Program:
        return self.report.program

    @cached_property
    def key(self) -> str:
        return f"{program_key(self.program)}/{self.report.year}"

    @cached_property
    def keys(self) -> Mapping[int, str]:
        """Of its rows, by result id."""
        return result_keys(self.program, self.report.year, self.results)

    @cached_property
    def figures(self) -> ReportFigures:
        return report_figures(self.report, self.results, self.reference.sources.values())

    @cached_property
    def plans_by_measure(self) -> Mapping[int, Sequence[PlannedFunding]]:
        by_measure: dict[int, list[PlannedFunding]] = {}
        for row in self.plans:
            by_measure.setdefault(row.measure_id, []).append(row)
        return by_measure

    @cached_property
    def state(self) -> str:
        """How far the report has come, in one of the filter's words."""
        return STATES[state_of(self.report)]

    @cached_property
    def findings(self) -> Sequence[Finding]:
        """Of the whole report."""
        year = self.report.year
        effective = [row for row in self.plans if row.decision.date.year <= year]
        return findings(
            ReportUnderCheck(
                report=self.report,
                results=self.results,
                figures=self.figures,
                sources=self.reference.sources,
                plans=newest_plans(effective),
                last_year=self.last_year,
                decisions={decision.pk: str(decision) for decision in self.program.decisions.all()},
                spellings=self.reference.spellings,
                names=self.reference.names,
            )
        )

    @cached_property
    def findings_by_row(self) -> Mapping[int | None, Sequence[Finding]]:
        """By result id; under None those of the whole report."""
        found: dict[int | None, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            found[finding.result_id].append(finding)
        return found


@dataclass(frozen=True)
class Batch:
    parts: Sequence[ReportPart]
    candidates: int
    """Rows that were looked at for it."""


@contextmanager
def one_moment() -> Iterator[None]:
    """Queries inside see the database as it was at the first of them: sums of a row and its version agree."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with _begun_as("DEFERRED"), transaction.atomic():
            yield
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


@contextmanager
def _begun_as(mode: str) -> Iterator[None]:
    """SQLite's transactions: one that only reads, begun as the portal's others are, would hold up writers."""
    ours: Any = connection
    # Connecting sets the mode.
    ours.ensure_connection()
    usual, ours.transaction_mode = ours.transaction_mode, mode
    try:
        yield
    finally:
        ours.transaction_mode = usual


def gathered(
    report_ids: Sequence[int], selected: Collection[int], reference: Reference, *, with_records: bool
) -> list[ReportPart]:
    """Parts of these reports in this order; `with_records`: changes and evidence of the selected rows too."""
    reports = {report.pk: report for report in _reports(report_ids)}
    results = _results(reports, reference)
    asked = [row.pk for rows in results.values() for row in rows if row.pk in selected]
    frozen = _frozen(reports.values())
    signed = _signed_kinds(frozen.values())
    plans = _plans(reports.values())
    before = _narratives_before(reports.values())
    changes = changes_of_rows(asked) if with_records else {}
    evidence = _evidence(asked) if with_records else {}
    return [
        ReportPart(
            report=report,
            results=results[pk],
            selected=[row for row in results[pk] if row.pk in selected],
            reference=reference,
            frozen=frozen.get(pk),
            signed_kinds=signed.get(pk, ()),
            plans=plans[report.program_id, report.year],
            last_year=before[report.program_id, report.year - 1],
            changes=changes,
            evidence=evidence,
        )
        for pk in report_ids
        # Deleted meanwhile.
        if (report := reports.get(pk))
    ]


def _reports(report_ids: Sequence[int]) -> Iterable[AnnualReport]:
    found = AnnualReport.objects.filter(pk__in=report_ids)
    return (
        with_edition_facts(found)
        .select_related("program__responsible")
        .prefetch_related("program__decisions", "signatories")
    )


def _results(
    reports: Mapping[int, AnnualReport], reference: Reference
) -> Mapping[int, Sequence[MeasureResult]]:
    rows = (
        MeasureResult.objects.filter(report__in=list(reports))
        .select_related("measure__task")
        .prefetch_related("amounts", "measure__participations__executor")
        # Only searched by; of narratives they are as long as those.
        .defer("search_key", "measure__search_key")
        .order_by("measure__task__number", "measure__number", "pk")
    )
    by_report: dict[int, list[MeasureResult]] = {pk: [] for pk in reports}
    for row in rows:
        row.report = reports[row.report_id]
        for amount in row.amounts.all():
            amount.source = reference.sources[amount.source_id]
        by_report[row.report_id].append(row)
    return by_report


def _frozen(reports: Iterable[AnnualReport]) -> dict[int, FrozenReport]:
    agreed = [report.pk for report in reports if report.report_state is ReportState.AGREED]
    # Of one report the last stays.
    return {one.report_id: one for one in FrozenReport.objects.filter(report__in=agreed).order_by("pk")}


def _signed_kinds(frozen: Iterable[FrozenReport]) -> dict[int, list[str]]:
    files = SignedFile.objects.filter(edition__frozen__in=[one.pk for one in frozen])
    found: dict[int, list[str]] = {}
    for report_id, kind in files.order_by("pk").values_list("edition__frozen__report_id", "kind"):
        words = found.setdefault(report_id, [])
        if (word := str(SignedKind(kind).label)) not in words:
            words.append(word)
    return found


def _plans(reports: Iterable[AnnualReport]) -> Mapping[tuple[int, int], Sequence[PlannedFunding]]:
    """By those of their programmes' decisions that are fetched: no others have been told of."""
    programs = {report.program_id: report.program for report in reports}
    decisions = {one.pk: one for program in programs.values() for one in program.decisions.all()}
    rows = PlannedFunding.objects.filter(
        decision__in=list(decisions), year__in={report.year for report in reports}
    )
    found: dict[tuple[int, int], list[PlannedFunding]] = defaultdict(list)
    for row in rows.order_by("decision__date", "decision_id", "source__position", "source_id"):
        row.decision = decisions[row.decision_id]
        found[row.decision.program_id, row.year].append(row)
    return found


def _narratives_before(reports: Iterable[AnnualReport]) -> Mapping[tuple[int, int], Mapping[int, str]]:
    rows = MeasureResult.objects.filter(
        report__program__in={report.program_id for report in reports},
        report__year__in={report.year - 1 for report in reports},
    ).values_list("report__program_id", "report__year", "measure_id", "narrative")
    found: dict[tuple[int, int], dict[int, str]] = defaultdict(dict)
    for program_id, year, measure_id, narrative in rows:
        found[program_id, year][measure_id] = narrative
    return found


def _evidence(result_ids: Sequence[int]) -> Mapping[int, Sequence[Evidence]]:
    found: dict[int, list[Evidence]] = defaultdict(list)
    rows = Evidence.objects.filter(result__in=result_ids).select_related(
        "executor", "added_by", "withdrawn_by"
    )
    for row in rows.order_by("added_at", "pk"):
        found[row.result_id].append(row)
    return found
