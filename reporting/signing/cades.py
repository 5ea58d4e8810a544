"""A signature in a file of its own, .p7s: detached, or with our document inside."""

from __future__ import annotations

from . import cms
from .verdict import NotAccepted, Outcome, Tier, not_accepted

OTHER_INSIDE = "У файлі підпису лежить інший документ, а не збережена редакція."


def examine(original: bytes, upload: bytes) -> tuple[Tier, tuple[cms.Signer, ...]]:
    """What is said of the content, and who signed it. Raises NotAccepted."""
    signed = cms.read(upload)
    inside = cms.encapsulated(signed)
    if inside is not None and inside != original:
        raise not_accepted(OTHER_INSIDE)
    signers = cms.signers(signed, original, is_known=inside is not None, otherwise=_other_document)
    sentence = (
        "Підпис стоїть під збереженою редакцією: її геш збігається з підписаним."
        if inside is None
        else "Підписано збережену редакцію: документ у файлі підпису збігається з нею байт у байт."
    )
    return Tier(Outcome.PASSED, sentence), signers


def _other_document(who: str) -> NotAccepted:
    return not_accepted(
        f"Підпис {who} стоїть під іншим файлом, а не під збереженою редакцією: геш у підписі інший. "
        "Так буває, коли підписано іншу редакцію або файл перед підписанням відкрили й зберегли."
    )
