"""The paper's numbers, each once: parameter sets, starts, ranges of cuts and planes."""

from lib.model import Params

#: The parameters that made the data (paper, Section 2.1).
TRUTH = Params(0.16, 0.08, 0.035, 0.065)

#: The seven sets of the paper's comparison figure, in its order (original code, commit 2eb839b).
SAMPLED_SETS = (
    Params(0.1270, 0.1269, 0.0500, 0.0501),
    Params(0.1285, 0.0734, 0.0429, 0.0682),
    Params(0.1342671811580658, 0.06791425496339798, 0.042939864099025726, 0.06534779816865921),
    TRUTH,
    Params(0.1341, 0.1198, 0.0477, 0.0580),
    Params(0.1347, 0.0699, 0.0426, 0.0656),
    Params(0.1334, 0.0685, 0.0430, 0.0657),
)

#: What each sampled set is, in a few words.
SAMPLED_NAMES = (
    "start",
    "iteration 8,918",
    "matches the target",
    "truth",
    "one dot",
    "four dots",
    "four dots, or more",
)

#: The ranges of the paper's one-parameter cuts (original code, commit ede8c67; F is sampled uniformly here).
CUT_RANGES = {"Du": (0.15, 0.25), "Dv": (0.03134, 0.083), "F": (0.030, 0.059), "k": (0.055, 0.066)}

#: The F-k plane covers the paper's pattern matrix (commit 28a5860), at its diffusion coefficients.
FEED_PLANE = {"F": (0.03, 0.07), "k": (0.053, 0.068)}

#: The paper does not record its Du-Dv plane; this one is ours. It spans the four coefficients the cuts
#: and the sampled sets visit, up to the bound D = 1/4.
DIFFUSION_PLANE = {"Du": (0.10, 0.25), "Dv": (0.03, 0.13)}

#: Where every training of the paper starts, in unconstrained numbers (original code, commit 46bcabc):
#: diffusion softplus(-2) = 0.1269…, rates 0.05 (`lib.coordinates`).
PAPER_START = (-2.0, -2.0, 0.0, 0.0)

#: Unconstrained parameters at iteration 8,918: where segment 2 of Appendix D starts (commit 152a409).
RESTART = (-1.986888458877057, -2.5749068717725434, -0.2859322907279933, 0.762978275063285)

#: The box random starts are drawn from: the paper's cuts and planes and its start, with room around them.
SEARCHED = {"Du": (0.10, 0.24), "Dv": (0.03, 0.13), "F": (0.02, 0.08), "k": (0.02, 0.08)}
