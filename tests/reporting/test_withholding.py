"""Before publication: what the head is shown, accepts, holds back; and that nothing of the latter leaks."""

import re
import zipfile
from collections.abc import Callable
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from programs import append_only, editions, journal, stored_bytes, workflow
from programs.editions import CheckedSignature, SignedUpload
from programs.enums import FrozenForm, PublicForm, SignedKind, WithheldScope, WithholdingGround
from programs.models import (
    AnnualReport,
    Edition,
    Measure,
    MeasureResult,
    Publication,
    PublicCopyFile,
    User,
    Withholding,
)
from programs.withholding import Withheld
from reporting import public, publishing, renderers
from reporting.document import from_json, to_json
from reporting.fonts import PrintingUnavailable
from reporting.opendata.files import all_files
from reporting.redacting import redacted
from reporting.standing import frozen_document
from tests import agreeing, submitting
from tests.agreeing import agree_unprinted, now, reopen, sign_on_paper
from tests.files import picture

pytestmark = pytest.mark.django_db

PAGE = "/programs/15-2019-11-05/2024/publish/"
REPORT = "/programs/15-2019-11-05/2024/"
PUBLIC = "/public/15-2019-11-05/2024/"
PHONE = "067 123 45 67"
SECRET = f"Допомогу отримала Таємниця за тел. {PHONE}, прийшла 1 особа."
WHERE = "Захід на вул. Потаємній, 5"
FOUND = ["вул. Потаємній, 5", "тел. 47-12-34", PHONE, "1 особа"]
REASON = "За малою кількістю осіб людину впізнають."
GROUND = WithholdingGround.PERSONAL_DATA


@pytest.fixture(autouse=True)
def switched_on(settings: Settings) -> None:
    settings.PUBLIC_REPORTS = True


@pytest.fixture
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a PDF's place its document: it would show whatever leaks, and takes no time."""
    monkeypatch.setattr("reporting.renderers.pdf.render", lambda document: b"%PDF-" + to_json(document))


@pytest.fixture
def small() -> tuple[AnnualReport, User]:
    """Two measures; of the second both the title and the information are nobody's business."""
    report, head = agreeing.small_report(measures=2)
    second = Measure.objects.get(number=2)
    Measure.objects.filter(pk=second.pk).update(title=WHERE, executors_text="Служба, тел. 47-12-34")
    MeasureResult.objects.filter(measure=second).update(narrative=SECRET)
    return report, head


@pytest.fixture
def report(small: tuple[AnnualReport, User]) -> AnnualReport:
    return small[0]


@pytest.fixture
def head(small: tuple[AnnualReport, User]) -> User:
    return small[1]


@pytest.fixture
def edition(report: AnnualReport, head: User) -> Edition:
    """Signed, electronically and on paper; not published."""
    return signed(report, head)


def signed(report: AnnualReport, head: User) -> Edition:
    submitting.submit(report, head)
    frozen = agree_unprinted(report, head, pdf=b"%PDF-" + SECRET.encode())
    tiers = {
        name: {"outcome": "passed", "sentence": ""} for name in ("content", "mathematics", "trust", "person")
    }
    editions.attach_signed(
        report,
        by=head,
        seen=now(report).version,
        frozen=frozen,
        upload=SignedUpload(SignedKind.PADES, b"%PDF- /Contents <00> " + SECRET.encode(), "application/pdf"),
        signatures=[CheckedSignature(1, "Приклад Олена", True, True, {"tiers": tiers})],
    )
    return sign_on_paper(report, head).edition


@pytest.fixture
def desk(head: User) -> Client:
    client = Client()
    client.force_login(head)
    return client


def text_of(response: HttpResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def keys(page: HttpResponse) -> list[str]:
    return re.findall(r'name="accepted" value="(\w+)"', page.content.decode())


def whole(place: int = 2, scope: WithheldScope = WithheldScope.TEXTS, **changes: Any) -> Withheld:
    given = {"place": place, "number": f"1.{place}", "scope": scope, "ground": GROUND, "text": REASON}
    return Withheld(**given | changes)


def held_back(report: AnnualReport, head: User, *rows: Withheld) -> Publication:
    return publishing.publish_report(report, by=head, seen=now(report).version, withheld=rows or [whole()])


def form(report: AnnualReport, **changes: Any) -> dict[str, Any]:
    """As the page sends it with the second row held back; a name's underscore stands for its hyphen."""
    typed = {"scope-2": "texts", "ground-2": "personal_data", "reason-2": REASON}
    typed |= {name.replace("_", "-"): value for name, value in changes.items()}
    return {"seen": now(report).version, "row": "2", **typed}


# --- what the head is shown --------------------------------------------------------------


def test_each_place_is_shown_marked_with_its_reason(edition: Edition, desk: Client) -> None:
    page = desk.get(PAGE).content.decode()
    assert re.findall(r"<mark>(.*?)</mark>", page) == FOUND
    assert "Гаряча лінія чи телефон установи може лишитися." in page


def test_the_frozen_text_is_looked_at_and_not_the_rows(edition: Edition, desk: Client) -> None:
    MeasureResult.objects.update(narrative="Нічого особливого.")
    assert f"<mark>{PHONE}</mark>" in desk.get(PAGE).content.decode()


def test_where_nothing_is_found_one_button_is_left(report: AnnualReport, head: User, desk: Client) -> None:
    Measure.objects.update(title="Захід", executors_text="")
    MeasureResult.objects.update(narrative="Проведено.")
    signed(report, head)
    page = desk.get(PAGE)
    assert (keys(page), "й не знайшов телефонів" in text_of(page)) == ([], True)
    desk.post(PAGE, {"seen": now(report).version})
    assert Publication.objects.count() == 1


def test_what_is_not_signed_yet_has_no_such_page(report: AnnualReport, head: User, desk: Client) -> None:
    submitting.submit(report, head)
    agree_unprinted(report, head)
    response = desk.get(PAGE)
    assert (response.status_code, "Оприлюднити ще не можна" in text_of(response)) == (409, True)


# --- shown early, while it is easily changed ------------------------------------------------

EARLY = "Перед оприлюдненням портал запитає про це ще раз; зараз це легко змінити."


def places(page: HttpResponse) -> list[tuple[str, str]]:
    """Where each finding leads, and what it marks."""
    lines = re.findall(r'<p class="kind-of">.*?</mark>', page.content.decode(), re.DOTALL)
    return [
        ("".join(re.findall(r'href="(.*?)"', line)), *re.findall(r"<mark>(.*?)</mark>", line))
        for line in lines
    ]


def marked(page: HttpResponse) -> list[str]:
    return [words for _, words in places(page)]


@pytest.mark.usefixtures("report")
def test_before_submission_each_place_leads_to_its_row_and_stops_nobody(desk: Client) -> None:
    page = desk.get(REPORT + "submit/")
    assert places(page) == [(REPORT + "entry/#row-1.2", words) for words in FOUND]
    assert ("Що може вказувати на людину: 4" in text_of(page), EARLY in text_of(page)) == (True, True)
    assert 'id="submit-form"' in page.content.decode()


def test_on_review_the_submitted_text_is_looked_at(report: AnnualReport, head: User, desk: Client) -> None:
    submitting.submit(report, head)
    MeasureResult.objects.update(narrative="Нічого особливого.")
    page = desk.get(REPORT + "review/")
    assert places(page) == [(REPORT + "#m-1.2", words) for words in FOUND]
    assert EARLY in text_of(page)


def test_the_same_is_shown_early_as_before_publication(
    report: AnnualReport, head: User, desk: Client
) -> None:
    before = marked(desk.get(REPORT + "submit/"))
    submitting.submit(report, head)
    reviewed = marked(desk.get(REPORT + "review/"))
    agree_unprinted(report, head)
    agreed = marked(desk.get(REPORT + "review/"))
    sign_on_paper(report, head)
    assert (before, reviewed, agreed, marked(desk.get(PAGE))) == (FOUND, FOUND, [], FOUND)


def test_where_nothing_is_found_nothing_is_shown_early(
    report: AnnualReport, head: User, desk: Client
) -> None:
    Measure.objects.update(title="Захід", executors_text="")
    MeasureResult.objects.update(narrative="Проведено.")
    before = text_of(desk.get(REPORT + "submit/"))
    submitting.submit(report, head)
    assert ["вказувати на людину" in told for told in (before, text_of(desk.get(REPORT + "review/")))] == [
        False,
        False,
    ]


# --- accepting ---------------------------------------------------------------------------


def test_what_was_not_accepted_is_not_published(report: AnnualReport, edition: Edition, desk: Client) -> None:
    first, *_ = shown = keys(desk.get(PAGE))
    response = desk.post(PAGE, {"seen": now(report).version, "accepted": [first]})
    assert response.status_code == 409
    assert "про кожне знайдене місце (3) вирішіть" in text_of(response)
    ticked = re.findall(r'name="accepted" value="(\w+)"[^>]* checked', response.content.decode())
    assert (ticked, keys(response), Publication.objects.count()) == ([first], shown, 0)


def test_what_was_accepted_is_published_and_on_record_without_its_words(
    report: AnnualReport, edition: Edition, desk: Client
) -> None:
    desk.post(PAGE, {"seen": now(report).version, "accepted": keys(desk.get(PAGE))})
    details = report.events.latest("number").details
    assert details["accepted"] == [
        {"row": "1.2", "kind": "address", "count": 1},
        {"row": "1.2", "kind": "phone", "count": 2},
        {"row": "1.2", "kind": "few_people", "count": 1},
    ]
    assert {"withheld", "public_files"} & details.keys() == set()
    assert PHONE not in str(details)
    told = text_of(desk.get(f"{REPORT}journal/"))
    assert "Захід 1.2: номер телефону, місць 2; переглянуто й оприлюднено як є." in told


def test_what_was_accepted_of_one_document_is_not_accepted_of_another(
    report: AnnualReport, edition: Edition, head: User, desk: Client
) -> None:
    """A number at the same place, but another one; even the same one in another document."""
    accepted = keys(desk.get(PAGE))
    reopen(report, head)
    MeasureResult.objects.filter(measure__number=1).update(narrative="Проведено двічі.")
    signed(report, head)
    response = desk.post(PAGE, {"seen": now(report).version, "accepted": accepted})
    assert (response.status_code, Publication.objects.count()) == (409, 0)


def test_a_page_that_others_have_overtaken_publishes_nothing(
    report: AnnualReport, edition: Edition, head: User, desk: Client
) -> None:
    page = desk.get(PAGE)
    seen = now(report).version
    sign_on_paper(report, head, content=picture("JPEG"))
    response = desk.post(PAGE, {"seen": seen, "accepted": keys(page)})
    assert (response.status_code, "звіт змінили" in text_of(response), Publication.objects.count()) == (
        409,
        True,
        0,
    )


# --- holding back ------------------------------------------------------------------------


@pytest.mark.usefixtures("unprinted")
def test_a_row_that_is_held_back_needs_no_tick(report: AnnualReport, edition: Edition, desk: Client) -> None:
    desk.post(PAGE, form(report))
    assert Withholding.objects.values("place", "number", "scope", "ground", "text").get() == {
        "place": 2,
        "number": "1.2",
        "scope": "texts",
        "ground": "personal_data",
        "text": REASON,
    }


def test_holding_back_the_information_alone_leaves_the_other_cells_to_be_accepted(
    report: AnnualReport, edition: Edition, desk: Client
) -> None:
    response = desk.post(PAGE, form(report, scope_2="information"))
    assert "про кожне знайдене місце (2) вирішіть" in text_of(response)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"scope_2": ""}, "Оберіть, що приховати, або приберіть підставу й пояснення."),
        ({"scope_2": "money"}, "Оберіть, що приховати, або приберіть підставу й пояснення."),
        ({"ground_2": ""}, "Оберіть підставу."),
        ({"ground_2": "because"}, "Оберіть підставу."),
        ({"reason_2": " \u200b. "}, "Напишіть, чому це не оприлюднюють."),
        (
            {"reason_2": "Просила Іваненко Марія, тел. 47-12-34."},
            "Пояснення читатимуть усі, а в ньому є ім’я людини. Напишіть без цього.",
        ),
        ({"reason_2": "а" * 501}, "Пояснення задовге: 501 знаків, а можна не більше 500."),
    ],
)
def test_what_lacks_is_said_at_its_row_and_all_that_was_typed_stays(
    changes: dict[str, str], told: str, report: AnnualReport, edition: Edition, desk: Client
) -> None:
    response = desk.post(PAGE, form(report, **changes))
    assert re.findall(r'id="error-2" role="alert">(.*?)</p>', response.content.decode()) == [told]
    assert (response.status_code, Publication.objects.count()) == (422, 0)


def test_any_row_can_be_added_and_what_was_typed_stays(
    report: AnnualReport, edition: Edition, desk: Client
) -> None:
    before = desk.get(PAGE).content.decode()
    after = desk.post(PAGE, form(report, step="add", other="1")).content.decode()
    assert [re.findall(r'name="row" value="(\d)"', page) for page in (before, after)] == [["2"], ["1", "2"]]
    assert f'value="{REASON}"' in after
    assert Publication.objects.count() == 0


def test_a_row_that_the_document_has_not_is_no_row(
    report: AnnualReport, edition: Edition, desk: Client
) -> None:
    response = desk.post(PAGE, form(report, step="add", other="99") | {"row": ["2", "x", "-1"]})
    assert re.findall(r'name="row" value="(\d+)"', response.content.decode()) == ["2"]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([whole(), whole()], "Рядок приховано двічі."),
        ([whole(text=" ")], "Захід 1.2. Напишіть, чому це не оприлюднюють."),
        (
            [whole(text="Телефон 067 123 45 67")],
            "Захід 1.2. Пояснення читатимуть усі, а в ньому є номер телефону.",
        ),
        ([whole(text="а" * 501)], "Захід 1.2: "),
        ([whole(place=3)], "Заходу 1.3 на цьому місці документа немає."),
        ([whole(number="1.1")], "Заходу 1.1 на цьому місці документа немає."),
    ],
)
def test_the_door_takes_no_row_that_cannot_be(
    rows: list[Withheld], told: str, report: AnnualReport, edition: Edition, head: User
) -> None:
    with pytest.raises(workflow.NotWhole) as refused:
        held_back(report, head, *rows)
    assert str(refused.value).startswith(told)
    assert Publication.objects.count() == 0


def test_when_it_cannot_be_printed_nothing_is_published(
    report: AnnualReport, edition: Edition, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_font(document: object) -> bytes:
        raise PrintingUnavailable("Немає шрифту.")

    monkeypatch.setattr("reporting.renderers.pdf.render", no_font)
    response = desk.post(PAGE, form(report))
    assert (response.status_code, Publication.objects.count(), Withholding.objects.count()) == (503, 0, 0)


@pytest.mark.usefixtures("unprinted")
def test_the_next_edition_begins_with_what_this_one_holds_back(
    report: AnnualReport, edition: Edition, head: User, desk: Client
) -> None:
    held_back(report, head, whole(), whole(place=1, scope=WithheldScope.INFORMATION, text="Інше."))
    reopen(report, head)
    signed(report, head)
    page = desk.get(PAGE).content.decode()
    chosen = re.findall(r'name="(scope-\d)" value="(\w*)" checked', page)
    assert chosen == [("scope-1", "information"), ("scope-2", "texts")]
    assert re.findall(r'name="reason-\d"[^>]* value="([^"]*)"', page) == ["Інше.", REASON]


# --- the copy ----------------------------------------------------------------------------


def test_the_copy_says_so_and_keeps_every_sum(edition: Edition) -> None:
    document = frozen_document(edition.frozen)
    copy = redacted(document, [whole()])
    (first, was), (hidden, hidden_was) = zip(copy.rows, document.rows, strict=True)
    assert first == was
    assert (hidden.content, hidden.measure, hidden.executors) == (
        "1.2. Не оприлюднюється",
        "Не оприлюднюється",
        "Не оприлюднюється",
    )
    assert hidden.information == (
        "Не оприлюднюється: персональні дані (Закон України «Про захист персональних даних»). "
        "За малою кількістю осіб людину впізнають."
    )
    assert (hidden.planned, hidden.actual, hidden.financed, hidden.percent, hidden.term) == (
        hidden_was.planned,
        hidden_was.actual,
        hidden_was.financed,
        hidden_was.percent,
        hidden_was.term,
    )
    assert (copy.totals, copy.signatures, copy.seal) == (document.totals, document.signatures, None)
    assert copy.marks == ("ПУБЛІЧНА КОПІЯ РЕДАКЦІЇ 1: без частини текстів (1.2)",)


def test_of_the_information_alone_the_other_texts_stay(edition: Edition) -> None:
    copy = redacted(frozen_document(edition.frozen), [whole(scope=WithheldScope.INFORMATION)])
    assert (copy.rows[1].measure, copy.rows[1].executors) == (WHERE, "Служба, тел. 47-12-34")
    assert SECRET not in to_json(copy).decode()


def test_the_copy_is_really_printed_and_holds_nothing_of_it(
    report: AnnualReport, edition: Edition, head: User
) -> None:
    held_back(report, head)
    pdf = pypdf.PdfReader(BytesIO(bytes(PublicCopyFile.objects.get(form=PublicForm.PDF).content)))
    text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    inside = {name: contents[0] for name, contents in pdf.attachments.items()}
    assert ("ПУБЛІЧНА КОПІЯ РЕДАКЦІЇ 1" in text, "Відбиток" in text, PHONE in text) == (True, False, False)
    assert sorted(inside) == ["report.json", "report.xlsx"]
    assert [leaked(content) for content in inside.values()] == [[], []]
    assert pdf.get_fields() in (None, {})


# --- leaks -------------------------------------------------------------------------------


SIGNS = ("Таємниця", PHONE, "Потаємній", "47-12-34")


def leaked(content: bytes) -> list[str]:
    """What of the withheld texts stands in a file, inside a workbook too."""
    parts = [content]
    if content[:2] == b"PK" and zipfile.is_zipfile(BytesIO(content)):
        archive = zipfile.ZipFile(BytesIO(content))
        parts += [archive.read(name) for name in archive.namelist()]
    text = unescape(" ".join(part.decode(errors="replace") for part in parts))
    return [sign for sign in SIGNS if sign in text]


def test_the_finder_of_leaks_finds_them(edition: Edition) -> None:
    document = frozen_document(edition.frozen)
    for name in ("json", "csv", "xlsx", "html"):
        assert leaked(renderers.render(document, name)) == list(SIGNS)


@pytest.mark.usefixtures("unprinted")
def test_what_is_held_back_stands_at_no_address(
    report: AnnualReport, edition: Edition, head: User, settings: Settings, tmp_path: Path
) -> None:
    settings.PUBLIC_SIGNATURE_FILES = True
    settings.OPENDATA_FOLDER = tmp_path
    held_back(report, head)
    files = [file.pk for file in edition.signed_files.all()]
    fingerprint = edition.frozen.fingerprint
    places = [f"{place}{name}" for place in (PUBLIC, f"{PUBLIC}editions/1/") for name in ("", "signed.pdf")]
    places += [
        f"{place}report.{name}"
        for place in (PUBLIC, f"{PUBLIC}editions/1/", REPORT, f"{REPORT}editions/1/")
        for name in ("pdf", "xlsx", "csv", "json", "html", "docx")
    ]
    places += [f"{REPORT}editions/1/signed/{pk}/" for pk in files]
    places += ["/public/", f"/verify/{fingerprint}/", f"/verify/?sha256={fingerprint}"]
    places += ["/opendata/", "/sitemap.xml", REPORT, f"{REPORT}editions/1/", f"{REPORT}journal/"]
    places += [f"/opendata/{file.name}" for file in all_files()]
    opened = {}
    for address in places:
        response = Client().get(address)
        content = response.getvalue()
        assert leaked(content) == [], address
        opened[address] = response.status_code
    assert opened[f"{PUBLIC}signed.pdf"] == 404
    assert [opened[f"{REPORT}editions/1/signed/{pk}/"] for pk in files] == [302, 302]
    assert [opened[f"{PUBLIC}report.{name}"] for name in ("pdf", "xlsx", "csv", "json")] == [200] * 4


@pytest.mark.usefixtures("unprinted")
def test_everybody_gets_the_copy_as_it_was_made(
    report: AnnualReport, edition: Edition, head: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_back(report, head)
    # Nothing is made while somebody waits for it.
    monkeypatch.setattr("reporting.renderers.render", None)
    stored = {file.form: bytes(file.content) for file in edition.public_files.all()}
    sent = {form: Client().get(f"{PUBLIC}report.{form}") for form in public.FORMS}
    assert {form: response.content for form, response in sent.items()} == stored
    assert sent["pdf"]["Content-Disposition"] == (
        'attachment; filename="Zvit_15-2019-11-05_2024_r1_public.pdf"'
    )
    assert from_json(stored["json"]) == redacted(frozen_document(edition.frozen), [whole()])


@pytest.mark.usefixtures("unprinted")
def test_the_page_says_what_is_missing_and_why(report: AnnualReport, edition: Edition, head: User) -> None:
    held_back(report, head)
    page = Client().get(PUBLIC)
    assert (
        "Публічна копія: не всі тексти оприлюднено Захід 1.2 : персональні дані "
        f"(Закон України «Про захист персональних даних»). {REASON}"
    ) in text_of(page)
    assert 'href="#m-1.2"' in page.content.decode()
    # Whoever knows all the rest could try what is withheld against the digest of the whole.
    assert edition.frozen.fingerprint not in page.content.decode()


@pytest.mark.usefixtures("unprinted")
def test_the_staff_reads_the_original(
    report: AnnualReport, edition: Edition, head: User, desk: Client
) -> None:
    held_back(report, head)
    addresses = (REPORT, f"{REPORT}editions/1/", f"{REPORT}editions/1/report.json", f"{REPORT}report.csv")
    assert [PHONE in desk.get(address).content.decode() for address in addresses] == [True] * 4
    assert "Захід 1.2: усі тексти рядка. Персональні дані" in text_of(desk.get(f"{REPORT}editions/1/"))
    files = edition.signed_files.order_by("pk")
    assert [desk.get(f"{REPORT}editions/1/signed/{one.pk}/").content for one in files] == [
        bytes(one.content) for one in files
    ]


@pytest.mark.usefixtures("unprinted")
def test_an_earlier_edition_keeps_its_own_copy(report: AnnualReport, edition: Edition, head: User) -> None:
    held_back(report, head)
    before = Client().get(f"{PUBLIC}editions/1/report.json").content
    reopen(report, head)
    MeasureResult.objects.update(narrative="Проведено.")
    Measure.objects.update(title="Захід", executors_text="")
    signed(report, head)
    agreeing.publish(report, head)
    assert Client().get(f"{PUBLIC}editions/1/report.json").content == before
    assert Client().get(f"{PUBLIC}report.json").content == report.editions.get(number=2).frozen.content(
        FrozenForm.JSON
    )


# --- authenticity ------------------------------------------------------------------------


@pytest.mark.usefixtures("unprinted")
@pytest.mark.parametrize("form_of_copy", list(PublicForm))
def test_a_file_of_the_copy_is_recognised_as_one(
    form_of_copy: PublicForm, report: AnnualReport, edition: Edition, head: User
) -> None:
    held_back(report, head)
    sha256 = edition.public_files.get(form=form_of_copy).sha256
    told = text_of(Client().get("/verify/", {"sha256": sha256}))
    assert "Це справжня публічна копія Редакція 1, остання оприлюднена." in told
    assert f"публічна копія ({'report.json' if form_of_copy == 'json' else form_of_copy.label})" in told
    assert edition.frozen.fingerprint[:4] not in told.split("Відбиток")[1].split()


@pytest.mark.usefixtures("unprinted")
def test_the_fingerprint_on_the_page_leads_to_the_copy(
    report: AnnualReport, edition: Edition, head: User
) -> None:
    held_back(report, head)
    (link,) = re.findall(r'href="(/verify/\w+/)"', Client().get(PUBLIC).content.decode())
    assert "Відбиток належить публічній копії редакції 1" in text_of(Client().get(link))


@pytest.mark.usefixtures("unprinted")
def test_the_original_is_still_genuine_and_its_files_are_not_offered(
    report: AnnualReport, edition: Edition, head: User, settings: Settings
) -> None:
    settings.PUBLIC_SIGNATURE_FILES = True
    held_back(report, head)
    page = Client().get("/verify/", {"sha256": edition.frozen.fingerprint})
    assert "Файл справжній" in text_of(page)
    assert "/signed/" not in page.content.decode()


# --- what is on record -------------------------------------------------------------------


@pytest.mark.usefixtures("unprinted")
def test_what_is_held_back_is_on_record(
    report: AnnualReport, edition: Edition, head: User, desk: Client
) -> None:
    held_back(report, head)
    details = report.events.latest("number").details
    assert details["withheld"] == [
        {"place": 2, "row": "1.2", "scope": "texts", "ground": "personal_data", "text": REASON}
    ]
    assert details["public_files"] == dict(edition.public_files.values_list("form", "sha256"))
    assert (journal.verify().fault, stored_bytes.inspect().faults) == (None, [])
    assert f"Захід 1.2: приховано усі тексти рядка; підстава: {GROUND.label}. {REASON}" in text_of(
        desk.get(f"{REPORT}journal/")
    )


def change_file() -> None:
    PublicCopyFile.objects.filter(form="csv").update(content=b"other")


def remove_file() -> None:
    PublicCopyFile.objects.filter(form="csv").delete()


def change_reason() -> None:
    Withholding.objects.update(text="Інше.")


def remove_withholding() -> None:
    Withholding.objects.all().delete()


@pytest.mark.usefixtures("unprinted")
@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        (change_file, "публічна копія: CSV: вміст змінено після запису, він не відповідає своєму SHA-256."),
        (remove_file, "«Оприлюднено»: немає файла публічної копії з тодішнім SHA-256: csv."),
        (change_reason, "які рядки не оприлюднено й чому, не те, що в журналі."),
        (remove_withholding, "які рядки не оприлюднено й чому, не те, що в журналі."),
    ],
)
def test_whoever_changes_it_past_the_portal_is_found(
    tamper: Callable[[], None], told: str, report: AnnualReport, edition: Edition, head: User
) -> None:
    held_back(report, head)
    with append_only.lifted():
        tamper()
    (fault,) = stored_bytes.inspect().faults
    assert fault.endswith(told)


# --- what a later edition holds back -------------------------------------------------------


def two_editions(report: AnnualReport, head: User, first: list[Withheld], second: list[Withheld]) -> None:
    """Both with the sensitive texts; whatever is not held back is accepted."""
    for number, rows in enumerate((first, second)):
        if number:
            reopen(report, head)
            signed(report, head)
        frozen = report.editions.latest("number").frozen
        found = publishing.findings_in(frozen_document(frozen), fingerprint=frozen.fingerprint)
        keys = [one.key for one in found]
        publishing.publish_report(report, by=head, seen=now(report).version, accepted=keys, withheld=rows)


@pytest.mark.usefixtures("unprinted")
@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ([], [whole()], 404),
        ([], [whole(scope=WithheldScope.INFORMATION)], 404),
        ([whole(place=1)], [whole()], 404),
        ([whole(scope=WithheldScope.INFORMATION)], [whole()], 404),
        ([whole()], [whole(scope=WithheldScope.INFORMATION)], 200),
        ([whole()], [whole()], 200),
        ([whole()], [], 200),
    ],
)
def test_an_earlier_edition_tells_nothing_that_a_later_one_holds_back(
    first: list[Withheld],
    second: list[Withheld],
    status: int,
    report: AnnualReport,
    edition: Edition,
    head: User,
    settings: Settings,
) -> None:
    settings.PUBLIC_SIGNATURE_FILES = True
    two_editions(report, head, first, second)
    older = f"{PUBLIC}editions/1/"
    pages = {
        address: Client().get(address) for address in (older, f"{older}report.json", f"{older}report.pdf")
    }
    assert {page.status_code for page in pages.values()} == {status}
    assert [address for address, page in pages.items() if second and leaked(page.content)] == []
    assert (f'href="{older}"' in Client().get(PUBLIC).content.decode()) is (status == 200)


@pytest.mark.usefixtures("unprinted")
def test_files_signed_for_such_an_earlier_edition_are_not_given_either(
    report: AnnualReport, edition: Edition, head: User, settings: Settings
) -> None:
    settings.PUBLIC_SIGNATURE_FILES = True
    two_editions(report, head, [], [whole()])
    file = edition.signed_files.order_by("pk")[0]
    page = Client().get("/verify/", {"sha256": edition.frozen.fingerprint}).content.decode()
    found = [
        Client().get(address).status_code
        for address in (f"{REPORT}editions/1/signed/{file.pk}/", f"{PUBLIC}editions/1/signed.pdf")
    ]
    assert (found, "/signed/" in page, "Показати редакцію 2" in page) == ([302, 404], False, True)


@pytest.mark.usefixtures("unprinted")
def test_an_earlier_edition_leads_to_the_copy_of_its_successor(
    report: AnnualReport, edition: Edition, head: User
) -> None:
    """Not to the digest of what was signed, against which withheld texts could be tried."""
    two_editions(report, head, [whole()], [whole()])
    page = Client().get("/verify/", {"sha256": edition.frozen.fingerprint}).content.decode()
    second = report.editions.get(number=2)
    copy = second.public_files.get(form=PublicForm.JSON)
    assert f'href="/verify/{copy.sha256[:16]}/"' in page
    assert second.frozen.fingerprint[:16] not in page
