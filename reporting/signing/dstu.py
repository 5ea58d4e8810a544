"""Ukrainian signatures as certificates and messages carry them: ДСТУ 4145 with ГОСТ 34.311 or ДСТУ 7564.

asn1crypto raises KeyError on keys of this kind, so their few structures are described here, after the order
of the Ministry of Justice and the State Service of Special Communications №1236/5/453 of 20.08.2012. Nothing
is guessed: what was not tried on what others signed or digested raises `NotComputed`, which says neither that
a signature is right nor that it is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from asn1crypto import core

from . import gost34311, kupyna
from .dstu4145 import Curve, UnsoundCurve, sound_curve
from .dstu4145_curves import NAMES, named_curve

_ALGORITHMS = "1.2.804.2.1.1.1.1"
GOST_34311 = f"{_ALGORITHMS}.2.1"
KUPYNA_256, KUPYNA_384, KUPYNA_512 = (f"{_ALGORITHMS}.2.2.{size}" for size in (1, 2, 3))
DSTU_4145 = f"{_ALGORITHMS}.3.1.1"
DSTU_4145_WITH_KUPYNA_256 = f"{_ALGORITHMS}.3.6.1.1"

DIGEST_OF = {DSTU_4145: GOST_34311, DSTU_4145_WITH_KUPYNA_256: KUPYNA_256}
"""Which hash a signature's own number means."""

_DIGEST_NAMES = {
    GOST_34311: "ГОСТ 34.311-95",
    f"{_ALGORITHMS}.2.2": "ДСТУ 7564:2014 (Купина)",
    KUPYNA_256: "ДСТУ 7564:2014 (Купина-256)",
    KUPYNA_384: "ДСТУ 7564:2014 (Купина-384)",
    KUPYNA_512: "ДСТУ 7564:2014 (Купина-512)",
}
_SIGNATURE_NAMES = {
    DSTU_4145: "ДСТУ 4145-2002 з гешем ГОСТ 34.311-95",
    f"{_ALGORITHMS}.3.1.1.1.1": "ДСТУ 4145-2002 зі зворотним порядком байтів",
    f"{_ALGORITHMS}.3.1.2": "ДСТУ 4145-2002 в оптимальному нормальному базисі",
    f"{_ALGORITHMS}.3.1.2.1.1": "ДСТУ 4145-2002 в оптимальному нормальному базисі",
    f"{_ALGORITHMS}.3.2": "ГОСТ 34.310-95 з гешем ГОСТ 34.311-95",
} | {
    # With and without the basis, as certificates of different years name them.
    f"{_ALGORITHMS}.3.6.{size}{basis}": f"ДСТУ 4145-2002 з гешем {_DIGEST_NAMES[f'{_ALGORITHMS}.2.2.{size}']}"
    for size in (1, 2, 3)
    for basis in ("", ".1", ".1.1.1", ".2")
}
DIGEST_ALGORITHMS = frozenset(_DIGEST_NAMES)
SIGNATURE_ALGORITHMS = frozenset(_SIGNATURE_NAMES)

_KUPYNA_BITS = {KUPYNA_256: 256, KUPYNA_384: 384, KUPYNA_512: 512}

# In the largest field a signature takes 131 bytes, a key with every parameter written out half a kilobyte.
_LONGEST_SIGNATURE = 256
_LONGEST_KEY_INFO = 2048

CHECK_ELSEWHERE = "Перевірте підпис на сайті центрального засвідчувального органу: czo.gov.ua/verify."


class NotComputed(Exception):
    """The message is a Ukrainian sentence: what the portal does not count, and where it can be checked."""


def check(public_key_info: bytes, *, signature_algorithm: str, data: bytes, signature: bytes) -> bool:
    """Whether `signature` was made of `data` with the private half of the key.

    `public_key_info`: the DER of a certificate's SubjectPublicKeyInfo. `signature_algorithm`: a dotted OID.
    `data`: the signed bytes themselves, not their hash. `signature`: as a certificate or a message has it.
    Raises NotComputed for algorithms and parameters that are not counted here; whatever else is wrong,
    hostile input too, is False.
    """
    if signature_algorithm not in DIGEST_OF:
        name = _called(_SIGNATURE_NAMES, signature_algorithm)
        raise _not_computed(f"його зроблено за алгоритмом {name}, якого портал не обчислює")
    key = _key(public_key_info)
    point = key.curve.point(key.compressed)
    if point is None:
        return False
    digested = gost34311.digest(data, key.dke) if signature_algorithm == DSTU_4145 else kupyna.digest(data)
    return any(key.curve.verifies(point, digested, r, s) for r, s in _readings(signature))


def digest(algorithm: str, data: bytes, *, public_key_info: bytes | None = None) -> bytes:
    """The hash of `data`, 32 bytes; of Купина-384 and -512, 48 and 64. `algorithm`: a dotted OID.

    `public_key_info`: the signer's, whose key may name another table of substitution for ГОСТ 34.311 than the
    usual ДКЕ №1. Raises NotComputed for all other algorithms.
    """
    if algorithm in _KUPYNA_BITS:
        return kupyna.digest(data, _KUPYNA_BITS[algorithm])
    if algorithm != GOST_34311:
        name = _called(_DIGEST_NAMES, algorithm)
        raise _not_computed(f"геш документа обчислено за алгоритмом {name}, якого портал не обчислює")
    dke = gost34311.DKE_1 if public_key_info is None else _key(public_key_info).dke
    return gost34311.digest(data, dke)


def _called(names: dict[str, str], algorithm: str) -> str:
    return names.get(algorithm, f"з невідомим номером {algorithm[:64]}")


def _not_computed(reason: str) -> NotComputed:
    return NotComputed(f"Математику підпису не перевірено: {reason}. {CHECK_ELSEWHERE}")


# --- the signature -----------------------------------------------------------------------


def _readings(signature: bytes) -> Iterator[tuple[int, int]]:
    """r and s: two numbers of one length, bare in most messages, within an OCTET STRING in certificates.

    A bare one may begin like an OCTET STRING by chance, so both readings are tried.
    """
    if len(signature) > _LONGEST_SIGNATURE:
        return
    candidates = [signature]
    with suppress(ValueError, TypeError):
        candidates.append(core.OctetString.load(signature, strict=True).native)
    for numbers in candidates:
        half = len(numbers) >> 1
        if len(numbers) == 2 * half:
            yield int.from_bytes(numbers[:half], "little"), int.from_bytes(numbers[half:], "little")


# --- the key -----------------------------------------------------------------------------


class _Pentanomial(core.Sequence):
    _fields = [("first", core.Integer), ("second", core.Integer), ("third", core.Integer)]


class _Middle(core.Choice):
    _alternatives = [("trinomial", core.Integer), ("pentanomial", _Pentanomial)]


class _BinaryField(core.Sequence):
    # In an optimal normal basis there is no polynomial.
    _fields = [("degree", core.Integer), ("middle", _Middle, {"optional": True})]


class _BinaryCurve(core.Sequence):
    _fields = [
        ("version", core.Integer, {"explicit": 0, "default": 0}),
        ("field", _BinaryField),
        ("a", core.Integer),
        ("b", core.OctetString),
        ("order", core.Integer),
        ("base", core.OctetString),
    ]


class _CurveChoice(core.Choice):
    _alternatives = [("name", core.ObjectIdentifier), ("parameters", _BinaryCurve)]


class _Parameters(core.Sequence):
    _fields = [("curve", _CurveChoice), ("dke", core.OctetString, {"optional": True})]


class _Algorithm(core.Sequence):
    _fields = [("algorithm", core.ObjectIdentifier), ("parameters", core.Any, {"optional": True})]


class _KeyInfo(core.Sequence):
    _fields = [("algorithm", _Algorithm), ("public_key", core.OctetBitString)]


@dataclass(frozen=True)
class _Key:
    curve: Curve
    compressed: int
    dke: bytes


def _key(public_key_info: bytes) -> _Key:
    algorithm, parameters, compressed = _unpacked(public_key_info)
    if algorithm != DSTU_4145:
        name = _called(_SIGNATURE_NAMES, algorithm)
        raise _not_computed(f"у сертифікаті ключ для алгоритму {name}, якого портал не обчислює")
    dke = gost34311.DKE_1 if parameters["dke"] is None else parameters["dke"]
    if not gost34311.is_dke(dke):
        raise _not_computed("таблиця замін (ДКЕ) ключа в сертифікаті не є таблицею замін")
    return _Key(_curve(parameters["curve"]), int.from_bytes(compressed, "little"), dke)


def _unpacked(public_key_info: bytes) -> tuple[str, dict[str, Any], bytes]:
    """The algorithm's OID; for ours also the parameters as plain values and the point as it is written."""
    try:
        if len(public_key_info) > _LONGEST_KEY_INFO:
            raise ValueError("Too long.")
        info = _KeyInfo.load(public_key_info, strict=True)
        algorithm = info["algorithm"]["algorithm"].dotted
        if algorithm != DSTU_4145:
            return algorithm, {}, b""
        parameters = info["algorithm"]["parameters"].parse(_Parameters).native
        return algorithm, parameters, core.OctetString.load(info["public_key"].native, strict=True).native
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise _not_computed("ключ у сертифікаті записано не за ДСТУ 4145-2002") from error


def _curve(written: str | dict[str, Any]) -> Curve:
    """By its name or from its parameters, as asn1crypto unpacks them."""
    if isinstance(written, str):
        if written not in NAMES:
            raise _not_computed(f"крива ключа в сертифікаті {_called({}, written)}, її портал не обчислює")
        return named_curve(written)
    middle = written["field"]["middle"]
    if middle is None:
        raise _not_computed("ключ у сертифікаті в оптимальному нормальному базисі, якого портал не обчислює")
    try:
        return sound_curve(
            degree=written["field"]["degree"],
            middle=(middle,) if isinstance(middle, int) else tuple(middle.values()),
            a=written["a"],
            b=int.from_bytes(written["b"], "little"),
            order=written["order"],
            compressed_base=int.from_bytes(written["base"], "little"),
        )
    except UnsoundCurve as error:
        raise _not_computed(f"крива ключа в сертифікаті не за ДСТУ 4145-2002: {error}") from error
