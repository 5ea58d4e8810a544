"""What the rows of each table are about, fetched; nothing that is not public is."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from programs.enums import DecisionKind
from programs.models import Decision, Edition, Program, SignedFile, Withholding

from ..document import MeasureRow, ReportDocument, TaskBlock
from ..public import PublicEdition, published_reports


@dataclass(frozen=True)
class AdoptedProgram:
    program: Program
    decision: Decision
    """By which the council approved it."""
    published_reports: int
    today: datetime.date


@dataclass(frozen=True)
class Amended:
    program: Program
    decision: Decision


@dataclass(frozen=True)
class PublishedReport:
    public: PublicEdition

    @property
    def program(self) -> Program:
        return self.public.report.program

    @property
    def document(self) -> ReportDocument:
        return self.public.document

    @property
    def key(self) -> str:
        """«1688-2019-12-18/2023», as in `programs.keys`."""
        return f"{self.program.public_id}/{self.public.report.year}"

    @cached_property
    def accepted_on(self) -> datetime.date:
        """The day of signing that a copy tells; else the day on which the first signed file came."""
        told = [file.signed_on for file in self.public.edition.signed_files.all() if file.signed_on]
        return min(told, default=timezone.localtime(self.public.edition.signed_at).date())


@dataclass(frozen=True)
class ReportedMeasure:
    report: PublishedReport
    task: TaskBlock
    row: MeasureRow
    key: str
    withheld: Withholding | None
    """Why some of its texts are not told; the row then is as everybody gets it."""


def adopted_programs() -> QuerySet[Program]:
    """Confirmed, not rejected, approved by a decision whose day has come; in the order of the alphabet."""
    return (
        Program.objects.not_rejected()
        .filter(
            awaits_confirmation=False,
            public_id__isnull=False,
            decisions__kind=DecisionKind.APPROVES,
            decisions__date__lte=timezone.localdate(),
        )
        .select_related("responsible")
        .prefetch_related(Prefetch("decisions", Decision.objects.filter(date__lte=timezone.localdate())))
        .order_by("sort_key", "pk")
    )


def programs() -> Iterator[AdoptedProgram]:
    counts = Counter(edition.report.program_id for edition in public_editions())
    today = timezone.localdate()
    for program in adopted_programs():
        if decision := program.approving_decision:
            yield AdoptedProgram(program, decision, counts[program.pk], today)


def amendments() -> Iterator[Amended]:
    """Programme by programme, the oldest first."""
    for program in adopted_programs():
        for decision in program.decisions.all():
            if decision.kind == DecisionKind.AMENDS:
                yield Amended(program, decision)


def public_editions() -> list[Edition]:
    """Of each published report of an adopted programme the edition that is public now. Few queries."""
    found = (
        Edition.objects.filter(
            report__in=published_reports(),
            report__program__in=adopted_programs().values("pk"),
            publication__isnull=False,
        )
        .select_related("report__program__responsible", "frozen", "publication")
        .prefetch_related(
            "withholdings", Prefetch("signed_files", SignedFile.objects.defer("content").order_by("pk"))
        )
        .order_by("report__program__sort_key", "report__program_id", "report__year", "number")
    )
    return list({edition.report_id: edition for edition in found}.values())


def reports() -> Iterator[PublishedReport]:
    """Programme by programme, the oldest year first; each document is read when it is asked for."""
    for edition in public_editions():
        yield PublishedReport(PublicEdition(edition))


def measures() -> Iterator[ReportedMeasure]:
    """In printed order. Of the documents only the one at hand is kept."""
    for report in reports():
        seen: Counter[str] = Counter()
        withheld = {one.place: one for one in report.public.withheld}
        for task in report.document.tasks:
            for row in task.rows:
                seen[row.number] += 1
                suffix = f"~{seen[row.number]}" if seen[row.number] > 1 else ""
                key = f"{report.key}/{row.number}{suffix}"
                yield ReportedMeasure(report, task, row, key, withheld.get(seen.total()))
