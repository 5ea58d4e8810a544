"""Which rows a selection finds: every part of the filter alone, rights, and what it costs."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from programs.calculations import Money
from programs.consistency import check_report
from programs.entry import ResultEntry, save_results
from programs.models import AnnualReport, MeasureResult, Participation, Program, User
from reporting.extracts.choosing import Counted, batches, count, counted
from reporting.extracts.gathering import one_moment
from reporting.extracts.selection import Selection
from tests import agreeing, building

from .taking import EVERYTHING, codes, found

PROGRAM = "1688-2019-12-18"


def fill(row: MeasureResult, by: User, *, source: int | None = None, text: str = "", sums: str = "") -> None:
    """`sums` are «plan actual financed», «-» a blank."""
    amounts = [None if one == "-" else Decimal(one) for one in sums.split()]
    money = {source: Money(*amounts)} if source else {}
    save_results(row.report, [ResultEntry(row.pk, row.version, {"narrative": text}, money)], by=by)


@pytest.fixture
def small(db: None) -> tuple[Program, list[MeasureResult], User]:
    """A programme of three measures, its report of 2024, and who enters it."""
    program = building.program(measures=3)
    clerk = building.appointed(building.user("clerk"), program.responsible)
    return program, building.results(program), clerk


# --- the order, the years, the programmes ---


def test_rows_come_in_the_order_of_years_and_numbers(demo: Program) -> None:
    rows = [
        f"{report.year} {row.measure.code}"
        for report in demo.reports.order_by("year")
        for row in MeasureResult.objects.for_report(report)
    ]
    assert codes(EVERYTHING) == rows
    assert len(rows) == 74


def test_years(demo: Program) -> None:
    assert {row.report.year for row in found(Selection(years=(2023,)))} == {2023}
    assert count(Selection(years=(2023,)), None) == 37


def test_programmes(demo: Program) -> None:
    other = building.program(measures=2)
    building.results(other)
    assert codes(Selection(programs=("15-2019-11-05",))) == ["2024 1.1", "2024 1.2"]
    assert count(Selection(programs=(PROGRAM,)), None) == 74
    assert count(Selection(programs=(PROGRAM, "15-2019-11-05")), None) == 76


def test_a_programme_without_a_decision_is_found_by_its_stand_in(
    small: tuple[Program, list[MeasureResult], User],
) -> None:
    Program.objects.update(public_id=None)
    assert count(Selection(programs=(f"program-{small[0].pk}",)), None) == 3
    assert count(Selection(programs=("program-0",)), None) == 0


# --- executors and sources ---


def test_the_executor_in_charge(demo: Program) -> None:
    building.results(
        building.program(measures=2, responsible=building.executor("Служба у справах ветеранів"))
    )
    assert count(Selection(responsible=(demo.responsible_id,)), None) == 74


def test_executors_that_take_part(small: tuple[Program, list[MeasureResult], User]) -> None:
    rows = small[1]
    culture, sport = building.executor("Служба у справах дітей"), building.executor("Управління спорту")
    for row, executor in ((rows[0], culture), (rows[0], sport), (rows[2], sport)):
        Participation.objects.create(measure=row.measure, executor=executor)
    assert codes(Selection(executors=(culture.pk,))) == ["2024 1.1"]
    assert codes(Selection(executors=(culture.pk, sport.pk))) == ["2024 1.1", "2024 1.3"]


def test_sources_with_any_amount(small: tuple[Program, list[MeasureResult], User]) -> None:
    _, rows, clerk = small
    general, special = building.source("general").pk, building.source("special").pk
    fill(rows[0], clerk, source=general, sums="1 - -")
    fill(rows[1], clerk, source=special, sums="- - 0")
    assert codes(Selection(sources=(special,))) == ["2024 1.2"]
    assert codes(Selection(sources=(general, special))) == ["2024 1.1", "2024 1.2"]


# --- states ---


def test_states_of_a_draft(demo: Program) -> None:
    assert count(Selection(states=("draft", "returned")), None) == 74
    assert count(Selection(states=("agreed", "signed", "published")), None) == 0


def test_what_is_agreed_signed_or_published(db: None) -> None:
    report, head = agreeing.small_report()
    agreeing.submitting.submit(report, head)
    seen = {}
    agreeing.agree_unprinted(report, head)
    seen["agreed"] = [count(Selection(states=(one,)), None) for one in ("agreed", "signed", "published")]
    agreeing.sign_on_paper(report, head)
    seen["signed"] = [count(Selection(states=(one,)), None) for one in ("agreed", "signed", "published")]
    agreeing.publish(report, head)
    seen["published"] = [count(Selection(states=(one,)), None) for one in ("agreed", "signed", "published")]
    assert seen == {"agreed": [1, 0, 0], "signed": [0, 1, 0], "published": [0, 0, 1]}


def test_what_is_opened_again_is_a_draft(db: None) -> None:
    report, head = agreeing.small_report()
    agreeing.published_edition(report, head, printed=False)
    agreeing.reopen(report, head)
    assert [count(Selection(states=(one,)), None) for one in ("draft", "signed", "published")] == [1, 0, 0]


@pytest.mark.parametrize("how", [{}, {"only_findings": True}, {"without_financed": True}])
def test_drafts_are_counted_beside_all(db: None, how: dict[str, bool]) -> None:
    report, head = agreeing.small_report()
    agreeing.published_edition(report, head, printed=False)
    building.results(building.program(measures=2, number="16"))
    for row in MeasureResult.objects.all():
        row.amounts.update_or_create(source=building.source(), defaults={"planned": 5, "financed": None})
    assert counted(Selection(**how), None) == Counted(rows=3, drafts=2)  # type: ignore[arg-type]


# --- findings and deviations ---


def test_only_rows_with_findings(report_2024: AnnualReport) -> None:
    told = {finding.result_id for finding in check_report(report_2024)} - {None}
    rows = found(Selection(years=(2024,), only_findings=True))
    assert {row.pk for row in rows} == told
    assert 0 < len(told) < 37
    assert count(Selection(years=(2024,), only_findings=True), None) == len(told)


@pytest.mark.parametrize(
    ("sums", "percent", "is_found"),
    [
        ("100 - 79.99999", "20", True),
        ("100 - 80", "20", False),
        ("100 - 120", "20", False),
        ("100 - 120.00001", "20", True),
        ("0 - 0.00001", "500", True),
        ("0 - 0", "0", False),
        ("- - 5", "0", False),
        ("100 - -", "0", False),
        ("100 - 100", "0", False),
    ],
)
def test_deviation(
    small: tuple[Program, list[MeasureResult], User], sums: str, percent: str, is_found: bool
) -> None:
    _, rows, clerk = small
    fill(rows[1], clerk, source=building.source().pk, sums=sums)
    selection = Selection(deviation_over=Decimal(percent))
    assert (codes(selection), count(selection, None)) == (["2024 1.2"] * is_found, int(is_found))


@pytest.mark.parametrize(
    ("sums", "alone", "with_deviation"),
    [
        ("100 - -", True, True),
        ("100 - 0", False, True),
        ("100 - 99", False, False),
        ("0 - -", False, False),
        ("- - -", False, False),
        ("- - 5", False, False),
    ],
)
def test_a_plan_whose_financed_is_blank(
    small: tuple[Program, list[MeasureResult], User], sums: str, alone: bool, with_deviation: bool
) -> None:
    _, rows, clerk = small
    fill(rows[1], clerk, source=building.source().pk, sums=sums)
    asked = [
        Selection(without_financed=True),
        Selection(without_financed=True, deviation_over=Decimal(20)),
    ]
    assert [codes(one) for one in asked] == [["2024 1.2"] * alone, ["2024 1.2"] * with_deviation]


def test_deviation_is_of_all_sources_together(small: tuple[Program, list[MeasureResult], User]) -> None:
    _, rows, clerk = small
    general, special = building.source("general").pk, building.source("special").pk
    money = {general: Money(Decimal(10), None, Decimal(0)), special: Money(None, None, Decimal(10))}
    save_results(rows[0].report, [ResultEntry(rows[0].pk, rows[0].version, {}, money)], by=clerk)
    assert codes(Selection(deviation_over=Decimal(0))) == []


# --- text ---


@pytest.mark.parametrize(
    ("asked", "narrative"),
    [
        ("СІМ'Ї", "Допомога сім’ї"),
        ("сім’ї", "Допомога СІМʼЇ"),
        ("ґанок", "Відремонтовано ганок"),
        ("ганок", "Відремонтовано Ґанок"),
        ("двох  слів", "сказано двох\nслів"),
        ("2023-2024", "у 2023–2024 роках"),
        ("й", "и\u0306"),
        ("100 %", "виконано на 100 %"),
        ("(а.б)", "пункт (а.б)"),
        (r"\d", r"знак \d"),
        ("_%", "знаки _%"),
    ],
)
def test_text_in_the_information(
    small: tuple[Program, list[MeasureResult], User], asked: str, narrative: str
) -> None:
    _, rows, clerk = small
    fill(rows[1], clerk, text=narrative)
    fill(rows[2], clerk, text="Інше 123 авб.")
    assert codes(Selection(text=asked)) == ["2024 1.2"]


def test_text_in_the_name_of_the_measure(small: tuple[Program, list[MeasureResult], User]) -> None:
    assert codes(Selection(text="ЗАХІД 3")) == ["2024 1.3"]


def test_a_text_of_spaces_asks_for_nothing(small: tuple[Program, list[MeasureResult], User]) -> None:
    assert count(Selection(text="  "), None) == 3


# --- rights ---


@pytest.mark.parametrize(
    ("person", "rows"),
    [
        ("auditor", 76),
        ("program_admin", 76),
        ("clerk", 74),
        ("head", 74),
        ("coexecutor", 74),
        ("stranger", 0),
        ("system_admin", 0),
    ],
)
def test_everybody_gets_what_they_may_see(
    demo: Program, request: pytest.FixtureRequest, person: str, rows: int
) -> None:
    building.results(
        building.program(measures=2, responsible=building.executor("Служба у справах ветеранів"))
    )
    reader = request.getfixturevalue(person)
    assert (count(EVERYTHING, reader), len(found(EVERYTHING, reader))) == (rows, rows)


def test_whose_appointment_has_ended_gets_nothing(clerk: User) -> None:
    clerk.appointments.update(ends_on=timezone.localdate() - datetime.timedelta(days=1))
    assert count(EVERYTHING, clerk) == 0


def test_who_is_switched_off_gets_nothing(auditor: User) -> None:
    auditor.is_active = False
    assert count(EVERYTHING, auditor) == 0


def test_a_programme_asked_for_by_its_key_is_no_way_round(demo: Program, stranger: User) -> None:
    assert count(Selection(programs=(PROGRAM,)), stranger) == 0


# --- batches ---


def queries_of(selection: Selection, **how: int) -> int:
    with CaptureQueriesContext(
        connection,
    ) as told:
        assert all(
            part.findings is not None
            for batch in batches(selection, None, with_records=True, **how)
            for part in batch.parts
        )
    return len(told)


def test_a_batch_costs_the_same_whatever_its_size(demo: Program) -> None:
    one = queries_of(Selection(years=(2024,)))
    program = building.program(measures=2)
    for year in (2023, 2024):
        building.results(program, year)
    assert queries_of(EVERYTHING) == one


def test_small_batches_give_the_same_rows(demo: Program) -> None:
    parts = [part for batch in batches(EVERYTHING, None, at_once=1) for part in batch.parts]
    assert [len(part.selected) for part in parts] == [37, 37]
    assert [one.pk for part in parts for one in part.selected] == [row.pk for row in found(EVERYTHING)]


@pytest.mark.only_on("sqlite")
@pytest.mark.django_db(transaction=True)
def test_a_batch_keeps_no_writer_waiting_on_sqlite() -> None:
    """A deferred transaction sees one moment too, and takes the writers' lock from nobody."""
    mode = connection.transaction_mode  # type: ignore[attr-defined]
    with CaptureQueriesContext(connection) as told, one_moment():
        count(EVERYTHING, None)
    assert told[0]["sql"] == "BEGIN DEFERRED"
    assert (connection.transaction_mode, mode) == ("IMMEDIATE", "IMMEDIATE")  # type: ignore[attr-defined]


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_a_batch_sees_one_moment_of_the_database() -> None:
    building.results(building.program(measures=2))
    with one_moment(), connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone() == ("repeatable read",)
        assert count(EVERYTHING, None) == 2
    assert len(found(EVERYTHING)) == 2
