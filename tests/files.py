"""Small real files of the kinds that people attach, and some that only pretend."""

import io
import zipfile
from collections.abc import Mapping

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def picture(kind: str, colour: str = "teal") -> bytes:
    """JPEG, PNG, GIF …: as Pillow calls them."""
    content = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(content, kind)
    return content.getvalue()


def xlsx() -> bytes:
    content = io.BytesIO()
    openpyxl.Workbook().save(content)
    return content.getvalue()


def docx(parts: Mapping[str, bytes] | None = None, *, main: str = WORD, types: str = "") -> bytes:
    """A Word document of one empty paragraph, with parts added or put in place of its own."""
    standing = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/>{types}</Types>'.encode(),
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}">'
        f'<Relationship Id="r1" Type="{DOCUMENT}" Target="word/document.xml"/></Relationships>'.encode(),
        "word/document.xml": b"<w:document xmlns:w='w'><w:body><w:p/></w:body></w:document>",
    }
    return archive(standing | dict(parts or {}))


def archive(parts: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return content.getvalue()


def upload(content: bytes = PDF, name: str = "Лист.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
