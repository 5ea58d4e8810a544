"""The pages on which a report moves: who may, what is refused and how, what is kept, what is told."""

import hashlib
import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from programs.calculations import Money
from programs.entry import save_result
from programs.models import (
    Amount,
    AnnualReport,
    Appointment,
    ContributedAmount,
    Contribution,
    CouncilDecision,
    MeasureResult,
    Remark,
    Submission,
    User,
)
from programs.workflow import return_for_revision
from reporting.views.submissions import is_intact
from tests import submitting
from tests.agreeing import agree_unprinted

REPORT = "/programs/1688-2019-12-18/2024/"
ENTRY = REPORT + "entry/"
SUBMIT, REVIEW, RETURN, AGREE = (REPORT + page for page in ("submit/", "review/", "return/", "agree/"))
REOPEN, COUNCIL, JOURNAL, BRIEF = (REPORT + page for page in ("reopen/", "council/", "journal/", "brief/"))
FIRST, CHANGES = REPORT + "submissions/1/", REPORT + "submissions/1/changes/"
DECISION = {"outcome": "noted", "number": "12", "date": "2025-02-20"}

As = Callable[[str], Client]


@pytest.fixture
def as_(request: pytest.FixtureRequest) -> As:
    """A client of their own for the person of that fixture's name."""

    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(request.getfixturevalue(name))
        return client

    return signed_in


def words(response: HttpResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def row(report: AnnualReport, code: str) -> MeasureResult:
    return next(one for one in MeasureResult.objects.for_report(report) if one.measure.code == code)


@pytest.fixture
def report(report_2024: AnnualReport, clerk: User) -> AnnualReport:
    """A draft that has all that submitting asks for, and warnings."""
    submitting.complete(report_2024, clerk)
    return report_2024


@pytest.fixture
def submitted(report: AnnualReport, clerk: User) -> AnnualReport:
    submitting.submit(report, clerk)
    report.refresh_from_db()
    return report


@pytest.fixture
def returned(submitted: AnnualReport, head: User) -> AnnualReport:
    remarks = {None: "Перевірте підсумки.", row(submitted, "1.2").pk: "Скільки осіб?"}
    return_for_revision(submitted, by=head, seen=submitted.version, remarks=remarks)
    submitted.refresh_from_db()
    return submitted


@pytest.fixture
def agreed(submitted: AnnualReport, head: User) -> AnnualReport:
    agree_unprinted(submitted, head)
    submitted.refresh_from_db()
    return submitted


def acknowledged(response: HttpResponse) -> list[str]:
    """What the page's ticks would send, all of them ticked."""
    return re.findall(r'name="acknowledged" value="([^"]+)"', response.content.decode())


def state_of(report: AnnualReport) -> str:
    report.refresh_from_db()
    return report.get_state_display()


# --- who may -----------------------------------------------------------------------------

EVERYBODY = {"clerk": 200, "head": 200, "coexecutor": 200, "auditor": 200, "program_admin": 200}
OUTSIDE = {"system_admin": 404, "stranger": 404}


def answers(**changes: int) -> dict[str, int]:
    return {**EVERYBODY, **OUTSIDE, **changes}


NOT_HEAD = {"clerk": 403, "coexecutor": 403, "auditor": 403, "program_admin": 403}
NOT_WORKING = {"coexecutor": 403, "auditor": 403, "program_admin": 403}
NOT_RECORDING = {"coexecutor": 403, "auditor": 403}
READ_BY = {
    # address: (state, person → answer)
    SUBMIT: ("report", answers(**NOT_WORKING)),
    REVIEW: ("submitted", answers()),
    FIRST: ("submitted", answers()),
    CHANGES: ("submitted", answers()),
    JOURNAL: ("submitted", answers()),
    BRIEF: ("submitted", answers()),
    REOPEN: ("agreed", answers(**NOT_HEAD)),
    COUNCIL: ("agreed", answers(**NOT_RECORDING)),
}
# address: (state, what is sent, who is refused and how, who may)
SENT_BY = {
    SUBMIT: ("report", {}, {**NOT_WORKING, **OUTSIDE}, ["clerk", "head"]),
    RETURN: ("submitted", {"whole": "Перевірте."}, {**NOT_HEAD, **OUTSIDE}, ["head"]),
    AGREE: ("submitted", {}, {**NOT_HEAD, **OUTSIDE}, ["head"]),
    REOPEN: ("agreed", {"reason": "Помилка."}, {**NOT_HEAD, **OUTSIDE}, ["head"]),
    COUNCIL: ("agreed", DECISION, {**NOT_RECORDING, **OUTSIDE}, ["clerk", "head", "program_admin"]),
}
PEOPLE = [*EVERYBODY, *OUTSIDE]


@pytest.mark.parametrize("address", READ_BY)
def test_who_reads(as_: As, request: pytest.FixtureRequest, address: str) -> None:
    state, expected = READ_BY[address]
    request.getfixturevalue(state)
    assert {person: as_(person).get(address).status_code for person in PEOPLE} == expected


def everything(report: AnnualReport, data: dict[str, str]) -> dict[str, object]:
    """The form as a page that is up to date sends it, all warnings ticked."""
    return {**data, "seen": report.version, "acknowledged": " ".join(submitting.all_warnings(report))}


@pytest.mark.parametrize("address", SENT_BY)
def test_who_is_refused(as_: As, request: pytest.FixtureRequest, address: str) -> None:
    state, data, expected, _ = SENT_BY[address]
    report = request.getfixturevalue(state)
    before = report.events.count()
    form = everything(report, data)
    assert {person: as_(person).post(address, form).status_code for person in expected} == expected
    assert report.events.count() == before


@pytest.mark.parametrize(
    ("address", "person"), [(address, person) for address in SENT_BY for person in SENT_BY[address][3]]
)
def test_who_may(as_: As, request: pytest.FixtureRequest, address: str, person: str) -> None:
    state, data, *_ = SENT_BY[address]
    report = request.getfixturevalue(state)
    before = report.events.count()
    assert as_(person).post(address, everything(report, data)).status_code == 302
    assert report.events.count() == before + 1


@pytest.mark.parametrize("address", [RETURN, AGREE])
def test_a_decision_is_not_made_by_a_link(as_: As, submitted: AnnualReport, address: str) -> None:
    before = submitted.events.count()
    response = as_("head").get(address, follow=True)
    assert (response.redirect_chain, submitted.events.count()) == ([(REPORT, 302)], before)
    assert "Надіслане не дійшло. Перегляньте звіт і повторіть." in words(response)


@pytest.mark.parametrize("person", ["clerk", "auditor", "coexecutor"])
def test_readers_of_the_review_get_no_buttons(as_: As, submitted: AnnualReport, person: str) -> None:
    page = as_(person).get(REVIEW).content.decode()
    assert (AGREE in page, RETURN in page) == (False, False)


# --- submitting --------------------------------------------------------------------------


class TestSubmitting:
    def test_errors_lead_to_the_row_and_cell(self, as_: As, report_2024: AnnualReport) -> None:
        page = as_("clerk").get(SUBMIT)
        assert f'<a href="{ENTRY}#row-1.7-financed">1.7</a>' in page.content.decode()
        assert f'<a href="{ENTRY}#row-2.2-narrative">2.2</a>' in page.content.decode()
        assert acknowledged(page) == []

    def test_who_has_not_sent_information_is_told(self, as_: As, report: AnnualReport) -> None:
        assert "Ще не подали інформації" in words(as_("clerk").get(SUBMIT))
        assert "Департамент освіти" in words(as_("clerk").get(SUBMIT))

    def test_with_every_warning_acknowledged(self, as_: As, report: AnnualReport) -> None:
        client = as_("clerk")
        ticks = acknowledged(client.get(SUBMIT))
        response = client.post(SUBMIT, {"seen": report.version, "acknowledged": ticks}, follow=True)
        assert response.redirect_chain == [(REPORT, 302)]
        assert "Звіт подано на погодження, подання 1." in words(response)
        assert state_of(report) == "На погодженні"

    def test_a_kind_not_ticked_comes_back_with_the_others_ticked(self, as_: As, report: AnnualReport) -> None:
        client = as_("clerk")
        ticks = acknowledged(client.get(SUBMIT))
        response = client.post(SUBMIT, {"seen": report.version, "acknowledged": ticks[1:]})
        assert response.status_code == 409
        boxes = re.findall(r"<input type=\"checkbox\"[^>]*>", response.content.decode())
        assert [" checked" in box for box in boxes] == [False] + [True] * (len(ticks) - 1)
        assert state_of(report) == "Чернетка"

    def test_a_warning_found_since_the_tick_is_not_passed_by_it(
        self, as_: As, report: AnnualReport, clerk: User
    ) -> None:
        client = as_("clerk")
        ticks = acknowledged(client.get(SUBMIT))
        result = row(report, "3.10")
        source = next(amount.source_id for amount in result.amounts.all() if amount.actual)
        grown = {source: Money(Decimal("2.45"), Decimal(9), Decimal("2.75"))}
        save_result(result, version=result.version, by=clerk, amounts=grown)
        response = client.post(SUBMIT, {"seen": report.version, "acknowledged": ticks})
        assert response.status_code == 409
        assert "Факт 9,0 тис. грн – більше" in words(response)

    def test_errors_made_meanwhile_block(self, as_: As, report: AnnualReport, clerk: User) -> None:
        client = as_("clerk")
        ticks = acknowledged(client.get(SUBMIT))
        result = row(report, "1.1")
        save_result(result, version=result.version, by=clerk, narrative="")
        response = client.post(SUBMIT, {"seen": report.version, "acknowledged": ticks})
        assert response.status_code == 409
        assert "Спершу виправте" in words(response)

    def test_a_second_click_does_nothing_and_says_so(self, as_: As, report: AnnualReport) -> None:
        client = as_("clerk")
        data = {"seen": report.version, "acknowledged": acknowledged(client.get(SUBMIT))}
        client.post(SUBMIT, data)
        again = client.post(SUBMIT, data)
        assert again.status_code == 409
        assert "«На погодженні»" in words(again)
        assert report.submissions.count() == 1

    def test_whoever_lost_the_right_meanwhile(self, as_: As, report: AnnualReport, clerk: User) -> None:
        client = as_("clerk")
        data = {"seen": report.version, "acknowledged": acknowledged(client.get(SUBMIT))}
        Appointment.objects.filter(user=clerk).delete()
        assert client.post(SUBMIT, data).status_code == 404
        assert state_of(report) == "Чернетка"

    @pytest.mark.parametrize("seen", ["", "0", "-1", "²", "abc", "9" * 40])
    def test_a_version_nobody_has_seen(self, as_: As, report: AnnualReport, seen: str) -> None:
        keys = " ".join(submitting.all_warnings(report))
        assert as_("clerk").post(SUBMIT, {"seen": seen, "acknowledged": keys}).status_code == 409
        assert state_of(report) == "Чернетка"

    @pytest.mark.parametrize("state", ["submitted", "agreed"])
    def test_there_is_nothing_to_submit(self, as_: As, request: pytest.FixtureRequest, state: str) -> None:
        request.getfixturevalue(state)
        response = as_("clerk").get(SUBMIT)
        assert response.status_code == 409
        assert "подавати його не треба" in words(response)


# --- the head's review -------------------------------------------------------------------


class TestReview:
    def test_all_that_the_head_asks_stands_on_one_page(self, as_: As, submitted: AnnualReport) -> None:
        text = words(as_("head").get(REVIEW))
        for part in (
            "Подання 1: Демонстраційна ВІДПОВІДАЛЬНА ОСОБА",
            "Виконано 24 з 35 , частково 8, не виконано 3.",
            "з загального фонду 243,6 159,9 120,1",
            "Усього 318,9 195,6 155,7 48,8",
            "Факт більший за план",
            "Усього 228,3 318,9 60,0 195,6 30,0 155,7 90,0 48,8",
        ):
            assert part in text, part

    def test_what_changed_since_the_last_submission(
        self, as_: As, returned: AnnualReport, clerk: User
    ) -> None:
        result = row(returned, "1.2")
        save_result(
            result, version=result.version, by=clerk, narrative=result.narrative + " Узяли участь 64 особи."
        )
        submitting.submit(returned, clerk)
        page = as_("head").get(REVIEW).content.decode()
        assert "Що\u00a0змінилося з\u00a0подання 1" in page
        assert re.search("<ins>[^<]*Узяли участь 64 особи", page)
        assert "Скільки осіб?" in page

    def test_the_first_submission_has_nothing_before_it(self, as_: As, submitted: AnnualReport) -> None:
        assert "Що змінилося" not in words(as_("head").get(REVIEW))

    def test_agreeing(self, as_: As, submitted: AnnualReport) -> None:
        response = as_("head").post(AGREE, {"seen": submitted.version}, follow=True)
        assert "Звіт погоджено. Документ збережено таким, яким його підпишуть." in words(response)
        assert state_of(submitted) == "Погоджено до підписання"

    def test_agreeing_twice_says_so_and_does_nothing(self, as_: As, submitted: AnnualReport) -> None:
        client, data = as_("head"), {"seen": submitted.version}
        client.post(AGREE, data)
        again = client.post(AGREE, data)
        assert (again.status_code, submitted.events.filter(kind="agreed").count()) == (409, 1)
        assert "Цього зараз не зробити" in words(again)

    def test_returning_with_remarks(self, as_: As, submitted: AnnualReport) -> None:
        one, two = row(submitted, "1.2"), row(submitted, "2.1")
        response = as_("head").post(
            RETURN,
            {
                "seen": submitted.version,
                "whole": "Перевірте підсумки.",
                "result": [one.pk, two.pk, one.pk, ""],
                "remark": ["Скільки осіб?", "Чому?", "І коли?", "  "],
            },
            follow=True,
        )
        assert "Звіт повернуто на доопрацювання." in words(response)
        assert set(Remark.objects.values_list("result", "text")) == {
            (None, "Перевірте підсумки."),
            (one.pk, "Скільки осіб?\nІ коли?"),
            (two.pk, "Чому?"),
        }

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({}, "Напишіть хоча б одне зауваження"),
            ({"whole": " "}, "Напишіть хоча б одне зауваження"),
            ({"result": "", "remark": "Чий це рядок?"}, "Оберіть захід, якого стосується зауваження."),
            ({"result": "999999", "remark": "Чий це рядок?"}, "Такого заходу в цьому звіті немає."),
            ({"result": "²", "remark": "Чий це рядок?"}, "Оберіть захід, якого стосується зауваження."),
            ({"whole": "о" * 3001}, "не більше 3000"),
        ],
    )
    def test_what_cannot_be_returned_keeps_what_was_typed(
        self, as_: As, submitted: AnnualReport, typed: dict[str, str], sentence: str
    ) -> None:
        response = as_("head").post(RETURN, {"seen": submitted.version, **typed})
        assert response.status_code == 400
        assert sentence in words(response)
        for text in (typed.get("whole", ""), typed.get("remark", "")):
            assert text.strip() in response.content.decode()
        assert state_of(submitted) == "На погодженні"

    def test_a_stale_page_keeps_the_remarks(self, as_: As, submitted: AnnualReport) -> None:
        one = row(submitted, "1.2")
        typed = {"whole": "Перевірте підсумки.", "result": one.pk, "remark": "Скільки осіб?"}
        response = as_("head").post(RETURN, {"seen": submitted.version - 1, **typed})
        page = response.content.decode()
        assert response.status_code == 409
        assert ">Перевірте підсумки.</textarea>" in page
        assert ">Скільки осіб?</textarea>" in page
        assert f'<option value="{one.pk}" selected>' in page

    def test_remarks_to_a_report_no_longer_on_approval_can_be_copied(
        self, as_: As, agreed: AnnualReport
    ) -> None:
        response = as_("head").post(RETURN, {"seen": agreed.version, "whole": "Запізніле зауваження."})
        assert response.status_code == 409
        assert "Ваші зауваження не записано; ось вони, щоб скопіювати: Запізніле зауваження." in words(
            response
        )

    def test_a_head_no_longer_appointed_keeps_the_remarks_too(
        self, as_: As, submitted: AnnualReport, head: User
    ) -> None:
        client = as_("head")
        Appointment.objects.filter(user=head).update(role="responsible_person")
        response = client.post(RETURN, {"seen": submitted.version, "whole": "Моє зауваження."})
        assert response.status_code == 403
        assert "ось вони, щоб скопіювати: Моє зауваження." in words(response)

    def test_what_was_typed_is_text(self, as_: As, submitted: AnnualReport) -> None:
        response = as_("head").post(RETURN, {"seen": 1, "whole": "</textarea><b>x</b>"})
        assert "<b>x</b>" not in response.content.decode()


# --- as it was submitted -----------------------------------------------------------------


class TestSubmissions:
    def test_the_sheet_is_the_stored_one(self, as_: As, returned: AnnualReport, clerk: User) -> None:
        result = row(returned, "1.2")
        save_result(result, version=result.version, by=clerk, narrative="Зовсім інше.")
        text = words(as_("auditor").get(FIRST))
        assert "Проведено три семінари" in text
        assert "Зовсім інше." not in text
        assert "Скільки осіб?" in text
        assert "3.10 Відсоток виконання 112,2 %." in text
        assert returned.submissions.get().sha256 in text

    def test_compared_with_now(self, as_: As, returned: AnnualReport, clerk: User) -> None:
        result = row(returned, "1.2")
        save_result(result, version=result.version, by=clerk, narrative="Зовсім інше.")
        page = as_("auditor").get(CHANGES).content.decode()
        assert "<ins>" in page
        assert "1.2" in page

    @pytest.mark.parametrize(("document", "intact"), [("{}", True), ("{ }", False)])
    def test_a_stored_document_is_known_by_its_digest(self, document: str, intact: bool) -> None:
        kept = Submission(document=document, sha256=hashlib.sha256(b"{}").hexdigest())
        assert is_intact(kept) is intact

    def test_nothing_changed(self, as_: As, submitted: AnnualReport) -> None:
        assert "Відмінностей немає." in words(as_("auditor").get(CHANGES))

    @pytest.mark.parametrize(
        ("address", "compared"), [(CHANGES + "?with=2", 1), (REPORT + "submissions/2/changes/?with=1", 1)]
    )
    def test_two_submissions_are_compared_in_their_order(
        self, as_: As, returned: AnnualReport, clerk: User, address: str, compared: int
    ) -> None:
        result = row(returned, "2.1")
        save_result(result, version=result.version, by=clerk, narrative="Нове слово.")
        submitting.submit(returned, clerk)
        response = as_("auditor").get(address)
        assert f"Що змінилося з подання {compared}" in words(response)
        assert "<ins>Нове слово" in response.content.decode()

    @pytest.mark.parametrize(
        "address",
        [
            REPORT + "submissions/7/",
            REPORT + "submissions/7/changes/",
            REPORT + "submissions/99999999999999999999/",
            CHANGES + "?with=7",
            CHANGES + "?with=abc",
            CHANGES + "?with=²",
            CHANGES + "?with=99999",
        ],
    )
    def test_a_submission_that_is_not_there(self, as_: As, submitted: AnnualReport, address: str) -> None:
        response = as_("auditor").get(address)
        assert response.status_code == 404
        assert "цього звіту немає." in words(response)


# --- after agreeing ----------------------------------------------------------------------


class TestReopening:
    def test_with_a_reason(self, as_: As, agreed: AnnualReport) -> None:
        data = {"seen": agreed.version, "reason": "Уточнено касові видатки."}
        response = as_("head").post(REOPEN, data, follow=True)
        assert "Звіт відкрито для уточнення." in words(response)
        assert state_of(agreed) == "Чернетка"
        assert "Уточнено касові видатки." in words(as_("auditor").get(JOURNAL))

    def test_without_a_reason_nothing_happens(self, as_: As, agreed: AnnualReport) -> None:
        response = as_("head").post(REOPEN, {"seen": agreed.version, "reason": "  "})
        assert response.status_code == 400
        assert state_of(agreed) == "Погоджено до підписання"

    def test_a_stale_page_keeps_the_reason(self, as_: As, agreed: AnnualReport) -> None:
        response = as_("head").post(REOPEN, {"seen": 1, "reason": "Уточнено касові видатки."})
        assert response.status_code == 409
        assert ">Уточнено касові видатки.</textarea>" in response.content.decode()

    def test_only_what_is_agreed(self, as_: As, submitted: AnnualReport) -> None:
        assert as_("head").get(REOPEN).status_code == 409


class TestCouncilDecision:
    def test_is_recorded_and_shown(self, as_: As, agreed: AnnualReport) -> None:
        response = as_("clerk").post(COUNCIL, DECISION, follow=True)
        assert "Записано: взято до відома: №12 від 20.02.2025." in words(response)
        assert "Взято до відома: №12 від 20.02.2025." in words(as_("auditor").get(JOURNAL))

    def test_the_same_one_twice_is_one(self, as_: As, agreed: AnnualReport) -> None:
        client = as_("clerk")
        client.post(COUNCIL, DECISION)
        again = client.post(COUNCIL, DECISION)
        assert (again.status_code, CouncilDecision.objects.count()) == (409, 1)
        assert "Таке рішення щодо цього звіту вже записано." in words(again)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"outcome": "burnt"},
            {"outcome": ""},
            {"number": ""},
            {"number": "9" * 61},
            {"date": "20.02.25х"},
            {"date": ""},
            {"date": "2999-01-01"},
            {"date": "2001-01-01"},
        ],
    )
    def test_what_cannot_be_recorded_keeps_what_was_typed(
        self, as_: As, agreed: AnnualReport, wrong: dict[str, str]
    ) -> None:
        typed = {**DECISION, **wrong}
        response = as_("clerk").post(COUNCIL, typed)
        assert response.status_code == 400
        assert f'value="{typed["number"]}"' in response.content.decode() or not typed["number"]
        assert not CouncilDecision.objects.exists()

    def test_only_about_an_agreed_report(self, as_: As, submitted: AnnualReport) -> None:
        response = as_("clerk").get(COUNCIL)
        assert response.status_code == 409
        assert as_("clerk").post(COUNCIL, DECISION).status_code == 409


# --- the report's page -------------------------------------------------------------------


def primary(response: HttpResponse) -> list[tuple[str, str]]:
    return re.findall(
        r'<a class="primary" href="([^"]*)"(?: download)?>([^<]*)</a>', response.content.decode()
    )


@pytest.mark.parametrize(
    ("state", "person", "actions"),
    [
        ("report", "clerk", [(ENTRY, "Внести показники")]),
        ("report", "head", [(ENTRY, "Внести показники")]),
        ("report", "auditor", []),
        ("report", "coexecutor", [(ENTRY.replace("entry", "contributions"), "Подати інформацію")]),
        ("submitted", "coexecutor", []),
        ("submitted", "clerk", []),
        ("submitted", "head", [(REVIEW, "Розглянути")]),
        ("returned", "clerk", [(ENTRY, "Внести показники")]),
        ("agreed", "head", [(f"{REPORT}editions/1/report.pdf", "Завантажити PDF для підпису")]),
        ("agreed", "clerk", [(f"{REPORT}editions/1/report.pdf", "Завантажити PDF для підпису")]),
        ("agreed", "auditor", []),
    ],
)
def test_the_next_step(
    as_: As, request: pytest.FixtureRequest, state: str, person: str, actions: list[tuple[str, str]]
) -> None:
    request.getfixturevalue(state)
    assert primary(as_(person).get(REPORT)) == actions


def test_reopening_is_offered_quietly_to_the_head(as_: As, agreed: AnnualReport) -> None:
    link = f'<a href="{REOPEN}">Відкрити для уточнення</a>'
    offered = {person: link in as_(person).get(REPORT).content.decode() for person in ("head", "clerk")}
    assert offered == {"head": True, "clerk": False}


def test_remarks_stand_on_the_page_of_those_who_mend(as_: As, returned: AnnualReport) -> None:
    page = as_("clerk").get(REPORT).content.decode()
    assert f'<a href="{ENTRY}#row-1.2">1.2</a>' in page
    assert "Скільки осіб?" in page
    assert "Скільки осіб?" not in as_("coexecutor").get(REPORT).content.decode()


def test_the_journal_tells_every_step(as_: As, returned: AnnualReport) -> None:
    text = words(as_("auditor").get(JOURNAL))
    assert text.index("Повернуто на доопрацювання") < text.index("Подано на погодження")
    assert "1.2: Скільки осіб?" in text
    assert "Перевірте підсумки." in text


# --- what waits for me -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "person", "task"),
    [
        ("submitted", "head", "Розглянути подання"),
        ("returned", "clerk", "Виправити за зауваженнями й подати знову"),
        ("report", "clerk", "Внести показники й подати на погодження"),
        ("report", "coexecutor", "Подати інформацію Департамент освіти"),
    ],
)
def test_the_number_in_the_bar_leads_to_what_waits(
    as_: As, request: pytest.FixtureRequest, state: str, person: str, task: str
) -> None:
    request.getfixturevalue(state)
    client = as_(person)
    assert "Чекає на мене: 1" in words(client.get("/"))
    assert task in words(client.get("/waiting/"))


@pytest.mark.parametrize("person", ["auditor", "system_admin", "stranger"])
def test_nothing_waits(as_: As, submitted: AnnualReport, person: str) -> None:
    client = as_(person)
    assert "Чекає на мене" not in words(client.get("/"))
    assert "Нічого не чекає." in words(client.get("/waiting/"))


# --- how much it costs -------------------------------------------------------------------


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


@pytest.mark.parametrize(
    ("path", "state", "person"),
    [
        (SUBMIT, "report", "clerk"),
        (REVIEW, "submitted", "head"),
        (FIRST, "submitted", "auditor"),
        (CHANGES, "submitted", "auditor"),
        (BRIEF, "report", "auditor"),
    ],
)
def test_queries_do_not_grow_with_measures(
    as_: As, request: pytest.FixtureRequest, path: str, state: str, person: str
) -> None:
    report: AnnualReport = request.getfixturevalue(state)
    ContributedAmount.objects.all().delete()
    Contribution.objects.all().delete()
    client = as_(person)
    whole = queries(client, path)
    kept = list(report.results.values_list("pk", flat=True)[:3])
    Amount.objects.filter(result__report=report).exclude(result__in=kept).delete()
    report.results.exclude(pk__in=kept).delete()
    assert queries(client, path) == whole


def test_queries_of_the_journal_do_not_grow_with_its_steps(
    as_: As, submitted: AnnualReport, clerk: User, head: User
) -> None:
    client = as_("auditor")
    few = queries(client, JOURNAL)
    return_for_revision(submitted, by=head, seen=submitted.version, remarks={None: "Ще раз."})
    submitting.submit(submitted, clerk)
    assert queries(client, JOURNAL) == few
