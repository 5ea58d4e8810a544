"""«Про вибірку»: who took it and when, what of, and how to read it."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from programs.enums import PercentBase
from programs.importing.measure_columns import SHEET, ColumnKind, ColumnSpec

from .gathering import Batch
from .selection import DRAFTS, Selection
from .sheets import KEY, Row, Sheet

ABOUT_COLUMNS = (
    KEY,
    ColumnSpec("label", "що", ColumnKind.LONG_TEXT),
    ColumnSpec("value", "значення", ColumnKind.LONG_TEXT),
)
ABOUT_SHEET = Sheet("Про вибірку", "about", ABOUT_COLUMNS, lambda batch: iter(()))

NOTES = (
    "Стан звіту стоїть у кожному рядку. Числа чернеток ще змінюються; числа погоджених, підписаних і "
    "оприлюднених звітів змінити не можна, але назви програм, завдань, заходів і виконавців, терміни й "
    "КПКВК тут сьогоднішні, а в редакції такі, як у її день.",
    "Редакцію й відбиток указано лише для звіту, який погоджено й не відкрито для уточнення. Відбиток – це "
    "SHA-256 файла report.json погодженого документа. Що з такого звіту оприлюднено, сказано на аркуші "
    "«Програми».",
    "Суми точні: у тис. грн до п’яти знаків після коми, у грн до копійки. Порожня клітинка означає, що суми "
    "не вказано; це не 0.",
    "Відсоток записано числом: 13,1 означає 13,1 %. Розрахунковий відсоток – це 100 × профінансовано ÷ план "
    "(або ÷ факт, якщо така основа відсотка у програми). Відсоток у звіті – той, що друкується: за даними "
    "виконавця, якщо його подано; інакше розрахунковий; інакше 0,0.",
    "Відсотки не додаються: у підсумковому рядку відсоток пораховано з підсумків сум.",
    "Відхилення в рядку порожнє, якщо план чи «профінансовано» не вказано. У підсумковому рядку відхилення "
    "– це підсумок «профінансовано» мінус підсумок плану, тому воно може не дорівнювати сумі стовпця.",
    "Підсумковий рядок рахує лише видимі рядки, тож після фільтра показує суму відібраного. Він стоїть поза "
    "фільтром, через порожній рядок.",
    "На аркушах «Завдання» і «Програми» стоять суми всього завдання і всього звіту, навіть якщо до вибірки "
    "ввійшла лише частина заходів; скільки їх, сказано поруч.",
    "Зміни планів: рішення, яке називає рік заходу, замінює весь його план на цей рік; прийняте після кінця "
    "звітного року на звіт не впливає. План до рішення порожній, якщо раніше на цей рік його не було; план "
    "за рішенням порожній, якщо рішення його зняло. Різниці тоді не пораховано.",
    "«Програма» – сьогоднішня назва програми, однакова для всіх років; поруч назва, як друкується у звіті.",
    "Повідомлення перевірки про звіт у цілому стоять на аркуші «Результати перевірки» без ключа заходу.",
)


@dataclass(frozen=True)
class EditionFact:
    """An agreed document whose rows are in the extract."""

    program_id: str
    year: int
    number: int
    fingerprint: str


@dataclass
class Passed:
    """What is noted of reports while their rows pass."""

    reports: int = 0
    states: Counter[str] = field(default_factory=Counter)
    """How many reports are in each."""
    editions: list[EditionFact] = field(default_factory=list)
    bases: set[str] = field(default_factory=set)
    drafts: int = 0
    """Selected measures in reports that are not agreed."""

    def take(self, batch: Batch) -> None:
        for part in batch.parts:
            self.reports += 1
            self.states[part.state] += 1
            self.bases.add(part.program.percent_base)
            if part.state in DRAFTS:
                self.drafts += len(part.selected)
            if part.frozen:
                key = part.key.rpartition("/")[0]
                self.editions.append(
                    EditionFact(key, part.report.year, part.frozen.edition_number, part.frozen.fingerprint)
                )

    @property
    def counts_from_actual(self) -> bool:
        """Whether all programmes here count from the annual actual; mixed ones count from the plan."""
        return self.bases == {PercentBase.ACTUAL}


OF_SOURCES = (
    "Вибрано джерела фінансування. На аркуші «Джерела фінансування» стоять лише вони. На аркуші «Заходи» – "
    "заходи, які мають хоч якусь суму з цих джерел, з усіма їхніми сумами, також з інших джерел; «Завдання» "
    "і «Програми» – підсумки всього завдання і всього звіту з усіх джерел."
)


def about_rows(
    selection: Selection,
    *,
    who: str,
    when: datetime.datetime,
    words: Sequence[str],
    passed: Passed,
    sizes: Mapping[str, int],
) -> Iterator[Row]:
    """`when` is local; `sizes` are rows by sheet name."""
    base = "факту" if passed.counts_from_actual else "плану"
    yield ("who", "Хто взяв вибірку", who)
    yield ("when", "Коли", f"{when:%d.%m.%Y %H:%M:%S}")
    for number, sentence in enumerate(words, start=1):
        yield (f"filter/{number}", "Умова вибірки", sentence)
    yield ("reports", "Звітів у вибірці", passed.reports)
    for state, count in sorted(passed.states.items()):
        yield (f"state/{state}", f"Стан звіту «{state}»: звітів", count)
    for name, size in sizes.items():
        yield (f"rows/{name}", f"Рядків на аркуші «{name}»", size)
    yield (
        "drafts",
        f"У т. ч. чернеток: рядків на аркуші «{SHEET}», звіти яких ще не погоджено",
        passed.drafts,
    )
    yield ("total_percent", "Відсоток у підсумкових рядках", f"Профінансоване у відсотках до {base}.")
    for one in passed.editions:
        yield (
            f"{one.program_id}/{one.year}",
            f"Звіт {one.program_id} за {one.year} рік, редакція {one.number}: відбиток SHA-256",
            one.fingerprint,
        )
    notes = (OF_SOURCES, *NOTES) if selection.sources else NOTES
    for number, note in enumerate(notes, start=1):
        yield (f"note/{number}", "Як читати", note)
