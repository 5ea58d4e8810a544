"""Whatever comes in as a signed file: a verdict or a sentence, and never anything else."""

import logging
import random
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from reporting.signing import asice, cms, examination
from reporting.signing.examination import examine
from reporting.signing.verdict import SIGN_AGAIN, Examination, NotAccepted, Outcome
from tests import files
from tests.reporting.signing.authority import NOW
from tests.reporting.signing.signed_files import asice_parts, container, original, p7s, signed_pdf

SAMPLES = Path(__file__).parents[2] / "samples" / "dstu"
UNREADABLE_PDF = f"PDF пошкоджено або записано незвично: прочитати його до кінця не вдалося. {SIGN_AGAIN}"


def refusal(upload: bytes, document: bytes | None = None) -> str:
    with pytest.raises(NotAccepted) as refused:
        examine(original() if document is None else document, upload, trust_folder=None, now=NOW)
    return str(refused.value)


def is_not(kind: str) -> str:
    return f"За вмістом це {kind}, а підписана редакція буває PDF, .p7s або ASiC-E. {SIGN_AGAIN}"


def root_without_end() -> bytes:
    """A revision behind our bytes whose catalogue is an array in an array in an array."""
    pdf = original()
    start = int(pdf[pdf.rindex(b"startxref") + 10 :].split()[0])
    number = int(pdf[pdf.rindex(b"/Root ") + 6 :].split()[0])
    nested = b"%d 0 obj\n" % number + b"[" * 20_000 + b"]" * 20_000 + b"\nendobj\n"
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, len(pdf))
    trailer = b"trailer\n<</Size 5000/Root %d 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    return pdf + nested + table + trailer % (number, start, len(pdf) + len(nested))


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        pytest.param(b"", f"Файл порожній: у ньому немає жодного байта. {SIGN_AGAIN}", id="nothing"),
        pytest.param(files.picture("JPEG"), is_not("файл JPEG"), id="a photo"),
        pytest.param(b"MZ\x90\0", is_not("програма для Windows (EXE)"), id="a program"),
        pytest.param("Звіт".encode(), is_not("текст"), id="a text"),
        pytest.param(b"\x89PNG\r\n\x1a\n", is_not("пошкоджений файл"), id="a torn picture"),
        pytest.param(files.docx(), f"{asice.NO_CONTAINER} {asice.SIGN_AS_CADES}", id="a letter in Word"),
        pytest.param(b"%PDF-1.7\n" + b"[" * 100_000, UNREADABLE_PDF, id="a PDF that is none"),
        pytest.param(files.PDF, UNREADABLE_PDF, id="a PDF of nothing"),
        pytest.param(b"\x30\x80" * 20_000, f"{cms.DAMAGED} {SIGN_AGAIN}", id="structures without end"),
    ],
)
def test_what_is_no_signed_file_is_named(upload: bytes, sentence: str) -> None:
    assert refusal(upload) == sentence


def test_a_pdf_that_turns_in_on_itself_is_refused() -> None:
    assert refusal(root_without_end()) == UNREADABLE_PDF


def test_a_large_file_is_not_even_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "MAX_MB", 0)
    assert refusal(p7s()) == f"Файл більший за 0 МБ: підписана редакція стільки не важить. {SIGN_AGAIN}"


def test_the_log_says_what_happened_and_quotes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    refusal(b"%PDF-1.7\nsecret")
    assert caplog.record_tuples == [
        (
            "reporting.signing.examination",
            logging.WARNING,
            "A signed file (pades) cannot be read: PdfReadError at read_next_end_line.<locals>._build:78",
        )
    ]


# --- ДСТУ, signed by an independent implementation ---------------------------------------


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ("document.pdf", "head.p7s"),
        ("document.pdf", "head.asice"),
        ("document.pdf", "head-sha256.asice"),
        ("form.pdf", "head-form.pdf"),
    ],
)
def test_ukrainian_signatures_are_computed(document: str, name: str) -> None:
    ours, upload = (SAMPLES / document).read_bytes(), (SAMPLES / name).read_bytes()
    (signature,) = examine(ours, upload, trust_folder=None, now=NOW).signatures
    assert (signature.certificate.name, signature.mathematics.outcome) == (
        "Ковальчук Ірина Зразківна",
        Outcome.PASSED,
    )


def test_a_ukrainian_signature_under_another_document_is_refused() -> None:
    assert refusal((SAMPLES / "head.p7s").read_bytes()).startswith(
        "Підпис «Ковальчук Ірина Зразківна» стоїть під іншим файлом, а не під збереженою редакцією"
    )


def test_a_spoilt_ukrainian_signature_is_refused() -> None:
    document, upload = (SAMPLES / "document.pdf").read_bytes(), (SAMPLES / "head.p7s").read_bytes()
    assert refusal(upload[:-1] + bytes([upload[-1] ^ 1]), document) == (
        "Підпис «Ковальчук Ірина Зразківна» не сходиться з ключем у сертифікаті: "
        f"його пошкоджено або підмінено. {SIGN_AGAIN}"
    )


# --- anything ----------------------------------------------------------------------------


def spoilt(content: bytes, seed: int, first: int) -> bytes:
    """Some bytes from `first` on replaced, left out or doubled."""
    chance, spoiling = random.Random(seed), bytearray(content)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(first, len(spoiling))
        length = chance.choice((1, 1, 1, 2, 30))
        match chance.choice(("replace", "replace", "drop", "double")):
            case "replace":
                spoiling[place : place + length] = chance.randbytes(length)
            case "drop":
                del spoiling[place : place + length]
            case "double":
                spoiling[place:place] = spoiling[place : place + length]
    return bytes(spoiling)


@cache
def good_file(kind: str) -> tuple[bytes, int]:
    """And where to spoil it from: our own bytes are compared as they are, nothing in them can go wrong."""
    match kind:
        case "pdf":
            return signed_pdf(), len(original())
        case "p7s":
            return p7s(), 0
    return container(asice_parts()), 0


@pytest.mark.parametrize("kind", ["pdf", "p7s", "asice"])
@given(seed=st.integers(0, 2**32))
@examples(max_examples=25)
def test_a_spoilt_file_brings_a_verdict_or_a_sentence(kind: str, seed: int) -> None:
    upload, first = good_file(kind)
    try:
        found = examine(original(), spoilt(upload, seed, first), trust_folder=None, now=NOW)
    except NotAccepted:
        return
    assert isinstance(found, Examination)
