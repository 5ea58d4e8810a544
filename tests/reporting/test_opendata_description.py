"""What describes the open data: schema, dictionary, datapackage.json, OpenAPI; and answers against it."""

from __future__ import annotations

import calendar
import csv
import datetime
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client
from django.utils.http import http_date
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate
from pytest_django import Settings

from reporting.checks import opendata_schema
from reporting.opendata import schema
from reporting.opendata.documents import DOCUMENTS, find_document
from reporting.opendata.files import CSV_NOTE
from reporting.opendata.schema import Column, Dataset, DataType, SchemaError, dataset, read
from reporting.opendata.values import VALUES
from tests import agreeing

RECOMMENDED = {
    "programs": (
        "identifier title validFrom validThrough status executantName executantIdentifier url "
        "orderType orderTitle orderDateAccepted orderNumber orderURL publisherName publisherIdentifier"
    ),
    "amendments": (
        "identifier programmeIdentifier programmeTitle "
        "orderType orderTitle orderDateAccepted orderNumber orderURL publisherName publisherIdentifier"
    ),
    "reports": (
        "identifier dateAccepted title periodStartDate periodEndDate programmeIdentifier programmeTitle url"
    ),
    "measures": "",
}


def document(name: str) -> Any:
    found = find_document(name)
    assert found is not None
    return json.loads(found.content)


@pytest.mark.parametrize("code", RECOMMENDED)
def test_recommended_columns_come_first_and_in_their_order(code: str) -> None:
    table = dataset().table(code)
    assert table is not None
    first = [column.name for column in table.columns if column.recommended]
    assert first == RECOMMENDED[code].split()
    assert [column.name for column in table.columns][: len(first)] == first


PATTERNS = {
    DataType.YEAR: r"\d{4}",
    DataType.DATE: r"\d{4}-\d\d-\d\d",
    DataType.MOMENT: r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[23]:00",
    DataType.ADDRESS: r"https://\S+",
    DataType.DECIMAL: r"\d+\.\d+",
    DataType.INTEGER: r"\d+",
    DataType.BOOLEAN: r"true|false",
    DataType.STRING: r"(?s).+",
}


def test_every_example_is_of_its_type_and_among_the_values() -> None:
    wrong = [
        column.name
        for column in every_column(dataset())
        if not re.fullmatch(PATTERNS[column.type], column.example)
        or (column.values and column.example not in column.values)
    ]
    assert wrong == []


def every_column(about: Dataset) -> list[Column]:
    return [column for table in about.tables for column in table.columns]


def test_every_value_that_the_portal_offers_is_used() -> None:
    used = {table.code: {column.value for column in table.columns} - {""} for table in dataset().tables}
    assert used == {code: set(known) for code, known in VALUES.items()}


def test_both_dictionaries_describe_every_column_of_every_table() -> None:
    told = document("dictionary.json")
    expected = [(table.name, column.name) for table in dataset().tables for column in table.columns]
    assert [(table["name"], one["name"]) for table in told["tables"] for one in table["columns"]] == expected
    found = find_document("dictionary.csv")
    assert found is not None
    lines = list(csv.DictReader(io.StringIO(found.content.decode(), newline="")))
    assert [(line["table"], line["name"]) for line in lines] == expected
    assert [line["unit"] for line in lines if line["name"] == "planned"] == ["тис. грн", "тис. грн"]


def test_the_data_package_describes_the_csv_files() -> None:
    told = document("datapackage.json")
    assert told["licenses"][0]["name"] == "CC-BY-4.0"
    fields = {one["name"]: [field["name"] for field in one["schema"]["fields"]] for one in told["resources"]}
    assert fields == {table.code: [column.name for column in table.columns] for table in dataset().tables}
    assert [one["schema"]["foreignKeys"] for one in told["resources"] if one["name"] == "reports"] == [
        [{"fields": "programmeIdentifier", "reference": {"resource": "programs", "fields": "identifier"}}]
    ]


def test_who_publishes_is_left_out_where_nobody_says(settings: Settings) -> None:
    settings.PUBLISHER_NAME, settings.PUBLISHER_EMAIL = "", ""
    assert "contributors" not in document("datapackage.json")
    assert "contact" not in document("openapi.json")["info"]
    settings.PUBLISHER_NAME, settings.PUBLISHER_EMAIL = "Рада", "data@example.org"
    assert document("openapi.json")["info"]["contact"] == {"name": "Рада", "email": "data@example.org"}
    validate(document("openapi.json"))


# --- OpenAPI -----------------------------------------------------------------------------


def test_the_description_of_the_json_is_valid() -> None:
    validate(document("openapi.json"))


@pytest.mark.django_db
def test_every_answer_is_as_it_is_described(settings: Settings, tmp_path: Path) -> None:
    settings.PUBLIC_REPORTS = True
    settings.OPENDATA_FOLDER = tmp_path
    report, head = agreeing.small_report()
    agreeing.published_edition(report, head, printed=False)
    told = document("openapi.json")
    parts = {"programmeIdentifier": report.program.public_id, "year": report.year}
    faults = {}
    for path, operations in told["paths"].items():
        response = Client().get(path.format(**parts))
        answer = json.loads(response.getvalue() if response.streaming else response.content)
        asked = operations["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        # Its references lead into the whole description.
        checker = Draft202012Validator({**told, **asked}, format_checker=FormatChecker())
        faults[path] = (response.status_code, [error.message for error in checker.iter_errors(answer)])
    assert len(faults) == 7
    assert {path: found for path, found in faults.items() if found != (200, [])} == {}


def test_files_may_ask_to_come_back() -> None:
    paths = document("openapi.json")["paths"]
    busy = [path for path, operations in paths.items() if "503" in operations["get"]["responses"]]
    assert busy == [f"/opendata/{code}.json" for code in RECOMMENDED]


def test_programs_that_read_csv_are_told_of_the_apostrophe() -> None:
    assert {CSV_NOTE in one["description"] for one in document("datapackage.json")["resources"]} == {True}


def test_an_answer_of_another_shape_would_be_noticed() -> None:
    told = document("openapi.json")
    checker = Draft202012Validator({**told, "$ref": "#/components/schemas/ProgramsRow"})
    assert not checker.is_valid({"identifier": "1688-2019-12-18"})


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_says_when_it_changed(name: str, settings: Settings, tmp_path: Path) -> None:
    settings.PUBLIC_REPORTS = True
    first = Client().get(f"/opendata/{name}")
    tag, day = first["ETag"], http_date(calendar.timegm(dataset().dated.timetuple()))
    assert first["Last-Modified"] == day
    again = Client().get(f"/opendata/{name}", headers={"If-None-Match": tag})
    assert (again.status_code, again["ETag"], again["Last-Modified"]) == (304, tag, day)

    settings.OPENDATA_SCHEMA = changed(tmp_path, 'name = "orderURL"', 'name = "legalActUrl"')

    # Changed, and its date forgotten: the tag tells them apart, and the date alone never says 304.
    for asked in ({"If-None-Match": tag}, {"If-Modified-Since": day}):
        other = Client().get(f"/opendata/{name}", headers=asked)
        assert (other.status_code, other["ETag"] == tag) == (200, False)


def test_a_document_is_of_the_day_that_the_schema_declares(settings: Settings, tmp_path: Path) -> None:
    settings.PUBLIC_REPORTS = True
    dated = f"dated = {dataset().dated}"
    settings.OPENDATA_SCHEMA = changed(tmp_path, dated, "dated = 2025-03-04")
    assert Client().get("/opendata/openapi.json")["Last-Modified"] == "Tue, 04 Mar 2025 00:00:00 GMT"


# --- a schema of one's own ---------------------------------------------------------------


def test_another_file_renames_columns_everywhere(settings: Settings, tmp_path: Path) -> None:
    settings.OPENDATA_SCHEMA = changed(tmp_path, 'name = "orderURL"', 'name = "legalActUrl"')
    names = [one["name"] for one in document("dictionary.json")["tables"][1]["columns"]]
    assert names[7] == "orderURL"
    assert document("openapi.json")["components"]["schemas"]["ProgramsRow"]["required"][12] == "legalActUrl"


def changed(folder: Path, old: str, new: str) -> Path:
    """The schema with the first such place changed."""
    text = Path(project.OPENDATA_SCHEMA).read_text()
    assert old in text
    path = folder / "schema.toml"
    path.write_text(text.replace(old, new, 1))
    return path


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'value = "public_id"',
            'value = "pubic_id"',
            "programs.identifier: немає показника «pubic_id», є public_id",
        ),
        ('name = "title"', 'name = "identifier"', "programs: графа identifier двічі"),
        ('type = "gYear"', 'type = "year"', "'year' is not a valid DataType"),
        ('code = "programs"', 'code = "plans"', "таблиці «plans» портал не має"),
        ('key = ["identifier"]', 'key = ["id"]', "programs: ключа id немає серед граф"),
        ('refers = "programs.identifier"', 'refers = "programs.id"', "немає графи programs.id"),
        ("long = true", "wide = true", "таблиця programs, графа title: невідоме wide"),
        ('title = "Ідентифікатор"\n', "", "таблиця programs, графа identifier: бракує title"),
        ('version = "1.0"', "version = 1.0", "dataset: version має бути текстом"),
        ("[dataset]", "[dataset", "помилка"),
    ],
)
def test_a_schema_that_cannot_serve_says_what_is_wrong(old: str, new: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SchemaError) as refused:
        read(changed(tmp_path, old, new))
    assert said in str(refused.value)
    assert "schema.toml" in str(refused.value)


def test_a_schema_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="не читається"):
        read(tmp_path / "none.toml")


def test_a_schema_that_cannot_serve_is_told_of_at_the_start(settings: Settings, tmp_path: Path) -> None:
    assert opendata_schema(None) == []
    settings.OPENDATA_SCHEMA = tmp_path / "none.toml"
    assert [(one.id, one.hint) for one in opendata_schema(None)] == [
        ("zvit.E006", "Файл називає змінна OPENDATA_SCHEMA.")
    ]


def test_the_schema_is_dated() -> None:
    assert isinstance(schema.dataset().dated, datetime.date)
