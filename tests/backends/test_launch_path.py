"""How kernels reach the driver, without a GPU: `on_mock_driver` in a process whose libcuda.so.1 is a mock."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lib.backends import cuda_compile
from lib.backends.cuda_compile import Machine
from tests.backends.emulated import built, cplusplus

ROOT = Path(__file__).resolve().parents[2]
SOURCE = Path(__file__).with_name("mock_driver.cpp")
TESTS = Path(__file__).with_name("on_mock_driver.py")


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or not importlib.util.find_spec("cuda"),
    reason="cuda-bindings exist for Linux here",
)
def test_launches_agree_with_the_machine_code_and_refusals_are_said(tmp_path):
    """Arguments, shared memory, clusters, streams, errors; the tests' own names say which."""
    flags = ["-std=c++17", "-O1", "-shared", "-fPIC", "-Wl,-soname,libcuda.so.1"]
    library = tmp_path / "libcuda.so.1"
    subprocess.run([*cplusplus(), *flags, str(SOURCE), "-ldl", "-o", str(library)], check=True)
    for size, ring in ((64, 8), (128, 8), (128, 4), (256, 8)):
        cuda_compile.cubin(Machine("sm_90", size, ring))
        built(size)
    paths = [str(tmp_path), *filter(None, [os.environ.get("LD_LIBRARY_PATH")])]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(TESTS)],
        cwd=ROOT,
        env=os.environ
        | {"LD_LIBRARY_PATH": os.pathsep.join(paths), "COMPILED_BEFORE": os.environ["GRAYSCOTT_CACHE"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
