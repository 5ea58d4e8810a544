"""Signing in with a second factor, being locked out, sessions that end, and what an administrator mends."""

import datetime
import re
import time
from html import unescape

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.checks import run_checks
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from pytest_django import Settings

from programs import demonstration, permissions
from programs.enums import AppointmentRole
from programs.models import Program, User
from reporting.middleware import SessionLifetimeMiddleware
from tests import building
from tests.programs.admin_forms import opened

pytestmark = pytest.mark.django_db

PASSWORD = "довгий-пароль-2025"
ACTIVATE = "/account/codes/activate/"
TODAY = timezone.localdate
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def fresh_counts(db: None) -> None:
    """Counts of wrong codes are kept by account, and a later test's account may have the same number."""
    cache.clear()


@pytest.fixture
def codes_required(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def worker() -> User:
    """Needs no second factor."""
    return with_password(building.appointed(building.user("pratsivnyk"), building.executor()))


@pytest.fixture
def chief() -> User:
    """Needs one, and has none yet."""
    return with_password(
        building.appointed(building.user("kerivnyk"), building.executor(), AppointmentRole.HEAD)
    )


@pytest.fixture
def protected(chief: User) -> tuple[User, str]:
    """Needs a second factor and has it; with its secret."""
    secret = generate_totp_secret()
    TOTP.activate(chief, secret)
    return chief, secret


def code(secret: str, *, steps: int = 0) -> str:
    """What the telephone shows now, or so many half-minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def sign_in(client: Client, user: User, password: str = PASSWORD, **more: str) -> HttpResponse:
    return client.post("/sign-in/", {"username": user.username, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session and client.get("/").status_code == 200


def words(response: HttpResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


class TestFirstTime:
    """Whoever needs a second factor and has none is led to it before anything else."""

    @pytest.mark.parametrize("path", ["/", "/admin/", "/account/password/", "/account/codes/"])
    def test_every_page_leads_there(
        self, client: Client, chief: User, codes_required: None, path: str
    ) -> None:
        client.force_login(chief)
        response = client.get(path)
        assert (response.status_code, response["Location"]) == (302, ACTIVATE)

    def test_a_row_being_saved_is_refused_with_a_sentence(
        self, client: Client, chief: User, codes_required: None
    ) -> None:
        client.force_login(chief)
        response = client.post("/", headers={"HX-Request": "true"})
        assert response.status_code == 403
        assert "Нічого не збережено: спершу потрібен одноразовий код." in response.content.decode()

    @pytest.mark.parametrize("path", ["/sign-in/", "/healthz/"])
    def test_what_needs_no_account_stays_open(
        self, client: Client, chief: User, codes_required: None, path: str
    ) -> None:
        client.force_login(chief)
        assert client.get(path).get("Location") != ACTIVATE

    def test_one_may_leave(self, client: Client, chief: User, codes_required: None) -> None:
        client.force_login(chief)
        assert client.post("/sign-out/")["Location"] == "/sign-in/"
        assert "_auth_user_id" not in client.session

    def test_the_secret_stands_as_a_picture_and_as_text(
        self, client: Client, chief: User, codes_required: None
    ) -> None:
        sign_in(client, chief)
        page = client.get(ACTIVATE).content.decode()
        secret = client.session["mfa.totp.secret"]
        assert f'<p class="secret" id="secret">{secret}</p>' in page
        assert 'src="data:image/svg+xml;base64,' in page
        assert "style=" not in page
        assert "<script" not in page

    def test_from_the_door_to_the_recovery_codes(
        self, client: Client, chief: User, codes_required: None
    ) -> None:
        assert sign_in(client, chief)["Location"] == "/"
        client.get(ACTIVATE)
        secret = client.session["mfa.totp.secret"]

        refused = client.post(ACTIVATE, {"code": "000000"})
        accepted = client.post(ACTIVATE, {"code": code(secret)})
        shown = words(client.get(accepted["Location"]))
        again = words(client.get(accepted["Location"]))

        assert "Код не підходить." in words(refused)
        assert len(re.findall(r"\b\d{8}\b", shown)) == 10
        assert re.findall(r"\b\d{8}\b", again) == []
        assert "Невикористаних лишилося 10" in again
        assert client.get("/").status_code == 200

    def test_a_late_start_asks_for_the_password_again(
        self, client: Client, chief: User, codes_required: None
    ) -> None:
        sign_in(client, chief)
        session = client.session
        session["account_authentication_methods"][-1]["at"] -= 3600
        session.save()

        asked = client.get(ACTIVATE)
        wrong = client.post(asked["Location"], {"password": "ні"})
        right = client.post(asked["Location"], {"password": PASSWORD, "next": ACTIVATE})

        assert asked["Location"].startswith("/account/confirm/")
        assert "Пароль не підходить." in words(wrong)
        assert client.get(right["Location"]).status_code == 200

    def test_nobody_is_led_there_without_the_setting(self, client: Client, chief: User) -> None:
        client.force_login(chief)
        assert client.get("/").status_code == 200

    def test_nor_who_needs_none(self, client: Client, worker: User, codes_required: None) -> None:
        client.force_login(worker)
        assert client.get("/").status_code == 200

    @pytest.mark.parametrize("username", [demonstration.HEAD, demonstration.SYSTEM_ADMIN])
    def test_nor_demonstration_accounts(
        self, client: Client, demo: Program, codes_required: None, settings: Settings, username: str
    ) -> None:
        settings.DEMO = True
        client.post("/demo-sign-in/", {"account": username})
        assert client.get("/").status_code == 200

    def test_an_appointment_made_meanwhile_counts_from_the_next_page(
        self, client: Client, worker: User, codes_required: None
    ) -> None:
        sign_in(client, worker)
        assert client.get("/").status_code == 200
        building.appointed(worker, building.executor(), AppointmentRole.ACTING_HEAD)
        assert client.get("/")["Location"] == ACTIVATE


class TestTheCode:
    def test_the_password_alone_opens_nothing(self, client: Client, protected: tuple[User, str]) -> None:
        response = sign_in(client, protected[0], next="/admin/")
        assert response["Location"] == "/sign-in/code/"
        for path in ("/", "/admin/", "/account/codes/", "/account/password/"):
            assert client.get(path)["Location"].startswith(("/sign-in/", "/admin/login/")), path
        # The admin's own door leads to ours, and ours to the code.
        assert client.get("/admin/login/?next=/admin/")["Location"].startswith("/sign-in/?next=")
        assert client.get("/sign-in/?next=/admin/")["Location"] == "/sign-in/code/"

    def test_the_code_leads_where_one_was_going(self, client: Client, protected: tuple[User, str]) -> None:
        user, secret = protected
        sign_in(client, user, next="/admin/")
        assert client.post("/sign-in/code/", {"code": code(secret)})["Location"] == "/admin/"
        assert is_signed_in(client)

    @pytest.mark.parametrize("typed", ["000000", "", "не код", "9" * 1000])
    def test_a_wrong_code_is_refused(self, client: Client, protected: tuple[User, str], typed: str) -> None:
        sign_in(client, protected[0])
        assert client.post("/sign-in/code/", {"code": typed}).status_code == 200
        assert "_auth_user_id" not in client.session

    def test_a_code_is_good_once(self, protected: tuple[User, str]) -> None:
        user, secret = protected
        first, second = Client(), Client()
        for client in (first, second):
            sign_in(client, user)
            client.post("/sign-in/code/", {"code": code(secret)})
        assert [is_signed_in(client) for client in (first, second)] == [True, False]

    def test_a_clock_half_a_minute_off_is_forgiven(self, client: Client, protected: tuple[User, str]) -> None:
        user, secret = protected
        sign_in(client, user)
        client.post("/sign-in/code/", {"code": code(secret, steps=-1)})
        assert is_signed_in(client)

    def test_after_five_wrong_codes_the_right_one_waits(
        self, client: Client, protected: tuple[User, str]
    ) -> None:
        user, secret = protected
        sign_in(client, user)
        for _ in range(5):
            client.post("/sign-in/code/", {"code": "000000"})
        # From the beginning and from another browser too: they are counted by person.
        other = Client()
        sign_in(other, user)
        response = other.post("/sign-in/code/", {"code": code(secret)})
        assert "Забагато неправильних кодів." in words(response)
        assert "_auth_user_id" not in other.session

    def test_a_recovery_code_opens_once(self, chief: User, codes_required: None) -> None:
        first = Client()
        sign_in(first, chief)
        first.get(ACTIVATE)
        done = first.post(ACTIVATE, {"code": code(first.session["mfa.totp.secret"])})
        spare = re.findall(r"\b\d{8}\b", words(first.get(done["Location"])))[0]

        second, third = Client(), Client()
        for client in (second, third):
            sign_in(client, chief)
            client.post("/sign-in/code/", {"code": spare})
        assert [is_signed_in(client) for client in (second, third)] == [True, False]

    def test_a_session_begun_by_the_password_alone_goes_on_after_a_code(
        self, client: Client, chief: User, codes_required: None
    ) -> None:
        sign_in(client, chief)
        secret = generate_totp_secret()
        TOTP.activate(chief, secret)  # in another browser

        asked = client.get("/?page=1")
        client.post("/account/confirm/code/", {"code": "000000"})
        still = client.get("/")
        went_on = client.post(asked["Location"], {"code": code(secret), "next": "/?page=1"})

        assert asked["Location"] == "/account/confirm/code/?next=%2F%3Fpage%3D1"
        assert still["Location"] == "/account/confirm/code/?next=%2F"
        assert went_on["Location"] == "/?page=1"
        assert client.get("/").status_code == 200

    def test_so_does_one_begun_with_a_telephone_that_was_changed_meanwhile(
        self, client: Client, protected: tuple[User, str], codes_required: None
    ) -> None:
        user, secret = protected
        sign_in(client, user)
        client.post("/sign-in/code/", {"code": code(secret)})
        assert client.get("/").status_code == 200
        Authenticator.objects.filter(user=user).delete()
        assert client.get("/")["Location"] == ACTIVATE
        TOTP.activate(user, generate_totp_secret())
        assert client.get("/")["Location"].startswith("/account/confirm/code/")

    def test_another_name_can_be_taken_instead(self, client: Client, protected: tuple[User, str]) -> None:
        sign_in(client, protected[0])
        client.post("/sign-out/")
        assert "Вхід до порталу" in words(client.get("/sign-in/"))

    def test_the_page_of_codes_is_for_whoever_gave_a_password(self, client: Client) -> None:
        assert client.get("/sign-in/code/")["Location"] == "/sign-in/"

    def test_whoever_needs_codes_and_switches_them_off_sets_them_up_again(
        self, client: Client, protected: tuple[User, str], codes_required: None
    ) -> None:
        user, secret = protected
        sign_in(client, user)
        client.post("/sign-in/code/", {"code": code(secret)})
        client.post("/account/codes/deactivate/")
        assert not Authenticator.objects.filter(user=user).exists()
        assert client.get("/")["Location"] == ACTIVATE


class TestWrongPasswords:
    def guess(self, client: Client, user: User, times: int) -> HttpResponse:
        for _ in range(times):
            response = sign_in(client, user, "ні")
        return response

    def test_the_fifth_locks_out_and_says_until_when(self, client: Client, worker: User) -> None:
        assert self.guess(client, worker, 4).status_code == 200

        response = self.guess(client, worker, 1)

        last = AccessAttempt.objects.get().attempt_time
        until = timezone.localtime(last + datetime.timedelta(minutes=15))
        assert response.status_code == 429
        assert f"«{worker.username}» з цієї адреси. Спробуйте знову після {until:%H:%M}." in words(response)
        assert "зверніться до системного адміністратора" in words(response)

    def test_then_even_the_right_one_waits(self, client: Client, worker: User) -> None:
        self.guess(client, worker, 5)
        assert sign_in(client, worker).status_code == 429
        assert "_auth_user_id" not in client.session

    def test_trying_on_makes_the_wait_no_longer(self, client: Client, worker: User) -> None:
        self.guess(client, worker, 5)
        before = AccessAttempt.objects.get().attempt_time
        self.guess(client, worker, 3)
        assert AccessAttempt.objects.get().attempt_time == before

    def test_when_the_time_is_over_one_comes_in(self, client: Client, worker: User) -> None:
        self.guess(client, worker, 5)
        AccessAttempt.objects.update(attempt_time=timezone.now() - datetime.timedelta(minutes=16))
        assert sign_in(client, worker)["Location"] == "/"

    def test_others_at_the_same_address_are_not_locked_out(
        self, client: Client, worker: User, chief: User
    ) -> None:
        self.guess(client, worker, 5)
        assert sign_in(client, chief)["Location"] == "/"

    def test_nor_the_same_person_at_another(self, client: Client, worker: User) -> None:
        self.guess(client, worker, 5)
        elsewhere = Client(REMOTE_ADDR="10.1.1.1")
        assert sign_in(elsewhere, worker)["Location"] == "/"

    def test_an_address_written_by_the_guesser_does_not_count(self, client: Client, worker: User) -> None:
        for number in range(5):
            spoofed = Client(headers={"X-Forwarded-For": f"10.0.0.{number}"})
            response = sign_in(spoofed, worker, "ні")
        assert response.status_code == 429

    def test_one_written_by_a_trusted_proxy_does(
        self, client: Client, worker: User, settings: Settings
    ) -> None:
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        guesser = Client(headers={"X-Forwarded-For": "10.9.9.9, 10.0.0.1"})
        self.guess(guesser, worker, 5)
        other = Client(headers={"X-Forwarded-For": "10.0.0.2"})
        assert sign_in(other, worker)["Location"] == "/"

    def test_a_name_that_nobody_has_is_locked_alike(self, client: Client, db: None) -> None:
        """So that the answer does not tell which names exist."""
        for _ in range(5):
            response = client.post("/sign-in/", {"username": "немає", "password": "ні"})
        assert response.status_code == 429

    def test_coming_in_forgets_the_wrong_ones(self, client: Client, worker: User) -> None:
        self.guess(client, worker, 4)
        sign_in(client, worker)
        assert not AccessAttempt.objects.exists()

    def test_one_click_sign_in_is_not_touched(
        self, client: Client, demo: Program, settings: Settings
    ) -> None:
        settings.DEMO = True
        user = User.objects.get(username=demonstration.AUDITOR)
        self.guess(client, user, 6)
        client.post("/demo-sign-in/", {"account": user.username})
        assert is_signed_in(client)

    def test_the_old_password_is_not_guessed_from_inside(self, client: Client, worker: User) -> None:
        client.force_login(worker)
        typed = {"old_password": "ні", "new_password1": PASSWORD + "1", "new_password2": PASSWORD + "1"}
        answers = [client.post("/account/password/", typed).status_code for _ in range(6)]
        assert answers == [200] * 5 + [429]

    @pytest.mark.parametrize("typed", [{}, {"username": "a\0b"}, {"username": "х" * 10_000}])
    def test_nonsense_is_refused_on_the_page(self, client: Client, typed: dict[str, str]) -> None:
        assert client.post("/sign-in/", {"password": "ні", **typed}).status_code == 200


class TestNoOtherDoor:
    @pytest.mark.parametrize(
        "name", ["account_signup", "account_email", "account_reset_password", "account_request_login_code"]
    )
    def test_nobody_signs_up_or_comes_in_by_a_letter(self, name: str) -> None:
        with pytest.raises(NoReverseMatch):
            reverse(name)

    @pytest.mark.parametrize("path", ["/signup/", "/account/signup/", "/account/login/", "/account/"])
    def test_there_is_no_such_page(self, client: Client, worker: User, path: str) -> None:
        client.force_login(worker)
        assert client.get(path).status_code == 404

    @pytest.mark.parametrize("model", ["mfa_authenticator", "account_emailaddress", "axes_accesslog"])
    def test_the_admin_shows_no_secrets(self, model: str) -> None:
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:{model}_changelist")

    def test_a_switched_off_account_is_refused(self, client: Client, worker: User) -> None:
        User.objects.filter(pk=worker.pk).update(is_active=False)
        assert "не підходять" in words(sign_in(client, worker))
        assert "_auth_user_id" not in client.session

    def test_one_switched_off_between_password_and_code_is_refused_too(
        self, client: Client, protected: tuple[User, str]
    ) -> None:
        user, secret = protected
        sign_in(client, user)
        User.objects.filter(pk=user.pk).update(is_active=False)
        client.post("/sign-in/code/", {"code": code(secret)})
        assert client.get("/").status_code == 302


class TestSessions:
    def later(self, client: Client, **elapsed: int) -> None:
        """As if the session had begun, and been touched, so long ago."""
        session = client.session
        gone = int(datetime.timedelta(**elapsed).total_seconds())
        session["signed_in_at"] -= gone
        session.save()

    def writes(self, client: Client) -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get("/")
        return len([one for one in caught if re.match(r"(UPDATE|INSERT|DELETE)", one["sql"])])

    def test_twelve_hours_are_the_most(self, client: Client, worker: User) -> None:
        sign_in(client, worker)
        self.later(client, hours=11, minutes=59)
        assert client.get("/").status_code == 200
        self.later(client, minutes=1)
        response = client.get("/", follow=True)
        assert response.redirect_chain[-1][0] == "/sign-in/?next=/"
        assert "сеанс завершено. Увійдіть знову." in words(response)

    def test_the_day_begins_with_signing_in_again(self, client: Client, worker: User) -> None:
        sign_in(client, worker)
        self.later(client, hours=13)
        client.get("/")
        sign_in(client, worker)
        assert client.get("/").status_code == 200

    def test_a_session_from_before_there_was_a_limit_is_over(self, client: Client, worker: User) -> None:
        sign_in(client, worker)
        session = client.session
        del session["signed_in_at"]
        session.save()
        assert client.get("/").status_code == 302

    def test_an_hour_without_a_page_ends_it(self, client: Client, worker: User) -> None:
        sign_in(client, worker)
        kept = Session.objects.get(session_key=client.session.session_key)
        left = kept.expire_date - timezone.now()
        assert datetime.timedelta(minutes=59) < left <= datetime.timedelta(hours=1)
        Session.objects.update(expire_date=timezone.now() - datetime.timedelta(seconds=1))
        assert client.get("/").status_code == 302

    def test_work_keeps_it_alive(self, client: Client, worker: User) -> None:
        sign_in(client, worker)
        self.later(client, minutes=2)
        Session.objects.update(expire_date=timezone.now() + datetime.timedelta(minutes=1))
        client.get("/")
        kept = Session.objects.get(session_key=client.session.session_key)
        assert kept.expire_date - timezone.now() > datetime.timedelta(minutes=59)

    def test_it_is_written_once_a_minute_at_most(self, client: Client, worker: User) -> None:
        sign_in(client, worker)
        assert self.writes(client) == 0
        self.later(client, seconds=SessionLifetimeMiddleware.TOUCH_AFTER)
        assert [self.writes(client) for _ in range(3)] == [1, 0, 0]

    def test_it_ends_with_the_browser(self, client: Client, worker: User) -> None:
        response = sign_in(client, worker)
        assert response.cookies["sessionid"]["max-age"] == ""

    def test_switching_an_account_off_ends_its_sessions_at_once(
        self, client: Client, worker: User, system_admin: User
    ) -> None:
        sign_in(client, worker)
        assert client.get("/").status_code == 200
        User.objects.filter(pk=worker.pk).update(is_active=False)
        assert client.get("/").status_code == 302

    def test_a_new_password_ends_the_other_sessions(self, worker: User) -> None:
        here, elsewhere = Client(), Client()
        for client in (here, elsewhere):
            sign_in(client, worker)
        new = "інший-пароль-2026"

        here.post(
            "/account/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
        )

        assert [is_signed_in(client) for client in (here, elsewhere)] == [True, False]
        assert sign_in(Client(), worker, new)["Location"] == "/"

    def test_one_set_by_an_administrator_ends_them_all(self, worker: User, system_admin: User) -> None:
        client, office = Client(), Client()
        sign_in(client, worker)
        office.force_login(system_admin)
        new = "інший-пароль-2026"
        url = reverse("admin:auth_user_password_change", args=[worker.pk])
        office.post(url, {"password1": new, "password2": new})
        assert client.get("/").status_code == 302


class TestOwnPassword:
    def test_the_admin_changes_it_in_the_same_place(self, client: Client, worker: User) -> None:
        client.force_login(worker)
        assert client.get("/admin/password_change/")["Location"] == "/account/password/"

    def test_a_weak_one_is_refused(self, client: Client, worker: User) -> None:
        client.force_login(worker)
        response = client.post(
            "/account/password/",
            {"old_password": PASSWORD, "new_password1": "12345", "new_password2": "12345"},
        )
        assert response.status_code == 200
        worker.refresh_from_db()
        assert worker.check_password(PASSWORD)

    def test_an_account_without_password_has_none_to_change(self, client: Client, clerk: User) -> None:
        client.force_login(clerk)
        response = client.get("/account/password/")
        assert response.status_code == 403
        assert "відкривається без пароля" in words(response)


class TestWhatAnAdministratorMends:
    @pytest.fixture
    def office(self, system_admin: User) -> Client:
        client = Client()
        client.force_login(system_admin)
        return client

    def reasons(self, user: User) -> list[tuple[str | None, str]]:
        return [(one.history_change_reason, str(one.history_user)) for one in user.history.all()]

    def test_lost_codes_are_reset_and_that_is_on_record(
        self, office: Client, protected: tuple[User, str], codes_required: None, settings: Settings
    ) -> None:
        user, _ = protected
        settings.DEMO = True
        office.post("/demo-sign-in/", {"account": demonstration.SYSTEM_ADMIN})

        response = office.post(reverse("admin:account_reset_codes", args=[user.pk]), follow=True)

        assert "Одноразові коди скинуто." in words(response)
        assert self.reasons(user)[0] == ("Одноразові коди скинуто", "Демонстраційний СИСТЕМНИЙ АДМІНІСТРАТОР")
        page = words(office.get(reverse("admin:programs_user_history", args=[user.pk])))
        assert "Одноразові коди скинуто" in page
        client = Client()
        sign_in(client, user)
        assert client.get("/")["Location"] == ACTIVATE

    def test_a_lockout_is_lifted_and_that_is_on_record(self, office: Client, worker: User) -> None:
        guesser = Client()
        for _ in range(5):
            sign_in(guesser, worker, "ні")

        office.post(reverse("admin:account_lift_lockout", args=[worker.pk]))

        assert sign_in(guesser, worker)["Location"] == "/"
        assert self.reasons(worker)[0][0] == "Зупинку входу знято"

    @pytest.mark.parametrize("action", ["account_reset_codes", "account_lift_lockout"])
    def test_nothing_to_mend_is_said_and_leaves_no_record(
        self, office: Client, worker: User, action: str
    ) -> None:
        before = worker.history.count()
        response = office.post(reverse(f"admin:{action}", args=[worker.pk]), follow=True)
        assert "не було" in words(response)
        assert worker.history.count() == before

    @pytest.mark.parametrize("action", ["account_reset_codes", "account_lift_lockout"])
    @pytest.mark.parametrize("name", ["program_admin", "auditor", "head"])
    def test_only_a_system_administrator_may(
        self,
        client: Client,
        protected: tuple[User, str],
        request: pytest.FixtureRequest,
        action: str,
        name: str,
    ) -> None:
        client.force_login(request.getfixturevalue(name))
        assert client.post(reverse(f"admin:{action}", args=[protected[0].pk])).status_code == 403
        assert Authenticator.objects.filter(user=protected[0]).exists()

    @pytest.mark.parametrize("action", ["account_reset_codes", "account_lift_lockout"])
    def test_looking_mends_nothing(self, office: Client, protected: tuple[User, str], action: str) -> None:
        office.get(reverse(f"admin:{action}", args=[protected[0].pk]))
        assert Authenticator.objects.filter(user=protected[0]).exists()
        assert office.post(reverse(f"admin:{action}", args=[10**6])).status_code == 404
        assert office.post(reverse(f"admin:{action}", args=["x"])).status_code == 404

    def test_the_page_offers_what_there_is_to_mend(self, office: Client, protected: tuple[User, str]) -> None:
        page = words(office.get(reverse("admin:programs_user_change", args=[protected[0].pk])))
        assert "Скинути одноразові коди" in page
        assert "Зняти зупинку входу" not in page
        assert f"увімкнено {TODAY():%d.%m.%Y}" in page

    def test_a_password_set_by_an_administrator_is_on_record(self, office: Client, worker: User) -> None:
        new = "інший-пароль-2026"
        url = reverse("admin:auth_user_password_change", args=[worker.pk])
        office.post(url, {"password1": new, "password2": new})
        assert self.reasons(worker)[0][0] == "Пароль задано адміністратором"


class TestAppointments:
    def test_in_whose_name_one_acts_stands_in_the_bar(self, client: Client, worker: User) -> None:
        sport = building.executor("Управління спорту")
        building.appointed(worker, sport, AppointmentRole.ACTING_HEAD)
        building.appointed(worker, sport, AppointmentRole.HEAD, ends_on=TODAY() - DAY)
        building.appointed(worker, sport, AppointmentRole.HEAD, starts_on=TODAY() + DAY)
        User.objects.filter(pk=worker.pk).update(is_auditor=True)
        client.force_login(worker)

        page = client.get("/").content.decode()

        assert re.findall(r"<li>([^<]+)</li>", page) == [
            "відповідальна особа, Управління культури",
            "в. о. керівника, Управління спорту",
            "внутрішній аудитор",
        ]

    def test_the_bar_asks_once_however_many_there_are(self, client: Client, worker: User) -> None:
        def queries() -> int:
            with CaptureQueriesContext(connection) as caught:
                client.get("/")
            return len(caught)

        client.force_login(worker)
        before = queries()
        for name in ("Управління спорту", "Управління освіти"):
            building.appointed(worker, building.executor(name))
        assert queries() == before

    @pytest.mark.parametrize(
        ("starts_on", "ends_on", "needed"),
        [
            (-1, None, True),
            (0, 0, True),
            (-9, 0, True),
            (-9, -1, False),
            (1, None, False),
        ],
    )
    def test_codes_are_needed_while_one_acts_as_head(
        self,
        client: Client,
        worker: User,
        codes_required: None,
        starts_on: int,
        ends_on: int | None,
        needed: bool,
    ) -> None:
        building.appointed(
            worker,
            building.executor(),
            AppointmentRole.ACTING_HEAD,
            starts_on=TODAY() + starts_on * DAY,
            ends_on=None if ends_on is None else TODAY() + ends_on * DAY,
        )
        client.force_login(worker)
        assert (client.get("/").get("Location") == ACTIVATE) is needed

    def test_an_acting_head_decides_to_the_last_day_and_not_after(self, worker: User) -> None:
        """Beside the head, whose own appointment goes on: the two may overlap."""
        report = building.results(building.program(measures=1))[0].report
        head = building.appointed(building.user("holova"), report.program.responsible, AppointmentRole.HEAD)
        acting = AppointmentRole.ACTING_HEAD
        building.appointed(worker, report.program.responsible, acting, ends_on=TODAY() - DAY)
        assert [permissions.can_decide_on_report(user, report) for user in (worker, head)] == [False, True]

        building.appointed(worker, report.program.responsible, acting, starts_on=TODAY(), ends_on=TODAY())
        assert [permissions.can_decide_on_report(user, report) for user in (worker, head)] == [True, True]

    def test_several_at_once_are_written_in_the_admin(self, system_admin: User, worker: User) -> None:
        for name in ("Управління спорту", "Управління освіти", "Управління освіти"):
            sent = opened(system_admin, "appointment_add").send(
                user=str(worker.pk),
                executor=str(building.executor(name).pk),
                role="acting_head",
                order_text="№7 від 01.02.2026",
                starts_on="01.02.2026",
            )
            assert sent.status_code == 302
        assert worker.appointments.current().count() == 4


def test_leaving_heads_without_codes_is_warned_of_before_deployment(settings: Settings) -> None:
    def told() -> list[str]:
        found = run_checks(include_deployment_checks=True, tags=["security"])
        return [message.id for message in found if message.id == "zvit.W002"]

    settings.SECOND_FACTOR_REQUIRED = False
    assert told() == ["zvit.W002"]
    settings.SECOND_FACTOR_REQUIRED = True
    assert told() == []
