"""A signed file comes back: examined apart, its signers recognised, then kept or refused."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.utils import timezone

from programs import permissions
from programs.editions import (
    ONLY_WORKERS_SIGN,
    CheckedSignature,
    SignedUpload,
    attach_signed,
    require_standing,
    unsigned_positions,
)
from programs.enums import AppointmentRole, FrozenForm, SignedKind
from programs.models import AnnualReport, FrozenReport, SignedFile, User
from programs.textforms import search_key
from programs.workflow import NotNow, NotWhole, entitled, fetch, require_version

from ..renderers.fields import field_name
from .on_server import NotSigned, sign_apart
from .persons import Person, person_tier
from .sandbox import examine_apart
from .verdict import Container, Examination, NotAccepted, NotExamined, Outcome, SignatureFacts, Tier

CONTENT_TYPES = {
    Container.PADES: "application/pdf",
    Container.CADES: "application/pkcs7-signature",
    Container.ASICE: "application/vnd.etsi.asic-e+zip",
}
NOTHING_ADDED = "Підпису не додано."
# A signature under another document is recognised among so many of the report's earlier ones.
EARLIER_TRIED = 3


def receive(
    report: AnnualReport, *, by: User, seen: int, upload: bytes, is_made_here: bool = False
) -> SignedFile:
    """Check what came back for the standing document and keep it.

    Takes seconds, so it is done before the report is locked. Raises as `editions.attach_signed` does,
    NotWhole for a file that is not accepted; then nothing is kept.
    """
    fetched, frozen = _to_sign(report, by, seen)
    examination = _examined(frozen, upload)
    people = expected_signers(fetched)
    signatures = [_recognised(one, examination, people) for one in examination.signatures]
    if not any(one.is_accepted for one in signatures):
        raise NotWhole(f"{_why_not(signatures)} {NOTHING_ADDED}")
    return attach_signed(
        fetched,
        by=by,
        seen=seen,
        frozen=frozen,
        upload=SignedUpload(
            SignedKind(examination.container.value),
            upload,
            CONTENT_TYPES[examination.container],
            is_made_here,
        ),
        signatures=signatures,
    )


def sign_here(
    report: AnnualReport, *, by: User, seen: int, key_file: bytes, password: str
) -> tuple[SignedFile, tuple[str, ...]]:
    """Sign the standing document with a key given for this once; what is kept is checked like any other.

    Signs in the place of the signatory whose turn it is. Returns the file and sentences about what the
    signature could not be given. Raises as `receive` does, NotWhole for a key that does not serve.
    """
    fetched, frozen = _to_sign(report, by, seen)
    left = unsigned_positions(fetched, getattr(frozen, "edition", None))
    if not left:
        raise NotNow(f"Усі підписувачі вже підписали. {NOTHING_ADDED}")
    try:
        signed = sign_apart(
            _pdf_to_sign(frozen),
            field=field_name(left[0] - 1),
            key_file=key_file,
            password=password,
            now=timezone.now(),
            tsa_url=settings.TIME_STAMP_URL,
            trust_folder=settings.SIGNATURE_TRUST_FOLDER,
            fetch=settings.FETCH_REVOCATION,
        )
    except NotSigned as refused:
        raise NotWhole(f"{refused} {NOTHING_ADDED}") from refused
    return receive(report, by=by, seen=seen, upload=signed.pdf, is_made_here=True), signed.notes


def _to_sign(report: AnnualReport, by: User, seen: int) -> tuple[AnnualReport, FrozenReport]:
    """The report as it stands and its frozen document. Raises NotYours, NotNow before anything takes time."""
    fetched = fetch(report)
    entitled(by, fetched, permissions.can_attach_signed, ONLY_WORKERS_SIGN)
    require_version(fetched, seen)
    return fetched, require_standing(fetched)


def _pdf_to_sign(frozen: FrozenReport) -> bytes:
    """The frozen PDF, or what the signatories before have made of it."""
    edition = getattr(frozen, "edition", None)
    last = edition.signed_files.filter(kind=SignedKind.PADES).order_by("-pk").first() if edition else None
    return bytes(last.content) if last else frozen.content(FrozenForm.PDF)


def expected_signers(report: AnnualReport) -> list[list[Person]]:
    """By the order of the signatories, who may sign in that place.

    The first one is the responsible executor's head; in their place signs also who acts as head today.
    """
    executor = report.program.responsible
    people = [
        _known_as(signatory.name, executor.edrpou if place == 0 else "")
        for place, signatory in enumerate(report.signatories.all())
    ]
    if people:
        acting = executor.appointments.current().filter(role=AppointmentRole.ACTING_HEAD)
        people[0] += [
            Person(one.user.get_full_name(), one.user.tax_number, executor.edrpou)
            for one in acting.select_related("user")
        ]
    return people


def _known_as(name: str, edrpou: str) -> list[Person]:
    """The person of that name with each tax number under which accounts know them; namesakes happen."""
    key = search_key(name)
    numbers = [
        user.tax_number
        for user in User.objects.filter(is_active=True).exclude(tax_number="")
        if search_key(user.get_full_name()) == key
    ]
    return [Person(name, number, edrpou) for number in numbers or [""]]


# --- what was found out ------------------------------------------------------------------


def _examined(frozen: FrozenReport, upload: bytes) -> Examination:
    try:
        return examine_apart(
            frozen.content(FrozenForm.PDF), upload, trust_folder=settings.SIGNATURE_TRUST_FOLDER
        )
    except NotExamined as refused:
        raise NotWhole(f"{refused} {NOTHING_ADDED}") from refused
    except NotAccepted as refused:
        if other := _signed_instead(frozen, upload):
            raise NotWhole(f"{other} {NOTHING_ADDED}") from refused
        raise NotWhole(f"{refused} {NOTHING_ADDED}") from refused


def _signed_instead(frozen: FrozenReport, upload: bytes) -> str:
    """A sentence, when the file carries a signature under an earlier document of the same report."""
    earlier = frozen.report.frozen_reports.filter(pk__lt=frozen.pk).order_by("-pk")[:EARLIER_TRIED]
    for other in earlier:
        try:
            examine_apart(other.content(FrozenForm.PDF), upload, trust_folder=None)
        except NotAccepted:
            continue
        then, now = timezone.localtime(other.frozen_at), timezone.localtime(frozen.frozen_at)
        return (
            f"Це підпис під іншим документом: його погоджено {then:%d.%m.%Y %H:%M} (редакція "
            f"{other.edition_number}), а тепер підписують погоджений {now:%d.%m.%Y %H:%M} (редакція "
            f"{frozen.edition_number}). Завантажте оригінал звідси й підпишіть його."
        )
    return ""


def _recognised(
    signature: SignatureFacts, examination: Examination, people: list[list[Person]]
) -> CheckedSignature:
    """Whose signature it is, and whether it counts; `people` as `expected_signers` names them."""
    position, person = _whose(signature, people)
    tiers = {
        "content": examination.content,
        "mathematics": signature.mathematics,
        "trust": signature.trust,
        "person": person,
    }
    return CheckedSignature(
        position=position,
        signer=signature.certificate.name[:300],
        # A chain that has been checked and does not hold says that anybody could have made the certificate.
        is_accepted=all(tiers[name].outcome is Outcome.PASSED for name in ("content", "person"))
        and all(tier.outcome is not Outcome.FAILED for tier in tiers.values()),
        is_computed=signature.mathematics.outcome is Outcome.PASSED,
        verdict=_as_kept(signature, examination, tiers),
    )


def _whose(signature: SignatureFacts, expected: list[list[Person]]) -> tuple[int, Tier]:
    """The place of the signatory, 0 of nobody's, and what is said of the person."""
    refusals = []
    for place, people in enumerate(expected, start=1):
        for person in people:
            tier = person_tier(signature.certificate, person)
            if tier.outcome is Outcome.PASSED:
                return place, tier
            refusals.append(tier)
    if not refusals:
        return 0, Tier(Outcome.FAILED, "У звіті не вказано жодного підписувача, тож звірити особу ні з ким.")
    return 0, refusals[0]


def _as_kept(signature: SignatureFacts, examination: Examination, tiers: dict[str, Tier]) -> dict[str, Any]:
    return {
        "container": examination.container.value,
        "tiers": {name: asdict(tier) for name, tier in tiers.items()},
        "certificate": asdict(signature.certificate),
        "claimed_at": signature.claimed_at,
        "time_stamped": signature.time_stamped,
    }


def _why_not(signatures: list[CheckedSignature]) -> str:
    """The first tier that forbids it, in its own words."""
    for one in signatures:
        for name in ("person", "trust"):
            tier = one.verdict["tiers"][name]
            if tier["outcome"] == Outcome.FAILED:
                return str(tier["sentence"])
    return "Підпис не прийнято."
