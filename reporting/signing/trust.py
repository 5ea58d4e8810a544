"""Tier 3: whether a certificate's chain leads to the list of trust, a folder of certificates; no network.

A chain is put together here, link by link. One of RSA and ECDSA is then judged by `pyhanko_certvalidator`;
one with ДСТУ in it, which that cannot read, by a few rules here. Lists of revoked certificates that lie in
the folder are asked in both cases.
"""

from __future__ import annotations

import asyncio
import datetime
import itertools
import logging
from collections.abc import Iterator, Sequence
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
LONGEST_CHAIN = 6
# Certificates that all certify each other make no end of chains, and one signature of ДСТУ takes 0.1 s.
MOST_CHECKS = 20
# ГОСТ 34.311 takes about a second a megabyte.
LARGEST_UKRAINIAN_CRL = 512 * 1024
KYIV = ZoneInfo("Europe/Kyiv")

NONE_REVOKED = "За списками відкликаних з того самого переліку жоден сертифікат ланцюга не відкликано."
REVOCATION_UNKNOWN = (
    f"Чи не відкликано сертифікатів, не перевірено: чинних списків відкликаних немає. {CHECK_ELSEWHERE}"
)
NOT_COMPUTED = (
    "Сертифікат веде до переліку довіри порталу, але підпису портал не обчислив, тож чи це підпис його "
    f"власника, не перевірено. {CHECK_ELSEWHERE}"
)
SELF_MADE = "Такий самий вигляд має сертифікат, який хтось зробив собі сам."
UNCONFIRMED = (
    "Ланцюг сертифікатів не підтверджено: один із них підписано алгоритмом, якого портал не обчислює. "
    f"{SELF_MADE} {CHECK_ELSEWHERE}"
)
NOT_BY_RULES = "Ланцюг сертифікатів не сходиться: один із них видано не за правилами."
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
    """At the moment of a time stamp, where a trusted one stands; else now.

    PASSED only for a signature that was computed: anybody can put another person's certificate into a file.
    """
    if not trust_list.roots:
        return Tier(Outcome.UNKNOWN, NO_LIST)
    at = now
    if signer.stamp and _is_trusted(signer.stamp, trust_list, now):
        at = signer.stamp.at
    try:
        _require_signing(signer.certificate)
        tier = _chain_tier(signer.certificate, signer.companions, trust_list, at)
    except ChainFails as error:
        return Tier(Outcome.FAILED, str(error))
    return tier if signer.mathematics.outcome is Outcome.PASSED else Tier(Outcome.UNKNOWN, NOT_COMPUTED)


def _is_trusted(stamp: Stamp, trust_list: TrustList, now: datetime.datetime) -> bool:
    purposes = stamp.certificate.extended_key_usage_value
    if purposes is None or "time_stamping" not in purposes.native:
        return False
    try:
        _chain_tier(stamp.certificate, stamp.companions, trust_list, now)
    except ChainFails:
        return False
    return stamp.at <= now


def _chain_tier(
    certificate: x509.Certificate,
    companions: Sequence[x509.Certificate],
    trust_list: TrustList,
    at: datetime.datetime,
) -> Tier:
    """PASSED; raises ChainFails."""
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
            f"Строк чинності сертифіката – з {_day(start)} до {_day(end)}, а підпис перевірено станом на "
            f"{_day(at)}: надійної позначки часу в межах строку підпис не має."
        )


def _day(moment: datetime.datetime) -> str:
    return f"{moment.astimezone(KYIV):%d.%m.%Y}"


def _leads_nowhere(certificate: x509.Certificate) -> ChainFails:
    issuer = certificates.name_of(certificate.issuer)
    return ChainFails(
        f"Ланцюг сертифікатів не веде до переліку довіри порталу: видавця «{issuer}» він не підтверджує. "
        f"{SELF_MADE}"
    )


# --- chains ------------------------------------------------------------------------------


def follow(
    certificate: x509.Certificate,
    companions: Sequence[x509.Certificate],
    trust_list: TrustList,
    at: datetime.datetime,
) -> list[x509.Certificate]:
    """From the certificate to a root of the list, itself first. Raises ChainFails.

    Also where a link cannot be computed: unlike a signature, which somebody may check elsewhere and answer
    for, a certificate that anybody can have made proves nothing about its own name.
    """
    # The list first: what came with the signature must not use up the checks.
    involved = (*trust_list.certificates, *companions)
    failures: list[ChainFails] = []
    for chain in _chains(certificate, involved, trust_list, failures):
        try:
            _require_valid(chain, at)
        except ChainFails as error:
            failures.append(error)
        else:
            return chain
    raise failures[0] if failures else _leads_nowhere(certificate)


def _chains(
    certificate: x509.Certificate,
    involved: Sequence[x509.Certificate],
    trust_list: TrustList,
    failures: list[ChainFails],
) -> Iterator[list[x509.Certificate]]:
    """Those that end with a root of the list, each signature in them computed. Adds why others do not."""
    waiting, checks = [[certificate]], 0
    while waiting:
        chain = waiting.pop()
        if chain[-1] in trust_list.roots:
            yield chain
            continue
        for issuer in _named_issuers(chain, involved):
            checks += 1
            if checks > MOST_CHECKS:
                return
            try:
                if _is_signed_by(chain[-1], issuer):
                    waiting.append([*chain, issuer])
            except NotComputed:
                failures.append(ChainFails(UNCONFIRMED))


def _named_issuers(
    chain: list[x509.Certificate], involved: Sequence[x509.Certificate]
) -> list[x509.Certificate]:
    """Those of the name and the key that the last certificate of the chain says of its issuer."""
    name, key = chain[-1].issuer.dump(), chain[-1].authority_key_identifier
    return [
        one
        for one in (involved if len(chain) < LONGEST_CHAIN else ())
        if one not in chain
        and one.subject.dump() == name
        and (key is None or one.key_identifier in (None, key))
    ]


def _require_valid(chain: list[x509.Certificate], at: datetime.datetime) -> None:
    """That each may issue the one before, at that moment. Raises ChainFails.

    Only this one chain goes to the library: out of many certificates it would try every order of them.
    """
    if not any(certificates.is_ukrainian(one) for one in chain):
        _require_valid_by_library(chain, at)
        return
    for below, issuer in enumerate(chain[1:]):
        if not issuer.not_valid_before <= at <= issuer.not_valid_after:
            raise _not_in_force(at)
        # Below it are as many certificates that are themselves of authorities: all but the signer's own.
        if not _may_issue(issuer, below):
            raise ChainFails(NOT_BY_RULES)


def _require_valid_by_library(chain: list[x509.Certificate], at: datetime.datetime) -> None:
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
        trust_roots=chain[-1:],
        other_certs=chain[1:-1],
        moment=at,
        allow_fetching=False,
        revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy(nothing, nothing)),
    )
    try:
        asyncio.run(CertificateValidator(chain[0], validation_context=context).async_validate_path())
    except (PathBuildingError, InvalidCertificateError) as error:
        raise _leads_nowhere(chain[0]) from error
    except (ExpiredError, NotYetValidError) as error:
        raise _not_in_force(at) from error
    except ValidationError as error:
        raise ChainFails(NOT_BY_RULES) from error


def _not_in_force(at: datetime.datetime) -> ChainFails:
    return ChainFails(f"Сертифікат надавача в ланцюзі не діяв станом на {_day(at)}.")


def _may_issue(issuer: x509.Certificate, authorities_below: int) -> bool:
    usage, longest = issuer.key_usage_value, issuer.max_path_length
    return bool(
        issuer.ca
        and (usage is None or "key_cert_sign" in usage.native)
        and (longest is None or authorities_below <= longest)
    )


def _is_signed_by(one: x509.Certificate | crl.CertificateList, issuer: x509.Certificate) -> bool:
    """Of a certificate or a list of revoked ones. Raises NotComputed for keys and algorithms that exist."""
    body = one["tbs_certificate" if isinstance(one, x509.Certificate) else "tbs_cert_list"]
    signature = one["signature_value" if isinstance(one, x509.Certificate) else "signature"]
    key, algorithm = certificates.public_key_info(issuer), one["signature_algorithm"]
    try:
        return algorithms.holds(key, algorithm, "", body.dump(), signature.native)
    except algorithms.NotOfKey:
        return False


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
