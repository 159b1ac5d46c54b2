"""The models that come with this: each one block of equations, typical values and ranges.

Lengths are in units of the cell or of the domain, as the source has them; times likewise.
"""

from lib.models.value import ReactionDiffusion
from lib.paper import TRUTH

AREA_RATE = "length² / time"
RATE = "1 / time"

GRAY_SCOTT = ReactionDiffusion(
    "Gray-Scott",
    reaction={"u": "F*(1 - u) - u*v**2", "v": "u*v**2 - (F + k)*v"},
    diffusion={"u": "Du", "v": "Dv"},
    parameters=TRUTH._asdict(),
    ranges={"Du": (0.05, 0.24), "Dv": (0.02, 0.13), "F": (0.02, 0.08), "k": (0.045, 0.075)},
    units={"Du": AREA_RATE, "Dv": AREA_RATE, "F": RATE, "k": RATE},
    source="the paper, Section 2.1",
)

SCHNAKENBERG = ReactionDiffusion(
    "Schnakenberg",
    reaction={"u": "a - u + u**2*v", "v": "b - u**2*v"},
    diffusion={"u": "Du", "v": "Dv"},
    parameters={"Du": 0.5, "Dv": 15.0, "a": 0.1, "b": 0.9},
    ranges={"Du": (0.2, 5.0), "Dv": (5.0, 24.0), "a": (0.02, 0.5), "b": (0.4, 1.6)},
    units={"Du": AREA_RATE, "Dv": AREA_RATE, "a": "concentration / time", "b": "concentration / time"},
    source="J. Schnakenberg, J. Theor. Biol. 81, 389 (1979); doi:10.1016/0022-5193(79)90042-0",
)

BRUSSELATOR = ReactionDiffusion(
    "Brusselator",
    reaction={"u": "A - (B + 1)*u + u**2*v", "v": "B*u - u**2*v"},
    diffusion={"u": "Du", "v": "Dv"},
    parameters={"Du": 2.0, "Dv": 16.0, "A": 4.5, "B": 7.5},
    ranges={"Du": (0.5, 6.0), "Dv": (6.0, 24.0), "A": (3.0, 6.0), "B": (5.0, 11.0)},
    units={"Du": AREA_RATE, "Dv": AREA_RATE, "A": "concentration / time", "B": RATE},
    source="I. Prigogine and R. Lefever, J. Chem. Phys. 48, 1695 (1968); doi:10.1063/1.1668896",
)

GIERER_MEINHARDT = ReactionDiffusion(
    "Gierer-Meinhardt",
    reaction={"u": "rho + u**2/(v*(1 + kappa*u**2)) - mu*u", "v": "u**2 - v"},
    diffusion={"u": "Du", "v": "Dv"},
    parameters={"Du": 0.5, "Dv": 15.0, "rho": 0.05, "mu": 1.0, "kappa": 0.2},
    ranges={"Du": (0.2, 5.0), "Dv": (5.0, 24.0), "rho": (0.0, 0.3), "mu": (0.5, 2.0), "kappa": (0.0, 1.0)},
    units={
        "Du": AREA_RATE,
        "Dv": AREA_RATE,
        "rho": "concentration / time",
        "mu": RATE,
        "kappa": "1 / concentration²",
    },
    source="A. Gierer and H. Meinhardt, Kybernetik 12, 30 (1972); doi:10.1007/BF00289234",
)

#: With PDEBench's constants, on the square −1 … 1, where dx = 2/128.
FITZHUGH_NAGUMO = ReactionDiffusion(
    "FitzHugh-Nagumo",
    reaction={"u": "u - u**3 - k - v", "v": "u - v"},
    diffusion={"u": "Du", "v": "Dv"},
    parameters={"Du": 1e-3, "Dv": 5e-3, "k": 5e-3},
    ranges={"Du": (2e-4, 4e-3), "Dv": (1e-3, 1e-2), "k": (0.0, 0.1)},
    units={"Du": AREA_RATE, "Dv": AREA_RATE, "k": RATE},
    signed=True,
    source="M. Takamoto et al., PDEBench, NeurIPS 2022; arXiv:2210.07182, Section D.4",
)

#: All of them, by name.
SYSTEMS = {
    model.name: model for model in (GRAY_SCOTT, SCHNAKENBERG, BRUSSELATOR, GIERER_MEINHARDT, FITZHUGH_NAGUMO)
}
