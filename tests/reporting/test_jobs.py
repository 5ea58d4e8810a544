"""Files made in the background: begun once, kept for a while, told apart when they fail or are forgotten."""

import datetime
import hashlib
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import OperationalError
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from pytest_django import Settings

from programs.enums import EventKind
from programs.models import Appointment, Event, Program, StagedImport, User
from reporting import jobs, tasks
from reporting.extracts import writing
from reporting.extracts.selection import Selection
from reporting.jobs import Standing
from reporting.models import FILES_FOLDER, FileJob, JobKind, JobState
from tests import building

NOW = datetime.datetime(2025, 1, 15, 10, 0, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)

Committing = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def auditor(db: None) -> User:
    return building.user("auditor", is_auditor=True, email="auditor@example.org")


@pytest.fixture
def asked(auditor: User) -> Callable[..., FileJob]:
    """A job that waits; its transaction is the test's, so nothing begins it by itself."""

    def ask(format_name: str = "csv-plain", **fields: Any) -> FileJob:
        job = tasks.ask_for_extract(Selection(), format_name, by=auditor)
        FileJob.objects.filter(pk=job.pk).update(**fields)
        return FileJob.objects.get(pk=job.pk)

    return ask


def made(job: FileJob) -> FileJob:
    tasks.make_file.call(str(job.pk))
    return FileJob.objects.get(pk=job.pk)


def files(storage: Path) -> list[str]:
    return sorted(path.name for path in storage.glob(f"{FILES_FOLDER}/*"))


# --- the way of a job --------------------------------------------------------------------


def test_what_is_asked_for_is_made_as_soon_as_it_is_written(
    auditor: User, django_capture_on_commit_callbacks: Committing, settings: Settings
) -> None:
    building.results(building.program(measures=2))
    with django_capture_on_commit_callbacks(execute=True):
        job = tasks.ask_for_extract(Selection(), "csv-plain", by=auditor)
        assert FileJob.objects.get(pk=job.pk).state == JobState.WAITING
    job = FileJob.objects.get(pk=job.pk)
    with job.file.open("rb") as file:
        content = file.read()
    assert (job.state, job.done, job.total) == (JobState.DONE, 2, 2)
    assert (job.size, job.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert job.expires_at == job.finished_at + datetime.timedelta(hours=settings.EXTRACT_KEEP_HOURS)


def test_the_journal_names_whose_file_it_was_and_its_digest(
    asked: Callable[..., FileJob], auditor: User
) -> None:
    job = made(asked())
    event = Event.objects.get(kind=EventKind.EXTRACTED)
    assert (event.by, event.report, event.details["sha256"]) == (auditor, None, job.sha256)


def test_a_job_is_begun_once(asked: Callable[..., FileJob]) -> None:
    job = asked()
    assert [begun and begun.pk for begun in (jobs.begin(str(job.pk)), jobs.begin(str(job.pk)))] == [
        job.pk,
        None,
    ]


def test_a_removed_job_is_never_begun(asked: Callable[..., FileJob], storage: Path) -> None:
    job = asked()
    job_id = str(job.pk)
    jobs.remove(job)
    tasks.make_file.call(job_id)
    assert (FileJob.objects.count(), files(storage)) == (0, [])


def test_a_job_removed_at_work_leaves_nothing(
    asked: Callable[..., FileJob], storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = asked()
    write = tasks.write_extract

    def removing(*args: Any, **options: Any) -> Any:
        jobs.remove(FileJob.objects.get(pk=job.pk))
        return write(*args, **options)

    monkeypatch.setattr(tasks, "write_extract", removing)
    tasks.make_file.call(str(job.pk))
    assert (files(storage), Event.objects.filter(kind=EventKind.EXTRACTED).count()) == ([], 0)


def test_a_job_removed_at_work_goes_no_further(
    asked: Callable[..., FileJob], monkeypatch: pytest.MonkeyPatch
) -> None:
    program, passed = building.program(measures=1), []
    for year in (2021, 2022, 2023):
        building.results(program, year)
    job, batches = asked(), writing.batches

    def removing(*args: Any, **options: Any) -> Any:
        for batch in batches(*args, **options, at_once=1):
            passed.append(batch)
            FileJob.objects.all().delete()
            yield batch

    monkeypatch.setattr(writing, "batches", removing)
    monkeypatch.setattr(jobs, "SIGN_OF_LIFE_SECONDS", 0)
    tasks.make_file.call(str(job.pk))
    assert len(passed) == 1


def test_progress_is_written_at_once_in_the_end_and_seldom_between(asked: Callable[..., FileJob]) -> None:
    job, written = asked(), []
    progress = jobs.Progress(job)
    for done in range(1, 4):
        progress(done, 3)
        written.append(FileJob.objects.get(pk=job.pk).done)
    assert written == [1, 1, 3]


def test_a_progress_that_cannot_be_written_costs_nobody_the_file(
    asked: Callable[..., FileJob], monkeypatch: pytest.MonkeyPatch
) -> None:
    building.results(building.program(measures=2))
    job, update = asked(), QuerySet.update

    def locked(rows: Any, **fields: Any) -> int:
        if "done" in fields:
            raise OperationalError("database is locked")
        return update(rows, **fields)

    monkeypatch.setattr(QuerySet, "update", locked)
    assert made(job).state == JobState.DONE


# --- what goes wrong ---------------------------------------------------------------------


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    def break_with(error: BaseException) -> None:
        def broken(*args: Any, **options: Any) -> None:
            raise error

        monkeypatch.setattr(tasks, "write_extract", broken)

    return break_with


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            RuntimeError("disk"),
            "На сервері сталася помилка, тож файла немає; її подробиці записано для системного "
            "адміністратора. Спробуйте ще раз.",
        ),
        (SystemExit(1), "Роботу зупинено разом із сервером. Запустіть ще раз."),
    ],
)
def test_a_failure_is_told_in_a_sentence_and_goes_on_to_the_back_end(
    asked: Callable[..., FileJob],
    breaking: Callable[[BaseException], None],
    storage: Path,
    error: BaseException,
    sentence: str,
) -> None:
    job = asked()
    breaking(error)
    with pytest.raises(type(error)):
        tasks.make_file.call(str(job.pk))
    failed = FileJob.objects.get(pk=job.pk)
    assert (failed.state, failed.error, files(storage)) == (JobState.FAILED, sentence, [])


def test_a_file_that_cannot_be_written_down_is_not_kept(
    asked: Callable[..., FileJob], storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = asked()

    def refused(*args: Any, **options: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(jobs.journal, "record", refused)
    with pytest.raises(RuntimeError):
        tasks.make_file.call(str(job.pk))
    assert (FileJob.objects.get(pk=job.pk).state, files(storage)) == (JobState.FAILED, [])


def test_one_who_may_read_nothing_any_more_gets_nothing(
    asked: Callable[..., FileJob], auditor: User, storage: Path
) -> None:
    job = asked()
    User.objects.filter(pk=auditor.pk).update(is_auditor=False)
    refused = made(job)
    assert (refused.state, refused.error, files(storage)) == (
        JobState.FAILED,
        "Ваших призначень уже немає, тож вивантажувати нічого.",
        [],
    )


@pytest.fixture
def two_programs(db: None) -> tuple[Program, Program]:
    """One of our own department's and another's; each with a report."""
    ours = building.program(measures=1)
    theirs = building.program(measures=1, number="16", responsible=building.executor("Управління освіти"))
    for program in (ours, theirs):
        building.results(program)
    return ours, theirs


def narrowed(person: User, to: Program) -> None:
    """No auditor any more, but one of the department."""
    User.objects.filter(pk=person.pk).update(is_auditor=False)
    building.appointed(person, to.responsible)


def test_a_file_remembers_which_programmes_its_owner_saw(
    two_programs: tuple[Program, Program], asked: Callable[..., FileJob]
) -> None:
    job = asked()
    later = building.program(number="17")
    assert (sorted(job.reach), sorted(made(job).reach)) == (
        [program.pk for program in two_programs],
        [program.pk for program in (*two_programs, later)],
    )


def test_rights_that_are_narrowed_while_it_is_made_leave_no_file(
    two_programs: tuple[Program, Program],
    asked: Callable[..., FileJob],
    auditor: User,
    storage: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write = tasks.write_extract

    def narrowing(*args: Any, **options: Any) -> Any:
        facts = write(*args, **options)
        narrowed(auditor, two_programs[0])
        return facts

    monkeypatch.setattr(tasks, "write_extract", narrowing)
    job = made(asked())
    assert (job.state, job.error, files(storage)) == (JobState.FAILED, jobs.NARROWED, [])
    assert Event.objects.filter(kind=EventKind.EXTRACTED).count() == 0


def test_rights_that_were_narrowed_while_it_waited_leave_no_file(
    two_programs: tuple[Program, Program], asked: Callable[..., FileJob], auditor: User, storage: Path
) -> None:
    job = asked()
    narrowed(auditor, two_programs[0])
    job = made(job)
    assert (job.state, job.error, files(storage)) == (JobState.FAILED, jobs.NARROWED, [])


def test_a_file_beyond_ones_rights_is_withdrawn_with_the_names_in_its_title(
    two_programs: tuple[Program, Program], auditor: User, storage: Path
) -> None:
    ours, theirs = two_programs
    selection = Selection(executors=(theirs.responsible_id,), programs=("16-2019-11-05",))
    job = made(tasks.ask_for_extract(selection, "json", by=auditor))
    before = job.title
    narrowed(auditor, ours)
    (seen,) = tasks.files_of(User.objects.get(pk=auditor.pk), most=10)
    assert (seen.state, seen.error, seen.file.name, files(storage)) == (
        JobState.FAILED,
        jobs.NARROWED,
        "",
        [],
    )
    assert [name in title for title in (before, seen.title) for name in ("освіти", "Програма 16")] == [
        True,
        True,
        False,
        False,
    ]


def test_wider_rights_leave_the_file(
    two_programs: tuple[Program, Program], asked: Callable[..., FileJob], auditor: User
) -> None:
    narrowed(auditor, two_programs[0])
    clerk = User.objects.get(pk=auditor.pk)
    job = made(tasks.ask_for_extract(Selection(), "json", by=clerk))
    User.objects.filter(pk=clerk.pk).update(is_auditor=True)
    Appointment.objects.all().delete()
    (seen,) = tasks.files_of(User.objects.get(pk=clerk.pk), most=10)
    assert (seen.state, seen.file.name) == (JobState.DONE, job.file.name)


def test_a_year_without_signed_reports_makes_no_archive(auditor: User) -> None:
    job = made(tasks.ask_for_signed_reports(2024, by=auditor))
    assert (job.state, job.error) == (
        JobState.FAILED,
        "За 2024 рік немає жодного підписаного звіту, тож архів не зроблено.",
    )


# --- what has become of it ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"created_at": NOW - MINUTE}, Standing.WAITING),
        ({"created_at": NOW - 2 * MINUTE}, Standing.UNSERVED),
        ({"created_at": NOW - 60 * MINUTE}, Standing.UNSERVED),
        ({"created_at": NOW - 61 * MINUTE}, Standing.INTERRUPTED),
        ({"state": JobState.RUNNING, "touched_at": NOW - 5 * MINUTE}, Standing.RUNNING),
        ({"state": JobState.RUNNING, "touched_at": NOW - 6 * MINUTE}, Standing.INTERRUPTED),
        ({"state": JobState.FAILED}, Standing.FAILED),
        ({"state": JobState.DONE, "file": "x", "expires_at": NOW + MINUTE}, Standing.READY),
        ({"state": JobState.DONE, "file": "x", "expires_at": NOW}, Standing.EXPIRED),
        ({"state": JobState.DONE, "file": "", "expires_at": NOW + MINUTE}, Standing.EXPIRED),
    ],
)
def test_standing(fields: dict[str, Any], expected: Standing, db: None) -> None:
    assert jobs.standing(FileJob(**{"created_at": NOW, **fields}), NOW) is expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"state": JobState.RUNNING, "touched_at": NOW}, Standing.WAITING),
        # The last strokes of a large workbook give no sign.
        ({"state": JobState.RUNNING, "touched_at": NOW - 4 * MINUTE}, Standing.WAITING),
        ({"state": JobState.RUNNING, "touched_at": NOW - 6 * MINUTE}, Standing.UNSERVED),
        ({"state": JobState.FAILED, "touched_at": NOW - MINUTE / 2}, Standing.WAITING),
        ({"state": JobState.FAILED, "touched_at": NOW - 2 * MINUTE}, Standing.UNSERVED),
    ],
)
def test_whoever_waits_behind_others_is_not_told_that_nobody_works(
    asked: Callable[..., FileJob], fields: dict[str, Any], expected: Standing
) -> None:
    asked(owner=building.user("another", is_auditor=True), **fields)
    assert jobs.standing(FileJob(created_at=NOW - 2 * MINUTE), NOW) is expected


def test_a_person_has_so_many_jobs_at_once(asked: Callable[..., FileJob], auditor: User) -> None:
    for _ in range(jobs.MOST_AT_ONCE):
        asked()
    with pytest.raises(jobs.TooManyJobs) as refused:
        asked()
    assert str(refused.value) == (
        "Уже готуються 3 ваші файли; нового не розпочато. "
        "Дочекайтеся котрогось або приберіть зайвий і повторіть."
    )
    assert FileJob.objects.count() == jobs.MOST_AT_ONCE


def test_jobs_of_others_and_those_at_an_end_do_not_count(
    asked: Callable[..., FileJob], auditor: User
) -> None:
    long_ago = timezone.now() - jobs.STALE_AFTER
    made(asked())
    asked(state=JobState.RUNNING, touched_at=long_ago)
    asked(created_at=timezone.now() - jobs.GIVEN_UP_AFTER)
    asked(owner=building.user("another", is_auditor=True))
    for _ in range(jobs.MOST_AT_ONCE):
        asked()
    assert FileJob.objects.count() == jobs.MOST_AT_ONCE + 4


# --- fetching and forgetting -------------------------------------------------------------


def test_a_fetched_file_is_no_news_any_more(asked: Callable[..., FileJob], auditor: User) -> None:
    job = made(asked())
    before = jobs.ready_unfetched(auditor)
    with jobs.opened(job, timezone.now()) as content:
        assert hashlib.sha256(content.read()).hexdigest() == job.sha256
    jobs.say_fetched(job, timezone.now())
    assert (before, jobs.ready_unfetched(auditor)) == (1, 0)


def test_an_expired_file_cannot_be_fetched_though_it_still_lies_there(
    asked: Callable[..., FileJob],
) -> None:
    job = made(asked())
    assert job.expires_at
    with pytest.raises(FileNotFoundError):
        jobs.opened(job, job.expires_at)


def test_what_has_expired_is_deleted_and_its_line_stays_a_month(
    asked: Callable[..., FileJob], storage: Path
) -> None:
    gone, stays = made(asked()), made(asked())
    now = timezone.now()
    FileJob.objects.filter(pk=gone.pk).update(expires_at=now)
    assert (jobs.clear_expired(now), files(storage)) == (1, [Path(stays.file.name or "").name])
    assert jobs.standing(FileJob.objects.get(pk=gone.pk), now) is Standing.EXPIRED
    FileJob.objects.filter(pk=gone.pk).update(created_at=now - jobs.FORGOTTEN_AFTER)
    jobs.clear_expired(now)
    assert list(FileJob.objects.values_list("pk", flat=True)) == [stays.pk]


def test_an_old_file_that_no_job_knows_is_deleted(db: None, storage: Path) -> None:
    old, _ = (default_storage.save(f"{FILES_FOLDER}/{name}", ContentFile(b"x")) for name in "ab")
    then = time.time() - 49 * 3600
    os.utime(storage / old, (then, then))
    assert (jobs.clear_expired(timezone.now()), files(storage)) == (1, ["b"])


def test_the_daily_command_clears_imports_too(
    asked: Callable[..., FileJob], auditor: User, capsys: pytest.CaptureFixture[str]
) -> None:
    now = timezone.now()
    FileJob.objects.filter(pk=made(asked()).pk).update(expires_at=now)
    for expires_at in (now, now + MINUTE):
        StagedImport.objects.create(
            owner=auditor, file_name="a.xlsx", sha256="0" * 64, kind="x", book=b"", expires_at=expires_at
        )
    call_command("clear_expired")
    assert capsys.readouterr().out == "Прибрано: файлів 1, підготовлених імпортів 1.\n"
    assert StagedImport.objects.count() == 1


# --- the letter --------------------------------------------------------------------------


@pytest.mark.parametrize(("waited", "letters"), [(2 * MINUTE, 1), (MINUTE / 2, 0)])
def test_a_letter_goes_to_whoever_has_waited_long(
    asked: Callable[..., FileJob], waited: datetime.timedelta, letters: int
) -> None:
    made(asked(created_at=timezone.now() - waited))
    assert [one.to for one in mail.outbox] == [["auditor@example.org"]] * letters


def test_the_letter_leads_to_the_page_and_tells_the_term(
    asked: Callable[..., FileJob], settings: Settings
) -> None:
    settings.PORTAL_URL = "https://zvit.example.org/"
    job = made(asked(created_at=timezone.now() - 2 * MINUTE))
    assert job.expires_at
    assert mail.outbox[0].body.splitlines()[4:7] == [
        f"Завантажити: https://zvit.example.org/extracts/jobs/{job.pk}/",
        "",
        f"Посилання діє до {timezone.localtime(job.expires_at):%d.%m.%Y %H:%M} і лише для вас.",
    ]


def test_a_letter_that_cannot_be_sent_costs_nobody_the_file(
    asked: Callable[..., FileJob], settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "no.such.Backend"
    assert made(asked(created_at=timezone.now() - 2 * MINUTE)).state == JobState.DONE


# --- the worker --------------------------------------------------------------------------


@pytest.fixture
def database_back_end(settings: Settings) -> None:
    settings.TASKS = {"default": {"BACKEND": settings.TASKS_BACKENDS["database"]}}


@pytest.mark.django_db(transaction=True)
def test_the_worker_takes_up_what_waits_in_the_database(database_back_end: None) -> None:
    auditor = building.user("auditor", is_auditor=True)
    job = jobs.create(
        JobKind.EXTRACT,
        "Вибірка",
        {"selection": Selection().to_json(), "format": "csv-plain"},
        by=auditor,
        now=timezone.now(),
        enqueue=tasks.make_file.enqueue,
    )
    assert FileJob.objects.get(pk=job.pk).state == JobState.WAITING
    Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="worker",
        excluded_queue_names=[],
    ).run()
    assert FileJob.objects.get(pk=job.pk).state == JobState.DONE
