"""The real report as loaded, against the facts counted in its source by hand."""

import hashlib
from decimal import Decimal

import pytest
from django.apps import apps
from django.db.models import Count

from programs.demonstration import ACCOUNTS, load_demonstration
from programs.enums import AppointmentRole, ReportState
from programs.models import (
    Amount,
    AnnualReport,
    Appointment,
    Decision,
    Executor,
    FundingSource,
    Measure,
    MeasureResult,
    Participation,
    PlannedFunding,
    Program,
    User,
)
from programs.textforms import search_key

pytestmark = pytest.mark.django_db


def by_code(report: AnnualReport) -> dict[str, MeasureResult]:
    return {result.measure.code: result for result in MeasureResult.objects.for_report(report)}


# --- the programme -----------------------------------------------------------------------


def test_the_programme(demo: Program) -> None:
    assert (demo.public_id, demo.printed_title) == (
        "1688-2019-12-18",
        "цільова соціальна програма «Житомирська міська об’єднана територіальна громада – територія рівних "
        "можливостей» на 2020-2025 роки",
    )


def test_the_programme_was_approved_by_one_decision(demo: Program) -> None:
    assert str(demo.approving_decision) == "№1688 від 18.12.2019"


def test_four_tasks_hold_thirty_seven_measures(demo: Program) -> None:
    counted = demo.tasks.annotate(measures_count=Count("measures")).order_by("number")
    assert [(task.number, task.measures_count) for task in counted] == [(1, 7), (2, 12), (3, 12), (4, 6)]


def test_two_terms_are_lists_of_years(demo: Program) -> None:
    terms = {measure.code: str(measure.term) for measure in Measure.objects.of_program(demo)}
    assert {code: term for code, term in terms.items() if term != "2020-2025"} == {
        "2.8": "2021, 2023",
        "3.8": "2022, 2024",
    }


# --- executors ---------------------------------------------------------------------------


def test_seventeen_executors(demo: Program) -> None:
    assert (Executor.objects.count(), Executor.objects.filter(measures__isnull=False).distinct().count()) == (
        17,
        17,
    )


def test_every_executor_of_every_measure_once_in_order(demo: Program) -> None:
    measure = Measure.objects.get(task__number=2, number=1)
    assert [str(part) for part in measure.participations.all()] == [
        "Управління у справах сім’ї, молоді та спорту",
        "Інші виконавчі органи ради",
        "Головне управління статистики в Житомирській області (за згодою)",
        "Громадські організації (за згодою)",
    ]


def test_participations_by_consent(demo: Program) -> None:
    """«(за згодою)» is part of the participation; it may stand once for several named before it."""
    by_consent = Participation.objects.filter(by_consent=True)
    counted = (
        by_consent.values_list("executor__name").annotate(times=Count("pk")).order_by("-times", "executor")
    )
    assert list(counted) == [
        ("Громадські організації", 18),
        ("Гендерні експерти", 5),
        ("Головне управління статистики в Житомирській області", 1),
        ("Міське телебачення", 1),
    ]


def test_measures_of_several_executors(demo: Program) -> None:
    counted = Measure.objects.of_program(demo).annotate(executors_count=Count("executors"))
    assert counted.filter(executors_count__gt=1).count() == 27


def test_consent_is_printed_where_somebody_takes_part_by_consent(demo: Program) -> None:
    printed = {m.code for m in Measure.objects.of_program(demo) if "(за згодою)" in m.executors_text}
    entered = {
        part.measure.code
        for part in Participation.objects.filter(by_consent=True).select_related("measure__task")
    }
    assert printed == entered


@pytest.mark.parametrize(
    "spelling",
    [
        "Управління у справах сім'ї, молоді та спорту міської ради",
        "управління у справах сім’ї, молоді та спорту",
        "Управління у справах сімї, молоді та спорту міської ради",
    ],
)
def test_every_spelling_is_one_body(spelling: str, demo: Program) -> None:
    assert Executor.objects.spelled(spelling).get() == demo.responsible


# --- the report of 2023 ------------------------------------------------------------------


def test_the_report_is_transcribed(report_2023: AnnualReport) -> None:
    assert (
        report_2023.is_transcribed,
        report_2023.is_demonstration,
        report_2023.stated_total_percent,
        report_2023.state,
    ) == (True, False, Decimal("90.0"), ReportState.DRAFT)


def test_thirty_seven_rows_in_order(report_2023: AnnualReport) -> None:
    sizes = {1: 7, 2: 12, 3: 12, 4: 6}
    assert list(by_code(report_2023)) == [
        f"{task}.{number}" for task, size in sizes.items() for number in range(1, size + 1)
    ]


def test_only_two_percents_are_stated_and_the_source_gives_no_reason(report_2023: AnnualReport) -> None:
    stated = {
        code: (result.stated_percent, result.stated_justification)
        for code, result in by_code(report_2023).items()
        if result.stated_percent is not None or result.stated_justification
    }
    assert stated == {
        "1.1": (Decimal("100.0"), "у джерелі не зазначено"),
        "4.1": (Decimal("32.0"), "у джерелі не зазначено"),
    }


def test_every_amount_stands_under_the_source_without_a_line(report_2023: AnnualReport) -> None:
    amounts = Amount.objects.filter(result__report=report_2023)
    assert set(amounts.values_list("source__code", flat=True)) == {"unallocated"}


def test_every_row_has_all_three_amounts(report_2023: AnnualReport) -> None:
    amounts = Amount.objects.filter(result__report=report_2023)
    filled = amounts.filter(planned__isnull=False, actual__isnull=False, financed__isnull=False)
    assert (amounts.count(), filled.count()) == (37, 37)


def test_the_amounts_of_the_rows_with_money_spent(report_2023: AnnualReport) -> None:
    spent = Amount.objects.filter(result__report=report_2023, actual__gt=0)
    assert {
        amount.result.measure.code: (amount.planned, amount.actual, amount.financed) for amount in spent
    } == {
        "2.1": (Decimal("10.5"), Decimal("10.0"), Decimal("10.0")),
        "4.1": (Decimal("40.0"), Decimal("44.0"), Decimal("14.0")),
        "4.4": (Decimal("6.4"), Decimal("6.0"), Decimal("6.0")),
    }


def test_every_row_has_a_narrative(report_2023: AnnualReport) -> None:
    assert [code for code, result in by_code(report_2023).items() if not result.narrative] == []


def test_not_a_letter_of_the_narratives_was_mended(report_2023: AnnualReport) -> None:
    """Compared with the source once, letter by letter; its typos («за підтримкм») stay."""
    narratives = "\n".join(f"{code} {result.narrative}" for code, result in by_code(report_2023).items())
    assert hashlib.sha256(narratives.encode()).hexdigest() == (
        "9d0ebd858034fdfd1add39f9a77b2da72adad82a8cc1d821357458e91d9a34a5"
    )


def test_not_a_letter_of_the_programme_was_mended(demo: Program) -> None:
    """Compared with the source once, letter by letter: tasks, measures, terms, executors."""
    lines = []
    for task in demo.tasks.all():
        lines.append(f"{task.number} {task.text}")
        for measure in task.measures.all():
            lines += [f"{measure.code} {measure.title}", measure.term_text, measure.executors_text]
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == (
        "c22085f684ac6ace3f53674121fa23be42b5c145cb318836bcb0c21c0c7ca20a"
    )


def test_nothing_is_invented_beside_the_source(report_2023: AnnualReport) -> None:
    invented = [
        code for code, result in by_code(report_2023).items() if result.execution_state or result.zero_reason
    ]
    assert invented == []


def test_no_plan_is_invented_for_2023(demo: Program) -> None:
    assert PlannedFunding.objects.filter(year=2023).count() == 0


def test_who_signed(report_2023: AnnualReport) -> None:
    assert [(signatory.post, signatory.name) for signatory in report_2023.signatories.all()] == [
        ("Начальник управління у справах сім’ї, молоді та спорту міської ради", "Ірина КОВАЛЬЧУК")
    ]


# --- the demonstration year --------------------------------------------------------------


def test_the_demonstration_year_is_a_marked_draft(report_2024: AnnualReport) -> None:
    assert (
        report_2024.is_demonstration,
        report_2024.is_transcribed,
        report_2024.stated_total_percent,
        report_2024.state,
    ) == (True, False, None, ReportState.DRAFT)


def test_the_demonstration_year_has_every_measure(report_2024: AnnualReport) -> None:
    assert report_2024.results.count() == 37


def test_the_demonstration_year_uses_both_funds(report_2024: AnnualReport) -> None:
    financed = Amount.objects.filter(result__report=report_2024, financed__gt=0)
    assert set(financed.values_list("source__code", flat=True)) == {"general", "special"}


def test_the_demonstration_plan_is_the_plan_of_its_decision(report_2024: AnnualReport) -> None:
    decided = PlannedFunding.objects.filter(year=2024).values_list("measure", "source", "amount")
    copied = Amount.objects.filter(result__report=report_2024).values_list(
        "result__measure", "source", "planned"
    )
    assert sorted(copied) == sorted(decided)


def test_what_is_made_up_says_so(report_2024: AnnualReport) -> None:
    unmarked = [
        code
        for code, result in by_code(report_2024).items()
        if result.narrative and not result.narrative.startswith("(Демонстраційні дані)")
    ]
    assert unmarked == []


def test_the_made_up_decision_says_so(demo: Program) -> None:
    made_up = demo.decisions.exclude(pk=demo.approving_decision.pk)
    assert [(decision.number, decision.title) for decision in made_up] == [
        ("ДЕМО-1", "Демонстраційні дані: умовне рішення про план на 2024 рік")
    ]


# --- reference and accounts --------------------------------------------------------------


def test_the_funding_sources_and_their_lines(demo: Program) -> None:
    assert list(FundingSource.objects.values_list("name", "form_line")) == [
        ("загальний фонд", "з загального фонду"),
        ("спеціальний фонд та інші джерела", "з спеціального фонду та інших джерел фінансування"),
        ("не розподілено", ""),
    ]


def test_the_accounts_cannot_sign_in_by_password(demo: Program) -> None:
    assert [user.username for user in User.objects.order_by("pk") if user.has_usable_password()] == []


def test_the_accounts_are_marked(demo: Program) -> None:
    assert set(User.objects.filter(is_demo=True).values_list("username", flat=True)) == set(ACCOUNTS)


def test_who_is_appointed(demo: Program) -> None:
    assert sorted(Appointment.objects.values_list("user__username", "executor", "role")) == [
        ("demo-kerivnyk", demo.responsible.pk, AppointmentRole.HEAD),
        (
            "demo-spivvykonavets",
            Executor.objects.spelled("Департамент освіти").get().pk,
            AppointmentRole.RESPONSIBLE_PERSON,
        ),
        ("demo-vidpovidalna", demo.responsible.pk, AppointmentRole.RESPONSIBLE_PERSON),
    ]


# --- loading -----------------------------------------------------------------------------


def everything() -> dict[str, list[dict[str, object]]]:
    """Every row of every table of ours, history too."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_app_config("programs").get_models()
    }


def test_loading_twice_changes_nothing(demo: Program) -> None:
    before = everything()
    load_demonstration()
    assert everything() == before


def test_loading_again_keeps_what_people_did(report_2024: AnnualReport) -> None:
    MeasureResult.objects.filter(report=report_2024).update(narrative="Змінили люди")
    load_demonstration()
    assert set(report_2024.results.values_list("narrative", flat=True)) == {"Змінили люди"}


def test_loading_beside_a_citys_own_executor_of_the_same_name_uses_it() -> None:
    own = Executor.objects.create(name="Управління культури")
    load_demonstration()
    assert list(Executor.objects.filter(search_key=search_key("управління культури"))) == [own]


def test_the_figures_are_in_history_in_the_clerks_name(report_2023: AnnualReport, clerk: User) -> None:
    newest = [result.history.first().history_user for result in report_2023.results.all()]
    assert set(newest) == {clerk}


def test_the_decisions_of_the_demonstration(demo: Program) -> None:
    assert Decision.objects.count() == 2
