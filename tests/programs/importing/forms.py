"""Small forms as they come from the reader, and people answering what is asked about them."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from programs.importing.examination import Examination, Place, Question
from programs.importing.form.contents import ReadForm, ReadHeading, ReadMeasure, ReadSum, ReadTask
from programs.importing.form.printed import composed_program
from programs.importing.kinds import official_form
from programs.models import User

HEADING = ReadHeading(
    kind="міська програма",
    title="Програма 15",
    start_year=2020,
    end_year=2025,
    year=2024,
    department="Управління культури",
    decision_number="15",
    decision_date=datetime.date(2019, 11, 5),
)
ROW = 8
FIELDS = ("row", *(field.name for field in dataclasses.fields(ReadMeasure) if field.name != "places"))


def a_measure(number: int | None = 1, row: int = ROW, **changes: Any) -> ReadMeasure:
    """8,0 of 10,0 financed, as it is computed: 80,0 %."""
    measure = ReadMeasure(
        number=number,
        title=f"Захід {number}",
        term_text="2020-2025",
        executors_text="Управління культури",
        planned=Decimal(10),
        actual=Decimal(9),
        financed=Decimal(8),
        percent=Decimal("80.0"),
        information="Проведено.",
        places={name: Place("Звіт", row, column) for column, name in enumerate(FIELDS)},
    )
    return dataclasses.replace(measure, **changes)


def a_form(*measures: ReadMeasure, heading: Mapping[str, Any] | None = None, **changes: Any) -> ReadForm:
    """One task of so many measures, signed, its totals left blank."""
    form = ReadForm(
        table="Звіт",
        heading=dataclasses.replace(HEADING, **(heading or {})),
        tasks=[ReadTask(1, "Завдання", measures or (a_measure(),), Place("Звіт", ROW, 1))],
        totals=None,
        fund_lines=(),
        signatures=[("Начальник управління", "Олена ПРИКЛАД")],
        notes=(),
    )
    return dataclasses.replace(form, **changes)


def a_sum(
    label: str = "", planned: str = "", actual: str = "", financed: str = "", percent: str = ""
) -> ReadSum:
    figures = [Decimal(text) if text else None for text in (planned, actual, financed, percent)]
    return ReadSum(label, *figures, place=Place("Звіт", 20))


def examined(form: ReadForm, by: User, answers: Mapping[str, str] | None = None) -> Examination:
    heading = dataclasses.replace(form.heading, printed_program=composed_program(form.heading))
    return official_form.examine_form(
        dataclasses.replace(form, heading=heading), by=by, answers=answers or {}
    )


def question(examination: Examination, key: str) -> Question:
    return next(one for one in examination.questions if one.key == key)


def asked(examination: Examination) -> list[str]:
    return [one.key for one in examination.questions]


def said(examination: Examination) -> list[tuple[str, str]]:
    return [(str(note.weight), note.message) for note in examination.notes]
