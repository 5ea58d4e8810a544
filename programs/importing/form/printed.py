"""The heading's words about the programme, as they are printed. No ORM."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from ...textforms import Term, search_key
from ..files.tables import Book
from .contents import ReadHeading

# A title block takes a dozen rows; what stands far below is no heading.
HEADING_ROWS = 60
LONGEST_LINE = 1000

_LINE = re.compile(r"(?P<kind>[^«»“”„\"]+)[«“„\"](?P<title>.+)[»”\"] на [-–—, 0-9]+ (?:роки|рік)")


def printed_program(book: Book, heading: ReadHeading) -> str:
    """Word for word, where it stands by itself: «цільова соціальна програми «…» на 2020-2025 роки».

    Else put together of what was read; «» where a part of it could not be.
    """
    for line in _lines(book):
        match = _LINE.fullmatch(line)
        if (
            match is not None
            and search_key(match["title"]) == search_key(heading.title)
            and len(match["kind"].split()) == len(heading.kind.split())
        ):
            return line
    return composed_program(heading)


def composed_program(heading: ReadHeading) -> str:
    if not (heading.kind and heading.title and heading.start_year and heading.end_year):
        return ""
    term = Term.of(range(heading.start_year, heading.end_year + 1))
    return f"{in_one_line(heading.kind)} «{in_one_line(heading.title)}» на {term.in_words}"


def _lines(book: Book) -> Iterator[str]:
    cells = (
        cell for table in book.tables for row in itertools.islice(table.rows, HEADING_ROWS) for cell in row
    )
    for text in itertools.chain(book.lines, cells):
        if isinstance(text, str) and len(text) <= LONGEST_LINE:
            yield in_one_line(text)


def in_one_line(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text).strip()
