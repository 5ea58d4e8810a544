"""For `make bench`: what a search costs in a city of many measures, beside bare LIKE over the same rows."""

from __future__ import annotations

import functools
import itertools
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

from programs.demonstration import FIXTURES
from programs.enums import DecisionKind
from programs.models import (
    AnnualReport,
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
from programs.search_hits import hits
from programs.search_words import read_words
from programs.searching import Search
from programs.textforms import Term, public_id, search_key, sort_key

OF_A_PROGRAM = 37
TASKS = 4
BODIES = 300
TITLE, NARRATIVE = 19, 52
"""Words: about 150 and 400 signs."""
SYLLABLES = ("ба", "ви", "го", "де", "жи", "зо", "ка", "лі", "му", "не", "по", "ру", "со", "та", "фе", "щу")


QUERIES = {
    "a rare word": "зовика",
    "a frequent word": "молоді",
    "three frequent words": "сім'ї управління громадськ",
    "two letters": "тв",
    "a number and a word": "1.2 молоді",
}


def searching(measures: int) -> dict[str, Callable[[], Any]]:
    """In a city made for it: what the page of a search asks the database, its hits and their marks."""
    fill(measures)
    reader = User.objects.create_user("reader", given_name="О", family_name="П", is_auditor=True)
    refresh_statistics()

    def search(typed: str) -> None:
        looked_for = Search(read_words(typed), reader)
        for kind, its in looked_for.found().items():
            hits(looked_for, kind, its, 0, 5)

    def bare_like(word: str) -> None:
        for model in (Measure, MeasureResult):
            model.objects.filter(search_key__contains=word).count()

    return {
        **{name: functools.partial(search, typed) for name, typed in QUERIES.items()},
        "bare LIKE": functools.partial(bare_like, "зовика"),
    }


def refresh_statistics() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def fill(measures: int, years: tuple[int, ...] = (2024,)) -> None:
    """So many measures, at least, in programmes of 37, each with its row in the reports of the years."""
    chance = random.Random(1688)
    words = _words(chance)
    bodies = _bodies(chance)
    for number in range(1, -(-measures // OF_A_PROGRAM) + 1):
        _program(number, chance, words, bodies, years)


def _words(chance: random.Random) -> Iterator[str]:
    told = " ".join(path.read_text() for path in sorted(FIXTURES.glob("*/*.json")))
    often = re.findall(r"[а-яіїєґ]['’а-яіїєґ-]*[а-яіїєґ]|\b[взіу]\b", told, re.IGNORECASE)
    rare = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 5))) for _ in range(20_000)]
    while True:
        yield chance.choice(often) if chance.random() < 0.93 else chance.choice(rare)


def _text(words: Iterator[str], length: int) -> str:
    return " ".join(itertools.islice(words, length)).capitalize() + "."


def _bodies(chance: random.Random) -> list[Executor]:
    words = _words(chance)
    names = [f"Управління {number} {_text(words, 4)}" for number in range(1, BODIES + 1)]
    rows = [Executor(name=name, search_key=search_key(name), sort_key=sort_key(name)) for name in names]
    made = Executor.objects.bulk_create(rows)
    ExecutorAlias.objects.bulk_create(
        ExecutorAlias(executor=row, name=row.name, search_key=row.search_key) for row in made
    )
    return made


def _program(
    number: int, chance: random.Random, words: Iterator[str], bodies: list[Executor], years: tuple[int, ...]
) -> None:
    made = Program.objects.create(
        kind="Міська цільова програма",
        title=_text(words, 8),
        start_year=2020,
        end_year=2025,
        responsible=chance.choice(bodies),
        public_id=public_id(str(number), "2019-11-05"),
    )
    Decision.objects.bulk_create(
        [Decision(program=made, number=str(number), date="2019-11-05", kind=DecisionKind.APPROVES)]
    )
    tasks = Task.objects.bulk_create(
        Task(program=made, number=one, text=_text(words, TITLE)) for one in range(1, TASKS + 1)
    )
    term: Any = Term.parse("2020-2025")
    rows = Measure.objects.bulk_create(
        Measure(task=tasks[place % TASKS], number=place // TASKS + 1, title=_text(words, TITLE), term=term)
        for place in range(OF_A_PROGRAM)
    )
    Participation.objects.bulk_create(
        Participation(measure=row, executor=body, position=position)
        for row in rows
        for position, body in enumerate(chance.sample(bodies, 3), start=1)
    )
    for year in years:
        report = AnnualReport.objects.bulk_create([AnnualReport(program=made, year=year)])[0]
        MeasureResult.objects.bulk_create(
            MeasureResult(report=report, measure=row, narrative=_text(words, NARRATIVE)) for row in rows
        )
