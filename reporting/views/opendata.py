"""Open data: the page that explains them, and their files, for everybody and for programs."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import content_disposition_header, http_date

from programs.views.downloads import SAFE
from programs.views.reach import NoSuchPage

from ..opendata import files
from ..opendata.addresses import address
from ..opendata.documents import DOCUMENTS, Document, find_document
from ..opendata.files import OpenFile
from ..opendata.schema import dataset
from .public import FRESH_SECONDS, for_everybody

RETRY_SECONDS = 30
EXPOSED = "ETag, Last-Modified, Content-Disposition, Link"


class NoSuchData(NoSuchPage):
    leads_to = ("opendata", "Відкриті дані")


@for_everybody
def opendata(request: HttpRequest) -> HttpResponse:
    about = dataset()
    known = files.all_files()
    context = {
        "about": about,
        "publisher": files.publisher(),
        "workbook": files.find_file(files.WORKBOOK, "xlsx"),
        "tables": [(table, [file for file in known if file.tables == (table,)]) for table in about.tables],
        "documents": list(DOCUMENTS),
        "address": address("opendata"),
    }
    return render(request, "opendata/page.html", context)


@for_everybody
def opendata_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """A table, the workbook, or what describes them; 304 without making anything for who has it."""
    file, document = files.find_file(code, form), find_document(f"{code}.{form}")
    if file:
        return _sent_file(request, file)
    if document:
        return _sent_document(request, document)
    raise NoSuchData("Які файли є, сказано на сторінці відкритих даних.")


def _sent_file(request: HttpRequest, file: OpenFile) -> HttpResponseBase:
    stamp = file.stamp()
    if unchanged := _unchanged(request, stamp, files.changed_at(file, stamp)):
        return unchanged
    try:
        content, stamp = files.opened(file, stamp)
    except files.BeingMade as error:
        return _later(request, str(error))
    response = FileResponse(content, content_type=file.content_type)
    return _dressed(request, response, stamp, files.changed_at(file, stamp), name=file.name, saved=True)


def _later(request: HttpRequest, sentence: str) -> HttpResponse:
    response = render(
        request, "opendata/later.html", {"sentence": sentence}, status=HTTPStatus.SERVICE_UNAVAILABLE
    )
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _sent_document(request: HttpRequest, document: Document) -> HttpResponseBase:
    changed_at = document.changed_at
    # Who publishes and where is said in them too, and changes on no declared day: the tag alone decides.
    if unchanged := _unchanged(request, document.stamp, None):
        unchanged["Last-Modified"] = http_date(changed_at)
        return unchanged
    response = HttpResponse(document.content, content_type=document.content_type)
    return _dressed(request, response, document.stamp, changed_at, name=document.name)


def _unchanged(request: HttpRequest, stamp: str, changed_at: int | None) -> HttpResponseBase | None:
    answer = get_conditional_response(request, etag=f'"{stamp}"', last_modified=changed_at)
    return _dressed(request, answer, stamp, changed_at) if answer else None


def _dressed(
    request: HttpRequest,
    response: HttpResponseBase,
    stamp: str,
    changed_at: int | None,
    *,
    name: str = "",
    saved: bool = False,
) -> HttpResponseBase:
    """With all that harvesters, caches and pages of others want to know."""
    response["ETag"] = f'"{stamp}"'
    if changed_at is not None:
        response["Last-Modified"] = http_date(changed_at)
    # An answer to a browser that has a session may carry its cookie.
    for_all = settings.SESSION_COOKIE_NAME not in request.COOKIES
    patch_cache_control(response, max_age=FRESH_SECONDS, **{"public" if for_all else "private": True})
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = EXPOSED
    response["Link"] = f'<{dataset().licence.address}>; rel="license"'
    if response.status_code == HTTPStatus.OK:
        response["Content-Disposition"] = content_disposition_header(saved, name) or "attachment"
        for header, value in SAFE.items():
            response[header] = value
    return response
