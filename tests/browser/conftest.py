"""A real Chromium against a live portal in demonstration mode."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from programs.models import Program

# Playwright's event loop runs in the tests' own thread, where Django would refuse the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

NAMES = ("chromium", "chromium-browser", "google-chrome")
# Nothing but the page under test goes over the wire.
SWITCHES = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        message = "Браузерні перевірки потребують Chromium: sudo apt-get install chromium"
        if os.environ.get("CI") == "true" or os.environ.get("REQUIRE_TOOLS") == "1":
            pytest.fail(message)
        pytest.skip(message)
    # Chromium refuses to sandbox itself when run by root.
    switches = [*SWITCHES, "--no-sandbox"] if os.geteuid() == 0 else SWITCHES
    return {**browser_type_launch_args, "executable_path": path, "args": switches}


@pytest.fixture
def portal(live_server: LiveServer, demo: Program, settings: Settings) -> str:
    """The address of a portal with the demonstration data and its one-click sign-in."""
    settings.DEMO = True
    return live_server.url


@pytest.fixture
def complaints() -> list[str]:
    """What the browser had to say: errors, broken resources, violations of the content policy."""
    return []


@pytest.fixture
def open_portal(browser: Browser, portal: str, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """Opens the sign-in page in a window of its own: `open_portal(width=360, dark=True)`."""
    contexts = []

    def opened(*, width: int = 1440, dark: bool = False, service_workers: str = "block") -> Page:
        context = browser.new_context(
            base_url=portal,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            locale="uk-UA",
            accept_downloads=True,
            # A worker would hide from the tests what they let go wrong on the wire; one test is about it.
            service_workers=service_workers,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: _note(complaints, message.type, message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/")
        return page

    yield opened
    for context in contexts:
        context.close()


def _note(complaints: list[str], kind: str, text: str) -> None:
    # The browser calls a page that is not there an error of loading; that page is visited on purpose.
    # And the worker is held off by us.
    expected = "404 (Not Found)" in text or text == "Service Worker registration blocked by Playwright"
    if kind in ("error", "warning") and not expected:
        complaints.append(text)


@pytest.fixture
def sign_in(open_portal: Callable[..., Page]) -> Callable[..., Page]:
    """Signed in by one click: `sign_in("аудитор", width=360)`."""

    def signed_in(role: str, **window: Any) -> Page:
        page = open_portal(**window)
        page.get_by_role("button", name=f"Увійти як {role}", exact=True).click()
        page.wait_for_url("**/")
        return page

    return signed_in
