"""Who may open, add, change and delete what."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from programs.models import AnnualReport, Appointment, MeasureResult, Program, User
from tests import building

from .admin_forms import Page, opened

pytestmark = pytest.mark.django_db

PEOPLE = ["clerk", "head", "auditor", "program_admin", "system_admin"]
FIGURES = {"program", "task", "measure", "fundingsource", "annualreport"}
MODELS = FIGURES | {"executor", "appointment", "user"}

READS = {
    "clerk": FIGURES | {"executor"},
    "head": FIGURES | {"executor"},
    "auditor": FIGURES | {"executor", "appointment"},
    "program_admin": FIGURES | {"executor", "appointment"},
    "system_admin": {"executor", "appointment", "user"},
}
ADDS = {
    "clerk": set(),
    "head": set(),
    "auditor": set(),
    "program_admin": FIGURES | {"executor", "appointment"},
    "system_admin": {"appointment", "user"},
}


@pytest.fixture(params=PEOPLE)
def who(request: pytest.FixtureRequest) -> tuple[str, Client]:
    client = Client()
    client.force_login(request.getfixturevalue(request.param))
    return request.param, client


@pytest.mark.parametrize("model", sorted(MODELS))
def test_lists_are_open_to_whoever_may_read_them(who: tuple[str, Client], model: str) -> None:
    name, client = who

    response = client.get(reverse(f"admin:programs_{model}_changelist"))

    assert response.status_code == (200 if model in READS[name] else 403)


@pytest.mark.parametrize("model", sorted(MODELS))
def test_adding_is_open_to_whoever_may_add(who: tuple[str, Client], model: str) -> None:
    name, client = who

    response = client.get(reverse(f"admin:programs_{model}_add"))

    assert response.status_code == (200 if model in ADDS[name] else 403)


def test_the_index_shows_only_what_may_be_seen(who: tuple[str, Client]) -> None:
    name, client = who

    apps = client.get(reverse("admin:index")).context["app_list"]

    assert {model["object_name"].lower() for app in apps for model in app["models"]} == READS[name]


def test_nobody_deletes(who: tuple[str, Client]) -> None:
    _, client = who
    for model in admin.site._registry:
        obj = model._default_manager.first()
        if obj is not None:
            url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_delete", args=[obj.pk])
            assert client.post(url, {"post": "yes"}).status_code in (302, 403, 404)
            assert model._default_manager.filter(pk=obj.pk).exists()


def test_a_reader_gets_a_page_without_buttons(auditor: User, demo: Program) -> None:
    measure = demo.tasks.get(number=1).measures.get(number=1)
    for name, pk in (("program", demo.pk), ("measure", measure.pk), ("executor", demo.responsible_id)):
        page = Page(auditor, f"{name}_change", pk)

        text = page.open().content.decode()

        assert 'name="_save"' not in text
        assert page.client.post(page.url, {"title": "x"}).status_code == 403


def test_a_stranger_is_not_let_in(stranger: User) -> None:
    client = Client()
    client.force_login(stranger)

    assert client.get(reverse("admin:index")).status_code in (302, 403)


@pytest.mark.parametrize("name", ["program", "task", "measure", "annualreport", "measureresult"])
def test_a_clerk_sees_only_the_own_programmes(clerk: User, demo: Program, name: str) -> None:
    foreign = building.program(measures=1, responsible=building.executor("Інше управління"), number="77")
    row = building.results(foreign)[0]
    objects = {
        "program": foreign,
        "task": row.measure.task,
        "measure": row.measure,
        "annualreport": row.report,
        "measureresult": row,
    }
    client = Client()
    client.force_login(clerk)

    changed = client.get(reverse(f"admin:programs_{name}_change", args=[objects[name].pk]))
    history = client.get(reverse(f"admin:programs_{name}_history", args=[objects[name].pk]))

    assert changed.status_code == 302
    assert history.status_code == 404
    if name != "measureresult":
        listed = client.get(reverse(f"admin:programs_{name}_changelist")).context["cl"].result_list
        assert objects[name] not in list(listed)


def test_an_old_state_can_be_looked_at_only_in_the_list_of_changes(auditor: User, demo: Program) -> None:
    record = demo.history.first()
    client = Client()
    client.force_login(auditor)
    url = reverse("admin:programs_program_simple_history", args=[demo.pk, record.pk])

    assert client.get(url).status_code == 404
    assert client.post(url, {"title": "x"}).status_code == 404
    assert client.get(reverse("admin:programs_program_history", args=[demo.pk])).status_code == 200


@pytest.mark.parametrize(("name", "status"), [("clerk", 403), ("system_admin", 403), ("auditor", 200)])
def test_lists_leave_only_with_those_who_may_take_them(
    name: str, status: int, request: pytest.FixtureRequest
) -> None:
    client = Client()
    client.force_login(request.getfixturevalue(name))

    assert client.get(reverse("admin:programs_executor_export")).status_code == status


def test_nothing_is_imported_here() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("admin:programs_executor_import")


# --- accounts and appointments -----------------------------------------------------------


def test_an_account_is_made_with_a_password(system_admin: User) -> None:
    page = opened(system_admin, "user_add")

    response = page.send(
        username="nova",
        given_name="Нова",
        family_name="Людина",
        password1="довгий-пароль-2025",
        password2="довгий-пароль-2025",
    )

    user = User.objects.get(username="nova")
    assert response.status_code == 302
    assert user.check_password("довгий-пароль-2025")
    assert (user.is_auditor, user.is_program_admin, user.is_system_admin) == (False, False, False)


def test_a_new_account_is_asked_for_in_ukrainian(system_admin: User) -> None:
    text = Page(system_admin, "user_add").open().content.decode()

    assert "After you" not in text
    assert "Домівка" not in text


def test_a_password_is_changed_and_never_shown(system_admin: User) -> None:
    user = building.user("nova")
    user.set_password("старий-пароль-2025")
    user.save()
    page = Page(system_admin, "user_change", user.pk)

    text = page.open().content.decode()
    changing = page.client.post(
        reverse("admin:auth_user_password_change", args=[user.pk]),
        {"password1": "новий-пароль-2025", "password2": "новий-пароль-2025"},
    )

    assert user.password not in text
    assert changing.status_code == 302
    user.refresh_from_db()
    assert user.check_password("новий-пароль-2025")


def test_nobody_locks_themselves_out(system_admin: User) -> None:
    page = opened(system_admin, "user_change", system_admin.pk)
    del page.fields["is_active"]

    assert "Себе самого вимкнути не можна" in page.send().content.decode()


def test_a_role_is_given(system_admin: User) -> None:
    user = building.user("nova")

    opened(system_admin, "user_change", user.pk).send(is_auditor="on")

    user.refresh_from_db()
    assert user.is_auditor


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"role": "acting_head"}, "Для в. о. керівника вкажіть номер і дату розпорядчого документа."),
        ({"ends_on": "01.01.2020"}, "Призначення не може закінчитися раніше, ніж почалося."),
    ],
)
def test_a_wrong_appointment_is_refused_in_words(
    program_admin: User, typed: dict[str, str], sentence: str
) -> None:
    page = opened(program_admin, "appointment_add")
    page.fields |= {
        "user": str(building.user("nova").pk),
        "executor": str(building.executor().pk),
        "role": "head",
        "starts_on": "01.02.2024",
    }
    before = Appointment.objects.count()

    assert sentence in page.type(typed).content.decode()
    assert Appointment.objects.count() == before


def test_results_have_no_form_of_their_own(program_admin: User, report_2024: AnnualReport) -> None:
    row = MeasureResult.objects.filter(report=report_2024).first()
    assert row is not None
    page = opened(program_admin, "measureresult_change", row.pk)

    assert page.client.post(page.url, {"narrative": "x"}).status_code == 403
