"""The shape of the program, held up by reading it: which package may import which, and what stays out of reach.

The table is style.md 1: leaves <- events <- engines | feeds; engines <- state <- widgets; the top knows all.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "cockpit"

LEAVES = frozenset(
    "units errors clock instants constants config instruments calendars ring arrays entries log resources".split()  # noqa: SIM905  reads as the table
)
LAYERS = ("events", "engines", "feeds", "state", "widgets")

# layer -> the layers it may import from
ALLOWED = {
    "leaf": {"leaf"},
    "events": {"leaf", "events"},
    "engines": {"leaf", "events", "engines"},
    "feeds": {"leaf", "events", "feeds"},
    "state": {"leaf", "events", "engines", "state"},
    "widgets": {"leaf", "events", "state", "widgets"},
    "top": {"leaf", *LAYERS, "top"},
}

QT = frozenset({"PySide6", "PySide6QtAds", "shiboken6", "pyqtgraph", "qasync", "qtawesome", "qtpy", "OpenGL"})
SOCKETS = frozenset({"socket", "ssl", "socketserver", "http", "urllib", "websockets", "ftplib", "smtplib"})
FILES = frozenset({"io", "os", "pathlib", "shutil", "tempfile", "glob", "mmap", "gzip", "zipfile", "sqlite3"})
CLOCKS = frozenset({"time", "cockpit.clock"})
PARALLEL = frozenset({"asyncio", "threading", "multiprocessing", "concurrent", "subprocess"})

# layer -> modules that nothing in it may import, whole or by name
FORBIDDEN = {
    "leaf": QT | SOCKETS,
    "events": QT | SOCKETS | CLOCKS | PARALLEL,
    "engines": QT | SOCKETS | FILES | CLOCKS | PARALLEL | {"random", "secrets", "uuid"},
    "feeds": QT,
    "state": QT | SOCKETS | CLOCKS,
    "widgets": SOCKETS,
    "top": frozenset[str](),
}
LEAF_PACKAGES = frozenset(sys.stdlib_module_names) | {"numpy", "cockpit", "resources"}  # all that a leaf may import

# what reads a clock, opens a file or rolls dice without an import of its own
CALLS = {
    "engines": re.compile(
        r"open|.*\b(now|utcnow|today|default_rng\(\))|np\.random\.(?!default_rng|Generator).*|print|input"
    ),
    "state": re.compile(r".*\b(datetime|date)\.(now|utcnow|today)"),
    "widgets": re.compile(r"open|.*\b(datetime|date)\.(now|utcnow|today)"),
}

WITH_QT = frozenset({"cockpit.app", "cockpit.milestone", "cockpit.window_facts"})  # the top's share of the screen
HEAVY = (
    "numba",
    "pyarrow",
    "scipy",
    "databento_dbn",
)  # a quarter of a second and more each; the window comes first

COLOUR = re.compile(r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")


@dataclass(frozen=True, slots=True)
class Import:
    """One import in one file: what it names, most precise first, and where it stands."""

    file: Path
    line: int
    names: tuple[str, ...]

    @property
    def place(self) -> str:
        """``cockpit/engines/bars.py:12``."""
        return f"{self.file.relative_to(ROOT).as_posix()}:{self.line}"


@cache
def sources() -> dict[Path, ast.Module]:
    """Every module of the package, parsed."""
    return {file: ast.parse(file.read_text(encoding="utf-8"), file.name) for file in sorted(PACKAGE.rglob("*.py"))}


def module(file: Path) -> str:
    """``cockpit.engines.bars`` of its file."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer(name: str) -> str:
    """Where a dotted name of ours belongs; what is no package and no leaf stands at the top."""
    parts = name.split(".")
    if len(parts) == 1 or parts[1] in LEAVES:
        return "leaf"
    return parts[1] if parts[1] in LAYERS else "top"


def imports(file: Path, tree: ast.Module) -> Iterator[Import]:
    """All imports, also those inside functions and under TYPE_CHECKING: a type is an arrow too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(file, node.lineno, (alias.name,)) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield Import(file, node.lineno, (f"{node.module}.{alias.name}", node.module))


def exists(name: str) -> bool:
    """Whether a dotted name of ours is a module or a package."""
    place = ROOT / Path(*name.split("."))
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def target(found: Import) -> str:
    """The module an import reaches: ``from cockpit import log`` reaches ``cockpit.log``."""
    return next((name for name in found.names if exists(name)), found.names[-1])


def is_below(name: str, modules: frozenset[str]) -> bool:
    """Whether the dotted name is one of the modules or lies in one of them."""
    parts = name.split(".")
    return any(".".join(parts[:count]) in modules for count in range(1, len(parts) + 1))


def test_imports_go_one_way() -> None:
    wrong = []
    for file, tree in sources().items():
        here = layer(module(file))
        for found in imports(file, tree):
            name = target(found)
            if name.split(".")[0] == "cockpit" and layer(name) not in ALLOWED[here]:
                wrong.append(f"{found.place}: {here} may not import {layer(name)} ({name})")
    assert not wrong, "\n".join(wrong)


def test_each_layer_keeps_away_from_what_it_must_not_know() -> None:
    wrong = []
    for file, tree in sources().items():
        here = layer(module(file))
        for found in imports(file, tree):
            if any(is_below(name, FORBIDDEN[here]) for name in found.names):
                wrong.append(f"{found.place}: {here} may not import {found.names[0]}")
            elif here == "leaf" and found.names[-1].split(".")[0] not in LEAF_PACKAGES:
                wrong.append(f"{found.place}: a leaf has the standard library and numpy, not {found.names[0]}")
    assert not wrong, "\n".join(wrong)


def test_nothing_reads_clocks_files_or_dice_where_events_decide() -> None:
    wrong = []
    for file, tree in sources().items():
        here = layer(module(file))
        for node in ast.walk(tree) if here in CALLS else ():
            if not isinstance(node, ast.Call):
                continue
            text = ast.unparse(node.func) + ("()" if not node.args and not node.keywords else "")
            if CALLS[here].fullmatch(text) or CALLS[here].fullmatch(text.removesuffix("()")):
                wrong.append(f"{file.relative_to(ROOT).as_posix()}:{node.lineno}: {here} may not call {text}")
    assert not wrong, "\n".join(wrong)


def test_leaves_do_not_lean_on_each_other_in_circles() -> None:
    arrows: dict[str, set[str]] = {}
    for file, tree in sources().items():
        name = module(file)
        if layer(name) == "leaf" and name != "cockpit":
            arrows[name] = {target(found) for found in imports(file, tree)} - {"cockpit"}
    while free := {name for name, needs in arrows.items() if not needs & arrows.keys()}:
        for name in free:
            del arrows[name]
    assert not arrows, f"a circle among: {', '.join(sorted(arrows))}"


def test_colours_come_from_the_themes_alone() -> None:
    wrong = []
    for file, tree in sources().items():
        docs = {id(body[0].value) for body in bodies(tree) if body and isinstance(body[0], ast.Expr)}
        for node in ast.walk(tree):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
            if (is_text and COLOUR.search(node.value)) or is_numeric_colour(node):
                wrong.append(f"{file.relative_to(ROOT).as_posix()}:{node.lineno}: {ast.unparse(node)}")
    assert not wrong, "colours belong into resources/themes:\n" + "\n".join(wrong)


def bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """The bodies that may begin with a docstring."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return (node.body for node in ast.walk(tree) if isinstance(node, kinds))


def is_numeric_colour(node: ast.AST) -> bool:
    """``QColor(255, 160, 0)`` and its like; black and white are masks, which the theme's colours shine through."""
    if not (isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "QColor"):
        return False
    numbers = [each.value for each in node.args[:3] if isinstance(each, ast.Constant)]
    return len(numbers) == 3 and numbers not in ([0, 0, 0], [255, 255, 255])


def python(program: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a fresh interpreter, from the project's folder."""
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)


def test_everything_but_the_screen_is_importable_without_qt() -> None:
    names = [name for name in map(module, sources()) if layer(name) != "widgets" and name not in WITH_QT]
    assert len(names) > 20
    done = python(
        "import importlib, sys\n"
        f"for name in {sorted(QT)}: sys.modules[name] = None\n"
        f"for name in {names}:\n"
        "    try: importlib.import_module(name)\n"
        "    except ImportError as error: print(f'{name}: {error}')\n"
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


@pytest.mark.parametrize("name", ["cockpit.cli", "cockpit.app", "cockpit.widgets.main_window"])
def test_the_window_does_not_wait_for_heavy_imports(name: str) -> None:
    done = python(f"import sys, {name}; print(*({set(HEAVY)} & sys.modules.keys()))")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [], f"{name} imports {done.stdout.strip()} before anything is on the screen"


def test_the_command_line_starts_without_qt() -> None:
    done = python(f"import sys, cockpit.cli; print(*({set(QT)} & sys.modules.keys()))")
    assert (done.returncode, done.stdout.split()) == (0, []), done.stdout + done.stderr
