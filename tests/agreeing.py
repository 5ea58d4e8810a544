"""A small report brought on by the doors: agreed, signed on paper, published, opened again."""

from typing import Any

from django.utils import timezone

from programs import editions, workflow
from programs.enums import AppointmentRole, FrozenForm, SignedKind
from programs.models import AnnualReport, Edition, FrozenReport, Publication, SignedFile, User
from programs.signed_copies import CopyDetails
from reporting import issuing
from tests import building, submitting
from tests.files import picture


def now(report: AnnualReport) -> AnnualReport:
    return AnnualReport.objects.get(pk=report.pk)


def small_report(measures: int = 1) -> tuple[AnnualReport, User]:
    """Ready to be submitted, and the head of its department."""
    program = building.program(measures=measures)
    head = building.appointed(building.user("head"), program.responsible, AppointmentRole.HEAD)
    return building.ready_report(program, by=head), head


def agree(report: AnnualReport, head: User) -> FrozenReport:
    """Submitted as it stands and agreed by the same person; the PDF is really printed."""
    submitting.submit(report, head)
    return issuing.agree_report(report, by=head, seen=now(report).version)


def agree_unprinted(report: AnnualReport, head: User, *, pdf: bytes = b"%PDF-") -> FrozenReport:
    """A submitted report agreed with its true document and stand-ins for what takes time to print."""
    text, _ = issuing.document_text(workflow.fetch(report))
    files = {FrozenForm.JSON: text.encode(), FrozenForm.PDF: pdf, FrozenForm.XLSX: b"PK"}
    return workflow.agree(report, by=head, seen=now(report).version, files=files)


def copy_details(**changes: Any) -> CopyDetails:
    given: dict[str, Any] = {
        "kind": SignedKind.PAPER,
        "signed_on": timezone.localdate(),
        "signed_by": "Олена ПРИКЛАД",
        "registry_number": "01-12/345",
    }
    return CopyDetails(**given | changes)


def sign_on_paper(
    report: AnnualReport, head: User, content: bytes | None = None, **changes: Any
) -> SignedFile:
    """With the first one the agreed document becomes an edition."""
    return editions.attach_copy(
        report,
        by=head,
        seen=now(report).version,
        content=content or picture("PNG"),
        details=copy_details(**changes),
    )


def publish(report: AnnualReport, head: User) -> Publication:
    return editions.publish(report, by=head, seen=now(report).version)


def reopen(report: AnnualReport, head: User, reason: str = "Знайшли помилку.") -> None:
    workflow.reopen(report, by=head, seen=now(report).version, reason=reason)


def published_edition(report: AnnualReport, head: User, *, printed: bool = True) -> Edition:
    """The next edition: agreed, signed on paper, published."""
    if printed:
        agree(report, head)
    else:
        submitting.submit(report, head)
        agree_unprinted(report, head)
    file = sign_on_paper(report, head)
    publish(report, head)
    return file.edition
