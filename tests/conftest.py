"""What every test may ask for: the demonstration data, and people named by what they may do."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import settings
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from programs import append_only, demonstration
from programs.models import AnnualReport, Program, User
from reporting.assemble import assemble
from reporting.document import ReportDocument
from tests.demonstration import loaded

# A loaded machine is slow, not wrong; the same examples on every run of the same code.
settings.register_profile("zvit", deadline=None, derandomize=True)
settings.load_profile("zvit")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that have a subject on one database only are no tests on the other; the browser comes last.

    Playwright leaves its event loop running in the process, where nothing else can then start one.
    """
    elsewhere = [
        item
        for item in items
        if any(connection.vendor not in mark.args for mark in item.iter_markers("only_on"))
    ]
    config.hook.pytest_deselected(items=elsewhere)
    items[:] = sorted(
        (item for item in items if item not in elsewhere),
        key=lambda item: item.get_closest_marker("browser") is not None,
    )


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """PostgreSQL drops no database that a pool still keeps a connection to, say of a live server's thread."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session", autouse=True)
def emptied_after_use() -> Iterator[None]:
    """Tests of real transactions, a live server's too, empty every table in the end; some refuse."""
    empty = TransactionTestCase._fixture_teardown

    def without_triggers(case: TransactionTestCase) -> None:
        with append_only.lifted():
            empty(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", without_triggers)
        yield


@pytest.fixture(autouse=True)
def no_second_factor(settings: Settings) -> None:
    """Tests are signed in without codes, heads and administrators too; those of the codes switch this on."""
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def demo(db: None) -> Program:
    """The real programme with its report of 2023 and the demonstration year 2024."""
    return loaded()


@pytest.fixture
def report_2023(demo: Program) -> AnnualReport:
    return demo.reports.get(year=2023)


@pytest.fixture
def report_2024(demo: Program) -> AnnualReport:
    return demo.reports.get(year=2024)


@pytest.fixture
def real_document(report_2023: AnnualReport) -> ReportDocument:
    return assemble(report_2023, draft_at=None)


@pytest.fixture
def demo_document(report_2024: AnnualReport) -> ReportDocument:
    return assemble(report_2024, draft_at=None)


@pytest.fixture
def clerk(demo: Program) -> User:
    """The responsible person of the programme's responsible executor."""
    return User.objects.get(username=demonstration.RESPONSIBLE)


@pytest.fixture
def head(demo: Program) -> User:
    return User.objects.get(username=demonstration.HEAD)


@pytest.fixture
def coexecutor(demo: Program) -> User:
    """The responsible person of a body that takes part in some of the programme's measures."""
    return User.objects.get(username=demonstration.COEXECUTOR)


@pytest.fixture
def auditor(demo: Program) -> User:
    return User.objects.get(username=demonstration.AUDITOR)


@pytest.fixture
def program_admin(demo: Program) -> User:
    return User.objects.get(username=demonstration.PROGRAM_ADMIN)


@pytest.fixture
def system_admin(demo: Program) -> User:
    return User.objects.get(username=demonstration.SYSTEM_ADMIN)


@pytest.fixture
def stranger(demo: Program) -> User:
    """Signed in, appointed nowhere."""
    return User.objects.create_user("storonnia", given_name="Стороння", family_name="Особа")
