"""The slopes written out by hand are those of automatic differentiation."""

import pytest
import torch

from lib.model import State
from lib.studies import pinn
from lib.studies.pinn.by_hand import Joint
from lib.studies.pinn.observation import observe
from lib.studies.pinn.training import evaluation

SIZE = 32
FRAME, WINDOW = (0.0,), (-1.0, -0.9, 0.2, 0.3, 1.0, 1.1)


@pytest.mark.parametrize("objective", [pinn.losses, pinn.relative_losses])
@pytest.mark.parametrize("times", [FRAME, WINDOW])
@pytest.mark.parametrize("activation", ["siren", "tanh"])
def test_loss_and_slopes_are_those_of_automatic_differentiation(activation, times, objective):
    generator = torch.Generator().manual_seed(3)
    frames = max(1, len(times) // 2)
    state = State(*(torch.rand(frames, SIZE, SIZE, generator=generator) for _ in range(2)))
    seen = observe(state, share=0.4, sees_u=objective is pinn.losses)
    hidden = seen._replace(v=torch.where(seen.sees_v, seen.v, torch.nan))
    # Three hidden layers: every kind of layer, first, middle and last, is among them.
    shape = pinn.Architecture(activation, waves=24, reach=6, width=16, depth=3)
    network = pinn.Network(SIZE, times, shape, seed=2)
    parts = objective(network, hidden)
    total = parts.data + 5.0 * parts.residual
    total.backward()
    weights = [*network.weights(), network.p]
    expected = [w.grad.clone() for w in weights]
    joint = Joint(network, hidden, 5.0, relative=objective is pinn.relative_losses)
    for _ in range(2):  # nothing of the first evaluation is left over in the second
        assert joint.evaluate() == pytest.approx(float(total.detach()), rel=1e-5)
        for weight, slope in zip(weights, expected, strict=True):
            torch.testing.assert_close(
                weight.grad, slope, rtol=1e-3, atol=2e-5 * float(slope.abs().max()) + 1e-9
            )


def test_each_part_of_the_slopes_counts():
    """With a weight of zero the parameters have no slope; with nothing seen the weights still have one."""
    state = State(torch.full((1, SIZE, SIZE), 0.5), torch.full((1, SIZE, SIZE), 0.2))
    network = pinn.Network(SIZE, architecture=pinn.Architecture(waves=12, reach=4, width=8))
    Joint(network, observe(state), 0.0).evaluate()
    assert not bool(network.p.grad.any())
    assert bool(network.layers[0].weight.grad.any())
    none = observe(state)._replace(sees_u=torch.zeros(1, SIZE, SIZE, dtype=torch.bool),
                                   sees_v=torch.zeros(1, SIZE, SIZE, dtype=torch.bool))  # fmt: skip
    Joint(network, none, 1.0).evaluate()
    assert bool(network.p.grad.all())
    assert bool(network.layers[0].weight.grad.any())


def test_another_objective_is_differentiated_automatically():
    state = State(torch.full((1, SIZE, SIZE), 0.5), torch.full((1, SIZE, SIZE), 0.2))
    network = pinn.Network(SIZE, architecture=pinn.Architecture(waves=12, reach=4, width=8))
    seen = observe(state)
    by_hand = evaluation(network, seen, 3.0, pinn.losses)()
    slopes = [w.grad.clone() for w in network.weights() if w.grad is not None]
    other = evaluation(network, seen, 3.0, lambda n, s: pinn.losses(n, s))()
    assert other == pytest.approx(by_hand, rel=1e-5)
    for weight, slope in zip(network.weights(), slopes, strict=True):
        torch.testing.assert_close(weight.grad, slope, rtol=1e-3, atol=1e-5)
