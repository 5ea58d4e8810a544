"""Small programmes and people for tests that do not need the real report."""

import datetime
from decimal import Decimal

from programs.calculations import Money
from programs.entry import ResultEntry, save_results
from programs.enums import AppointmentRole, DecisionKind, ExecutionState
from programs.models import (
    AnnualReport,
    Appointment,
    Decision,
    Executor,
    FundingSource,
    Measure,
    MeasureResult,
    Program,
    Signatory,
    Task,
    User,
)
from programs.opening import open_report
from programs.textforms import Term

LONG_AGO = datetime.date(2020, 1, 1)


def executor(name: str = "Управління культури") -> Executor:
    return Executor.objects.spelled(name).first() or Executor.objects.create(name=name)


def user(username: str, **fields: object) -> User:
    return User.objects.create_user(username, given_name="Олена", family_name="Приклад", **fields)


def appointed(
    person: User,
    to: Executor,
    role: AppointmentRole = AppointmentRole.RESPONSIBLE_PERSON,
    *,
    starts_on: datetime.date = LONG_AGO,
    ends_on: datetime.date | None = None,
) -> User:
    """The same person, with one appointment more."""
    order = "№7 від 01.01.2020" if role == AppointmentRole.ACTING_HEAD else ""
    Appointment.objects.create(
        user=person, executor=to, role=role, order_text=order, starts_on=starts_on, ends_on=ends_on
    )
    return person


def program(*, measures: int = 0, responsible: Executor | None = None, number: str = "15") -> Program:
    """A programme of 2020-2025, approved on 2019-11-05, with one task of so many measures."""
    made = Program.objects.create(
        kind="міська програма",
        title=f"Програма {number}",
        start_year=2020,
        end_year=2025,
        responsible=responsible or executor(),
    )
    decision(made, number, "2019-11-05", kind=DecisionKind.APPROVES)
    task = Task.objects.create(program=made, number=1, text="Завдання")
    for position in range(1, measures + 1):
        measure(task, position)
    return made


def decision(of: Program, number: str, iso_date: str, kind: DecisionKind = DecisionKind.AMENDS) -> Decision:
    day = datetime.date.fromisoformat(iso_date)
    return Decision.objects.create(program=of, kind=kind, number=number, date=day)


def measure(task: Task, number: int, term: str = "2020-2025", **fields: object) -> Measure:
    return Measure.objects.create(
        task=task, number=number, title=f"Захід {number}", term=Term.parse(term), **fields
    )


def source(code: str = "general", form_line: str = "") -> FundingSource:
    made, _ = FundingSource.objects.get_or_create(code=code, defaults={"name": code, "form_line": form_line})
    return made


def results(of: Program, year: int = 2024) -> list[MeasureResult]:
    """A new report's rows, in printed order."""
    admin = User.objects.filter(is_program_admin=True).first() or user("admin", is_program_admin=True)
    return list(MeasureResult.objects.for_report(open_report(of, year, by=admin)))


def ready_report(of: Program, year: int = 2024, *, by: User) -> AnnualReport:
    """A draft with nothing left to mend: every row told of and funded, the report signed."""
    rows = results(of, year)
    fund = source("general", "з загального фонду").pk
    said = {"narrative": "Проведено.", "execution_state": ExecutionState.DONE}
    sums = {fund: Money(Decimal(10), Decimal(9), Decimal(8))}
    save_results(rows[0].report, [ResultEntry(row.pk, row.version, said, sums) for row in rows], by=by)
    Signatory.objects.create(report=rows[0].report, post="Начальник управління", name="Олена ПРИКЛАД")
    return AnnualReport.objects.get(pk=rows[0].report_id)


def money(text: str) -> Decimal | None:
    return Decimal(text) if text else None
