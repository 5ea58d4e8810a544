"""What every answer of the portal has in common."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from programs.models import User
from programs.permissions import needs_second_factor

from . import request_ids
from .accounts import SECOND_FACTOR, SIGNED_IN_AT, second_factor_of


class RequestIdMiddleware:
    """Gives each request its number: `request.request_id`, the header, the lines of the log. Stands first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = request_ids.begin()
        request.request_id = number  # type: ignore[attr-defined]
        response = self.get_response(request)
        response[request_ids.HEADER] = number
        return response


class CompressedPagesMiddleware(GZipMiddleware):
    """Sends pages compressed: the entry sheet shrinks to a tenth. Files that go out are compact already.

    Django pads each answer at random, so that its length tells nothing of a secret in it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class NeverCacheMiddleware:
    """Figures are for the person who asked: neither proxies nor the browser keep them.

    Stands below WhiteNoise, so static files keep their long life.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class SignedOutMiddleware:
    """Answers htmx 401: led to the sign-in page, it would take that for a part of its own page.

    So too when somebody else has signed in meanwhile in another tab: what one person typed is never
    written in the name of another.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.headers.get("HX-Request"):
            return response
        if urlsplit(response.get("Location", "")).path != resolve_url(settings.LOGIN_URL):
            return response
        return self._refused("Сеанс закінчився. Нічого не записано; увійдіть знову.")

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        typed_by = request.headers.get("X-Typed-By")
        if not typed_by or not request.user.is_authenticated or typed_by == str(request.user.pk):
            return None
        return self._refused("У цьому браузері увійшла інша людина. Нічого не записано; увійдіть знову.")

    def _refused(self, sentence: str) -> HttpResponse:
        return HttpResponse(sentence, status=401, content_type="text/plain; charset=utf-8")


class SessionLifetimeMiddleware:
    """Ends a session that has lasted too long, and keeps alive one in which somebody works.

    Django forgets a session SESSION_COOKIE_AGE after it was last written. Writing it with every request
    would be one more writer for each page, so it is touched at most once a minute.
    """

    TOUCHED_AT = "touched_at"
    TOUCH_AFTER = 60

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if SESSION_KEY in request.session:
            now = int(time.time())
            began = request.session.get(SIGNED_IN_AT, 0)
            if now - began >= settings.SESSION_LIFETIME.total_seconds():
                logout(request)
                messages.info(request, "Робочий день порталу минув, тож сеанс завершено. Увійдіть знову.")
            elif now - request.session.get(self.TOUCHED_AT, began) >= self.TOUCH_AFTER:
                request.session[self.TOUCHED_AT] = now
        return self.get_response(request)


class SecondFactorMiddleware:
    """Whoever must sign in with one-time codes and has none yet sets them up before anything else.

    A session begun by the password alone, before there was a telephone or with one that was reset
    meanwhile, goes on only after a code.
    """

    # The way there, with the password asked again in between; whatever needs no account is open anyway.
    OPEN = frozenset({"mfa_activate_totp", "account_reauthenticate", "mfa_reauthenticate"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        if not getattr(view, "login_required", True) or (match and match.view_name in self.OPEN):
            return None
        step = missing_step(request)
        if step is None:
            return None
        if request.headers.get("HX-Request"):
            # Not led away: what stands typed in the page would be lost.
            sentence = (
                "Нічого не збережено: спершу потрібен одноразовий код. Відкрийте портал у новій вкладці."
            )
            return HttpResponse(sentence, status=403, content_type="text/plain; charset=utf-8")
        back = request.get_full_path() if request.method == "GET" else None
        return redirect(reverse(step, query={"next": back} if back and step != ACTIVATE else None))


ACTIVATE = "mfa_activate_totp"


def missing_step(request: HttpRequest) -> str | None:
    """The page on which this session gets the second factor it lacks; nothing when it lacks none.

    Asked anew with each page: an appointment or a reset in the admin counts from the next click.
    """
    user = request.user
    if not (settings.SECOND_FACTOR_REQUIRED and isinstance(user, User)) or (user.is_demo and settings.DEMO):
        return None
    telephone = second_factor_of(user)
    if telephone is None:
        return ACTIVATE if needs_second_factor(user) else None
    return None if request.session.get(SECOND_FACTOR) == telephone else "mfa_reauthenticate"
