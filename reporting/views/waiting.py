"""«Що чекає на мене»: the page behind the number in the bar."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programs.views.reach import signed_in
from programs.waiting import waiting_for


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    return render(request, "workflow/waiting.html", {"tasks": waiting_for(signed_in(request))})
