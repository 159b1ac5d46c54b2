"""results(): many delayed calls in, their results out in order, computed side by side.

On one machine joblib spreads them over processes, or over threads that share a GPU
(`lib.running.gpu_threads`). Where the environment variable GRAYSCOTT_SCHEDULER names a Dask scheduler
(tcp://host:8786), its workers compute the same calls instead (`lib.running.cluster`). The results are the
same bits either way, and no caller knows the difference.
"""

import hashlib
import os
import pickle
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any

import cloudpickle
import joblib
import torch
from joblib.externals.loky.process_executor import TerminatedWorkerError

from lib.backends import offload
from lib.inputs import whole
from lib.running import cluster, gpu_threads
from lib.running.cluster import ClusterError, Environment

if TYPE_CHECKING:
    import distributed

#: What `joblib.delayed` makes: function, positional arguments, keyword arguments.
Call = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]

#: Arguments larger than this, in bytes, are sent once, however many calls they appear in.
LARGE = 20_000


#: More processes than any machine has cores: a slip of the keyboard.
MOST_JOBS = 4096


class WorkerDied(RuntimeError):
    """A process of this machine died over a call; the message says what to do."""


_inside: ContextVar[bool] = ContextVar("inside a worker's task", default=False)


def results(calls: Iterable[Call], jobs: int = -1, *, threads: int | None = None) -> Iterator[Any]:
    """Compute all calls, or load those that are kept, and hand over the results in the calls' order.

    Args:
        calls: functions with their arguments, as `joblib.delayed` makes them; results are kept by
            `lib.running.kept`, not here.
        jobs: processes on this machine; −1 for one per core. A cluster uses all the workers it has.
        threads: of torch and BLAS in each process, where most of the work is theirs, SciPy's, or simulation
            in float64: always processes, since threads would wait for the interpreter. By default it is
            simulation in float32: it goes to a GPU in use, else processes share out the cores. A cluster's
            tasks have one thread each.

    Raises:
        ClusterError: if there is a scheduler, and the work cannot be shared with its workers.
        WorkerDied: if a process on this machine was ended from outside.
    """
    if _inside.get():
        jobs = 1  # the cluster's cores are taken, by calls like the one that asks
    elif cluster.address():
        return on_cluster(calls)
    if threads is None:
        if jobs != 1 and offload.wanted():
            return gpu_threads.side_by_side(calls, gpu_threads.TOGETHER)
        processes = joblib.Parallel(n_jobs=jobs, batch_size=1, return_as="generator")
    else:
        with joblib.parallel_config(backend="loky", inner_max_num_threads=threads):
            processes = joblib.Parallel(n_jobs=jobs, batch_size=1, return_as="generator")
    owner = os.getpid()
    # Begun here and not at the first result that is asked for: what is known is loaded meanwhile.
    return told(processes((guarded, (owner, *call), {}) for call in calls))


def jobs_of(value: Any) -> int:
    """How many processes: a number from 1, or −1 for one per core, −2 for one less, and so on.

    Raises:
        ValueError: for anything else.
    """
    jobs = whole("jobs", value)
    if jobs == 0 or abs(jobs) > MOST_JOBS:
        raise ValueError(
            f"jobs is {jobs}: give a number of processes from 1 to {MOST_JOBS}, or -1 for one per core."
        )
    return jobs


def told(found: Iterator[Any]) -> Iterator[Any]:
    """The same results; a process that died is told in a sentence.

    Raises:
        WorkerDied: where one did.
    """
    try:
        yield from found
    except TerminatedWorkerError as error:
        raise WorkerDied(
            "A process that computed was ended from outside, most often because memory ran out. What was "
            "finished is kept: run the same again to continue, or with fewer processes side by side (of the "
            "book: AT_ONCE=1)."
        ) from error


def guarded(owner: int, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Make a call; in a process of its own, which ends when the one that asked is gone."""
    if os.getpid() != owner:
        end_with(owner)
    return function(*args, **kwargs)


@cache
def end_with(owner: int) -> None:
    """From here on look whether the process that started this one is there, once a second."""
    if os.getppid() == owner:
        threading.Thread(target=watch, args=(owner,), daemon=True).start()


def watch(owner: int) -> None:
    """Killed, a process cannot tell its children, and they would compute on for nobody."""
    while os.getppid() == owner:
        time.sleep(1.0)
    os._exit(1)


def on_cluster(calls: Iterable[Call]) -> Iterator[Any]:
    """The results in order, computed by the workers.

    Stopped in the middle, it withdraws what has not begun; what has been finished is in the cache.
    """
    client, environment = cluster.connect()
    shared: dict[str, distributed.Future] = {}
    waiting = deque(send(call, client, environment, shared) for call in calls)
    try:
        while waiting:
            yield received(waiting[0])
            # The worker can forget the result. Not left to `__del__`, where a Ctrl-C would be lost.
            waiting.popleft().release()
    finally:
        if waiting and client.status == "running":
            client.cancel(list(waiting))


def send(
    call: Call,
    client: "distributed.Client",
    environment: Environment,
    shared: dict[str, "distributed.Future"],
) -> "distributed.Future":
    """Hand a call to the scheduler.

    Function and arguments travel as pickles of their own, which every call unpacks anew, as joblib's
    processes do: nothing that one call does to its arguments is seen by another.
    """
    function, args, kwargs = call
    pieces = [(environment, tuple(kwargs), offload.wanted()), function, *args, *kwargs.values()]
    return client.submit(perform, *(packed(piece, client, shared) for piece in pieces), pure=False)


def packed(
    piece: Any, client: "distributed.Client", shared: dict[str, "distributed.Future"]
) -> "bytes | distributed.Future":
    """A pickle, or, where it is large, a reference to one that workers pass on to each other.

    The reference is to the result of a task, not to data scattered over the workers: the scheduler can make
    that again after all that held it have died.
    """
    import dask

    data = cloudpickle.dumps(piece)
    if len(data) <= LARGE:
        return data
    name = f"shared-{hashlib.sha256(data).hexdigest()}"
    if name not in shared:
        # Dask warns of large data because it expects them in every call; these are sent once.
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TiB"}):
            shared[name] = client.submit(bytes, data, key=name)
    return shared[name]


def perform(*parts: bytes) -> bytes:
    """Run a call in a worker, for its result as a pickle. Workers that came late are checked here."""
    from distributed import get_worker

    expected, names, on_gpu = pickle.loads(parts[0])
    cluster.refuse_difference(get_worker().address, first_environment(), expected)
    torch.set_num_threads(1)  # of this thread: a worker runs its task beside its main one
    offload.want("cuda" if on_gpu else "cpu")
    function, *values = map(pickle.loads, parts[1:])
    positional = len(values) - len(names)
    token = _inside.set(True)
    try:
        found = function(*values[:positional], **dict(zip(names, values[positional:], strict=True)))
    finally:
        _inside.reset(token)
    return cloudpickle.dumps(found)


@cache
def first_environment() -> Environment:
    """What this worker computes with, as it was at its first task: its code does not change after that."""
    return cluster.own_environment()


def received(future: "distributed.Future") -> Any:
    """Wait for a result; an error of the call is raised here as it was there."""
    from distributed import CancelledError, KilledWorker

    try:
        return pickle.loads(future.result())
    except KilledWorker as error:
        raise ClusterError(
            f"{error.allowed_failures + 1} workers died over the same call, most often because memory ran "
            "out. What was finished is kept. Give each worker more memory and run the same again; if workers "
            "die for other reasons, such as a queue's time limit, start the scheduler with the environment "
            "variable DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES=100."
        ) from error
    except CancelledError as error:
        raise ClusterError(
            f"The scheduler at {cluster.address()} went away or was restarted. What was finished is kept: "
            "start scheduler and workers again, and run the same again."
        ) from error
