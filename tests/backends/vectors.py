"""Every length of vector that this machine can execute, so that one test suite runs over all."""

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lib.backends import compiler, cpu, cpu_run

#: Lanes of float32 and fusing, to the feature of the processor and the flags for the compiler. Twice
#: four: what Arm has, and what x86-64 had before 2013.
X86 = {
    (16, True): ("avx512f", "-march=x86-64-v4 -mprefer-vector-width=512"),
    (8, True): ("avx2", "-march=x86-64-v3"),
    (4, True): ("avx2", "-march=x86-64-v3 -DVECTOR_BYTES=16"),
    (4, False): ("sse4_2", "-march=x86-64-v2"),
}


def executable() -> dict[tuple[int, bool], str]:
    """The compiler's flags for each kind of vector that runs here."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return {(4, True): ""}
    features = set(Path("/proc/cpuinfo").read_text(encoding="utf-8").split())
    return {kind: flags for kind, (feature, flags) in X86.items() if feature in features}


@contextmanager
def compiled_with(flags: str) -> Iterator[None]:
    """The engine compiled so, within this block."""
    remembered = (cpu_run.functions, cpu.missing)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(compiler.CPU_FLAGS, flags)
        for function in remembered:
            function.cache_clear()
        yield
    for function in remembered:
        function.cache_clear()


KINDS = executable()


@pytest.fixture(scope="module", autouse=True, params=KINDS, ids=lambda kind: f"{kind[0]}-{kind[1]}")
def vectors(request: pytest.FixtureRequest) -> Iterator[tuple[int, bool]]:
    """Imported by a test module, it runs all its tests over with each kind of vector."""
    with compiled_with(KINDS[request.param]):
        yield request.param
