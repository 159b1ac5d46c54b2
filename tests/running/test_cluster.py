"""A cluster of real processes gives the bits of one machine, whatever dies in the middle; or says why not."""

import gc
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import xarray as xr
from distributed import CancelledError, Client, KilledWorker, LocalCluster

from lib.paper import PAPER_START, RESTART
from lib.running import cluster, device, parallel
from lib.running.cluster import ClusterError
from lib.studies.landscapes import sweep
from lib.studies.training import Plan, train_plans
from lib.studies.training.iteration import Recipe

ROOT = Path(__file__).parents[2]
DASK = Path(sys.executable).with_name("dask")
LOOPBACK = ("--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0")

#: Six chunks of a second each: long enough to be hit in the middle of one, and once more if need be.
SLOW = {"k": np.linspace(0.06, 0.065, 12)}
SETTING = {"size": 64, "steps": 60_000, "states": 4}


@contextmanager
def running(*command: str | Path, **environment: str) -> Iterator[None]:
    """A process of Dask's, ended with the block."""
    process = subprocess.Popen(
        [DASK, *command], env=os.environ | environment, cwd=ROOT, start_new_session=True
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # a worker's own farewell can take eight seconds
        process.wait()


def until(condition: Callable[[], Any], seconds: float = 120.0) -> Any:
    """Wait for something to become true; returns it."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.01)
    return found


@pytest.fixture(scope="module")
def workers(tmp_path_factory) -> Iterator[str]:
    """A scheduler and two workers, each a process of its own, as the commands in the book start them."""
    folder = tmp_path_factory.mktemp("cluster")
    file = folder / "scheduler.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRAYSCOTT_CACHE", str(folder / "cache"))
        with running("scheduler", *LOOPBACK, "--port", "0", "--scheduler-file", file):
            found = json.loads(until(lambda: file.exists() and file.read_text()))["address"]
            two = ("--nthreads", "1", "--nworkers", "2", "--local-directory", folder)
            # Workers know of the scheduler too, as they do where a whole shell has the setting.
            with running("worker", found, *LOOPBACK, *two, GRAYSCOTT_SCHEDULER=found):
                with Client(found, set_as_default=False) as client:
                    client.wait_for_workers(2, timeout=60)
                yield found


@pytest.fixture
def scheduler(workers, monkeypatch) -> str:
    """The setting that sends work there."""
    monkeypatch.setenv(cluster.VARIABLE, workers)
    return workers


@pytest.fixture(scope="module")
def expected(tmp_path_factory) -> xr.Dataset:
    """The slow sweep as this machine alone computes it."""
    return sweep.sweep(SLOW, cache=tmp_path_factory.mktemp("alone"), jobs=1, **SETTING)


def same(one: xr.Dataset, other: xr.Dataset) -> None:
    xr.testing.assert_identical(one.drop_attrs(), other.drop_attrs())


def test_nothing_is_lost_with_a_worker_killed_in_the_middle_of_a_chunk(scheduler, expected, tmp_path):
    store = tmp_path  # no other test has put anything there
    with ThreadPoolExecutor(1) as pool, Client(scheduler, set_as_default=False) as client:
        sweeping = pool.submit(sweep.sweep, SLOW, cache=store, **SETTING)
        # On a busy machine a chunk may end between the look and the blow; then the next one is hit.
        assert any(killed_in_the_middle(client) for _ in range(4))
        same(sweeping.result(), expected)
    assert len(chunks_in(tmp_path)) == 6


def killed_in_the_middle(client: Client) -> bool:
    """Kill a worker inside a chunk; whether it died with the task in hand."""

    def deaths(dask_scheduler: Any) -> int:
        return dask_scheduler.tasks[task].suspicious if task in dask_scheduler.tasks else 0

    client.wait_for_workers(2, timeout=60)
    numbers = client.run(os.getpid)
    victim, task = until(lambda: in_the_middle(client))
    os.kill(numbers[victim], signal.SIGKILL)
    until(lambda: victim not in client.nthreads())
    return client.run_on_scheduler(deaths) > 0


def chunks_in(store: Path) -> list[Path]:
    """The results of finished chunks."""
    return list(store.rglob("*compute_chunk/*/*.result"))


def in_the_middle(client: Client) -> tuple[str, str] | None:
    """A worker that is inside a chunk's simulations, and its task."""
    for worker, tasks in client.call_stack().items():
        for task, frames in tasks.items():
            if "in compute_chunk" in "".join(frames) and "in simulate" in "".join(frames):
                return worker, task
    return None


#: In a process of its own, since joblib takes the functions of one with type checks for other functions.
INTERRUPTED = f"""
import os, signal, sys, threading, time
from pathlib import Path
import numpy as np
from lib import landscape
from lib.running import cluster

def finished():
    return len(list(Path(os.environ["GRAYSCOTT_CACHE"]).rglob("*compute_chunk/*/*.result")))

stopped = threading.Event()

def interrupt():
    while not finished():
        time.sleep(0.01)
    while not stopped.is_set():  # as somebody would who sees it go on
        os.kill(os.getpid(), signal.SIGINT)
        stopped.wait(1)

def sweep():
    return landscape.sweep({{"k": np.linspace(0.06, 0.065, 12)}}, **{SETTING})

threading.Thread(target=interrupt, daemon=True).start()
try:
    sweep()
    sys.exit("The sweep came to its end without having been interrupted.")
except KeyboardInterrupt:
    stopped.set()
    while any(cluster.connect()[0].processing().values()):
        time.sleep(0.01)
    before = finished()
    sweep().assign_attrs(before=before).to_netcdf(sys.argv[1], engine="h5netcdf")
"""


def test_an_interrupted_sweep_withdraws_its_calls_and_goes_on_from_its_results(scheduler, expected, tmp_path):
    file = tmp_path / "found.nc"
    subprocess.run([sys.executable, "-c", INTERRUPTED, file], cwd=ROOT, check=True, timeout=300)
    with xr.open_dataset(file) as found:
        same(found.load(), expected)
        assert 0 < found.before < 6
        # What was in hand when the calls were withdrawn may still have been finished.
        assert found.before / 6 <= found.cached < 1


def test_training_runs_and_their_files_are_those_of_one_machine(scheduler, tmp_path, monkeypatch):
    recipe = Recipe(size=32, steps=600, tol=1e-3, batch=3, pool=4, pool_tol=1e-3)
    plans = {"runs": Plan([PAPER_START, RESTART], iterations=3, recipe=recipe)}
    there = train_plans(plans, folder=tmp_path / "there")["runs"]
    monkeypatch.delenv(cluster.VARIABLE)
    here = train_plans(plans, folder=tmp_path / "here", jobs=1)["runs"]
    xr.testing.assert_identical(there.drop_vars("seconds"), here.drop_vars("seconds"))
    names = [{path.name for path in (tmp_path / place).rglob("*.nc")} for place in ("there", "here")]
    assert names[0] == names[1]
    assert len(names[0]) == 2


def test_results_come_in_order_and_arguments_arrive_fresh(scheduler):
    large = np.zeros(10_000)

    def shift(array: np.ndarray, *, by: int) -> float:
        array += by  # as a process of joblib's may, and the next call must not notice
        return float(array[0])

    calls = [joblib.delayed(shift)(large, by=n) for n in range(20)]
    assert list(parallel.results(calls)) == list(range(20))
    assert not large.any()


def test_a_call_may_itself_have_calls_to_share_out(scheduler):
    def inner(n: int) -> list[int]:
        return list(parallel.results(joblib.delayed(abs)(-i) for i in range(n)))

    assert list(parallel.results(joblib.delayed(inner)(n) for n in (1, 2, 3))) == [[0], [0, 1], [0, 1, 2]]


def test_an_error_in_a_call_is_raised_as_it_was(scheduler):
    with pytest.raises(ZeroDivisionError):
        list(parallel.results([joblib.delayed(divmod)(1, 0)]))


def test_a_call_that_kills_its_workers_and_a_lost_scheduler_are_answered_with_sentences():
    class Lost:
        """A future that ends in an error."""

        def __init__(self, error: Exception) -> None:
            self.error = error

        def result(self) -> bytes:
            raise self.error

    with pytest.raises(ClusterError, match="4 workers died over the same call"):
        parallel.received(Lost(KilledWorker("task", None, 3)))
    with pytest.raises(ClusterError, match="went away or was restarted"):
        parallel.received(Lost(CancelledError("task")))


def test_the_device_is_the_workers(scheduler):
    assert device.pick("auto") == device.pick("cpu") == "cpu"
    with pytest.raises(ValueError, match="none of the 2 workers"):
        device.pick("cuda")


def test_workers_of_two_kinds_are_refused(monkeypatch):
    monkeypatch.setenv(cluster.VARIABLE, "tcp://somewhere:8786")
    monkeypatch.setattr(cluster, "ask_all", lambda question: [True, True, False, True])
    with pytest.raises(ValueError, match="3 of 4 workers"):
        device.pick("auto")
    monkeypatch.setattr(cluster, "ask_all", lambda question: [True, True])
    assert device.pick("auto") == device.pick("cuda") == "cuda"


def test_a_wrong_address_is_answered_with_a_sentence_and_leaves_nothing_behind(monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    before = clients()
    for wrong in ("tcp://127.0.0.1:9", "nowhere", "ftp://127.0.0.1:9"):
        monkeypatch.setenv(cluster.VARIABLE, wrong)
        with pytest.raises(ClusterError, match=f"No Dask scheduler answers at {wrong}"):
            list(parallel.results([joblib.delayed(abs)(-1)]))
    assert clients() <= before  # one that failed could stop the whole process when its memory is collected


def clients() -> set[int]:
    """The clients that are in memory."""
    return {id(thing) for thing in gc.get_objects() if type(thing) is Client}


@pytest.fixture
def lonely(monkeypatch, tmp_path) -> Iterator[LocalCluster]:
    """A scheduler without workers."""
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path / "cache"))
    with LocalCluster(n_workers=0, processes=False, protocol="tcp", dashboard_address=None) as found:
        monkeypatch.setenv(cluster.VARIABLE, found.scheduler_address)
        yield found


def test_a_scheduler_without_workers_is_not_waited_for_forever(lonely, monkeypatch):
    monkeypatch.setattr(cluster, "QUEUE_PATIENCE", 0.5)
    with pytest.raises(ClusterError, match=r"had no worker for 0.5 s"):
        list(parallel.results([joblib.delayed(abs)(-1)]))


def test_workers_with_several_threads_are_refused(lonely):
    lonely.scale(1)
    lonely.wait_for_workers(1)
    with pytest.raises(ClusterError, match="tasks at a time in one process"):
        list(parallel.results([joblib.delayed(abs)(-1)]))


def test_workers_with_other_code_are_refused(lonely, tmp_path):
    copy = shutil.copytree(ROOT / "lib", tmp_path / "lib", ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / "studies" / "training" / "iteration.py").open("a") as file:
        file.write("\n# A change.\n")
    setting = ("--no-nanny", "--nthreads", "1", "--local-directory", tmp_path)
    with (
        running("worker", lonely.scheduler_address, *LOOPBACK, *setting, PYTHONPATH=str(tmp_path)),
        pytest.raises(ClusterError, match=r"differs in its code .* the same code and environment"),
    ):
        list(parallel.results([joblib.delayed(abs)(-1)]))


def test_a_folder_of_the_same_name_on_another_disk_is_refused(tmp_path):
    class Elsewhere:
        """A client of one worker that does not see this machine's files."""

        def run(self, function: Callable[[str], bool], name: str) -> dict[str, bool]:
            assert function(name)
            return {"tcp://1.2.3.4:5": False}

    with pytest.raises(ClusterError, match="a file system that they share"):
        cluster.check_folder(Elsewhere(), str(tmp_path))
    assert not list(tmp_path.iterdir())
