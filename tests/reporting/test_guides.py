"""«Довідка»: the right guide for each role, and no word in it that the portal does not say."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from programs.enums import AppointmentRole
from programs.models import Program, User
from reporting.guides import GUIDES, own_guides, pictures
from tests import building

ROOT = Path(settings.BASE_DIR)


def names(user: User) -> list[str]:
    return [guide.name for guide in own_guides(user)]


def test_everybody_is_shown_the_guide_of_their_own_roles(
    clerk: User,
    coexecutor: User,
    head: User,
    auditor: User,
    program_admin: User,
    system_admin: User,
    stranger: User,
) -> None:
    people = (clerk, coexecutor, head, auditor, program_admin, system_admin, stranger)
    assert [names(user) for user in people] == [
        ["responsible"],
        ["coexecutor"],
        ["head"],
        ["auditor"],
        ["program-admin"],
        ["system-admin"],
        [],
    ]


def test_who_has_two_roles_is_shown_both(demo: Program, auditor: User) -> None:
    building.appointed(auditor, demo.responsible, AppointmentRole.ACTING_HEAD)
    assert names(auditor) == ["head", "auditor"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", list(GUIDES))
def test_each_guide_opens_with_its_pictures(client: Client, stranger: User, name: str) -> None:
    client.force_login(stranger)
    page = client.get(f"/help/{name}/").content.decode()
    shown = re.findall(r'src="/static/help/([\w-]+)\.png"', page)
    assert sorted(shown) == sorted(one for one in pictures() if one.startswith(f"{name}-"))
    assert [one for one in shown if not (ROOT / "static" / "help" / f"{one}.png").is_file()] == []


def test_every_picture_is_shown_somewhere() -> None:
    texts = "".join((ROOT / "templates" / "help" / f"{name}.html").read_text() for name in GUIDES)
    assert sorted(re.findall(r'help_picture "([\w-]+)"', texts)) == sorted(pictures())


def test_a_guide_that_is_not_there(client: Client, stranger: User) -> None:
    client.force_login(stranger)
    assert client.get("/help/mayor/").status_code == 404


@pytest.mark.parametrize("name", list(GUIDES))
def test_what_a_guide_says_to_press_is_there_to_be_pressed(name: str) -> None:
    """Labels stand in <b>; each is said by some page."""
    said = "".join(
        path.read_text()
        for folder, ending in (("templates", "html"), ("programs", "py"), ("reporting", "py"))
        for path in (ROOT / folder).rglob(f"*.{ending}")
        if "help" not in path.parts
    ).replace("&nbsp;", " ")
    labels = re.findall(r"<b>([^<]+)</b>", (ROOT / "templates" / "help" / f"{name}.html").read_text())
    assert labels != []
    assert [label for label in labels if label not in said] == []
