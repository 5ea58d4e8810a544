"""What is nobody's page: the health check, and what to say when something is wrong."""

from __future__ import annotations

import hashlib
from functools import cache
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from programs.views.reach import NoSuchPage

from .public import NotPublished


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the portal and its database answer, for whatever watches over them."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HttpResponse("database does not answer", "text/plain", HTTPStatus.SERVICE_UNAVAILABLE)
    return HttpResponse("ok", "text/plain")


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the browser shows when it cannot reach the portal; it holds nothing of anybody's."""
    return HttpResponse(render_to_string("offline.html"))


# What the page above is made with, under names that outlive a new version of the portal.
OFFLINE_LOOK = ("tokens.css", "bar.css", "portal.css", "favicon.svg")


@login_not_required
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps that page in the browser. Browsers ask for it with every page."""
    text = _service_worker_text()
    return HttpResponse(text, "text/javascript; charset=utf-8", headers={"Service-Worker-Allowed": "/"})


@cache
def _service_worker_text() -> str:
    """A changed page or style makes a changed script, by which browsers know to keep them anew."""
    digest = hashlib.sha256(render_to_string("offline.html").encode())
    for name in OFFLINE_LOOK:
        digest.update(Path(str(finders.find(name))).read_bytes())
    look = [settings.STATIC_URL + name for name in OFFLINE_LOOK]
    context = {"version": f"zvit-{digest.hexdigest()[:16]}", "page": reverse("offline"), "look": look}
    return render_to_string("service-worker.js", context)


MISSING = {
    "public_reports": "Такого оприлюдненого звіту немає",
    "opendata": "Такого файла серед відкритих даних немає",
}
"""By the page under whose address it was looked for."""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(render_to_string("400.html", {"request": request}), status=HTTPStatus.BAD_REQUEST)


def server_error(request: HttpRequest) -> HttpResponse:
    """Renders without context processors: the bar asks the database, which may be what is broken."""
    text = render_to_string("500.html", {"request": request})
    return HttpResponse(text, status=HTTPStatus.INTERNAL_SERVER_ERROR)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    told = exception if isinstance(exception, NoSuchPage) else NoSuchPage()
    context: dict[str, object] = {"sentence": str(told), "leads_to": told.leads_to}
    if settings.PUBLIC_REPORTS:
        context |= _of_public_pages(request, told)
    return render(request, "404.html", context, status=HTTPStatus.NOT_FOUND)


def _of_public_pages(request: HttpRequest, told: NoSuchPage) -> dict[str, object]:
    """Where everybody may look, it is no matter of signing in that nothing is there."""
    for area, missing in MISSING.items():
        if request.path.startswith(reverse(area)):
            says_where = told.leads_to != NoSuchPage.leads_to
            return {"missing": missing, "leads_to": told.leads_to if says_where else NotPublished.leads_to}
    return {}
