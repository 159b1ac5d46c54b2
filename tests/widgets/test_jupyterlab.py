"""The Laboratory in JupyterLab: Python and the browser follow each other, with a real kernel between them."""

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
from tests.widgets.conftest import Visit

CELLS = (
    # Begins paused, so that the numbers of the two sides can be compared.
    "import torch\nfrom lib import TRUTH, initial_state, losses, simulate\n"
    "from lib.widgets import Laboratory\ntorch.set_num_threads(1)\nstart = initial_state(1)\n"
    "target = simulate(TRUTH, start, 3000).v\n"
    "dish = Laboratory(target[0], initial=start, running=False)\ndish",
    "dish.k = 0.0612\ndish.advance(50)",
    "run = simulate(TRUTH._replace(k=dish.k, F=dish.F), start, dish.steps)\n"
    "near = (dish.state.v - run.v).abs().max() < 1e-5\n"
    "ratio = dish.loss / float(losses.spectral(run.v, target))\n"
    "print('F', round(dish.F, 4), 'steps', dish.steps, 'near', bool(near), 'loss', round(ratio, 2))",
)


@pytest.fixture
def lab_address(tmp_path: Path) -> Iterator[str]:
    """A JupyterLab with one notebook, shown alone."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "dish.ipynb")
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(8)
    folders = {name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTERLAB_SETTINGS_DIR")}
    environment = {**os.environ, **folders, "PYTHONPATH": str(ROOT)}
    options = f"--no-browser --ip=localhost --port={port} --IdentityProvider.token={token} --allow-root"
    news = "--LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        *options.split(),
        *news.split(),
        f"--notebook-dir={tmp_path}",
    ]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://localhost:{port}/api?token={token}", server)
        yield f"http://localhost:{port}/doc/tree/dish.ipynb?token={token}"
    finally:
        server.terminate()
        server.wait(20)


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


def execute(page: Page, number: int) -> Locator:
    """Run one cell, wait for it to end, and return its output."""
    cell = page.locator(".jp-CodeCell").nth(number)
    prompt = cell.locator(".jp-InputPrompt")
    before = prompt.inner_text()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=180_000)
    expect(prompt).not_to_have_text(before)
    return cell.locator(".jp-OutputArea-output").first


def test_python_and_browser_follow_each_other(lab_address: str, visit: Visit, plain_browser: Browser) -> None:
    page = visit(plain_browser, lab_address, viewport={"width": 1200, "height": 2400})
    page.locator(".jp-CodeCell").nth(2).wait_for(timeout=180_000)
    kernel = page.locator(".jp-Notebook-ExecutionIndicator")
    expect(kernel).to_have_attribute("data-status", "idle", timeout=180_000)
    execute(page, 0)
    dish = page.locator(".gs-laboratory")
    dish.wait_for(timeout=30_000)
    feed = dish.get_by_label("F, feed rate, as a number")
    feed.fill("0.0371")
    feed.press("Enter")
    execute(page, 1)
    expect(dish.get_by_label("k, kill rate, as a number")).to_have_value("0.0612")
    expect(dish.locator("dd").nth(2)).to_have_text("50")
    # The fields come when the kernel has dealt with all news before them.
    for _ in range(20):
        printed = execute(page, 2)
        if printed.inner_text().startswith("F"):
            break
    # F is the browser's, the steps are the dish's, its fields and its loss are lib's.
    expect(printed).to_have_text("F 0.0371 steps 50 near True loss 1.0\n")
    assert "laboratory.F" not in page.url
