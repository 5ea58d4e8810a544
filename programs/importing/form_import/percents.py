"""Percents of the file that the sums do not give: which to take, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from ... import calculations
from ...calculations import Money
from ...consistency import percent
from ...models import MeasureResult
from ..asking import Asking
from ..examination import NOWHERE, Note, Option, Place, Weight
from .content import NOTHING, Content, FormRow, is_percent_told, listed, stated_percent

COMPUTED, OF_FILE = "computed", "file"

# One question for all, where there would be more.
ASKED_ONE_BY_ONE = 30


def are_others_stated(rows: Sequence[FormRow], *, of_actual: bool) -> bool:
    """Whether any percent of the file is not the computed one."""
    return any(
        is_percent_told(row) and stated_percent(row.read.percent, row.money, of_actual=of_actual) is not None
        for row in rows
    )


def with_chosen_percents(
    rows: Sequence[FormRow],
    contents: Mapping[str, Content],
    asking: Asking,
    *,
    of_actual: bool,
    standing: Mapping[str, Content] | None = None,
) -> dict[str, Content]:
    """Of a report that is no paper one, a percent typed once may be stale: which is meant, a person says.

    What stands already with the same sums is not asked; neither is what no sums give a percent for.
    """
    standing = standing or {}
    asked: list[tuple[FormRow, Decimal]] = []
    for row in rows:
        content, now = contents[row.code], standing.get(row.code, NOTHING)
        computed = _computed(content.money, of_actual=of_actual)
        is_kept = (content.stated_percent, content.money) == (now.stated_percent, now.money)
        if content.stated_percent is not None and computed is not None and not is_kept:
            asked.append((row, computed))
    refused: list[str] = []
    if len(asked) > ASKED_ONE_BY_ONE:
        codes = listed([row.code for row, _ in asked])
        text = f"Відсотки заходів {codes} у файлі не такі, як за розрахунком. Які взяти?"
        options = [Option(COMPUTED, "взяти розрахункові"), Option(OF_FILE, "лишити за даними виконавця")]
        if asking.choose("percent", text, options, suggested=COMPUTED, hint=_HINT) == COMPUTED:
            refused = [row.code for row, _ in asked]
    else:
        refused = [row.code for row, computed in asked if _is_computed_taken(row, computed, contents, asking)]
    return {
        code: replace(content, stated_percent=None) if code in refused else content
        for code, content in contents.items()
    }


_HINT = "Відсоток за даними виконавця потребує обґрунтування: без нього звіт не подати."


def _is_computed_taken(
    row: FormRow, computed: Decimal, contents: Mapping[str, Content], asking: Asking
) -> bool:
    stated = percent(contents[row.code].stated_percent)
    chosen = asking.choose(
        f"percent:{row.code}",
        f"Захід {row.code}: у файлі відсоток {stated}, а за сумами {percent(computed)}. Який узяти?",
        [
            Option(COMPUTED, f"взяти розрахунковий {percent(computed)}"),
            Option(OF_FILE, f"лишити {stated} за даними виконавця"),
        ],
        suggested=COMPUTED,
        hint=_HINT,
        place=row.place("percent"),
    )
    return chosen == COMPUTED


def _computed(money: Money, *, of_actual: bool) -> Decimal | None:
    base = calculations.percent_base(money, of_actual=of_actual)
    return calculations.computed_percent(money.financed, base)


def with_justifications(
    rows: Sequence[FormRow], contents: Mapping[str, Content], asking: Asking
) -> dict[str, Content]:
    """Each stated percent asks for its reason. Blank is allowed: it hinders submitting, not saving."""
    stated = [row for row in rows if contents[row.code].stated_percent is not None]
    given = {row.code: contents[row.code].justification for row in stated}
    if len(stated) > ASKED_ONE_BY_ONE:
        codes = listed([row.code for row in stated])
        said = _ask_reason("justification", f"Обґрунтування відсотків заходів {codes}", asking)
        given = {code: said or reason for code, reason in given.items()}
    else:
        for row in stated:
            text = f"Обґрунтування відсотка заходу {row.code}: {percent(contents[row.code].stated_percent)}"
            place = row.place("percent")
            key = f"justification:{row.code}"
            given[row.code] = _ask_reason(key, text, asking, suggested=given[row.code], place=place)
    return {
        code: replace(content, justification=given.get(code, content.justification))
        for code, content in contents.items()
    }


def _ask_reason(key: str, text: str, asking: Asking, *, suggested: str = "", place: Place = NOWHERE) -> str:
    reason = asking.text(
        key,
        text,
        suggested=suggested,
        is_required=False,
        input_type="textarea",
        hint="У файлі не такий відсоток, як за розрахунком. Обґрунтувати можна й пізніше, до подання звіту.",
        place=place,
    )
    stored: Any = MeasureResult._meta.get_field("stated_justification")
    try:
        stored.clean(reason, MeasureResult())
    except ValidationError as error:
        asking.notes.append(Note(Weight.ERROR, f"{text}: {' '.join(error.messages)}", place))
    return reason
