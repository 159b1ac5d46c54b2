"""Fixed prices of work that is no simulation are about what it takes beside the simulator on this machine."""

import time
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import torch

from lib import residual
from lib.model import Params
from lib.residual import denoise
from lib.residual import elimination as eliminated
from lib.running.threads import single_thread
from lib.studies.inversion import prices, resistance
from lib.studies.inversion.budget import cell_steps_per_second
from lib.studies.inversion.density import fitted
from lib.studies.inversion.methods import (
    elimination,
    neural_posterior,
    reverse_network,
    reverse_surrogate,
    sparse_terms,
    time_surrogate,
)
from lib.studies.inversion.problems import Data, problem
from lib.studies.inversion.recovery import to_box
from lib.studies.inversion.spectra import Spectra
from lib.studies.inversion.statistics import Statistics

SIDE, PICTURES = 64, 64
CELLS = SIDE**2

#: Work and the cell-steps that are asked for it.
Job = tuple[Callable[[], object], float]


@cache
def data() -> Data:
    return problem("maze", "S2", 0, size=SIDE, steps=4000).data


def fields() -> tuple[torch.Tensor, torch.Tensor]:
    """u and v, (height, width)."""
    seen = data()
    assert seen.u is not None
    return torch.as_tensor(seen.u[-1]), torch.as_tensor(seen.v[-1])


def pictures() -> torch.Tensor:
    return fields()[1].expand(PICTURES, -1, -1) + 0.01 * torch.rand(PICTURES, SIDE, SIDE)


def statistics() -> Job:
    x = pictures()
    return lambda: Statistics(data()).loss(x, x), prices.STATISTICS * 2 * PICTURES * CELLS


def spectrum() -> Job:
    x = pictures()
    return lambda: Spectra(data()).loss(x, x), prices.SPECTRUM * 2 * PICTURES * CELLS


def resistances() -> Job:
    v = fields()[1].double().numpy()
    return lambda: resistance.features(v), prices.RESISTANCE * CELLS


def residual_fit() -> Job:
    return lambda: residual.fit(*fields()), prices.RESIDUAL * CELLS


def weak_form() -> Job:
    u, v = fields()
    smooth = denoise.gaussian_transfer(1.0)
    return lambda: denoise.fit(u, v, transfer=smooth, noise=denoise.levels(u, v)), prices.WEAK * CELLS


def sparse() -> Job:
    u, v = (x.double() for x in fields())
    return lambda: sparse_terms.identified(sparse_terms.State(u, v)), prices.SPARSE * CELLS


def elimination_of_u() -> Job:
    v, start = fields()[1], Params(*map(float, to_box(np.array([0.5, 0.5, 0.5, 0.5]))))

    def work() -> eliminated.Elimination:
        level = denoise.noise_level(v)
        return eliminated.fit_v(v, start=start, width=elimination.WIDTH, noise=level)

    return work, prices.ELIMINATION * work().solves * CELLS


def kernel() -> Job:
    x, y = np.random.default_rng(0).random((200, 18)), np.random.default_rng(1).random((200, 4))
    return lambda: reverse_surrogate.fitted(x, y), prices.KERNEL * 200**3


def convolutions() -> Job:
    rng = np.random.default_rng(0)
    x, y = rng.random((40, SIDE, SIDE)).astype(np.float32), rng.random((40, 4))
    paid = prices.CONVOLUTIONS * reverse_network.BATCH * 20 * CELLS
    return lambda: reverse_network.fitted(x, y, 0, 20), paid


def density() -> Job:
    x, y = np.random.default_rng(0).random((200, 17)), np.random.default_rng(1).random((200, 4))
    return lambda: fitted(x, y, seed=0, steps=100, components=1), prices.DENSITY * 100


def draws() -> Job:
    x, y = np.random.default_rng(0).random((200, 17)), np.random.default_rng(1).random((200, 4))
    taught, seen = fitted(x, y, seed=0, steps=1, components=1), torch.as_tensor(x[:1]).float()
    count = neural_posterior.DRAWS
    return lambda: taught.sample(seen, count, 0), prices.DRAW * count


def lessons() -> time_surrogate.Lessons:
    rng = np.random.default_rng(0)
    return time_surrogate.Lessons(rng.random((600, 5)), rng.random((600, 34)), 1.0)


def surrogate() -> Job:
    known = lessons()
    return lambda: time_surrogate.fitted(known, 0, 200), prices.SURROGATE * 200


def descents() -> Job:
    network, goal = time_surrogate.fitted(lessons(), 0, 1), Statistics(data())
    starts = torch.rand(time_surrogate.STARTS, 5)
    paid = prices.DESCENT * time_surrogate.STEPS
    return lambda: time_surrogate.descended(network, goal, starts), paid


JOBS = (
    statistics, spectrum, resistances, residual_fit, weak_form, sparse, elimination_of_u, kernel,
    convolutions, density, draws, surrogate, descents,
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.__name__)
def test_a_price_is_about_what_this_machine_takes(job: Callable[[], Job]):
    with single_thread():
        work, paid = job()
        work()
        ratios = []
        for _ in range(5):  # simulator and work by turns, since what runs beside them slows both
            speed = cell_steps_per_second.__wrapped__()
            begin = time.thread_time()  # what other threads of linear algebra wait is no work
            work()
            ratios.append(paid / (speed * (time.thread_time() - begin)))
    # One price for every machine: where vectors are half as wide, simulations lose more than other work does.
    assert 0.3 < float(np.median(ratios)) < 4, ratios
