"""What a page shows of what was found: a few records of one kind, the words marked in their own texts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Max

from .models import AnnualReport, Executor, Measure, MeasureResult, Participation, Program
from .search_words import Piece, Pieces, marked, snippet, unsaid
from .searching import Found, Search, SearchKind


@dataclass(frozen=True)
class Aside:
    """Where else the words were found: «Завдання», «Виконавець»."""

    label: str
    text: Pieces


@dataclass(frozen=True)
class ProgramHit:
    program: Program
    title: Pieces
    kind: Pieces
    identity: Pieces
    asides: Sequence[Aside]


@dataclass(frozen=True)
class MeasureHit:
    measure: Measure
    code: Pieces
    title: Pieces
    asides: Sequence[Aside]
    year: int | None
    """Of the newest report with its row, or of the year asked for; None where there is no report."""

    @property
    def program(self) -> Program:
        return self.measure.task.program


@dataclass(frozen=True)
class NarrativeHit:
    result: MeasureResult
    text: Pieces

    @property
    def report(self) -> AnnualReport:
        return self.result.report


@dataclass(frozen=True)
class ExecutorHit:
    executor: Executor
    name: Pieces
    asides: Sequence[Aside]
    programs: int
    """Of those that the reader sees: how many it answers for."""
    measures: int
    """Of those that the reader sees: in how many it takes part."""


Hit = ProgramHit | MeasureHit | NarrativeHit | ExecutorHit


def hits(search: Search, kind: SearchKind, found: Found, start: int, length: int) -> Sequence[Hit]:
    """So many of a kind, in order; the number of queries does not grow with it."""
    ids = found.part(start, length)
    if not ids:
        return []
    told = _TELL[kind](search, ids)
    return [told[pk] for pk in ids if pk in told]


def _programs(search: Search, ids: Sequence[int]) -> dict[int, ProgramHit]:
    rows = Program.objects.filter(pk__in=ids).select_related("responsible")
    words = search.words
    told = {}
    for row in rows.prefetch_related("decisions", "responsible__aliases"):
        missing = unsaid([row.kind, row.title, row.public_id or ""], words)
        asides = [
            Aside("Рішення", marked(str(decision), missing))
            for decision in row.decisions.all()
            if len(unsaid([str(decision)], missing)) < len(missing)
        ]
        asides += _named([row.responsible], missing, "Відповідальний виконавець")
        told[row.pk] = ProgramHit(
            row,
            marked(row.title, words),
            marked(row.kind, words),
            marked(row.public_id or "", words),
            asides,
        )
    return told


def _measures(search: Search, ids: Sequence[int]) -> dict[int, MeasureHit]:
    rows = Measure.objects.filter(pk__in=ids).select_related("task__program")
    parts = Participation.objects.filter(measure__in=ids).select_related("executor")
    executors = defaultdict(list)
    for part in parts.prefetch_related("executor__aliases"):
        executors[part.measure_id].append(part.executor)
    reported = MeasureResult.objects.filter(measure__in=ids).order_by()
    if search.year is not None:
        reported = reported.filter(report__year=search.year)
    years = dict(reported.values_list("measure_id").annotate(year=Max("report__year")))
    told = {}
    for row in rows:
        code = (Piece(row.code, is_marked=row.code in search.words),)
        missing = unsaid([row.title], [word for word in search.words if word != row.code])
        asides = []
        if len(unsaid([row.task.text], missing)) < len(missing):
            asides.append(Aside(f"Завдання {row.task.number}", snippet(row.task.text, missing)))
        asides += _named(executors[row.pk], missing, "Виконавець")
        told[row.pk] = MeasureHit(row, code, snippet(row.title, search.words), asides, years.get(row.pk))
    return told


def _named(bodies: Iterable[Executor], words: Sequence[str], label: str) -> list[Aside]:
    """Those of the bodies that some of the words name, by the spelling that has them."""
    found = []
    for body in bodies:
        spellings = [body.name, *(alias.name for alias in body.aliases.all())] if words else []
        best = min(spellings, key=lambda name: len(unsaid([name], words)), default="")
        if best and len(unsaid([best], words)) < len(words):
            also = () if best == body.name else (Piece(f" ({body.name})"),)
            found.append(Aside(label, (*marked(best, words), *also)))
        elif body.edrpou and body.edrpou in words:
            found.append(Aside(label, (Piece(f"{body.name}, ЄДРПОУ "), Piece(body.edrpou, is_marked=True))))
    return found


def _narratives(search: Search, ids: Sequence[int]) -> dict[int, NarrativeHit]:
    rows = MeasureResult.objects.filter(pk__in=ids).select_related("report__program", "measure__task")
    return {row.pk: NarrativeHit(row, snippet(row.narrative, search.words)) for row in rows}


def _executors(search: Search, ids: Sequence[int]) -> dict[int, ExecutorHit]:
    rows = Executor.objects.filter(pk__in=ids).prefetch_related("aliases")
    programs = Program.objects.filter(search.is_visible("pk"), responsible__in=ids).order_by()
    parts = Participation.objects.filter(search.is_visible("measure__task__program"), executor__in=ids)
    answers = Counter(dict(programs.values_list("responsible").annotate(number=Count("pk"))))
    takes_part = Counter(dict(parts.order_by().values_list("executor").annotate(number=Count("pk"))))
    told = {}
    for row in rows:
        missing = unsaid([row.name], search.words)
        asides = [
            Aside("Інше написання", marked(alias.name, search.words))
            for alias in row.aliases.all()
            if alias.search_key != row.search_key and len(unsaid([alias.name], missing)) < len(missing)
        ]
        if row.edrpou in missing:
            asides.append(Aside("ЄДРПОУ", (Piece(row.edrpou, is_marked=True),)))
        told[row.pk] = ExecutorHit(
            row, marked(row.name, search.words), asides, answers[row.pk], takes_part[row.pk]
        )
    return told


_TELL: Mapping[SearchKind, Callable[[Search, Sequence[int]], Mapping[int, Hit]]] = {
    SearchKind.PROGRAMS: _programs,
    SearchKind.MEASURES: _measures,
    SearchKind.NARRATIVES: _narratives,
    SearchKind.EXECUTORS: _executors,
}
