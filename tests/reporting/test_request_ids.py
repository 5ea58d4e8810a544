"""The number of a request: in the answer, on the page that tells of an error, in the log."""

import contextvars
import logging
import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.test import Client
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from reporting import urls
from reporting.request_ids import RequestIdFilter
from tests import building

NUMBER = r"\d{4}-\d{4}"


@login_not_required
def breaks(request: object) -> None:
    raise DatabaseError("the database is gone")


urlpatterns = [*urls.urlpatterns, path("breaks/", csrf_exempt(breaks))]
handler400, handler404, handler500 = urls.handler400, urls.handler404, urls.handler500


@pytest.fixture
def lines() -> Iterator[list[logging.LogRecord]]:
    """What the log is told, through the filter of the settings."""
    told: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.addFilter(RequestIdFilter())
    handler.emit = told.append  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    yield told
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def visitor(db: None) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(building.user("auditor", is_auditor=True))
    return client


@pytest.mark.urls(__name__)
def test_the_page_of_an_error_prints_the_number_that_stands_beside_the_traceback(
    visitor: Client, lines: list[logging.LogRecord]
) -> None:
    answer = visitor.get("/breaks/")
    assert answer.status_code == 500
    (line,) = [one for one in lines if one.exc_info]
    assert "the database is gone" in str(line.exc_info and line.exc_info[1])
    assert re.findall(NUMBER, answer.content.decode()) == [line.request_id]  # type: ignore[attr-defined]
    assert answer["X-Request-ID"] == line.request_id  # type: ignore[attr-defined]


@pytest.mark.urls(__name__)
def test_that_page_asks_the_database_nothing(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even who is there: the database may be what is broken."""
    monkeypatch.setattr("reporting.views.context.portal", breaks)
    answer = visitor.get("/breaks/")
    assert "Щось зламалося" in answer.content.decode()


@pytest.mark.parametrize(("address", "status"), [("/nothing/", 404), ("/imports/", 403), ("/healthz/", 200)])
def test_each_answer_has_a_number_of_its_own(visitor: Client, address: str, status: int) -> None:
    answers = [visitor.get(address) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [status, status]
    numbers = [answer["X-Request-ID"] for answer in answers]
    assert len(set(numbers)) == 2
    assert [re.findall(NUMBER, answer.content.decode()) for answer in answers] == [
        [number] if status >= 400 else [] for number in numbers
    ]


def test_a_name_that_is_not_ours_is_answered_with_a_number(client: Client) -> None:
    answer = client.get("/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert re.findall(NUMBER, answer.content.decode()) == [answer["X-Request-ID"]]


def test_a_stale_page_is_answered_with_a_number(db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(building.user("person"))
    answer = client.post("/sign-out/")
    assert answer.status_code == 403
    assert re.findall(NUMBER, answer.content.decode()) == [answer["X-Request-ID"]]


def test_outside_of_requests_lines_have_a_dash() -> None:
    record = logging.makeLogRecord({})
    contextvars.Context().run(RequestIdFilter().filter, record)
    assert record.request_id == "-"  # type: ignore[attr-defined]


class TestOffline:
    def test_the_page_is_the_same_for_everybody(self, client: Client, visitor: Client) -> None:
        assert client.get("/offline/").content == visitor.get("/offline/").content

    def test_the_script_may_serve_the_whole_portal_and_keeps_what_the_page_is_made_of(
        self, client: Client
    ) -> None:
        page, script = client.get("/offline/").content.decode(), client.get("/service-worker.js")
        assert (script["Content-Type"], script["Service-Worker-Allowed"]) == (
            "text/javascript; charset=utf-8",
            "/",
        )
        kept = re.search(r"const LOOK = \[(.*)\];", script.content.decode())
        assert kept
        assert set(re.findall(r'"([^"]+)"', kept[1])) == set(re.findall(r'(?:href)="(/static/[^"]+)"', page))
        assert 'const PAGE = "/offline/";' in script.content.decode()
