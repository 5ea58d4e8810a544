"""The cumulative report of a programme: its page, and the same report as a file."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from programs.models import Program
from programs.textforms import counted
from programs.views.downloads import attachment
from programs.views.reach import NoSuchPage, signed_in, visible_program

from .. import cumulative
from ..cumulative.assemble import assemble
from ..cumulative.document import CumulativeDocument
from ..cumulative.html import fragment
from ..fonts import PrintingUnavailable
from .files import printing_unavailable

FORMAT_USES = {
    "pdf": "для друку й засідання комісії",
    "xlsx": "ті самі таблиці, підсумки формулами",
    "html": "для перегляду без порталу",
}


# A figure takes a millisecond and 30 KB to print, and meanwhile nobody else prints anything.
MOST_PRINTED = 12_000


@require_safe
def cumulative_page(request: HttpRequest, public_id: str) -> HttpResponse:
    program = visible_program(signed_in(request), public_id)
    return _page(request, program, assemble(program, at=timezone.now()))


def _page(
    request: HttpRequest,
    program: Program,
    document: CumulativeDocument,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    not_printed = _why_not_printed(document)
    context = {
        "program": program,
        "document": document,
        "report": fragment(document),
        "files": [
            (cumulative.FORMATS[name], use)
            for name, use in FORMAT_USES.items()
            if not (name == "pdf" and not_printed)
        ],
        "not_printed": not_printed,
        "refused": status != HTTPStatus.OK,
    }
    return render(request, "cumulative/page.html", context, status=status)


def _why_not_printed(document: CumulativeDocument) -> str:
    """«» of a report that is not too large to be printed within a request."""
    figures = document.measures.figures_number
    if figures <= MOST_PRINTED:
        return ""
    told = counted(figures, "показник", "показники", "показників")
    return (
        f"PDF тут не друкується: у звіті {told}, а сервер друкує до {MOST_PRINTED}. Візьміть Excel або HTML, "
        "який друкує й ваш браузер."
    )


@require_safe
def cumulative_file(request: HttpRequest, public_id: str, format_name: str) -> HttpResponse:
    """The same as a file to keep. What cannot be rendered raises, and is never sent as a file."""
    program = visible_program(signed_in(request), public_id)
    if format_name not in cumulative.FORMATS:
        raise NoSuchPage("Такого формату зведеного звіту немає. Є HTML, PDF і Excel.")
    document = assemble(program, at=timezone.now())
    if format_name == "pdf" and _why_not_printed(document):
        return _page(request, program, document, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        content = cumulative.render(document, format_name)
    except PrintingUnavailable as error:
        return printing_unavailable(request, error)
    name = file_name(program, f".{format_name}")
    return attachment(content, cumulative.FORMATS[format_name].content_type, name)


def file_name(program: Program, ending: str) -> str:
    """«Zvedenyi_zvit_1688-2019-12-18.pdf»: letters that every archive and mail system takes."""
    return f"Zvedenyi_zvit_{program.public_id}{ending}"
