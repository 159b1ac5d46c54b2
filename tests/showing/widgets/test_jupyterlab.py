"""All widgets in one JupyterLab: Python and browser follow each other, with a real kernel between them."""

import contextlib
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.book.conftest import ROOT
from tests.showing.widgets.conftest import Visit

DISH = (
    # Begins paused, so that the numbers of the two sides can be compared.
    "import torch\nfrom lib import TRUTH, initial_state, losses, simulate\n"
    "from lib.showing.widgets import Laboratory\ntorch.set_num_threads(1)\nstart = initial_state(1)\n"
    "target = simulate(TRUTH, start, 3000).v\n"
    "dish = Laboratory(target[0], initial=start, running=False)\ndish",
    "dish.k = 0.0612\ndish.advance(50)",
    "run = simulate(TRUTH._replace(k=dish.k, F=dish.F), start, dish.steps)\n"
    "near = (dish.state.v - run.v).abs().max() < 1e-5\n"
    "ratio = dish.loss / float(losses.spectral(run.v, target))\n"
    "print('F', round(dish.F, 4), 'steps', dish.steps, 'near', bool(near), 'loss', round(ratio, 2))",
)
MAPS = (
    # Numbers without a meaning: what is tested is the way between the two sides.
    "import ipywidgets\nimport numpy as np\nimport xarray as xr\nfrom lib import Outcome\n"
    "from lib.studies.landscapes.derived_maps import Bowl\n"
    "from lib.showing.widgets import Descend, Explorer, planes, sliders\n"
    "from lib.showing.widgets.explorer import recorded_path\n"
    "axes = {'F': [0.03, TRUTH.F, 0.05], 'k': [0.055, 0.06, TRUTH.k, 0.067]}\n"
    "loss = np.arange(24.0).reshape(3, 4, 2)\nstates = ('F', 'k', 'state')\n"
    "swept = xr.Dataset({'spectral': (states, loss), 'windowed': (states, loss**2),\n"
    "    'outcome': (states, np.full((3, 4, 2), Outcome.PATTERN)),\n"
    "    'v': (('F', 'k', 'row', 'column'), np.full((3, 4, 32, 32), 0.2))}, coords=axes,\n"
    "    attrs={'steps': 400, 'around_Du': 0.16, 'around_Dv': 0.08})\n"
    "plane = planes.plane(swept, more={'residual': swept.spectral.mean('state')},\n"
    "    bowl=Bowl(np.diag([4e4, 1e4]), np.array([TRUTH.k, TRUTH.F]), 0.0))\n"
    "explorer = Explorer([plane], paths=[recorded_path()])\ndescent = Descend([plane])\n"
    "mean = swept.spectral.mean('state')\n"
    "slider = sliders.over_time(xr.concat([mean, 2 * mean, 3 * mean], xr.Variable('time', [1, 2, 3])))\n"
    "ipywidgets.VBox([explorer, descent, slider])",
    "explorer.loss = 'windowed'\nexplorer.selected = list(TRUTH)\nexplorer.path = 'recorded'\n"
    "descent.rate, descent.seed, descent.start = 0.01, 7, [0.06, 0.04]\nslider.frame = 0",
    "print(explorer.loss, explorer.frame, explorer.selected, slider.frame,\n"
    "      descent.noise, descent.loss, len(descent.path), len(descent.bowl_path))",
)


@pytest.fixture(scope="module")
def lab_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A JupyterLab with one notebook, shown alone."""
    folder = tmp_path_factory.mktemp("jupyterlab")
    cells = [nbformat.v4.new_code_cell(source) for source in DISH + MAPS]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "widgets.ipynb")
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(8)
    server = start_server(folder, port, token)
    try:
        wait_for(f"http://localhost:{port}/api?token={token}", server)
        yield f"http://localhost:{port}/doc/tree/widgets.ipynb?token={token}"
    finally:
        server.terminate()
        server.wait(20)


def start_server(folder: Path, port: int, token: str) -> subprocess.Popen[bytes]:
    """JupyterLab over a folder, with settings of its own and without news from outside."""
    settings = {name: str(folder / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTERLAB_SETTINGS_DIR")}
    environment = {**os.environ, **settings, "PYTHONPATH": str(ROOT)}
    options = f"--no-browser --ip=localhost --port={port} --IdentityProvider.token={token} --allow-root"
    news = "--LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        *options.split(),
        *news.split(),
        f"--notebook-dir={folder}",
    ]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until a server answers."""
    for _ in range(300):
        assert server.poll() is None, "JupyterLab ended at once"
        try:
            urllib.request.urlopen(address).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("JupyterLab did not answer within a minute.")


@pytest.fixture(scope="module")
def lab(lab_address: str, module_visit: Visit, plain_browser: Browser) -> Page:
    """The notebook with its kernel at rest, high enough to show every cell at once."""
    page = module_visit(plain_browser, lab_address, viewport={"width": 1200, "height": 4200})
    page.locator(".jp-CodeCell").nth(5).wait_for(timeout=180_000)
    kernel = page.locator(".jp-Notebook-ExecutionIndicator")
    expect(kernel).to_have_attribute("data-status", "idle", timeout=180_000)
    execute(page, 0)
    return page


def execute(page: Page, number: int) -> Locator:
    """Run one cell, wait for it to end, and return its output."""
    cell = page.locator(".jp-CodeCell").nth(number)
    prompt = cell.locator(".jp-InputPrompt")
    before = prompt.inner_text()
    # JupyterLab moves the focus when it is done with setting up, and a key pressed just then is lost.
    for _ in range(10):
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+Enter")
        with contextlib.suppress(AssertionError):
            expect(prompt).not_to_have_text(before, timeout=10_000)
            break
    expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=180_000)
    expect(prompt).not_to_have_text(before)
    return cell.locator(".jp-OutputArea-output").first


def printed(page: Page, number: int, expected: str) -> str:
    """What a cell prints: run again until it is as expected, as the browser's news take their time."""
    for _ in range(20):
        text = execute(page, number).inner_text().strip()
        if text == expected:
            break
    return text


def test_dish_and_python_follow_each_other(lab: Page) -> None:
    dish = lab.locator(".gs-laboratory")
    dish.wait_for(timeout=30_000)
    feed = dish.get_by_label("F, feed rate, as a number")
    feed.fill("0.0371")
    feed.press("Enter")
    execute(lab, 1)
    expect(dish.get_by_label("k, kill rate, as a number")).to_have_value("0.0612")
    expect(dish.locator("dd").nth(2)).to_have_text("50")
    # F is the browser's, the steps are the dish's, its fields and its loss are lib's.
    expected = "F 0.0371 steps 50 near True loss 1.0"
    assert printed(lab, 2, expected) == expected
    assert "laboratory.F" not in lab.url


def test_maps_and_sliders_and_python_follow_each_other(lab: Page) -> None:
    execute(lab, 3)
    explorer, descent, slider = (
        lab.locator(".gs-widget").filter(has=lab.locator(f".{name}")).last
        for name in ("gs-explorer-grid", "gs-descend", "gs-frames")
    )
    slider.locator("canvas.gs-map").first.wait_for(timeout=30_000)
    execute(lab, 4)
    # Python's choices are shown …
    expect(explorer.get_by_label("Show", exact=True)).to_have_value("windowed")
    expect(explorer.locator(".gs-tile")).to_have_attribute("aria-label", re.compile("k = 0.065, F = 0.035"))
    expect(explorer.get_by_label("Training run")).to_have_value("recorded")
    expect(descent.get_by_label("Seed of the noise")).to_have_value("7")
    expect(descent.get_by_label("Learning rate, as a number")).to_have_value("0.01")
    expect(descent.locator("[role=status]")).to_contain_text("Start at k = 0.06, F = 0.04.")
    expect(slider.locator("output")).to_have_text("1 steps")
    # … and the reader's arrive in Python.
    explorer.get_by_label("Show", exact=True).select_option("residual")
    explorer.get_by_label("Iteration shown", exact=True).press("End")
    explorer.locator("canvas.gs-map").press("Home")
    explorer.locator("canvas.gs-map").press("ArrowLeft")
    explorer.locator("canvas.gs-map").press("Enter")
    descent.get_by_label("Noise on the slope", exact=True).press("ArrowRight")
    descent.get_by_label("Left map", exact=True).select_option("windowed")
    for _ in range(3):
        descent.get_by_role("button", name="One step").click()
    slider.locator("input[type=range]").press("End")
    expected = "residual 2 [0.16, 0.08, 0.035, 0.06] 2 0.05 windowed 4 4"
    assert printed(lab, 5, expected) == expected


def test_nothing_went_wrong_in_jupyterlab(lab: Page, module_complaints: list[str]) -> None:
    assert lab.locator(".gs-error").count() == 0
    assert not module_complaints
