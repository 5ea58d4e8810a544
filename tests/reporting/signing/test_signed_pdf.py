"""A PDF that comes back signed: accepted when nothing but signatures was added, else refused by name."""

import datetime
import io
import re
from collections.abc import Callable
from functools import cache

import pypdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigFieldSpec, append_signature_field

from reporting.renderers import render
from reporting.signing import differences
from reporting.signing import signed_pdf as pdf
from reporting.signing.examination import examine
from reporting.signing.verdict import (
    SIGN_AGAIN,
    SIGN_APART,
    Container,
    Examination,
    NotAccepted,
    Outcome,
    Tier,
)
from tests.documents import a_document
from tests.reporting.signing import authority
from tests.reporting.signing.authority import DEPUTY, HEAD, NOW
from tests.reporting.signing.signed_files import FIELDS, original, p7s, signed_pdf, updated

OURS = "Підписано збережену редакцію: файл починається з її байтів, і далі в ньому самі лише підписи."


def examined(upload: bytes) -> Examination:
    return examine(original(), upload, trust_folder=None, now=NOW)


def refusal(upload: bytes) -> str:
    with pytest.raises(NotAccepted) as refused:
        examined(upload)
    return str(refused.value)


# --- accepted ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "key"), [("RSA", "RSA 2048"), ("P-256", "ECDSA P-256"), ("P-384", "ECDSA P-384")]
)
def test_a_signed_pdf_is_accepted(kind: str, key: str) -> None:
    examination = examined(signed_pdf(holder=authority.person(kind=kind)))
    (signature,) = examination.signatures
    assert (examination.container, examination.content) == (Container.PADES, Tier(Outcome.PASSED, OURS))
    assert (signature.certificate.name, signature.certificate.algorithm) == (HEAD, key)
    assert signature.mathematics == Tier(Outcome.PASSED, f"Підпис обчислено, і він сходиться ({key}).")


def test_two_sign_one_after_the_other() -> None:
    upload = signed_pdf(signed_pdf(), authority.person(DEPUTY), FIELDS[1])
    assert [one.certificate.name for one in examined(upload).signatures] == [HEAD, DEPUTY]


def test_a_field_of_the_signers_own_is_accepted() -> None:
    upload = signed_pdf(field="Власне поле")
    assert [one.certificate.name for one in examined(upload).signatures] == [HEAD]


@cache
def with_evidence(lta: bool = False) -> bytes:
    """Certificates and lists of revoked ones in a revision behind the signature; then a stamp over it all."""
    return signed_pdf(
        holder=authority.person(kind="RSA"),
        stamper=authority.time_stamper(),
        embed_validation_info=True,
        use_pades_lta=lta,
        validation_context=authority.validation_context(),
    )


@pytest.mark.parametrize("lta", [False, True])
def test_evidence_for_long_keeping_may_follow_the_signature(lta: bool) -> None:
    (signature,) = examined(with_evidence(lta)).signatures
    assert (signature.certificate.name, signature.time_stamped) == (HEAD, True)


def test_the_signers_clock_is_told_but_stamps_nothing() -> None:
    (signature,) = examined(signed_pdf()).signatures
    claimed = datetime.datetime.fromisoformat(signature.claimed_at)
    assert (abs(claimed - NOW) < authority.DAY, signature.time_stamped) == (True, False)


# --- attacks -----------------------------------------------------------------------------


def first_page(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    return writer.root["/Pages"]["/Kids"][0]


def add_text(writer: IncrementalPdfFileWriter) -> None:
    page = first_page(writer)
    drawn = writer.add_object(generic.StreamObject(stream_data=b"BT /F1 40 Tf (999,9) Tj ET"))
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), drawn])
    writer.update_container(page)


def add_annotation(writer: IncrementalPdfFileWriter) -> None:
    page = first_page(writer)
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (100, 400, 300, 500))),
            pdf_name("/Contents"): generic.pdf_string("999,9"),
        }
    )
    page["/Annots"] = generic.ArrayObject([*page.get("/Annots", ()), writer.add_object(note)])
    writer.update_container(page)


def replace_attachment(writer: IncrementalPdfFileWriter) -> None:
    file = writer.root["/AF"][0].get_object()
    file["/EF"]["/F"] = writer.add_object(generic.StreamObject(stream_data=b"{}"))
    writer.update_container(file["/EF"])


def add_attachment(writer: IncrementalPdfFileWriter) -> None:
    content = writer.add_object(generic.StreamObject(stream_data=b"{}"))
    inner = generic.DictionaryObject({pdf_name("/F"): content})
    name = generic.pdf_string("a.js")
    file = generic.DictionaryObject({pdf_name("/F"): name, pdf_name("/EF"): inner})
    writer.root["/AF"].append(writer.add_object(file))
    writer.update_root()


def remove_attachment(writer: IncrementalPdfFileWriter) -> None:
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    del writer.root["/AF"][0], names[:2]
    for container in (writer.root["/AF"], names):
        writer.update_container(container)


def repeat_page(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    pages["/Kids"].append(writer.add_object(generic.DictionaryObject(first_page(writer))))
    pages["/Count"] = generic.NumberObject(2)
    writer.update_container(pages)


def run_script_on_opening(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/OpenAction"] = generic.DictionaryObject(
        {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.pdf_string("app.alert(1)")}
    )
    writer.update_root()


def add_field(writer: IncrementalPdfFileWriter) -> None:
    append_signature_field(writer, SigFieldSpec("Stamp", on_page=0, box=(20, 20, 70, 70)))


def locking_field(writer: IncrementalPdfFileWriter) -> None:
    """Whoever signs there forbids every further change, signatures too."""
    everything = FieldMDPSpec(FieldMDPAction.ALL)
    append_signature_field(
        writer, SigFieldSpec("Lock", doc_mdp_update_value=MDPPerm.NO_CHANGES, field_mdp_spec=everything)
    )


def besides_signing(what: str) -> str:
    return f"У PDF, крім підпису, {what}. Прийняти можна лише саму редакцію з підписом. {SIGN_AGAIN}"


CHANGES = [
    (add_text, "змінено те, що надруковано на сторінці 1"),
    (add_annotation, "додано, змінено або прибрано примітку (анотацію) на сторінці 1"),
    (replace_attachment, "замінено вкладений файл «report.json»"),
    (add_attachment, "додано вкладений файл «a.js»"),
    (remove_attachment, "прибрано вкладений файл «report.json»"),
    (repeat_page, "змінено кількість сторінок"),
    (run_script_on_opening, differences.SOMETHING),
]


@pytest.mark.parametrize(("change", "what"), CHANGES)
def test_what_is_changed_before_signing_is_refused(
    change: Callable[[IncrementalPdfFileWriter], None], what: str
) -> None:
    """The signature itself is good: it covers the changed document from end to end."""
    assert refusal(signed_pdf(updated(original(), change))) == besides_signing(what)


@pytest.mark.parametrize(("change", "what"), CHANGES)
def test_what_is_changed_after_signing_is_refused(
    change: Callable[[IncrementalPdfFileWriter], None], what: str
) -> None:
    assert refusal(updated(signed_pdf(), change)) == besides_signing(what)


def resaved(pdf: bytes, password: str = "") -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    if password:
        writer.encrypt(password)
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def shadowed() -> bytes:
    """A document of its own behind our bytes, whose history knows nothing of them."""
    other, start = original(2), len(original())
    moved = pypdf.PdfWriter(clone_from=io.BytesIO(other))
    content = io.BytesIO(original())
    content.seek(start)
    moved.write(content)
    return content.getvalue()


def without_its_end_covered() -> bytes:
    upload = signed_once()
    length = re.search(rb"/ByteRange \[(\d+ \d+ \d+) (\d+)", upload)
    assert length
    shorter = str(int(length[2]) - 30).encode()
    return upload.replace(length[0], b"/ByteRange [" + length[1] + b" " + shorter.ljust(len(length[2])))


def with_another_hole() -> bytes:
    """Some bytes before the signature are left out, and so many of the zeros that fill it up covered instead.

    Its digest is right, and the lengths add up to the whole file.
    """
    upload = signed_once()
    written = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\s*\]", upload)
    assert written
    first, second, length = (int(number) for number in written.groups())
    moved = b"/ByteRange [0 %d %d %d" % (first - 9, second - 9, length + 9)
    upload = upload.replace(written[0], moved.ljust(len(written[0]) - 1) + b"]")
    zeros = bytes(second - first - 2).replace(b"\0", b"0")
    covered = upload[: first - 9] + (b"<" + zeros + b">")[-9:] + upload[second:]
    return upload[: first + 1] + p7s(covered).hex().encode().ljust(len(zeros), b"0") + upload[second - 1 :]


def flipped(upload: bytes, place: int) -> bytes:
    return upload[:place] + bytes([upload[place] ^ 1]) + upload[place + 1 :]


def behind_fixed_part() -> int:
    """Of a byte that the signature covers and nothing reads: in the time beside the signature."""
    return signed_once().index(b"/M (D") + 12


@cache
def signed_once() -> bytes:
    return signed_pdf()


BROKEN = (
    f"Підпис «{HEAD}» не сходиться з файлом: байти, які він охоплює, змінено після підписання. {SIGN_AGAIN}"
)


ATTACKS: list[tuple[str, Callable[[], bytes], str]] = [
    ("nothing signed", original, f"{pdf.NOTHING_SIGNED} {SIGN_AGAIN}"),
    (
        "an empty field added",
        lambda: updated(original(), add_field),
        f"{pdf.NO_SIGNATURE} {SIGN_AGAIN}",
    ),
    ("edition 1 signed for edition 2", lambda: signed_pdf(original(2)), f"{pdf.OTHER} {SIGN_AGAIN}"),
    ("re-saved, then signed", lambda: signed_pdf(resaved(original())), f"{pdf.RESAVED} {SIGN_APART}"),
    ("signed, then re-saved", lambda: resaved(signed_once()), f"{pdf.RESAVED} {SIGN_APART}"),
    ("a byte of ours changed", lambda: flipped(signed_once(), 2000), f"{pdf.RESAVED} {SIGN_APART}"),
    ("encrypted", lambda: resaved(original(), "secret"), f"{pdf.ENCRYPTED} {SIGN_APART}"),
    ("shadowed by another document", lambda: signed_pdf(shadowed()), f"{pdf.SHADOWED} {SIGN_AGAIN}"),
    ("bytes behind", lambda: signed_once() + b"\n%%\n", f"{pdf.TRAILING} {SIGN_AGAIN}"),
    (
        "bytes behind that look like an end",
        lambda: signed_once() + b"999,9\n" + signed_once()[signed_once().rindex(b"startxref") :],
        f"{pdf.TRAILING} {SIGN_AGAIN}",
    ),
    ("an empty line behind", lambda: signed_once() + b"\n", f"{pdf.TRAILING} {SIGN_AGAIN}"),
    ("not covered to the end", without_its_end_covered, f"{pdf.NOT_COVERED} {SIGN_AGAIN}"),
    ("not covered around the signature", with_another_hole, f"{pdf.NOT_COVERED} {SIGN_AGAIN}"),
    ("bytes behind the evidence", lambda: with_evidence() + b"\n%%\n", f"{pdf.TRAILING} {SIGN_AGAIN}"),
    ("a covered byte changed", lambda: flipped(signed_once(), behind_fixed_part()), BROKEN),
    (
        "a field added after signing",
        lambda: updated(signed_once(), add_field),
        f"{pdf.CHANGED_AFTER} {SIGN_AGAIN}",
    ),
    (
        "signed after a signature that forbids it",
        lambda: signed_pdf(
            signed_pdf(updated(original(), locking_field), field="Lock"), authority.person(DEPUTY)
        ),
        f"{pdf.CHANGED_AFTER} {SIGN_AGAIN}",
    ),
    (
        "a signature of an unknown kind",
        lambda: signed_once().replace(b"/ETSI.CAdES.detached", b"/ETSI.CAdES.attached"),
        f"{pdf.UNKNOWN_KIND} {SIGN_APART}",
    ),
]


@pytest.mark.parametrize(
    ("attack", "sentence"), [pytest.param(attack, told, id=name) for name, attack, told in ATTACKS]
)
def test_each_attack_has_its_sentence(attack: Callable[[], bytes], sentence: str) -> None:
    assert refusal(attack()) == sentence


# --- signatures that are not worth having ------------------------------------------------


def test_an_edition_without_places_for_signatures_is_signed_apart() -> None:
    bare = render(a_document(), "pdf")
    with pytest.raises(NotAccepted) as refused:
        examine(bare, signed_pdf(bare), trust_folder=None, now=NOW)
    assert str(refused.value) == f"{pdf.NO_FIELDS} {SIGN_APART}"


def test_more_signatures_than_people_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_SIGNATURES", 1)
    upload = signed_pdf(signed_once(), authority.person(DEPUTY), FIELDS[1])
    assert refusal(upload) == f"{pdf.TOO_MANY} {SIGN_AGAIN}"
