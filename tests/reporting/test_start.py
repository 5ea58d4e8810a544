"""The start page: a block for each role, the most urgent first, and nothing of other people's."""

import datetime
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from programs import journal, workflow
from programs.awaited import awaited_parts
from programs.blocking import readiness_of
from programs.calculations import Money
from programs.consistency import Severity, check_report
from programs.contributing import save_contribution, submit_part
from programs.desk import last_published, open_reports, remarks_on
from programs.entry import ResultEntry, save_results
from programs.enums import AppointmentRole, EventKind, ExecutionState, ExecutorKind, ReportState
from programs.models import AnnualReport, Executor, Measure, MeasureResult, Participation, Program, User
from programs.overseeing import uncreated_reports, years_to_report
from programs.permissions import needs_second_factor
from programs.sheet import remarks_of
from programs.waiting import live_reports, waiting_for
from reporting import saved_extracts, start_blocks, upkeep
from reporting.extracts.selection import Selection
from reporting.models import Backup, FileJob, JobKind, JobState
from reporting.start_blocks import Since, blocks_for
from tests import agreeing, building, submitting

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2025, 1, 10)
LONG_SINCE = Since(datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
PASSWORD = "довгий-пароль-2025"


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *args: TODAY)


@pytest.fixture
def department() -> Executor:
    return building.executor()


@pytest.fixture
def helper() -> Executor:
    return building.executor("Департамент освіти")


def begun(number: str, helper: Executor, *, due: datetime.date | None = None) -> AnnualReport:
    """A draft of 2024 with three measures, all of which the helper takes part in."""
    program = building.program(measures=3, number=number)
    for measure in Measure.objects.of_program(program):
        Participation.objects.create(measure=measure, executor=helper)
    report = building.results(program)[0].report
    AnnualReport.objects.filter(pk=report.pk).update(department_due=due, coexecutors_due=due)
    return AnnualReport.objects.get(pk=report.pk)


@pytest.fixture
def report(department: Executor, helper: Executor) -> AnnualReport:
    """Due on 5 January."""
    return begun("15", helper, due=datetime.date(2025, 1, 5))


@pytest.fixture
def worker(department: Executor) -> User:
    return building.appointed(building.user("worker"), department)


@pytest.fixture
def chief(department: Executor) -> User:
    return building.appointed(building.user("chief"), department, AppointmentRole.HEAD)


@pytest.fixture
def sender(helper: Executor) -> User:
    return building.appointed(building.user("sender"), helper)


@pytest.fixture
def administrator() -> User:
    return building.user("programmes", is_program_admin=True)


@pytest.fixture
def inspector() -> User:
    return building.user("inspector", is_auditor=True)


@pytest.fixture
def keeper() -> User:
    return building.user("keeper", is_system_admin=True)


def blocks(user: User) -> dict[str, Any]:
    return {block.name: block.it for block in blocks_for(user, LONG_SINCE)}


def names(user: User) -> list[str]:
    return [block.name for block in blocks_for(user, LONG_SINCE)]


def filled(report: AnnualReport, code: str, by: User, **values: str) -> None:
    """One row told of and funded whole, but for what is given otherwise."""
    row = MeasureResult.objects.get(report=report, measure__number=int(code.split(".")[1]))
    said = {"narrative": "Проведено.", "execution_state": ExecutionState.DONE} | values
    sums = {building.source("general", "з загального фонду").pk: Money(Decimal(10), Decimal(9), Decimal(8))}
    save_results(report, [ResultEntry(row.pk, row.version, said, sums)], by=by)


def page(user: User, address: str = "/") -> str:
    client = Client()
    client.force_login(user)
    response = client.get(address)
    assert response.status_code == 200
    return unescape(response.content.decode())


# --- which blocks, and in what order ------------------------------------------------------


def test_each_role_has_its_block(today: None, report: AnnualReport, request: pytest.FixtureRequest) -> None:
    people = ("worker", "chief", "sender", "administrator", "inspector", "keeper")
    assert {person: names(request.getfixturevalue(person)) for person in people} == {
        "worker": ["unsaved", "work"],
        "chief": ["unsaved", "head"],
        "sender": ["information"],
        "administrator": ["programs"],
        "inspector": ["audit", "extracts"],
        "keeper": ["system"],
    }


def test_nothing_for_whoever_is_nobody(report: AnnualReport) -> None:
    assert names(building.user("stranger")) == []


def test_several_roles_stand_by_urgency(today: None, report: AnnualReport, helper: Executor) -> None:
    """What is overdue elsewhere before a report with time left, no backup before what only stands."""
    person = building.user("person", is_auditor=True, is_system_admin=True, is_program_admin=True)
    own = building.executor("Управління спорту")
    building.appointed(building.appointed(person, own), helper)
    program = building.program(measures=1, responsible=own, number="16")
    building.results(program)
    assert names(person) == ["unsaved", "information", "programs", "work", "system", "audit", "extracts"]


def test_a_body_that_has_nothing_to_do_is_told_so(sender: User, helper: Executor) -> None:
    assert blocks(sender) == {"nothing": [helper]}


def test_a_head_who_enters_too_has_each_report_once(report: AnnualReport, chief: User) -> None:
    building.appointed(chief, report.program.responsible)
    told = blocks(chief)
    assert ([one.report for one in told["work"].reports], told["head"].reports) == ([report], [])


# --- who works on a report -----------------------------------------------------------------


def test_what_a_report_still_lacks(today: None, report: AnnualReport, worker: User, sender: User) -> None:
    filled(report, "1.1", worker)
    filled(report, "1.2", worker, narrative="")
    [one] = blocks(worker)["work"].reports
    assert (one.is_overdue, one.are_silent_late, [body.name for body in one.silent]) == (
        True,
        True,
        ["Департамент освіти"],
    )
    assert [(finding.measure, finding.code) for finding in one.readiness.missing] == [
        ("1.2", "no_narrative"),
        ("1.3", "untouched"),
    ]
    assert (one.readiness.filled, [finding.code for finding in one.readiness.others]) == (1, ["no_signatory"])


def test_errors_are_those_of_the_control_checks(demo: Program) -> None:
    reports = [AnnualReport.objects.select_related("program").get(pk=one.pk) for one in demo.reports.all()]
    told = readiness_of(reports)
    for one in reports:
        checked = [finding for finding in check_report(one) if finding.severity is Severity.ERROR]
        assert told[one.pk].errors == checked
    assert sorted(len(one.errors) for one in told.values()) == [0, 16]


def test_remarks_are_those_of_the_entry_sheet() -> None:
    """Of the last return, not of one before; the whole report's first."""
    report, head = agreeing.small_report(measures=2)
    rows = list(report.results.order_by("measure__number"))
    for remarks in ({None: "Колись."}, {rows[1].pk: "Про другий.", rows[0].pk: "Про перший.", None: "Усе."}):
        submitting.submit(report, head)
        seen = agreeing.now(report).version
        workflow.return_for_revision(report, by=head, seen=seen, remarks=remarks)
    told = remarks_on([agreeing.now(report)])[report.pk]
    assert [remark.text for remark in told] == ["Усе.", "Про перший.", "Про другий."]
    assert set(told) == set(remarks_of(agreeing.now(report)))


def test_one_click_leads_to_the_right_row(report: AnnualReport, worker: User) -> None:
    filled(report, "1.1", worker)
    filled(report, "1.2", worker, execution_state="")
    sheet = reverse("entry_sheet", args=[report.program.public_id, 2024])
    assert re.findall(rf'href="{sheet}#([^"]+)"', page(worker)) == [
        "row-1.2-execution_state",
        "row-1.2-execution_state",
        "row-1.3-narrative",
    ]


def test_a_report_with_nothing_to_mend_leads_to_its_submission() -> None:
    report, _ = agreeing.small_report()
    worker = building.appointed(building.user("worker"), report.program.responsible)
    assert reverse("submit_report", args=[report.program.public_id, 2024]) in page(worker)


def test_the_page_names_every_row_that_may_stand_unsaved(report: AnnualReport, worker: User) -> None:
    [one] = blocks(worker)["unsaved"]
    ids = report.results.order_by("measure__number").values_list("pk", flat=True)
    assert (one.storage_key, one.codes) == (
        f"{report.program.public_id}/2024",
        " ".join(f"r{pk}=1.{number}" for number, pk in enumerate(ids, start=1)),
    )


@pytest.mark.parametrize("on", [True, False])
def test_the_only_executor_may_have_unsaved_rows_too(on: bool, sender: User, settings: Settings) -> None:
    settings.ONLY_EXECUTOR_ENTERS_ROW = on
    program = building.program(measures=2)
    first, second = Measure.objects.of_program(program).order_by("number")
    for measure, body in ((first, "Департамент освіти"), (second, "Департамент освіти"), (second, "Інші")):
        Participation.objects.create(measure=measure, executor=building.executor(body))
    row = building.results(program)[0]
    told = blocks(sender).get("unsaved", [])
    assert [one.codes for one in told] == ([f"r{row.pk}=1.1"] if on else [])


# --- co-executors --------------------------------------------------------------------------


def test_measures_that_wait_for_information(
    today: None, report: AnnualReport, sender: User, helper: Executor
) -> None:
    first = report.results.get(measure__number=1)
    save_contribution(first, helper, by=sender, version=0, narrative="Проведено два заходи.")
    [part] = blocks(sender)["information"]
    assert (part.report, part.executor, part.is_overdue, part.filled) == (report, helper, True, 1)
    assert [line.result.measure.code for line in part.empty] == ["1.2", "1.3"]
    [field] = re.findall(r'class="go primary" href="([^"#]+)#([^"]+)"', page(sender))
    assert f'id="{field[1]}"' in page(sender, field[0])


def test_information_that_is_sent_is_not_awaited(
    report: AnnualReport, sender: User, helper: Executor
) -> None:
    submit_part(report, helper, by=sender)
    assert (awaited_parts(live_reports(), {helper.pk: helper}), names(sender)) == ([], ["nothing"])


def test_bodies_that_cannot_say_it_hold_nobody_up(
    report: AnnualReport, department: Executor, helper: Executor
) -> None:
    """Without people, or without anybody who would be one of them; the others are awaited."""

    def silent() -> list[Executor]:
        return open_reports([department.pk])[0].silent

    found = [silent()]
    building.appointed(building.user("gone", is_active=False), helper)
    found.append(silent())
    building.appointed(building.user("sender"), helper)
    found.append(silent())
    Executor.objects.filter(pk=helper.pk).update(kind=ExecutorKind.COLLECTIVE)
    found.append(silent())
    assert found == [[], [], [helper], []]


# --- heads ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (ReportState.ON_APPROVAL, [("Розглянути подання", "review_report")]),
        (ReportState.AGREED, [("Підписати й оприлюднити", "report_page")]),
        (ReportState.DRAFT, []),
    ],
)
def test_reports_that_wait_for_the_head(
    report: AnnualReport, worker: User, chief: User, state: ReportState, told: list[tuple[str, str]]
) -> None:
    AnnualReport.objects.filter(pk=report.pk).update(state=state)
    desk = blocks(chief)["head"]
    assert [(task.label, task.page) for task in desk.tasks] == told
    assert len(desk.reports) == (1 if state == ReportState.DRAFT else 0)


def test_a_head_without_a_responsible_person_has_the_reports_to_enter(
    report: AnnualReport, chief: User, department: Executor
) -> None:
    """As the number in the bar counts them."""

    def told() -> tuple[bool, int, int]:
        now = blocks(chief)
        return "work" in now, len(now["head"].reports), len(waiting_for(chief))

    AnnualReport.objects.filter(pk=report.pk).update(state=ReportState.RETURNED)
    alone = told()
    building.appointed(building.user("worker"), department)
    assert (alone, told()) == ((True, 0, 1), (False, 1, 0))


def test_what_is_handed_in_stays_in_sight_until_it_is_published() -> None:
    report, head = agreeing.small_report()
    worker = building.appointed(building.user("worker"), report.program.responsible)

    def told() -> list[str]:
        return re.findall(r'<p class="quiet">([ПА-Я][^<]+)</p>\s*</li>', page(worker))

    submitting.submit(report, worker)
    day = f"{timezone.localdate():%d.%m.%Y}"
    found = [told()]
    agreeing.agree_unprinted(report, head)
    found.append(told())
    agreeing.sign_on_paper(report, head)
    found.append(told())
    agreeing.publish(report, head)
    assert (found, names(worker)) == (
        [
            [f"Подано {day}, розглядає керівник"],
            ["Погоджено, чекає підпису"],
            ["Підписано, чекає оприлюднення"],
        ],
        ["nothing"],
    )


@pytest.mark.parametrize("is_on", [True, False])
def test_a_head_is_led_to_what_everybody_sees(settings: Settings, is_on: bool) -> None:
    settings.PUBLIC_REPORTS = is_on
    report, head = agreeing.small_report()
    agreeing.published_edition(report, head, printed=False)
    address = reverse("public_report", args=[report.program.public_id, 2024])
    assert page(head).count(f'<a href="{address}">Оприлюднено</a>') == is_on
    assert last_published([report.program.responsible_id], most=0) == []


def test_affairs_and_the_list_of_them_lead_to_each_other(chief: User) -> None:
    assert 'href="/waiting/">Що чекає на мене' in page(chief)
    assert 'href="/">Мої справи' in page(chief, "/waiting/")


def test_a_signed_report_waits_to_be_published() -> None:
    report, head = agreeing.small_report()
    submitting.submit(report, head)
    agreeing.agree_unprinted(report, head)
    agreeing.sign_on_paper(report, head)
    assert [task.label for task in blocks(head)["head"].tasks] == ["Оприлюднити"]


# --- administrators of programmes ----------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "years"),
    [
        (datetime.date(2025, 8, 31), [2024]),
        (datetime.date(2025, 9, 1), [2024, 2025]),
    ],
)
def test_the_year_that_goes_on_is_reported_from_autumn(day: datetime.date, years: list[int]) -> None:
    assert years_to_report(day) == years


def test_reports_that_nobody_created(report: AnnualReport, administrator: User) -> None:
    """Neither of programmes over by then, nor of unconfirmed ones, whose turn has not come."""
    bare = building.program(number="20")
    building.program(number="21")
    Program.objects.filter(title="Програма 21").update(awaits_confirmation=True)
    building.program(number="22")
    Program.objects.filter(title="Програма 22").update(end_year=2023)
    found = uncreated_reports(administrator, datetime.date(2025, 10, 1))
    assert [(one.program, one.year) for one in found] == [(bare, 2024), (report.program, 2025), (bare, 2025)]


def test_the_link_opens_the_form_filled_in(administrator: User) -> None:
    program = building.program()
    address = f"{reverse('admin:programs_annualreport_add')}?program={program.pk}&year=2024"
    form = page(administrator, address)
    assert 'name="year" value="2024"' in form
    assert f'<option value="{program.pk}" selected>' in form


def test_departments_that_are_late_and_programmes_to_confirm(
    today: None, report: AnnualReport, administrator: User, helper: Executor
) -> None:
    begun("16", helper, due=datetime.date(2025, 1, 10))
    submitted = begun("17", helper, due=datetime.date(2025, 1, 5))
    AnnualReport.objects.filter(pk=submitted.pk).update(state=ReportState.ON_APPROVAL)
    new = building.program(number="18")
    Program.objects.filter(pk=new.pk).update(awaits_confirmation=True)
    told = blocks(administrator)["programs"]
    assert (told.late, [task.program for task in told.to_confirm]) == ([report], [new])


# --- auditors ------------------------------------------------------------------------------


def financed(number: str, planned: str, sum_of: str, year: int = 2024) -> AnnualReport:
    row = building.results(building.program(measures=1, number=number), year)[0]
    row.amounts.create(
        source=building.source(), planned=building.money(planned), financed=building.money(sum_of)
    )
    return row.report


def test_the_greatest_deviations_come_first(inspector: User) -> None:
    for number, planned, sum_of in (
        ("1", "100", "80"),
        ("2", "50", "50"),
        ("3", "10", "2"),
        ("4", "0", "5"),
        ("5", "10", ""),
        ("6", "10", "25"),
        # Rounded it is all of the plan.
        ("7", "10000", "10000.01"),
    ):
        financed(number, planned, sum_of)
    financed("8", "10", "0", year=2023)
    told = blocks(inspector)["audit"]
    assert (told.year, told.deviating) == (2024, 5)
    assert [(one.report.program.title, one.amount, one.percent) for one in told.deviations] == [
        ("Програма 4", Decimal(5), None),
        ("Програма 6", Decimal(15), Decimal("250.0")),
        ("Програма 3", Decimal(-8), Decimal("20.0")),
        ("Програма 1", Decimal(-20), Decimal("80.0")),
        ("Програма 7", Decimal("0.01"), Decimal("100.0")),
    ]


def test_without_figures_there_is_nothing_to_compare(report: AnnualReport, inspector: User) -> None:
    assert blocks(inspector)["audit"].year is None
    assert "порівнювати нічого" in page(inspector)


def test_changes_since_the_last_visit(report: AnnualReport, inspector: User) -> None:
    inspector.set_password(PASSWORD)
    inspector.save()
    client = Client()
    client.post("/sign-in/", {"username": inspector.username, "password": PASSWORD})
    assert changes(client) == ["Звіт створено"]
    first = User.objects.get(pk=inspector.pk).last_login
    journal.record(EventKind.SUBMITTED, by=inspector, report=report)
    client = Client()
    client.post("/sign-in/", {"username": inspector.username, "password": PASSWORD})
    assert changes(client) == ["Подано на погодження"]
    assert client.get("/").context["blocks"][0].it.since == Since(first)
    assert changes(client, "?since=7") == ["Подано на погодження", "Звіт створено"]
    assert changes(client, "?since=0") == ["Подано на погодження"]


def test_a_demonstration_account_has_a_last_visit_too(auditor: User, settings: Settings) -> None:
    settings.DEMO = True
    for expected in (["Звіт створено", "Звіт створено"], []):
        client = Client()
        client.post("/demo-sign-in/", {"account": auditor.username})
        assert changes(client) == expected


def changes(client: Client, query: str = "") -> list[str]:
    told = next(block for block in client.get(f"/{query}").context["blocks"] if block.name == "audit")
    return [event.get_kind_display() for event in told.it.recent.events]


def test_events_beyond_the_first_are_counted(
    report: AnnualReport, inspector: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start_blocks, "MOST_EVENTS", 2)
    for kind in (EventKind.SUBMITTED, EventKind.RETURNED):
        journal.record(kind, by=inspector, report=report)
    recent = blocks(inspector)["audit"].recent
    assert ([event.kind for event in recent.events], recent.more) == (["returned", "submitted"], 1)


def test_saved_extracts_and_ready_files(inspector: User, keeper: User) -> None:
    saved_extracts.save("Квартал", Selection(years=(2024,)), by=inspector)
    saved_extracts.save("Чужа", Selection(), by=keeper)
    ready = file_job(inspector)
    file_job(inspector, fetched_at=timezone.now())
    file_job(inspector, expires_at=timezone.now())
    file_job(keeper)
    told = blocks(inspector)["extracts"]
    assert (told.saved, told.files) == ([("Квартал", "years=2024")], [ready])


def file_job(owner: User, **fields: Any) -> FileJob:
    now = timezone.now()
    given = {
        "state": JobState.DONE,
        "sha256": "1" * 64,
        "finished_at": now,
        "expires_at": now + datetime.timedelta(hours=1),
        "title": "Вибірка",
    }
    return FileJob.objects.create(owner=owner, kind=JobKind.EXTRACT, **given | fields)


# --- system administrators -----------------------------------------------------------------


def test_work_that_failed(keeper: User) -> None:
    file = file_job(
        keeper, state=JobState.FAILED, error="На сервері сталася помилка.", title="Таємна програма"
    )
    file_job(keeper, state=JobState.FAILED, created_at=timezone.now() - datetime.timedelta(days=31))
    task = DBTaskResult.objects.create(
        status="FAILED",
        args_kwargs={},
        task_path="reporting.tasks.make_file",
        exception_class_path="builtins.RuntimeError",
        traceback="",
        backend_name="default",
        run_after=timezone.now(),
    )
    told = blocks(keeper)["system"].failures
    assert (told.files, told.file_count, told.tasks, told.task_count) == ([file], 1, [task], 1)
    shown = page(keeper)
    assert ("Таємна програма" in shown, "builtins.RuntimeError" in shown) == (False, True)


def test_the_last_backup(keeper: User) -> None:
    assert "Резервних копій ще не записано." in page(keeper)
    when = datetime.datetime(2025, 1, 9, 22, 5, tzinfo=datetime.UTC)
    made = Backup.objects.create(started_at=when, finished_at=when, file_name="zvit.zip", size=2048)
    failed = Backup.objects.create(
        started_at=when + datetime.timedelta(days=1), file_name="zvit.zip", error="Бракує місця."
    )
    told = blocks(keeper)["system"]
    assert (told.backup, told.failed_backup) == (made, failed)
    shown = page(keeper)
    assert "Остання вдала: 10.01.2025 00:05, 2\u00a0КБ." in shown
    assert "Спроба 11.01.2025 00:05 не вдалася: Бракує місця." in shown


@pytest.mark.parametrize(
    ("free", "short"),
    [(2 * upkeep.LITTLE_SPACE, False), (upkeep.LITTLE_SPACE - 1, True)],
)
def test_little_space_is_said(free: int, short: bool) -> None:
    assert upkeep.Storage(database=1, uploads=1, free=free, total=4 * upkeep.LITTLE_SPACE).is_short is short
    assert upkeep.Storage(database=1, uploads=1, free=free, total=100 * upkeep.LITTLE_SPACE).is_short is True


def test_storage_counts_every_file(settings: Settings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "one").write_bytes(b"12345")
    (tmp_path / "two").write_bytes(b"123")
    told = upkeep.storage()
    assert (told.uploads, told.database > 100_000) == (8, True)


def test_a_disk_that_cannot_be_read_is_said_and_hides_nothing_else(
    keeper: User, settings: Settings, tmp_path: Any
) -> None:
    settings.DATA_DIR = tmp_path / "gone"
    shown = page(keeper)
    assert ("Теку даних не прочитано" in shown, "Без одноразових кодів" in shown) == (True, True)


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize("demo_mode", [True, False])
def test_whose_one_time_codes_are_missing(
    auditor: User, chief: User, worker: User, settings: Settings, required: bool, demo_mode: bool
) -> None:
    """The very people of whom the sign-in would ask them."""
    settings.SECOND_FACTOR_REQUIRED, settings.DEMO = required, demo_mode
    with_codes = building.user("with_codes", is_program_admin=True)
    Authenticator.objects.create(user=with_codes, type=Authenticator.Type.TOTP, data={})
    building.user("gone", is_system_admin=True, is_active=False)
    building.appointed(
        building.user("former"), building.executor(), AppointmentRole.HEAD, ends_on=datetime.date(2021, 1, 1)
    )
    needing = {
        user
        for user in User.objects.filter(is_active=True).exclude(pk=with_codes.pk)
        if needs_second_factor(user)
    }
    assert set(upkeep.without_second_factor()) == needing
    assert (chief in needing) is required


def test_accounts_that_see_nothing(keeper: User, worker: User, inspector: User) -> None:
    nobody = building.user("nobody")
    former = building.appointed(
        building.user("former"), building.executor(), ends_on=datetime.date(2021, 1, 1)
    )
    building.appointed(building.user("soon"), building.executor(), starts_on=datetime.date(2999, 1, 1))
    building.user("off", is_active=False)
    assert blocks(keeper)["system"].without_work == [nobody, former]


# --- nobody sees more than they may, and it costs the same ---------------------------------


def test_nothing_of_other_departments(
    today: None, report: AnnualReport, worker: User, chief: User, sender: User, keeper: User
) -> None:
    others = building.executor("Управління спорту")
    foreign = building.program(measures=1, responsible=others, number="99")
    row = building.results(foreign)[0]
    AnnualReport.objects.filter(pk=row.report_id).update(
        department_due=datetime.date(2025, 1, 5), state=ReportState.ON_APPROVAL
    )
    for person in (worker, chief, sender, keeper):
        shown = page(person)
        assert [
            text for text in ("Програма 99", foreign.public_id, "Управління спорту") if text in shown
        ] == []
    assert "Програма 15" not in page(keeper)


def test_nothing_for_whoever_left(report: AnnualReport, worker: User) -> None:
    worker.is_active = False
    assert names(worker) == []


def everything(helper: Executor) -> User:
    """Has every role."""
    person = building.user("all", is_auditor=True, is_program_admin=True, is_system_admin=True)
    for body, role in (
        (building.executor(), AppointmentRole.RESPONSIBLE_PERSON),
        (building.executor("Управління спорту"), AppointmentRole.HEAD),
        (helper, AppointmentRole.RESPONSIBLE_PERSON),
    ):
        building.appointed(person, body, role)
    return person


@pytest.fixture
def counted_page() -> Iterator[Callable[[User], int]]:
    def queries(user: User) -> int:
        client = Client()
        client.force_login(user)
        # The session is written by the first request.
        client.get("/")
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/").status_code == 200
        return len(caught)

    return queries


def test_a_constant_number_of_queries(
    today: None, helper: Executor, sender: User, counted_page: Callable[[User], int]
) -> None:
    person, due = everything(helper), datetime.date(2025, 1, 5)

    def add(number: int) -> None:
        """A draft, one returned with remarks, a programme without report, another to confirm."""
        report = begun(f"{number}0", helper, due=due)
        MeasureResult.objects.filter(report=report).first().amounts.create(
            source=building.source(), planned=Decimal(10), financed=Decimal(number)
        )
        sport = building.program(
            measures=2, responsible=building.executor("Управління спорту"), number=f"{number}1"
        )
        for measure in Measure.objects.of_program(sport):
            Participation.objects.create(measure=measure, executor=helper)
        ready = building.ready_report(sport, by=person)
        submitting.submit(ready, person)
        rows = list(ready.results.all())
        seen = agreeing.now(ready).version
        workflow.return_for_revision(ready, by=person, seen=seen, remarks={row.pk: "Ще." for row in rows})
        handed = begun(f"{number}4", helper)
        AnnualReport.objects.filter(pk=handed.pk).update(state=ReportState.ON_APPROVAL)
        building.program(number=f"{number}2")
        waiting = building.program(number=f"{number}3")
        Program.objects.filter(pk=waiting.pk).update(awaits_confirmation=True)
        saved_extracts.save(f"Вибірка {number}", Selection(), by=person)

    building.appointed(building.user("clerk"), building.executor("Управління спорту"))
    add(1)
    one = counted_page(person)
    for number in (2, 3):
        add(number)
    assert counted_page(person) == one
    told = blocks(person)
    assert (len(told["work"].reports), len(told["head"].reports), len(told["information"])) == (3, 3, 6)


def test_long_lists_are_cut_short(today: None, administrator: User) -> None:
    """Everywhere as many as one looks through, and how many there are."""
    for number in range(12):
        building.program(number=f"{number}0")
    shown = page(administrator)
    assert (shown.count("Створити звіт за 2024"), "Усього 12: дивіться програми" in shown) == (10, True)


def test_of_many_accounts_the_first_are_named_and_all_counted(keeper: User) -> None:
    for number in range(11):
        building.user(f"idle{number}")
    shown = page(keeper)
    assert (shown.count(">призначити<"), "Показано 10 із\xa011." in shown) == (10, True)
