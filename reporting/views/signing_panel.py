"""What the report page shows of signing: who signs next, what has come back, what may be done now."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.text import capfirst

from programs import permissions
from programs.editions import grounds_to_publish, unsigned_positions
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
from programs.signed_copies import CopyDetails
from programs.textforms import NO_BREAK_SPACE
from programs.workflow import standing_freeze

from ..document import short_fingerprint

TIERS = {
    "content": "Вміст",
    "mathematics": "Підпис",
    "trust": "Довіра",
    "person": "Особа",
}
OUTCOMES = {"passed": "підтверджено", "failed": "не підтверджено", "unknown": "не перевірено"}
# The element that tells what was refused: its field is described by it.
REFUSAL = "refusal"
NO_SUCH_DAY = "Такої дати немає. Напишіть її так: 25.11.2026."


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
        label="Дата підписання",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Вкажіть дату підписання.", "invalid": NO_SUCH_DAY},
    )
    signed_by = CleanCharField(
        label="Хто підписав", max_length=300, error_messages={"required": "Напишіть, хто підписав."}
    )
    registry_number = CleanCharField(label="Реєстраційний індекс", max_length=100, required=False)
    registered_on = forms.DateField(
        label="Дата реєстрації",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": NO_SUCH_DAY},
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

    def point_at_what_is_wrong(self) -> None:
        """Focus goes to the first field to mend; without one, to the file, which has to be chosen again."""
        widget = self.fields[next(iter(self.errors), "file")].widget
        widget.attrs["autofocus"] = True
        if not self.errors:
            widget.attrs |= {"aria-describedby": REFUSAL, "aria-invalid": "true"}


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
    certificate: str
    """A sentence about the certificate and the time; empty where neither is known."""


@dataclass(frozen=True)
class FileLine:
    file: SignedFile
    signatures: tuple[SignatureLine, ...]

    @property
    def signers(self) -> str:
        """Whose accepted signatures it carries, as the report names them."""
        return ", ".join(
            one.signatory or one.signature.signer for one in self.signatures if one.signature.is_accepted
        )


@dataclass(frozen=True)
class SigningPanel:
    frozen: FrozenReport | None
    """None when the report was agreed before documents were frozen."""
    edition: Edition | None
    publication: Publication | None
    files: tuple[FileLine, ...]
    unsigned: tuple[Signatory, ...]
    """Signatories who have not signed yet, in their order."""
    may_attach: bool
    may_publish: bool
    """Everything is there, and this person may."""
    copy_form: CopyForm
    sentence: str = ""
    """What was refused just now."""
    refused: str = ""
    """By which of the ways: «file», «copy», «key»."""

    @property
    def refused_form(self) -> str:
        """The way whose form tells what was refused; empty where that stands above them all."""
        return self.refused if self.may_attach else ""

    @property
    def is_awaited(self) -> bool:
        """Somebody has yet to sign what is not public."""
        return self.publication is None and (self.edition is None or bool(self.unsigned))

    @property
    def to_sign(self) -> FileLine | None:
        """The PDF that others have signed before, so the next signs that one; None: the original."""
        signed = [line for line in self.files if line.file.kind == SignedKind.PADES]
        return signed[-1] if signed else None

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
    may_decide = permissions.can_decide_on_report(user, report)
    if copy_form:
        copy_form.point_at_what_is_wrong()
    signatories = list(report.signatories.all())
    unsigned = tuple(signatories[place - 1] for place in unsigned_positions(report, edition))
    return SigningPanel(
        frozen=frozen,
        edition=edition,
        publication=publication,
        files=file_lines(edition, [one.name for one in signatories]) if edition else (),
        unsigned=unsigned,
        may_attach=frozen is not None
        and permissions.can_attach_signed(user, report)
        and (publication is None or may_decide),
        may_publish=edition is not None
        and publication is None
        and may_decide
        and bool(grounds_to_publish(edition, vouched=True)),
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
        certificate_line(signature.verdict),
    )


def certificate_line(verdict: Mapping[str, Any]) -> str:
    """What a kept verdict knows of the certificate and of the time; earlier ones may lack any of it."""
    parts = []
    if said := ", ".join(_said_of_certificate(verdict.get("certificate", {}))):
        parts.append(f"сертифікат {said}")
    if claimed_at := verdict.get("claimed_at"):
        stamped = ", є позначка часу" if verdict.get("time_stamped") else ""
        parts.append(f"час підпису {_local(claimed_at):%d.%m.%Y %H:%M} за годинником підписувача{stamped}")
    return capfirst("; ".join(parts))


def _said_of_certificate(certificate: Mapping[str, str]) -> Iterator[str]:
    if serial := certificate.get("serial"):
        yield f"№{NO_BREAK_SPACE}{serial}"
    if issuer := certificate.get("issuer"):
        yield f"видав {issuer}"
    if until := certificate.get("valid_until"):
        yield f"чинний до {_local(until):%d.%m.%Y}"


def _local(moment: str) -> datetime.datetime:
    return timezone.localtime(datetime.datetime.fromisoformat(moment))


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
