"""What stands behind our PDF besides a signature: where nothing can hide, what it claims, what it draws."""

import io
import re
from collections.abc import Callable
from functools import cache

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from reporting.signing import differences, evidence, places, signed_pdf
from reporting.signing.examination import examine
from reporting.signing.verdict import SIGN_AGAIN, SIGN_APART, NotAccepted, Outcome
from tests.reporting.signing import authority
from tests.reporting.signing.authority import NOW
from tests.reporting.signing.signed_files import FIELDS, original, p7s, updated
from tests.reporting.signing.signed_files import signed_pdf as sign

Change = Callable[[IncrementalPdfFileWriter], None]

TRAILING = f"{signed_pdf.TRAILING} {SIGN_AGAIN}"
CHANGED = (
    f"У PDF, крім підпису, {differences.SOMETHING}. "
    f"Прийняти можна лише саму редакцію з підписом. {SIGN_AGAIN}"
)
OTHER_CLAIMS = f"{signed_pdf.OTHER_CLAIMS} {SIGN_AGAIN}"
NO_EVIDENCE = f"{signed_pdf.NO_EVIDENCE} {SIGN_AGAIN}"


def outcome(upload: bytes) -> str:
    """«passed», or why it is refused."""
    try:
        (signature, *_) = examine(original(), upload, trust_folder=None, now=NOW).signatures
    except NotAccepted as refused:
        return str(refused)
    return signature.mathematics.outcome


@cache
def signed_once() -> bytes:
    return sign()


def before(change: Change, field: str = FIELDS[0]) -> bytes:
    """Changed, then signed: the signature covers the change."""
    return sign(updated(original(), change), field=field)


def after(change: Change) -> bytes:
    return updated(signed_once(), change)


def dictionary(**entries: generic.PdfObject) -> generic.DictionaryObject:
    return generic.DictionaryObject({pdf_name(f"/{name}"): value for name, value in entries.items()})


# --- bytes -------------------------------------------------------------------------------


def one_more_revision(
    upload: bytes = b"",
    *,
    between: bytes = b"",
    trailer: bytes = b"",
    behind_trailer: bytes = b"",
    table: bytes = b"0 0\n",
) -> bytes:
    """Without any object, behind the signature."""
    upload = (upload or signed_once()) + between
    start = re.findall(rb"startxref\s+(\d+)", upload)[-1]
    size, root = re.findall(rb"/Size (\d+)\n/Root (\d+ \d+ R)", upload)[-1]
    return upload + b"xref\n%btrailer\n<< /Size %b /Root %b /Prev %b %b>>\n%bstartxref\n%d\n%%%%EOF\n" % (
        table,
        size,
        root,
        start,
        trailer,
        behind_trailer,
        len(upload),
    )


@pytest.mark.parametrize(
    "upload",
    [
        pytest.param(one_more_revision, id="empty"),
        pytest.param(lambda: one_more_revision(between=b"% A program's name\n"), id="a comment before"),
        pytest.param(lambda: one_more_revision(behind_trailer=b"%Program-1.0\n"), id="a comment behind"),
    ],
)
def test_a_revision_that_does_nothing_is_passed_over(upload: Callable[[], bytes]) -> None:
    assert outcome(upload()) == Outcome.PASSED


def with_a_wrong_turn() -> bytes:
    """A revision between two that says another place of its table; nobody reads that while it is not last."""
    first = one_more_revision()
    said = re.findall(rb"startxref\n\d+\n", first)[-1]
    wrong = said.replace(said[-4:-1], b"999")
    assert wrong != said
    return one_more_revision(first).replace(said, wrong, 1)


HIDDEN: list[tuple[str, Callable[[], bytes]]] = [
    ("a long comment", lambda: one_more_revision(between=b"%" + b"999,9 " * 50 + b"\n")),
    ("an end of its own", lambda: one_more_revision(between=b"%" + b"999,9 " * 50 + b"\n%%EOF\n")),
    ("many blanks", lambda: one_more_revision(between=b" \t" * 200)),
    ("no comment", lambda: one_more_revision(between=b"999,9\n")),
    ("an object that is not listed", lambda: one_more_revision(between=b"900 0 obj\n(999,9)\nendobj\n")),
    ("in the trailer", lambda: one_more_revision(trailer=b"/Figures (999,9) ")),
    ("in a long trailer", lambda: one_more_revision(trailer=b"/ID [<%b> <00>] " % (b"00" * 1000))),
    ("behind the trailer", lambda: one_more_revision(behind_trailer=b"999,9 1 0 obj << >>\n")),
    ("a false place", with_a_wrong_turn),
    ("in the table", lambda: one_more_revision(table=b"0 1\n0000000000 65535 f \n" * 60)),
]


@pytest.mark.parametrize("upload", [pytest.param(upload, id=name) for name, upload in HIDDEN])
def test_nothing_hides_between_what_is_read(upload: Callable[[], bytes]) -> None:
    assert outcome(upload()) == TRAILING


def test_nothing_hides_before_a_signature_either() -> None:
    """Covered by the signature, and yet no part of the document."""
    assert outcome(sign(original() + b"%" + b"999,9 " * 50 + b"\n")) == TRAILING


def add_a_stream(writer: IncrementalPdfFileWriter) -> None:
    writer.add_object(generic.StreamObject(stream_data=b"999,9"))


@pytest.mark.parametrize("made", [before, after])
def test_an_object_that_leads_nowhere_is_refused(made: Callable[[Change], bytes]) -> None:
    assert outcome(made(add_a_stream)) == CHANGED


# --- what the document says of itself ----------------------------------------------------


def other_title(writer: IncrementalPdfFileWriter) -> None:
    replace_in_metadata(writer, "Звіт про".encode(), "План про".encode())


def no_standard(writer: IncrementalPdfFileWriter) -> None:
    replace_in_metadata(writer, b'pdfaid:conformance="A"', b'pdfaid:conformance="B"')


def more_said(writer: IncrementalPdfFileWriter) -> None:
    said = b'<rdf:Description rdf:about="" xmlns:x="http://zvit.example/"><x:sum>999,9</x:sum></rdf:Description></rdf:RDF>'
    replace_in_metadata(writer, b"</rdf:RDF>", said)


def long_metadata(writer: IncrementalPdfFileWriter) -> None:
    replace_in_metadata(writer, b"</rdf:RDF>", b"</rdf:RDF>" + b" " * 9000)


def long_name_of_a_program(writer: IncrementalPdfFileWriter) -> None:
    replace_in_metadata(writer, b'pdf:Producer="', b'pdf:Producer="' + b"999,9 " * 50)


def long_name_in_info(writer: IncrementalPdfFileWriter) -> None:
    info = generic.DictionaryObject(writer.trailer["/Info"])
    info["/Creator"] = generic.pdf_string("999,9 " * 50)
    writer.set_info(info)


def long_extension(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/Extensions"] = dictionary(SUM=dictionary(URL=generic.pdf_string("999,9 " * 200)))
    writer.update_root()


def replace_in_metadata(writer: IncrementalPdfFileWriter, ours: bytes, theirs: bytes) -> None:
    metadata = writer.root["/Metadata"]
    assert ours in metadata.data
    writer.root["/Metadata"] = writer.add_object(
        generic.StreamObject(
            dictionary(Type=pdf_name("/Metadata"), Subtype=pdf_name("/XML")),
            stream_data=metadata.data.replace(ours, theirs),
        )
    )
    # pyHanko's own is written by pyHanko once more.
    writer._update_meta = lambda: None  # type: ignore[method-assign]
    writer.update_root()


def other_info(writer: IncrementalPdfFileWriter) -> None:
    writer.set_info(dictionary(Title=generic.pdf_string("План")))


def more_info(writer: IncrementalPdfFileWriter) -> None:
    info = generic.DictionaryObject(writer.trailer["/Info"])
    info["/Sum"] = generic.pdf_string("999,9")
    writer.set_info(info)


CLAIMS = [
    other_title,
    no_standard,
    more_said,
    long_metadata,
    long_name_of_a_program,
    other_info,
    more_info,
    long_name_in_info,
    long_extension,
]


@pytest.mark.parametrize("made", [before, after])
@pytest.mark.parametrize("change", CLAIMS)
def test_its_title_author_and_standards_stay(change: Change, made: Callable[[Change], bytes]) -> None:
    assert outcome(made(change)) == OTHER_CLAIMS


def test_a_program_may_write_its_name_and_the_time_in_every_revision() -> None:
    """As pyHanko does, whatever it writes."""
    upload = after(lambda writer: writer.update_root())
    assert [len(re.findall(rb"pdf:Producer=\"pyHanko", part)) for part in (signed_once(), upload)] == [1, 2]
    assert outcome(upload) == Outcome.PASSED


# --- the catalogue and the form ----------------------------------------------------------


def no_tags(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/MarkInfo"] = dictionary(Marked=generic.BooleanObject(False))
    writer.update_root()


def other_version(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/Version"] = pdf_name("/1.4")
    writer.update_root()


def drawn_anew(writer: IncrementalPdfFileWriter) -> None:
    form = writer.root["/AcroForm"]
    form["/NeedAppearances"] = generic.BooleanObject(True)
    writer.update_container(form)


def fonts(writer: IncrementalPdfFileWriter) -> None:
    form = writer.root["/AcroForm"]
    form["/DR"] = dictionary(Font=dictionary())
    writer.update_container(form)


@pytest.mark.parametrize("made", [before, after])
@pytest.mark.parametrize("change", [no_tags, other_version, drawn_anew, fonts])
def test_the_catalogue_and_the_form_stay(change: Change, made: Callable[[Change], bytes]) -> None:
    assert outcome(made(change)) == CHANGED


# --- evidence ----------------------------------------------------------------------------


def keeping(kind: str, content: bytes, **entries: generic.PdfObject) -> Change:
    def keep(writer: IncrementalPdfFileWriter) -> None:
        stream = writer.add_object(generic.StreamObject(dictionary(**entries), stream_data=content))
        store = dictionary(**{kind: generic.ArrayObject([stream])})
        writer.root["/DSS"] = writer.add_object(store)
        writer.update_root()

    return keep


def certificate() -> bytes:
    return authority.root().der


@pytest.mark.parametrize(
    ("kind", "content"), [("Certs", certificate), ("CRLs", lambda: authority.crl(authority.root()))]
)
def test_certificates_and_lists_are_kept(kind: str, content: Callable[[], bytes]) -> None:
    assert outcome(after(keeping(kind, content()))) == Outcome.PASSED


@pytest.mark.parametrize("made", [before, after])
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda writer: keeping("Certs", b"MZ 999,9")(writer), id="a program"),
        pytest.param(lambda writer: keeping("Certs", certificate() + b"999,9")(writer), id="bytes behind"),
        pytest.param(lambda writer: keeping("CRLs", certificate())(writer), id="a certificate for a list"),
        pytest.param(lambda writer: keeping("OCSPs", certificate())(writer), id="and for an answer"),
        pytest.param(
            lambda writer: keeping("Certs", certificate(), Sum=generic.pdf_string("999,9"))(writer),
            id="words beside it",
        ),
    ],
)
def test_nothing_else_is_kept_as_evidence(change: Change, made: Callable[[Change], bytes]) -> None:
    assert outcome(made(change)) == NO_EVIDENCE


def test_evidence_without_end_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_PARTS", 0)
    assert outcome(after(keeping("Certs", certificate()))) == NO_EVIDENCE


@cache
def stamped() -> bytes:
    """With evidence, and a stamp over it all."""
    return sign(
        holder=authority.person(kind="RSA"),
        stamper=authority.time_stamper(),
        embed_validation_info=True,
        use_pades_lta=True,
        validation_context=authority.validation_context(),
    )


def test_a_stamp_of_the_document_must_hold() -> None:
    """Anybody could write anything in its place, such as a signature of something."""
    first = stamped().rindex(b"/Contents <") + len(b"/Contents <")
    end = stamped().index(b">", first)
    upload = stamped()[:first] + p7s(b"Zvit").hex().encode().ljust(end - first, b"0") + stamped()[end:]
    assert (len(upload), outcome(stamped())) == (len(stamped()), Outcome.PASSED)
    assert outcome(upload) == f"{signed_pdf.FALSE_STAMP} {SIGN_APART}"


# --- places ------------------------------------------------------------------------------

Box = tuple[float, float, float, float]
BOX = (20, 20, 60, 40)


def numbers(*values: float) -> generic.ArrayObject:
    return generic.ArrayObject(map(generic.FloatObject, values))


def appearance(
    writer: IncrementalPdfFileWriter, content: bytes, **entries: generic.PdfObject
) -> generic.PdfObject:
    usual = {"Type": pdf_name("/XObject"), "Subtype": pdf_name("/Form"), "BBox": numbers(0, 0, 165, 34)}
    form = generic.StreamObject(dictionary(**(usual | entries)), stream_data=content)
    return dictionary(N=writer.add_object(form))


def new_field(
    box: Box | None, content: bytes | None = None, flags: int = 4, **entries: generic.PdfObject
) -> Change:
    """`content`: what is drawn there."""

    def add(writer: IncrementalPdfFileWriter) -> None:
        append_signature_field(writer, SigFieldSpec("Stamp", on_page=0, box=box))
        field = writer.root["/AcroForm"]["/Fields"][-1].get_object()
        field.update(dictionary(F=generic.NumberObject(flags), V=dictionary(), **entries))
        if content is not None:
            field["/AP"] = appearance(writer, content)

    return add


def our_field(flags: int = 4, box: Box | None = None, **entries: generic.PdfObject) -> Change:
    """The first one prepared, signed: with other flags, and other entries of what is drawn there."""

    def fill(writer: IncrementalPdfFileWriter) -> None:
        field = writer.root["/AcroForm"]["/Fields"][0].get_object()
        field["/AP"] = appearance(writer, b"0 0 165 34 re f", **entries)
        field["/F"] = generic.NumberObject(flags)
        if box:
            field["/Rect"] = numbers(*box)
        writer.update_container(field)

    return fill


def refused(change: Change) -> str:
    try:
        places.require_kept(PdfFileReader(io.BytesIO(updated(original(), change))), 0)
    except NotAccepted as refusal:
        return str(refusal)
    return ""


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(new_field(None), id="of no size"),
        pytest.param(new_field(BOX, b"% nothing\n", flags=2), id="hidden, with nothing to draw"),
        pytest.param(our_field(), id="ours"),
        pytest.param(our_field(flags=4 | 128), id="ours, locked"),
        pytest.param(our_field(BBox=numbers(0, 34, 165, 0)), id="ours, upside down"),
        pytest.param(our_field(Matrix=numbers(0, 1, -1, 0, 34, 0)), id="ours, turned"),
    ],
)
def test_a_signature_is_drawn_in_the_place_for_it_or_nowhere(change: Change) -> None:
    assert refused(change) == ""


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(new_field(BOX), id="seen"),
        pytest.param(new_field((20, 20, 20, 400)), id="a line"),
        pytest.param(new_field(BOX, b"0 0 9 9 re f", flags=2), id="hidden, with something to draw"),
        pytest.param(new_field(BOX, b"", flags=32 | 4), id="hidden, yet printed"),
    ],
)
def test_a_stamp_elsewhere_is_refused(change: Change) -> None:
    assert refused(change) == f"{places.ELSEWHERE} {places.SIGN_IN_PLACE}"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(our_field(flags=4 | 8), id="of a size that stays when the page shrinks"),
        pytest.param(our_field(box=(0, 0, 400, 300)), id="elsewhere"),
        pytest.param(our_field(BBox=numbers(0, 0, 0, 34)), id="in a box of no size"),
        pytest.param(our_field(BBox=numbers(0, 0, 1e9, 34)), id="in a boundless box"),
        pytest.param(our_field(Matrix=numbers(1, 0, 1, 1, 0, 0)), id="slanted"),
        pytest.param(our_field(Matrix=numbers(0, 0, 0, 0, 0, 0)), id="crushed"),
        pytest.param(our_field(Subtype=pdf_name("/Image")), id="no form"),
    ],
)
def test_what_is_drawn_in_our_place_stays_in_it(change: Change) -> None:
    assert refused(change) == f"{places.SPREAD} {places.SIGN_IN_PLACE}"


def test_a_script_under_a_signature_is_refused() -> None:
    words = dictionary(S=pdf_name("/JavaScript"), JS=generic.pdf_string("app.alert(1)"))
    assert refused(new_field(None, AA=dictionary(E=words))) == f"{places.ACTIVE} {SIGN_AGAIN}"


def visible(writer: IncrementalPdfFileWriter) -> None:
    append_signature_field(writer, SigFieldSpec("Stamp", on_page=0, box=BOX))


def test_a_good_signature_does_not_help_a_stamp_elsewhere() -> None:
    assert outcome(before(visible, field="Stamp")) == f"{places.ELSEWHERE} {places.SIGN_IN_PLACE}"


def test_a_field_that_nobody_signs_is_refused() -> None:
    assert outcome(before(visible)) == f"{places.ADDED} {places.SIGN_IN_PLACE}"
