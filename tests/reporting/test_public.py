"""What everybody sees: the published reports as they were frozen, and nothing else of the portal."""

import datetime
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django.utils.http import http_date
from pytest_django import Settings

from programs import editions
from programs.editions import CheckedSignature, SignedUpload
from programs.enums import AppointmentRole, FrozenForm, SignedKind
from programs.models import (
    AnnualReport,
    Edition,
    Event,
    Executor,
    Measure,
    MeasureResult,
    Program,
    Publication,
    User,
)
from programs.workflow import standing_freeze
from reporting import public, renderers
from reporting.standing import frozen_document
from tests import agreeing, building, submitting
from tests.agreeing import agree_unprinted, now, publish, published_edition, reopen, sign_on_paper

pytestmark = pytest.mark.django_db

LIST = "/public/"
PAGE = "/public/15-2019-11-05/2024/"


@pytest.fixture(autouse=True)
def switched_on(settings: Settings) -> None:
    settings.PUBLIC_REPORTS = True


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
def edition(report: AnnualReport, head: User) -> Edition:
    return published_edition(report, head, printed=False)


@pytest.fixture
def stranger() -> Client:
    """Nobody who ever signed in."""
    return Client()


def text_of(response: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("&nbsp;", " ").split())


def titles(response: HttpResponse) -> list[str]:
    return re.findall(r'<h2><a href="([^"]+)"', response.content.decode())


# --- the switch --------------------------------------------------------------------------


ADDRESSES = [
    LIST,
    PAGE,
    f"{PAGE}report.json",
    f"{PAGE}signed.pdf",
    f"{PAGE}editions/1/",
    f"{PAGE}editions/1/report.pdf",
    f"{PAGE}editions/1/signed.pdf",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_without_the_switch_there_is_no_such_page_for_anybody(
    address: str, edition: Edition, head: User, stranger: Client, settings: Settings
) -> None:
    settings.PUBLIC_REPORTS = False
    insider = Client()
    insider.force_login(head)
    assert [who.get(address).status_code for who in (stranger, insider)] == [404, 404]


@pytest.mark.parametrize("is_on", [True, False])
def test_the_door_leads_to_the_public_list(
    is_on: bool, db: None, stranger: Client, settings: Settings
) -> None:
    settings.PUBLIC_REPORTS = is_on
    assert (f'href="{LIST}"' in stranger.get("/sign-in/").content.decode()) is is_on


@pytest.mark.parametrize("address", [LIST, PAGE, f"{PAGE}report.json"])
def test_nothing_can_be_sent_to_them(address: str, edition: Edition, stranger: Client) -> None:
    assert stranger.post(address).status_code == 405


# --- everything else stays shut -----------------------------------------------------------


ALWAYS_OPEN = ["/healthz/", "/offline/", "/robots.txt", "/service-worker.js", "/sign-in/"]
OPEN_TO_ALL = [f"/verify/{'0' * 16}/", "/verify/"]
OPEN_BY_SWITCH = [
    LIST,
    PAGE,
    f"{PAGE}editions/1/",
    f"{PAGE}editions/1/report.json",
    f"{PAGE}report.json",
    "/opendata/",
    "/opendata/programs.json",
    "/sitemap.xml",
]


def addresses(resolver: URLResolver, before: str, values: dict[str, Any]) -> Iterator[str]:
    """Every address of the portal, with these values in the places that an address leaves open."""
    for pattern in resolver.url_patterns:
        path = before + re.sub(r"\\.|[\^$]|\(\?P<url>\.\*\)", "", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, path, values)
        elif isinstance(pattern, URLPattern):
            yield re.sub(r"<(?:\w+:)?(\w+)>", lambda place: str(values.get(place[1], "x")), path)


@pytest.mark.parametrize("is_on", [True, False])
def test_who_is_not_signed_in_reaches_these_addresses_and_no_others(
    is_on: bool, edition: Edition, head: User, stranger: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.PUBLIC_REPORTS = is_on
    settings.OPENDATA_FOLDER = tmp_path
    number = edition.signed_files.get().pk
    values = {
        "public_id": edition.report.program.public_id,
        "year": edition.report.year,
        "number": 1,
        "format_name": "json",
        "fingerprint": "0" * 16,
        "file_id": number,
        "object_id": 1,
        "result_id": MeasureResult.objects.get().pk,
        "decision_id": edition.report.program.decisions.get().pk,
        "executor_id": edition.report.program.responsible_id,
        "job_id": "00000000-0000-0000-0000-000000000000",
        "evidence_id": 1,
        "history_id": 1,
        "content_type_id": 1,
        "app_label": "programs",
        "code": "programs",
        "form": "json",
        "pk": 1,
        "id": head.pk,
    }
    asked = sorted(set(addresses(get_resolver(), "/", values)))
    opened = []
    for address in asked:
        response = stranger.get(address)
        # A file is open until it has been read.
        response.getvalue()
        opened += [address] if response.status_code == 200 else []
    assert opened == sorted([*ALWAYS_OPEN, *OPEN_TO_ALL, *(OPEN_BY_SWITCH if is_on else [])])
    assert len(asked) > 100


# --- the list ----------------------------------------------------------------------------


def another(number: str, department: str, year: int = 2024) -> tuple[AnnualReport, User]:
    body = building.executor(department)
    program = building.program(measures=1, responsible=body, number=number)
    head = building.appointed(building.user(f"head-{year}-{body.pk}"), body, AppointmentRole.HEAD)
    return building.ready_report(program, year, by=head), head


@pytest.fixture
def three(edition: Edition) -> list[str]:
    """Addresses of published reports in the order of publication."""
    pages = [PAGE]
    for number, department, year in (("7/2", "Управління освіти", 2024), ("9", "Служба ім’я", 2023)):
        report, head = another(number, department, year)
        published_edition(report, head, printed=False)
        pages.append(f"/public/{report.program.public_id}/{year}/")
    return pages


def test_the_newest_publication_stands_first(three: list[str], stranger: Client) -> None:
    assert titles(stranger.get(LIST)) == three[::-1]


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ({"year": "2024"}, [1, 0]),
        ({"q": "програма 7/2"}, [1]),
        ({"q": "СЛУЖБА ім'я"}, [2]),
        ({"q": "ім’я 9 програма"}, [2]),
        ({"q": "15-2019"}, [0]),
        ({"q": "немає такого"}, []),
        ({"year": "багато", "body": "1" * 30, "page": "-1", "q": "\x00"}, [2, 1, 0]),
        ({"year": "9" * 18}, []),
    ],
)
def test_the_list_is_narrowed(
    asked: dict[str, str], places: list[int], three: list[str], stranger: Client
) -> None:
    assert titles(stranger.get(LIST, asked)) == [three[place] for place in places]


def test_the_list_is_narrowed_to_a_body(three: list[str], stranger: Client) -> None:
    body = Executor.objects.get(name="Управління освіти")
    assert titles(stranger.get(LIST, {"body": body.pk})) == [three[1]]


def test_a_long_list_goes_on(three: list[str], stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reporting.views.public.REPORTS_ON_PAGE", 2)
    first = stranger.get(LIST, {"q": "програма"})
    (link,) = re.findall(r'rel="next" href="([^"]+)"', first.content.decode())
    second = stranger.get(LIST + link.replace("&amp;", "&"))
    assert (titles(first), titles(second)) == ([three[2], three[1]], [three[0]])


def test_an_empty_list_says_what_will_stand_there(db: None, stranger: Client) -> None:
    assert "Жодного звіту ще не оприлюднено." in text_of(stranger.get(LIST))


def test_a_demonstration_is_called_one(edition: Edition, stranger: Client) -> None:
    AnnualReport.objects.update(is_demonstration=True)
    assert "Демонстраційні дані" in text_of(stranger.get(LIST))


# --- what is public ----------------------------------------------------------------------


def test_what_is_signed_but_not_published_is_not_there(
    report: AnnualReport, head: User, stranger: Client
) -> None:
    submitting.submit(report, head)
    agree_unprinted(report, head)
    sign_on_paper(report, head)
    found = [
        stranger.get(address).status_code for address in (PAGE, f"{PAGE}editions/1/", f"{PAGE}report.pdf")
    ]
    assert (found, titles(stranger.get(LIST))) == ([404, 404, 404], [])


def test_reports_of_a_rejected_programme_are_not_there(edition: Edition, stranger: Client) -> None:
    Program.objects.update(rejected_at=timezone.now())
    found = [stranger.get(address).status_code for address in (PAGE, f"{PAGE}report.pdf")]
    assert (found, titles(stranger.get(LIST))) == ([404, 404], [])


@pytest.mark.parametrize(
    "address",
    ["/public/nothing/2024/", "/public/15-2019-11-05/2023/", f"{PAGE}editions/2/", f"{PAGE}report.html"],
)
def test_what_is_not_there_leads_to_the_list(address: str, edition: Edition, stranger: Client) -> None:
    response = stranger.get(address)
    assert response.status_code == 404
    assert f'<a class="primary" href="{LIST}">' in response.content.decode()


@pytest.mark.parametrize(
    ("address", "says", "leads_to"),
    [
        ("/public/nothing/2024/", "Такого оприлюдненого звіту немає", LIST),
        ("/public/nothing/at/all/", "Такого оприлюдненого звіту немає", LIST),
        ("/opendata/nothing/", "Такого файла серед відкритих даних немає", LIST),
        ("/opendata/nothing.csv", "Такого файла серед відкритих даних немає", "/opendata/"),
        ("/nothing/", "Такої сторінки немає", "/programs/"),
    ],
)
def test_who_looks_for_public_pages_is_not_told_to_sign_in(
    address: str, says: str, leads_to: str, db: None, stranger: Client
) -> None:
    shown = stranger.get(address).content.decode()
    assert re.findall(r"<h1[^>]*>([^<]+)", shown) == [says]
    assert re.findall(r'class="primary" href="([^"]+)"', shown) == [leads_to]
    assert ("bar-public" in shown, "чи ввійшли" in shown) == (True, address == "/nothing/")


@pytest.mark.parametrize("is_on", [True, False])
def test_the_bar_of_a_page_that_is_not_there(
    is_on: bool, head: User, stranger: Client, settings: Settings
) -> None:
    """For everybody where there are public pages; whoever is signed in keeps their own."""
    settings.PUBLIC_REPORTS = is_on
    insider = Client()
    insider.force_login(head)
    found = ["bar-public" in who.get("/public/no/2024/").content.decode() for who in (stranger, insider)]
    assert found == [is_on, False]


# --- the page and its files --------------------------------------------------------------


def test_the_files_are_those_that_were_frozen(edition: Edition, stranger: Client) -> None:
    frozen = edition.frozen
    for place in (PAGE, f"{PAGE}editions/1/"):
        sent = {form: stranger.get(f"{place}report.{form}") for form in public.FORMS}
        assert {form: response.content for form, response in sent.items()} == {
            **{form.value: frozen.content(form) for form in FrozenForm},
            "csv": renderers.render(frozen_document(frozen), "csv"),
        }
    assert sent["pdf"]["Content-Disposition"] == 'attachment; filename="Zvit_15-2019-11-05_2024_r1.pdf"'


def test_later_changes_of_the_rows_change_nothing(edition: Edition, head: User, stranger: Client) -> None:
    addresses = [PAGE, *(f"{PAGE}report.{form}" for form in public.FORMS)]
    before = [stranger.get(address).content for address in addresses]
    Measure.objects.update(title="Зовсім інший захід")
    MeasureResult.objects.update(narrative="Зовсім інше.")
    Executor.objects.update(name="Інше управління", official_name="Інше управління ради")
    Program.objects.update(title="Інша програма")
    reopen(edition.report, head)
    assert [stranger.get(address).content for address in addresses] == before


def test_the_page_tells_who_signed_and_the_whole_fingerprint(edition: Edition, stranger: Client) -> None:
    page = stranger.get(PAGE)
    fingerprint = edition.frozen.fingerprint
    assert f'href="/verify/{fingerprint}/"' in page.content.decode()
    assert f"Відбиток (SHA-256 report.json) {fingerprint} Перевірити справжність" in text_of(page)
    assert "Олена ПРИКЛАД підписано на папері" in text_of(page)
    assert "Відбиток належить редакції 1" in text_of(stranger.get(f"/verify/{fingerprint}/"))


def test_a_replaced_edition_stays_and_says_by_which(edition: Edition, head: User, stranger: Client) -> None:
    reopen(edition.report, head)
    second = published_edition(edition.report, head, printed=False)
    pages = [text_of(stranger.get(address)) for address in (PAGE, f"{PAGE}editions/1/")]
    assert ["замінена редакцією 2" in page for page in pages] == [False, True]
    assert ["Уточнений звіт (редакція 2)" in page for page in pages] == [True, False]
    files = [stranger.get(f"{place}report.json").content for place in (PAGE, f"{PAGE}editions/1/")]
    assert files == [one.frozen.content(FrozenForm.JSON) for one in (second, edition)]


def test_marks_of_a_demonstration_stand_at_the_head(
    report: AnnualReport, head: User, stranger: Client
) -> None:
    AnnualReport.objects.update(is_demonstration=True)
    published_edition(report, head, printed=False)
    assert text_of(stranger.get(PAGE)).count("ДЕМОНСТРАЦІЙНІ ДАНІ") == 2


def test_search_engines_may_list_the_pages(edition: Edition, stranger: Client) -> None:
    for address in (LIST, PAGE):
        page = stranger.get(address).content.decode()
        assert ("noindex" in page, page.count('<meta name="description"')) == (False, 1)
    assert "План 10,0 тис. грн, факт 9,0 тис. грн, профінансовано 8,0 тис. грн." in page


def test_search_engines_may_list_the_check_but_no_answer_of_it(
    edition: Edition, stranger: Client, settings: Settings
) -> None:
    def listed(address: str) -> tuple[bool, int]:
        page = stranger.get(address).content.decode()
        return "noindex" not in page, page.count('<meta name="description"')

    known = edition.frozen.fingerprint[:16]
    assert listed("/verify/") == (True, 1)
    for asked in (f"{known}/", f"{'0' * 16}/", "x/", f"?sha256={'0' * 64}", "?fingerprint=x"):
        assert listed(f"/verify/{asked}") == (False, 0)
    settings.PUBLIC_REPORTS = False
    assert listed("/verify/")[0] is False


# --- kept for a while --------------------------------------------------------------------


@pytest.mark.parametrize("address", [LIST, PAGE, *(f"{PAGE}report.{form}" for form in public.FORMS)])
def test_who_has_it_already_is_told_so(address: str, edition: Edition, stranger: Client) -> None:
    first = stranger.get(address)
    changed = http_date(int(edition.publication.published_at.timestamp()))
    assert (first["Cache-Control"], first["Last-Modified"]) == ("max-age=300, public", changed)
    again = [
        stranger.get(address, headers={"If-None-Match": first["ETag"]}),
        stranger.get(address, headers={"If-Modified-Since": changed}),
        stranger.get(address, headers={"If-None-Match": '"other"'}),
    ]
    assert [(one.status_code, one.content == b"") for one in again] == [
        (304, True),
        (304, True),
        (200, False),
    ]
    assert stranger.cookies == {}


def test_what_a_session_gets_is_not_for_others(edition: Edition, head: User) -> None:
    client = Client()
    client.force_login(head)
    assert client.get(PAGE)["Cache-Control"] == "max-age=300, private"


def test_a_new_edition_is_a_new_answer(edition: Edition, head: User, stranger: Client) -> None:
    before = stranger.get(PAGE)
    reopen(edition.report, head)
    published_edition(edition.report, head, printed=False)
    assert stranger.get(PAGE, headers={"If-None-Match": before["ETag"]}).status_code == 200


# --- the signed PDF ----------------------------------------------------------------------


def pades(numbers: bytes) -> bytes:
    """A PDF in whose signature a certificate would have these signs."""
    return (
        b"%PDF-1.7 /ByteRange [0 1 2 3] /Contents <" + (b"\x30\x82" + numbers + b"\x00").hex().encode() + b">"
    )


def signed(report: AnnualReport, head: User, kind: SignedKind, content: bytes) -> None:
    tiers = {name: {"outcome": "passed", "sentence": ""} for name in ("content", "mathematics", "person")}
    frozen = standing_freeze(now(report))
    assert frozen is not None
    editions.attach_signed(
        report,
        by=head,
        seen=now(report).version,
        frozen=frozen,
        upload=SignedUpload(kind, content, "application/pdf"),
        signatures=[CheckedSignature(1, "Приклад Олена", True, True, {"tiers": tiers})],
    )


@pytest.mark.parametrize(
    ("kind", "content", "by_default", "by_setting"),
    [
        (SignedKind.PADES, pades(b"\x0c\x05UA-00-4321"), 200, 200),
        (SignedKind.PADES, pades(b"\x13\x10TINUA-1234567890"), 404, 200),
        (SignedKind.PADES, pades(b"\x131234567890"), 404, 200),
        (SignedKind.PADES, pades("1234567890".encode("utf-16-be")), 404, 200),
        (SignedKind.PADES, pades(b"\x1319850305-01234"), 404, 200),
        (SignedKind.PADES, b"%PDF-1.7", 404, 200),
        (SignedKind.CADES, b"signed", 404, 404),
    ],
    ids=[
        "no number",
        "tax number by its name",
        "tax number",
        "in two bytes a sign",
        "demographic number",
        "unreadable",
        "apart",
    ],
)
def test_the_signed_pdf_is_public_where_it_tells_no_number_of_a_person(
    kind: SignedKind,
    content: bytes,
    by_default: int,
    by_setting: int,
    report: AnnualReport,
    head: User,
    stranger: Client,
    settings: Settings,
) -> None:
    submitting.submit(report, head)
    agree_unprinted(report, head)
    signed(report, head, kind, content)
    publish(report, head)
    found = []
    for settings.PUBLIC_SIGNATURE_FILES in (False, True):
        response = stranger.get(f"{PAGE}signed.pdf")
        linked = f"{PAGE}editions/1/signed.pdf" in stranger.get(PAGE).content.decode()
        assert linked is (response.status_code == 200)
        assert response.status_code == 404 or response.content == content
        found.append(response.status_code)
    assert found == [by_default, by_setting]


def test_files_that_hold_a_signature_apart_are_offered_by_the_setting(
    report: AnnualReport, head: User, stranger: Client, settings: Settings
) -> None:
    submitting.submit(report, head)
    agree_unprinted(report, head)
    signed(report, head, SignedKind.CADES, b"signed")
    sign_on_paper(report, head)
    publish(report, head)
    files = report.editions.get().signed_files
    links = {}
    for settings.PUBLIC_SIGNATURE_FILES in (False, True):
        page = stranger.get(PAGE).content.decode()
        links[settings.PUBLIC_SIGNATURE_FILES] = re.findall(r'href="[^"]*/signed/(\d+)/"', page)
    assert links == {False: [], True: [str(files.get(kind=SignedKind.CADES).pk)]}


def test_a_file_added_after_publication_makes_a_new_answer(
    edition: Edition, head: User, stranger: Client
) -> None:
    later = edition.publication.published_at + datetime.timedelta(hours=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.utils.timezone.now", lambda: later)
        signed(edition.report, head, SignedKind.PADES, pades(b"name"))
    page = stranger.get(PAGE)
    assert page["Last-Modified"] == http_date(int(later.timestamp()))
    assert stranger.get(f"{PAGE}signed.pdf")["ETag"] != ""


# --- of the repository -------------------------------------------------------------------


def test_nothing_public_is_journalled(edition: Edition, stranger: Client) -> None:
    """A visitor leaves no trace but the server's own."""
    before = (Event.objects.count(), Publication.objects.count())
    for address in ADDRESSES:
        stranger.get(address)
    assert (Event.objects.count(), Publication.objects.count()) == before


def test_the_fingerprint_is_that_of_the_file(edition: Edition, stranger: Client) -> None:
    found = public.find_edition("15-2019-11-05", 2024)
    assert found is not None
    assert found.fingerprint == hashlib.sha256(stranger.get(f"{PAGE}report.json").content).hexdigest()
