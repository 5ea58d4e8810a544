"""The real report of 2023 from `fixtures/`, a demonstration year beside it, and accounts to try.

Loading is done through the same doors as people's work and may be repeated: what stands already
stays as it is.
"""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from .calculations import Money
from .contributing import save_contribution
from .entry import ResultEntry, save_results
from .enums import AppointmentRole, DecisionKind
from .models import (
    AnnualReport,
    Appointment,
    Decision,
    Executor,
    ExecutorAlias,
    FundingSource,
    Measure,
    Participation,
    PlannedFunding,
    Program,
    Signatory,
    Task,
    User,
)
from .opening import open_report
from .textforms import Term, search_key

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
PROGRAM = "1688-2019-12-18"
APPOINTED_SINCE = datetime.date(2020, 1, 1)

# The co-executor in whose name newcomers try sending information.
COEXECUTOR_BODY = "education"

RESPONSIBLE, HEAD, COEXECUTOR, AUDITOR, PROGRAM_ADMIN, SYSTEM_ADMIN = (
    "demo-vidpovidalna",
    "demo-kerivnyk",
    "demo-spivvykonavets",
    "demo-audytor",
    "demo-prohramy",
    "demo-systema",
)
ACCOUNTS: dict[str, dict[str, Any]] = {
    RESPONSIBLE: {"family_name": "відповідальна особа", "given_name": "Демонстраційна"},
    HEAD: {"family_name": "керівник", "given_name": "Демонстраційний"},
    COEXECUTOR: {"family_name": "співвиконавець", "given_name": "Демонстраційний"},
    AUDITOR: {"family_name": "аудитор", "given_name": "Демонстраційний", "is_auditor": True},
    PROGRAM_ADMIN: {
        "family_name": "адміністратор програм",
        "given_name": "Демонстраційний",
        "is_program_admin": True,
    },
    SYSTEM_ADMIN: {
        "family_name": "системний адміністратор",
        "given_name": "Демонстраційний",
        "is_system_admin": True,
    },
}


@transaction.atomic
def load_demonstration() -> Program:
    """Everything a newcomer needs to look around; safe to call again."""
    load_reference()
    load_accounts()
    program = Program.objects.filter(public_id=PROGRAM).first() or load_program(read(f"{PROGRAM}/program"))
    load_report(program, read(f"{PROGRAM}/report-2023"))
    load_report(program, read(f"{PROGRAM}/report-2024-demo"))
    return program


def read(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


def load_reference() -> None:
    for position, item in enumerate(read("funding_sources"), start=1):
        FundingSource.objects.get_or_create(
            code=item["key"],
            defaults={"name": item["name"], "form_line": item["form_line"], "position": position},
        )
    for item in read("executors"):
        executor = Executor.objects.spelled(item["name"]).first() or Executor.objects.create(
            name=item["name"], official_name=item["official_name"], kind=item["kind"]
        )
        for alias in item["aliases"]:
            ExecutorAlias.objects.get_or_create(
                search_key=search_key(alias), defaults={"executor": executor, "name": alias}
            )


def executors_by_key() -> dict[str, Executor]:
    return {item["key"]: Executor.objects.spelled(item["name"]).get() for item in read("executors")}


def load_accounts() -> None:
    """Accounts without passwords: only the demonstration mode's one-click sign-in opens them."""
    bodies = executors_by_key()
    department = bodies[read(f"{PROGRAM}/program")["responsible"]]
    for username, fields in ACCOUNTS.items():
        if not User.objects.filter(username=username).exists():
            User.objects.create_user(username, is_demo=True, **fields)
    for username, executor, role in (
        (RESPONSIBLE, department, AppointmentRole.RESPONSIBLE_PERSON),
        (HEAD, department, AppointmentRole.HEAD),
        (COEXECUTOR, bodies[COEXECUTOR_BODY], AppointmentRole.RESPONSIBLE_PERSON),
    ):
        Appointment.objects.get_or_create(
            user=User.objects.get(username=username),
            executor=executor,
            role=role,
            defaults={"starts_on": APPOINTED_SINCE},
        )


def load_program(data: dict[str, Any]) -> Program:
    executors = executors_by_key()
    program = Program.objects.create(
        kind=data["kind"],
        title=data["title"],
        start_year=data["start_year"],
        end_year=data["end_year"],
        responsible=executors[data["responsible"]],
    )
    decision = Decision.objects.create(program=program, **_decision(data["decision"]))
    for task_data in data["tasks"]:
        task = Task.objects.create(program=program, number=task_data["number"], text=task_data["text"])
        for item in task_data["measures"]:
            measure = Measure.objects.create(
                task=task,
                number=item["number"],
                title=item["title"],
                term=Term.parse(item["term"]),
                term_text=item["term_text"],
                executors_text=item["executors_text"],
                introduced_by=decision,
            )
            for position, part in enumerate(item["participations"], start=1):
                Participation.objects.create(
                    measure=measure,
                    executor=executors[part["executor"]],
                    by_consent=part["by_consent"],
                    position=position,
                )
    return program


def load_report(program: Program, data: dict[str, Any]) -> None:
    """One year's report; its figures go through `entry`, in the name of the demonstration clerk."""
    year = data["year"]
    if program.reports.filter(year=year).exists():
        return
    if "demo_decision" in data:
        _load_plan(program, data)
    report = open_report(
        program,
        year,
        by=User.objects.get(username=PROGRAM_ADMIN),
        program_text=data.get("program_text", ""),
        department_text=data.get("department_text", ""),
        is_transcribed=data["transcribed"],
        stated_total_percent=_decimal(data.get("stated_total_percent")),
        is_demonstration=data.get("demonstration", False),
        coexecutors_due=_date(data.get("coexecutors_due")),
        department_due=_date(data.get("department_due")),
    )
    for position, signatory in enumerate(data["signatories"], start=1):
        Signatory.objects.create(
            report=report, position=position, post=signatory["post"], name=signatory["name"]
        )
    _load_results(report, data["results"])
    _load_contributions(report, data.get("contributions", []))


def _load_plan(program: Program, data: dict[str, Any]) -> None:
    sources = {source.code: source for source in FundingSource.objects.all()}
    decision, _ = Decision.objects.get_or_create(program=program, **_decision(data["demo_decision"]))
    measures = _measures(program)
    for item in data["plan"]:
        for source, amount in item["amounts"].items():
            PlannedFunding.objects.get_or_create(
                measure=measures[item["measure"]],
                year=data["year"],
                decision=decision,
                source=sources[source],
                defaults={"amount": Decimal(amount)},
            )


def _load_results(report: AnnualReport, items: list[dict[str, Any]]) -> None:
    sources = {source.code: source.pk for source in FundingSource.objects.all()}
    rows = {result.measure.code: result for result in report.results.select_related("measure__task")}
    entries = [
        ResultEntry(
            result_id=rows[item["measure"]].pk,
            version=rows[item["measure"]].version,
            values={
                "execution_state": item.get("execution_state", ""),
                "stated_percent": _decimal(item.get("stated_percent")),
                "stated_justification": item.get("stated_justification", ""),
                "zero_reason": item.get("zero_reason", ""),
                "narrative": item["narrative"],
            },
            amounts={
                sources[source]: Money(*(_decimal(facts[fact]) for fact in ("planned", "actual", "financed")))
                for source, facts in item["amounts"].items()
            },
        )
        for item in items
    ]
    save_results(report, entries, by=User.objects.get(username=RESPONSIBLE))


def _load_contributions(report: AnnualReport, items: list[dict[str, Any]]) -> None:
    """The demonstration co-executor's own words; those of others are typed in from letters by the clerk."""
    bodies = executors_by_key()
    sources = {source.code: source.pk for source in FundingSource.objects.all()}
    rows = {result.measure.code: result for result in report.results.select_related("measure__task")}
    for item in items:
        sender = COEXECUTOR if item["executor"] == COEXECUTOR_BODY else RESPONSIBLE
        save_contribution(
            rows[item["measure"]],
            bodies[item["executor"]],
            by=User.objects.get(username=sender),
            version=0,
            narrative=item["narrative"],
            letter_number=item.get("letter_number", ""),
            letter_date=_date(item.get("letter_date")),
            amounts={
                sources[source]: Money(actual=_decimal(facts["actual"]), financed=_decimal(facts["financed"]))
                for source, facts in item["amounts"].items()
            },
        )


def _measures(program: Program) -> dict[str, Measure]:
    return {m.code: m for m in Measure.objects.of_program(program).select_related("task")}


def _decision(data: dict[str, str]) -> dict[str, Any]:
    return {
        "kind": DecisionKind(data["kind"]),
        "number": data["number"],
        "date": datetime.date.fromisoformat(data["date"]),
        "title": data.get("title", ""),
    }


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _date(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
