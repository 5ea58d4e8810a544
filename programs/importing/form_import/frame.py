"""What a new programme is, apart from its tasks: read from the form's heading, the rest asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ... import permissions
from ...enums import DecisionKind, ExecutorKind, PercentBase
from ...models import Executor, Program, User
from ...proposal import DecisionRef, ProposedDecision, ProposedExecutor
from ...textforms import Term, search_key
from ..asking import Asking, read_iso_date
from ..bodies import Bodies
from ..examination import Change, Line, LineState, Note, Option, Weight
from ..form.contents import ReadHeading
from ..form.executor_cells import split_executors
from ..form.printed import in_one_line
from .content import FormRow, is_percent_told, stated_from, stated_percent
from .executors import ALIKE, KNOWN, NEW, NEW_ONE, OTHERS, body_name, options, similar
from .opening import ask_year

Body = Executor | ProposedExecutor
"""Known, or brought in by the form."""


@dataclass(frozen=True)
class Frame:
    """Only whole: all that a programme must have is known."""

    kind: str
    title: str
    start_year: int
    end_year: int
    year: int
    """The reported one."""
    decision: ProposedDecision
    responsible: Body
    budget_codes: str
    percent_base: PercentBase

    @property
    def term(self) -> Term:
        return Term.of(range(self.start_year, self.end_year + 1))

    @property
    def body(self) -> Executor:
        """The responsible one, saved or not."""
        if isinstance(self.responsible, Executor):
            return self.responsible
        return Executor(name=self.responsible.name, kind=self.responsible.kind)

    @property
    def program(self) -> Program:
        """Not saved."""
        return Program(
            kind=self.kind,
            title=self.title,
            start_year=self.start_year,
            end_year=self.end_year,
            responsible=self.body,
        )

    @property
    def line(self) -> Line:
        shown = {
            "вид": self.kind,
            "назва": self.title,
            "роки": str(self.term),
            "відповідальний виконавець": self.body.name,
            "рішення": f"№{self.decision.number} від {self.decision.date:%d.%m.%Y}",
            "КПКВК МБ": self.budget_codes,
            "основа відсотка виконання": self.percent_base.label,
        }
        changes = [Change(label, "", value) for label, value in shown.items() if value]
        return Line(f"Програма «{self.title}»", LineState.NEW, changes=changes)


def ask_frame(
    heading: ReadHeading, responsible: Body | None, percent_base: PercentBase | None, asking: Asking
) -> Frame | None:
    """None while anything of it is open."""
    printed = heading.printed_program
    in_heading = f"У заголовку звіту лишиться «{printed}»." if printed else ""
    kind = asking.text(
        "kind",
        "Вид програми",
        suggested=in_one_line(heading.kind),
        hint=f"У називному відмінку: «цільова соціальна програма». {in_heading}".strip(),
    )
    title = in_one_line(heading.title) or asking.text(
        "title", "Назва програми, без лапок і років", suggested=_capitalised(heading.unquoted_title)
    )
    start_year = ask_year("start_year", "Рік початку програми", heading.start_year, asking)
    end_year = ask_year("end_year", "Рік завершення програми", heading.end_year, asking)
    year = ask_year("year", "Звітний рік", heading.year, asking)
    number = heading.decision_number or asking.text(
        "decision_number",
        "Номер рішення, яким затверджено програму",
        hint="З номера й дати складається адреса програми в порталі.",
    )
    date = heading.decision_date or asking.read(
        "decision_date", "Дата рішення, яким затверджено програму", read_iso_date, input_type="date"
    )
    budget_codes = asking.text(
        "budget_codes", "КПКВК МБ", is_required=False, hint="Один або кілька кодів через кому."
    )
    if not (kind and title and start_year and end_year and year and number and date):
        return None
    if responsible is None or percent_base is None:
        return None
    decision = ProposedDecision(DecisionKind.APPROVES, number, date)
    return Frame(kind, title, start_year, end_year, year, decision, responsible, budget_codes, percent_base)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def decision_of(heading: ReadHeading) -> DecisionRef | None:
    if not heading.decision_number or heading.decision_date is None:
        return None
    return heading.decision_number, heading.decision_date


def ask_responsible(department: str, bodies: Bodies, by: User, asking: Asking) -> Body | None:
    """Administrators may name any body or a new one, others one of theirs."""
    named = in_one_line(department)
    meant = _meant(named, bodies)
    if permissions.can_manage_programs(by):
        alike, near = similar(bodies, named) if named else ([], [])
        first = [*alike, *near]
        offered = [
            *options(bodies, alike, ALIKE),
            *(_new_bodies(named) if named and meant is None else []),
            *options(
                bodies, [*near, *(pk for pk in bodies.active if pk not in first)], OTHERS if named else ""
            ),
        ]
    else:
        own = set(by.appointments.current().values_list("executor_id", flat=True))
        offered = options(bodies, (pk for pk in bodies.active if pk in own))
        if meant is not None and meant not in own:
            message = (
                f"У файлі відповідальний виконавець «{named}», а ви працюєте в іншому підрозділі: "
                "таку програму вносить той підрозділ або адміністратор програм."
            )
            asking.notes.append(Note(Weight.ERROR, message))
    chosen, _, of = asking.choose(
        "responsible",
        "Хто відповідальний виконавець Програми?",
        offered,
        suggested=f"{KNOWN}:{meant}",
        hint=f"У файлі: «{named}»." if named else "У файлі його не вказано.",
    ).partition(":")
    if chosen == KNOWN:
        return Executor.objects.get(pk=of)
    return ProposedExecutor(body_name(named), ExecutorKind(of)) if chosen == NEW else None


def _meant(named: str, bodies: Bodies) -> int | None:
    """The known body of that name, with the words of its council or without."""
    if (exactly := bodies.spellings.get(search_key(named))) is not None:
        return exactly
    cell = split_executors(named, bodies.spellings)
    return cell.found[0].executor_id if len(cell.found) == 1 and not cell.unknown else None


def _new_bodies(name: str) -> list[Option]:
    return [
        Option(f"{NEW}:{kind}", f"новий виконавець «{body_name(name)}»: {kind.label}", NEW_ONE)
        for kind in (ExecutorKind.COUNCIL_BODY, ExecutorKind.COMMUNAL_INSTITUTION, ExecutorKind.EXTERNAL_BODY)
    ]


def ask_percent_base(rows: Sequence[FormRow], asking: Asking) -> PercentBase | None:
    base = asking.choose(
        "percent_base",
        "Від чого рахувати відсоток виконання?",
        [Option(base.value, base.label) for base in PercentBase],
        suggested=_suggested_base(rows),
        hint="Запропоновано те, що збігається з більшістю відсотків файла.",
    )
    return PercentBase(base) if base else None


def _suggested_base(rows: Sequence[FormRow]) -> str:
    def agreeing(*, of_actual: bool) -> int:
        return len(
            [
                row
                for row in rows
                if is_percent_told(row)
                and stated_from(row.read.percent)
                and not stated_percent(row.read.percent, row.money, of_actual=of_actual)
            ]
        )

    better = agreeing(of_actual=True) > agreeing(of_actual=False)
    return PercentBase.ACTUAL.value if better else PercentBase.PLANNED.value
