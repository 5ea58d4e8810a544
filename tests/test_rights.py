"""Who may do what: every address of the portal, every kind of person, every state of a report.

The tables below are the rules, to be read by people; a new address without a line in them fails.

`yes` is an answer, also to a form that lacks something; `no` is 403, `hidden` is 404 as if there were
nothing, `door` is the way to the sign-in page. `draft`, `approval`, `agreed`: yes in that state (a
returned report is a draft too), 409 in the others. Adding rows to a report that is no draft leads back to
it with a word.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django import Settings

from programs.consistency import check_report
from programs.enums import AppointmentRole, EvidenceKind, ReportState, SignedKind
from programs.models import (
    AnnualReport,
    Contribution,
    Edition,
    Event,
    Evidence,
    Executor,
    FrozenFile,
    FrozenReport,
    MeasureResult,
    Participation,
    Program,
    Signatory,
    SignedFile,
    Submission,
    User,
)
from programs.workflow import finding_key
from reporting.issuing import document_text
from reporting.models import FileJob, JobKind, JobState, SavedExtract
from tests import building

pytestmark = pytest.mark.django_db

PEOPLE = ("coexecutor", "clerk", "head", "acting", "auditor", "admin", "system", "stranger")

PAGES = """
                                  coexecutor clerk    head     acting   auditor admin  system stranger
start                   GET       yes        yes      yes      yes      yes     yes    yes    yes
program_list            GET       yes        yes      yes      yes      yes     yes    yes    yes
portfolio_file          POST      yes        yes      yes      yes      yes     yes    no     no
help                    GET       yes        yes      yes      yes      yes     yes    yes    yes
help_page               GET       yes        yes      yes      yes      yes     yes    yes    yes
waiting                 GET       yes        yes      yes      yes      yes     yes    yes    yes
search                  GET       yes        yes      yes      yes      yes     yes    yes    yes
program_page            GET       yes        yes      yes      yes      yes     yes    hidden hidden
cumulative_page         GET       yes        yes      yes      yes      yes     yes    hidden hidden
cumulative_file         GET       yes        yes      yes      yes      yes     yes    hidden hidden
decisions_page          GET       yes        yes      yes      yes      yes     yes    hidden hidden
decision_page           GET       yes        yes      yes      yes      yes     yes    hidden hidden
decision_page           POST      no         no       no       no       no      yes    hidden hidden
add_decision            GET       no         no       no       no       no      yes    hidden hidden
add_decision            POST      no         no       no       no       no      yes    hidden hidden
report_page             GET       yes        yes      yes      yes      yes     yes    hidden hidden
report_file             GET       yes        yes      yes      yes      yes     yes    hidden hidden
confirm_program         GET       no         no       no       no       no      yes    hidden hidden
confirm_program         POST      no         no       no       no       no      yes    hidden hidden
reject_program          GET       no         yes      yes      yes      no      yes    hidden hidden
reject_program          POST      no         yes      yes      yes      no      yes    hidden hidden

entry_sheet             GET       no         yes      yes      yes      no      no     hidden hidden
entry_row               GET       no         yes      yes      yes      no      no     hidden hidden
entry_row               POST      no         draft    draft    draft    no      no     hidden hidden
entry_figures           POST      no         yes      yes      yes      no      no     hidden hidden
entry_last_year         GET       no         yes      yes      yes      no      no     hidden hidden
entry_paste             POST      no         draft    draft    draft    no      no     hidden hidden
entry_reasons           POST      no         draft    draft    draft    no      no     hidden hidden
take_plan               GET       no         draft    draft    draft    no      no     hidden hidden
take_plan               POST      no         draft    draft    draft    no      no     hidden hidden
row_history             GET       yes        yes      yes      yes      yes     yes    hidden hidden

contributions           GET       yes        yes      yes      yes      yes     yes    hidden hidden
contribution            GET       yes        yes      yes      yes      yes     yes    hidden hidden
contribution            POST      draft      draft    draft    draft    no      no     hidden hidden
row_contributions       GET       yes        yes      yes      yes      yes     yes    hidden hidden
take_contributions      POST      no         draft    draft    draft    no      no     hidden hidden
submit_part             POST      draft      draft    draft    draft    no      no     hidden hidden
recall_part             POST      draft      draft    draft    draft    no      no     hidden hidden
remind_part             POST      no         draft    draft    draft    no      no     hidden hidden
part_workbook           GET       yes        yes      yes      yes      yes     yes    hidden hidden
part_workbooks          GET       no         yes      yes      yes      no      no     hidden hidden

row_evidence            GET       yes        yes      yes      yes      yes     yes    hidden hidden
row_evidence            POST      draft      draft    draft    draft    no      no     hidden hidden
evidence_file           GET       yes        yes      yes      yes      yes     yes    hidden hidden
withdraw_evidence       POST      draft      draft    draft    draft    no      no     hidden hidden

submit_report           GET       no         draft    draft    draft    no      no     hidden hidden
submit_report           POST      no         draft    draft    draft    no      no     hidden hidden
review_report           GET       yes        yes      yes      yes      yes     yes    hidden hidden
return_report           POST      no         no       approval approval no      no     hidden hidden
agree_report            POST      no         no       approval approval no      no     hidden hidden
reopen_report           GET       no         no       agreed   agreed   no      no     hidden hidden
reopen_report           POST      no         no       agreed   agreed   no      no     hidden hidden
council_decision        GET       no         agreed   agreed   agreed   no      agreed hidden hidden
council_decision        POST      no         agreed   agreed   agreed   no      agreed hidden hidden
attach_signed           POST      no         agreed   agreed   agreed   no      no     hidden hidden
attach_copy             POST      no         agreed   agreed   agreed   no      no     hidden hidden
sign_here               POST      no         agreed   agreed   agreed   no      no     hidden hidden
publish_report          GET       no         no       agreed   agreed   no      no     hidden hidden
publish_report          POST      no         no       agreed   agreed   no      no     hidden hidden
edition_page            GET       yes        yes      yes      yes      yes     yes    hidden hidden
edition_file            GET       yes        yes      yes      yes      yes     yes    hidden hidden
edition_changes         GET       yes        yes      yes      yes      yes     yes    hidden hidden
edition_changes_file    GET       yes        yes      yes      yes      yes     yes    hidden hidden
signed_file             GET       yes        yes      yes      yes      yes     yes    hidden hidden
submission_page         GET       yes        yes      yes      yes      yes     yes    hidden hidden
submission_changes      GET       yes        yes      yes      yes      yes     yes    hidden hidden
report_journal          GET       yes        yes      yes      yes      yes     yes    hidden hidden
brief                   GET       yes        yes      yes      yes      yes     yes    hidden hidden

imports                 GET       yes        yes      yes      yes      no       yes    no     no
imports                 POST      yes        yes      yes      yes      no       yes    no     no
import_template         GET       yes        yes      yes      yes      no       yes    no     no

extracts                GET       yes        yes      yes      yes      yes     yes    no     no
download_extract        POST      yes        yes      yes      yes      yes     yes    no     no
save_extract            POST      yes        yes      yes      yes      yes     yes    no     no
rename_extract          POST      hidden     hidden   hidden   hidden   yes     hidden hidden hidden
delete_extract          POST      hidden     hidden   hidden   hidden   yes     hidden hidden hidden
signed_reports          POST      yes        yes      yes      yes      yes     yes    no     no
extract_job             GET       hidden     hidden   hidden   hidden   yes     hidden hidden hidden
extract_job_file        GET       hidden     hidden   hidden   hidden   yes     hidden hidden hidden
extract_job_again       POST      hidden     hidden   hidden   hidden   yes     hidden hidden hidden
extract_job_remove      POST      hidden     hidden   hidden   hidden   yes     hidden hidden hidden

mfa_index               GET       yes        yes      yes      yes      yes     yes    yes    yes

admin:index             GET       yes        yes      yes      yes      yes     yes    yes    door
admin:report_figures    POST      yes        yes      yes      yes      yes     yes    hidden door
admin:report_add_rows   POST      no         yes      yes      yes      no      yes    hidden door
admin:account_reset_codes  POST   no         no       no       no       no      no     yes    door
admin:account_lift_lockout POST   no         no       no       no       no      no     yes    door
"""

# The admin's pages of a model: L its list, R one record, H its history, A the page of a new one,
# C a change that is sent; a small letter is 403, a dash: as if there were no such record.
ADMIN = """
                coexecutor clerk head  acting auditor admin system stranger
program         LRHac      LRHac LRHac LRHac  LRHac   LRHAC lr-ac  door
task            LRHac      LRHac LRHac LRHac  LRHac   LRHAC lr-ac  door
measure         LRHac      LRHac LRHac LRHac  LRHac   LRHAC lr-ac  door
fundingsource   LRHac      LRHac LRHac LRHac  LRHac   LRHAC lrhac  door
executor        LRHac      LRHac LRHac LRHac  LRHac   LRHAC LRHac  door
appointment     lrhac      lrhac lrhac lrhac  LRHac   LRHAC LRHAC  door
annualreport    LRHac      LRHaC LRHaC LRHaC  LRHac   LRHAC lr-ac  door
measureresult   LRHac      LRHac LRHac LRHac  LRHac   LRHac lr-ac  door
user            lrhac      lrhac lrhac lrhac  lrhac   lrhac LRHAC  door
"""

# Open to everybody, or nobody's page: they are tested where they belong.
ELSEWHERE = {
    "sign_in",
    "account_login",
    "mfa_authenticate",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "sign_out",
    "demo_sign_in",
    "healthz",
    "offline",
    "service_worker",
    "verify",
    "verify_fingerprint",
    "robots",
    "sitemap",
    "opendata",
    "opendata_file",
    "public_reports",
    "public_report",
    "public_report_file",
    "public_signed_pdf",
    "public_edition",
    "public_edition_file",
    "public_edition_signed_pdf",
    # One person's own, whoever it is: in the tests of imports.
    "staged_import",
    "discard_import",
    "checked_workbook",
    "admin:login",
    "admin:logout",
    "admin:password_change",
    "admin/password_change/",
    "admin:password_change_done",
    "admin:autocomplete",
    "admin:jsi18n",
    "admin:view_on_site",
    "admin:app_list",
    "admin:auth_user_password_change",
    # Not for accounts without a password, as those here are.
    "change_password",
}


@dataclass(frozen=True)
class World:
    """A programme of one measure, executed by its department and by a co-executor."""

    program: Program
    report: AnnualReport
    result: MeasureResult
    theirs: Executor
    evidence: Evidence
    contribution: Contribution
    scan: SignedFile
    people: dict[str, User]


@pytest.fixture
def world(settings: Settings, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = tmp_path
    ours, theirs = building.executor("Управління молоді"), building.executor("Управління освіти")
    people = {
        "coexecutor": building.appointed(building.user("coexecutor"), theirs),
        "clerk": building.appointed(building.user("clerk"), ours),
        "head": building.appointed(building.user("head"), ours, AppointmentRole.HEAD),
        "acting": building.appointed(building.user("acting"), ours, AppointmentRole.ACTING_HEAD),
        "auditor": building.user("auditor", is_auditor=True),
        "admin": building.user("admin", is_program_admin=True),
        "system": building.user("system", is_system_admin=True),
        "stranger": building.user("stranger"),
    }
    source = building.source("general", "з загального фонду")
    program = building.program(measures=1, responsible=ours)
    measure = program.tasks.get().measures.get()
    for position, executor in enumerate((ours, theirs), start=1):
        Participation.objects.create(measure=measure, executor=executor, position=position)
    building.results(program, 2023)
    result = building.results(program, 2024)[0]
    Signatory.objects.create(report=result.report, post="Начальник", name="Олена ПРИКЛАД")
    MeasureResult.objects.update(narrative="Проведено.", execution_state="done")
    result.amounts.create(source=source, planned=0, actual=0, financed=0)
    now, clerk = timezone.now(), people["clerk"]
    contribution = Contribution.objects.create(
        result=result, executor=theirs, narrative="Зроблено.", changed_at=now, changed_by=people["coexecutor"]
    )
    evidence = Evidence.objects.create(
        result=result,
        executor=theirs,
        kind=EvidenceKind.FILE,
        title="Фото",
        file=ContentFile(b"\x89PNG", name="photo"),
        content_type="image/png",
        added_by=people["coexecutor"],
    )
    submission = a_submission(result.report, 1, by=clerk)
    an_edition(submission, 1)
    edition = an_edition(submission, 2)
    # What is agreed is submitted after the editions, and counts them.
    a_submission(result.report, 2, by=clerk)
    scan = SignedFile.objects.create(
        edition=edition,
        kind=SignedKind.PAPER,
        content=b"\x89PNG",
        content_type="image/png",
        size=4,
        sha256="1" * 64,
        received_at=now,
        received_by=clerk,
        signed_on=timezone.localdate(),
        signed_by="Олена ПРИКЛАД",
    )
    SavedExtract.objects.create(owner=people["auditor"], name="Квартал", selection={})
    FileJob.objects.create(
        owner=people["auditor"],
        kind=JobKind.EXTRACT,
        title="Вибірка",
        parameters={"selection": {}, "format": "json"},
        state=JobState.DONE,
        file=ContentFile(b"{}", name="file"),
        file_name="Vybirka.json",
        size=2,
        sha256="2" * 64,
        finished_at=now,
        expires_at=now + datetime.timedelta(hours=1),
    )
    return World(program, result.report, result, theirs, evidence, contribution, scan, people)


def a_submission(report: AnnualReport, number: int, *, by: User) -> Submission:
    text, sha256 = document_text(report)
    return Submission.objects.create(
        report=report,
        number=number,
        submitted_at=timezone.now(),
        submitted_by=by,
        document=text,
        sha256=sha256,
    )


def an_edition(of: Submission, number: int) -> Edition:
    """What was submitted, frozen and signed; of files only the document is a real one."""
    frozen = FrozenReport.objects.create(
        report=of.report,
        submission=of,
        edition_number=number,
        fingerprint=of.sha256,
        frozen_at=of.submitted_at,
        frozen_by=of.submitted_by,
        event=Event.objects.order_by("number")[number - 1],
    )
    for kind, content in (("json", of.document.encode()), ("pdf", b"%PDF-"), ("xlsx", b"PK")):
        FrozenFile.objects.create(
            frozen=frozen, form=kind, content=content, size=len(content), sha256="0" * 64
        )
    return Edition.objects.create(report=of.report, number=number, frozen=frozen, signed_at=of.submitted_at)


# --- the tables --------------------------------------------------------------------------


def lines(table: str) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Each line's own words, and what it says of each person."""
    for line in table.strip().splitlines()[1:]:
        if words := line.split():
            yield words[: -len(PEOPLE)], dict(zip(PEOPLE, words[-len(PEOPLE) :], strict=True))


PAGE_RULES = {(name, method): said for (name, method), said in lines(PAGES)}
ADMIN_RULES = {model: said for (model,), said in lines(ADMIN)}
OPEN_STATES = {
    "draft": (ReportState.DRAFT, ReportState.RETURNED),
    "approval": (ReportState.ON_APPROVAL,),
    "agreed": (ReportState.AGREED,),
}


def names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and (pattern.name or not space):
            # Django's admin has addresses without a name, which lead to others; ours all have one.
            yield space + (pattern.name or str(pattern.pattern))


def admin_names() -> set[str]:
    """The five pages that Django makes for each model, and what the packages add to them."""
    models = {model._meta.label_lower.replace(".", "_") for model in admin.site._registry}
    pages = ("changelist", "add", "change", "history", "delete", "simple_history", "export")
    return {f"admin:{model}_{page}" for model in models for page in pages}


def test_every_address_has_its_rules() -> None:
    ruled = {name for name, _ in PAGE_RULES} | ELSEWHERE | admin_names()
    assert sorted(set(names(get_resolver())) - ruled) == []


def test_every_rule_has_its_address() -> None:
    assert sorted({name for name, _ in PAGE_RULES} - set(names(get_resolver()))) == []


def test_every_model_of_the_admin_has_its_rules() -> None:
    assert sorted(model._meta.model_name for model in admin.site._registry) == sorted(ADMIN_RULES)


# --- asking ------------------------------------------------------------------------------


PORTAL_WIDE = (
    "start",
    "program_list",
    "help",
    "waiting",
    "search",
    "mfa_index",
    "admin:index",
    "imports",
    "import_template",
)


def address(name: str, world: World) -> str:
    report = [world.program.public_id, world.report.year]
    arguments: dict[str, list[Any]] = {
        **{key: [] for key in (*PORTAL_WIDE, "extracts", "save_extract", "signed_reports")},
        **{key: ["csv-plain"] for key in ("download_extract", "portfolio_file")},
        **{name: [SavedExtract.objects.get().pk] for name in ("rename_extract", "delete_extract")},
        **{
            name: [FileJob.objects.get().pk]
            for name in ("extract_job", "extract_job_file", "extract_job_again", "extract_job_remove")
        },
        "program_page": report[:1],
        "cumulative_page": report[:1],
        "cumulative_file": [report[0], "html"],
        "help_page": ["auditor"],
        "decisions_page": report[:1],
        "decision_page": [report[0], world.program.decisions.get().pk],
        **dict.fromkeys(("add_decision", "confirm_program", "reject_program"), report[:1]),
        "report_file": [*report, "json"],
        **{
            name: [*report, world.result.pk]
            for name in (
                "entry_row",
                "entry_figures",
                "entry_last_year",
                "row_history",
                "row_contributions",
                "take_contributions",
                "row_evidence",
            )
        },
        "contribution": [*report, world.result.pk, world.theirs.pk],
        **{
            name: [*report, world.theirs.pk]
            for name in ("submit_part", "recall_part", "remind_part", "part_workbook")
        },
        **{name: [*report, world.evidence.pk] for name in ("evidence_file", "withdraw_evidence")},
        **{name: [*report, 1] for name in ("submission_page", "submission_changes", "edition_page")},
        "edition_file": [*report, 1, "pdf"],
        "signed_file": [*report, 2, world.scan.pk],
        **{name: [*report, 2] for name in ("edition_changes", "edition_changes_file")},
        **{name: [world.report.pk] for name in ("admin:report_figures", "admin:report_add_rows")},
        **{
            name: [world.people["auditor"].pk]
            for name in ("admin:account_reset_codes", "admin:account_lift_lockout")
        },
    }
    return reverse(name, args=arguments.get(name, report))


def form(name: str, world: World) -> dict[str, Any]:
    """What a person would send from the page as it stands."""
    row, version = f"r{world.result.pk}", AnnualReport.objects.get(pk=world.report.pk).version
    forms: dict[str, Callable[[], dict[str, Any]]] = {
        "entry_row": lambda: {f"{row}-narrative": "Інше.", f"{row}-seen": str(world.result.version)},
        "entry_paste": lambda: {"cell": f"{row}-narrative", "text": "Перше\tдруге"},
        "entry_reasons": lambda: {
            "rows": [world.result.pk],
            "reason": "donors",
            f"{row}-seen": str(world.result.version),
        },
        "contribution": lambda: {"narrative": "Ще щось.", "version": world.contribution.version},
        "take_contributions": lambda: {
            "version": world.result.version,
            "chosen": f"{world.contribution.pk}:{world.contribution.version}",
            "mode": "append",
        },
        "submit_part": lambda: {"seen": 0},
        "recall_part": lambda: {"seen": 0},
        "row_evidence": lambda: {"title": "Допис", "url": "https://example.org/2"},
        "submit_report": lambda: {"seen": version, "acknowledged": all_warnings(world)},
        "return_report": lambda: {"seen": version, "whole": "Уточніть."},
        "agree_report": lambda: {"seen": version},
        "publish_report": lambda: {"seen": version},
        "reopen_report": lambda: {"seen": version, "reason": "Уточнення."},
        "save_extract": lambda: {"name": "Нова"},
        "rename_extract": lambda: {"name": "Інша"},
        "signed_reports": lambda: {"year": world.report.year},
        "council_decision": lambda: {
            "outcome": "noted",
            "number": "12",
            "date": datetime.date(2025, 2, 20).strftime("%d.%m.%Y"),
        },
    }
    return forms.get(name, dict)()


def all_warnings(world: World) -> list[str]:
    return [finding_key(finding) for finding in check_report(world.report)]


def outcome(response: Any) -> str:
    status = response.status_code
    if status == 302 and ("/sign-in/" in response["Location"] or "/admin/login/" in response["Location"]):
        return "door"
    named = {403: "no", 404: "hidden", 409: "not now"}
    return named.get(status, "yes" if status in (200, 204, 302, 303, 422) else f"odd: {status}")


def expected(said: str, state: ReportState) -> str:
    if said in OPEN_STATES:
        return "yes" if state in OPEN_STATES[said] else "not now"
    return said


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("state", list(ReportState))
@pytest.mark.parametrize(("name", "method"), list(PAGE_RULES))
def test_pages(name: str, method: str, state: ReportState, world: World) -> None:
    AnnualReport.objects.filter(pk=world.report.pk).update(state=state)
    url, sent = address(name, world), form(name, world)
    found = {}
    for who, user in world.people.items():
        client = signed_in(user)
        # Each finds the report as it was, whatever the one before did to it.
        before = transaction.savepoint()
        response = client.post(url, sent) if method == "POST" else client.get(url)
        # To the last byte: a file that is sent stays open until then.
        response.getvalue()
        found[who] = outcome(response)
        transaction.savepoint_rollback(before)
    assert found == {who: expected(said, state) for who, said in PAGE_RULES[name, method].items()}


@pytest.mark.parametrize(("name", "method"), list(PAGE_RULES))
def test_nobody_comes_in_unknown(name: str, method: str, world: World) -> None:
    response = Client().generic(method, address(name, world))
    assert outcome(response) == "door"


@pytest.mark.parametrize("name", ["return_report", "agree_report", "submit_report", "entry_row"])
def test_one_whose_appointment_ended_finds_nothing(name: str, world: World) -> None:
    former = building.appointed(
        building.user("former"), world.program.responsible, AppointmentRole.HEAD, ends_on=building.LONG_AGO
    )
    assert outcome(signed_in(former).post(address(name, world), form(name, world))) == "hidden"


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("model", list(ADMIN_RULES))
def test_admin(model: str, who: str, world: World) -> None:
    client = signed_in(world.people[who])
    record = some_record(model, world)

    def asked(page: str, *args: Any, send: bool = False) -> str:
        url = reverse(f"admin:programs_{model}_{page}", args=args)
        return outcome(client.post(url, {}) if send else client.get(url))

    found = {
        "l": asked("changelist"),
        "r": asked("change", record),
        "h": asked("history", record),
        "a": asked("add"),
        "c": asked("change", record, send=True),
    }
    said = ADMIN_RULES[model][who]
    if said == "door":
        assert set(found.values()) == {"door"}
    else:
        assert "".join(letter_of(letter, one) for letter, one in found.items()) == said


def some_record(model: str, world: World) -> int:
    objects: dict[str, Any] = {
        "program": world.program,
        "task": world.result.measure.task,
        "measure": world.result.measure,
        "fundingsource": building.source("general"),
        "executor": world.theirs,
        "appointment": world.people["clerk"].appointments.get(),
        "annualreport": world.report,
        "measureresult": world.result,
        "user": world.people["auditor"],
    }
    return int(objects[model].pk)


def letter_of(letter: str, found: str) -> str:
    # Django leads away from a record that is not there: to the index, with a word.
    return {"yes": letter.upper(), "no": letter, "hidden": "-"}.get(found, f"({letter}: {found})")
