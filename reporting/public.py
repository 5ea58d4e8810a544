"""What everybody may see of the reports: the published editions, and of each what was frozen for it.

Nothing here reads the rows of a report: whoever edits them changes nothing that is public. Only the list
calls a programme and its department by today's names.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db.models import Max, Q, QuerySet

from programs.editions import superseding
from programs.enums import FrozenForm, SignedKind
from programs.models import AnnualReport, Edition, Executor, Publication, SignedFile, Withholding
from programs.textforms import search_key
from programs.withholding import closing

from . import renderers
from .authenticity import Signer, public_fingerprint, signers_of
from .document import ReportDocument, from_json
from .standing import file_name, frozen_document

FORMS = ("pdf", "xlsx", "csv", "json")
"""In which everybody gets a report, as pages list them."""

# How Ukrainian certificates write the number of a person, РНОКПП or of a passport, and the bare numbers.
_NUMBER_OF_PERSON = re.compile(rb"(?:TIN|PNO|PAS|IDC)UA-?\d|(?<!\d)(?:\d{10}|\d{8}-?\d{5})(?!\d)")


@dataclass(frozen=True)
class PublicFile:
    content: bytes
    content_type: str
    name: str


@dataclass(frozen=True)
class PublicEdition:
    """A published edition as everybody sees it."""

    edition: Edition
    """With its report and programme, frozen document and publication."""

    @property
    def report(self) -> AnnualReport:
        return self.edition.report

    @cached_property
    def withheld(self) -> tuple[Withholding, ...]:
        """Rows whose texts nobody but the staff reads; then the edition itself is not public, its copy is."""
        return tuple(self.edition.withholdings.all())

    @cached_property
    def document(self) -> ReportDocument:
        if self.withheld:
            return from_json(self._content("json"))
        return frozen_document(self.edition.frozen)

    @cached_property
    def successor(self) -> Edition | None:
        """The later edition that is public in its place."""
        return superseding(self.edition)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the report.json that everybody gets, whole."""
        return public_fingerprint(self.edition)

    def file(self, form: str) -> PublicFile:
        """In one of FORMS: as it was frozen; the CSV, which is not, from the frozen document."""
        ending = f"_public.{form}" if self.withheld else f".{form}"
        return PublicFile(self._content(form), renderers.FORMATS[form].content_type, self._name(ending))

    def _content(self, form: str) -> bytes:
        if self.withheld:
            return bytes(self.edition.public_files.get(form=form).content)
        if form in FrozenForm:
            return self.edition.frozen.content(FrozenForm(form))
        return renderers.render(self.document, form)

    # --- who signed ------------------------------------------------------------------------

    @cached_property
    def signers(self) -> tuple[Signer, ...]:
        return signers_of(self.edition)

    @cached_property
    def signed_files(self) -> tuple[SignedFile, ...]:
        """What came back signed electronically, without the bytes; copies are nobody else's business.

        Nothing of an edition with withheld texts: they stand in what was signed.
        """
        if self.withheld:
            return ()
        files = self.edition.signed_files.exclude(kind__in=SignedKind.copies()).defer("content")
        return tuple(files.order_by("pk"))

    @cached_property
    def signed_pdf(self) -> PublicFile | None:
        """The PDF with every signature in it, where everybody may have it.

        Certificates mostly hold the tax number of a person. That is no matter of their office: such a file
        is for everybody only where the city says so.
        """
        last = self.edition.signed_files.filter(kind=SignedKind.PADES).order_by("-pk").first()
        if last is None or self.withheld:
            return None
        content = bytes(last.content)
        if not settings.PUBLIC_SIGNATURE_FILES and holds_number_of_person(content):
            return None
        return PublicFile(content, last.content_type, self._name("_signed.pdf"))

    @cached_property
    def others(self) -> list[tuple[Edition, bool]]:
        """The report's other published editions, the latest first, and whether they may still be read."""
        published = self.report.editions.filter(publication__isnull=False).exclude(pk=self.edition.pk)
        return [
            (one, closing(one) is None) for one in published.select_related("publication").order_by("-number")
        ]

    @property
    def last_change(self) -> datetime.datetime:
        """When what the page tells of changed last: a publication of the report, or a file added since."""
        moments = self.report.editions.aggregate(
            published=Max("publication__published_at"),
            added=Max("signed_files__received_at", filter=Q(publication__isnull=False)),
        )
        return max(moment for moment in moments.values() if moment)

    def _name(self, ending: str) -> str:
        return file_name(self.report, ending, edition=self.edition.number)


def holds_number_of_person(signed_pdf: bytes) -> bool:
    """Whether a certificate in the signatures of a PDF has a person's number; yes where none can be read."""
    found = re.findall(rb"/Contents\s*<([0-9A-Fa-f\s]+)>", signed_pdf)
    signs = [re.sub(r"\s", "", one.decode()) for one in found]
    signatures = [bytes.fromhex(one + "0" * (len(one) % 2)) for one in signs]
    # Some texts of certificates have two bytes a sign, the first of them nought.
    return not signatures or any(
        _NUMBER_OF_PERSON.search(one) or _NUMBER_OF_PERSON.search(one.replace(b"\0", b""))
        for one in signatures
    )


# --- finding -----------------------------------------------------------------------------


def find_edition(public_id: str, year: int, number: int | None = None) -> PublicEdition | None:
    """The published edition of that number, or the one that is public now.

    None of an earlier one, too, where a later one holds back what stands in it.
    """
    editions = Edition.objects.filter(
        report__in=published_reports(), report__program__public_id=public_id, report__year=year
    ).filter(publication__isnull=False)
    if number is not None:
        editions = editions.filter(number=number)
    found = editions.select_related("report__program", "frozen", "publication").order_by("-number").first()
    return PublicEdition(found) if found and closing(found) is None else None


def published_reports() -> QuerySet[AnnualReport]:
    """Those with something public; none of a rejected programme."""
    public = Edition.objects.filter(publication__isnull=False)
    return AnnualReport.objects.not_rejected().filter(pk__in=public.values("report"))


@dataclass(frozen=True)
class Choice:
    """What a visitor has narrowed the list down to; what makes no sense narrows nothing."""

    year: int | None = None
    body: int | None = None
    text: str = ""

    def reports(self) -> QuerySet[AnnualReport]:
        """The newest publication first, each with `public_number` and `published_at` of what is public now.

        Of the text every word counts, in whatever order.
        """
        found = published_reports().annotate(
            public_number=Max("editions__number", filter=Q(editions__publication__isnull=False)),
            published_at=Max("editions__publication__published_at"),
        )
        if self.year is not None:
            found = found.filter(year=self.year)
        if self.body is not None:
            found = found.filter(program__responsible=self.body)
        for word in search_key(self.text).split():
            found = found.filter(
                Q(program__search_key__contains=word)
                | Q(program__responsible__search_key__contains=word)
                | Q(program__public_id__contains=word)
            )
        return found.select_related("program__responsible").order_by("-published_at", "-pk")


def years() -> list[int]:
    return list(published_reports().order_by("-year").values_list("year", flat=True).distinct())


def bodies() -> list[Executor]:
    """Whose reports there are, in the order of the alphabet."""
    return list(Executor.objects.filter(pk__in=published_reports().values("program__responsible")))


def last_publication() -> datetime.datetime | None:
    return Publication.objects.aggregate(last=Max("published_at"))["last"]
