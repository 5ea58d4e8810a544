"""The programme template: its sheets, and each column's heading, hint, and way of reading a cell.

The workbook that goes out is drawn by these columns, and what comes back is read by them. A cell that cannot
be read raises ValueError with a Ukrainian sentence, as import-export's widgets do.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import TextChoices
from import_export import fields, resources, widgets

from ...enums import DecisionKind, ExecutorKind, PercentBase
from ...textforms import Term, parse_money, search_key
from ..files.cells import read_date, shortened, shown

LONGEST_SUM = 40


class Check(StrEnum):
    """What a spreadsheet itself refuses in a column."""

    NONE = "none"
    NUMBER = "number"
    YEAR = "year"
    MONEY = "money"
    DATE = "date"
    LIST = "list"


# --- reading a cell ----------------------------------------------------------------------


class TextWidget(widgets.Widget):
    """A text as it stands; a number as it is typed, since «1688» becomes one by itself."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return shown(value)


class NumberWidget(widgets.Widget):
    """A whole number from 1."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        text = shown(value).removesuffix(".")
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) < 32768:
            raise ValueError(f"«{shortened(text)}» не є номером: потрібне ціле число, від 1.")
        return int(text)


class YearWidget(widgets.Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        text = re.sub(r"\s*(рік|р\.?)$", "", shown(value))
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{4}", text):
            raise ValueError(f"«{shortened(text)}» не є роком. Уведіть, наприклад, 2025.")
        return int(text)


class MoneyWidget(widgets.Widget):
    """тис. грн to the kopeck; «42 350,00 грн» becomes thousands."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Decimal | None:
        text = shown(value)
        if len(text) > LONGEST_SUM:
            raise ValueError(f"«{shortened(text, LONGEST_SUM)}» не є сумою.")
        return parse_money(text)


class DateWidget(widgets.Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> datetime.date | None:
        return read_date(value)


class TermWidget(widgets.Widget):
    """«2020-2025», «2021, 2023», or one year as a number."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Term | None:
        text = shown(value)
        return Term.parse(text) if text else None


class ChoiceWidget(widgets.Widget):
    """One of the words that the field knows."""

    def __init__(self, choices: type[TextChoices]) -> None:
        super().__init__()
        self.labels = [str(choice.label) for choice in choices]
        self._by_word = {search_key(str(choice.label)): choice for choice in choices}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> TextChoices | None:
        text = shown(value)
        if not text:
            return None
        if (choice := self._by_word.get(search_key(text))) is None:
            raise ValueError(f"«{shortened(text)}»: виберіть зі списку: {', '.join(self.labels)}.")
        return choice


# --- columns and sheets ------------------------------------------------------------------


class Column(fields.Field):
    """A field of import-export with what the template draws of it."""

    def __init__(
        self,
        heading: str,
        widget: widgets.Widget,
        hint: str,
        *,
        width: int = 18,
        is_required: bool = False,
        excused_by: str = "",
        check: Check = Check.NONE,
        values: str | Sequence[str] = (),
    ) -> None:
        super().__init__(column_name=heading, widget=widget, saves_null_values=True)
        self.hint = hint
        self.width = width
        self.is_required = is_required
        self.excused_by = excused_by
        """The name of a column: in a row where that one is filled, this one may be blank."""
        self.check = check
        self.values = values
        """Of a list: the words, or the name of a column of the sheet «Списки» or of another sheet."""

    def is_blank(self, value: Any) -> bool:
        return value in self.empty_values


def _text(heading: str, hint: str, **drawn: Any) -> Column:
    return Column(heading, TextWidget(), hint, **drawn)


def _choice(heading: str, choices: type[TextChoices], hint: str, **drawn: Any) -> Column:
    widget = ChoiceWidget(choices)
    return Column(heading, widget, hint, check=Check.LIST, values=widget.labels, **drawn)


def _number(heading: str, hint: str, **drawn: Any) -> Column:
    return Column(heading, NumberWidget(), hint, width=12, check=Check.NUMBER, **drawn)


def _year(heading: str, hint: str, **drawn: Any) -> Column:
    return Column(heading, YearWidget(), hint, check=Check.YEAR, **drawn)


class TemplateSheet(resources.Resource):
    """One sheet; its rows become parts of a proposed programme, so nothing is saved from here."""

    class Meta:
        name = ""

    @property
    def name(self) -> str:
        return str(self._meta.name)

    @property
    def columns(self) -> dict[str, Column]:
        return dict(self.fields)


KNOWN_EXECUTORS, SOURCES, DECISIONS = "executors", "sources", "decisions"


class ProgramSheet(TemplateSheet):
    """Headings down the first column, values beside them."""

    kind = _text("вид програми", "Наприклад: міська цільова програма.", is_required=True)
    title = _text("назва програми", "Без лапок і років.", is_required=True)
    start_year = _year("рік початку", "Наприклад, 2025.", is_required=True)
    end_year = _year("рік завершення", "Наприклад, 2027.", is_required=True)
    responsible = _text(
        "відповідальний виконавець",
        "Зі списку. Нового спершу додайте на аркуш «Виконавці», а тут напишіть його назву.",
        check=Check.LIST,
        values=KNOWN_EXECUTORS,
    )
    budget_codes = _text("КПКВК МБ", "Один або кілька кодів через кому; можна не заповнювати.")
    percent_base = _choice(
        "основа відсотка",
        PercentBase,
        "Від чого рахувати відсоток виконання. Порожньо: річний план.",
    )
    program_id = _text(
        "код програми",
        "Лише для змін до програми, яка вже є в порталі: 1688-2019-12-18. Для нової лишіть порожнім.",
    )

    class Meta:
        name = "Програма"


class DecisionSheet(TemplateSheet):
    kind = _choice(
        "що робить",
        DecisionKind,
        "Перше затверджує програму, решта вносять зміни.",
        width=22,
        is_required=True,
    )
    number = _text("номер", "Без знака №.", width=16, is_required=True)
    date = Column("дата", DateWidget(), "18.12.2019", width=14, is_required=True, check=Check.DATE)
    title = _text("назва рішення", "Можна не заповнювати.", width=60)
    url = _text("посилання", "https://…; можна не заповнювати.", width=40)

    class Meta:
        name = "Рішення"


class TaskSheet(TemplateSheet):
    number = _number("№ завдання", "1, 2, 3 …", is_required=True)
    text = _text("завдання", "До 600 знаків.", width=100, is_required=True)

    class Meta:
        name = "Завдання"


class MeasureSheet(TemplateSheet):
    task = _number("№ завдання", "Як на аркуші «Завдання».", is_required=True)
    number = _number("№ заходу", "У межах завдання: для 2.10 це 10.", is_required=True)
    title = _text("зміст заходу", "Без номера.", width=42, is_required=True, excused_by="withdrawn_by")
    term = Column(
        "термін (роки)",
        TermWidget(),
        "2025-2027 або 2025, 2027",
        width=13,
        is_required=True,
        excused_by="withdrawn_by",
    )
    term_text = _text("термін, як друкується", "Порожньо: друкуються роки.", width=14)
    executors = _text(
        "виконавці",
        "Назви з аркушів «Списки» і «Виконавці» через крапку з комою. «(за згодою)» пишіть після назви.",
        width=32,
    )
    executors_text = _text("виконавці, як друкується", "Порожньо: друкується перелік виконавців.", width=22)
    introduced_by = _text(
        "введено рішенням",
        "Номер; порожньо: було в програмі від початку.",
        width=14,
        check=Check.LIST,
        values=DECISIONS,
    )
    withdrawn_by = _text(
        "виключено рішенням",
        "Номер; лише для виключених. Для заходу, що вже є в порталі, досить його номерів.",
        width=15,
        check=Check.LIST,
        values=DECISIONS,
    )

    class Meta:
        name = "Заходи"


class ExecutorSheet(TemplateSheet):
    name_of = _text(
        "назва", "Лише ті, яких немає на аркуші «Списки». У називному відмінку.", width=60, is_required=True
    )
    kind = _choice("вид", ExecutorKind, "Порожньо: виконавчий орган ради.", width=26)
    official_name = _text("повна назва для документів", "Як у шапці звіту; можна не заповнювати.", width=60)

    class Meta:
        name = "Виконавці"


class PlanSheet(TemplateSheet):
    task = _number("№ завдання", "Як на аркуші «Заходи».", is_required=True)
    number = _number("№ заходу", "Як на аркуші «Заходи».", is_required=True)
    year = Column("рік", YearWidget(), "Наприклад, 2025.", width=15, is_required=True, check=Check.YEAR)
    decision = _text(
        "рішення",
        "Номер; порожньо: рішення, яким затверджено програму.",
        width=18,
        check=Check.LIST,
        values=DECISIONS,
    )
    source = _text("джерело", "Зі списку.", width=36, is_required=True, check=Check.LIST, values=SOURCES)
    amount = Column(
        "сума, тис. грн",
        MoneyWidget(),
        "1 234,5. Нуль пишіть нулем.",
        width=16,
        is_required=True,
        check=Check.MONEY,
    )

    class Meta:
        name = "План за роками"


ROW_SHEETS: Sequence[type[TemplateSheet]] = (DecisionSheet, TaskSheet, MeasureSheet, ExecutorSheet, PlanSheet)
SHEETS: Sequence[type[TemplateSheet]] = (ProgramSheet, *ROW_SHEETS)
LISTS, EXAMPLE, HELP = "Списки", "Приклад", "Підказка"


def hint_of(column: Column) -> str:
    """As it is drawn; a row of these is skipped when the template comes back."""
    return f"Обов’язково. {column.hint}" if column.is_required else column.hint
