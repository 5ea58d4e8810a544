"""The annual report that a form opens: its heading and signatories, as the file prints them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from ...consistency import percent
from ...models import AnnualReport, Program, Signatory, User
from ...opening import open_report
from ...textforms import FIRST_YEAR, LAST_YEAR, TextFormError
from ..asking import Asking
from ..examination import Change, Line, LineState, Note, Weight
from ..form.contents import ReadForm
from ..form.printed import in_one_line


@dataclass(frozen=True)
class Opening:
    year: int
    heading: Mapping[str, Any]
    """Fields of AnnualReport."""
    signatories: Sequence[tuple[str, str]]

    def open(self, program: Program, *, by: User) -> AnnualReport:
        """Raises as `open_report` does."""
        report = open_report(program, self.year, by=by, **self.heading)
        sign(report, self.signatories, by=by)
        return report

    @property
    def is_transcribed(self) -> bool:
        return bool(self.heading["is_transcribed"])

    @property
    def line(self) -> Line:
        return Line(f"Звіт за {self.year} рік", LineState.NEW, changes=self._changes())

    def _changes(self) -> list[Change]:
        shown = {
            "назва програми в заголовку": self.heading.get("program_text", ""),
            "відповідальний виконавець у заголовку": self.heading.get("department_text", ""),
            "перенесено з паперового звіту": "так" if self.heading["is_transcribed"] else "ні",
            "загальний відсоток, як надруковано": (
                percent(stated) if (stated := self.heading.get("stated_total_percent")) is not None else ""
            ),
            "підписувачі": signed_by(self.signatories),
        }
        return [Change(label, "", value) for label, value in shown.items() if value]

    def faults(self) -> list[Note]:
        """What the database would not take."""
        rows = [
            (AnnualReport(year=self.year, **self.heading), set(self.heading)),
            *((Signatory(post=post, name=name), {"post", "name"}) for post, name in self.signatories),
        ]
        notes = []
        for row, fields in rows:
            try:
                row.clean_fields(exclude={field.name for field in row._meta.fields} - fields)
            except ValidationError as error:
                for name, messages in error.message_dict.items():
                    label = getattr(row._meta.get_field(name), "verbose_name", name)
                    notes.append(Note(Weight.ERROR, f"{label}: {' '.join(messages)}"))
        return notes


def signed_by(signatories: Sequence[tuple[str, str]]) -> str:
    return "; ".join(f"{post} {name}" for post, name in signatories)


def sign(report: AnnualReport, signatories: Sequence[tuple[str, str]], *, by: User) -> None:
    rows = [
        Signatory(report=report, position=position, post=post, name=name)
        for position, (post, name) in enumerate(signatories, start=1)
    ]
    bulk_create_with_history(rows, Signatory, default_user=by)


def read_year(text: str) -> int:
    """Raises TextFormError."""
    if not re.fullmatch(r"\d{4}", text, re.ASCII) or not FIRST_YEAR <= int(text) <= LAST_YEAR:
        raise TextFormError(f"«{text}» не є роком. Уведіть, наприклад, «2024».")
    return int(text)


def ask_year(key: str, text: str, stated: int | None, asking: Asking) -> int | None:
    """Only when the file does not say it, or says what is no year."""
    if stated is not None and FIRST_YEAR <= stated <= LAST_YEAR:
        return stated
    return asking.read(key, text, read_year, input_type="number")


def ask_opening(
    form: ReadForm,
    year: int,
    program: Program,
    asking: Asking,
    *,
    printed_percent: Decimal | None,
    has_other_percents: bool,
) -> Opening:
    """`program` with its responsible body, saved or not; `printed_percent` is the total that is stated.

    `has_other_percents`: whether a measure's percent is not the computed one.
    """
    # Without a percent of its own, a paper report is the same as one that is computed.
    differs = printed_percent is not None or has_other_percents
    was_on_paper = asking.agree(
        "transcribed",
        "Це звіт минулих років, перенесений з паперу?",
        suggested=differs and year < timezone.localdate().year - 1,
        hint="Так: відсотки, загальний і заходів, друкуватимуться такі, як у файлі, хоч би що давали суми. "
        "Ні: загальний рахується з підсумків, а про кожен інший відсоток заходу портал перепитає.",
    )
    heading = {
        "program_text": _unless_same(form.heading.printed_program, program.printed_title),
        "department_text": _unless_same(
            in_one_line(form.heading.department), program.responsible.printed_name
        ),
        "is_transcribed": was_on_paper,
        "stated_total_percent": printed_percent if was_on_paper else None,
    }
    signatories = [(in_one_line(post), in_one_line(name)) for post, name in form.signatures]
    return Opening(year, heading, signatories)


def _unless_same(printed: str, otherwise: str) -> str:
    return "" if printed == otherwise else printed
