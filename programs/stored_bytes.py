"""Whether every stored document still has the bytes, and the signers, that the journal saw written.

The journal's chain proves its events, and each of them names digests; here the contents themselves are
read and held against them. To be asked only once the chain is found whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .editions import told_of
from .enums import EventKind
from .models import (
    Edition,
    Event,
    FrozenFile,
    FrozenReport,
    Publication,
    PublicCopyFile,
    SignedFile,
    Submission,
)
from .withholding import told_of_withheld


@dataclass
class Inspection:
    """What one reading of all stored documents found."""

    read: int = 0
    faults: list[str] = field(default_factory=list)
    """Ukrainian sentences."""


@dataclass(frozen=True)
class _Kept:
    """A stored document: its name, its own digest column, its content, the digests the journal has for it."""

    name: str
    sha256: str
    content: bytes
    recorded: set[str]


def inspect() -> Inspection:
    """Reads one content at a time, however many there are, while others go on adding more."""
    found = Inspection()
    for kept in _all_kept():
        found.read += 1
        if hashlib.sha256(kept.content).hexdigest() != kept.sha256:
            found.faults.append(f"{kept.name}: вміст змінено після запису, він не відповідає своєму SHA-256.")
        if kept.sha256 not in kept.recorded:
            found.faults.append(f"{kept.name}: SHA-256 не той, що в журналі, або такої події там немає.")
    found.faults += _missing()
    found.faults += _unrecorded()
    return found


# --- what is stored, and what the journal says of it ---------------------------------------


def _all_kept() -> Iterator[_Kept]:
    for submission in Submission.objects.select_related("report__program").iterator(chunk_size=1):
        yield _Kept(
            str(submission),
            submission.sha256,
            submission.document.encode(),
            _recorded(
                "sha256",
                kind=EventKind.SUBMITTED,
                report=submission.report,
                details__submission=submission.number,
            ),
        )
    for file in FrozenFile.objects.select_related("frozen__report__program", "frozen__event").iterator(
        chunk_size=1
    ):
        event = file.frozen.event
        is_its_own = event.kind == EventKind.AGREED and event.report_id == file.frozen.report_id
        digests = event.details.get("files", {}) if is_its_own else {}
        yield _Kept(str(file), file.sha256, bytes(file.content), {digests.get(file.form, "")})
    for signed in SignedFile.objects.select_related("edition__report__program").iterator(chunk_size=1):
        yield _Kept(
            str(signed),
            signed.sha256,
            bytes(signed.content),
            _recorded(
                "file",
                kind__in=(EventKind.SIGNED, EventKind.COPY_ADDED),
                report=signed.edition.report,
                details__edition=signed.edition.number,
            ),
        )

    for copy in PublicCopyFile.objects.select_related("edition__report__program").iterator(chunk_size=1):
        published = _told_of_publication(copy.edition)
        yield _Kept(
            str(copy),
            copy.sha256,
            bytes(copy.content),
            {published.get("public_files", {}).get(copy.form, "")},
        )


def _recorded(name: str, **of: Any) -> set[str]:
    return {details[name] for details in Event.objects.filter(**of).values_list("details", flat=True)}


# --- what is said of the files: who signed, what is public ----------------------------------


def _unrecorded() -> Iterator[str]:
    """What the database keeps and the journal did not see so: it cannot tell who wrote a row."""
    files = SignedFile.objects.defer("content").select_related("edition__report__program", "edition__frozen")
    for file in files.iterator(chunk_size=100):
        told = _told_of(file)
        if not told:
            # Found already by its digest.
            continue
        if told["sha256"] != file.edition.frozen.fingerprint:
            yield f"{file}: редакція стоїть на іншому документі, ніж у журналі."
        if file.is_copy and _copy_facts(file) != {name: told[name] for name in _copy_facts(file)}:
            yield f"{file}: хто й коли підписав, не те, що в журналі."
        if not file.is_copy and [told_of(one) for one in file.signatures.all()] != told["signers"]:
            yield f"{file}: підписи чи висновки про них не ті, що в журналі."
    for publication in Publication.objects.select_related("edition__report__program"):
        edition = publication.edition
        event = _publishing(edition)
        if event is None:
            yield f"{edition}: оприлюднення немає в журналі."
            continue
        if (event.happened_at, event.by_id) != (publication.published_at, publication.published_by_id):
            yield f"{edition}: хто й коли оприлюднив, не те, що в журналі."
    for edition in Edition.objects.select_related("report__program"):
        told = _told_of_publication(edition).get("withheld", [])
        if told_of_withheld(edition.withholdings.order_by("place")) != told:
            yield f"{edition}: які рядки не оприлюднено й чому, не те, що в журналі."


def _publishing(edition: Edition) -> Event | None:
    return Event.objects.filter(
        kind=EventKind.PUBLISHED, report=edition.report_id, details__edition=edition.number
    ).first()


def _told_of_publication(edition: Edition) -> dict[str, Any]:
    """Of the event with which it was published; nothing where there is none."""
    event = _publishing(edition)
    return event.details if event else {}


def _told_of(file: SignedFile) -> dict[str, Any]:
    """Of the event with which the file came; nothing where there is none."""
    event = Event.objects.filter(
        kind__in=(EventKind.SIGNED, EventKind.COPY_ADDED),
        report=file.edition.report,
        details__file=file.sha256,
        details__edition=file.edition.number,
    ).first()
    return event.details if event else {}


def _copy_facts(file: SignedFile) -> dict[str, Any]:
    return {
        "file_kind": file.kind,
        "signed_by": file.signed_by,
        "signed_on": file.signed_on and file.signed_on.isoformat(),
        "registry_number": file.registry_number,
        "registered_on": file.registered_on and file.registered_on.isoformat(),
    }


# --- what the journal says was stored, and is not there ------------------------------------


def _missing() -> Iterator[str]:
    kinds = (
        EventKind.SUBMITTED,
        EventKind.AGREED,
        EventKind.SIGNED,
        EventKind.COPY_ADDED,
        EventKind.PUBLISHED,
    )
    for event in Event.objects.filter(kind__in=kinds).order_by("number").iterator():
        if lost := _lost(event):
            yield f"Подія журналу {event.number} «{event.get_kind_display()}»: {lost}"


def _lost(event: Event) -> str:
    """The end of a sentence; nothing when all is there that the event saw stored."""
    told = event.details
    if event.kind == EventKind.SUBMITTED:
        stored = Submission.objects.filter(
            report=event.report_id, number=told["submission"], sha256=told["sha256"]
        )
        return "" if stored.exists() else f"немає подання {told['submission']} із тодішнім SHA-256."
    if event.kind == EventKind.AGREED:
        return _lost_when_agreed(event)
    if event.kind == EventKind.PUBLISHED:
        return _lost_when_published(event)
    signed = SignedFile.objects.filter(
        edition__report=event.report_id, edition__number=told["edition"], sha256=told["file"]
    )
    return "" if signed.exists() else f"немає файла редакції {told['edition']} із тодішнім SHA-256."


def _lost_when_agreed(event: Event) -> str:
    # Events older than freezing have no files.
    if (files := event.details.get("files")) is None:
        return ""
    if not FrozenReport.objects.filter(event=event, fingerprint=event.details["sha256"]).exists():
        return "немає погодженого документа з тодішнім відбитком."
    stored = dict(FrozenFile.objects.filter(frozen__event=event).values_list("form", "sha256"))
    lost = [form for form, sha256 in files.items() if stored.get(form) != sha256]
    return f"немає погодженого файла з тодішнім SHA-256: {', '.join(lost)}." if lost else ""


def _lost_when_published(event: Event) -> str:
    of = {"edition__report": event.report_id, "edition__number": event.details["edition"]}
    if not Publication.objects.filter(**of).exists():
        return f"оприлюднення редакції {event.details['edition']} вже не записано."
    stored = dict(PublicCopyFile.objects.filter(**of).values_list("form", "sha256"))
    told = event.details.get("public_files", {})
    lost = [form for form, sha256 in told.items() if stored.get(form) != sha256]
    return f"немає файла публічної копії з тодішнім SHA-256: {', '.join(lost)}." if lost else ""
