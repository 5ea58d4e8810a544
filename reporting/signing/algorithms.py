"""Algorithms by their numbers: what they are called and who computes them here.

RSA and ECDSA belong to the library `cryptography`, ДСТУ 4145 and its hashes to `dstu`. Everything else
raises NotComputed: «не перевірено» is an honest answer, a guess is not.
"""

from __future__ import annotations

import hashlib

from asn1crypto import algos, core, keys
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from . import dstu
from .dstu import CHECK_ELSEWHERE, NotComputed

_DIGESTS = {
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "2.16.840.1.101.3.4.2.8": "sha3_256",
    "2.16.840.1.101.3.4.2.9": "sha3_384",
    "2.16.840.1.101.3.4.2.10": "sha3_512",
}
# Two files with one digest can be made for each of these.
_WEAK_DIGESTS = {
    "1.2.840.113549.2.2": "MD2",
    "1.2.840.113549.2.4": "MD4",
    "1.2.840.113549.2.5": "MD5",
    "1.3.14.3.2.26": "SHA-1",
}
_WEAK_WITHIN_SIGNATURES = {"md2": "MD2", "md4": "MD4", "md5": "MD5", "sha1": "SHA-1"}
_SMALLEST_RSA_BITS = 2048
_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}


class _Algorithm(core.Sequence):
    _fields = [("algorithm", core.ObjectIdentifier), ("parameters", core.Any, {"optional": True})]


class _PublicKeyInfo(core.Sequence):
    """Any key at all: asn1crypto's own class raises KeyError for algorithms it does not know."""

    _fields = [("algorithm", _Algorithm), ("public_key", core.BitString)]


def key_algorithm(public_key_info: bytes) -> str:
    """The dotted number of a DER SubjectPublicKeyInfo's algorithm."""
    return str(_PublicKeyInfo.load(public_key_info)["algorithm"]["algorithm"].dotted)


def is_ukrainian(algorithm: str) -> bool:
    return algorithm in dstu.SIGNATURE_ALGORITHMS or algorithm in dstu.DIGEST_ALGORITHMS


def key_name(public_key_info: bytes) -> str:
    """«RSA 3072», «ECDSA P-256», «ДСТУ 4145»; the number itself when it has no name here."""
    number = key_algorithm(public_key_info)
    if is_ukrainian(number):
        return "ДСТУ 4145"
    try:
        key = keys.PublicKeyInfo.load(public_key_info)
        if key.algorithm in ("rsa", "rsassa_pss"):
            return f"RSA {key.bit_size}"
        if key.algorithm == "ec":
            _, curve = key.curve
            return f"ECDSA {_CURVES.get(curve, curve)}"
        return str(key.algorithm).upper()
    except (KeyError, ValueError, TypeError):
        return number


def digest(algorithm: str, data: bytes, public_key_info: bytes | None = None) -> bytes:
    """`algorithm`: dotted. `public_key_info`: the signer's, since ГОСТ 34.311 may take a table from the key.

    Raises NotComputed for what is not known or not sound.
    """
    if algorithm in _DIGESTS:
        return hashlib.new(_DIGESTS[algorithm], data).digest()
    if algorithm in dstu.DIGEST_ALGORITHMS:
        return dstu.digest(algorithm, data, public_key_info=public_key_info)
    raise _not_computed(f"геш у ньому — {_WEAK_DIGESTS.get(algorithm, f'з номером {algorithm}')}")


def weakness(public_key_info: bytes, signature: algos.SignedDigestAlgorithm, digest_algorithm: str) -> str:
    """The name of what can be forged about a signature today, or nothing."""
    if digest_algorithm in _WEAK_DIGESTS:
        return _WEAK_DIGESTS[digest_algorithm]
    try:
        within = signature.hash_algo
    except ValueError:
        within = ""
    if within in _WEAK_WITHIN_SIGNATURES:
        return _WEAK_WITHIN_SIGNATURES[within]
    name = key_name(public_key_info)
    kind, _, bits = name.partition(" ")
    return name if kind == "RSA" and int(bits) < _SMALLEST_RSA_BITS else ""


def holds(
    public_key_info: bytes,
    signature_algorithm: algos.SignedDigestAlgorithm,
    digest_algorithm: str,
    data: bytes,
    signature: bytes,
) -> bool:
    """Whether the key's owner signed the data.

    `digest_algorithm`: dotted, for signatures whose own algorithm names none. Raises NotComputed.
    """
    number = signature_algorithm["algorithm"].dotted
    if is_ukrainian(number) or is_ukrainian(key_algorithm(public_key_info)):
        held = dstu.check(public_key_info, signature_algorithm=number, data=data, signature=signature)
        if not held and digest_algorithm in dstu.DIGEST_ALGORITHMS - {dstu.DIGEST_OF[number]}:
            # Its maker may have hashed by either; what is not understood is not called broken.
            raise _not_computed("його номер означає один геш, а повідомлення називає інший")
        return held
    # Heavy: only what examines a signature pays for it.
    from pyhanko_certvalidator.errors import AlgorithmNotSupported
    from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator, SignatureValidationContext

    context = SignatureValidationContext(contextual_md_algorithm=_DIGESTS.get(digest_algorithm))
    try:
        key = keys.PublicKeyInfo.load(public_key_info)
        DefaultSignatureValidator().validate_signature(signature, data, key, signature_algorithm, context)
    # The first is also the last: a signature that the library has no mathematics for.
    except (AlgorithmNotSupported, UnsupportedAlgorithm, KeyError) as error:
        raise _not_computed(f"його зроблено за алгоритмом з номером {number}") from error
    # A key of another kind than the algorithm, or one that is no key.
    except (InvalidSignature, AssertionError, ValueError, TypeError):
        return False
    return True


def _not_computed(reason: str) -> NotComputed:
    return NotComputed(
        f"Математику підпису не перевірено: {reason}, а цього портал не обчислює. {CHECK_ELSEWHERE}"
    )
