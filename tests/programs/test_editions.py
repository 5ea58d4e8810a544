"""What comes after agreeing: editions, copies, publication, withdrawal; and what each refuses."""

import datetime
import hashlib
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from programs import editions, journal, workflow
from programs.editions import CheckedSignature, SignedUpload
from programs.enums import EventKind, PercentBase, SignedKind
from programs.models import AnnualReport, Edition, FrozenReport, Publication, Signatory, SignedFile, User
from programs.signed_copies import CopyDetails
from tests import agreeing, building, submitting
from tests.agreeing import agree, agree_unprinted, now, publish, reopen, sign_on_paper, small_report
from tests.files import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def small() -> tuple[AnnualReport, User]:
    return agreeing.small_report()


@pytest.fixture
def report(small: tuple[AnnualReport, User]) -> AnnualReport:
    return small[0]


@pytest.fixture
def head(small: tuple[AnnualReport, User]) -> User:
    return small[1]


@pytest.fixture
def agreed(report: AnnualReport, head: User) -> FrozenReport:
    return agree(report, head)


def signature(position: int = 1, *, accepted: bool = True, computed: bool = True) -> CheckedSignature:
    outcome = "passed" if accepted else "failed"
    tiers = {name: {"outcome": outcome, "sentence": ""} for name in ("content", "person")}
    return CheckedSignature(position, "Приклад Олена Зразківна", accepted, computed, {"tiers": tiers})


TOLD = {
    "signer": "Приклад Олена Зразківна",
    "position": 1,
    "accepted": True,
    "computed": True,
    "tiers": {"content": "passed", "person": "passed"},
    "verdict": hashlib.sha256(
        b'{"tiers":{"content":{"outcome":"passed","sentence":""},"person":{"outcome":"passed","sentence":""}}}'
    ).hexdigest(),
}


def sign(report: AnnualReport, head: User, *signatures: CheckedSignature, **changes: Any) -> SignedFile:
    given: dict[str, Any] = {
        "seen": now(report).version,
        "frozen": report.frozen_reports.latest("pk"),
        "upload": SignedUpload(SignedKind.CADES, b"signed", "application/pkcs7-signature"),
        "signatures": signatures or [signature()],
    }
    return editions.attach_signed(report, by=head, **given | changes)


# --- an edition begins -------------------------------------------------------------------


def test_what_is_agreed_is_no_edition_yet(report: AnnualReport, agreed: FrozenReport) -> None:
    assert (report.editions.count(), now(report).next_edition_number) == (0, 1)


def test_the_first_signature_makes_it_an_edition(
    report: AnnualReport, agreed: FrozenReport, head: User
) -> None:
    sign(report, head)
    edition = Edition.objects.get()
    assert (edition.number, edition.frozen, edition.report) == (1, agreed, report)


def test_a_copy_makes_it_an_edition_too(report: AnnualReport, agreed: FrozenReport, head: User) -> None:
    kept = sign_on_paper(report, head)
    assert (kept.edition.frozen, kept.kind, kept.content_type, kept.registry_number) == (
        agreed,
        SignedKind.PAPER,
        "image/png",
        "01-12/345",
    )


def test_the_second_file_joins_the_same_edition(
    report: AnnualReport, agreed: FrozenReport, head: User
) -> None:
    assert sign_on_paper(report, head).edition == sign(report, head).edition


def test_one_withdrawn_before_signing_never_was_an_edition(
    report: AnnualReport, agreed: FrozenReport, head: User
) -> None:
    reopen(report, head)
    assert (agree(report, head).edition_number, Edition.objects.count()) == (1, 0)


def test_the_withdrawn_document_stays_in_the_journal(
    report: AnnualReport, agreed: FrozenReport, head: User
) -> None:
    reopen(report, head, "Описка.")
    assert report.events.latest("number").details == {"reason": "Описка.", "withdrawn": agreed.fingerprint}


def test_after_a_signed_one_comes_the_next_edition(
    report: AnnualReport, agreed: FrozenReport, head: User
) -> None:
    sign_on_paper(report, head)
    reopen(report, head)
    assert agree(report, head).edition_number == 2


def test_a_signed_edition_stays_when_the_report_is_reopened(
    report: AnnualReport, agreed: FrozenReport, head: User
) -> None:
    sign_on_paper(report, head)
    reopen(report, head, "Уточнення.")
    assert (
        report.events.latest("number").details,
        Edition.objects.get().number,
    ) == ({"reason": "Уточнення.", "edition": 1}, 1)


# --- signatures --------------------------------------------------------------------------


def test_a_signed_file_stands_in_the_journal(report: AnnualReport, agreed: FrozenReport, head: User) -> None:
    kept = sign(report, head)
    event = report.events.latest("number")
    assert (event.kind, event.by, event.details, journal.verify().fault) == (
        EventKind.SIGNED,
        head,
        {
            "edition": 1,
            "sha256": agreed.fingerprint,
            "file": kept.sha256,
            "file_kind": "cades",
            "signers": [TOLD],
        },
        None,
    )


def test_signatories_sign_in_their_order(report: AnnualReport, head: User) -> None:
    Signatory.objects.create(report=report, position=2, post="Заступник", name="Іван ЗРАЗОК")
    agree(report, head)
    with pytest.raises(workflow.NotNow) as refused:
        sign(report, head, signature(2))
    assert (str(refused.value), Edition.objects.count()) == (
        "Спершу має підписати Олена ПРИКЛАД (Начальник управління): підписи йдуть за порядком "
        "підписувачів. Нічого не змінено.",
        0,
    )


def test_the_second_signs_after_the_first(report: AnnualReport, head: User) -> None:
    Signatory.objects.create(report=report, position=2, post="Заступник", name="Іван ЗРАЗОК")
    agree(report, head)
    first = sign(report, head)
    sign(report, head, signature(2), upload=SignedUpload(SignedKind.CADES, b"second", "x"))
    assert editions.unsigned_positions(report, first.edition) == []


def test_both_may_sign_in_one_file(report: AnnualReport, head: User) -> None:
    Signatory.objects.create(report=report, position=2, post="Заступник", name="Іван ЗРАЗОК")
    agree(report, head)
    kept = sign(report, head, signature(1), signature(2))
    assert editions.unsigned_positions(report, kept.edition) == []


def test_an_organisations_seal_beside_the_signature_is_nobodys_place(
    report: AnnualReport, agreed: FrozenReport, head: User
) -> None:
    kept = sign(report, head, signature(), signature(0, accepted=False))
    assert list(kept.signatures.values_list("position", "is_accepted")) == [(1, True), (0, False)]


def test_the_same_file_is_kept_once(report: AnnualReport, agreed: FrozenReport, head: User) -> None:
    sign(report, head)
    with pytest.raises(workflow.NotNow) as refused:
        sign(report, head)
    assert (str(refused.value), SignedFile.objects.count()) == (
        "Цей файл тут уже є. Удруге не додано. Нічого не змінено.",
        1,
    )


def test_a_signature_checked_against_another_document_is_not_kept(
    report: AnnualReport, agreed: FrozenReport, head: User
) -> None:
    reopen(report, head)
    agree(report, head)
    with pytest.raises(workflow.NotNow, match="документ для підпису змінився"):
        sign(report, head, frozen=agreed)
    assert Edition.objects.count() == 0


def test_a_stale_page_signs_nothing(report: AnnualReport, agreed: FrozenReport, head: User) -> None:
    seen = now(report).version
    sign_on_paper(report, head)
    with pytest.raises(workflow.NotNow, match="Поки сторінка була відкрита, звіт змінили"):
        sign(report, head, seen=seen)


def test_a_report_agreed_before_documents_were_kept_is_to_be_agreed_again(
    report: AnnualReport, head: User
) -> None:
    AnnualReport.objects.update(state="agreed")
    with pytest.raises(workflow.NotNow) as refused:
        sign_on_paper(report, head)
    assert str(refused.value) == (
        "Звіт погодили до того, як портал почав зберігати документ для підпису. Відкрийте його для "
        "уточнення й погодьте знову. Нічого не змінено."
    )


def test_the_head_on_paper_and_the_deputy_electronically(report: AnnualReport, head: User) -> None:
    Signatory.objects.create(report=report, position=2, post="Заступник", name="Іван ЗРАЗОК")
    agree(report, head)
    sign_on_paper(report, head, signed_by="Олена Приклад")
    kept = sign(report, head, signature(2))
    assert editions.unsigned_positions(report, kept.edition) == []


# --- copies ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"signed_by": " "}, "Вкажіть, хто підписав."),
        ({"signed_on": datetime.date(2030, 1, 1)}, "Дата підписання 01.01.2030 ще не настала."),
        ({"registered_on": datetime.date(2030, 1, 1)}, "Дата реєстрації 01.01.2030 ще не настала."),
        (
            {"registered_on": datetime.date(2020, 1, 1)},
            "Дата реєстрації раніша за дату підписання.",
        ),
        (
            {"registry_number": "1" * 101},
            "Реєстраційний індекс: Переконайтеся, що це значення містить не більше ніж 100 символів "
            "(зараз 101).",
        ),
    ],
)
def test_details_that_cannot_be_are_refused(
    changes: dict[str, Any], told: str, report: AnnualReport, agreed: FrozenReport, head: User
) -> None:
    with pytest.raises(workflow.NotWhole) as refused:
        sign_on_paper(report, head, **changes)
    assert (str(refused.value), Edition.objects.count()) == (f"{told} Нічого не змінено.", 0)


def test_nobody_signs_before_it_is_agreed(report: AnnualReport, agreed: FrozenReport, head: User) -> None:
    with pytest.raises(workflow.NotWhole, match=r"підписати його 01\.01\.2024 не могли"):
        sign_on_paper(report, head, signed_on=datetime.date(2024, 1, 1))


def test_an_old_report_brought_in_from_paper_was_signed_long_ago(report: AnnualReport, head: User) -> None:
    AnnualReport.objects.update(is_transcribed=True)
    agree(report, head)
    assert sign_on_paper(report, head, signed_on=datetime.date(2024, 1, 15)).signed_on.year == 2024


@pytest.mark.parametrize(
    ("kind", "content", "told"),
    [
        (SignedKind.PAPER, b"", "Файл порожній: у ньому немає жодного байта."),
        (SignedKind.PAPER, picture("GIF"), "За вмістом це зображення GIF, а тут беруть лише PDF, JPEG, PNG."),
        (SignedKind.RESAVED, picture("PNG"), "За вмістом це PNG, а тут беруть лише PDF."),
    ],
    ids=["empty", "gif", "a picture from a document system"],
)
def test_only_a_scan_is_taken_as_a_copy(
    kind: SignedKind, content: bytes, told: str, report: AnnualReport, agreed: FrozenReport, head: User
) -> None:
    details = CopyDetails(kind, timezone.localdate(), "Олена ПРИКЛАД")
    with pytest.raises(workflow.NotWhole) as refused:
        editions.attach_copy(report, by=head, seen=now(report).version, content=content, details=details)
    assert str(refused.value).startswith(told)
    assert Edition.objects.count() == 0


# --- publication -------------------------------------------------------------------------


def test_nothing_is_published_unsigned(report: AnnualReport, agreed: FrozenReport, head: User) -> None:
    with pytest.raises(workflow.NotNow) as refused:
        publish(report, head)
    assert str(refused.value) == (
        "Оприлюднити ще не можна: немає ні електронного підпису того, хто має підписати, "
        "ні копії підписаного на папері. Нічого не змінено."
    )


def test_a_signature_that_does_not_count_is_no_ground(
    report: AnnualReport, agreed: FrozenReport, head: User
) -> None:
    sign(report, head, signature(0, accepted=False))
    with pytest.raises(workflow.NotNow, match="Оприлюднити ще не можна"):
        publish(report, head)


def test_what_nobody_computed_is_published_only_by_who_answers_for_it(
    report: AnnualReport, agreed: FrozenReport, head: User
) -> None:
    sign(report, head, signature(computed=False))
    with pytest.raises(workflow.NotNow) as refused:
        publish(report, head)
    editions.publish(report, by=head, seen=now(report).version, vouched=True)
    assert (str(refused.value), report.events.latest("number").details["vouched"]) == (
        "Самого підпису портал не обчислив. Перевірте його на сайті центрального засвідчувального органу "
        "(czo.gov.ua/verify) і підтвердьте це, коли оприлюднюєте. Нічого не змінено.",
        True,
    )


def test_beside_a_copy_nobody_needs_to_answer_for_it(
    report: AnnualReport, agreed: FrozenReport, head: User
) -> None:
    sign(report, head, signature(computed=False))
    sign_on_paper(report, head)
    assert publish(report, head).edition.number == 1


def test_after_publication_the_head_alone_adds_files(
    report: AnnualReport, agreed: FrozenReport, head: User
) -> None:
    clerk = building.appointed(building.user("clerk"), report.program.responsible)
    sign_on_paper(report, head)
    publish(report, head)
    with pytest.raises(workflow.NotYours) as refused:
        sign_on_paper(report, clerk, picture("JPEG"))
    sign_on_paper(report, head, picture("JPEG"))
    assert (str(refused.value), SignedFile.objects.count()) == (
        "Редакцію оприлюднено, і доданий файл одразу побачать усі. Тому додає його керівник відповідального "
        "виконавця Програми або той, хто виконує його обов’язки. Нічого не змінено.",
        2,
    )


@pytest.mark.parametrize("way", [sign, sign_on_paper])
def test_what_is_signed_is_published(
    way: Any, report: AnnualReport, agreed: FrozenReport, head: User
) -> None:
    way(report, head)
    publication = publish(report, head)
    assert (publication.edition.number, publication.published_by) == (1, head)


def test_the_grounds_stand_in_the_journal(report: AnnualReport, agreed: FrozenReport, head: User) -> None:
    kept = sign(report, head)
    publish(report, head)
    event = report.events.latest("number")
    assert (event.kind, event.details) == (
        EventKind.PUBLISHED,
        {
            "edition": 1,
            "sha256": agreed.fingerprint,
            "grounds": [{"file": kept.sha256, "kind": "cades", "signers": [TOLD]}],
            "vouched": False,
        },
    )


def test_an_edition_is_published_once(report: AnnualReport, agreed: FrozenReport, head: User) -> None:
    sign_on_paper(report, head)
    publish(report, head)
    with pytest.raises(workflow.NotNow) as refused:
        publish(report, head)
    assert (str(refused.value), Publication.objects.count()) == (
        "Редакцію 1 вже оприлюднено. Нічого не змінено.",
        1,
    )


def test_the_published_edition_stays_public_until_the_next_one_is(report: AnnualReport, head: User) -> None:
    agreeing.published_edition(report, head)
    public = []
    reopen(report, head)
    public.append(editions.public_edition(report))
    agree(report, head)
    sign_on_paper(report, head)
    public.append(editions.public_edition(report))
    publish(report, head)
    public.append(editions.public_edition(report))
    assert [edition and edition.number for edition in public] == [1, 1, 2]


def test_an_agreed_report_keeps_what_its_percents_are_taken_of(db: None) -> None:
    report, head = small_report()
    submitting.submit(report, head)
    agree_unprinted(report, head)
    program = now(report).program
    program.percent_base = PercentBase.ACTUAL
    with pytest.raises(ValidationError, match=r"погоджені звіти \(2024\)"):
        program.full_clean()
    program.percent_base = PercentBase.PLANNED
    program.full_clean()


def test_until_then_the_base_is_a_choice(db: None) -> None:
    report, _ = small_report()
    report.program.percent_base = PercentBase.ACTUAL
    report.program.full_clean()
