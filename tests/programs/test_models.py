"""What the database itself holds: every constraint is tried without forms and without `clean`."""

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms import modelform_factory
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from programs.enums import AppointmentRole, DecisionKind
from programs.models import (
    Amount,
    AnnualReport,
    Appointment,
    Decision,
    Executor,
    ExecutorAlias,
    FundingSource,
    Measure,
    MeasureResult,
    Participation,
    PlannedFunding,
    Program,
    Signatory,
    Task,
    User,
)
from programs.opening import add_missing_rows
from programs.textforms import Term
from tests import building

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return building.program(measures=2)


@pytest.fixture
def result(program: Program) -> MeasureResult:
    return building.results(program)[0]


# --- constraints -------------------------------------------------------------------------


def second_task(result: MeasureResult) -> None:
    Task.objects.bulk_create([Task(program=result.report.program, number=1, text="Ще одне")])


def task_zero(result: MeasureResult) -> None:
    Task.objects.update(number=0)


def second_measure(result: MeasureResult) -> None:
    Measure.objects.filter(number=2).update(number=1)


def measure_zero(result: MeasureResult) -> None:
    Measure.objects.filter(number=1).update(number=0)


def measure_without_term(result: MeasureResult) -> None:
    Measure.objects.update(term="")


def program_ending_before_start(result: MeasureResult) -> None:
    Program.objects.update(start_year=2025, end_year=2024)


def second_program_of_one_identity(result: MeasureResult) -> None:
    other = building.program(number="16")
    Program.objects.filter(pk=other.pk).update(public_id=result.report.program.public_id)


def second_decision(result: MeasureResult) -> None:
    standing = Decision.objects.get()
    Decision.objects.bulk_create(
        [Decision(program=standing.program, number=standing.number, date=standing.date)]
    )


def second_approving_decision(result: MeasureResult) -> None:
    program = result.report.program
    Decision.objects.bulk_create(
        [Decision(program=program, number="16", date=datetime.date(2020, 1, 1), kind=DecisionKind.APPROVES)]
    )


def second_participation(result: MeasureResult) -> None:
    part = {"measure": result.measure, "executor": Executor.objects.get()}
    Participation.objects.bulk_create([Participation(**part), Participation(**part)])


def plan(result: MeasureResult, amount: str) -> PlannedFunding:
    return PlannedFunding(
        measure=result.measure,
        year=2024,
        decision=Decision.objects.get(),
        source=building.source(),
        amount=Decimal(amount),
    )


def second_plan(result: MeasureResult) -> None:
    PlannedFunding.objects.bulk_create([plan(result, "1"), plan(result, "2")])


def negative_plan(result: MeasureResult) -> None:
    PlannedFunding.objects.bulk_create([plan(result, "-0.00001")])


def second_report(result: MeasureResult) -> None:
    AnnualReport.objects.bulk_create([AnnualReport(program=result.report.program, year=2024)])


def stated_total_of_a_report_begun_here(result: MeasureResult) -> None:
    AnnualReport.objects.update(stated_total_percent=Decimal("90.0"))


def negative_stated_total(result: MeasureResult) -> None:
    AnnualReport.objects.update(is_transcribed=True, stated_total_percent=Decimal("-0.1"))


def department_due_before_coexecutors(result: MeasureResult) -> None:
    AnnualReport.objects.update(
        coexecutors_due=datetime.date(2025, 1, 15), department_due=datetime.date(2025, 1, 14)
    )


def second_signatory(result: MeasureResult) -> None:
    one = {"report": result.report, "position": 1, "post": "Начальник", "name": "Олена ПРИКЛАД"}
    Signatory.objects.bulk_create([Signatory(**one), Signatory(**one)])


def second_result(result: MeasureResult) -> None:
    MeasureResult.objects.bulk_create([MeasureResult(report=result.report, measure=result.measure)])


def negative_stated_percent(result: MeasureResult) -> None:
    MeasureResult.objects.update(stated_percent=Decimal("-0.1"))


def second_amount(result: MeasureResult) -> None:
    one = {"result": result, "source": building.source()}
    Amount.objects.bulk_create([Amount(**one), Amount(**one)])


def negative_planned(result: MeasureResult) -> None:
    Amount.objects.bulk_create([Amount(result=result, source=building.source(), planned=Decimal("-0.00001"))])


def negative_actual(result: MeasureResult) -> None:
    Amount.objects.bulk_create([Amount(result=result, source=building.source(), actual=Decimal("-0.00001"))])


def negative_financed(result: MeasureResult) -> None:
    Amount.objects.bulk_create(
        [Amount(result=result, source=building.source(), financed=Decimal("-0.00001"))]
    )


def second_funding_source_code(result: MeasureResult) -> None:
    building.source("general")
    FundingSource.objects.bulk_create([FundingSource(code="general", name="Інша назва")])


def second_funding_source_name(result: MeasureResult) -> None:
    building.source("general")
    FundingSource.objects.bulk_create([FundingSource(code="other", name="general")])


def second_executor(result: MeasureResult) -> None:
    other = building.executor("Управління освіти")
    Executor.objects.filter(pk=other.pk).update(search_key="управління культури")


def second_alias(result: MeasureResult) -> None:
    ExecutorAlias.objects.bulk_create(
        [
            ExecutorAlias(
                executor=Executor.objects.get(), name="Управління Культури", search_key="управління культури"
            )
        ]
    )


def appointment(**fields: object) -> None:
    Appointment.objects.bulk_create(
        [Appointment(user=User.objects.get(), executor=Executor.objects.get(), **fields)]
    )


def appointment_ending_before_start(result: MeasureResult) -> None:
    appointment(
        role=AppointmentRole.HEAD, starts_on=datetime.date(2024, 2, 1), ends_on=datetime.date(2024, 1, 31)
    )


def acting_head_without_order(result: MeasureResult) -> None:
    appointment(role=AppointmentRole.ACTING_HEAD, starts_on=datetime.date(2024, 1, 1))


def second_username(result: MeasureResult) -> None:
    User.objects.bulk_create([User(username="admin")])


@pytest.mark.parametrize(
    "break_it",
    [
        second_task,
        task_zero,
        second_measure,
        measure_zero,
        measure_without_term,
        program_ending_before_start,
        second_program_of_one_identity,
        second_decision,
        second_approving_decision,
        second_participation,
        second_plan,
        negative_plan,
        second_report,
        stated_total_of_a_report_begun_here,
        negative_stated_total,
        department_due_before_coexecutors,
        second_signatory,
        second_result,
        negative_stated_percent,
        second_amount,
        negative_planned,
        negative_actual,
        negative_financed,
        second_funding_source_code,
        second_funding_source_name,
        second_executor,
        second_alias,
        appointment_ending_before_start,
        acting_head_without_order,
        second_username,
    ],
)
def test_the_database_refuses(break_it: Callable[[MeasureResult], None], result: MeasureResult) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        break_it(result)


def test_a_transcribed_report_may_state_its_total(result: MeasureResult) -> None:
    AnnualReport.objects.update(is_transcribed=True, stated_total_percent=Decimal("90.0"))
    assert AnnualReport.objects.get().stated_total_percent == Decimal("90.0")


def test_both_deadlines_may_be_one_day(result: MeasureResult) -> None:
    day = datetime.date(2025, 1, 15)
    AnnualReport.objects.update(coexecutors_due=day, department_due=day)
    assert AnnualReport.objects.get().department_due == day


def test_the_number_of_a_withdrawn_measure_is_free_again(program: Program) -> None:
    task = program.tasks.get()
    task.measures.filter(number=1).update(withdrawn_by=program.decisions.get())
    building.measure(task, 1)
    assert task.measures.filter(number=1).count() == 2


def test_a_year_outside_the_programme_is_refused_in_words(program: Program) -> None:
    with pytest.raises(ValidationError) as refused:
        AnnualReport(program=program, year=2026).full_clean()
    assert refused.value.message_dict == {"year": ["2026 рік поза терміном програми (2020-2025 роки)."]}


# --- order -------------------------------------------------------------------------------


def test_measure_ten_comes_after_nine(program: Program) -> None:
    task = program.tasks.get()
    for number in (10, 9, 12, 11, 8, 3):
        building.measure(task, number)
    assert [measure.code for measure in Measure.objects.all()] == [
        "1.1", "1.2", "1.3", "1.8", "1.9", "1.10", "1.11", "1.12",
    ]  # fmt: skip


def test_results_of_a_report_are_in_printed_order(program: Program) -> None:
    """Whenever a row was made: measures 2.10 and 2.2 are here from the start, 2.9 and 1.3 came later."""
    second = Task.objects.create(program=program, number=2, text="Друге")
    for number in (10, 2):
        building.measure(second, number)
    report = building.results(program)[0].report
    building.measure(second, 9)
    building.measure(program.tasks.get(number=1), 3)
    add_missing_rows(report, by=report.created_by)
    codes = [result.measure.code for result in MeasureResult.objects.for_report(report)]
    assert codes == ["1.1", "1.2", "1.3", "2.2", "2.9", "2.10"]


# --- what is stored reads back -----------------------------------------------------------


@given(st.decimals(min_value=0, max_value=Decimal("9999999999.99999"), places=5))
def test_money_reads_back_exactly(amount: Decimal) -> None:
    with transaction.atomic():
        program = building.program(measures=1)
        result = building.results(program)[0]
        Amount.objects.create(result=result, source=building.source(), planned=amount)
        assert Amount.objects.get().planned == amount
        transaction.set_rollback(True)


@pytest.mark.parametrize("amount", ["9999999999.99999", "0.00001", "0.3", "228.3", "8388608.00001"])
def test_money_at_the_edges_reads_back_exactly(amount: str, result: MeasureResult) -> None:
    Amount.objects.create(result=result, source=building.source(), planned=Decimal(amount))
    assert Amount.objects.get().planned == Decimal(amount)


def test_a_blank_amount_reads_back_blank_beside_a_zero(result: MeasureResult) -> None:
    Amount.objects.create(result=result, source=building.source(), planned=Decimal(0), actual=None)
    assert list(Amount.objects.values_list("planned", "actual")) == [(Decimal(0), None)]


def test_a_term_reads_back_as_its_years(program: Program) -> None:
    Measure.objects.filter(number=1).update(term=Term.of([2023, 2021]))
    assert Measure.objects.get(number=1).term == Term.of([2021, 2023])


def test_a_term_is_stored_as_it_prints(program: Program) -> None:
    Measure.objects.filter(number=1).update(term=Term.parse("2021; 2023"))
    assert Measure.objects.filter(term="2021, 2023").count() == 1


# --- a term in forms ---------------------------------------------------------------------

TermForm = modelform_factory(Measure, fields=["term"])


def test_a_term_typed_in_a_form_becomes_years(program: Program) -> None:
    measure = Measure.objects.get(number=1)
    TermForm({"term": "2021 ; 2023"}, instance=measure).save()
    measure.refresh_from_db()
    assert measure.term == Term.of([2021, 2023])


def test_a_term_that_is_none_is_refused_in_words(program: Program) -> None:
    form = TermForm({"term": "постійно"}, instance=Measure.objects.get(number=1))
    assert form.errors == {
        "term": ["«постійно» не є терміном. Уведіть роки так: «2020-2025» або «2021, 2023»."]
    }


def test_a_term_too_long_to_store_is_refused(program: Program) -> None:
    measure = Measure.objects.get(number=1)
    measure.term = Term.of(range(1991, 2100, 2))
    with pytest.raises(ValidationError) as refused:
        measure.full_clean()
    assert list(refused.value.message_dict) == ["term"]


def test_a_term_left_as_it_was_is_no_change(program: Program) -> None:
    form = TermForm({"term": "2020-2025"}, instance=Measure.objects.get(number=1))
    assert form.changed_data == []


def test_the_years_are_printed_where_the_document_gave_no_words(program: Program) -> None:
    assert Measure.objects.get(number=1).printed_term == "2020-2025"


def test_the_words_of_the_document_are_printed_before_the_years(program: Program) -> None:
    assert Measure(term=Term.of([2021]), term_text="протягом 2021 року").printed_term == (
        "протягом 2021 року"
    )


# --- executors ---------------------------------------------------------------------------


def test_an_executor_is_found_by_its_name_however_spelled() -> None:
    made = Executor.objects.create(name="Центр для сім’ї")
    assert list(Executor.objects.spelled("ЦЕНТР  для сім'ї")) == [made]


def test_an_executor_is_found_by_an_alias() -> None:
    made = Executor.objects.create(name="Центр для сім’ї")
    ExecutorAlias.objects.create(executor=made, name="Центр для сімї")
    assert list(Executor.objects.spelled("центр для сімї")) == [made]


def test_one_body_cannot_be_entered_twice_with_another_apostrophe() -> None:
    Executor.objects.create(name="Центр для сім’ї")
    with pytest.raises(ValidationError) as refused:
        Executor(name="Центр для сім'ї").full_clean()
    assert refused.value.message_dict == {
        "name": ["Під назвою «Центр для сім'ї» вже записано виконавця «Центр для сім’ї»."]
    }


def test_a_new_body_cannot_take_anothers_alias() -> None:
    made = Executor.objects.create(name="Центр для сім’ї")
    ExecutorAlias.objects.create(executor=made, name="Сімейний центр")
    with pytest.raises(ValidationError) as refused:
        Executor(name="сімейний центр").full_clean()
    assert refused.value.message_dict == {
        "name": ["Під назвою «сімейний центр» вже записано виконавця «Центр для сім’ї»."]
    }


def test_a_new_body_with_anothers_alias_is_not_half_saved() -> None:
    made = Executor.objects.create(name="Центр для сім’ї")
    ExecutorAlias.objects.create(executor=made, name="Сімейний центр")
    with pytest.raises(IntegrityError):
        Executor.objects.create(name="Сімейний центр")
    assert list(Executor.objects.all()) == [made]


def test_an_alias_cannot_repeat_its_own_executor() -> None:
    made = Executor.objects.create(name="Центр для сім’ї")
    with pytest.raises(ValidationError) as refused:
        ExecutorAlias(executor=made, name="центр для сім'ї").full_clean()
    assert refused.value.message_dict == {
        "name": ["Під назвою «центр для сім'ї» вже записано виконавця «Центр для сім’ї»."]
    }


def test_an_alias_may_be_saved_again() -> None:
    made = Executor.objects.create(name="Центр для сім’ї")
    alias = ExecutorAlias.objects.create(executor=made, name="Сімейний центр")
    alias.name = "СІМЕЙНИЙ ЦЕНТР"
    alias.full_clean()
    alias.save()
    assert [alias.name for alias in made.aliases.all()] == ["Центр для сім’ї", "СІМЕЙНИЙ ЦЕНТР"]


def test_a_renamed_executor_is_still_found_by_its_old_name() -> None:
    made = Executor.objects.create(name="Відділ культури")
    made.name = "Управління культури"
    made.full_clean()
    made.save()
    assert [Executor.objects.spelled(name).get() for name in ("Відділ культури", "Управління культури")] == [
        made,
        made,
    ]


def test_an_executor_renamed_back_needs_no_new_alias() -> None:
    made = Executor.objects.create(name="Відділ культури")
    for name in ("Управління культури", "Відділ культури"):
        made.name = name
        made.full_clean()
        made.save()
    assert [alias.name for alias in made.aliases.all()] == ["Відділ культури", "Управління культури"]


# --- public identity ---------------------------------------------------------------------


def test_a_programme_is_named_by_the_decision_that_approves_it(program: Program) -> None:
    program.refresh_from_db()
    assert program.public_id == "15-2019-11-05"


def test_an_amendment_names_no_programme() -> None:
    unapproved = Program.objects.create(
        kind="програма", title="Нова", start_year=2024, end_year=2024, responsible=building.executor()
    )
    building.decision(unapproved, "20", "2024-01-01")
    unapproved.refresh_from_db()
    assert unapproved.public_id is None


def test_the_second_and_third_programme_of_one_decision_get_a_suffix() -> None:
    identities = []
    for _ in range(3):
        made = building.program()
        made.refresh_from_db()
        identities.append(made.public_id)
    assert identities == ["15-2019-11-05", "15-2019-11-05-2", "15-2019-11-05-3"]


def test_a_mended_decision_renames_a_programme_without_reports(program: Program) -> None:
    decision = program.decisions.get()
    decision.number = "16"
    decision.save()
    program.refresh_from_db()
    assert program.public_id == "16-2019-11-05"


def test_a_mended_decision_leaves_the_name_once_a_report_exists(result: MeasureResult) -> None:
    decision = Decision.objects.get()
    decision.number = "16"
    decision.save()
    assert Program.objects.get().public_id == "15-2019-11-05"


def test_a_decision_saved_again_does_not_rename(program: Program) -> None:
    second = building.program()
    second.decisions.get().save()
    second.refresh_from_db()
    assert second.public_id == "15-2019-11-05-2"


# --- people ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "is_current"),
    [
        ("2024-03-10", None, True),
        ("2024-03-11", None, False),
        ("2024-01-01", "2024-03-10", True),
        ("2024-01-01", "2024-03-09", False),
    ],
)
def test_an_appointment_counts_from_its_first_day_to_its_last(
    starts_on: str, ends_on: str | None, is_current: bool
) -> None:
    person = building.appointed(
        building.user("person"),
        building.executor(),
        starts_on=datetime.date.fromisoformat(starts_on),
        ends_on=datetime.date.fromisoformat(ends_on) if ends_on else None,
    )
    assert person.appointments.current(on=datetime.date(2024, 3, 10)).exists() is is_current


def test_a_name_reads_as_in_a_signature() -> None:
    assert User(given_name="Ірина", family_name="Ковальчук").get_full_name() == "Ірина КОВАЛЬЧУК"


def test_a_superuser_gets_no_figures() -> None:
    made = User.objects.create_superuser("root", given_name="С", family_name="А")
    assert (made.is_system_admin, made.is_program_admin, made.is_auditor) == (True, False, False)


def test_signing_in_is_no_change_of_the_account(client: Client) -> None:
    person = building.user("osoba")
    client.force_login(person)
    person.refresh_from_db()
    assert (person.last_login is not None, person.history.count()) == (True, 1)


def test_a_title_is_kept_without_the_quotes_that_the_form_adds() -> None:
    quoted = building.program()
    quoted.title = "«Рівні можливості»"
    with pytest.raises(ValidationError, match="без лапок"):
        quoted.full_clean()
    quoted.title = "«Рівність» та «Гідність»"
    quoted.full_clean()


def test_a_measure_stays_within_its_programmes_years() -> None:
    building.program(measures=1)
    measure = Measure.objects.get()
    measure.term = Term.parse("2024, 2026-2027")
    with pytest.raises(ValidationError, match=r"2026-2027 поза терміном програми \(2020-2025 роки\)"):
        measure.full_clean()
