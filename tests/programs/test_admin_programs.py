"""Programmes, tasks, measures, executors: what is saved, what is refused and in which words."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from programs.enums import DecisionKind
from programs.models import Decision, Executor, Measure, Participation, PlannedFunding, Program, Task, User
from tests import building

from .admin_forms import Page, opened

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    return response.content.decode()


def new_decision(place: int, /, **fields: str) -> dict[str, str]:
    values = {"kind": "amends", "number": "1", "date": "01.02.2024", "title": "", "url": "", **fields}
    return {f"decisions-{place}-{name}": value for name, value in values.items()}


# --- programmes --------------------------------------------------------------------------


@pytest.fixture
def new_program(program_admin: User) -> Page:
    page = opened(program_admin, "program_add")
    page.fields |= {
        "kind": "міська програма",
        "title": "Чисте місто",
        "start_year": "2021",
        "end_year": "2026",
        "responsible": str(building.executor().pk),
        **new_decision(0, kind="approves", number="12/3-VIII", date="05.11.2020"),
        "tasks-TOTAL_FORMS": "1",
        "tasks-0-number": "1",
        "tasks-0-text": "Прибирати",
    }
    return page


def test_a_programme_is_added_with_its_decision_and_tasks(new_program: Page) -> None:
    assert new_program.send().status_code == 302

    program = Program.objects.get(title="Чисте місто")
    assert program.public_id == "12-3-viii-2020-11-05"
    assert [task.text for task in program.tasks.all()] == ["Прибирати"]
    assert str(program.term) == "2021-2026"


def test_a_programme_without_its_approving_decision_is_refused(new_program: Page) -> None:
    response = new_program.type({"decisions-0-kind": "amends"})

    assert "Додайте рішення, яким програму затверджено" in text_of(response)
    assert not Program.objects.filter(title="Чисте місто").exists()


def test_a_programme_ends_after_it_starts(new_program: Page) -> None:
    response = new_program.send(start_year="2020", end_year="2019")

    assert "Рік завершення не може бути раніший за рік початку." in text_of(response)
    assert not Program.objects.filter(title="Чисте місто").exists()


def test_only_one_decision_approves(program_admin: User, demo: Program) -> None:
    page = opened(program_admin, "program_change", demo.pk)

    response = page.type({"decisions-1-kind": "approves"})

    assert "Програму затверджує одне рішення" in text_of(response)
    assert demo.decisions.get(kind=DecisionKind.APPROVES).number == "1688"


def test_which_decision_approves_can_be_mended(program_admin: User) -> None:
    program = building.program()
    building.decision(program, "99", "2019-11-05")
    page = opened(program_admin, "program_change", program.pk)

    page.type({"decisions-0-kind": "amends", "decisions-1-kind": "approves"})

    assert {d.number: d.kind for d in program.decisions.all()} == {"15": "amends", "99": "approves"}
    program.refresh_from_db()
    assert program.public_id == "99-2019-11-05"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"tasks-1-number": "1"}, "Завдання з таким номером у програмі вже є."),
        (
            {"decisions-TOTAL_FORMS": "3", **new_decision(2, number="1688", date="18.12.2019")},
            "Таке рішення (номер і дата) у програмі вже є.",
        ),
        (
            {"decisions-TOTAL_FORMS": "3", **new_decision(2, date="17.12.2019")},
            "Зміни не вносять раніше, ніж програму затверджено (18.12.2019).",
        ),
    ],
)
def test_a_duplicate_number_is_refused_in_words(
    program_admin: User, demo: Program, typed: dict[str, str], sentence: str
) -> None:
    page = opened(program_admin, "program_change", demo.pk)

    response = page.type(typed)

    assert response.status_code == 200
    assert sentence in text_of(response)
    assert [task.number for task in demo.tasks.all()] == [1, 2, 3, 4]
    assert demo.decisions.count() == 2


def test_two_new_rows_with_one_number_are_refused_in_words(program_admin: User, demo: Program) -> None:
    page = opened(program_admin, "program_change", demo.pk)

    response = page.type(
        {
            "tasks-TOTAL_FORMS": "6",
            "tasks-4-number": "5",
            "tasks-4-text": "П’яте",
            "tasks-5-number": "5",
            "tasks-5-text": "Теж п’яте",
        }
    )

    assert "Завдання з таким номером у програмі вже є." in text_of(response)
    assert demo.tasks.count() == 4


# --- stale forms -------------------------------------------------------------------------


def test_a_stale_programme_is_refused_with_both_values(program_admin: User, demo: Program) -> None:
    mine = opened(program_admin, "program_change", demo.pk)
    opened(program_admin, "program_change", demo.pk).send(title="Її назва", budget_codes="0611010")

    response = mine.send(title="Моя назва")

    text = text_of(response)
    assert "Поки ви працювали, ці дані змінили: назва, КПКВК МБ." in text
    assert f"Зараз у базі «Її назва» (змінив(ла) {program_admin}," in text
    assert "ви ввели «Моя назва»" in text
    demo.refresh_from_db()
    assert (demo.title, demo.version) == ("Її назва", 2)
    assert mine.fields["title"] == "Моя назва"
    assert mine.fields["budget_codes"] == "0611010"


def test_the_second_save_overwrites_only_what_was_typed(program_admin: User, demo: Program) -> None:
    mine = opened(program_admin, "program_change", demo.pk)
    opened(program_admin, "program_change", demo.pk).send(title="Її назва", budget_codes="0611010")
    mine.send(title="Моя назва")

    assert mine.send().status_code == 302

    demo.refresh_from_db()
    assert (demo.title, demo.budget_codes, demo.version) == ("Моя назва", "0611010", 3)


def test_a_mistake_first_does_not_hide_what_others_changed(program_admin: User, demo: Program) -> None:
    mine = opened(program_admin, "program_change", demo.pk)
    opened(program_admin, "program_change", demo.pk).send(title="Її назва")
    assert mine.type({"tasks-0-number": "2"}).status_code == 200

    response = mine.type({"tasks-0-number": "1", "budget_codes": "0611010"})

    assert "Зараз у базі «Її назва»" in text_of(response)
    demo.refresh_from_db()
    assert (demo.title, demo.budget_codes) == ("Її назва", "")
    assert mine.send().status_code == 302
    demo.refresh_from_db()
    assert (demo.title, demo.budget_codes) == ("Її назва", "0611010")


def test_an_unreadable_value_does_not_hide_what_others_changed(program_admin: User, demo: Program) -> None:
    mine = opened(program_admin, "program_change", demo.pk)
    opened(program_admin, "program_change", demo.pk).send(end_year="2027")

    response = mine.send(end_year="коли-небудь")

    assert "Зараз у базі «2027»" in text_of(response)
    assert "ви ввели «коли-небудь»" in text_of(response)


def test_a_new_responsible_executor_is_shown_by_name(program_admin: User, demo: Program) -> None:
    hers, his = building.executor("Управління культури"), building.executor("Управління земельних справ")
    mine, other = (opened(program_admin, "program_change", demo.pk) for _ in range(2))
    mine.fields["responsible"], other.fields["responsible"] = str(his.pk), str(hers.pk)
    other.send()

    text = text_of(mine.send())

    assert "Зараз у базі «Управління культури»" in text
    assert "ви ввели «Управління земельних справ»" in text


def test_a_text_of_several_lines_is_not_taken_for_a_change(program_admin: User, demo: Program) -> None:
    measure = Measure.objects.filter(task__program=demo).first()
    assert measure is not None
    Measure.objects.filter(pk=measure.pk).update(title="Перший рядок\nдругий рядок")
    page = opened(program_admin, "measure_change", measure.pk)
    page.fields["initial-title"] = "Перший рядок\r\nдругий рядок"

    assert page.send(term="2021").status_code == 302


def test_a_form_sent_without_its_hidden_copies_is_refused_too(program_admin: User, demo: Program) -> None:
    mine = opened(program_admin, "program_change", demo.pk)
    mine.fields = {name: value for name, value in mine.fields.items() if not name.startswith("initial-")}
    opened(program_admin, "program_change", demo.pk).send(title="Її назва")

    assert "ви ввели «Моя назва»" in text_of(mine.send(title="Моя назва"))
    demo.refresh_from_db()
    assert demo.title == "Її назва"


def test_a_stale_task_row_is_refused_with_both_values(program_admin: User, demo: Program) -> None:
    task = demo.tasks.get(number=1)
    mine = opened(program_admin, "program_change", demo.pk)
    opened(program_admin, "task_change", task.pk).send(text="Її слова")

    response = mine.type({"tasks-0-text": "Мої слова"})

    assert "Зараз у базі «Її слова»" in text_of(response)
    task.refresh_from_db()
    assert task.text == "Її слова"
    assert mine.send().status_code == 302
    task.refresh_from_db()
    assert task.text == "Мої слова"


@pytest.mark.parametrize(
    ("name", "model", "field"),
    [("task", Task, "text"), ("measure", Measure, "title"), ("executor", Executor, "name")],
)
def test_the_other_forms_are_refused_alike(
    program_admin: User, demo: Program, name: str, model: Any, field: str
) -> None:
    obj = model.objects.first()
    mine = opened(program_admin, f"{name}_change", obj.pk)
    opened(program_admin, f"{name}_change", obj.pk).send(**{field: "Її слова"})

    response = mine.send(**{field: "Мої слова"})

    assert "Зараз у базі «Її слова»" in text_of(response)
    obj.refresh_from_db()
    assert getattr(obj, field) == "Її слова"


def test_changes_of_different_fields_ask_once(program_admin: User, demo: Program) -> None:
    measure = Measure.objects.first()
    assert measure is not None
    mine = opened(program_admin, "measure_change", measure.pk)
    opened(program_admin, "measure_change", measure.pk).send(term="2021, 2023")

    response = mine.send(title="Моє")

    assert "Зараз у базі «2021, 2023»" in text_of(response)
    assert mine.fields["term"] == "2021, 2023"
    mine.send()
    measure.refresh_from_db()
    assert (measure.title, str(measure.term)) == ("Моє", "2021, 2023")


def test_an_untouched_form_writes_nothing(program_admin: User, demo: Program) -> None:
    history = Program.history.count(), Task.history.count(), Decision.history.count()

    opened(program_admin, "program_change", demo.pk).send()

    demo.refresh_from_db()
    assert demo.version == 1
    assert (Program.history.count(), Task.history.count(), Decision.history.count()) == history


# --- measures ----------------------------------------------------------------------------


def test_a_measures_plan_is_typed_the_ukrainian_way(program_admin: User, demo: Program) -> None:
    measure = Measure.objects.get(task__program=demo, task__number=2, number=10)
    decision = demo.decisions.get(number="1688")
    page = opened(program_admin, "measure_change", measure.pk)

    page.type(
        {
            "planned_funding-TOTAL_FORMS": "2",
            "planned_funding-1-year": "2025",
            "planned_funding-1-decision": str(decision.pk),
            "planned_funding-1-source": str(building.source().pk),
            "planned_funding-1-amount": "1 234,5",
        }
    )

    assert measure.planned_funding.get(year=2025).amount == Decimal("1234.5")
    measure.refresh_from_db()
    assert measure.version == 2


def test_a_plan_names_only_the_programmes_own_decisions(program_admin: User, demo: Program) -> None:
    foreign = building.program(number="77").decisions.get()
    measure = Measure.objects.filter(task__program=demo).first()
    assert measure is not None
    page = opened(program_admin, "measure_change", measure.pk)

    response = page.send(introduced_by=str(foreign.pk))

    assert "№77" not in text_of(page.open())
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"number": "1"}, "Захід із таким номером у завданні вже є."),
        ({"term": "2020-2019"}, "рік завершення 2019 раніший за рік початку 2020"),
        ({"term": "скоро"}, "не є терміном"),
        ({"planned_funding-0-year": "2031"}, "2031 рік поза терміном програми (2020-2025 роки)."),
        ({"planned_funding-0-amount": "12,3,4"}, "більше ніж одна кома чи крапка"),
        ({"planned_funding-0-amount": "-1"}, "не може бути від’ємною"),
        ({"participations-1-executor": "{first}"}, "Цього виконавця вже записано до заходу."),
    ],
)
def test_bad_input_of_a_measure_is_refused_in_words(
    program_admin: User, demo: Program, typed: dict[str, str], sentence: str
) -> None:
    measure = Measure.objects.get(task__program=demo, task__number=2, number=10)
    first = measure.participations.first()
    assert first is not None
    page = opened(program_admin, "measure_change", measure.pk)

    response = page.type({name: text.format(first=first.executor_id) for name, text in typed.items()})

    assert response.status_code == 200
    assert sentence in text_of(response)
    measure.refresh_from_db()
    assert (measure.number, str(measure.term), measure.version) == (10, "2020-2025", 1)


def test_a_reader_sees_a_plan_as_it_was_typed(auditor: User, demo: Program) -> None:
    measure = Measure.objects.get(task__program=demo, task__number=2, number=10)
    PlannedFunding.objects.filter(measure=measure).update(amount=Decimal("4.75"))

    text = text_of(Page(auditor, "measure_change", measure.pk).open())

    assert "4,75" in text
    assert "4,75000" not in text


def test_a_participation_may_be_taken_back(program_admin: User, demo: Program) -> None:
    measure = Measure.objects.get(task__program=demo, task__number=2, number=10)
    page = opened(program_admin, "measure_change", measure.pk)

    page.type({"participations-2-DELETE": "on"})

    assert measure.participations.count() == 2


def test_a_tasks_page_lists_its_measures(program_admin: User, demo: Program) -> None:
    task = demo.tasks.get(number=2)

    text = text_of(Page(program_admin, "task_change", task.pk).open())

    last = task.measures.get(number=12)
    assert f'<a href="{reverse("admin:programs_measure_change", args=[last.pk])}">2.12</a>' in text


def test_a_tasks_page_names_participants_where_no_text_is_printed(program_admin: User) -> None:
    measure = building.measure(building.program().tasks.get(), 1)
    executor = building.executor("Департамент освіти")
    Participation.objects.create(measure=measure, executor=executor, by_consent=True)

    text = text_of(Page(program_admin, "task_change", measure.task_id).open())

    assert "<td>Департамент освіти (за згодою)</td>" in text


def test_measures_are_added_to_a_task_one_after_another(program_admin: User) -> None:
    building.program(number="77")
    task = building.program(measures=2).tasks.get()
    page = Page(program_admin, "measure_add")
    page.url += f"?task={task.pk}"

    text = text_of(page.open())
    response = page.type({"title": "Третій", "term": "2024"})

    assert page.fields["number"] == "3"
    assert "№77" not in text
    assert task.measures.get(number=3).title == "Третій"
    assert response["Location"] == reverse("admin:programs_task_change", args=[task.pk])


def test_a_long_paste_is_refused_and_not_cut(program_admin: User, demo: Program) -> None:
    page = Page(program_admin, "task_change", demo.tasks.get(number=1).pk)

    text = text_of(page.open())
    response = page.type({"text": "а" * 601})

    assert "maxlength" not in text
    assert ">1.7</a>" in text_of(response)
    assert "а" * 601 in text_of(response)
    assert "не більше ніж 600" in text_of(response)


def test_a_measures_page_asks_as_much_with_three_plans_as_with_one(program_admin: User) -> None:
    def queries(plans: int, number: str) -> int:
        program = building.program(measures=1, number=number)
        measure = Measure.objects.get(task__program=program)
        for year in range(2020, 2020 + plans):
            measure.planned_funding.create(
                year=year, decision=program.decisions.get(), source=building.source(), amount=1
            )
        page = opened(program_admin, "measure_change", measure.pk)
        with CaptureQueriesContext(connection) as captured:
            page.open()
        return len(captured)

    assert queries(1, "15") == queries(3, "16")


# --- lists -------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["сім'ї", "СІМ’Ї", "сімʼї молоді"])
def test_executors_are_found_with_any_apostrophe(auditor: User, typed: str) -> None:
    response = Client()
    response.force_login(auditor)

    page = response.get(reverse("admin:programs_executor_changelist"), {"q": typed})

    assert "Управління у справах сім’ї, молоді та спорту" in text_of(page)


def test_executors_stand_in_the_ukrainian_order(program_admin: User) -> None:
    for name in ("Єдність", "Ґанок", "Гурт", "Їжак", "Інститут"):
        building.executor(name)
    client = Client()
    client.force_login(program_admin)

    listed = client.get(reverse("admin:programs_executor_changelist")).context["cl"].result_list

    names = [e.name for e in listed if e.name in ("Єдність", "Ґанок", "Гурт", "Їжак", "Інститут")]
    assert names == ["Гурт", "Ґанок", "Єдність", "Інститут", "Їжак"]


@pytest.mark.parametrize(("typed", "codes"), [("2.10", ["2.10"]), ("фотоконкурс", ["3.8"])])
def test_measures_are_found_by_number_and_word(auditor: User, typed: str, codes: list[str]) -> None:
    client = Client()
    client.force_login(auditor)

    listed = client.get(reverse("admin:programs_measure_changelist"), {"q": typed}).context["cl"].result_list

    assert [measure.code for measure in listed] == codes


@pytest.mark.parametrize("name", ["executor", "measure", "program", "task", "annualreport", "appointment"])
def test_a_list_asks_as_much_for_many_as_for_few(program_admin: User, name: str) -> None:
    client = Client()
    client.force_login(program_admin)
    url = reverse(f"admin:programs_{name}_changelist")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    queries()
    before = queries()
    for number in ("21", "22", "23"):
        program = building.program(
            measures=3, responsible=building.executor(f"Виконавець {number}"), number=number
        )
        building.results(program)
        building.appointed(building.user(f"person{number}"), program.responsible)

    assert queries() == before


# --- executors ---------------------------------------------------------------------------


def test_the_own_name_does_not_stand_among_the_aliases(program_admin: User) -> None:
    executor = building.executor("Управління земельних справ")

    page = opened(program_admin, "executor_change", executor.pk)

    assert page.fields["aliases-TOTAL_FORMS"] == "0"


@pytest.mark.parametrize(
    ("alias", "sentence"),
    [
        ("управління ЗЕМЕЛЬНИХ справ", "вже записано"),
        ("Управління культури", "вже записано виконавця «Управління культури»"),
    ],
)
def test_a_taken_spelling_is_refused_in_words(program_admin: User, alias: str, sentence: str) -> None:
    building.executor("Управління культури")
    executor = building.executor("Управління земельних справ")
    page = opened(program_admin, "executor_change", executor.pk)

    response = page.type({"aliases-TOTAL_FORMS": "1", "aliases-0-name": alias})

    assert sentence in text_of(response)
    assert executor.aliases.count() == 1


def test_two_new_aliases_alike_are_refused_in_words(program_admin: User) -> None:
    executor = building.executor("Управління земельних справ")
    page = opened(program_admin, "executor_change", executor.pk)

    response = page.type({"aliases-TOTAL_FORMS": "2", "aliases-0-name": "Сім'я", "aliases-1-name": "сім’я"})

    assert "Це написання вже є" in text_of(response)
    assert executor.aliases.count() == 1


def test_a_new_name_may_be_an_old_alias(program_admin: User) -> None:
    executor = building.executor("Управління земельних справ")
    executor.aliases.create(name="Земельне управління")
    page = opened(program_admin, "executor_change", executor.pk)

    assert page.send(name="Земельне управління").status_code == 302

    assert set(executor.aliases.values_list("name", flat=True)) == {
        "Управління земельних справ",
        "Земельне управління",
    }


# --- export ------------------------------------------------------------------------------


def exported(client: Client, name: str, file_format: str) -> bytes:
    response = client.post(reverse(f"admin:programs_{name}_export"), {"format": file_format, "resource": ""})
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    return response.content


def test_text_that_looks_like_a_formula_leaves_as_text(auditor: User) -> None:
    for name in ("=1+1", "+380", "-5", "@all"):
        building.executor(name)
    client = Client()
    client.force_login(auditor)

    sheet: Any = load_workbook(io.BytesIO(exported(client, "executor", "0"))).active

    cells = {row[0].value: row[0].data_type for row in sheet.iter_rows(min_row=2)}
    assert {name: cells[name] for name in ("=1+1", "+380", "-5", "@all")} == dict.fromkeys(
        ("=1+1", "+380", "-5", "@all"), "s"
    )


def test_measures_leave_as_csv_with_their_columns(auditor: User) -> None:
    client = Client()
    client.force_login(auditor)

    lines = exported(client, "measure", "1").decode().splitlines()

    assert lines[0].startswith("програма,№ завдання,завдання,№ заходу,зміст заходу,термін (роки)")
    assert lines[1].startswith("1688-2019-12-18,1,")
    assert len([line for line in lines if line.startswith("1688-2019-12-18,")]) == 37


def test_a_text_is_cleaned_of_what_nobody_can_see(new_program: Page) -> None:
    new_program.fields["tasks-0-text"] = "Прибирати\x0bвулиці\u202e"
    assert new_program.send().status_code == 302
    assert Task.objects.get(program__title="Чисте місто").text == "Прибирати\nвулиці"


def test_who_was_a_moment_slower_is_asked_again(program_admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody took the name between the form's check and its saving: the form is asked once more."""
    page = opened(program_admin, "executor_add")
    save = Executor.save

    def refused_once(self: Executor, *args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr(Executor, "save", save)
        raise IntegrityError("taken")

    monkeypatch.setattr(Executor, "save", refused_once)
    assert page.send(name="Служба порядку").status_code == 302
    assert Executor.objects.spelled("служба порядку").count() == 1
