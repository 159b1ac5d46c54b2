"""The package can be imported under a name of its own, from any folder, and is the same one."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

SAME = """
from gray_scott_landscapes import TRUTH, initial_state, losses, residual, simulate
import gray_scott_landscapes.residual.denoise
import gray_scott_landscapes as own, lib, lib.residual.denoise, importlib

assert own.residual.denoise is lib.residual.denoise is gray_scott_landscapes.residual.denoise
assert own.simulate is lib.simulate and own.landscape is lib.landscape
assert lib.residual.denoise.__name__ == lib.residual.denoise.__spec__.name == "lib.residual.denoise"
assert set(own.__all__) == set(lib.__all__)
run = simulate(TRUTH, initial_state(1, size=32, seed=0), steps=10)
print(float(losses.spectral(run.v, run.v)))
"""


def elsewhere(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder that holds nothing of ours."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_both_names_mean_the_same_objects(tmp_path: Path) -> None:
    done = elsewhere(tmp_path, SAME)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "0.0"


def test_another_lib_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "__init__.py").write_text("")
    done = elsewhere(tmp_path, "import gray_scott_landscapes")
    assert "another package of that name" in done.stderr


def test_the_distribution_carries_it() -> None:
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'py-modules = ["gray_scott_landscapes"]' in settings
