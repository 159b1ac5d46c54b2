"""The workers of a Dask scheduler, checked before any work is shared with them (`lib.running.parallel`).

The environment variable GRAYSCOTT_SCHEDULER names the scheduler. Of Dask we ask only to run independent
calls somewhere, and again elsewhere if a worker dies. What makes the results those of this machine is
checked here: every worker has to run this very code, and to keep its results where this machine finds them.
"""

import asyncio
import os
import platform
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy
import scipy
import torch
from tqdm import tqdm

from lib import sources
from lib.features import at_hand
from lib.folders import open_folder

if TYPE_CHECKING:
    import distributed

#: The setting: the scheduler's address, such as tcp://host:8786.
VARIABLE = "GRAYSCOTT_SCHEDULER"

#: Seconds until a silent scheduler counts as absent.
PATIENCE = 10

#: Seconds that a queue may take to start the first worker; the others may come later.
QUEUE_PATIENCE = 600

#: How workers are started, for messages.
START = "dask worker ADDRESS --nthreads 1 --nworkers N"

_connected: "dict[str, tuple[distributed.Client, Environment]]" = {}


class ClusterError(RuntimeError):
    """Work cannot be shared with the workers; the message says why and what to do."""


class Environment(NamedTuple):
    """All that has to be the same everywhere for a call to give the same numbers, and to be found again.

    Args:
        code: fingerprint of all of lib's sources.
        python, torch, numpy, scipy: versions; torch's without the name of its build.
        filters: which filters of the Gram loss are at hand.
        cache: the folder of results.
    """

    code: str
    python: str
    torch: str
    numpy: str
    scipy: str
    filters: str
    cache: str


def address() -> str | None:
    """The scheduler's address, if one is set."""
    return os.environ.get(VARIABLE, "").strip() or None


def connect() -> "tuple[distributed.Client, Environment]":
    """A client of the scheduler, and what every worker has in common with this machine; checked once.

    Raises:
        ClusterError: if nothing answers, no worker comes, or one of them differs.
    """
    where, ours = address(), own_environment()
    assert where is not None
    client, checked = _connected.get(where, (None, None))
    if client is None or client.status != "running":
        client, checked = knock(where), None
    if checked != ours:
        try:
            await_workers(client, where)
            check_threads(client)
            check_environment(client, ours)
            check_folder(client, ours.cache)
        except BaseException:
            _connected.pop(where, None)
            client.close()
            raise
        _connected[where] = client, ours
    return client, ours


def knock(where: str) -> "distributed.Client":
    """A connection to the scheduler."""
    from distributed import Client  # takes half a second, which only those with a cluster should wait

    try:
        # A Client that fails while it is made closes itself when its memory is collected, and can wait there
        # forever for a lock that the thread has already: so none is made until something has answered.
        with ThreadPoolExecutor(1) as aside:  # a notebook's own thread has an event loop running
            aside.submit(asyncio.run, answers(where)).result()
        return Client(where, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise ClusterError(
            f"No Dask scheduler answers at {where}, which {VARIABLE} names ({error}). Start one there with "
            f"`dask scheduler` and workers with `{START}`, correct the address, or unset the variable "
            "to compute on this machine."
        ) from error


async def answers(where: str) -> None:
    """Open a connection that speaks Dask's protocol, and close it."""
    from distributed.comm import connect

    await (await connect(where, timeout=PATIENCE)).close()


def await_workers(client: "distributed.Client", where: str) -> None:
    """Wait for the first worker where there is none, and say so."""
    if client.nthreads():
        return
    try:
        with tqdm(total=1, desc=f"waiting for a worker at {where}", unit="worker") as bar:
            client.wait_for_workers(1, timeout=QUEUE_PATIENCE)
            bar.update()
    except TimeoutError as error:
        raise ClusterError(
            f"The scheduler at {where} had no worker for {QUEUE_PATIENCE} s: start some with `{START}` and "
            f"run the same again, or unset {VARIABLE} to compute on this machine."
        ) from error


def check_threads(client: "distributed.Client") -> None:
    """Refuse workers that run several tasks in one process."""
    for worker, threads in client.nthreads().items():
        if threads != 1:
            raise ClusterError(
                f"The worker {worker} runs {threads} tasks at a time in one process, where they would fight "
                f"over torch's threads: start one process for each core or GPU instead, `{START}`."
            )


def check_environment(client: "distributed.Client", ours: Environment) -> None:
    """Refuse workers that cannot import lib, or differ from this machine."""
    for worker, theirs in client.run(own_environment, on_error="return").items():
        if isinstance(theirs, BaseException):
            raise ClusterError(
                f"The worker {worker} cannot take part ({type(theirs).__name__}: {theirs}). Start workers "
                "with this project's environment (.venv/bin/dask worker) and a checkout of the same code."
            ) from theirs
        refuse_difference(worker, theirs, ours)


def check_folder(client: "distributed.Client", folder: str) -> None:
    """Refuse workers whose folder of results has this machine's folder's name and is another one."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix="shared-") as mark:
        for worker, sees in client.run(os.path.exists, mark.name).items():
            if not sees:
                raise ClusterError(
                    f"The worker {worker} has a folder {folder}, but not the one of this machine, so an "
                    "interrupted run could not go on from its results: set GRAYSCOTT_CACHE, here and for all "
                    "workers, to a folder on a file system that they share."
                )


def own_environment() -> Environment:
    """What this process computes with."""
    return Environment(
        code=sources.digest(sources.SNAPSHOT),
        python=".".join(platform.python_version_tuple()[:2]),
        torch=torch.__version__.split("+")[0],
        numpy=numpy.__version__,
        scipy=scipy.__version__,
        filters=at_hand().label,
        cache=str(open_folder().resolve()),
    )


def refuse_difference(worker: str, theirs: Environment, ours: Environment) -> None:
    """Name the first thing in which a worker differs from the machine that asks."""
    for name, there, here in zip(Environment._fields, theirs, ours, strict=True):
        if there != here:
            raise ClusterError(
                f"The worker {worker} differs in its {name} ({there} there, {here} here), so its results "
                "would not be those of this machine. Start all workers from the same code and environment, "
                "with the same GRAYSCOTT_CACHE and GRAYSCOTT_WEIGHTS, and again after every change."
            )


def ask_all(function: Callable[..., Any], *args: Any) -> list[Any]:
    """What every worker answers to a short call about itself."""
    client, _ = connect()
    return list(client.run(function, *args).values())
