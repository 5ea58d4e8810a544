"""The only door for evidence: files and links attached to a result, and their withdrawal.

A file is examined and stored before the report is locked, because that may take seconds; the row that
names it is written under the lock. Whatever fails in between takes the stored file away again.
"""

from __future__ import annotations

import datetime
import hashlib
import logging
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone

from . import permissions
from .enums import EvidenceKind
from .file_types import BY_CONTENT_TYPE, FileRefused, recognise
from .models import AnnualReport, Evidence, Executor, MeasureResult, User
from .textforms import clean_text
from .uploads import MEGABYTE

MAX_FOR_RESULT = 20

logger = logging.getLogger(__name__)


class EvidenceError(Exception):
    """Nothing was attached or withdrawn; the message is a Ukrainian sentence."""


class EvidenceRefused(EvidenceError):
    """The report's state or the person's rights do not allow it."""


class InvalidEvidence(EvidenceError):
    """The file, the link, its title or its particulars cannot be taken."""


class FileTooLarge(InvalidEvidence):
    def __init__(self) -> None:
        super().__init__(
            f"Файл більший за {settings.EVIDENCE_MAX_MB} МБ. Нічого не додано. "
            "Стисніть його або розділіть на частини, або додайте посилання."
        )


class AlreadyAttached(EvidenceError):
    """The same file or link stands at this result: a double click, or a colleague was first."""

    def __init__(self, existing: Evidence) -> None:
        self.existing = existing
        what = "Цей файл" if existing.kind == EvidenceKind.FILE else "Це посилання"
        when = f"{timezone.localtime(existing.added_at):%d.%m.%Y %H:%M}"
        super().__init__(
            f"{what} тут уже є: «{existing.title}», {when}, {existing.added_by}. Удруге не додано."
        )


class NotStored(EvidenceError):
    def __init__(self) -> None:
        super().__init__(
            "Сервер не зміг зберегти файл, тож нічого не додано. Спробуйте ще раз за кілька хвилин; "
            "якщо не вдасться, скажіть системному адміністраторові."
        )


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a document says of itself, each if known; `amount` in тис. грн."""

    document_number: str = ""
    document_date: datetime.date | None = None
    amount: Decimal | None = None


UNKNOWN = Particulars()


def bodies_of(user: User, result: MeasureResult) -> list[Executor]:
    """In whose names this person may attach evidence here, the likeliest first. Two queries."""
    participants = [one.executor for one in result.measure.participations.all()]
    mine = set(user.appointments.current().values_list("executor_id", flat=True))
    own = [executor for executor in participants if executor.pk in mine]
    if not permissions.works_on_report(user, result.report):
        return own
    return list(dict.fromkeys([*own, result.report.program.responsible, *participants]))


def attach_file(
    result: MeasureResult,
    executor: Executor,
    upload: UploadedFile,
    *,
    by: User,
    title: str = "",
    particulars: Particulars = UNKNOWN,
) -> Evidence:
    """Examine, store and attach a file; without a title it is called as the file is.

    Raises EvidenceRefused, InvalidEvidence, AlreadyAttached or NotStored; then no file and no row stays.
    Not to be called inside a transaction: a file outlives a rollback.
    """
    _require_right(result, executor, by)
    content: Any = upload.file
    if upload.size is None or upload.size > settings.EVIDENCE_MAX_MB * MEGABYTE:
        raise FileTooLarge
    try:
        kind = recognise(content)
    except FileRefused as refused:
        raise InvalidEvidence(f"{refused} Нічого не додано.") from refused
    evidence = Evidence(
        result=result,
        executor=executor,
        kind=EvidenceKind.FILE,
        title=_title(title) or _title(PurePath(upload.name or "").stem)[:200] or "Файл",
        content_type=kind.content_type,
        size=upload.size,
        sha256=hashlib.file_digest(content, "sha256").hexdigest(),
        added_by=by,
        **_columns(particulars),
    )
    _clean(evidence)
    _require_room(evidence)
    return _stored(evidence, upload)


def attach_link(
    result: MeasureResult,
    executor: Executor,
    *,
    by: User,
    title: str = "",
    url: str,
    particulars: Particulars = UNKNOWN,
) -> Evidence:
    """Attach an address on the web; without a title it is called by its host.

    Raises EvidenceRefused, InvalidEvidence or AlreadyAttached.
    """
    _require_right(result, executor, by)
    url = _web_address(url)
    evidence = Evidence(
        result=result,
        executor=executor,
        kind=EvidenceKind.LINK,
        title=_title(title) or host_of(url)[:200],
        url=url,
        added_by=by,
        **_columns(particulars),
    )
    _clean(evidence)
    with transaction.atomic():
        return _written(evidence)


@transaction.atomic
def withdraw(evidence: Evidence, *, by: User) -> Evidence:
    """Take evidence back: the file is kept, nobody is served it. Once withdrawn, it stays as it was."""
    _locked_report(evidence.result)
    standing = Evidence.objects.select_related("result__report__program", "executor").get(pk=evidence.pk)
    if standing.withdrawn_at:
        return standing
    _require_draft(standing.result.report)
    if not permissions.can_withdraw_evidence(by, standing):
        raise EvidenceRefused("Вилучити можна лише те, що додав ваш підрозділ. Нічого не змінено.")
    standing.withdrawn_at, standing.withdrawn_by = timezone.now(), by
    standing._history_user = by  # type: ignore[attr-defined]
    standing.save()
    return standing


def host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def download_name(evidence: Evidence) -> str:
    """The title with the ending that the file's content deserves, safe in every file system."""
    ending = f".{BY_CONTENT_TYPE[evidence.content_type].extension}"
    name = "".join("_" if sign in '\\/:*?"<>|' else sign for sign in evidence.title).strip(" .")
    return (name.removesuffix(ending) or "Файл") + ending


# --- what is required --------------------------------------------------------------------


def _require_draft(report: AnnualReport) -> None:
    if not report.report_state.accepts_figures:
        raise EvidenceRefused(
            f"Звіт у стані «{report.get_state_display()}»: підтвердження вже не змінюють. Нічого не змінено."
        )


def _require_right(result: MeasureResult, executor: Executor, by: User) -> None:
    _require_draft(result.report)
    if not permissions.can_add_evidence(by, result):
        raise EvidenceRefused(
            "Підтвердження додають відповідальний виконавець Програми та виконавці цього заходу. "
            "Нічого не додано."
        )
    if executor not in bodies_of(by, result):
        raise EvidenceRefused(f"Додати підтвердження від імені «{executor}» тут не можна. Нічого не додано.")


def _require_room(evidence: Evidence) -> None:
    """Neither the same thing twice nor more than a reader could look through."""
    same = {"sha256": evidence.sha256} if evidence.kind == EvidenceKind.FILE else {"url": evidence.url}
    standing = evidence.result.evidence.filter(withdrawn_at=None)
    if existing := standing.filter(kind=evidence.kind, **same).select_related("added_by").first():
        raise AlreadyAttached(existing)
    if standing.count() >= MAX_FOR_RESULT:
        raise InvalidEvidence(
            f"До заходу вже додано {MAX_FOR_RESULT} підтверджень, більше не можна. Нічого не додано; "
            "вилучіть зайве або об’єднайте файли в один."
        )


def _title(text: str) -> str:
    return " ".join(clean_text(text).split())


def _columns(particulars: Particulars) -> dict[str, Any]:
    """The number without its sign, which is written wherever the number is shown."""
    number = _title(particulars.document_number).removeprefix("№").strip()
    return asdict(particulars) | {"document_number": number}


def _clean(evidence: Evidence) -> None:
    try:
        evidence.clean_fields(exclude=["file"])
    except ValidationError as error:
        sentences = " ".join(
            f"{str(Evidence._meta.get_field(name).verbose_name).capitalize()}: {' '.join(messages)}"  # type: ignore[union-attr]
            for name, messages in error.message_dict.items()
        )
        raise InvalidEvidence(f"{sentences} Нічого не додано.") from error


def _web_address(typed: str) -> str:
    """With its scheme; typed without one it is https."""
    url = clean_text(typed).strip()
    if "://" not in url:
        url = f"https://{url}"
    try:
        URLValidator(schemes=["http", "https"])(url)
        parts = urlsplit(url)
    except (ValidationError, ValueError) as error:
        raise InvalidEvidence(
            "Це не адреса сторінки. Скопіюйте її з рядка адреси браузера: вона починається з https:// "
            "або http://. Нічого не додано."
        ) from error
    if "@" in parts.netloc:
        raise InvalidEvidence(
            "В адресі є ім’я або пароль перед знаком @: такі адреси ведуть не туди, куди здається. "
            "Нічого не додано."
        )
    return url


# --- writing -----------------------------------------------------------------------------


def _stored(evidence: Evidence, upload: UploadedFile) -> Evidence:
    field: Any = Evidence._meta.get_field("file")
    storage, name = field.storage, field.generate_filename(evidence, upload.name)
    try:
        upload.seek(0)
        evidence.file.name = storage.save(name, upload)
        # Durable: were it part of a larger transaction, that one's rollback would leave the file behind.
        with transaction.atomic(durable=True):
            return _written(evidence)
    except BaseException as error:
        storage.delete(name)
        if isinstance(error, OSError):
            logger.exception("Evidence could not be stored")
            raise NotStored from error
        raise


def _written(evidence: Evidence) -> Evidence:
    """In the caller's transaction: what was required before is asked again under the report's lock."""
    evidence.result.report = _locked_report(evidence.result)
    _require_right(evidence.result, evidence.executor, evidence.added_by)
    _require_room(evidence)
    evidence._history_user = evidence.added_by  # type: ignore[attr-defined]
    evidence.save(force_insert=True)
    return evidence


def _locked_report(result: MeasureResult) -> AnnualReport:
    """Whoever changes the same report waits until this transaction ends."""
    reports = AnnualReport.objects.select_for_update(of=("self",)).select_related("program__responsible")
    return reports.get(pk=result.report_id)
