"""Thousands of files that have suffered: each is still read, or refused in words; nothing else happens."""

import datetime
import io
import random
import re
import signal
import zipfile
from collections.abc import Callable, Iterator
from xml.sax.saxutils import escape

import pytest
import xlsxwriter

from programs.file_types import FileRefused
from programs.importing.files import reading
from programs.importing.files.tables import Book
from tests.programs.importing.files_made import (
    docx_of,
    ods,
    ods_cell,
    ods_number,
    ods_row,
    read,
    with_parts,
)


class Hung(BaseException):
    """No mere exception: the door would take it for a fault of the file."""


@pytest.fixture(autouse=True)
def never_hangs() -> Iterator[None]:
    """A file that is read for minutes fails the test; nothing here says how fast one has to be read."""

    def give_up(*_: object) -> None:
        raise Hung

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(300)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


# Parts that are read.
TELLING = r"sheet1|sharedStrings|styles|workbook|content\.xml|document|manifest|Types|\.rels$"
Mutation = Callable[[bytes, random.Random], bytes]

VALUES = [
    "", "-1", "0", "1E400", "NaN", "99999999999999999999", "#REF!", "s", "b", "d", "e", "n", "str",
    "inlineStr", "A0", "XFD1048576", "ZZZ1", "A1:A1", "B2:A1", "A1:XFD1048576", "float", "date",
    "percentage", "boolean", "string", "continue", "restart", "2023-02-30", "2023-12-31", "true", "hidden",
    "External", "ї" * 40_000, "_x000D_", "_xD800_", "\u202e", "\U0001f600", "1_0", "٣", " ",
]  # fmt: skip
MARKUP = [
    "&#0;", "&x;", "&amp;", "<c>", "</row>", "<row/>", "]]>", "<![CDATA[x]]>", "<!--", "<?x?>", '"', "'",
    "\0", "\ufffe",
]  # fmt: skip


def of_bytes(content: bytes, chance: random.Random) -> bytes:
    """Some bytes are others, or the file ends sooner, or a piece of it stands twice."""
    spoiled = bytearray(content)
    match chance.randrange(3):
        case 0:
            for _ in range(chance.randint(1, 8)):
                spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        case 1:
            del spoiled[chance.randrange(len(spoiled)) :]
        case _:
            start, end = sorted(chance.choices(range(len(spoiled)), k=2))
            spoiled[start:start] = spoiled[start : min(end, start + 200)]
    return bytes(spoiled)


def of_parts(content: bytes, chance: random.Random) -> bytes:
    """A part is another's content, or empty, or missing."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        one, other = chance.sample(archive.namelist(), 2)
        text = chance.choice([archive.read(other), b"", None])
    return with_parts(content, {one: text})


def of_markup(content: bytes, chance: random.Random) -> bytes:
    """In a part that matters: an attribute, a text, a tag is another, is missing or stands twice."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = chance.choice([name for name in archive.namelist() if re.search(TELLING, name)])
        text = archive.read(name).decode()
    for _ in range(chance.randint(1, 3)):
        pattern = chance.choice([r'(?<==")[^"]*(?=")', r"(?<=>)[^<]*(?=<)", r"<[^>]*>", r"(?<=[</ ])[\w:]+"])
        if not (places := list(re.finditer(pattern, text))):
            continue
        place = chance.choice(places)
        put = chance.choice([*VALUES, *MARKUP, place[0] * 2, chance.choice(places)[0]])
        text = text[: place.start()] + put + text[place.end() :]
    return with_parts(content, {name: text.encode("utf-8", "surrogatepass")})


def of_values(content: bytes, chance: random.Random) -> bytes:
    """In the part with the cells, texts and attributes that are sound XML, and say something else."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = next(name for name in archive.namelist() if re.search(r"sheet1|content\.xml|document", name))
        text = archive.read(name).decode()
    for _ in range(chance.randint(1, 4)):
        place = chance.choice(list(re.finditer(r'(?<=\w=")[^"]*(?=")|(?<=>)[^<]*(?=<)', text)))
        text = text[: place.start()] + escape(chance.choice(VALUES)) + text[place.end() :]
    return with_parts(content, {name: text})


TWICE = 'table:number-rows-repeated="2"'


def seeds() -> dict[str, tuple[bytes, str]]:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        book.set_properties({"created": datetime.datetime(2024, 1, 1)})
        form = book.add_worksheet("Форма")
        form.merge_range("A1:B1", "Звіт")
        form.write_row("A2", ["1.1", 42.35, "a\nb", True])
        form.write_formula("E2", "=B2*2", None, 84.7)
        form.write_formula("F2", "=1/0", None, "#DIV/0!")
        form.write_number("A3", 0.35, book.add_format({"num_format": "0%"}))
        form.write_datetime("B3", datetime.date(2023, 12, 31), book.add_format({"num_format": "dd.mm.yy"}))
    spreadsheet = ods(
        ods_row(ods_cell("<text:p>Звіт<text:s text:c='2'/></text:p>", 'table:number-columns-spanned="2"'))
        + ods_row(ods_number("42.35"), ods_number("0.35", 'table:number-columns-repeated="2"', "percentage"))
        + ods_row(
            ods_cell("", 'office:value-type="date" office:date-value="2023-12-31"'),
            attributes=TWICE,
        ),
        after='<table:table table:name="Інший"/>',
    )
    merged = '<w:tcPr><w:gridSpan w:val="2"/><w:vMerge w:val="restart"/></w:tcPr>'
    word = docx_of(
        "<w:p><w:r><w:t>Звіт</w:t></w:r></w:p><w:tbl>"
        f"<w:tr><w:tc>{merged}<w:p><w:r><w:t>а</w:t><w:br/></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr>"
        f"<w:tr><w:tc>{merged.replace('restart', 'continue')}<w:p/></w:tc></w:tr></w:tbl>",
    )
    text = '№;Назва заходу;Сума\r\n1;"Ремонт; доріг";1,5\r\n2;Світло;2,5\r\n'
    return {
        "xlsx": (made.getvalue(), "a.xlsx"),
        "ods": (spreadsheet, "a.ods"),
        "docx": (word, "a.docx"),
        "csv": (text.encode("cp1251"), "a.csv"),
    }


ARCHIVE = {of_bytes: 200, of_parts: 100, of_markup: 300, of_values: 800}


@pytest.mark.parametrize(
    ("kind", "mutations"),
    [("xlsx", ARCHIVE), ("ods", ARCHIVE), ("docx", ARCHIVE), ("csv", {of_bytes: 400})],
)
def test_a_spoiled_file_is_read_or_refused(
    kind: str, mutations: dict[Mutation, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing else; a fault of ours, which the door would hide from people, would be logged."""
    faults: list[str] = []
    monkeypatch.setattr(reading.logger, "exception", lambda *_: faults.append(seed))
    content, name = seeds()[kind]
    seen = set()
    for mutation, number in mutations.items():
        for turn in range(number):
            seed = f"{kind} {mutation.__name__} {turn}"
            spoiled = mutation(content, random.Random(seed))
            try:
                seen.add("read" if isinstance(read(spoiled, name), Book) else "something else")
            except FileRefused:
                seen.add("refused")
    assert (faults, seen) == ([], {"read", "refused"})
