"""What the claims about other systems are held against."""

from lib.publishing.criteria.criterion import Criterion, NotMeasured, Numbers, table

#: Systems that have to agree before anything is said to recur.
ENOUGH = 4


def caused(n: Numbers) -> bool:
    """Whether cliffs lie where the end of a run changes, in every system that has cliffs.

    Raises:
        NotMeasured: if fewer than four systems have enough cliffs to tell.
    """
    if n["cliffed"] < ENOUGH:
        raise NotMeasured("cliffed")
    return n["caused_least"] >= 0.9 and n["lift_least"] >= 2


CRITERIA: dict[str, Criterion] = table(
    Criterion(
        "recurs-plateau",
        quantity="share of a plane's points in the upper half of the loss's range whose neighbours "
        "differ by at most 3 % of it, for each of the systems",
        threshold="a plateau of at least a tenth of the plane in at least four systems",
        why="A plateau is high ground without a slope to follow; a tenth is more than a summit.",
        would_change="Two of the five systems without such ground would make it differ.",
        holds=lambda n: n["plateaus"] >= ENOUGH,
    ),
    Criterion(
        "recurs-cliff-cause",
        quantity="steps between neighbouring points of a plane over which the loss jumps by more than"
        " a quarter of its range: share of them at which the run's end changes (decayed, class of "
        "pattern, moving, diverged), and the same share among all steps",
        threshold="at least 90 % of the cliffs of each system, and at least twice as many as among "
        "all steps, over four systems or more with five cliffs or more",
        why="A cause has to be there nearly every time, and more often than by chance: where most "
        "steps change the end, so do those at cliffs.",
        would_change="One system in which more than a tenth of the cliffs lie between runs that end "
        "alike would make it differ.",
        holds=caused,
    ),
    Criterion(
        "recurs-bowl",
        quantity="third differences of the residual loss along every parameter that enters linearly, "
        "errors of the closed-form fit to a settled picture, and minima of the loss over the "
        "parameters that do not",
        threshold="third differences below 10⁻⁹ of the loss, all linear parameters within 1 %, and a "
        "single minimum within 5 % over each other parameter, in every system",
        why="Float64 leaves about 10⁻¹³ of a paraboloid's third differences on a cut; 5 % are some "
        "points of the profile over a parameter that is not linear.",
        would_change="One system with a second minimum, or with its minimum elsewhere, would make it differ.",
        holds=lambda n: (
            n["third"] < 1e-9
            and n["error"] < 0.01
            and n["bowls"] >= ENOUGH
            and (n["nonlinear"] == 0 or (n["minima"] == 1 and n["profile_error"] <= 0.05))
        ),
    ),
    Criterion(
        "recurs-horizon",
        quantity="share of random starts over all parameters' ranges from which least squares finds "
        "all of them within 1 %, when runs of T steps from the picture are compared with it",
        threshold="at least 90 % of the starts at T = 1 in every system, and fewer than half of them "
        "at the longest horizon in at least four systems",
        why="The same kind of measure as for Gray-Scott: near the residual the search must not fail, and far "
        "from it a search that still leads to the truth from most places has not broken.",
        would_change="Two of the five systems in which half of the starts still find the truth at the"
        " longest horizon would make it differ.",
        holds=lambda n: n["first_least"] >= 0.9 and n["broken"] >= ENOUGH,
    ),
)
