"""The package `lib` under a name of its own, for imports from elsewhere.

`from gray_scott_landscapes import simulate, residual` gives what `from lib import …` gives, and so do its
modules, such as `gray_scott_landscapes.residual.denoise`: they are the same objects, loaded once.

Inside, the modules know each other as `lib`. So a program with a `lib` of its own cannot have both.
"""

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType

INSIDE = "lib"


class SameModules(MetaPathFinder, Loader):
    """Finds this package's modules where they are: below `lib`."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A spec for what lies below this package; nothing for all other names."""
        return spec_from_loader(name, self) if name.startswith(f"{__name__}.") else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The very module of `lib`; what it knows of its own import is kept."""
        module = importlib.import_module(INSIDE + spec.name.removeprefix(__name__))
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """It ran when it was imported; only its own spec goes back in place."""
        assert module.__spec__ is not None
        module.__spec__ = module.__spec__.loader_state or module.__spec__


inside = importlib.import_module(INSIDE)
if Path(str(inside.__file__)).parent.parent != Path(__file__).resolve().parent:
    raise ImportError(
        f"{__name__} is made of a package called lib, and another package of that name, {inside.__file__}, "
        "was found instead. Run in another folder, or import this one before the other is on sys.path."
    )
__all__ = list(inside.__all__)
__path__: list[str] = []  # so that it has modules; the finder says where they are
sys.meta_path.insert(0, SameModules())


def __getattr__(name: str) -> object:
    """Whatever `lib` offers."""
    return getattr(inside, name)
