"""Reads a PKCS#12 file: somebody's private key with its certificate, given for one signature.

Neither file nor password nor key goes anywhere from here but into `SigningKey`: no log, no file, no message.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

from asn1crypto import cms, core, keys, pkcs12, x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.hazmat.primitives.serialization import pkcs12 as pyca_pkcs12

from .pipe import Parts
from .trust import KYIV

LARGEST_FILE = 256 * 1024
LONGEST_SERIAL = 20
"""Bytes of a certificate's number, by RFC 5280; a longer one would also stand on the sheet for ever."""
# Programs write from one thousand to six hundred thousand; a milliard would keep a processor busy for hours.
MOST_ITERATIONS = 1_000_000
# Of passwords in the file: one for the whole, one for the certificates, one a key.
MOST_LOCKS = 8
MOST_COMPANIONS = 10
SMALLEST_RSA_BITS = 2048
CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)

SIGN_ELSEWHERE = (
    "Завантажте «Оригінал без підпису», підпишіть його у своїй програмі (токен, Дія, сайт czo.gov.ua) "
    "і надішліть підписаний файл."
)
NO_PKCS12 = (
    "Це не файл ключа PKCS#12 (.p12 або .pfx), а портал підписує лише такими. "
    f"Якщо ключ у вас інший, цей спосіб не для нього. {SIGN_ELSEWHERE}"
)
UKRAINIAN_KEY = (
    f"Це ключ ДСТУ 4145, а портал сам підписує лише ключами RSA та ECDSA з файлів PKCS#12. {SIGN_ELSEWHERE}"
)
JAVA_KEYS = f"Це сховище ключів .jks, а портал підписує лише ключами з файлів PKCS#12. {SIGN_ELSEWHERE}"
WRONG_PASSWORD = "Пароль не підходить до файлу ключа. Перевірте мову клавіатури й Caps Lock і введіть ще раз."
TOO_LARGE = (
    f"Файл ключа завеликий: такі файли мають кілька кілобайтів, а приймаємо до {LARGEST_FILE >> 10} КБ. "
    "Перевірте, чи той файл вибрано."
)
TOO_HARD = (
    "Пароль у файлі ключа захищено так, що його перевірка забрала б забагато часу. "
    "Збережіть ключ у новий файл PKCS#12 зі звичайними налаштуваннями і підпишіть ним."
)
UNKNOWN_LOCK = f"Файл ключа зашифровано способом, якого портал не знає. {SIGN_ELSEWHERE}"
NO_KEY = "У файлі немає закритого ключа, лише сертифікати. Виберіть файл, збережений разом із ключем."
NO_CERTIFICATE = (
    "У файлі ключа немає його сертифіката, тож підпис був би нічий. "
    "Збережіть ключ разом із сертифікатом у файл PKCS#12 і підпишіть ним."
)
OTHER_KEY = (
    f"Портал сам підписує лише ключами RSA від 2048 бітів і ECDSA P-256, P-384, P-521. {SIGN_ELSEWHERE}"
)

# What the files of others begin with or hold unencrypted: IIT's Key-6.dat, Java's stores, ДСТУ anywhere.
_JAVA = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")
_UKRAINIAN = (
    bytes(core.ObjectIdentifier("1.3.6.1.4.1.19398").contents),
    bytes(core.ObjectIdentifier("1.2.804.2.1.1.1.1").contents),
)
_MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)


class NotSigned(Exception):
    """The message is Ukrainian: why, and what to do. Whoever shows it adds that nothing was kept."""


@dataclass(frozen=True)
class SigningKey:
    certificate: x509.Certificate
    private_key: keys.PrivateKeyInfo = field(repr=False)
    companions: tuple[x509.Certificate, ...] = ()
    """Certificates that came in the same file."""


def read(key_file: bytes, password: str) -> SigningKey:
    """Raises NotSigned."""
    _require_pkcs12(key_file)
    # OpenSSL's texts end at a zero; given one, the library gives up in a way that prints the password.
    if "\0" in password:
        raise NotSigned(WRONG_PASSWORD)
    try:
        key, certificate, others = pyca_pkcs12.load_key_and_certificates(key_file, password.encode())
    except UnsupportedAlgorithm:
        raise NotSigned(UNKNOWN_LOCK) from None
    # Of a password that is no text, too: the error's own message would quote it.
    except ValueError:
        raise NotSigned(WRONG_PASSWORD) from None
    if key is None:
        raise NotSigned(NO_KEY)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) or not _is_strong(key):
        raise NotSigned(OTHER_KEY)
    if certificate is None:
        raise NotSigned(NO_CERTIFICATE)
    owner = x509.Certificate.load(certificate.public_bytes(Encoding.DER), strict=True)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if owner["tbs_certificate"]["subject_public_key_info"].dump() != public:
        raise NotSigned(NO_CERTIFICATE)
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SigningKey(
        owner,
        keys.PrivateKeyInfo.load(plain),
        tuple(
            x509.Certificate.load(other.public_bytes(Encoding.DER), strict=True)
            for other in others[:MOST_COMPANIONS]
        ),
    )


def require_fit(certificate: x509.Certificate, now: datetime.datetime) -> None:
    """Whether the certificate is in force and meant for signing. Raises NotSigned."""
    if certificate.serial_number.bit_length() > 8 * LONGEST_SERIAL:
        raise NotSigned(
            f"Номер сертифіката довший за дозволені {LONGEST_SERIAL} байтів, тож це не сертифікат надавача "
            "довірчих послуг. Виберіть файл із ключем, який вам видали."
        )
    start, end = certificate.not_valid_before, certificate.not_valid_after
    if now > end:
        raise NotSigned(
            f"Строк чинності сертифіката закінчився {_day(end)}, тож підпис ним не мав би сили. "
            "Отримайте новий сертифікат і підпишіть ним."
        )
    if now < start:
        raise NotSigned(f"Сертифікат почне діяти лише {_day(start)}: раніше підпис ним не має сили.")
    usage = certificate.key_usage_value
    if usage is not None and not {"digital_signature", "non_repudiation"} & usage.native:
        raise NotSigned(
            "Сертифікат не призначений для підпису: його видано для шифрування або інших потреб. "
            "Виберіть файл із ключем підпису."
        )


def _is_strong(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bool:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.key_size >= SMALLEST_RSA_BITS
    return isinstance(key.curve, CURVES)


def _day(moment: datetime.datetime) -> str:
    return f"{moment.astimezone(KYIV):%d.%m.%Y}"


# --- before any password is tried --------------------------------------------------------


def _require_pkcs12(key_file: bytes) -> None:
    if len(key_file) > LARGEST_FILE:
        raise NotSigned(TOO_LARGE)
    if key_file.startswith(_JAVA):
        raise NotSigned(JAVA_KEYS)
    if any(number in key_file for number in _UKRAINIAN):
        raise NotSigned(UKRAINIAN_KEY)
    try:
        safes = pkcs12.Pfx.load(key_file, strict=True)
        contents = list(safes.authenticated_safe)
    except _MALFORMED:
        raise NotSigned(NO_PKCS12) from None
    try:
        locks = [*_whole_lock(safes), *(lock for content in contents for lock in _locks(content))]
    except _MALFORMED:
        raise NotSigned(UNKNOWN_LOCK) from None
    if len(locks) > MOST_LOCKS or max(locks, default=0) > MOST_ITERATIONS:
        raise NotSigned(TOO_HARD)


def _whole_lock(safes: pkcs12.Pfx) -> Iterator[int]:
    check = safes["mac_data"]
    if isinstance(check, core.Void):
        return
    if not check["mac"]["digest_algorithm"]["algorithm"].native.startswith(("sha", "md5")):
        raise ValueError("another kind of check, with a cost of its own")
    yield check["iterations"].native


def _locks(content: cms.ContentInfo) -> Iterator[int]:
    """How many times each part that can be seen from outside turns the password over."""
    if content["content_type"].native == "encrypted_data":
        yield content["content"]["encrypted_content_info"]["content_encryption_algorithm"].kdf_iterations
        return
    for bag in pkcs12.SafeContents.load(content["content"].native):
        kind = bag["bag_id"].native
        if kind == "pkcs8_shrouded_key_bag":
            yield bag["bag_value"]["encryption_algorithm"].kdf_iterations
        elif kind == "safe_contents":
            raise ValueError("bags inside bags hide what they cost")


# --- in a process apart ------------------------------------------------------------------


def apart(parts: Parts) -> Parts:
    """A task of `worker`: whose key it is, when the password fits and the certificate is fit to sign now."""
    key_file = parts["key_file"]
    assert isinstance(key_file, bytes)
    try:
        key = read(key_file, str(parts["password"]))
        require_fit(key.certificate, datetime.datetime.fromisoformat(str(parts["now"])))
    except NotSigned as refused:
        return {"refused": str(refused)}
    return {"certificate": key.certificate.dump()}
