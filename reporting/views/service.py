"""What is nobody's page: the health check, and what to say when there is no page."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programs.views.reach import NoSuchPage


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


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    told = exception if isinstance(exception, NoSuchPage) else NoSuchPage()
    context = {"sentence": str(told), "leads_to": told.leads_to}
    return render(request, "404.html", context, status=HTTPStatus.NOT_FOUND)
