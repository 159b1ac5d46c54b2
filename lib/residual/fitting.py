"""fit(): the four parameters from two images in closed form, and whether the images are what that assumes."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from lib.images import Image, opened
from lib.model import Params, State
from lib.residual import corrections
from lib.residual import noise as noises
from lib.residual.bowl import Quadratic, minimiser, paraboloid
from lib.residual.checked_fits import of_u_and_v
from lib.residual.corrections import Shares
from lib.residual.equations import System, checked_rate, checked_times, frames, one_frame
from lib.residual.identifiability import Identifiability, doubted, judge, unsolved
from lib.residual.lattice import BEST, SPECTRAL, STENCILS, Lattice, boundary_of, gaussian
from lib.residual.looks import doubts as doubting
from lib.residual.looks import freed, origin, pace, readings, units
from lib.residual.looks.doubts import Doubt, Facts, Trial
from lib.residual.noise import Levels
from lib.residual.result import Fit
from lib.residual.scatter import BLOCK, clustered_covariance
from lib.residual.settings import check_settings, refuse_times_last, told
from lib.residual.snapshot import Snapshot, snapshot


@of_u_and_v
def fit(
    u: Image,
    v: Image | None = None,
    *,
    rate: State | Sequence[Image] | None = None,
    times: Sequence[float] | np.ndarray | Tensor | None = None,
    observed: Image | None = None,
    periodic: bool | None = None,
    boundary: str | None = None,
    stencil: str = "five-point",
    dx: float | None = None,
    noise: float | Levels | None = None,
    weak: float = 0.0,
    corrected: bool = False,
    block: int = BLOCK,
) -> Fit:
    """Recover Du, Dv, F and k from two images, in closed form, and look whether they are what that assumes.

    Args:
        u, v: concentrations, (height, width) or (batch, height, width), in the model's units: arrays,
            tensors, xarray, or names of files (see `lib.image_files`). u alone may hold both. Tensors may
            require gradients: `params` and the quadratic are differentiable in them.
        rate: ∂u/∂t and ∂v/∂t of the images where they are known; zero by default, right if steady.
        times: of the frames, where the stack holds frames of one run, by default as they are said likewise;
            one fit of them all is returned.
        observed, periodic, boundary: as in `lib.residual.snapshot.snapshot`; how the images end is what a
            file says of it by default, and periodic where none does.
        stencil: the Laplacian of the program that made the images, of `lib.residual.lattice`, or "best".
        dx: side of a cell; by default what a file, coordinates or an entry `dx` beside u and v say, or 1.
            Diffusion coefficients come in units of dx² per time.
        noise: standard deviation of the images' noise, or one each for u and v; round-off by default for the
            verdict, and for the bias what the images' shortest waves show.
        weak: width in cells of a Gaussian that the equations are integrated against; none by default.
        corrected: whether to subtract what noise of that level adds (errors in variables). In derivatives a
            level that was measured, not told, counts as a constant.
        block: side of the blocks of cells whose residuals are taken as independent.

    Raises:
        ValueError: for images that do not match or hold numbers that are not finite, or senseless settings.
    """
    if periodic is not None:
        boundary = boundary_of(periodic, boundary)
    u, v, times, dx, boundary = opened(u, v, times=times, dx=dx, boundary=boundary, rate=rate)
    refuse_times_last(u, times)
    check_settings(dx, noise, weak, block)
    best = stencil == BEST
    snap = snapshot(
        u,
        v,
        observed=observed,
        boundary=boundary,
        stencil="five-point" if best else stencil,
    )
    given = Given(snap, rate, times, weak, corrected, told(noise), dx, block)
    if best:
        given = given._replace(snap=snap.on(closest(given)))
    return given.solved()


class Given(NamedTuple):
    """Everything that a fit was asked for."""

    snap: Snapshot
    rate: State | Sequence[Image] | None
    times: Sequence[float] | np.ndarray | Tensor | None
    weak: float
    corrected: bool
    noise: Levels | None
    dx: float
    block: int

    def system(self, snap: Snapshot, scheme: str) -> System:
        """The equations of a snapshot, with what is known of its change."""
        if self.times is not None:
            system = frames(snap, checked_times(self.times, snap), scheme)
        else:
            system = one_frame(snap, None if self.rate is None else State(*self.rate))
        return system.smoothed(snap.lattice, self.weak)

    def schemes(self) -> tuple[str, ...]:
        """How frames may be related. Noise of the later one alone would bias the forward rule."""
        if self.times is None:
            return ("",)
        return ("trapezoid",) if self.corrected else ("forward", "trapezoid")

    def attempt(self, snap: Snapshot, levels: tuple[Levels | None, ...] = ()) -> Trial:
        """How well a reading of the images fits, by its better scheme; corrected for noise if this fit is."""
        given = self._replace(snap=detached(snap))
        with torch.no_grad():
            tried = []
            for scheme in self.schemes():
                system = given.system(given.snap, scheme)
                plain = paraboloid(system)
                clean = (
                    given.without_noise(plain, system.share, levels) if self.corrected and levels else plain
                )
                tried.append(trial(plain, clean))
        return min(tried, key=lambda t: float(t.misfit.nan_to_num(math.inf).mean()))

    def remains(self, snap: Snapshot, p: Float[Tensor, "batch 4"]) -> Float[Tensor, "batch height width"]:
        """What parameters leave over in each cell, over all equations; NaN in cells left out."""
        system = self.system(snap, self.schemes()[-1])
        left = system.remainder(p).square().mean(dim=1).sqrt()
        return left.masked_fill(~system.usable, torch.nan)

    def rules(self) -> dict[str, Trial]:
        """The fit by each rule that may relate frames."""
        snap, found = detached(self.snap), {}
        with torch.no_grad():
            for scheme in self.schemes():
                plain = paraboloid(self.system(snap, scheme))
                found[scheme] = trial(plain, plain)
        return found

    def best_scheme(self) -> str:
        """The scheme that leaves less unexplained."""
        left = {scheme: float(found.misfit.mean()) for scheme, found in self.rules().items()}
        return min(left, key=lambda s: left[s])

    def beyond(self, misfit: float, expected: float) -> bool:
        """Whether more is left unexplained by single frames as they are than noise and round-off leave."""
        plain = self.times is None and self.rate is None and not self.weak and not self.corrected
        return plain and misfit**2 > doubting.EXPLAINED**2 + 1.5 * expected**2

    def solved(self) -> Fit:
        """The fit."""
        snap = self.snap
        if self.rate is not None:
            if self.times is not None:
                raise ValueError("Both rate and times were given: the frames' times say the rate already.")
            rate = checked_rate(self.rate, snap)
            doubting.no_rate(rate, snap)
            return self._replace(rate=rate).minimised("")
        return self.minimised(self.best_scheme() if self.times is not None else "")

    def minimised(self, scheme: str) -> Fit:
        """Minimum, errors and doubts."""
        snap, system = self.snap, self.system(self.snap, scheme)
        plain = paraboloid(system)
        levels = self.all_levels(plain, system.share)
        shares = [self.shares(i, x, system.share) for i, x in enumerate(levels)]
        verdicts = tuple(judge(h, self.floor(system)) for h in (plain.hessian / 2).detach())
        found = self.without_noise(plain, system.share, levels) if self.corrected else plain
        p = minimiser(found, verdicts)
        verdicts = tuple(unsolved(x, row) for x, row in zip(verdicts, p.detach(), strict=True))
        facts = Facts(
            *self.left(plain, found, shares),
            torch.stack([corrections.moved(q, s) for q, s in zip(rows(plain), shares, strict=True)]),
            clustered_covariance(system, p.detach(), found.hessian.detach(), self.block),
            levels,
        )
        looks, spread = self.doubts(facts, p.detach().cpu(), verdicts)
        if self.times is not None:
            spread = (spread.square() + pace.apart(self.rules()).cpu().square()).sqrt()
        verdicts = tuple(doubted(x, [d.sentence for d in y]) for x, y in zip(verdicts, looks, strict=True))
        rms = plain.value(p.nan_to_num(0)).clamp(min=0).sqrt()
        units = torch.tensor([self.dx**2, self.dx**2, 1.0, 1.0], dtype=p.dtype, device=p.device)
        bias, spread = facts.bias.to(units), spread.to(units)
        return Fit(
            Params(*(p * units).unbind(-1)), facts.covariance * units[:, None] * units,
            Quadratic(found.hessian / (units[:, None] * units), found.slope / units, found.constant),
            torch.linalg.cond(plain.hessian.detach()), rms, verdicts,
            Params(*(bias * units).unbind(-1)), Params(*(spread * units).unbind(-1)),
            facts.misfit, facts.expected, levels, remainder(system, p.detach()), contrast(snap, len(p)),
            snap.lattice, float(self.dx), looks, scheme, self.corrected, self.unsure(),
        )  # fmt: skip

    def left(
        self, plain: Quadratic, found: Quadratic, shares: list[Shares | None]
    ) -> tuple[Float[Tensor, " batch"], Float[Tensor, " batch"]]:
        """What is left unexplained, and what noise would leave."""
        given = trial(plain, found)
        expected = [corrections.as_noise(s, given.params[i], plain.constant[i]) for i, s in enumerate(shares)]
        return given.misfit, torch.stack(expected)

    def all_levels(self, plain: Quadratic, share: float) -> tuple[Levels | None, ...]:
        """Noise of every image: as told, or as measured.

        A pattern's own shortest waves count as noise when they are measured; but noise leaves its part of the
        equations unexplained, so the levels are at most what that allows.
        """
        images = range(len(plain.hessian))
        if self.noise is not None:
            return tuple(self.noise for _ in images)
        levels = [self.levels(i) for i in images]
        misfit, expected = self.left(plain, plain, [self.shares(i, x, share) for i, x in enumerate(levels)])
        factors = (misfit.cpu() / expected.clamp(min=1e-300)).nan_to_num(1).clamp(max=1).tolist()
        return tuple(x and (x[0] * f, x[1] * f) for x, f in zip(levels, factors, strict=True))

    def levels(self, image: int) -> Levels | None:
        """Noise of an image as its shortest waves show it (of frames, the first's); None if not measured."""
        snap = self.snap
        state = State(snap.u[image], snap.v[image])
        measured = noises.levels(state, snap.seen[image], snap.lattice.boundary == "periodic")
        if measured is None:
            return snap.rounding if max(snap.rounding) > 0 else None
        return max(measured[0], snap.rounding[0]), max(measured[1], snap.rounding[1])

    def unsure(self) -> float:
        """Relative error of the noise's variance, as told or as measured."""
        return noises.TOLD if self.noise is not None else noises.unsure(int(self.snap.seen[0].sum()))

    def floor(self, system: System) -> Float[Tensor, "4 4"]:
        """What noise as told, or round-off, contributes to the mean of AᵀA."""
        round_off = 8 * min(self.snap.precision, 1e-6)
        levels = self.noise or tuple(max(round_off, r) for r in self.snap.rounding)
        # A level of exactly 0 in one field would leave the other's directions without a scale.
        floor = max(*levels, round_off) * 1e-3
        pair = (max(levels[0], floor), max(levels[1], floor))
        return noises.gram(pair, self.moments()) * system.share

    def moments(self) -> noises.Moments:
        taps = gaussian(self.weak) if self.weak else None
        height, width = self.snap.u.shape[-2:]
        return self.snap.lattice.moments(height, width, taps)

    def shares(self, image: int, levels: Levels | None, weight: float) -> Shares | None:
        """What noise adds to the sums of one image; None if it was not measured."""
        together, change = self.times is not None, 0.0
        if together:
            change = float((2 / checked_times(self.times, self.snap).diff().square()).mean())
        return corrections.shares(self.snap, image, levels, self.moments(), weight, together, change)

    def without_noise(self, plain: Quadratic, weight: float, levels: tuple[Levels | None, ...]) -> Quadratic:
        """The paraboloid that images without noise would have."""
        return corrections.without_noise(plain, [self.shares(i, x, weight) for i, x in enumerate(levels)])

    def doubts(
        self, facts: Facts, p: Tensor, verdicts: tuple[Identifiability, ...]
    ) -> tuple[tuple[tuple[Doubt, ...], ...], Float[Tensor, "batch 4"]]:
        """What each image looks like, and how far the equally good Laplacians are apart."""
        snap, looks, spreads = detached(self.snap), [], []

        def attempt(read: Snapshot) -> Trial:
            return self.attempt(read, facts.levels)

        plain = attempt(snap)
        for i, verdict in enumerate(verdicts):
            found = readings.readings(snap, plain, attempt, i, facts.levels[i]) + readings.repeated(snap, i)
            spread = torch.zeros(4, dtype=torch.float64)
            if not found:
                found, spread = origin.other_lattices(snap, plain, attempt, self.remains, i)
            misfit, expected = float(facts.misfit[i]), float(facts.expected[i])
            if not found and self.beyond(misfit, 0.0):
                found = units.coarse(snap, i, facts.levels[i])
            if not found and not self.corrected:
                varied = float(snap.u[i].std()), float(snap.v[i].std())
                found = doubting.noisy(
                    facts.levels[i], facts.bias[i].cpu(), p[i], varied, verdict.rank, self.noise is not None
                )
            if not found and self.beyond(misfit, expected):
                found = freed.other_terms(snap, misfit, i)
            # One thing at a time: what follows from a violated assumption is no doubt of its own.
            found = found or facts.left_over(i, p[i], snap.lattice, self.times is not None, self.dx)
            looks.append(tuple(found))
            spreads.append(spread)
        return tuple(looks), torch.stack(spreads)


def trial(plain: Quadratic, clean: Quadratic) -> Trial:
    """The clean paraboloid's minimum over all directions, and what the plain one leaves there."""
    H = clean.hessian.detach()
    scale = H.diagonal(dim1=-2, dim2=-1).clamp(min=1e-300).sqrt()
    unit = H / (scale[:, :, None] * scale[:, None])
    p = (torch.linalg.pinv(unit, hermitian=True) @ (clean.slope.detach() / scale)[..., None])[..., 0] / scale
    left = plain.value(p).clamp(min=0) / plain.constant
    return Trial(left.sqrt().detach(), p)


def rows(found: Quadratic) -> list[tuple[Tensor, Tensor]]:
    return list(zip(found.hessian, found.slope, strict=True))


def remainder(system: System, p: Float[Tensor, "batch 4"]) -> State:
    """What is left of both equations, of frames averaged over the pairs; NaN in cells left out."""
    left = system.remainder(p).detach().unflatten(1, (-1, 2)).mean(dim=1)
    return State(*(x.masked_fill(~system.usable, torch.nan) for x in left.unbind(dim=1)))


def contrast(snap: Snapshot, images: int) -> Float[Tensor, " batch"]:
    """Root mean square of what the images vary by."""
    varied = [x.detach().flatten(1).var(dim=1) for x in snap.state]
    both = (varied[0] + varied[1]).sqrt()
    return both if len(both) == images else both.mean()[None]


def detached(snap: Snapshot) -> Snapshot:
    """Without the graph."""
    return snap._replace(u=snap.u.detach(), v=snap.v.detach())


def closest(given: Given) -> Lattice:
    """The Laplacian that leaves least unexplained; the five-point one unless another is clearly better."""
    snap = given.snap
    names = [s for s in (*STENCILS, SPECTRAL) if s != SPECTRAL or allows_spectral(snap)]
    tried = {s: given.attempt(snap.on(Lattice(s, snap.lattice.boundary))) for s in names}
    left = {s: float(t.misfit.nan_to_num(math.inf).mean()) for s, t in tried.items()}
    best = min(left, key=lambda s: left[s])
    own = snap.lattice
    return Lattice(best, own.boundary) if left[best] < doubting.CLEARLY * left[own.stencil] else own


def allows_spectral(snap: Snapshot) -> bool:
    """Whether whole images are there, which alone have a Fourier transform."""
    return snap.lattice.boundary != "open" and bool(snap.seen.all())
