"""What search engines are told: where they may go, and which pages there are for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from ..opendata import subjects
from ..opendata.addresses import address
from ..opendata.values import moment
from .public import FRESH_SECONDS, for_everybody

OPEN = ("public_reports", "opendata", "verify")
"""Names of the addresses under which everything is for everybody."""


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Without public pages nothing is to be looked at."""
    allowed = [f"Allow: {path}" for path in _open_paths()] if settings.PUBLIC_REPORTS else []
    map_line = [f"Sitemap: {address('sitemap')}"] if settings.PUBLIC_REPORTS else []
    text = "\n".join(["User-agent: *", *allowed, "Disallow: /", *map_line, ""])
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=_kept())


def _open_paths() -> list[str]:
    return [*map(reverse, OPEN), f"/{settings.STATIC_URL.strip('/')}/"]


@for_everybody
def sitemap(request: HttpRequest) -> HttpResponse:
    entries = "".join(f" <url>{entry}</url>\n" for entry in _entries())
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n'
    )
    return HttpResponse(text, content_type="application/xml", headers=_kept())


def _entries() -> Iterator[str]:
    """Of each page its address, and when it changed where that is known."""
    for name in OPEN:
        yield f"<loc>{escape(address(name))}</loc>"
    for edition in subjects.public_editions():
        report = edition.report
        place = address("public_report", report.program.public_id, report.year)
        changed = moment(edition.publication.published_at)
        yield f"<loc>{escape(place)}</loc><lastmod>{changed}</lastmod>"


def _kept() -> dict[str, str]:
    return {"Cache-Control": f"public, max-age={FRESH_SECONDS}"}
