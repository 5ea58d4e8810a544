"""The official form of a programme that the portal does not have: asked about, judged, written."""

from __future__ import annotations

import dataclasses
import datetime
from decimal import Decimal
from typing import Any

import pytest

from programs.importing.examination import ImportRefused, LineState
from programs.importing.form.contents import ReadForm, ReadTask
from programs.importing.form_import import opening as form_opening
from programs.importing.kinds import official_form
from programs.models import (
    Amount,
    AnnualReport,
    Executor,
    ExecutorAlias,
    Measure,
    MeasureResult,
    Participation,
    PlannedFunding,
    Program,
    Signatory,
    User,
)
from tests.building import appointed, executor, source, user
from tests.programs.importing.forms import (
    a_form,
    a_measure,
    a_sum,
    asked,
    examined,
    question,
    said,
)

pytestmark = pytest.mark.django_db

PAPER = {"transcribed": "no"}
MIXED = "Управління культури; ДСНС (за згодою); школи міста"
TRUSTED = {"executor:дснс": "new:external_body", "executor:школи міста": "text", **PAPER}


@pytest.fixture
def sources(db: None) -> dict[str, int]:
    return {
        "unallocated": source("unallocated").pk,
        "general": source("general", "з загального фонду").pk,
        "special": source("special", "з інших джерел").pk,
    }


@pytest.fixture
def clerk(sources: dict[str, int]) -> User:
    """Of the body that the form names as responsible."""
    return appointed(user("clerk"), executor())


@pytest.fixture
def admin(sources: dict[str, int]) -> User:
    executor()
    return user("admin", is_program_admin=True)


def imported(form: ReadForm, by: User, answers: dict[str, str] | None = None) -> AnnualReport:
    outcome = official_form.apply(examined(form, by, {**PAPER, **(answers or {})}), by=by)
    return AnnualReport.objects.get(pk__in=outcome.report_ids)


# --- what is asked -------------------------------------------------------------------------


def test_only_what_the_form_does_not_carry_is_asked(clerk: User) -> None:
    assert asked(examined(a_form(), clerk)) == [
        "responsible",
        "percent_base",
        "kind",
        "budget_codes",
        "transcribed",
        "source",
        "plan",
    ]


def test_a_heading_that_says_nothing_is_asked_whole(clerk: User) -> None:
    blank: dict[str, Any] = dict.fromkeys(("start_year", "end_year", "year", "decision_date"))
    form = a_form(heading={**blank, "title": "", "kind": "", "department": "", "decision_number": ""})
    examination = examined(form, clerk)
    assert [one.key for one in examination.open_questions] == [
        "responsible",
        "kind",
        "title",
        "start_year",
        "end_year",
        "year",
        "decision_number",
        "decision_date",
    ]


def test_answers_stand_in_for_the_heading(clerk: User) -> None:
    blank: dict[str, Any] = dict.fromkeys(("start_year", "end_year", "year", "decision_date"))
    form = a_form(heading={**blank, "title": "", "decision_number": ""})
    answers = {
        "title": "Книга",
        "start_year": "2021",
        "end_year": "2024",
        "year": "2023",
        "decision_number": "7",
        "decision_date": "2020-12-01",
        "term:2020-2025": "",
    }
    form = dataclasses.replace(form, tasks=[ReadTask(1, "Завдання", [a_measure(term_text="2021-2024")])])
    report = imported(form, clerk, answers)
    program = report.program
    assert (program.public_id, program.title, str(program.term), report.year) == (
        "7-2020-12-01",
        "Книга",
        "2021-2024",
        2023,
    )


@pytest.mark.parametrize(
    ("key", "answer", "sentence"),
    [
        (
            "decision_date",
            "18.12.2019",
            "Дата рішення, яким затверджено програму: «18.12.2019» не є датою. "
            "Уведіть, наприклад, «2019-12-18».",
        ),
        ("year", "20x4", "Звітний рік: «20x4» не є роком. Уведіть, наприклад, «2024»."),
    ],
)
def test_an_answer_that_cannot_be_read_is_an_error(key: str, answer: str, sentence: str, clerk: User) -> None:
    form = a_form(heading={"decision_date": None, "year": None})
    examination = examined(form, clerk, {"year": "2024", "decision_date": "2019-11-05", key: answer})
    assert said(examination) == [("error", sentence)]


def test_an_answer_that_was_not_offered_is_none(clerk: User) -> None:
    examination = examined(a_form(), clerk, {"responsible": "known:99999"})
    assert [one.key for one in examination.open_questions] == ["responsible"]


def test_the_responsible_body_is_suggested_by_its_full_name_too(clerk: User) -> None:
    body = executor()
    body.official_name = "Управління культури міської ради"
    body.save()
    form = a_form(heading={"department": "управління культури  міської ради"})
    assert question(examined(form, clerk), "responsible").answer == f"known:{body.pk}"


def test_a_base_that_agrees_with_more_percents_is_suggested(clerk: User) -> None:
    form = a_form(a_measure(percent=Decimal("88.9")))
    assert question(examined(form, clerk), "percent_base").answer == "actual"


@pytest.mark.parametrize(
    ("lines", "suggested"),
    [
        ([], "unallocated"),
        ([a_sum("З загального фонду", "10", "9", "8"), a_sum("з інших джерел")], "general"),
        ([a_sum("з загального фонду", "10", "9", "7")], "unallocated"),
        ([a_sum("з загального фонду", "5", "4", "8"), a_sum("з інших джерел", "5", "5", "0")], "unallocated"),
        ([a_sum("з неба", "10", "9", "8")], "unallocated"),
    ],
)
def test_a_source_is_suggested_by_the_line_that_holds_the_whole_total(
    lines: list[Any], suggested: str, clerk: User, sources: dict[str, int]
) -> None:
    form = a_form(totals=a_sum("", "10", "9", "8"), fund_lines=lines)
    assert question(examined(form, clerk), "source").answer == str(sources[suggested])


def test_a_form_without_money_asks_for_no_source(clerk: User) -> None:
    bare = a_measure(planned=None, actual=None, financed=None, percent=None)
    assert {"source", "plan"} & set(asked(examined(a_form(bare), clerk))) == set()


def test_a_term_that_is_no_years_is_asked_once_for_all_its_measures(clerk: User) -> None:
    form = a_form(a_measure(1, term_text="постійно"), a_measure(2, term_text="Постійно"), a_measure(3))
    (term,) = [one for one in examined(form, clerk).questions if one.key.startswith("term:")]
    assert (term.key, term.text, term.hint) == (
        "term:постійно",
        "Які роки означає термін «постійно»?",
        "Роки так: «2020-2025» або «2021, 2023». Заходи: 1.1, 1.2.",
    )


def test_years_among_words_are_read_as_a_term(clerk: User) -> None:
    imported(a_form(a_measure(term_text="протягом 2021–2023 років")), clerk)
    measure = Measure.objects.get()
    assert (str(measure.term), measure.term_text) == ("2021-2023", "протягом 2021–2023 років")


def test_an_answered_term_is_kept_beside_the_printed_one(clerk: User) -> None:
    imported(a_form(a_measure(term_text="щороку")), clerk, {"term:щороку": "2021-2024"})
    measure = Measure.objects.get()
    assert (str(measure.term), measure.term_text) == ("2021-2024", "щороку")


def test_a_title_without_quotes_is_suggested(clerk: User) -> None:
    examination = examined(a_form(heading={"title": "", "unquoted_title": "підтримки ветеранів"}), clerk)
    assert question(examination, "title").answer == "Підтримки ветеранів"


def test_an_answered_term_is_shown_beside_the_printed_one(clerk: User) -> None:
    form = a_form(a_measure(term_text="щороку"))
    examination = examined(form, clerk, {**PAPER, "term:щороку": "2021-2024"})
    shown = next(one.new for one in examination.lines[-1].changes if one.label == "термін")
    assert shown == "щороку (2021-2024)"


def test_a_body_nobody_knows_is_asked_once(clerk: User) -> None:
    form = a_form(a_measure(1, executors_text="ДСНС"), a_measure(2, executors_text="дснс (за згодою)"))
    (body,) = [one for one in examined(form, clerk).questions if one.key.startswith("executor:")]
    assert (body.key, body.text, body.hint, [(option.group, option.label) for option in body.options]) == (
        "executor:дснс",
        "Хто це: «ДСНС»?",
        "Заходи: 1.1, 1.2. Напис у звіті лишиться такий, як у файлі.",
        [
            ("Новий виконавець", "новий виконавець: виконавчий орган ради"),
            ("Новий виконавець", "новий виконавець: комунальна установа"),
            ("Новий виконавець", "новий виконавець: зовнішня організація"),
            ("Новий виконавець", "новий виконавець: збірний виконавець"),
            ("", "не виконавець, лише текст"),
            ("Усі інші", "Управління культури"),
        ],
    )


def test_the_likest_bodies_are_offered_first(clerk: User) -> None:
    for name in ("Архів", "Департамент освіти"):
        executor(name)
    body = question(
        examined(a_form(a_measure(executors_text="Департамент освітян")), clerk),
        "executor:департамент освітян",
    )
    assert (body.options[0].group, body.options[0].label, body.options[-1].group) == (
        "Схожі",
        "Департамент освіти",
        "Усі інші",
    )


def test_too_many_unknown_bodies_are_one_error(clerk: User) -> None:
    cells = [a_measure(number, executors_text=f"Установа {number}") for number in range(1, 103)]
    examination = examined(a_form(*cells), clerk)
    assert said(examination) == [
        (
            "error",
            "У графі «Виконавці» 102 невідомих назв («Установа 1»; «Установа 2»; «Установа 3» …): це понад "
            "100, на стільки питань не відповісти. Внесіть виконавців у довідник або перевірте, чи та це "
            "графа.",
        )
    ]


def test_too_many_terms_that_are_no_years_are_one_error(clerk: User) -> None:
    rows = [a_measure(number, term_text=f"квартал {number}") for number in range(1, 103)]
    assert said(examined(a_form(*rows), clerk)) == [
        (
            "error",
            "У графі «Термін виконання» 102 записів, що не є роками. Перевірте, чи та це графа.",
        )
    ]


# --- what is written -----------------------------------------------------------------------


def test_a_programme_with_its_draft_comes_out(clerk: User, sources: dict[str, int]) -> None:
    report = imported(a_form(a_measure(executors_text=MIXED)), clerk, TRUSTED)
    program = report.program
    assert (program.public_id, program.kind, program.title, str(program.term), program.responsible.name) == (
        "15-2019-11-05",
        "міська програма",
        "Програма 15",
        "2020-2025",
        "Управління культури",
    )
    assert (
        report.year,
        report.state,
        report.program_text,
        report.department_text,
        report.is_transcribed,
    ) == (
        2024,
        "draft",
        "",
        "",
        False,
    )
    assert list(
        Measure.objects.values_list("task__number", "task__text", "number", "title", "executors_text")
    ) == [(1, "Завдання", 1, "Захід 1", MIXED)]
    assert list(Amount.objects.values_list("source", "planned", "actual", "financed")) == [
        (sources["unallocated"], Decimal(10), Decimal(9), Decimal(8))
    ]
    assert list(MeasureResult.objects.values_list("narrative", "stated_percent", "execution_state")) == [
        ("Проведено.", None, "")
    ]
    assert list(Signatory.objects.values_list("position", "post", "name")) == [
        (1, "Начальник управління", "Олена ПРИКЛАД")
    ]


def test_executors_are_written_in_the_order_of_the_cell(clerk: User) -> None:
    imported(a_form(a_measure(executors_text=MIXED)), clerk, TRUSTED)
    parts = Participation.objects.values_list("position", "executor__name", "executor__kind", "by_consent")
    assert list(parts) == [
        (1, "Управління культури", "council_body", False),
        (2, "ДСНС", "external_body", True),
    ]


def test_an_unknown_spelling_of_a_known_body_takes_part_as_that(clerk: User) -> None:
    body = executor("Державна служба з надзвичайних ситуацій")
    imported(a_form(a_measure(executors_text="ДСНС")), clerk, {"executor:дснс": f"known:{body.pk}"})
    assert list(Participation.objects.values_list("executor", flat=True)) == [body.pk]


def test_an_administrator_keeps_the_spelling_too(admin: User) -> None:
    body = executor("Державна служба з надзвичайних ситуацій")
    imported(a_form(a_measure(executors_text="ДСНС")), admin, {"executor:дснс": f"known:{body.pk}"})
    assert list(ExecutorAlias.objects.filter(executor=body).values_list("name", flat=True)) == [
        "Державна служба з надзвичайних ситуацій",
        "ДСНС",
    ]


def test_the_plan_becomes_the_approving_decisions(clerk: User, sources: dict[str, int]) -> None:
    imported(a_form(a_measure(1), a_measure(2, planned=None, percent=None)), clerk)
    plans = PlannedFunding.objects.values_list(
        "measure__number", "year", "source", "amount", "decision__number"
    )
    assert list(plans) == [(1, 2024, sources["unallocated"], Decimal(10), "15")]


def test_the_plan_may_be_left_out_of_decisions(clerk: User) -> None:
    imported(a_form(), clerk, {"plan": "no"})
    assert (PlannedFunding.objects.count(), Amount.objects.get().planned) == (0, Decimal(10))


def test_money_goes_into_the_chosen_source(clerk: User, sources: dict[str, int]) -> None:
    imported(a_form(), clerk, {"source": str(sources["special"])})
    assert list(Amount.objects.values_list("source", flat=True)) == [sources["special"]]


def test_a_percent_that_is_not_the_computed_one_is_stated_with_its_reason(clerk: User) -> None:
    form = a_form(a_measure(percent=Decimal(100)))
    imported(form, clerk, {"percent:1.1": "file", "justification:1.1": "Проведено без коштів"})
    result = MeasureResult.objects.get()
    assert (result.stated_percent, result.stated_justification) == (Decimal(100), "Проведено без коштів")


def test_many_stated_percents_ask_for_one_reason(clerk: User) -> None:
    form = a_form(*(a_measure(number, percent=Decimal(100)) for number in range(1, 32)))
    imported(form, clerk, {"percent": "file", "justification": "Без коштів"})
    assert set(MeasureResult.objects.values_list("stated_justification", flat=True)) == {"Без коштів"}


@pytest.mark.parametrize(("answer", "stated"), [("yes", Decimal(90)), ("no", None)])
def test_only_a_transcribed_report_keeps_the_printed_total_percent(
    answer: str, stated: Decimal | None, clerk: User
) -> None:
    form = a_form(totals=a_sum("", "10", "9", "8", "90"))
    report = imported(form, clerk, {"transcribed": answer})
    assert (report.is_transcribed, report.stated_total_percent) == (answer == "yes", stated)


@pytest.mark.parametrize(
    ("year", "percent", "total", "answer"),
    [(2020, 80, "80", "no"), (2020, 81, "80", "yes"), (2020, 80, "81", "yes"), (2025, 81, "81", "no")],
)
def test_a_past_report_of_other_percents_is_suggested_to_be_a_paper_one(
    year: int, percent: int, total: str, answer: str, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(form_opening.timezone, "localdate", lambda: datetime.date(2026, 3, 1))
    form = a_form(
        a_measure(percent=Decimal(percent)), totals=a_sum("", "10", "9", "8", total), heading={"year": year}
    )
    assert question(examined(form, clerk), "transcribed").answer == answer


def test_a_heading_in_other_words_is_printed_as_it_was(clerk: User) -> None:
    form = a_form(heading={"kind": "міська програми", "department": "управління культури"})
    report = imported(form, clerk, {"kind": "міська програма"})
    assert (report.program.kind, report.program_text, report.department_text) == (
        "міська програма",
        "міська програми «Програма 15» на 2020-2025 роки",
        "управління культури",
    )


def test_rows_without_numbers_are_numbered_in_order(clerk: User) -> None:
    form = a_form(a_measure(None, title="Перший"), a_measure(None, title="Другий"))
    examination = examined(form, clerk)
    assert said(examination) == [("warning", "Без номера у файлі; пронумеровано за порядком: 1.1, 1.2.")]
    official_form.apply(examination, by=clerk)
    assert list(Measure.objects.values_list("number", "title")) == [(1, "Перший"), (2, "Другий")]


# --- what a person is shown ----------------------------------------------------------------


def test_a_body_out_of_use_is_known_and_shown_by_its_name(clerk: User) -> None:
    Executor.objects.create(name="Архів", is_active=False)
    examination = examined(a_form(a_measure(executors_text="Архів")), clerk, PAPER)
    assert [one.new for one in examination.lines[-1].changes if one.label == "виконавці"] == ["Архів"]


def test_each_row_is_shown_cell_by_cell(clerk: User) -> None:
    form = a_form(a_measure(executors_text=MIXED, percent=Decimal(100), term_text="2020-2025 р.р."))
    examination = examined(form, clerk, {**TRUSTED, "percent:1.1": "file"})
    line = examination.lines[-1]
    assert (line.title, line.state, str(line.place)) == (
        "1.1 Захід 1",
        LineState.NEW,
        "аркуш «Звіт», рядок 8, графа A",
    )
    assert [(one.label, one.old, one.new) for one in line.changes] == [
        ("термін", "", "2020-2025 р.р."),
        ("виконавці, як друкується", "", MIXED),
        ("виконавці", "", "Управління культури; ДСНС (за згодою)"),
        ("план за рішенням", "", "10,0"),
        ("план", "", "10,0"),
        ("факт", "", "9,0"),
        ("профінансовано", "", "8,0"),
        ("відсоток за даними виконавця", "", "100,0"),
        ("інформація про виконання", "", "Проведено."),
    ]


def test_the_programme_and_the_report_are_shown_before_the_rows(clerk: User) -> None:
    examination = examined(a_form(), clerk)
    assert examination.title == "Форма звіту: нова програма «Програма 15», за 2024 рік"
    assert [line.title for line in examination.lines] == [
        "Програма «Програма 15»",
        "Звіт за 2024 рік",
        "Завдання 1",
        "1.1 Захід 1",
    ]


# --- what is wrong -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("totals", "lines", "messages"),
    [
        (a_sum("", "10", "9", "8", "80"), [], []),
        (a_sum("", "10.1", "", ""), [], ["Графа «план»: підсумок у файлі 10,1, а сума заходів 10,0."]),
        (
            a_sum("", "10", "9", "8"),
            [a_sum("з загального фонду", "10", "9", "7")],
            [
                "Графа «профінансовано»: підсумок у файлі 8,0, а рядки фондів разом 7,0.",
                "Рядок «з загального фонду»: план у файлі 10,0, а у звіті буде –; факт у файлі 9,0, а у "
                "звіті буде –; профінансовано у файлі 7,0, а у звіті буде –. Форма не каже, які заходи його "
                "складають: розподіліть суми за джерелами на аркуші внесення.",
            ],
        ),
        (
            a_sum("", "10", "9", "8", "17"),
            [],
            [
                "Загальний відсоток у файлі 17,0\u00a0%, а за сумами заходів 80,0\u00a0%. "
                "17,0 дорівнює 9,0 + 8,0 (факт + профінансовано)."
            ],
        ),
    ],
)
def test_sums_of_the_file_that_do_not_agree_are_warnings(
    totals: Any, lines: list[Any], messages: list[str], clerk: User
) -> None:
    examination = examined(a_form(totals=totals, fund_lines=lines), clerk)
    assert said(examination) == [("warning", message) for message in messages]


def test_a_total_that_is_rounded_agrees(clerk: User) -> None:
    form = a_form(a_measure(planned=Decimal("10.04"), percent=Decimal("79.7")), totals=a_sum("", "10.0"))
    assert said(examined(form, clerk)) == []


def test_a_fund_line_that_is_the_whole_total_is_kept(clerk: User) -> None:
    total = a_sum("з загального фонду", "10", "9", "8")
    assert said(examined(a_form(totals=a_sum("", "10", "9", "8"), fund_lines=[total]), clerk)) == []


def test_every_fault_is_named_with_its_cell(clerk: User) -> None:
    form = a_form(
        a_measure(1, 8, financed=Decimal("0.1234567")),
        a_measure(1, 9, term_text="2031"),
        a_measure(2, 10, information="і" * 10_001),
    )
    errors = [(note.message, str(note.place)) for note in examined(form, clerk).errors]
    assert errors == [
        (
            "Захід 1.1, профінансовано: Переконайтеся, що тут не більше ніж 5 цифер після десяткової коми.",
            "аркуш «Звіт», рядок 8, графа H",
        ),
        (
            "Захід 1.2, інформація про виконання: Переконайтеся, що це значення містить не більше ніж 10000 "
            "символів (зараз 10001).",
            "аркуш «Звіт», рядок 10, графа J",
        ),
        ("Захід 1.1 подано двічі.", "аркуш «Звіт», рядок 9, графа A"),
        ("Захід 1.1: 2031 поза терміном програми (2020-2025 роки).", "аркуш «Звіт», рядок 9, графа D"),
    ]


def test_a_year_outside_the_programme_is_an_error(clerk: User) -> None:
    assert ("error", "Звітний рік 2026 поза терміном програми (2020-2025 роки).") in said(
        examined(a_form(heading={"year": 2026}), clerk)
    )


def test_a_form_without_rows_is_an_error(clerk: User) -> None:
    examination = examined(dataclasses.replace(a_form(), tasks=[]), clerk)
    assert (said(examination), examination.can_apply) == (
        [("error", "У таблиці форми немає жодного заходу.")],
        False,
    )


def test_a_city_without_sources_is_told_so(db: None) -> None:
    clerk = appointed(user("clerk"), executor())
    assert said(examined(a_form(), clerk)) == [
        (
            "error",
            "До якого джерела фінансування віднести суми заходів? Вибрати нема з чого: довідник порожній.",
        )
    ]


# --- who may -------------------------------------------------------------------------------


def test_a_person_of_another_body_may_bring_it_in_only_for_their_own(sources: dict[str, int]) -> None:
    executor()
    other = appointed(user("other"), executor("Архів"))
    examination = examined(a_form(), other)
    responsible = question(examination, "responsible")
    assert ([option.label for option in responsible.options], responsible.answer) == (["Архів"], "")
    assert said(examination) == [
        (
            "error",
            "У файлі відповідальний виконавець «Управління культури», а ви працюєте в іншому підрозділі: "
            "таку програму вносить той підрозділ або адміністратор програм.",
        )
    ]


@pytest.mark.parametrize(("is_admin", "awaits"), [(True, False), (False, True)])
def test_what_a_department_brings_in_awaits_confirmation(
    is_admin: bool, awaits: bool, admin: User, clerk: User
) -> None:
    imported(a_form(), admin if is_admin else clerk)
    assert Program.objects.get().awaits_confirmation == awaits


def test_an_administrator_brings_in_no_figures(admin: User) -> None:
    examination = examined(a_form(), admin, PAPER)
    official_form.apply(examination, by=admin)
    assert list(Amount.objects.values_list("planned", "actual", "financed")) == [(Decimal(10), None, None)]
    assert MeasureResult.objects.get().narrative == ""
    assert [note.message.split(":")[0] for note in examination.notes] == [
        "Показники звіту вносять лише працівники відповідального виконавця"
    ]


def test_an_administrator_may_bring_in_a_new_responsible_body(admin: User) -> None:
    form = a_form(a_measure(executors_text="театр ляльок"), heading={"department": "театр ляльок"})
    imported(form, admin, {"responsible": "new:communal_institution"})
    body = Executor.objects.get(name="Театр ляльок")
    assert (
        Program.objects.get().responsible,
        list(Participation.objects.values_list("executor", flat=True)),
    ) == (
        body,
        [body.pk],
    )


def test_a_named_body_is_known_with_the_words_of_its_council_too(clerk: User) -> None:
    form = a_form(heading={"department": "Управління культури міської ради"})
    responsible = question(examined(form, clerk), "responsible")
    assert responsible.answer == f"known:{Executor.objects.get().pk}"


def test_what_stays_in_the_heading_is_told_where_something_does(clerk: User) -> None:
    hints = [
        question(examined(a_form(heading=heading), clerk), "kind").hint
        for heading in ({"kind": "міська програми"}, {"start_year": None})
    ]
    assert hints == [
        "У називному відмінку: «цільова соціальна програма». У заголовку звіту лишиться «міська програми "
        "«Програма 15» на 2020-2025 роки».",
        "У називному відмінку: «цільова соціальна програма».",
    ]


# --- doors that refuse -----------------------------------------------------------------------


def test_what_a_later_door_refuses_is_said_in_its_words(clerk: User) -> None:
    examination = examined(a_form(a_measure(executors_text=MIXED)), clerk, TRUSTED)
    work = examination.work
    wrong = {"1.1": ({"narrative": "і" * 10_001}, {})}
    broken = dataclasses.replace(examination, work=dataclasses.replace(work, cells=wrong))
    with pytest.raises(ImportRefused, match=r"^Нічого не записано\. 1\.1, інформація про виконання: "):
        official_form.apply(broken, by=clerk)


def test_what_was_brought_in_meanwhile_is_not_brought_in_again(clerk: User) -> None:
    first, second = (examined(a_form(), clerk, PAPER) for _ in range(2))
    official_form.apply(first, by=clerk)
    with pytest.raises(ImportRefused, match="у порталі вже є: «Програма 15»"):
        official_form.apply(second, by=clerk)
    assert (Program.objects.count(), AnnualReport.objects.count()) == (1, 1)


def test_places_of_new_bodies_are_told_with_their_faults(clerk: User) -> None:
    form = a_form(a_measure(executors_text="Установа " + "дуже " * 60 + "довга"))
    (key,) = [key for key in asked(examined(form, clerk)) if key.startswith("executor:")]
    examination = examined(form, clerk, {key: "new:external_body"})
    assert [str(note.place) for note in examination.errors] == ["аркуш «Звіт», рядок 8, графа E"]
