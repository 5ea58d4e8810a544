"""The repository about itself: the arrows between its packages, and what must not be in it."""

import ast
import itertools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("programs", "reporting")
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
}


# --- imports -----------------------------------------------------------------------------


def statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Everything that can run: all of it but `if TYPE_CHECKING:`."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and ast.unparse(child.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            for other in child.orelse:
                yield from statements(other)
        else:
            yield from statements(child)


def imports(name: str, source: str, is_package: bool, modules: set[str]) -> set[str]:
    """Modules of ours that a module imports, at its head or inside its functions."""
    found: set[str] = set()
    for node in statements(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                here = name.split(".") if is_package else name.split(".")[:-1]
                parts = here[: len(here) - node.level + 1]
                base = ".".join([*parts, *([node.module] if node.module else [])])
            # `from package import module` leans on the module; of a plain name, on the package itself.
            found |= {inner if (inner := f"{base}.{alias.name}") in modules else base for alias in node.names}
    return found & modules - {name}


@pytest.fixture(scope="module")
def imported() -> dict[str, set[str]]:
    return {
        name: imports(name, path.read_text(), path.name == "__init__.py", set(MODULES))
        for name, path in MODULES.items()
    }


def find_cycle(graph: dict[str, set[str]]) -> list[str]:
    """One cycle as a list of modules, or nothing."""
    done: set[str] = set()

    def walk(module: str, path: list[str]) -> list[str]:
        if module in path:
            return path[path.index(module) :]
        if module in done:
            return []
        for target in sorted(graph[module]):
            if cycle := walk(target, [*path, module]):
                return cycle
        done.add(module)
        return []

    return next((cycle for module in sorted(graph) if (cycle := walk(module, []))), [])


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import a.b", {"a.b"}),
        ("from a import b", {"a.b"}),
        ("from a.b import name", {"a.b"}),
        ("from . import b", {"a.b"}),
        ("from .b import name", {"a.b"}),
        ("from .. import c", {"c"}),
        ("def f():\n    from .b import name", {"a.b"}),
        ("if TYPE_CHECKING:\n    from .b import name", set()),
        ("if TYPE_CHECKING:\n    pass\nelse:\n    from .b import name", {"a.b"}),
        ("from django.db import models", set()),
    ],
)
def test_the_reader_of_imports_sees_them_all(source: str, found: set[str]) -> None:
    package = {"from .. import c": "a.sub.here"}.get(source, "a.here")
    modules = {"a", "a.b", "a.here", "a.sub", "a.sub.here", "c"}
    expected = {"a"} if source == "from .. import c" else found
    assert imports(package, source, False, modules) == expected


def test_the_finder_of_cycles_finds_one() -> None:
    assert find_cycle({"a": {"b"}, "b": {"c", "d"}, "c": set(), "d": {"b"}}) == ["b", "d"]


def test_programs_never_imports_reporting(imported: dict[str, set[str]]) -> None:
    turned = {
        name: sorted(target for target in targets if target.split(".")[0] == "reporting")
        for name, targets in imported.items()
        if name.split(".")[0] == "programs"
    }
    assert {name: targets for name, targets in turned.items() if targets} == {}


def test_programs_names_no_module_of_reporting_in_a_string() -> None:
    """Lazy imports by dotted path turn the arrow too."""
    named = {
        name: [text for text in strings(path) if re.match(r"reporting\.[a-z_]", text)]
        for name, path in MODULES.items()
        if name.split(".")[0] == "programs"
    }
    assert {name: texts for name, texts in named.items() if texts} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_inside_a_package_form_no_cycle(package: str, imported: dict[str, set[str]]) -> None:
    inside = {name for name in imported if name.split(".")[0] == package}
    assert find_cycle({name: imported[name] & inside for name in inside}) == []


LEAVES = {
    "programs.enums": set(),
    "programs.calculations": set(),
    "programs.textforms": {"programs.calculations"},
    "reporting.document": {"programs.textforms"},
}


@pytest.mark.parametrize("name", LEAVES)
def test_the_ground_floor_leans_on_nothing_above(name: str, imported: dict[str, set[str]]) -> None:
    assert imported[name] == LEAVES[name]


@pytest.mark.parametrize("name", ["programs.calculations", "programs.textforms", "reporting.document"])
def test_pure_modules_know_no_django(name: str) -> None:
    roots = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(ast.parse(MODULES[name].read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert [root for root in roots if root.startswith("django")] == []


def renderer_modules() -> list[str]:
    return [name for name in MODULES if name.startswith("reporting.renderers.")]


@pytest.mark.parametrize("name", renderer_modules())
def test_renderers_know_no_models(name: str, imported: dict[str, set[str]]) -> None:
    assert [target for target in imported[name] if target.startswith("programs.models")] == []


@pytest.mark.parametrize("name", renderer_modules())
def test_renderers_have_no_clock(name: str) -> None:
    called = [
        node.attr
        for node in ast.walk(ast.parse(MODULES[name].read_text()))
        if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow", "localdate", "time")
    ]
    assert called == []


# --- arithmetic --------------------------------------------------------------------------

# Where `/` and `sum()` are no arithmetic on money, and what they are: whole files, or single expressions.
ARITHMETIC_ELSEWHERE = {
    "programs/calculations.py": "the arithmetic itself",
    "programs/grid.py: sum((2 if line.noted else 1 for line in self.shown_lines))": (
        "rows of the table that a cell spans"
    ),
    "programs/models/reports.py: models.Sum(Cast(Round(models.F(fact) * KOPECKS_IN_UNIT), "
    "models.BigIntegerField()))": "sums of many reports in SQL, tested against the arithmetic",
    "programs/textforms.py": "two letters of a sort key from one number",
    "reporting/changes_workbook.py: sum(self.widths, Decimal(0))": "millimetres",
    "reporting/cumulative/fitting.py": "type sizes, points in a column",
    "reporting/cumulative/measures_section.py: sum(before.values(), Decimal(0))": "millimetres",
    "reporting/cumulative/measures_sheet.py: max(heights) / len(indicators)": "row heights",
    "reporting/cumulative/measures_sheet.py: sum(self.widths)": "millimetres",
    "reporting/cumulative/periods.py: sum((column.width for column in columns[first:last]), Decimal(0))": (
        "millimetres"
    ),
    "reporting/extracts/writers/base.py": "column widths and the scale of printed pages",
    "reporting/pictures.py: 100 * value / greatest": "lengths of bars as shares of the longest",
    "reporting/renderers/cells.py": "column widths and type sizes",
    "reporting/renderers/docx.py": "column widths and type sizes",
    "reporting/renderers/html.py": "column widths as shares of the table",
    "reporting/renderers/pagination.py": "heights on the page, millimetres",
    "reporting/renderers/sheet.py": "points in a millimetre, the width of the table",
    "reporting/templatetags/zvit.py: Decimal(size) / GIGABYTE": "bytes",
    "reporting/templatetags/zvit.py: Decimal(size) / KILOBYTE": "bytes",
    "reporting/templatetags/zvit.py: Decimal(size) / MEGABYTE": "bytes",
    "reporting/wordings.py: sum((column['width'] for column in columns))": "millimetres",
    "reporting/renderers/workbook.py": "column widths and row heights",
    "reporting/renderers/word.py": "column widths, twips in a millimetre",
    "reporting/renderers/xlsx.py": "column widths and row heights",
}


def arithmetic(source: str) -> list[str]:
    """Divisions and sums, but for `/` between paths: of those one side is a string or a path by name."""

    def is_path(node: ast.AST) -> bool:
        if isinstance(node, ast.BinOp):
            return is_path(node.left) or is_path(node.right)
        named = re.search(r"(_DIR|_ROOT|FIXTURES|folder|path)$", ast.unparse(node))
        return (
            isinstance(node, ast.JoinedStr)
            or bool(named)
            or (isinstance(node, ast.Constant) and isinstance(node.value, str))
        )

    found = []
    for node in ast.walk(ast.parse(source)):
        divides = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div | ast.FloorDiv)
        sums = isinstance(node, ast.Call) and re.search(r"(^|\.)(f?sum|Sum|Avg)$", ast.unparse(node.func))
        if sums or (divides and not is_path(node)):
            found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("financed / planned", ["financed / planned"]),
        ("total /= 2", ["total /= 2"]),
        ("sum(row.planned for row in rows)", ["sum((row.planned for row in rows))"]),
        ("rows.aggregate(all=models.Sum('planned'))", ["models.Sum('planned')"]),
        ("BASE_DIR / 'templates' / name", []),
        ("checksum(data)", []),
    ],
)
def test_the_reader_of_arithmetic_sees_it(source: str, found: list[str]) -> None:
    assert arithmetic(source) == found


def test_only_calculations_divide_and_sum() -> None:
    """Both ways: nothing elsewhere does, and what the list above excuses still needs the excuse."""
    unexcused, excused = [], set()
    for path in MODULES.values():
        name = str(path.relative_to(ROOT))
        for expression in arithmetic(path.read_text()):
            excuses = {name, f"{name}: {expression}"} & ARITHMETIC_ELSEWHERE.keys()
            excused |= excuses
            if not excuses:
                unexcused.append(f"{name}: {expression}")
    assert (unexcused, ARITHMETIC_ELSEWHERE.keys() - excused) == ([], set())


def test_no_figure_is_a_float() -> None:
    """A float beside money is a rounding error that waits."""
    floats = [
        f"{name}: {ast.unparse(node)}"
        for name, path in MODULES.items()
        if name.startswith(("programs.", "reporting.assemble", "reporting.document", "reporting.formatting"))
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Call) and ast.unparse(node.func) == "float")
    ]
    assert floats == []


# --- what must not be in the repository --------------------------------------------------


def strings(path: Path) -> list[str]:
    return [
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


OF_OTHERS = {".venv", ".git", "var", "node_modules", ".hypothesis", "test-results", ".benchmarks"}
TEXT = {".py", ".toml", ".json", ".html", ".css", ".js", ".md", ".txt", ".xml", ".csv", ".sh", ""}


def texts() -> Iterator[Path]:
    """Every text file that a clone would have."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(part in OF_OTHERS or part.endswith("_cache") or part == "__pycache__" for part in parts)
        if path.is_file() and not hidden and path.suffix in TEXT and path != Path(__file__).resolve():
            yield path


@pytest.mark.parametrize(
    "forbidden",
    [
        pytest.param(r"\.\./shared", id="a folder beside the repository"),
        pytest.param(r"/work/|/root/|/home/[a-z]", id="a place on one machine"),
        pytest.param(r"[A-Z]:\\\\Users", id="a place on one Windows machine"),
        pytest.param(r"<{7} |>{7} ", id="an unfinished merge"),
    ],
)
def test_no_file_mentions(forbidden: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()[:100]}"
        for path in texts()
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(forbidden, line)
    ]
    assert found == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_names_no_registry(name: str) -> None:
    assert re.findall(r"https?://\S+|--(?:extra-)?index-url.*", (ROOT / name).read_text()) == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_has_a_hash_for_everything(name: str) -> None:
    entries = re.split(r"\n(?=[a-zA-Z0-9])", (ROOT / name).read_text())
    bare = [entry.split()[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry]
    assert bare == []


# --- dependencies ------------------------------------------------------------------------


def dependencies() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project.get("dependency-groups", {}).values()
    return [*project["project"]["dependencies"], *(name for group in groups for name in group)]


def test_every_dependency_says_why() -> None:
    """A comment stands right above it, or above the group of lines it belongs to."""
    lines = [line.strip() for line in (ROOT / "pyproject.toml").read_text().splitlines()]
    silent = []
    for dependency in dependencies():
        above = lines.index(f'"{dependency}",') - 1
        while lines[above].startswith('"'):
            above -= 1
        if not lines[above].startswith("# "):
            silent.append(dependency)
    assert silent == []


def test_every_silenced_rule_says_why() -> None:
    """`noqa` carries its reason in words: on the line, or in a comment right above."""
    silenced = []
    for path in texts():
        if path.suffix != ".py":
            continue
        lines = ["", *path.read_text().splitlines()]
        for number, (above, line) in enumerate(itertools.pairwise(lines), start=1):
            mark = re.search(r"# noqa(?:: [A-Z]+\d+(?:, [A-Z]+\d+)*)?(?P<why>.*)", line)
            if mark and not re.search(r"\w", mark["why"]) and not above.strip().startswith("# "):
                silenced.append(f"{path.relative_to(ROOT)}:{number}")
    assert silenced == []
