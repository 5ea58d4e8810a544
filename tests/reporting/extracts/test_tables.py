"""Extracts as CSV, in both dialects, and as JSON."""

import csv
import io
import json
import tempfile
from decimal import Decimal

import pytest

from programs.importing.measure_columns import unguarded
from programs.models import MeasureResult, Program, User
from reporting.extracts.preview import preview
from reporting.extracts.selection import Selection
from reporting.extracts.writing import FORMATS, file_name, write_extract
from tests import building

from .taking import NOW, as_json, taken

YEAR = Selection(years=(2023,))


def rows(format_name: str) -> list[dict[str, str]]:
    content, _ = taken(format_name, YEAR)
    encoding, delimiter = ("utf-8-sig", ";") if format_name == "csv" else ("utf-8", ",")
    return list(csv.DictReader(io.StringIO(content.decode(encoding), newline=""), delimiter=delimiter))


def test_the_one_for_excel_has_a_mark_semicolons_and_decimal_commas(report_2023: object) -> None:
    content, facts = taken("csv", YEAR)
    row = rows("csv")[0]
    assert content.startswith(b"\xef\xbb\xbf")
    assert (facts.rows, row["ключ"], row["план, тис. грн"], row["план, грн"]) == (
        37,
        "1688-2019-12-18/2023/1.1",
        "2,4",
        "2400,0",
    )


def test_the_one_for_programs_has_none_of_these(report_2023: object) -> None:
    content, _ = taken("csv-plain", YEAR)
    row = rows("csv-plain")[0]
    assert content.startswith("ключ,код програми".encode())
    assert (row["план, тис. грн"], row["відсоток у звіті"]) == ("2.4", "100.0")


def test_both_hold_what_the_json_holds(report_2023: object) -> None:
    texts = [row["narrative"] for row in as_json(YEAR)["measures"]]
    for format_name in ("csv", "csv-plain"):
        assert [row["інформація про виконання"] for row in rows(format_name)] == texts


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@а", "\tа", "'=1", "''-1", '="а";б', "'а", "а=1"])
def test_formulas_are_guarded_for_excel_and_come_back(db: None, text: str) -> None:
    building.results(building.program(measures=1), 2023)
    MeasureResult.objects.update(narrative=text)
    (excel,), (plain,) = rows("csv"), rows("csv-plain")
    guarded = excel["інформація про виконання"]
    assert guarded[0] not in "=+-@\t"
    assert (unguarded(guarded), plain["інформація про виконання"]) == (text, text)


def test_negative_numbers_are_no_formulas(report_2023: object) -> None:
    assert rows("csv")[0]["відхилення (профінансовано − план), тис. грн"] == "-2,4"


def test_json_holds_exact_numbers(db: None) -> None:
    row = building.results(building.program(measures=1))[0]
    row.amounts.create(source=building.source(), planned=Decimal("9999999999.99999"))
    content, _ = taken("json")
    assert b'"planned":9999999999.99999,' in content
    assert json.loads(content)["schema_version"] == 1


def test_json_of_nothing_is_whole(db: None) -> None:
    told = as_json()
    assert (told["measures"], told["changes"]) == ([], [])


def test_a_stranger_takes_nothing_away(demo: Program, stranger: User) -> None:
    extract = as_json(by=stranger)
    assert [extract[sheet] for sheet in ("measures", "programs", "changes", "plan_changes", "findings")] == [
        []
    ] * 5


def test_progress_is_told_in_rows(demo: Program) -> None:
    told: list[tuple[int, int]] = []
    with tempfile.TemporaryFile() as file:
        write_extract(YEAR, "csv", file, by=None, now=NOW, progress=lambda *so_far: told.append(so_far))
    assert told == [(37, 37)]


@pytest.mark.parametrize(
    ("years", "name"),
    [
        ((), "Vybirka_20250114-123005.xlsx"),
        ((2023,), "Vybirka_2023_20250114-123005.xlsx"),
        ((2023, 2024), "Vybirka_2023-2024_20250114-123005.xlsx"),
        ((2020, 2021, 2022, 2023), "Vybirka_20250114-123005.xlsx"),
    ],
)
def test_files_are_named_by_years_and_moment(years: tuple[int, ...], name: str) -> None:
    assert file_name(Selection(years=years), "xlsx", NOW) == name


def test_both_kinds_of_csv_have_names_of_their_own() -> None:
    names = [file_name(Selection(), name, NOW) for name in ("csv", "csv-plain")]
    assert names == ["Vybirka_20250114-123005.csv", "Vybirka_20250114-123005-plain.csv"]


def test_every_format_is_written(demo: Program) -> None:
    assert {name: taken(name, YEAR)[1].rows for name in FORMATS} == dict.fromkeys(FORMATS, 37)


# --- the first rows on a page ---


def test_the_preview_shows_the_first_rows(demo: Program) -> None:
    shown = preview(YEAR, None, limit=2)
    assert [column.key for column in shown.columns][:2] == ["key", "state"]
    assert [[row[0], row[4], row[8]] for row in shown.rows] == [
        ["1688-2019-12-18/2023/1.1", "2,4", "100,0"],
        ["1688-2019-12-18/2023/1.2", "12,0", "0,0"],
    ]


def test_the_preview_shows_less_than_nothing_with_a_minus(demo: Program) -> None:
    assert preview(YEAR, None, limit=1).rows[0][7] == "−2,4"


def test_a_stranger_previews_nothing(stranger: User) -> None:
    assert preview(YEAR, stranger).rows == []
