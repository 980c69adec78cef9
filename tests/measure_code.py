"""How readable the house is, in figures: `python -m tests.measure_code`, and with --list where each lies.

Counts the product (portal, db, pages), not the tests, except for the size of folders. What each figure may be
stands in LIMITS; tests/test_readability.py holds the tree to them.
"""

import ast
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from radon.complexity import cc_rank, cc_visit


ROOT = Path(__file__).parents[1]
PRODUCT = ("portal", "db", "pages")
LIMITS = {
    "files in the fullest folder": 17,
    "filler names, % of all variables": 1.0,
    "class names with several meanings": 3,
    "functions of radon grade C or worse": 10,
    "most parameters of a function": 6,
    "lines of a function, median": 7,
    "lines of a function, 90 % have at most": 20,
    "comprehensions inside a constructor's keyword argument": 0,
}
# Words that say that something is held, and not what.
FILLERS = frozenset(
    [
        "found",
        "one",
        "told",
        "said",
        "given",
        "known",
        "shown",
        "asked",
        "made",
        "done",
        "got",
        "taken",
        "left",
        "seen",
        "held",
        "kept",
        "wanted",
        "what",
        "here",
        "whole",
        "item",
        "items",
        "thing",
        "things",
        "data",
        "result",
        "results",
        "obj",
        "res",
        "ret",
        "tmp",
        "temp",
        "val",
        "vals",
        "elem",
        "stuff",
        "foo",
        "bar",
        "other",
        "others",
        "rest",
    ]
)
# One name, two classes: each with the reason why both keep it. At most three.
HOMONYMS = {"_Reading": "what one service of insight has read, private to its module; each its own fields"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    path: Path
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} {self.name}"


def files(*tops: str) -> list[Path]:
    """Return the Python files under the folders at the top, without migrations, which are history."""
    return sorted(path for top in tops for path in (ROOT / top).rglob("*.py") if "versions" not in path.parts)


@cache  # read and walked once for all that is measured
def walked(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text("utf-8"))))


def nodes(*kinds: type) -> Iterator[tuple[Path, ast.AST]]:
    for path in files(*PRODUCT):
        yield from ((path, node) for node in walked(path) if isinstance(node, kinds))


def folder_sizes() -> Counter[str]:
    """Return how many files with something in them each folder holds, documents and data included."""
    sizes: Counter[str] = Counter()
    for top in (*PRODUCT, "tests"):
        for path in (ROOT / top).rglob("*"):
            if path.is_file() and path.stat().st_size and "__pycache__" not in path.parts:
                sizes[str(path.parent.relative_to(ROOT))] += path.name != "__init__.py"
    return sizes


def variables() -> list[Place]:
    """Return every name that is bound: assigned, looped over, or a parameter."""
    bound = [
        Place(path=path, line=node.lineno, name=node.id)
        for path, node in nodes(ast.Name)
        if isinstance(node.ctx, ast.Store)
    ]
    parameters = [Place(path=path, line=node.lineno, name=node.arg) for path, node in nodes(ast.arg)]
    return [*bound, *parameters]


def is_filler(name: str) -> bool:
    return name.strip("_") in FILLERS


def homonyms() -> dict[str, list[Place]]:
    """Return the class names that stand more than once in the tree, with their places."""
    places = defaultdict(list)
    for path, node in nodes(ast.ClassDef):
        places[node.name].append(Place(path=path, line=node.lineno, name=node.name))
    return {name: where for name, where in sorted(places.items()) if len(where) > 1}


def complex_functions() -> list[tuple[int, Place]]:
    """Return the functions of radon grade C or worse, the worst first."""
    blocks = [
        (block.complexity, Place(path=path, line=block.lineno, name=block.fullname))
        for path in files(*PRODUCT)
        for block in cc_visit(path.read_text("utf-8"))
        if cc_rank(block.complexity) >= "C"
    ]
    return sorted(blocks, key=lambda pair: -pair[0])


def functions() -> list[tuple[Path, Function]]:
    return [(path, node) for path, node in nodes(ast.FunctionDef, ast.AsyncFunctionDef)]


def is_command(function: Function) -> bool:
    """Whether Typer makes a command of it: its parameters are the command's options, its interface."""
    return any(".command(" in ast.unparse(decorator) for decorator in function.decorator_list)


def parameter_count(function: Function) -> int:
    """Count as ruff's PLR0913 does: every parameter but self and cls; none for a command."""
    if is_command(function):
        return 0
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return len([argument for argument in every if argument.arg not in ("self", "cls")])


def body_lengths() -> list[int]:
    """Return the lines of each function, from its def to its end."""
    return [function.end_lineno - function.lineno + 1 for _, function in functions()]


def dense_constructors() -> list[Place]:
    """Return the calls of a class that have a comprehension as a keyword argument's value."""
    kinds = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    return [
        Place(path=path, line=node.lineno, name=ast.unparse(node.func))
        for path, node in nodes(ast.Call)
        if ast.unparse(node.func).rpartition(".")[2][:1].isupper()
        for keyword in node.keywords
        if any(isinstance(inner, kinds) for inner in ast.walk(keyword.value))
    ]


def measured() -> dict[str, float]:
    names, lengths = variables(), sorted(body_lengths())
    fillers = [place for place in names if is_filler(place.name)]
    return {
        "files in the fullest folder": max(folder_sizes().values()),
        "filler names, % of all variables": round(100 * len(fillers) / len(names), 2),
        "class names with several meanings": len(homonyms()),
        "functions of radon grade C or worse": len(complex_functions()),
        "most parameters of a function": max(parameter_count(function) for _, function in functions()),
        "lines of a function, median": statistics.median(lengths),
        "lines of a function, 90 % have at most": lengths[len(lengths) * 9 // 10],
        "comprehensions inside a constructor's keyword argument": len(dense_constructors()),
    }


def main(arguments: list[str]) -> int:
    figures = measured()
    for name, value in figures.items():
        verdict = "" if value <= LIMITS[name] else "  over"
        print(f"{name:<58}{value:>8}  at most {LIMITS[name]}{verdict}")
    if "--list" in arguments:
        print_places()
    return int(any(value > LIMITS[name] for name, value in figures.items()))


def print_places() -> None:
    for name, where in homonyms().items():
        print(f"class {name}: {', '.join(map(str, where))}")
    for complexity, place in complex_functions():
        print(f"complexity {complexity}: {place}")
    for path, function in functions():
        if parameter_count(function) > LIMITS["most parameters of a function"]:
            print(f"parameters {parameter_count(function)}: {path.relative_to(ROOT)} {function.name}")
    for place in dense_constructors():
        print(f"dense: {place}")
    for place in variables():
        if is_filler(place.name):
            print(f"filler: {place}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
