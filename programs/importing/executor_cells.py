"""Whom a cell «Виконавці» names, by the spellings that are known. Pure text, no ORM.

Names have commas of their own («у справах сім’ї, молоді та спорту») and are grouped («Департаменти міської
ради: соціальної політики, освіти»), so a cell is not split: known names are looked for in it, the longest
first, and only what is left over is taken apart at its commas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise, zip_longest

from ..textforms import APOSTROPHES, search_key


@dataclass(frozen=True)
class FoundExecutor:
    executor_id: int
    by_consent: bool
    """«(за згодою)» stands after the name, or after the last of several joined by «та»."""
    spelling: str
    """As it stands in the cell."""


@dataclass(frozen=True)
class ExecutorCell:
    found: tuple[FoundExecutor, ...]
    """In the cell's order, each executor once."""
    unknown: tuple[str, ...]
    """Pieces that name nobody known, as they stand in the cell, «(за згодою)» included."""


def split_executors(text: str, known: Mapping[str, int]) -> ExecutorCell:
    """`known` leads from `search_key` of every spelling to the executor's id."""
    pieces = _classified(text, _pieces(text, _names(tuple(known.items()))))
    found: dict[int, FoundExecutor] = {}
    unknown: list[str] = []
    for piece in _with_consent(text, _without_heads(pieces)):
        if piece.kind is _Kind.NAME:
            made = FoundExecutor(piece.executor_id, piece.by_consent, text[piece.start : piece.end])
            found.setdefault(piece.executor_id, made)
        elif piece.kind is _Kind.UNKNOWN:
            unknown.append(text[piece.start : piece.end])
    return ExecutorCell(tuple(found.values()), tuple(unknown))


# --- words -------------------------------------------------------------------------------

_CONSENT = r"\(?\s*за\s+(?:їх\w*\s+)?згодою\s*\)?"
_TOKEN = re.compile(rf"(?P<consent>{_CONSENT}(?!\w))|[\w{APOSTROPHES}-]*\w[\w{APOSTROPHES}-]*", re.IGNORECASE)
_QUOTES = str.maketrans(dict.fromkeys("«»“”„", '"'))

_HEADS = {
    **{
        word: word
        for word in ("департамент", "управління", "відділ", "служба", "центр", "сектор", "інспекція")
    },
    "департаменти": "департамент",
    "відділи": "відділ",
    "служби": "служба",
    "центри": "центр",
    "сектори": "сектор",
    "інспекції": "інспекція",
}
_PLURAL = {plural for plural, head in _HEADS.items() if plural != head}
_JOINING = {"та", "і", "й"}
_LINKS = _JOINING | {"а", "також", "разом", "спільно", "з", "із", "зі"}
_MORE_LINKS = _LINKS | {"інші", "тощо", "усі", "всі"}
_OF_COUNCIL = {"міської", "селищної", "сільської", "обласної", "районної"}
_OF_PLACE = ("ської", "цької", "зької")


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    key: str
    """Folded, without apostrophes, which people leave out."""
    is_consent: bool = False


def _words(text: str) -> list[_Word]:
    return [
        _Word(match.start(), match.end(), _folded(match[0]), match["consent"] is not None)
        for match in _TOKEN.finditer(text)
    ]


def _folded(word: str) -> str:
    return search_key(word).replace("'", "").strip("-")


def _signs(between: str) -> frozenset[str]:
    """Punctuation between two words, quotes of all kinds alike."""
    return frozenset(between.translate(_QUOTES)) - frozenset(" \t\n\u00a0\u202f\u2009")


def _separates(between: str, following: str) -> bool:
    """Whether a new name may begin after it; a line breaks inside names too."""
    if re.search(r"[,;:/•·–—]|\.\s", between):
        return True
    return "\n" in between and following[:1].isupper()


# --- known names -------------------------------------------------------------------------


@dataclass(frozen=True)
class _Names:
    ids: Mapping[tuple[str, ...], int]
    signs: Mapping[tuple[str, ...], tuple[frozenset[str], ...]]
    """What stands between the name's words: the cell may leave it out, and have nothing else."""
    lengths: Mapping[str, tuple[int, ...]]
    """Of the names that begin with a word, the longest first."""


@lru_cache(maxsize=4)
def _names(known: tuple[tuple[str, int], ...]) -> _Names:
    ids: dict[tuple[str, ...], int] = {}
    signs: dict[tuple[str, ...], tuple[frozenset[str], ...]] = {}
    shortened: dict[tuple[str, ...], set[int]] = {}
    for spelling, executor_id in known:
        words = _words(spelling)
        key = tuple(word.key for word in words)
        if not key:
            continue
        ids.setdefault(key, executor_id)
        signs.setdefault(key, tuple(_signs(spelling[a.end : b.start]) for a, b in pairwise(words)))
        own = len(key) - _council(key, len(key))
        if 1 < own < len(key):
            shortened.setdefault(key[:own], set()).add(executor_id)
            signs.setdefault(key[:own], signs[key][: own - 1])
    for key, of_them in shortened.items():
        if len(of_them) == 1:
            ids.setdefault(key, *of_them)
    lengths: dict[str, set[int]] = {}
    for key in ids:
        lengths.setdefault(key[0], set()).add(len(key))
    return _Names(ids, signs, {word: tuple(sorted(of, reverse=True)) for word, of in lengths.items()})


def _council(keys: tuple[str, ...] | list[str], end: int) -> int:
    """How many words before `end` are «міської ради», «Житомирської міської ради»."""
    if end < 2 or keys[end - 1] != "ради" or keys[end - 2] not in _OF_COUNCIL:
        return 0
    return 3 if end > 2 and keys[end - 3].endswith(_OF_PLACE) and keys[end - 3] not in _OF_COUNCIL else 2


# --- pieces of a cell --------------------------------------------------------------------


class _Kind(StrEnum):
    NAME = "name"
    WORD = "word"
    HEAD = "head"
    """«Департаменти міської ради:» before what it stands for."""
    CONSENT = "consent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class _Piece:
    kind: _Kind
    start: int
    end: int
    key: str = ""
    executor_id: int = 0
    by_consent: bool = False


def _pieces(text: str, names: _Names) -> Iterator[_Piece]:
    """Names, and single words where none begins."""
    words = _words(text)
    head = ""
    place = 0
    while place < len(words):
        word = words[place]
        if word.is_consent:
            yield _Piece(_Kind.CONSENT, word.start, word.end)
            place += 1
            continue
        if place and ";" in text[words[place - 1].end : word.start]:
            head = ""
        length, executor_id = _name_at(text, words, place, names, head)
        if length:
            kind = _Kind.NAME
            length += _council_after(text, words, place + length)
        elif length := _group_at(text, words, place):
            kind = _Kind.HEAD
        else:
            kind, length = _Kind.WORD, 1
        if kind is not _Kind.WORD:
            head = _HEADS.get(word.key, head)
        place += length
        yield _Piece(kind, word.start, words[place - 1].end, word.key, executor_id)


def _name_at(text: str, words: list[_Word], place: int, names: _Names, head: str) -> tuple[int, int]:
    """Words and executor of the longest name that begins here, said in full or without its head word."""
    full = _longest(text, words, place, names, ())
    short = _longest(text, words, place, names, (head,)) if head else (0, 0)
    return max(full, short, key=lambda one: one[0])


def _longest(
    text: str, words: list[_Word], place: int, names: _Names, before: tuple[str, ...]
) -> tuple[int, int]:
    first = before[0] if before else words[place].key
    for length in names.lengths.get(first, ()):
        own = words[place : place + length - len(before)]
        key = (*before, *(word.key for word in own))
        if len(key) != length or not own or key not in names.ids or any(word.is_consent for word in own):
            continue
        allowed = names.signs[key][len(before) :]
        between = [_signs(text[a.end : b.start]) for a, b in pairwise(own)]
        if all(signs <= may for signs, may in zip(between, allowed, strict=True)):
            return len(own), names.ids[key]
    return 0, 0


def _group_at(text: str, words: list[_Word], place: int) -> int:
    """Words of «Департаменти міської ради:», «управління:», «Управління міської ради»; 0 of none."""
    if words[place].key not in _HEADS:
        return 0
    length = 1 + _council_after(text, words, place + 1)
    last = place + length
    following = text[words[last - 1].end : words[last].start if last < len(words) else len(text)]
    if ":" in following or words[place].key in _PLURAL or length > 1:
        return length
    return 0


def _council_after(text: str, words: list[_Word], place: int) -> int:
    """Words of «міської ради» that begin at `place`, with nothing between."""
    for length in (3, 2):
        own = words[place : place + length]
        keys = [word.key for word in own]
        edges = [words[place - 1], *own] if place else own
        if (
            len(own) == length
            and _council(keys, length) == length
            and not any(_signs(text[a.end : b.start]) for a, b in pairwise(edges))
        ):
            return length
    return 0


# --- what is left over -------------------------------------------------------------------


def _classified(text: str, pieces: Iterator[_Piece]) -> list[_Piece]:
    """Names, consents and unknown pieces; links between them are gone.

    A name with words around it that are nobody's is no name: «департамент освіти області» is another body.
    """
    result: list[_Piece] = []
    run: list[_Piece] = []
    for piece in pieces:
        if piece.kind is _Kind.CONSENT:
            result += _of_run(run)
            run = []
            result.append(piece)
            continue
        if run and _separates(text[run[-1].end : piece.start], text[piece.start :]):
            result += _of_run(run)
            run = []
        run.append(piece)
    return result + _of_run(run)


def _of_run(run: list[_Piece]) -> list[_Piece]:
    """Of pieces with nothing between them: parts that links join, or that follow as whole names."""
    result: list[_Piece] = []
    part: list[_Piece] = []
    for piece in run:
        is_link = piece.kind is _Kind.WORD and (piece.key in _LINKS or piece.key.isdigit())
        if is_link and (not part or any(one.kind is _Kind.NAME for one in part)):
            result += _of_part(part)
            part = []
        else:
            part.append(piece)
    return result + _of_part(part)


def _of_part(part: list[_Piece]) -> list[_Piece]:
    if all(piece.kind is _Kind.NAME or piece.key in _MORE_LINKS for piece in part):
        return [piece for piece in part if piece.kind is _Kind.NAME]
    if part[0].kind is _Kind.HEAD and all(piece.kind is _Kind.NAME for piece in part[1:]):
        # «управління міської ради культури»: the head belongs to the name, that of a group to none.
        return [replace(part[1], start=part[0].start), *part[2:]] if len(part) > 1 else part
    return [_Piece(_Kind.UNKNOWN, part[0].start, part[-1].end)]


def _without_heads(pieces: list[_Piece]) -> list[_Piece]:
    """The head of a group is said by its names; one that nothing follows is unknown itself."""
    result: list[_Piece] = []
    for piece, following in zip_longest(pieces, pieces[1:]):
        if piece.kind is not _Kind.HEAD:
            result.append(piece)
        elif following is None or following.kind not in (_Kind.NAME, _Kind.UNKNOWN):
            result.append(replace(piece, kind=_Kind.UNKNOWN))
    return result


def _with_consent(text: str, pieces: list[_Piece]) -> list[_Piece]:
    """«(за згодою)» put to the name before it and those that «та» joins to it, or to the unknown piece."""
    result: list[_Piece] = []
    for piece in pieces:
        if piece.kind is not _Kind.CONSENT:
            result.append(piece)
        elif result and result[-1].kind is _Kind.UNKNOWN:
            result[-1] = replace(result[-1], end=piece.end)
        else:
            _agree(text, result)
    return result


def _agree(text: str, pieces: list[_Piece]) -> None:
    for place in range(len(pieces) - 1, -1, -1):
        if pieces[place].kind is not _Kind.NAME:
            return
        pieces[place] = replace(pieces[place], by_consent=True)
        joined = text[pieces[place - 1].end : pieces[place].start] if place else ""
        if joined.strip().casefold() not in _JOINING:
            return
