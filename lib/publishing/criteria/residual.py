"""What the claims of Section 6 are held against."""

from lib.publishing.criteria.criterion import Criterion, NotMeasured, Numbers, table

#: Standard errors that a difference between two means must exceed to count.
CLEAR = 2.0


def no_repair(n: Numbers) -> bool:
    """Whether the network's gain stays clearly below half of what is possible; undecided within the error.

    Raises:
        NotMeasured: if the steps are not far below the distance to the cliff along k, if the same network and
            steps do not lead to the truth even with the residual, so that the test could not see a repair, or
            if there are too few starts to tell.
    """
    if n["step"] > 1 / 20:
        raise NotMeasured("step")
    if n["possible"] - CLEAR * n["possible_error"] <= 0:
        raise NotMeasured("possible")
    half, error = n["possible"] / 2, CLEAR * n["gain_error"]
    if half - error < n["gain"] < half + error:
        raise NotMeasured("gain")
    return n["gain"] < half


CRITERIA: dict[str, Criterion] = table(
    Criterion(
        "orthogonal",
        quantity="change of the data term's gradient in the weights when all four parameters move by 30 %, "
        "over trained networks of two kinds",
        threshold="the data term's gradient in the weights does not change at all when the parameters move "
        "by 30 %",
        why="A term that depends on the weights alone has no mixed derivative; anything but an exact zero "
        "is a coupling.",
        would_change="A single bit of change in that gradient would make it differ.",
        holds=lambda n: n["data"] == 0,
    ),
    Criterion(
        "quadratic",
        quantity="third differences of the residual loss on six planes, and its Hessian from the formula "
        "and from autograd",
        threshold="third differences below 10⁻¹² of the loss on all six planes, autograd's Hessian equal to "
        "the formula's within 10⁻⁹, and all of its eigenvalues positive",
        why="Float64 leaves about 10⁻¹⁵ of a paraboloid's third differences; three digits are allowed for "
        "sums over the cells.",
        would_change="A third difference above round-off, or a direction without curvature, would make "
        "it differ.",
        holds=lambda n: n["third"] < 1e-12 and n["hessian"] < 1e-9 and n["lowest"] > 0,
    ),
    Criterion(
        "quadratic-any",
        quantity="third differences and Hessian of the residual loss over the network's output at every "
        "recorded stage",
        threshold="third differences below 10⁻¹² of the loss and a positive definite Hessian at every stage",
        why="The same measure as for a simulated picture: what is claimed is that the picture does not "
        "matter.",
        would_change="One stage of one network with another shape would make it differ.",
        holds=lambda n: n["third"] < 1e-12 and n["lowest"] > 0,
    ),
    Criterion(
        "minimum",
        quantity="largest relative error of the closed-form fit on clean, young, noisy and coarse snapshots",
        threshold="all four parameters within 10⁻⁵ on a clean, settled, fully resolved snapshot; a "
        "correction where noise of 0.01 moves them by more than 10 %",
        why="A settled snapshot changes by about 10⁻⁵ in a step, so its residual cannot be smaller.",
        would_change="A clean fit further off would make it differ; a fit that noise leaves in place "
        "would make the correction unnecessary.",
        holds=lambda n: n["clean"] < 1e-5,
        corrected=lambda n: n["noisy"] > 0.1,
    ),
    Criterion(
        "all-initial-states",
        quantity="largest distance from the true k: of the residual fits to each initial state alone, and "
        "of the spectral loss's minima over pairs of initial states, refined until the spacing is a tenth "
        "of that distance",
        threshold="every state's own fit of k within 10⁻⁵, and within a hundredth of the distance of the "
        "spectral minima",
        why="An answer that holds for all initial states must not depend on which one is looked at; the "
        "spectral loss, compared across states, says how much dependence there could be.",
        would_change="States whose own fits disagree would make it differ; minima no further apart "
        "than the refined spacing would leave it untested.",
        holds=lambda n: n["residual"] < 1e-5 and 100 * n["residual"] < n["spectral"],
    ),
    Criterion(
        "no-repair",
        quantity="way towards the truth per way allowed, along plain steps of bounded length down the "
        "gradient of the loss's logarithm, without momentum, from starts on both sides of the cliff: the "
        "spectral loss with a network in between against the same loss without one, and against the residual "
        "with the same network",
        threshold="what the network adds to the spectral loss's progress stays, by two standard errors over "
        "the starts, below half of what the residual adds; steps are at most a twentieth of the distance "
        "from the truth to the cliff along k",
        why="A repaired landscape would lead where the residual leads. Small steps without momentum cannot "
        "jump or coast over that cliff, and paired starts take out where one happens to stand.",
        would_change="A network that gains half as much as the residual does would make it differ; a "
        "residual that gains nothing, or too few starts, would leave it untested.",
        holds=no_repair,
    ),
    Criterion(
        "network-landscape",
        quantity="other minima on planes through the trained weights (random ones, and the one of the "
        "steepest and the most negative curvature), most negative curvature, share of flat directions",
        threshold="no yardstick, since the paper leaves the question open",
        why="A few planes of some thousand dimensions can show an obstacle, and never that there is none.",
        would_change="A second minimum or a clearly negative curvature would be reported as an obstacle.",
    ),
    Criterion(
        "completes-data",
        quantity="in every kind of observation, with networks trained until they rest: distance of the "
        "trained parameters from the closed form over the network's own output, and largest error against "
        "that of a completion without a network",
        threshold="in every case the trained parameters equal the closed form over the network's output "
        "within 1 % of the truth; a correction where another completion is clearly more accurate, by a "
        "factor of two in the medians over seeds",
        why="If the network does nothing but complete the fields, the parameters follow from the completed "
        "fields alone; whether only a network can complete them is a question of its own.",
        would_change="A case in which the parameters are not those of the completed fields would make "
        "it differ; networks as accurate as every rival would make the correction unnecessary.",
        holds=lambda n: n["gap"] < 0.01,
        corrected=lambda n: n["better_without"] > 0,
    ),
    Criterion(
        "space-time",
        quantity="the same as for single frames, over windows of several lengths of a pattern that is still "
        "growing",
        threshold="no yardstick, since the paper leaves the question open",
        why="Windows of some lengths were tried; full space-time is more than any of them.",
        would_change="A second minimum or a clearly negative curvature would be reported as an obstacle.",
    ),
)
