"""How much is computed: the same code in every profile, only other numbers.

`quick` is the default: the paper's grid and run length, in minutes on a laptop's CPU.
`paper` samples everything fully. `smoke` is for tests only: a small grid and few steps.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """Sizes of every experiment in the book.

    Args:
        name: quick, paper or smoke.
        size: cells along each side of the grid.
        steps: steps of a full run.
        cut_points, cut_states: points along each one-parameter cut, initial states at each point.
        plane_feed: points along (F, k) of the F-k plane.
        plane_diffusion: points along (Du, Dv) of the Du-Dv plane.
        plane_states: initial states at each point of both planes.
        matrix_points: pictures along each side of the pattern matrix.
        mosaic_every: the mosaic of the F-k plane shows every so-manieth point.
        training_tol: change in one step at which a run counts as converged in training.
        training_pool: targets that training draws from.
        training_starts, training_iterations: random starts under the plain loss, and iterations of each run.
        windowed_starts, windowed_iterations: the same under the windowed loss.
        settling_iterations: iterations of the run with further steps after convergence.
        replay_iterations: iterations of each run with one safeguard off.
        rate_iterations: iterations of each run with a larger or smaller base rate.
        audit_samples: simulations at each place of the acceptance audit; a multiple of 8.
        escape_sets: random sets at which the looks at v's range are held against every single step.
        gradient_field: points along (F, k) of the gradient field.
        gradient_states: initial states over which gradients are compared.
        floor_points: points along k at which gradients under other floors are taken.
        second_leg_seeds: re-runs of the second leg of Appendix D at each learning rate.
        second_leg_iterations, second_leg_slow: iterations of those at the larger and at the recorded rate.
        bowl_points: points along each side of the residual's and the spectral loss's six planes (Section 6).
        fit_times: steps after which the closed-form fit is tried.
        fit_states, fit_sets, fit_seeds: initial states, parameter sets and noise draws it is tried on.
        network_iterations, network_seeds: trainings of the coordinate network, and repetitions of each.
        landscape_points, landscape_nodes: points of its filter-normalised planes, Lanczos steps.
        window_lengths, window_size, window_begin, window_iterations: its short windows in time.
        repair_rounds, repair_fitting: joint training steps of Section 6.3, and the network's fit before.
        horizons: numbers of steps at which the family's landscapes are looked at.
        horizon_settle: steps in which its data settle.
        horizon_plane, horizon_cut: points along each side of its F-k plane, and along its cuts.
        horizon_size: cells along each side of the grid its searches run on.
        horizon_starts, horizon_controls: starts of every search, and of those with other losses.
        horizon_squares, horizon_descents, horizon_others: horizons of the least squares, of the descents,
            and of the searches with other losses.
        horizon_noise, horizon_draws: horizons at which noisy data are fitted, and noise draws.
        horizon_trials, horizon_iterations: budgets of the two: trial points, and trial steps.
        route_sets, route_horizons, route_settle: parameter sets near the truth and elsewhere at which
            gradients by several routes are compared, the horizons unrolled, and the steps after which a
            state counts as steady.
        surrogate_plane, surrogate_states: points along (F, k) that surrogates learn from, and initial states.
        surrogate_tests, surrogate_starts: points they are tested at, and descents on them.
        path_points, path_states: points along each straight line to the truth, and initial states.
        floor_states, floor_times: initial states at the truth, and the ages at which its runs are compared;
            `steps` is among them.
        middle_times, middle_points, middle_states: intermediate times, points along each cut and initial
            states of the landscapes at those times; the last time is `steps`.
        middle_plane: points along (F, k) at which uniform ends are searched for patterned middles.
        varied_batch: initial states of each kind that are compared at the truth (Appendix C).
        explorer_times: lengths of the shorter runs over the F-k plane in the explorer.
        explorer_gram_every: the Gram loss over its Du-Dv plane takes every so-manieth point along both axes.
        ellipse_draws: noise draws behind the slider over confidence ellipses.
        cliff_seeds, cliff_lengths, cliff_steps: initial states and run lengths over which cliffs are located
            (Section 5.1), and the full run length there.
        carry_steps, carry_fineness: steps of a carried pattern at each value, values per 1 % of the truth's.
        reach_points, reach_run, reach_steps: points along each side of the planes of Section 5.1, steps of
            the runs from the patch, and of each carry.
        branch_size, branch_steps: cells along each side of the dish whose branches are followed, and points
            of each.
        release_steps: steps in which a steady pattern, disturbed, may leave.
        rest_steps: steps in which a pattern comes to rest before it is carried.
        patch_sides, patch_strengths: number of other patches tried.
        survey_points, survey_steps: random points at which both time steps are run, and for how long.
        cycle_kills: kill rates at which limit cycles are looked for.
    """

    name: str
    size: int = 128
    steps: int = 40_000
    cut_points: int = 40
    cut_states: int = 4
    plane_feed: tuple[int, int] = (24, 22)
    plane_diffusion: tuple[int, int] = (18, 18)
    plane_states: int = 2
    matrix_points: int = 7
    mosaic_every: int = 2
    training_tol: float = 5e-5
    training_pool: int = 128
    training_starts: int = 8
    training_iterations: int = 16
    windowed_starts: int = 6
    windowed_iterations: int = 12
    settling_iterations: int = 16
    replay_iterations: int = 8
    rate_iterations: int = 6
    audit_samples: int = 40
    escape_sets: int = 12
    gradient_field: tuple[int, int] = (9, 8)
    gradient_states: int = 6
    floor_points: int = 6
    second_leg_seeds: int = 2
    second_leg_iterations: int = 44
    second_leg_slow: int = 32
    bowl_points: int = 9
    fit_times: tuple[int, ...] = (100, 300, 1000, 3000, 10_000, 20_000, 40_000)
    fit_states: int = 4
    fit_sets: int = 12
    fit_seeds: int = 8
    network_iterations: int = 280
    network_seeds: int = 3
    landscape_points: int = 13
    landscape_nodes: int = 40
    window_lengths: tuple[int, ...] = (0, 100, 1000)
    window_size: int = 64
    window_begin: int = 2000
    window_iterations: int = 250
    repair_rounds: int = 30
    repair_fitting: int = 400
    horizons: tuple[int, ...] = (1, 10, 50, 100, 200, 500, 1000, 5000, 40_000)
    horizon_settle: int = 200_000
    horizon_plane: int = 10
    horizon_cut: int = 15
    horizon_size: int = 64
    horizon_starts: int = 20
    horizon_controls: int = 10
    horizon_squares: tuple[int, ...] = (1, 10, 30, 50, 100, 200, 500, 1000, 2000)
    horizon_descents: tuple[int, ...] = (1, 3, 10, 30, 100)
    horizon_others: tuple[int, ...] = (1, 10, 100, 500)
    horizon_noise: tuple[int, ...] = (1, 3, 10, 30, 100)
    horizon_draws: int = 4
    horizon_trials: int = 40
    horizon_iterations: int = 150
    route_sets: tuple[int, int] = (11, 4)
    route_horizons: tuple[int, ...] = (10, 100, 1000, 20_000)
    route_settle: int = 200_000
    surrogate_plane: tuple[int, int] = (11, 10)
    surrogate_states: int = 3
    surrogate_tests: int = 48
    surrogate_starts: int = 100
    path_points: int = 11
    path_states: int = 4
    floor_states: int = 12
    floor_times: tuple[int, ...] = (5000, 10_000, 20_000, 40_000, 80_000, 160_000)
    middle_times: tuple[int, ...] = (50, 100, 250, 500, 1000, 2000, 4000, 10_000, 20_000, 40_000)
    middle_points: int = 32
    middle_states: int = 2
    middle_plane: tuple[int, int] = (10, 9)
    varied_batch: int = 4
    explorer_times: tuple[int, ...] = (100, 300, 1000, 3000)
    explorer_gram_every: int = 2
    ellipse_draws: int = 6

    cliff_seeds: int = 3
    cliff_lengths: tuple[int, ...] = (10_000, 80_000)
    cliff_steps: int = 40_000
    carry_steps: int = 10_000
    carry_fineness: float = 1.0
    reach_points: int = 18
    reach_run: int = 20_000
    reach_steps: int = 6_000
    branch_size: int = 64
    branch_steps: int = 26
    release_steps: int = 80_000
    rest_steps: int = 200_000
    patch_sides: int = 11
    patch_strengths: int = 8
    survey_points: int = 96
    survey_steps: int = 10_000
    cycle_kills: tuple[float, ...] = (0.0557, 0.0560, 0.0562)


PROFILES = {
    "quick": Profile("quick"),
    "paper": Profile(
        "paper",
        cliff_seeds=24,
        cliff_lengths=(10_000, 20_000, 80_000, 160_000, 320_000),
        carry_steps=40_000,
        carry_fineness=5.0,
        reach_points=64,
        reach_run=40_000,
        reach_steps=40_000,
        branch_size=64,
        branch_steps=60,
        survey_points=2000,
        survey_steps=40_000,
        cycle_kills=(0.0556, 0.0557, 0.0558, 0.0559, 0.0560, 0.0561, 0.0562, 0.0563),
        cut_points=200,
        plane_feed=(64, 64),
        plane_diffusion=(64, 64),
        plane_states=4,
        mosaic_every=3,
        training_pool=512,
        training_starts=16,
        training_iterations=60,
        windowed_starts=8,
        windowed_iterations=60,
        settling_iterations=200,
        replay_iterations=20,
        rate_iterations=40,
        audit_samples=160,
        escape_sets=60,
        gradient_field=(24, 24),
        gradient_states=16,
        floor_points=24,
        second_leg_seeds=4,
        second_leg_iterations=98,
        second_leg_slow=98,
        bowl_points=33,
        fit_states=16,
        fit_sets=48,
        fit_seeds=32,
        network_iterations=1000,
        network_seeds=5,
        landscape_points=25,
        landscape_nodes=80,
        window_lengths=(0, 100, 1000, 4000),
        window_iterations=500,
        repair_rounds=60,
        horizon_plane=40,
        horizon_cut=81,
        horizon_size=128,
        horizon_starts=96,
        horizon_controls=48,
        horizon_squares=(1, 3, 10, 30, 50, 100, 200, 300, 500, 1000, 2000, 5000, 40_000),
        horizon_descents=(1, 3, 10, 30, 100, 300, 1000, 5000),
        horizon_others=(1, 3, 10, 30, 100, 300, 1000, 40_000),
        horizon_noise=(1, 2, 3, 5, 10, 20, 30, 50, 100, 200),
        horizon_draws=16,
        horizon_iterations=600,
        route_sets=(48, 48),
        route_horizons=(1, 3, 10, 30, 100, 300, 1000, 5000, 20_000, 40_000),
        surrogate_plane=(40, 36),
        surrogate_states=4,
        surrogate_tests=400,
        surrogate_starts=400,
        path_points=41,
        path_states=16,
        floor_states=32,
        middle_points=96,
        middle_states=4,
        middle_plane=(24, 24),
        varied_batch=16,
    ),
    "smoke": Profile(
        "smoke",
        cliff_seeds=2,
        cliff_lengths=(1_500,),
        cliff_steps=3_000,
        carry_steps=1_000,
        carry_fineness=0.2,
        reach_points=5,
        reach_run=2_000,
        reach_steps=1_000,
        branch_size=32,
        branch_steps=6,
        release_steps=4_000,
        rest_steps=60_000,
        patch_sides=2,
        patch_strengths=2,
        survey_points=8,
        survey_steps=500,
        cycle_kills=(0.0557, 0.0560),
        size=32,
        steps=400,
        cut_points=16,
        cut_states=2,
        plane_feed=(5, 6),
        plane_diffusion=(5, 5),
        plane_states=1,
        matrix_points=2,
        mosaic_every=1,
        training_tol=2e-3,
        training_pool=4,
        training_starts=2,
        training_iterations=5,
        windowed_starts=1,
        windowed_iterations=5,
        settling_iterations=3,
        replay_iterations=2,
        rate_iterations=2,
        audit_samples=8,
        escape_sets=2,
        gradient_field=(3, 3),
        gradient_states=2,
        floor_points=2,
        second_leg_seeds=1,
        second_leg_iterations=5,
        second_leg_slow=6,
        bowl_points=4,
        fit_times=(100, 400),
        fit_states=2,
        fit_sets=2,
        fit_seeds=2,
        network_iterations=12,
        network_seeds=2,
        landscape_points=3,
        landscape_nodes=6,
        window_lengths=(0, 20),
        window_size=32,
        window_begin=100,
        window_iterations=6,
        repair_rounds=2,
        repair_fitting=5,
        horizons=(1, 10, 100, 400),
        horizon_settle=2000,
        horizon_plane=4,
        horizon_cut=5,
        horizon_size=32,
        horizon_starts=3,
        horizon_controls=2,
        horizon_squares=(1, 10, 100),
        horizon_descents=(1, 10),
        horizon_others=(1, 10),
        horizon_noise=(1, 10),
        horizon_draws=2,
        route_sets=(2, 1),
        route_horizons=(10, 100),
        route_settle=1000,
        surrogate_plane=(5, 5),
        surrogate_states=2,
        surrogate_tests=6,
        surrogate_starts=9,
        path_points=4,
        path_states=2,
        horizon_trials=6,
        horizon_iterations=8,
        floor_states=3,
        floor_times=(200, 400, 800),
        middle_times=(100, 250, 400),
        middle_points=8,
        middle_states=2,
        middle_plane=(3, 3),
        varied_batch=2,
        explorer_times=(50, 200),
        ellipse_draws=2,
    ),
}


def profile(name: str) -> Profile:
    """The profile of that name.

    Raises:
        ValueError: if there is none.
    """
    if name not in PROFILES:
        raise ValueError(f"There is no profile {name!r}: choose one of {', '.join(PROFILES)}.")
    return PROFILES[name]
