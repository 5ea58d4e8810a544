"""Small report documents for tests that need neither the database nor the real report."""

import dataclasses
import datetime
import os
import subprocess
import sys
from decimal import Decimal
from typing import Any

from reporting.document import (
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
    to_json,
)

COLUMNS = tuple(
    Column(key, heading, kind, scope, Decimal(width))
    for key, heading, kind, scope, width in (
        ("number_text", r"№ з\п", CellKind.TEXT, Scope.TASK, 8),
        ("text", "Завдання", CellKind.TEXT, Scope.TASK, 32),
        ("content", "Зміст заходів", CellKind.TEXT, Scope.MEASURE, 46),
        ("term", "Термін виконання", CellKind.TEXT, Scope.MEASURE, 18),
        ("executors", "Виконавці", CellKind.TEXT, Scope.MEASURE, 40),
        ("planned", "Річний обсяг фінансування тис. грн (план)", CellKind.MONEY, Scope.MEASURE, 21),
        ("actual", "Річний обсяг фінансування тис. грн (факт)", CellKind.MONEY, Scope.MEASURE, 21),
        ("financed", "Фактично профінансовано тис. грн", CellKind.MONEY, Scope.MEASURE, 23),
        ("percent", "Відсоток виконання заходу %", CellKind.PERCENT, Scope.MEASURE, 17),
        ("information", "Інформація про виконання", CellKind.TEXT, Scope.MEASURE, 51),
    )
)


A_SEAL = Seal(
    label="Відбиток {fingerprint} · справжність: https://zvit.example.org/verify/",
    address="https://zvit.example.org/verify/{fingerprint}/",
    field_label="Місце електронного підпису: {post}, {name}",
)


def amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def a_row(number: str = "1.1", measure: str = "Провести засідання", **changes: Any) -> MeasureRow:
    """A measure with 8,0 of 10,0 financed: 80,0 %."""
    row = MeasureRow(
        number=number,
        measure=measure,
        content=f"{number}. {measure}",
        term="2020-2025",
        executors="Управління культури",
        planned=Decimal(10),
        actual=Decimal(9),
        financed=Decimal(8),
        computed_percent=Decimal("80.0"),
        stated_percent=None,
        percent=Decimal("80.0"),
        information="Проведено 4 засідання.",
    )
    return dataclasses.replace(row, **changes)


def a_blank_row(number: str, **changes: Any) -> MeasureRow:
    """A measure of which nothing is known yet."""
    blank = {"planned": None, "actual": None, "financed": None, "computed_percent": None}
    return a_row(number, **{**blank, "percent": Decimal("0.0"), "information": "", **changes})


def a_task(*rows: MeasureRow, number: int = 1, text: str = "Забезпечити спроможність") -> TaskBlock:
    return TaskBlock(number=number, number_text=f"{number}.", text=text, rows=rows)


def totals(planned: str | None, actual: str | None, financed: str | None, **changes: Any) -> TotalsRow:
    row = TotalsRow(
        label="",
        planned=amount(planned),
        actual=amount(actual),
        financed=amount(financed),
        computed_percent=None,
        stated_percent=None,
        percent=Decimal("0.0"),
        percent_base="planned",
    )
    return dataclasses.replace(row, **changes)


def a_document(*tasks: TaskBlock, **changes: Any) -> ReportDocument:
    """Two tasks, of two measures and of one; totals 10,0 · 9,0 · 8,0 · 80,0."""
    some_tasks = (
        a_task(a_row("1.1"), a_blank_row("1.2")),
        a_task(a_blank_row("2.1"), number=2, text="Запобігати насильству"),
    )
    document = ReportDocument(
        program_id="15-2019-11-05",
        program="Програма",
        year=2024,
        language="uk",
        title="Звіт про результати виконання: Програма, 2024 рік",
        author="Управління культури",
        heading="Звіт",
        heading_lines=("про результати виконання", "Програма", "за 2024 рік"),
        act_line="Дата і номер рішення №15 від 05.11.2019",
        term_line="Термін реалізації Програми 2020-2025 роки",
        columns=COLUMNS,
        sections=(Section("1. Виконання заходів", tasks or some_tasks),),
        totals=totals("10", "9", "8", computed_percent=Decimal("80.0"), percent=Decimal("80.0")),
        fund_lines=(
            FundLine("з загального фонду", Decimal(10), Decimal(9), Decimal(8)),
            FundLine("з інших джерел", None, None, None),
        ),
        signatures=(Signature("Начальник управління", "Олена ПРИКЛАД"),),
        marks=(),
        page_label="Сторінка {page} з {pages}",
        dated=datetime.datetime(2025, 1, 14, 12, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=2))),
        sheet=Sheet(Decimal(13), Decimal(10), Decimal(14), Decimal(10), Decimal(9)),
    )
    return dataclasses.replace(document, **changes)


def with_totals(document: ReportDocument, **changes: Any) -> ReportDocument:
    return dataclasses.replace(document, totals=dataclasses.replace(document.totals, **changes))


def rendered_elsewhere(document: ReportDocument, format_name: str) -> list[bytes]:
    """The same document by two processes that agree in nothing that bytes could lean on by mistake."""
    program = (
        "import sys, django; django.setup(); from reporting.document import from_json;"
        "from reporting.renderers import render;"
        "sys.stdout.buffer.write(render(from_json(sys.stdin.buffer.read()), sys.argv[1]))"
    )
    return [
        subprocess.run(
            [sys.executable, "-c", program, format_name],
            input=to_json(document),
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
        ).stdout
        for seed, zone in (("1", "Europe/Kyiv"), ("2", "UTC"))
    ]
