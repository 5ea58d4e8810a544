"""What was submitted, agreed and signed keeps its bytes, and nothing of it changes unnoticed."""

import hashlib
import tracemalloc
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from programs import append_only, editions, stored_bytes
from programs.enums import FrozenForm, SignedKind
from programs.models import (
    AnnualReport,
    Edition,
    Event,
    FrozenFile,
    FrozenReport,
    Publication,
    Signature,
    SignedFile,
    Submission,
    User,
)
from tests import agreeing

pytestmark = pytest.mark.django_db

CHANGED = "вміст змінено після запису, він не відповідає своєму SHA-256."
UNRECORDED = "SHA-256 не той, що в журналі, або такої події там немає."
OTHER = "0" * 64


@pytest.fixture
def edition() -> Edition:
    """Submitted, agreed, signed on paper, published."""
    return agreeing.published_edition(*agreeing.small_report(), printed=False)


@pytest.fixture
def report(edition: Edition) -> AnnualReport:
    return edition.report


def number_of(kind: str) -> int:
    return Event.objects.get(kind=kind).number


def tamper(rows: Any, **changes: Any) -> None:
    """As somebody would who has put the triggers aside."""
    with append_only.lifted():
        rows.update(**changes)


def add_signed_file(edition: Edition, content: bytes) -> SignedFile:
    """Past the portal, so that the journal does not know it."""
    return SignedFile.objects.create(
        edition=edition,
        kind=SignedKind.CADES,
        content=content,
        content_type="application/pkcs7-signature",
        size=len(content),
        sha256=digest(content),
        received_at=timezone.now(),
        received_by=User.objects.get(username="head"),
    )


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def faults() -> list[str]:
    return stored_bytes.inspect().faults


# --- as it was written -------------------------------------------------------------------


def test_with_nothing_stored_nothing_is_wrong() -> None:
    assert stored_bytes.inspect() == stored_bytes.Inspection(read=0, faults=[])


def test_all_that_is_stored_is_read_and_whole(edition: Edition) -> None:
    # A submission, three forms of the frozen document, a scan.
    assert stored_bytes.inspect() == stored_bytes.Inspection(read=5, faults=[])


def test_a_second_edition_is_whole_too(edition: Edition, report: AnnualReport) -> None:
    head = User.objects.get(username="head")
    agreeing.reopen(report, head)
    agreeing.published_edition(report, head, printed=False)
    assert stored_bytes.inspect() == stored_bytes.Inspection(read=10, faults=[])


def test_a_report_agreed_before_documents_were_frozen_is_whole(
    edition: Edition, report: AnnualReport
) -> None:
    with append_only.lifted():
        for table in (edition.publication, *edition.signed_files.all(), edition, edition.frozen):
            if isinstance(table, FrozenReport):
                table.files.all().delete()
            table.delete()
        Event.objects.filter(kind__in=["copy_added", "published"]).delete()
        agreed = Event.objects.get(kind="agreed")
        del agreed.details["files"]
        agreed.save()
    assert stored_bytes.inspect() == stored_bytes.Inspection(read=1, faults=[])


# --- tampering ---------------------------------------------------------------------------


def test_a_changed_submission_is_named(edition: Edition, report: AnnualReport) -> None:
    tamper(Submission.objects.all(), document="{}")
    assert faults() == [f"{report}, подання 1: {CHANGED}"]


@pytest.mark.parametrize("form", list(FrozenForm))
def test_a_changed_frozen_file_is_named(edition: Edition, form: FrozenForm) -> None:
    tamper(FrozenFile.objects.filter(form=form), content=b"%PDF-1.7 other figures")
    assert faults() == [f"{edition.frozen}: {form.label}: {CHANGED}"]


def test_a_changed_scan_is_named(edition: Edition) -> None:
    tamper(SignedFile.objects.all(), content=b"other ink")
    assert faults() == [f"{edition}: скан підписаного на папері: {CHANGED}"]


def test_a_changed_digest_does_not_hide_a_changed_content(edition: Edition) -> None:
    """The column can be made to fit the content; the journal cannot."""
    tamper(SignedFile.objects.all(), content=b"other ink", sha256=digest(b"other ink"))
    assert faults() == [
        f"{edition}: скан підписаного на папері: {UNRECORDED}",
        f"Подія журналу {number_of('copy_added')} «Додано копію підписаного»: немає файла редакції 1 "
        "із тодішнім SHA-256.",
    ]


def test_a_changed_digest_of_a_submission_is_held_against_the_journal(
    edition: Edition, report: AnnualReport
) -> None:
    tamper(Submission.objects.all(), sha256=OTHER)
    assert faults() == [
        f"{report}, подання 1: {CHANGED}",
        f"{report}, подання 1: {UNRECORDED}",
        f"Подія журналу {number_of('submitted')} «Подано на погодження»: немає подання 1 "
        "із тодішнім SHA-256.",
    ]


def test_a_changed_digest_of_a_frozen_file_is_held_against_the_journal(edition: Edition) -> None:
    tamper(FrozenFile.objects.filter(form=FrozenForm.PDF), sha256=OTHER)
    assert faults()[1:] == [
        f"{edition.frozen}: PDF: {UNRECORDED}",
        f"Подія журналу {number_of('agreed')} «Погоджено до підписання»: немає погодженого файла "
        "з тодішнім SHA-256: pdf.",
    ]


def test_a_changed_fingerprint_is_found(edition: Edition) -> None:
    """It is what the square code on the paper is looked up by."""
    tamper(FrozenReport.objects.all(), fingerprint=OTHER)
    assert faults() == [
        f"Подія журналу {number_of('agreed')} «Погоджено до підписання»: немає погодженого документа "
        "з тодішнім відбитком.",
        f"{SignedFile.objects.get()}: редакція стоїть на іншому документі, ніж у журналі.",
    ]


def remove_submission(edition: Edition) -> str:
    with append_only.lifted():
        # Rows that lean on it go with it.
        edition.publication.delete()
        edition.signed_files.all().delete()
        edition.delete()
        FrozenFile.objects.all().delete()
        FrozenReport.objects.all().delete()
        Submission.objects.all().delete()
    return "Подано на погодження"


def remove_frozen_file(edition: Edition) -> str:
    with append_only.lifted():
        FrozenFile.objects.filter(form=FrozenForm.XLSX).delete()
    return "Погоджено до підписання"


def remove_scan(edition: Edition) -> str:
    with append_only.lifted():
        SignedFile.objects.all().delete()
    return "Додано копію підписаного"


@pytest.mark.parametrize("remove", [remove_submission, remove_frozen_file, remove_scan])
def test_what_is_taken_out_is_missed(edition: Edition, remove: Callable[[Edition], str]) -> None:
    step = remove(edition)
    assert [fault for fault in faults() if f"«{step}»: немає" in fault] != []


def test_a_file_added_past_the_portal_is_found(edition: Edition) -> None:
    """Adding is not refused by the database."""
    added = add_signed_file(edition, b"signed")
    assert faults() == [f"{added}: {UNRECORDED}"]


def test_a_document_frozen_past_the_portal_is_found(edition: Edition, report: AnnualReport) -> None:
    """Leaning on an event that says nothing of it."""
    added = FrozenReport.objects.create(
        report=report,
        submission=edition.frozen.submission,
        edition_number=2,
        fingerprint=OTHER,
        frozen_at=timezone.now(),
        frozen_by=edition.frozen.frozen_by,
        event=Event.objects.get(kind="published"),
    )
    original = edition.frozen.files.get(form=FrozenForm.PDF)
    FrozenFile.objects.create(
        frozen=added, form=FrozenForm.PDF, content=original.content, size=1, sha256=original.sha256
    )
    assert faults() == [f"{added}: PDF: {UNRECORDED}"]


# --- reading -----------------------------------------------------------------------------


def test_contents_are_read_one_by_one(edition: Edition) -> None:
    megabyte = 1024 * 1024
    for number in range(6):
        add_signed_file(edition, bytes([number]) * megabyte)
    tracemalloc.start()
    read = stored_bytes.inspect().read
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (read, peak < 5 * megabyte) == (11, True)


# --- the command -------------------------------------------------------------------------


def told() -> str:
    out = StringIO()
    call_command("verify_journal", stdout=out)
    return out.getvalue()


def test_the_command_says_that_all_is_whole(edition: Edition) -> None:
    events = Event.objects.count()
    assert told() == f"Журнал цілий: {events} подій.\nЗбережені документи цілі: 5 файлів.\n"


def test_the_command_names_what_is_wrong_and_fails(edition: Edition) -> None:
    tamper(SignedFile.objects.all(), content=b"other ink")
    with pytest.raises(CommandError) as failed:
        told()
    assert (str(failed.value), failed.value.returncode) == (
        f"Збережені документи пошкоджено.\n{edition}: скан підписаного на папері: {CHANGED}\n"
        "Порівняйте з резервною копією.",
        1,
    )


# --- who signed, what is public -----------------------------------------------------------


@pytest.fixture
def signed() -> SignedFile:
    """Came by the door."""
    report, head = agreeing.small_report()
    agreeing.submitting.submit(report, head)
    frozen = agreeing.agree_unprinted(report, head)
    unknown = {"tiers": {"trust": {"outcome": "unknown", "sentence": "Ланцюг довіри не перевірено."}}}
    return editions.attach_signed(
        report,
        by=head,
        seen=agreeing.now(report).version,
        frozen=frozen,
        upload=editions.SignedUpload(SignedKind.CADES, b"signed", "application/pkcs7-signature"),
        signatures=[editions.CheckedSignature(1, "Приклад Олена", True, True, unknown)],
    )


def test_a_signed_file_that_came_by_the_door_is_whole(signed: SignedFile) -> None:
    assert faults() == []


def test_a_signature_added_past_the_portal_is_found(signed: SignedFile) -> None:
    Signature.objects.create(
        file=signed,
        position=2,
        signer="Зразок Іван",
        is_accepted=True,
        is_computed=True,
        verdict={"tiers": {}},
    )
    assert faults() == [f"{signed}: підписи чи висновки про них не ті, що в журналі."]


def test_a_verdict_made_better_is_found(signed: SignedFile) -> None:
    tamper(Signature.objects.all(), verdict={"tiers": {"trust": {"outcome": "passed", "sentence": ""}}})
    assert faults() == [f"{signed}: підписи чи висновки про них не ті, що в журналі."]


@pytest.mark.parametrize(
    "change",
    [{"signed_by": "Іван ЗРАЗОК"}, {"registry_number": "77"}, {"signed_on": "2020-01-01"}],
    ids=lambda change: next(iter(change)),
)
def test_a_copy_said_to_be_anothers_is_found(change: dict[str, Any], edition: Edition) -> None:
    tamper(SignedFile.objects.all(), **change)
    file = SignedFile.objects.get()
    assert faults() == [f"{file}: хто й коли підписав, не те, що в журналі."]


def test_a_publication_moved_in_time_is_found(edition: Edition) -> None:
    tamper(Publication.objects.all(), published_at=timezone.now())
    assert faults() == [f"{edition}: хто й коли оприлюднив, не те, що в журналі."]


def test_a_publication_added_past_the_portal_is_found() -> None:
    report, head = agreeing.small_report()
    agreeing.submitting.submit(report, head)
    agreeing.agree_unprinted(report, head)
    kept = agreeing.sign_on_paper(report, head)
    Publication.objects.create(edition=kept.edition, published_at=timezone.now(), published_by=head)
    assert faults() == [f"{kept.edition}: оприлюднення немає в журналі."]


def test_a_publication_taken_away_is_found(edition: Edition) -> None:
    with append_only.lifted():
        Publication.objects.all().delete()
    assert faults() == [
        f"Подія журналу {number_of('published')} «Оприлюднено»: оприлюднення редакції 1 вже не записано."
    ]
