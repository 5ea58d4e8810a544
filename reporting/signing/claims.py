"""What a PDF says of itself, its title, its author and the standards it keeps: still what ours says.

Programs that sign write themselves and the time into the metadata, and so into every revision. All the rest
must stay: a viewer shows the title above the pages.

Imported lazily, by `signed_pdf`.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: TID253  this module is imported lazily

from .pdf_values import entry

# Bytes: a program writes more than we do, and blanks to write into later.
MOST_ADDED = 8 * 1024
LONGEST_VALUE = 200
# Of the names of extensions to PDF that a signature needs.
LONGEST_EXTENSIONS = 1000

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"
# How a value is written, not what it says.
_NO_WORDS = {"{http://www.w3.org/XML/1998/namespace}lang", f"{_RDF}parseType"}
# Who wrote last, and when.
_MAY_CHANGE = {
    f"{_XMP}CreatorTool",
    f"{_XMP}ModifyDate",
    f"{_XMP}MetadataDate",
    "{http://ns.adobe.com/pdf/1.3/}Producer",
    "{http://ns.adobe.com/xap/1.0/mm/}DocumentID",
    "{http://ns.adobe.com/xap/1.0/mm/}InstanceID",
    "{http://purl.org/dc/elements/1.1/}format",
}
_MAY_CHANGE_IN_INFO = {"/Producer", "/Creator", "/ModDate"}


def stay(reader: PdfFileReader, base: int) -> bool:
    """Whether every revision after `base` claims what that one does. Raises for XML that cannot be read."""
    ours, theirs = reader.get_historical_resolver(base), range(base + 1, reader.total_revisions)
    size, said, info = len(_metadata(ours)), _said(_metadata(ours)), _info(ours)
    return all(
        len(_metadata(revision)) <= size + MOST_ADDED
        and _said(_metadata(revision)) == said
        and _info(revision) == info
        and len(repr(entry(revision.root, "/Extensions"))) <= LONGEST_EXTENSIONS
        for revision in map(reader.get_historical_resolver, theirs)
    )


def _metadata(revision: Any) -> bytes:
    metadata = entry(revision.root, "/Metadata", None)
    return bytes(metadata.data) if metadata else b""


def _info(revision: Any) -> dict[str, str]:
    """The same in the older form; a value of what may change is there only where it is too long."""
    info = entry(revision.trailer_view, "/Info", {})
    return {
        key: str(info[key])
        for key in info
        if key not in _MAY_CHANGE_IN_INFO or len(str(info[key])) > LONGEST_VALUE
    }


def _said(metadata: bytes) -> dict[str, list[str]]:
    """Every property with the words in it, whichever of XMP's ways they are written in."""
    found: dict[str, list[str]] = {}
    root = fromstring(metadata, forbid_dtd=True) if metadata else Element("nothing")
    for description in root.iterfind(f"{_RDF}RDF/{_RDF}Description"):
        for name, value in description.attrib.items():
            found.setdefault(name, []).append(value)
        for property_ in description:
            found.setdefault(property_.tag, []).extend(_words(property_))
    return {
        name: sorted(words)
        for name, words in found.items()
        if (name not in _MAY_CHANGE or any(len(word) > LONGEST_VALUE for word in words)) and any(words)
    }


def _words(element: Element) -> list[str]:
    """All texts and attributes below; how they are nested may be written in several ways."""
    found = []
    for one in element.iter():
        found += [value for name, value in one.attrib.items() if name not in _NO_WORDS]
        found += [text.strip() for text in (one.text, one.tail) if text and text.strip()]
    return found
