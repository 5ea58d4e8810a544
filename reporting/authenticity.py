"""Of which edition a file or a fingerprint is: what `/verify/` and `manage.py verify` answer.

A match says that the file is one of ours to the byte, and nothing else. Of what is not public, only who may
read the report is told: for everybody else the query itself does not see it, so neither the words of an
answer nor its time tell it from a file that nobody knows.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q, QuerySet
from django.utils import timezone

from programs.editions import grounds_to_publish, public_edition
from programs.enums import FrozenForm, PublicForm, SignedKind
from programs.models import (
    AnnualReport,
    Edition,
    FrozenFile,
    FrozenReport,
    Publication,
    PublicCopyFile,
    Signature,
    SignedFile,
    User,
)
from programs.textforms import DASHES
from programs.withholding import closing
from programs.workflow import standing_freeze

from .document import SHORT_FINGERPRINT, ReportDocument, from_json, short_fingerprint

ORIGINALS = {
    FrozenForm.PDF: "оригінал без підпису (PDF)",
    FrozenForm.JSON: "дані звіту (report.json)",
    FrozenForm.XLSX: "робоча книга Excel",
}
PUBLIC_COPIES = {
    PublicForm.PDF: "публічна копія (PDF)",
    PublicForm.XLSX: "публічна копія (Excel)",
    PublicForm.CSV: "публічна копія (CSV)",
    PublicForm.JSON: "публічна копія (report.json)",
}
NO_SUCH_FILE = "Файл не збігається з жодною оприлюдненою редакцією"
NO_SUCH_FINGERPRINT = "Оприлюдненої редакції з таким відбитком немає"

# On a Ukrainian keyboard these look the same as the digits of a fingerprint.
_LOOKALIKES = str.maketrans("асеАСЕВ", "aceaceb")


class Malformed(ValueError):
    """What was asked for is no digest; the message is a Ukrainian sentence."""


class StoredBytesChanged(Exception):
    """The stored document is not what was frozen, so nothing of it is told; a Ukrainian sentence."""


class Standing(StrEnum):
    """How far a frozen document has come, beginning with what is best to be told of."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    SIGNED = "signed"
    AGREED = "agreed"
    WITHDRAWN = "withdrawn"

    @property
    def is_public(self) -> bool:
        return self in (Standing.CURRENT, Standing.SUPERSEDED)


class Asked(StrEnum):
    """What the answer is about."""

    FILE = "file"
    COPY = "copy"
    FINGERPRINT = "fingerprint"


@dataclass(frozen=True)
class Signer:
    name: str
    how: str
    """What is known of the signature, in words."""


@dataclass(frozen=True)
class Match:
    """A frozen document to which a file or a fingerprint leads."""

    frozen: FrozenReport
    asked: Asked
    what: str
    """Which of its files it is, in words; empty for a fingerprint."""
    standing: Standing
    successor: Edition | None
    """The edition that is public in its place."""
    document: ReportDocument
    signers: tuple[Signer, ...]
    signed_files: tuple[SignedFile, ...]
    """What stands behind the signers, without the bytes."""
    copy: PublicCopyFile | None = None
    """The report.json of the public copy, without its bytes, where it is a copy that was asked about."""

    @property
    def edition(self) -> Edition | None:
        return getattr(self.frozen, "edition", None)

    @property
    def publication(self) -> Publication | None:
        return getattr(self.edition, "publication", None)

    @property
    def fingerprint(self) -> str:
        return short_fingerprint(self.copy.sha256 if self.copy else self.frozen.fingerprint)

    @property
    def successor_fingerprint(self) -> str:
        """Short, of what everybody gets of the edition in its place."""
        return public_fingerprint(self.successor)[:SHORT_FINGERPRINT] if self.successor else ""

    @property
    def withholds(self) -> bool:
        """Whether what was signed has texts that not everybody may read, or may no more."""
        edition = self.edition
        return edition is not None and (edition.withholdings.exists() or closing(edition) is not None)

    @property
    def headline(self) -> str:
        if self.asked is Asked.COPY:
            return "Це копія, яку зберігає портал"
        newer = ", але є новіша редакція" if self.standing is Standing.SUPERSEDED else ""
        if self.asked is Asked.FINGERPRINT:
            return f"Відбиток належить {self._whose_fingerprint}{newer}"
        return f"Це справжня публічна копія{newer}" if self.copy else f"Файл справжній{newer}"

    @property
    def _whose_fingerprint(self) -> str:
        if self.copy:
            return f"публічній копії редакції {self.frozen.edition_number}"
        unsigned = {Standing.AGREED: "погодженому документу", Standing.WITHDRAWN: "відкликаному документу"}
        return unsigned.get(self.standing, f"редакції {self.frozen.edition_number}")

    @property
    def state(self) -> str:
        """A sentence."""
        number = self.frozen.edition_number
        if self.standing is Standing.SUPERSEDED and self.successor:
            return f"Редакція {number}. Її замінено редакцією {self.successor.number}."
        return {
            Standing.CURRENT: f"Редакція {number}, остання оприлюднена.",
            Standing.SIGNED: f"Редакцію {number} підписано, але не оприлюднено.",
            Standing.AGREED: "Документ погоджено, але ще не підписано й не оприлюднено.",
            Standing.WITHDRAWN: "Документ відкликано до підписання. Редакцією він не став.",
        }[self.standing]


# --- questions ---------------------------------------------------------------------------


def digest_of(chunks: Iterable[bytes]) -> str:
    """SHA-256, hexadecimal, of a file that comes piece by piece."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def read_digest(text: str) -> str:
    """Raises Malformed."""
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise Malformed("Це не SHA-256: у ньому 64 знаки, цифри 0–9 і латинські літери a–f.")
    return text.lower()


def read_fingerprint(text: str) -> str:
    """As it is printed, with spaces, or whole; typed with whatever looks like it. Raises Malformed."""
    typed = re.sub(rf"[\s.:{DASHES}-]", "", text).translate(_LOOKALIKES).lower()
    if not re.fullmatch(rf"[0-9a-f]{{{SHORT_FINGERPRINT}}}|[0-9a-f]{{64}}", typed):
        raise Malformed(
            f"Це не відбиток: у ньому {SHORT_FINGERPRINT} знаків, цифри 0–9 і латинські літери a–f. "
            "Він надрукований унизу кожної сторінки звіту, після слова «Відбиток»."
        )
    return typed


# --- answers -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    frozen: FrozenReport
    asked: Asked
    what: str = ""
    copy: PublicCopyFile | None = None


def find_file(sha256: str, reader: User | None) -> list[Match]:
    """The frozen documents, one a report, of whose files one has this digest; mostly one or none.

    Two when a copy has been added to two reports. `reader` is told of what is not public, too, where
    they may read it.
    """
    originals = (
        FrozenFile.objects.filter(_open_to(reader, "frozen__edition", "frozen__report"), sha256=sha256)
        .select_related("frozen__report", "frozen__edition__publication")
        .defer("content")
    )
    returned = (
        SignedFile.objects.filter(_open_to(reader, "edition", "edition__report"), sha256=sha256)
        .select_related("edition__publication", "edition__frozen__report")
        .defer("content")
    )
    copies = _public_copies().filter(sha256=sha256)
    found = [_Found(file.frozen, Asked.FILE, ORIGINALS[FrozenForm(file.form)]) for file in originals]
    for file in returned:
        asked = Asked.COPY if file.is_copy else Asked.FILE
        found.append(_Found(file.edition.frozen, asked, file.get_kind_display()))
    for copy in copies:
        what = PUBLIC_COPIES[PublicForm(copy.form)]
        found.append(_Found(copy.edition.frozen, Asked.FILE, what, _data_of(copy)))
    return _best_of_each_report(found)


def find_fingerprint(fingerprint: str, reader: User | None) -> list[Match]:
    """The same of a fingerprint as `read_fingerprint` gives it."""
    frozen = FrozenReport.objects.filter(
        _open_to(reader, "edition", "report"), fingerprint__startswith=fingerprint
    ).select_related("report", "edition__publication")
    copies = _public_copies().filter(form=PublicForm.JSON, sha256__startswith=fingerprint)
    return _best_of_each_report(
        [
            *(_Found(one, Asked.FINGERPRINT) for one in frozen),
            *(_Found(one.edition.frozen, Asked.FINGERPRINT, copy=one) for one in copies),
        ]
    )


def _public_copies() -> QuerySet[PublicCopyFile]:
    """Everybody's, whoever asks."""
    return (
        PublicCopyFile.objects.filter(edition__publication__isnull=False)
        .select_related("edition__frozen__report", "edition__publication")
        .defer("content")
    )


def _data_of(copy: PublicCopyFile) -> PublicCopyFile:
    if copy.form == PublicForm.JSON:
        return copy
    return _public_copies().get(edition=copy.edition_id, form=PublicForm.JSON)


def _open_to(reader: User | None, edition: str, report: str) -> Q:
    public = Q(**{f"{edition}__publication__isnull": False})
    if reader is None:
        return public
    return public | Q(**{f"{report}__in": AnnualReport.objects.visible_to(reader)})


def _best_of_each_report(found: list[_Found]) -> list[Match]:
    """A document that was withdrawn and agreed anew without a change is there twice, to the byte."""
    best: dict[int, Match] = {}
    for one in sorted((_match(one) for one in found), key=_worth):
        best.setdefault(one.frozen.report_id, one)
    return list(best.values())


def _worth(match: Match) -> tuple[bool, int, int, int]:
    """The best first: what is public, an original rather than the same file added as a copy, the latest."""
    return (
        not match.standing.is_public,
        list(Asked).index(match.asked),
        list(Standing).index(match.standing),
        -match.frozen.pk,
    )


def _match(found: _Found) -> Match:
    frozen = found.frozen
    edition = getattr(frozen, "edition", None)
    standing, successor = _standing(frozen, edition)
    files = tuple(grounds_to_publish(edition)) if edition else ()
    return Match(
        frozen=frozen,
        asked=found.asked,
        what=found.what,
        standing=standing,
        successor=successor,
        document=_document(found.copy or frozen),
        signers=tuple(_signers(files)),
        signed_files=files,
        copy=found.copy,
    )


def _standing(frozen: FrozenReport, edition: Edition | None) -> tuple[Standing, Edition | None]:
    if edition is None:
        is_standing = standing_freeze(frozen.report) == frozen
        return (Standing.AGREED if is_standing else Standing.WITHDRAWN), None
    if not hasattr(edition, "publication"):
        return Standing.SIGNED, None
    public = public_edition(frozen.report)
    return (Standing.CURRENT, None) if public == edition else (Standing.SUPERSEDED, public)


def _document(kept: FrozenReport | PublicCopyFile) -> ReportDocument:
    """Of an edition, or of its public copy."""
    if isinstance(kept, PublicCopyFile):
        content, sha256 = bytes(kept.content), kept.sha256
    else:
        content, sha256 = kept.content(FrozenForm.JSON), kept.fingerprint
    if digest_of([content]) != sha256:
        raise StoredBytesChanged(
            "Збережений документ не збігається зі своїм відбитком: його змінили повз портал. "
            "Скажіть про це системному адміністраторові; що саме змінено, покаже manage.py verify_journal."
        )
    return from_json(content)


def public_fingerprint(edition: Edition) -> str:
    """SHA-256 of the report.json that everybody gets, whole.

    Of a copy never the edition's own: whoever knows all but a telephone number could try them all.
    """
    if edition.withholdings.all():
        return edition.public_files.values_list("sha256", flat=True).get(form=PublicForm.JSON)
    return edition.frozen.fingerprint


# --- who signed --------------------------------------------------------------------------


def signers_of(edition: Edition) -> tuple[Signer, ...]:
    """Who signed it, in words that everybody may read."""
    return tuple(_signers(grounds_to_publish(edition)))


def _signers(files: Iterable[SignedFile]) -> Iterator[Signer]:
    """Everybody once, however many files carry the signature; never numbers of a person or a certificate."""
    seen = set()
    for file in files:
        if file.is_copy:
            yield _signer_of_copy(file)
            continue
        for signature in file.signatures.all():
            who = (signature.position, signature.signer)
            if signature.is_accepted and who not in seen:
                seen.add(who)
                yield Signer(_without_numbers(signature.signer), _how_signed(signature, file))


def _how_signed(signature: Signature, file: SignedFile) -> str:
    day = timezone.localtime(file.received_at)
    return (
        f"електронний підпис, надійшов {day:%d.%m.%Y}: сам підпис {_checked(signature, 'mathematics')}, "
        f"ланцюг довіри {_checked(signature, 'trust')}"
    )


def _checked(signature: Signature, tier: str) -> str:
    # Whatever is not known to be good is said to be unchecked; what is bad was never accepted.
    outcome = signature.verdict["tiers"].get(tier, {}).get("outcome")
    return "перевірено" if outcome == "passed" else "не перевірено"


def _signer_of_copy(file: SignedFile) -> Signer:
    way = "підписано на папері" if file.kind == SignedKind.PAPER else "підписаний файл із документообігу"
    day = f" {file.signed_on:%d.%m.%Y}" if file.signed_on else ""
    number = f", індекс {file.registry_number}" if file.registry_number else ""
    registered = f" від {file.registered_on:%d.%m.%Y}" if file.registered_on else ""
    return Signer(
        _without_numbers(file.signed_by),
        f"{way}{day}{number}{registered}; копія, електронний підпис не перевірено",
    )


def _without_numbers(name: str) -> str:
    # Some certificates write РНОКПП into the name itself, and this is read by everybody.
    return " ".join(re.sub(r"\d{8,}", "", name).split())
