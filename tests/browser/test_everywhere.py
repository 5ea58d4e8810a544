"""Every page as everybody meets it: axe finds nothing, and at 400 % nothing scrolls sideways.

In the dark only the contrast is examined: nothing else differs there. Whatever a page loads must be there.
The tables of `tests/test_rights.py` say who sees what; a page without a line here or there fails. A page that
looks to one person just as it did to another is examined once. The acting head is not among those who walk:
the tables must say of both heads the same.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, reverse
from playwright.sync_api import Browser, BrowserContext
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from programs import workflow
from programs.enums import ReportState
from programs.models import AnnualReport, Edition, User
from reporting.guides import GUIDES
from tests import agreeing, building, submitting, test_rights
from tests.test_rights import ADMIN_RULES, ELSEWHERE, PAGE_RULES, PEOPLE, World, address

# The world of the rights, by the name under which pytest finds it.
world = test_rights.world

pytestmark = [pytest.mark.browser, pytest.mark.only_on("sqlite")]

FILES = (
    "report_file",
    "edition_file",
    "edition_changes_file",
    "signed_file",
    "evidence_file",
    "part_workbook",
    "part_workbooks",
    "import_template",
    "checked_workbook",
    "extract_job_file",
    "cumulative_file",
    "public_report_file",
    "public_signed_pdf",
    "public_edition_file",
    "public_edition_signed_pdf",
    "opendata_file",
    "robots",
    "sitemap",
    "healthz",
    "service_worker",
)
# What is no page of its own, and pages that another test walks to.
EXCUSED = {
    **dict.fromkeys(FILES, "a file"),
    **dict.fromkeys(("entry_row", "entry_last_year"), "a part of the entry sheet"),
    **dict.fromkeys(
        (
            "account_login",
            "mfa_authenticate",
            "account_reauthenticate",
            "mfa_reauthenticate",
            "mfa_activate_totp",
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "change_password",
        ),
        "examined in test_accounts, where there are passwords and codes",
    ),
    **dict.fromkeys(("sign_out", "demo_sign_in", "discard_import"), "takes POST alone"),
    "staged_import": "examined in test_imports, where there are files",
    **dict.fromkeys(
        (
            "admin:login",
            "admin:logout",
            "admin:password_change",
            "admin/password_change/",
            "admin:password_change_done",
            "admin:autocomplete",
            "admin:jsi18n",
            "admin:view_on_site",
            "admin:app_list",
        ),
        "leads elsewhere, or is no page",
    ),
}
# Open to everybody, by what they are asked for.
OPEN = {
    "sign_in": "nothing",
    "offline": "nothing",
    "verify": "nothing",
    "verify_fingerprint": "fingerprint",
    "public_reports": "nothing",
    "public_report": "report",
    "public_edition": "edition",
    "opendata": "nothing",
}
ADMIN_PAGES = {"changelist": "L", "change": "R", "history": "H", "add": "A"}
# What looks otherwise once the report is submitted or agreed, to those who have something to do there.
CHANGING = ("report_page", "entry_sheet", "contributions", "review_report")
CONCERNED = ("clerk", "head", "auditor")


def test_every_address_is_walked_or_excused() -> None:
    walked = {name for name, method in PAGE_RULES if method == "GET"} | set(OPEN) | test_rights.admin_names()
    posts = {name for name, _ in PAGE_RULES} - walked
    known = walked | posts | set(EXCUSED) | {"admin:auth_user_password_change"}
    assert sorted(set(test_rights.names(get_resolver())) - known) == []
    assert sorted(ELSEWHERE - known) == []


def test_the_acting_head_meets_what_the_head_meets() -> None:
    rules = {**PAGE_RULES, **ADMIN_RULES}
    assert [name for name, said in rules.items() if said["acting"] != said["head"]] == []


# --- examining -----------------------------------------------------------------------------


class Walk:
    """One browser window, in which one person after another walks through the portal."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context, self.page, self.base = context, context.new_page(), base
        self.faults: list[str] = []
        self.seen: set[str] = set()
        # Addresses visited on purpose that answer with an error, which the console tells of.
        self.refused: set[str] = set()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: {error}"))

    def _note(self, message: Any) -> None:
        lacking, place = "Failed to load resource" in message.text, message.location["url"]
        is_on_purpose = lacking and place in self.refused
        # The worker is held off by us.
        is_ours = "Service Worker registration blocked" in message.text
        if message.type in ("error", "warning") and not is_on_purpose and not is_ours:
            self.faults.append(f"{self.page.url}: {message.text} ({place})")

    def come_in(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": self.base}
        self.context.add_cookies([cookie])

    def visit(self, url: str, *, expect: int = 200) -> None:
        if expect >= 400:
            self.refused.add(f"{self.base}{url}")
        answer = self.page.goto(url)
        if answer is None or answer.status != expect:
            self.faults.append(f"{url}: {answer and answer.status}")
            return
        if not self._is_new():
            return
        self._unfold()
        found = Axe().run(self.page, options=OPTIONS).response["violations"]
        self._keep(url, found)
        self.page.emulate_media(color_scheme="dark")
        self._keep(f"{url} in the dark", self.page.evaluate(CONTRAST))
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": 320, "height": 256})
        if self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            self.faults.append(f"{url}: scrolls sideways at 400 %")
        self.page.set_viewport_size({"width": 1280, "height": 1024})

    def _is_new(self) -> bool:
        html = self.page.evaluate("document.body.outerHTML")
        known = re.sub(r'value="\w{64}"|data-user="\d+"|\d{4}-\d{4}', "", html)
        digest = hashlib.sha256(known.encode()).hexdigest()
        is_new, _ = digest not in self.seen, self.seen.add(digest)
        return is_new

    def _unfold(self) -> None:
        self.page.evaluate(
            "document.querySelectorAll('details:not(.panel)').forEach(one => { one.open = true; })"
        )

    def _keep(self, where: str, violations: list[dict[str, Any]]) -> None:
        for one in violations:
            places = "; ".join(str(node["target"]) for node in one["nodes"][:3])
            self.faults.append(f"{where}: {one['id']} at {places}")


# The headings of Django's inlines are empty over the signs of a row: no rule of WCAG, and its own template.
OPTIONS = {"preload": False, "rules": {"empty-table-header": {"enabled": False}}}
CONTRAST = """
    axe.run(document, { runOnly: ["color-contrast"], preload: false }).then((found) => found.violations)
"""


@pytest.fixture
def walk(browser: Browser, live_server: LiveServer, settings: Settings) -> Iterator[Walk]:
    settings.DEMO = settings.PUBLIC_REPORTS = True
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": 1280, "height": 1024},
        service_workers="block",
        reduced_motion="reduce",
    )
    yield Walk(context, live_server.url)
    context.close()


# --- walking -------------------------------------------------------------------------------


@pytest.fixture
def published(world: World) -> Edition:
    """Another programme's report, signed and published."""
    program = building.program(number="16", measures=1, responsible=world.program.responsible)
    head = world.people["head"]
    return agreeing.published_edition(building.ready_report(program, by=head), head, printed=False)


@pytest.fixture
def returned(world: World) -> AnnualReport:
    program = building.program(number="17", measures=1, responsible=world.program.responsible)
    head = world.people["head"]
    report = building.ready_report(program, by=head)
    submitting.submit(report, head)
    seen, row = agreeing.now(report).version, report.results.get().pk
    workflow.return_for_revision(report, by=head, seen=seen, remarks={None: "Перевірте.", row: "Скільки?"})
    return report


def pages_of(who: str, state: ReportState, world: World) -> Iterator[str]:
    for (name, method), said in PAGE_RULES.items():
        if method != "GET" or name in EXCUSED or test_rights.expected(said[who], state) != "yes":
            continue
        is_other = name in CHANGING and who in CONCERNED
        if state == ReportState.DRAFT or is_other or said[who] in ("approval", "agreed"):
            yield address(name, world)


@pytest.mark.parametrize("people", [PEOPLE[:3], PEOPLE[4:]], ids=" ".join)
def test_pages(people: tuple[str, ...], walk: Walk, world: World) -> None:
    # A returned report stands in a test below.
    for state in (ReportState.DRAFT, ReportState.ON_APPROVAL, ReportState.AGREED):
        AnnualReport.objects.filter(pk=world.report.pk).update(state=state)
        for who in people:
            walk.come_in(world.people[who])
            for url in pages_of(who, state, world):
                walk.visit(url)
    walk.visit("/nothing/", expect=404)
    assert walk.faults == []


def test_pages_of_other_reports(walk: Walk, world: World, published: Edition, returned: AnnualReport) -> None:
    walk.come_in(world.people["head"])
    for report in (published.report, returned):
        for name in ("report_page", "entry_sheet", "review_report", "report_journal"):
            walk.visit(reverse(name, args=[report.program.public_id, report.year]))
    walk.visit(reverse("edition_page", args=[published.report.program.public_id, published.report.year, 1]))
    for name in ("start", "program_list"):
        walk.visit(reverse(name))
    for guide in GUIDES:
        walk.visit(reverse("help_page", args=[guide]))
    walk.visit("/search/?q=захід")
    assert walk.page.locator("main mark").count() > 0
    assert walk.faults == []


def test_what_a_page_lacks_is_noticed(walk: Walk) -> None:
    walk.page.route("**/static/portal.css", lambda route: route.fulfill(status=404))
    walk.page.goto("/sign-in/")
    assert [re.sub(r".*/static/", "", fault) for fault in walk.faults] == ["portal.css)"]


def test_pages_for_everybody(walk: Walk, published: Edition, settings: Settings) -> None:
    report = published.report
    arguments: dict[str, list[Any]] = {
        "nothing": [],
        "report": [report.program.public_id, report.year],
        "edition": [report.program.public_id, report.year, published.number],
        "fingerprint": [published.frozen.fingerprint[:16]],
    }
    for name, asked in OPEN.items():
        walk.visit(reverse(name, args=arguments[asked]))
    settings.ROOT_URLCONF = "tests.reporting.test_request_ids"
    walk.visit("/breaks/", expect=500)
    assert walk.faults == []


@pytest.mark.parametrize("people", [("clerk", "auditor"), ("admin",), ("system",)], ids=" ".join)
def test_admin(people: tuple[str, ...], walk: Walk, world: World) -> None:
    for who in people:
        walk.come_in(world.people[who])
        for model, said in ADMIN_RULES.items():
            record = test_rights.some_record(model, world)
            for page, letter in ADMIN_PAGES.items():
                if letter in said[who]:
                    args = [record] if page in ("change", "history") else []
                    walk.visit(reverse(f"admin:programs_{model}_{page}", args=args))
    assert walk.faults == []
