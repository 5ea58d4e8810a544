"""Coming in: the first time with a telephone in hand, later with its code, and not at all after guessing."""

import re
import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django import Settings

from programs.enums import AppointmentRole
from programs.models import Program, User
from tests import building

pytestmark = pytest.mark.browser

PASSWORD = "довгий-пароль-2025"


@pytest.fixture
def chief(portal: str, demo: Program, settings: Settings) -> User:
    """A head with a password who has not signed in yet."""
    cache.clear()
    settings.SECOND_FACTOR_REQUIRED = True
    user = building.appointed(building.user("kerivnytsia"), demo.responsible, AppointmentRole.HEAD)
    user.set_password(PASSWORD)
    user.save()
    return user


def code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def type_password(page: Page, user: User, password: str = PASSWORD) -> None:
    page.get_by_label("Ім’я користувача").fill(user.username)
    page.get_by_label("Пароль").fill(password)
    page.get_by_role("button", name="Увійти", exact=True).click()


def examine(page: Page) -> None:
    page.wait_for_load_state()
    # Django’s style sheets import others; fetching those, axe itself breaks the policy.
    found = Axe().run(page, options={"preload": False})
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide == 0, f"{page.url} scrolls sideways by {too_wide} px"


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (360, True)])
def test_a_head_comes_in(
    open_portal: Callable[..., Page], complaints: list[str], chief: User, width: int, dark: bool
) -> None:
    page = open_portal(width=width, dark=dark)
    type_password(page, chief, "не той пароль")
    expect(page.get_by_role("alert")).to_contain_text("Ім’я користувача або пароль не підходять.")
    type_password(page, chief)

    expect(page.get_by_role("heading", name="Увімкніть одноразові коди")).to_be_visible()
    expect(page.get_by_role("img", name="QR-код")).to_be_visible()
    assert page.locator(".qr").evaluate("picture => picture.naturalWidth") > 0
    examine(page)
    page.goto("/")
    expect(page.get_by_role("heading", name="Увімкніть одноразові коди")).to_be_visible()
    page.get_by_label("Код із застосунку").fill("000000")
    page.get_by_role("button", name="Увімкнути").click()
    expect(page.get_by_role("alert")).to_contain_text("Код не підходить.")
    examine(page)
    secret = page.locator("#secret").inner_text()
    page.get_by_label("Код із застосунку").fill(code(secret))
    page.get_by_role("button", name="Увімкнути").click()

    expect(page.get_by_role("list", name="Запасні коди").get_by_role("listitem")).to_have_count(10)
    spare = page.get_by_role("list", name="Запасні коди").get_by_role("listitem").first.inner_text()
    examine(page)
    page.get_by_role("link", name="Коди збережено, далі").click()
    expect(page.get_by_role("heading", name="Мої справи")).to_be_visible()

    page.get_by_role("button", name="Олена ПРИКЛАД").click()
    expect(page.get_by_label("Від чийого імені")).to_have_text(
        "керівник, Управління у справах сім’ї, молоді та спорту"
    )
    examine(page)
    page.get_by_role("button", name="Вийти").click()
    type_password(page, chief)
    expect(page.get_by_role("heading", name="Одноразовий код")).to_be_visible()
    page.get_by_label("Код із застосунку або запасний код").fill("000000")
    page.get_by_role("button", name="Увійти", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Код не підходить.")
    examine(page)
    page.get_by_label("Код із застосунку або запасний код").fill(code(secret))
    page.get_by_role("button", name="Увійти", exact=True).click()
    expect(page.get_by_role("heading", name="Мої справи")).to_be_visible()

    page.get_by_role("button", name="Олена ПРИКЛАД").click()
    page.get_by_role("button", name="Вийти").click()
    type_password(page, chief)
    page.get_by_label("Код із застосунку або запасний код").fill(spare)
    page.get_by_role("button", name="Увійти", exact=True).click()
    expect(page.get_by_role("heading", name="Мої справи")).to_be_visible()
    for path in (
        "codes/",
        "codes/deactivate/",
        "codes/recovery/",
        "codes/recovery/new/",
        "password/",
        "confirm/",
    ):
        page.goto(f"/account/{path}")
        examine(page)
    page.goto("/account/confirm/code/")
    examine(page)
    assert complaints == []


def test_guessing_closes_the_door(
    open_portal: Callable[..., Page], complaints: list[str], chief: User
) -> None:
    page = open_portal(width=360)
    for _ in range(5):
        type_password(page, chief, "не той пароль")

    expect(page.get_by_role("heading", name="Вхід тимчасово зупинено")).to_be_visible()
    assert re.search(r"Спробуйте знову після \d\d:\d\d\.", page.inner_text("main"))
    examine(page)
    page.get_by_role("link", name="На сторінку входу").click()
    type_password(page, chief)
    expect(page.get_by_role("heading", name="Вхід тимчасово зупинено")).to_be_visible()
    assert [one for one in complaints if "429" not in one] == []


@pytest.mark.parametrize("width", [1440, 360])
def test_the_system_administrator_helps_in(
    sign_in: Callable[..., Page],
    open_portal: Callable[..., Page],
    complaints: list[str],
    chief: User,
    width: int,
) -> None:
    Authenticator.objects.create(user=chief, type="totp", data={"secret": "A" * 32})
    guesser = open_portal()
    for _ in range(5):
        type_password(guesser, chief, "не той пароль")
    page = sign_in("системний адміністратор", width=width)
    page.goto(f"/admin/programs/user/{chief.pk}/change/")
    examine(page)

    page.get_by_role("button", name="Зняти зупинку входу").click()
    expect(page.get_by_text("Тепер можна входити знову.")).to_be_visible()
    page.get_by_role("button", name="Скинути одноразові коди").click()
    expect(page.get_by_text("Одноразові коди скинуто.")).to_be_visible()

    for path in ("", "add/", f"{chief.pk}/password/", f"{chief.pk}/history/"):
        page.goto(f"/admin/programs/user/{path}")
        examine(page)
    guesser.goto("/sign-in/")
    type_password(guesser, chief)
    expect(guesser.get_by_role("heading", name="Увімкніть одноразові коди")).to_be_visible()
    assert [one for one in complaints if "429" not in one] == []
