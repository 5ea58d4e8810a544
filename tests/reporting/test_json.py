import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.document import SCHEMA_VERSION, NoDocument, ReportDocument, UnknownSchema, from_json
from reporting.renderers.json import render
from tests.documents import A_SEAL, a_document


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
    data = render(a_document(schema=3))

    with pytest.raises(UnknownSchema):
        from_json(data)


# --- older versions ----------------------------------------------------------------------

SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "documents"


def test_a_document_of_version_1_is_read_as_what_it_was() -> None:
    assert from_json((SAMPLES / "version-1.json").read_bytes()) == a_document(program="")


def test_a_document_of_version_2_is_read_as_what_it_was() -> None:
    assert from_json((SAMPLES / "version-2.json").read_bytes()) == a_document(edition=2, seal=A_SEAL)


def test_every_version_has_its_sample() -> None:
    assert sorted(path.stem for path in SAMPLES.glob("*.json")) == [
        f"version-{version}" for version in range(1, SCHEMA_VERSION + 1)
    ]


# --- what is no document -----------------------------------------------------------------

ROW = ("sections", 0, "tasks", 0, "rows", 0)
REMOVED = object()


def spoiled(path: tuple[Any, ...], value: Any) -> bytes:
    """The JSON of a good document with one place changed."""
    whole = json.loads(render(a_document()))
    inside = whole
    for step in path[:-1]:
        inside = inside[step]
    if value is REMOVED:
        del inside[path[-1]]
    else:
        inside[path[-1]] = value
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("heading",), REMOVED, "документ: бракує полів heading."),
        (("colour",), "red", "документ: невідомі поля colour."),
        (("year",), "2024", "документ.year: значення не того виду."),
        (("year",), True, "документ.year: значення не того виду."),
        (("title",), 7, "документ.title: значення не того виду."),
        (("title",), None, "документ.title: значення не того виду."),
        (("title",), "a\ud800b", "документ.title: не підходить значення «a\\ud800b»."),
        (("marks",), "ПРОЄКТ", "документ.marks: має бути перелік."),
        (("totals",), [], "документ.totals: має бути запис із назвами полів."),
        (("dated",), "2025-01-14", "документ.dated: не підходить значення «2025-01-14»."),
        (("columns", 2, "kind"), "colour", "документ.columns[2].kind: не підходить значення «colour»."),
        ((*ROW, "planned"), 10, "документ.sections[0].tasks[0].rows[0].planned: значення не того виду."),
        (
            (*ROW, "planned"),
            "1E+999999",
            "документ.sections[0].tasks[0].rows[0].planned: не підходить значення «1E+999999».",
        ),
        (
            (*ROW, "percent"),
            "NaN",
            "документ.sections[0].tasks[0].rows[0].percent: не підходить значення «NaN».",
        ),
        ((*ROW, "percent"), None, "документ.sections[0].tasks[0].rows[0].percent: значення не того виду."),
    ],
)
def test_a_spoiled_document_is_refused_with_its_place(
    path: tuple[Any, ...], value: Any, sentence: str
) -> None:
    with pytest.raises(NoDocument) as refused:
        from_json(spoiled(path, value))
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff", b"null", b"7", b'"a"', b"[]", b"{}", b'{"schema": 1}', b"[" * 100_000],
    ids=lambda data: repr(data[:10]),
)
def test_what_is_no_document_is_refused(data: bytes) -> None:
    with pytest.raises(NoDocument):
        from_json(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
PLACES = [(name,) for name in json.loads(render(a_document()))] + [
    ("columns", 0, "width"),
    ("sections", 0, "tasks"),
    ("sheet", "font_size"),
    (*ROW, "planned"),
    ROW,
]


@given(st.sampled_from(PLACES), JSON)
def test_nothing_but_the_documented_errors_comes_out(path: tuple[Any, ...], value: Any) -> None:
    try:
        document = from_json(spoiled(path, value))
    except NoDocument:
        return
    assert from_json(render(document)) == document
