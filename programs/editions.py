"""The door for what comes after agreeing: files that come back signed, copies, publication.

Every step locks the report as those of `workflow` do and is written with its event or not at all.
Whether a signature is good is found out before, outside any transaction, by `reporting.signing`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from . import permissions, withholding
from .enums import EventKind, ReportState, SignedKind
from .journal import record
from .models import AnnualReport, Edition, FrozenReport, Publication, Signature, SignedFile, User
from .signed_copies import CopyDetails, recognised, require_possible_dates, said, signer_of
from .textforms import search_key
from .withholding import Accepted, PublicCopy
from .workflow import (
    NOTHING_CHANGED,
    ONLY_HEAD_DECIDES,
    NotNow,
    entitled,
    lock,
    move,
    require_state,
    require_version,
    standing_freeze,
)

ONLY_WORKERS_SIGN = (
    "Підписані файли додає відповідальний виконавець Програми: відповідальна особа або керівник."
)
ONLY_HEAD_ADDS_TO_PUBLIC = (
    "Редакцію оприлюднено, і доданий файл одразу побачать усі. Тому додає його керівник відповідального "
    "виконавця Програми або той, хто виконує його обов’язки."
)


@dataclass(frozen=True)
class SignedUpload:
    """A file whose content has been found to be exactly what was frozen."""

    kind: SignedKind
    content: bytes
    content_type: str
    is_made_here: bool = False


@dataclass(frozen=True)
class CheckedSignature:
    """One signature of such a file."""

    position: int
    """Whose it is, by the order of the report's signatories from 1; 0 of nobody who should sign."""
    signer: str
    is_accepted: bool
    is_computed: bool
    """Whether the mathematics was done; otherwise somebody has to answer for the signature."""
    verdict: dict[str, Any]


# --- steps -------------------------------------------------------------------------------


@transaction.atomic
def attach_signed(
    report: AnnualReport,
    *,
    by: User,
    seen: int,
    frozen: FrozenReport,
    upload: SignedUpload,
    signatures: Sequence[CheckedSignature],
) -> SignedFile:
    """Keep a file that was signed electronically; the first one makes the frozen document an edition.

    `signatures` as they were checked against `frozen`. Raises NotYours, NotNow, NotWhole.
    """
    locked, person, standing = _entered(report, by, seen, frozen)
    edition = _edition_of(standing)
    _require_order(locked, edition, signatures)
    kept = _keep(
        edition,
        person,
        upload.content,
        kind=upload.kind,
        content_type=upload.content_type,
        is_made_here=upload.is_made_here,
    )
    Signature.objects.bulk_create(
        Signature(
            file=kept,
            position=one.position,
            signer=one.signer,
            is_accepted=one.is_accepted,
            is_computed=one.is_computed,
            verdict=one.verdict,
        )
        for one in signatures
    )
    _record(EventKind.SIGNED, locked, person, kept, signers=[told_of(one) for one in signatures])
    return kept


@transaction.atomic
def attach_copy(
    report: AnnualReport, *, by: User, seen: int, content: bytes, details: CopyDetails
) -> SignedFile:
    """Keep a scan of what was signed on paper, or a file that a document system has saved anew.

    Raises NotYours, NotNow, NotWhole.
    """
    kind = recognised(content, details.kind)
    locked, person, frozen = _entered(report, by, seen)
    require_possible_dates(locked, frozen, details)
    kept = _keep(
        _edition_of(frozen),
        person,
        content,
        kind=details.kind,
        content_type=kind.content_type,
        signed_on=details.signed_on,
        signed_by=signer_of(details),
        registry_number=said(details.registry_number, "registry_number"),
        registered_on=details.registered_on,
    )
    _record(
        EventKind.COPY_ADDED,
        locked,
        person,
        kept,
        signed_by=kept.signed_by,
        signed_on=kept.signed_on,
        registry_number=kept.registry_number,
        registered_on=kept.registered_on,
    )
    return kept


@transaction.atomic
def publish(
    report: AnnualReport,
    *,
    by: User,
    seen: int,
    vouched: bool = False,
    frozen: FrozenReport | None = None,
    accepted: Collection[Accepted] = (),
    copy: PublicCopy | None = None,
) -> Publication:
    """«Оприлюднити» the standing edition; the one published before it gives way.

    `vouched`: the person answers for a signature that the portal could not compute. `accepted` was seen
    in the texts of `frozen`, of which `copy` leaves out what everybody is not to read; `reporting.publishing`
    begins it. Raises NotYours, NotNow.
    """
    locked = lock(report)
    person, edition = require_publishable(locked, by=by, seen=seen, vouched=vouched, expected=frozen)
    move(locked, ReportState.AGREED, person)
    event = record(
        EventKind.PUBLISHED,
        by=person,
        report=locked,
        edition=edition.number,
        sha256=edition.frozen.fingerprint,
        grounds=[_ground_in_short(file) for file in grounds_to_publish(edition, vouched=vouched)],
        vouched=needs_vouching(edition),
        **_told_of_texts(accepted, copy),
    )
    if copy is not None:
        withholding.keep(edition, copy)
    return Publication.objects.create(edition=edition, published_at=event.happened_at, published_by=person)


def require_publishable(
    report: AnnualReport, *, by: User, seen: int, vouched: bool, expected: FrozenReport | None = None
) -> tuple[User, Edition]:
    """What publishing asks before anything is made for it. Raises NotYours, NotNow."""
    person = entitled(by, report, permissions.can_decide_on_report, ONLY_HEAD_DECIDES)
    require_state(report, ReportState.AGREED, doing="оприлюднити")
    require_version(report, seen)
    edition = require_unpublished(require_standing(report, expected))
    if needs_vouching(edition) and not vouched:
        raise NotNow(
            "Самого підпису портал не обчислив. Перевірте його на сайті центрального засвідчувального органу "
            f"(czo.gov.ua/verify) і підтвердьте це, коли оприлюднюєте. {NOTHING_CHANGED}"
        )
    return person, edition


def require_unpublished(frozen: FrozenReport) -> Edition:
    """The edition that may be published now. Raises NotNow."""
    edition = getattr(frozen, "edition", None)
    if edition is None or not (grounds_to_publish(edition) or needs_vouching(edition)):
        raise NotNow(
            "Оприлюднити ще не можна: немає ні електронного підпису того, хто має підписати, "
            f"ні копії підписаного на папері. {NOTHING_CHANGED}"
        )
    if hasattr(edition, "publication"):
        raise NotNow(f"Редакцію {edition.number} вже оприлюднено. {NOTHING_CHANGED}")
    return edition


def _told_of_texts(accepted: Collection[Accepted], copy: PublicCopy | None) -> dict[str, Any]:
    """What the journal has of the look at the texts; nothing where nothing was found and nothing withheld."""
    told: dict[str, Any] = {}
    if accepted:
        told["accepted"] = withholding.told_of_accepted(accepted)
    if copy is not None:
        told["withheld"] = withholding.told_of_withheld(copy.withheld)
        told["public_files"] = withholding.told_of_files(copy.files)
    return told


# --- what stands -------------------------------------------------------------------------


def grounds_to_publish(edition: Edition, *, vouched: bool = False) -> list[SignedFile]:
    """Files that carry an accepted and computed signature, and copies; without their bytes.

    `vouched`: accepted ones that nobody computed as well.
    """
    files = edition.signed_files.defer("content").prefetch_related("signatures")
    return [
        file
        for file in files
        if _stands_by_itself(file) or (vouched and any(one.is_accepted for one in file.signatures.all()))
    ]


def needs_vouching(edition: Edition) -> bool:
    """There is nothing to publish by but signatures whose mathematics the portal does not know.

    Whoever has the signatory's certificate, which is in every signed file, could have made those.
    """
    grounds = grounds_to_publish(edition, vouched=True)
    return bool(grounds) and not any(map(_stands_by_itself, grounds))


def _stands_by_itself(file: SignedFile) -> bool:
    return file.is_copy or any(one.is_accepted and one.is_computed for one in file.signatures.all())


def unsigned_positions(report: AnnualReport, edition: Edition | None) -> list[int]:
    """Places of the signatories, from 1, who signed neither electronically nor, a copy says, on paper."""
    if edition is None:
        return list(range(1, report.signatories.count() + 1))
    signed = set(
        Signature.objects.filter(file__edition=edition, is_accepted=True).values_list("position", flat=True)
    )
    copies = edition.signed_files.filter(kind__in=SignedKind.copies()).values_list("signed_by", flat=True)
    on_paper = [search_key(name) for name in copies]
    return [
        place
        for place, signatory in enumerate(report.signatories.all(), start=1)
        if place not in signed and not any(search_key(signatory.name) in name for name in on_paper)
    ]


def public_edition(report: AnnualReport) -> Edition | None:
    """The latest edition that was made public."""
    return report.editions.filter(publication__isnull=False).order_by("-number").first()


def superseding(edition: Edition) -> Edition | None:
    """The later edition that is public in its place."""
    public = public_edition(edition.report)
    return public if public and public.number > edition.number else None


# --- what every step asks, and does ------------------------------------------------------


def _entered(
    report: AnnualReport, by: User, seen: int, expected: FrozenReport | None = None
) -> tuple[AnnualReport, User, FrozenReport]:
    """The locked report, the person as they stand now, and the document that the file belongs to."""
    locked = lock(report)
    person = entitled(by, locked, permissions.can_attach_signed, ONLY_WORKERS_SIGN)
    require_state(locked, ReportState.AGREED, doing="додати підписаний файл")
    require_version(locked, seen)
    frozen = require_standing(locked, expected)
    if Publication.objects.filter(edition__frozen=frozen).exists():
        # What is added now is told to everybody at once: that is the head's to decide, like publishing.
        entitled(by, locked, permissions.can_decide_on_report, ONLY_HEAD_ADDS_TO_PUBLIC)
    return locked, person, frozen


def require_standing(report: AnnualReport, expected: FrozenReport | None = None) -> FrozenReport:
    """The frozen document that may be signed now. Raises NotNow."""
    require_state(report, ReportState.AGREED, doing="підписати")
    frozen = standing_freeze(report)
    if frozen is None:
        raise NotNow(
            "Звіт погодили до того, як портал почав зберігати документ для підпису. Відкрийте його для "
            f"уточнення й погодьте знову. {NOTHING_CHANGED}"
        )
    if expected is not None and expected.pk != frozen.pk:
        raise NotNow(f"Поки файл перевіряли, документ для підпису змінився. {NOTHING_CHANGED}")
    return frozen


def _edition_of(frozen: FrozenReport) -> Edition:
    """Made with the first file that comes back, whatever its kind."""
    edition, _ = Edition.objects.get_or_create(
        frozen=frozen,
        defaults={
            "report": frozen.report,
            "number": frozen.edition_number,
            "signed_at": timezone.now(),
        },
    )
    return edition


def _require_order(report: AnnualReport, edition: Edition, signatures: Collection[CheckedSignature]) -> None:
    """The signatories sign one after the other, as the report names them."""
    new = {one.position for one in signatures if one.is_accepted and one.position}
    left = unsigned_positions(report, edition)
    for place in left:
        if place in new:
            new.discard(place)
        elif new & set(left):
            signatory = list(report.signatories.all())[place - 1]
            raise NotNow(
                f"Спершу має підписати {signatory.name} ({signatory.post}): підписи йдуть за порядком "
                f"підписувачів. {NOTHING_CHANGED}"
            )


def _keep(edition: Edition, person: User, content: bytes, **facts: Any) -> SignedFile:
    sha256 = hashlib.sha256(content).hexdigest()
    if edition.signed_files.filter(sha256=sha256).exists():
        raise NotNow(f"Цей файл тут уже є. Удруге не додано. {NOTHING_CHANGED}")
    return SignedFile.objects.create(
        edition=edition,
        content=content,
        size=len(content),
        sha256=sha256,
        received_at=timezone.now(),
        received_by=person,
        **facts,
    )


def _record(kind: EventKind, report: AnnualReport, person: User, kept: SignedFile, **details: Any) -> None:
    move(report, ReportState.AGREED, person)
    record(
        kind,
        by=person,
        report=report,
        edition=kept.edition.number,
        sha256=kept.edition.frozen.fingerprint,
        file=kept.sha256,
        file_kind=kept.kind,
        **details,
    )


def told_of(one: CheckedSignature | Signature) -> dict[str, Any]:
    """A signature as the journal has it, which everybody who reads the report reads: no numbers of a person.

    The digest holds the whole verdict to what it was.
    """
    return {
        "signer": one.signer,
        "position": one.position,
        "accepted": one.is_accepted,
        "computed": one.is_computed,
        "tiers": {name: tier["outcome"] for name, tier in one.verdict["tiers"].items()},
        "verdict": hashlib.sha256(_canonical(one.verdict)).hexdigest(),
    }


def _canonical(verdict: dict[str, Any]) -> bytes:
    return json.dumps(verdict, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _ground_in_short(file: SignedFile) -> dict[str, Any]:
    if file.is_copy:
        return {"file": file.sha256, "kind": file.kind, "signed_by": file.signed_by}
    return {
        "file": file.sha256,
        "kind": file.kind,
        "signers": [told_of(one) for one in file.signatures.all() if one.is_accepted],
    }
