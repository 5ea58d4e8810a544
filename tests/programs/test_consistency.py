"""Each control check fires on what it is for, and keeps silent on what is right."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from programs.calculations import Money
from programs.consistency import Finding, Severity, check_report
from programs.entry import save_result
from programs.enums import DecisionKind, ExecutionState, ZeroReason
from programs.models import (
    AnnualReport,
    Measure,
    MeasureResult,
    Participation,
    PlannedFunding,
    Program,
    Signatory,
    User,
)
from programs.opening import open_report
from tests import building

pytestmark = pytest.mark.django_db

Found = list[tuple[str, str]]

PLANNED_AND_NOT_FINANCED = [
    *("1.1", "1.2", "1.5", "1.7", "2.3", "2.7", "2.8", "2.9"),
    *("3.1", "3.2", "3.3", "3.6", "3.7", "4.2", "4.3"),
]


@pytest.fixture
def program() -> Program:
    made = building.program(measures=1)
    Participation.objects.create(measure=Measure.objects.get(), executor=building.executor())
    return made


@pytest.fixture
def clerk(program: Program) -> User:
    return building.appointed(building.user("clerk"), program.responsible)


@pytest.fixture
def report(program: Program) -> AnnualReport:
    building.source("general", "з загального фонду")
    made = open_report(program, 2024, by=building.user("admin", is_program_admin=True))
    Signatory.objects.create(report=made, post="Начальник", name="Власне ПРІЗВИЩЕ")
    return made


@pytest.fixture
def enter(report: AnnualReport, clerk: User) -> Callable[..., None]:
    """Fills the only row rightly, but for what the test says."""

    def fill(
        planned: str | None = "10",
        actual: str | None = "10",
        financed: str | None = "10",
        source: str = "general",
        **values: object,
    ) -> None:
        money = Money(*(None if a is None else Decimal(a) for a in (planned, actual, financed)))
        row = report.results.get()
        right = {"narrative": "Зроблено.", "execution_state": ExecutionState.DONE}
        save_result(
            row,
            version=row.version,
            by=clerk,
            amounts={building.source(source).pk: money},
            **{**right, **values},
        )

    return fill


def found(report: AnnualReport) -> Found:
    report = AnnualReport.objects.select_related("program__responsible").get(pk=report.pk)
    return [(finding.code, finding.message) for finding in check_report(report)]


def codes(report: AnnualReport) -> list[str]:
    return [code for code, _ in found(report)]


def test_a_right_report_has_no_findings(report: AnnualReport, enter: Callable[..., None]) -> None:
    enter()
    assert found(report) == []


def test_an_untouched_row_is_said_once(report: AnnualReport) -> None:
    assert codes(report) == ["untouched"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"narrative": " "}, "no_narrative"),
        ({"execution_state": ""}, "no_state"),
        ({"actual": None, "financed": None}, "no_amount"),
        ({"stated_percent": "100"}, "no_justification"),
    ],
)
def test_what_is_required_is_an_error(
    report: AnnualReport, enter: Callable[..., None], values: dict[str, str], expected: str
) -> None:
    enter(**values)
    (finding,) = check_report(report)
    assert (finding.code, finding.severity, finding.measure) == (expected, Severity.ERROR, "1.1")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"financed": "9.5", "stated_percent": "100", "stated_justification": "роботу виконано"},
            ("stated_percent", "За даними виконавця 100,0\u00a0%, за розрахунком 95,0\u00a0%."),
        ),
        (
            {"actual": "12"},
            ("actual_over_plan", "Факт 12,0 тис. грн – більше, ніж план 10,0 тис. грн."),
        ),
        (
            {"actual": "4", "financed": "4.5"},
            ("financed_over_actual", "Профінансовано 4,5 тис. грн – більше, ніж факт 4,0 тис. грн."),
        ),
        (
            {"actual": "0", "financed": "4.5"},
            ("financed_without_actual", "Профінансовано 4,5 тис. грн, а факту немає."),
        ),
        (
            {"actual": "0", "financed": "0"},
            (
                "zero_without_reason",
                "Заплановано 10,0 тис. грн, профінансовано 0, причину не вказано.",
            ),
        ),
        (
            {"execution_state": ExecutionState.NOT_PLANNED},
            ("not_planned_with_money", "Стан «не передбачено у звітному році», а кошти є."),
        ),
    ],
)
def test_what_needs_a_look_is_a_warning(
    report: AnnualReport, enter: Callable[..., None], values: dict[str, str], expected: tuple[str, str]
) -> None:
    enter(**values)
    assert found(report) == [expected]
    assert [finding.severity for finding in check_report(report)] == [Severity.WARNING]


def test_over_a_hundred_percent(report: AnnualReport, enter: Callable[..., None]) -> None:
    enter(actual="12", financed="12")
    assert found(report) == [
        ("over_100", "Відсоток виконання 120,0\u00a0%."),
        ("actual_over_plan", "Факт 12,0 тис. грн – більше, ніж план 10,0 тис. грн."),
    ]


def test_a_reason_settles_a_zero(report: AnnualReport, enter: Callable[..., None]) -> None:
    enter(actual="0", financed="0", zero_reason=ZeroReason.NOT_FINANCED)
    assert codes(report) == []


def test_sums_without_a_source_are_named_together(report: AnnualReport, enter: Callable[..., None]) -> None:
    enter(source="unallocated")
    assert found(report) == [("unallocated", "Суми не розподілено за джерелами фінансування, заходи: 1.1.")]


@pytest.mark.parametrize(
    ("state", "money", "message"),
    [
        (ExecutionState.NOT_DONE, "1", "2024 рік поза терміном заходу (2023), а суми є."),
        (ExecutionState.DONE, "0", "2024 рік поза терміном заходу (2023), а захід виконано."),
        (ExecutionState.NOT_DONE, "0", "2024 рік поза терміном заходу (2023)."),
    ],
)
def test_outside_its_term(
    report: AnnualReport, enter: Callable[..., None], state: str, money: str, message: str
) -> None:
    Measure.objects.update(term="2023")
    enter(planned=money, actual=money, financed=money, execution_state=state)
    assert found(report) == [("out_of_term", message)]


def test_outside_its_term_and_said_so(report: AnnualReport, enter: Callable[..., None]) -> None:
    Measure.objects.update(term="2023")
    enter("0", "0", "0", execution_state=ExecutionState.NOT_PLANNED)
    assert codes(report) == []


def decide(program: Program, **amounts: str) -> None:
    """A plan of the only measure, by the source's code."""
    decision = building.decision(program, "77", "2024-06-01")
    for code, amount in amounts.items():
        PlannedFunding.objects.create(
            measure=Measure.objects.get(),
            year=2024,
            decision=decision,
            source=building.source(code),
            amount=Decimal(amount),
        )


def test_plan_that_an_amendment_changed(
    report: AnnualReport, program: Program, enter: Callable[..., None]
) -> None:
    decide(program, general="12.5")
    # A newer decision that says nothing of this measure is not the one its plan comes from.
    building.decision(program, "80", "2024-09-01")
    enter()
    assert found(report) == [
        ("plan_differs", "План у звіті 10,0 тис. грн, а за рішенням №77 від 01.06.2024 – 12,5 тис. грн.")
    ]


def test_plan_that_an_amendment_moved_between_sources(
    report: AnnualReport, program: Program, enter: Callable[..., None]
) -> None:
    building.source("special", "з спеціального фонду")
    enter()
    decide(program, general="4", special="6")
    assert found(report) == [
        (
            "plan_differs",
            "План у звіті розподілено за джерелами не так, як у рішенні №77 від 01.06.2024: "
            "general: у звіті 10,0, за рішенням 4,0; special: у звіті 0,0, за рішенням 6,0.",
        )
    ]


@pytest.mark.parametrize(("entered", "decided"), [("unallocated", "special"), ("general", "unallocated")])
def test_what_is_not_allocated_is_compared_as_a_whole(
    report: AnnualReport, program: Program, enter: Callable[..., None], entered: str, decided: str
) -> None:
    building.source("special", "з спеціального фонду")
    enter(source=entered)
    decide(program, **{"general": "4", decided: "6"})
    assert "plan_differs" not in codes(report)


def test_a_zero_of_a_source_is_as_good_as_a_blank(
    report: AnnualReport, program: Program, enter: Callable[..., None]
) -> None:
    building.source("special", "з спеціального фонду")
    enter()
    decide(program, general="10", special="0")
    assert codes(report) == []


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("2020-2024", ["printed_term"]),
        ("постійно", ["printed_term"]),
        ("2020–2025 роки", []),
        ("", []),
    ],
)
def test_printed_term(
    report: AnnualReport, enter: Callable[..., None], printed: str, expected: list[str]
) -> None:
    Measure.objects.update(term_text=printed)
    enter()
    assert codes(report) == expected


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("управління  культури (за згодою)", []),
        ("Департамент освіти", [("printed_executors", "Записано, але не друкується: Управління культури.")]),
        (
            "Управління культури, управління у справах сім'ї",
            [("printed_executors", "Друкується, але не записано: Управління у справах сім’ї.")],
        ),
    ],
)
def test_printed_executors(
    report: AnnualReport, enter: Callable[..., None], printed: str, expected: Found
) -> None:
    building.executor("Управління у справах сім’ї")
    Measure.objects.update(executors_text=printed)
    enter()
    assert found(report) == expected


def test_a_measure_without_executors(report: AnnualReport, enter: Callable[..., None]) -> None:
    Participation.objects.all().delete()
    enter()
    assert codes(report) == ["no_executors"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Проведено засідання комісії. " * 4, ["repeated_narrative"]), ("Проводиться постійно.", [])],
)
def test_last_years_narrative(
    report: AnnualReport,
    program: Program,
    enter: Callable[..., None],
    text: str,
    expected: list[str],
) -> None:
    before = AnnualReport.objects.create(program=program, year=2023)
    MeasureResult.objects.create(report=before, measure=Measure.objects.get(), narrative=text)
    enter(narrative=text.upper())
    assert codes(report) == expected


def test_a_report_without_signatory_and_decision(
    report: AnnualReport, program: Program, enter: Callable[..., None]
) -> None:
    enter()
    Signatory.objects.all().delete()
    program.decisions.update(kind=DecisionKind.AMENDS)
    assert codes(report) == ["no_signatory", "no_decision"]


def test_the_real_report(report_2023: AnnualReport) -> None:
    """What is wrong with it is found, and nothing is said of 2.1 and 4.4."""
    findings = check_report(report_2023)
    by_code: dict[str, list[str]] = {}
    for finding in findings:
        by_code.setdefault(finding.code, []).append(finding.measure)
    assert by_code == {
        "stated_total": [""],
        "unallocated": [""],
        "stated_percent": ["1.1", "4.1"],
        "zero_without_reason": PLANNED_AND_NOT_FINANCED,
        "out_of_term": ["3.8"],
        "actual_over_plan": ["4.1"],
    }
    assert all(finding.severity is Severity.WARNING for finding in findings)


def test_the_real_total_is_explained(report_2023: AnnualReport) -> None:
    (total,) = [finding for finding in check_report(report_2023) if finding.code == "stated_total"]
    assert total == Finding(
        "stated_total",
        Severity.WARNING,
        "Надруковано 90,0\u00a0%; за підсумками таблиці виходить 13,1\u00a0%. "
        "90,0 дорівнює 60,0 + 30,0 (факт + профінансовано).",
        field="percent",
    )


def test_rounding_is_said_and_not_mended(report_2024: AnnualReport) -> None:
    messages = [finding.message for finding in check_report(report_2024) if finding.code == "rounding"]
    assert messages[0] == (
        "Графа «план»: показані суми заходів разом дають 319,6, а підсумок 318,9. "
        "Це різниця через округлення."
    )


@pytest.mark.parametrize("measures", [1, 30])
def test_queries_do_not_grow(django_assert_num_queries, measures: int) -> None:
    program = building.program(measures=measures)
    report = open_report(program, 2024, by=building.user("admin", is_program_admin=True))
    report = AnnualReport.objects.select_related("program__responsible").get(pk=report.pk)
    with django_assert_num_queries(11):
        check_report(report)
