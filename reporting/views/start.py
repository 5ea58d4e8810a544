"""The start page: what is each person's to do, and how the programmes stand."""

from __future__ import annotations

import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from programs.views.reach import signed_in

from ..accounts import PREVIOUS_VISIT
from ..start_blocks import Since, blocks_for, since_last_visit

DAYS = (7, 30)
AWAITED = ("head", "work", "information", "programs")
"""Blocks whose affairs «Що чекає на мене» lists too."""


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    blocks = blocks_for(signed_in(request), _since(request))
    context = {
        "blocks": blocks,
        "today": timezone.localdate(),
        "has_affairs": any(block.name in AWAITED for block in blocks),
        "looks_for_unsaved": any(block.name == "unsaved" for block in blocks),
    }
    return render(request, "start/page.html", context)


def _since(request: HttpRequest) -> Since:
    """As the address asks, else since the sign-in before this one."""
    now, asked = timezone.now(), request.GET.get("since", "")
    for days in DAYS:
        if asked == str(days):
            return Since(now - datetime.timedelta(days=days), days)
    previous = request.session.get(PREVIOUS_VISIT)
    return since_last_visit(parse_datetime(previous) if previous else None, now)
