"""Names of executors taken apart into words, so that they can be looked for in a cell. Pure text, no ORM."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ...textforms import APOSTROPHES, search_key

# --- words -------------------------------------------------------------------------------

CONSENT = re.compile(r"\(?\s*за\s+(?:їх\w*\s+)?згодою\s*\)?(?!\w)", re.IGNORECASE)
_TOKEN = re.compile(
    rf"(?P<consent>{CONSENT.pattern})|[\w{APOSTROPHES}-]*\w[\w{APOSTROPHES}-]*", re.IGNORECASE
)
_QUOTES = str.maketrans(dict.fromkeys("«»“”„", '"'))

HEADS = {
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
_OF_OWN_COUNCIL = {"міської", "селищної", "сільської"}
_OF_COUNCIL = _OF_OWN_COUNCIL | {"обласної", "районної"}
_OF_PLACE = ("ської", "цької", "зької")


@dataclass(frozen=True)
class Word:
    start: int
    end: int
    key: str
    """Folded, without apostrophes, which people leave out."""
    is_consent: bool = False


def words_of(text: str) -> list[Word]:
    """In order; «(за згодою)» is one."""
    return [
        Word(match.start(), match.end(), _folded(match[0]), match["consent"] is not None)
        for match in _TOKEN.finditer(text)
    ]


def _folded(word: str) -> str:
    return search_key(word).replace("'", "").strip("-")


def signs_of(between: str) -> frozenset[str]:
    """Punctuation between two words, quotes of all kinds alike."""
    return frozenset(between.translate(_QUOTES)) - frozenset(" \t\n\u00a0\u202f\u2009")


# --- pairs of signs and roles ------------------------------------------------------------

_PAIRS = {"«": "»", "“": "”", "„": "“", "(": ")"}
_ROLE = re.compile(
    r"\(\s*(?:(?:головн|відповідальн|основн)\w*\s+)?(?:(?:спів)?викон[ао]в\w+|відповідальн\w+|координатор\w*)\s*\)",
    re.IGNORECASE,
)


def without_roles(text: str, words: list[Word]) -> list[Word]:
    """Words that are no «(відповідальний)», «(співвиконавець)»: those name nobody."""
    roles = [match.span() for match in _ROLE.finditer(text)]
    return [word for word in words if not any(start <= word.start < end for start, end in roles)]


def enclosed(text: str) -> frozenset[int]:
    """Places inside quotations and brackets that are closed."""
    found: set[int] = set()
    opened: list[tuple[str, int]] = []
    for place, sign in enumerate(text):
        if opened and sign == opened[-1][0]:
            found.update(range(opened.pop()[1], place + 1))
        elif sign in _PAIRS:
            opened.append((_PAIRS[sign], place))
        elif sign == '"':
            opened.append((sign, place))
    return frozenset(found)


def with_pairs(text: str, start: int, end: int) -> str:
    """The piece with the quotes and the brackets that it opens or closes at its edges."""
    for opening, closing in (*_PAIRS.items(), ('"', '"')):
        piece = text[start:end]
        missing = (
            piece.count(opening) % 2 if opening == closing else piece.count(opening) - piece.count(closing)
        )
        while missing > 0 and text[end : end + 1] == closing:
            end, missing = end + 1, missing - 1
        while missing < 0 and start and text[start - 1] == opening:
            start, missing = start - 1, missing + 1
    return text[start:end]


# --- known names -------------------------------------------------------------------------


@dataclass(frozen=True)
class Names:
    """By the keys of their words."""

    ids: Mapping[tuple[str, ...], int]
    signs: Mapping[tuple[str, ...], tuple[frozenset[str], ...]]
    """What stands between the name's words: the cell may leave it out, and have nothing else."""
    lengths: Mapping[str, tuple[int, ...]]
    """Of the names that begin with a word, the longest first."""
    place: str
    """Whose council it is: «житомирської», when the names tell."""
    places: Mapping[int, frozenset[str]]
    """Of the councils that each executor's own names carry."""

    def councils(self, executor_id: int = 0) -> frozenset[str]:
        """Places whose council may stand after a name, or after the head of a group."""
        return self.places.get(executor_id, frozenset()) | {self.place}


@lru_cache(maxsize=4)
def names_of(known: tuple[tuple[str, int], ...]) -> Names:
    """Spellings with the executors' ids; those of our own council are known without its words too."""
    ids: dict[tuple[str, ...], int] = {}
    signs: dict[tuple[str, ...], tuple[frozenset[str], ...]] = {}
    places: dict[int, frozenset[str]] = {}
    for spelling, executor_id in known:
        words = words_of(spelling)
        key = tuple(word.key for word in words)
        if not key:
            continue
        ids.setdefault(key, executor_id)
        signs.setdefault(key, tuple(signs_of(spelling[a.end : b.start]) for a, b in pairwise(words)))
        if count_council(key, len(key)) > 2:
            places[executor_id] = places.get(executor_id, frozenset()) | {key[-3]}
    place = _own_place(places)
    shortened: dict[tuple[str, ...], set[int]] = {}
    for key, executor_id in ids.items():
        own = len(key) - count_council(key, len(key))
        if 1 < own < len(key) and is_own_council(key[own:], {place} if place else key[own : own + 1]):
            shortened.setdefault(key[:own], set()).add(executor_id)
            signs.setdefault(key[:own], signs[key][: own - 1])
    for key, of_them in shortened.items():
        if len(of_them) == 1:
            ids.setdefault(key, *of_them)
    lengths: dict[str, set[int]] = {}
    for key in ids:
        lengths.setdefault(key[0], set()).add(len(key))
    return Names(
        ids, signs, {word: tuple(sorted(of, reverse=True)) for word, of in lengths.items()}, place, places
    )


def count_council(keys: tuple[str, ...] | list[str], end: int) -> int:
    """How many words before `end` are «міської ради», «Житомирської міської ради»."""
    if end < 2 or keys[end - 1] != "ради" or keys[end - 2] not in _OF_COUNCIL:
        return 0
    return 3 if end > 2 and keys[end - 3].endswith(_OF_PLACE) and keys[end - 3] not in _OF_COUNCIL else 2


def is_own_council(keys: Sequence[str], places: Collection[str]) -> bool:
    """Of words that `count_council` counts: «обласної ради» is another's, and so is another city's."""
    return len(keys) > 1 and keys[-2] in _OF_OWN_COUNCIL and (len(keys) == 2 or keys[0] in places)


def _own_place(places: Mapping[int, frozenset[str]]) -> str:
    """That which most bodies carry in their names, two at least; «» where none stands out."""
    counted = Counter(place for of_one in places.values() for place in of_one).most_common(2)
    if not counted or counted[0][1] < 2 or (len(counted) > 1 and counted[0][1] == counted[1][1]):
        return ""
    return counted[0][0]
