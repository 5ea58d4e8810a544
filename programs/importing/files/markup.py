"""XML of a file that came in, element by element: no tree is built, no entity is ever resolved.

expat itself, since one call for an element is all that a million empty rows may cost. What defusedxml would
forbid is forbidden here: declarations of document types and of entities, and everything outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NoReturn
from xml.parsers import expat

from ...file_types import FileRefused
from . import limits

Attributes = Mapping[str, str]
"""By name; with a namespace by its address, a space and the name."""


class Handler:
    """What is told of one document, by short names: a class gives prefixes to `namespaces`.

    Of other namespaces, and of what is named in `skipped`, nothing is told, nor of what is inside.
    """

    namespaces: Mapping[str, str] = {}
    skipped: frozenset[str] = frozenset()

    def start(self, name: str, attributes: Attributes) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, data: str) -> None: ...


class Scanner:
    """Scans the documents of one file; all of them together have so many elements and no more."""

    def __init__(self) -> None:
        self._left = limits.MAX_ELEMENTS

    def scan(self, chunks: Iterable[bytes], handler: Handler) -> None:
        """Raises expat.ExpatError for what is no XML, and FileRefused."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_declaration
        parser.EntityDeclHandler = _refuse_declaration
        parser.ExternalEntityRefHandler = _refuse_declaration
        prefixes: set[str] = set()
        parser.StartNamespaceDeclHandler = lambda prefix, _address: _learn(prefixes, (prefix or "",))
        self._tell(parser, handler)
        fed = 0
        for chunk in chunks:
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > limits.MAX_TOKEN:
                raise ValueError("a tag or comment without end")
        parser.Parse(b"", True)

    def _tell(self, parser: expat.XMLParserType, handler: Handler) -> None:
        names: dict[str, str] = {}
        known: set[str] = set()
        depth = passed_over = 0

        def started(raw: str, attributes: dict[str, str]) -> None:
            nonlocal depth, passed_over
            depth += 1
            self._left -= 1
            if self._left < 0 or depth > limits.MAX_DEPTH:
                raise FileRefused(
                    "У файлі забагато порожніх рядків, клітинок або оформлення. Скопіюйте саму таблицю "
                    "на новий аркуш і збережіть його окремо."
                )
            name = names.get(raw)
            if name is None:
                name = names[raw] = short_name(raw, handler)
                _learn(known, (raw,))
            if not known.issuperset(attributes):
                _learn(known, attributes)
            if passed_over or not name:
                passed_over += 1
            else:
                handler.start(name, attributes)

        def ended(raw: str) -> None:
            nonlocal depth, passed_over
            depth -= 1
            if passed_over:
                passed_over -= 1
            else:
                handler.end(names[raw])

        def told(data: str) -> None:
            if not passed_over:
                handler.text(data)

        parser.StartElementHandler = started
        parser.EndElementHandler = ended
        parser.CharacterDataHandler = told


def short_name(raw: str, handler: Handler) -> str:
    """«» for what the handler does not want to know."""
    namespace, _, local = raw.rpartition(" ")
    prefix = handler.namespaces.get(namespace)
    if prefix is None:
        return ""
    name = f"{prefix}:{local}" if prefix else local
    return "" if name in handler.skipped else name


def _learn(known: set[str], names: Iterable[str]) -> None:
    """expat never forgets a name: a million different ones would fill the memory."""
    known.update(names)
    if len(known) > limits.MAX_NAMES:
        raise ValueError("too many different names")


def whole_number(written: str, longest: int = 10) -> int:
    """Of plain digits, so many at most; raises ValueError. `int` alone takes «1_0», «٣» and minus too."""
    if not (written.isascii() and written.isdigit()) or len(written) > longest:
        raise ValueError(written[:20])
    return int(written)


def by_local_name(attributes: Attributes) -> dict[str, str]:
    return {name.rpartition(" ")[2]: value for name, value in attributes.items()}


def _refuse_declaration(*_: object) -> NoReturn:
    raise FileRefused(HAS_DOCTYPE)


HAS_DOCTYPE = (
    "У файлі є оголошення DOCTYPE, якого Excel, Word і LibreOffice не пишуть. Відкрийте його в себе "
    "і збережіть ще раз."
)
