"""What the claims of Sections 4 and 5 are held against."""

from lib.publishing.criteria.criterion import Criterion, table

CRITERIA: dict[str, Criterion] = table(
    Criterion(
        "setup-stability",
        "Share of random points, in the box that holds all of the book's landscapes, whose runs at dt = 1"
        " stay finite without flicker, with the 95 % interval of a binomial share",
        "the whole interval above one half; without correction if, besides, at most one in twenty fails "
        "although both diffusion coefficients are at most 1/4",
        "“Most” is more than half. The paper gives D ≤ 1/4 as its bound, which ignores the reaction.",
        "An interval below one half would refute it, one that holds one half could not "
        "tell; no failures below D = 1/4 would "
        "leave it uncorrected.",
        holds=lambda n: n["decided"] == 1 and n["stable"] > 0.5,
        corrected=lambda n: n["failing"] > 0.05,
    ),
    Criterion(
        "cuts",
        "Slope of the spectral loss in its own range per range of the axis, over windows of a thirteenth "
        "of the axis (or one spacing, if that is wider), on each side of the cliffs of each cut; and the "
        "share of the loss's range that falls within such a window across a cliff",
        "a cliff on all four axes; the typical cliff takes more than half of the range; slope below 0.1 "
        "on at least 90 % of the ground off the pattern on every cut; without correction if the same is "
        "true of the patterned side",
        "A slope of 0.1 changes the loss by a tenth of its range over the whole axis. A window of fixed "
        "width makes the number independent of the sampling: a straight ramp has slope 1 at 40 points and"
        " at 200.",
        "A slope on the plateau, or cliffs that take less than half of the range, would refute it.",
        holds=lambda n: n["axes"] == 4 and n["drop"] > 0.5 and n["flat_off"] >= 0.9,
        corrected=lambda n: n["flat_on"] < 0.9,
    ),
    Criterion(
        "planes",
        "The same slopes along both axes of the F–k and Du–Dv planes",
        "the same numbers as for the cuts, over all lines of both planes",
        "As for the cuts.",
        "As for the cuts.",
        holds=lambda n: n["drop"] > 0.5 and n["flat_off"] >= 0.9,
        corrected=lambda n: n["flat_on"] < 0.9,
    ),
    Criterion(
        "losses-agree",
        "On every line of the F–k plane: where each loss crosses the middle of its range; over the "
        "plateau: the 5–95 % range of each loss in its own range; among patterns: Spearman's rank "
        "correlation of the two",
        "nine in ten crossings within a twentieth of the axis of each other, and both plateaus within 2 %"
        " of the range; without correction if the rank correlation among patterns is above 0.5",
        "Surfaces are alike if their edges lie in the same places and both sides look the same.",
        "Edges in other places, or one plateau with a slope, would refute it.",
        holds=lambda n: n["edges_apart"] <= 0.05 and n["plateaus"] <= 0.02,
        corrected=lambda n: n["rank_patterned"] <= 0.5,
    ),
    Criterion(
        "gram",
        "Of the Gram loss and of the spectral loss over the F–k plane: highest value, height of the "
        "plateau and median difference of patterned neighbours, the last two in the loss's own range, and"
        " the share of patterned neighbours further apart than a fifth of it",
        "with trained filters: a plateau between 20 % and 80 % of the range, and among patterns both larger"
        " differences and more cliffs than the spectral loss has",
        "Numbers that do not depend on the loss's unit. The paper also finds a smaller range. A network "
        "whose weights are scaled as a whole has the same filters and another range, so that part is "
        "reported and not judged.",
        "Any one of the three the other way round would refute it.",
        holds=lambda n: (
            n["trained"] == 1
            and 0.2 < n["gram_plateau"] < 0.8
            and n["gram_roughness"] > n["plain_roughness"]
            and n["gram_cliffs"] > n["plain_cliffs"]
        ),
    ),
    Criterion(
        "matrix",
        "Mantel test among the patterned points of the F–k plane: Spearman's correlation, over all pairs,"
        " of the distance in (F, k) and the spectral distance of the pictures; p from permuted points",
        "a correlation of at least 0.5 with p below 0.01",
        "“Gradually and regularly” means that pictures of near parameters are alike and those of far ones"
        " are not. Shuffled pictures would fail.",
        "A correlation below 0.5 would refute it.",
        holds=lambda n: n["mantel"] >= 0.5 and n["p"] < 0.01,
    ),
    Criterion(
        "bifurcations",
        "Distance in k, feed rate by feed rate, of the low-k edge of the patterned region in the F–k plane "
        "(bisected, from the paper's patch) from the Hopf curve of the homogeneous states",
        "within 0.001 for at least nine in ten feed rates; with a correction for at least half of them",
        "The Hopf and the saddle-node curve are 0.0025 apart at the truth's F: what is to be named after "
        "one of them must be nearer than half of that.",
        "An edge further away than 0.001 at most feed rates would refute it.",
        holds=lambda n: n["share"] >= 0.5,
        corrected=lambda n: n["share"] < 0.9,
    ),
    Criterion(
        "bifurcations-right",
        "The same for the high-k edge and the saddle-node curve, where the homogeneous states are born",
        "within 0.001 for at least nine in ten feed rates; with a correction for at least half of them",
        "As for the low-k edge.",
        "An edge within 0.001 of the saddle-node at most feed rates would confirm it.",
        holds=lambda n: n["share"] >= 0.5,
        corrected=lambda n: n["share"] < 0.9,
    ),
    Criterion(
        "hopf-cycles",
        "First Lyapunov coefficient of the space-free equations and of their map with dt = 1 at the Hopf "
        "point for the truth's F; and over kill rates and seeds the runs that, four run lengths on, still"
        " pulse in unison: looking uniform for nine tenths of the last length, with a mean that swings by"
        " 0.001 or more",
        "at least one run that still pulses",
        "A growing transient looks like a cycle for a while; a cycle neither grows nor dies. The coefficient "
        "explains what is seen: negative, a stable cycle is born at the Hopf point; positive, none is.",
        "A unison that lasts would confirm it.",
        holds=lambda n: n["pulsing"] > 0,
    ),
    Criterion(
        "hopf-flashes",
        "Of runs from the patch at kill rates beyond the Hopf point, over seeds: share of the second half"
        " of the run in which the spread of v is below 0.01, and flashes (the spread rises through 0.01) "
        "that follow a calm of at least five periods of the linear oscillation",
        "medians over the runs: uniform for at least half of the time, and at least two such flashes",
        "“Uniform for a long time with occasional flashes” needs both. The spread crosses its threshold "
        "many times within one flash, so that only crossings after a long calm count.",
        "Runs that flash without calms, or that stay calm for good, would refute it.",
        holds=lambda n: n["uniform"] >= 0.5 and n["flashes"] >= 2,
    ),
    Criterion(
        "hopf-stop",
        "Over the same kill rates and seeds: whether the stop rule of the training (5e-5) fires within a "
        "full run while v lives and its spread is below 0.01",
        "at every kill rate and seed; with a correction at some",
        "That is what it takes to be cut off as uniform.",
        "A rule that fires at no kill rate would refute it.",
        holds=lambda n: n["stopped"] > 0,
        corrected=lambda n: n["stopped"] < 1,
    ),
    Criterion(
        "routing",
        "Spectral loss in trivial and uniform ends: largest gradient by the implicit route and by all "
        "unrolled steps. At patterns at rest, at least thirty: cosine of the implicit gradient with the "
        "one unrolled from the steady state (pixels), and whether it is much the same as the one unrolled"
        " from the patch. On a faithful surrogate: held-out points on the right side of the cliff, and "
        "descents from outside the patterns that arrive within 1 % of the truth",
        "gradients below 1e-6 of the loss per relative change; median cosine above 0.99; more than 90 % "
        "of held-out points on the right side; fewer than half of the descents arriving. Without "
        "correction if nine in ten gradients are much the same, and no smoother surrogate leads most "
        "descents from outside to its own minimum",
        "Inherited means that the plateau is silent and the cliff stands by whatever route.",
        "A route with a slope on the plateau, or one that most descents leave it by, would refute "
        "it.",
        holds=lambda n: (
            n["enough"] >= 30
            and n["silent"] < 1e-6
            and n["meeting"] > 0.99
            and n["side"] > 0.9
            and n["outside"] < 0.5
        ),
        corrected=lambda n: n["alike"] < 0.9 or n["led"] > 0.5,
    ),
    Criterion(
        "intermediate",
        "Median unlikeness of pairs of patterned ends (share of power at different wavelengths), at the "
        "end of the run over step 250: across parameters from the patch, across parameters from a random "
        "state, and across initial states at the truth",
        "at most 0.75 in all three groups; with a correction in two of them",
        "“More similar to one another” is said of patterns in general, and used for patterns of different "
        "parameters. A quarter less is a change that one sees.",
        "Unlikeness that falls across parameters, too, would confirm it.",
        holds=lambda n: sum(n[name] <= 0.75 for name in ("patch", "random", "states")) >= 2,
        corrected=lambda n: sum(n[name] <= 0.75 for name in ("patch", "random", "states")) < 3,
    ),
    Criterion(
        "intermediate-ends",
        "Share of the runs from the patch over the F–k plane ending trivial or uniform that had, from step "
        "250 on, at least half of the texture of the truth's full pattern",
        "at least half",
        "An end comes from patterns if most runs with that end show a pattern on the way.",
        "A share of one half or more would confirm it.",
        holds=lambda n: n["middle_patch"] >= 0.5,
    ),
    Criterion(
        "intermediate-ends-random",
        "The same for runs from a random state",
        "at least half",
        "As from the patch. The two kinds of initial state are two claims, so that one cannot stand in for "
        "the other.",
        "A share below one half would refute it.",
        holds=lambda n: n["middle_random"] >= 0.5,
    ),
    Criterion(
        "traversable",
        "Spectral loss averaged over pairs of different initial states along straight lines through "
        "patterns to the truth, with standard errors over initial states; and over the F–k plane the "
        "share of patterned points from which the steepest way leads down to the noise floor",
        "at least one line, from ten standard errors above the noise floor down to it, on which no step "
        "rises by more than two standard errors; without correction if all lines are so and more than "
        "half of the points lead down",
        "“In principle” asks for one way. Whether a method finds it is the correction.",
        "A significant rise on every line would refute it.",
        holds=lambda n: n["monotone"] >= 1,
        corrected=lambda n: n["monotone"] < n["lines"] or n["through"] <= 0.5,
    ),
)  # fmt: skip
