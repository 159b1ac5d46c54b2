"""Bad input is answered with a sentence that names cause and remedy."""

import pytest
import torch

from lib import TRUTH, Params, State, initial_state, simulate
from lib.validation import check_state

STATE = initial_state(2, size=16, patch=4)


def broken(name: str, value: float) -> State:
    fields = {"u": STATE.u.clone(), "v": STATE.v.clone()}
    fields[name][1, 2, 3] = value
    return State(**fields)


@pytest.mark.parametrize(
    ("params", "state", "options", "cause", "remedy"),
    [
        (Params(-0.1, 0.08, 0.03, 0.06), STATE, {}, "Du = -0.1", "must be positive"),
        (Params(0.16, 0.3, 0.03, 0.06), STATE, {}, "above 1/4", "Use dt ≤"),
        (Params(0.16, 0.08, -0.03, 0.06), STATE, {}, "F = -0.03", "cannot be negative"),
        (Params(float("nan"), 0.08, 0.03, 0.06), STATE, {}, "Du is not finite", "give real numbers"),
        (Params(torch.ones(3) * 0.1, 0.08, 0.03, 0.06), STATE, {}, "batch has 2", r"shape \(2,\)"),
        (TRUTH, State(STATE.u[0], STATE.v[0]), {}, "shapes", "Add a batch axis"),
        (TRUTH, State(STATE.u, STATE.v[:1]), {}, "shapes", "must be the same"),
        (TRUTH, State(STATE.u, STATE.v.double()), {}, "float64", "make both"),
        (TRUTH, State(STATE.u.half(), STATE.v.half()), {}, "float16", "make both"),
        (TRUTH, broken("v", float("nan")), {}, r"nan at \(batch, row, column\) = \(1, 2, 3\)", "finite"),
        (TRUTH, broken("u", float("inf")), {}, "field u is inf", "finite"),
        (TRUTH, STATE, {"steps": 0}, "0 steps", "at least 1"),
        (TRUTH, STATE, {"tol": -1.0}, "tol is -1.0", "must be a positive"),
        (TRUTH, STATE, {"dt": 0.0}, "dt is 0.0", "must be positive"),
        (TRUTH, STATE, {"dt": 1e-320}, "below the normal numbers of torch.float32", "Use dt ≥"),
        (TRUTH, State(*(x.double() for x in STATE)), {"dt": 1e-310}, "below the normal", "larger unit"),
        (TRUTH, STATE, {"dt": 2.0}, "Du·dt = 0.32", "Use dt ≤"),
        (TRUTH, STATE, {"backend": "fortran"}, "no engine 'fortran'", "choose one of"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_bad_input_is_refused_with_cause_and_remedy(params, state, options, cause, remedy):
    with pytest.raises(ValueError, match=cause) as error:
        simulate(params, state, **{"steps": 10, **options})
    assert error.match(remedy)


def test_fields_on_different_devices_are_refused():
    with pytest.raises(ValueError, match="move both to the same device"):
        check_state(State(STATE.u, STATE.v.to("meta")))
