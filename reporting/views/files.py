"""Files as answers, and the page in their place when nothing can be printed."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from programs.views.evidence import HARMLESS

from ..fonts import PrintingUnavailable


def attachment(content: bytes, content_type: str, name: str) -> HttpResponse:
    """Only ever to be saved; `name` is of ASCII letters."""
    return HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(len(content)),
            "Content-Security-Policy": HARMLESS,
            "X-Content-Type-Options": "nosniff",
        },
    )


def printing_unavailable(request: HttpRequest, error: PrintingUnavailable) -> HttpResponse:
    return render(request, "503.html", {"sentence": str(error)}, status=HTTPStatus.SERVICE_UNAVAILABLE)
