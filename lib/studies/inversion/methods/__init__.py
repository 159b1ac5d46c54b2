"""The methods, each a file with one function: recover(data, budget, seed) → Recovery."""

from collections.abc import Callable
from typing import NamedTuple

from lib.studies.inversion.budget import Budget
from lib.studies.inversion.methods import (
    box_centre,
    elimination,
    ensemble_kalman,
    evolution,
    growing_window,
    horizon_continuation,
    least_squares,
    level_aware,
    log_amplitude,
    nearest_neighbour,
    neural_posterior,
    random_search,
    residual_fit,
    reverse_network,
    reverse_surrogate,
    ring_transport,
    sparse_terms,
    spectral_descent,
    steady_network,
    time_surrogate,
    weak_form,
    window_network,
)
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import Recovery

Recover = Callable[[Data, Budget, int], Recovery]


class Method(NamedTuple):
    """A name for tables, what kind it is, and its function."""

    title: str
    family: str
    recover: Recover


#: Every method, by a short name. A method of yours is one more line.
METHODS: dict[str, Method] = {
    "centre": Method("box centre", "baseline", box_centre.recover),
    "random": Method("random search, spectral loss", "baseline", random_search.recover),
    "nearest": Method("nearest neighbour in a library", "baseline", nearest_neighbour.recover),
    "squares": Method("Latin hypercube + Gauss–Newton", "baseline", least_squares.recover),
    "paper": Method("the paper's descent", "paper", spectral_descent.recover),
    "log-amplitude": Method("remedy (a): falling floor, log level", "remedy", log_amplitude.recover),
    "level-aware": Method("remedy (a): level-aware loss", "remedy", level_aware.recover),
    "transport": Method("remedy (a): transport of ring spectra", "remedy", ring_transport.recover),
    "surrogate": Method("remedy (b): surrogate with time", "remedy", time_surrogate.recover),
    "growing": Method("remedy (c): frame after frame", "remedy", growing_window.recover),
    "horizon": Method("remedy (c): growing horizon", "remedy", horizon_continuation.recover),
    "evolution": Method("evolution, spectral loss", "rival", evolution.on_spectra),
    "evolution-statistics": Method("evolution, levels and correlations", "rival", evolution.on_statistics),
    "kalman": Method("ensemble Kalman inversion", "rival", ensemble_kalman.recover),
    "reverse": Method("reverse surrogate, kernel", "rival", reverse_surrogate.recover),
    "reverse-network": Method("reverse surrogate, convolutions", "rival", reverse_network.recover),
    "posterior": Method("neural posterior", "rival", neural_posterior.recover),
    "network-tanh": Method("network on the equations, tanh", "rival", steady_network.with_tanh),
    "network-sines": Method("network on the equations, sines", "rival", steady_network.with_sines),
    "homotopy": Method("network with homotopy", "rival", steady_network.homotopy),
    "whole": Method("network on the whole time", "rival", window_network.whole),
    "windows": Method("network, window after window", "rival", window_network.windows),
    "residual": Method("residual fit", "equations", residual_fit.recover),
    "weak": Method("weak form, noise taken off", "equations", weak_form.recover),
    "elimination": Method("elimination of u", "equations", elimination.recover),
    "sparse": Method("sparse terms, weak form", "equations", sparse_terms.recover),
}
