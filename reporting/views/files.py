"""Files that leave a line in the journal, and the page in a file's place when nothing can be printed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import IO, Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render

from programs import journal
from programs.enums import EventKind
from programs.models import User
from programs.views.downloads import streamed_attachment

from ..fonts import PrintingUnavailable


def printing_unavailable(request: HttpRequest, error: PrintingUnavailable) -> HttpResponse:
    return render(request, "503.html", {"sentence": str(error)}, status=HTTPStatus.SERVICE_UNAVAILABLE)


def journalled_extract(
    write: Callable[[IO[bytes]], Mapping[str, Any]], content_type: str, name: str, *, by: User
) -> FileResponse:
    """The file that `write` fills, to be saved; what that returns is kept in the journal.

    Where it raises, nothing is kept and no file is left.
    """
    content: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  closed by the response, once it is sent
    try:
        journal.record(EventKind.EXTRACTED, by=by, **write(content))
    except BaseException:
        content.close()
        raise
    content.seek(0)
    return streamed_attachment(content, content_type, name)
