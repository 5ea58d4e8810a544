"""The way of a report: every step, in every state, for every kind of person, and what each leaves behind."""

import datetime
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from programs import journal, workflow
from programs.calculations import Money
from programs.consistency import check_report
from programs.entry import EntryClosed, save_result
from programs.enums import AppointmentRole, CouncilOutcome, EventKind, FrozenForm, ReportState
from programs.models import (
    AnnualReport,
    CouncilDecision,
    Event,
    FrozenReport,
    Participation,
    Program,
    Remark,
    Signatory,
    Submission,
    User,
)
from tests import building
from tests.crowd import at_once

pytestmark = pytest.mark.django_db

DOCUMENT = '{"schema": 1}'
FILES = {FrozenForm.JSON: DOCUMENT.encode(), FrozenForm.PDF: b"%PDF-1.7", FrozenForm.XLSX: b"PK"}
DIGESTS = {form.value: hashlib.sha256(content).hexdigest() for form, content in FILES.items()}
DIGEST = DIGESTS["json"]
DRAFT, ON_APPROVAL, RETURNED, AGREED = ReportState


@pytest.fixture
def program() -> Program:
    made = building.program(measures=2)
    Participation.objects.create(
        measure=made.tasks.get().measures.get(number=1), executor=building.executor("Управління освіти")
    )
    return made


@pytest.fixture
def clerk(program: Program) -> User:
    return building.appointed(building.user("clerk"), program.responsible)


@pytest.fixture
def head(program: Program) -> User:
    return building.appointed(building.user("head"), program.responsible, AppointmentRole.HEAD)


@pytest.fixture
def report(program: Program, clerk: User) -> AnnualReport:
    """Ready to be submitted; its one warning is that 1.2 has no executor."""
    return building.ready_report(program, by=clerk)


def warnings_of(report: AnnualReport) -> list[str]:
    return [workflow.finding_key(finding) for finding in check_report(report)]


def now(report: AnnualReport) -> AnnualReport:
    return AnnualReport.objects.get(pk=report.pk)


def submit(report: AnnualReport, by: User, **changes: Any) -> Submission:
    given = {
        "seen": now(report).version,
        "document": DOCUMENT,
        "sha256": DIGEST,
        "acknowledged": warnings_of(report),
    }
    return workflow.submit(report, by=by, **given | changes)


def return_it(report: AnnualReport, by: User, **changes: Any) -> Submission:
    given = {"seen": now(report).version, "remarks": {None: "Уточніть суми."}}
    return workflow.return_for_revision(report, by=by, **given | changes)


def agree(report: AnnualReport, by: User, **changes: Any) -> FrozenReport:
    return workflow.agree(report, by=by, **{"seen": now(report).version, "files": FILES} | changes)


def reopen(report: AnnualReport, by: User, **changes: Any) -> Event:
    given = {"seen": now(report).version, "reason": "Знайшли помилку в сумах."}
    return workflow.reopen(report, by=by, **given | changes)


def decide(report: AnnualReport, by: User, **changes: Any) -> CouncilDecision:
    given = {"outcome": CouncilOutcome.NOTED, "number": "412", "date": datetime.date(2025, 3, 20)}
    return workflow.record_council_decision(report, by=by, **given | changes)


Step = Callable[[AnnualReport, User], object]
WAY_TO: dict[ReportState, list[Step]] = {
    DRAFT: [],
    ON_APPROVAL: [submit],
    RETURNED: [submit, return_it],
    AGREED: [submit, agree],
}


def bring(report: AnnualReport, state: ReportState, by: User) -> AnnualReport:
    """To that state, by the doors; `by` has every right."""
    for step in WAY_TO[state]:
        step(report, by)
    return now(report)


@pytest.fixture
def submitted(report: AnnualReport, head: User) -> AnnualReport:
    return bring(report, ON_APPROVAL, head)


@pytest.fixture
def agreed(report: AnnualReport, head: User) -> AnnualReport:
    return bring(report, AGREED, head)


def footprint(report: AnnualReport) -> tuple[object, ...]:
    """All that a step could leave behind."""
    standing = now(report)
    models = (Event, Submission, Remark, CouncilDecision, FrozenReport)
    counts = [model.objects.filter(**_of_report(model, report)).count() for model in models]
    return standing.state, standing.version, standing.history.count(), *counts


def _of_report(model: type[Any], report: AnnualReport) -> dict[str, Any]:
    return {"submission__report": report} if model is Remark else {"report": report}


# --- who, when ---------------------------------------------------------------------------

WORKERS = ("clerk", "head", "acting_head")
HEADS = ("head", "acting_head")
STEPS: dict[str, tuple[Step, tuple[str, ...], tuple[ReportState, ...], ReportState]] = {
    "submit": (submit, WORKERS, (DRAFT, RETURNED), ON_APPROVAL),
    "return": (return_it, HEADS, (ON_APPROVAL,), RETURNED),
    "agree": (agree, HEADS, (ON_APPROVAL,), AGREED),
    "reopen": (reopen, HEADS, (AGREED,), DRAFT),
    "council's decision": (decide, (*WORKERS, "program_admin"), (AGREED,), AGREED),
}


@pytest.fixture
def people(program: Program, clerk: User, head: User) -> dict[str, User]:
    ours = program.responsible
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    made = {
        "clerk": clerk,
        "head": head,
        "acting_head": building.appointed(building.user("acting"), ours, AppointmentRole.ACTING_HEAD),
        "coexecutor": building.appointed(
            building.user("coexecutor"), building.executor("Управління освіти"), AppointmentRole.HEAD
        ),
        "auditor": building.user("auditor", is_auditor=True),
        "program_admin": building.user("program_admin", is_program_admin=True),
        "system_admin": building.user("system_admin", is_system_admin=True),
        "stranger": building.user("stranger"),
        "former_head": building.appointed(
            building.user("former"), ours, AppointmentRole.HEAD, ends_on=yesterday
        ),
        "deactivated_head": building.appointed(building.user("left"), ours, AppointmentRole.HEAD),
    }
    # Switched off after their page was opened: the session's own object still says «active».
    User.objects.filter(pk=made["deactivated_head"].pk).update(is_active=False)
    return made


def outcome(step: Step, report: AnnualReport, person: User) -> object:
    """The state that the step leads to, undone again; or the class of its refusal, which changed nothing."""
    before = footprint(report)
    try:
        with transaction.atomic():
            step(report, person)
            reached = now(report).report_state
            transaction.set_rollback(True)
            return reached
    except workflow.WorkflowError as refusal:
        assert footprint(report) == before
        return type(refusal)


@pytest.mark.parametrize("state", list(ReportState))
@pytest.mark.parametrize("name", STEPS)
def test_every_step_in_every_state_for_everybody(
    name: str, state: ReportState, report: AnnualReport, people: dict[str, User]
) -> None:
    step, whose, states, leads_to = STEPS[name]
    bring(report, state, people["head"])
    in_time = leads_to if state in states else workflow.NotNow
    expected = {person: in_time if person in whose else workflow.NotYours for person in people}
    assert {person: outcome(step, report, people[person]) for person in people} == expected


@pytest.mark.parametrize("name", ["submit", "return", "agree", "reopen"])
def test_a_stale_page_moves_nothing(name: str, report: AnnualReport, head: User) -> None:
    step, _, states, _ = STEPS[name]
    bring(report, states[0], head)
    stale = now(report).version - 1
    assert outcome(lambda *who: step(*who, seen=stale), report, head) is workflow.NotNow  # type: ignore[call-arg]


@pytest.mark.parametrize("name", ["submit", "return", "agree", "reopen"])
def test_a_step_raises_the_version_by_one(name: str, report: AnnualReport, head: User) -> None:
    step, _, states, _ = STEPS[name]
    before = bring(report, states[0], head).version
    step(report, head)
    assert now(report).version == before + 1


def test_a_councils_decision_leaves_the_version(agreed: AnnualReport, clerk: User) -> None:
    decide(agreed, clerk)
    assert now(agreed).version == agreed.version


@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_taken_whole_or_not_at_all(
    name: str, report: AnnualReport, head: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, _, states, _ = STEPS[name]
    bring(report, states[0], head)
    before = footprint(report)

    def out_of_order(*args: object, **kwargs: object) -> None:
        raise OSError("the journal cannot be written")

    monkeypatch.setattr(workflow, "record", out_of_order)
    with pytest.raises(OSError, match="the journal"):
        step(report, head)
    assert footprint(report) == before


@pytest.mark.parametrize("name", ["submit", "return", "agree", "reopen"])
def test_field_history_says_who_moved_the_report(name: str, report: AnnualReport, head: User) -> None:
    step, _, states, leads_to = STEPS[name]
    bring(report, states[0], head)
    step(report, head)
    newest = now(report).history.first()
    assert (newest.history_user, newest.state) == (head, leads_to)


def test_the_whole_way_stands_in_the_journal(report: AnnualReport, clerk: User, head: User) -> None:
    row = report.results.get(measure__number=2)
    submit(report, clerk)
    return_it(report, head, remarks={None: "Уточніть суми.", row.pk: "Кого навчили?"})
    submit(report, clerk)
    agree(report, head)
    decide(report, clerk)
    reopen(report, head)
    told = list(report.events.order_by("number").values_list("kind", "by__username", "details"))
    assert told == [
        (EventKind.OPENED, "admin", {"measures": 2}),
        (EventKind.SUBMITTED, "clerk", {"submission": 1, "sha256": DIGEST, "acknowledged": 1}),
        (
            EventKind.RETURNED,
            "head",
            {
                "submission": 1,
                "remarks": [
                    {"measure": "до звіту", "text": "Уточніть суми."},
                    {"measure": "1.2", "text": "Кого навчили?"},
                ],
            },
        ),
        (EventKind.SUBMITTED, "clerk", {"submission": 2, "sha256": DIGEST, "acknowledged": 1}),
        (EventKind.AGREED, "head", {"submission": 2, "sha256": DIGEST, "files": DIGESTS}),
        (EventKind.COUNCIL_DECIDED, "clerk", {"outcome": "noted", "number": "412", "date": "2025-03-20"}),
        (EventKind.REOPENED, "head", {"reason": "Знайшли помилку в сумах.", "withdrawn": DIGEST}),
    ]
    assert journal.verify() == journal.Verdict(good=7, fault=None)


# --- submitting --------------------------------------------------------------------------


def test_a_submission_keeps_its_document(report: AnnualReport, clerk: User) -> None:
    submit(report, clerk)
    kept = Submission.objects.get()
    assert (kept.report, kept.number, kept.submitted_by, kept.document, kept.sha256) == (
        report,
        1,
        clerk,
        DOCUMENT,
        DIGEST,
    )


def test_warnings_are_kept_in_words_with_who_passed_them(report: AnnualReport, clerk: User) -> None:
    assert submit(report, clerk).acknowledged == [
        {
            "code": "no_executors",
            "title": "Немає виконавців",
            "measure": "1.2",
            "message": "До заходу не записано жодного виконавця.",
            "by": "Олена ПРИКЛАД",
        }
    ]


def test_a_second_submission_has_the_next_number(report: AnnualReport, head: User) -> None:
    bring(report, RETURNED, head)
    assert submit(report, head).number == 2


def test_errors_block_and_are_named(report: AnnualReport, clerk: User) -> None:
    Signatory.objects.all().delete()
    before = footprint(report)
    with pytest.raises(workflow.Blocked) as refused:
        submit(report, clerk)
    assert [finding.code for finding in refused.value.findings] == ["no_signatory"]
    assert str(refused.value) == "Звіт не подано: спершу виправте помилки (1). Нічого не змінено."
    assert footprint(report) == before


def test_only_the_warnings_nobody_passed_are_named(report: AnnualReport, clerk: User) -> None:
    passed = warnings_of(report)
    Participation.objects.all().delete()
    before = footprint(report)
    with pytest.raises(workflow.NotAcknowledged) as refused:
        submit(report, clerk, acknowledged=passed)
    assert [(finding.code, finding.measure) for finding in refused.value.findings] == [
        ("no_executors", "1.1")
    ]
    assert footprint(report) == before


def test_a_warning_that_says_something_else_is_another(report: AnnualReport) -> None:
    first, second = (
        workflow.finding_key(check_report(report)[0]),
        workflow.finding_key(_with_other_words(report)),
    )
    assert first != second


def _with_other_words(report: AnnualReport) -> Any:
    finding = check_report(report)[0]
    return type(finding)(**{**vars(finding), "message": "До заходу не записано нікого."})


def test_a_key_holds_no_space(report: AnnualReport) -> None:
    """Forms send many of them in one value, parted by spaces."""
    assert [key for key in warnings_of(report) if not key.isalnum()] == []


def test_a_double_click_submits_once(report: AnnualReport, clerk: User) -> None:
    seen = report.version
    submit(report, clerk, seen=seen)
    with pytest.raises(workflow.NotNow) as refused:
        submit(report, clerk, seen=seen)
    assert str(refused.value) == ("Звіт у стані «На погодженні», тому подати не можна. Нічого не змінено.")
    assert Submission.objects.count() == 1


def test_a_request_replayed_after_the_return_submits_nothing(
    report: AnnualReport, clerk: User, head: User
) -> None:
    seen = report.version
    submit(report, clerk, seen=seen)
    return_it(report, head)
    with pytest.raises(workflow.NotNow) as refused:
        submit(report, clerk, seen=seen)
    assert str(refused.value) == (
        "Поки сторінка була відкрита, звіт змінили. Нічого не змінено. Перегляньте його й повторіть."
    )


def test_figures_wait_for_the_head(submitted: AnnualReport, clerk: User) -> None:
    row = submitted.results.first()
    assert row is not None
    with pytest.raises(EntryClosed):
        save_result(row, version=row.version, by=clerk, narrative="Інше.")


def test_a_returned_report_takes_figures_again(submitted: AnnualReport, clerk: User, head: User) -> None:
    return_it(submitted, head)
    row = submitted.results.first()
    assert row is not None
    sums = {row.amounts.get().source_id: Money(None, None, None)}
    saved = save_result(row, version=row.version, by=clerk, narrative="Інше.", amounts=sums)
    assert saved.narrative == "Інше."


# --- returning ---------------------------------------------------------------------------


def test_remarks_are_kept_on_the_whole_and_on_measures(submitted: AnnualReport, head: User) -> None:
    row = submitted.results.get(measure__number=1)
    return_it(submitted, head, remarks={None: " Уточніть суми.\r\n", row.pk: "Кого навчили?"})
    kept = Remark.objects.order_by("pk").values_list("submission__number", "result", "text", "written_by")
    assert list(kept) == [
        (1, None, "Уточніть суми.", head.pk),
        (1, row.pk, "Кого навчили?", head.pk),
    ]


def test_blank_remarks_beside_one_that_says_something_are_left_out(
    submitted: AnnualReport, head: User
) -> None:
    row = submitted.results.get(measure__number=1)
    return_it(submitted, head, remarks={None: "Уточніть суми.", row.pk: "  \n"})
    assert [remark.text for remark in Remark.objects.all()] == ["Уточніть суми."]


@pytest.mark.parametrize(
    "remarks",
    [
        pytest.param({}, id="none"),
        pytest.param({None: ""}, id="empty"),
        pytest.param({None: " \n\t "}, id="blank"),
        pytest.param({None: "\x00\u202e"}, id="signs nobody can see"),
    ],
)
def test_a_report_is_not_returned_without_a_word(
    remarks: dict[int | None, str], submitted: AnnualReport, head: User
) -> None:
    with pytest.raises(workflow.NotWhole) as refused:
        return_it(submitted, head, remarks=remarks)
    assert str(refused.value) == "Напишіть хоча б одне зауваження: що виправити. Нічого не змінено."
    assert now(submitted).report_state is ON_APPROVAL


def test_a_remark_of_the_longest_size_is_taken(submitted: AnnualReport, head: User) -> None:
    return_it(submitted, head, remarks={None: "я" * 3000})
    assert Remark.objects.get().text == "я" * 3000


def test_a_longer_remark_is_refused_with_its_place(submitted: AnnualReport, head: User) -> None:
    row = submitted.results.get(measure__number=2)
    with pytest.raises(workflow.NotWhole) as refused:
        return_it(submitted, head, remarks={None: "Уточніть.", row.pk: "я" * 3001})
    assert str(refused.value) == "Зауваження 1.2: 3001 знаків, а можна не більше 3000. Нічого не змінено."
    assert Remark.objects.count() == 0


def test_a_remark_on_a_row_of_another_report_is_refused(submitted: AnnualReport, head: User) -> None:
    other = building.results(submitted.program, 2023)[0]
    with pytest.raises(workflow.NotWhole) as refused:
        return_it(submitted, head, remarks={None: "Уточніть.", other.pk: "Кого навчили?"})
    assert str(refused.value) == "Такого заходу в цьому звіті немає. Нічого не змінено. Оновіть сторінку."
    assert Remark.objects.count() == 0


def test_a_report_that_nobody_submitted_is_neither_returned_nor_agreed(
    report: AnnualReport, head: User
) -> None:
    """Only somebody at the database itself makes such a one."""
    AnnualReport.objects.filter(pk=report.pk).update(state=ON_APPROVAL)
    told = []
    for step in (return_it, agree):
        with pytest.raises(workflow.NotNow) as refused:
            step(report, head)
        told.append(str(refused.value))
    assert told == ["Цей звіт іще не подавали. Нічого не змінено."] * 2


# --- agreeing, reopening -----------------------------------------------------------------


def test_only_the_submitted_document_is_agreed(submitted: AnnualReport, head: User) -> None:
    before = footprint(submitted)
    with pytest.raises(workflow.NotNow) as refused:
        agree(submitted, head, files=FILES | {FrozenForm.JSON: b"{}"})
    assert str(refused.value) == (
        "Після подання у звіті змінилися слова чи цифри, наприклад назва виконавця. Поверніть його, "
        "щоб подали ще раз: погоджують лише те, що подано. Нічого не змінено."
    )
    assert footprint(submitted) == before


def test_the_last_submission_counts(report: AnnualReport, head: User) -> None:
    bring(report, RETURNED, head)
    submit(report, head, sha256="ab" * 32)
    assert outcome(agree, report, head) is workflow.NotNow


@pytest.mark.parametrize("reason", ["", " \n", "\x00"])
def test_a_report_is_not_reopened_without_a_reason(reason: str, agreed: AnnualReport, head: User) -> None:
    with pytest.raises(workflow.NotWhole) as refused:
        reopen(agreed, head, reason=reason)
    assert str(refused.value) == "Вкажіть, чому звіт відкривають для уточнення. Нічого не змінено."


def test_a_reason_has_a_longest_size(agreed: AnnualReport, head: User) -> None:
    with pytest.raises(workflow.NotWhole) as refused:
        reopen(agreed, head, reason="я" * 3001)
    assert str(refused.value) == "Причина: 3001 знаків, а можна не більше 3000. Нічого не змінено."


# --- the council's decision --------------------------------------------------------------


def test_a_councils_decision_is_kept(agreed: AnnualReport, clerk: User) -> None:
    decide(agreed, clerk, outcome="off_control", number=" 412/7-VIII ")
    kept = CouncilDecision.objects.get()
    assert (kept.report, kept.outcome, kept.number, kept.date, kept.recorded_by) == (
        agreed,
        CouncilOutcome.OFF_CONTROL,
        "412/7-VIII",
        datetime.date(2025, 3, 20),
        clerk,
    )


def test_two_decisions_of_one_report_may_stand(agreed: AnnualReport, clerk: User) -> None:
    decide(agreed, clerk)
    decide(agreed, clerk, outcome=CouncilOutcome.OFF_CONTROL)
    assert CouncilDecision.objects.count() == 2


def test_the_same_decision_is_kept_once(agreed: AnnualReport, clerk: User) -> None:
    decide(agreed, clerk)
    before = footprint(agreed)
    with pytest.raises(workflow.NotNow) as refused:
        decide(agreed, clerk)
    assert str(refused.value) == "Таке рішення щодо цього звіту вже записано. Нічого не змінено."
    assert footprint(agreed) == before


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"number": " "}, "Номер рішення: Це поле не може бути порожнім."),
        ({"outcome": "liked"}, "Що вирішено: Значення 'liked' не є дозволеним вибором."),
        (
            {"date": datetime.date(2023, 12, 31)},
            "Рішення від 31.12.2023 раніше за звітний 2024 рік, тож воно не про цей звіт.",
        ),
        ({"date": datetime.date(9999, 12, 31)}, "Дата рішення 31.12.9999 ще не настала."),
    ],
)
def test_a_decision_that_cannot_be_is_refused(
    typed: dict[str, Any], told: str, agreed: AnnualReport, clerk: User
) -> None:
    before = footprint(agreed)
    with pytest.raises(workflow.NotWhole) as refused:
        decide(agreed, clerk, **typed)
    assert str(refused.value) == f"{told} Нічого не змінено."
    assert footprint(agreed) == before


def test_a_number_too_long_is_refused(agreed: AnnualReport, clerk: User) -> None:
    assert outcome(lambda *who: decide(*who, number="1" * 61), agreed, clerk) is workflow.NotWhole


def test_a_decision_of_today_is_taken(agreed: AnnualReport, clerk: User) -> None:
    assert decide(agreed, clerk, date=timezone.localdate()).pk == CouncilDecision.objects.get().pk


# --- many at once ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("postgresql")
def test_of_eight_who_submit_at_once_one_does(report: AnnualReport, clerk: User) -> None:
    seen = report.version
    ended = at_once(lambda: submit(report, clerk, seen=seen), people=8)
    refused = workflow.NotNow("Звіт у стані «На погодженні», тому подати не можна. Нічого не змінено.")
    assert ended == ["", *[repr(refused)] * 7]
    assert (Submission.objects.count(), now(report).version, journal.verify().fault) == (1, seen + 1, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("postgresql")
def test_of_those_who_agree_and_return_at_once_one_does(submitted: AnnualReport, head: User) -> None:
    steps = [agree, return_it] * 4
    at_once(lambda: steps.pop()(submitted, head, seen=submitted.version), people=8)
    assert Event.objects.filter(kind__in=[EventKind.AGREED, EventKind.RETURNED]).count() == 1
