"""The figures of one's own images show those images, what is left over, and numbers with their errors."""

import ast

import numpy as np
import pytest

from lib import Params, residual, sources
from lib.showing.figures import own_data
from tests.residual import foreign

ROOT = sources.PACKAGE.parent


pytestmark = pytest.mark.usefixtures("book_style")


@pytest.fixture(scope="module")
def report() -> residual.Report:
    """Images of another program whose Laplacian the first fit does not know."""
    return residual.report(*foreign.made("nine_iso"))


def test_images_and_remainders_are_those_of_the_fit(report):
    figure = own_data.images(report.state, report.final)
    shown = [axis.get_images()[0] for axis in figure.axes if axis.get_images()]
    expected = [report.state.u, report.state.v, report.final.residual.u, report.final.residual.v]
    for picture, field in zip(shown, expected, strict=True):
        np.testing.assert_allclose(np.asarray(picture.get_array()), field[0].numpy())
    for remainder in shown[2:]:
        low, high = remainder.get_clim()
        assert low == -high < 0


def test_parameters_stand_with_their_errors_before_and_after_the_advice(report):
    assert report.advice
    figure = own_data.parameters(report, Params(*foreign.TRUTH))
    for i, axis in enumerate(figure.axes):
        places = [float(bar.lines[0].get_xdata()[0]) for bar in axis.containers]
        assert places == pytest.approx([float(found.params[i]) for found in (report.given, report.final)])
        assert axis.get_lines()[-1].get_xdata()[0] == foreign.TRUTH[i]


def test_every_figure_of_the_book_is_drawn_in_a_test():
    """Whatever returns a Figure is called here or in a file beside this one."""
    calls = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for path in (ROOT / "tests").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    }
    drawn = [
        (path.stem, node.name)
        for path, source in sources.SNAPSHOT.items()
        if path.parent.name == "figures" and path.suffix == ".py"
        for node in ast.parse(source.text).body
        if isinstance(node, ast.FunctionDef)
        and node.returns is not None
        and "Figure" in ast.unparse(node.returns)
    ]
    assert len(drawn) > 50
    assert not [(file, name) for file, name in drawn if name not in calls]
