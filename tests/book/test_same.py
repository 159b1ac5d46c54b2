"""The comparison of two builds sees a changed digit, and no time; the whole of it is `make same`."""

from pathlib import Path

import nbformat

from tests.everything import (
    markdown_without_times,
    outputs,
    page_without_times,
    table_without_times,
    without_times,
)
from tests.same import differences


def notebook(folder: Path, *shown: str) -> Path:
    """A notebook with an output a cell."""
    path = folder / "page.ipynb"
    cells = [
        nbformat.v4.new_code_cell(
            "1", outputs=[nbformat.v4.new_output("execute_result", {"text/plain": text}, metadata={})]
        )
        for text in shown
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def test_a_digit_and_an_output_that_is_missing_are_told_and_a_time_is_not(tmp_path: Path) -> None:
    one = dict(outputs(notebook(tmp_path, "0.1234", "took 3.1 s", "5")))
    other = dict(outputs(notebook(tmp_path, "0.1235", "took 4 min")))
    found = list(differences(one, other))
    assert len(found) == 2
    assert "cell 0" in found[0]
    assert "0.1234" in found[0]
    assert "cell 2" in found[1]
    assert "only in the first" in found[1]


def test_numbers_stay_where_times_go() -> None:
    assert without_times({"value": 3.5, "seconds": 2, "said": "3.5 of 7 in 12 ms"}) == {
        "value": 3.5,
        "said": "3.5 of 7 in some time",
    }
    assert without_times("0.5 and 3 simulations") == "0.5 and 3 simulations"


def test_what_widgets_hold_is_compared_and_their_names_are_not(tmp_path: Path) -> None:
    def page(folder: Path, name: str, value: float) -> dict[str, object]:
        folder.mkdir()
        state = {name * 32: {"state": {"k": value}, "model_name": "AnyModel"}}
        widgets = {"application/vnd.jupyter.widget-state+json": {"state": state}}
        shown = nbformat.v4.new_output(
            "execute_result", {"text/plain": f"<Explorer at 0x7f{name}>"}, metadata={}
        )
        cells = [nbformat.v4.new_code_cell("1", outputs=[shown])]
        path = folder / "page.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"widgets": widgets}), path)
        return dict(outputs(path))

    one = page(tmp_path / "one", "a", 0.065)
    assert not list(differences(one, page(tmp_path / "same", "b", 0.065)))
    assert "0.066" in "".join(differences(one, page(tmp_path / "other", "c", 0.066)))


def test_a_page_without_times_keeps_numbers_and_words() -> None:
    page = (
        '<p>A loss of {loss}, after {time}.</p><section id="how-this-page-was-made">{computer}</section>'
        '<script type="application/vnd.jupyter.widget-state+json">{computer}</script>'
    )
    one = page_without_times(page.format(loss=0.5, time="3.1 s", computer="a fast one"))
    assert one == page_without_times(page.format(loss=0.5, time="2 min", computer="a slow one"))
    assert one != page_without_times(page.format(loss=0.6, time="3.1 s", computer="a fast one"))


def test_a_table_without_times_keeps_its_numbers(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("k,seconds,loss\n0.06,1.2,3.5\n", encoding="utf-8")
    assert table_without_times(path) == ["k,loss", "0.06,3.5"]


def test_a_column_of_times_in_a_pages_table_is_no_difference_and_any_other_is() -> None:
    table = (
        "| method | cost | processor seconds |\n|:--|--:|--:|\n| fit | {cost} | {seconds} |\n\n{seconds}\n"
    )
    one = markdown_without_times(table.format(cost=2, seconds=0.5))
    assert "| fit | 2 |" in one
    assert one.count("0.5") == 1  # below the table, where no head says that it is a time
    assert markdown_without_times(table.format(cost=3, seconds=0.5)) != one

    page = (
        "<table><tr><th>method</th><th>seconds</th><th>cost</th></tr>"
        "<tr><td>fit</td><td>{seconds}</td><td>{cost}</td></tr></table>"
    )
    first = page_without_times(page.format(seconds=0.5, cost=2))
    assert first == page_without_times(page.format(seconds=0.7, cost=2))
    assert first != page_without_times(page.format(seconds=0.5, cost=3))


def test_only_a_figure_whose_axis_is_time_may_differ() -> None:
    page = '<img alt="Error against {what}." src="{name}.png"/>'
    timed, other = "processor time, both axes logarithmic", "cost"
    assert page_without_times(page.format(what=timed, name="a")) == page_without_times(
        page.format(what=timed, name="b")
    )
    assert page_without_times(page.format(what=other, name="a")) != page_without_times(
        page.format(what=other, name="b")
    )


def test_a_time_in_a_span_and_a_name_made_anew_are_no_difference() -> None:
    page = (
        '<p>It took <span class="pasted-text">{time}</span> µs.</p><input id="section-{name}"/><b>{loss}</b>'
    )
    names = "27fe12b7-2beb-4ec4-b5d2-dc41c5f0791c", "69a1f522-d7a8-4f0e-875c-09e04eebd11f"
    one, two = (page_without_times(page.format(time=i, name=names[i], loss=3)) for i in (0, 1))
    assert one == two != page_without_times(page.format(time=1, name=names[0], loss=4))
