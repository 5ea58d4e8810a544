"""What a publication keeps back from everybody, and what was looked at before it.

`editions.publish` takes these and writes them down with the publication. What the texts of the document are
and how its public copy is made is known one storey higher, in `reporting.publishing`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from .enums import PublicForm, SensitiveKind, WithheldScope, WithholdingGround
from .models import Edition, PublicCopyFile, Withholding
from .sensitive.checking import sensitive_places
from .textforms import clean_text
from .workflow import NOTHING_CHANGED, NotWhole


@dataclass(frozen=True)
class Accepted:
    """Something sensitive that the head has seen and publishes as it is."""

    kind: SensitiveKind
    number: str
    """Of the measure, as printed."""


@dataclass(frozen=True)
class Withheld:
    """A row of the document whose texts everybody does not read."""

    place: int
    """Which row of the document it is, from 1: two may have the same number."""
    number: str
    scope: WithheldScope
    ground: WithholdingGround
    text: str
    """Why, in the head's words; everybody reads it."""


@dataclass(frozen=True)
class PublicCopy:
    """The document without what is withheld, in every form."""

    withheld: Sequence[Withheld]
    """At least one row."""
    files: Mapping[PublicForm, bytes]


def require_whole(withheld: Collection[Withheld]) -> tuple[Withheld, ...]:
    """The same in the document's order, the reasons cleaned. Raises NotWhole where one lacks its reason."""
    whole = tuple(sorted(map(_cleaned, withheld), key=lambda one: one.place))
    if len({one.place for one in whole}) < len(whole):
        raise NotWhole(f"Рядок приховано двічі. {NOTHING_CHANGED} Оновіть сторінку.")
    return whole


# A reason may speak of few people or of health; by these somebody is found.
_NEVER_IN_A_REASON = frozenset(SensitiveKind) - {
    SensitiveKind.FEW_PEOPLE,
    SensitiveKind.HEALTH,
    SensitiveKind.SHELTER,
}


def fault_of_reason(text: str) -> str:
    """A sentence; nothing of a good one. Everybody reads it in the place of what is withheld."""
    # Signs that nobody can see, and dots, are no reason.
    if not any(map(str.isalnum, text)):
        return "Напишіть, чому це не оприлюднюють."
    told = [one.kind for one in sensitive_places(text) if one.kind in _NEVER_IN_A_REASON]
    if told:
        return f"Пояснення читатимуть усі, а в ньому є {told[0].label}. Напишіть без цього."
    return ""


def _cleaned(one: Withheld) -> Withheld:
    text = " ".join(clean_text(one.text).split())
    if fault := fault_of_reason(text):
        raise NotWhole(f"Захід {one.number}. {fault} {NOTHING_CHANGED}")
    column: Any = Withholding._meta.get_field("text")
    try:
        column.clean(text, None)
    except ValidationError as error:
        raise NotWhole(f"Захід {one.number}: {' '.join(error.messages)} {NOTHING_CHANGED}") from error
    return Withheld(one.place, one.number, WithheldScope(one.scope), WithholdingGround(one.ground), text)


def keep(edition: Edition, copy: PublicCopy) -> None:
    """In the caller's transaction, with the publication."""
    Withholding.objects.bulk_create(
        Withholding(
            edition=edition,
            place=one.place,
            number=one.number,
            scope=one.scope,
            ground=one.ground,
            text=one.text,
        )
        for one in copy.withheld
    )
    PublicCopyFile.objects.bulk_create(
        PublicCopyFile(
            edition=edition,
            form=form,
            content=content,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        for form, content in copy.files.items()
    )


# --- earlier editions ----------------------------------------------------------------------


def closing(edition: Edition) -> Edition | None:
    """The latest public edition after this one that holds back what this one tells; then it tells nothing.

    A number says which row it is: nobody compares texts.
    """
    later = list(
        Withholding.objects.filter(
            edition__report=edition.report_id,
            edition__number__gt=edition.number,
            edition__publication__isnull=False,
        )
        .select_related("edition")
        .order_by("-edition__number", "place")
    )
    # Mostly there is nothing, and then nothing more is asked.
    held = {(one.number, one.scope) for one in edition.withholdings.all()} if later else set()
    for one in later:
        if not held & {(one.number, WithheldScope.TEXTS), (one.number, one.scope)}:
            return one.edition
    return None


# --- as the journal tells it ---------------------------------------------------------------


def told_of_accepted(accepted: Collection[Accepted]) -> list[dict[str, Any]]:
    """Kinds and rows with their counts; never what was found."""
    counts = Counter((one.number, one.kind.value) for one in accepted)
    return [{"row": number, "kind": kind, "count": count} for (number, kind), count in counts.items()]


def told_of_withheld(withheld: Collection[Withheld] | Collection[Withholding]) -> list[dict[str, Any]]:
    return [
        {
            "place": one.place,
            "row": one.number,
            "scope": str(one.scope),
            "ground": str(one.ground),
            "text": one.text,
        }
        for one in withheld
    ]


def told_of_files(files: Mapping[PublicForm, bytes]) -> dict[str, str]:
    return {form.value: hashlib.sha256(content).hexdigest() for form, content in files.items()}
