"""A PDF that comes back signed: our own bytes first, and after them nothing but signatures.

That the file begins with our bytes is not enough: an update behind them can replace a text, an annotation
or an attachment, and a signature over the result is perfectly good. So every revision after ours is read
as a difference to it (pyHanko's policy), and the ranges that the signatures cover are taken literally. A
revision that is nobody's signature may do no more than prepare one, or keep evidence for those before it.

Imported lazily: pyHanko costs a process a third of a second.
"""

from __future__ import annotations

import binascii
import dataclasses
import datetime
import io

from asn1crypto import parser
from pyhanko.pdf_utils.misc import PdfError  # noqa: TID253  this module is imported lazily
from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: TID253  this module is imported lazily
from pyhanko.sign.diff_analysis import (  # noqa: TID253  this module is imported lazily
    DiffResult,
    ModificationLevel,
    SuspiciousModification,
)
from pyhanko.sign.fields import enumerate_sig_fields  # noqa: TID253  this module is imported lazily
from pyhanko.sign.validation.pdf_embedded import (  # noqa: TID253  this module is imported lazily
    EmbeddedPdfSignature,
)
from pyhanko.sign.validation.status import (  # noqa: TID253  this module is imported lazily
    SignatureCoverageLevel,
)

from . import claims, cms, differences, evidence, places, revisions
from .policies import SIGNING, UNSIGNED
from .verdict import SIGN_AGAIN, SIGN_APART, NotAccepted, Outcome, Tier, not_accepted

MAX_SIGNATURES = 20

NOTHING_SIGNED = "Це той самий файл, без підпису."
ENCRYPTED = "PDF захищено паролем або зашифровано."
RESAVED = (
    "Файл перезберегла інша програма: його байти вже не ті, що у збереженій редакції, тож довести, "
    "що підписано саме її, не можна."
)
OTHER = (
    "Це не збережена редакція: PDF складається з інших байтів і має інший ідентифікатор. Підписано іншу "
    "редакцію чи інший документ, або програма створила файл наново."
)
# pyHanko cannot compare a form with none; the printed form has fields for all its signatures.
NO_FIELDS = "Цю редакцію підготовлено без полів для підпису, тому підписаною в самому PDF її не прийняти."
SHADOWED = "Після байтів збереженої редакції дописано інший документ, який її заступає."
NO_SIGNATURE = "Файл змінено, але підпису в ньому немає."
UNKNOWN_KIND = "У PDF є підпис такого виду, якого портал не читає (SubFilter)."
TOO_MANY = f"У PDF забагато підписів: приймаємо до {MAX_SIGNATURES}."
NOT_COVERED = "Підпис у PDF охоплює не весь файл до свого місця: частину байтів можна підмінити."
TRAILING = "У PDF дописано сторонні байти, яких немає в його змісті."
FALSE_STAMP = "Позначка часу документа в PDF не сходиться з файлом або записана так, що її не перевірити."
NO_EVIDENCE = (
    "Серед доказів підпису в PDF (DSS) лежить щось інше, ніж сертифікати й відомості про відкликання."
)
OTHER_CLAIMS = "У PDF змінено його опис: назву, автора або стандарт, за яким його зроблено."
CHANGED_AFTER = "Після підпису файл змінювали: у ньому є зміни, яких жоден підпис не охоплює або не дозволяє."


def examine(original: bytes, upload: bytes) -> tuple[Tier, tuple[cms.Signer, ...]]:
    """What is said of the content, and who signed it, in order.

    Raises NotAccepted, and whatever pyHanko raises for a PDF that it cannot read.
    """
    if upload == original:
        raise not_accepted(NOTHING_SIGNED)
    if not upload.startswith(original):
        raise _not_our_bytes(original, upload)
    reader = PdfFileReader(io.BytesIO(upload), strict=True)
    if reader.encrypt_dict is not None:
        raise not_accepted(ENCRYPTED, SIGN_APART)
    base = _our_last_revision(reader, original)
    every = _signatures(reader)
    for signature in every:
        _require_covered(upload, signature)
    if not revisions.are_accounted_for(upload, reader, base, len(original)):
        raise not_accepted(TRAILING)
    signatures = [one for one in every if one.sig_object_type == "/Sig"]
    _require_only_signing(reader, base, signatures)
    _require_unchanged_since(signatures)
    places.require_kept(reader, base)
    _require_honest_additions(upload, reader, base, every)
    content = Tier(
        Outcome.PASSED,
        "Підписано збережену редакцію: файл починається з її байтів, і далі в ньому самі лише підписи.",
    )
    return content, tuple(_signer(upload, one) for one in signatures)


# --- is it ours --------------------------------------------------------------------------


def _not_our_bytes(original: bytes, upload: bytes) -> NotAccepted:
    reader = PdfFileReader(io.BytesIO(upload), strict=False)
    if reader.encrypt_dict is not None:
        return not_accepted(ENCRYPTED, SIGN_APART)
    # What saves a file anew keeps the first half of its identifier, which we make of the report's figures.
    if _identifier(reader) == _identifier(PdfFileReader(io.BytesIO(original))):
        return not_accepted(RESAVED, SIGN_APART)
    return not_accepted(OTHER, SIGN_AGAIN)


def _identifier(reader: PdfFileReader) -> bytes:
    try:
        return bytes(reader.document_id[0])
    except (KeyError, IndexError, AttributeError):
        return b""


def _our_last_revision(reader: PdfFileReader, original: bytes) -> int:
    """Its number in the history that the upload tells; a file may begin with our bytes and not count them."""
    ours, theirs = PdfFileReader(io.BytesIO(original)).xrefs, reader.xrefs
    revisions = range(ours.total_revisions)
    if (
        theirs.hybrid_xrefs_present
        or theirs.total_revisions < len(revisions)
        or any(
            theirs.get_startxref_for_revision(one) != ours.get_startxref_for_revision(one)
            for one in revisions
        )
    ):
        raise not_accepted(SHADOWED)
    return revisions[-1]


def _require_only_signing(reader: PdfFileReader, base: int, signatures: list[EmbeddedPdfSignature]) -> None:
    if "/AcroForm" not in reader.get_historical_root(base):
        raise not_accepted(NO_FIELDS, SIGN_APART)
    signed = {one.signed_revision for one in signatures}
    levels = [_level(SIGNING.review_file(reader, base))]
    levels += [
        _level(UNSIGNED.between(reader, revision - 1, revision))
        for revision in range(base + 1, reader.total_revisions)
        if revision not in signed
    ]
    if max(levels) > ModificationLevel.FORM_FILLING:
        what = differences.in_words(reader, base)
        raise not_accepted(f"У PDF, крім підпису, {what}. Прийняти можна лише саму редакцію з підписом.")


def _level(review: DiffResult | SuspiciousModification) -> ModificationLevel:
    if isinstance(review, SuspiciousModification):
        return ModificationLevel.OTHER
    return review.modification_level


def _require_honest_additions(
    upload: bytes, reader: PdfFileReader, base: int, every: list[EmbeddedPdfSignature]
) -> None:
    """What the comparison lets everybody write: that it is what it is called."""
    if not claims.stay(reader, base):
        raise not_accepted(OTHER_CLAIMS)
    if not evidence.is_evidence(reader, base):
        raise not_accepted(NO_EVIDENCE)
    stamps = (one for one in every if one.sig_object_type == "/DocTimeStamp")
    if not all(cms.is_stamp_of(_covered(upload, one), _trimmed(one.pkcs7_content)) for one in stamps):
        raise not_accepted(FALSE_STAMP, SIGN_APART)


# --- what the signatures cover -----------------------------------------------------------


def _signatures(reader: PdfFileReader) -> list[EmbeddedPdfSignature]:
    """People's signatures and time stamps of the document, in the order in which they were made."""
    filled = list(enumerate_sig_fields(reader, filled_status=True))
    if len(filled) > MAX_SIGNATURES:
        raise not_accepted(TOO_MANY)
    every = list(reader.embedded_signatures)
    # pyHanko passes over those whose kind it does not know.
    if len(every) < len(filled) or any(one.sig_object_type not in ("/Sig", "/DocTimeStamp") for one in every):
        raise not_accepted(UNKNOWN_KIND, SIGN_APART)
    if not any(one.sig_object_type == "/Sig" for one in every):
        raise not_accepted(NO_SIGNATURE)
    return every


def _require_covered(upload: bytes, signature: EmbeddedPdfSignature) -> None:
    """From the first byte to the end of its revision, all but the signature itself between `<` and `>`."""
    start, first, second, _ = _range(signature)
    hole = upload[first:second]
    try:
        is_hole = hole[:1] + hole[-1:] == b"<>" and binascii.unhexlify(hole[1:-1]) == signature.pkcs7_content
    except binascii.Error:
        is_hole = False
    coverage = signature.evaluate_signature_coverage()
    if start != 0 or not is_hole or coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        raise not_accepted(NOT_COVERED)
    # Where pyHanko looks for it when it compares revisions; its types say None.
    signature.coverage = coverage  # type: ignore[assignment]


def _range(signature: EmbeddedPdfSignature) -> tuple[int, int, int, int]:
    numbers = [int(number) for number in signature.byte_range]
    if len(numbers) != 4:
        raise not_accepted(NOT_COVERED)
    start, first, second, length = numbers
    return start, first, second, length


def _covered(upload: bytes, signature: EmbeddedPdfSignature) -> bytes:
    _, first, second, length = _range(signature)
    return upload[:first] + upload[second : second + length]


def _require_unchanged_since(signatures: list[EmbeddedPdfSignature]) -> None:
    """After each signature only what it allows: others' signatures, and after the last one only evidence."""
    for signature in signatures:
        level = _level(signature.evaluate_modifications(SIGNING))
        allowed = ModificationLevel.FORM_FILLING
        if signature is signatures[-1]:
            allowed = ModificationLevel.LTA_UPDATES
        permitted = signature.docmdp_level
        if level > allowed or (permitted is not None and level.value > permitted.value):
            raise not_accepted(CHANGED_AFTER)


# --- the signature itself ----------------------------------------------------------------


def _signer(upload: bytes, signature: EmbeddedPdfSignature) -> cms.Signer:
    signed = cms.read(_trimmed(signature.pkcs7_content))
    if cms.encapsulated(signed) is not None:
        raise not_accepted(UNKNOWN_KIND, SIGN_APART)
    # That it is our document was told by its bytes.
    (signer,) = cms.signers(signed, _covered(upload, signature), is_known=True, otherwise=_broken)
    return signer if signer.claimed_at else dataclasses.replace(signer, claimed_at=_claimed_at(signature))


def _claimed_at(signature: EmbeddedPdfSignature) -> datetime.datetime | None:
    """The time beside the signature; one that cannot be read is none."""
    try:
        return signature.self_reported_timestamp
    except (PdfError, *cms.MALFORMED):
        return None


def _trimmed(contents: bytes) -> bytes:
    """Without the zeros that fill up the place kept for the signature."""
    try:
        length = parser.peek(contents)
    except ValueError as error:
        raise not_accepted(cms.DAMAGED) from error
    if contents[length:].strip(b"\0"):
        raise not_accepted(cms.DAMAGED)
    return contents[:length]


def _broken(who: str) -> NotAccepted:
    return not_accepted(
        f"Підпис {who} не сходиться з файлом: байти, які він охоплює, змінено після підписання.", SIGN_AGAIN
    )
