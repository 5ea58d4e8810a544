"""A form of a programme that the portal does not know, with all that was answered of it so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ... import permissions
from ...calculations import BLANK
from ...enums import PercentBase
from ...models import Executor, FundingSource, User
from ...proposal import ProposedExecutor
from ...textforms import Term, search_key
from ..asking import LONGEST_QUOTATION, Asking, key_of
from ..bodies import Bodies
from ..examination import Note, Weight
from ..files.cells import shortened
from ..form.cells import term_of
from ..form.contents import ReadForm
from ..form.printed import in_one_line
from .content import Content, FormRow, FormTask, is_percent_told, listed, stated_percent
from .executors import Named, read_executors
from .frame import Body, Frame, ask_frame, ask_percent_base, ask_responsible
from .opening import Opening, ask_opening
from .percents import are_others_stated, with_chosen_percents, with_justifications
from .sums import ask_source, total_percent

UNREAD_TERMS_AT_MOST = 100


@dataclass(frozen=True)
class FormProgram:
    """The form with what was answered so far."""

    form: ReadForm
    tasks: Sequence[FormTask]
    bodies: Bodies
    responsible: Body | None
    percent_base: PercentBase | None
    frame: Frame | None
    opening: Opening | None
    source: FundingSource | None
    plans: bool
    """Whether the form's plan becomes the approving decision's."""
    enters: bool
    """Whether this person may enter figures."""
    terms: Mapping[str, Term]
    """By what the form prints; without those that are open."""
    named: Named
    contents: Mapping[str, Content]
    """By measure code."""

    @property
    def rows(self) -> list[FormRow]:
        return [row for task in self.tasks for row in task.rows]

    @property
    def of_actual(self) -> bool:
        return self.percent_base == PercentBase.ACTUAL

    @property
    def brought(self) -> ProposedExecutor | None:
        """A responsible body that the portal does not know yet."""
        return self.responsible if isinstance(self.responsible, ProposedExecutor) else None


def ask_program(form: ReadForm, tasks: Sequence[FormTask], by: User, asking: Asking) -> FormProgram:
    rows = [row for task in tasks for row in task.rows]
    bodies = Bodies.all()
    responsible = ask_responsible(form.heading.department, bodies, by, asking)
    base = ask_percent_base(rows, asking)
    of_actual = base == PercentBase.ACTUAL
    frame = ask_frame(form.heading, responsible, base, asking)
    opening = None
    if frame is not None:
        opening = ask_opening(
            form,
            frame.year,
            frame.program,
            asking,
            printed_percent=total_percent(form, rows, of_actual=of_actual),
            has_other_percents=are_others_stated(rows, of_actual=of_actual),
        )
    source = None
    if any(row.money != BLANK for row in rows):
        source = ask_source(form, list(FundingSource.objects.all()), asking)
    enters = isinstance(responsible, Executor) and permissions.speaks_for(by, responsible)
    brought = responsible if isinstance(responsible, ProposedExecutor) else None
    return FormProgram(
        form,
        tasks,
        bodies,
        responsible,
        base,
        frame,
        opening,
        source,
        plans=source is not None and frame is not None and _ask_plan(frame, asking),
        enters=enters,
        terms=_ask_terms(rows, frame, asking),
        named=read_executors(rows, bodies, asking, brought=brought),
        contents=_ask_contents(
            rows,
            asking,
            of_actual=of_actual,
            enters=enters,
            is_transcribed=opening is not None and opening.is_transcribed,
        ),
    )


def _ask_plan(frame: Frame, asking: Asking) -> bool:
    return asking.agree(
        "plan",
        f"Записати графу «план» як план на {frame.year} рік за рішенням №{frame.decision.number}?",
        suggested=True,
        hint="Якщо план року змінило пізніше рішення: «ні», і внесіть план за тим рішенням.",
    )


def _ask_terms(rows: Sequence[FormRow], frame: Frame | None, asking: Asking) -> dict[str, Term]:
    """What is printed alike and is no set of years is asked once."""
    found: dict[str, Term] = {}
    unread: dict[str, list[FormRow]] = {}
    for row in rows:
        text = in_one_line(row.read.term_text)
        if "term_text" in row.read.unreadable:
            continue
        if (term := term_of(text)) is not None:
            found[row.read.term_text] = term
        else:
            unread.setdefault(search_key(text), []).append(row)
    if len(unread) > UNREAD_TERMS_AT_MOST:
        message = (
            f"У графі «Термін виконання» {len(unread)} записів, що не є роками. Перевірте, чи та це графа."
        )
        asking.notes.append(Note(Weight.ERROR, message))
        unread = {}
    for key, alike in unread.items():
        text = in_one_line(alike[0].read.term_text)
        answer = asking.read(
            key_of("term", key),
            f"Які роки означає термін «{shortened(text, LONGEST_QUOTATION)}»?"
            if text
            else "Які роки виконуються заходи без терміну?",
            Term.parse,
            suggested=str(frame.term) if frame and not text else "",
            hint=f"Роки так: «2020-2025» або «2021, 2023». Заходи: {listed([row.code for row in alike])}.",
            place=alike[0].place("term_text"),
        )
        if answer is not None:
            found |= {row.read.term_text: answer for row in alike}
    return found


def _ask_contents(
    rows: Sequence[FormRow], asking: Asking, *, of_actual: bool, enters: bool, is_transcribed: bool
) -> dict[str, Content]:
    contents = {
        row.code: Content(
            row.money,
            stated_percent(row.read.percent, row.money, of_actual=of_actual)
            if is_percent_told(row)
            else None,
            narrative=row.read.information,
        )
        for row in rows
    }
    if not enters:
        return contents
    if not is_transcribed:
        contents = with_chosen_percents(rows, contents, asking, of_actual=of_actual)
    return with_justifications(rows, contents, asking)
