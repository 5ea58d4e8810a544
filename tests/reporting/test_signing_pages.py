"""Signing as people do it: the PDF goes out, what comes back is checked, kept, published; or refused."""

import hashlib
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from programs import append_only, journal
from programs.enums import AppointmentRole, FrozenForm, ReportState, SignedKind
from programs.models import (
    AnnualReport,
    Edition,
    Executor,
    FrozenReport,
    Publication,
    Signatory,
    Signature,
    SignedFile,
    User,
)
from reporting.signing import examination, receiving
from reporting.views.signing_panel import certificate_line
from tests import agreeing, building, submitting
from tests.agreeing import agree, agree_unprinted, now, publish, published_edition, reopen, sign_on_paper
from tests.files import picture
from tests.reporting.signing import authority
from tests.reporting.signing.authority import DEPUTY, HEAD, STRANGER
from tests.reporting.signing.signed_files import asice_parts, container, p7s, signed_pdf

pytestmark = pytest.mark.django_db

ADDRESS = "/programs/15-2019-11-05/2024/"


@pytest.fixture(autouse=True)
def examined_here(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    """In this process, which saves a second each time; one test below does it apart, as the portal does."""
    settings.SIGNATURE_TRUST_FOLDER = tmp_path

    def examine(original: bytes, upload: bytes, *, trust_folder: Path | None) -> Any:
        return examination.examine(original, upload, trust_folder=trust_folder, now=authority.NOW)

    monkeypatch.setattr(receiving, "examine_apart", examine)


@pytest.fixture
def small() -> tuple[AnnualReport, User]:
    return agreeing.small_report()


@pytest.fixture
def report(small: tuple[AnnualReport, User]) -> AnnualReport:
    """Its one signatory is Олена ПРИКЛАД."""
    return small[0]


@pytest.fixture
def head(small: tuple[AnnualReport, User]) -> User:
    return small[1]


@pytest.fixture
def frozen(report: AnnualReport, head: User) -> FrozenReport:
    return agree(report, head)


@pytest.fixture
def unprinted(report: AnnualReport, head: User) -> FrozenReport:
    """The same, with stand-ins for what takes time to print."""
    submitting.submit(report, head)
    return agree_unprinted(report, head)


@pytest.fixture
def desk(head: User) -> Client:
    client = Client()
    client.force_login(head)
    return client


def pdf_of(frozen: FrozenReport) -> bytes:
    return frozen.content(FrozenForm.PDF)


def send(
    desk: Client, report: AnnualReport, content: bytes | None, *, address: str = ADDRESS
) -> HttpResponse:
    data: dict[str, Any] = {"seen": now(report).version}
    if content is not None:
        data["file"] = SimpleUploadedFile("zvit.pdf", content)
    return desk.post(f"{address}signed/", data)


def as_it_is(desk: Client, address: str) -> dict[str, Any]:
    """What the head sends who accepts everything that the page before publication shows."""
    page = desk.get(f"{address}publish/").content.decode()
    (seen,) = re.findall(r'name="seen" value="(\d+)"', page)
    return {"seen": seen, "accepted": re.findall(r'name="accepted" value="(\w+)"', page)}


def words(response: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(response.content.decode())).split())


def told(response: HttpResponse) -> str:
    """The refusal on the page."""
    (sentence,) = re.findall(
        r'<p class="refusal" id="refusal" role="alert"[^>]*>(.*?)</p>', response.content.decode()
    )
    return unescape(sentence)


def nothing_kept() -> bool:
    return not (Edition.objects.exists() or SignedFile.objects.exists() or Signature.objects.exists())


# --- the real report ---------------------------------------------------------------------

REAL = "/programs/1688-2019-12-18/2023/"


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        (SignedKind.PADES, lambda pdf: signed_pdf(pdf, authority.person(HEAD, "RSA"))),
        (SignedKind.PADES, lambda pdf: signed_pdf(pdf, authority.person(HEAD))),
        (SignedKind.CADES, lambda pdf: p7s(pdf, authority.person(HEAD))),
        (SignedKind.ASICE, lambda pdf: container(asice_parts(pdf, authority.person(HEAD, "RSA")))),
    ],
    ids=["PAdES, RSA", "PAdES, P-256", ".p7s", "ASiC-E"],
)
def test_the_real_report_is_signed_and_published(
    kind: SignedKind,
    made: Callable[[bytes], bytes],
    report_2023: AnnualReport,
    clerk: User,
    head: User,
    desk: Client,
) -> None:
    head = User.objects.get(username="demo-kerivnyk")
    desk.force_login(head)
    submitting.complete(report_2023, clerk)
    submitting.submit(report_2023, clerk)
    desk.post(f"{REAL}agree/", {"seen": now(report_2023).version})
    original = desk.get(f"{REAL}editions/1/report.pdf").content
    signed = made(original)
    sent = send(desk, report_2023, signed, address=REAL)
    desk.post(f"{REAL}publish/", as_it_is(desk, REAL))
    kept = SignedFile.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, REAL)
    assert (kept.kind, bytes(kept.content), kept.edition.number) == (kind, signed, 1)
    assert (Publication.objects.get().edition, journal.verify().fault) == (kept.edition, None)


# --- out and back ------------------------------------------------------------------------


def test_in_four_clicks_from_on_approval_to_the_file_to_sign(
    report: AnnualReport, head: User, desk: Client
) -> None:
    submitting.submit(report, head)
    first = desk.get(ADDRESS).content.decode()
    assert f'<a class="primary" href="{ADDRESS}review/">Розглянути</a>' in first
    second = desk.get(f"{ADDRESS}review/").content.decode()
    assert f'action="{ADDRESS}agree/"' in second
    third = desk.post(f"{ADDRESS}agree/", {"seen": now(report).version}, follow=True).content.decode()
    assert (
        f'<a class="primary" href="{ADDRESS}editions/1/report.pdf" download>Завантажити PDF для підпису</a>'
        in third
    )
    assert desk.get(f"{ADDRESS}editions/1/report.pdf").content[:5] == b"%PDF-"


def test_the_verdict_is_told_in_words_tier_by_tier(
    report: AnnualReport, frozen: FrozenReport, desk: Client
) -> None:
    send(desk, report, p7s(pdf_of(frozen), authority.person(DEPUTY)))
    text = words(desk.get(ADDRESS))
    tiers = re.findall(r"(Вміст|Підпис|Довіра|Особа) (підтверджено|не підтверджено|не перевірено) ", text)
    assert tiers == [
        ("Вміст", "підтверджено"),
        ("Підпис", "підтверджено"),
        ("Довіра", "не перевірено"),
        ("Особа", "підтверджено"),
    ]


def test_what_was_not_verified_is_never_called_valid(
    report: AnnualReport, frozen: FrozenReport, desk: Client
) -> None:
    send(desk, report, p7s(pdf_of(frozen), authority.person(DEPUTY)))
    text = words(desk.get(ADDRESS))
    assert ("Ланцюг довіри не перевірено" in text, "дійсн" in text.casefold()) == (True, False)


def test_with_a_trust_list_the_chain_is_verified(
    report: AnnualReport, frozen: FrozenReport, desk: Client, settings: Settings
) -> None:
    authority.fill_trust_folder(settings.SIGNATURE_TRUST_FOLDER)
    send(desk, report, p7s(pdf_of(frozen), authority.person(DEPUTY)))
    assert Signature.objects.get().verdict["tiers"]["trust"]["outcome"] == "passed"


def test_a_chain_that_does_not_hold_is_refused(
    report: AnnualReport, frozen: FrozenReport, desk: Client, settings: Settings
) -> None:
    authority.fill_trust_folder(settings.SIGNATURE_TRUST_FOLDER)
    stranger = authority.person(DEPUTY, issuer=authority.root("Чужий центр"))
    response = send(desk, report, p7s(pdf_of(frozen), stranger))
    assert (response.status_code, nothing_kept()) == (400, True)
    assert told(response).startswith("Ланцюг сертифікатів не веде до переліку довіри порталу")


def test_a_strangers_valid_signature_is_refused(
    report: AnnualReport, frozen: FrozenReport, desk: Client
) -> None:
    response = send(desk, report, signed_pdf(pdf_of(frozen), authority.person(STRANGER)))
    assert (response.status_code, told(response), nothing_kept()) == (
        400,
        f"Підписувач за сертифікатом – {STRANGER}, а підписати має Олена ПРИКЛАД. Якщо підписує інша "
        "особа, звіт треба відкрити для уточнення й виправити підписувача. Підпису не додано.",
        True,
    )


def test_a_namesake_with_another_tax_number_is_refused(
    report: AnnualReport, frozen: FrozenReport, head: User, desk: Client
) -> None:
    User.objects.filter(pk=head.pk).update(tax_number="1234567890")
    namesake = authority.person(DEPUTY, tax_number="0987654321")
    response = send(desk, report, p7s(pdf_of(frozen), namesake))
    assert ("але РНОКПП інший" in told(response), nothing_kept()) == (True, True)


def test_who_acts_as_head_signs_in_the_heads_place(
    report: AnnualReport, frozen: FrozenReport, desk: Client
) -> None:
    acting = User.objects.create_user("acting", given_name="Іван", family_name="Зразок")
    building.appointed(acting, report.program.responsible, AppointmentRole.ACTING_HEAD)
    send(desk, report, p7s(pdf_of(frozen), authority.person(STRANGER)))
    kept = Signature.objects.get()
    assert (kept.signer, kept.position, kept.is_accepted) == (STRANGER, 1, True)


def test_edition_ones_signature_does_not_fit_edition_two(
    report: AnnualReport, frozen: FrozenReport, head: User, desk: Client
) -> None:
    signed = p7s(pdf_of(frozen), authority.person(DEPUTY))
    send(desk, report, signed)
    reopen(report, head)
    agree(report, head)
    response = send(desk, report, signed)
    assert (response.status_code, Edition.objects.count()) == (400, 1)
    assert re.fullmatch(
        r"Це підпис під іншим документом: його погоджено [\d.]+ [\d:]+ \(редакція 1\), а тепер підписують "
        r"погоджений [\d.]+ [\d:]+ \(редакція 2\)\. Завантажте оригінал звідси й підпишіть його\. "
        r"Підпису не додано\.",
        told(response),
    )


def test_a_signature_under_a_withdrawn_document_is_told_so(
    report: AnnualReport, frozen: FrozenReport, head: User, desk: Client
) -> None:
    signed = signed_pdf(pdf_of(frozen), authority.person(DEPUTY))
    reopen(report, head)
    report.results.update(narrative="Проведено двічі.")
    agree(report, head)
    assert told(send(desk, report, signed)).startswith("Це підпис під іншим документом")


@pytest.mark.parametrize("content", [b"%PDF-", b"junk", b"PK\x03\x04", b"0\x80"])
def test_a_file_that_is_nothing_is_refused_with_a_sentence(
    content: bytes, report: AnnualReport, frozen: FrozenReport, desk: Client
) -> None:
    response = send(desk, report, content)
    assert (response.status_code, told(response)[-19:], nothing_kept()) == (400, " Підпису не додано.", True)


def test_without_a_file_nothing_happens(report: AnnualReport, frozen: FrozenReport, desk: Client) -> None:
    response = send(desk, report, None)
    assert (response.status_code, told(response)) == (422, "Виберіть файл. Поки що нічого не додано.")


def test_a_file_too_large_is_told_so(
    report: AnnualReport, frozen: FrozenReport, desk: Client, settings: Settings
) -> None:
    settings.EVIDENCE_MAX_MB = 1
    response = send(desk, report, bytes(1024 * 1024 + 1))
    assert (response.status_code, told(response)) == (422, "Файл більший за 1 МБ. Нічого не додано.")


def test_two_signatories_sign_one_after_the_other(report: AnnualReport, head: User, desk: Client) -> None:
    Signatory.objects.create(report=report, position=2, post="Заступник міського голови", name="Іван ЗРАЗОК")
    first = signed_pdf(pdf_of(agree(report, head)), authority.person(DEPUTY))
    send(desk, report, first)
    send(desk, report, signed_pdf(first, authority.person(STRANGER), "Signature2"))
    files = [
        sorted(one.signatures.values_list("position", "is_accepted"))
        for one in SignedFile.objects.order_by("pk")
    ]
    assert files == [[(1, True)], [(1, True), (2, True)]]


def test_the_second_does_not_sign_before_the_first(report: AnnualReport, head: User, desk: Client) -> None:
    Signatory.objects.create(report=report, position=2, post="Заступник міського голови", name="Іван ЗРАЗОК")
    pdf = pdf_of(agree(report, head))
    response = send(desk, report, p7s(pdf, authority.person(STRANGER)))
    assert (response.status_code, nothing_kept()) == (409, True)
    assert told(response).startswith("Спершу має підписати Олена ПРИКЛАД")


def test_it_is_examined_in_a_process_apart(
    report: AnnualReport, frozen: FrozenReport, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    send(desk, report, p7s(pdf_of(frozen), authority.person(DEPUTY)))
    assert Signature.objects.get().signer == DEPUTY


def test_the_next_one_signs_the_pdf_that_the_first_has_signed(
    report: AnnualReport, head: User, desk: Client
) -> None:
    Signatory.objects.create(report=report, position=2, post="Заступник міського голови", name="Іван ЗРАЗОК")
    send(desk, report, signed_pdf(pdf_of(agree(report, head)), authority.person(DEPUTY)))
    address = f"{ADDRESS}editions/1/signed/{SignedFile.objects.get().pk}/"
    page = desk.get(ADDRESS).content.decode()
    assert f'Завантажте <a href="{address}" download>PDF із підписом: Олена ПРИКЛАД</a>.' in page


def test_who_cannot_publish_is_offered_the_file_for_the_next_signature(
    report: AnnualReport, head: User, desk: Client
) -> None:
    Signatory.objects.create(report=report, position=2, post="Заступник міського голови", name="Іван ЗРАЗОК")
    send(desk, report, signed_pdf(pdf_of(agree(report, head)), authority.person(DEPUTY)))
    clerk = building.appointed(building.user("clerk"), report.program.responsible)
    desk.force_login(clerk)
    address = f"{ADDRESS}editions/1/signed/{SignedFile.objects.get().pk}/"
    assert (
        f'<a class="primary" href="{address}" download>Завантажити PDF для підпису</a>'
        in desk.get(ADDRESS).content.decode()
    )


def test_a_signature_beside_the_pdf_leaves_the_original_to_sign(
    report: AnnualReport, frozen: FrozenReport, desk: Client
) -> None:
    send(desk, report, p7s(pdf_of(frozen), authority.person(DEPUTY)))
    page = desk.get(ADDRESS).content.decode()
    assert f'Завантажте <a href="{ADDRESS}editions/1/report.pdf" download>PDF для підпису</a>.' in page


CERTIFICATE = {"serial": "58e2d9", "issuer": "АЦСК «Зразок»", "valid_until": "2027-11-25T22:30:00+00:00"}


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (
            {"certificate": CERTIFICATE, "claimed_at": "2026-11-25T08:05:00+00:00", "time_stamped": False},
            "Сертифікат №\u00a058e2d9, видав АЦСК «Зразок», чинний до 26.11.2027; "
            "час підпису 25.11.2026 10:05 за годинником підписувача",
        ),
        (
            {"certificate": {}, "claimed_at": "2026-11-25T08:05:00+00:00", "time_stamped": True},
            "Час підпису 25.11.2026 10:05 за годинником підписувача, є позначка часу",
        ),
        (
            {"certificate": CERTIFICATE | {"issuer": ""}, "claimed_at": ""},
            "Сертифікат №\u00a058e2d9, чинний до 26.11.2027",
        ),
        ({}, ""),
    ],
    ids=["whole", "stamped", "blanks", "nothing known"],
)
def test_certificate_and_time_are_told_as_far_as_they_are_known(verdict: dict[str, Any], said: str) -> None:
    assert certificate_line(verdict) == said


def test_the_certificate_stands_under_the_verdict(
    report: AnnualReport, frozen: FrozenReport, desk: Client
) -> None:
    send(desk, report, p7s(pdf_of(frozen), authority.person(DEPUTY)))
    line = certificate_line(Signature.objects.get().verdict)
    pages = [desk.get(address).content.decode() for address in (ADDRESS, f"{ADDRESS}editions/1/")]
    assert [unescape(page).count(f'<p class="quiet">{line}</p>') for page in pages] == [1, 1]


# --- a key from a file -------------------------------------------------------------------


def sign_here(
    desk: Client, report: AnnualReport, key: bytes, password: str = authority.PASSWORD
) -> HttpResponse:
    data = {
        "seen": now(report).version,
        "key": SimpleUploadedFile("key.p12", key),
        "password": password,
    }
    return desk.post(f"{ADDRESS}signed/here/", data)


def test_a_key_from_a_file_signs_here(report: AnnualReport, frozen: FrozenReport, desk: Client) -> None:
    response = sign_here(desk, report, authority.person(DEPUTY).pkcs12())
    kept = SignedFile.objects.get()
    assert (response.status_code, kept.kind, kept.is_made_here) == (302, SignedKind.PADES, True)
    assert bytes(kept.content).startswith(pdf_of(frozen))


def test_a_wrong_password_signs_nothing(report: AnnualReport, frozen: FrozenReport, desk: Client) -> None:
    response = sign_here(desk, report, authority.person(DEPUTY).pkcs12(), "не той")
    assert (response.status_code, "не той" in response.content.decode(), nothing_kept()) == (400, False, True)


def test_a_strangers_key_signs_nothing(report: AnnualReport, frozen: FrozenReport, desk: Client) -> None:
    response = sign_here(desk, report, authority.person(STRANGER).pkcs12())
    assert (response.status_code, nothing_kept()) == (400, True)


def test_a_key_file_too_large_is_no_key(report: AnnualReport, frozen: FrozenReport, desk: Client) -> None:
    response = sign_here(desk, report, bytes(3 * 1024 * 1024))
    assert (response.status_code, told(response)) == (
        422,
        "Це не файл ключа: такі файли мають кілька кілобайтів. Нічого не підписано.",
    )


def test_a_key_is_not_taken_from_another_site(report: AnnualReport, frozen: FrozenReport, head: User) -> None:
    desk = Client(enforce_csrf_checks=True)
    desk.force_login(head)
    assert sign_here(desk, report, authority.person(DEPUTY).pkcs12()).status_code == 403


# --- copies, publication -----------------------------------------------------------------


def copy(desk: Client, report: AnnualReport, **changes: Any) -> HttpResponse:
    data = {
        "seen": now(report).version,
        "kind": "paper",
        "file": SimpleUploadedFile("scan.png", picture("PNG")),
        "signed_on": "2026-11-25",
        "signed_by": "Олена ПРИКЛАД",
        "registry_number": "01-12/345",
        "registered_on": "",
    }
    return desk.post(f"{ADDRESS}signed/copy/", data | changes)


def test_a_scan_is_called_a_copy(report: AnnualReport, frozen: FrozenReport, desk: Client) -> None:
    AnnualReport.objects.update(is_transcribed=True)
    copy(desk, report)
    assert "Копія, електронний підпис не перевірено. Підписав: Олена ПРИКЛАД" in words(desk.get(ADDRESS))


def test_what_was_typed_about_a_copy_survives_a_refusal(
    report: AnnualReport, frozen: FrozenReport, desk: Client
) -> None:
    response = copy(desk, report, signed_on="", registry_number="77/2")
    assert (response.status_code, 'value="77/2"' in response.content.decode(), nothing_kept()) == (
        422,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({"signed_by": " "}, ["Напишіть, хто підписав."]),
        ({"signed_on": ""}, ["Вкажіть дату підписання."]),
        (
            {"signed_on": "31.02.2026", "registered_on": "завтра"},
            ["Такої дати немає. Напишіть її так: 25.11.2026."] * 2,
        ),
    ],
)
def test_what_is_missing_about_a_copy_is_said(
    changes: dict[str, str],
    sentences: list[str],
    report: AnnualReport,
    unprinted: FrozenReport,
    desk: Client,
) -> None:
    page = copy(desk, report, **changes).content.decode()
    assert re.findall(r'<span class="error" id="copy_\w+_error">(.*?)</span>', page) == sentences


def refuse_file(desk: Client, report: AnnualReport) -> HttpResponse:
    return send(desk, report, b"junk")


def refuse_key(desk: Client, report: AnnualReport) -> HttpResponse:
    return sign_here(desk, report, b"junk")


def refuse_copy(desk: Client, report: AnnualReport) -> HttpResponse:
    return copy(desk, report, file=SimpleUploadedFile("scan.png", b"junk"))


def refuse_copy_without_date(desk: Client, report: AnnualReport) -> HttpResponse:
    return copy(desk, report, signed_on="")


@pytest.mark.parametrize(
    ("refuse", "form", "focused"),
    [
        (refuse_file, "signed/", "signed-file"),
        (refuse_key, "signed/here/", "key-file"),
        (refuse_copy, "signed/copy/", "copy_file"),
        (refuse_copy_without_date, "signed/copy/", "copy_signed_on"),
    ],
)
def test_a_refusal_stands_where_it_was_sent_from_and_takes_the_focus(
    refuse: Callable[[Client, AnnualReport], HttpResponse],
    form: str,
    focused: str,
    report: AnnualReport,
    unprinted: FrozenReport,
    desk: Client,
) -> None:
    page = refuse(desk, report).content.decode()
    signing = page[page.index('id="signing"') :]
    opened = re.findall(r'<form[^>]* action="([^"]*)"', signing.split('id="refusal"')[0])
    (element,) = re.findall(r"<[^>]* autofocus[^>]*>", signing)
    assert opened[-1] == f"{ADDRESS}{form}"
    assert f'id="{focused}"' in element


@pytest.mark.parametrize("is_computed", [True, False])
def test_for_a_signature_not_computed_the_publisher_answers(
    is_computed: bool, report: AnnualReport, frozen: FrozenReport, desk: Client
) -> None:
    send(desk, report, p7s(pdf_of(frozen), authority.person(DEPUTY)))
    with append_only.lifted():
        Signature.objects.update(is_computed=is_computed)
    page = desk.get(f"{ADDRESS}publish/").content.decode()
    assert ('<input type="checkbox" name="vouched" required>' in page) is not is_computed
    desk.post(f"{ADDRESS}publish/", {"seen": now(report).version})
    assert Publication.objects.exists() is is_computed
    desk.post(f"{ADDRESS}publish/", {"seen": now(report).version, "vouched": "on"})
    assert Publication.objects.exists()


@pytest.mark.parametrize(
    ("signatories", "told"), [(1, []), (2, ["Бракує електронного підпису: Іван ЗРАЗОК."])]
)
def test_publishing_before_all_have_signed_is_said_beside_the_button(
    signatories: int, told: list[str], report: AnnualReport, head: User, desk: Client
) -> None:
    if signatories > 1:
        Signatory.objects.create(report=report, position=2, post="Заступник", name="Іван ЗРАЗОК")
    send(desk, report, p7s(pdf_of(agree(report, head)), authority.person(DEPUTY)))
    page = desk.get(f"{ADDRESS}publish/").content.decode()
    notes = re.findall(r'<p class="note">(.*?) Оприлюднити можна й без нього.</p>', page)
    assert notes == told


def test_publishing_is_offered_to_the_head_once_it_is_signed(
    report: AnnualReport, frozen: FrozenReport, head: User, desk: Client
) -> None:
    button = f'<a class="primary" href="{ADDRESS}publish/">Оприлюднити</a>'
    before = button in desk.get(ADDRESS).content.decode()
    sign_on_paper(report, head)
    after = button in desk.get(ADDRESS).content.decode()
    publish(report, head)
    assert (before, after, button in desk.get(ADDRESS).content.decode()) == (False, True, False)


def test_publishing_says_so(report: AnnualReport, frozen: FrozenReport, head: User, desk: Client) -> None:
    sign_on_paper(report, head)
    response = desk.post(f"{ADDRESS}publish/", {"seen": now(report).version}, follow=True)
    assert "Редакцію 1 оприлюднено." in words(response)


@pytest.mark.parametrize("name", ["signed/", "signed/copy/", "signed/here/"])
def test_who_comes_back_after_a_session_that_ended_finds_the_report(
    name: str, report: AnnualReport, frozen: FrozenReport, desk: Client
) -> None:
    response = desk.get(f"{ADDRESS}{name}", follow=True)
    assert response.redirect_chain == [(ADDRESS, 302)]


# --- what was frozen ---------------------------------------------------------------------


def test_renaming_changes_nothing_in_what_is_agreed(
    report: AnnualReport, frozen: FrozenReport, desk: Client
) -> None:
    files = [f"{ADDRESS}report.{form}" for form in ("json", "csv", "html", "xlsx", "pdf")]
    before = [desk.get(address).content for address in files]
    Executor.objects.update(name="Управління з новою назвою", official_name="Зовсім нове управління")
    assert [desk.get(address).content for address in files] == before
    assert "Зовсім нове управління" not in words(desk.get(ADDRESS))


def test_the_files_are_those_that_were_frozen(
    report: AnnualReport, frozen: FrozenReport, desk: Client
) -> None:
    served = {
        form: hashlib.sha256(desk.get(f"{ADDRESS}editions/1/report.{form}").content).hexdigest()
        for form in ("json", "pdf", "xlsx")
    }
    assert served == dict(frozen.files.values_list("form", "sha256"))


def test_files_are_named_for_a_registry(
    report: AnnualReport, frozen: FrozenReport, head: User, desk: Client
) -> None:
    signed = send(desk, report, p7s(pdf_of(frozen), authority.person(DEPUTY)))
    assert signed.status_code == 302
    addresses = ["report.pdf", "editions/1/report.json", f"editions/1/signed/{SignedFile.objects.get().pk}/"]
    names = [desk.get(ADDRESS + address)["Content-Disposition"] for address in addresses]
    assert names == [
        'attachment; filename="Zvit_15-2019-11-05_2024_r1.pdf"',
        'attachment; filename="Zvit_15-2019-11-05_2024_r1.json"',
        'attachment; filename="Zvit_15-2019-11-05_2024_r1.pdf.p7s"',
    ]


def test_a_file_that_came_back_goes_out_as_it_came(
    report: AnnualReport, frozen: FrozenReport, desk: Client
) -> None:
    signed = p7s(pdf_of(frozen), authority.person(DEPUTY))
    send(desk, report, signed)
    assert desk.get(f"{ADDRESS}editions/1/signed/{SignedFile.objects.get().pk}/").content == signed


def test_the_second_edition_says_what_it_is(report: AnnualReport, head: User, desk: Client) -> None:
    submitting.submit(report, head)
    agree_unprinted(report, head)
    sign_on_paper(report, head)
    reopen(report, head)
    submitting.submit(report, head)
    agree_unprinted(report, head)
    pages = [words(desk.get(address)) for address in (ADDRESS, f"{ADDRESS}editions/1/")]
    assert ["Уточнений звіт (редакція 2)" in text for text in pages] == [True, False]


def test_why_it_was_mended_stands_with_the_second_edition(
    report: AnnualReport, head: User, desk: Client
) -> None:
    published_edition(report, head, printed=False)
    reopen(report, head, "Не враховано листопад.")
    submitting.submit(report, head)
    agree_unprinted(report, head)
    addresses = ("editions/1/", "editions/2/", "editions/2/changes/")
    pages = [words(desk.get(ADDRESS + address)) for address in addresses]
    assert [text.count("Чому уточнено: Не враховано листопад.") for text in pages] == [0, 1, 1]


@pytest.mark.parametrize(("is_signed", "name"), [(False, "Майбутня редакція 1"), (True, "Редакція 1")])
def test_an_edition_is_called_the_same_all_over_its_page(
    is_signed: bool, name: str, report: AnnualReport, unprinted: FrozenReport, head: User, desk: Client
) -> None:
    if is_signed:
        sign_on_paper(report, head)
    page = desk.get(f"{ADDRESS}editions/1/").content.decode()
    called = re.findall(r"<(?:title|h1|li aria-current=\"page\")>(\D* \d+)", page)
    assert called == [name] * 3


def test_files_stand_in_their_order(unprinted: FrozenReport, desk: Client) -> None:
    page = desk.get(f"{ADDRESS}editions/1/").content.decode()
    assert re.findall(r'<li><a href="[^"]*report\.(\w+)" download>', page) == ["pdf", "xlsx", "json"]


def test_an_edition_that_is_not_there_is_told_so(
    report: AnnualReport, frozen: FrozenReport, desk: Client
) -> None:
    response = desk.get(f"{ADDRESS}editions/2/")
    assert (response.status_code, "Редакції 2 цього звіту немає." in words(response)) == (404, True)


def test_the_journal_tells_of_signing_and_publishing(
    report: AnnualReport, frozen: FrozenReport, head: User, desk: Client
) -> None:
    sign_on_paper(report, head)
    publish(report, head)
    text = words(desk.get(f"{ADDRESS}journal/"))
    assert "Підстава: скан підписаного на папері, Олена ПРИКЛАД." in text
    assert "Скан підписаного на папері: Олена ПРИКЛАД, " in text


def test_the_journal_tells_what_was_not_verified_about_a_signature(
    report: AnnualReport, frozen: FrozenReport, desk: Client
) -> None:
    send(desk, report, p7s(pdf_of(frozen), authority.person(DEPUTY)))
    text = words(desk.get(f"{ADDRESS}journal/"))
    assert f"Підпис окремим файлом (CAdES, .p7s): {DEPUTY} (довіру не перевірено)." in text


@pytest.mark.parametrize(("is_public", "status"), [(False, 302), (True, 200)])
def test_signature_files_are_public_by_a_setting_alone(
    is_public: bool, status: int, report: AnnualReport, frozen: FrozenReport, head: User, settings: Settings
) -> None:
    settings.PUBLIC_SIGNATURE_FILES = is_public
    kept = sign_on_paper(report, head)
    address = f"{ADDRESS}editions/1/signed/{kept.pk}/"
    unpublished = Client().get(address).status_code
    publish(report, head)
    assert (unpublished, Client().get(address).status_code) == (302, status)


def test_signature_files_wait_for_the_second_factor(
    report: AnnualReport, frozen: FrozenReport, head: User, desk: Client, settings: Settings
) -> None:
    kept = sign_on_paper(report, head)
    settings.SECOND_FACTOR_REQUIRED = True
    response = desk.get(f"{ADDRESS}editions/1/signed/{kept.pk}/")
    assert (response.status_code, response["Location"]) == (302, "/account/codes/activate/")


def test_a_report_agreed_before_documents_were_kept_says_what_to_do(
    report: AnnualReport, desk: Client
) -> None:
    AnnualReport.objects.update(state=ReportState.AGREED)
    assert "Відкрийте його для уточнення й погодьте знову" in words(desk.get(ADDRESS))


# --- ДСТУ 4145, signed by others' program ------------------------------------------------

DSTU = Path(__file__).resolve().parent.parent / "samples" / "dstu"


@pytest.fixture
def agreed_as(report: AnnualReport, head: User, tmp_path: Path) -> Callable[[str], AnnualReport]:
    """Agreed with a sample for its PDF, to be signed by «Ірина КОВАЛЬЧУК»; its authority is trusted."""
    Signatory.objects.filter(report=report).update(name="Ірина КОВАЛЬЧУК")
    (tmp_path / "authority.cer").write_bytes((DSTU / "authority.cer").read_bytes())

    def agreed(name: str) -> AnnualReport:
        submitting.submit(report, head)
        agree_unprinted(report, head, pdf=(DSTU / name).read_bytes())
        return report

    return agreed


@pytest.mark.parametrize(
    ("original", "signed", "kind"),
    [
        ("zvit.pdf", "zvit-signed.pdf", SignedKind.PADES),
        ("document.pdf", "head.p7s", SignedKind.CADES),
        ("document.pdf", "head.asice", SignedKind.ASICE),
        ("document.pdf", "head-sha256.asice", SignedKind.ASICE),
        ("document.pdf", "head-kupyna.asice", SignedKind.ASICE),
    ],
)
def test_signatures_of_dstu_4145_are_computed_and_trusted(
    original: str,
    signed: str,
    kind: SignedKind,
    agreed_as: Callable[[str], AnnualReport],
    desk: Client,
) -> None:
    send(desk, agreed_as(original), (DSTU / signed).read_bytes())
    kept = Signature.objects.select_related("file").get()
    outcomes = [tier["outcome"] for tier in kept.verdict["tiers"].values()]
    assert (kept.file.kind, kept.signer, outcomes) == (kind, "Ковальчук Ірина Зразківна", ["passed"] * 4)


def test_a_strangers_dstu_signature_is_refused(
    agreed_as: Callable[[str], AnnualReport], desk: Client
) -> None:
    response = send(desk, agreed_as("document.pdf"), (DSTU / "stranger.p7s").read_bytes())
    assert told(response).startswith(
        "Підписувач за сертифікатом – Чужий Іван Зразкович, а підписати має Ірина КОВАЛЬЧУК."
    )
    assert nothing_kept()
