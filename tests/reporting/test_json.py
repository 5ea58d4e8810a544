import json

import pytest

from reporting.document import ReportDocument, UnknownSchema, from_json
from reporting.renderers.json import render
from tests.documents import a_document


def test_the_real_report_comes_back_equal(real_document: ReportDocument) -> None:
    assert from_json(render(real_document)) == real_document


def test_the_demonstration_report_comes_back_equal(demo_document: ReportDocument) -> None:
    assert from_json(render(demo_document)) == demo_document


def test_what_comes_back_gives_the_same_bytes(demo_document: ReportDocument) -> None:
    data = render(demo_document)

    assert render(from_json(data)) == data


def test_decimals_are_strings_and_a_blank_is_null() -> None:
    first, second = json.loads(render(a_document()))["sections"][0]["tasks"][0]["rows"]

    assert (first["planned"], second["planned"], second["percent"]) == ("10.0", None, "0.0")


def test_another_schema_is_refused() -> None:
    data = render(a_document(schema=2))

    with pytest.raises(UnknownSchema):
        from_json(data)
