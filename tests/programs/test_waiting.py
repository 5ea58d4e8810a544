"""What waits for a person: whose turn it is, and until when."""

import datetime

import pytest
from django.utils import timezone

from programs.contributing import submit_part
from programs.enums import AppointmentRole, ReportState
from programs.models import AnnualReport, Executor, Measure, Participation, User
from programs.waiting import waiting_for
from tests import agreeing, building

TODAY = datetime.date(2025, 1, 10)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *args: TODAY)


@pytest.fixture
def department(db: None) -> Executor:
    return building.executor()


@pytest.fixture
def helper(db: None) -> Executor:
    return building.executor("Департамент освіти")


@pytest.fixture
def report(department: Executor, helper: Executor) -> AnnualReport:
    """A draft of 2024, due on 15 January; its two measures have a co-executor, due on the 5th."""
    program = building.program(measures=2)
    for measure in Measure.objects.of_program(program):
        Participation.objects.create(measure=measure, executor=helper)
        Participation.objects.create(measure=measure, executor=department)
    made = building.results(program)[0].report
    set_to(made, department_due=datetime.date(2025, 1, 15), coexecutors_due=datetime.date(2025, 1, 5))
    return made


def set_to(report: AnnualReport, **fields: object) -> None:
    AnnualReport.objects.filter(pk=report.pk).update(**fields)


@pytest.fixture
def worker(department: Executor) -> User:
    return building.appointed(building.user("worker"), department)


@pytest.fixture
def chief(department: Executor) -> User:
    return building.appointed(building.user("chief"), department, AppointmentRole.HEAD)


@pytest.fixture
def sender(helper: Executor) -> User:
    return building.appointed(building.user("sender"), helper)


def pages(user: User) -> list[str]:
    return [task.page for task in waiting_for(user)]


def test_a_draft_near_its_deadline(report: AnnualReport, worker: User) -> None:
    assert pages(worker) == ["entry_sheet"]


@pytest.mark.parametrize(
    "due", [pytest.param(datetime.date(2025, 3, 1), id="far"), pytest.param(None, id="none")]
)
def test_a_draft_with_time_left_waits_for_nobody(
    report: AnnualReport, worker: User, due: datetime.date | None
) -> None:
    set_to(report, department_due=due, coexecutors_due=None)
    assert pages(worker) == []


def test_a_returned_report_waits_whatever_its_deadline(report: AnnualReport, worker: User) -> None:
    set_to(report, state=ReportState.RETURNED, department_due=None)
    assert pages(worker) == ["report_page"]


def test_a_submitted_report_waits_for_the_head_alone(
    report: AnnualReport, worker: User, chief: User, sender: User
) -> None:
    set_to(report, state=ReportState.ON_APPROVAL)
    assert [pages(person) for person in (chief, worker, sender)] == [["review_report"], [], []]


@pytest.mark.parametrize("state", [ReportState.DRAFT, ReportState.RETURNED])
def test_entering_waits_for_the_head_only_where_nobody_else_is_appointed(
    report: AnnualReport, chief: User, department: Executor, state: ReportState
) -> None:
    """Neither one whose appointment is over counts, nor one who left."""
    set_to(report, state=state)
    building.appointed(building.user("gone", is_active=False), department)
    former = building.appointed(building.user("former"), department)
    former.appointments.update(ends_on=TODAY - datetime.timedelta(days=1))
    alone = len(pages(chief))
    building.appointed(building.user("worker"), department)
    assert (alone, pages(chief)) == (1, [])


def test_an_agreed_report_waits_for_the_head_alone_to_be_signed(
    report: AnnualReport, chief: User, worker: User
) -> None:
    set_to(report, state=ReportState.AGREED)
    assert [[task.label for task in waiting_for(user)] for user in (chief, worker)] == [
        ["Підписати й оприлюднити"],
        [],
    ]


@pytest.mark.django_db
def test_a_published_report_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    report, head = agreeing.small_report()
    agreeing.published_edition(report, head)
    assert pages(head) == []


@pytest.mark.django_db
def test_one_agreed_anew_after_publication_waits_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    report, head = agreeing.small_report()
    agreeing.published_edition(report, head)
    agreeing.reopen(report, head)
    agreeing.agree(report, head)
    assert pages(head) == ["report_page"]


def test_information_to_send_is_one_task_a_report_and_overdue(report: AnnualReport, sender: User) -> None:
    [task] = waiting_for(sender)
    assert (task.page, task.due, task.is_overdue) == ("contributions", datetime.date(2025, 1, 5), True)
    assert str(task.executor) == "Департамент освіти"


def test_sent_information_waits_no_more(report: AnnualReport, sender: User, helper: Executor) -> None:
    submit_part(report, helper, by=sender)
    assert pages(sender) == []


def test_a_draft_transcribed_from_paper_waits_for_nobody(
    report: AnnualReport, worker: User, sender: User
) -> None:
    set_to(report, is_transcribed=True)
    assert [pages(worker), pages(sender)] == [[], []]


def test_one_transcribed_and_submitted_waits_for_the_head(report: AnnualReport, chief: User) -> None:
    set_to(report, is_transcribed=True, state=ReportState.ON_APPROVAL)
    assert pages(chief) == ["review_report"]


def test_the_most_urgent_comes_first(report: AnnualReport, worker: User, helper: Executor) -> None:
    building.appointed(worker, helper)
    assert pages(worker) == ["contributions", "entry_sheet"]


def test_nobody_waits_for_whoever_left(report: AnnualReport, worker: User) -> None:
    User.objects.filter(pk=worker.pk).update(is_active=False)
    worker.refresh_from_db()
    assert waiting_for(worker) == []


@pytest.mark.parametrize("others", [0, 3])
def test_a_constant_number_of_queries(
    report: AnnualReport, sender: User, helper: Executor, others: int, django_assert_num_queries
) -> None:
    for number in range(others):
        program = building.program(measures=3, number=f"9{number}")
        for measure in Measure.objects.of_program(program):
            Participation.objects.create(measure=measure, executor=helper)
        building.results(program)
    with django_assert_num_queries(5):
        assert len(waiting_for(sender)) == 1 + others
