"""Changes the code at random places and says which changes no test notices.

    python -m benchmarks.mutants                  # 40, over all rooms, by the hash of the commit
    python -m benchmarks.mutants --seed 7 --count 10

Works in a clone of the last commit, never in this checkout. A mutant that lives is either a rule
that no test holds, or a change that makes no difference: somebody has to read it.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import NamedTuple

from benchmarks.loopback import ROOT

_LIMIT = 900
"""Seconds after which a suite that hangs has noticed the mutant."""

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}
_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "//",
    ast.FloorDiv: "*",
}


class Mutant(NamedTuple):
    """One change of one place: characters ``start`` to ``end`` of a file become ``text``."""

    path: Path
    start: int
    end: int
    text: str
    line: int

    def told(self, source: str) -> str:
        """The place and the change, in one line."""
        before = " ".join(source[self.start : self.end].split())
        after = " ".join(self.text.split())
        return f"{self.path}:{self.line}  {before}  ->  {after}"


class _Places(ast.NodeVisitor):
    """Finds what may be changed in a module: conditions, comparisons, sums, numbers, calls."""

    def __init__(self, path: Path, source: str) -> None:
        self.path, self.source = path, source
        self.found: list[Mutant] = []
        sizes = [len(line) for line in source.splitlines(keepends=True)]
        self._starts = [sum(sizes[:n]) for n in range(len(sizes))]
        self._lines = source.splitlines(keepends=True)

    def _at(self, line: int, column: int) -> int:
        """Position of a column, which ``ast`` counts in bytes."""
        before = self._lines[line - 1].encode()[:column].decode()
        return self._starts[line - 1] + len(before)

    def _add(self, node: ast.expr | ast.stmt, text: str) -> None:
        start = self._at(node.lineno, node.col_offset)
        end = self._at(node.end_lineno or node.lineno, node.end_col_offset or 0)
        self.found.append(Mutant(self.path, start, end, text, node.lineno))

    def _text(self, node: ast.expr) -> str:
        return ast.get_source_segment(self.source, node) or ""

    def visit_Compare(self, node: ast.Compare) -> None:
        """Another comparison."""
        if len(node.ops) == 1 and (other := _COMPARISONS.get(type(node.ops[0]))):
            left, right = self._text(node.left), self._text(node.comparators[0])
            self._add(node, f"{left} {other} {right}")
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        """``or`` for ``and``, and the reverse."""
        other = " or " if isinstance(node.op, ast.And) else " and "
        self._add(node, "(" + other.join(f"({self._text(v)})" for v in node.values) + ")")
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        """Without its ``not``."""
        if isinstance(node.op, ast.Not):
            self._add(node, f"bool({self._text(node.operand)})")
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """Another operation, where none of the two is text."""
        other = _ARITHMETIC.get(type(node.op))
        texts = (ast.JoinedStr, ast.Tuple, ast.List)
        parts = (node.left, node.right)
        is_text = any(
            isinstance(p, texts) or (isinstance(p, ast.Constant) and isinstance(p.value, str))
            for p in parts
        )
        if other and not is_text:
            self._add(node, f"({self._text(node.left)} {other} {self._text(node.right)})")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """The next number, the other truth."""
        if isinstance(node.value, bool):
            self._add(node, str(not node.value))
        elif isinstance(node.value, int):
            self._add(node, str(node.value + 1))

    def visit_If(self, node: ast.If) -> None:
        """The condition turned round."""
        if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            self._add(node.test, f"not ({self._text(node.test)})")
            self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        """A call that isn't made."""
        if isinstance(node.value, ast.Call | ast.Await):
            self._add(node, "None")
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Types change nothing: the value alone."""
        if node.value is not None:
            self.visit(node.value)

    def visit_arguments(self, node: ast.arguments) -> None:
        """Likewise: the defaults alone."""
        for default in (*node.defaults, *filter(None, node.kw_defaults)):
            self.visit(default)


def mutants(tree: Path, count: int, seed: str) -> list[Mutant]:
    """Mutants of a checkout, taken from its rooms in turn; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - no secret hangs on it
    rooms: dict[str, list[Mutant]] = {}
    for path in sorted((tree / "summarise").rglob("*.py")):
        below = path.relative_to(tree)
        places = _Places(below, path.read_text("utf-8"))
        places.visit(ast.parse(places.source))
        rooms.setdefault(below.parts[1], []).extend(places.found)
    for found in rooms.values():
        chance.shuffle(found)
    order = sorted(rooms)
    chance.shuffle(order)
    turns = chain.from_iterable(zip_longest(*(rooms[name] for name in order)))
    return list(islice(filter(None, turns), count))


def stages(tree: Path, mutant: Mutant) -> Iterator[list[str]]:
    """The test files that name the module or its room, then all of them."""
    *rooms, name = mutant.path.with_suffix("").parts
    near = [".".join(rooms), ".".join((*rooms, name))]
    wanted = re.compile("|".join(rf"{re.escape(n)}\b" for n in near if n != "summarise"))
    files = sorted((tree / "tests").glob("test_*.py"))
    named = [str(f.relative_to(tree)) for f in files if wanted.search(f.read_text("utf-8"))]
    if named:
        yield named
    yield ["tests"]


def noticed(tree: Path, mutant: Mutant) -> str | None:
    """The test that fails once the change is made; None where none does."""
    path = tree / mutant.path
    source = path.read_text("utf-8")
    path.write_text(source[: mutant.start] + mutant.text + source[mutant.end :], "utf-8")
    try:
        for files in stages(tree, mutant):
            if (test := failing(tree, files)) is not None:
                return test
    finally:
        path.write_text(source, "utf-8")
    return None


def failing(tree: Path, files: Sequence[str]) -> str | None:
    """The first test that fails; None where all pass."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *files]
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command,
            cwd=tree,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "(the suite hangs)"
    if done.returncode == 0:
        return None
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    return found[1] if found else "(the suite can't be run)"


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def main() -> None:
    """Make them and tell what became of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", help="default: the hash of the last commit")
    arguments = parser.parse_args()
    seed = arguments.seed or _git("rev-parse", "HEAD")
    alive = []
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        _git("clone", "--quiet", str(ROOT), str(tree))
        if (test := failing(tree, ["tests"])) is not None:
            raise SystemExit(f"without any change, a test fails: {test}")
        for number, mutant in enumerate(mutants(tree, arguments.count, seed), 1):
            told = mutant.told((tree / mutant.path).read_text("utf-8"))
            test = noticed(tree, mutant)
            alive += [told] if test is None else []
            print(f"{number:3} {test or 'LIVES'}\n    {told}", flush=True)
    print(f"seed {seed}: {len(alive)} of {arguments.count} live", *alive, sep="\n    ")


if __name__ == "__main__":
    main()
