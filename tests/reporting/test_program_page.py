"""A programme's page: pictures, measures by year, decisions on a time line."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from programs.amendments import amendments
from programs.models import AnnualReport, Measure, PlannedFunding, Program, User
from programs.term_figures import term_figures
from reporting.matrix import Matrix, matrix
from reporting.program_pictures import funds_picture, tasks_picture, years_picture
from reporting.timeline import Timeline, timeline
from tests import building

pytestmark = pytest.mark.django_db

PAGE = "/programs/1688-2019-12-18/"


def opened(user: User, path: str = PAGE):
    client = Client()
    client.force_login(user)
    return client.get(path)


def words(html: str) -> str:
    """The page's text: no tags, single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def plan(measure: Measure, year: int, amount: str, decision: object = None) -> None:
    PlannedFunding.objects.create(
        measure=measure,
        year=year,
        decision=decision or measure.task.program.decisions.get(number="15"),
        source=building.source(),
        amount=Decimal(amount),
    )


# --- pictures ----------------------------------------------------------------------------


def test_the_picture_of_years_has_the_reports_own_totals(demo: Program) -> None:
    picture = years_picture(term_figures(demo))
    assert picture is not None
    assert picture.table.rows == [
        ("2020", ("—", "—", "—")),
        ("2021", ("—", "—", "—")),
        ("2022", ("—", "—", "—")),
        ("2023", ("228,3", "60,0", "30,0")),
        ("2024", ("318,9", "195,6", "155,7")),
        ("2025", ("—", "—", "—")),
        ("Разом", ("547,2", "255,6", "185,7")),
    ]
    assert [[bar.text for bar in group.bars] for group in picture.groups] == [
        *[[]] * 3,
        ["228,3", "60,0", "30,0"],
        ["318,9", "195,6", "155,7"],
        [],
    ]


def test_a_year_without_a_report_has_a_bar_for_its_plan_alone() -> None:
    program = building.program(measures=1)
    plan(Measure.objects.get(), 2024, "12.5")
    picture = years_picture(term_figures(program))
    assert picture is not None
    assert [[(bar.word, bar.text) for bar in group.bars] for group in picture.groups if group.bars] == [
        [("план", "12,5")]
    ]
    assert (picture.note, picture.has_marks) == ("Де лише план, там звіту немає.", False)


@pytest.mark.parametrize(
    ("year", "percents"),
    [
        (2023, ["0,0", "13,4", "0,0", "33,7"]),
        (2024, ["64,8", "28,7", "53,3", "51,3"]),
        (None, ["39,6", "20,9", "32,2", "44,8"]),
    ],
)
def test_percents_by_task(demo: Program, year: int | None, percents: list[str]) -> None:
    picture = tasks_picture(term_figures(demo), year)
    assert [texts[-1] for _, texts in picture.table.rows] == percents
    assert [bar.text for group in picture.groups for bar in group.bars] == [
        f"{one}\u00a0%" for one in percents
    ]


def test_a_task_says_how_much_of_its_work_was_done(demo: Program) -> None:
    term = term_figures(demo)
    notes = [
        [group.note and group.note.text for group in tasks_picture(term, year).groups]
        for year in (2023, 2024)
    ]
    assert notes == [
        [
            "0,0 з 29,4 тис.\u00a0грн",
            "10,0 з 74,5 тис.\u00a0грн",
            "0,0 з 65,0 тис.\u00a0грн",
            "20,0 з 59,4 тис.\u00a0грн",
        ],
        [
            "30,0 з 46,3 тис.\u00a0грн; виконано 5 з 7",
            "20,5 з 71,5 тис.\u00a0грн; виконано 2 з 10",
            "52,7 з 99,1 тис.\u00a0грн; виконано 4 з 12",
            "52,4 з 102,1 тис.\u00a0грн; виконано 1 з 6",
        ],
    ]


def test_figures_by_fund(demo: Program) -> None:
    picture = funds_picture(term_figures(demo), 2024)
    assert picture.table.rows == [
        ("з загального фонду", ("243,6", "159,9", "120,1", "49,3")),
        ("з спеціального фонду та інших джерел фінансування", ("75,4", "35,7", "35,6", "47,3")),
        ("не розподілено за джерелами", ("—", "—", "—", "—")),
    ]
    assert [group.label[0].text for group in picture.groups] == [
        "з загального фонду",
        "з спеціального фонду та інших джерел",
    ]


# --- measures by year --------------------------------------------------------------------


def of_program(program: Program) -> Matrix:
    term = term_figures(program)
    return matrix(term, {year: f"/{year}/" for year in term.reports})


def row(of: Matrix, code: str) -> list[tuple[str, str, str, str]]:
    (line,) = [one for task in of.tasks for one in task.measures if one.measure.code == code]
    return [(cell.shade, cell.sign, cell.figure, cell.amounts) for cell in line.cells]


def test_years_of_which_nothing_is_known_are_one_column(demo: Program) -> None:
    columns = of_program(demo).columns
    assert [(one.label, one.has_report) for one in columns] == [
        ("2020–2022", False),
        ("2023", True),
        ("2024", True),
        ("2025", False),
    ]


@pytest.mark.parametrize(
    ("code", "year_2023", "year_2024"),
    [
        ("1.1", ("full", "", "100,0\u00a0%", "0,0 з 2,4"), ("full", "✓", "100,0\u00a0%", "0,0 з 2,6")),
        ("1.4", ("", "", "0,0\u00a0%", ""), ("most", "◐", "50,0\u00a0%", "4,2 з 8,4")),
        ("1.7", ("unfunded", "", "0,0\u00a0%", "0,0 з 9,0"), ("", "◐", "—", "— з 9,2")),
        ("2.1", ("most", "", "95,2\u00a0%", "10,0 з 10,5"), ("", "○", "0,0\u00a0%", "")),
        ("2.9", ("unfunded", "", "0,0\u00a0%", "0,0 з 27,0"), ("unfunded", "✕", "0,0\u00a0%", "0,0 з 37,0")),
        ("3.10", ("", "", "0,0\u00a0%", ""), ("over", "✓", "112,2\u00a0%", "2,8 з 2,5")),
    ],
)
def test_a_measure_in_every_year(demo: Program, code: str, year_2023: object, year_2024: object) -> None:
    assert row(of_program(demo), code) == [("",) * 4, year_2023, year_2024, ("",) * 4]


def test_the_last_row_has_the_percents_that_the_reports_print(demo: Program) -> None:
    assert [cell.figure for cell in of_program(demo).total] == ["", "90,0\u00a0%", "48,8\u00a0%", ""]


def test_a_year_outside_the_measures_term_is_flagged(demo: Program) -> None:
    found = of_program(demo)
    outside = {
        (line.measure.code, column.label)
        for task in found.tasks
        for line in task.measures
        for column, cell in zip(found.columns, line.cells, strict=True)
        if cell.is_outside_term
    }
    assert outside == {("2.8", "2024"), ("2.8", "2025"), ("3.8", "2023"), ("3.8", "2025")}


def test_only_signs_that_stand_in_it_are_explained() -> None:
    program = building.program(measures=2)
    plan(Measure.objects.of_program(program)[0], 2024, "12.5")
    before = of_program(program)
    results = building.results(program, 2024)
    results[0].execution_state = "partial"
    results[0].save()
    after = of_program(program)
    assert [(one.has_reports, one.signs) for one in (before, after)] == [
        (False, []),
        (True, [("◐", "частково")]),
    ]


def test_measures_that_share_a_number_lead_to_their_own_rows() -> None:
    program = building.program(measures=1)
    (old,) = Measure.objects.of_program(program)
    amending = building.decision(program, "20", "2023-03-01")
    old.withdrawn_by = amending
    old.save()
    building.measure(old.task, 1, introduced_by=amending)
    building.results(program, 2023)
    found = of_program(program)
    lines = found.tasks[0].measures
    assert [[cell.link for cell in line.cells if cell.link] for line in lines] == [
        ["/2023/#m-1.1"],
        ["/2023/#m-1.1-row2"],
    ]
    assert [line.note for line in lines] == [
        "виключено рішенням №20 від 01.03.2023",
        "введено рішенням №20 від 01.03.2023",
    ]


def test_every_cell_leads_to_a_row_that_is_there(auditor: User, report_2024: AnnualReport) -> None:
    page = opened(auditor).content.decode()
    links = re.findall(rf'href="{PAGE}2024/#([^"]+)"', page)
    ids = re.findall(r'<tr id="(m-[^"]+)"', opened(auditor, f"{PAGE}2024/").content.decode())
    assert links == ids
    assert len(links) == report_2024.results.count()


# --- decisions ---------------------------------------------------------------------------


def changes(program: Program) -> list[tuple[str, list[str]]]:
    told: Timeline = timeline(amendments(program))
    return [(one.decision.number, list(one.changes)) for one in (*told.first, *told.last)]


def test_what_decisions_changed_in_words() -> None:
    program = building.program(measures=1)
    (first,) = Measure.objects.all()
    plan(first, 2024, "10")
    plan(first, 2025, "4")
    amending = building.decision(program, "20", "2024-03-01")
    first.introduced_by = program.decisions.get(number="15")
    first.save()
    added = building.measure(first.task, 2, introduced_by=amending)
    plan(added, 2024, "2.5", amending)
    plan(first, 2025, "3", amending)
    building.decision(program, "30", "2025-03-01")
    assert changes(program) == [
        ("15", ["Введено 1 захід", "План на всі роки 14,0\u00a0тис.\u00a0грн"]),
        (
            "20",
            [
                "Введено захід 1.2",
                "План 2024\u00a0року: 10,0 → 12,5\u00a0тис.\u00a0грн (+2,5)",
                "План 2025\u00a0року: 4,0 → 3,0\u00a0тис.\u00a0грн (−1,0)",
            ],
        ),
        ("30", ["Сум і заходів за цим рішенням не внесено"]),
    ]


def test_a_decision_that_changes_no_sum_says_why() -> None:
    program = building.program(measures=2)
    first, second = Measure.objects.all()
    for measure in (first, second):
        plan(measure, 2024, "10")
    plan(first, 2024, "10", building.decision(program, "20", "2024-03-01"))
    moved = building.decision(program, "30", "2024-04-01")
    plan(first, 2024, "8", moved)
    plan(second, 2024, "12", moved)
    plan(first, 2024, "99", building.decision(program, "40", "2025-03-01"))
    assert changes(program)[1:] == [
        ("20", ["Річні суми плану ті самі"]),
        ("30", ["План перерозподілено, річні суми ті самі"]),
        ("40", ["Внесені суми не набирають чинності"]),
    ]


def test_of_many_decisions_the_first_and_the_last_are_told() -> None:
    program = building.program()
    for number in range(20, 30):
        building.decision(program, str(number), f"20{number}-03-01")
    told = timeline(amendments(program))
    assert ([one.decision.number for one in told.first], told.left_out) == (["15"], 5)
    assert [one.decision.number for one in told.last] == ["25", "26", "27", "28", "29"]


# --- the page ----------------------------------------------------------------------------


def test_the_year_is_chosen_by_the_address(auditor: User) -> None:
    def chosen(query: str) -> tuple[int | None, str]:
        answer = opened(auditor, PAGE + query)
        return answer.context["year"], answer.context["pictures"][0].table.rows[1][1][-1]

    assert [chosen(query) for query in ("", "?year=2023", "?year=all")] == [
        (2024, "28,7"),
        (2023, "13,4"),
        (None, "20,9"),
    ]


@pytest.mark.parametrize("year", ["2022", "2031", "abc", "2024%20", "-1", "٢٠٢٤"])
def test_a_year_without_a_report_is_no_page(auditor: User, year: str) -> None:
    answer = opened(auditor, f"{PAGE}?year={year}")
    assert (
        answer.status_code,
        "Звіту цієї програми за такий рік немає." in words(answer.content.decode()),
    ) == (
        404,
        True,
    )


def test_nothing_is_styled_within_the_page(auditor: User) -> None:
    page = opened(auditor).content.decode()
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", page) == []


def test_every_picture_is_named_and_has_its_table(auditor: User) -> None:
    page = opened(auditor).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for key in ("by-year", "by-task", "by-fund"):
        (picture,) = re.findall(rf'<figure class="picture" id="{key}">.*?</figure>', page, re.S)
        assert re.findall(r'role="img" aria-labelledby="([^"]+)"', picture) == [f"{key}-title {key}-told"]
        assert {f"{key}-title", f"{key}-told"} <= set(ids)
        assert picture.count("<table") == 1


def test_one_action_is_the_first(program_admin: User, demo: Program) -> None:
    page = opened(program_admin).content.decode()
    assert re.findall(r'class="primary" href="([^"]+)"', page) == [f"{PAGE}cumulative/"]
    Program.objects.filter(pk=demo.pk).update(awaits_confirmation=True)
    page = opened(program_admin).content.decode()
    assert re.findall(r'class="primary" href="([^"]+)"', page) == [f"{PAGE}confirm/"]


@pytest.mark.parametrize(
    ("person", "waits", "leads_there"),
    [("program_admin", False, True), ("program_admin", True, False), ("auditor", False, False)],
)
def test_who_may_create_reports_is_led_to_the_form(
    request: pytest.FixtureRequest, person: str, waits: bool, leads_there: bool
) -> None:
    program = building.program(measures=1)
    Program.objects.filter(pk=program.pk).update(awaits_confirmation=waits)
    page = opened(request.getfixturevalue(person), f"/programs/{program.public_id}/").content.decode()
    assert (f"/admin/programs/annualreport/add/?program={program.pk}" in page) is leads_there


def test_a_programme_without_figures_shows_what_it_has(program_admin: User) -> None:
    program = building.program(measures=2)
    answer = opened(program_admin, f"/programs/{program.public_id}/")
    page = answer.content.decode()
    assert (answer.context["by_year"], answer.context["pictures"], page.count("<svg")) == (None, [], 0)
    assert page.count("Захід 2") == 1


def over_term(user: User, program: Program) -> str:
    page = opened(user, f"/programs/{program.public_id}/").content.decode()
    (told,) = re.findall(r'<dl class="over-term">.*?</dl>', page, re.S)
    return words(told.replace("&nbsp;", " "))


@pytest.mark.parametrize(
    ("financed", "said"),
    [
        ([None, None], "відомостей ще немає"),
        (["0", "0"], "2 з 2 заходів 1.1 , 1.2"),
        (["0", None], "1 з 2 заходів 1.1 ще про 1 відомостей немає"),
        (["2", None], "таких заходів немає ще про 1 відомостей немає"),
        (["2", "1"], "таких заходів немає"),
    ],
)
def test_what_nobody_told_is_not_called_unfinanced(
    program_admin: User, financed: list[str | None], said: str
) -> None:
    program = building.program(measures=2)
    for result, amount in zip(building.results(program, 2024), financed, strict=True):
        result.amounts.create(source=building.source(), planned=5, financed=amount and Decimal(amount))
    told = over_term(program_admin, program)
    assert told.endswith(f"Жодного разу не профінансовано за звітами {said}")


def test_sums_over_the_term_say_of_which_years_they_are(program_admin: User) -> None:
    program = building.program(measures=1)
    for year, financed in ((2023, Decimal(4)), (2024, None)):
        (result,) = building.results(program, year)
        result.amounts.create(source=building.source(), planned=8, financed=financed)
    plan(Measure.objects.get(task__program=program), 2025, "3")
    assert over_term(program_admin, program).startswith(
        "Профінансовано за роки зі звітами: 2023–2024 4,0 з 16,0 тис. грн, 25,0 %"
        " За 2024 профінансованого ще не вказано, тому відсоток занижено."
        " План за звітами й чинними рішеннями: 2023–2025 19,0 тис. грн"
    )


def test_a_task_has_the_same_percent_in_the_picture_and_in_the_matrix() -> None:
    program = building.program(measures=1)
    (result,) = building.results(program, 2024)
    result.amounts.create(source=building.source(), financed=5)
    term = term_figures(program)
    (group,) = tasks_picture(term, 2024).groups
    (task,) = matrix(term, {2024: "/"}).tasks
    assert {bar.text for bar in group.bars} | {cell.figure for cell in task.sums if cell.figure} == {"—"}
