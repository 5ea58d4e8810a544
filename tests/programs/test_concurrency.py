"""People at the same moment: one is served, the others are told, nothing is doubled."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from programs.models import AnnualReport, MeasureResult, Program
from programs.opening import add_missing_rows, open_report
from tests import building

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.many_writers]

PEOPLE = 4


def at_once(work: Callable[[], object]) -> list[str]:
    """How it ended for each, each in a thread and a connection of its own."""
    start = Barrier(PEOPLE)
    ended: list[str] = []

    def run() -> None:
        try:
            start.wait(timeout=30)
            work()
            ended.append("")
        except ValidationError as refused:
            ended.append(" ".join(refused.messages))
        except Exception as error:
            ended.append(repr(error))
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(ended)


def test_a_year_is_opened_once() -> None:
    program = building.program(measures=3)
    admin = building.user("admin", is_program_admin=True)
    ended = at_once(lambda: open_report(Program.objects.get(pk=program.pk), 2024, by=admin))
    assert ended == ["", *["Звіт цієї програми за цей рік уже є."] * (PEOPLE - 1)]
    assert (AnnualReport.objects.count(), MeasureResult.objects.count()) == (1, 3)


def test_missing_rows_are_added_once() -> None:
    program = building.program(measures=1)
    report = building.results(program)[0].report
    for number in range(2, 6):
        building.measure(program.tasks.get(), number)
    ended = at_once(lambda: add_missing_rows(report, by=report.created_by))
    assert (ended, MeasureResult.objects.count()) == ([""] * PEOPLE, 5)
