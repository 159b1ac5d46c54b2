"""Forward networks, embeddings and Gierer-Meinhardt's model: the measuring is right, whatever comes out."""

import numpy as np
import pytest
import torch
from torch import nn

from lib.initial_states import initial_state
from lib.publishing.sentences import inversion as says
from lib.studies.inversion import asides, embedding, forward_network, gierer_meinhardt, tables
from lib.studies.inversion.embedding import Discerned


class Known(nn.Module):
    """Fields that are known in closed form, in place of a network."""

    def __init__(self, u, v) -> None:
        super().__init__()
        self.u, self.v = u, v

    def forward(self, at):
        return torch.stack([self.u(at), self.v(at)], dim=1)


def test_the_forward_residual_vanishes_on_solutions_and_only_there():
    """u = 1 − e^(−F t), v = 0; and a wave of u that spreads while it is fed: e^(−(F + D q²) t)."""
    Du, _, F, _ = forward_network.PARAMS
    at, size = torch.rand(200, 3, dtype=torch.float64), 64
    nothing = lambda at: 0 * at[:, 0]  # noqa: E731
    fed = Known(lambda at: 1 - torch.exp(-F * forward_network.END * at[:, 2]), nothing)
    q = 2 * np.pi / size

    def wave(at, rate):
        return 1 + torch.cos(2 * torch.pi * at[:, 0]) * torch.exp(-rate * forward_network.END * at[:, 2])

    assert float(forward_network.residual(fed, at, size).detach()) < 1e-20
    right = Known(lambda at: wave(at, F + Du * q**2), nothing)
    wrong = Known(lambda at: wave(at, F), nothing)
    assert float(forward_network.residual(right, at, size).detach()) < 1e-20
    assert float(forward_network.residual(wrong, at, size).detach()) > 1e-8


def test_the_simulators_error_falls_with_the_grid_and_is_zero_against_itself(monkeypatch):
    monkeypatch.setattr(forward_network, "END", 400)
    start = initial_state(1, size=32, seed=0)
    truth = forward_network.on_grid(forward_network.frames(start, 4), 32)
    errors = [
        forward_network.error(forward_network.on_grid(forward_network.frames(start, f), 32), truth)
        for f in (1, 2, 4)
    ]
    assert errors[0] > errors[1] > errors[2] == 0


def test_a_coarser_grid_shows_a_constant_as_it_is():
    field = torch.full((2, 2, 8, 8), 0.3)
    torch.testing.assert_close(forward_network.on_grid(field, 32), torch.full((2, 2, 32, 32), 0.3))


def test_a_forward_network_learns_and_its_time_goes_on(monkeypatch):
    monkeypatch.setattr(forward_network, "END", 200)
    found, _ = forward_network.compared(32, 40, 0)
    assert [course[0] for course in found] == ["simulator", "network", "network with a solver's values"]
    for _, seconds, errors in found[1:]:
        assert (np.diff(seconds) > 0).all()
        assert errors[-1] < errors[0]


def level_of(v: torch.Tensor) -> torch.Tensor:
    """An embedding that sees the mean level, as an angle."""
    angle = v.mean(dim=(1, 2))
    return torch.stack([angle.cos(), angle.sin()], dim=1)


def flat(levels: list[float]) -> torch.Tensor:
    return torch.tensor(levels)[:, None, None].expand(-1, 4, 4).contiguous()


def test_kinds_with_levels_of_their_own_are_told_apart_and_mixed_ones_are_not():
    apart = torch.stack([flat([0.1, 0.11]), flat([0.5, 0.52]), flat([0.9, 0.93])])
    mixed = torch.stack([flat([0.1, 0.9]), flat([0.1001, 0.9001])])
    assert embedding.told_apart(level_of, apart) == 1
    assert embedding.told_apart(level_of, mixed) < 0.5


def test_steps_that_come_nearer_go_away_or_change_nothing_are_counted():
    here, there = flat([0.1, 0.2, 0.3, 0.4]), flat([0.2, 0.3, 0.2, 0.4])
    down, among, same, steps, between = embedding.downhill(level_of, here, [there], [flat([0.9])])
    assert (down, same, steps, between) == (0.5, 0.25, 4, 0)
    assert among is None  # flat fields are no patterns


def test_the_numbers_of_the_page_are_those_of_the_studies():
    ranks = np.random.default_rng(0).random((400, 4))
    seen = Discerned("", told=0.9, downhill=0.4, living=None, flat=0.1, steps=96, between=0)
    found = [
        forward_network.Course("simulator", [0.1, 0.2, 90.0], [0.5, 0.01, 1e-6]),
        forward_network.Course("network", [1.0, 10.0], [0.9, 0.5]),
        forward_network.Course("more", [1.0, 20.0], [0.9, 0.4]),
    ]
    sure = forward_network.Comparison(found, [0.02, 0.05, 0.09, 0.11, 0.08])
    told = asides.told(ranks, seen, sure)
    assert told.moments == 3  # one that is close again comes after all was lost
    assert (told.network, told.solver, told.ratio) == (0.4, 0.01, pytest.approx(40))
    assert 0.85 < told.lowest <= told.highest < 0.95
    assert asides.told(np.empty((0, 4)), seen, sure).lowest is None
    unsure = asides.told(ranks, seen, sure._replace(apart=[0.02, 0.05, 0.2]))
    assert (unsure.moments, unsure.network, unsure.solver, unsure.ratio) == (2, None, None, None)
    table = asides.as_dataset(found)
    assert float(table.error.sel(course="more").isel(look=1)) == 0.4


def test_turing_draws_are_unstable_to_a_wave_and_stable_to_none():
    points = gierer_meinhardt.drawn(50, 0)
    a, b, c, delta = points.T
    u = gierer_meinhardt.homogeneous(points)
    np.testing.assert_allclose(a - b * u + 1 / (1 + c * u**2), 0, atol=1e-9)

    def growth(point, state, q):
        a, b, c, delta = point
        h = 1e-6

        def rates(x):
            u, v = x
            return np.array([a - b * u + u**2 / (v * (1 + c * u**2)), u**2 - v])

        start = np.array([state, state**2])
        J = np.stack([(rates(start + h * e) - rates(start - h * e)) / (2 * h) for e in np.eye(2)], axis=1)
        D = gierer_meinhardt.S * np.diag([1, delta])
        return np.linalg.eigvals(J - q**2 * D).real.max()

    for point, state in zip(points[:20], u, strict=False):
        assert growth(point, state, 0.0) < 0
        assert max(growth(point, state, q) for q in np.linspace(0.02, 2, 200)) > 0


def test_its_patterns_are_steady_states_of_the_equations():
    points = gierer_meinhardt.drawn(8, 0)
    u = torch.as_tensor(gierer_meinhardt.steady(points, 0, 32)).double()
    a, b, c, delta = (torch.as_tensor(x)[:, None, None] for x in points.T)

    def spread(x):
        return sum(x.roll(s, d) for s in (1, -1) for d in (1, 2)) - 4 * x

    # v follows from its own linear equation, (1 − s δ ∇²) v = u².
    q = torch.fft.fftfreq(32)
    waves = 2 * torch.cos(2 * torch.pi * q)
    symbol = waves[:, None] + waves - 4
    v = torch.fft.ifft2(torch.fft.fft2(u**2) / (1 - gierer_meinhardt.S * delta * symbol)).real
    left = a - b * u + u**2 / (v * (1 + c * u**2)) + gierer_meinhardt.S * spread(u)
    assert float(left.abs().amax(dim=(1, 2)).median()) < 1e-2
    assert float((u.std(dim=(1, 2)) / u.mean(dim=(1, 2))).max()) > 0.3


def test_the_record_of_its_validation_is_one_and_is_told():
    record = gierer_meinhardt.recorded()
    assert record["taught"] >= 200
    assert record["judged"] >= 60
    assert len(tables.known_ground(record).splitlines()) == 6
    worse = {**record, "kernel": {"error": dict.fromkeys("abcd", 9.0), "rank correlation": {}}}
    assert "the network is closer" in says.kernel_or_network(worse)


def test_what_was_learned_of_its_parameters_is_more_than_nothing(monkeypatch):
    """A small sample on a small field: of the three, each knows some parameter better than its spread."""
    monkeypatch.setattr(gierer_meinhardt, "NETWORK_STEPS", 150)
    monkeypatch.setattr(gierer_meinhardt, "DENSITY_STEPS", 200)
    monkeypatch.setattr(gierer_meinhardt, "END", 200.0)
    found = gierer_meinhardt.validated(gierer_meinhardt.patterns(128, 0, size=32))
    for name in ("kernel", "convolutions", "posterior mean"):
        assert min(found[name]["error"].values()) < 0.8
        assert max(found[name]["rank correlation"].values()) > 0.6
