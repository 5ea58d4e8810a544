"""«Довідка»: how each role does its work."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programs.views.reach import NoSuchPage, signed_in

from ..guides import GUIDES, own_guides


@require_safe
def guide_list(request: HttpRequest) -> HttpResponse:
    own = own_guides(signed_in(request))
    others = [guide for guide in GUIDES.values() if guide not in own]
    return render(request, "help/index.html", {"own": own, "others": others})


@require_safe
def guide_page(request: HttpRequest, name: str) -> HttpResponse:
    if name not in GUIDES:
        raise NoSuchPage("Такої сторінки довідки немає.")
    guide = GUIDES[name]
    context = {
        "guide": guide,
        "text": f"help/{guide.name}.html",
        "others": [other for other in GUIDES.values() if other is not guide],
    }
    return render(request, "help/page.html", context)
