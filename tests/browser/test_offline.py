"""The portal that cannot be reached: the browser says so in the portal's words, and keeps nothing else."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.only_on("sqlite")]

READY = "navigator.serviceWorker.ready.then(() => !!navigator.serviceWorker.controller)"


def test_without_a_connection_a_page_says_so_and_leads_back(sign_in: Callable[..., Page]) -> None:
    page = sign_in("аудитор", service_workers="allow")
    page.wait_for_function(READY)
    page.context.set_offline(True)

    page.goto("/programs/?year=2024")

    expect(page.get_by_role("heading", name="Немає з’єднання")).to_be_visible()
    # With the portal's look, which the browser kept too.
    assert page.locator("main").evaluate("main => getComputedStyle(main).maxWidth") == "664px"
    page.context.set_offline(False)
    page.get_by_role("link", name="Спробувати ще").click()
    expect(page).to_have_url("/programs/?year=2024", timeout=15_000)
    expect(page.get_by_role("heading", name="Немає з’єднання")).to_have_count(0)


def test_who_is_not_signed_in_is_told_so_too(browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context(base_url=live_server.url, service_workers="allow")
    page = context.new_page()
    page.goto("/verify/")
    page.wait_for_function(READY)
    assert context.cookies() == []
    context.set_offline(True)
    page.goto("/sign-in/")
    expect(page.get_by_role("heading", name="Немає з’єднання")).to_be_visible()
    context.close()


def test_nothing_but_that_page_is_kept(sign_in: Callable[..., Page]) -> None:
    page = sign_in("аудитор", service_workers="allow")
    page.wait_for_function(READY)
    page.goto("/programs/1688-2019-12-18/2023/")
    kept = page.evaluate(
        "caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name))))"
        ".then((all) => Promise.all(all.map((one) => one.keys())))"
        ".then((all) => all.flat().map((request) => new URL(request.url).pathname).sort())"
    )
    assert kept == [
        "/offline/",
        "/static/bar.css",
        "/static/favicon.svg",
        "/static/portal.css",
        "/static/tokens.css",
    ]


def test_what_is_sent_is_never_answered_by_the_browser(sign_in: Callable[..., Page]) -> None:
    page = sign_in("аудитор", service_workers="allow")
    page.wait_for_function(READY)
    page.context.set_offline(True)
    for asked in ("{ method: 'POST' }", "{ headers: { 'HX-Request': 'true' } }"):
        answer = page.evaluate(f"fetch('/extracts/', {asked}).then(() => 'answered', () => 'failed')")
        assert answer == "failed"
