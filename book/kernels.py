"""The surroundings of kernels and Sphinx: the same for everybody, whatever they have set for their own work.

A user's backend of matplotlib, start-up files of IPython or threads of BLAS would change pages or digits.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matplotlib import get_data_path

#: One thread each: experiments run side by side, and the order of a sum depends on the threads that share it.
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

#: Settings that stay out: whatever Python, IPython, Jupyter, Sphinx, joblib and torch would take from them.
UNSET = (
    "PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONOPTIMIZE", "PYTHONDEVMODE", "PYTHONHASHSEED", "PYTHONHOME",
    "PYTHONBREAKPOINT", "PYTHONPROFILEIMPORTTIME", "PYTHONTRACEMALLOC", "PYTHONIOENCODING", "JUPYTER_PATH",
    "JUPYTER_CONFIG_PATH", "JUPYTER_PREFER_ENV_PATH", "JUPYTER_PLATFORM_DIRS", "JOBLIB_START_METHOD",
    "LOKY_MAX_CPU_COUNT", "LOKY_MAX_DEPTH", "LOKY_PICKLER", "OMP_SCHEDULE", "OMP_DYNAMIC", "MKL_CBWR",
    "MKL_DYNAMIC", "GOTO_NUM_THREADS", "OPENBLAS_CORETYPE", "ATEN_CPU_CAPABILITY", "TORCH_LOGS",
    "TORCH_SHOW_CPP_STACKTRACES", "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE", "CUBLAS_WORKSPACE_CONFIG",
    "NVIDIA_TF32_OVERRIDE", "SOURCE_DATE_EPOCH", "QT_API", "LC_ALL", "LC_COLLATE", "LC_MESSAGES",
    "LC_NUMERIC", "LC_TIME", "LANGUAGE",
)  # fmt: skip


@contextmanager
def clean_settings(folder: Path) -> Iterator[None]:
    """Set this process's environment, which kernels inherit, for a while.

    Args:
        folder: an empty one, where Jupyter and IPython will find no settings, and leave theirs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = dict(os.environ)
    for name in UNSET:
        os.environ.pop(name, None)
    os.environ.update(dict.fromkeys(THREADS, "1"))
    os.environ.update(
        # joblib replaces a worker that has grown, as ours do on purpose: they keep memory for the next
        # gradient. No call is lost, and nobody has to do anything.
        PYTHONWARNINGS="ignore:A worker stopped while some jobs:UserWarning",
        PYTHONUTF8="1",
        PYTHONNOUSERSITE="1",
        MPLBACKEND="module://matplotlib_inline.backend_inline",
        MATPLOTLIBRC=str(Path(get_data_path()) / "matplotlibrc"),
        IPYTHONDIR=str(folder / "ipython"),
        JUPYTER_CONFIG_DIR=str(folder / "jupyter"),
        JUPYTER_DATA_DIR=str(folder / "jupyter"),
        JUPYTER_NO_CONFIG="1",
    )
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
