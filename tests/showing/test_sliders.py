"""What the sliders say at their stops."""

import numpy as np
import xarray as xr

from lib import TRUTH
from lib.showing.widgets import sliders


def test_nearly_all_points_are_not_told_as_all():
    F, k = [TRUTH.F, 0.06], np.linspace(TRUTH.k, 0.07, 300)
    plane = xr.DataArray(np.tile([0.0, 2.0], (1, 2, 150)), {"F": F, "k": k}, ("floor", "F", "k"))
    other = plane.copy()
    other[0, 0, 0] = 2.0
    maps = xr.concat([other, plane], xr.Variable("floor", [1e-4, 1e-8]))
    texts = sliders.over_floor(maps).texts
    assert "99.8\u00a0% of all points" in texts[0]
    assert "100\u00a0% of all points" in texts[1]
