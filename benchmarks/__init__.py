"""How fast it is: one question per file. `python -m benchmarks.speed` asks the main one."""

import sys
from pathlib import Path

#: Where `make bench` puts what it compares with. Last, so that the environment's own packages win.
RIVALS = Path(__file__).resolve().parent.parent / ".venv" / "bench"

if str(RIVALS) not in sys.path:
    sys.path.append(str(RIVALS))
