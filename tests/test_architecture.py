"""The house: how many rooms, modules and lines, and that a room is entered by its face.

A number here changes by a decision, which so stands in a difference. What layers there are, and
that imports point down, import-linter checks.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from importlib import import_module
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

from tests.conftest import ROOT

HOME = ROOT / "summarise"
FREE = {Path("readers/formats"), Path("render/formats"), Path("sources")}
"""Folders of small files, one for each format or service; counted apart."""

MOST_LAYERS = 10
MOST_ROOMS = 26
MOST_MODULES = 265
MOST_LINES = 69_300
MOST_IN_A_ROOM = 13
SHORTEST_MODULE = 60
MAY_BE_SHORT = {"__init__.py", "__main__.py"}


def modules() -> Iterator[Path]:
    """All modules but those of formats, as paths below the package."""
    for path in sorted(HOME.rglob("*.py")):
        below = path.relative_to(HOME)
        if below.parent not in FREE:
            yield below


def length(module: Path) -> int:
    """Its lines."""
    return len((HOME / module).read_text("utf-8").splitlines())


@cache
def nodes(module: Path) -> list[ast.stmt]:
    """All of its statements."""
    tree = ast.parse((HOME / module).read_text("utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]


def room(module: Path) -> str:
    """The room that a module is in: a package, or the module itself at the root."""
    return module.parts[0] if len(module.parts) > 1 else module.stem


def imports_ours(node: ast.ImportFrom) -> bool:
    """Whether it is from the package that something is imported."""
    return (node.module or "").startswith("summarise.")


def imports(module: Path) -> Iterator[str]:
    """What a module imports from the package, in whatever function."""
    for node in nodes(module):
        if isinstance(node, ast.ImportFrom) and imports_ours(node):
            yield str(node.module)
        elif isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.startswith("summarise."))


def imported(node: ast.stmt) -> set[str]:
    """The packages that a node of a module imports."""
    if isinstance(node, ast.Import):
        return {one.name.partition(".")[0] for one in node.names}
    return {(node.module or "").partition(".")[0]} if isinstance(node, ast.ImportFrom) else set()


def test_the_house_stays_small() -> None:
    """Rooms; modules and lines, those of formats apart."""
    all_ = list(modules())
    rooms = {room(module) for module in [*all_, *FREE]} - {"__init__", "__main__"}
    assert len(rooms) <= MOST_ROOMS
    assert len(all_) <= MOST_MODULES
    assert sum(map(length, all_)) <= MOST_LINES


def test_there_are_few_layers() -> None:
    """What import-linter holds apart are rows that a reader can keep in mind."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers, *_ = settings["tool"]["importlinter"]["contracts"]
    assert layers["exhaustive"]
    assert len(layers["layers"]) <= MOST_LAYERS


def test_no_room_has_too_many_modules() -> None:
    """A room holds one idea."""
    counts = Counter(room(module) for module in modules() if module.name != "__init__.py")
    larger = {
        "drafting": 36,
        "ground": 14,
        "readers": 17,
        "render": 14,
        "scan": 14,
        "store": 17,
    }
    assert {name: n for name, n in counts.items() if n > larger.get(name, MOST_IN_A_ROOM)} == {}


def test_a_module_is_no_page_turn() -> None:
    """One that is short hides nothing."""
    lengths = {module: length(module) for module in modules()}
    short = {module for module, lines in lengths.items() if lines < SHORTEST_MODULE}
    assert {module for module in short if module.name not in MAY_BE_SHORT} == set()


def test_a_room_is_entered_by_its_face() -> None:
    """No module imports what is inside another room."""
    packages = {module.parts[0] for module in modules() if len(module.parts) > 1}
    past = {
        f"{module} imports {name}"
        for module in modules()
        for name in imports(module)
        if name.count(".") > 1
        and name.split(".")[1] in packages
        and name.split(".")[1] != room(module)
    }
    assert past == set()


def test_what_is_imported_is_declared() -> None:
    """No library of ours is here only since another one needs it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = chain(project["dependencies"], *project["optional-dependencies"].values())
    declared = {re.split(r"[^\w-]", one)[0].lower() for one in asked}
    homes = packages_distributions()
    lacking = {
        name
        for path in HOME.rglob("*.py")
        for node in nodes(path.relative_to(HOME))
        for name in imported(node)
        if name in homes and name != "summarise"
        if declared.isdisjoint(one.lower().replace("_", "-") for one in homes[name])
    }
    assert lacking == set()


def test_no_modules_go_in_a_circle() -> None:
    """Of two modules of a room one can be read first, whatever is imported for types or late."""
    names = {".".join(("summarise", *module.with_suffix("").parts)): module for module in modules()}
    graph = {name: names.keys() & set(imports(module)) for name, module in names.items()}
    list(TopologicalSorter(graph).static_order())  # raises CycleError, which names them


def test_a_face_gives_what_somebody_takes() -> None:
    """Where what a face imports is what its room gives, no linter sees that nobody takes it."""
    places = list(HOME.rglob("*.py"))
    places += [path for name in ("tests", "benchmarks") for path in (ROOT / name).rglob("*.py")]
    words = {path: set(re.findall(r"\w+", path.read_text("utf-8"))) for path in places}
    untaken: set[str] = set()
    for face in modules():
        if "# mypy: implicit-reexport\n" not in (HOME / face).read_text("utf-8"):
            continue
        own = HOME / face.parent
        taken = set().union(*(said for path, said in words.items() if own not in path.parents))
        untaken |= {
            f"{face.parent}: {alias.name}"
            for node in nodes(face)
            if isinstance(node, ast.ImportFrom) and imports_ours(node)
            for alias in node.names
            if alias.name not in taken
        }
    assert untaken == set()


def test_a_face_gives_later_what_its_types_say() -> None:
    """The names that are imported when they are asked for stand there for the type checker."""
    for face in (module for module in modules() if module.name == "__init__.py"):
        package = import_module(".".join(("summarise", *face.parent.parts)))
        for block in (node for node in nodes(face) if isinstance(node, ast.If)):
            for one in (node for node in block.body if isinstance(node, ast.ImportFrom)):
                if str(one.module).startswith(f"{package.__name__}."):
                    home = import_module(str(one.module))
                    for alias in one.names:
                        assert getattr(package, alias.name) is getattr(home, alias.name), alias.name


def test_no_class_name_is_used_twice() -> None:
    """A name says which class is meant; what users see as a record or a run is still that."""
    names = Counter(
        node.name
        for path in HOME.rglob("*.py")
        for node in nodes(path.relative_to(HOME))
        if isinstance(node, ast.ClassDef)
        if node.name not in {getattr(base, "attr", None) for base in node.bases}
    )
    twice = {name for name, n in names.items() if n > 1}
    assert twice == set()


def test_importing_the_package_imports_nothing_of_it() -> None:
    """Whoever wants its version, or a part of it, doesn't pay for the rest."""
    code = "import sys, summarise; sys.exit(any(n.startswith('summarise.') for n in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    rooms = {room(module) for module in modules()}
    taken = {
        alias.name
        for module in modules()
        for node in nodes(module)
        if isinstance(node, ast.ImportFrom) and node.module == "summarise"
        for alias in node.names
    }
    assert taken - rooms == {"__version__", "lazily"}
