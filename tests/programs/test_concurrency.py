"""People at the same moment: one is served, the others are told, nothing is doubled."""

import pytest

from programs.models import AnnualReport, MeasureResult, Program
from programs.opening import add_missing_rows, open_report
from tests import building
from tests.crowd import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.only_on("postgresql")]

PEOPLE = 4


def test_a_year_is_opened_once() -> None:
    program = building.program(measures=3)
    admin = building.user("admin", is_program_admin=True)
    ended = at_once(lambda: open_report(Program.objects.get(pk=program.pk), 2024, by=admin), people=PEOPLE)
    assert ended == ["", *["Звіт цієї програми за цей рік уже є."] * (PEOPLE - 1)]
    assert (AnnualReport.objects.count(), MeasureResult.objects.count()) == (1, 3)


def test_missing_rows_are_added_once() -> None:
    program = building.program(measures=1)
    report = building.results(program)[0].report
    for number in range(2, 6):
        building.measure(program.tasks.get(), number)
    ended = at_once(lambda: add_missing_rows(report, by=report.created_by), people=PEOPLE)
    assert (ended, MeasureResult.objects.count()) == ([""] * PEOPLE, 5)
