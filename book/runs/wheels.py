"""Everything that a GPU node without network needs, in one folder: `make wheels`.

python -m book.runs.wheels FOLDER                  the whole environment, PyTorch's CUDA build included
python -m book.runs.wheels FOLDER --beside-torch   only what an image lacks that has PyTorch, SciPy and
                                                   Matplotlib: for the engines' tests and speed

Carry the folder over, unpack `sources.tar.gz` there, and run `make gpu WHEELS=folder` inside.
"""

import argparse
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

from book.errors import BuildError

ROOT = Path(__file__).resolve().parents[2]

#: The file that names what is installed from the folder, and the sources.
LIST, SOURCES = "install.txt", "sources.tar.gz"

#: What belongs to the sources: folders whole, but for what is generated, and files beside them.
FOLDERS = ("lib", "book", "notebooks", "tests", "benchmarks")
GENERATED = ("__pycache__", "book/chapters", "book/_generated")

#: What a PyTorch brings along, and what stands beside it in every image for machine learning; the second is
#: looked for when the folder is installed.
OF_TORCH = (
    "torch nvidia-cuda-nvrtc cuda-bindings cuda-pathfinder filelock fsspec jinja2 markupsafe mpmath networkx "
)
OF_TORCH += "sympy typing-extensions setuptools"
OF_IMAGES = "numpy scipy pandas matplotlib pillow h5py fonttools kiwisolver contourpy cycler pyparsing"

#: What engines and pages can do without: a compiler that is there, lint and types, browsers, laboratories;
#: and what only makes films and web pages, which another machine does as well.
ELSEWHERE = (
    "ziglang ruff mypy mypy-extensions playwright axe-playwright-python deno greenlet librt ast-serialize "
)
ELSEWHERE += "jupyterlab jupyter-lsp jupyterlab-server notebook-shim jupyter-builder imageio-ffmpeg "
ELSEWHERE += "jupyter-book sphinx babel pydata-sphinx-theme sphinx-book-theme sphinx-design"

#: Megabytes that the lean folder may take, sources included.
MOST = 64


def main(arguments: list[str] | None = None) -> int:
    """Command line; the exit status says whether the folder is complete."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--beside-torch", action="store_true", help="leave out what a PyTorch brings along")
    parser.add_argument("--python", help="version there, such as 3.12; by default the one that runs this")
    parser.add_argument("--platform", default="manylinux_2_28_x86_64", help="of the machine there")
    asked = parser.parse_args(arguments)
    try:
        gather(asked.folder, asked.beside_torch, asked.python, asked.platform)
    except BuildError as error:
        print(f"The folder {asked.folder} is not complete. {error}", file=sys.stderr)
        return 1
    print(
        f"{megabytes(asked.folder):.1f} MB in {asked.folder}. On the machine with the GPU: unpack "
        f"{SOURCES}, and run "
        f"`make gpu WHEELS={asked.folder}` inside."
    )
    return 0


def gather(folder: Path, beside_torch: bool, python: str | None, platform: str) -> None:
    """Download wheels, write the list of them, pack the sources.

    Raises:
        BuildError: if something cannot be had, or the lean folder is too large.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = list(requirements(ROOT, beside_torch))
    (folder / LIST).write_text("\n".join(wanted) + "\n", encoding="utf-8")
    where = ["--only-binary=:all:", *(f"--platform={each}" for each in platforms(platform))]
    where += ["--implementation", "cp", "--python-version", release(python)]
    # The list is complete. Only of the whole environment PyTorch's own share of CUDA has to be found out.
    run_pip(["download", "--no-deps", *where, "--dest", str(folder), "--requirement", str(folder / LIST)])
    if not beside_torch:
        rivals = str(ROOT / "benchmarks" / "requirements.txt")
        run_pip(["download", "--no-deps", *where, "--dest", str(folder), "--requirement", rivals])
        torch = next(line for line in wanted if name_of(line) == "torch")
        run_pip(["download", *where, "--dest", str(folder), torch])
        if any(folder.glob("torch-*+cpu-*.whl")):
            raise BuildError(
                "pip has taken PyTorch's build for processors alone: see that its settings (`pip config "
                "list`, find-links above all) name the CUDA build, remove that wheel, and run this again."
            )
    pack(ROOT, folder / SOURCES)
    if beside_torch and (size := megabytes(folder)) > MOST:
        raise BuildError(
            f"It takes {size:.0f} MB and may take {MOST}: leave out more in book/runs/wheels.py."
        )


def platforms(newest: str) -> Iterator[str]:
    """It and all older ones: pip takes a platform that is named for that alone."""
    yield newest
    if found := re.fullmatch(r"manylinux_2_(\d+)_(\w+)", newest):
        yield from (f"manylinux_2_{minor}_{found[2]}" for minor in range(int(found[1]) - 1, 4, -1))
        yield from (f"manylinux{year}_{found[2]}" for year in (2014, 2010, 1))


def release(python: str | None) -> str:
    """A Python version in full.

    One with two numbers is taken for a late release of that: pip takes it for the first, which many packages
    no longer support.
    """
    if python is None:
        return ".".join(map(str, sys.version_info[:3]))
    return python if python.count(".") > 1 else f"{python}.99"


def run_pip(arguments: list[str]) -> None:
    """Let pip do it, and say what to do if it could not."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments, "--quiet"]
    if subprocess.run(command, check=False).returncode:
        raise BuildError(
            "pip could not download all wheels (it says above why): check the connection, or name the other "
            "machine's Python and platform with --python and --platform."
        )


def requirements(root: Path, beside_torch: bool) -> Iterator[str]:
    """Pinned requirements, one a line."""
    left_out = set(f"{OF_TORCH} {OF_IMAGES} {ELSEWHERE}".split()) if beside_torch else set()
    for line in (root / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#") and name_of(line) not in left_out:
            yield line.split(";")[0].strip()


def name_of(requirement: str) -> str:
    """The package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[=<>;\[ ]", requirement, maxsplit=1)[0]).lower()


def pack(root: Path, place: Path) -> None:
    """The sources without what is generated, and without git."""
    with tarfile.open(place, "w:gz") as archive:
        for path in (*(root / name for name in FOLDERS), *sorted(root.iterdir())):
            if path.is_dir() == (path.name in FOLDERS) and not path.name.startswith("."):
                archive.add(path, f"{root.name}/{path.name}", filter=only_sources)


def only_sources(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leave out caches and what a build writes, and who packed it."""
    inside = member.name.partition("/")[2]
    if any(inside == name or inside.endswith(f"/{name}") for name in GENERATED):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def megabytes(folder: Path) -> float:
    """Of all files in it."""
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file()) / 1e6


if __name__ == "__main__":
    sys.exit(main())
