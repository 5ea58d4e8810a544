"""The hand in which the portal writes: quotation marks, dashes, spaces that do not break; and its colours.

Read in the texts of templates and scripts and in the sentences of the code. What is printed or was stored
once keeps its spelling: the wording of the form, the fixtures, migrations.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reporting.templatetags.typography import no_orphans, set_headings

ROOT = Path(__file__).resolve().parent.parent
NO_BREAK = "\u00a0"


def texts_of_template(source: str) -> Iterator[str]:
    """What stands between the tags; a variable is «0», a tag of Django's is nothing."""
    source = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", "", source, flags=re.S)
    source = re.sub(r"\{%.*?%\}", "", re.sub(r"\{\{.*?\}\}", "0", source))
    yield from re.split(r"<[^>]*>", source.replace("&nbsp;", NO_BREAK))


def texts_of_script(source: str) -> Iterator[str]:
    source = re.sub(r"/\*.*?\*/|^\s*//.*$", "", source, flags=re.S | re.M)
    for quoted in re.findall(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`', source):
        yield re.sub(r"\$\{[^}]*\}", "0", "".join(quoted))


def texts_of_module(source: str) -> Iterator[str]:
    """Sentences of the code: its docstrings are for those who read it."""
    tree = ast.parse(source)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(one.value) if isinstance(one, ast.Constant) else "0" for one in node.values)
        elif isinstance(node, ast.Constant) and id(node) not in docstrings | parts:
            yield node.value if isinstance(node.value, str) else ""


READERS = {
    ".html": texts_of_template,
    ".txt": texts_of_template,
    ".js": texts_of_script,
    ".py": texts_of_module,
}


def texts() -> Iterator[tuple[str, str]]:
    for folder in ("templates", "static", "programs", "reporting"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in READERS and "migrations" not in path.parts:
                for text in READERS[path.suffix](path.read_text(encoding="utf-8")):
                    if re.search("[а-яіїєґ]", text, re.I):
                        yield str(path.relative_to(ROOT)), " ".join(text.split(" ")).strip()


SENTENCES = {
    "quotation marks are «…»": r'(?:^|[ (])["“”„][^"“”„]*[а-яіїєґ]',
    "a dash in a sentence is – between spaces": r"\S — |[\w»)][ \u00a0]- [а-яіїєґ]",
}
# In pages alone: columns of workbooks are found again by their names, which have plain spaces.
PAGES = {
    "№ is followed by no space that breaks": r"№ ",
    "тис. грн does not break": r"тис\. грн",
    "a number and its unit do not break": r"\d (?:%|МБ|КБ|грн|тис\.)(?!\w)",
}


def broken(rule: str, endings: set[str]) -> list[str]:
    return [
        f"{where}: {text[:120]}"
        for where, text in texts()
        if Path(where).suffix in endings and re.search(rule, text, re.IGNORECASE)
    ]


@pytest.mark.parametrize("rule", SENTENCES)
def test_everywhere(rule: str) -> None:
    # Patterns that read other people's files know every kind of quotation mark.
    found = [one for one in broken(SENTENCES[rule], set(READERS)) if "(?P<" not in one]
    assert found == []


@pytest.mark.parametrize("rule", PAGES)
def test_on_pages(rule: str) -> None:
    assert broken(PAGES[rule], {".html", ".txt", ".js"}) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('<p title="Назва">Звіт {{ year }} рік</p>{# "ні" #}', ["", "Звіт 0 рік", ""]),
        ("{% if a %}<b>«Так»</b>{% endif %}", ["", "«Так»", ""]),
    ],
)
def test_the_reader_of_templates_sees_texts_alone(source: str, found: list[str]) -> None:
    assert list(texts_of_template(source)) == found


def test_the_reader_of_code_leaves_docstrings_alone() -> None:
    assert list(texts_of_module('def f():\n    """Про що."""\n    return f"Рядок {n}" + "ще"')) == [
        "Рядок 0",
        "ще",
    ]


# --- headings ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "set_so"),
    [
        ("Звіт за 2023 рік", "Звіт за~2023~рік"),
        ("Дії і в школах", "Дії і~в~школах"),
        ("Громада – територія рівних", "Громада~– територія рівних"),
        ("Рішення № 1688, план 10 тис. грн", "Рішення №~1688, план 10~тис.~грн"),
        ("Заходи зі здоров’я", "Заходи зі~здоров’я"),
        ("Забудова", "Забудова"),
    ],
)
def test_no_short_word_ends_a_line(written: str, set_so: str) -> None:
    assert no_orphans(written) == set_so.replace("~", NO_BREAK)


def test_only_texts_of_headings_are_touched() -> None:
    page = '<h1 title="Звіт за рік"><a href="/за рік/">Звіт за рік</a></h1><p>Звіт за рік</p>'
    assert set_headings(page) == page.replace(">Звіт за рік</a>", f">Звіт за{NO_BREAK}рік</a>")


def test_years_of_a_heading_stay_in_one_piece() -> None:
    assert set_headings("<h2>Програма «2020-2025» 1688-2019-12-18</h2>") == (
        '<h2>Програма «<span class="whole">2020-2025</span>» 1688-2019-12-18</h2>'
    )


def test_the_official_form_is_set_as_on_paper() -> None:
    form = '<article class="form"><h1>Звіт за рік</h1></article>'
    assert set_headings(form) == form


# --- colours -------------------------------------------------------------------------------

COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|color)\(|:[^;{}]*(?<![\w-])(?:white|black|gr[ae]y|red|green|blue|orange)(?![\w-])",
    re.IGNORECASE,
)
RAW_COLOURS = {
    "tokens.css": "the tokens themselves",
    "form.css": "joins the print of the form, which has no tokens: black on white",
    "cumulative.css": "so too the cumulative report",
    "favicon.svg": "an image of its own, which sees no style of the page",
}


def raw_colours(style: str) -> list[str]:
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    # A selector may be called #add; colours stand in declarations.
    return [one for one in re.findall(r"[\w-]+\s*:[^;{}]*[;}]", style) if COLOUR.search(one)]


def test_the_reader_of_colours_sees_them() -> None:
    style = (
        "#add { color: #fff; } /* #000 */ a:hover { white-space: nowrap; border: 1px solid black; top: 0 }"
    )
    assert raw_colours(style) == ["color: #fff;", "border: 1px solid black;"]


def test_colours_stand_in_one_place() -> None:
    files = [*(ROOT / "static").rglob("*.css"), *(ROOT / "static").rglob("*.svg")]
    raw = {
        path.name
        for path in files
        if (COLOUR.search(path.read_text()) if path.suffix == ".svg" else raw_colours(path.read_text()))
    }
    assert raw == set(RAW_COLOURS)
