"""What the report page shows of signing: who signs next, what has come back, what may be done now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django import forms
from django.conf import settings
from django.utils import timezone

from programs import permissions
from programs.editions import CopyDetails, grounds_to_publish, unsigned_positions
from programs.enums import SignedKind
from programs.forms import CleanCharField
from programs.models import (
    AnnualReport,
    Edition,
    FrozenReport,
    Publication,
    Signatory,
    Signature,
    SignedFile,
    User,
)
from programs.workflow import standing_freeze

from ..document import short_fingerprint

TIERS = {
    "content": "Вміст",
    "mathematics": "Підпис",
    "trust": "Довіра",
    "person": "Особа",
}
OUTCOMES = {"passed": "підтверджено", "failed": "не підтверджено", "unknown": "не перевірено"}


class CopyForm(forms.Form):
    """«Підписано на папері», or a file that a document system has saved anew."""

    kind = forms.ChoiceField(
        label="Що це",
        choices=[
            (SignedKind.PAPER.value, "скан підписаного на папері"),
            (SignedKind.RESAVED.value, "файл із системи документообігу"),
        ],
        widget=forms.RadioSelect,
        initial=SignedKind.PAPER.value,
    )
    file = forms.FileField(
        label="Файл", widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}), required=False
    )
    signed_on = forms.DateField(
        label="Дата підписання", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    signed_by = CleanCharField(label="Хто підписав", max_length=300)
    registry_number = CleanCharField(label="Реєстраційний індекс", max_length=100, required=False)
    registered_on = forms.DateField(
        label="Дата реєстрації",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    @property
    def details(self) -> CopyDetails:
        """Of a valid form."""
        data = self.cleaned_data
        return CopyDetails(
            kind=SignedKind(data["kind"]),
            signed_on=data["signed_on"],
            signed_by=data["signed_by"],
            registry_number=data["registry_number"],
            registered_on=data["registered_on"],
        )


@dataclass(frozen=True)
class TierLine:
    """One tier of a verdict as people read it."""

    label: str
    outcome: str
    """«passed», «failed» or «unknown»."""
    word: str
    sentence: str


@dataclass(frozen=True)
class SignatureLine:
    signature: Signature
    signatory: str
    """Whose place it takes; empty of nobody's."""
    tiers: tuple[TierLine, ...]


@dataclass(frozen=True)
class FileLine:
    file: SignedFile
    signatures: tuple[SignatureLine, ...]


@dataclass(frozen=True)
class SigningPanel:
    frozen: FrozenReport | None
    """None when the report was agreed before documents were frozen."""
    edition: Edition | None
    publication: Publication | None
    files: tuple[FileLine, ...]
    unsigned: tuple[Signatory, ...]
    """Signatories whose electronic signature is not accepted yet, in their order."""
    may_attach: bool
    may_publish: bool
    """Everything is there, and this person may."""
    copy_form: CopyForm
    sentence: str = ""
    """What was refused just now."""
    refused: str = field(default="")
    """By which of the ways: «file», «copy», «key», «publish»."""

    @property
    def fingerprint(self) -> str:
        return short_fingerprint(self.frozen.fingerprint) if self.frozen else ""

    @property
    def max_mb(self) -> int:
        return settings.EVIDENCE_MAX_MB


def signing_panel(
    user: User,
    report: AnnualReport,
    *,
    sentence: str = "",
    refused: str = "",
    copy_form: CopyForm | None = None,
) -> SigningPanel:
    """Of an agreed report."""
    frozen = standing_freeze(report)
    edition = getattr(frozen, "edition", None)
    publication = Publication.objects.filter(edition=edition).first() if edition else None
    signatories = list(report.signatories.all())
    unsigned = tuple(signatories[place - 1] for place in unsigned_positions(report, edition))
    return SigningPanel(
        frozen=frozen,
        edition=edition,
        publication=publication,
        files=file_lines(edition, [one.name for one in signatories]) if edition else (),
        unsigned=unsigned,
        may_attach=frozen is not None and permissions.can_attach_signed(user, report),
        may_publish=edition is not None
        and publication is None
        and permissions.can_decide_on_report(user, report)
        and bool(grounds_to_publish(edition)),
        copy_form=copy_form or _blank_copy_form(unsigned),
        sentence=sentence,
        refused=refused,
    )


def file_lines(edition: Edition, signatories: Sequence[str]) -> tuple[FileLine, ...]:
    """What has come back for an edition, without the bytes; `signatories` are names in their order."""
    files = edition.signed_files.defer("content").select_related("received_by")
    return tuple(
        FileLine(file, tuple(_signature_line(one, signatories) for one in file.signatures.all()))
        for file in files.prefetch_related("signatures")
    )


def _signature_line(signature: Signature, signatories: Sequence[str]) -> SignatureLine:
    place = signature.position
    return SignatureLine(
        signature,
        signatories[place - 1] if 0 < place <= len(signatories) else "",
        tuple(
            TierLine(label, tier["outcome"], OUTCOMES[tier["outcome"]], tier["sentence"])
            for name, label in TIERS.items()
            for tier in [signature.verdict["tiers"][name]]
        ),
    )


def _blank_copy_form(unsigned: Sequence[Signatory]) -> CopyForm:
    return CopyForm(
        initial={
            "kind": SignedKind.PAPER.value,
            "signed_on": timezone.localdate(),
            "signed_by": unsigned[0].name if unsigned else "",
        },
        label_suffix="",
        auto_id="copy_%s",
    )
