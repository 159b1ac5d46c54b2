"""Make an environment from a folder of wheels, without network: `make gpu WHEELS=folder`.

python book/runs/install.py --wheels FOLDER --into .venv

Runs before anything is installed, so it needs nothing but Python. Where the folder holds no PyTorch, the
one of the Python that runs this is used as it is: our packages go into an environment of their own, and a
path file makes it visible behind them. Nothing of it is changed.
"""

import argparse
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: Oldest PyTorch that the engines are known to work with.
OLDEST = (2, 11)
LIST = "install.txt"

#: What images for machine learning have beside PyTorch, and the lean folder leaves out.
BESIDE = ("numpy", "scipy", "pandas", "matplotlib", "PIL", "h5py")

#: What the Python that runs this says about its PyTorch.
ASK = """
import json, pathlib, sys
try:
    import torch
    print(json.dumps([torch.__version__, str(pathlib.Path(torch.__file__).parent.parent)]))
except ImportError:
    print(json.dumps(None))
"""


#: Whether a PyTorch for NVIDIA's GPUs came with what compiles for them; torch first, which may load it.
COMPILES = """
import torch
from lib.backends.cuda_compile import nvrtc_version
torch.version.cuda and nvrtc_version()
"""


class InstallError(Exception):
    """Why there is no environment, a sentence."""


def main() -> int:
    """Command line; the exit status says whether the environment is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheels", type=Path, required=True)
    parser.add_argument("--into", type=Path, required=True)
    asked = parser.parse_args()
    try:
        print(install(asked.wheels, asked.into))
    except InstallError as error:
        print(f"Nothing can be run yet. {error}", file=sys.stderr)
        return 1
    return 0


def install(wheels: Path, into: Path) -> str:
    """Make the environment; returns what it consists of, a sentence.

    Raises:
        InstallError: with a sentence, if something is missing.
    """
    if not (wheels / LIST).is_file():
        raise InstallError(
            f"{wheels} is no folder that `make wheels` has filled (it holds no {LIST}): name that one "
            "with WHEELS=."
        )
    whole = any(wheels.glob("torch-*.whl"))
    foreign = None if whole else torch_of(sys.executable)
    venv.create(into, symlinks=True)
    python = into / "bin" / "python"
    # Before other packages can be seen, so that pip takes no notice of them.
    site = Path(output([str(python), "-c", "import site; print(site.getsitepackages()[0])"]))
    (site / "behind.pth").unlink(missing_ok=True)
    what = ["--requirement", str(wheels / LIST)] + ([f"torch=={torch_in(wheels)}"] if whole else [])
    pip(python, ["--no-index", "--find-links", str(wheels), *([] if whole else ["--no-deps"]), *what])
    # First by name: a foreign folder may hold a `tests` or a `lib` too.
    (site / "a-sources.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    if foreign is None:
        return f"Installed everything from {wheels} into {into}."
    version, place = foreign
    (site / "behind.pth").write_text(f"{place}\n", encoding="utf-8")
    check(python)
    return f"Installed what was missing from {wheels} into {into}, beside the PyTorch {version} in {place}."


def torch_of(python: str) -> tuple[str, str]:
    """Version and place of its PyTorch.

    Raises:
        InstallError: if there is none, or it is too old.
    """
    found = json.loads(output([python, "-c", ASK]).splitlines()[-1])
    if found is None:
        raise InstallError(
            f"Neither the folder of wheels nor {python} has a PyTorch: name a Python that has one with "
            "PYTHON=, or make "
            "the folder with the whole environment."
        )
    if tuple(map(int, found[0].split("+")[0].split(".")[:2])) < OLDEST:
        raise InstallError(
            f"{python} has PyTorch {found[0]}, and {'.'.join(map(str, OLDEST))} or newer is needed: "
            "name another "
            "Python with PYTHON=, or make the folder with the whole environment."
        )
    return found[0], found[1]


def torch_in(wheels: Path) -> str:
    """Version of the PyTorch in the folder.

    Raises:
        InstallError: where there are several, as in a folder that was filled twice.
    """
    found = sorted({wheel.name.split("-")[1] for wheel in wheels.glob("torch-*.whl")})
    if len(found) > 1:
        raise InstallError(
            f"{wheels} holds more than one PyTorch ({', '.join(found)}): remove all but one, or fill an "
            "empty folder with `make wheels`."
        )
    return found[0]


def pip(python: Path, arguments: list[str]) -> None:
    """Install into an environment without pip: with that of the Python that runs this, or one made there."""
    own = [sys.executable, "-m", "pip", "--isolated", "--python", str(python)]
    if subprocess.run([*own, "--version"], capture_output=True, check=False).returncode:
        own = [str(python), "-m", "pip", "--isolated"]
        subprocess.run([str(python), "-m", "ensurepip"], capture_output=True, check=False)
    environment = os.environ | {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        [*own, "install", "--quiet", *arguments],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise InstallError(
            "The wheels could not be installed. They have to be for this machine's Python "
            f"({'.'.join(map(str, sys.version_info[:2]))}) and system: make the folder again, with "
            "`--python` and "
            f"`--platform` if need be. pip said:\n{done.stderr.strip()[-1500:]}"
        )


def check(python: Path) -> None:
    """See that PyTorch works behind our packages, and what else should be there."""
    try:
        output([str(python), "-c", "import torch, numpy; torch.from_numpy(numpy.zeros(3)).sum()"])
    except InstallError as error:
        raise InstallError(f"PyTorch does not work beside our packages. {error}") from error
    find = f"import importlib.util as u; print(*[n for n in {BESIDE!r} if not u.find_spec(n)], sep=', ')"
    if missing := output([str(python), "-c", find]):
        raise InstallError(
            f"Beside its PyTorch there is no {missing}: install that there, or make the folder with the "
            "whole "
            "environment."
        )
    try:
        output([str(python), "-c", COMPILES])
    except InstallError as error:
        raise InstallError(
            f"The PyTorch is one for GPUs, and nothing compiles for them beside it. {error} Or make the "
            "folder with the whole environment."
        ) from error


def output(command: list[str]) -> str:
    """What a command prints."""
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        last = ([line for line in done.stderr.splitlines() if line.strip()] or ["without a word"])[-1]
        raise InstallError(f"{Path(command[0]).name} ended with status {done.returncode}: {last}")
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
