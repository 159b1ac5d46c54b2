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
    """

    name: str
    size: int = 128
    steps: int = 40_000
    cut_points: int = 48
    cut_states: int = 4
    plane_feed: tuple[int, int] = (40, 32)
    plane_diffusion: tuple[int, int] = (32, 32)
    plane_states: int = 2
    matrix_points: int = 7
    mosaic_every: int = 2
    training_tol: float = 5e-5
    training_pool: int = 128
    training_starts: int = 8
    training_iterations: int = 15
    windowed_starts: int = 4
    windowed_iterations: int = 12
    settling_iterations: int = 24
    replay_iterations: int = 10
    rate_iterations: int = 8
    audit_samples: int = 40
    escape_sets: int = 12
    gradient_field: tuple[int, int] = (9, 8)
    gradient_states: int = 6
    floor_points: int = 6
    second_leg_seeds: int = 2
    second_leg_iterations: int = 40
    second_leg_slow: int = 40
    bowl_points: int = 9
    fit_times: tuple[int, ...] = (100, 300, 1000, 3000, 10_000, 20_000, 40_000)
    fit_states: int = 4
    fit_sets: int = 12
    fit_seeds: int = 8
    network_iterations: int = 600
    network_seeds: int = 3
    landscape_points: int = 15
    landscape_nodes: int = 40
    window_lengths: tuple[int, ...] = (0, 100, 1000)
    window_size: int = 64
    window_begin: int = 2000
    window_iterations: int = 250
    repair_rounds: int = 30
    repair_fitting: int = 400


PROFILES = {
    "quick": Profile("quick"),
    "paper": Profile(
        "paper",
        cut_points=200,
        plane_feed=(64, 64),
        plane_diffusion=(64, 64),
        plane_states=4,
        mosaic_every=3,
        training_pool=512,
        training_starts=48,
        training_iterations=200,
        windowed_starts=24,
        windowed_iterations=200,
        settling_iterations=1000,
        replay_iterations=40,
        rate_iterations=200,
        audit_samples=512,
        escape_sets=200,
        gradient_field=(32, 32),
        gradient_states=32,
        floor_points=64,
        second_leg_seeds=8,
        second_leg_iterations=98,
        second_leg_slow=98,
        bowl_points=33,
        fit_states=16,
        fit_sets=48,
        fit_seeds=32,
        network_iterations=1500,
        network_seeds=5,
        landscape_points=31,
        landscape_nodes=80,
        window_lengths=(0, 100, 1000, 4000),
        window_iterations=600,
        repair_rounds=60,
    ),
    "smoke": Profile(
        "smoke",
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
