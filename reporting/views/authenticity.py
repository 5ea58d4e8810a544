"""Whether a file is genuine: a page for everybody, which is told nothing but the file's SHA-256."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.decorators import rate_limit
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from programs.models import User
from programs.uploads import was_dropped

from ..authenticity import (
    NO_SUCH_FILE,
    NO_SUCH_FINGERPRINT,
    Malformed,
    Match,
    StoredBytesChanged,
    digest_of,
    find_file,
    find_fingerprint,
    read_digest,
    read_fingerprint,
)
from ..middleware import missing_step

logger = logging.getLogger(__name__)

# Read whole into the browser's memory to be hashed there.
LARGEST_HASHED_MB = 200
# Everybody may ask, and each question counts, those by GET too.
limited = rate_limit(action="verify", limit_get=True)


# Nothing is changed by the question, so it needs no token; and without one the answer to everybody not
# signed in is the same to the byte, and a flood is refused before its files are read.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """`?sha256=` is what the browser asks after hashing a file itself; by POST the file comes whole."""
    if request.method == "POST":
        return _about_upload(request)
    if "sha256" in request.GET:
        return _about_digest(request)
    if "fingerprint" in request.GET:
        return _about_typed(request)
    return _page(request)


@login_not_required
@require_safe
@limited
def verify_fingerprint(request: HttpRequest, fingerprint: str) -> HttpResponse:
    """Where the square code on the paper leads."""
    return _answer(
        request,
        lambda reader: find_fingerprint(read_fingerprint(fingerprint), reader),
        nothing=NO_SUCH_FINGERPRINT,
        of_paper=True,
    )


@limited
def _about_digest(request: HttpRequest) -> HttpResponse:
    return _answer(
        request,
        lambda reader: find_file(read_digest(request.GET["sha256"]), reader),
        nothing=NO_SUCH_FILE,
    )


@limited
def _about_upload(request: HttpRequest) -> HttpResponse:
    """For browsers that do not hash. Nothing of the file is kept: Django removes what it put aside."""
    upload = request.FILES.get("file")
    if upload is None and was_dropped(request):
        return _page(
            request,
            sentence=f"Файл більший за {settings.EVIDENCE_MAX_MB} МБ, тож сервер його не прийняв. Відкрийте "
            "цю сторінку через HTTPS у браузері зі сценаріями: тоді файл перевірить ваш комп’ютер.",
            status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        )
    if upload is None:
        return _page(request, sentence="Виберіть файл.", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    sha256 = digest_of(upload.chunks())
    return _answer(
        request, lambda reader: find_file(sha256, reader), nothing=NO_SUCH_FILE, file_name=upload.name
    )


def _about_typed(request: HttpRequest) -> HttpResponse:
    """A fingerprint read from the paper and typed in, as people type."""
    try:
        return redirect("verify_fingerprint", read_fingerprint(request.GET["fingerprint"]))
    except Malformed as malformed:
        return _page(request, sentence=str(malformed), status=HTTPStatus.BAD_REQUEST)


def _answer(request: HttpRequest, find: Callable[[User | None], list[Match]], **context: Any) -> HttpResponse:
    try:
        return _page(request, matches=find(_reader(request)), **context)
    except Malformed as malformed:
        return _page(request, sentence=str(malformed), status=HTTPStatus.BAD_REQUEST)
    except StoredBytesChanged as changed:
        logger.exception("A frozen document is not what was frozen")
        return _page(request, sentence=str(changed), status=HTTPStatus.INTERNAL_SERVER_ERROR)


def _reader(request: HttpRequest) -> User | None:
    """Who is told of unpublished reports too. A session that still lacks its one-time code is nobody's."""
    user = request.user
    return user if isinstance(user, User) and missing_step(request) is None else None


def _page(request: HttpRequest, *, status: HTTPStatus = HTTPStatus.OK, **context: Any) -> HttpResponse:
    defaults = {
        "max_mb": settings.EVIDENCE_MAX_MB,
        "largest_mb": max(LARGEST_HASHED_MB, settings.EVIDENCE_MAX_MB),
        "files_are_public": settings.PUBLIC_SIGNATURE_FILES,
    }
    return render(request, "verify/page.html", defaults | context, status=status)
