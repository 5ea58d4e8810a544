"""Tier 3: whether a certificate's chain leads to the list of trust, a folder of certificates; no network.

RSA and ECDSA chains are followed by `pyhanko_certvalidator`; those with ДСТУ in them, which it cannot read,
link by link here. Lists of revoked certificates that lie in the folder are asked in both cases.
"""

from __future__ import annotations

import asyncio
import datetime
import itertools
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from asn1crypto import core, crl, pem, x509
from cryptography.x509 import load_der_x509_crl

from . import algorithms, certificates
from .cms import MALFORMED, Signer, Stamp
from .dstu import CHECK_ELSEWHERE, NotComputed
from .verdict import Outcome, Tier

logger = logging.getLogger(__name__)

CERTIFICATE_SUFFIXES = {".cer", ".crt", ".pem"}
REVOKED_SUFFIX = ".crl"
LONGEST_CHAIN = 8
# ГОСТ 34.311 takes some three seconds a megabyte.
LARGEST_UKRAINIAN_CRL = 512 * 1024
KYIV = ZoneInfo("Europe/Kyiv")

NONE_REVOKED = "За списками відкликаних з того самого переліку жоден сертифікат ланцюга не відкликано."
REVOCATION_UNKNOWN = (
    f"Чи не відкликано сертифікатів, не перевірено: чинних списків відкликаних немає. {CHECK_ELSEWHERE}"
)
NO_LIST = f"Ланцюг довіри не перевірено: переліку довіри на порталі немає. {CHECK_ELSEWHERE}"


@dataclass(frozen=True)
class TrustList:
    certificates: tuple[x509.Certificate, ...] = ()
    revocations: tuple[crl.CertificateList, ...] = ()

    @cached_property
    def roots(self) -> tuple[x509.Certificate, ...]:
        return tuple(one for one in self.certificates if one.subject.dump() == one.issuer.dump())


def read_folder(folder: Path | None) -> TrustList:
    """Certificates (PEM or DER) and lists of revoked ones; a file that is neither is logged and left out."""
    listed: list[x509.Certificate] = []
    revocations: list[crl.CertificateList] = []
    for path in sorted(folder.iterdir()) if folder and folder.is_dir() else ():
        try:
            if path.suffix.lower() in CERTIFICATE_SUFFIXES:
                read = [x509.Certificate.load(der, strict=True) for der in _ders(path)]
                # Read through at once: a damaged one must not fail in the middle of a signature.
                for one in read:
                    certificates.describe(one)
                listed += read
            elif path.suffix.lower() == REVOKED_SUFFIX:
                revocations += [crl.CertificateList.load(der, strict=True) for der in _ders(path)]
        except (*MALFORMED, OSError) as error:
            logger.warning("In the trust folder %s cannot be read: %s", path.name, type(error).__name__)
    return TrustList(tuple(listed), tuple(revocations))


def _ders(path: Path) -> list[bytes]:
    content = path.read_bytes()
    if not pem.detect(content):
        return [content]
    return [der for _, _, der in pem.unarmor(content, multiple=True)]


# --- the tier ----------------------------------------------------------------------------


class ChainFails(Exception):
    """The message is a Ukrainian sentence."""


def signer_tier(signer: Signer, trust_list: TrustList, now: datetime.datetime) -> Tier:
    """At the moment of a time stamp, where a trusted one stands; else now."""
    if not trust_list.roots:
        return Tier(Outcome.UNKNOWN, NO_LIST)
    at = now
    if signer.stamp and _is_trusted(signer.stamp, trust_list, now):
        at = signer.stamp.at
    try:
        _require_signing(signer.certificate)
        return _chain_tier(signer.certificate, signer.companions, trust_list, at)
    except ChainFails as error:
        return Tier(Outcome.FAILED, str(error))
    except NotComputed as reason:
        return Tier(Outcome.UNKNOWN, f"Ланцюг довіри не перевірено. {reason}")


def _is_trusted(stamp: Stamp, trust_list: TrustList, now: datetime.datetime) -> bool:
    purposes = stamp.certificate.extended_key_usage_value
    if purposes is None or "time_stamping" not in purposes.native:
        return False
    try:
        _chain_tier(stamp.certificate, stamp.companions, trust_list, now)
    except (ChainFails, NotComputed):
        return False
    return stamp.at <= now


def _chain_tier(
    certificate: x509.Certificate,
    companions: Sequence[x509.Certificate],
    trust_list: TrustList,
    at: datetime.datetime,
) -> Tier:
    """PASSED; raises ChainFails or NotComputed."""
    _require_term(certificate, at)
    chain = follow(certificate, companions, trust_list, at)
    root = certificates.name_of(chain[-1].subject)
    checked = [_is_unrevoked(one, issuer, trust_list, at) for one, issuer in itertools.pairwise(chain)]
    revocation = NONE_REVOKED if all(checked) else REVOCATION_UNKNOWN
    return Tier(
        Outcome.PASSED, f"Ланцюг сертифікатів веде до «{root}» з переліку довіри порталу. {revocation}"
    )


def _require_signing(certificate: x509.Certificate) -> None:
    usage = certificate.key_usage_value
    if usage is not None and not {"digital_signature", "non_repudiation"} & usage.native:
        raise ChainFails("Сертифікат не для підпису: його видано для шифрування або інших потреб.")


def _require_term(certificate: x509.Certificate, at: datetime.datetime) -> None:
    start, end = certificate.not_valid_before, certificate.not_valid_after
    if not start <= at <= end:
        raise ChainFails(
            f"Строк чинності сертифіката — з {_day(start)} до {_day(end)}, а підпис перевірено станом на "
            f"{_day(at)}: надійної позначки часу в межах строку підпис не має."
        )


def _day(moment: datetime.datetime) -> str:
    return f"{moment.astimezone(KYIV):%d.%m.%Y}"


def _leads_nowhere(certificate: x509.Certificate) -> ChainFails:
    issuer = certificates.name_of(certificate.issuer)
    return ChainFails(
        f"Ланцюг сертифікатів не веде до переліку довіри порталу: видавця «{issuer}» він не підтверджує. "
        "Такий самий вигляд має сертифікат, який хтось зробив собі сам."
    )


# --- chains ------------------------------------------------------------------------------


def follow(
    certificate: x509.Certificate,
    companions: Sequence[x509.Certificate],
    trust_list: TrustList,
    at: datetime.datetime,
) -> list[x509.Certificate]:
    """From the certificate to a root of the list, itself first. Raises ChainFails or NotComputed."""
    involved = (certificate, *companions, *trust_list.certificates)
    if certificates.is_ukrainian(certificate):
        return _followed_by_hand(certificate, involved, trust_list, at)
    return _followed_by_library(certificate, involved, trust_list, at)


def _followed_by_library(
    certificate: x509.Certificate,
    involved: Iterable[x509.Certificate],
    trust_list: TrustList,
    at: datetime.datetime,
) -> list[x509.Certificate]:
    """The library takes no certificate with ДСТУ."""
    from pyhanko_certvalidator import CertificateValidator, ValidationContext
    from pyhanko_certvalidator.errors import (
        ExpiredError,
        InvalidCertificateError,
        NotYetValidError,
        PathBuildingError,
        ValidationError,
    )
    from pyhanko_certvalidator.policy_decl import (
        CertRevTrustPolicy,
        RevocationCheckingPolicy,
        RevocationCheckingRule,
    )

    nothing = RevocationCheckingRule.NO_CHECK
    context = ValidationContext(
        trust_roots=[one for one in trust_list.roots if not certificates.is_ukrainian(one)],
        other_certs=[one for one in involved if not certificates.is_ukrainian(one)],
        moment=at,
        allow_fetching=False,
        revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy(nothing, nothing)),
    )
    validator = CertificateValidator(certificate, validation_context=context)
    try:
        path = asyncio.run(validator.async_validate_path())
    except (PathBuildingError, InvalidCertificateError) as error:
        raise _leads_nowhere(certificate) from error
    except (ExpiredError, NotYetValidError) as error:
        raise ChainFails(f"Сертифікат надавача в ланцюзі не діяв станом на {_day(at)}.") from error
    except ValidationError as error:
        raise ChainFails("Ланцюг сертифікатів не сходиться: один із них видано не за правилами.") from error
    return list(reversed(list(path.iter_certs(include_root=True))))


def _followed_by_hand(
    certificate: x509.Certificate,
    involved: Sequence[x509.Certificate],
    trust_list: TrustList,
    at: datetime.datetime,
    below: tuple[x509.Certificate, ...] = (),
) -> list[x509.Certificate]:
    """Whatever algorithms are on the way."""
    chain = (*below, certificate)
    if certificate in trust_list.roots:
        return list(chain)
    for issuer in involved if len(chain) < LONGEST_CHAIN else ():
        if issuer in chain or issuer.subject.dump() != certificate.issuer.dump():
            continue
        # Certificates below it that are themselves of authorities: all but the signer's own.
        if not _may_issue(issuer, at, len(below)) or not _is_signed_by(certificate, issuer):
            continue
        try:
            return _followed_by_hand(issuer, involved, trust_list, at, chain)
        except ChainFails:
            continue
    raise _leads_nowhere(certificate)


def _may_issue(issuer: x509.Certificate, at: datetime.datetime, authorities_below: int) -> bool:
    usage, longest = issuer.key_usage_value, issuer.max_path_length
    return bool(
        issuer.ca
        and (usage is None or "key_cert_sign" in usage.native)
        and (longest is None or authorities_below <= longest)
        and issuer.not_valid_before <= at <= issuer.not_valid_after
    )


def _is_signed_by(one: x509.Certificate | crl.CertificateList, issuer: x509.Certificate) -> bool:
    """Of a certificate or a list of revoked ones. Raises NotComputed."""
    body = one["tbs_certificate" if isinstance(one, x509.Certificate) else "tbs_cert_list"]
    signature = one["signature_value" if isinstance(one, x509.Certificate) else "signature"]
    return algorithms.holds(
        certificates.public_key_info(issuer), one["signature_algorithm"], "", body.dump(), signature.native
    )


# --- lists of revoked certificates -------------------------------------------------------


def _is_unrevoked(
    certificate: x509.Certificate, issuer: x509.Certificate, trust_list: TrustList, at: datetime.datetime
) -> bool:
    """False when no list of the issuer in force says so. Raises ChainFails when one says the contrary."""
    is_said = False
    for listed in trust_list.revocations:
        if listed.issuer.dump() != issuer.subject.dump() or not _is_whole(listed):
            continue
        try:
            if not _is_signed_by(listed, issuer):
                continue
        except NotComputed:
            continue
        entry = load_der_x509_crl(listed.dump()).get_revoked_certificate_by_serial_number(
            certificate.serial_number
        )
        if entry and entry.revocation_date_utc <= at:
            raise ChainFails(
                f"Сертифікат «{certificates.name_of(certificate.subject)}» відкликано "
                f"{_day(entry.revocation_date_utc)}: підпис ним не приймається."
            )
        until = listed["tbs_cert_list"]["next_update"].native
        is_said = is_said or until is None or at <= until
    return is_said


def _is_whole(listed: crl.CertificateList) -> bool:
    """Neither a part nor an addition to another list, and short enough to be computed."""
    scope = listed.issuing_distribution_point_value
    is_short = not algorithms.is_ukrainian(listed["signature_algorithm"]["algorithm"].dotted) or (
        len(listed.dump()) <= LARGEST_UKRAINIAN_CRL
    )
    return (
        is_short
        and listed.delta_crl_indicator_value is None
        and (scope is None or isinstance(scope["only_some_reasons"], core.Void))
    )
