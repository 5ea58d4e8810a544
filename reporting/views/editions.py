"""An edition as it was frozen: its page, its files byte for byte, what came back signed."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from programs.editions import superseding
from programs.enums import EventKind, FrozenForm
from programs.models import AnnualReport, Edition, FrozenReport, SignedFile
from programs.views.downloads import attachment
from programs.views.reach import NoSuchPage, signed_in, visible_report
from programs.withholding import closing
from programs.workflow import standing_freeze

from ..middleware import missing_step
from ..renderers import FORMATS
from ..renderers.html import form_fragment
from ..standing import file_name, frozen_document, signed_name
from .signing_panel import file_lines

# As they stand everywhere: what is signed first.
IN_ORDER = (FrozenForm.PDF, FrozenForm.XLSX, FrozenForm.JSON)


@require_safe
def edition_page(request: HttpRequest, public_id: str, year: int, number: int) -> HttpResponse:
    report = visible_report(signed_in(request), public_id, year)
    frozen = frozen_of(report, number)
    edition = getattr(frozen, "edition", None)
    document = frozen_document(frozen)
    context = {
        "program": report.program,
        "report": report,
        "frozen": frozen,
        "edition": edition,
        "number": number,
        "name": f"Редакція {number}" if edition else f"Майбутня редакція {number}",
        "reason": reason_for(frozen),
        "publication": getattr(edition, "publication", None),
        "superseded_by": superseding(edition) if edition else None,
        "files": sorted(
            frozen.files.defer("content"), key=lambda file: IN_ORDER.index(FrozenForm(file.form))
        ),
        "signed_files": file_lines(edition, [one.name for one in document.signatures]) if edition else (),
        "withheld": edition.withholdings.all() if edition else (),
        "others": report.editions.exclude(number=number),
        "form": form_fragment(document),
    }
    return render(request, "editions/edition_page.html", context)


@require_safe
def edition_file(
    request: HttpRequest, public_id: str, year: int, number: int, format_name: str
) -> HttpResponse:
    """The original as it was frozen, whatever has been signed or changed since."""
    report = visible_report(signed_in(request), public_id, year)
    if format_name not in FrozenForm:
        raise NoSuchPage("Редакцію збережено як PDF, Excel і JSON; іншого виду немає.")
    frozen = frozen_of(report, number)
    return attachment(
        frozen.content(FrozenForm(format_name)),
        FORMATS[format_name].content_type,
        file_name(report, f".{format_name}", edition=number),
    )


@login_not_required
@require_safe
def signed_file(request: HttpRequest, public_id: str, year: int, number: int, file_id: int) -> HttpResponse:
    """What came back, as it came. For everybody only by a setting, and only of what is published."""
    report = _published_report(public_id, year, number) if settings.PUBLIC_SIGNATURE_FILES else None
    if report is None:
        # What the middleware would have asked for, were this page nobody's but theirs who sign in.
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if step := missing_step(request):
            return redirect(step)
        report = visible_report(signed_in(request), public_id, year)
    file = SignedFile.objects.filter(pk=file_id, edition__report=report, edition__number=number).first()
    if file is None:
        raise NoSuchPage(f"Такого підписаного файла в редакції {number} немає.")
    return attachment(bytes(file.content), file.content_type, signed_name(report, file, number))


def frozen_of(report: AnnualReport, number: int) -> FrozenReport:
    """Of an edition, or of what is agreed and would become one. Raises NoSuchPage."""
    frozen = (
        FrozenReport.objects.filter(report=report, edition__number=number)
        .select_related("edition__publication", "frozen_by", "event")
        .first()
    )
    if frozen is None:
        standing = standing_freeze(report)
        frozen = standing if standing and standing.edition_number == number else None
    if frozen is None:
        raise NoSuchPage(f"Редакції {number} цього звіту немає.")
    return frozen


def reason_for(frozen: FrozenReport) -> str:
    """Why the edition before was opened again, which led to this one; empty of the first."""
    reopened = frozen.report.events.filter(
        kind=EventKind.REOPENED, details__edition=frozen.edition_number - 1
    ).first()
    return reopened.details["reason"] if reopened else ""


def _published_report(public_id: str, year: int, number: int) -> AnnualReport | None:
    """Whose edition of that number is public as it was signed, with nothing withheld then or since."""
    edition = (
        Edition.objects.filter(
            report__program__public_id=public_id,
            report__year=year,
            number=number,
            publication__isnull=False,
            withholdings__isnull=True,
        )
        .select_related("report__program")
        .first()
    )
    return edition.report if edition and closing(edition) is None else None
