"""The official form of a programme that the portal has: one year's draft takes the figures of the file."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from programs.calculations import Money
from programs.entry import ResultEntry, save_results
from programs.enums import ReportState
from programs.importing.examination import Examination, ImportRefused, LineState
from programs.importing.files.tables import Book, CellValue, Table
from programs.importing.form.contents import ReadForm
from programs.importing.form_import import matching as form_matching
from programs.importing.kinds import official_form
from programs.models import (
    Amount,
    AnnualReport,
    Measure,
    MeasureResult,
    PlannedFunding,
    Program,
    Signatory,
    User,
)
from tests.building import appointed, executor, program, ready_report, source, user
from tests.programs.importing import tables_made
from tests.programs.importing.forms import a_form, a_measure, a_sum, asked, examined, question, said

pytestmark = pytest.mark.django_db

KEPT = {"percent:1.1": "file"}
SAME = {"planned": Decimal(10), "actual": Decimal(9), "financed": Decimal(8)}


@pytest.fixture
def standing(db: None) -> Program:
    """Two measures, a draft of 2024: each 8,0 of 10,0 from the general fund, «Проведено.»."""
    source("unallocated")
    source("special", "з інших джерел")
    made = program(measures=2)
    clerk = appointed(user("clerk"), made.responsible)
    ready_report(made, by=clerk)
    return made


@pytest.fixture
def clerk(standing: Program) -> User:
    return User.objects.get(username="clerk")


@pytest.fixture
def report(standing: Program) -> AnnualReport:
    return standing.reports.get()


def both(first: dict[str, Any] | None = None, **form: Any) -> ReadForm:
    """The report of `standing` as it is, but for what is named of the first measure."""
    return a_form(a_measure(1, 8, **(first or {})), a_measure(2, 9), **form)


def changes(examination: Examination) -> dict[str, list[tuple[str, str, str]]]:
    return {line.title: [(one.label, one.old, one.new) for one in line.changes] for line in examination.lines}


# --- which programme -----------------------------------------------------------------------


def test_its_own_form_changes_nothing(clerk: User) -> None:
    examination = examined(both(), clerk)
    assert (
        examination.title,
        said(examination),
        asked(examination),
        [line.state for line in examination.lines],
        examination.can_apply,
    ) == (
        "Форма звіту: міська програма «Програма 15» на 2020-2025 роки, за 2024 рік",
        [],
        [],
        [LineState.UNCHANGED, LineState.UNCHANGED],
        False,
    )


def test_without_a_decision_the_title_finds_it(clerk: User) -> None:
    form = both(heading={"decision_number": "", "decision_date": None, "title": "ПРОГРАМА  15"})
    assert asked(examined(form, clerk)) == []


@pytest.mark.parametrize(
    "years", [{"start_year": 2026, "end_year": 2030}, {"end_year": 2027}, {"start_year": None, "year": 2026}]
)
def test_the_title_of_a_programme_of_other_years_is_asked(years: dict[str, int | None], clerk: User) -> None:
    form = both(heading={"decision_number": "", "decision_date": None, **years})
    which = question(examined(form, clerk), "program")
    assert ([option.label for option in which.options], which.answer) == (
        ["нова програма", "міська програма «Програма 15» на 2020-2025 роки"],
        "",
    )


def test_another_title_under_its_decision_is_a_warning(clerk: User) -> None:
    assert said(examined(both(heading={"title": "Безпечне місто і чисте довкілля"}), clerk)) == [
        (
            "warning",
            "За номером і датою рішення це програма «Програма 15», а у файлі назва «Безпечне місто і чисте "
            "довкілля». Перевірте, чи це той файл.",
        )
    ]


def test_its_title_under_another_decision_is_asked(clerk: User) -> None:
    examination = examined(both(heading={"decision_number": "16"}), clerk)
    which = question(examination, "program")
    assert ([option.label for option in which.options], which.answer, list(examination.lines)) == (
        ["нова програма", "міська програма «Програма 15» на 2020-2025 роки"],
        "",
        [],
    )


def test_a_chosen_programme_is_compared_with(clerk: User, standing: Program) -> None:
    form = both(heading={"decision_number": "16"})
    examination = examined(form, clerk, {"program": str(standing.pk)})
    assert [line.state for line in examination.lines] == [LineState.UNCHANGED, LineState.UNCHANGED]


def test_a_quite_different_title_and_decision_suggest_a_new_programme(clerk: User) -> None:
    form = both(heading={"decision_number": "16", "title": "Безпечне місто і чисте довкілля"})
    assert question(examined(form, clerk), "program").answer == "new"


# --- the figures ---------------------------------------------------------------------------


def test_a_changed_cell_is_shown_and_written(clerk: User, report: AnnualReport) -> None:
    examination = examined(both({"actual": Decimal("9.5"), "information": "Інакше."}), clerk)
    assert changes(examination) == {
        "1.1 Захід 1": [("факт", "9,0", "9,5"), ("інформація про виконання", "Проведено.", "Інакше.")],
        "1.2 Захід 2": [],
    }
    outcome = official_form.apply(examination, by=clerk)
    assert (outcome.message, outcome.url_args, outcome.report_ids) == (
        "Звіт за 2024 рік: змінено 1 рядок.",
        ("15-2019-11-05", 2024),
        (report.pk,),
    )
    first = report.results.get(measure__number=1)
    amount = first.amounts.get()
    assert (first.narrative, first.execution_state, amount.source.code, amount.planned, amount.actual) == (
        "Інакше.",
        "done",
        "general",
        Decimal(10),
        Decimal("9.5"),
    )


def test_only_changed_rows_are_written(clerk: User, report: AnnualReport) -> None:
    official_form.apply(examined(both({"actual": Decimal("9.5")}), clerk), by=clerk)
    assert [row.version for row in report.results.order_by("measure__number")] == [3, 2]


def test_a_blank_cell_blanks_and_is_said(clerk: User, report: AnnualReport) -> None:
    examination = examined(both({"actual": None, "information": ""}), clerk)
    assert said(examination) == [
        ("warning", "Захід 1.1: «факт» у файлі порожньо, внесене зникне."),
        ("warning", "Захід 1.1: «інформація про виконання» у файлі порожньо, внесене зникне."),
    ]
    official_form.apply(examination, by=clerk)
    first = report.results.get(measure__number=1)
    assert (first.narrative, first.amounts.get().actual) == ("", None)


def test_a_stated_percent_is_asked_its_reason(clerk: User, report: AnnualReport) -> None:
    form = both({"percent": Decimal(95)})
    official_form.apply(examined(form, clerk, {**KEPT, "justification:1.1": "Так"}), by=clerk)
    first = report.results.get(measure__number=1)
    assert (first.stated_percent, first.stated_justification) == (Decimal(95), "Так")


def test_a_reason_that_is_too_long_is_an_error_at_once(clerk: User) -> None:
    examination = examined(both({"percent": Decimal(95)}), clerk, {**KEPT, "justification:1.1": "я" * 1001})
    assert (said(examination), examination.can_apply) == (
        [
            (
                "error",
                "Обґрунтування відсотка заходу 1.1: 95,0\u00a0%: Переконайтеся, що це значення містить не "
                "більше ніж 1000 символів (зараз 1001).",
            )
        ],
        False,
    )


@pytest.mark.parametrize("share", ["0.8", "0.80049"])
def test_a_percent_written_as_a_share_is_no_stated_one(share: str, clerk: User) -> None:
    examination = examined(both({"percent": Decimal(share)}), clerk)
    written = share.replace(".", ",")
    assert (said(examination), asked(examination), examination.changes_something) == (
        [
            (
                "warning",
                f"Відсоток {written} у файлі записано як частку: це 80,0\u00a0%, як і за розрахунком.",
            )
        ],
        [],
        False,
    )


def test_a_share_that_is_not_the_computed_percent_is_stated(clerk: User) -> None:
    form = both({"percent": Decimal("0.9")})
    assert asked(examined(form, clerk, KEPT)) == ["percent:1.1", "justification:1.1"]


def test_a_total_percent_written_as_a_share_is_no_difference(clerk: User) -> None:
    form = both(totals=a_sum("", "20", "18", "16", "0.8"))
    assert said(examined(form, clerk)) == [
        ("warning", "Відсоток 0,8 у файлі записано як частку: це 80,0\u00a0%, як і за розрахунком.")
    ]


def stated(report: AnnualReport, clerk: User) -> None:
    """The first measure's percent, with its reason."""
    row = report.results.get(measure__number=1)
    values = {"stated_percent": Decimal(95), "stated_justification": "Так"}
    save_results(report, [ResultEntry(row.pk, row.version, values)], by=clerk)


def test_a_percent_with_its_reason_is_asked_no_other(clerk: User, report: AnnualReport) -> None:
    stated(report, clerk)
    examination = examined(both({"percent": Decimal(95)}), clerk)
    assert (asked(examination), examination.changes_something) == ([], False)


def test_another_percent_is_asked_whether_the_reason_holds(clerk: User, report: AnnualReport) -> None:
    stated(report, clerk)
    examination = examined(both({"percent": Decimal(97)}), clerk, KEPT)
    assert [(one.key, one.answer) for one in examination.questions] == [
        ("percent:1.1", "file"),
        ("justification:1.1", "Так"),
    ]


def test_a_percent_that_may_be_stale_is_asked_with_the_computed_one_suggested(
    clerk: User, report: AnnualReport
) -> None:
    examination = examined(both({"financed": Decimal("8.5")}), clerk)
    (which,) = examination.questions
    assert (which.text, [option.label for option in which.options], which.answer) == (
        "Захід 1.1: у файлі відсоток 80,0\u00a0%, а за сумами 85,0\u00a0%. Який узяти?",
        ["взяти розрахунковий 85,0\u00a0%", "лишити 80,0\u00a0% за даними виконавця"],
        "computed",
    )
    official_form.apply(examination, by=clerk)
    assert report.results.get(measure__number=1).stated_percent is None


def test_a_stated_percent_over_other_sums_is_asked_again(clerk: User, report: AnnualReport) -> None:
    stated(report, clerk)
    examination = examined(both({"percent": Decimal(95), "financed": Decimal("8.5")}), clerk)
    assert [(one.key, one.answer) for one in examination.questions] == [("percent:1.1", "computed")]


def test_a_percent_that_no_sums_give_is_stated_without_a_question(clerk: User) -> None:
    nothing = {"planned": None, "actual": None, "financed": None, "percent": Decimal(100)}
    assert asked(examined(both(nothing), clerk)) == ["justification:1.1"]


def test_a_paper_reports_percents_are_not_asked(clerk: User, report: AnnualReport) -> None:
    AnnualReport.objects.update(is_transcribed=True)
    assert asked(examined(both({"percent": Decimal(95)}), clerk)) == ["justification:1.1"]


@pytest.mark.parametrize(
    ("percent", "messages"),
    [
        (None, ["Захід 1.1: «відсоток за даними виконавця» у файлі порожньо, внесене зникне."]),
        (Decimal(80), []),
    ],
)
def test_only_a_blank_percent_is_said_to_erase(
    percent: Decimal | None, messages: list[str], clerk: User, report: AnnualReport
) -> None:
    stated(report, clerk)
    examination = examined(both({"percent": percent}), clerk)
    assert (changes(examination)["1.1 Захід 1"], said(examination)) == (
        [("відсоток за даними виконавця", "95,0", "")],
        [("warning", message) for message in messages],
    )


def test_money_of_a_row_without_sums_asks_for_a_source(clerk: User, report: AnnualReport) -> None:
    Amount.objects.filter(result__measure__number=1).delete()
    special = source("special").pk
    examination = examined(both(), clerk, {"source": str(special)})
    assert asked(examination) == ["source"]
    official_form.apply(examination, by=clerk)
    amounts = Amount.objects.filter(result__measure__number=1).values_list("source", *SAME)
    assert list(amounts) == [(special, *SAME.values())]


def split(report: AnnualReport, clerk: User) -> dict[str, int]:
    """The first measure's sums: 8,0 of the plan and 7,0 of the rest general, 2,0 and 1,0 special."""
    row = report.results.get(measure__number=1)
    ids = {"general": source("general").pk, "special": source("special").pk}
    amounts = {
        ids["general"]: Money(Decimal(8), Decimal(7), Decimal(7)),
        ids["special"]: Money(Decimal(2), Decimal(2), Decimal(1)),
    }
    save_results(report, [ResultEntry(row.pk, row.version, {}, amounts)], by=clerk)
    return ids


def test_a_divided_row_that_adds_up_stays_divided(clerk: User, report: AnnualReport) -> None:
    split(report, clerk)
    examination = examined(both(), clerk)
    assert (asked(examination), examination.changes_something) == ([], False)


def test_of_a_divided_row_the_difference_goes_where_the_person_says(
    clerk: User, report: AnnualReport
) -> None:
    ids = split(report, clerk)
    form = both({"financed": Decimal("8.5"), "percent": Decimal(85)})
    which = question(examined(form, clerk), "source:1.1")
    assert (which.answer, which.hint) == ("", "профінансовано: 8,0 → 8,5")
    official_form.apply(examined(form, clerk, {"source:1.1": str(ids["special"])}), by=clerk)
    rows = Amount.objects.filter(result__measure__number=1).values_list("source__code", *SAME)
    assert set(rows) == {
        ("general", Decimal(8), Decimal(7), Decimal(7)),
        ("special", Decimal(2), Decimal(2), Decimal("1.5")),
    }


def test_a_divided_rows_sums_may_be_left_alone(clerk: User, report: AnnualReport) -> None:
    split(report, clerk)
    form = both({"financed": Decimal("8.5"), "percent": Decimal(80)})
    assert changes(examined(form, clerk, {"source:1.1": "skip"}))["1.1 Захід 1"] == []


def test_a_difference_that_would_be_below_zero_is_not_taken(clerk: User, report: AnnualReport) -> None:
    ids = split(report, clerk)
    form = both({"financed": Decimal(5), "percent": Decimal(80)})
    examination = examined(form, clerk, {"source:1.1": str(ids["special"])})
    assert (changes(examination)["1.1 Захід 1"], said(examination)) == (
        [],
        [
            (
                "warning",
                "Захід 1.1, профінансовано: у файлі 5,0, а інші джерела вже мають 7,0. Цю суму не взято.",
            )
        ],
    )


# --- what does not fit ---------------------------------------------------------------------


def test_a_measure_that_the_programme_lacks_is_not_taken(clerk: User) -> None:
    examination = examined(a_form(a_measure(1), a_measure(2), a_measure(3)), clerk)
    assert (examination.lines[-1].state, said(examination)) == (
        LineState.SKIPPED,
        [("warning", "Заходу 1.3 у програмі немає: рядок не взято. Заходи додає адміністратор програм.")],
    )


def test_a_measure_that_the_file_lacks_is_named(clerk: User) -> None:
    assert said(examined(a_form(), clerk)) == [
        ("warning", "У файлі немає заходів 1.2: у звіті вони лишаються, як є.")
    ]


def retitled(titles: Sequence[str]) -> None:
    """The measures of the programme, in order."""
    for number, title in enumerate(titles, start=1):
        Measure.objects.filter(number=number).update(title=title)


def test_a_title_a_little_different_is_a_warning(clerk: User) -> None:
    retitled(["Провести навчання для жінок", "Придбати автобус"])
    form = a_form(
        a_measure(1, title="Провести навчання для жінок."), a_measure(2, 9, title="Придбати автобус")
    )
    assert said(examined(form, clerk)) == [
        (
            "warning",
            "Захід 1.1 у програмі зветься інакше: «Провести навчання для жінок». Назва лишається, як у "
            "програмі.",
        )
    ]


@pytest.mark.parametrize(
    ("answer", "state"), [("yes", LineState.CHANGED), ("skip", LineState.SKIPPED), ("", LineState.SKIPPED)]
)
def test_a_quite_different_title_is_asked(answer: str, state: LineState, clerk: User) -> None:
    form = both({"title": "Придбати автобус", "actual": Decimal("9.5")})
    examination = examined(form, clerk, {"match:1.1": answer})
    assert (examination.lines[0].state, bool(examination.open_questions)) == (state, not answer)


def titled(*titles: str) -> ReadForm:
    return a_form(*(a_measure(number, 7 + number, title=title) for number, title in enumerate(titles, 1)))


LYCEES = ["Ремонт даху ліцею №1 міста", "Ремонт даху ліцею №2 міста"]


def test_titles_that_differ_in_their_digits_are_asked(clerk: User) -> None:
    retitled(LYCEES)
    examination = examined(titled("Ремонт даху ліцею №7 міста", LYCEES[1]), clerk)
    which = question(examination, "match:1.1")
    assert (asked(examination), which.answer, [option.label for option in which.options], which.hint) == (
        ["match:1.1"],
        "",
        ["1.1 «Ремонт даху ліцею №1 міста»", "цей рядок не брати"],
        "У файлі під цим номером «Ремонт даху ліцею №7 міста».",
    )


def test_a_title_of_another_measure_is_asked_with_that_one_offered(clerk: User) -> None:
    retitled(LYCEES)
    which = question(examined(titled(LYCEES[1]), clerk), "match:1.1")
    assert [option.label for option in which.options] == [
        "1.1 «Ремонт даху ліцею №1 міста»",
        "1.2 «Ремонт даху ліцею №2 міста»",
        "цей рядок не брати",
    ]


def test_a_title_more_like_that_of_another_measure_is_asked(clerk: User) -> None:
    retitled(["Ремонт даху ліцею міста", "Ремонт дахів ліцеїв міста"])
    own, others = "Ремонт даху ліцею міста!", "Ремонт дахів ліцеїв міста!"
    assert asked(examined(titled(own), clerk)) == []
    which = question(examined(titled(others), clerk), "match:1.1")
    assert [option.value for option in which.options] == ["yes", "closer", "skip"]


def test_shifted_numbers_put_money_where_the_person_says(clerk: User, report: AnnualReport) -> None:
    retitled(LYCEES)
    form = a_form(
        a_measure(1, 8, title=LYCEES[1], actual=Decimal(2)),
        a_measure(2, 9, title=LYCEES[0], actual=Decimal(1)),
    )
    examination = examined(form, clerk)
    assert (asked(examination), examination.can_apply) == (["match:1.1", "match:1.2"], False)
    answers = {"match:1.1": "closer", "match:1.2": "closer"}
    official_form.apply(examined(form, clerk, answers), by=clerk)
    actual = Amount.objects.order_by("result__measure__number").values_list("actual", flat=True)
    assert list(actual) == [Decimal(1), Decimal(2)]


def test_two_rows_may_not_go_to_one_measure(clerk: User) -> None:
    retitled(LYCEES)
    examination = examined(titled(LYCEES[1], LYCEES[1]), clerk, {"match:1.1": "closer"})
    assert [one.message for one in examination.errors] == ["Захід 1.2 у файлі двічі."]


def test_a_number_that_the_programme_lacks_is_asked_by_its_title(clerk: User) -> None:
    retitled(LYCEES)
    form = a_form(a_measure(1, title=LYCEES[0]), a_measure(3, 9, title=LYCEES[1]))
    which = question(examined(form, clerk), "match:1.3")
    assert [option.value for option in which.options] == ["closer", "skip"]


def test_a_file_of_other_measures_is_no_hundred_questions(
    clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(form_matching, "ASKED_AT_MOST", 1)
    examination = examined(titled("Купити автобус", "Купити тролейбус"), clerk)
    assert (asked(examination), [one.message for one in examination.errors]) == (
        ["match:1.1"],
        [
            "Заходи файла (2) звуться інакше, ніж у програмі під тими самими номерами. Перевірте, чи це "
            "форма цієї програми, і виправте номери або назви у файлі."
        ],
    )


def test_titles_too_many_to_compare_are_asked(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    retitled(["Провести навчання для жінок", "Придбати автобус"])
    monkeypatch.setattr(form_matching, "COMPARISONS", 1)
    assert asked(examined(titled("Провести навчання для жінок."), clerk)) == ["match:1.1"]


def test_a_measure_twice_in_the_file_is_an_error(clerk: User) -> None:
    form = a_form(a_measure(1), a_measure(1, 9), a_measure(2, 10))
    assert [(one.message, str(one.place)) for one in examined(form, clerk).errors] == [
        ("Захід 1.1 у файлі двічі.", "аркуш «Звіт», рядок 9, графа A")
    ]


def test_a_plan_that_is_not_the_councils_is_a_warning(clerk: User, standing: Program) -> None:
    PlannedFunding.objects.create(
        measure=standing.tasks.get().measures.get(number=1),
        year=2024,
        decision=standing.decisions.get(),
        source=source("general"),
        amount=Decimal(11),
    )
    assert said(examined(both(), clerk)) == [
        (
            "warning",
            "Захід 1.1: план у файлі 10,0, а за рішенням ради 11,0. У звіт піде план із файла.",
        )
    ]


def test_fund_lines_that_the_report_prints_too_are_no_concern(clerk: User) -> None:
    form = both(
        totals=a_sum("", "20", "18", "16"), fund_lines=[a_sum("з загального фонду", "20", "18", "16")]
    )
    assert said(examined(form, clerk)) == []


def test_other_signatories_are_said_and_stay(clerk: User, report: AnnualReport) -> None:
    assert said(examined(both(signatures=[("Начальник", "Іван ІНШИЙ")]), clerk)) == [
        (
            "warning",
            "Підписує у звіті Начальник управління Олена ПРИКЛАД, а у файлі Начальник Іван ІНШИЙ. "
            "Лишається, як у звіті.",
        )
    ]


def test_a_report_without_signatories_takes_the_files(clerk: User, report: AnnualReport) -> None:
    Signatory.objects.all().delete()
    official_form.apply(examined(both(), clerk), by=clerk)
    assert [(one.post, one.name) for one in report.signatories.all()] == [
        ("Начальник управління", "Олена ПРИКЛАД")
    ]


# --- a year that has no report yet -----------------------------------------------------------


def test_a_missing_report_is_opened_by_who_may(clerk: User, standing: Program, settings: Any) -> None:
    settings.DEPARTMENTS_MANAGE_PROGRAMS = True
    examination = examined(both(heading={"year": 2023}), clerk, {"source": str(source("general").pk)})
    outcome = official_form.apply(examination, by=clerk)
    opened = standing.reports.get(year=2023)
    assert outcome.message == "Звіт за 2023 рік: створено, змінено 2 рядки."
    assert (
        list(
            Amount.objects.filter(result__report=opened).values_list(
                "source__code", "planned", "actual", "financed"
            )
        )
        == [("general", *SAME.values())] * 2
    )
    assert [one.name for one in opened.signatories.all()] == ["Олена ПРИКЛАД"]


def test_a_plan_in_force_shows_as_what_stood_in_an_opened_report(
    clerk: User, standing: Program, settings: Any
) -> None:
    settings.DEPARTMENTS_MANAGE_PROGRAMS = True
    for measure in standing.tasks.get().measures.all():
        PlannedFunding.objects.create(
            measure=measure,
            year=2023,
            decision=standing.decisions.get(),
            source=source("special"),
            amount=Decimal(10),
        )
    examination = examined(both(heading={"year": 2023}), clerk)
    assert changes(examination)["1.1 Захід 1"] == [
        ("факт", "", "9,0"),
        ("профінансовано", "", "8,0"),
        ("інформація про виконання", "", "Проведено."),
    ]
    official_form.apply(examination, by=clerk)
    amounts = Amount.objects.filter(result__report__year=2023).values_list(
        "source__code", "planned", "actual"
    )
    assert list(amounts) == [("special", Decimal(10), Decimal(9))] * 2


def test_an_administrator_opens_a_report_without_figures(standing: Program) -> None:
    admin = User.objects.get(is_program_admin=True)
    official_form.apply(examined(both(heading={"year": 2023}), admin), by=admin)
    results = MeasureResult.objects.filter(report__year=2023)
    assert [(row.narrative, row.amounts.count()) for row in results] == [("", 0), ("", 0)]


# --- who may -------------------------------------------------------------------------------


def refusal(form: ReadForm, by: User) -> str:
    """The only thing that is said; and nothing of the report is shown."""
    examination = examined(form, by)
    ((weight, message),) = said(examination)
    assert (weight, list(examination.lines), examination.work) == ("error", [], None)
    return message


def test_a_missing_report_is_the_administrators_to_open(clerk: User) -> None:
    assert refusal(both(heading={"year": 2023}), clerk) == (
        "Звіту за 2023 рік у порталі ще немає. Його створює адміністратор програм; "
        "після цього надішліть файл ще раз."
    )


def test_a_year_outside_the_programme_is_refused(clerk: User) -> None:
    assert refusal(both(heading={"year": 2026}), clerk) == "2026 рік поза терміном програми (2020-2025 роки)."


@pytest.mark.parametrize("state", [ReportState.ON_APPROVAL, ReportState.AGREED])
def test_only_a_draft_takes_figures(state: ReportState, clerk: User, report: AnnualReport) -> None:
    AnnualReport.objects.update(state=state)
    assert (
        refusal(both(), clerk) == f"Звіт за 2024 рік у стані «{state.label}»: показники змінювати не можна."
    )


def test_a_coexecutor_enters_no_printed_figures(standing: Program) -> None:
    partner = appointed(user("partner"), executor("Архів"))
    standing.tasks.get().measures.get(number=1).participations.create(executor=executor("Архів"))
    assert refusal(both(), partner) == (
        "Показники звіту вносять лише працівники відповідального виконавця: Управління культури."
    )


def test_a_department_that_takes_no_part_sees_nothing(standing: Program) -> None:
    examination = examined(both(heading={"title": "Інша назва"}), appointed(user("other"), executor("Архів")))
    assert (examination.title, said(examination), asked(examination), list(examination.lines)) == (
        "Форма звіту: міська програма «Інша назва» на 2020-2025 роки",
        [
            (
                "error",
                "Програма з файла в порталі вже є, а ви в ній участі не берете: її звіти вносить "
                "відповідальний виконавець. Якщо ви маєте працювати з нею, зверніться до адміністратора "
                "програм.",
            )
        ],
        [],
        [],
    )


def test_an_administrator_enters_no_figures_into_a_draft(standing: Program) -> None:
    assert refusal(both(), User.objects.get(is_program_admin=True)) == (
        "Показники звіту вносять лише працівники відповідального виконавця: Управління культури."
    )


# --- somebody else meanwhile ---------------------------------------------------------------


def test_a_row_saved_by_somebody_else_changes_the_digest(clerk: User, report: AnnualReport) -> None:
    before = examined(both({"actual": Decimal("9.5")}), clerk).digest
    row = report.results.get(measure__number=2)
    save_results(report, [ResultEntry(row.pk, row.version, {"execution_state": "partial"})], by=clerk)
    assert examined(both({"actual": Decimal("9.5")}), clerk).digest != before


def test_a_conflict_writes_nothing(clerk: User, report: AnnualReport) -> None:
    examination = examined(a_form(a_measure(1, actual=Decimal(5)), a_measure(2, actual=Decimal(5))), clerk)
    row = report.results.get(measure__number=2)
    sums = {source("general").pk: Money(Decimal(10), Decimal(6), Decimal(8))}
    save_results(report, [ResultEntry(row.pk, row.version, {}, sums)], by=clerk)
    with pytest.raises(ImportRefused, match=r"хтось змінив ті самі рядки: 1\.2"):
        official_form.apply(examination, by=clerk)
    assert list(Amount.objects.order_by("result__measure__number").values_list("actual", flat=True)) == [
        Decimal(9),
        Decimal(6),
    ]


# --- the unit of its sums ------------------------------------------------------------------


def unlabelled(planned: CellValue = Decimal(10)) -> Book:
    """Of which the heading names the unit of the fact alone."""
    renamed = {tables_made.HEADINGS[5]: "План", tables_made.HEADINGS[7]: "Профінансовано"}
    rows = [
        ["Звіт про виконання міської програми «Програма 15» на 2020-2025 роки за 2024 рік"],
        ["затвердженої рішенням від 05.11.2019 № 15"],
        [renamed.get(heading, heading) for heading in tables_made.HEADINGS],
        tables_made.measure("1.1. Захід 1", planned=planned),
    ]
    return Book("xlsx", [Table("Звіт", rows)])


def test_a_unit_named_nowhere_is_asked_first_and_alone(clerk: User) -> None:
    examination = official_form.examine(unlabelled(), by=clerk, answers={})
    (only,) = examination.questions
    assert (only.key, only.text, only.answer, [option.label for option in only.options]) == (
        "unit",
        "У чому суми граф «план», «профінансовано»?",
        "",
        ["тис. грн", "грн"],
    )
    assert list(examination.lines) == []


@pytest.mark.parametrize(
    ("unit", "found"),
    [("thousands", []), ("hryvnias", [("план", "10,0", "0,01"), ("профінансовано", "8,0", "0,008")])],
)
def test_sums_are_in_the_unit_that_was_answered(
    unit: str, found: list[tuple[str, str, str]], clerk: User
) -> None:
    examination = official_form.examine(unlabelled(), by=clerk, answers={"unit": unit})
    assert (asked(examination), changes(examination)["1.1 Захід 1"]) == (["unit"], found)


def test_cells_that_name_their_unit_are_asked_nothing(clerk: User) -> None:
    examination = official_form.examine(unlabelled("10000 грн"), by=clerk, answers={})
    assert question(examination, "unit").text == "У чому суми графи «профінансовано»?"


# --- what could not be read ------------------------------------------------------------------


def test_a_cell_that_could_not_be_read_is_left_as_it_was(clerk: User) -> None:
    unread = frozenset({"actual", "financed", "information"})
    form = both(
        {"actual": None, "financed": None, "information": "", "unreadable": unread},
        totals=a_sum("", "", "18", "16", "80"),
        fund_lines=(a_sum("з інших джерел", "", "18", "16"),),
    )
    examination = examined(form, clerk)
    assert (said(examination), asked(examination), examination.changes_something) == ([], [], False)


def test_a_sum_that_could_not_be_read_leaves_the_others_of_its_row(clerk: User) -> None:
    form = both({"planned": Decimal(12), "financed": None, "unreadable": frozenset({"financed"})})
    examination = examined(form, clerk)
    assert (asked(examination), changes(examination)["1.1 Захід 1"]) == ([], [("план", "10,0", "12,0")])
