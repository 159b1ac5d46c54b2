"""A person's own modules in a folder, and what a fresh process finds with them."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

PROGRAM = """
from lib.running.kept import kept_result
from {module} import f
if __name__ == "__main__":
    print(kept_result(f, {argument}))
"""


def write(folder: Path, **texts: str) -> None:
    """Modules by name; `pkg__b` is `pkg/b.py`, and its package is made."""
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(exist_ok=True)
        if path.parent != folder:
            (path.parent / "__init__.py").touch()
        path.write_text(text)


def run(folder: Path, module: str = "mine", argument: str = "1.0") -> subprocess.CompletedProcess[str]:
    """A program that keeps f of a module, in a process of its own."""
    (folder / "program.py").write_text(PROGRAM.format(module=module, argument=argument))
    environment = {**os.environ, "PYTHONPATH": f"{folder}:{ROOT}", "GRAYSCOTT_CACHE": str(folder / "cache")}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1"}  # two edits may leave time and size as they were
    return subprocess.run(
        [sys.executable, "program.py"], cwd=folder, env=environment, capture_output=True, text=True
    )


def value(folder: Path, module: str = "mine", argument: str = "1.0") -> float:
    """Its result."""
    done = run(folder, module, argument)
    assert done.returncode == 0, done.stderr
    return float(done.stdout)
