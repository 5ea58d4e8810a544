"""The pictures of «Довідка»: taken from the real pages, and told apart from them as soon as those change.

`make screenshots` takes them anew: each as a file in static/help/, with the text that stood on it in
pictures.json. The test reads today's pages and compares the texts.
"""

import datetime
import io
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Locator, Page

from programs.models import AnnualReport, Program, User
from reporting import issuing
from reporting.guides import PICTURES_FOLDER, pictures
from tests import submitting
from tests.agreeing import now

pytestmark = [pytest.mark.browser, pytest.mark.only_on("sqlite")]

FOLDER = Path(settings.BASE_DIR) / "static" / PICTURES_FOLDER
TAKING = os.environ.get("TAKE_SCREENSHOTS") == "1"
PROGRAM = "/programs/1688-2019-12-18/"
REPORT = f"{PROGRAM}2024/"
# What is told of the day and the moment on which a page is opened is no news of the page.
OF_TODAY = re.compile(
    r"(?:Понеділок|Вівторок|Середа|Четвер|П[’']ятниця|Субота|Неділя)|"
    r"\d{1,2}\.\d{2}\.\d{4}(?:,? \d{2}:\d{2})?|\d{1,2}\s\w+\s\d{4}\sроку|"
    r"\d+[\d,]*\s(?:Б|КБ|МБ|ГБ)|\b[0-9a-f]{4}(?: [0-9a-f]{4}){3}\b"
)


@dataclass(frozen=True)
class Picture:
    name: str
    role: str
    path: str
    element: str
    """The first element of this kind on the page."""
    most: int = 620
    """The picture's height at most, pixels."""
    width: int = 1100
    """Of the window."""


OF_DRAFT = (
    Picture("responsible-start", "відповідальна особа", "/", "main"),
    Picture("responsible-row", "відповідальна особа", f"{REPORT}entry/", "table.entry", 430, 1440),
    Picture("coexecutor-measure", "співвиконавець", f"{REPORT}contributions/", "section.own-part", 560),
    Picture("auditor-portfolio", "аудитор", "/programs/?year=2024", "main", 560),
    Picture("auditor-extract", "аудитор", "/extracts/", "main"),
    Picture("program-admin-import", "адміністратор програм", "/imports/", "main"),
    Picture("program-admin-decision", "адміністратор програм", f"{PROGRAM}decisions/", "main"),
    Picture("system-admin-start", "системний адміністратор", "/", "main"),
)
OF_SUBMITTED = (Picture("head-review", "керівник", f"{REPORT}review/", "main", 760),)
OF_AGREED = (Picture("head-signing", "керівник", REPORT, "section.signing", 560),)


def test_the_pictures_of_the_help_show_the_pages_of_today(
    sign_in: Callable[..., Page], demo: Program, clerk: User, head: User
) -> None:
    report = demo.reports.get(year=2024)
    # Neither near nor over, whenever the picture is taken.
    AnnualReport.objects.update(
        coexecutors_due=timezone.localdate() + datetime.timedelta(days=4),
        department_due=timezone.localdate() + datetime.timedelta(days=11),
    )
    seen = _looked_at(OF_DRAFT, sign_in)
    submitting.complete(report, clerk)
    submitting.submit(report, clerk)
    seen |= _looked_at(OF_SUBMITTED, sign_in)
    issuing.agree_report(report, by=head, seen=now(report).version)
    seen |= _looked_at(OF_AGREED, sign_in)
    if TAKING:
        _keep(seen)
    aged = [name for name, one in seen.items() if pictures().get(name, {}).get("text") != one["text"]]
    assert aged == [], "Сторінки змінилися, знімки довідки застаріли: виконайте make screenshots"
    assert sorted(pictures()) == sorted(seen)


def _looked_at(these: tuple[Picture, ...], sign_in: Callable[..., Page]) -> Mapping[str, dict[str, Any]]:
    pages: dict[tuple[str, int], Page] = {}
    found = {}
    for one in these:
        window = (one.role, one.width)
        page = pages.get(window) or pages.setdefault(window, sign_in(one.role, width=one.width))
        page.goto(one.path)
        element = page.locator(one.element).first
        found[one.name] = {"text": _text(element), **(_photograph(page, element, one) if TAKING else {})}
    return found


def _text(element: Locator) -> str:
    return OF_TODAY.sub("…", " ".join(element.inner_text().split()))


def _photograph(page: Page, element: Locator, one: Picture) -> dict[str, Any]:
    from PIL import Image

    box = element.bounding_box()
    assert box
    height = min(int(box["height"]), one.most)
    shot = page.screenshot(
        full_page=True,
        clip={"x": int(box["x"]), "y": int(box["y"]), "width": int(box["width"]), "height": height},
    )
    # So few colours are all that our pages have; the file is a third.
    image = Image.open(io.BytesIO(shot)).convert("RGB").quantize(64)
    FOLDER.mkdir(exist_ok=True)
    image.save(FOLDER / f"{one.name}.png", optimize=True)
    return {"width": image.width, "height": image.height}


def _keep(seen: Mapping[str, dict[str, Any]]) -> None:
    text = json.dumps(seen, ensure_ascii=False, indent=1, sort_keys=True)
    (FOLDER / "pictures.json").write_text(text + "\n", encoding="utf-8")
    pictures.cache_clear()
    for file in FOLDER.glob("*.png"):
        if file.stem not in seen:
            file.unlink()
