"""Who may know whom: the rules of the house, from the imports that the sources really have."""

import ast
import subprocess
import sys

import pytest

from lib import sources

WINGS = ("running", "studies", "showing", "publishing")

#: The public modules: they pass on what stands on the core, and nothing in `lib` imports them.
DOORS = ("lib/__init__.py", "lib/landscape.py", "lib/fit.py")

#: What each wing may not import.
CLOSED = {
    "": WINGS,
    "running": ("studies", "showing", "publishing"),
    "studies": ("showing", "publishing"),
    "publishing": ("showing",),
}


def imports() -> list[tuple[str, str]]:
    """(file, module of `lib` it imports), over all of `lib`; names are followed to where they are defined."""
    found = []
    for path, source in sources.SNAPSHOT.items():
        if path.suffix == ".py":
            name = path.relative_to(sources.PACKAGE.parent).as_posix()
            found += [(name, module) for module in set(sources.reached_from(source.text))]
    return found


def room(name: str) -> str:
    """The wing of a file or module; "" for the core."""
    second = name.replace("/", ".").split(".")[1]
    return second if second in WINGS else ""


@pytest.mark.parametrize("wing", CLOSED)
def test_no_import_runs_upwards(wing: str):
    wrong = [(f, m) for f, m in imports() if f not in DOORS and room(f) == wing and room(m) in CLOSED[wing]]
    assert not wrong


def test_nothing_inside_goes_through_the_public_door():
    door = "lib/__init__.py"  # which offers them
    assert not [(f, m) for f, m in imports() if m in ("lib.landscape", "lib.fit") and f != door]


def test_showing_knows_results_and_not_how_they_were_made():
    """It may name what a study returns; it starts none of its work and keeps nothing."""
    makers = {"kept", "kept_result", "arguments", "parallel"}
    wrong = []
    for path, source in sources.SNAPSHOT.items():
        name = path.relative_to(sources.PACKAGE.parent).as_posix()
        if name.startswith("lib/showing/figures") and path.suffix == ".py":
            used = {n.id for n in ast.walk(ast.parse(source.text)) if isinstance(n, ast.Name)}
            wrong += [(name, maker) for maker in used & makers]
    assert not wrong


@pytest.mark.parametrize("module", ["lib", "lib.losses", "lib.residual", "lib.simulate"])
def test_the_core_is_imported_without_any_wing(module: str):
    code = f"import {module}, sys; print([m for m in sys.modules if m.split('.')[:1] == ['lib']])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not [m for m in ast.literal_eval(done.stdout) if room(m + ".") in WINGS]


def test_the_public_names_are_there_in_a_fresh_process():
    code = (
        "from lib import Params, State, TRUTH, SAMPLED_SETS, Outcome, initial_state, simulate, losses, "
        "residual, landscape; import lib; lib.residual.fit; landscape.sweep"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("folder", "most"),
    [("lib", 2450), ("lib/image_files", 600), ("lib/inputs", 400), ("lib/residual", 2900)],
)
def test_the_core_stays_small(folder: str, most: int):
    """What stands at the root, checks that refuse strange input included, and the formulas beside it."""
    lines = sum(
        source.text.count("\n")
        for path, source in sources.SNAPSHOT.items()
        if path.suffix == ".py" and path.relative_to(sources.PACKAGE.parent).parent.as_posix() == folder
    )
    assert 0 < lines <= most


#: Names that once meant several things; what may still have two homes says one thing for two engines.
ONE_MEANING = {
    *("settled", "march", "jacobian", "side_by_side", "fit", "Gradient", "Verdict", "Raw"),
    *("RANGES", "SOURCES", "LONG_NAMES"),
}
#: The public fit, and its twins: another cure for the same pictures, and any other model.
TWINS = {"fit": 3, "march": 2}


def test_a_name_that_once_meant_several_things_has_one_meaning():
    homes: dict[str, list[str]] = {}
    for path, source in sources.SNAPSHOT.items():
        for node in ast.parse(source.text).body if path.suffix == ".py" else ():
            defined = isinstance(node, (ast.FunctionDef, ast.ClassDef))
            names = [node.name] if defined else [t.id for t in ast.walk(node) if stored(t)]
            for name in names:
                homes.setdefault(name, []).append(path.relative_to(sources.PACKAGE.parent).as_posix())
    assert not {n: homes[n] for n in ONE_MEANING & set(homes) if len(homes[n]) > TWINS.get(n, 1)}


def stored(node: ast.AST) -> bool:
    """Whether a name is given a value here."""
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
