"""The portal's pages as a browser without eyes gets them: who sees what, and what stands on it."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programs import demonstration
from programs.enums import ReportState
from programs.models import Amount, AnnualReport, Program, User
from reporting import fonts, renderers
from tests import building

PROGRAM = "/programs/1688-2019-12-18/"
REPORT = PROGRAM + "2023/"
PAGES = ["/", "/programs/", PROGRAM, REPORT, PROGRAM + "2024/"]
READERS = ["clerk", "head", "auditor", "program_admin"]
OUTSIDERS = ["stranger", "system_admin"]


@pytest.fixture
def as_(client: Client, request: pytest.FixtureRequest, db: None):
    """A client signed in as the person of that fixture's name."""

    def signed_in(name: str) -> Client:
        client.force_login(request.getfixturevalue(name))
        return client

    return signed_in


def words(response: HttpResponse) -> str:
    """The page's text as a reader meets it: no tags, single spaces."""
    text = unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return " ".join(text.split())


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


class TestWhoSeesWhat:
    def test_nobody_without_signing_in(self, client: Client, demo: Program) -> None:
        for path in (*PAGES, REPORT + "report.pdf", "/admin/"):
            response = client.get(path, follow=True)
            assert response.redirect_chain[-1][0].replace("%2F", "/") == f"/sign-in/?next={path}"
            assert "Вхід до порталу" in words(response), path

    @pytest.mark.parametrize("person", READERS)
    def test_readers_see_every_page(self, as_, person: str) -> None:
        client = as_(person)
        for path in PAGES:
            response = client.get(path)
            assert response.status_code == 200, path
            assert "територія рівних можливостей" in words(response), path

    @pytest.mark.parametrize("person", OUTSIDERS)
    def test_outsiders_see_an_empty_list_and_no_such_page(self, as_, person: str) -> None:
        client = as_(person)
        for path in ("/", "/programs/"):
            assert client.get(path).status_code == 200, path
            assert "рівних можливостей" not in words(client.get(path)), path
        for path in (PROGRAM, REPORT, REPORT + "report.pdf", REPORT + "report.json"):
            response = client.get(path)
            assert response.status_code == 404, path
            assert "рівних можливостей" not in words(response), path

    def test_a_coexecutor_sees_the_programme(self, client: Client, demo: Program) -> None:
        participant = building.appointed(building.user("kultura"), building.executor("Управління культури"))
        client.force_login(participant)
        assert client.get(REPORT).status_code == 200

    @pytest.mark.parametrize(("person", "offered"), [("clerk", True), ("head", True), ("auditor", False)])
    def test_editing_is_offered_to_those_who_may(
        self, as_, report_2024: AnnualReport, person: str, offered: bool
    ) -> None:
        page = as_(person).get(PROGRAM + "2024/").content.decode()
        link = reverse("admin:programs_annualreport_change", args=[report_2024.pk])
        assert (link in page) is offered

    def test_no_editing_once_the_report_waits_for_approval(self, as_, report_2024: AnnualReport) -> None:
        AnnualReport.objects.filter(pk=report_2024.pk).update(state=ReportState.ON_APPROVAL)
        text = words(as_("clerk").get(PROGRAM + "2024/"))
        assert "На погодженні" in text
        assert "Внести показники" not in text


class TestEmptyPages:
    def test_the_system_administrator_is_led_to_the_accounts(self, as_) -> None:
        response = as_("system_admin").get("/programs/")
        assert "Системний адміністратор показників програм не бачить" in words(response)
        assert reverse("admin:programs_user_changelist") in response.content.decode()

    def test_a_person_without_appointment_is_told_whom_to_ask(self, as_) -> None:
        assert "Попросіть адміністратора програм" in words(as_("stranger").get("/programs/"))

    def test_a_programme_without_reports(self, as_) -> None:
        client = as_("auditor")
        made = building.program(measures=1)
        text = words(client.get(f"/programs/{made.public_id}/"))
        assert "Звітів за цією програмою ще немає" in text

    def test_a_task_without_measures_is_shown_all_the_same(self, as_) -> None:
        client = as_("auditor")
        program = building.program()
        text = words(client.get(f"/programs/{program.public_id}/"))
        assert "Завдання" in text
        assert "Заходів цього завдання ще не внесено." in text

    def test_a_programme_without_its_decision_is_listed_without_link(self, as_) -> None:
        client = as_("auditor")
        program = Program.objects.create(
            kind="міська програма",
            title="Без рішення",
            start_year=2024,
            end_year=2026,
            responsible=building.executor(),
        )
        assert program.public_id is None
        assert "Рішення про затвердження ще не внесено" in words(client.get("/programs/"))


class TestProgramPage:
    def test_passport_and_years(self, as_) -> None:
        text = words(as_("auditor").get(PROGRAM))
        for part in ("Цільова соціальна програма", "2020–2025 роки", "№ 1688 від 18.12.2019"):
            assert part in text
        assert "228,3 60,0 30,0 90,0" in text
        assert "Надруковано 90,0 %, за підсумками виходить 13,1 %" in text
        assert "318,9 195,6 155,7 48,8" in text

    def test_measures_stand_in_their_order(self, as_) -> None:
        text = words(as_("auditor").get(PROGRAM))
        assert text.index(" 2.9 ") < text.index(" 2.10 ") < text.index(" 3.1 ")


class TestReportPage:
    def test_the_transcribed_report_names_its_own_error(self, as_) -> None:
        text = words(as_("auditor").get(REPORT))
        assert "228,3 60,0 30,0 90,0" in text
        assert "Надруковано 90,0 %; за підсумками таблиці виходить 13,1 %" in text
        assert "Перенесено з паперового звіту" in text
        assert "Демонстраційні дані" not in text
        assert "ПРОЄКТ" not in text

    def test_the_demonstration_year(self, as_) -> None:
        text = words(as_("auditor").get(PROGRAM + "2024/"))
        assert "Демонстраційні дані" in text
        assert "до 5 січня 2025 року" in text
        assert "ПРОЄКТ" in text
        assert "Підсумковий відсоток не сходиться" not in text

    def test_what_is_not_there_is_said_in_ukrainian(self, as_) -> None:
        client = as_("auditor")
        for path in (
            f"{PROGRAM}2031/",
            f"{PROGRAM}99999999999999999999999/",
            f"{REPORT}report.odt",
            f"{REPORT}report.__init__",
            f"{PROGRAM}2031/report.pdf",
            "/programs/no-such-program/",
            "/programs/no-such-program/2023/",
            "/nothing/",
        ):
            response = client.get(path)
            assert response.status_code == 404, path
            assert "Такої сторінки немає" in words(response), path

    def test_a_missing_year_is_named(self, as_) -> None:
        assert "Звіту цієї програми за 2031 рік немає." in words(as_("auditor").get(PROGRAM + "2031/"))

    def test_queries_do_not_grow_with_measures(self, as_, report_2023: AnnualReport) -> None:
        client = as_("auditor")
        assert queries(client, REPORT) == 26
        kept = report_2023.results.values_list("pk", flat=True)[:3]
        Amount.objects.filter(result__report=report_2023).exclude(result__in=list(kept)).delete()
        report_2023.results.exclude(pk__in=list(kept)).delete()
        assert words(client.get(REPORT)).count("2020-2025") < 10
        assert queries(client, REPORT) == 26

    def test_queries_of_the_programme_do_not_grow_with_years(self, as_) -> None:
        client = as_("auditor")
        made = building.program(measures=1)
        path = f"/programs/{made.public_id}/"
        building.results(made, 2023)
        assert queries(client, path) == 22
        for year in (2022, 2024):
            building.results(made, year)
        assert queries(client, path) == 22


class TestFiles:
    @pytest.mark.parametrize("form", renderers.FORMATS.values(), ids=lambda form: form.name)
    def test_each_format_comes_as_a_named_file(self, as_, form: renderers.Format) -> None:
        response = as_("auditor").get(f"{REPORT}report.{form.name}")
        assert response.status_code == 200
        assert response["Content-Type"] == form.content_type
        assert response["Content-Disposition"] == (
            f'attachment; filename="Zvit_1688-2019-12-18_2023.{form.name}"'
        )
        assert response["X-Content-Type-Options"] == "nosniff"
        assert int(response["Content-Length"]) == len(response.content) > 1000

    def test_the_page_links_to_every_format(self, as_) -> None:
        page = as_("auditor").get(REPORT).content.decode()
        for name in renderers.FORMATS:
            assert f'href="{REPORT}report.{name}"' in page

    def test_a_failure_is_never_sent_as_a_file(self, as_, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*args: object) -> bytes:
            raise RuntimeError("no paper")

        client = as_("auditor")
        client.raise_request_exception = False
        monkeypatch.setattr(renderers, "render", fail)
        response = client.get(REPORT + "report.pdf")
        assert response.status_code == 500
        assert "Щось зламалося на боці порталу" in words(response)
        assert "Content-Disposition" not in response

    def test_a_machine_that_cannot_print_says_what_it_lacks(
        self, as_, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fonts, "PANGO_LIBRARIES", ("libnowhere.so.9",))
        response = as_("auditor").get(REPORT + "report.pdf")
        assert response.status_code == 503
        assert "бракує бібліотек: libnowhere.so.9" in words(response)


class TestTheDoor:
    PASSWORD = "довгий-пароль-2024"

    @pytest.fixture
    def person(self, clerk: User) -> User:
        clerk.set_password(self.PASSWORD)
        clerk.save()
        return clerk

    def test_signing_in_leads_where_one_was_going(self, client: Client, person: User) -> None:
        response = client.post(
            "/sign-in/", {"username": person.username, "password": self.PASSWORD, "next": REPORT}
        )
        assert response["Location"] == REPORT

    @pytest.mark.parametrize(
        "elsewhere", ["https://example.com/", "//example.com", "/sign-in/", "/sign-out/"]
    )
    def test_signing_in_leads_nowhere_else(self, client: Client, person: User, elsewhere: str) -> None:
        data = {"username": person.username, "password": self.PASSWORD, "next": elsewhere}
        assert client.post("/sign-in/", data)["Location"] == "/"
        # And who is signed in already goes in no circle.
        assert client.get("/sign-in/", {"next": elsewhere})["Location"] == "/"

    def test_a_wrong_password_is_said_kindly(self, client: Client, person: User) -> None:
        response = client.post("/sign-in/", {"username": person.username, "password": "ні"})
        assert "Ім’я користувача або пароль не підходять" in words(response)

    def test_signing_out_is_by_post(self, as_) -> None:
        client = as_("clerk")
        assert client.get("/sign-out/").status_code == 405
        assert client.post("/sign-out/")["Location"] == "/sign-in/"
        assert client.get("/").status_code == 302

    def test_the_admin_has_no_door_of_its_own(self, client: Client, person: User) -> None:
        response = client.get("/admin/login/", {"next": "/admin/"})
        assert response["Location"] == reverse("sign_in", query={"next": "/admin/"})
        data = {"username": person.username, "password": self.PASSWORD}
        assert client.post("/admin/login/", data).status_code == 302
        assert "_auth_user_id" not in client.session

    def test_who_may_not_enter_the_admin_is_told_so(self, as_) -> None:
        response = as_("stranger").get("/admin/", follow=True)
        assert response.status_code == 403
        assert "попросіть адміністратора програм" in words(response)


class TestDemonstrationMode:
    @pytest.fixture
    def demo_mode(self, demo: Program) -> Iterator[None]:
        with override_settings(DEMO=True):
            yield

    @pytest.mark.parametrize("username", demonstration.ACCOUNTS)
    def test_one_click_signs_in(self, client: Client, demo_mode: None, username: str) -> None:
        response = client.post("/demo-sign-in/", {"account": username, "next": REPORT})
        assert response["Location"] == REPORT
        assert client.session["_auth_user_id"] == str(User.objects.get(username=username).pk)

    def test_the_page_offers_the_roles(self, client: Client, demo_mode: None) -> None:
        text = words(client.get("/sign-in/"))
        for role in ("відповідальна особа", "керівник", "аудитор", "адміністратор програм"):
            assert f"Увійти як {role}" in text
        assert "демонстраційні облікові записи" in text

    def test_without_accounts_it_says_how_to_make_them(self, client: Client, db: None) -> None:
        with override_settings(DEMO=True):
            assert "manage.py demo" in words(client.get("/sign-in/"))

    def test_only_demonstration_accounts(self, client: Client, demo_mode: None, stranger: User) -> None:
        assert client.post("/demo-sign-in/", {"account": stranger.username}).status_code == 404
        assert "_auth_user_id" not in client.session

    def test_a_switched_off_account_does_not_open(self, client: Client, demo_mode: None, clerk: User) -> None:
        User.objects.filter(pk=clerk.pk).update(is_active=False)
        assert client.post("/demo-sign-in/", {"account": clerk.username}).status_code == 404

    def test_never_leads_out_of_the_portal(self, client: Client, demo_mode: None) -> None:
        data = {"account": demonstration.AUDITOR, "next": "https://example.com/"}
        assert client.post("/demo-sign-in/", data)["Location"] == "/"

    @override_settings(DEMO=False)
    def test_nothing_of_it_exists_in_production(self, client: Client, demo: Program) -> None:
        page = client.get("/sign-in/").content.decode()
        assert "demo" not in page
        assert "Увійти як" not in page
        assert client.post("/demo-sign-in/", {"account": demonstration.AUDITOR}).status_code == 404
        assert client.get("/demo-sign-in/").status_code == 404
        assert "_auth_user_id" not in client.session


class TestService:
    def test_the_health_check_needs_no_account(self, client: Client, db: None) -> None:
        response = client.get("/healthz/")
        assert (response.status_code, response.content) == (200, b"ok")

    def test_the_health_check_fails_with_the_database(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*args: object) -> None:
            raise OperationalError("gone")

        monkeypatch.setattr("reporting.views.service.connection.cursor", refuse)
        assert client.get("/healthz/").status_code == 503

    def test_nothing_is_kept_by_proxies(self, as_) -> None:
        client = as_("auditor")
        for path in (*PAGES, REPORT + "report.csv", "/nothing/"):
            assert {"private", "no-store"} <= set(client.get(path)["Cache-Control"].split(", ")), path

    def test_a_forged_form_is_refused_in_ukrainian(self, demo: Program) -> None:
        response = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "x", "password": "y"})
        assert response.status_code == 403
        assert "Сторінка застаріла, нічого не збережено" in words(response)

    def test_the_failure_page_asks_the_database_nothing(self, as_, monkeypatch: pytest.MonkeyPatch) -> None:
        """The database goes away under a signed-in user: the page must still come."""
        client = as_("auditor")
        client.raise_request_exception = False

        def gone(*args: object, **kwargs: object) -> None:
            raise OperationalError("gone")

        monkeypatch.setattr("reporting.views.start.signed_in", gone)
        monkeypatch.setattr("django.contrib.auth.get_user", gone)
        response = client.get("/")
        assert response.status_code == 500
        assert "Щось зламалося на боці порталу" in words(response)

    def test_no_inline_scripts_or_styles(self, as_) -> None:
        client = as_("auditor")
        for path in (*PAGES, "/nothing/"):
            response = client.get(path)
            inline = r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+="
            assert not re.search(inline, response.content.decode()), path
            assert "default-src 'none'" in response["Content-Security-Policy"], path

    def test_every_page_has_a_title_of_its_own(self, as_) -> None:
        client = as_("auditor")
        titles = {re.search(r"<title>(.*?)</title>", client.get(path).content.decode())[1] for path in PAGES}
        assert len(titles) == len(PAGES)
        assert all(title.endswith(" – Звіт") for title in titles)
