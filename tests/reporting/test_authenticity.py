"""Whether a file is genuine: what everybody is told, what readers are, and what nobody can tell apart."""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from html import unescape
from io import StringIO
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from programs import append_only, editions
from programs.editions import CheckedSignature, SignedUpload
from programs.enums import FrozenForm, SignedKind
from programs.models import AnnualReport, Edition, FrozenFile, FrozenReport, SignedFile, User
from reporting import authenticity
from reporting.authenticity import Asked, Malformed, Match, Signer, Standing, StoredBytesChanged
from tests import agreeing, building, files, submitting
from tests.agreeing import now, publish, reopen, sign_on_paper

pytestmark = pytest.mark.django_db

VERIFY = "/verify/"
TAX_NUMBER = "3141592653"
SERIAL = "58e2d9e7f900307b04000000"


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
def stranger() -> User:
    return building.user("stranger")


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def agree(report: AnnualReport, head: User) -> FrozenReport:
    submitting.submit(report, head)
    return agreeing.agree_unprinted(report, head)


def published(report: AnnualReport, head: User) -> Edition:
    return agreeing.published_edition(report, head, printed=False)


def original(frozen: FrozenReport, form: FrozenForm = FrozenForm.JSON) -> bytes:
    """The document's JSON is its own; what stands in for the printed forms is the same of all."""
    return frozen.content(form)


def sign(
    report: AnnualReport,
    head: User,
    *,
    kind: SignedKind = SignedKind.CADES,
    content: bytes = b"signed",
    signers: tuple[str, ...] = ("Приклад Олена Зразківна",),
    trust: str = "unknown",
) -> SignedFile:
    tiers = {name: {"outcome": "passed", "sentence": ""} for name in ("content", "mathematics", "person")}
    verdict = {
        "tiers": tiers | {"trust": {"outcome": trust, "sentence": ""}},
        "certificate": {"tax_number": TAX_NUMBER, "serial": SERIAL},
    }
    return editions.attach_signed(
        report,
        by=head,
        seen=now(report).version,
        frozen=report.frozen_reports.latest("pk"),
        upload=SignedUpload(kind, content, "application/pkcs7-signature"),
        signatures=[
            CheckedSignature(place, name, True, True, verdict) for place, name in enumerate(signers, 1)
        ],
    )


def match(content: bytes, reader: User | None = None) -> Match:
    (found,) = authenticity.find_file(digest(content), reader)
    return found


# --- which file it is --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "what"),
    [
        (FrozenForm.PDF, "оригінал без підпису (PDF)"),
        (FrozenForm.JSON, "дані звіту (report.json)"),
        (FrozenForm.XLSX, "робоча книга Excel"),
    ],
)
def test_each_original_is_recognised(report: AnnualReport, head: User, form: FrozenForm, what: str) -> None:
    edition = published(report, head)
    found = match(original(edition.frozen, form))
    assert (found.edition, found.asked, found.what, found.standing) == (
        edition,
        Asked.FILE,
        what,
        Standing.CURRENT,
    )


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (SignedKind.PADES, "підписаний PDF (PAdES)"),
        (SignedKind.CADES, "підпис окремим файлом (CAdES, .p7s)"),
        (SignedKind.ASICE, "контейнер ASiC-E"),
    ],
)
def test_each_signed_file_is_recognised(
    report: AnnualReport, head: User, kind: SignedKind, what: str
) -> None:
    agree(report, head)
    sign(report, head, kind=kind)
    publish(report, head)
    found = match(b"signed")
    assert (found.asked, found.what, found.headline) == (Asked.FILE, what, "Файл справжній")


@pytest.mark.parametrize(
    ("kind", "content", "what"),
    [
        (SignedKind.PAPER, files.picture("PNG"), "скан підписаного на папері"),
        (SignedKind.RESAVED, files.PDF, "файл із системи документообігу"),
    ],
)
def test_a_copy_is_called_a_copy(
    report: AnnualReport, head: User, kind: SignedKind, content: bytes, what: str
) -> None:
    agree(report, head)
    sign_on_paper(report, head, content, kind=kind)
    publish(report, head)
    found = match(content)
    assert (found.asked, found.what, found.headline) == (Asked.COPY, what, "Це копія, яку зберігає портал")


def test_one_byte_more_is_another_file(report: AnnualReport, head: User) -> None:
    edition = published(report, head)
    assert authenticity.find_file(digest(original(edition.frozen) + b"\n"), None) == []


def test_the_words_are_those_of_the_frozen_document(report: AnnualReport, head: User) -> None:
    edition = published(report, head)
    before = match(original(edition.frozen)).document
    program = report.program
    program.title = "Інша назва"
    program.save()
    assert match(original(edition.frozen)).document == before


def test_one_scan_of_two_reports_is_told_of_both(report: AnnualReport, head: User) -> None:
    published(report, head)
    other = building.ready_report(building.program(measures=1, number="16"), by=head)
    published(other, head)
    found = authenticity.find_file(digest(files.picture("PNG")), None)
    assert sorted(one.frozen.report_id for one in found) == sorted([report.pk, other.pk])


def test_an_original_comes_before_a_copy_that_somebody_added_elsewhere(
    report: AnnualReport, head: User
) -> None:
    edition = agreeing.published_edition(report, head)
    pdf = original(edition.frozen, FrozenForm.PDF)
    other = building.ready_report(building.program(measures=1, number="16"), by=head)
    agree(other, head)
    sign_on_paper(other, head, pdf)
    publish(other, head)
    reopen(report, head)
    published(report, head)
    found = authenticity.find_file(digest(pdf), None)
    assert [(one.frozen.report_id, one.asked, one.standing) for one in found] == [
        (report.pk, Asked.FILE, Standing.SUPERSEDED),
        (other.pk, Asked.COPY, Standing.CURRENT),
    ]


def test_nothing_is_told_of_a_document_changed_past_the_portal(report: AnnualReport, head: User) -> None:
    edition = published(report, head)
    pdf = original(edition.frozen, FrozenForm.PDF)
    with append_only.lifted():
        FrozenFile.objects.filter(form=FrozenForm.JSON).update(content=b"{}")
    with pytest.raises(StoredBytesChanged):
        authenticity.find_file(digest(pdf), None)


# --- how far it has come -----------------------------------------------------------------


def test_an_edition_stays_the_last_one_until_the_next_is_public(report: AnnualReport, head: User) -> None:
    first = published(report, head)
    file = original(first.frozen)
    stood = []
    reopen(report, head)
    agree(report, head)
    sign_on_paper(report, head)
    stood.append(match(file).standing)
    publish(report, head)
    stood.append(match(file).standing)
    assert stood == [Standing.CURRENT, Standing.SUPERSEDED]


def test_a_superseded_edition_names_the_one_in_its_place(report: AnnualReport, head: User) -> None:
    first = published(report, head)
    reopen(report, head)
    second = published(report, head)
    found = match(original(first.frozen))
    assert (found.successor, found.headline, found.state) == (
        second,
        "Файл справжній, але є новіша редакція",
        "Редакція 1. Її замінено редакцією 2.",
    )


def withdrawn(report: AnnualReport, head: User) -> FrozenReport:
    frozen = agree(report, head)
    reopen(report, head)
    return frozen


def agreed(report: AnnualReport, head: User) -> FrozenReport:
    return agree(report, head)


def signed(report: AnnualReport, head: User) -> FrozenReport:
    frozen = agree(report, head)
    sign(report, head)
    return frozen


Hide = Callable[[AnnualReport, User], FrozenReport]
HIDDEN = pytest.mark.parametrize("hide", [agreed, signed, withdrawn])


@pytest.mark.parametrize(
    ("hide", "standing", "state"),
    [
        (agreed, Standing.AGREED, "Документ погоджено, але ще не підписано й не оприлюднено."),
        (signed, Standing.SIGNED, "Редакцію 1 підписано, але не оприлюднено."),
        (withdrawn, Standing.WITHDRAWN, "Документ відкликано до підписання. Редакцією він не став."),
    ],
)
def test_who_reads_the_report_is_told_what_is_not_public(
    report: AnnualReport, head: User, hide: Hide, standing: Standing, state: str
) -> None:
    found = match(original(hide(report, head)), head)
    assert (found.standing, found.state) == (standing, state)


@HIDDEN
def test_nobody_else_is(report: AnnualReport, head: User, stranger: User, hide: Hide) -> None:
    sha256 = digest(original(hide(report, head)))
    assert [authenticity.find_file(sha256, who) for who in (None, stranger)] == [[], []]


def test_agreed_anew_without_a_change_it_is_the_public_one(report: AnnualReport, head: User) -> None:
    """Its bytes are those of the withdrawn one."""
    first = withdrawn(report, head)
    edition = published(report, head)
    file = original(edition.frozen)
    assert original(first) == file
    assert [match(file, who).frozen for who in (None, head)] == [edition.frozen, edition.frozen]


# --- who signed --------------------------------------------------------------------------


def signers(report: AnnualReport, head: User) -> tuple[Signer, ...]:
    return match(original(report.frozen_reports.latest("pk")), head).signers


def test_a_signer_is_named_with_what_was_checked(report: AnnualReport, head: User) -> None:
    agree(report, head)
    day = f"{timezone.localtime(sign(report, head).received_at):%d.%m.%Y}"
    assert signers(report, head) == (
        Signer(
            "Приклад Олена Зразківна",
            f"електронний підпис, надійшов {day}: сам підпис перевірено, ланцюг довіри не перевірено",
        ),
    )


def test_a_chain_that_holds_is_said_to_hold(report: AnnualReport, head: User) -> None:
    agree(report, head)
    sign(report, head, trust="passed")
    assert "ланцюг довіри перевірено" in signers(report, head)[0].how


def test_who_signed_twice_is_named_once(report: AnnualReport, head: User) -> None:
    agree(report, head)
    sign(report, head)
    sign(report, head, kind=SignedKind.PADES, content=b"%PDF- signed")
    assert len(signers(report, head)) == 1


def test_a_signature_that_was_not_accepted_names_nobody(report: AnnualReport, head: User) -> None:
    agree(report, head)
    file = sign(report, head)
    with append_only.lifted():
        file.signatures.update(is_accepted=False)
    assert signers(report, head) == ()


def test_a_number_written_into_a_name_is_left_out(report: AnnualReport, head: User) -> None:
    agree(report, head)
    sign(report, head, signers=(f"Приклад Олена {TAX_NUMBER}",))
    assert signers(report, head)[0].name == "Приклад Олена"


def test_of_a_copy_it_is_said_that_nothing_was_checked(report: AnnualReport, head: User) -> None:
    agree(report, head)
    day = f"{sign_on_paper(report, head).signed_on:%d.%m.%Y}"
    assert signers(report, head) == (
        Signer(
            "Олена ПРИКЛАД",
            f"підписано на папері {day}, індекс 01-12/345; копія, електронний підпис не перевірено",
        ),
    )


# --- fingerprints ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("3f2a91bc77d0e4a1", "3f2a91bc77d0e4a1"),
        ("3F2A91BC77D0E4A1", "3f2a91bc77d0e4a1"),
        (" 3f2a 91bc\u00a077d0 e4a1\n", "3f2a91bc77d0e4a1"),
        pytest.param("3f2а 91bс 77d0 е4А1", "3f2a91bc77d0e4a1", id="Cyrillic letters"),
        ("3f2a-91bc-77d0-e4a1-", "3f2a91bc77d0e4a1"),
        ("3f2a.91bc:77d0–e4a1.", "3f2a91bc77d0e4a1"),
        ("ab" * 32, "ab" * 32),
    ],
)
def test_a_fingerprint_is_read_as_people_type_it(typed: str, read: str) -> None:
    assert authenticity.read_fingerprint(typed) == read


@pytest.mark.parametrize("typed", ["", "3f2a", "3f2a91bc77d0e4a", "3f2a91bc77d0e4ag", "ab" * 31, "%" * 16])
def test_anything_else_is_no_fingerprint(typed: str) -> None:
    with pytest.raises(Malformed):
        authenticity.read_fingerprint(typed)


@pytest.mark.parametrize("length", [16, 64])
def test_a_fingerprint_leads_to_its_edition(report: AnnualReport, head: User, length: int) -> None:
    edition = published(report, head)
    (found,) = authenticity.find_fingerprint(edition.frozen.fingerprint[:length], None)
    assert (found.edition, found.asked, found.headline) == (
        edition,
        Asked.FINGERPRINT,
        "Відбиток належить редакції 1",
    )


def test_a_fingerprint_of_a_superseded_edition_says_so(report: AnnualReport, head: User) -> None:
    first = published(report, head)
    reopen(report, head)
    published(report, head)
    (found,) = authenticity.find_fingerprint(first.frozen.fingerprint, None)
    assert found.headline == "Відбиток належить редакції 1, але є новіша редакція"


@pytest.mark.parametrize(
    ("hide", "headline"),
    [
        (agreed, "Відбиток належить погодженому документу"),
        (signed, "Відбиток належить редакції 1"),
        (withdrawn, "Відбиток належить відкликаному документу"),
    ],
)
def test_what_is_not_signed_is_called_no_edition(
    report: AnnualReport, head: User, hide: Hide, headline: str
) -> None:
    (found,) = authenticity.find_fingerprint(hide(report, head).fingerprint, head)
    assert found.headline == headline


@HIDDEN
def test_a_fingerprint_of_what_is_not_public_leads_nowhere(
    report: AnnualReport, head: User, stranger: User, hide: Hide
) -> None:
    fingerprint = hide(report, head).fingerprint
    found = [authenticity.find_fingerprint(fingerprint, who) for who in (None, stranger, head)]
    assert [len(one) for one in found] == [0, 0, 1]


# --- the page ----------------------------------------------------------------------------


def words(response: HttpResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def upload(client: Client, content: bytes) -> HttpResponse:
    return client.post(VERIFY, {"file": SimpleUploadedFile("Звіт.pdf", content)})


def ask(client: Client, content: bytes) -> HttpResponse:
    return client.get(VERIFY, {"sha256": digest(content)})


def scan(client: Client, fingerprint: str) -> HttpResponse:
    return client.get(f"{VERIFY}{fingerprint[:16]}/")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def people(head: User, stranger: User, settings: Settings) -> list[Client]:
    """Who may not read the report; the last one's session lacks the code that their role asks for."""
    settings.SECOND_FACTOR_REQUIRED = True
    return [Client(), signed_in(stranger), signed_in(head)]


def without_token(response: HttpResponse) -> bytes:
    """The bar's way out carries one, another with each page."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", response.content)


def headers(response: HttpResponse) -> dict[str, str]:
    """Without the clock, and the request's own number."""
    passing = ("Expires", "X-Request-ID")
    return {name: value for name, value in response.headers.items() if name not in passing}


@HIDDEN
def test_not_public_and_unknown_are_the_same_to_the_byte(
    report: AnnualReport, head: User, stranger: User, settings: Settings, hide: Hide
) -> None:
    frozen = hide(report, head)
    for client in people(head, stranger, settings):
        for hidden, unknown in (
            (ask(client, original(frozen)), ask(client, b"unknown")),
            (ask(client, b"signed"), ask(client, b"unknown")),
            (upload(client, original(frozen)), upload(client, b"unknown")),
            (scan(client, frozen.fingerprint), scan(client, "0" * 16)),
        ):
            assert without_token(hidden) == without_token(unknown)
            assert (hidden.status_code, headers(hidden)) == (200, headers(unknown))


def test_to_who_is_not_signed_in_the_answers_are_equal_as_they_stand(
    report: AnnualReport, head: User
) -> None:
    client = Client()
    assert ask(client, original(signed(report, head))).content == ask(client, b"unknown").content
    assert client.cookies == {}


@HIDDEN
def test_the_database_is_asked_the_same_of_both(
    report: AnnualReport, head: User, stranger: User, hide: Hide
) -> None:
    """So that the time of the answer tells nothing either."""
    sha256 = digest(original(hide(report, head)))
    for reader in (None, stranger):
        asked = []
        for one in (sha256, "0" * 64):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                authenticity.find_file(one, reader)
            asked.append([query["sql"].replace(one, "") for query in queries])
        assert asked[0] == asked[1]


def test_everybody_is_told_of_a_public_edition(
    report: AnnualReport, head: User, stranger: User, settings: Settings
) -> None:
    edition = published(report, head)
    for client in (*people(head, stranger, settings), signed_in(building.user("auditor", is_auditor=True))):
        told = words(ask(client, original(edition.frozen)))
        assert "Файл справжній Редакція 1, остання оприлюднена." in told
        assert "Звіт про результати виконання: " in told
        assert "Олена ПРИКЛАД підписано на папері" in told


def test_a_reader_is_told_that_others_are_not(report: AnnualReport, head: User) -> None:
    told = words(ask(signed_in(head), original(agreed(report, head))))
    assert "Документ погоджено, але ще не підписано й не оприлюднено." in told
    assert "Це видно лише тим, хто має доступ до звіту" in told


def test_a_session_with_its_code_reads_again(report: AnnualReport, head: User, settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    telephone = Authenticator.objects.create(user=head, type=Authenticator.Type.TOTP, data={})
    client = signed_in(head)
    session = client.session
    session["second_factor"] = telephone.pk
    session.save()
    assert "Документ погоджено" in words(ask(client, original(agreed(report, head))))


def test_no_file_is_told_as_such(db: None, client: Client) -> None:
    told = words(ask(client, b"unknown"))
    assert "Файл не збігається з жодною оприлюдненою редакцією Це не означає" in told
    assert "Якщо це PDF, введіть відбиток, надрукований унизу сторінки" in told


@pytest.mark.parametrize(
    ("address", "heading"), [(VERIFY, "Є лише папір?"), (f"{VERIFY}{'0' * 16}/", "Інший папір")]
)
def test_another_paper_is_asked_for_under_an_answer_about_a_paper(
    db: None, client: Client, address: str, heading: str
) -> None:
    assert re.findall(r'<h2 id="code-heading">(.*?)</h2>', client.get(address).content.decode()) == [heading]


def test_an_uploaded_file_is_answered_like_its_digest(
    report: AnnualReport, head: User, client: Client
) -> None:
    edition = published(report, head)
    told = words(upload(client, original(edition.frozen)))
    assert "Звіт.pdf Файл справжній Редакція 1, остання оприлюднена." in told


def test_a_superseded_edition_links_to_the_one_in_its_place(
    report: AnnualReport, head: User, client: Client
) -> None:
    first = published(report, head)
    reopen(report, head)
    second = published(report, head)
    page = ask(client, original(first.frozen)).content.decode()
    assert f'href="{VERIFY}{second.frozen.fingerprint[:16]}/"' in page


def test_a_code_shows_totals_to_compare_with_the_paper(
    report: AnnualReport, head: User, client: Client
) -> None:
    edition = published(report, head)
    told = words(scan(client, edition.frozen.fingerprint))
    assert "Відбиток належить редакції 1 Редакція 1, остання оприлюднена." in told
    assert "Відсоток, % 10,0 9,0 8,0 80,0 Код можна перенести на інший папір" in told


def test_neither_tax_numbers_nor_certificates_are_told(
    report: AnnualReport, head: User, client: Client, settings: Settings
) -> None:
    settings.PUBLIC_SIGNATURE_FILES = True
    frozen = signed(report, head)
    publish(report, head)
    page = ask(client, original(frozen)).content.decode()
    assert "Приклад Олена Зразківна" in page
    assert [number for number in (TAX_NUMBER, SERIAL) if number in page] == []


@pytest.mark.parametrize("public", [False, True])
def test_signature_files_are_linked_by_a_setting_only(
    report: AnnualReport, head: User, client: Client, settings: Settings, public: bool
) -> None:
    settings.PUBLIC_SIGNATURE_FILES = public
    frozen = agree(report, head)
    file = sign(report, head)
    publish(report, head)
    address = f"/programs/{report.program.public_id}/{report.year}/editions/1/signed/{file.pk}/"
    assert (f'href="{address}"' in ask(client, original(frozen)).content.decode()) is public


def test_a_typed_fingerprint_leads_where_the_code_does(db: None, client: Client) -> None:
    response = client.get(VERIFY, {"fingerprint": "3F2A 91bc 77d0 e4a1"})
    assert response["Location"] == f"{VERIFY}3f2a91bc77d0e4a1/"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (f"{VERIFY}?sha256=abc", "Це не SHA-256: у ньому 64 знаки"),
        (f"{VERIFY}?sha256=", "Це не SHA-256: у ньому 64 знаки"),
        (f"{VERIFY}?fingerprint=abc", "Це не відбиток: у ньому 16 знаків"),
        (f"{VERIFY}abc/", "Це не відбиток: у ньому 16 знаків"),
        (f"{VERIFY}%00%00/", "Це не відбиток: у ньому 16 знаків"),
    ],
)
def test_nonsense_is_answered_with_a_sentence(db: None, client: Client, address: str, sentence: str) -> None:
    response = client.get(address)
    assert (response.status_code, sentence in words(response)) == (400, True)


def test_a_document_changed_past_the_portal_is_told_and_logged(
    report: AnnualReport, head: User, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    edition = published(report, head)
    with append_only.lifted():
        FrozenFile.objects.filter(form=FrozenForm.JSON).update(content=b"{}")
    response = scan(client, edition.frozen.fingerprint)
    assert (response.status_code, "його змінили повз портал" in words(response)) == (500, True)
    assert "A frozen document is not what was frozen" in caplog.text


# --- files that are sent -----------------------------------------------------------------


def test_a_file_needs_no_token(db: None) -> None:
    assert upload(Client(enforce_csrf_checks=True), b"unknown").status_code == 200


def test_nothing_of_a_file_is_kept(db: None, client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1024
    assert "не збігається" in words(upload(client, b"x" * 100_000))
    assert list(tmp_path.iterdir()) == []


def test_a_file_above_the_limit_is_refused_in_words(db: None, client: Client, settings: Settings) -> None:
    settings.EVIDENCE_MAX_MB = 1
    response = upload(client, b"x" * (1024 * 1024 + 1))
    assert (response.status_code, "Файл більший за 1 МБ" in words(response)) == (413, True)


def test_no_file_is_asked_for(db: None, client: Client) -> None:
    response = client.post(VERIFY)
    assert (response.status_code, "Виберіть файл." in words(response)) == (422, True)


# --- so many questions -------------------------------------------------------------------


@pytest.fixture
def three_a_minute(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"verify": "3/m/ip"}


def test_a_guesser_is_stopped(db: None, client: Client, three_a_minute: None) -> None:
    answers = [ask(client, b"1"), scan(client, "0" * 16), upload(client, b"3"), ask(client, b"4")]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "Забагато спроб за короткий час" in words(answers[-1])


def test_others_go_on(db: None, client: Client, three_a_minute: None) -> None:
    for _ in range(4):
        ask(client, b"1")
    assert ask(Client(REMOTE_ADDR="10.1.1.1"), b"1").status_code == 200


def test_a_stopped_guesser_still_opens_the_page(db: None, client: Client, three_a_minute: None) -> None:
    """And their files are not even read."""
    for _ in range(4):
        ask(client, b"1")
    assert (upload(client, b"5").status_code, client.get(VERIFY).status_code) == (429, 200)


def test_the_count_of_a_minute_is_more_than_hands_reach(settings: Settings) -> None:
    assert settings.ACCOUNT_RATE_LIMITS["verify"] == "60/m/ip"


# --- the command -------------------------------------------------------------------------


def told(path: Path | str) -> str:
    out = StringIO()
    call_command("verify", str(path), stdout=out)
    return out.getvalue()


def kept(content: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(content)
    return path


def refusal(path: Path | str) -> tuple[int, str]:
    with pytest.raises(CommandError) as failed:
        told(path)
    return failed.value.returncode, str(failed.value)


def test_the_command_tells_of_the_last_edition(report: AnnualReport, head: User, tmp_path: Path) -> None:
    edition = published(report, head)
    frozen = edition.frozen
    day = f"{timezone.localtime(edition.publication.published_at):%d.%m.%Y}"
    assert told(kept(original(frozen), tmp_path)).splitlines() == [
        "Файл справжній. Редакція 1, остання оприлюднена.",
        "  Звіт: Звіт про результати виконання: міська програма «Програма 15» на 2020-2025 роки, 2024 рік",
        f"  Програма: {report.program.public_id}",
        f"  Оприлюднено: {day}",
        "  Що це за файл: дані звіту (report.json)",
        f"  Відбиток: {authenticity.short_fingerprint(frozen.fingerprint)}",
        f"  Підпис: Олена ПРИКЛАД, підписано на папері {day}, індекс 01-12/345; копія, електронний підпис "
        "не перевірено",
    ]


def test_a_superseded_edition_is_code_3(report: AnnualReport, head: User, tmp_path: Path) -> None:
    first = published(report, head)
    reopen(report, head)
    published(report, head)
    assert refusal(kept(original(first.frozen), tmp_path)) == (3, "Є новіша оприлюднена редакція.")


def test_a_copy_is_code_4(report: AnnualReport, head: User, tmp_path: Path) -> None:
    """Anybody of the department could have added it: what it says, nobody has verified."""
    edition = published(report, head)
    content = bytes(edition.signed_files.get().content)
    assert refusal(kept(content, tmp_path)) == (4, "Чи збігається копія з редакцією, портал не перевіряє.")


def test_an_unknown_file_is_code_1(db: None, tmp_path: Path) -> None:
    assert refusal(kept(b"unknown", tmp_path)) == (1, "Файл не збігається з жодною оприлюдненою редакцією.")


@HIDDEN
def test_one_that_is_not_public_is_code_1_too(
    report: AnnualReport, head: User, tmp_path: Path, hide: Hide
) -> None:
    frozen = hide(report, head)
    assert refusal(kept(original(frozen), tmp_path)) == refusal(kept(b"unknown", tmp_path))


@pytest.mark.parametrize(
    ("name", "reason"), [("nothing.pdf", "такого файла немає"), (".", "це тека, а не файл")]
)
def test_a_file_that_cannot_be_read_is_code_2(db: None, tmp_path: Path, name: str, reason: str) -> None:
    path = tmp_path / name
    assert refusal(path) == (2, f"Не вдалося прочитати «{path}»: {reason}.")


def test_a_document_changed_past_the_portal_is_code_2(
    report: AnnualReport, head: User, tmp_path: Path
) -> None:
    path = kept(original(published(report, head).frozen, FrozenForm.PDF), tmp_path)
    with append_only.lifted():
        FrozenFile.objects.filter(form=FrozenForm.JSON).update(content=b"{}")
    assert refusal(path)[0] == 2


def test_a_shell_gets_the_code(tmp_path: Path) -> None:
    """A file that is not there is told before any database is opened."""
    asked = subprocess.run(
        [sys.executable, "manage.py", "verify", str(tmp_path / "nothing.pdf")],
        env=os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": ""},
        capture_output=True,
        text=True,
    )
    assert (asked.returncode, asked.stdout) == (2, "")
