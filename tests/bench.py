"""`make bench`: how long the real report takes, alone and made 10 and 40 times longer.

Medians of runs in turn, so that a machine that slows down slows every contender. Growth is the
time's growth divided by the rows': 1.00 means twice the report takes twice the time. The peer is
bare WeasyPrint setting the same table in the same run, its task cells not repeated, untagged.
Of the entry sheet: its page, and the saving of one row, whose time must not grow with the report; the
peer is the same row saved through its model alone, with history and nothing else. Of signing: the check of
a signed PDF, here and as the portal does it, in a process apart; the peer is bare pyHanko validating that
signature and reviewing what was added. Of files: an extract with all its sheets beside bare XlsxWriter
writing the same cells from memory, and a workbook that came in beside bare openpyxl reading it. Of search:
the page's work for several queries among 5 000 measures, beside bare LIKE counting one word in the same rows.
"""

import gc
import io
import itertools
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

RUNS = {1: 7, 10: 5, 40: 3}
SEARCHED = 5_000
Contenders = dict[str, Callable[[], Any]]


def main(lengths: Sequence[int]) -> None:
    os.environ.pop("DATABASE_URL", None)
    with empty_portal():
        results: dict[int, dict[str, float]] = {}
        rows: dict[int, int] = {}
        for times in lengths:
            report = lengthened_report(times)
            rows[times] = report.results.count()
            runners = contenders(report) | entering(report) | signing(report) | files(report)
            results[times] = medians(runners, RUNS.get(times, 3))
            print_table(times, rows, results)
        print_search(SEARCHED)


@contextmanager
def empty_portal() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="zvit-bench-") as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "reporting.settings"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield


def lengthened_report(times: int) -> Any:
    """The real report with its tasks repeated so many times, in a database of its own."""
    from programs.demonstration import load_demonstration
    from programs.models import Amount, Measure, MeasureResult, Participation, Task

    program = load_demonstration()
    report = program.reports.select_related("program__responsible").get(year=2023)
    tasks = list(program.tasks.filter(number__lte=4).prefetch_related("measures__participations"))
    results = {r.measure_id: r for r in report.results.prefetch_related("amounts")}
    for number in range(program.tasks.count() + 1, 4 * times + 1):
        original = tasks[(number - 1) % 4]
        task = Task.objects.create(program=program, number=number, text=original.text)
        for measure in original.measures.all():
            row = results[measure.pk]
            copy = Measure.objects.create(**{**plain(measure), "task": task})
            new = MeasureResult.objects.create(**{**plain(row), "measure": copy})
            Participation.objects.bulk_create(
                Participation(**{**plain(part), "measure": copy}) for part in measure.participations.all()
            )
            Amount.objects.bulk_create(
                Amount(**{**plain(amount), "result": new}) for amount in row.amounts.all()
            )
    return report


def plain(item: Any) -> dict[str, Any]:
    """The fields of a row, to make another like it."""
    return {
        field.name: getattr(item, field.name) for field in item._meta.concrete_fields if field.name != "id"
    }


def contenders(report: Any) -> Contenders:
    from reporting.assemble import assemble
    from reporting.renderers import render

    document = assemble(report, draft_at=None)
    return {
        "assemble": lambda: assemble(report, draft_at=None),
        "html": lambda: render(document, "html"),
        "xlsx": lambda: render(document, "xlsx"),
        "docx": lambda: render(document, "docx"),
        "pdf": lambda: render(document, "pdf"),
        "bare WeasyPrint": lambda: bare_weasyprint(document),
    }


def entering(report: Any) -> Contenders:
    """What a clerk waits for: the sheet, and one row of it."""
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    from programs.demonstration import RESPONSIBLE
    from programs.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.DEMO = True
    clerk = User.objects.get(username=RESPONSIBLE)
    client = Client()
    client.force_login(clerk, backend="reporting.demo_sign_in.DemonstrationBackend")
    where = [report.program.public_id, report.year]
    row = report.results.order_by("pk").first()
    texts = itertools.cycle(["Проведено засідання.", "Проведено чотири засідання."])

    def open_sheet() -> None:
        assert client.get(reverse("entry_sheet", args=where)).status_code == 200

    def save_row() -> None:
        row.refresh_from_db()
        sent = {f"r{row.pk}-narrative": next(texts), f"r{row.pk}-seen": str(row.version)}
        assert client.post(reverse("entry_row", args=[*where, row.pk]), sent).status_code == 200

    def bare_save() -> None:
        row.refresh_from_db()
        row.narrative = next(texts)
        row.version += 1
        row._history_user = clerk
        row.save()

    return {"entry sheet": open_sheet, "save a row": save_row, "bare save": bare_save}


def signing(report: Any) -> Contenders:
    """What a head waits for when a signed PDF comes back."""
    from reporting.assemble import assemble
    from reporting.renderers import render
    from reporting.signing.examination import examine
    from reporting.signing.sandbox import examine_apart
    from tests.reporting.signing import authority
    from tests.reporting.signing.signed_files import signed_pdf

    original = render(assemble(report, draft_at=None, sealed=True), "pdf")
    signed = signed_pdf(original, authority.person())

    return {
        "check signed PDF": lambda: examine(original, signed, trust_folder=None, now=authority.NOW),
        "check apart": lambda: examine_apart(original, signed, trust_folder=None),
        "bare pyHanko": lambda: bare_pyhanko(signed),
    }


def files(report: Any) -> Contenders:
    """What leaves in an extract, and what comes in from a spreadsheet."""
    from openpyxl import load_workbook

    from programs.importing.files.reading import read_book
    from programs.importing.form.reading import read_form
    from reporting.assemble import assemble
    from reporting.extracts.selection import Selection
    from reporting.renderers import render
    from tests.reporting.extracts.benching import extracting

    form = render(assemble(report, draft_at=None), "xlsx")

    def bare_openpyxl() -> None:
        book = load_workbook(io.BytesIO(form), data_only=True)
        for row in book.active.iter_rows(values_only=True):
            assert row

    return {
        **extracting(Selection(programs=(report.program.public_id,), years=(report.year,))),
        "read form": lambda: read_form(read_book(io.BytesIO(form), "form.xlsx")),
        "bare openpyxl": bare_openpyxl,
    }


def print_search(measures: int) -> None:
    from tests.programs.search_bench import searching

    runs = RUNS[1]
    spent = medians(searching(measures), runs)
    print(f"\nsearch among {measures} measures, median of {runs}")
    for name, seconds in spent.items():
        print(
            f"  {name:22} {seconds * 1000:10.1f} ms   ÷ bare LIKE {seconds / spent['bare LIKE']:5.2f}",
            flush=True,
        )


def bare_pyhanko(signed: bytes) -> None:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    reader = PdfFileReader(io.BytesIO(signed))
    (signature,) = reader.embedded_regular_signatures
    # It trusts nobody, and says so at length.
    logging.disable(logging.CRITICAL)
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=[], allow_fetching=False))
    logging.disable(logging.NOTSET)
    DEFAULT_DIFF_POLICY.review_file(reader, reader.xrefs.total_revisions - 2)
    assert status.intact
    assert status.valid


def bare_weasyprint(document: Any) -> bytes:
    """The same table, style sheet and font, with nothing of ours around the printing."""
    from weasyprint import HTML

    from reporting.press import press
    from reporting.renderers import html

    page = html.standalone(document, html.Layout(html.whole_pieces(document)), press().family)
    made = HTML(string=page).write_pdf(stylesheets=[press().faces], font_config=press().font_config)
    return bytes(made)


def medians(runners: Contenders, runs: int) -> dict[str, float]:
    """Seconds, one warm-up first."""
    spent: dict[str, list[float]] = {name: [] for name in runners}
    for run in range(runs + 1):
        for name, work in runners.items():
            gc.collect()
            started = time.perf_counter()
            work()
            if run:
                spent[name].append(time.perf_counter() - started)
    return {name: statistics.median(times) for name, times in spent.items()}


def print_table(times: int, rows: dict[int, int], results: dict[int, dict[str, float]]) -> None:
    shortest = min(results)
    longer = rows[times] / rows[shortest]
    print(f"\n×{times}: {rows[times]} rows, median of {RUNS.get(times, 3)}")
    for name, seconds in results[times].items():
        growth = seconds / results[shortest][name] / longer
        print(f"  {name:16} {seconds * 1000:10.1f} ms   growth {growth:5.2f}")
    ratio = results[times]["pdf"] / results[times]["bare WeasyPrint"]
    print(f"  pdf ÷ bare WeasyPrint {ratio:.2f}")
    saving = results[times]["save a row"] / results[times]["bare save"]
    print(f"  save a row ÷ bare save {saving:.1f}")
    checking = results[times]["check signed PDF"] / results[times]["bare pyHanko"]
    print(f"  check signed PDF ÷ bare pyHanko {checking:.2f}")
    extracting = results[times]["extract xlsx"] / results[times]["bare XlsxWriter"]
    print(f"  extract xlsx ÷ bare XlsxWriter {extracting:.2f}")
    reading = results[times]["read form"] / results[times]["bare openpyxl"]
    print(f"  read form ÷ bare openpyxl {reading:.2f}", flush=True)


if __name__ == "__main__":
    # On PostgreSQL: python -m tests.postgres -- .venv/bin/python -m tests.bench search 50000
    if sys.argv[1:2] == ["search"]:
        with empty_portal():
            print_search(int(sys.argv[2]))
        sys.exit()
    main([int(argument) for argument in sys.argv[1:]] or list(RUNS))
