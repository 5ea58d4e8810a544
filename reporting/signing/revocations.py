"""What PAdES B-LT keeps beside a signature: the chains of its certificates and the lists of revoked ones.

Imported lazily, by `pades`.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from asn1crypto import crl, x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext  # noqa: TID253  this module is imported lazily
from pyhanko_certvalidator.errors import (  # noqa: TID253  this module is imported lazily
    InvalidCertificateError,
    PathBuildingError,
    RevokedError,
    ValidationError,
)

from . import certificates, trust
from .algorithms import NotComputed
from .fetching import NotFetched, fetch
from .key_files import NotSigned

LARGEST_LIST = 8 * 1024 * 1024
# Times the number of lists: somebody waits for the signature.
LONGEST_SECONDS = 5.0
MOST_LISTS = 4

REVOKED = (
    "Сертифікат ключа або його надавача відкликано, тож підпис ним не має сили. "
    "Отримайте новий ключ і підпишіть ним."
)
OUTSIDE = "ланцюг сертифікатів не веде до переліку довіри порталу"
NO_LISTS = "чинних списків відкликаних сертифікатів немає"
_DAMAGED = (ValueError, TypeError, KeyError, AttributeError)


class NotHad(Exception):
    """The message is a Ukrainian sentence without its end: why there is nothing to keep."""


@dataclass(frozen=True)
class Subject:
    """A certificate that a signature leans on, with those that came with it."""

    certificate: x509.Certificate
    companions: Sequence[x509.Certificate]
    is_signer: bool = False


def gather(
    subjects: Sequence[Subject], trusted: trust.TrustList, now: datetime.datetime, *, from_network: bool
) -> ValidationContext:
    """A context in which every subject's chain and its revocations are known, for pyHanko to embed.

    `from_network`: lists that the trust folder lacks are fetched, but only from where certificates say
    whose chain leads to a trusted root: a stranger's certificate must not choose what we call.
    Raises NotHad; NotSigned when the signer's own certificate was revoked.
    """
    chains = [_chain(subject, trusted, now) for subject in subjects]
    lists = list(trusted.revocations)
    if from_network:
        lists += _fetched({place for chain in chains for one in chain for place in _places(one)})
    for subject in subjects:
        _require_unrevoked(subject, _strict(trusted, chains, lists, now))
    return _strict(trusted, chains, lists, now)


def _chain(subject: Subject, trusted: trust.TrustList, now: datetime.datetime) -> list[x509.Certificate]:
    """From the subject up to below the root, whatever has been revoked."""
    try:
        return trust.follow(subject.certificate, subject.companions, trusted, now)[:-1]
    except (trust.ChainFails, NotComputed) as error:
        raise NotHad(OUTSIDE) from error


def _strict(
    trusted: trust.TrustList,
    chains: Sequence[Sequence[x509.Certificate]],
    lists: Sequence[crl.CertificateList],
    now: datetime.datetime,
) -> ValidationContext:
    return ValidationContext(
        trust_roots=_computable(trusted.roots),
        other_certs=_computable(one for chain in chains for one in chain),
        crls=lists,
        moment=now,
        allow_fetching=False,
        revocation_mode="require",
    )


def _require_unrevoked(subject: Subject, context: ValidationContext) -> None:
    try:
        validator = CertificateValidator(subject.certificate, validation_context=context)
        asyncio.run(validator.async_validate_path())
    except RevokedError as error:
        if subject.is_signer:
            raise NotSigned(REVOKED) from error
        raise NotHad(NO_LISTS) from error
    except (PathBuildingError, InvalidCertificateError, ValidationError) as error:
        raise NotHad(NO_LISTS) from error


def _computable(found: Iterable[x509.Certificate]) -> list[x509.Certificate]:
    """The library fails on certificates with ДСТУ keys rather than pass them over."""
    return [one for one in found if not certificates.is_ukrainian(one)]


# --- from the network --------------------------------------------------------------------


def _places(certificate: x509.Certificate) -> list[str]:
    """Where the certificate says its issuer's list lies."""
    found = (point.url for point in certificate.crl_distribution_points)
    return [place for place in found if place and place.startswith(("http://", "https://"))]


def _fetched(places: set[str]) -> list[crl.CertificateList]:
    lists = []
    for place in sorted(places)[:MOST_LISTS]:
        try:
            content = fetch(place, most_bytes=LARGEST_LIST, most_seconds=LONGEST_SECONDS)
            listed = crl.CertificateList.load(content, strict=True)
            listed["tbs_cert_list"]["this_update"].native  # noqa: B018  a damaged list fails here
        except (NotFetched, *_DAMAGED):
            continue
        lists.append(listed)
    return lists
