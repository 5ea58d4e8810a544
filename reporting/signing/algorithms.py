"""Algorithms by their numbers: what they are called and who computes them here.

RSA and ECDSA belong to the library `cryptography`, ДСТУ 4145 and its hashes to `dstu`. The certificate's key
decides: where nothing is computed with such a key, or by an algorithm that does go with it, NotComputed is
raised, for «не перевірено» is an honest answer and a guess is not. What the signature says of itself decides
nothing. Anybody can write any number there, and one that does not go with the key is no open question.
"""

from __future__ import annotations

import hashlib

from asn1crypto import algos, core, keys
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

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
# Kinds of keys that are computed, and the kinds of signatures that such keys make.
_MADE_BY = {
    "rsa": {"rsassa_pkcs1v15", "rsassa_pss"},
    "rsassa_pss": {"rsassa_pss"},
    "ec": {"ecdsa"},
    "ed25519": {"ed25519"},
}
# In an optimal normal basis, and by the older ГОСТ 34.310: no key that `dstu` reads makes them.
_MADE_BY_OTHER_UKRAINIAN_KEYS = {
    f"1.2.804.2.1.1.1.1.{tail}" for tail in ("3.1.2", "3.1.2.1.1", "3.2", "3.6.1.2", "3.6.2.2", "3.6.3.2")
}
_LONGEST_NUMBER = 64
# What the library raises for parameters of a signature that it has no mathematics for.
_NOT_SUPPORTED = (UnsupportedAlgorithm, NotImplementedError, AttributeError, KeyError)


class NotOfKey(Exception):
    """The signature does not go with the key: the message is the end of a Ukrainian sentence about it."""


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
            return f"ECDSA {_CURVES.get(curve, curve)[:_LONGEST_NUMBER]}"
        return str(key.algorithm).upper()
    except (KeyError, ValueError, TypeError):
        return number[:_LONGEST_NUMBER]


def digest(algorithm: str, data: bytes, public_key_info: bytes | None = None) -> bytes:
    """`algorithm`: dotted. `public_key_info`: the signer's, since ГОСТ 34.311 may take a table from the key.

    Raises NotComputed for what is not known or not sound.
    """
    if algorithm in _DIGESTS:
        return hashlib.new(_DIGESTS[algorithm], data).digest()
    if algorithm in dstu.DIGEST_ALGORITHMS:
        return dstu.digest(algorithm, data, public_key_info=public_key_info)
    raise _not_computed(f"геш у ньому – {_WEAK_DIGESTS.get(algorithm, _numbered(algorithm))}")


def weakness(public_key_info: bytes, signature: algos.SignedDigestAlgorithm, digest_algorithm: str) -> str:
    """The name of what can be forged about a signature today, or nothing."""
    if digest_algorithm in _WEAK_DIGESTS:
        return _WEAK_DIGESTS[digest_algorithm]
    try:
        within = signature.hash_algo
    # Of an algorithm that names none, and of RSASSA-PSS whose parameters are not there or not its own.
    except (ValueError, TypeError, KeyError):
        within = ""
    if within in _WEAK_WITHIN_SIGNATURES:
        return _WEAK_WITHIN_SIGNATURES[within]
    name = key_name(public_key_info)
    kind, _, bits = name.partition(" ")
    return name if kind == "RSA" and int(bits) < _SMALLEST_RSA_BITS else ""


def require_of_key(
    public_key_info: bytes, signature: algos.SignedDigestAlgorithm, digest_algorithm: str
) -> None:
    """That such a key makes such signatures. `digest_algorithm`: dotted; empty where there is none beside it.

    Raises NotOfKey, and NotComputed where nothing at all is computed with the key.
    """
    _require_computed(public_key_info)
    number = signature["algorithm"].dotted
    if is_ukrainian(key_algorithm(public_key_info)):
        is_made = number in dstu.SIGNATURE_ALGORITHMS - _MADE_BY_OTHER_UKRAINIAN_KEYS
        digests = {*_DIGESTS, *dstu.DIGEST_ALGORITHMS}
    else:
        is_made = _kind(signature) in _MADE_BY[keys.PublicKeyInfo.load(public_key_info).algorithm]
        digests = {*_DIGESTS}
    if not is_made:
        raise _not_of_key(f"алгоритм {_numbered(number)}", public_key_info)
    if digest_algorithm and digest_algorithm not in digests:
        raise _not_of_key(f"геш {_numbered(digest_algorithm)}", public_key_info)
    if _kind(signature) == "rsassa_pss" and not isinstance(signature["parameters"], algos.RSASSAPSSParams):
        raise NotOfKey(
            "він за RSASSA-PSS, але не називає параметрів (геша й солі), без яких його не обчислити"
        )


def holds(
    public_key_info: bytes,
    signature_algorithm: algos.SignedDigestAlgorithm,
    digest_algorithm: str,
    data: bytes,
    signature: bytes,
) -> bool:
    """Whether the key's owner signed the data.

    `digest_algorithm`: dotted, for signatures whose own algorithm names none. Raises as `require_of_key`
    does, and NotComputed for an algorithm that goes with the key and is not computed.
    """
    require_of_key(public_key_info, signature_algorithm, digest_algorithm)
    if is_ukrainian(key_algorithm(public_key_info)):
        number = signature_algorithm["algorithm"].dotted
        return _holds_ukrainian(public_key_info, number, digest_algorithm, data, signature)
    # Heavy: only what examines a signature pays for it.
    from pyhanko_certvalidator.errors import AlgorithmNotSupported
    from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator, SignatureValidationContext

    context = SignatureValidationContext(contextual_md_algorithm=_DIGESTS.get(digest_algorithm))
    try:
        key = keys.PublicKeyInfo.load(public_key_info)
        DefaultSignatureValidator().validate_signature(signature, data, key, signature_algorithm, context)
    # The key is one that is computed, so this is about what the signature says of itself.
    except (AlgorithmNotSupported, *_NOT_SUPPORTED) as error:
        number = signature_algorithm["algorithm"].dotted
        raise _not_of_key(f"алгоритм {_numbered(number)}", public_key_info) from error
    # Also a key that is none.
    except (InvalidSignature, AssertionError, ValueError, TypeError, OverflowError):
        return False
    return True


def _holds_ukrainian(
    public_key_info: bytes, number: str, digest_algorithm: str, data: bytes, signature: bytes
) -> bool:
    """By the hash that the number means; then, as its maker may have hashed, by the one named beside it."""
    meant = dstu.DIGEST_OF.get(number)
    named = [other for other, digest in dstu.DIGEST_OF.items() if digest == digest_algorithm != meant]
    return any(
        dstu.check(public_key_info, signature_algorithm=one, data=data, signature=signature)
        for one in (number, *named)
    )


def _require_computed(public_key_info: bytes) -> None:
    """Raises NotComputed for a key that nothing here can do anything with."""
    if is_ukrainian(key_algorithm(public_key_info)):
        # The key is read for the table in it, and one that is not read raises.
        dstu.digest(dstu.GOST_34311, b"", public_key_info=public_key_info)
        return
    try:
        kind = keys.PublicKeyInfo.load(public_key_info).algorithm
        if kind == "ec":
            load_der_public_key(public_key_info)
    except (KeyError, UnsupportedAlgorithm):
        kind = ""
    # A point that lies on no curve: no signature will hold.
    except ValueError:
        return
    if kind not in _MADE_BY:
        raise _not_computed(f"у сертифікаті ключ {key_name(public_key_info)}")


def _kind(signature: algos.SignedDigestAlgorithm) -> str:
    try:
        return str(signature.signature_algo)
    except ValueError:
        return ""


def _numbered(algorithm: str) -> str:
    return f"з номером {algorithm[:_LONGEST_NUMBER]}"


def _not_of_key(named: str, public_key_info: bytes) -> NotOfKey:
    return NotOfKey(
        f"він називає {named}, а таких підписів ключем {key_name(public_key_info)} портал не приймає. "
        "Такий вигляд має підроблений або пошкоджений підпис"
    )


def _not_computed(reason: str) -> NotComputed:
    return NotComputed(
        f"Математику підпису не перевірено: {reason}, а цього портал не обчислює. {CHECK_ELSEWHERE}"
    )
