"""Programmes told of over their terms, and their cumulative documents."""

import datetime
from decimal import Decimal
from functools import cache

from programs.models import Program, Task
from reporting.cumulative.assemble import assemble
from reporting.cumulative.document import CumulativeDocument, Facts
from tests import building
from tests.programs.test_term_figures import plan, report

MOMENT = datetime.datetime(2025, 3, 4, 9, 5, 59, tzinfo=datetime.UTC)
FACTS = ("planned", "actual", "financed", "percent")


def small() -> Program:
    """2020-2025, tasks of two measures and of one; reports of 2022 and 2024, a plan of 2025 and no more.

    1.2 is named in reports without a word on its financing, 2.1 was never financed.
    """
    building.source("general", "з загального фонду")
    building.source("special", "з інших джерел")
    building.source("gift")
    program = building.program(measures=2)
    second = Task.objects.create(program=program, number=2, text="Підтримати")
    building.measure(second, 1)
    first = program.tasks.get(number=1).measures.get(number=1)
    report(program, 2022, ("10", "9", "8"), ("", "", ""), ("4", "0", "0"))
    report(program, 2024, ("1234.56789", "0.1", "0.2"), ("3", "", ""), ("0.1", "", "0"), source="gift")
    plan(first, 2025, "7.5", source="special")
    return program


def long(start: int = 2006, *, measures: int = 2) -> Program:
    """Up to 2030, a quarter of a century, with two reports."""
    program = building.program(measures=measures)
    Program.objects.filter(pk=program.pk).update(start_year=start, end_year=2030)
    program.refresh_from_db()
    for measure in program.tasks.get().measures.all():
        measure.term = program.term
        measure.save()
    sums = (("9999999999.9", "9", "8"), *[("1", "", "")] * (measures - 1))
    for year in (2020, 2021):
        report(program, year, *sums)
    return program


@cache
def small_document() -> CumulativeDocument:
    """Of `small`, made once for all tests that only read it; the first needs an empty database."""
    return document_of(small())


def document_of(program: Program) -> CumulativeDocument:
    return assemble(Program.objects.get(pk=program.pk), at=MOMENT)


def told(facts: Facts) -> list[Decimal | None]:
    return [getattr(facts, fact) for fact in FACTS]


def amounts(*texts: str) -> list[Decimal | None]:
    return [building.money(text) for text in texts]
