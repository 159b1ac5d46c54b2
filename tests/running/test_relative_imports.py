"""What a module of a package takes from its neighbours belongs to its results."""

from pathlib import Path

import pytest

from lib import sources
from tests.running.own_modules import value, write


@pytest.mark.parametrize(
    ("taken", "used"),
    [("from .b import g", "g(x)"), ("from . import b", "b.g(x)"), ("from pkg.b import g", "g(x)")],
)
def test_a_neighbour_that_changes_gives_a_new_result(tmp_path: Path, taken: str, used: str):
    write(tmp_path, pkg__a=f"{taken}\n\ndef f(x):\n    return {used}\n")
    for factor in (2, 3):
        write(tmp_path, pkg__b=f"def g(x):\n    return {factor} * x\n")
        assert value(tmp_path, "pkg.a") == value(tmp_path, "pkg.a") == factor


def test_a_neighbour_of_a_neighbour_one_folder_up_counts_too(tmp_path: Path):
    (tmp_path / "pkg").mkdir()
    write(tmp_path, pkg__b="from .c import g\n")
    write(tmp_path, pkg__deep__a="from ..b import g\n\ndef f(x):\n    return g(x)\n")
    for factor in (2, 3):
        write(tmp_path, pkg__c=f"def g(x):\n    return {factor} * x\n")
        assert value(tmp_path, "pkg.deep.a") == factor


def test_the_file_of_a_package_counts_for_what_lies_in_it(tmp_path: Path):
    write(tmp_path, pkg__a="from . import FACTOR\n\ndef f(x):\n    return FACTOR() * x\n")
    for factor in (2, 3):
        (tmp_path / "pkg" / "__init__.py").write_text(f"def FACTOR():\n    return {factor}\n")
        assert value(tmp_path, "pkg.a") == factor


def test_imports_are_resolved_by_the_package_of_a_text():
    text = "from .b import c\nfrom .. import d\nimport e\n"
    assert sources.imports_of(text, "p.q") == (("p.q.b", "c"), ("p", "d"), ("e", None))
    assert sources.imports_of(text) == (("e", None),)
