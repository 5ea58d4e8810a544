"""What was found out about a signed file, in words: kept with the file and read again years later.

Nothing here checks anything, and nothing here is ever worked out anew: an examination goes into the
database as plain values and comes back equal.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """`UNKNOWN` is «не перевірено»: neither good nor bad, and never called «дійсний»."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Container(StrEnum):
    """How document and signature came together."""

    PADES = "pades"
    CADES = "cades"
    ASICE = "asice"


@dataclass(frozen=True)
class Tier:
    outcome: Outcome
    sentence: str
    """Ukrainian, whole."""


@dataclass(frozen=True)
class Certificate:
    """Whose signature it is. What the certificate does not say is empty."""

    name: str
    family_name: str
    given_name: str
    tax_number: str
    organization: str
    edrpou: str
    serial: str
    """Hexadecimal, lower case."""
    issuer: str
    valid_from: str
    """This and the next: ISO, UTC."""
    valid_until: str
    algorithm: str


@dataclass(frozen=True)
class SignatureFacts:
    certificate: Certificate
    claimed_at: str
    """The signer's own clock, ISO; proves nothing without a time stamp."""
    time_stamped: bool
    mathematics: Tier
    trust: Tier


@dataclass(frozen=True)
class Examination:
    """Of a file that holds exactly our document, signed."""

    container: Container
    content: Tier
    signatures: tuple[SignatureFacts, ...]
    """In the order in which they were made, as far as the file tells."""


class NotAccepted(Exception):
    """The message is a Ukrainian sentence: what is wrong with the file and what to do.

    Nothing of the file is to be stored; whoever refuses it adds that.
    """


class NotExamined(NotAccepted):
    """The examination itself came to no end: against another document it would end alike."""


SIGN_AGAIN = (
    "Завантажте PDF для підпису зі сторінки звіту ще раз, підпишіть його, нічого в ньому не змінюючи, "
    "і надішліть те, що вийде."
)
SIGN_APART = (
    "Підпишіть «Оригінал без підпису» у форматі .p7s або ASiC-E, де сам файл не змінюється, "
    "або додайте цей файл як копію."
)


def not_accepted(what: str, advice: str = SIGN_AGAIN) -> NotAccepted:
    """`what`: what is wrong with the file, a sentence; `advice`: what its sender may do now."""
    return NotAccepted(f"{what} {advice}")


# --- to plain values and back ------------------------------------------------------------


def to_plain(examination: Examination) -> dict[str, Any]:
    """Values that JSON knows."""
    return dataclasses.asdict(examination)


def from_plain(plain: dict[str, Any]) -> Examination:
    """What `to_plain` took apart. Raises KeyError, TypeError or ValueError for anything else."""
    return Examination(
        Container(plain["container"]),
        _tier(plain["content"]),
        tuple(
            SignatureFacts(
                Certificate(**signature["certificate"]),
                signature["claimed_at"],
                signature["time_stamped"],
                _tier(signature["mathematics"]),
                _tier(signature["trust"]),
            )
            for signature in plain["signatures"]
        ),
    )


def _tier(plain: dict[str, str]) -> Tier:
    return Tier(Outcome(plain["outcome"]), plain["sentence"])
