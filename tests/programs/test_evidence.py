"""Evidence: what may be attached, by whom, how it is kept and how it is served."""

import datetime
import hashlib
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from programs.enums import EvidenceKind, ReportState
from programs.evidence import (
    MAX_FOR_RESULT,
    AlreadyAttached,
    EvidenceRefused,
    FileTooLarge,
    InvalidEvidence,
    NotStored,
    Particulars,
    attach_file,
    attach_link,
    bodies_of,
    download_name,
    withdraw,
)
from programs.file_types import DOCX, JPEG, PDF
from programs.models import AnnualReport, Evidence, Executor, MeasureResult, User
from tests import building, files
from tests.files import upload

pytestmark = pytest.mark.django_db

LINK = "https://zt-rada.gov.ua/novyna/7?a=1"


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    """Where files are kept; not there until the first is."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT


@pytest.fixture
def row() -> MeasureResult:
    """A measure of two bodies; neither answers for the programme."""
    program = building.program(measures=2, responsible=building.executor("Управління культури"))
    first, _ = building.results(program)
    for name in ("Департамент освіти", "Громадські організації"):
        first.measure.participations.create(executor=building.executor(name))
    return first


@pytest.fixture
def culture(row: MeasureResult) -> Executor:
    return row.report.program.responsible


@pytest.fixture
def education(row: MeasureResult) -> Executor:
    return building.executor("Департамент освіти")


@pytest.fixture
def clerk_here(culture: Executor) -> User:
    return building.appointed(building.user("clerk"), culture)


@pytest.fixture
def teacher(education: Executor) -> User:
    """Of a body that takes part in the first measure."""
    return building.appointed(building.user("teacher"), education)


def stored(media: Path) -> list[Path]:
    return sorted(path for path in media.rglob("*") if path.is_file())


def close(report: AnnualReport) -> None:
    AnnualReport.objects.filter(pk=report.pk).update(state=ReportState.ON_APPROVAL)


# --- the door: files ---------------------------------------------------------------------


def test_a_file_is_attached_with_who_when_and_what(
    row: MeasureResult, culture: Executor, clerk_here: User, media: Path
) -> None:
    made = attach_file(row, culture, upload(name="Лист про свято.PDF"), by=clerk_here)
    made = Evidence.objects.get(pk=made.pk)
    assert (made.kind, made.title, made.size) == (EvidenceKind.FILE, "Лист про свято", len(files.PDF))
    assert (made.content_type, made.sha256) == (PDF.content_type, hashlib.sha256(files.PDF).hexdigest())
    assert (made.result, made.executor, made.added_by) == (row, culture, clerk_here)
    assert [path.read_bytes() for path in stored(media)] == [files.PDF]
    assert [(one.history_type, one.history_user) for one in made.history.all()] == [("+", clerk_here)]


def test_the_file_lies_under_a_name_nobody_chose(
    row: MeasureResult, culture: Executor, clerk_here: User, media: Path
) -> None:
    attach_file(row, culture, upload(name="../../лист.pdf"), by=clerk_here)
    (path,) = stored(media)
    assert path.parent == media / "evidence" / str(row.report_id)
    assert len(path.name) == 32
    assert path.suffix == ""


def test_the_content_tells_the_kind_and_not_the_name(
    row: MeasureResult, culture: Executor, clerk_here: User
) -> None:
    photo = attach_file(row, culture, upload(files.picture("JPEG"), "фото.pdf"), by=clerk_here)
    assert (photo.content_type, download_name(photo)) == (JPEG.content_type, "фото.jpg")


def test_a_title_of_ones_own_is_cleaned(row: MeasureResult, culture: Executor, clerk_here: User) -> None:
    made = attach_file(row, culture, upload(), by=clerk_here, title=" Лист\r\n\u202eпро  свято\0 ")
    assert made.title == "Лист про свято"


def test_a_large_file_comes_from_the_disk(
    row: MeasureResult, culture: Executor, clerk_here: User, media: Path
) -> None:
    content = files.PDF[:-7] + b"%" * 3_000_000 + b"\n%%EOF\n"
    large = TemporaryUploadedFile("великий.pdf", "", len(content), None)
    large.write(content)
    attach_file(row, culture, large, by=clerk_here)
    large.close()
    assert [path.stat().st_size for path in stored(media)] == [len(content)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Файл порожній: у ньому немає жодного байта. Нічого не додано."),
        (
            b"<svg onload='alert(1)'/>",
            "За вмістом це зображення SVG, а додати можна лише PDF, Word (DOCX), Excel (XLSX), JPEG або PNG. "
            "Нічого не додано.",
        ),
    ],
)
def test_a_wrong_file_leaves_nothing(
    row: MeasureResult, culture: Executor, clerk_here: User, media: Path, content: bytes, sentence: str
) -> None:
    with pytest.raises(InvalidEvidence) as refused:
        attach_file(row, culture, upload(content), by=clerk_here)
    assert (str(refused.value), stored(media), Evidence.objects.count()) == (sentence, [], 0)


def test_a_file_over_the_cap_is_refused(
    row: MeasureResult, culture: Executor, clerk_here: User, media: Path, settings: Settings
) -> None:
    settings.EVIDENCE_MAX_MB = 1
    with pytest.raises(FileTooLarge) as refused:
        attach_file(row, culture, upload(files.PDF + b"\n" * 1024 * 1024), by=clerk_here)
    assert str(refused.value) == (
        "Файл більший за 1 МБ. Нічого не додано. "
        "Стисніть його або розділіть на частини, або додайте посилання."
    )
    assert stored(media) == []


def test_a_title_too_long_is_refused(row: MeasureResult, culture: Executor, clerk_here: User) -> None:
    with pytest.raises(InvalidEvidence) as refused:
        attach_file(row, culture, upload(), by=clerk_here, title="а" * 201)
    assert str(refused.value).startswith("Назва: ")
    assert str(refused.value).endswith(" Нічого не додано.")


def test_a_long_file_name_is_shortened(row: MeasureResult, culture: Executor, clerk_here: User) -> None:
    assert attach_file(row, culture, upload(name="а" * 250), by=clerk_here).title == "а" * 200


def test_the_same_file_twice_is_one(
    row: MeasureResult, culture: Executor, clerk_here: User, media: Path
) -> None:
    first = attach_file(row, culture, upload(), by=clerk_here, title="Лист")
    with pytest.raises(AlreadyAttached) as refused:
        attach_file(row, culture, upload(name="той самий.pdf"), by=clerk_here)
    assert refused.value.existing == first
    assert str(refused.value).startswith("Цей файл тут уже є: «Лист», ")
    assert (Evidence.objects.count(), len(stored(media))) == (1, 1)


def test_the_same_file_at_another_measure_is_another(
    row: MeasureResult, culture: Executor, clerk_here: User
) -> None:
    other = row.report.results.exclude(pk=row.pk).get()
    for result in (row, other):
        attach_file(result, culture, upload(), by=clerk_here)
    assert Evidence.objects.count() == 2


def test_a_withdrawn_file_may_come_again(row: MeasureResult, culture: Executor, clerk_here: User) -> None:
    withdraw(attach_file(row, culture, upload(), by=clerk_here), by=clerk_here)
    attach_file(row, culture, upload(), by=clerk_here)
    assert Evidence.objects.filter(withdrawn_at=None).count() == 1


def test_there_is_room_for_so_many(row: MeasureResult, culture: Executor, clerk_here: User) -> None:
    for number in range(MAX_FOR_RESULT):
        attach_link(row, culture, by=clerk_here, url=f"https://zt-rada.gov.ua/{number}")
    with pytest.raises(InvalidEvidence, match="До заходу вже додано 20 підтверджень"):
        attach_file(row, culture, upload(), by=clerk_here)


# --- the door: faults --------------------------------------------------------------------


def test_a_failed_transaction_leaves_no_file(
    row: MeasureResult, culture: Executor, clerk_here: User, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object, **kwargs: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(Evidence, "save", fails)
    with pytest.raises(DatabaseError):
        attach_file(row, culture, upload(), by=clerk_here)
    assert stored(media) == []


def test_who_was_a_moment_later_leaves_no_file(
    row: MeasureResult, culture: Executor, clerk_here: User, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report was submitted while the file was being examined and stored."""
    save = FileSystemStorage.save

    def saves(storage: FileSystemStorage, *args: object, **kwargs: object) -> str:
        close(row.report)
        return save(storage, *args, **kwargs)

    monkeypatch.setattr(FileSystemStorage, "save", saves)
    with pytest.raises(EvidenceRefused, match="Звіт у стані «На погодженні»"):
        attach_file(row, culture, upload(), by=clerk_here)
    assert (stored(media), Evidence.objects.count()) == ([], 0)


def test_a_failed_storage_leaves_neither_row_nor_half_a_file(
    row: MeasureResult, culture: Executor, clerk_here: User, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_full(storage: FileSystemStorage, name: str, content: object) -> str:
        path = Path(storage.path(name))
        path.parent.mkdir(parents=True)
        path.write_bytes(b"%PDF")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", is_full)
    with pytest.raises(NotStored, match="Сервер не зміг зберегти файл, тож нічого не додано"):
        attach_file(row, culture, upload(), by=clerk_here)
    assert (stored(media), Evidence.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_a_file_is_not_attached_inside_a_transaction(
    row: MeasureResult, culture: Executor, clerk_here: User, media: Path
) -> None:
    """The rollback would leave the file behind."""
    with pytest.raises(RuntimeError), transaction.atomic():
        attach_file(row, culture, upload(), by=clerk_here)
    assert stored(media) == []


# --- the door: links ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept", "title"),
    [
        (LINK, LINK, "zt-rada.gov.ua"),
        (" zt-rada.gov.ua/a ", "https://zt-rada.gov.ua/a", "zt-rada.gov.ua"),
        ("http://сайт.укр/звіт", "http://сайт.укр/звіт", "сайт.укр"),
    ],
)
def test_a_link_is_attached(
    row: MeasureResult, culture: Executor, clerk_here: User, typed: str, kept: str, title: str
) -> None:
    made = attach_link(row, culture, by=clerk_here, url=typed)
    assert (made.kind, made.url, made.title, made.file.name) == (EvidenceKind.LINK, kept, title, "")


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "javascript://zt-rada.gov.ua/%0Aalert(1)",
        "data:text/html,<script>",
        "ftp://zt-rada.gov.ua/",
        "file:///etc/passwd",
        "https://",
        "просто слова",
        "http://[::1",
        "https://zt-rada.gov.ua@evil.example/",
        "https://zt-rada.gov.ua/" + "a" * 1000,
    ],
)
def test_what_is_no_address_is_refused(
    row: MeasureResult, culture: Executor, clerk_here: User, typed: str
) -> None:
    with pytest.raises(InvalidEvidence) as refused:
        attach_link(row, culture, by=clerk_here, url=typed)
    assert str(refused.value).endswith(" Нічого не додано.")
    assert Evidence.objects.count() == 0


def test_the_same_link_twice_is_one(row: MeasureResult, culture: Executor, clerk_here: User) -> None:
    attach_link(row, culture, by=clerk_here, url=LINK)
    with pytest.raises(AlreadyAttached, match="Це посилання тут уже є: «zt-rada"):
        attach_link(row, culture, by=clerk_here, url=LINK)


# --- the door: what a document says of itself --------------------------------------------


ACT = Particulars(" №  15/2 ", datetime.date(2024, 3, 2), Decimal("42.35"))


def particulars_of(made: Evidence) -> tuple[str, datetime.date | None, Decimal | None]:
    made.refresh_from_db()
    return made.document_number, made.document_date, made.amount


def test_number_date_and_sum_are_kept(row: MeasureResult, culture: Executor, clerk_here: User) -> None:
    made = [
        attach_file(row, culture, upload(), by=clerk_here, particulars=ACT),
        attach_link(row, culture, by=clerk_here, url=LINK, particulars=ACT),
    ]
    assert [particulars_of(one) for one in made] == [("15/2", ACT.document_date, ACT.amount)] * 2
    assert made[0].history.get().amount == ACT.amount


def test_what_is_not_known_stays_blank(row: MeasureResult, culture: Executor, clerk_here: User) -> None:
    assert particulars_of(attach_link(row, culture, by=clerk_here, url=LINK)) == ("", None, None)


@pytest.mark.parametrize(
    ("particulars", "told"),
    [
        (Particulars(), ""),
        (ACT, "№ 15/2 від 02.03.2024, 42,35 тис. грн"),
        (Particulars("15"), "№ 15"),
        (Particulars(document_date=ACT.document_date), "від 02.03.2024"),
        (Particulars(amount=Decimal(0)), "0,0 тис. грн"),
    ],
)
def test_particulars_in_words(
    row: MeasureResult, culture: Executor, clerk_here: User, particulars: Particulars, told: str
) -> None:
    made = attach_link(row, culture, by=clerk_here, url=LINK, particulars=particulars)
    assert made.particulars.replace("\u00a0", " ") == told


@pytest.mark.parametrize(
    ("particulars", "sentence"),
    [
        (
            Particulars(amount=Decimal("-0.01")),
            "Сума, тис. грн: Сума не може бути від’ємною. Нічого не додано.",
        ),
        (
            Particulars(document_date=datetime.date(24, 3, 2)),
            "Дата документа: «02.03.0024»: рік має бути не раніший за 1991. Нічого не додано.",
        ),
    ],
)
def test_impossible_particulars_leave_nothing(
    row: MeasureResult,
    culture: Executor,
    clerk_here: User,
    media: Path,
    particulars: Particulars,
    sentence: str,
) -> None:
    with pytest.raises(InvalidEvidence) as refused:
        attach_file(row, culture, upload(), by=clerk_here, particulars=particulars)
    assert (str(refused.value), stored(media), Evidence.objects.count()) == (sentence, [], 0)


def test_a_document_of_today_is_taken_and_of_tomorrow_is_not(
    row: MeasureResult, culture: Executor, clerk_here: User
) -> None:
    today = timezone.localdate()
    attach_link(row, culture, by=clerk_here, url=LINK, particulars=Particulars(document_date=today))
    tomorrow = Particulars(document_date=today + datetime.timedelta(days=1))
    with pytest.raises(InvalidEvidence, match="ще не настало"):
        attach_file(row, culture, upload(), by=clerk_here, particulars=tomorrow)


def test_a_number_too_long_is_refused(row: MeasureResult, culture: Executor, clerk_here: User) -> None:
    with pytest.raises(InvalidEvidence, match="Номер документа: "):
        attach_link(row, culture, by=clerk_here, url=LINK, particulars=Particulars("1" * 61))


def test_the_database_keeps_no_negative_sum(row: MeasureResult, culture: Executor, clerk_here: User) -> None:
    made = attach_link(row, culture, by=clerk_here, url=LINK)
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.filter(pk=made.pk).update(amount=Decimal(-1))


# --- the door: rights --------------------------------------------------------------------


def test_the_department_adds_in_anyones_name(
    row: MeasureResult, clerk_here: User, culture: Executor, education: Executor
) -> None:
    assert bodies_of(clerk_here, row) == [culture, education, building.executor("Громадські організації")]


def test_a_body_adds_in_its_own_name_only(row: MeasureResult, teacher: User, education: Executor) -> None:
    assert bodies_of(teacher, row) == [education]


def test_a_body_adds_nothing_to_the_measures_of_others(
    row: MeasureResult, teacher: User, education: Executor, culture: Executor
) -> None:
    other = row.report.results.exclude(pk=row.pk).get()
    with pytest.raises(EvidenceRefused):
        attach_file(other, education, upload(), by=teacher)
    with pytest.raises(EvidenceRefused, match="від імені «Управління культури» тут не можна"):
        attach_file(row, culture, upload(), by=teacher)


def test_nothing_is_added_to_a_report_on_its_way(
    row: MeasureResult, culture: Executor, clerk_here: User, media: Path
) -> None:
    close(row.report)
    row.report.refresh_from_db()
    with pytest.raises(EvidenceRefused, match="Звіт у стані «На погодженні»: підтвердження вже не змінюють"):
        attach_file(row, culture, upload(), by=clerk_here)
    assert stored(media) == []


def test_withdrawing_keeps_the_file_and_says_who(
    row: MeasureResult, education: Executor, teacher: User, clerk_here: User, media: Path
) -> None:
    gone = withdraw(attach_file(row, education, upload(), by=teacher), by=clerk_here)
    assert gone.withdrawn_by == clerk_here
    assert gone.withdrawn_at is not None
    assert [one.history_user for one in gone.history.order_by("history_id")] == [teacher, clerk_here]
    assert len(stored(media)) == 1


def test_withdrawing_twice_changes_nothing(row: MeasureResult, culture: Executor, clerk_here: User) -> None:
    made = attach_link(row, culture, by=clerk_here, url=LINK)
    first, second = withdraw(made, by=clerk_here), withdraw(made, by=clerk_here)
    assert (first.withdrawn_at, made.history.count()) == (second.withdrawn_at, 2)


def test_a_body_withdraws_its_own_only(
    row: MeasureResult, culture: Executor, education: Executor, teacher: User, clerk_here: User
) -> None:
    with pytest.raises(EvidenceRefused, match="лише те, що додав ваш підрозділ"):
        withdraw(attach_link(row, culture, by=clerk_here, url=LINK), by=teacher)
    assert withdraw(attach_file(row, education, upload(), by=teacher), by=teacher).withdrawn_by == teacher


def test_nothing_is_withdrawn_from_a_report_on_its_way(
    row: MeasureResult, culture: Executor, clerk_here: User
) -> None:
    made = attach_link(row, culture, by=clerk_here, url=LINK)
    close(row.report)
    with pytest.raises(EvidenceRefused, match="Звіт у стані «На погодженні»"):
        withdraw(made, by=clerk_here)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Лист", "Лист.docx"),
        ("Лист.docx", "Лист.docx"),
        ('a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j.docx"),
        ("...", "Файл.docx"),
        (".docx", "docx.docx"),
    ],
)
def test_the_name_of_a_download(title: str, name: str) -> None:
    assert download_name(Evidence(title=title, content_type=DOCX.content_type)) == name


# --- pages -------------------------------------------------------------------------------


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(result: MeasureResult) -> str:
    return reverse("row_evidence", args=[result.report.program.public_id, result.report.year, result.pk])


def file_address(made: Evidence, name: str = "evidence_file") -> str:
    report = made.result.report
    return reverse(name, args=[report.program.public_id, report.year, made.pk])


@pytest.fixture
def letter(row: MeasureResult, culture: Executor, clerk_here: User) -> Evidence:
    return attach_file(row, culture, upload(), by=clerk_here, title='Лист "про свято"')


def test_a_file_is_added_on_the_page(row: MeasureResult, clerk_here: User) -> None:
    response = signed_in(clerk_here).post(address(row), {"file": upload(name="Акт.pdf")}, follow=True)
    assert response.redirect_chain == [(address(row), 302)]
    assert "Додано: «Акт»." in response.content.decode()
    assert Evidence.objects.get().executor == row.report.program.responsible


def test_a_link_is_added_in_the_row(row: MeasureResult, teacher: User, education: Executor) -> None:
    response = signed_in(teacher).post(
        address(row), {"url": LINK, "title": "Новина"}, headers={"HX-Request": "true"}
    )
    page = response.content.decode()
    assert response.status_code == 200
    assert page.lstrip().startswith("<section")
    assert (
        f'<a href="{LINK.replace("&", "&amp;")}" target="_blank" rel="noopener noreferrer">Новина</a>' in page
    )
    assert "посилання на zt-rada.gov.ua" in page
    assert Evidence.objects.get().executor == education


@pytest.mark.parametrize("hx", [{}, {"HX-Request": "true"}])
@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        ({}, 422, "Виберіть файл або вставте посилання. Поки що нічого не додано."),
        ({"url": "слова"}, 422, "Це не адреса сторінки."),
        ({"url": LINK, "file": b"%PDF-"}, 422, "Файл і посилання додайте по черзі."),
        ({"file": b"MZ"}, 422, "За вмістом це програма для Windows (EXE)"),
        ({"url": LINK, "executor": "999999"}, 422, "Виберіть зі списку, від кого це підтвердження."),
        ({"file": files.PDF}, 409, "Цей файл тут уже є: «Лист &quot;про свято&quot;», "),
    ],
)
def test_a_refusal_keeps_what_was_typed(
    letter: Evidence,
    clerk_here: User,
    sent: dict[str, object],
    status: int,
    sentence: str,
    hx: dict[str, str],
) -> None:
    data = {name: upload(one) if isinstance(one, bytes) else one for name, one in sent.items()}
    response = signed_in(clerk_here).post(address(letter.result), {**data, "title": "Моя назва"}, headers=hx)
    page = response.content.decode()
    assert response.status_code == status
    assert sentence in page
    assert 'value="Моя назва"' in page
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("42 350,00 грн", Decimal("42.35")),
        ("42,35", Decimal("42.35")),
        ("0", Decimal(0)),
        (" ", None),
    ],
)
def test_a_sum_is_typed_as_people_write_it(
    row: MeasureResult, clerk_here: User, typed: str, kept: Decimal | None
) -> None:
    signed_in(clerk_here).post(address(row), {"url": LINK, "amount": typed})
    assert Evidence.objects.get().amount == kept


def test_particulars_stand_in_the_list(row: MeasureResult, clerk_here: User) -> None:
    client = signed_in(clerk_here)
    sent = {"file": upload(), "document_number": "15", "document_date": "2024-03-02", "amount": "42,4"}
    page = client.post(address(row), sent, follow=True).content.decode()
    made = Evidence.objects.get()
    assert "<p>№ 15 від 02.03.2024, 42,4 тис. грн</p>" in page.replace("\u00a0", " ")
    page = client.post(file_address(made, "withdraw_evidence"), follow=True).content.decode()
    assert "<s>Лист, № 15 від 02.03.2024, 42,4 тис. грн</s>" in page.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        (
            "amount",
            "1.234,5",
            "«1.234,5»: у числі більше ніж одна кома чи крапка. Тисячі відокремлюйте пробілом, "
            "дробову частину – комою, наприклад «1 234,5».",
        ),
        ("amount", "багато", "«багато» не є числом. Уведіть, наприклад, «1 234,5»."),
        ("amount", "-5", "«-5»: сума не може бути від’ємною."),
        ("amount", "5,001 грн", "«5,001»: після коми можна не більше 2 знаків."),
        ("document_date", "31.02.2024", "Такої дати немає. Уведіть, наприклад, «02.03.2024»."),
        ("document_date", "0024-03-02", "«02.03.0024»: рік має бути не раніший за 1991."),
        ("document_number", "1" * 61, "60"),
    ],
)
def test_a_wrong_particular_is_told_beside_its_field(
    row: MeasureResult, clerk_here: User, media: Path, field: str, typed: str, sentence: str
) -> None:
    right = {"document_number": "15", "document_date": "2024-03-02", "amount": "42,4", "title": "Акт"}
    response = signed_in(clerk_here).post(
        address(row), {**right, field: typed, "file": upload()}, headers={"HX-Request": "true"}
    )
    form = response.context["particulars"]
    page = response.content.decode()
    assert (response.status_code, stored(media), list(form.errors)) == (422, [], [field])
    assert sentence in form.errors[field][0]
    assert f'id="evidence-{row.pk}-{field}_error">{form.errors[field][0]}</span>' in page
    assert f'aria-describedby="evidence-{row.pk}-{field}' in page
    for value in (right | {field: typed}).values():
        assert f'value="{value}"' in page
    assert '<details class="evidence-particulars" open>' in page


@pytest.mark.parametrize(("hx", "asked_again"), [({}, True), ({"HX-Request": "true"}, False)])
def test_a_file_is_asked_again_only_where_the_browser_loses_it(
    row: MeasureResult, clerk_here: User, hx: dict[str, str], asked_again: bool
) -> None:
    response = signed_in(clerk_here).post(address(row), {"file": upload(), "amount": "?"}, headers=hx)
    page = response.content.decode()
    assert ("Нічого не додано. Файл виберіть ще раз." in page) is asked_again
    assert 'hx-preserve="true"' in page


def test_the_particulars_are_folded_until_something_is_typed(row: MeasureResult, clerk_here: User) -> None:
    client = signed_in(clerk_here)
    assert '<details class="evidence-particulars">' in client.get(address(row)).content.decode()
    refused = client.post(address(row), {"amount": "5"}).content.decode()
    assert '<details class="evidence-particulars" open>' in refused
    assert 'name="amount" value="5"' in refused


def test_a_file_over_the_cap_is_dropped_while_it_arrives(
    row: MeasureResult, clerk_here: User, settings: Settings, media: Path
) -> None:
    settings.EVIDENCE_MAX_MB = 1
    large = upload(files.PDF + b"\n" * 4 * 1024 * 1024)
    response = signed_in(clerk_here).post(address(row), {"file": large, "title": "Великий"})
    assert response.status_code == 413
    assert "Файл більший за 1 МБ." in response.content.decode()
    assert 'value="Великий"' in response.content.decode()
    assert response.wsgi_request.FILES == {}
    assert stored(media) == []


def test_a_stale_page_is_told_of_the_reports_state(row: MeasureResult, clerk_here: User) -> None:
    close(row.report)
    response = signed_in(clerk_here).post(address(row), {"file": upload()})
    assert response.status_code == 409
    assert "Звіт у стані «На погодженні»" in response.content.decode()


def test_a_reader_sees_the_list_and_no_form(letter: Evidence) -> None:
    reader = building.user("auditor", is_auditor=True)
    page = signed_in(reader).get(address(letter.result)).content.decode()
    assert file_address(letter) in page
    assert "Додати підтвердження" not in page
    assert "Вилучити" not in page
    response = signed_in(reader).post(address(letter.result), {"file": upload()})
    assert response.status_code == 403


def test_a_body_sees_the_button_at_its_own_only(letter: Evidence, teacher: User, education: Executor) -> None:
    own = attach_link(letter.result, education, by=teacher, url=LINK)
    page = signed_in(teacher).get(address(letter.result)).content.decode()
    shown = [file_address(one, "withdraw_evidence") in page for one in (own, letter)]
    assert shown == [True, False]


def test_a_row_of_another_programme_is_no_page(row: MeasureResult) -> None:
    outsider = building.appointed(building.user("outsider"), building.executor("Інше управління"))
    client = signed_in(outsider)
    assert (client.get(address(row)).status_code, client.post(address(row)).status_code) == (404, 404)


def test_a_row_of_another_report_is_no_page(row: MeasureResult, clerk_here: User) -> None:
    admin = User.objects.get(is_program_admin=True)
    other = AnnualReport.objects.create(program=row.report.program, year=2023, created_by=admin)
    row.report = other
    assert signed_in(clerk_here).get(address(row)).status_code == 404


def test_withdrawing_on_the_page(letter: Evidence, clerk_here: User) -> None:
    client = signed_in(clerk_here)
    response = client.post(file_address(letter, "withdraw_evidence"), follow=True)
    page = response.content.decode()
    assert "Вилучено: «Лист &quot;про свято&quot;»." in page
    assert "<s>Лист &quot;про свято&quot;</s>" in page
    assert client.get(file_address(letter)).status_code == 404
    assert client.get(file_address(letter, "withdraw_evidence")).status_code == 405


def test_withdrawing_is_refused_to_others(letter: Evidence, teacher: User) -> None:
    assert signed_in(teacher).post(file_address(letter, "withdraw_evidence")).status_code == 403
    close(letter.result.report)
    clerk = letter.added_by
    assert signed_in(clerk).post(file_address(letter, "withdraw_evidence")).status_code == 409


def test_the_list_costs_the_same_with_one_file_and_with_many(
    letter: Evidence, clerk_here: User, education: Executor
) -> None:
    client, costs = signed_in(clerk_here), []
    for number in range(0, 15, 7):
        with CaptureQueriesContext(connection) as queries:
            client.get(address(letter.result))
        costs.append(len(queries))
        for other in range(6):
            attach_link(letter.result, education, by=clerk_here, url=f"{LINK}{number}{other}")
    assert costs == costs[:1] * 3


# --- downloads ---------------------------------------------------------------------------


def test_a_file_is_only_ever_downloaded(letter: Evidence, teacher: User) -> None:
    response = signed_in(teacher).get(file_address(letter))
    assert b"".join(response) == files.PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Length"] == str(len(files.PDF))
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''" + quote("Лист _про свято_.pdf")
    )
    assert "sandbox" in response["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in response["Content-Security-Policy"].split("; ")
    assert "no-store" in response["Cache-Control"]


def test_a_link_is_no_file(row: MeasureResult, culture: Executor, clerk_here: User) -> None:
    made = attach_link(row, culture, by=clerk_here, url=LINK)
    assert signed_in(clerk_here).get(file_address(made)).status_code == 404


def test_a_lost_file_is_told_in_words(
    letter: Evidence, clerk_here: User, media: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stored(media)[0].unlink()
    response = signed_in(clerk_here).get(file_address(letter))
    assert response.status_code == 404
    assert "на сервері немає. Скажіть про це системному адміністраторові." in response.content.decode()
    assert caplog.records[0].getMessage() == f"The file of evidence {letter.pk} is not in the storage"


@pytest.fixture(params=["outsider", "system administrator", "nobody"])
def who_may_not_read(request: pytest.FixtureRequest, letter: Evidence) -> Client:
    client = Client()
    if request.param == "outsider":
        client = signed_in(
            building.appointed(building.user("outsider"), building.executor("Інше управління"))
        )
    elif request.param == "system administrator":
        client = signed_in(building.user("admin-of-systems", is_system_admin=True))
    return client


def test_a_file_is_no_ones_business(letter: Evidence, who_may_not_read: Client) -> None:
    response = who_may_not_read.get(file_address(letter))
    assert response.status_code in (302, 404)
    assert not response.streaming


def test_no_address_leads_to_the_folder_of_files(letter: Evidence, clerk_here: User) -> None:
    client = signed_in(clerk_here)
    for place in (
        letter.file.name,
        f"uploads/{letter.file.name}",
        f"media/{letter.file.name}",
        f"static/{letter.file.name}",
    ):
        assert client.get(f"/{place}").status_code == 404
