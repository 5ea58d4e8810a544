"""What the rows of a report become when the form's sums, percents and texts are taken into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from ...calculations import BLANK, Money, difference, total, total_money, total_money_by
from ...consistency import MONEY_NAMES
from ...entry import ResultEntry
from ...models import FundingSource
from ...textforms import clean_text
from ..asking import Asking
from ..examination import Note, Option, Weight
from ..form.contents import ReadForm
from .content import Content, FormRow, differences, is_percent_told, stated_from, stated_percent
from .matching import Matching, Standing
from .percents import with_chosen_percents, with_justifications
from .sums import amount, ask_source

Amounts = Mapping[int, Money]
NOT_TAKEN = "skip"


@dataclass(frozen=True)
class Merged:
    contents: Mapping[str, Content] = field(default_factory=dict)
    """What each row will say, by measure code."""
    amounts: Mapping[int, Amounts] = field(default_factory=dict)
    """By measure id, then by source."""
    entries: Sequence[tuple[Standing, ResultEntry]] = ()
    """Of rows that change."""
    notes: Sequence[Note] = ()

    def by_line(self, standing: Sequence[Standing], sources: Sequence[FundingSource]) -> dict[str, Money]:
        """The fund lines as the report will print them."""
        line_of = {source.pk: source.form_line for source in sources if source.form_line}
        return total_money_by(
            (line_of[source], money)
            for one in standing
            for source, money in self.amounts.get(one.measure.pk, one.amounts).items()
            if source in line_of
        )


def merge(
    form: ReadForm,
    matched: Matching,
    sources: Sequence[FundingSource],
    asking: Asking,
    *,
    of_actual: bool,
    is_transcribed: bool,
) -> Merged:
    """The file's figures win; the source of each is the row's only one, else it is asked."""
    common = None
    if any(_differs(row, one) and not one.filled_sources for row, one in matched.pairs):
        common = ask_source(form, sources, asking)
    names = {source.pk: source.name for source in sources}
    notes: list[Note] = []
    amounts: dict[int, Amounts] = {}
    contents: dict[str, Content] = {}
    for row, one in matched.pairs:
        source = _source(row, one, common, names, asking) if _differs(row, one) else None
        merged, about = _amounts(row, one, source)
        notes += about
        amounts[one.measure.pk] = merged
        contents[row.code] = _content(row, one.content, total_money(merged.values()), of_actual=of_actual)
        notes += _erased(row, one.content, contents[row.code])
    if not is_transcribed:
        contents = with_chosen_percents(
            [row for row, _ in matched.pairs],
            contents,
            asking,
            of_actual=of_actual,
            standing={row.code: one.content for row, one in matched.pairs},
        )
    contents = with_justifications(_unjustified(matched, contents), contents, asking)
    entries = [
        (one, _entry(one, contents[row.code], amounts[one.measure.pk]))
        for row, one in matched.pairs
        if differences(row, one.content, contents[row.code])
    ]
    return Merged(contents, amounts, entries, notes)


def _differs(row: FormRow, one: Standing) -> bool:
    return row.money != one.content.money


def _source(
    row: FormRow,
    one: Standing,
    common: FundingSource | None,
    names: Mapping[int, str],
    asking: Asking,
) -> int | None:
    """Where the row's money goes; None while that is open, or when it is not to be taken."""
    filled = one.filled_sources
    if not filled:
        return common.pk if common is not None else None
    if len(filled) == 1:
        return filled[0]
    answer = asking.choose(
        f"source:{row.code}",
        f"Суми заходу {row.code} розподілено за джерелами. До якого з них віднести різницю?",
        [*(Option(str(pk), names[pk]) for pk in filled), Option(NOT_TAKEN, "суми цього заходу не брати")],
        hint=_both(row, one),
        place=row.place("planned"),
    )
    return int(answer) if answer not in ("", NOT_TAKEN) else None


def _both(row: FormRow, one: Standing) -> str:
    """«план 10,0 → 12,0»: what differs."""
    now = one.content.money
    return "; ".join(
        f"{name}: {amount(getattr(now, fact))} → {amount(getattr(row.money, fact))}"
        for fact, name in MONEY_NAMES.items()
        if getattr(now, fact) != getattr(row.money, fact)
    )


def _amounts(row: FormRow, one: Standing, source: int | None) -> tuple[Amounts, list[Note]]:
    """The row's sums with what differs put into one source, so that together they give the file's."""
    if source is None:
        return one.amounts, []
    merged = dict(one.amounts)
    notes = []
    now = one.content.money
    for fact, name in MONEY_NAMES.items():
        wanted: Decimal | None = getattr(row.money, fact)
        if wanted == getattr(now, fact):
            continue
        if wanted is None:
            merged = {pk: replace(money, **{fact: None}) for pk, money in merged.items()}
            continue
        others = total(getattr(money, fact) for pk, money in merged.items() if pk != source)
        share = wanted if others is None else difference(others, wanted)
        if share is None or share < 0:
            message = (
                f"Захід {row.code}, {name}: у файлі {amount(wanted)}, а інші джерела вже мають "
                f"{amount(others)}. Цю суму не взято."
            )
            notes.append(Note(Weight.WARNING, message, row.place(fact)))
            continue
        merged[source] = replace(merged.get(source, BLANK), **{fact: share})
    return merged, notes


def _content(row: FormRow, now: Content, money: Money, *, of_actual: bool) -> Content:
    """A percent and a text that are the same as people read them stay as they are."""
    stated = stated_percent(row.read.percent, money, of_actual=of_actual)
    if not is_percent_told(row) or (
        now.stated_percent is not None and stated_from(row.read.percent) == now.stated_percent
    ):
        stated = now.stated_percent
    narrative = clean_text(row.read.information)
    if narrative.strip() == now.narrative.strip():
        narrative = now.narrative
    return Content(money, stated, now.justification, narrative)


def _unjustified(matched: Matching, contents: Mapping[str, Content]) -> list[FormRow]:
    """Rows whose stated percent is another now, or never had a reason."""
    return [
        row
        for row, one in matched.pairs
        if is_percent_told(row)
        and (contents[row.code].stated_percent != one.content.stated_percent or not one.content.justification)
    ]


def _erased(row: FormRow, now: Content, content: Content) -> list[Note]:
    """A blank cell of the file blanks the report's too."""
    # A stated percent that the file's figures give by themselves is not lost.
    given = "відсоток за даними виконавця" if row.read.percent is not None else ""
    gone = [
        change
        for change in differences(row, now, content)
        if change.old and not change.new and change.label != given
    ]
    said = "Захід {}: «{}» у файлі порожньо, внесене зникне."
    return [Note(Weight.WARNING, said.format(row.code, one.label), one.place) for one in gone]


def _entry(one: Standing, content: Content, amounts: Amounts) -> ResultEntry:
    """Without a result yet, its id and version are 0."""
    result_id, version = (one.result.pk, one.result.version) if one.result else (0, 0)
    changed = {source: money for source, money in amounts.items() if one.amounts.get(source) != money}
    return ResultEntry(result_id, version, content.values, changed)
