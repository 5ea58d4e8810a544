"""How people sign in: the hooks of allauth and axes, in the portal's words."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.forms import LoginForm
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.http import HttpRequest

# What a session tells of its beginning: when, when the one before began, and with which telephone.
SIGNED_IN_AT = "signed_in_at"
PREVIOUS_VISIT = "previous_visit"
SECOND_FACTOR = "second_factor"

WRONG_CODE = (
    "Код не підходить. Він змінюється що пів хвилини й діє один раз: дочекайтеся наступного. Якщо не "
    "підходить жоден, перевірте, чи годинник на телефоні йде точно."
)
TOO_MANY_CODES = "Забагато неправильних кодів. Спробуйте знову за 15 хвилин."


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": (
            "Ім’я користувача або пароль не підходять. Перевірте розкладку клавіатури й Caps Lock "
            "і спробуйте ще раз."
        ),
        "incorrect_password": "Пароль не підходить. Перевірте розкладку клавіатури й Caps Lock.",
        "too_many_login_attempts": TOO_MANY_CODES,
        "rate_limited": TOO_MANY_CODES,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """There is no such page either; this is for whoever adds one."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords are counted by axes; counted twice they would lock with two sentences."""

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not of whoever has only just signed in: the password would be asked twice in a row."""
        records = get_authentication_records(self.request, self.request.user)
        return not records or time.time() - records[-1]["at"] > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": WRONG_CODE}

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()


class SignInForm(LoginForm):
    """allauth's form whose name field is called as axes, password managers and Django call it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("login", "Ім’я користувача"), ("password", "Пароль")):
            self.fields[name].label = label
            del self.fields[name].widget.attrs["placeholder"]
        self.fields["login"].widget.attrs |= {"autofocus": True, "autocapitalize": "none"}

    def add_prefix(self, field_name: str) -> str:
        return super().add_prefix("username" if field_name == "login" else field_name)


def client_address(request: HttpRequest) -> str | None:
    """For axes: the same address as allauth counts by. See TRUSTED_PROXIES in the settings."""
    return get_client_ip(request)


@receiver(user_logged_in)
def stamp_session(sender: Any, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> None:
    """Told before Django writes `last_login` anew: in the settings our application stands before its own."""
    request.session[SIGNED_IN_AT] = int(time.time())
    request.session[PREVIOUS_VISIT] = user.last_login.isoformat() if user.last_login else None


@receiver(authenticator_used)
def stamp_second_factor(sender: Any, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> None:
    """At the door or asked again. A recovery code counts as the telephone that it stands for."""
    request.session[SECOND_FACTOR] = second_factor_of(user)


def second_factor_of(user: AbstractBaseUser) -> int | None:
    """The number of the telephone set up last; another one has another."""
    codes = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP)
    return codes.values_list("pk", flat=True).first()


@receiver(post_migrate)
def make_cache_table(sender: Any, using: str, **kwargs: Any) -> None:
    """Django makes the cache's table by a command of its own, which is easily forgotten."""
    # Sent for every application with tables; once is enough.
    if sender.name == "programs":
        call_command("createcachetable", database=using, verbosity=0)
