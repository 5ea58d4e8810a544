"""What a curious or hostile person tries, with nothing but an account or a link."""

import datetime
import re

import pytest
from django.contrib import admin
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from programs import demonstration
from programs.enums import AppointmentRole, ReportState
from programs.models import AnnualReport, Appointment, MeasureResult, Program, User
from tests import building
from tests.programs.admin_forms import opened

pytestmark = pytest.mark.django_db

REPORT = "/programs/1688-2019-12-18/2023/"
# Every box of the admin that completes what is typed.
COMPLETED = [
    ("program", "responsible"),
    ("task", "program"),
    ("measure", "task"),
    ("participation", "executor"),
    ("appointment", "executor"),
    ("annualreport", "program"),
    ("amount", "result"),
    ("measureresult", "measure"),
    ("appointment", "user"),
]


@pytest.fixture
def foreign(demo: Program) -> MeasureResult:
    """A row of a programme in which the demonstration's people have no part."""
    other = building.program(measures=1, responsible=building.executor("Інше управління"), number="77")
    return building.results(other)[0]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- reading what is not theirs ----------------------------------------------------------


def completed(user: User, model: str, field: str) -> str:
    """What the admin offers in a box, all of it; nothing where there is no such box for this person."""
    response = signed_in(user).get(
        reverse("admin:autocomplete"), {"app_label": "programs", "model_name": model, "field_name": field}
    )
    if response.status_code != 200:
        assert response.status_code in (302, 403, 404)
        return ""
    return " ".join(offered["text"] for offered in response.json()["results"])


@pytest.mark.parametrize(("model", "field"), COMPLETED)
@pytest.mark.parametrize("name", ["stranger", "system_admin", "clerk"])
def test_completion_tells_only_what_one_may_read(
    name: str, model: str, field: str, foreign: MeasureResult, request: pytest.FixtureRequest
) -> None:
    told = completed(request.getfixturevalue(name), model, field)
    assert not re.search("Програма 77|Завдання|Захід 1", told)
    assert not (name == "stranger" and told)


def test_completion_tells_of_all_programmes_to_whom_they_are_open(
    program_admin: User, foreign: MeasureResult
) -> None:
    assert "Програма 77" in completed(program_admin, "task", "program")
    assert "Завдання" in completed(program_admin, "measure", "task")


@pytest.mark.parametrize("name", ["stranger", "system_admin"])
def test_no_page_of_the_admin_tells_an_outsider_of_a_programme(
    name: str, report_2023: AnnualReport, request: pytest.FixtureRequest
) -> None:
    client = signed_in(request.getfixturevalue(name))
    row = report_2023.results.select_related("measure__task").first()
    objects = {
        "program": report_2023.program,
        "task": row.measure.task,
        "measure": row.measure,
        "annualreport": report_2023,
        "measureresult": row,
    }
    for model, obj in objects.items():
        pages = [reverse(f"admin:programs_{model}_{page}", args=[obj.pk]) for page in ("change", "history")]
        pages.append(reverse(f"admin:programs_{model}_changelist"))
        for page in pages:
            response = client.get(page)
            assert response.status_code in (302, 403, 404), page
            assert "рівних можливостей" not in response.content.decode()


@pytest.mark.parametrize("address", ["report_figures", "report_add_rows"])
def test_figures_of_another_programme_are_no_ones_business(
    address: str, clerk: User, foreign: MeasureResult
) -> None:
    client = signed_in(clerk)
    url = reverse(f"admin:{address}", args=[foreign.report_id])
    assert (client.get(url).status_code, client.post(url).status_code) == (404, 404)


@pytest.mark.parametrize("number", ["9" * 30, "٣", "-1", "1 OR 1=1", "%00"])
def test_a_number_of_no_report_is_no_page(number: str, clerk: User) -> None:
    response = signed_in(clerk).get(f"/admin/programs/annualreport/{number}/figures/")
    assert response.status_code in (400, 404)


@pytest.mark.parametrize(
    "lookup",
    ["responsible__appointments__user__password__startswith", "reports__created_by__password__contains"],
)
def test_a_list_is_not_searched_by_what_it_does_not_show(lookup: str, clerk: User) -> None:
    response = signed_in(clerk).get(reverse("admin:programs_program_changelist"), {lookup: "p"})
    assert response.status_code in (302, 400)


def test_accounts_are_not_searched_by_their_passwords(system_admin: User) -> None:
    url = reverse("admin:programs_user_changelist")
    assert signed_in(system_admin).get(url, {"password__startswith": "p"}).status_code in (302, 400)


# --- writing what is not theirs ----------------------------------------------------------


def test_nothing_but_the_shown_fields_is_taken(clerk: User, auditor: User, report_2024: AnnualReport) -> None:
    page = opened(clerk, "annualreport_change", report_2024.pk)
    before = AnnualReport.objects.values("is_demonstration", "state", "created_by", "year", "program").get(
        pk=report_2024.pk
    )

    response = page.send(
        department_text="Інша назва",
        is_demonstration="",
        state=ReportState.AGREED,
        created_by=str(auditor.pk),
        year="2031",
        program="",
        version="99",
    )

    assert response.status_code in (200, 302)
    assert (
        AnnualReport.objects.values("is_demonstration", "state", "created_by", "year", "program").get(
            pk=report_2024.pk
        )
        == before
    )


def test_nobody_names_a_programme_as_they_like(program_admin: User, demo: Program) -> None:
    opened(program_admin, "program_change", demo.pk).send(public_id="1-2000-01-01", budget_codes="0611010")
    demo.refresh_from_db()
    assert (demo.public_id, demo.budget_codes) == ("1688-2019-12-18", "0611010")


def test_a_demonstration_account_is_not_made_by_hand(system_admin: User) -> None:
    user = building.user("nova")
    opened(system_admin, "user_change", user.pk).send(is_demo="on", is_superuser="on", email="a@b.ua")
    user.refresh_from_db()
    assert (user.is_demo, user.email) == (False, "a@b.ua")


def test_a_list_deletes_nothing(program_admin: User, demo: Program) -> None:
    client = signed_in(program_admin)
    for model in admin.site._registry:
        name = model._meta.model_name
        obj = model._default_manager.first()
        if obj is not None and model._meta.app_label == "programs":
            data = {"action": "delete_selected", "_selected_action": [obj.pk], "post": "yes"}
            client.post(reverse(f"admin:programs_{name}_changelist"), data)
            assert model._default_manager.filter(pk=obj.pk).exists()


@pytest.mark.parametrize("name", ["auditor", "system_admin", "stranger"])
def test_rows_are_added_only_by_those_who_may(
    name: str, report_2024: AnnualReport, request: pytest.FixtureRequest
) -> None:
    task = report_2024.program.tasks.get(number=1)
    building.measure(task, 99)
    client = signed_in(request.getfixturevalue(name))
    response = client.post(reverse("admin:report_add_rows", args=[report_2024.pk]))
    assert response.status_code in (302, 403, 404)
    assert not report_2024.results.filter(measure__number=99).exists()


@pytest.mark.parametrize(
    "url",
    ["/sign-in/", "/sign-out/", "/demo-sign-in/", "/admin/programs/annualreport/1/figures/"],
)
@override_settings(DEMO=True)
def test_a_post_from_another_site_is_refused(url: str, clerk: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(clerk)
    assert client.post(url, {"account": demonstration.AUDITOR}).status_code == 403


# --- time --------------------------------------------------------------------------------

DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("starts", "ends", "may"),
    [
        pytest.param(-9 * DAY, -DAY, False, id="ended yesterday"),
        pytest.param(-9 * DAY, 0 * DAY, True, id="ends today"),
        pytest.param(0 * DAY, None, True, id="starts today"),
        pytest.param(DAY, None, False, id="starts tomorrow"),
    ],
)
def test_an_appointment_counts_by_the_day(
    starts: datetime.timedelta, ends: datetime.timedelta | None, may: bool, report_2024: AnnualReport
) -> None:
    today = timezone.localdate()
    person = building.user("osoba")
    Appointment.objects.create(
        user=person,
        executor=report_2024.program.responsible,
        role=AppointmentRole.HEAD,
        starts_on=today + starts,
        ends_on=None if ends is None else today + ends,
    )
    client = signed_in(person)
    assert (client.get(REPORT).status_code == 200) is may
    page = client.get(reverse("admin:programs_annualreport_change", args=[report_2024.pk]))
    assert (page.status_code == 200) is may


def test_a_session_ends_with_its_account(clerk: User) -> None:
    client = signed_in(clerk)
    assert client.get(REPORT).status_code == 200
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert client.get(REPORT)["Location"].startswith("/sign-in/")


def test_a_one_click_session_ends_with_the_demonstration_mode(demo: Program) -> None:
    client = Client()
    with override_settings(DEMO=True):
        client.post("/demo-sign-in/", {"account": demonstration.SYSTEM_ADMIN})
        assert client.get("/").status_code == 200
    assert client.get("/")["Location"].startswith("/sign-in/")


# --- the door and the headers ------------------------------------------------------------


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https:example.com",
        "///example.com",
        "/\\example.com",
        "\\\\example.com",
        "javascript:alert(1)",
        "http:///example.com",
        " //example.com",
        "/\t/example.com",
    ],
)
@override_settings(DEMO=True)
def test_signing_in_never_leads_to_another_site(elsewhere: str, demo: Program) -> None:
    response = Client().post("/demo-sign-in/", {"account": demonstration.AUDITOR, "next": elsewhere})
    assert response["Location"] == "/"


def test_another_host_is_not_answered(demo: Program) -> None:
    assert Client().get("/sign-in/", headers={"host": "example.com"}).status_code == 400


@pytest.mark.parametrize("path", ["/sign-in/", "/admin/", REPORT, "/no-such-page/"])
def test_no_page_stands_in_a_frame_of_another(path: str, auditor: User) -> None:
    response = signed_in(auditor).get(path)
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


HOSTILE = {
    "html": "<script>alert(1)</script>",
    "css": "</style><style>*{display:none}</style>",
    "attribute": '" onmouseover="alert(1)',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_was_typed_is_text_on_every_page(text: str, auditor: User, report_2023: AnnualReport) -> None:
    program = report_2023.program
    row = report_2023.results.select_related("measure__task").first()
    for obj, field in (
        (program, "title"),
        (program, "kind"),
        (row.measure, "title"),
        (row.measure, "executors_text"),
        (row.measure.task, "text"),
        (row, "narrative"),
        (program.responsible, "official_name"),
        (report_2023.signatories.first(), "post"),
    ):
        type(obj)._base_manager.filter(pk=obj.pk).update(**{field: text})
    client = signed_in(auditor)
    pages = [
        "/",
        "/programs/1688-2019-12-18/",
        REPORT,
        f"{REPORT}report.html",
        reverse("admin:programs_annualreport_change", args=[report_2023.pk]),
        reverse("admin:programs_annualreport_changelist"),
        reverse("admin:programs_measure_change", args=[row.measure_id]),
        reverse("admin:programs_task_changelist"),
    ]

    assert [page for page in pages if text in client.get(page).content.decode()] == []
