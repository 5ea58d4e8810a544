import csv
from decimal import Decimal

from reporting.document import ReportDocument
from reporting.renderers.csv import HEADER, render
from tests.documents import a_blank_row, a_document, a_row, a_task


def records(document: ReportDocument) -> list[dict[str, str]]:
    return list(csv.DictReader(render(document).decode().splitlines()))


def test_the_header_is_the_agreed_one() -> None:
    assert render(a_document()).split(b"\n")[0] == (
        b"task_number,task,measure_number,measure,term,executors,planned,actual,financed,"
        b"computed_percent,stated_percent,percent,information"
    )


def test_a_measure_is_one_line_ended_by_lf() -> None:
    document = a_document(a_task(a_row(information="Так, проведено.", stated_percent=Decimal("95.5"))))

    assert render(document).decode().split("\n")[1:] == [
        "1,Забезпечити спроможність,1.1,Провести засідання,2020-2025,Управління культури,"
        '10.0,9.0,8.0,80.0,95.5,80.0,"Так, проведено."',
        "",
    ]


def test_amounts_are_exact() -> None:
    row = a_row(planned=Decimal("9999999999.99999"), actual=Decimal("0.00001"), financed=Decimal("42.35000"))

    (record,) = records(a_document(a_task(row)))

    assert [record[key] for key in ("planned", "actual", "financed")] == [
        "9999999999.99999",
        "0.00001",
        "42.35",
    ]


def test_a_blank_is_empty_and_a_zero_is_zero() -> None:
    (record,) = records(a_document(a_task(a_blank_row("1.1", planned=Decimal("0.00000")))))

    assert [record[key] for key in HEADER[6:]] == ["0.0", "", "", "", "", "0.0", ""]


def test_a_text_of_several_lines_stays_one_field() -> None:
    document = a_document(a_task(a_row(information='Перший рядок\nдругий «рядок» і "лапки"')))

    (record,) = csv.DictReader(render(document).decode().splitlines(keepends=True))

    assert record["information"] == 'Перший рядок\nдругий «рядок» і "лапки"'


def test_the_real_report_has_its_37_measures_and_their_sums(real_document: ReportDocument) -> None:
    rows = records(real_document)

    assert [row["measure_number"] for row in rows] == [row.number for row in real_document.rows]
    assert len(rows) == 37
    assert [sum(Decimal(row[key]) for row in rows) for key in ("planned", "actual", "financed")] == [
        Decimal("228.3"),
        Decimal("60.0"),
        Decimal("30.0"),
    ]
