"""Puts a signature into a field of our PDF with pyHanko: PAdES B-B, B-T or B-LT, whichever can be had.

Imported lazily: pyHanko is heavy.
"""

from __future__ import annotations

import asyncio
import binascii
import datetime
import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils import layout  # noqa: TID253  this module is imported lazily
from pyhanko.pdf_utils.content import PdfContent  # noqa: TID253  this module is imported lazily
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: TID253  this module is imported lazily
from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: TID253  this module is imported lazily
from pyhanko.sign.fields import SigSeedSubFilter, enumerate_sig_fields  # noqa: TID253  this module is imported lazily
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner  # noqa: TID253  this module is imported lazily
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1  # noqa: TID253  this module is imported lazily
from pyhanko.sign.signers.pdf_signer import (  # noqa: TID253  this module is imported lazily
    DSSContentSettings,
    PdfSigningSession,
    SigDSSPlacementPreference,
)
from pyhanko.stamp import StaticStampStyle  # noqa: TID253  this module is imported lazily
from pyhanko_certvalidator import ValidationContext  # noqa: TID253  this module is imported lazily
from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: TID253  this module is imported lazily

from . import key_files, revocations, trust
from .key_files import NotSigned, SigningKey
from .levels import Level, Signed
from .pipe import Parts
from .time_stamps import HttpTimeStamper, NoStamp

NO_STAMP = (
    "Підпис поставлено без позначки часу: служба позначок часу не відповіла, як слід. "
    "Час підписання засвідчує лише годинник порталу."
)
NO_FIELD = "У цьому документі немає місця для такого підпису. Погодьте звіт до підписання ще раз."
FIELD_TAKEN = "На цьому місці документа вже стоїть підпис: імовірно, хтось підписав раніше. Оновіть сторінку."

_DIGEST = "sha256"


@dataclass(frozen=True)
class Job:
    """What is signed, where and how it looks."""

    pdf: bytes
    field: str
    mark: bytes
    """A PDF of one page, see `stamp`."""
    now: datetime.datetime


def sign(job: Job, key: SigningKey, *, tsa_url: str, trust_folder: Path | None, fetch: bool) -> Signed:
    """Raises NotSigned; what a higher level lacks is told in the notes instead."""
    _require_empty_field(job)
    notes: list[str] = []
    stamper = _answering(tsa_url, notes)
    trusted = trust.read_folder(trust_folder)
    context = None
    if stamper and trusted.roots:
        context = _validation(job, key, stamper, trusted, fetch, notes)
    try:
        return Signed(_signed(job, key, stamper, context), _level(stamper, context), tuple(notes))
    except NoStamp:
        # It answered a moment ago, and no longer does.
        return Signed(_signed(job, key, None, None), Level.B_B, (NO_STAMP,))


def apart(parts: Parts) -> Parts:
    """The task of `worker`: reads the key and signs; arguments and answer as parts."""
    pdf, mark, key_file = parts["pdf"], parts["mark"], parts["key_file"]
    assert isinstance(pdf, bytes)
    assert isinstance(mark, bytes)
    assert isinstance(key_file, bytes)
    folder, now = str(parts["trust_folder"]), datetime.datetime.fromisoformat(str(parts["now"]))
    try:
        signed = sign(
            Job(pdf, str(parts["field"]), mark, now),
            key_files.read(key_file, str(parts["password"])),
            tsa_url=str(parts["tsa_url"]),
            trust_folder=Path(folder) if folder else None,
            fetch=bool(parts["fetch"]),
        )
    except NotSigned as refused:
        return {"refused": str(refused)}
    return {"pdf": signed.pdf, "level": signed.level.value, "notes": json.dumps(signed.notes)}


def _level(stamper: HttpTimeStamper | None, context: ValidationContext | None) -> Level:
    if context:
        return Level.B_LT
    return Level.B_T if stamper else Level.B_B


def _answering(tsa_url: str, notes: list[str]) -> HttpTimeStamper | None:
    """The time-stamper, once it has answered."""
    if not tsa_url:
        return None
    stamper = HttpTimeStamper(tsa_url)
    try:
        asyncio.run(stamper.async_dummy_response(_DIGEST))
    except NoStamp:
        notes.append(NO_STAMP)
        return None
    return stamper


def _validation(
    job: Job,
    key: SigningKey,
    stamper: HttpTimeStamper,
    trusted: trust.TrustList,
    fetch: bool,
    notes: list[str],
) -> ValidationContext | None:
    subjects = [revocations.Subject(key.certificate, key.companions, is_signer=True)]
    subjects += [revocations.Subject(one, tuple(stamper.cert_registry)) for one in stamper.certificates]
    try:
        return revocations.gather(subjects, trusted, job.now, from_network=fetch)
    except revocations.NotHad as reason:
        notes.append(nothing_to_keep(str(reason)))
        return None


def nothing_to_keep(reason: str) -> str:
    return (
        f"Відомостей про відкликання, які довели б підпис через роки, до файлу не додано: {reason}. "
        "На сам підпис це не впливає."
    )


# --- the field ---------------------------------------------------------------------------


def _require_empty_field(job: Job) -> None:
    fields = enumerate_sig_fields(PdfFileReader(io.BytesIO(job.pdf)), with_name=job.field)
    found = next(fields, None)
    if found is None:
        raise NotSigned(NO_FIELD)
    _, value, _ = found
    if value is not None:
        raise NotSigned(FIELD_TAKEN)


# --- pyHanko -----------------------------------------------------------------------------


class _Writer(IncrementalPdfFileWriter):
    """Leaves the metadata alone: rewritten by pyHanko, they no longer claim what PDF/A asks for."""

    def _update_meta(self) -> None:
        pass


class _Signer(PdfSigner):
    """Signs as of a given moment; keeps the file at PDF 1.7, as PDF/A-3 is."""

    now: datetime.datetime

    def init_signing_session(self, *args: Any, **kwargs: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.now
        return session

    def register_extensions(self, pdf_out: Any, *, md_algorithm: str) -> None:
        # Without the one for ECDSA, which is of PDF 2.0 and would raise the file to that.
        pdf_out.register_extension(ESIC_EXTENSION_1)


class _Mark(PdfContent):
    """A page of another PDF that is in memory; pyHanko's own class for it reads from the disk."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf

    def render(self) -> bytes:
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)))
        name = b"/Mark" + binascii.hexlify(os.urandom(8))
        self.resources.xobject[name.decode()] = page
        left, bottom, right, top = page.get_object()["/BBox"]
        self.box = layout.BoxConstraints(width=right - left, height=top - bottom)
        return name + b" Do"


def _signed(
    job: Job, key: SigningKey, stamper: HttpTimeStamper | None, context: ValidationContext | None
) -> bytes:
    metadata = PdfSignatureMetadata(
        field_name=job.field,
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=context is not None,
        validation_context=context,
        # Looked at before, with a sentence of its own.
        signer_key_usage=set(),
        # In one revision with the signature: another one would come from a writer that is not ours.
        dss_settings=DSSContentSettings(
            include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
        ),
    )
    signer = _Signer(
        metadata,
        SimpleSigner(key.certificate, key.private_key, SimpleCertificateStore.from_certs(_above(key))),
        timestamper=stamper,
        stamp_style=_style(job.mark),
    )
    signer.now = job.now
    output = signer.sign_pdf(_Writer(io.BytesIO(job.pdf)), existing_fields_only=True)
    return bytes(output.getvalue())


def _above(key: SigningKey) -> Sequence[Any]:
    """The certificates above the key's own, as far as its file has them, nearest first."""
    chain = [key.certificate]
    while issuer := next(
        (one for one in key.companions if one.subject.dump() == chain[-1].issuer.dump() and one not in chain),
        None,
    ):
        chain.append(issuer)
    return chain[1:]


def _style(mark: bytes) -> StaticStampStyle:
    middle = layout.AxisAlignment.ALIGN_MID
    whole_field = layout.SimpleBoxLayoutRule(middle, middle, margins=layout.Margins.uniform(0))
    return StaticStampStyle(border_width=0, background=_Mark(mark), background_layout=whole_field)
