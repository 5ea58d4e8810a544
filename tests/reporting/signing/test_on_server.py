"""Signing with a key file: what comes out is valid elsewhere too, and nothing of the key stays behind."""

import asyncio
import contextlib
import dataclasses
import datetime
import http.server
import io
import logging
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import page as page_validation
import pypdf
import pytest
from asn1crypto import core, pkcs12, tsp, x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization import pkcs12 as pyca_pkcs12

from reporting.document import Signature
from reporting.renderers import render
from reporting.signing import (
    certificates,
    key_files,
    on_server,
    pades,
    revocations,
    sandbox,
    stamp,
    time_stamps,
)
from reporting.signing.examination import examine
from reporting.signing.fetching import NotFetched, fetch
from reporting.signing.on_server import Level, NotSigned, Signed, sign, sign_apart
from reporting.signing.trust import KYIV
from reporting.signing.verdict import Certificate, Outcome
from tests.documents import A_SEAL, a_document
from tests.reporting.signing import authority
from tests.reporting.signing.authority import DAY, DEPUTY, HEAD, NOW, PASSWORD, STRANGER, Holder
from tests.reporting.signing.signed_files import FIELDS, original

LONG_POST = "Заступник міського голови з питань діяльності виконавчих органів ради, " * 3
SEVERAL = tuple(Signature(f"{n}. {LONG_POST}", f"Олена ПРИКЛАД-{n}") for n in range(1, 9))


@cache
def form(*signatures: Signature) -> bytes:
    return render(a_document(seal=A_SEAL, signatures=signatures), "pdf")


def signed(pdf: bytes | None = None, holder: Holder | None = None, **changes: Any) -> Signed:
    given = {
        "field": FIELDS[0],
        "key_file": (holder or authority.person()).pkcs12(),
        "password": PASSWORD,
        "now": NOW,
    }
    return sign(pdf or original(), **{**given, **changes})


def refusal(**changes: Any) -> str:
    with pytest.raises(NotSigned) as refused:
        signed(**changes)
    return str(refused.value)


def failures(pdf: bytes) -> list[str]:
    return [
        f"{profile}: {failure.rule_id}"
        for profile in ("3a", "ua1")
        for failure in page_validation.validate_pdf_bytes(pdf, profile=profile).failures
        # The validator takes a stream whose last byte happens to be a carriage return for a shorter one.
        if not failure.rule_id.endswith("STREAM-LENGTH-001")
    ]


def poppler(pdf: bytes, folder: Path) -> list[tuple[str, str]]:
    """The signed fields, and what another program says of each."""
    (folder / "signed.pdf").write_bytes(pdf)
    said = subprocess.run(
        ["pdfsig", "-nocert", "signed.pdf"], cwd=folder, check=True, capture_output=True, text=True
    ).stdout
    return re.findall(r"Signature Field Name: (.*)\n(?:  - .*\n)+?  - Signature Validation: (.*)", said)


VALID = "Signature is Valid."


# --- what comes out ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "signatures", "field"),
    [
        pytest.param("RSA", SEVERAL[:1], "Signature1", id="RSA, one"),
        pytest.param("P-256", SEVERAL[:1], "Signature1", id="P-256, one"),
        pytest.param("P-384", SEVERAL[:2], "Signature2", id="P-384, the second of two"),
        pytest.param("P-256", SEVERAL, "Signature8", id="P-256, on the last of several pages"),
    ],
)
def test_a_signed_form_is_valid_and_fit_for_the_archive(
    kind: str, signatures: tuple[Signature, ...], field: str, tmp_path: Path
) -> None:
    pdf = form(*signatures)
    made = signed(pdf, authority.person(kind=kind), field=field)
    assert (made.level, made.notes) == (Level.B_B, ())
    assert made.pdf.startswith(pdf)
    assert poppler(made.pdf, tmp_path) == [(field, VALID)]
    assert failures(made.pdf) == []


def test_two_sign_one_after_the_other_each_in_a_field_of_their_own(tmp_path: Path) -> None:
    first = signed(holder=authority.person(kind="RSA")).pdf
    second = signed(first, authority.person(DEPUTY), field=FIELDS[1]).pdf
    assert poppler(second, tmp_path) == [(FIELDS[0], VALID), (FIELDS[1], VALID)]
    # The validator takes the first signature, which covers its own revision alone, for a broken one.
    assert failures(second) == ["3a: PDFA3A-SIGNATURE-BYTERANGE-001"]
    examined = examine(original(), second, trust_folder=None, now=NOW)
    assert [one.certificate.name for one in examined.signatures] == [HEAD, DEPUTY]
    assert {one.mathematics.outcome for one in examined.signatures} == {Outcome.PASSED}


def test_the_time_in_the_file_is_the_one_given() -> None:
    root = pypdf.PdfReader(io.BytesIO(signed().pdf)).trailer["/Root"]
    moment = root["/AcroForm"]["/Fields"][0]["/V"]["/M"]
    assert moment == f"D:{NOW:%Y%m%d%H%M%S}Z"


def test_the_metadata_stay_as_they_were() -> None:
    before, after = (pypdf.PdfReader(io.BytesIO(pdf)) for pdf in (original(), signed().pdf))
    assert after.trailer["/Root"]["/Metadata"].get_data() == before.trailer["/Root"]["/Metadata"].get_data()
    assert dict(after.metadata or {}) == dict(before.metadata or {})


def test_the_file_stays_at_its_version() -> None:
    """The extension for ECDSA is of PDF 2.0, of which PDF/A-3 knows nothing."""
    root = pypdf.PdfReader(io.BytesIO(signed().pdf)).trailer["/Root"]
    assert (root.get("/Version"), list(root["/Extensions"])) == (None, ["/ESIC"])


# --- the visible mark --------------------------------------------------------------------


def owner(holder: Holder, **changes: str) -> Certificate:
    described = certificates.describe(x509.Certificate.load(holder.der))
    return dataclasses.replace(described, **changes)


def test_the_mark_stands_inside_the_field(tmp_path: Path) -> None:
    pdf = signed(form(*SEVERAL[:1])).pdf
    field = pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/AcroForm"]["/Fields"][0]
    left, bottom, right, top = (round(float(length)) for length in field["/Rect"])
    (tmp_path / "signed.pdf").write_bytes(pdf)
    corner_and_size = (left, 595 - top, right - left, top - bottom)
    box = [
        text
        for pair in zip(("-x", "-y", "-W", "-H"), map(str, corner_and_size), strict=True)
        for text in pair
    ]
    command = ["pdftotext", *box, "signed.pdf", "-"]
    said = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert said.split() == " ".join(stamp.lines(owner(authority.person()), NOW)).split()


def test_the_mark_names_signer_certificate_and_kyivs_time() -> None:
    moment = datetime.datetime(2025, 1, 14, 22, 5, 9, tzinfo=datetime.UTC)
    assert stamp.lines(owner(authority.person(), serial="3f2a91bc"), moment) == (
        "Підписано електронним підписом",
        HEAD,
        "Сертифікат 3f2a91bc",
        "Час підпису: 15.01.2025 00:05:09",
    )


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        pytest.param(HEAD, HEAD, id="usual"),
        pytest.param("Надзвичайно-Довгопрізвищенко " * 6, "Надзвичайно-Довгопрізвищенко " * 6, id="long"),
        pytest.param("Ж" * 200, "Ж" * 200, id="one long word"),
        pytest.param("<b>Ковальчук</b> & \u202eсини 😀", "<b>Ковальчук</b> & сини □", id="odd signs"),
        pytest.param("", "Підписувача в сертифікаті не названо", id="none"),
    ],
)
def test_a_mark_holds_all_its_words_on_its_one_page(name: str, drawn: str) -> None:
    reader = pypdf.PdfReader(io.BytesIO(stamp.draw(owner(authority.person(), name=name, serial="3f2a"), NOW)))
    (page,) = reader.pages
    title, _, number, moment = stamp.lines(owner(authority.person(), serial="3f2a"), NOW)
    assert "".join(page.extract_text().split()) == "".join((title, drawn, number, moment)).replace(" ", "")
    assert (float(page.mediabox.width), float(page.mediabox.height)) == (165.0, 34.0)


# --- keys that are refused ---------------------------------------------------------------


def a_file(key: Any = None, certificate: Any = None) -> bytes:
    lock = BestAvailableEncryption(PASSWORD.encode())
    return pyca_pkcs12.serialize_key_and_certificates(b"key", key, certificate, None, lock)


def with_another_check() -> bytes:
    """Of the password: PBMAC1, whose own cost is not seen where the old one's is."""
    file = pkcs12.Pfx.load(authority.person().pkcs12())
    file["mac_data"]["mac"]["digest_algorithm"] = {"algorithm": "1.2.840.113549.1.5.14"}
    return bytes(file.dump(force=True))


def costly(which: str) -> bytes:
    """A file whose password would have to be turned over two milliard times."""
    file = pkcs12.Pfx.load(authority.person().pkcs12())
    if which == "whole":
        file["mac_data"]["iterations"] = 2**31 - 1
    else:
        safes = file.authenticated_safe
        encrypted = safes[0]["content"]["encrypted_content_info"]
        derivation = encrypted["content_encryption_algorithm"]["parameters"]["key_derivation_func"]
        derivation["parameters"]["iteration_count"] = 2**31 - 1
        file["auth_safe"]["content"] = safes.dump(force=True)
    return bytes(file.dump(force=True))


def ukrainian(number: str) -> bytes:
    return bytes(core.SequenceOf([core.ObjectIdentifier(number)], spec=core.ObjectIdentifier).dump())


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        pytest.param(lambda: b"", key_files.NO_PKCS12, id="nothing"),
        pytest.param(lambda: b"-----BEGIN PRIVATE KEY-----", key_files.NO_PKCS12, id="PEM"),
        pytest.param(lambda: authority.person().pkcs12()[:-9], key_files.NO_PKCS12, id="cut off"),
        pytest.param(lambda: authority.person().der, key_files.NO_PKCS12, id="a certificate"),
        pytest.param(lambda: b"0" * (256 * 1024 + 1), key_files.TOO_LARGE, id="huge"),
        pytest.param(lambda: b"\xfe\xed\xfe\xed\0\0\0\2", key_files.JAVA_KEYS, id=".jks"),
        pytest.param(lambda: ukrainian("1.3.6.1.4.1.19398.1.1.1.2"), key_files.UKRAINIAN_KEY, id="Key-6.dat"),
        pytest.param(
            lambda: ukrainian("1.2.804.2.1.1.1.1.1.2"), key_files.UKRAINIAN_KEY, id="ДСТУ in PKCS#12"
        ),
        pytest.param(lambda: costly("whole"), key_files.TOO_HARD, id="a costly password"),
        pytest.param(lambda: costly("certificates"), key_files.TOO_HARD, id="a costly part"),
        pytest.param(with_another_check, key_files.UNKNOWN_LOCK, id="PBMAC1"),
        pytest.param(
            lambda: a_file(certificate=authority.person().certificate), key_files.NO_KEY, id="no key"
        ),
        pytest.param(lambda: a_file(authority.person().key), key_files.NO_CERTIFICATE, id="no certificate"),
        pytest.param(lambda: a_file(ed25519.Ed25519PrivateKey.generate()), key_files.OTHER_KEY, id="Ed25519"),
        pytest.param(
            lambda: a_file(ec.generate_private_key(ec.SECP256K1())), key_files.OTHER_KEY, id="a rare curve"
        ),
        pytest.param(
            lambda: a_file(rsa.generate_private_key(65537, 1024)), key_files.OTHER_KEY, id="a short RSA key"
        ),
    ],
)
def test_another_key_file_is_refused_by_its_name(make: Callable[[], bytes], sentence: str) -> None:
    assert refusal(key_file=make()) == sentence


@pytest.mark.parametrize("password", ["", "Secret", "пароль", "\ud800", "з\0нулем", "x" * 100_000])
def test_a_wrong_password_is_said_to_be_one(password: str) -> None:
    assert refusal(password=password) == key_files.WRONG_PASSWORD


def test_a_password_in_cyrillic_opens_its_file() -> None:
    assert (
        signed(key_file=authority.person().pkcs12("пароль ґанку"), password="пароль ґанку").level == Level.B_B
    )


def test_a_certificate_out_of_its_term_is_refused() -> None:
    past = authority.person(valid_from=NOW - 9 * DAY, valid_until=NOW - 5 * DAY)
    assert refusal(holder=past) == (
        f"Строк чинності сертифіката закінчився {(NOW - 5 * DAY).astimezone(KYIV):%d.%m.%Y}, тож підпис ним "
        "не мав би сили. Отримайте новий сертифікат і підпишіть ним."
    )


def test_a_certificate_before_its_term_is_refused() -> None:
    future = authority.person(valid_from=NOW + 5 * DAY, valid_until=NOW + 9 * DAY)
    day = f"{(NOW + 5 * DAY).astimezone(KYIV):%d.%m.%Y}"
    assert refusal(holder=future) == f"Сертифікат почне діяти лише {day}: раніше підпис ним не має сили."


def test_a_certificate_with_an_endless_number_is_refused() -> None:
    """Drawing the number took minutes, in which nobody's report was printed."""
    certificate = x509.Certificate.load(authority.person().der)
    certificate["tbs_certificate"]["serial_number"] = 1 << 160
    with pytest.raises(NotSigned) as refused:
        key_files.require_fit(certificate, NOW)
    assert str(refused.value) == (
        "Номер сертифіката довший за дозволені 20 байтів, тож це не сертифікат надавача довірчих послуг. "
        "Виберіть файл із ключем, який вам видали."
    )


def test_a_certificate_that_is_not_for_signing_is_refused() -> None:
    assert refusal(holder=authority.issuing()) == (
        "Сертифікат не призначений для підпису: його видано для шифрування або інших потреб. "
        "Виберіть файл із ключем підпису."
    )


def test_a_field_that_is_not_there_is_refused() -> None:
    assert refusal(field="Signature3") == pades.NO_FIELD


def test_a_field_that_is_signed_is_refused() -> None:
    assert refusal(pdf=signed().pdf) == pades.FIELD_TAKEN


# --- secrets -----------------------------------------------------------------------------


def held_by_frames(error: BaseException) -> str:
    """All that a page of errors would print of the frames in our packages."""
    frames = []
    traceback = error.__traceback__
    while traceback:
        if "reporting/signing/" in traceback.tb_frame.f_code.co_filename and (
            "tests/" not in traceback.tb_frame.f_code.co_filename
        ):
            frames.append(repr(traceback.tb_frame.f_locals))
        traceback = traceback.tb_next
    return "".join(frames)


@pytest.mark.parametrize("signing", [sign, sign_apart])
@pytest.mark.parametrize("breaks", [True, False])
def test_an_error_holds_neither_password_nor_key(
    signing: Callable[..., Signed],
    breaks: bool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*args: Any) -> bytes:
        raise ValueError("таємниця")

    caplog.set_level(logging.DEBUG)
    if breaks:
        monkeypatch.setattr(stamp, "draw", broken)
    password, key_file = "таємниця", authority.person().pkcs12("таємниця" if breaks else "інша")
    with pytest.raises(NotSigned) as refused:
        signing(original(), field=FIELDS[0], key_file=key_file, password=password, now=NOW)
    error = refused.value
    assert str(error) == (on_server.FAILED if breaks else key_files.WRONG_PASSWORD)
    assert (error.__cause__, error.__context__) == (None, None)
    held = held_by_frames(error)
    assert "'kwargs': {}" in held
    for secret in (password, repr(key_file)[2:50]):
        assert secret not in held
        assert secret not in caplog.text


def test_a_fault_is_logged_by_its_kind_and_place(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: Any) -> bytes:
        raise ZeroDivisionError("таємниця")

    monkeypatch.setattr(stamp, "draw", broken)
    refusal()
    assert re.sub(r"\d+$", "…", caplog.messages[-1]) == (
        "Signing failed: ZeroDivisionError at test_on_server.py:…"
    )


def test_a_key_does_not_show_itself() -> None:
    key = key_files.read(authority.person().pkcs12(), PASSWORD)
    assert "private_key" not in repr(key)


# --- in a process apart ------------------------------------------------------------------


def test_signs_in_a_process_that_may_write_nothing(tmp_path: Path) -> None:
    made = sign_apart(
        original(), field=FIELDS[0], key_file=authority.person().pkcs12(), password=PASSWORD, now=NOW
    )
    assert (made.level, made.notes) == (Level.B_B, ())
    assert poppler(made.pdf, tmp_path) == [(FIELDS[0], VALID)]


def test_a_process_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(NotSigned) as refused:
        sign_apart(
            original(),
            field=FIELDS[0],
            key_file=authority.person().pkcs12(),
            password=PASSWORD,
            now=NOW,
            limits=sandbox.Limits(wall_seconds=0),
        )
    assert str(refused.value) == on_server.TOO_LONG


# --- time stamps -------------------------------------------------------------------------


class Authority(http.server.BaseHTTPRequestHandler):
    """A time-stamp authority on this machine; `answers` says how it behaves."""

    answers: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        question = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        kind = self.answers.pop(0) if self.answers else "well"
        if kind == "elsewhere":
            self.send_response(302)
            self.send_header("Location", "/")
            self.end_headers()
            return
        if kind == "of something else":
            question["message_imprint"]["hashed_message"] = bytes(32)
        stamp = asyncio.run(authority.time_stamper(NOW).async_request_tsa_response(question)).dump()
        body = {"nonsense": b"<html>", "too much": bytes(time_stamps.LARGEST_ANSWER + 1)}.get(kind, stamp)
        self.send_response(500 if kind == "broken" else 200)
        # Each piece comes well within the time that the whole answer may take.
        pieces = [b"0"] * 8 if kind == "slowly" else [body]
        self.send_header("Content-Length", str(len(b"".join(pieces))))
        self.end_headers()
        with contextlib.suppress(OSError):
            for piece in pieces:
                self.wfile.write(piece)
                time.sleep(0.05 if kind == "slowly" else 0)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def tsa() -> Iterator[str]:
    """The address of a time-stamp authority."""
    Authority.answers = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Authority) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_time_stamp_makes_it_b_t(tsa: str, tmp_path: Path) -> None:
    made = signed(tsa_url=tsa)
    assert (made.level, made.notes) == (Level.B_T, ())
    assert poppler(made.pdf, tmp_path) == [(FIELDS[0], VALID)]
    assert failures(made.pdf) == []
    (facts,) = examine(original(), made.pdf, trust_folder=None, now=NOW).signatures
    assert facts.time_stamped


@pytest.mark.parametrize("kind", ["nonsense", "too much", "broken", "elsewhere", "of something else"])
def test_an_authority_that_answers_badly_costs_the_stamp_and_no_more(
    kind: str, tsa: str, tmp_path: Path
) -> None:
    Authority.answers = [kind]
    made = signed(tsa_url=tsa)
    assert (made.level, made.notes) == (Level.B_B, (pades.NO_STAMP,))
    assert poppler(made.pdf, tmp_path) == [(FIELDS[0], VALID)]


def test_an_authority_that_goes_away_between_two_questions_does_no_harm(tsa: str) -> None:
    Authority.answers = ["well", "broken"]
    made = signed(tsa_url=tsa)
    assert (made.level, made.notes) == (Level.B_B, (pades.NO_STAMP,))


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "file:///etc/passwd", "ftp://127.0.0.1/", "nowhere"])
def test_an_authority_that_is_not_there_costs_the_stamp_and_no_more(url: str) -> None:
    made = signed(tsa_url=url)
    assert (made.level, made.notes) == (Level.B_B, (pades.NO_STAMP,))


def test_what_trickles_in_is_not_waited_for(tsa: str) -> None:
    Authority.answers = ["slowly"]
    _, question = time_stamps.HttpTimeStamper(tsa).request_cms(bytes(32), "sha256")
    with pytest.raises(NotFetched):
        fetch(tsa, body=question.dump(), most_bytes=10**6, most_seconds=0.2)


# --- what proves a signature years later -------------------------------------------------


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were asked for lists of revoked certificates; each answers with the issuer's."""
    addresses: list[str] = []

    def answer(url: str, **limits: Any) -> bytes:
        addresses.append(url)
        return authority.crl(authority.issuing())

    monkeypatch.setattr(revocations, "fetch", answer)
    return addresses


def test_lists_in_the_trust_folder_make_it_b_lt(tsa: str, tmp_path: Path, asked: list[str]) -> None:
    folder = authority.fill_trust_folder(tmp_path)
    made = signed(tsa_url=tsa, trust_folder=folder)
    assert (made.level, made.notes) == (Level.B_LT, ())
    assert failures(made.pdf) == []
    root = pypdf.PdfReader(io.BytesIO(made.pdf)).trailer["/Root"]
    kept = {kept.get_object().get_data() for kept in root["/DSS"]["/CRLs"]}
    assert kept == {(folder / "root.crl").read_bytes(), (folder / "issuing.crl").read_bytes()}
    (facts,) = examine(original(), made.pdf, trust_folder=folder, now=NOW).signatures
    assert (facts.time_stamped, facts.trust.outcome) == (True, Outcome.PASSED)
    assert asked == []


def test_two_sign_with_what_proves_both(tsa: str, tmp_path: Path) -> None:
    folder = authority.fill_trust_folder(tmp_path)
    given = {"tsa_url": tsa, "trust_folder": folder}
    made = signed(signed(**given).pdf, authority.person(DEPUTY), field=FIELDS[1], **given)
    assert made.level == Level.B_LT
    examined = examine(original(), made.pdf, trust_folder=folder, now=NOW).signatures
    assert [(one.certificate.name, one.trust.outcome) for one in examined] == [
        (HEAD, Outcome.PASSED),
        (DEPUTY, Outcome.PASSED),
    ]
    assert poppler(made.pdf, tmp_path) == [(FIELDS[0], VALID), (FIELDS[1], VALID)]


def test_without_lists_it_stays_b_t_and_says_why(tsa: str, tmp_path: Path) -> None:
    made = signed(tsa_url=tsa, trust_folder=authority.fill_trust_folder(tmp_path, lists=False))
    assert (made.level, made.notes) == (Level.B_T, (pades.nothing_to_keep(revocations.NO_LISTS),))


def test_lists_are_fetched_from_where_the_chain_says(tsa: str, tmp_path: Path, asked: list[str]) -> None:
    folder = authority.fill_trust_folder(tmp_path)
    (folder / "issuing.crl").unlink()
    made = signed(tsa_url=tsa, trust_folder=folder, fetch=True)
    assert (made.level, made.notes) == (Level.B_LT, ())
    assert asked == ["http://authority.example/revoked.crl"]


def test_a_strangers_certificate_does_not_choose_what_is_called(
    tsa: str, tmp_path: Path, asked: list[str]
) -> None:
    stranger = authority.person(STRANGER, issuer=authority.issuing(authority.root("Чужий центр")))
    folder = authority.fill_trust_folder(tmp_path)
    made = signed(holder=stranger, tsa_url=tsa, trust_folder=folder, fetch=True)
    assert (made.level, made.notes) == (Level.B_T, (pades.nothing_to_keep(revocations.OUTSIDE),))
    assert asked == []


def test_a_revoked_key_is_refused(tsa: str, tmp_path: Path) -> None:
    folder = authority.fill_trust_folder(tmp_path, revoked=[authority.person()])
    assert refusal(tsa_url=tsa, trust_folder=folder) == revocations.REVOKED
