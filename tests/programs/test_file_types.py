"""What a file is by its content."""

import contextlib
import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs import file_types
from programs.file_types import DOCX, JPEG, PDF, PNG, XLSX, FileRefused, FileType, recognise
from tests import files

TORN = "обірваний або пошкоджений. Відкрийте його в себе, збережіть ще раз і додайте знову."
NO_ARCHIVE = "Файл починається як DOCX або XLSX, але він пошкоджений або зашифрований."
MACROS = "У файлі є макроси або елементи ActiveX."
SWOLLEN = "Розпакований файл завеликий"
NAMES = "У файлі забагато частин або вони названі так, як Word і Excel не називають."
PRESENTATION = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
MACRO_WORD = "application/vnd.ms-word.document.macroEnabled.main+xml"


def refusal(content: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        recognise(io.BytesIO(content))
    return str(refused.value)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (files.PDF, PDF),
        (files.picture("JPEG"), JPEG),
        (files.picture("PNG"), PNG),
        (files.docx(), DOCX),
        (files.xlsx(), XLSX),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_five_kinds_are_taken(content: bytes, kind: FileType) -> None:
    file = io.BytesIO(content)
    assert (recognise(file), file.tell()) == (kind, 0)


@pytest.mark.parametrize(
    ("content", "seems"),
    [
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "зображення SVG"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><script>alert(1)</script>", "сторінка HTML"),
        (b"<SCRIPT >alert(1)</SCRIPT>", "сторінка HTML"),
        (b"<note/>", "файл XML"),
        (b"MZ\x90\0\3\0", "програма для Windows (EXE)"),
        (b"\x7fELF\2\1", "програма"),
        (b"#!/bin/sh\nrm -rf /", "скрипт"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "документ старого зразка (DOC, XLS) або документ із паролем"),
        (rb"{\rtf1\ansi}", "документ RTF"),
        (b"Rar!\x1a\x07", "архів RAR"),
        (b"PK\x05\x06" + b"\0" * 18, "архів"),
        (b"\0\0\0\x18ftypheic", "фото HEIC"),
        (b"\0\0\0\x18ftypmp42", "відео"),
        (files.picture("GIF"), "зображення GIF"),
        (files.picture("TIFF"), "зображення TIFF"),
        (files.picture("BMP"), "зображення BMP"),
        (files.picture("WEBP"), "зображення WebP"),
        (files.archive({"a.txt": b"a"}), "архів ZIP"),
        (files.archive({"mimetype": b"application/vnd.oasis.opendocument.text"}),
         "документ OpenDocument (ODT, ODS)"),
        (files.docx(main=PRESENTATION), "презентація PowerPoint (PPTX)"),
        ("Звіт".encode(), "текст"),
        (b"\1\2\3", "файл невідомого виду"),
        (b" %PDF-1.4 %%EOF", "текст"),
    ],
)  # fmt: skip
def test_what_is_refused_is_named(content: bytes, seems: str) -> None:
    assert refusal(content) == (
        f"За вмістом це {seems}, а додати можна лише PDF, Word (DOCX), Excel (XLSX), JPEG або PNG."
    )


def test_an_empty_file_is_refused() -> None:
    assert refusal(b"") == "Файл порожній: у ньому немає жодного байта."


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("kept", [12, 100, -30])
def test_half_a_picture_is_refused(kind: str, kept: int) -> None:
    assert refusal(files.picture(kind)[:kept]) == f"Файл {kind} {TORN}"


def test_half_a_pdf_is_refused() -> None:
    assert refusal(files.PDF[:-8]) == f"Файл PDF {TORN}"


def test_a_photo_with_what_a_telephone_writes_after_it_is_taken() -> None:
    assert recognise(io.BytesIO(files.picture("JPEG") + b"SEFT" * 50_000)) == JPEG


def test_the_end_of_the_small_picture_inside_is_not_the_end_of_the_photo() -> None:
    photo = files.picture("JPEG")
    inside = b"\xff\xe1" + struct.pack(">H", len(photo) + 2) + photo
    torn = photo[:2] + inside + photo[2:-2]
    assert recognise(io.BytesIO(photo[:2] + inside + photo[2:])) == JPEG
    assert refusal(torn) == f"Файл JPEG {TORN}"


def test_the_end_of_a_photo_may_lie_across_two_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_types, "CHUNK", 1)
    assert recognise(io.BytesIO(files.picture("JPEG"))) == JPEG


# --- office documents --------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        files.docx(main=MACRO_WORD),
        files.docx({"word/vbaProject.bin": b"x"}),
        files.docx({"WORD/VBAPROJECT.BIN": b"x"}),
        files.docx({"word/other.bin": b"x"}, types='<Override PartName="/word/other.bin" '
                   'ContentType="application/vnd.ms-office.vbaProject"/>'),
        files.docx({"word/embeddings/a.xlsm": b"x"}, types='<Default Extension="xlsm" '
                   'ContentType="application/vnd.ms-excel.sheet.macroEnabled.12"/>'),
        files.docx({"word/activeX/activeX1.xml": b"<a/>"}),
    ],
)  # fmt: skip
def test_macros_are_refused(content: bytes) -> None:
    assert refusal(content).startswith(MACROS)


def test_a_part_that_swells_is_refused() -> None:
    assert refusal(files.docx({"word/big.xml": b" " * 3_000_000})).startswith(SWOLLEN)


def test_parts_that_swell_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_types, "MAX_INFLATED", 900_000)
    parts = {f"word/{number}.bin": b"\0" * 100_000 for number in range(9)}
    assert refusal(files.docx(parts)).startswith(SWOLLEN)


def test_a_part_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(files.docx({"word/a.bin": b"\0" * 500_000}))
    for place in (content.find(b"word/a.bin") - 8, content.rfind(b"word/a.bin") - 22):
        content[place : place + 4] = struct.pack("<I", 10)
    assert refusal(bytes(content)).startswith(NO_ARCHIVE)


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/passwd", "word\\..\\evil", "WORD/document.xml"])
def test_strange_names_are_refused(name: str) -> None:
    assert refusal(files.docx({name: b"<a/>"})) == NAMES


def test_too_many_parts_are_refused() -> None:
    parts = {f"word/{number}.xml": b"" for number in range(file_types.MAX_PARTS)}
    assert refusal(files.docx(parts)) == NAMES


@pytest.mark.parametrize(
    "text",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        '<?xml version="1.0" encoding="utf-16"?><!doctype a><a/>'.encode("utf-16"),
    ],
)
@pytest.mark.parametrize("name", ["word/document.xml", "word/_rels/document.xml.rels"])
def test_a_doctype_is_refused(name: str, text: bytes) -> None:
    assert refusal(files.docx({name: text})) == "У файлі є оголошення DOCTYPE, якого Word і Excel не пишуть."


@pytest.mark.parametrize("name", ["[Content_Types].xml", "_rels/.rels"])
@pytest.mark.parametrize("text", [b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<a", b"", b" " * 1_100_000])
def test_an_index_that_cannot_be_read_is_refused(name: str, text: bytes) -> None:
    assert refusal(files.docx({name: text})).startswith((NO_ARCHIVE, SWOLLEN))


def test_a_document_without_its_main_part_is_an_archive() -> None:
    whole = io.BytesIO(files.docx())
    with zipfile.ZipFile(whole) as packed:
        rest = {name: packed.read(name) for name in packed.namelist() if name != "word/document.xml"}
    assert "архів ZIP" in refusal(files.archive(rest))


def test_an_encrypted_part_is_refused() -> None:
    content = bytearray(files.docx())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(signature)
        content[place + flags] |= 1
    assert refusal(bytes(content)).startswith(NO_ARCHIVE)


def test_a_rare_way_of_packing_is_refused() -> None:
    content = io.BytesIO(files.docx())
    with zipfile.ZipFile(content, "a") as packed:
        packed.writestr("word/a.bin", b"a", zipfile.ZIP_BZIP2)
    assert refusal(content.getvalue()).startswith(NO_ARCHIVE)


GOOD = [files.PDF, files.picture("JPEG"), files.picture("PNG"), files.docx(), files.xlsx()]


@given(which=st.sampled_from(GOOD), place=st.integers(0, 10_000), noise=st.binary(max_size=8))
def test_a_spoiled_file_is_taken_or_refused_and_never_fails(which: bytes, place: int, noise: bytes) -> None:
    place %= len(which)
    spoiled = which[:place] + noise + which[place + len(noise) :]
    with contextlib.suppress(FileRefused):
        assert recognise(io.BytesIO(spoiled)) in file_types.ALLOWED
