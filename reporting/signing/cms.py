"""What PDF, .p7s and ASiC-E have in common: a CMS structure and the mathematics of each of its signers.

ДСТУ or RSA, a signature stands on the same legs (RFC 5652): signed attributes that hold the content's
digest and name the certificate, and a signature over those attributes. Only the last computation differs
by algorithm, and that is in `algorithms`.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from asn1crypto import cms, core, pem, tsp, x509

from . import algorithms, certificates
from .dstu import NotComputed
from .verdict import SIGN_AGAIN, NotAccepted, Outcome, Tier, not_accepted

MAX_SIGNERS = 20
# A chain has three or four; a CMS full of look-alikes would only cost time.
MAX_CERTIFICATES = 50
MAX_STAMPS = 3

DAMAGED = "Підпис пошкоджено або він не є підписом: його структуру (CMS) не вдалося прочитати."
NO_SIGNATURE = "Це файл CMS, але не підпис: він зашифрований або іншого призначення."
CERTIFICATES_ONLY = "У файлі немає жодного підпису: лише сертифікати."
NO_CERTIFICATE = "У підписі немає сертифіката того, хто підписав, тож невідомо, чий він."
SWAPPED = "Сертифікат у файлі не той, яким підписано: його підмінено."
DAMAGED_CERTIFICATE = (
    "Сертифікат того, хто підписав, записано не за правилами, тож прочитати його не вдалося."
)
SELECT_CERTIFICATE = (
    "Підпишіть ще раз і в налаштуваннях програми для підпису увімкніть додавання сертифіката до підпису."
)

# What asn1crypto raises, now or when a part is first looked at, for bytes that are not what they should be.
MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)


@dataclass(frozen=True)
class Stamp:
    """A time stamp that was computed and holds: this signature existed then, says its authority."""

    at: datetime.datetime
    certificate: x509.Certificate
    companions: tuple[x509.Certificate, ...]


@dataclass(frozen=True)
class Signer:
    certificate: x509.Certificate
    """One that `certificates.describe` reads."""
    companions: tuple[x509.Certificate, ...]
    """The other certificates that came with the signature."""
    claimed_at: datetime.datetime | None
    stamp: Stamp | None
    """None also where the mathematics is UNKNOWN: what a stamp then stands under is anybody's."""
    mathematics: Tier
    """PASSED or UNKNOWN: what is computed and wrong is not accepted at all."""


def read(content: bytes) -> cms.SignedData:
    """CMS in DER, BER or PEM, nothing behind it. Raises NotAccepted."""
    try:
        if pem.detect(content):
            _, _, content = pem.unarmor(content)
        message = cms.ContentInfo.load(content, strict=True)
        if message["content_type"].native != "signed_data":
            raise not_accepted(NO_SIGNATURE)
        signed = message["content"]
        count = len(signed["signer_infos"])
    except MALFORMED as error:
        raise not_accepted(DAMAGED) from error
    if not count:
        raise not_accepted(CERTIFICATES_ONLY)
    if count > MAX_SIGNERS:
        raise not_accepted(f"У файлі забагато підписів: {count}, а приймаємо до {MAX_SIGNERS}.")
    return signed


def encapsulated(signed: cms.SignedData) -> bytes | None:
    """The content inside the structure; None when the signature is detached."""
    content = signed["encap_content_info"]["content"]
    return None if isinstance(content, core.Void) else bytes(content)


def signers(
    signed: cms.SignedData, content: bytes, *, is_known: bool, otherwise: Callable[[str], NotAccepted]
) -> tuple[Signer, ...]:
    """Each signer, computed over the content. Raises NotAccepted for the first that does not hold.

    `is_known`: the content is known to be ours by its own bytes. Otherwise the signed digest is all that
    ties the signature to it, and one that cannot be computed is refused. `otherwise` makes the refusal
    of a signer (named in words) whose digest is of something else.
    """
    present = _certificates(signed)
    kind = signed["encap_content_info"]["content_type"].native
    # Taken once for all signers: of ГОСТ 34.311 a megabyte takes about a second.
    digest = cache(lambda algorithm, key: algorithms.digest(algorithm, content, key))
    found = []
    for info in signed["signer_infos"]:
        try:
            certificate = _certificate_of(info, present)
            _require_readable(certificate)
            who = f"«{certificates.name_of(certificate.subject)}»"
            mathematics = _computed(info, certificate, content, digest, kind=kind, is_known=is_known)
        except _OtherContent as error:
            raise otherwise(who) from error
        except _Wrong as error:
            raise not_accepted(str(error), error.advice) from error
        found.append(
            Signer(
                certificate=certificate,
                companions=tuple(one for one in present if one is not certificate),
                claimed_at=_moment(info),
                stamp=_stamp(info) if mathematics.outcome is Outcome.PASSED else None,
                mathematics=mathematics,
            )
        )
    return tuple(found)


# --- one signer --------------------------------------------------------------------------


class _Wrong(Exception):
    """The message is a Ukrainian sentence."""

    def __init__(self, what: str, advice: str = SIGN_AGAIN) -> None:
        super().__init__(what)
        self.advice = advice


class _OtherContent(Exception):
    pass


def _computed(
    info: cms.SignerInfo,
    certificate: x509.Certificate,
    content: bytes,
    digest: Callable[[str, bytes], bytes],
    *,
    kind: str,
    is_known: bool,
) -> Tier:
    key = certificates.public_key_info(certificate)
    who = f"«{certificates.name_of(certificate.subject)}»"
    _require_strong(info, key, who)
    # All of them are tried: what cannot be computed about one must not hide what is wrong with another.
    untied = _not_computed(lambda: _require_of(info, key, digest, kind))
    unnamed = _not_computed(lambda: _require_named(info, certificate))
    unheld = _not_computed(lambda: _require_held(info, key, content, who))
    # Without signed attributes nothing but the signature itself ties it to the content.
    loose = untied if _attributes(info) else unheld
    if loose and not is_known:
        raise _Wrong(
            f"Не видно, чи підпис {who} стоїть саме під збереженою редакцією. {loose}",
            "Тут можна прийняти її підписаною як PDF або ASiC-E; або додайте підписаний файл як копію.",
        ) from loose
    if reason := unheld or untied or unnamed:
        return Tier(Outcome.UNKNOWN, str(reason))
    return Tier(Outcome.PASSED, f"Підпис обчислено, і він сходиться ({algorithms.key_name(key)}).")


def _not_computed(check: Callable[[], None]) -> NotComputed | None:
    """Why the check came to no end, if it did not; what is wrong raises as ever."""
    try:
        check()
    except NotComputed as reason:
        return reason
    return None


def _require_strong(info: cms.SignerInfo, key: bytes, who: str) -> None:
    algorithm = info["digest_algorithm"]["algorithm"].dotted
    if weak := algorithms.weakness(key, info["signature_algorithm"], algorithm):
        raise _Wrong(
            f"Підпис {who} зроблено слабким алгоритмом ({weak}): такий сьогодні можна підробити.",
            "Підпишіть ще раз іншим алгоритмом: ДСТУ 4145, ECDSA або RSA від 2048 бітів із SHA-256.",
        )


def _require_held(info: cms.SignerInfo, key: bytes, content: bytes, who: str) -> None:
    algorithm = info["digest_algorithm"]["algorithm"].dotted
    data = _signed_bytes(info, content)
    try:
        if algorithms.holds(key, info["signature_algorithm"], algorithm, data, _signature(info)):
            return
    except algorithms.NotOfKey as error:
        raise _Wrong(f"Підпис {who} не прийнято: {error}.") from error
    if not _attributes(info):
        raise _OtherContent
    raise _Wrong(f"Підпис {who} не сходиться з ключем у сертифікаті: його пошкоджено або підмінено.")


def _require_of(info: cms.SignerInfo, key: bytes, digest: Callable[[str, bytes], bytes], kind: str) -> None:
    """That the signed attributes hold the content's digest; without any, the signature alone tells."""
    if not (attributes := _attributes(info)):
        return
    signed_digest, signed_kind = _value(attributes, "message_digest"), _value(attributes, "content_type")
    if signed_digest is None or signed_kind is None or signed_kind.native != kind:
        raise _Wrong(DAMAGED)
    if signed_digest.native != digest(info["digest_algorithm"]["algorithm"].dotted, key):
        raise _OtherContent


def _require_named(info: cms.SignerInfo, certificate: x509.Certificate) -> None:
    """The signed attributes, where they name a certificate, name this one.

    Without it, another certificate of the same key could be put in its place.
    """
    attributes = _attributes(info)
    for kind in ("signing_certificate_v2", "signing_certificate"):
        if (named := _value(attributes, kind)) is None:
            continue
        first = named["certs"][0]
        if kind == "signing_certificate":
            # Names the certificate by SHA-1, which the standard allows no other of.
            same = first["cert_hash"].native == hashlib.sha1(certificate.dump()).digest()
        else:
            algorithm = first["hash_algorithm"]["algorithm"].dotted
            key = certificates.public_key_info(certificate)
            same = first["cert_hash"].native == algorithms.digest(algorithm, certificate.dump(), key)
        if not same:
            raise _Wrong(SWAPPED)


def _signed_bytes(info: cms.SignerInfo, content: bytes) -> bytes:
    """What the signature is over: the attributes as a plain SET, whatever their tag in the structure."""
    return bytes(info["signed_attrs"].untag().dump()) if _attributes(info) else content


def _signature(info: cms.SignerInfo) -> bytes:
    return bytes(info["signature"].native)


def _moment(info: cms.SignerInfo) -> datetime.datetime | None:
    moment = _value(_attributes(info), "signing_time")
    return None if moment is None else moment.native


def _attributes(info: cms.SignerInfo, kind: str = "signed_attrs") -> Iterable[cms.CMSAttribute]:
    attributes = info[kind]
    return () if isinstance(attributes, core.Void) else attributes


def _value(attributes: Iterable[cms.CMSAttribute], kind: str) -> Any:
    """The attribute's only value, None without the attribute."""
    values = [value for one in attributes if one["type"].native == kind for value in one["values"]]
    if len(values) > 1:
        raise _Wrong(DAMAGED)
    return values[0] if values else None


# --- certificates ------------------------------------------------------------------------


def _certificates(signed: cms.SignedData) -> list[x509.Certificate]:
    present = signed["certificates"]
    chosen = [] if isinstance(present, core.Void) else [one.chosen for one in present]
    return [one for one in chosen if isinstance(one, x509.Certificate)][:MAX_CERTIFICATES]


def _certificate_of(info: cms.SignerInfo, present: list[x509.Certificate]) -> x509.Certificate:
    named = info["sid"].chosen
    for certificate in present:
        if isinstance(named, cms.IssuerAndSerialNumber):
            serial = named["serial_number"].native
            if certificate.serial_number == serial and certificate.issuer.dump() == named["issuer"].dump():
                return certificate
        elif certificate.key_identifier == named.native:
            return certificate
    raise _Wrong(NO_CERTIFICATE, SELECT_CERTIFICATE)


def _require_readable(certificate: x509.Certificate) -> None:
    try:
        certificates.describe(certificate)
    except MALFORMED as error:
        raise _Wrong(DAMAGED_CERTIFICATE) from error


# --- time stamps -------------------------------------------------------------------------


def _stamp(info: cms.SignerInfo) -> Stamp | None:
    """The first time stamp of the signature that holds.

    Anybody can add or spoil one afterwards: one that does not hold is as good as none.
    """
    values = [
        value
        for one in _attributes(info, "unsigned_attrs")
        if one["type"].native == "signature_time_stamp_token"
        for value in one["values"]
    ]
    for token in values[:MAX_STAMPS]:
        try:
            return _stamp_of(token, _signature(info))
        except (_Wrong, _OtherContent, NotComputed, *MALFORMED):
            continue
    return None


def _stamp_of(token: cms.ContentInfo, stamped: bytes) -> Stamp:
    """Raises _Wrong, _OtherContent, NotComputed and what asn1crypto raises."""
    signed = token["content"]
    content = encapsulated(signed)
    if content is None or len(signed["signer_infos"]) != 1:
        raise _Wrong(DAMAGED)
    stated = tsp.TSTInfo.load(content, strict=True)
    imprint = stated["message_imprint"]
    if imprint["hashed_message"].native != algorithms.digest(
        imprint["hash_algorithm"]["algorithm"].dotted, stamped
    ):
        raise _OtherContent
    info, present = signed["signer_infos"][0], _certificates(signed)
    certificate = _certificate_of(info, present)
    computed = _computed(
        info,
        certificate,
        content,
        lambda number, key: algorithms.digest(number, content, key),
        kind="tst_info",
        is_known=False,
    )
    if computed.outcome is not Outcome.PASSED:
        raise _Wrong(computed.sentence)
    return Stamp(
        stated["gen_time"].native, certificate, tuple(one for one in present if one is not certificate)
    )


def is_stamp_of(stamped: bytes, token: bytes) -> bool:
    """Whether the DER is a time stamp of these bytes and holds, by whichever authority."""
    try:
        _stamp_of(cms.ContentInfo.load(token, strict=True), stamped)
    except (_Wrong, _OtherContent, NotComputed, *MALFORMED):
        return False
    return True
