"""What a file is by its content, whatever its name says: five kinds are taken, all others refused.

Libraries that tell types look at the first bytes; here the whole file must hold together: a photo or a
PDF has its end, an office document is an archive whose every part is sound, small enough and no macro.
Nothing here is unpacked to disk, and no file is held in memory.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

CHUNK = 64 * 1024
TAIL = 1024
# Of a picture: a photo has some twenty, a drawing a few thousand.
MAX_PIECES = 100_000

# An archive of an office document; a larger one is no letter or table of a department.
MAX_PARTS = 2_000
MAX_INFLATED = 200 * 1024 * 1024
MAX_RATIO = 200
# Small parts repeat themselves honestly.
RATIO_MATTERS_FROM = 1024 * 1024
MAX_INDEX = 1024 * 1024

ALLOWED_IN_WORDS = "PDF, Word (DOCX), Excel (XLSX), JPEG або PNG"


class FileRefused(Exception):
    """The message is a Ukrainian sentence about the file."""


class KindRefused(FileRefused):
    """A file of a kind that is not taken; `seems` names the kind."""

    def __init__(self, seems: str) -> None:
        self.seems = seems
        super().__init__(f"За вмістом це {seems}, а додати можна лише {ALLOWED_IN_WORDS}.")


@dataclass(frozen=True)
class FileType:
    name: str
    extension: str
    content_type: str


PDF = FileType("PDF", "pdf", "application/pdf")
JPEG = FileType("JPEG", "jpg", "image/jpeg")
PNG = FileType("PNG", "png", "image/png")
DOCX = FileType("DOCX", "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
XLSX = FileType("XLSX", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
ALLOWED = (PDF, DOCX, XLSX, JPEG, PNG)
BY_CONTENT_TYPE = {kind.content_type: kind for kind in ALLOWED}


def recognise(file: IO[bytes]) -> FileType:
    """One of `ALLOWED`. Raises FileRefused, which names what the file seems to be and what is taken.

    `file` can be sought; it is left at its beginning.
    """
    try:
        file.seek(0)
        start = file.read(TAIL)
        for signature, examined in _EXAMINED.items():
            if start.startswith(signature):
                return examined(file)
        if not start:
            raise FileRefused("Файл порожній: у ньому немає жодного байта.")
        raise KindRefused(seeming(start))
    finally:
        file.seek(0)


def _torn(kind: FileType) -> FileRefused:
    return FileRefused(
        f"Файл {kind.name} обірваний або пошкоджений. Відкрийте його в себе, збережіть ще раз "
        "і додайте знову."
    )


# --- PDF and pictures --------------------------------------------------------------------


def _examine_pdf(file: IO[bytes]) -> FileType:
    size = file.seek(0, 2)
    file.seek(max(0, size - TAIL))
    if b"%%EOF" not in file.read():
        raise _torn(PDF)
    return PDF


def _examine_png(file: IO[bytes]) -> FileType:
    """From chunk to chunk, the header first, to the one that ends the picture."""
    file.seek(8)
    for position in range(MAX_PIECES):
        head = file.read(8)
        length, name = int.from_bytes(head[:4], "big"), head[4:]
        if (position == 0 and name != b"IHDR") or not _passed_over(file, length + 4):
            break
        if name == b"IEND":
            return PNG
    raise _torn(PNG)


def _examine_jpeg(file: IO[bytes]) -> FileType:
    """From segment to segment to the picture itself, then to its end.

    That end is not the file's: telephones write more after it. Nor is the first «end» the picture's:
    the small picture among the first segments has its own.
    """
    file.seek(2)
    for _ in range(MAX_PIECES):
        marker = file.read(2)
        if marker == b"\xff\xff":
            file.seek(-1, 1)
            continue
        length = int.from_bytes(file.read(2), "big")
        if marker[:1] != b"\xff" or length < 2 or not _passed_over(file, length - 2):
            break
        if marker == b"\xff\xda":
            if _holds(file, b"\xff\xd9"):
                return JPEG
            break
    raise _torn(JPEG)


def _passed_over(file: IO[bytes], length: int) -> bool:
    """False when the file ends before."""
    if length == 0:
        return True
    file.seek(length - 1, 1)
    return len(file.read(1)) == 1


def _holds(file: IO[bytes], wanted: bytes) -> bool:
    """Whether it stands anywhere from here on, also across two chunks."""
    before = b""
    while chunk := file.read(CHUNK):
        if wanted in before + chunk:
            return True
        before = chunk[-len(wanted) + 1 :]
    return False


# --- office documents --------------------------------------------------------------------

# The content type of the part that an OOXML package begins with.
_MAIN_PARTS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": XLSX,
}
_ACTIVE = ("vbaproject", "macroenabled", "activex")
_BEGINS_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
NOT_READABLE = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    EOFError,
    KeyError,
    # Of zipfile: a way of packing it does not know, a password, a place before the beginning.
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)


def _examine_archive(file: IO[bytes]) -> FileType:
    try:
        with zipfile.ZipFile(file) as archive:
            kind = _kind_of_package(archive)
            for part in archive.infolist():
                _examine_part(archive, part)
            return kind
    except NOT_READABLE as error:
        raise FileRefused(
            "Файл починається як DOCX або XLSX, але він пошкоджений або зашифрований. "
            "Відкрийте його в себе, збережіть ще раз без пароля і додайте знову."
        ) from error


def _kind_of_package(archive: zipfile.ZipFile) -> FileType:
    """DOCX or XLSX by the part that the package names as its document."""
    parts = archive.infolist()
    names = {part.filename.casefold() for part in parts}
    if len(parts) > MAX_PARTS or len(names) < len(parts) or any(leads_out(name) for name in names):
        raise FileRefused("У файлі забагато частин або вони названі так, як Word і Excel не називають.")
    inflated = [part.file_size for part in parts]
    swollen = any(part.file_size > max(RATIO_MATTERS_FROM, part.compress_size * MAX_RATIO) for part in parts)
    if swollen or not fits(inflated, MAX_INFLATED):
        raise FileRefused(
            "Розпакований файл завеликий: такий може зупинити комп’ютер того, хто його відкриє. "
            "Збережіть документ як PDF і додайте його."
        )
    if "[content_types].xml" not in names:
        raise KindRefused("документ OpenDocument (ODT, ODS)" if "mimetype" in names else "архів ZIP")

    types = _index(archive, "[Content_Types].xml")
    declared = {kind.get("ContentType", "") for kind in types}
    if any(word in text.casefold() for word in _ACTIVE for text in (*names, *declared)):
        raise FileRefused(
            "У файлі є макроси або елементи ActiveX. Збережіть його без них, як DOCX, XLSX або PDF, "
            "і додайте знову."
        )
    main = "/" + posixpath.normpath(
        next(
            (
                relation.get("Target", "")
                for relation in _index(archive, "_rels/.rels")
                if relation.get("Type", "").endswith("/relationships/officeDocument")
            ),
            "",
        ).lstrip("/")
    )
    content_type = next((kind.get("ContentType", "") for kind in types if kind.get("PartName") == main), "")
    if content_type not in _MAIN_PARTS or main[1:].casefold() not in names:
        raise KindRefused("презентація PowerPoint (PPTX)" if "presentation" in content_type else "архів ZIP")
    return _MAIN_PARTS[content_type]


def leads_out(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/")


def fits(sizes: list[int], limit: int) -> bool:
    for size in sizes:
        limit -= size
    return limit >= 0


def _index(archive: zipfile.ZipFile, name: str) -> Element:
    with archive.open(name) as part:
        text = part.read(MAX_INDEX + 1)
    if len(text) > MAX_INDEX:
        raise ValueError(name)
    return fromstring(text, forbid_dtd=True)


def _examine_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpacked to its end, it is as long as it says, and whole; in XML there is no DOCTYPE."""
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile(part.filename)
    is_markup = part.filename.casefold().endswith((".xml", ".rels", ".vml"))
    with archive.open(part) as content:
        for position, chunk in enumerate(_chunks(content)):
            # Without zeros UTF-16 reads alike.
            if is_markup and position == 0 and _BEGINS_DOCTYPE.search(chunk.replace(b"\0", b"")):
                raise FileRefused("У файлі є оголошення DOCTYPE, якого Word і Excel не пишуть.")


def _chunks(content: IO[bytes]) -> Iterator[bytes]:
    while chunk := content.read(CHUNK):
        yield chunk


_EXAMINED: dict[bytes, Callable[[IO[bytes]], FileType]] = {
    b"%PDF-": _examine_pdf,
    b"\x89PNG\r\n\x1a\n": _examine_png,
    b"\xff\xd8\xff": _examine_jpeg,
    b"PK\x03\x04": _examine_archive,
}


# --- what is refused, by name ------------------------------------------------------------

_SIGNATURES = (
    (rb"MZ", "програма для Windows (EXE)"),
    (rb"\x7fELF|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe", "програма"),
    (rb"#!", "скрипт"),
    (
        rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "документ старого зразка (DOC, XLS) або документ із паролем",
    ),
    (rb"\{\\rtf", "документ RTF"),
    (rb"Rar!", "архів RAR"),
    (rb"7z\xbc\xaf\x27\x1c", "архів 7-Zip"),
    (rb"\x1f\x8b|BZh|\xfd7zXZ|PK", "архів"),
    (rb"GIF8", "зображення GIF"),
    (rb"II\*\0|MM\0\*", "зображення TIFF"),
    (rb"BM.{4}\0\0\0\0", "зображення BMP"),
    (rb"RIFF.{4}WEBP", "зображення WebP"),
    (rb".{4}ftyp(heic|heix|mif1|msf1|avif)", "фото HEIC"),
    (rb".{4}ftyp|\x1aE\xdf\xa3|RIFF.{4}AVI ", "відео"),
    (rb"ID3|OggS|RIFF.{4}WAVE", "звукозапис"),
    (rb"(?i:.{0,200}<svg[\s>])", "зображення SVG"),
    (rb"(?i:.{0,200}<(!doctype html|html|head|body|script)[\s>])", "сторінка HTML"),
    (rb"<", "файл XML"),
)


def seeming(start: bytes) -> str:
    """A guess, in words; only allowed kinds are told for certain."""
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    for signature, name in _SIGNATURES:
        if re.match(signature, text, re.DOTALL):
            return name
    return "файл невідомого виду" if re.search(rb"[\0-\x08\x0e-\x1f]", start) else "текст"
