"""What cells of a template name: decisions by their numbers, executors by any of their spellings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ...proposal import DecisionRef
from ...proposal_faults import decision_words
from ...textforms import search_key
from ..files.cells import shortened
from ..form.executor_cells import is_by_consent, without_consent

# --- decisions ---------------------------------------------------------------------------


def decision_number(text: str) -> str:
    """«1688» of «№1688»."""
    return text.removeprefix("№").strip()


class Decisions:
    """Those that rows may name."""

    def __init__(
        self, refs: Iterable[DecisionRef], *, unread: Collection[str] = (), is_whole: bool = True
    ) -> None:
        """`unread` are numbers in rows that cannot be used; unless `is_whole`, there may be any others."""
        self._by_number: dict[str, dict[DecisionRef, None]] = defaultdict(dict)
        for ref in refs:
            self._by_number[search_key(ref[0])][ref] = None
        self._unread = {search_key(number) for number in unread}
        self._is_whole = is_whole

    def find(self, text: str) -> DecisionRef | str | None:
        """Of «1688», «№1688 від 18.12.2019»; a Ukrainian sentence where none or several are meant.

        None of one that may stand in an unreadable row: of that a note tells already.
        """
        number, _, day = text.partition(" від ")
        key = search_key(decision_number(number))
        alike = [
            ref for ref in self._by_number.get(key, ()) if not day or f"{ref[1]:%d.%m.%Y}" == day.strip()
        ]
        if len(alike) == 1:
            return alike[0]
        if alike:
            example = decision_words(alike[0])
            return f"Рішень №{decision_number(number)} кілька. Напишіть із датою, наприклад «{example}»."
        if key in self._unread or not self._is_whole:
            return None
        return f"Рішення «{shortened(text)}» немає на аркуші «Рішення»."


# --- executors ---------------------------------------------------------------------------

_QUOTES = str.maketrans(dict.fromkeys("«»“”„", '"'))
LINES_OF_NAME = 6
# «№ 25» and «№25»: a search key spells the sign so.
_NUMBER_SIGN = re.compile(r"(?<!\w)no (?=\d)")


@dataclass(frozen=True)
class NamedExecutor:
    executor_id: int
    by_consent: bool


@dataclass(frozen=True)
class NamedExecutors:
    found: tuple[NamedExecutor, ...]
    """In the cell's order, each once."""
    unknown: tuple[str, ...]
    """As they stand in the cell."""


class Executors:
    """Bodies by the search keys of all their spellings. A name is compared whole: its signs are its own."""

    def __init__(self, known: Mapping[str, int]) -> None:
        self._exact = known
        self._alike: dict[str, int | None] = {}
        for key, executor_id in known.items():
            alike = _alike(key)
            is_one = self._alike.get(alike, executor_id) == executor_id
            self._alike[alike] = executor_id if is_one else None

    def find(self, name: str) -> int | None:
        key = search_key(name)
        found = self._exact.get(key)
        return self._alike.get(_alike(key)) if found is None else found

    def named_in(self, cell: str) -> NamedExecutors:
        """Names stand between semicolons, or each on its line; a name too long for a line goes on below."""
        found: dict[int, NamedExecutor] = {}
        unknown: dict[str, None] = {}
        for piece in self._pieces(cell):
            executor_id = self._of(piece)
            if executor_id is None:
                unknown[piece] = None
            else:
                found.setdefault(executor_id, NamedExecutor(executor_id, is_by_consent(piece)))
        return NamedExecutors(tuple(found.values()), tuple(unknown))

    def _of(self, piece: str) -> int | None:
        return self.find(without_consent(piece).rstrip(" ,"))

    def _pieces(self, cell: str) -> Iterator[str]:
        for part in cell.split(";"):
            # A long run of spaces would take the pattern of consents a long time.
            typed = (" ".join(line.split()) for line in part.splitlines())
            lines = _with_consents([line for line in typed if line])
            if len(lines) > 1:
                yield from self._of_lines(lines)
            else:
                yield from lines

    def _of_lines(self, lines: list[str]) -> Iterator[str]:
        """The longest known names that whole lines make."""
        at = 0
        while at < len(lines):
            ends = range(min(at + LINES_OF_NAME, len(lines)), at, -1)
            end = next((end for end in ends if self._of(" ".join(lines[at:end])) is not None), at + 1)
            yield " ".join(lines[at:end])
            at = end


def _alike(key: str) -> str:
    return _NUMBER_SIGN.sub("no", key.translate(_QUOTES))


def _with_consents(lines: list[str]) -> list[str]:
    """«(за згодою)» alone on its line belongs to the line above."""
    joined: list[str] = []
    for line in lines:
        if joined and not without_consent(line):
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(line)
    return joined
