"""The section at the end of each computed page that says how the page was made."""

from collections.abc import Iterator

from book.contents import RECORD_TARGET
from book.record import Record


def section(record: Record) -> str:
    """The section as MyST markdown, folded; plain numbers, no paths of the machine it ran on."""
    target = RECORD_TARGET.format(name=record["chapter"])
    fold = "::::{dropdown} Settings, machine, times, and the data to keep\n:class-container: how-made-fold"
    blocks = [f"({target})=\n## How this page was made", fold, "\n".join(circumstances(record))]
    if record["figures"]:
        blocks.append("\n".join(figure_table(record)))
    if record["data"]:
        blocks.append("\n".join(data_table(record)))
    return "\n\n".join([*blocks, "::::"])


def circumstances(record: Record) -> Iterator[str]:
    """A list of everything that a rerun would need to agree on."""
    parameters, machine = record["parameters"], record["hardware"]
    computer = f"{machine['processor']}, {counted(machine['cores'], 'core')}"
    if "gpu" in machine:
        computer = f"{machine['gpu']}; {computer}"
    if "workers" in machine:
        computer = f"{counted(machine['workers'], 'worker')} of a cluster: {computer}"
    yield ":::{list-table}\n:class: how-made"
    rows = {
        "Profile": f"`{parameters['PROFILE']}`",
        "Device": f"`{record['device']}`",
        "Seed": f"`{parameters['SEED']}`",
        "Computer": computer,
        "Versions": ", ".join(f"{name} {version}" for name, version in record["versions"].items()),
        "Notebook": f"{seconds(record['seconds'])} from its first cell to its last{company(record)}",
    }
    yield from (f"* - {name}\n  - {value}" for name, value in rows.items())
    yield ":::"


def company(record: Record) -> str:
    """Whether other notebooks ran at the same time, and so took part of the cores."""
    others = record.get("at_once", 1) - 1
    return f", beside {counted(others, 'other notebook')} on the same cores" if others else ""


def figure_table(record: Record) -> Iterator[str]:
    """Seconds of every figure."""
    yield "How long each figure took, with the cells leading up to it:\n"
    yield ":::{list-table}\n:header-rows: 1"
    yield "* - Figure\n  - Time"
    for figure in record["figures"]:
        yield f"* - {{numref}}`{figure['name']}`\n  - {seconds(figure['seconds'])}"
    yield ":::"


def data_table(record: Record) -> Iterator[str]:
    """Every file of data, to be downloaded, and what it took to compute."""
    yield "The data behind the figures (NetCDF; small ones as CSV too):\n"
    yield ":::{list-table}\n:header-rows: 1"
    yield "* - File\n  - Size\n  - Computing time on one core\n  - This time"
    for data in record["data"]:
        name = data["path"].rsplit("/", 1)[-1]
        spent = seconds(data["core_seconds"]) if "core_seconds" in data else "–"
        link = f"{{download}}`{name} <{data['path']}>`"
        if "table" in data:
            link += f", {{download}}`as CSV <{data['table']}>`"
        yield f"* - {link}\n  - {size(data['bytes'])}\n  - {spent}\n  - {origin(data)}"
    yield ":::"


def origin(data: Record) -> str:
    """Whether the numbers were computed in this run or came from the cache."""
    share = data.get("cached", 0.0)
    if share <= 0:
        return "computed"
    return "from cache" if share >= 1 else f"{100 * share:.0f} % from cache"


def seconds(value: float) -> str:
    """A duration as people say it."""
    if value < 0.95:
        return f"{value:.1g} s" if value >= 0.05 else "under 0.1 s"
    if value < 120:
        return f"{value:.0f} s" if value >= 10 else f"{value:.1f} s"
    return f"{value / 60:.0f} min" if value < 7200 else f"{value / 3600:.1f} h"


def size(count: int) -> str:
    """Bytes as people say them."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(count / 1e3, 0.1):.1f} kB"


def counted(number: int, thing: str) -> str:
    """1 core, 2 cores."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
