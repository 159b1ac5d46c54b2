"""The numbers of Section 3's claims, on runs made by hand: what was not measured is no number."""

import dataclasses

import numpy as np
import pytest
import torch
import xarray as xr

from lib.coordinates import to_params
from lib.paper import SAMPLED_SETS
from lib.simulate import Outcome
from lib.studies.training.acceptance import Refusal
from lib.studies.training.iteration import Recipe, step
from lib.studies.training.recorded_trajectory import approach
from lib.studies.training.seven_sets import seven_sets
from lib.studies.training.sizes import sizes
from lib.studies.training.stays import drops, stays
from lib.studies.training.steadiness import steadiness
from lib.studies.training.summary import further_steps, search, summarise, visits
from lib.studies.training.trace import Signal
from lib.studies.training.tries import tries
from tests.studies.training.traces import trace, with_losses

NOISE = 260 + np.random.default_rng(0).normal(size=(3, 40))
PATTERN = [Outcome.PATTERN] * 2


def falling(length: int = 40) -> list[float]:
    return np.linspace(257, 12, length).tolist()


def test_noise_in_the_band_is_steady_and_a_slide_is_not():
    quiet = steadiness(with_losses(*NOISE.tolist()), planned=40)
    assert (quiet.inside, quiet.downward) == (1, 0)
    slide = steadiness(with_losses(falling(), falling(), falling()), planned=40)
    assert slide.downward == 1
    assert slide.inside < 0.1
    assert slide.tau == pytest.approx(-1)


def test_every_loss_counts_wherever_the_run_was():
    """A slide among patterns is a trend too: the paper's claim is about whole runs."""
    rows = [{"loss": loss, "outcome": PATTERN} for loss in falling()]
    run = trace(rows)
    three = xr.concat([run] * 3, "run")
    assert steadiness(three, planned=40).downward == 1


def test_an_iteration_without_a_loss_lies_outside_the_band():
    lost = NOISE.copy()
    lost[:, ::2] = np.nan
    assert steadiness(with_losses(*lost.tolist()), planned=40).inside == 0.5


def test_few_or_short_runs_say_nothing():
    assert steadiness(with_losses(*NOISE[:2].tolist()), planned=40).inside is None
    short = steadiness(with_losses(*NOISE.tolist()), planned=29)
    assert (short.inside, short.downward, short.tau) == (None, None, None)


def test_a_run_that_gave_up_is_judged_by_what_it_had():
    found = steadiness(with_losses(falling(40), falling(10), falling(3)), planned=40)
    assert found.tested == 2
    assert found.downward is None, "two runs are too few"
    assert found.iterations == 53


def test_a_drop_is_decided_when_it_climbs_back_or_lasts():
    back, stayed, cut = [260, 20, 260, 260], [260] + [20] * 11, [260, 260, 20]
    found = drops([with_losses(back, stayed, cut)], level=130)
    assert (found.drops, found.decided, found.back, found.stayed, found.cut) == (3, 2, 1, 1, 1)
    assert found.recovered is None, "two decided drops make no share"
    many = drops([with_losses(*[back] * 9, stayed)], level=130)
    assert many.recovered == 0.9
    assert many.length == 1
    assert many.covered == pytest.approx((9 + 11) / (9 * 4 + 12))


def test_a_drop_that_ends_in_the_frozen_corner_is_neither_back_nor_decided():
    corner = {"loss": 23.0, "outcome": PATTERN, "params": [0.2, 2e-15, 0.1, 1e-12], "steps": [66] * 2}
    run = trace([{}, {"loss": 20.0}, *[corner] * 16])
    found = drops([run], level=130)
    assert (found.drops, found.decided, found.cornered, found.cut) == (1, 0, 1, 0)
    assert found.covered == pytest.approx(1 / 18)


def test_a_run_that_begins_low_has_not_dropped():
    assert drops([with_losses([20, 260, 260])], level=130).drops == 0


def test_a_stay_that_the_end_cut_short_decides_nothing():
    runs = [[PATTERN, [0, 0]]] * 5 + [[[0, 0], PATTERN]]
    three = xr.concat([trace([{"outcome": o, "loss": 20.0} for o in run]) for run in runs], "run")
    found = stays(three, 130, planned=30)
    assert (found.stays, found.decided, found.median) == (6, 5, 1)
    assert stays(three, 130, planned=29).median is None


def test_tried_steps_lead_where_the_optimiser_would_go():
    """The same step by torch, try by try; the repeated base rate counts once."""
    recipe = Recipe()
    unconstrained, gradient = torch.tensor([-2.0, -2.0, 0.0, 0.0]), torch.tensor([-200.0, 0.0, 1.0, 0.0])
    tried, codes = [0.012, 0.0012, 0.012], [int(Refusal.IMPOSSIBLE), 0, int(Refusal.IMPOSSIBLE)]
    row = {
        "unconstrained": unconstrained.tolist(),
        "gradient": gradient.tolist(),
        "tried": tried,
        "refusal": codes,
    }
    found = tries(trace([row] * 50), recipe, top=0.4)
    there = [to_params(step(unconstrained, gradient, rate, recipe)) for rate in tried[:2]]
    beyond = np.mean([float(params.Du) > 0.25 for params in there])
    assert beyond == 0.5
    assert (found.tries, found.beyond) == (100, beyond)
    assert tries(trace([row] * 49), recipe, top=0.4).beyond is None


def test_the_strip_lies_between_the_bound_and_the_rule_of_thumb():
    recipe = Recipe(weight_decay=0.0)
    unconstrained = [float(np.log(np.expm1(0.24))), -2.0, 0.0, 0.0]
    row = {
        "unconstrained": unconstrained,
        "gradient": [0.0] * 4,
        "tried": [0.1, np.nan],
        "refusal": [int(Refusal.NOT_FINITE), -1],
    }
    found = tries(trace([row] * 100), recipe, top=0.4)
    assert (found.beyond, found.strip, found.lost) == (0, 1, 1)
    assert tries(trace([row] * 100), recipe, top=0.1).strip == 0


def quiet_runs(**more: xr.Dataset) -> dict[str, xr.Dataset]:
    run = with_losses(*NOISE.tolist())
    names = ("text", "windowed", "code", "windowed code", "rate × 0.1", "rate × 10")
    return dict.fromkeys(names, run) | more


def test_without_a_search_as_long_as_the_papers_nothing_is_said_about_its_length():
    nobody = visits(quiet_runs()["text"], 130)
    assert search(quiet_runs(), Recipe(), nobody).long_found is None
    short = with_losses([260.0] * 8_917)
    assert search(quiet_runs(long=short), Recipe(), nobody).long_found is None
    assert search(quiet_runs(long=with_losses([260.0] * 8_918)), Recipe(), nobody).long_found == 1


def test_runs_at_the_papers_rate_and_at_others_are_counted_apart():
    runs = quiet_runs() | {"rate × 0.1": with_losses([260.0] * 4), "rate × 10": with_losses([260.0] * 3)}
    found = search(runs, Recipe(), visits(runs["text"], 130))
    assert (found.base_runs, found.base_longest, found.other_runs, found.other_longest) == (3, 40, 2, 4)


def test_a_run_that_never_falls_silent_has_no_first_silent_iteration():
    loud = trace([{}, {}])
    assert further_steps(loud, loud).silent_from is None
    dead = trace([{}, {"signal": Signal.DEAD}])
    assert further_steps(dead, loud).silent_from == 1
    assert further_steps(trace([{}]), loud).Du is None


def test_a_region_never_visited_has_no_length():
    heights = {"spectral": np.full(4, 260.0), "windowed": np.full(4, 230.0)}
    found = summarise(quiet_runs(), sizes("quick"), heights=heights, expected=(255.0, 265.0), top=0.4)
    assert found.search.step is None
    assert found.visits.pattern.share is None
    assert found.stays.median is None
    assert found.residence.trivial == 1
    assert set(found.plain.numbers()) == {
        f"{recipe}_{field.name}"
        for recipe in ("text", "code")
        for field in dataclasses.fields(found.plain.text)
    }


def test_the_middle_is_empty_where_every_run_lies_on_one_side():
    places = [str(i) for i in range(7)]
    names = (
        "loss",
        "loss_lower",
        "loss_upper",
        "spots",
        "steps",
        "converged",
        "share",
        "low",
        "high",
        "batches",
    )
    audit = xr.Dataset({name: ("place", np.ones(7)) for name in names}, coords={"place": places})
    windowed = audit.assign(loss=("place", [230.0, 230, 5, 0, 220, 210, 200]))
    full = xr.Dataset(
        {"windowed": (("point", "state"), np.array([[230.0] * 4] * 6 + [[17.0, 18.0, 16.0, 210.0]]))}
    )
    field = xr.Dataset({"windowed": ("k", [230.0, 120, np.nan]), "loss": ("k", [250.0, 250, 250])})
    heights = {"spectral": np.full(4, 250.0), "windowed": np.full(4, 230.0)}
    found = seven_sets(audit, windowed, full, field, sizes("smoke"), heights)
    assert found.between_sets == 0
    assert (found.between_full, found.full_runs) == (0, 28), "a mean over both sides lies in no run's middle"
    assert (found.between, found.points) == (0.5, 2)


def test_re_runs_that_do_not_move_have_no_direction():
    still = trace([{}, {}])
    assert approach(still, SAMPLED_SETS[1], SAMPLED_SETS[2]).cosine is None
