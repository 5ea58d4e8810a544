import time
from collections.abc import Callable
from decimal import Decimal
from threading import Thread

import pytest
from django.db import connection, connections, transaction

from programs.calculations import Money
from programs.entry import (
    AMOUNT_FIELDS,
    RESULT_FIELDS,
    Conflict,
    EntryError,
    EntryRefused,
    InvalidResults,
    InvalidValue,
    ResultEntry,
    StaleResults,
    save_result,
    save_results,
)
from programs.enums import AppointmentRole, ExecutionState, ReportState, ZeroReason
from programs.models import Amount, AnnualReport, FundingSource, MeasureResult, Program, User
from tests import building

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return building.program(measures=3)


@pytest.fixture
def rows(program: Program) -> list[MeasureResult]:
    return building.results(program)


@pytest.fixture
def row(rows: list[MeasureResult]) -> MeasureResult:
    return rows[0]


@pytest.fixture
def report(row: MeasureResult) -> AnnualReport:
    return row.report


@pytest.fixture
def writer(program: Program) -> User:
    return building.appointed(building.user("writer"), program.responsible)


@pytest.fixture
def colleague(program: Program) -> User:
    return building.appointed(building.user("colleague"), program.responsible)


@pytest.fixture
def general() -> FundingSource:
    return building.source("general")


def stored() -> list[tuple[object, ...]]:
    """Everything that an entry may write, with its history's length."""
    return [
        *MeasureResult.objects.order_by("pk").values_list("pk", "version", *RESULT_FIELDS),
        *Amount.objects.order_by("pk").values_list("result", "source", *AMOUNT_FIELDS),
        (MeasureResult.history.count(), Amount.history.count()),
    ]  # fmt: skip


# --- what is written ---------------------------------------------------------------------


def test_a_row_is_written(row: MeasureResult, writer: User) -> None:
    save_result(
        row,
        version=1,
        by=writer,
        execution_state=ExecutionState.PARTIAL,
        stated_percent=Decimal("32.0"),
        stated_justification="за актами",
        zero_reason=ZeroReason.DONORS,
        narrative="Проведено 4 засідання.",
    )
    row.refresh_from_db()
    assert (
        row.execution_state,
        row.stated_percent,
        row.stated_justification,
        row.zero_reason,
        row.narrative,
    ) == ("partial", Decimal("32.0"), "за актами", "donors", "Проведено 4 засідання.")


def test_the_saved_row_comes_back(row: MeasureResult, writer: User) -> None:
    saved = save_result(row, version=1, by=writer, narrative="Нове")
    assert (saved.pk, saved.version, saved.narrative) == (row.pk, 2, "Нове")


def test_amounts_are_written_by_source(row: MeasureResult, writer: User, general: FundingSource) -> None:
    special = building.source("special")
    save_result(
        row,
        version=1,
        by=writer,
        amounts={
            general.pk: Money(Decimal("10.5"), Decimal("10"), Decimal("9.99999")),
            special.pk: Money(planned=Decimal("1")),
        },
    )
    assert list(Amount.objects.order_by("pk").values_list("source", "planned", "actual", "financed")) == [
        (general.pk, Decimal("10.5"), Decimal("10"), Decimal("9.99999")),
        (special.pk, Decimal("1"), None, None),
    ]


def test_what_is_not_named_stays(row: MeasureResult, writer: User, general: FundingSource) -> None:
    save_result(row, version=1, by=writer, narrative="Є", amounts={general.pk: Money(Decimal(1))})
    save_result(row, version=2, by=writer, execution_state=ExecutionState.DONE)
    row.refresh_from_db()
    assert (row.narrative, row.amounts.get().planned) == ("Є", Decimal(1))


def test_amounts_may_be_typed_the_ukrainian_way(
    row: MeasureResult, writer: User, general: FundingSource
) -> None:
    save_result(row, version=1, by=writer, amounts={general.pk: Money("1\u00a0234,5", "", "0,0")})
    amount = Amount.objects.get()
    assert (amount.planned, amount.actual, amount.financed) == (Decimal("1234.5"), None, Decimal(0))


def test_a_blank_is_not_a_zero(row: MeasureResult, writer: User, general: FundingSource) -> None:
    save_result(row, version=1, by=writer, amounts={general.pk: Money(Decimal(0), Decimal(0), None)})
    save_result(row, version=2, by=writer, amounts={general.pk: Money(Decimal(0), None, Decimal(0))})
    amount = Amount.objects.get()
    assert (amount.planned, amount.actual, amount.financed) == (Decimal(0), None, Decimal(0))


def test_blanks_for_a_source_without_a_row_make_none(
    row: MeasureResult, writer: User, general: FundingSource
) -> None:
    save_result(row, version=1, by=writer, amounts={general.pk: Money()})
    assert Amount.objects.count() == 0


def test_many_rows_are_written_at_once(rows: list[MeasureResult], report: AnnualReport, writer: User) -> None:
    entries = [ResultEntry(row.pk, 1, {"narrative": f"Рядок {row.measure.code}"}) for row in rows]
    assert save_results(report, entries, by=writer) == 3
    assert [row.narrative for row in MeasureResult.objects.for_report(report)] == [
        "Рядок 1.1", "Рядок 1.2", "Рядок 1.3",
    ]  # fmt: skip


# --- nothing changed ---------------------------------------------------------------------


def test_the_same_values_write_nothing(row: MeasureResult, writer: User, general: FundingSource) -> None:
    values = {
        "stated_percent": Decimal("32"),
        "narrative": "Проведено",
        "amounts": {general.pk: Money(Decimal("2.4"), Decimal(0), None)},
    }
    save_result(row, version=1, by=writer, **values)
    before = stored()
    save_result(row, version=2, by=writer, **values)
    assert stored() == before


def test_the_same_amount_with_more_zeros_writes_nothing(
    row: MeasureResult, writer: User, general: FundingSource
) -> None:
    save_result(row, version=1, by=writer, amounts={general.pk: Money(Decimal("2.4"))})
    before = stored()
    save_result(row, version=2, by=writer, amounts={general.pk: Money(Decimal("2.40000"))})
    assert stored() == before


def test_a_browsers_line_breaks_are_no_change(row: MeasureResult, writer: User) -> None:
    save_result(row, version=1, by=writer, narrative="Перше.\nДруге.")
    before = stored()
    save_result(row, version=2, by=writer, narrative="Перше.\r\nДруге.")
    assert stored() == before


def test_only_changed_rows_are_counted(rows: list[MeasureResult], report: AnnualReport, writer: User) -> None:
    entries = [
        ResultEntry(rows[0].pk, 1, {"narrative": "Нове"}),
        ResultEntry(rows[1].pk, 1, {"narrative": ""}),
    ]
    assert save_results(report, entries, by=writer) == 1


def test_only_changed_rows_get_a_new_version(
    rows: list[MeasureResult], report: AnnualReport, writer: User
) -> None:
    entries = [
        ResultEntry(rows[0].pk, 1, {"narrative": "Нове"}),
        ResultEntry(rows[1].pk, 1, {"narrative": ""}),
    ]
    save_results(report, entries, by=writer)
    assert [row.version for row in MeasureResult.objects.for_report(report)] == [2, 1, 1]


def test_a_changed_amount_makes_a_new_version_of_the_row(
    row: MeasureResult, writer: User, general: FundingSource
) -> None:
    assert save_result(row, version=1, by=writer, amounts={general.pk: Money(Decimal(1))}).version == 2


# --- history -----------------------------------------------------------------------------


def test_history_of_a_row_says_who_and_from_what_to_what(row: MeasureResult, writer: User) -> None:
    save_result(row, version=1, by=writer, narrative="Нове", execution_state=ExecutionState.DONE)
    new, old = row.history.all()
    changes = {change.field: (change.old, change.new) for change in new.diff_against(old).changes}
    assert (new.history_user, changes) == (
        writer,
        {"narrative": ("", "Нове"), "execution_state": ("", "done")},
    )


def test_history_of_an_amount_says_who_and_from_what_to_what(
    row: MeasureResult, writer: User, colleague: User, general: FundingSource
) -> None:
    save_result(row, version=1, by=writer, amounts={general.pk: Money(Decimal(1), None, None)})
    save_result(row, version=2, by=colleague, amounts={general.pk: Money(Decimal(1), Decimal(5), None)})
    new, old = Amount.history.all()
    changes = {change.field: (change.old, change.new) for change in new.diff_against(old).changes}
    assert (old.history_user, new.history_user, changes) == (
        writer, colleague, {"actual": (None, Decimal(5))},
    )  # fmt: skip


def test_history_is_of_the_changed_rows_only(
    rows: list[MeasureResult], report: AnnualReport, writer: User
) -> None:
    save_results(report, [ResultEntry(row.pk, 1, {"narrative": ""}) for row in rows[1:]], by=writer)
    save_results(report, [ResultEntry(rows[0].pk, 1, {"narrative": "Нове"})], by=writer)
    assert [row.history.count() for row in rows] == [2, 1, 1]


# --- somebody was faster -----------------------------------------------------------------


def test_a_stale_save_shows_both_values(
    row: MeasureResult, writer: User, colleague: User, general: FundingSource
) -> None:
    save_result(row, version=1, by=colleague, narrative="Їхнє", amounts={general.pk: Money(Decimal(7))})
    with pytest.raises(StaleResults) as stale:
        save_result(row, version=1, by=writer, narrative="Моє", amounts={general.pk: Money(Decimal(8))})
    when = row.history.first().history_date
    assert stale.value.conflicts == [
        Conflict(row.pk, "1.1", "інформація про виконання", "Їхнє", "Моє", str(colleague), when),
        Conflict(row.pk, "1.1", "план (general)", Decimal(7), Decimal(8), str(colleague), when),
    ]


def test_a_stale_save_names_the_rows_in_words(row: MeasureResult, writer: User, colleague: User) -> None:
    save_result(row, version=1, by=colleague, narrative="Їхнє")
    with pytest.raises(StaleResults) as stale:
        save_result(row, version=1, by=writer, narrative="Моє")
    assert str(stale.value) == (
        "Поки ви працювали, хтось змінив ті самі рядки: 1.1. Нічого не записано; "
        "порівняйте обидва значення й збережіть ще раз."
    )


def test_a_stale_save_writes_nothing_not_even_the_fresh_rows(
    rows: list[MeasureResult], report: AnnualReport, writer: User, colleague: User, general: FundingSource
) -> None:
    save_result(rows[0], version=1, by=colleague, narrative="Їхнє")
    before = stored()
    with pytest.raises(StaleResults):
        save_results(
            report,
            [
                ResultEntry(rows[0].pk, 1, {"narrative": "Моє"}),
                ResultEntry(rows[1].pk, 1, {"narrative": "Нове"}, {general.pk: Money(Decimal(1))}),
            ],
            by=writer,
        )
    assert stored() == before


def test_a_conflict_names_who_changed_that_very_cell(
    row: MeasureResult, writer: User, colleague: User
) -> None:
    save_result(row, version=1, by=colleague, narrative="Колега")
    save_result(row, version=2, by=writer, execution_state="done")
    with pytest.raises(StaleResults) as stale:
        save_result(row, version=1, by=writer, narrative="Моє")
    [conflict] = stale.value.conflicts
    assert (conflict.changed_by, conflict.changed_at) == (
        str(colleague),
        row.history.get(version=2).history_date,
    )


def test_the_loser_saves_again_with_the_version_it_was_shown(
    row: MeasureResult, writer: User, colleague: User
) -> None:
    save_result(row, version=1, by=colleague, narrative="Їхнє")
    assert save_result(row, version=2, by=writer, narrative="Моє").narrative == "Моє"


def test_a_stale_save_of_what_already_stands_is_no_conflict(
    row: MeasureResult, writer: User, colleague: User
) -> None:
    save_result(row, version=1, by=colleague, narrative="Однакове")
    assert save_result(row, version=1, by=writer, narrative="Однакове").version == 2


def test_different_rows_do_not_disturb_each_other(
    rows: list[MeasureResult], report: AnnualReport, writer: User, colleague: User
) -> None:
    save_result(rows[0], version=1, by=colleague, narrative="Їхнє")
    save_result(rows[1], version=1, by=writer, narrative="Моє")
    assert [row.narrative for row in MeasureResult.objects.for_report(report)] == ["Їхнє", "Моє", ""]


def test_a_version_nobody_has_seen_is_a_conflict(row: MeasureResult, writer: User) -> None:
    with pytest.raises(StaleResults):
        save_result(row, version=9, by=writer, narrative="Моє")


@pytest.mark.django_db(transaction=True)
def test_who_saves_while_another_save_is_under_way_waits_and_learns_of_it(
    row: MeasureResult, writer: User, colleague: User
) -> None:
    if connection.vendor == "sqlite":
        # Its one writer at a time is SQLite's own doing, if every transaction begins as a writer's.
        assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
        return
    outcome: list[object] = []

    def write_too() -> None:
        try:
            outcome.append(save_result(row, version=1, by=writer, narrative="Моє"))
        except StaleResults as stale:
            outcome.extend((conflict.theirs, conflict.yours) for conflict in stale.conflicts)
        finally:
            connections.close_all()

    second = Thread(target=write_too)
    with transaction.atomic():
        save_result(row, version=1, by=colleague, narrative="Їхнє")
        second.start()
        wait_until_somebody_waits_for_us()
    second.join(timeout=30)
    assert outcome == [("Їхнє", "Моє")]


def wait_until_somebody_waits_for_us() -> None:
    waiting = (
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    )
    deadline = time.monotonic() + 20
    with connection.cursor() as cursor:
        while not cursor.execute(waiting).fetchone()[0]:
            assert time.monotonic() < deadline
            time.sleep(0.01)


# --- who and when ------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(AppointmentRole))
def test_people_of_the_responsible_executor_write(
    role: AppointmentRole, row: MeasureResult, program: Program
) -> None:
    person = building.appointed(building.user("person"), program.responsible, role)
    assert save_result(row, version=1, by=person, narrative="Нове").narrative == "Нове"


def auditor(program: Program) -> User:
    return building.user("auditor", is_auditor=True)


def program_admin(program: Program) -> User:
    return User.objects.get(is_program_admin=True)


def system_admin(program: Program) -> User:
    return building.user("system", is_system_admin=True)


def stranger(program: Program) -> User:
    return building.user("stranger")


def person_of_another_body(program: Program) -> User:
    return building.appointed(building.user("other"), building.executor("Управління освіти"))


def person_who_left(program: Program) -> User:
    return building.appointed(building.user("left", is_active=False), program.responsible)


@pytest.mark.parametrize(
    "somebody", [auditor, program_admin, system_admin, stranger, person_of_another_body, person_who_left]
)
def test_nobody_else_writes(
    somebody: Callable[[Program], User], row: MeasureResult, program: Program
) -> None:
    person, before = somebody(program), stored()
    with pytest.raises(EntryRefused) as refused:
        save_result(row, version=1, by=person, narrative="Нове")
    assert (str(refused.value), stored()) == (
        "Показники вводять лише працівники відповідального виконавця Програми. Нічого не записано.",
        before,
    )


def test_a_returned_report_is_written_again(row: MeasureResult, writer: User) -> None:
    AnnualReport.objects.update(state=ReportState.RETURNED)
    assert save_result(row, version=1, by=writer, narrative="Нове").narrative == "Нове"


@pytest.mark.parametrize("state", [ReportState.ON_APPROVAL, ReportState.AGREED])
def test_a_report_out_of_the_clerks_hands_is_not_written(
    state: ReportState, row: MeasureResult, writer: User
) -> None:
    AnnualReport.objects.update(state=state)
    before = stored()
    with pytest.raises(EntryRefused) as refused:
        save_result(row, version=1, by=writer, narrative="Нове")
    assert (str(refused.value), stored()) == (
        f"Звіт у стані «{state.label}»: показники змінювати не можна. Нічого не записано.",
        before,
    )


def test_the_state_is_read_afresh_not_from_the_callers_copy(row: MeasureResult, writer: User) -> None:
    assert row.report.state == ReportState.DRAFT
    AnnualReport.objects.update(state=ReportState.AGREED)
    with pytest.raises(EntryRefused, match="Звіт у стані «Погоджено до підписання»"):
        save_result(row, version=1, by=writer, narrative="Нове")


# --- what cannot be ----------------------------------------------------------------------


def test_an_invalid_value_names_its_measure_and_field(
    rows: list[MeasureResult], writer: User, general: FundingSource
) -> None:
    with pytest.raises(InvalidResults) as refused:
        save_result(rows[1], version=1, by=writer, amounts={general.pk: Money(planned="12,3,4")})
    assert refused.value.invalid == [
        InvalidValue(
            rows[1].pk,
            "1.2",
            "план (general)",
            "«12,3,4»: у числі більше ніж одна кома чи крапка. Тисячі відокремлюйте пробілом, "
            "дробову частину – комою, наприклад «1 234,5».",
        )
    ]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"stated_percent": Decimal("-1")},
            "1.1, відсоток за даними виконавця: Відсоток не може бути від’ємним.",
        ),
        ({"execution_state": "вчора"}, "1.1, стан виконання: Значення 'вчора' не є дозволеним вибором."),
        ({"narrative": None}, "1.1, інформація про виконання: Це поле не може бути пустим."),
    ],
)
def test_an_invalid_value_is_refused_in_words(
    values: dict[str, object], message: str, row: MeasureResult, writer: User
) -> None:
    with pytest.raises(InvalidResults) as refused:
        save_result(row, version=1, by=writer, **values)
    assert str(refused.value) == f"Нічого не записано. {message}"


@pytest.mark.parametrize("fact", ["planned", "actual", "financed"])
@pytest.mark.parametrize(
    "amount", [Decimal("-0.00001"), Decimal("0.000001"), Decimal("1e10"), Decimal("NaN")]
)
def test_what_is_no_amount_is_refused(
    fact: str, amount: Decimal, row: MeasureResult, writer: User, general: FundingSource
) -> None:
    before = stored()
    with pytest.raises(InvalidResults):
        save_result(row, version=1, by=writer, amounts={general.pk: Money(**{fact: amount})})
    assert stored() == before


def test_a_narrative_may_fill_its_limit(row: MeasureResult, writer: User) -> None:
    assert len(save_result(row, version=1, by=writer, narrative="я" * 10_000).narrative) == 10_000


def test_a_narrative_beyond_its_limit_is_refused(row: MeasureResult, writer: User) -> None:
    with pytest.raises(InvalidResults) as refused:
        save_result(row, version=1, by=writer, narrative="я" * 10_001)
    assert [one.label for one in refused.value.invalid] == ["інформація про виконання"]


def test_every_invalid_value_is_named_and_nothing_written(
    rows: list[MeasureResult], report: AnnualReport, writer: User, general: FundingSource
) -> None:
    before = stored()
    with pytest.raises(InvalidResults) as refused:
        save_results(
            report,
            [
                ResultEntry(rows[0].pk, 1, {"narrative": "Добре"}),
                ResultEntry(rows[1].pk, 1, {"stated_percent": "-1"}, {general.pk: Money("1", "2,,3")}),
                ResultEntry(rows[2].pk, 1, {"execution_state": "?"}),
            ],
            by=writer,
        )
    places = [(one.measure_code, one.label) for one in refused.value.invalid]
    assert (places, stored()) == (
        [("1.2", "відсоток за даними виконавця"), ("1.2", "факт (general)"), ("1.3", "стан виконання")],
        before,
    )


def test_a_row_of_another_report_is_refused(program: Program, row: MeasureResult, writer: User) -> None:
    other = building.results(program, year=2023)[0]
    with pytest.raises(EntryRefused):
        save_results(row.report, [ResultEntry(other.pk, 1, {"narrative": "Чуже"})], by=writer)


@pytest.mark.parametrize("name", ["version", "report_id", "pk", "id", "measure_id"])
def test_what_is_no_figure_is_not_written_here(name: str, row: MeasureResult, writer: User) -> None:
    before = stored()
    with pytest.raises(EntryRefused):
        save_results(row.report, [ResultEntry(row.pk, 1, {name: 2})], by=writer)
    assert stored() == before


def test_an_unknown_source_is_refused(row: MeasureResult, writer: User) -> None:
    with pytest.raises(EntryRefused):
        save_result(row, version=1, by=writer, amounts={404: Money(Decimal(1))})


def test_one_row_given_twice_is_refused(row: MeasureResult, writer: User) -> None:
    twice = [ResultEntry(row.pk, 1, {"narrative": text}) for text in ("Перше", "Друге")]
    with pytest.raises(EntryRefused):
        save_results(row.report, twice, by=writer)


@pytest.mark.parametrize("error", [EntryRefused, StaleResults, InvalidResults])
def test_one_family_of_refusals(error: type[Exception]) -> None:
    assert issubclass(error, EntryError)


# --- queries -----------------------------------------------------------------------------


@pytest.mark.parametrize("measures", [3, 30])
def test_saving_takes_the_same_queries_however_many_rows(
    measures: int, general: FundingSource, django_assert_num_queries: object
) -> None:
    """All rows get new text, a mended amount and a new one: every kind of write at once."""
    program = building.program(measures=measures, number="16")
    rows = building.results(program)
    writer = building.appointed(building.user("writer"), program.responsible)
    special = building.source("special")
    first = [ResultEntry(row.pk, 1, {}, {general.pk: Money(Decimal(1))}) for row in rows]
    save_results(rows[0].report, first, by=writer)
    second = [
        ResultEntry(
            row.pk, 2, {"narrative": "Нове"}, {general.pk: Money(Decimal(2)), special.pk: Money(Decimal(3))}
        )
        for row in rows
    ]
    with django_assert_num_queries(13):
        save_results(rows[0].report, second, by=writer)


def test_what_nobody_can_see_is_left_out_of_a_text(row: MeasureResult, writer: User) -> None:
    """Browsers end lines their way, Word pastes a vertical tab, PostgreSQL refuses a zero sign."""
    typed = "перший\r\nдругий\x0bтретій\x00 \u202eкінець\u202c"
    saved = save_result(row, version=1, by=writer, narrative=typed)
    assert saved.narrative == "перший\nдругий\nтретій кінець"


def test_different_cells_of_one_row_do_not_disturb_each_other(
    row: MeasureResult, writer: User, colleague: User
) -> None:
    source = building.source()
    save_result(row, version=1, by=colleague, narrative="Їхнє", amounts={source.pk: Money(Decimal(5))})
    saved = save_result(row, version=1, by=writer, zero_reason="moved")
    assert (saved.version, saved.narrative, saved.zero_reason) == (3, "Їхнє", "moved")


def test_only_the_cells_that_both_changed_are_in_conflict(
    row: MeasureResult, writer: User, colleague: User
) -> None:
    source = building.source()
    save_result(row, version=1, by=colleague, amounts={source.pk: Money(planned=Decimal(5))})
    mine = {source.pk: Money(planned=Decimal(7), financed=Decimal(1))}
    with pytest.raises(StaleResults) as stale:
        save_result(row, version=1, by=writer, amounts=mine, narrative="Моє")
    assert [(conflict.label, conflict.theirs, conflict.yours) for conflict in stale.value.conflicts] == [
        ("план (general)", Decimal(5), Decimal(7))
    ]
