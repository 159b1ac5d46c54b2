"""Without network: what is packed, what is left out, and what is said where something is missing."""

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from book.runs import install, wheels
from tests.book.conftest import ROOT


def pinned() -> set[str]:
    return {wheels.name_of(line) for line in wheels.requirements(ROOT, beside_torch=False)}


def test_the_lean_folder_leaves_out_only_what_is_pinned_and_has_a_reason() -> None:
    """A name that is pinned no longer would silently stop being left out."""
    left_out = set(f"{wheels.OF_TORCH} {wheels.OF_IMAGES} {wheels.ELSEWHERE}".split())
    assert left_out <= pinned()
    assert {wheels.name_of(line) for line in wheels.requirements(ROOT, True)} == pinned() - left_out


def test_what_images_should_have_is_looked_for_when_the_folder_is_installed() -> None:
    looked_for = {{"PIL": "pillow"}.get(name, name) for name in install.BESIDE}
    assert looked_for <= set(wheels.OF_IMAGES.split())


def test_the_sources_hold_everything_but_what_a_build_writes(tmp_path: Path) -> None:
    for name in (
        "lib/core.py",
        "book/chapters/old.ipynb",
        "book/_generated/run.json",
        "Makefile",
        ".git/HEAD",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "lib" / "__pycache__").mkdir()
    (tmp_path / "lib" / "__pycache__" / "core.pyc").write_text("x")
    (tmp_path / "_build").mkdir()
    for folder in wheels.FOLDERS:
        (tmp_path / folder).mkdir(exist_ok=True)
    wheels.pack(tmp_path, tmp_path.parent / "sources.tar.gz")
    with tarfile.open(tmp_path.parent / "sources.tar.gz") as archive:
        files = {m.name.partition("/")[2] for m in archive.getmembers() if m.isfile()}
        assert {m.uname for m in archive.getmembers()} == {""}
    assert files == {"lib/core.py", "Makefile"}


def test_a_folder_that_nobody_filled_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(install.InstallError, match="no folder that `make wheels` has filled"):
        install.install(tmp_path, tmp_path / "venv")


@pytest.mark.parametrize(
    ("answer", "said"),
    [("null", "name a Python that has one"), ('["2.10.1+cu128", "/x"]', "2.11 or newer is needed")],
)
def test_without_a_torch_that_is_new_enough_it_says_what_to_do(
    answer: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "output", lambda command: answer)
    with pytest.raises(install.InstallError, match=said):
        install.torch_of("python")


def test_our_packages_stand_before_a_foreign_torch_and_nothing_of_it_is_touched(tmp_path: Path) -> None:
    """An empty list of wheels: the environment sees the sources, then its own, then the foreign packages."""
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / install.LIST).write_text("")
    site = Path(pytest.__file__).parents[1]
    before = sorted((p.name, p.stat().st_mtime_ns) for p in site.iterdir())
    said = install.install(tmp_path / "wheels", tmp_path / "venv")
    assert "beside the PyTorch" in said
    find = "import torch, sys; print(torch.__file__); print('\\n'.join(sys.path))"
    command = [str(tmp_path / "venv" / "bin" / "python"), "-E", "-c", find]
    where, *path = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert Path(where).is_relative_to(site)
    own = next(i for i, p in enumerate(path) if p.startswith(str(tmp_path)))
    assert own < path.index(str(ROOT)) < path.index(str(site))
    assert sorted((p.name, p.stat().st_mtime_ns) for p in site.iterdir()) == before


@pytest.mark.parametrize("cuda", [None, "13.0"])
def test_a_torch_for_gpus_needs_what_compiles_for_them(
    cuda: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Python whose torch says so, and in which NVRTC cannot be found."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, torch\n"
        f"torch.version.cuda = {cuda!r}\n"
        "sys.modules['cuda.bindings'] = None  # no such package\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{ROOT}")
    if cuda is None:
        install.check(Path(sys.executable))
        return
    with pytest.raises(install.InstallError, match="one for GPUs, and nothing compiles .* NVRTC, which was"):
        install.check(Path(sys.executable))


def test_it_runs_on_a_python_that_has_nothing_else() -> None:
    """Before anything is installed there is only the standard library."""
    isolated = [sys.executable, "-I", "-S", str(ROOT / "book" / "runs" / "install.py"), "--help"]
    assert "--wheels" in subprocess.run(isolated, capture_output=True, text=True, check=True).stdout


def test_a_python_with_two_numbers_means_a_late_release() -> None:
    """pip takes 3.12 for 3.12.0, which newer packages refuse."""
    assert wheels.release("3.12") == "3.12.99"
    assert wheels.release("3.12.3") == "3.12.3"
    assert wheels.release(None).count(".") == 2


def test_wheels_for_older_systems_are_taken_too() -> None:
    """pip takes a named platform for that alone, and PyTorch's CUDA packages are tagged for many."""
    found = list(wheels.platforms("manylinux_2_28_x86_64"))
    assert found[0] == "manylinux_2_28_x86_64"
    assert {"manylinux_2_27_x86_64", "manylinux_2_18_x86_64", "manylinux_2_5_x86_64"} < set(found)
    assert {"manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64"} < set(found)
    assert list(wheels.platforms("macosx_14_0_arm64")) == ["macosx_14_0_arm64"]


def test_a_folder_with_two_pytorches_is_refused(tmp_path: Path) -> None:
    for version in ("2.12.0", "2.13.0+cpu"):
        (tmp_path / f"torch-{version}-cp311-cp311-linux_x86_64.whl").touch()
    with pytest.raises(install.InstallError, match=r"more than one PyTorch \(2\.12\.0, 2\.13\.0\+cpu\)"):
        install.torch_in(tmp_path)
