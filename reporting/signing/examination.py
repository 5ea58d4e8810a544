"""A file that comes back signed: what it is, whether it holds our document, what its signatures are worth.

Pure: no database, no settings, no network. Files from outside are read here, so it is called through
`sandbox`, in a process of its own.
"""

from __future__ import annotations

import datetime
import io
import json
import logging
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from programs.file_types import FileRefused, KindRefused, recognise

from . import asice, cades, certificates, cms, trust
from .pipe import Parts
from .verdict import (
    SIGN_AGAIN,
    Container,
    Examination,
    NotAccepted,
    SignatureFacts,
    Tier,
    not_accepted,
    to_plain,
)

logger = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
MAX_MB = 25

Examined = tuple[Tier, tuple[cms.Signer, ...]]


def examine(
    original: bytes, upload: bytes, *, trust_folder: Path | None, now: datetime.datetime
) -> Examination:
    """Tiers 1 to 3 of an upload that should be the PDF `original`, signed.

    `trust_folder`: certificates that may end a chain, see `trust`. Raises NotAccepted for everything whose
    content is not ours or whose mathematics was computed and is wrong.
    """
    if len(upload) > MAX_MB * MEGABYTE:
        raise not_accepted(f"Файл більший за {MAX_MB} МБ: підписана редакція стільки не важить.", SIGN_AGAIN)
    container, examined_as = _kind(upload)
    try:
        content, signers = examined_as(original, upload)
        trust_list = trust.read_folder(trust_folder)
        signatures = tuple(_facts(one, trust_list, now) for one in signers)
    except NotAccepted:
        raise
    # Parsers of files from outside raise whatever they stumble over.
    except Exception as error:
        logger.warning(
            "A signed file (%s) cannot be read: %s at %s",
            container,
            type(error).__name__,
            _place(error.__traceback__),
        )
        raise not_accepted(_UNREADABLE[container], SIGN_AGAIN) from error
    return Examination(container, content, signatures)


def apart(parts: Parts) -> Parts:
    """The task of `worker`: `examine`, its arguments and its answer as parts."""
    original, upload, folder = parts["original"], parts["upload"], str(parts["trust_folder"])
    assert isinstance(original, bytes)
    assert isinstance(upload, bytes)
    now = datetime.datetime.fromisoformat(str(parts["now"]))
    try:
        examination = examine(original, upload, trust_folder=Path(folder) if folder else None, now=now)
    except NotAccepted as refused:
        return {"refused": str(refused)}
    return {"examination": json.dumps(to_plain(examination))}


def _facts(signer: cms.Signer, trust_list: trust.TrustList, now: datetime.datetime) -> SignatureFacts:
    return SignatureFacts(
        certificate=certificates.describe(signer.certificate),
        claimed_at=signer.claimed_at.isoformat() if signer.claimed_at else "",
        time_stamped=signer.stamp is not None,
        mathematics=signer.mathematics,
        trust=trust.signer_tier(signer, trust_list, now),
    )


# --- what it is --------------------------------------------------------------------------


def _kind(upload: bytes) -> tuple[Container, Callable[[bytes, bytes], Examined]]:
    """By its content, whatever its name says."""
    if not upload:
        raise not_accepted("Файл порожній: у ньому немає жодного байта.")
    if upload.startswith(b"%PDF-"):
        return Container.PADES, _examine_pdf
    if upload.startswith(b"PK\x03\x04"):
        return Container.ASICE, asice.examine
    # A SEQUENCE in DER or BER, or the same in PEM.
    if upload.startswith((b"\x30", b"-----BEGIN")):
        return Container.CADES, cades.examine
    raise not_accepted(f"За вмістом це {_seeming(upload)}, а підписана редакція буває PDF, .p7s або ASiC-E.")


def _examine_pdf(original: bytes, upload: bytes) -> Examined:
    # Brings pyHanko's reader, which no other kind needs.
    from . import signed_pdf

    return signed_pdf.examine(original, upload)


def _seeming(upload: bytes) -> str:
    try:
        return f"файл {recognise(io.BytesIO(upload)).name}"
    except KindRefused as refused:
        return refused.seems
    except FileRefused:
        return "пошкоджений файл"


_UNREADABLE = {
    Container.PADES: "PDF пошкоджено або записано незвично: прочитати його до кінця не вдалося.",
    Container.CADES: cms.DAMAGED,
    Container.ASICE: asice.DAMAGED,
}


def _place(traceback: TracebackType | None) -> str:
    """Where it happened, without what it happened to: texts of errors quote the file."""
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    return f"{traceback.tb_frame.f_code.co_qualname}:{traceback.tb_lineno}" if traceback else ""
