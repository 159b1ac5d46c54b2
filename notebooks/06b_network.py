# ---
# jupyter:
#   book:
#     long: true
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Section 6, continued: the network
#
# The residual needs $u$ and $v$ in every cell. A physics-informed network supplies them: a function from coordinates to
# concentrations, fitted to what was observed while its residual is kept small,
#
# $$ L(\theta, p) = L_{\text{data}}(\theta) + w\, L_{\text{residual}}(\theta, p), $$ (eq-total)
#
# with weights $\theta$ and the four parameters $p$ trained side by side. The paper sets all times to one constant, since the picture is
# steady; what is left is a function of place. This page trains such networks, looks at their landscape from the
# parameters' side and from the weights' side, and asks what they contribute.

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0

# %% tags=["hide-input"]
import numpy as np
import torch
import xarray as xr
from IPython.display import Markdown
from myst_nb import glue

from lib import TRUTH, State
from lib.publishing import claims
from lib.publishing.datasets import publish
from lib.running.device import use
from lib.showing import figures
from lib.showing.figures import residual as plots
from lib.studies.pinn import ill_posed_loss, recovery
from lib.studies.pinn import studies as network_studies
from lib.studies.pinn import weight_landscape as network_landscape
from lib.studies.pinn.recovery import data_of, steady_states
from lib.studies.pinn.sizes import sizes
from lib.studies.residual_fit import accuracy

profile = sizes(PROFILE)
use(DEVICE)
figures.style()
# Small fields: two threads would spend their time waiting for each other.
torch.set_num_threads(1)
states = steady_states(profile.network_seeds, profile.size, profile.steps, SEED)
steady = data_of(states, 0)

# %% [markdown]
# ## Two subspaces
#
# Two networks, alike but for their activation: sines throughout (SIREN, {cite}`sitzmann2020`) and tanh behind one layer of
# plane waves. Both are periodic by construction, see all of $u$ and $v$, and start from the paper's parameters.
# {numref}`fig-stages` follows the first from its random start. At every stage the residual's bowl over the *network's* output is
# a bowl; what moves is its minimum.

# %% data=["network_stages", "network_siren"] mystnb={"figure": {"caption": "Top: v as the network shows it after so many training steps. Bottom: logarithm of the residual loss over that output in the F–k plane, diffusion coefficients at the minimum (dot); star: the truth. Titles: condition number of the four-parameter Hessian.", "name": "fig-stages"}, "image": {"alt": "Six stages from noise to spots; below each, an elliptic bowl whose minimum walks towards the truth."}} tags=["hide-input"]
frames = network_studies.single_frame(steady, iterations=profile.network_iterations, seed=SEED)
bowls = {name: network_studies.bowls_along(training) for name, training in frames.items()}
for name, training in frames.items():
    publish(training.record.drop_vars(["u", "v"]), f"network_{name}")
publish(xr.merge([frames["siren"].record[["u", "v"]], bowls["siren"]]), "network_stages")
plots.stages(frames["siren"], bowls["siren"])
# %% data=["network_siren"] mystnb={"figure": {"caption": "The SIREN's training. Left: the two losses. Middle: the parameters (lines) and the minimum of the bowl at that moment (dots), over the truth. Right: the three parts of the gradient in the paper's equation 8.", "name": "fig-along"}, "image": {"alt": "Losses fall by four orders of magnitude; the dots run ahead and the lines follow them to one; the gradient's parts fall together."}} tags=["hide-input"]
plots.along_training(frames["siren"], bowls["siren"])

# %% tags=["hide-input"]
coupling = {name: network_landscape.coupling(training) for name, training in frames.items()}
record = frames["siren"].record
glue("cosine-late", float(record.cosine[-1]), display=False)
claims.record(
    "orthogonal",
    measured={
        "data": max(c.data for c in coupling.values()),
        "low": min(float(c.cosine.min()) for c in coupling.values()),
        "high": max(float(c.cosine.max()) for c in coupling.values()),
    },
    tolerance="moving the parameters by 30 % changes the gradient of the data term in the weights by exactly nothing",
    holds=all(c.data == 0 for c in coupling.values()),
    corrected=any(c.cosine.max() > 0.01 for c in coupling.values()),
    finding="The data term does not see the parameters: its gradient in the weights changes by {data:.0f} when they move. The "
    "residual term sees both, so the two subspaces are orthogonal as directions but not independent as problems: the "
    "mixed second derivatives reach {high:.2f} of what the curvatures allow (from {low:.2f}, parameter by parameter).",
)

# %% tags=["hide-input"]
stages = [0, frames["siren"].record.sizes["stage"] // 2, -1]
thirds = []
for training in frames.values():
    for i in stages:
        fields = [torch.as_tensor(training.record[x].values[i])[None].double() for x in ("u", "v")]
        thirds.append(accuracy.third_difference(accuracy.bowl(State(*fields), ("F", "k"), 9).residual.values))
conditions = np.concatenate([b.condition.values for b in bowls.values()])
lowest = min(float(b.eigenvalues.min()) for b in bowls.values())
claims.record(
    "quadratic-any",
    measured={
        "third": max(thirds), "lowest": lowest, "best": conditions.min(), "worst": conditions.max(),
        "start": float(np.nanmax(np.abs(bowls["siren"].minimum[0] / np.array(TRUTH) - 1))),
    },
    tolerance="third differences below 1e-12 of the loss at every stage looked at, and a positive definite Hessian at every stage",
    holds=max(thirds) < 1e-12 and lowest > 0,
    finding="At every stage from random to fitted, third differences are at round-off ({third:.0e}) and the Hessian is positive "
    "definite, with condition numbers between {best:.0f} and {worst:.0f}. The minimum is another matter: over the untrained "
    "network's output it lies up to {start:.1f} times the parameter's value away from the truth.",
)  # fmt: skip

# %% [markdown]
# {numref}`fig-along` (middle) shows who leads. The dots are the bowl's minimum over the network's output of that moment, the lines the
# parameters under training. The parameters only run after the dots: at the end of the training the two differ by
# {glue:text}`slave:.1e`, the distance of either from the truth is {glue:text}`siren-error:.2%`. One could leave the parameters out of
# the training altogether and solve four equations at the end.

# %% tags=["remove-cell"]
last = {name: training.record.params[-1].values / np.array(TRUTH) - 1 for name, training in frames.items()}
gap = frames["siren"].record.params[-1].values / bowls["siren"].minimum[-1].values - 1
glue("slave", float(np.abs(gap).max()), display=False)
glue("siren-error", float(np.abs(last["siren"]).max()), display=False)

# %% [markdown]
# ## 6.3 Can a network repair an ill-posed landscape?
#
# A direct test. A network is fitted to the data. Then its weights and the parameters are trained together, by the same optimiser for the same
# number of steps, in two ways that differ in one term: the residual of the network's output, or the *spectral* loss between the
# network's $v$ and a full simulation at the current parameters, with the exact gradient through all its steps.
# (The simulation even starts from the data's own initial state.)

# %% data=["network_repair"] mystnb={"figure": {"caption": "Largest relative error of the parameters along the joint training, from three starts, with the residual and with the spectral loss as the term that sees the parameters.", "name": "fig-repair"}, "image": {"alt": "In each panel the residual's curve falls to the same low level; the spectral one stays where it was, or jumps and then stays."}} tags=["hide-input"]
repair = ill_posed_loss.contest(
    steady, steps=profile.steps, rounds=profile.repair_rounds, fitting=profile.repair_fitting, seed=SEED
)
publish(repair, "network_repair")
distance = ill_posed_loss.distances(repair)
plots.repairs(repair, distance)

# %% tags=["hide-input"]
ends = {kind: repair.params.isel(round=-1).sel(kind=kind) for kind in ("spectral", "residual")}
apart = {kind: float((x.max("start") / x.min("start") - 1).max()) for kind, x in ends.items()}
kept = distance.isel(round=-1) / distance.isel(round=0)
ended, moved = distance.isel(round=-1), kept.sel(kind="spectral")
claims.record(
    "no-repair",
    measured={
        "closest": float(ended.sel(kind="spectral").min()),
        "farthest": float(ended.sel(kind="spectral").max()),
        "still": int((moved == 1).sum()),
        "worse": int((moved > 1).sum()),
        "residual_low": float(ended.sel(kind="residual").min()),
        "residual_high": float(ended.sel(kind="residual").max()),
        "spectral_apart": apart["spectral"],
        "residual_apart": apart["residual"],
        "slope": float(repair.slope.sel(kind="spectral").isel(round=-1).max()),
        "patterned": float(ill_posed_loss.patterned_share(repair).mean()),
    },
    tolerance="a repaired landscape would lead every start to one place: the spectral ends lie more than ten times as far "
    "apart as the residual's, and no slope is left at any of them",
    holds=apart["spectral"] > 10 * apart["residual"]
    and float(repair.slope.sel(kind="spectral").isel(round=-1).max()) < 1e-6,
    finding="With the spectral loss the three starts end {spectral_apart:.0%} apart, {closest:.0%} to {farthest:.0%} away from "
    "the truth (largest of the four): {still:.0f} of them never moved, {worse:.0f} ended farther off than it began, and the "
    "slope in the parameters at the end is at most {slope:.0e}; {patterned:.0%} of the simulations made a pattern. The same "
    "network and budget with the residual lead all three to one place, {residual_apart:.0%} apart and {residual_low:.0%} to "
    "{residual_high:.0%} from the truth, which is what the imperfect Laplacian of a network fitted to the data alone leaves.",
)

# %% [markdown]
# ## The network's own landscape
#
# The paper argues, by reference to others' experience, that the weights' side of the landscape is benign for a single frame, leaves the proof to future work,
# and calls full space-time an open question. {numref}`fig-network-planes` cuts through the trained networks along two random,
# filter-normalised directions {cite}`li2018`, for the single frame and for networks trained on short windows of a run
# that is still growing. {numref}`fig-spectra` shows the curvatures in *all* directions, by Lanczos.

# %% tags=["hide-input"]
windows = network_studies.windows(
    profile.window_lengths,
    begin=profile.window_begin,
    size=profile.window_size,
    iterations=profile.window_iterations,
    seed=SEED,
)
looked_at = {f"frame, {name}": training for name, training in frames.items()}
looked_at |= {
    f"window of {length}" if length else "young frame": training for length, training in windows.items()
}
planes = {
    label: network_landscape.plane(t, points=profile.landscape_points, seed=SEED)
    for label, t in looked_at.items()
}
spectra = {
    label: network_landscape.spectrum(t, nodes=profile.landscape_nodes, seed=SEED)
    for label, t in looked_at.items()
}
for label, dataset in planes.items():
    name = label.replace(", ", "_").replace(" ", "_")
    publish(dataset, f"plane_{name}")
    quadrature = {"eigenvalue": ("node", spectra[label].nodes), "share": ("node", spectra[label].weights)}
    publish(xr.Dataset(quadrature), f"spectrum_{name}")

# %% data=["plane_*"] mystnb={"figure": {"caption": "Losses (log₁₀) on a filter-normalised plane through each trained network (star); one unit moves every neuron's weights by their own norm.", "name": "fig-network-planes"}, "image": {"alt": "Rows of contour plots: for each network the data, residual and total loss form one basin around the solution."}} tags=["hide-input"]
plots.network_planes(planes)

# %% data=["spectrum_*"] mystnb={"figure": {"caption": "Spectrum of the total loss's Hessian in the weights at each trained network: share of directions by decades below the largest eigenvalue.", "name": "fig-spectra"}, "image": {"alt": "Histograms: a few large positive eigenvalues, and almost all directions many orders of magnitude flatter."}} tags=["hide-input"]
plots.spectra(spectra)

# %% tags=["hide-input"]
minima = {label: float(network_landscape.other_minima(dataset)) for label, dataset in planes.items()}
rows = [
    f"| {label} | {s.top:.1e} | {s.negative:.1e} | {s.flat:.0%} | {minima[label]:.0f} | "
    f"{float(np.abs(t.record.params[-1].values / np.array(TRUTH) - 1).max()):.1%} |"
    for (label, t), s in zip(looked_at.items(), spectra.values(), strict=True)
]
Markdown(
    "| network | largest curvature | most negative, relative | flat directions | other minima on the plane | error of the parameters |\n"
    "|:--|--:|--:|--:|--:|--:|\n" + "\n".join(rows)
)

# %% tags=["hide-input"]
single = [label for label in spectra if label.startswith("frame")]
claims.record(
    "network-landscape",
    measured={
        "negative": max(spectra[x].negative for x in single), "flat": min(spectra[x].flat for x in single),
        "minima": max(minima[x] for x in single),
        "error": max(float(np.abs(x).max()) for x in last.values()),
    },
    tolerance="no second minimum on the plane, and no negative curvature above 1 % of the largest",
    holds=max(minima[x] for x in single) == 0 and max(spectra[x].negative for x in single) < 0.01,
    corrected=min(spectra[x].flat for x in single) > 0.5,
    finding="For a single frame the planes show one basin ({minima:.0f} other minima) and the most negative curvature is {negative:.0e} of the "
    "largest. The conditioning is another matter: at least {flat:.0%} of the directions are flatter than a hundred-thousandth of the steepest, "
    "and the quasi-Newton training ends with the parameters within {error:.1%}.",
)  # fmt: skip

# %% tags=["hide-input"]
timed = {length: windows[length] for length in profile.window_lengths if length}
errors = {n: float(np.abs(t.record.params[-1].values / np.array(TRUTH) - 1).max()) for n, t in timed.items()}
labels = [f"window of {n}" for n in timed]
claims.record(
    "space-time",
    measured={
        "negative": max(spectra[x].negative for x in labels), "flat": min(spectra[x].flat for x in labels),
        "minima": max(minima[x] for x in labels), "short": errors[min(timed)], "long": errors[max(timed)],
        "shortest": min(timed), "longest": max(timed),
    },
    tolerance="on every window tried, no second minimum on the plane and no negative curvature above 1 % of the largest",
    holds=max(minima[x] for x in labels) == 0 and max(spectra[x].negative for x in labels) < 0.01,
    finding="For windows of {shortest:.0f} to {longest:.0f} steps the plane has {minima:.0f} other minima, the most negative curvature is {negative:.0e} "
    "of the largest, and {flat:.0%} of the directions or more are flat. Within the same budget the parameters end {short:.0%} off on the "
    "shortest window and {long:.0%} on the longest. Windows beyond these lengths were not tried.",
)  # fmt: skip

# %% [markdown]
# ## 6.4 What the network is for
#
# If the residual alone is a bowl and the network cannot mend what is not, the network's job is to fill in what was not observed. Then anything that
# fills it in should serve. {numref}`fig-recovery` compares, on full, noisy and partial observations: the *closed form* (with the cures of the
# {doc}`previous page <06_residual>` under noise); *elimination*, which computes the unseen $u$ from $v$ by solving its linear equation
#
# $$ (F + v^2 - D_u \nabla^2)\, u = F $$ (eq-eliminated)
#
# and fits the four parameters with $u$ re-solved each time (variable projection {cite}`golub1973`, exact derivatives, an FFT-preconditioned solver); smooth *interpolation* of missing cells by
# splines that know no physics, then the closed form; and the *network*, everywhere.

# %% data=["network_recovery"] mystnb={"figure": {"caption": "Largest of the four relative errors for every kind of observation and every method that applies; one mark for each seed (initial state, cells, noise and network). Dotted: 1 %.", "name": "fig-recovery"}, "image": {"alt": "For each kind of observation, marks on a logarithmic axis; closed form and elimination lie orders of magnitude left of the networks wherever they apply."}} tags=["hide-input"]
table = recovery.table(
    seeds=profile.network_seeds,
    iterations=profile.network_iterations,
    size=profile.size,
    steps=profile.steps,
    seed=SEED,
)
publish(table, "network_recovery")
plots.recoveries(table)

# %% tags=["hide-input"]
rows = []
for case in table.case.values:
    for method in table["method"].values:
        entry = table.sel({"case": case, "method": method})
        if not np.isfinite(entry.seconds).any():
            continue
        middle, low, high = entry.error.median("seed"), entry.error.min("seed"), entry.error.max("seed")
        cells = [f"{float(middle[i]):+.2%} ({float(high[i] - low[i]):.2%})" for i in range(4)]
        rows.append(
            f"| {case} | {method} | " + " | ".join(cells) + f" | {float(entry.seconds.median()):.2g} |"
        )
Markdown(
    "| observed | method | $D_u$ | $D_v$ | $F$ | $k$ | seconds |\n|:--|:--|--:|--:|--:|--:|--:|\n"
    + "\n".join(rows)
)

# %% [markdown]
# (Median error and, in brackets, the range over {glue:text}`network-seeds` seeds. On complete and noise-free data a network is given four
# times as many training steps as elsewhere, where more do not help. Seconds are those of one thread of the machine that made this page, while another
# training ran beside it.) Download: {download}`all recoveries <data/network_recovery.nc>`.
#
# With $u$ unseen the plain residual has a second global minimum that means nothing: $p = 0$ and $u = 0$ satisfy the equations exactly, whatever $v$
# is, and the network finds it. Measured in units of the reaction (*relative residual*) the trap is gone, but not the ill-conditioning: with
# $u$ free, the Hessian of the remaining problem has condition number {glue:text}`condition-v:.0f`. The elimination walks through that in a few Newton
# steps; a network creeps.

# %% tags=["hide-input"]
from lib.residual import elimination

from_v = elimination.fit_v(steady.v[0])
glue("condition-v", from_v.condition, display=False)
glue("network-seeds", profile.network_seeds, display=False)
partial_case = "10 % of the cells"
claims.record(
    "completes-data",
    measured={
        "full": accuracy.typical(table, "all of u and v", "network + residual"), "closed": accuracy.typical(table, "all of u and v", "closed form"),
        "noisy": accuracy.typical(table, "noise 0.01", "network + residual"), "cured": accuracy.typical(table, "noise 0.01", "closed form"),
        "v": accuracy.typical(table, "v only", "elimination of u"), "v_network": accuracy.typical(table, "v only", "network + relative residual"),
        "tenth": accuracy.typical(table, partial_case, "network + residual"), "spline": accuracy.typical(table, partial_case, "interpolation, closed form"),
        "slave": float(np.abs(gap).max()),
    },
    tolerance="where a completion without a network applies, it is at least as accurate (median over seeds); and the trained parameters "
    "equal the closed form on the network's output within 1 %",
    holds=accuracy.typical(table, "all of u and v", "closed form") <= accuracy.typical(table, "all of u and v", "network + residual")
    and accuracy.typical(table, "v only", "elimination of u") <= accuracy.typical(table, "v only", "network + relative residual")
    and float(np.abs(gap).max()) < 0.01,
    corrected=10 * accuracy.typical(table, "all of u and v", "closed form")
    < accuracy.typical(table, "all of u and v", "network + residual"),
    finding="With everything seen the network reaches {full:.2%}, the closed form "
    "{closed:.0e}; at a noise of 0.01, {noisy:.1%} against {cured:.1%}; from v alone {v_network:.0%} against {v:.1e} by elimination; from a tenth of the "
    "cells {tenth:.0%} against {spline:.0%} by splines. The trained parameters are those of the bowl over its output, within {slave:.0e}.",
)  # fmt: skip
