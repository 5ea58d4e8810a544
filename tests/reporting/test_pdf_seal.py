"""What the printed form carries when it is going to be signed: square code, fingerprint, signature fields."""

import dataclasses
import hashlib
import io
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import page as page_validation
import pdfplumber
import pypdf
import pytest
import zxingcpp
from PIL import Image

from reporting import fonts
from reporting.document import ReportDocument, Sheet, Signature, to_json
from reporting.press import press
from reporting.renderers import render
from tests.documents import A_SEAL, a_document

from .pdf_reading import printed, read_pages, squeezed

# What is printed comes from a document, whatever database its figures were in.
pytestmark = pytest.mark.only_on("sqlite")

LONG_POST = (
    "Заступник міського голови з питань діяльності виконавчих органів ради, відповідальна особа за виконання "
    "міської цільової соціальної програми територіальної громади у сфері забезпечення рівних прав та "
    "можливостей, запобігання та протидії домашньому насильству, торгівлі людьми"
)
POINTS_IN_MM = 72 / 25.4


def sealed(*posts: str, **changes: Any) -> ReportDocument:
    signatures = tuple(Signature(post, f"Олена ПРИКЛАД-{n}") for n, post in enumerate(posts, start=1))
    return a_document(seal=A_SEAL, signatures=signatures, **changes)


ONE = sealed("Начальник управління")
MANY = sealed(*[f"Член комісії {n}, {LONG_POST[: 40 * n]}" for n in range(14)])
SHAPES = {
    "one": ONE,
    "of three lines and more": sealed(LONG_POST, "Начальник управління", LONG_POST),
    "on several pages": MANY,
    "none": sealed(),
    "second edition": sealed("Начальник управління", edition=2),
}


@pytest.fixture
def pt_serif(monkeypatch):
    press.cache_clear()
    monkeypatch.setattr(fonts, "TINOS_FOLDERS", ())
    yield
    press.cache_clear()


def fingerprint(document: ReportDocument) -> str:
    return hashlib.sha256(to_json(document)).hexdigest()


def pictures(content: bytes, folder: Path) -> list[Image.Image]:
    """The pages as another program draws them, coarser than any office scanner would see them."""
    (folder / "form.pdf").write_bytes(content)
    subprocess.run(
        ["pdftoppm", "-r", "150", "-gray", "form.pdf", "page"], cwd=folder, check=True, capture_output=True
    )
    return [Image.open(file) for file in sorted(folder.glob("page*"))]


def bottom_lines(content: bytes) -> list[str]:
    return [page.text.splitlines()[-1] for page in read_pages(content)]


def fields(content: bytes) -> list[dict[str, Any]]:
    root = pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]
    return [field.get_object() for field in root["/AcroForm"]["/Fields"]]


def failures(content: bytes) -> list[tuple[str, str]]:
    return [
        (failure.rule_id, failure.message)
        for profile in ("3a", "ua1")
        for failure in page_validation.validate_pdf_bytes(content, profile=profile).failures
    ]


# --- the footer --------------------------------------------------------------------------


def test_the_code_on_every_page_leads_to_the_authenticity_page(tmp_path):
    read = [zxingcpp.read_barcodes(picture) for picture in pictures(printed(MANY), tmp_path)]
    address = f"https://zvit.example.org/verify/{fingerprint(MANY)[:16]}/"
    assert [[code.text for code in codes] for codes in read] == [[address]] * len(read)
    assert len(read) > 1


def test_each_page_lists_its_own_code_alone():
    """Were all codes in one list of all pages, checking a signature would take quadratic time."""
    pages = pypdf.PdfReader(io.BytesIO(printed(MANY))).pages
    listed = [len(page["/Resources"]["/XObject"]) for page in pages]
    assert (listed, len(listed) > 1) == ([1] * len(listed), True)


def test_the_fingerprint_stands_beside_it_in_groups_of_four():
    short = fingerprint(MANY)[:16]
    grouped = " ".join(short[n : n + 4] for n in (0, 4, 8, 12))
    label = f"Відбиток {grouped} · справжність: https://zvit.example.org/verify/"
    lines = bottom_lines(printed(MANY))
    assert lines == [f"{label} Сторінка {n} з {len(lines)}" for n in range(1, len(lines) + 1)]


def test_a_draft_carries_neither_code_nor_field():
    content = printed(a_document())
    assert bottom_lines(content) == ["Сторінка 1 з 1"]
    assert "/AcroForm" not in pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]


def test_the_footer_is_no_part_of_what_is_read_aloud():
    with pdfplumber.open(io.BytesIO(printed(ONE))) as opened:
        page = opened.pages[0]
        edge = page.height - float(ONE.sheet.margin_bottom) * POINTS_IN_MM
        below = [item for item in page.chars + page.lines if item["top"] > edge]
        assert {item["object_type"] for item in below} == {"char", "line"}
        assert {item["tag"] for item in below} == {"Artifact"}


@pytest.mark.parametrize("margin", [1, 3, 6, 10, 14, 20])
def test_the_code_shrinks_rather_than_reach_into_the_table(margin):
    sheet = Sheet(Decimal(13), Decimal(10), Decimal(margin), Decimal(10), Decimal(9))
    content = render(sealed("Начальник управління", sheet=sheet), "pdf")
    with pdfplumber.open(io.BytesIO(content)) as opened:
        page = opened.pages[0]
        # It is drawn as lines as broad as its squares; the table's borders are of half a point.
        code = [line for line in page.lines if round(line["linewidth"], 2) != 0.5]
        edge = page.height - margin * POINTS_IN_MM
        assert code
        assert [line for line in code if not edge < line["top"] < page.height] == []
    assert failures(content) == []


def test_an_address_of_many_letters_makes_room_for_the_pages_number():
    seal = dataclasses.replace(A_SEAL, label=f"Відбиток {{fingerprint}}: {'довга-адреса.' * 16}gov.ua")
    content = render(a_document(seal=seal), "pdf")
    assert "Сторінка1з1" in squeezed(read_pages(content)[0].text)
    assert failures(content) == []


def test_a_text_cannot_leave_the_footer():
    seal = dataclasses.replace(A_SEAL, label='"} body{display:none} </style><b>')
    assert bottom_lines(render(a_document(seal=seal), "pdf")) == [
        '"} body{display:none} </style><b> Сторінка 1 з 1'
    ]


# --- the fields --------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_conforms_to_archive_and_accessibility_profiles(shape):
    assert failures(printed(SHAPES[shape])) == []


def test_conforms_in_the_wider_font(pt_serif):
    assert failures(render(MANY, "pdf")) == []


def test_each_signature_has_an_empty_field_of_its_own():
    assert [(field["/T"], field["/TU"], field["/FT"], field["/F"]) for field in fields(printed(MANY))] == [
        (f"Signature{n}", f"Місце електронного підпису: {signature.post}, {signature.name}", "/Sig", 4)
        for n, signature in enumerate(MANY.signatures, start=1)
    ]


@pytest.mark.parametrize("shape", ["one", "of three lines and more", "on several pages"])
def test_a_field_stands_level_with_the_last_line_beside_it(shape):
    content = printed(SHAPES[shape])
    numbers = {
        page.indirect_reference.idnum: n for n, page in enumerate(pypdf.PdfReader(io.BytesIO(content)).pages)
    }
    with pdfplumber.open(io.BytesIO(content)) as opened:
        for field, signature in zip(fields(content), SHAPES[shape].signatures, strict=True):
            page = opened.pages[numbers[field.raw_get("/P").idnum]]
            left, bottom, right, top = map(float, field["/Rect"])
            assert (right - left, top - bottom) == pytest.approx((165, 34), abs=0.1)
            inside = page.crop((left, page.height - top, right, page.height - bottom))
            assert inside.extract_words() == []
            (name,) = [word for word in page.extract_words() if word["text"] == signature.name.split()[1]]
            # The line is 14.4 points high, its letters 12 and in the middle of it.
            assert page.height - bottom - name["bottom"] == pytest.approx(1.2, abs=1)


def test_fields_follow_the_post_in_the_order_of_reading():
    root = pypdf.PdfReader(io.BytesIO(printed(ONE))).trailer["/Root"]["/StructTreeRoot"]
    section = next(tag for tag in tags_below(root) if tag["/S"] == "/Sect")
    assert [kid.get_object()["/S"] for kid in section["/K"]] == ["/P", "/Form", "/P"]


def tags_below(tag: Any) -> Any:
    kids = tag.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        kid = kid.get_object()
        if isinstance(kid, dict) and "/S" in kid:
            yield kid
            yield from tags_below(kid)


def test_a_fields_tag_is_found_by_its_number():
    """The field says where its tag is; the tag holds the field itself and no list of it."""
    content = printed(MANY)
    root = pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]
    numbers = root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    tag_of = dict(zip(numbers[::2], numbers[1::2], strict=True))
    held = [tag_of[field["/StructParent"]].get_object()["/K"]["/Obj"] for field in fields(content)]
    assert [field["/T"] for field in held] == [field["/T"] for field in fields(content)]


# --- the file ----------------------------------------------------------------------------


def test_the_same_document_gives_the_same_bytes():
    assert render(MANY, "pdf") == render(MANY, "pdf")


def test_the_real_report_keeps_its_ten_pages(real_document):
    """The lower margin holds the code, and the last measures still share a page with the signature."""
    content = printed(dataclasses.replace(real_document, seal=A_SEAL))
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == 10


def test_the_output_intent_is_an_object_of_its_own():
    """PDFBox would make it one when it signs, and that is a change of the document."""
    root = pypdf.PdfReader(io.BytesIO(printed(ONE))).trailer["/Root"]
    assert [type(intent).__name__ for intent in list.__iter__(root["/OutputIntents"])] == ["IndirectObject"]
