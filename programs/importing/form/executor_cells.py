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
from itertools import pairwise, zip_longest

from .executor_names import (
    CONSENT,
    HEADS,
    Names,
    Word,
    count_council,
    enclosed,
    is_own_council,
    names_of,
    signs_of,
    with_pairs,
    without_roles,
    words_of,
)


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
    pieces = _classified(text, _pieces(text, names_of(tuple(known.items()))))
    found: dict[int, FoundExecutor] = {}
    unknown: list[str] = []
    for piece in _with_consent(text, _without_heads(_continued(text, pieces))):
        if piece.kind is _Kind.NAME:
            made = FoundExecutor(piece.executor_id, piece.by_consent, text[piece.start : piece.end])
            found.setdefault(piece.executor_id, made)
        elif piece.kind is _Kind.UNKNOWN:
            unknown.append(with_pairs(text, piece.start, piece.end))
    return ExecutorCell(tuple(found.values()), tuple(unknown))


def without_consent(text: str) -> str:
    """A name, or a list of them, with no «(за згодою)» in it."""
    return CONSENT.sub(" ", text).strip()


def is_by_consent(text: str) -> bool:
    """Of a piece that names one executor."""
    return CONSENT.search(text) is not None


def with_consent(name: str, *, by_consent: bool) -> str:
    return f"{name} (за згодою)" if by_consent else name


# --- words -------------------------------------------------------------------------------

_PLURAL = {plural for plural, head in HEADS.items() if plural != head}
_JOINING = {"та", "і", "й"}
_LINKS = _JOINING | {"а", "також", "разом", "спільно", "з", "із", "зі"}
_MORE_LINKS = _LINKS | {"інші", "тощо", "усі", "всі"}
_BODIES = re.compile(
    r"департамент|управлін|відділ|служб|центр|сектор|інспекц|виконавч|викон[ао]вц|комітет|апарат|рада\b|орган"
    r"|комунальн|громадськ|організац|підприємств|установ|заклад|підрозділ|інш|фонд|товариств|спілк|асоціац|волонтер"
    r"|школ|ліце|гімназ|лікарн|бібліотек|музе|клуб|поліц|субєкт|фізичн|юридичн|депутат|засоб|експерт|розпорядник"
)
"""How bodies are called that may follow «та» or a comma; what else follows goes on with the name before."""
_LONGEST_ABBREVIATION = 3
_JOINED = re.compile(r"\s*(?:,|(?:,\s*)?(?:та|і|й))\s*", re.IGNORECASE)


def _separates(before: str, between: str, following: str) -> bool:
    """Whether a new name may begin after it; a line breaks inside names too."""
    if re.search(r"[,;:/•·–—]", between):
        return True
    if re.search(r"\.\s", between) and not _is_abbreviated(before, following):
        return True
    return "\n" in between and following[:1].isupper()


def _is_abbreviated(before: str, following: str) -> bool:
    """Whether the full stop is that of «соц. політики», «м. Житомира», «Т. Г. Шевченка»."""
    if before.isdigit():
        return False
    if not following[:1].isupper():
        return not _begins_body(following)
    return len(before) <= _LONGEST_ABBREVIATION and (len(before) == 1 or not before.isupper())


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


def _pieces(text: str, names: Names) -> Iterator[_Piece]:
    """Names, and single words where none begins."""
    words = without_roles(text, words_of(text))
    head = ""
    is_of_others = False
    place = 0
    while place < len(words):
        word = words[place]
        if word.is_consent:
            yield _Piece(_Kind.CONSENT, word.start, word.end)
            place += 1
            continue
        if place and ";" in text[words[place - 1].end : word.start]:
            head, is_of_others = "", False
        if word.key in HEADS:
            council = _council_after(text, words, place + 1)
            is_of_others = bool(council) and not is_own_council(council, names.councils())
        if not is_of_others:
            length, executor_id = _name_at(text, words, place, names, head)
        else:
            length, executor_id = _longest(text, words, place, names, ()) if word.key in HEADS else (0, 0)
        if length:
            kind = _Kind.NAME
            council = _council_after(text, words, place + length)
            length += len(council) if is_own_council(council, names.councils(executor_id)) else 0
        elif not is_of_others and (length := _group_at(text, words, place)):
            kind = _Kind.HEAD
        else:
            kind, length = _Kind.WORD, 1
        if kind is not _Kind.WORD:
            head = HEADS.get(word.key, head)
        place += length
        yield _Piece(kind, word.start, words[place - 1].end, word.key, executor_id)


def _name_at(text: str, words: list[Word], place: int, names: Names, head: str) -> tuple[int, int]:
    """Words and executor of the longest name that begins here, said in full or without its head word."""
    full = _longest(text, words, place, names, ())
    short = _longest(text, words, place, names, (head,)) if head else (0, 0)
    return max(full, short, key=lambda one: one[0])


def _longest(
    text: str, words: list[Word], place: int, names: Names, before: tuple[str, ...]
) -> tuple[int, int]:
    first = before[0] if before else words[place].key
    for length in names.lengths.get(first, ()):
        own = words[place : place + length - len(before)]
        key = (*before, *(word.key for word in own))
        if len(key) != length or not own or key not in names.ids or any(word.is_consent for word in own):
            continue
        allowed = names.signs[key][len(before) :]
        between = [signs_of(text[a.end : b.start]) for a, b in pairwise(own)]
        if all(signs <= may for signs, may in zip(between, allowed, strict=True)):
            return len(own), names.ids[key]
    return 0, 0


def _group_at(text: str, words: list[Word], place: int) -> int:
    """Words of «Департаменти міської ради:», «управління:», «Управління міської ради»; 0 of none."""
    if words[place].key not in HEADS:
        return 0
    length = 1 + len(_council_after(text, words, place + 1))
    last = place + length
    following = text[words[last - 1].end : words[last].start if last < len(words) else len(text)]
    if ":" in following or words[place].key in _PLURAL or length > 1:
        return length
    return 0


def _council_after(text: str, words: list[Word], place: int) -> list[str]:
    """Words of some council, «міської ради», that begin at `place` with nothing between."""
    for length in (3, 2):
        own = words[place : place + length]
        keys = [word.key for word in own]
        edges = [words[place - 1], *own] if place else own
        if (
            len(own) == length
            and count_council(keys, length) == length
            and not any(signs_of(text[a.end : b.start]) for a, b in pairwise(edges))
        ):
            return keys
    return []


# --- what is left over -------------------------------------------------------------------


def _classified(text: str, pieces: Iterator[_Piece]) -> list[_Piece]:
    """Names, consents and unknown pieces; links between them are gone.

    A name with words around it that are nobody's is no name: «департамент освіти області» is another body.
    """
    result: list[_Piece] = []
    run: list[_Piece] = []
    inside = enclosed(text)
    for piece in pieces:
        if piece.kind is _Kind.CONSENT:
            result += _of_run(run)
            run = []
            result.append(piece)
            continue
        if run and _is_new(text, run[-1], piece, inside):
            result += _of_run(run)
            run = []
        run.append(piece)
    return result + _of_run(run)


def _is_new(text: str, before: _Piece, piece: _Piece, inside: frozenset[int]) -> bool:
    """Whether a name may begin with the piece: not between unknown words of one quotation or bracket."""
    between = text[before.end : piece.start]
    is_known = _Kind.NAME in (before.kind, piece.kind)
    if not is_known and inside.issuperset(range(before.end, piece.start)):
        return False
    return _separates(text[before.start : before.end], between, text[piece.start :])


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


def _continued(text: str, pieces: list[_Piece]) -> list[_Piece]:
    """«Управління культури та туризму» is one body, and another than «Управління культури»."""
    result: list[_Piece] = []
    is_grouped = False
    goes_on = False
    for piece in pieces:
        before = result[-1] if result else None
        between = text[before.end : piece.start] if before else ""
        is_grouped = piece.kind is _Kind.HEAD or (is_grouped and ";" not in between)
        if before and piece.kind is _Kind.UNKNOWN and _JOINED.fullmatch(between):
            is_listed = is_grouped and before.key not in HEADS
            is_name = before.kind is _Kind.NAME and not is_listed
            if (is_name or goes_on) and not _begins_body(text[piece.start : piece.end]):
                result[-1] = replace(before, kind=_Kind.UNKNOWN, end=piece.end)
                goes_on = True
                continue
        goes_on = False
        result.append(piece)
    return result


def _begins_body(text: str) -> bool:
    """A body's own word among the first two, or a proper name."""
    return text[:1].isupper() or any(_BODIES.match(word.key) for word in words_of(text)[:2])


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
