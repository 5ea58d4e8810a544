"""Pages for everybody: the published reports, each as it was frozen, and its files.

By a setting; without it there is no such page for anybody. What is sent is the same to whoever asks, so
it may be kept for a while, but for a browser that has a session: that answer may carry a cookie.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control, set_response_etag
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from programs.models import Withholding
from programs.textforms import clean_text
from programs.views.downloads import attachment
from programs.views.reach import NoSuchPage, whole_number

from .. import public
from ..public import FORMS, Choice, PublicEdition, PublicFile
from ..renderers import FORMATS
from ..renderers.html import anchors, form_fragment, whole_pieces

FRESH_SECONDS = 300
REPORTS_ON_PAGE = 50


class NotPublished(NoSuchPage):
    leads_to = ("public_reports", "Усі оприлюднені звіти")


def for_everybody(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page that needs no account, where the city has public pages."""

    @login_not_required
    @require_safe
    @wraps(view)
    def viewed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.PUBLIC_REPORTS:
            raise Http404
        return view(request, *args, **kwargs)

    return viewed


def kept_a_while(
    request: HttpRequest, response: HttpResponse, changed_at: datetime.datetime | None
) -> HttpResponse:
    """The answer, or 304 for whoever has it already; by its content, then by when that changed."""
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    patch_cache_control(response, max_age=FRESH_SECONDS, **{"private" if has_session else "public": True})
    set_response_etag(response)
    moment = int(changed_at.timestamp()) if changed_at else None
    if moment is not None:
        response["Last-Modified"] = http_date(moment)
    answer = get_conditional_response(
        request, etag=response.get("ETag"), last_modified=moment, response=response
    )
    return answer or response


@for_everybody
def public_reports(request: HttpRequest) -> HttpResponse:
    """«Оприлюднені звіти»: `?year=`, `?body=`, `?q=`, `?page=`."""
    asked = request.GET
    choice = Choice(
        year=_number(asked.get("year", "")),
        body=_number(asked.get("body", "")),
        text=clean_text(asked.get("q", ""))[:200],
    )
    page = Paginator(choice.reports(), REPORTS_ON_PAGE).get_page(asked.get("page"))
    kept = asked.copy()
    kept.pop("page", None)
    context = {
        "page": page,
        "choice": choice,
        "is_narrowed": choice != Choice(),
        "years": public.years(),
        "bodies": public.bodies(),
        "kept": kept.urlencode(),
    }
    return kept_a_while(request, render(request, "public/list.html", context), public.last_publication())


@for_everybody
def public_report(request: HttpRequest, public_id: str, year: int, number: int | None = None) -> HttpResponse:
    found = _edition(public_id, year, number)
    report = found.report
    context = {
        "found": found,
        "report": report,
        "program": report.program,
        "document": found.document,
        "forms": [FORMATS[form] for form in FORMS],
        "withheld": _withheld(found),
        "form": form_fragment(found.document),
        "files_are_public": settings.PUBLIC_SIGNATURE_FILES,
    }
    return kept_a_while(request, render(request, "public/report.html", context), found.last_change)


@for_everybody
def public_report_file(
    request: HttpRequest, public_id: str, year: int, format_name: str, number: int | None = None
) -> HttpResponse:
    found = _edition(public_id, year, number)
    if format_name not in FORMS:
        raise NotPublished("Оприлюднені звіти є у форматах PDF, Excel, CSV і JSON.")
    return _sent(request, found.file(format_name), found.edition.publication.published_at)


@for_everybody
def public_signed_pdf(
    request: HttpRequest, public_id: str, year: int, number: int | None = None
) -> HttpResponse:
    found = _edition(public_id, year, number)
    if found.signed_pdf is None:
        raise NotPublished(
            "Підписаного PDF цієї редакції у відкритому доступі немає. Чому, сказано на сторінці звіту; там "
            "же оприлюднений PDF і як перевірити, що він справжній."
        )
    return _sent(request, found.signed_pdf, found.last_change)


def _edition(public_id: str, year: int, number: int | None) -> PublicEdition:
    """Raises NotPublished: of what is not public nobody is told whether it is there."""
    found = public.find_edition(public_id, year, number)
    if found is None and number is not None:
        raise NotPublished(
            "Такої оприлюдненої редакції немає, або її замінено редакцією, у якій частину текстів приховано: "
            "тоді давнішу теж не показують."
        )
    if found is None:
        raise NotPublished
    return found


def _withheld(found: PublicEdition) -> list[tuple[str, Withholding]]:
    """Each with the id of its row on the sheet."""
    names = anchors(found.document, whole_pieces(found.document)) if found.withheld else []
    return [(names[one.place - 1], one) for one in found.withheld]


def _sent(request: HttpRequest, file: PublicFile, changed_at: datetime.datetime) -> HttpResponse:
    return kept_a_while(request, attachment(file.content, file.content_type, file.name), changed_at)


def _number(text: str) -> int | None:
    try:
        return whole_number(text)
    except ValueError:
        return None
