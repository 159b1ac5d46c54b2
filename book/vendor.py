"""The scripts of other projects that the book carries along, so that a page never asks another host.

    python -m book.vendor             check every file against the manifest
    python -m book.vendor --refresh   fetch all of them again and write a new manifest

Packages come by name through `npm pack` or from the installed Python wheels; what is kept of each,
with its licence and the SHA-256 of every file, stands in `book/_static/vendor/manifest.json`.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

VENDOR = Path(__file__).parent / "_static" / "vendor"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Package:
    """One project whose files we carry.

    Args:
        name, version: as its registry knows it.
        licence: SPDX name.
        registry: "npm", or "wheel" for what `requirements.txt` has installed.
        files: where a file or folder of the package goes below `vendor/`, one place or several.
    """

    name: str
    version: str
    licence: str
    registry: str
    files: dict[str, str | tuple[str, ...]] = field(default_factory=dict)


PACKAGES = (
    Package("requirejs", "2.3.8", "MIT", "npm", {"require.js": "require.js"}),
    Package(
        "mathjax",
        "3.2.2",
        "Apache-2.0",
        "npm",
        {
            # Not es5/sre, es5/a11y and es5/ui: speech and menus, larger than all the rest.
            "es5/tex-chtml.js": "mathjax/tex-chtml.js",
            "es5/input/tex": "mathjax/input/tex",
            "es5/output/chtml": "mathjax/output/chtml",
            "LICENSE": "mathjax/LICENSE",
        },
    ),
    Package(
        "@jupyter-widgets/html-manager",
        "1.0.15",
        "BSD-3-Clause",
        "npm",
        {
            "dist/embed-amd.js": "@jupyter-widgets/html-manager/dist/embed-amd.js",
            "dist/embed.js.LICENSE.txt": "@jupyter-widgets/html-manager/BUNDLED-LICENCES.txt",
            # Font Awesome's solid icons, on buttons; the two bundled copies look in two places.
            "dist/1551f4f60c37af51121f.woff2": (
                "@jupyter-widgets/html-manager/dist/1551f4f60c37af51121f.woff2",
                "@jupyter-widgets/1551f4f60c37af51121f.woff2",
            ),
        },
    ),
    Package(
        "@fortawesome/fontawesome-free",
        "5.15.4",
        "OFL-1.1",
        "npm",
        {"LICENSE.txt": "@jupyter-widgets/font-awesome-LICENSE.txt"},
    ),
    # The npm package above names its licence without carrying the text: it is this project's too.
    Package(
        "ipywidgets",
        "8.1.9",
        "BSD-3-Clause",
        "wheel",
        {"ipywidgets-8.1.9.dist-info/licenses/LICENSE": "@jupyter-widgets/html-manager/LICENSE"},
    ),
    Package(
        "@fontsource-variable/source-serif-4",
        "5.3.1",
        "OFL-1.1",
        "npm",
        {
            "files/source-serif-4-latin-wght-normal.woff2": "source-serif-4/latin.woff2",
            "files/source-serif-4-latin-wght-italic.woff2": "source-serif-4/latin-italic.woff2",
            "files/source-serif-4-greek-wght-normal.woff2": "source-serif-4/greek.woff2",
            "LICENSE": "source-serif-4/LICENSE",
        },
    ),
    Package(
        "anywidget",
        "0.11.0",
        "MIT",
        "wheel",
        {
            "anywidget/nbextension/index.js": "anywidget.js",
            "anywidget-0.11.0.dist-info/licenses/LICENSE": "anywidget-LICENSE",
        },
    ),
)


def main() -> int:
    """Verify, or refresh and verify; the exit status says whether every file is what it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--refresh", action="store_true", help="fetch every file again")
    if parser.parse_args().refresh:
        refresh(VENDOR)
    complaints = list(verify(VENDOR))
    print("\n".join(complaints) or f"{len(checksums(VENDOR))} vendored files are what the manifest says.")
    return 1 if complaints else 0


def verify(folder: Path) -> Iterator[str]:
    """One sentence for each file that is missing, altered or unknown."""
    expected = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["sha256"]
    found = checksums(folder)
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            yield f"{name} is missing from {folder.name}/: run `python -m book.vendor --refresh`."
        elif name not in expected:
            yield f"{name} is not in the manifest: remove it, or add it to PACKAGES in book/vendor.py."
        elif found[name] != expected[name]:
            yield f"{name} has been altered: fetch it again with `python -m book.vendor --refresh`."


def checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below the folder, by path, the manifest itself excepted."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != MANIFEST)
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


def refresh(folder: Path) -> None:
    """Fetch all packages, lay their files out and write the manifest."""
    with tempfile.TemporaryDirectory() as scratch:
        for package in PACKAGES:
            root = unpack(package, Path(scratch)) if package.registry == "npm" else site_packages(package)
            for source, targets in package.files.items():
                for target in (targets,) if isinstance(targets, str) else targets:
                    copy(root / source, folder / target)
    packages = [{"name": p.name, "version": p.version, "licence": p.licence} for p in PACKAGES]
    manifest = {"packages": packages, "sha256": checksums(folder)}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def unpack(package: Package, scratch: Path) -> Path:
    """Folder with the contents of an npm package."""
    if not (npm := shutil.which("npm")):
        sys.exit("npm is not installed, and the vendored scripts come from its registry: install Node.js.")
    command = [npm, "pack", "--silent", f"{package.name}@{package.version}"]
    archive = subprocess.run(
        command, cwd=scratch, check=True, capture_output=True, encoding="utf-8"
    ).stdout.split()[-1]
    target = scratch / archive.removesuffix(".tgz")
    with tarfile.open(scratch / archive) as tar:
        tar.extractall(target, filter="data")
    return target / "package"


def site_packages(package: Package) -> Path:
    """Folder that holds an installed wheel's files, at exactly the version we carry."""
    if (installed := metadata.version(package.name)) != package.version:
        sys.exit(
            f"{package.name} {installed} is installed, but {package.version} is carried: run `make env`."
        )
    return Path(str(metadata.distribution(package.name).locate_file("")))


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder, replacing what was there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)


if __name__ == "__main__":
    sys.exit(main())
