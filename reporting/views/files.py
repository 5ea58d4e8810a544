"""The page in a file's place when nothing can be printed."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..fonts import PrintingUnavailable


def printing_unavailable(request: HttpRequest, error: PrintingUnavailable) -> HttpResponse:
    return render(request, "503.html", {"sentence": str(error)}, status=HTTPStatus.SERVICE_UNAVAILABLE)
