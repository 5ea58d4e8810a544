"""What is looked for, as words; and a found text with those words marked. Pure text, no ORM.

Words are compared as `textforms.search_key` spells them; what is shown are the original's own signs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .textforms import TextFormError, clean_text, counted, search_key

LONGEST_QUERY = 200
MOST_WORDS = 10
SHORTEST_QUERY = 2
SHOWN = 240
"""Signs of a long text that a snippet shows, about."""
AROUND = 80
"""Signs shown before a marked word and after it."""

SHORT = 3
"""Shorter words are looked for where words begin: «та» in the middle of others would be nearly everywhere."""
# These signs and no others: with \W, or with signs like „, PostgreSQL would read every row, index or not.
AT_START = r'(^|[ "(«/.,:;+-])'

TO_A_SPACE = 40
"""Signs by which a snippet may be shorter to begin or end with a whole word."""

_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


@dataclass(frozen=True)
class Piece:
    text: str
    is_marked: bool = False


Pieces = tuple[Piece, ...]


def read_words(typed: str) -> tuple[str, ...]:
    """Folded words, all of which must be found; those that stand inside another one are left out.

    Raises TextFormError, a sentence for the person, where there is nothing to look for or too much.
    """
    text = clean_text(typed).strip()
    if len(text) > LONGEST_QUERY:
        raise TextFormError(
            f"Запит завдовгий: у ньому {counted(len(text), 'знак', 'знаки', 'знаків')}, а можна не більше "
            f"{LONGEST_QUERY}. Залиште кілька слів, які напевно є в тексті."
        )
    # «№» would fold into letters.
    folded = [_EDGES.sub("", word) for word in search_key(text.replace("№", " ")).split()]
    words = list(dict.fromkeys(filter(None, folded)))
    words = [
        word
        for word in words
        if len(word) < SHORT or not any(word in other and word != other for other in words)
    ]
    if len(words) > MOST_WORDS:
        raise TextFormError(
            f"У запиті {counted(len(words), 'слово', 'слова', 'слів')}, а можна не більше {MOST_WORDS}. "
            "Залиште ті, за якими легше впізнати."
        )
    if not any(len(word) >= SHORTEST_QUERY for word in words):
        raise TextFormError(
            "За одним знаком знайшлося б майже все. Введіть щонайменше дві літери чи цифри."
            if words
            else "У запиті немає жодної літери чи цифри. Введіть слово або номер."
        )
    return tuple(words)


def is_said(word: str, key: str) -> bool:
    """Whether a folded text says a folded word."""
    return word in key and (len(word) >= SHORT or re.search(AT_START + word, key) is not None)


def unsaid(texts: Sequence[str], words: Sequence[str]) -> tuple[str, ...]:
    """Words that none of the texts says."""
    keys = [search_key(text) for text in texts]
    return tuple(word for word in words if not any(is_said(word, key) for key in keys))


def marked(text: str, words: Sequence[str]) -> Pieces:
    """The whole text."""
    return tuple(_pieces(text, 0, len(text), list(_places(text, words))))


def snippet(text: str, words: Sequence[str]) -> Pieces:
    """What stands around the first place of each word; the beginning of a text that has none of them."""
    places = list(_places(text, words))
    if len(text) <= SHOWN:
        return tuple(_pieces(text, 0, len(text), places))
    pieces: list[Piece] = []
    for start, end in _windows(text, places, words):
        if start > 0:
            pieces.append(Piece("… " if not pieces else " … "))
        pieces += _pieces(text, start, end, places)
        last = end
    return (*pieces, *([Piece(" …")] if last < len(text) else []))


def _places(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where the words stand, in order, not overlapping. No word holds a space, so each stands in one run."""
    for run in re.finditer(r"\S+", text):
        if not any(is_said(word, search_key(run[0])) for word in words):
            continue
        folded, signs = _folded(run[0], run.start())
        covered: set[int] = set()
        for word in words:
            start = "" if len(word) >= SHORT else AT_START
            for found in re.finditer(f"{start}(?=(?P<word>{re.escape(word)}))", folded):
                covered.update(range(*found.span("word")))
        yield from _joined(sorted({signs[place] for place in covered}))


def _folded(run: str, offset: int) -> tuple[str, list[tuple[int, int]]]:
    """A run folded, and for every sign of that the place of the original's signs that it comes from.

    «№» becomes two signs, a letter and its accent become one.
    """
    folded, signs = "", []
    start = 0
    for end in range(1, len(run) + 1):
        if end < len(run) and unicodedata.category(run[end]).startswith("M"):
            continue
        key = search_key(run[start:end])
        folded += key
        signs += [(offset + start, offset + end)] * len(key)
        start = end
    return folded, signs


def _joined(places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Touching places as one."""
    held: tuple[int, int] | None = None
    for start, end in places:
        if held and start <= held[1]:
            held = (held[0], end)
            continue
        if held:
            yield held
        held = (start, end)
    if held:
        yield held


def _windows(text: str, places: Sequence[tuple[int, int]], words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Parts of a long text to show, in order; at least one."""
    wanted, firsts = set(words), []
    for start, end in places:
        key = search_key(text[start:end])
        if found := {word for word in wanted if word in key}:
            wanted -= found
            firsts.append((max(0, start - AROUND), min(len(text), end + AROUND)))
    if not firsts:
        yield _at_spaces(text, 0, SHOWN)
        return
    windows = list(_joined(firsts))
    for start, end in windows:
        # One alone shows as much as several.
        yield _at_spaces(text, start, max(end, start + SHOWN) if len(windows) == 1 else end)


def _at_spaces(text: str, start: int, end: int) -> tuple[int, int]:
    """Not in the middle of a word, if a space is near."""
    end = min(end, len(text))
    if start > 0 and (space := text.find(" ", start, start + TO_A_SPACE)) >= 0:
        start = space + 1
    if end < len(text) and (space := text.rfind(" ", end - TO_A_SPACE, end)) > start:
        end = space
    return start, end


def _pieces(text: str, start: int, end: int, places: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    at = start
    for first, last in places:
        if first < at or last > end:
            continue
        if first > at:
            yield Piece(text[at:first])
        yield Piece(text[first:last], is_marked=True)
        at = last
    if at < end:
        yield Piece(text[at:end])
