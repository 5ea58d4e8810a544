"""The entry sheet's addresses: the page, a row, a pasted block, one reason for many rows."""

import json
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from programs.calculations import Money
from programs.consistency import check_report, check_result
from programs.entry import save_result
from programs.enums import AppointmentRole, ReportState
from programs.figures import figures_around, report_figures
from programs.models import (
    Amount,
    AnnualReport,
    FundingSource,
    MeasureResult,
    Participation,
    Program,
    Remark,
    Submission,
    User,
)
from programs.pasting import parse_block
from programs.textforms import TextFormError, parse_money
from tests import building
from tests.programs.admin_forms import inputs

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    building.source("general", "з загального фонду")
    return building.program(measures=3)


@pytest.fixture
def rows(program: Program) -> list[MeasureResult]:
    return building.results(program)


@pytest.fixture
def writer(program: Program) -> User:
    return building.appointed(building.user("writer"), program.responsible)


@pytest.fixture
def colleague(program: Program) -> User:
    return building.appointed(building.user("colleague"), program.responsible)


@pytest.fixture
def general(program: Program) -> FundingSource:
    return building.source("general")


def address(row: MeasureResult, name: str = "entry_row") -> str:
    report = row.report
    row_pk = [row.pk] if name.startswith(("entry_row", "entry_fig", "entry_last")) else []
    return reverse(name, args=[report.program.public_id, report.year, *row_pk])


class Tab:
    """One person's browser tab with the sheet open."""

    def __init__(self, user: User, row: MeasureResult) -> None:
        self.row = row
        self.client = Client(headers={"HX-Request": "true"})
        self.client.force_login(user)
        self.fields: dict[str, str] = {}

    def open(self) -> HttpResponse:
        response = self.client.get(address(self.row, "entry_sheet"))
        assert response.status_code == 200
        self.fields = inputs(response)
        return response

    def fields_of(self, row: MeasureResult) -> dict[str, str]:
        return {name: text for name, text in self.fields.items() if name.startswith(f"r{row.pk}-")}

    def save(self, row: MeasureResult, **typed: str) -> HttpResponse:
        """Typed by the cell's name without its row: `narrative`, `planned` of the general fund."""
        return self.send(address(row), {**self.fields_of(row), **named(row, typed)})

    def send(self, url: str, fields: dict[str, object]) -> HttpResponse:
        return self.client.post(url, fields)

    def preview(self, cell: str, text: str) -> HttpResponse:
        seen = {name: text for name, text in self.fields.items() if name.endswith("-seen")}
        return self.send(address(self.row, "entry_paste"), {"cell": cell, "text": text, **seen})

    def apply(self, preview: HttpResponse, **chosen: str) -> HttpResponse:
        return self.send(address(self.row, "entry_paste"), {**inputs(preview), **chosen})


def named(row: MeasureResult, typed: dict[str, str]) -> dict[str, str]:
    return {cell_name(row, name): text for name, text in typed.items()}


def cell_name(row: MeasureResult, name: str) -> str:
    is_money = name in ("planned", "actual", "financed")
    return f"r{row.pk}-{building.source('general').pk}-{name}" if is_money else f"r{row.pk}-{name}"


def opened(user: User, row: MeasureResult) -> Tab:
    tab = Tab(user, row)
    tab.open()
    return tab


def outcome(response: HttpResponse) -> tuple[int, str]:
    return response.status_code, response.headers.get("X-Row-State", "")


def standing(row: MeasureResult) -> tuple[object, ...]:
    row.refresh_from_db()
    money = row.amounts.values_list("planned", "actual", "financed").first()
    return row.version, row.narrative, money


# --- the page ----------------------------------------------------------------------------


def queries(work: Callable[[], HttpResponse], expected: tuple[int, str]) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert outcome(work()) == expected
    return len(captured)


def small_and_large() -> list[tuple[Tab, list[MeasureResult]]]:
    """Open sheets of a report of three measures and of one of thirty."""
    sheets = []
    for measures in (3, 30):
        program = building.program(measures=measures, number=f"16/{measures}")
        rows = building.results(program)
        clerk = building.appointed(building.user(f"clerk{measures}"), program.responsible)
        sheets.append((opened(clerk, rows[0]), rows))
    return sheets


def test_the_sheet_opens_in_the_same_queries_however_many_rows(general: FundingSource) -> None:
    small, large = (queries(tab.open, (200, "")) for tab, _ in small_and_large())
    assert small == large


def test_a_row_is_saved_in_the_same_queries_however_many_rows(general: FundingSource) -> None:
    small, large = (
        queries(lambda tab=tab, row=rows[0]: tab.save(row, narrative="Є", actual="1"), (200, "saved"))
        for tab, rows in small_and_large()
    )
    assert small == large


def test_a_block_is_saved_in_the_same_queries_however_many_rows(general: FundingSource) -> None:
    counted = []
    for tab, rows in small_and_large():
        preview = tab.preview(cell_name(rows[0], "planned"), "\n".join("1\t2\t1" for _ in rows))
        counted.append(queries(lambda tab=tab, preview=preview: tab.apply(preview), (200, "saved")))
    assert counted[0] == counted[1]
    assert Amount.objects.filter(actual=2).count() == 33


def test_a_coexecutor_is_told_where_to_send(coexecutor: User, report_2024: AnnualReport) -> None:
    row = report_2024.results.first()
    assert row
    response = Tab(coexecutor, row).client.get(address(row, "entry_sheet"))
    assert response.status_code == 403
    assert reverse("contributions", args=["1688-2019-12-18", 2024]) in response.content.decode()


def test_a_stranger_sees_no_sheet(stranger: User, report_2024: AnnualReport) -> None:
    row = report_2024.results.first()
    assert row
    tab = Tab(stranger, row)
    assert tab.client.get(address(row, "entry_sheet")).status_code == 404
    assert tab.client.post(address(row)).status_code == 404


@pytest.mark.parametrize("state", [ReportState.ON_APPROVAL, ReportState.AGREED])
def test_a_closed_report_is_only_read(rows: list[MeasureResult], writer: User, state: ReportState) -> None:
    AnnualReport.objects.update(state=state)
    tab = Tab(writer, rows[0])
    response = tab.open()
    assert tab.fields_of(rows[0]) == {}
    assert (
        f"Звіт у стані «{state.label}», тому показники можна лише переглянути." in response.content.decode()
    )


def test_last_years_sums_stand_under_the_inputs(rows: list[MeasureResult], writer: User) -> None:
    before = building.results(rows[0].report.program, 2023)[0]
    save_result(before, version=1, by=writer, amounts={building.source("general").pk: Money(Decimal("7.25"))})
    page = opened(writer, rows[0]).open().content.decode()
    assert re.findall(r'class="last-year">(.*?)</small>', page)[:3] == ["2023: 7,25", "", ""]


def test_last_years_row_is_shown_with_its_text(rows: list[MeasureResult], writer: User) -> None:
    before = building.results(rows[0].report.program, 2023)[0]
    save_result(before, version=1, by=writer, narrative="Торік 4 засідання.", execution_state="done")
    tab = Tab(writer, rows[0])
    page = tab.client.get(address(rows[0], "entry_last_year")).content.decode()
    assert 'data-narrative="Торік 4 засідання." data-state="done"' in page


def test_without_a_report_of_last_year_there_is_nothing_to_show(
    rows: list[MeasureResult], writer: User
) -> None:
    assert Tab(writer, rows[0]).client.get(address(rows[0], "entry_last_year")).status_code == 404


def test_the_heads_remarks_stand_in_a_returned_report(rows: list[MeasureResult], writer: User) -> None:
    now = timezone.now()
    for number, words in ((1, "Старе"), (2, "Уточніть суму")):
        submission = Submission.objects.create(
            report=rows[0].report, number=number, submitted_at=now, submitted_by=writer, document="{}"
        )
        for result in (rows[1], None):
            Remark.objects.create(
                submission=submission, result=result, text=words, written_at=now, written_by=writer
            )
    AnnualReport.objects.update(state=ReportState.RETURNED)
    page = opened(writer, rows[0]).open().content.decode()
    assert (page.count("Уточніть суму"), page.count("Старе")) == (2, 0)


# --- one row -----------------------------------------------------------------------------


def test_a_row_is_saved_and_says_when(rows: list[MeasureResult], writer: User) -> None:
    response = opened(writer, rows[0]).save(rows[0], narrative="Проведено.", planned="1 234,5", actual="0")
    assert outcome(response) == (200, "saved")
    assert re.search(r"збережено \d\d:\d\d", response.content.decode())
    assert standing(rows[0]) == (2, "Проведено.", (Decimal("1234.5"), Decimal(0), None))


def test_the_answer_tells_the_totals_and_holds_no_input(rows: list[MeasureResult], writer: User) -> None:
    tab = opened(writer, rows[0])
    tab.save(rows[1], planned="10", financed="5")
    page = tab.save(rows[0], planned="30", financed="15").content.decode()
    shown = dict(re.findall(r'<output id="(\S+)" hx-swap-oob="innerHTML">(.*?)</output>', page))
    task = rows[0].measure.task_id
    assert [shown[f"{key}-planned"] for key in ("line0", "total", f"t{task}")] == ["40,0"] * 3
    assert [shown[f"{key}-percent"] for key in (f"r{rows[0].pk}", "total")] == ["50,0", "50,0"]
    assert "<input" not in page


def test_hryvnias_become_thousands(rows: list[MeasureResult], writer: User) -> None:
    response = opened(writer, rows[0]).save(rows[0], planned="42\u00a0350,00 грн", actual="42350 грн.")
    assert "42\u00a0350,00 грн → 42,35" in response.content.decode()
    assert standing(rows[0])[2] == (Decimal("42.35"), Decimal("42.35"), None)


@pytest.mark.parametrize(
    ("typed", "thousands"),
    [
        ("42350грн", "42.35"),
        ("0,01 грн", "0.00001"),
        ("42,35 тис. грн", "42.35"),
        ("42,35", "42.35"),
        ("₴", None),
        ("", None),
    ],
)
def test_money_is_read_with_its_unit(typed: str, thousands: str | None) -> None:
    assert parse_money(typed) == (Decimal(thousands) if thousands else None)


def test_parts_of_a_kopeck_are_refused() -> None:
    with pytest.raises(TextFormError, match="після коми можна не більше 2 знаків"):
        parse_money("1,234 грн")


@pytest.mark.parametrize(
    ("cell", "typed", "sentence"),
    [
        ("planned", "12,3,4", "у числі більше ніж одна кома"),
        ("actual", "-5", "сума не може бути від’ємною"),
        ("stated_percent", "9,55", "після коми можна не більше одного знака"),
        ("narrative", "я" * 10_001, "Текст задовгий: 10001 знаків"),
        ("execution_state", "finished", "finished"),
    ],
)
def test_a_wrong_value_is_told_at_its_cell_and_nothing_is_written(
    rows: list[MeasureResult], writer: User, cell: str, typed: str, sentence: str
) -> None:
    response = opened(writer, rows[0]).save(rows[0], **{"stated_justification": "за актами", cell: typed})
    assert outcome(response) == (400, "invalid")
    note = re.search(r'<p class="cell-note"[^>]*data-cell="([^"]+)">(.*?)</p>', response.content.decode())
    assert note
    assert (note[1], sentence in note[2]) == (cell_name(rows[0], cell), True)
    assert standing(rows[0])[0] == 1


def test_a_replayed_saving_is_saved_once(rows: list[MeasureResult], writer: User) -> None:
    tab = opened(writer, rows[0])
    answers = [outcome(tab.save(rows[0], narrative="Раз", planned="5")) for _ in range(3)]
    assert answers == [(200, "saved")] * 3
    assert standing(rows[0])[0] == 2


def test_two_people_on_different_cells_of_a_row_are_both_kept(
    rows: list[MeasureResult], writer: User, colleague: User
) -> None:
    mine, theirs = opened(writer, rows[0]), opened(colleague, rows[0])
    assert outcome(mine.save(rows[0], narrative="Моє")) == (200, "saved")
    assert outcome(theirs.save(rows[0], planned="7")) == (200, "saved")
    assert standing(rows[0]) == (3, "Моє", (Decimal(7), None, None))


def test_on_the_same_cell_the_second_sees_both_versions(
    rows: list[MeasureResult], writer: User, colleague: User
) -> None:
    mine, theirs = opened(writer, rows[0]), opened(colleague, rows[0])
    mine.save(rows[0], narrative="Моє")
    response = theirs.save(rows[0], narrative="Їхнє", planned="7")
    page = response.content.decode()
    assert outcome(response) == (409, "conflict")
    assert re.findall(r"<blockquote>(.*?)</blockquote>", page) == ["Моє", "Їхнє"]
    assert f"Зараз у базі – {writer}" in page
    assert standing(rows[0]) == (2, "Моє", None)


def test_after_both_were_seen_the_choice_is_written(
    rows: list[MeasureResult], writer: User, colleague: User
) -> None:
    mine, theirs = opened(writer, rows[0]), opened(colleague, rows[0])
    mine.save(rows[0], narrative="Моє")
    page = theirs.save(rows[0], narrative="Їхнє").content.decode()
    seen = re.search(r'data-seen="([^"]+)"', page)
    assert seen
    assert outcome(theirs.save(rows[0], narrative="Їхнє", seen=seen[1])) == (200, "saved")
    assert standing(rows[0])[1] == "Їхнє"


def test_a_closed_report_takes_no_row(rows: list[MeasureResult], writer: User) -> None:
    tab = opened(writer, rows[0])
    AnnualReport.objects.update(state=ReportState.ON_APPROVAL)
    response = tab.save(rows[0], narrative="Запізно")
    assert outcome(response) == (409, "closed")
    assert "Звіт у стані «На погодженні»" in response.content.decode()
    assert standing(rows[0])[0] == 1


def test_who_lost_the_right_meanwhile_writes_nothing(rows: list[MeasureResult], writer: User) -> None:
    tab = opened(writer, rows[0])
    building.appointed(writer, building.executor("Інше управління"))
    Participation.objects.create(
        measure=rows[0].measure, executor=building.executor("Інше управління"), position=1
    )
    writer.appointments.filter(executor=rows[0].report.program.responsible).delete()
    assert outcome(tab.save(rows[0], narrative="Не моє")) == (403, "forbidden")
    assert standing(rows[0])[0] == 1


def test_by_a_setting_the_only_executor_enters_its_rows(
    rows: list[MeasureResult], settings: Settings
) -> None:
    body = building.executor("Бібліотека")
    Participation.objects.create(measure=rows[1].measure, executor=body, position=1)
    librarian = building.appointed(building.user("librarian"), body)
    assert Tab(librarian, rows[0]).client.get(address(rows[0], "entry_sheet")).status_code == 403
    settings.ONLY_EXECUTOR_ENTERS_ROW = True
    tab = opened(librarian, rows[0])
    assert {name.split("-")[0] for name in tab.fields if name.endswith("-seen")} == {f"r{rows[1].pk}"}
    assert outcome(tab.save(rows[1], narrative="Наше")) == (200, "saved")
    assert outcome(tab.save(rows[0], narrative="Чуже")) == (403, "forbidden")


def test_a_row_of_another_report_is_not_found(rows: list[MeasureResult], writer: User) -> None:
    other = building.results(building.program(measures=1, number="99"))[0]
    url = address(rows[0]).replace(f"/{rows[0].pk}/", f"/{other.pk}/")
    assert Tab(writer, rows[0]).client.post(url, {}).status_code == 404


def test_an_expired_session_is_told_to_htmx(rows: list[MeasureResult], writer: User) -> None:
    tab = opened(writer, rows[0])
    tab.client.logout()
    response = tab.save(rows[0], narrative="Пізно")
    assert response.status_code == 401
    assert response.content.decode() == "Сеанс закінчився. Нічого не записано; увійдіть знову."
    assert Client().get(address(rows[0], "entry_sheet")).status_code == 302


def test_what_another_person_typed_in_this_browser_is_not_saved(
    rows: list[MeasureResult], writer: User, colleague: User
) -> None:
    tab = opened(writer, rows[0])
    tab.client.force_login(colleague)
    fields = {**tab.fields_of(rows[0]), f"r{rows[0].pk}-narrative": "Писала інша"}
    response = tab.client.post(address(rows[0]), fields, headers={"X-Typed-By": str(writer.pk)})
    assert response.status_code == 401
    assert standing(rows[0])[0] == 1


def test_figures_of_what_is_typed_are_computed_and_not_saved(rows: list[MeasureResult], writer: User) -> None:
    tab = opened(writer, rows[0])
    fields = {**tab.fields_of(rows[0]), **named(rows[0], {"planned": "40", "financed": "10000 грн"})}
    answer = json.loads(tab.send(address(rows[0], "entry_figures"), fields).content)
    financed = cell_name(rows[0], "financed")
    assert (answer["texts"][f"r{rows[0].pk}-percent"], answer["texts"]["total-financed"]) == ("25,0", "10,0")
    assert answer["converted"] == {financed: {"text": "10,0", "note": "10000 грн → 10,0"}}
    assert standing(rows[0])[0] == 1


def test_one_rows_figures_and_findings_are_those_of_the_whole_report(report_2024: AnnualReport) -> None:
    results = list(MeasureResult.objects.for_report(report_2024))
    sources = list(FundingSource.objects.all())
    whole = report_figures(report_2024, results, sources)
    found = check_report(report_2024)
    for result in results:
        around = figures_around(result, sources)
        assert around.rows[result.pk] == whole.rows[result.pk]
        assert around.tasks == {result.measure.task_id: whole.tasks[result.measure.task_id]}
        assert (around.fund_lines, around.total) == (whole.fund_lines, whole.total)
        of_row = [finding for finding in found if finding.result_id == result.pk]
        assert check_result(result, sources, around) == of_row


# --- a block -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1\t2\r\n3\t4\r\n", [["1", "2"], ["3", "4"]]),
        ("1\t\n\t4", [["1", ""], ["", "4"]]),
        ('1\t"Два\nрядки ""тут"""\n2\tдалі\n', [["1", 'Два\nрядки "тут"'], ["2", "далі"]]),
        ('"Слово" про роботу\t"2"\n', [['"Слово" про роботу', '"2"']]),
        ('"без кінця\t2', [['"без кінця', "2"]]),
        ("", [[""]]),
    ],
)
def test_a_copied_block_is_read(text: str, rows: list[list[str]]) -> None:
    assert parse_block(text) == rows


def changes(response: HttpResponse) -> list[tuple[str, ...]]:
    """The preview's table: measure, column, was, will be."""
    page = response.content.decode()
    body = page.partition("<tbody>")[2]
    found = []
    for line in body.split("<tr")[1:]:
        code = re.search(r'<th scope="row">(.*?)</th>', line)
        texts = re.findall(r'<div class="clamped">(.*?)</div>', line)
        label = re.search(r"<td>([^<]+)</td>", line)
        assert code
        assert label
        found.append((code[1], label[1], *texts))
    return found


def test_a_block_is_shown_before_it_is_saved(rows: list[MeasureResult], writer: User) -> None:
    tab = opened(writer, rows[0])
    preview = tab.preview(
        cell_name(rows[0], "planned"),
        "10,0\t8\t5\t50,0%\tПроведено.\tВиконано\t\n20\t\t\t\t\tчастково\tНе профінансовано\n",
    )
    assert outcome(preview) == (200, "preview")
    assert changes(preview) == [
        ("1.1", "план (general)", "—", "10,0"),
        ("1.1", "факт (general)", "—", "8,0"),
        ("1.1", "профінансовано (general)", "—", "5,0"),
        ("1.1", "інформація про виконання", "—", "Проведено."),
        ("1.1", "стан виконання", "—", "виконано"),
        ("1.2", "план (general)", "—", "20,0"),
        ("1.2", "стан виконання", "—", "частково"),
        ("1.2", "причина відсутності фінансування", "—", "не профінансовано"),
    ]
    assert standing(rows[0])[0] == 1
    assert outcome(tab.apply(preview)) == (200, "saved")
    assert standing(rows[0]) == (2, "Проведено.", (Decimal(10), Decimal(8), Decimal(5)))
    assert [row.stated_percent for row in MeasureResult.objects.all()] == [None] * 3


def test_a_percent_other_than_computed_is_stated(rows: list[MeasureResult], writer: User) -> None:
    preview = opened(writer, rows[0]).preview(cell_name(rows[0], "planned"), "10\t10\t5\t100")
    assert ("1.1", "відсоток за даними виконавця", "—", "100,0") in changes(preview)


def test_a_block_with_errors_can_not_be_saved(rows: list[MeasureResult], writer: User) -> None:
    tab = opened(writer, rows[0])
    preview = tab.preview(f"r{rows[1].pk}-narrative", "Є\tмабуть\n\t\n\t\tдалі\n")
    page = preview.content.decode()
    assert 'name="apply"' not in page
    assert "Тут можна лише «виконано», «частково»" in page
    assert "Рядок 3 блоку – нижче останнього рядка таблиці." in page


def test_a_forged_applying_of_errors_writes_nothing(rows: list[MeasureResult], writer: User) -> None:
    tab = opened(writer, rows[0])
    cells = {cell_name(rows[0], "planned"): "5", cell_name(rows[1], "planned"): "п’ять"}
    response = tab.send(address(rows[0], "entry_paste"), {**tab.fields, **cells, "apply": "1"})
    assert outcome(response) == (400, "invalid")
    assert [standing(row)[0] for row in rows] == [1, 1, 1]


def test_a_block_applied_twice_is_saved_once(rows: list[MeasureResult], writer: User) -> None:
    tab = opened(writer, rows[0])
    preview = tab.preview(cell_name(rows[0], "planned"), "1\n2\n3\n")
    assert [outcome(tab.apply(preview)) for _ in range(2)] == [(200, "saved")] * 2
    assert [standing(row)[0] for row in rows] == [2, 2, 2]


def test_what_others_changed_meanwhile_is_shown_in_the_preview(
    rows: list[MeasureResult], writer: User, colleague: User
) -> None:
    tab = opened(writer, rows[0])
    opened(colleague, rows[0]).save(rows[0], planned="7", narrative="Їхнє")
    preview = tab.preview(cell_name(rows[0], "planned"), "1\n2\n")
    name = cell_name(rows[0], "planned")
    assert f'name="choose-{name}" value="mine" required' in preview.content.decode()
    assert outcome(tab.apply(preview, **{f"choose-{name}": "theirs"})) == (200, "saved")
    assert [standing(row)[1:] for row in rows[:2]] == [
        ("Їхнє", (Decimal(7), None, None)),
        ("", (Decimal(2), None, None)),
    ]


def test_what_others_change_after_the_preview_stops_the_whole_block(
    rows: list[MeasureResult], writer: User, colleague: User
) -> None:
    tab = opened(writer, rows[0])
    preview = tab.preview(cell_name(rows[0], "planned"), "1\n2\n")
    opened(colleague, rows[0]).save(rows[0], planned="7")
    refused = tab.apply(preview)
    assert outcome(refused) == (409, "conflict")
    assert [standing(row)[2] for row in rows[:2]] == [(Decimal(7), None, None), None]
    again = tab.apply(refused, **{f"choose-{cell_name(rows[0], 'planned')}": "mine"})
    assert outcome(again) == (200, "saved")
    assert [standing(row)[2] for row in rows[:2]] == [
        (Decimal(1), None, None),
        (Decimal(2), None, None),
    ]


def test_a_cell_that_the_block_leaves_as_the_page_showed_it_is_not_overwritten(
    rows: list[MeasureResult], writer: User, colleague: User
) -> None:
    tab = opened(writer, rows[0])
    opened(colleague, rows[0]).save(rows[0], narrative="Їхнє")
    preview = tab.preview(cell_name(rows[0], "narrative"), "\tвиконано\n")
    assert changes(preview) == [("1.1", "стан виконання", "—", "виконано")]
    tab.apply(preview)
    assert standing(rows[0])[1] == "Їхнє"


@pytest.mark.parametrize("cell", ["", "r0-narrative", "nonsense", "r{pk}-0-planned", "r{pk}-version"])
def test_a_block_for_no_cell_is_refused(rows: list[MeasureResult], writer: User, cell: str) -> None:
    tab = opened(writer, rows[0])
    assert outcome(tab.preview(cell.format(pk=rows[0].pk), "1\t2")) == (400, "invalid")


def test_a_closed_report_takes_no_block(rows: list[MeasureResult], writer: User) -> None:
    tab = opened(writer, rows[0])
    preview = tab.preview(cell_name(rows[0], "planned"), "1")
    AnnualReport.objects.update(state=ReportState.AGREED)
    assert outcome(tab.preview(cell_name(rows[0], "planned"), "1")) == (409, "closed")
    assert outcome(tab.apply(preview)) == (409, "closed")


# --- one reason for many -----------------------------------------------------------------


def reasons(tab: Tab, rows: list[MeasureResult], reason: str) -> HttpResponse:
    seen = {name: text for name, text in tab.fields.items() if name.endswith("-seen")}
    fields = {**seen, "rows": [row.pk for row in rows], "reason": reason}
    return tab.send(address(tab.row, "entry_reasons"), fields)


def test_one_reason_goes_to_many_rows(rows: list[MeasureResult], writer: User) -> None:
    response = reasons(opened(writer, rows[0]), rows[:2], "not_financed")
    assert outcome(response) == (200, "saved")
    assert "Змінено рядків: 2." in response.content.decode()
    assert [row.zero_reason for row in MeasureResult.objects.order_by("pk")] == ["not_financed"] * 2 + [""]


def test_a_reason_is_written_to_all_rows_or_none(
    rows: list[MeasureResult], writer: User, colleague: User
) -> None:
    tab = opened(writer, rows[0])
    opened(colleague, rows[0]).save(rows[1], zero_reason="moved")
    response = reasons(tab, rows, "not_financed")
    assert outcome(response) == (409, "conflict")
    assert [row.zero_reason for row in MeasureResult.objects.order_by("pk")] == ["", "moved", ""]
    chosen = {f"choose-{cell_name(rows[1], 'zero_reason')}": "theirs"}
    assert outcome(tab.apply(response, **chosen)) == (200, "saved")
    assert [row.zero_reason for row in MeasureResult.objects.order_by("pk")] == [
        "not_financed",
        "moved",
        "not_financed",
    ]


def test_an_unknown_reason_is_refused(rows: list[MeasureResult], writer: User) -> None:
    assert outcome(reasons(opened(writer, rows[0]), rows, "laziness")) == (400, "invalid")


def test_the_head_may_enter_too(rows: list[MeasureResult], program: Program) -> None:
    head = building.appointed(building.user("head"), program.responsible, AppointmentRole.HEAD)
    assert outcome(opened(head, rows[0]).save(rows[0], narrative="Сама")) == (200, "saved")
