"""Submitting and agreeing with the real document: what is kept is what stood, to the letter."""

import hashlib
from typing import Any

import pytest
from pytest_django import Settings

from programs import journal, workflow
from programs.entry import save_result
from programs.enums import ReportState
from programs.models import AnnualReport, Decision, Executor, FrozenReport, Signatory, Submission, User
from reporting import issuing
from reporting.assemble import assemble
from reporting.document import from_json
from tests import submitting

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(report_2024: AnnualReport, clerk: User) -> AnnualReport:
    """The demonstration year, ready to be submitted."""
    submitting.complete(report_2024, clerk)
    return report_2024


@pytest.fixture
def submitted(report: AnnualReport, clerk: User) -> AnnualReport:
    submitting.submit(report, clerk)
    return now(report)


def now(report: AnnualReport) -> AnnualReport:
    return AnnualReport.objects.get(pk=report.pk)


def agree(report: AnnualReport, head: User) -> FrozenReport:
    return issuing.agree_report(report, by=head, seen=now(report).version)


def test_the_text_of_a_document_is_its_canonical_json(report: AnnualReport) -> None:
    text, sha256 = issuing.document_text(report)
    assert from_json(text.encode()) == assemble(report, draft_at=None, sealed=True)
    assert sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_the_text_is_the_same_another_time(report: AnnualReport) -> None:
    assert issuing.document_text(report) == issuing.document_text(now(report))


def test_a_submission_keeps_the_document_as_it_stood(report: AnnualReport, clerk: User) -> None:
    text, sha256 = issuing.document_text(report)
    submission = submitting.submit(report, clerk)
    submission.refresh_from_db()
    assert (submission.document, submission.sha256) == (text, sha256)


def test_a_kept_document_is_read_back_equal(submitted: AnnualReport) -> None:
    kept = Submission.objects.get().document
    assert from_json(kept.encode()) == assemble(submitted, draft_at=None, sealed=True)


def test_figures_changed_since_the_page_was_fetched_are_in_it(report: AnnualReport, clerk: User) -> None:
    fetched = now(report)
    acknowledged = submitting.all_warnings(report)
    row = report.results.order_by("pk")[0]
    save_result(row, version=row.version, by=clerk, narrative="Внесено останньої миті.")
    issuing.submit_report(fetched, by=clerk, seen=fetched.version, acknowledged=acknowledged)
    rows = from_json(Submission.objects.get().document.encode()).rows
    assert rows[0].information == "Внесено останньої миті."


def test_a_caller_who_fetched_the_signatories_earlier_submits_todays(
    report: AnnualReport, clerk: User
) -> None:
    fetched = AnnualReport.objects.prefetch_related("signatories").get(pk=report.pk)
    Signatory.objects.filter(report=report).update(name="Олена ПРИКЛАД")
    issuing.submit_report(
        fetched, by=clerk, seen=fetched.version, acknowledged=submitting.all_warnings(report)
    )
    kept = from_json(Submission.objects.get().document.encode())
    assert [signature.name for signature in kept.signatures] == ["Олена ПРИКЛАД"]


def test_a_submitted_report_is_agreed(submitted: AnnualReport, head: User) -> None:
    agree(submitted, head)
    assert now(submitted).report_state is ReportState.AGREED


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda report: Executor.objects.filter(pk=report.program.responsible_id).update(
                official_name="Управління з новою назвою"
            ),
            id="the responsible executor's name",
        ),
        pytest.param(
            lambda report: Signatory.objects.filter(report=report).update(name="Олена ПРИКЛАД"),
            id="a signatory's name",
        ),
        pytest.param(
            lambda report: Decision.objects.filter(program=report.program, kind="approves").update(
                number="1689"
            ),
            id="the decision's number",
        ),
    ],
)
def test_words_that_changed_after_submitting_are_not_agreed(
    change: Any, submitted: AnnualReport, head: User
) -> None:
    change(submitted)
    with pytest.raises(workflow.NotNow, match="Після подання у звіті змінилися слова чи цифри"):
        agree(submitted, head)
    assert now(submitted).report_state is ReportState.ON_APPROVAL


def test_a_portal_that_moved_meanwhile_is_named_as_the_reason(
    submitted: AnnualReport, head: User, settings: Settings
) -> None:
    settings.PORTAL_URL = "https://new.example.org"
    with pytest.raises(workflow.NotNow) as refused:
        agree(submitted, head)
    assert str(refused.value) == (
        "Відтоді, як звіт подали, змінилися адреса порталу або слова, що друкуються внизу сторінок. "
        "Поверніть звіт, щоб подали ще раз: погоджують лише те, що подано. Нічого не змінено."
    )


def test_submitted_again_with_its_new_words_it_is_agreed(
    submitted: AnnualReport, clerk: User, head: User
) -> None:
    Signatory.objects.filter(report=submitted).update(name="Олена ПРИКЛАД")
    workflow.return_for_revision(
        submitted, by=head, seen=submitted.version, remarks={None: "Змінився підписувач."}
    )
    submitting.submit(submitted, clerk)
    assert agree(submitted, head).submission.number == 2


def test_a_refused_submission_keeps_no_document(report: AnnualReport, clerk: User) -> None:
    with pytest.raises(workflow.NotAcknowledged):
        issuing.submit_report(report, by=clerk, seen=report.version, acknowledged=[])
    assert (Submission.objects.count(), now(report).report_state) == (0, ReportState.DRAFT)


def test_a_report_transcribed_from_paper_travels_too(
    report_2023: AnnualReport, clerk: User, head: User
) -> None:
    submitting.complete(report_2023, clerk)
    submitting.submit(report_2023, clerk)
    agree(report_2023, head)
    assert now(report_2023).report_state is ReportState.AGREED


def test_the_journal_holds_the_digest_of_what_went(submitted: AnnualReport) -> None:
    assert (submitted.events.latest("number").details["sha256"], journal.verify().fault) == (
        issuing.document_text(submitted)[1],
        None,
    )
