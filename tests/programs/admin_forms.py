"""An admin page as a browser holds it: opened, typed into, sent."""

from html.parser import HTMLParser

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from programs.models import User


class _Inputs(HTMLParser):
    """Name and value of everything that a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "input" and name and given.get("type") not in ("submit", "button"):
            if given.get("type") != "checkbox":
                self.sent[name] = given.get("value", "")
            elif "checked" in given:
                self.sent[name] = given.get("value", "on")
        elif tag == "select":
            self._select = name
            self.sent[name] = ""
        elif tag == "option" and "selected" in given:
            self.sent[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._textarea = name
            self.sent[name] = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.sent[self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            # A browser drops the line break after the tag, and sends the others as two signs.
            self.sent[self._textarea] = self.sent[self._textarea].removeprefix("\n").replace("\n", "\r\n")
            self._textarea = ""


def inputs(response: HttpResponse) -> dict[str, str]:
    parser = _Inputs()
    parser.feed(response.content.decode())
    return parser.sent


class Page:
    """One person's browser tab."""

    def __init__(self, user: User, name: str, *args: object) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.url = reverse(f"admin:programs_{name}", args=args)
        self.fields: dict[str, str] = {}

    def open(self) -> HttpResponse:
        response = self.client.get(self.url)
        assert response.status_code == 200
        self.fields = inputs(response)
        return response

    def send(self, **typed: str) -> HttpResponse:
        """Press «Зберегти». A page that comes back is the one that the next send starts from."""
        response = self.client.post(self.url, {**self.fields, **typed, "_save": "1"})
        if response.status_code == 200:
            self.fields = inputs(response)
        return response

    def type(self, typed: dict[str, str]) -> HttpResponse:
        return self.send(**typed)


def opened(user: User, name: str, *args: object) -> Page:
    page = Page(user, name, *args)
    page.open()
    return page
