"""Whom the form's cells «Виконавці» name: known bodies at once, unknown ones by a question each."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ...enums import ExecutorKind
from ...proposal import ProposedExecutor, ProposedParticipation
from ...textforms import search_key
from ..asking import LONGEST_QUOTATION, Asking, key_of
from ..bodies import Bodies
from ..examination import Note, Option, Place, Weight
from ..files.cells import shortened
from ..form.executor_cells import ExecutorCell, is_by_consent, split_executors, without_consent
from .content import COMPARED_SIGNS, FormRow, listed

UNKNOWN_AT_MOST = 100
SIMILAR_AT_MOST = 8
COMPARED_SPELLINGS = 30
# All executors are offered while that is no more than so many options on the page.
OPTIONS_ON_PAGE = 3000

ALIKE_FROM = 60
"""In hundredths."""
ALIKE, NEW_ONE, OTHERS = "Схожі", "Новий виконавець", "Усі інші"
"""Groups of options."""
KNOWN, NEW, BROUGHT, ONLY_TEXT = "known", "new", "responsible", "text"


def similar(bodies: Bodies, text: str) -> tuple[list[int], list[int]]:
    """The ids of those that may be chosen and are spelled like it, and of the next ones; the likest first."""
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(search_key(text)[:COMPARED_SIGNS])
    letters: dict[str, float] = {}
    for spelling, pk in bodies.spellings.items():
        if pk in bodies.active:
            matcher.set_seq1(spelling)
            letters[spelling] = matcher.quick_ratio()
    best: dict[int, float] = {}
    # The same letters cost little to compare, their order much.
    for spelling in sorted(letters, key=lambda spelling: -letters[spelling])[:COMPARED_SPELLINGS]:
        matcher.set_seq1(spelling)
        pk = bodies.spellings[spelling]
        best[pk] = max(best.get(pk, 0), matcher.ratio())
    first = sorted(best, key=lambda pk: -best[pk])[:SIMILAR_AT_MOST]
    alike = [pk for pk in first if 100 * best[pk] >= ALIKE_FROM]
    return alike, first[len(alike) :]


def options(bodies: Bodies, ids: Iterable[int], group: str = "") -> list[Option]:
    return [Option(f"{KNOWN}:{pk}", bodies.names[pk], group) for pk in ids]


@dataclass(frozen=True)
class Named:
    """Who takes part, by the text of the cell, and what the portal did not know of them."""

    participations: Mapping[str, Sequence[ProposedParticipation]] = field(default_factory=dict)
    executors: Sequence[ProposedExecutor] = ()
    aliases: Mapping[str, int] = field(default_factory=dict)
    places: Sequence[Place] = ()
    """Of `executors`, one each."""


@dataclass(frozen=True)
class _Fragment:
    """What names nobody known, as it stands where it was met first."""

    text: str
    place: Place
    codes: list[str] = field(default_factory=list)


def read_executors(
    rows: Sequence[FormRow], bodies: Bodies, asking: Asking, *, brought: ProposedExecutor | None
) -> Named:
    """`brought` is a new body that the form names elsewhere: the responsible one.

    Whom an open question is about takes part in nothing yet.
    """
    texts = {row.read.executors_text for row in rows}
    cells = {text: split_executors(text, bodies.spellings) for text in texts if text.strip()}
    fragments = _unknown(rows, cells)
    bodies_of: dict[str, int | str] = {}
    new: dict[str, ProposedExecutor] = {}
    if brought is not None:
        bodies_of[search_key(brought.name)] = brought.name
    if len(fragments) > UNKNOWN_AT_MOST:
        asking.notes.append(_too_many(fragments))
        fragments = {}
    all_of_them = len(fragments) * len(bodies.active) <= OPTIONS_ON_PAGE
    for key, fragment in fragments.items():
        if key in bodies_of:
            continue
        chosen, _, of = _ask(key, fragment, bodies, asking, brought, all_of_them=all_of_them).partition(":")
        if chosen == KNOWN:
            bodies_of[key] = int(of)
        elif chosen == NEW:
            new[key] = ProposedExecutor(fragment.text, ExecutorKind(of))
            bodies_of[key] = fragment.text
        elif chosen == BROUGHT and brought is not None:
            bodies_of[key] = brought.name
    return Named(
        participations={text: _participations(text, cell, bodies_of) for text, cell in cells.items()},
        executors=tuple(new.values()),
        aliases={fragments[key].text: of for key, of in bodies_of.items() if isinstance(of, int)},
        places=tuple(fragments[key].place for key in new),
    )


def _unknown(rows: Sequence[FormRow], cells: Mapping[str, ExecutorCell]) -> dict[str, _Fragment]:
    """By search key, in the order of the form: what is spelled alike is asked once."""
    found: dict[str, _Fragment] = {}
    for row in rows:
        cell = cells.get(row.read.executors_text)
        for text in map(body_name, cell.unknown if cell else ()):
            fragment = found.setdefault(search_key(text), _Fragment(text, row.place("executors_text")))
            if row.code not in fragment.codes:
                fragment.codes.append(row.code)
    return found


def body_name(text: str) -> str:
    """As a body is called by itself: in one line, from a capital, without «(за згодою)»."""
    name = " ".join(without_consent(text).split())
    return name[:1].upper() + name[1:]


def _ask(
    key: str,
    fragment: _Fragment,
    bodies: Bodies,
    asking: Asking,
    brought: ProposedExecutor | None,
    *,
    all_of_them: bool,
) -> str:
    alike, near = similar(bodies, fragment.text)
    first = [*alike, *near]
    others = [pk for pk in bodies.active if pk not in first] if all_of_them else []
    offered = [
        *([Option(BROUGHT, brought.name, ALIKE)] if brought else []),
        *options(bodies, alike, ALIKE),
        *(Option(f"{NEW}:{kind}", f"новий виконавець: {kind.label}", NEW_ONE) for kind in ExecutorKind),
        Option(ONLY_TEXT, "не виконавець, лише текст"),
        *options(bodies, [*near, *others], OTHERS),
    ]
    return asking.choose(
        key_of("executor", key),
        f"Хто це: «{shortened(fragment.text, LONGEST_QUOTATION)}»?",
        offered,
        hint=f"Заходи: {listed(fragment.codes)}. Напис у звіті лишиться такий, як у файлі.",
        place=fragment.place,
    )


def _too_many(fragments: Mapping[str, _Fragment]) -> Note:
    some = "; ".join(
        f"«{shortened(fragment.text, LONGEST_QUOTATION)}»" for fragment in list(fragments.values())[:3]
    )
    return Note(
        Weight.ERROR,
        f"У графі «Виконавці» {len(fragments)} невідомих назв ({some} …): це понад {UNKNOWN_AT_MOST}, "
        "на стільки питань не відповісти. Внесіть виконавців у довідник або перевірте, чи та це графа.",
    )


def _participations(
    text: str, cell: ExecutorCell, bodies_of: Mapping[str, int | str]
) -> tuple[ProposedParticipation, ...]:
    """In the order of the text, each body once."""
    met: list[tuple[int, int | str, bool]] = [
        (text.find(one.spelling), one.executor_id, one.by_consent) for one in cell.found
    ]
    for piece in cell.unknown:
        body = bodies_of.get(search_key(body_name(piece)))
        if body is not None:
            met.append((text.find(piece), body, is_by_consent(piece)))
    # Pieces of a grouped cell may not stand in it word for word: those stay where they were found.
    once: dict[int | str, ProposedParticipation] = {}
    for _, body, by_consent in sorted(met, key=lambda one: one[0]) if _all_stand(met) else met:
        once.setdefault(body, ProposedParticipation(body, by_consent))
    return tuple(once.values())


def _all_stand(met: Sequence[tuple[int, int | str, bool]]) -> bool:
    return all(position >= 0 for position, _, _ in met)
