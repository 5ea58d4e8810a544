"""«Вибірка даних»: the filter, what it finds, files of it at once, and filters kept under a name."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from http import HTTPStatus
from typing import IO, Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from programs import permissions, textforms
from programs.models import User
from programs.views.reach import NoSuchPage, require, signed_in

from .. import jobs, saved_extracts, tasks
from ..archives import signed_years
from ..extracts.choosing import candidates, count, counted, is_told_by_database
from ..extracts.forms import OfferedField, SelectionForm
from ..extracts.preview import preview
from ..extracts.selection import Selection
from ..extracts.writing import FORMATS, NotWritten, file_name, write_extract
from ..models import SavedExtract
from .files import journalled_extract

PREVIEWED = 20
FILES_SHOWN = 10
FOLDED = ("programs", "responsible", "executors", "sources", "states")
"""Fields of the filter that unfold: of years there are few, they always stand open."""


@require_safe
def extracts(request: HttpRequest) -> HttpResponse:
    return extracts_page(request)


def reader_of(request: HttpRequest) -> User:
    user = signed_in(request)
    require(
        permissions.can_read_programs(user),
        "Вибірка даних відкривається аудиторам, адміністраторам програм і тим, кого призначено до виконавця.",
    )
    return user


def extracts_page(
    request: HttpRequest,
    *,
    query: QueryDict | None = None,
    refusal: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """The whole page; `query` and `refusal` where something sent from it was refused."""
    user = reader_of(request)
    form = SelectionForm((request.GET if query is None else query) or None, reader=user)
    selection = form.selection()
    most = candidates(selection, user).count()
    is_large = most > settings.EXTRACT_IN_BACKGROUND_FROM
    # A count for which every row must be looked at is not worth a minute's wait.
    is_exact = is_told_by_database(selection) or not is_large
    found = counted(selection, user) if is_exact else None
    now = timezone.now()
    context = {
        "form": form,
        "groups": [_choices(form, name) for name in FOLDED],
        "years": _choices(form, "years"),
        "complaints": form.complaints(),
        "selection": selection,
        "is_filtered": selection != Selection(),
        "words": selection.in_words(user),
        "query": selection.to_query(),
        "found": found.rows if found else most,
        "found_text": _with_spaces(found.rows if found else most),
        "drafts_text": _with_spaces(found.drafts) if found and found.drafts else "",
        **_not_compared(selection, user, is_exact=is_exact),
        "is_exact": is_exact,
        "is_large": is_large,
        **_first_rows(selection, user),
        "formats": list(FORMATS.values()),
        "saved": [_saved(one, user) for one in saved_extracts.of_user(user)],
        "files": [(job, jobs.standing(job, now)) for job in tasks.files_of(user, most=FILES_SHOWN)],
        "signed_years": signed_years(user),
        "kept_hours": settings.EXTRACT_KEEP_HOURS,
        "refusal": refusal,
    }
    return render(request, "extracts/page.html", context, status=status)


def _with_spaces(number: int) -> str:
    return textforms.format_decimal(Decimal(number), decimals=0)


def _not_compared(selection: Selection, user: User, *, is_exact: bool) -> dict[str, Any]:
    """What a filter by deviation passes over: measures with a plan whose financed is blank.

    How many, None where counting would take long, and two addresses: with them alone, and with them too.
    """
    if selection.deviation_over is None or selection.without_financed:
        return {}
    apart = replace(selection, deviation_over=None, without_financed=True)
    return {
        "not_compared": count(apart, user) if is_exact else None,
        "not_compared_query": apart.to_query(),
        "with_not_compared_query": replace(selection, without_financed=True).to_query(),
    }


def _choices(form: SelectionForm, name: str) -> dict[str, Any]:
    """A field's options, with those that are chosen, and what was asked for in vain."""
    field = form.fields[name]
    assert isinstance(field, OfferedField)
    chosen = set(form.data.getlist(name)) if isinstance(form.data, QueryDict) else set()
    offered: Any = field.choices
    options = [{"value": value, "label": label, "is_chosen": value in chosen} for value, label in offered]
    return {
        "name": name,
        "label": field.label,
        "options": options,
        "chosen": len([option for option in options if option["is_chosen"]]),
        "unknown": field.unknown,
    }


def _saved(saved: SavedExtract, user: User) -> dict[str, Any]:
    selection = saved_extracts.selection_of(saved)
    return {"record": saved, "query": selection.to_query(), "words": selection.in_words(user)}


def _first_rows(selection: Selection, user: User) -> dict[str, Any]:
    """Each cell with its column: numbers stand to the right."""
    seen = preview(selection, user, limit=PREVIEWED)
    return {
        "columns": seen.columns,
        "rows": [list(zip(seen.columns, row, strict=True)) for row in seen.rows],
        # Of how many rows these are, where the rest was not looked at; else nothing.
        "looked_at": seen.looked_at,
    }


# --- a file at once, or a job ------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def download_extract(request: HttpRequest, format_name: str) -> HttpResponseBase:
    """The file itself, or for a large selection the page of the job that makes it.

    Who comes by a link, or loads a refusal anew, is led to the page with the same filter.
    """
    user = reader_of(request)
    if format_name not in FORMATS:
        raise NoSuchPage("Такого формату вибірки немає.")
    if request.method != "POST":
        return redirect(f"{reverse('extracts')}?{request.GET.urlencode()}")
    sent = QueryDict(request.POST.get("selection", ""))
    form = SelectionForm(sent or None, reader=user)
    selection = form.selection()
    if form.complaints():
        # What is left out would make the file hold more than was asked for.
        return extracts_page(
            request,
            query=sent,
            refusal="Умови вибірки змінилися, тому файл не зроблено. Перегляньте їх і вивантажте знову.",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    try:
        if candidates(selection, user).count() <= settings.EXTRACT_IN_BACKGROUND_FROM:
            return _file_at_once(selection, format_name, user)
        job = tasks.ask_for_extract(selection, format_name, by=user)
    except jobs.TooManyJobs as refused:
        return extracts_page(request, query=sent, refusal=str(refused), status=HTTPStatus.TOO_MANY_REQUESTS)
    except NotWritten as refused:
        return extracts_page(
            request, query=sent, refusal=str(refused), status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    return redirect("extract_job", job.pk)


def _file_at_once(selection: Selection, format_name: str, user: User) -> FileResponse:
    now = timezone.now()

    def write(file: IO[bytes]) -> dict[str, Any]:
        return write_extract(selection, format_name, file, by=user, now=now).for_journal(selection)

    name = file_name(selection, format_name, now)
    return journalled_extract(write, FORMATS[format_name].content_type, name, by=user)


# --- filters under a name ----------------------------------------------------------------


@require_POST
def save_extract(request: HttpRequest) -> HttpResponse:
    user = reader_of(request)
    sent = QueryDict(request.POST.get("selection", ""))
    form = SelectionForm(sent or None, reader=user)
    selection = form.selection()
    try:
        if form.complaints():
            # What is left out would make the filter find more than was asked for.
            raise saved_extracts.NotSaved(
                "Не всі умови можна врахувати, тому вибірку не збережено. Перегляньте їх і збережіть знову."
            )
        saved = saved_extracts.save(request.POST.get("name", ""), selection, by=user)
    except saved_extracts.NotSaved as refused:
        return extracts_page(
            request, query=sent, refusal=str(refused), status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    messages.success(request, f"Вибірку «{saved.name}» збережено.")
    return redirect(f"{reverse('extracts')}?{selection.to_query()}")


@require_POST
def rename_extract(request: HttpRequest, pk: int) -> HttpResponse:
    saved = _own(request, pk)
    try:
        saved_extracts.rename(saved, request.POST.get("name", ""))
    except saved_extracts.NotSaved as refused:
        return extracts_page(request, refusal=str(refused), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, f"Тепер вибірка називається «{saved.name}».")
    return redirect("extracts")


@require_POST
def delete_extract(request: HttpRequest, pk: int) -> HttpResponse:
    saved = _own(request, pk)
    saved.delete()
    messages.success(request, f"Вибірку «{saved.name}» видалено. Самі дані лишилися, як були.")
    return redirect("extracts")


def _own(request: HttpRequest, pk: int) -> SavedExtract:
    saved = saved_extracts.of_user(signed_in(request)).filter(pk=pk).first()
    if saved is None:
        raise NoSuchPage("Такої збереженої вибірки у вас немає.")
    return saved
