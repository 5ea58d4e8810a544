"""One box: programmes, measures, narratives and executors that say every word, for whom they may be shown.

A record is found when each word stands somewhere in it: a measure by its number, its title, its task or
its executors; a programme by its title, its number or its decisions'; a narrative by itself. Co-executors'
information is not looked through: only what the report prints.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices

from . import permissions
from .models import (
    Decision,
    Executor,
    ExecutorAlias,
    Measure,
    MeasureResult,
    Participation,
    Program,
    Task,
    User,
)
from .search_words import AT_START, SHORT, is_said
from .textforms import search_key

COUNTED = 500
"""So many are counted; more are «понад 500»."""
FEW = 500
"""So many ids go into a query, where an index helps; of more the query asks itself."""

PROGRAMS_AT_ONCE = 32

PROGRAM_ORDER = ("sort_key", "pk")
MEASURE_ORDER = ("task__program__sort_key", "task__program", "task__number", "number", "pk")
NARRATIVE_ORDER = (
    "report__program__sort_key",
    "report__program",
    "-report__year",
    "measure__task__number",
    "measure__number",
    "pk",
)
EXECUTOR_ORDER = ("sort_key", "pk")


class SearchKind(TextChoices):
    """What is found, in the order in which it is shown."""

    PROGRAMS = "programs", "Програми"
    MEASURES = "measures", "Заходи"
    NARRATIVES = "narratives", "Інформація про виконання"
    EXECUTORS = "executors", "Виконавці"


@dataclass(frozen=True)
class Tier:
    """Records of one kind that are alike near to what was looked for, in an order both databases share."""

    rows: QuerySet[Any]
    """All of them, visible or not, where `program` leads from them to their programme."""
    order: Sequence[str]
    ids: Sequence[int]
    """Of the visible ones, unordered, one more than is counted where there are more."""
    program: str = ""
    visible: Sequence[int] = ()
    """Ids of the reader's programmes, in order."""

    def first(self, length: int) -> list[int]:
        if len(self.ids) <= COUNTED:
            rows = self.rows.model._default_manager.filter(pk__in=self.ids)
            return _ids(rows.order_by(*self.order), length)
        return self._walked(length)

    def _walked(self, length: int) -> list[int]:
        """Some programmes at a time, for where much is found the first ones suffice.

        A database left alone would look at every row before it put them in order.
        """
        ids: list[int] = []
        at, step = 0, PROGRAMS_AT_ONCE
        while at < len(self.visible) and len(ids) < length:
            some = {f"{self.program}__in": self.visible[at : at + step]}
            ids += _ids(self.rows.filter(**some).order_by(*self.order), length - len(ids))
            at, step = at + step, step * 2
        return ids


@dataclass(frozen=True)
class Found:
    """Records of one kind, the nearest first: those whose own text says every word."""

    tiers: Sequence[Tier]

    @property
    def ids(self) -> list[int]:
        return [pk for tier in self.tiers for pk in tier.ids]

    @property
    def is_counted(self) -> bool:
        return len(self.ids) <= COUNTED

    @property
    def count(self) -> int:
        """How many, or at least how many."""
        return min(len(self.ids), COUNTED)

    def part(self, start: int, length: int) -> list[int]:
        """Ids of so many, in order."""
        ids: list[int] = []
        for tier in self.tiers:
            if len(ids) < start + length:
                ids += tier.first(start + length - len(ids))
        return ids[start:]


class Search:
    """One person's search: `words` as `search_words.read_words` gives them, a report's year or any."""

    def __init__(self, words: Sequence[str], reader: User, year: int | None = None) -> None:
        # What is seldom found spares looking for the rest.
        self.words = sorted(words, key=len, reverse=True)
        self.reader, self.year = reader, year
        self._numbered: dict[str, list[int]] = {}

    def found(self) -> dict[SearchKind, Found]:
        """Every kind: what there is of it, and in which order."""
        narratives = self._tier(self._narratives(), NARRATIVE_ORDER, "report__program")
        return {
            SearchKind.PROGRAMS: self._near_and_far(
                self._programs, self._named_program, self._any_of_program, PROGRAM_ORDER, "pk"
            ),
            SearchKind.MEASURES: self._near_and_far(
                self._measures, self._named_measure, self._any_of_measure, MEASURE_ORDER, "task__program"
            ),
            SearchKind.NARRATIVES: Found([narratives]),
            SearchKind.EXECUTORS: Found([self._tier(self._executors(), EXECUTOR_ORDER)]),
        }

    def _near_and_far(
        self,
        rows: QuerySet[Any],
        near: Callable[[str], Q],
        anywhere: Callable[[str], Q],
        order: Sequence[str],
        program: str,
    ) -> Found:
        tiers = [self._tier(self._saying(rows, near), order, program)]
        if len(tiers[0].ids) <= COUNTED:
            far = self._saying(rows, anywhere).exclude(pk__in=tiers[0].ids)
            tiers.append(self._tier(far, order, program))
        return Found(tiers)

    def _saying(self, rows: QuerySet[Any], says: Callable[[str], Q]) -> QuerySet[Any]:
        for word in self.words:
            rows = rows.filter(says(word))
        return rows

    def _tier(self, rows: QuerySet[Any], order: Sequence[str], program: str = "") -> Tier:
        seen = rows.filter(self.is_visible(program)) if program else rows
        return Tier(rows, order, _ids(seen.order_by(), COUNTED + 1), program, self.visible)

    def is_visible(self, program: str) -> Q:
        """Said by the shorter list of ids: of programmes that the reader sees, or does not see."""
        if len(self.hidden) < len(self.visible):
            return ~Q(**{f"{program}__in": self.hidden}) if self.hidden else Q()
        return Q(**{f"{program}__in": self.visible})

    @cached_property
    def visible(self) -> list[int]:
        """Ids of the reader's programmes, in order."""
        return _ids(Program.objects.visible_to(self.reader).order_by(*PROGRAM_ORDER))

    @cached_property
    def hidden(self) -> list[int]:
        return list(set(_ids(Program.objects.order_by())) - set(self.visible))

    @cached_property
    def bodies(self) -> Mapping[str, set[int]]:
        """By word, ids of executors that have a spelling with it."""
        any_word = Q()
        for word in self.words:
            any_word |= Q(search_key__contains=word) | Q(executor__edrpou=word)
        spellings = ExecutorAlias.objects.filter(any_word).values_list(
            "executor_id", "search_key", "executor__edrpou"
        )
        named: dict[str, set[int]] = {word: set() for word in self.words}
        for executor_id, key, code in spellings:
            for word in self.words:
                if is_said(word, key) or word == code:
                    named[word].add(executor_id)
        return named

    @property
    def _programs(self) -> QuerySet[Program]:
        if self.year is None:
            return Program.objects.all()
        return Program.objects.filter(start_year__lte=self.year, end_year__gte=self.year)

    def _named_program(self, word: str) -> Q:
        begins = {f"public_id__{'startswith' if len(word) < SHORT else 'contains'}": word}
        return holds("search_key", word) | Q(**begins) | Q(pk__in=self._decided(word))

    def _any_of_program(self, word: str) -> Q:
        return self._named_program(word) | Q(responsible__in=self.bodies[word])

    def _decided(self, word: str) -> list[int]:
        """Ids of programmes with a decision of this number, or a part of it, or of this day."""
        decisions = Decision.objects.order_by()
        if day := re.fullmatch(r"(\d{2})\.(\d{2})\.(\d{4})", word, re.ASCII):
            try:
                date = datetime.date(int(day[3]), int(day[2]), int(day[1]))
            except ValueError:
                return []
            return list(decisions.filter(date=date).values_list("program_id", flat=True))
        digits = re.findall(r"[0-9]+", word)
        if not digits:
            return []
        # SQLite folds no Cyrillic: it looks for the digits, and the whole word is compared here.
        spelled = decisions.filter(number__contains=max(digits, key=len)).values_list("program_id", "number")
        return [program_id for program_id, number in spelled if is_said(word, search_key(number))]

    @property
    def _measures(self) -> QuerySet[Measure]:
        if self.year is None:
            return Measure.objects.all()
        reported = MeasureResult.objects.filter(measure=OuterRef("pk"), report__year=self.year)
        return Measure.objects.filter(Exists(reported))

    def _named_measure(self, word: str) -> Q:
        says = holds("search_key", word)
        if code := re.fullmatch(r"(\d{1,4})\.(\d{1,4})", word, re.ASCII):
            # Near and anywhere ask for the same.
            if word not in self._numbered:
                numbered = Q(task__number=int(code[1]), number=int(code[2]))
                seen = Measure.objects.filter(numbered, self.is_visible("task__program"))
                self._numbered[word] = _ids(seen.order_by())
            # As many as there are programmes: still fewer than rows with a frequent word.
            says |= Q(pk__in=self._numbered[word])
        return says

    def _any_of_measure(self, word: str) -> Q:
        """In its task's text and in its executors' names too."""
        says = self._named_measure(word)
        tasks = _ids(Task.objects.filter(holds("search_key", word)).order_by(), FEW + 1)
        says |= _those(tasks, "task", holds("task__search_key", word))
        if bodies := self.bodies[word]:
            parts = Participation.objects.filter(executor__in=bodies).order_by()
            theirs = list(parts.values_list("measure_id", flat=True)[: FEW + 1])
            says |= _those(theirs, "pk", Q(Exists(parts.filter(measure=OuterRef("pk")))))
        return says

    def _narratives(self) -> QuerySet[MeasureResult]:
        rows = MeasureResult.objects.all()
        if self.year is not None:
            rows = rows.filter(report__year=self.year)
        for word in self.words:
            rows = rows.filter(holds("search_key", word))
        return rows

    def _executors(self) -> QuerySet[Executor]:
        """Whoever reads programmes sees all the bodies, as in the section «Дані»."""
        if not permissions.can_read_programs(self.reader):
            return Executor.objects.none()
        return Executor.objects.filter(pk__in=set.intersection(*self.bodies.values()))


def _ids(rows: QuerySet[Any], most: int | None = None) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:most])


def _those(ids: Sequence[int], path: str, otherwise: Q) -> Q:
    """Few ids by themselves, which an index can look up together with the words; many by their condition."""
    return Q(**{f"{path}__in": ids}) if len(ids) <= FEW else otherwise


def holds(path: str, word: str) -> Q:
    """Whether the search key at the end of the path says the word, as `search_words.is_said` compares."""
    if len(word) >= SHORT:
        return Q(**{f"{path}__contains": word})
    begins = Q(**{f"{path}__regex": AT_START + word})
    # SQLite asks Python row by row; PostgreSQL's trigrams can do nothing with so short a LIKE.
    return begins if connection.vendor == "postgresql" else Q(**{f"{path}__contains": word}) & begins
