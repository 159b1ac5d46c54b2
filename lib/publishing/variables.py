"""What every variable in the published files of data means, and in which unit; what codes stand for.

The attributes are those of the CF conventions (long_name, units, flag_values, flag_meanings), which
xarray, ncdump and most viewers show. Units are written for people: the model has no seconds or metres.
"""

from collections.abc import Mapping
from enum import IntEnum, IntFlag

from lib.simulate import Outcome
from lib.studies.inversion.recovery import Ending as SearchEnding
from lib.studies.patterns.spectral_distance import TEXTURE_WAVELENGTH
from lib.studies.recurrence.planes import End
from lib.studies.training.acceptance import Refusal
from lib.studies.training.trace import Ending, Signal

NONE, STEPS, TIME, SECONDS, CELLS = "1", "time steps", "unit of time", "s", "cells"
DIFFUSION, RATE = "cells² per unit of time", "per unit of time"
ERROR = "relative error of each parameter, (found - true) / true"

#: Meaning and unit of a variable, by its name; a few have another meaning in some files: see BY_FILE.
GENERAL: Mapping[str, tuple[str, str]] = {
    "Du": ("diffusion coefficient of u", DIFFUSION),
    "Dv": ("diffusion coefficient of v", DIFFUSION),
    "F": ("feed rate", RATE),
    "k": ("kill rate", RATE),
    "u": ("concentration of u", NONE),
    "v": ("concentration of v", NONE),
    "parameter": ("which of the four parameters", NONE),
    "params": ("values of the four parameters", "those of each parameter"),
    "gradient": ("derivatives of the loss by the four parameters", "1 / that of each parameter"),
    "time": ("steps since the initial state", STEPS),
    "steps": ("steps taken by each run", STEPS),
    "dt": ("time step of the explicit scheme", TIME),
    "seconds": ("wall time it took", SECONDS),
    "state": ("number of the initial state", NONE),
    "seed": ("seed of the random numbers", NONE),
    "outcome": ("how each run ended", NONE),
    "change": ("largest change of u or v in any cell in one step, at the end", "concentration per step"),
    "spectral": ("spectral loss against the truth from the same initial state", NONE),
    "windowed": ("windowed spectral loss against the truth from the same initial state", NONE),
    "gram": ("Gram loss against the truth from the same initial state", NONE),
    "loss": ("loss", NONE),
    "independent": ("spectral loss against the truth from other initial states", NONE),
    "independent_windowed": ("windowed loss against the truth from other initial states", NONE),
    "floor": ("ε under the logarithm of the spectral loss", NONE),
    "residual": ("residual loss: mean square of what is left of the steady equations", NONE),
    "texture": (f"standard deviation of v in wavelengths up to {TEXTURE_WAVELENGTH} cells", "concentration"),
    "mean": ("mean of v over the dish", "concentration"),
    "mean_v": ("mean of v over the dish", "concentration"),
    "largest_v": ("largest v in the dish", "concentration"),
    "top": ("largest v in the dish", "concentration"),
    "spread": ("standard deviation of v over the dish", "concentration"),
    "spots": ("number of spots", NONE),
    "title": ("words above each panel of the film", NONE),
    "noise": ("standard deviation of the noise on both fields", "concentration"),
    "error": (ERROR, NONE),
    "horizon": ("steps simulated before pictures are compared", STEPS),
    "eigenvalue": ("eigenvalue of the Hessian", NONE),
    "condition": ("condition number of the Hessian", NONE),
    "stage": ("training iterations so far", NONE),
    "alpha": ("displacement along the first random direction, in norms of the weights", NONE),
    "beta": ("displacement along the second random direction, in norms of the weights", NONE),
    "side": ("length of one side of the square", CELLS),
    "iteration": ("training iteration", NONE),
    "run": ("which of the runs", NONE),
}

#: Runs of the optimiser: the columns of `lib.studies.training.trace`.
TRAINING: Mapping[str, tuple[str, str]] = {
    "loss": ("mean loss of the batch", NONE),
    "losses": ("loss of each simulation against its target", NONE),
    "unconstrained": ("unconstrained parameters at which loss and gradient were taken", NONE),
    "params": ("the parameters these stand for", "those of each parameter"),
    "gradient": ("gradient of the loss with respect to the unconstrained parameters", NONE),
    "signal": ("what the gradient says", NONE),
    "outcome": ("how each simulation ended", NONE),
    "steps": ("steps each simulation took", STEPS),
    "converged": ("whether each simulation met the tolerance", NONE),
    "rate": ("learning rate of the step that was taken; nan if none was", NONE),
    "tries": ("steps tried", NONE),
    "tried": ("learning rate of each try", NONE),
    "refusal": ("reasons against each try; -1 if not tried", NONE),
    "next_unconstrained": ("unconstrained parameters after the step", NONE),
    "seconds": ("wall time this iteration took", SECONDS),
    "ending": ("how each run stands", NONE),
}

#: Fields of gradients: the loss follows from the notebook's own setting, which the file's attributes name.
GRADIENTS: Mapping[str, tuple[str, str]] = {
    "loss": ("loss against the target made from the same initial state, whose gradient this is", NONE),
    "windowed": ("windowed spectral loss of the same pair", NONE),
}

#: Landscapes in time: every picture is compared with the truth's of the same age.
IN_TIME: Mapping[str, tuple[str, str]] = {
    "spectral": ("spectral loss against the truth at the same time, from the same initial state", NONE),
    "independent": ("spectral loss against the truth at the same time, mean over other initial states", NONE),
    "outcome": ("what the field is at that time", NONE),
}

#: The same for names that depend on the file: pattern of the file's name → pattern of the variable's.
BY_FILE: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "precision": {
        "difference": ("largest difference of u or v in any cell", "concentration"),
        "way": ("which two computations are compared", NONE),
        "steps": ("steps since the initial state", STEPS),
    },
    "training_*": TRAINING,
    "second_segment_*": TRAINING,
    "gradient_field*": GRADIENTS,
    "short_cut": GRADIENTS,
    "intermediate_*": IN_TIME,
    "middles_*": IN_TIME,
    "sampled_sets": {
        "spectral": ("mean spectral loss, as training sees it, against random targets", NONE),
        "windowed": ("mean windowed loss, as training sees it, against random targets", NONE),
        "stops": ("median of the steps after which training stops a run", STEPS),
        "spots": ("median number of spots where training stops", NONE),
    },
    "acceptance_audit": {
        "place": ("where in parameter space", NONE),
        "converged": ("share of single simulations that converge", NONE),
        "share": ("share of batches accepted, if simulations are independent", NONE),
        "low": ("lower end of its 95 % interval", NONE),
        "high": ("upper end of its 95 % interval", NONE),
        "batches": ("share of the batches really drawn that are accepted", NONE),
        "steps": ("median of the steps taken", STEPS),
        "spots": ("median number of spots", NONE),
        "loss": ("mean spectral loss", NONE),
        "loss_lower": ("lower quartile of the spectral loss over simulations", NONE),
        "loss_upper": ("upper quartile of the spectral loss over simulations", NONE),
    },
    "adjoint_plane": {
        "largest": ("largest norm of the adjoint on its way back, relative to the end", "decades"),
        "start": ("norm of the adjoint at the start of the run, relative to the end", "decades"),
        "silent": ("whether the loss has no gradient at all", NONE),
    },
    "adjoint_norms": {
        "norm": ("norm of the adjoint state", NONE),
        "back": ("steps counted backwards from the end of the run", STEPS),
        "place": ("where in parameter space", NONE),
    },
    "reach_*": {
        "patch": ("how runs from the paper's patch ended", NONE),
        "carried": ("how the settled pattern ended that was carried there; -1: no way led there", NONE),
    },
    "edges_F_k": {
        "low": ("kill rate at which the patch's patterns end, towards small k", RATE),
        "high": ("kill rate at which the patch's patterns end, towards large k", RATE),
        "saddle-node": ("kill rate of the homogeneous saddle-node", RATE),
        "Hopf": ("kill rate of the homogeneous Hopf point", RATE),
        "Hopf, dt = 1": ("kill rate of the Hopf point of the Euler map", RATE),
        "Turing": ("kill rate of the homogeneous Turing point", RATE),
    },
    "cliffs": {
        "edge": ("which cliff", NONE),
        "place": ("the parameter's value at the cliff", "that of the parameter"),
        "after": ("how runs end beyond the cliff", NONE),
        "by_length": ("the cliff for other run lengths, first seed", "that of the parameter"),
        "half_step": ("the cliff with half the time step, first seed", "that of the parameter"),
        "cause": ("the cliff's cause by the rule on the page", NONE),
        "steps": ("run length", STEPS),
    },
    "carried_*": {
        "value": ("the parameter's value", "that of the parameter"),
        "way": ("on the way out, or back", NONE),
    },
    "branches": {
        "direction": ("parameter, and the way it is changed", NONE),
        "fold": ("where the branch of the pattern turns back", "that of the parameter"),
        "instability": ("where the pattern stops attracting", "that of the parameter"),
        "growth": ("real part of the leading eigenvalue there", RATE),
        "frequency": ("imaginary part of the leading eigenvalue there", RATE),
        "released": ("furthest value from which a disturbed pattern returns", "that of the parameter"),
    },
    "patch_side": {
        "side": ("side of the patch", CELLS),
        "place": ("kill rate of the cliff", RATE),
    },
    "patch_strength": {
        "patch": ("what fills the patch", NONE),
        "place": ("kill rate of the cliff", RATE),
    },
    "stiffness": {
        "eigenvalue": ("largest absolute eigenvalue of the pattern", RATE),
        "bound": ("the rule of thumb for it, 8 Du + F + v²", RATE),
    },
    "cycle_*": {"shown": ("steps at which pictures are taken", STEPS)},
    "routes": {
        "loss": ("which loss", NONE),
        "implicit": ("gradient by implicit differentiation", "1 / that of each parameter"),
        "unrolled": ("gradient through steps unrolled from rest", "1 / that of each parameter"),
        "patch": ("gradient through the run from the patch", "1 / that of each parameter"),
        "value": ("the loss at rest", NONE),
        "drift": ("largest change in one step at rest", "concentration per step"),
        "near": ("whether the set was drawn near the truth", NONE),
    },
    "surrogate_maps": {
        "faithful": ("spectral loss as the faithful surrogate has it", NONE),
        "smoothed": ("spectral loss as the smoothed surrogate has it", NONE),
        "very_smooth": ("spectral loss as the very smooth surrogate has it", NONE),
    },
    "ageing": {
        "begin": ("earlier of the two ages", STEPS),
        "later": ("spectral loss between a run and itself at twice the age", NONE),
        "between": ("spectral loss between runs from different initial states", NONE),
        "windowed": ("windowed loss between runs from different initial states", NONE),
    },
    "floor_epsilon": {
        "epsilon": ("ε under the logarithm of the spectral loss", NONE),
        "floors": ("spectral loss along k, first initial state", NONE),
        "height": ("height of the plateau by the closed form", NONE),
        "simulated": ("spectral loss of simulated runs without a pattern", NONE),
        "end": ("which run", NONE),
    },
    "likeness": {
        "unlikeness_*": ("quartiles between pairs of pictures; the name says which", NONE),
        "loss_*": ("quartiles of the spectral loss between pairs of pictures; the name says which", NONE),
        "quantile": ("quantile", NONE),
    },
    "fit_steadiness": {
        "one": (f"{ERROR}, from one frame", NONE),
        "two": (f"{ERROR}, from two consecutive frames", NONE),
    },
    "fit_second_frame": {
        "one": (f"{ERROR}, from one frame", NONE),
        "two": (f"{ERROR}, from two frames with noise of their own", NONE),
        "seed": ("seed of the noise", NONE),
    },
    "fit_elsewhere": {
        "error": (ERROR, NONE),
        "truth": ("the parameters simulated with", "those of each parameter"),
        "rank": ("number of directions that the data determine", NONE),
    },
    "spectral_minima": {
        "minimum": ("kill rate at which the spectral loss is least; none for a state with itself", RATE),
        "candidate": ("number of the candidate's initial state", NONE),
        "target": ("number of the target's initial state", NONE),
    },
    "fit_windows": {"standard_error": ("standard error of the fit, relative", NONE)},
    "fit_subsampled": {
        "share": ("share of the cells that is seen", NONE),
        "usable": ("cells seen with all their neighbours", CELLS),
    },
    "fit_resolution": {
        "way": ("how the pictures were made coarser, or restored", NONE),
        "factor": ("cells of the model along one side of a pixel", CELLS),
    },
    "fit_regions": {
        "plain": ("parameters by plain least squares", "those of each parameter"),
        "cured": ("parameters by the weak form with errors in variables", "those of each parameter"),
        "region": ("outlines of the joint 95 % regions", "those of each parameter"),
        "pair": ("which two parameters", NONE),
        "coordinate": ("across: the first of the pair; up: the second", NONE),
    },
    "fit_noise": {"cure": ("method of the fit", NONE)},
    "fit_bits": {
        "bits": ("bits that a pixel of the pictures has", NONE),
        "plain": (f"{ERROR}, by plain least squares", NONE),
        "cured": (f"{ERROR}, by the weak form with errors in variables", NONE),
    },
    "network_*": {
        "data": ("data loss", NONE),
        "residual": ("residual loss, weighted as in training", NONE),
        "minimum": ("parameters at the bottom of the residual's bowl", "those of each parameter"),
        "lowest": ("residual loss there", NONE),
        "hessian": ("Hessian of the residual loss in the parameters", "by those of the parameters"),
        "eigenvalues": ("its eigenvalues, ascending", "by those of the parameters"),
        "data_gradient": ("norm of the data loss's gradient in the weights", NONE),
        "residual_gradient": ("norm of the weighted residual loss's gradient in the weights", NONE),
        "params_gradient": ("norm of the weighted residual loss's gradient in the parameters", NONE),
        "cosine": ("cosine between the two gradients in the weights", NONE),
    },
    "network_repair": {
        "kind": ("the term that sees the parameters; bare: no network in between", NONE),
        "place": ("the four unconstrained parameters after every step", NONE),
        "loss": ("that term", NONE),
        "slope": (
            "norm of the gradient of its logarithm, in unconstrained parameters; none: no number",
            NONE,
        ),
        "outcome": ("how a simulation at the start ends", NONE),
    },
    "network_recovery": {
        "case": ("what is seen", NONE),
        "method": ("how it is fitted", NONE),
        "gap": ("largest distance of the parameters from the closed form over the network's output", NONE),
        "trained": ("training steps of the network", NONE),
        "rested": ("1: its training came to rest; 0: it was cut off", NONE),
        "best": ("smallest of the largest relative errors at any stage of the training", NONE),
    },
    "refined_*": {
        "row": ("row of the point on the lattice", NONE),
        "column": ("column of the point on the lattice", NONE),
        "grid": ("1: the point belongs to the coarse grid", NONE),
    },
    "surfaces": {
        "row": ("row of the point on the lattice", NONE),
        "column": ("column of the point on the lattice", NONE),
        "grid": ("1: the point belongs to the coarse grid", NONE),
    },
    "plane_*": {
        "data": ("data loss", NONE),
        "residual": ("residual loss, weighted as in training", NONE),
        "total": ("sum of the two", NONE),
        "alpha": ("displacement along the first direction; on the last plane, of the lowest curvature", NONE),
        "beta": (
            "displacement along the second direction; on the last plane, of the steepest curvature",
            NONE,
        ),
    },
    "spectrum_*": {
        "eigenvalue": ("eigenvalue of the total loss's Hessian in the weights", NONE),
        "share": ("weight of the node in the spectral density", NONE),
    },
    "horizon_*": {
        "origin": ("where runs start: from the data, or from the patch", NONE),
        "measure": ("what is compared", NONE),
        "error": ("largest of the four relative errors", NONE),
        "evaluations": ("gradients or Jacobians computed", NONE),
        "tried": ("starts that were tried", NONE),
        "descent_condition": ("condition number in the unconstrained coordinates of the descent", NONE),
        "width": ("half width of the paraboloid at the truth, relative to the parameters", NONE),
    },
    "inversion*": {
        "approach": ("which method", NONE),
        "scheme": ("what is seen of the target", NONE),
        "target": ("which parameters made the pictures", NONE),
        "truth": ("those parameters", "those of each parameter"),
        "params": ("the method's answer", "those of each parameter"),
        "uncertainty": ("standard deviation that the method states", "those of each parameter"),
        "answer": ("what it would have answered by then", "those of each parameter"),
        "cost": ("what the attempt cost", "full simulations"),
        "seconds": ("processor time it took", SECONDS),
        "ending": ("how the attempt ended", NONE),
        "spent": ("share of the budget spent", NONE),
        "solved": ("share of the problems with all four parameters within 5 %", NONE),
        "error": ("median over the problems of the largest relative error", NONE),
        "seed": ("number of the repetition", NONE),
        "case": ("number of the pattern", NONE),
        "rank": ("share of the posterior's draws below the truth", NONE),
        "course": ("what was run", NONE),
        "look": ("number of the look", NONE),
    },
    "inversion_forward": {"error": ("relative error of v over all moments", NONE)},
    "horizon_noise": {"error": (ERROR, NONE)},
    "own_images": {
        "left_u": ("left over in the equation of u", "concentration per unit of time"),
        "left_v": ("left over in the equation of v", "concentration per unit of time"),
    },
    "own_parameters": {
        "params": ("the fitted parameters", "those of each parameter"),
        "uncertainty": (
            "error of each parameter: scatter, bias and discretisation",
            "those of each parameter",
        ),
        "fit": ("before or after the report's advice", NONE),
    },
    "own_plane": {
        "spectral": ("spectral loss against one's own picture", NONE),
        "windowed": ("windowed spectral loss against one's own picture", NONE),
    },
    "varied_*": {"kind": ("kind of initial state", NONE)},
    "recurrence_*": {
        "first": ("the plane's first parameter; the attribute `plane` names it", "that of the parameter"),
        "second": ("the plane's second parameter", "that of the parameter"),
        "loss": ("spectral loss against the truth's run, or residual loss along a parameter", NONE),
        "end": ("how each run ended", NONE),
        "picture": ("the field that is compared, at the true parameters", "concentration"),
        "parameter": ("which parameter of the system", NONE),
        "place": ("place in the parameter's range, from 0 to 1", NONE),
        "error": ("largest relative error of all parameters at the end of a search", NONE),
        "start": ("number of the random start", NONE),
    },
}

#: Codes: pattern of file and variable → what the numbers stand for.
CODES: Mapping[str, type[IntEnum] | type[IntFlag]] = {
    "*/outcome": Outcome,
    "cliffs/after": Outcome,
    "reach_*/carried": Outcome,
    "reach_*/patch": Outcome,
    "inversion*/ending": SearchEnding,
    "*/signal": Signal,
    "*/ending": Ending,
    "*/refusal": Refusal,
    "recurrence_*/end": End,
}
