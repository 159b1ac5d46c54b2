"""Sentences that depend on numbers: both forms exist, and a number that is missing is said to be."""

import re
from dataclasses import fields, replace
from typing import Any, get_args, get_type_hints

import pytest
import xarray as xr

from lib.publishing.sentences import cliffs, hopf, landscapes, patterns, routes, states
from lib.publishing.sentences import surrogate_descents as descents
from lib.publishing.sentences import ways as along
from lib.studies.bifurcation.flash_checks import Checked
from lib.studies.bifurcation.hopf_summary import Flashing, Unison
from lib.studies.bifurcation.plane_edges import Flank
from lib.studies.bifurcation.sizes import Sizes
from lib.studies.bifurcation.summary import Causes, Curves, Edges, Ends, Resolved
from lib.studies.gradient_routes.route_summary import Routes
from lib.studies.gradient_routes.summary import Surrogates, Ways
from lib.studies.landscapes.likeness import Agreement, Gradual
from lib.studies.landscapes.sizes import Sizes as LandSizes
from lib.studies.landscapes.summary import Cuts, Gram, Planes
from lib.studies.landscapes.summary import Plateau as Off
from lib.studies.patterns.state_summary import Draws, Kinds, Moved
from lib.studies.patterns.summary import Ageing, Alike, Middles, Noise, Plateau, Valley
from lib.studies.patterns.within_kinds import WithinKind

#: A second plane that says how it was refined.
REFINED = xr.Dataset(attrs={"side": 192, "lines": 97})

#: What no sentence may contain.
MATHS = re.compile(r"\$[^$]*\$")
BAD = re.compile(r"\bnan\b|None|\d[eE][+-]\d|-\d|\{|\}")


def filled(kind: type, **values: Any) -> Any:
    """A summary with every number set, or with None wherever that is allowed."""
    missing = values.pop("missing", False)
    hints, whole = get_type_hints(kind), {}
    names = [f.name for f in fields(kind)] if hasattr(kind, "__dataclass_fields__") else kind._fields
    for name in names:
        hint = hints[name]
        options = get_args(hint) or (hint,)
        if missing and type(None) in options:
            whole[name] = None
        elif hint is bool:
            whole[name] = True
        elif int in options and float not in options:
            whole[name] = 3
        elif dict[str, float] in (hint, *options):
            whole[name] = {"12": 600.0, "8": 250.0, "4": 50.0, "2": 15.0}
        elif str in options:
            whole[name] = "random filters"
        elif hasattr(hint, "__dataclass_fields__"):
            whole[name] = filled(hint, missing=missing)
        else:
            whole[name] = 0.4
    return kind(**(whole | values))


def everything(missing: bool) -> list[str]:
    """Every sentence of these pages."""

    def of(kind: type, **values: Any) -> Any:
        return filled(kind, missing=missing, **values)

    left, causes, low, flashing = of(Flank), of(Causes), of(Unison), of(Flashing)
    checked = of(Checked)
    valleys = {name: of(Valley) for name in ("k", "F", "k_random")}
    gradients, learnt, ways, noise = of(Routes), of(Surrogates), of(Ways), of(Noise)
    both, step, ends = of(Edges), of(Resolved), of(Ends)
    of_cliffs = [
        *cliffs.phrases(of(Curves), causes).values(), cliffs.minute(causes, both),
        cliffs.covered(both, 3, 4), *cliffs.lengths(Sizes("quick")).values(),
        cliffs.edge(left, "low-k", "Hopf"), cliffs.from_map(left), cliffs.causes(causes), cliffs.ends(ends),
        cliffs.flicker(step), cliffs.resolved(step, 3), hopf.minute(low), hopf.unison(low), hopf.growth(low),
        hopf.cycles(flashing, low), hopf.flashes(flashing), hopf.stops(flashing, of(Checked)),
        hopf.other_schemes(checked),
    ]  # fmt: skip
    cuts, pictures = of(Cuts), of(Gradual)
    of_land = [
        *landscapes.phrases(of(Off), REFINED).values(),
        landscapes.minute(cuts, of(Planes), pictures), landscapes.cuts(cuts),
        *landscapes.lengths(LandSizes("quick")).values(), landscapes.downhill({100: 8, 300: 3}, 26),
        landscapes.floors_apart(4, 650), landscapes.floors_apart(1, 650), landscapes.floors_apart(0, 650),
        landscapes.planes(of(Planes)), landscapes.pictures(pictures), landscapes.losses(of(Agreement)),
        landscapes.gram(of(Gram), "random filters"), states.draws(of(Draws)), states.three_things(of(Kinds)),
    ]  # fmt: skip
    height, alike, middles = of(Plateau), of(Alike), of(Middles)
    of_patterns = [
        *patterns.phrases(noise, of(Ageing), height, 10).values(), patterns.floor(noise),
        patterns.minute(noise, height, alike, middles), patterns.old(of(Ageing), noise),
        patterns.on_the_way(valleys, 250), patterns.alike(alike, {"patch": of(WithinKind)}),
        patterns.middles(middles), patterns.middles_random(middles), patterns.contrast(height),
    ]  # fmt: skip
    of_routes = [
        along.minute(gradients, learnt, ways), *routes.phrases(gradients, 64, 1000).values(),
        routes.from_rest(gradients, (100, 1000)), routes.from_patch(gradients, 1000, 300),
        descents.routing(gradients, learnt), descents.faithful(learnt), along.through(ways),
        along.scale(ways),
    ]  # fmt: skip
    return of_cliffs + of_land + of_patterns + of_routes


@pytest.mark.parametrize("missing", [False, True])
def test_no_sentence_shows_a_number_as_a_machine_would(missing: bool):
    for text in everything(missing):
        assert not BAD.search(MATHS.sub("", text)), text


def test_a_missing_number_is_said_to_be_missing():
    assert any("not measured" in text for text in everything(missing=True))
    assert not any("not measured" in text for text in everything(missing=False))


def test_a_moved_pattern_is_told_with_a_link():
    assert "{doc}`05b_what_it_says`" in states.moved(filled(Moved))


def test_the_sign_of_the_coefficient_decides_what_is_born():
    low = filled(Unison, lyapunov_map=0.2, efold=22_334.0, dies=22_635, k=0.0557)
    assert "subcritical" in hopf.unison(low)
    assert "does not last" in hopf.minute(low)
    assert "own cycle is unstable" in hopf.minute(replace(low, dies=None))
    assert "22,635" in hopf.growth(low)
    assert "supercritical" in hopf.unison(replace(low, lyapunov_map=-0.2))
    assert "a stable cycle" in hopf.minute(replace(low, lyapunov_map=-0.2))
    assert "still lives" in hopf.growth(replace(low, dies=None))


def test_a_flank_follows_in_part_or_not_at_all():
    found = filled(Flank, share=1.0, rows=8)
    said = [cliffs.follows("it", replace(found, share=share), "the curve") for share in (1.0, 0.6, 0.1)]
    assert "it follows the curve" in said[0]
    assert "follows in part" in said[1]
    assert "does not follow" in said[2]


def test_uniform_or_changing_is_said_of_runs_that_are_either():
    seen = filled(Flashing, uniform_low=0.0, uniform_high=1.0, flashes_high=0, uniform=0.1)
    assert "either stays uniform or keeps changing" in hopf.flashes(seen)
    assert "either" not in hopf.flashes(replace(seen, uniform_low=1.0))
    assert "either" not in hopf.flashes(replace(seen, flashes_high=3))


def test_the_valley_floor_is_flat_or_not_by_the_numbers():
    even = filled(Cuts, flat_on=0.95, flat_on_high=0.99, flat_off=1.0)
    assert "as flat" in landscapes.cuts(even)
    assert "not flat" in landscapes.cuts(replace(even, flat_on=0.4))
    assert "all of the ground" in landscapes.cuts(even)
    assert "neither side" in landscapes.cuts(even)
    assert "neither side" not in landscapes.cuts(replace(even, unresolved=0))
    assert "99.7 % of the ground or more" in MATHS.sub(
        "", landscapes.cuts(replace(even, flat_off=0.9970))
    ).replace("\u00a0", " ")
    assert "grow apart" in patterns.minute(
        filled(Noise), filled(Plateau), filled(Alike, patch=2.5), filled(Middles)
    )


def test_gradual_needs_both_numbers_of_the_test_and_a_slope_is_said_by_the_planes():
    even, flat = filled(Cuts), filled(Planes, flat_off=0.9947)

    def said(planes: Planes = flat, **found: float | None) -> str:
        return landscapes.minute(even, planes, filled(Gradual, **found))

    assert "picture changes gradually" in said(correlation=0.6, p=0.001)
    assert "does not change gradually" in said(correlation=0.6, p=0.2)
    assert "does not change gradually" in said(correlation=0.3, p=0.001)
    assert "too few points" in said(correlation=None, p=None)
    assert "99 % of both planes" in said().replace("\u00a0", " ")
    assert "all of both planes" in said(replace(flat, flat_off=1.0))
    assert "40 % of the ground" in said(replace(flat, flat_off=0.6)).replace("\u00a0", " ")


def test_all_lengths_of_a_way_down_are_told():
    text = landscapes.downhill({100: 8, 300: 8, 40_000: 3}, 26)
    assert "26 points: 8 after 100 steps, 8 after 300 steps and 3 after 40,000 steps." in text
    assert landscapes.downhill({100: 8}, 26).endswith("26 points: 8 after 100 steps.")


def test_an_outlier_is_named_only_where_there_is_one():
    noise = filled(Noise, median=4.0, outlier_median=20.0, outlier=7, top=31.0, top_without=6.0)
    assert "number 7" in patterns.floor(noise)
    assert "no single state" in patterns.floor(replace(noise, outlier_median=5.0))


def test_the_edge_of_the_floor_is_told_with_and_without_the_odd_state():
    noise = filled(Noise, high=31.0, high_without=7.9, states=12)
    assert "below 31, or below 7.9 if one of 12" in patterns.ceiling(noise)
    assert "left out" not in patterns.ceiling(replace(noise, high_without=None))


def test_older_runs_are_compared_with_full_ones_by_their_numbers():
    noise = filled(Noise, median=4.0, windowed=5.0)
    seen = [patterns.old(filled(Ageing, old=old, old_windowed=9.0), noise) for old in (10.0, 5.0, 1.0)]
    assert "do not sharpen" in seen[0]
    assert "less than half" in seen[1]
    assert "lower the floor" in seen[2]
    assert all("9.00, and 5.00 after a full run" in said for said in seen)


def test_pairs_of_one_kind_are_told_beside_those_of_two():
    kinds = {"patch": WithinKind(50.0, 6), "coarse noise": WithinKind(0.5, 6)}
    said = patterns.alike(filled(Alike, states=0.5, states_pairs=66), kinds)
    assert "54 join two kinds" in said
    assert "by a factor of 50 from “patch” (6 pairs): apart" in said
    assert "Within" not in patterns.alike(filled(Alike), {})


def test_a_valley_says_from_how_many_points_at_best_and_at_worst_and_what_counts():
    seen = filled(Valley, downhill=0.41, downhill_least=0.25, downhill_late=0.31, best=250, points=32)
    said = patterns.on_the_way(dict.fromkeys(("k", "F", "k_random"), seen), 250)
    assert "25 % to 41 % of 32 points along $k$ (most at step 250; 31 % at the end)" in said
    assert "right beside it" in said
    assert "gains little" in said


def test_few_patterns_at_rest_give_no_verdict_and_say_so():
    gradients = filled(Routes, enough=None, resting=3)
    assert "Only 3 patterns came to rest" in descents.routing(gradients, filled(Surrogates))
    assert "does not inherit" in descents.smooth(filled(Surrogates, smooth_led=0.9))
    assert "does not inherit" not in descents.smooth(filled(Surrogates, smooth_led=0.1))


def test_the_edge_of_the_plane_is_no_minimum_of_a_surrogate():
    held = filled(Surrogates, smooth_led=1.0, smooth_edge=True, led=None, off=None)
    assert "is no minimum" in descents.smooth(held)
    assert "its own minimum" in descents.smooth(replace(held, smooth_edge=False))
    assert "No smoother surrogate has a minimum" in descents.own_minima(held)


def test_the_plateau_is_not_blamed_where_descents_among_patterns_do_not_arrive_either():
    none = filled(Surrogates, outside=0.0, inside=0.0, outsiders=59, insiders=41)
    assert "0 % of the 59 descents from outside" in descents.faithful(none)
    assert "do not show" in descents.faithful(none)
    assert "do not show" not in descents.faithful(replace(none, inside=0.8))
    assert "nothing tells" in descents.faithful(replace(none, inside=None))


def test_silence_is_said_of_ends_that_were_measured():
    quiet = filled(Routes, silent=1e-19, trivial=0, uniform=2)
    assert "(2 uniform ends), the spectral loss is silent" in routes.silence(quiet)
    assert "1 trivial and 2 uniform ends" in routes.silence(replace(quiet, trivial=1))
    assert "is not silent" in routes.silence(replace(quiet, silent=0.1))
    assert "silent" not in routes.silence(replace(quiet, silent=None, uniform=0))


def test_gradients_that_are_much_the_same_are_counted():
    told = filled(Routes, resting=30, agreeing=26, alike=0.1)
    assert "at 26 of 30 patterns for 1,000" in routes.from_rest(told, (100, 1000))
    assert "at 26 of 30 of them" in routes.at_rest(told)
    assert "at 3 as the one unrolled from the patch" in routes.at_rest(told)


def test_every_end_of_the_sets_from_all_over_the_box_is_named():
    told = filled(
        Routes, far=4, far_trivial=0, far_uniform=2, far_patterns=1, far_diverged=0, far_flickering=1
    )
    assert routes.far_ends(told).endswith("2 uniform, 1 in a pattern, 1 flickering.")


def test_what_early_shifts_leave_is_told_by_the_measured_rate():
    assert "hardly anything" in routes.left(filled(Routes, fade=4000.0), 40_000)
    assert "something" in routes.left(filled(Routes, fade=40_000.0), 40_000)
    assert not routes.left(filled(Routes, fade=None), 40_000)
    assert "not come to rest" in routes.fading(filled(Routes, fade=None))


def test_lines_fall_only_after_averaging_where_no_single_pair_does():
    lines = filled(Ways, falling=1, single_falling=0)
    assert "only after averaging" in along.averaging(lines)
    assert "only after" not in along.averaging(replace(lines, single_falling=7))
    assert "only after" not in along.averaging(replace(lines, falling=0))


def test_flashes_of_another_scheme_agree_or_belong_to_the_scheme() -> None:
    same = filled(
        Checked, common=2, uniform_usual=0.1, uniform_half=0.15, uniform_double=0.1,
        flashes_usual=0.0, flashes_half=0.0, flashes_double=0.0,
    )  # fmt: skip
    assert "at 2 kill rates" in hopf.other_schemes(same)
    assert "same under all of them." in hopf.other_schemes(same)
    apart = hopf.other_schemes(replace(same, uniform_half=0.46))
    assert "same under all of them, but" in apart
    assert "depends on the scheme" in apart
    assert "belongs to the scheme" in hopf.other_schemes(replace(same, uniform_half=0.9))
    assert "belongs to the scheme" in hopf.other_schemes(replace(same, flashes_half=2.0))
    assert "answer" not in hopf.other_schemes(replace(same, uniform_usual=None))


def test_runs_beyond_one_hopf_point_only_are_said_to_be() -> None:
    seen = filled(Flashing, uniform=0.1, beyond=9, between=6)
    assert "beyond the map's Hopf point (6 of them not beyond that of the equations)" in hopf.flashes(seen)
    assert "equations" not in hopf.flashes(replace(seen, between=0))


def test_a_fast_growth_does_not_pass_for_a_cycle() -> None:
    low = filled(Unison, efold=22_334.0, period=153.0)
    assert "pass for a cycle" in hopf.growth(low)
    assert "pass for a cycle" not in hopf.growth(replace(low, efold=300.0))


def test_what_the_implicit_route_brings_is_said_by_the_numbers():
    def said(**found: float | None) -> str:
        return routes.gain(filled(Routes, **found))

    assert "another gradient" in said(meeting=0.999, alike=0.3)
    assert "another gradient" not in said(meeting=0.999, alike=0.95)
    assert "no gain" not in said(meeting=0.5, alike=0.3)
    assert "nothing is said" in said(meeting=None)


def test_cuts_that_were_not_measured_are_neither_flat_nor_uneven():
    unknown = landscapes.minute(filled(Cuts, flat_off=None, flat_on=None), filled(Planes), filled(Gradual))
    assert "not flat" not in unknown
    assert "uneven" not in unknown
    assert "was measured" in unknown


def test_flashes_that_were_not_counted_leave_no_answer():
    other = filled(Checked, uniform_half=0.2, uniform_double=0.0, flashes_half=None)
    assert "answer" not in hopf.other_schemes(other)
