"""«Довідка на засідання комісії»: what is counted, what is told, who reads it."""

import datetime
import re
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from programs.entry import save_result
from programs.enums import CouncilOutcome, ExecutionState, ZeroReason
from programs.models import AnnualReport, CouncilDecision, Executor, MeasureResult, Program, Signatory, User
from reporting.assemble import assemble
from reporting.brief import Brief, Execution, brief, execution_of
from tests import agreeing, building

BRIEF = "/programs/1688-2019-12-18/2024/brief/"


def words(response: HttpResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture
def department(db: None) -> User:
    return building.appointed(building.user("worker"), building.executor())


@pytest.fixture
def results(department: User) -> list[MeasureResult]:
    """Five measures: the fifth is outside its term in 2024."""
    program = building.program(measures=4)
    building.measure(program.tasks.get(), 5, term="2021, 2023")
    return building.results(program)


def enter(result: MeasureResult, by: User, **values: object) -> None:
    save_result(result, version=result.version, by=by, **values)


def fetched(results: list[MeasureResult]) -> tuple[AnnualReport, list[MeasureResult]]:
    return results[0].report, list(MeasureResult.objects.for_report(results[0].report))


def brief_of(results: list[MeasureResult]) -> Brief:
    report, rows = fetched(results)
    return brief(report, rows, assemble(report, draft_at=None))


class TestCounting:
    def test_each_state_and_nobodys(self, results: list[MeasureResult], department: User) -> None:
        for result, state in zip(
            results, (ExecutionState.DONE, ExecutionState.PARTIAL, ExecutionState.NOT_DONE), strict=False
        ):
            enter(result, department, execution_state=state)
        execution = execution_of(*fetched(results))
        assert execution == Execution(done=1, partial=1, not_done=1, unstated=1, outside=1)
        assert (execution.expected, execution.is_known) == (4, True)

    def test_outside_its_term_is_in_no_denominator_though_done(
        self, results: list[MeasureResult], department: User
    ) -> None:
        enter(results[4], department, execution_state=ExecutionState.DONE)
        execution = execution_of(*fetched(results))
        assert (execution.done, execution.expected, execution.outside) == (0, 4, 1)

    def test_not_expected_this_year_is_in_no_denominator(
        self, results: list[MeasureResult], department: User
    ) -> None:
        enter(results[0], department, execution_state=ExecutionState.NOT_PLANNED)
        execution = execution_of(*fetched(results))
        assert (execution.expected, execution.outside) == (3, 2)

    def test_a_paper_form_tells_no_states(self, results: list[MeasureResult]) -> None:
        assert execution_of(*fetched(results)).is_known is False


class TestUnfinished:
    def test_not_done_before_done_in_part_with_reason_and_words(
        self, results: list[MeasureResult], department: User
    ) -> None:
        enter(results[0], department, execution_state=ExecutionState.PARTIAL, narrative="Розпочато.")
        enter(
            results[2],
            department,
            execution_state=ExecutionState.NOT_DONE,
            zero_reason=ZeroReason.MOVED,
            narrative="Перенесено на весну.",
        )
        enter(results[1], department, execution_state=ExecutionState.DONE)
        told = brief_of(results).unfinished
        assert [(one.number, one.state, one.reason, one.narrative) for one in told] == [
            ("1.3", "не виконано", "перенесено на інший рік", "Перенесено на весну."),
            ("1.1", "частково", "", "Розпочато."),
        ]

    def test_a_long_narrative_is_cut_between_words(
        self, results: list[MeasureResult], department: User
    ) -> None:
        enter(results[0], department, execution_state=ExecutionState.NOT_DONE, narrative="слово " * 100)
        [one] = brief_of(results).unfinished
        assert one.narrative == "слово " * 29 + "слово…"


class TestPage:
    def test_what_the_commission_reads(self, client: Client, auditor: User) -> None:
        client.force_login(auditor)
        text = words(client.get(BRIEF))
        assert "Довідка на засідання комісії" in text
        assert "№ 1688 від 18.12.2019 (затверджує програму)" in text
        assert "Усього 318,9 195,6 155,7 48,8" in text
        assert "Виконано 12 з 35 , частково 8, не виконано 3, стан не вказано 12." in text
        assert "Поза терміном або не передбачено цього року: 2." in text
        assert "3.3. Запровадження системи менторства" in text
        assert "Перенесено на інший рік." in text

    def test_a_paper_report_claims_no_states(self, client: Client, auditor: User) -> None:
        client.force_login(auditor)
        text = words(client.get(BRIEF.replace("2024", "2023")))
        assert "Стан виконання заходів у цьому звіті не вказано." in text

    def test_an_amendment_of_a_later_year_is_not_named(
        self, client: Client, auditor: User, demo: Program
    ) -> None:
        building.decision(demo, "77", "2025-02-03")
        client.force_login(auditor)
        assert "№ 77" not in words(client.get(BRIEF))

    def test_the_councils_decision_afterwards(
        self, client: Client, auditor: User, clerk: User, report_2024: AnnualReport
    ) -> None:
        client.force_login(auditor)
        assert "Ще не записано." in words(client.get(BRIEF))
        CouncilDecision.objects.create(
            report=report_2024,
            outcome=CouncilOutcome.NOTED,
            number="12",
            date=datetime.date(2025, 2, 20),
            recorded_at=timezone.now(),
            recorded_by=clerk,
        )
        assert "Взято до відома: № 12 від 20.02.2025." in words(client.get(BRIEF))


@pytest.mark.django_db
def test_of_an_agreed_report_the_words_stay_those_of_its_day(client: Client) -> None:
    report, head = agreeing.small_report()
    agreeing.submitting.submit(report, head)
    agreeing.agree_unprinted(report, head)
    client.force_login(head)
    address = "/programs/15-2019-11-05/2024/brief/"
    before = words(client.get(address))
    Executor.objects.update(official_name="Зовсім нове управління")
    building.decision(report.program, "99", "2024-05-05")
    Signatory.objects.update(name="Іван ЗРАЗОК")
    assert words(client.get(address)) == before
