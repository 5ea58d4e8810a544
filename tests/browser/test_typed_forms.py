"""Forms whose typed words nobody keeps: leaving them is asked about, and no ended session takes them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from programs.importing.examination import Examination, Line, LineState, Question
from programs.models import Decision, PlannedFunding, Program
from tests import building
from tests.programs.importing.names_kind import NamesKind, put_in_place

pytestmark = pytest.mark.browser


@pytest.fixture
def decision(portal: str, demo: Program) -> Decision:
    return building.decision(demo, "812", "2024-06-20")


@pytest.fixture
def plan_form(sign_in: Callable[..., Page], decision: Decision) -> Page:
    page = sign_in("адміністратор програм")
    page.goto(f"/programs/{decision.program.public_id}/decisions/{decision.pk}/?year=2024")
    return page


def asked_when_leaving(page: Page) -> str:
    """Try to go to the list of programmes, and stay."""
    page.once("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as asked:
        page.get_by_role("link", name="Програми", exact=True).first.click(no_wait_after=True)
    return str(asked.value.type)


def test_leaving_typed_figures_of_a_decision_is_asked_about_and_saving_is_not(
    plan_form: Page, decision: Decision, complaints: list[str]
) -> None:
    field = plan_form.locator(".plan-sheet input:not([type=hidden])").first
    field.press_sequentially("7")
    assert asked_when_leaving(plan_form) == "beforeunload"

    expect(field).to_have_value("7")
    plan_form.get_by_role("button", name="Зберегти план на 2024 рік").click()
    expect(plan_form.locator(".messages")).to_contain_text("Збережено")
    assert PlannedFunding.objects.filter(decision=decision, amount=7).count() == 1
    assert complaints == []


def test_figures_typed_into_an_ended_session_stay_on_the_page(plan_form: Page, decision: Decision) -> None:
    field = plan_form.locator(".plan-sheet input:not([type=hidden])").first
    field.press_sequentially("7")
    plan_form.context.clear_cookies(name="sessionid")
    plan_form.get_by_role("button", name="Зберегти план на 2024 рік").click()

    expect(plan_form.get_by_role("alert")).to_contain_text("Ви вийшли з порталу, тому нічого не записано.")
    expect(field).to_have_value("7")


def test_leaving_typed_answers_of_an_import_is_asked_about_and_saving_is_not(
    sign_in: Callable[..., Page], complaints: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = put_in_place(monkeypatch)

    def examine(book: object, *, by: object, answers: dict[str, str]) -> Examination:
        asked = Question("why", "Чому?", answer=answers.get("why", ""))
        line = Line("назва", LineState.NEW)
        return Examination(NamesKind.KIND, "Назви", (line,), (), (asked,), basis={}, work="")

    monkeypatch.setattr(kind, "examine", examine)
    page = sign_in("відповідальна особа")
    page.goto("/imports/")
    content = {"name": "назви.csv", "mimeType": "text/csv", "buffer": "назва\nІнша\n".encode()}
    page.set_input_files("#file", content)
    page.get_by_role("button", name="Прочитати й показати").click()
    field = page.get_by_label("Чому?")
    field.press_sequentially("Так")
    assert asked_when_leaving(page) == "beforeunload"

    page.get_by_role("button", name="Зберегти відповіді й показати ще раз").click()
    expect(page.locator("#answer-suggested-1[value='Так']")).to_be_visible()
    assert complaints == []
