"""Buttons that open a page's notebook elsewhere, once `_config.yml` says where the repository lives.

The theme's own buttons point at the published notebook, which is generated and in no repository. Binder gets
the notebook that `postBuild` makes there out of its text file; Colab the one on the branch that
`.github/workflows/book.yml` keeps for it (`book/colab.py`). Colab knows GitHub only.
"""

import re
from typing import Any
from urllib.parse import quote

from sphinx.application import Sphinx
from sphinx.config import Config

BINDER, COLAB = "https://mybinder.org/v2", "https://colab.research.google.com/github"
#: The branch that holds the notebooks for Colab and nothing else.
COLAB_BRANCH = "colab"
PAGE = re.compile(r"book/chapters/(\w+)")
GITHUB = re.compile(r"https://github\.com/([^/]+/[^/]+)")


def addresses(repository: str, branch: str, name: str) -> dict[str, str]:
    """Where a notebook can be opened: the service's name, and the address.

    Args:
        repository: address of the repository, such as "https://github.com/someone/something".
        branch: the one that is built.
        name: of the notebook, such as "04_landscapes".
    """
    repository = repository.rstrip("/").removesuffix(".git")
    github = GITHUB.fullmatch(repository)
    place = f"gh/{github[1]}" if github else f"git/{quote(repository, safe='')}"
    found = {"Binder": f"{BINDER}/{place}/{quote(branch, safe='')}?urlpath=lab/tree/notebooks/{name}.ipynb"}
    if github:
        found["Colab"] = f"{COLAB}/{github[1]}/blob/{COLAB_BRANCH}/{name}.ipynb"
    return found


def offer(app: Sphinx, page: str, template: str, context: dict[str, Any], document: Any) -> None:
    """Add the buttons to a computed page's header."""
    theme = app.config.html_theme_options
    repository, found = theme.get("repository_url"), PAGE.fullmatch(page)
    if not repository:
        return
    use_carried_icons(context["header_buttons"])
    if not found:
        return
    services = addresses(repository, theme.get("repository_branch") or "main", found[1])
    group = {
        "type": "group",
        "tooltip": "Open this notebook elsewhere",
        "icon": "fas fa-rocket",
        "buttons": [button(service, address) for service, address in services.items()],
        "label": "launch-buttons",
    }
    context["header_buttons"].append(group)


def button(service: str, address: str) -> dict[str, str]:
    """One entry of the menu, with the service's mark from the theme."""
    ending = "svg" if service == "Binder" else "png"
    return {
        "type": "link",
        "text": service,
        "tooltip": f"Open this page's notebook in {service}",
        "icon": f"_static/images/logo_{service.lower()}.{ending}",
        "url": address,
    }


def use_carried_icons(buttons: list[dict[str, Any]]) -> None:
    """Brands' marks are in a font that pages with widgets do not carry: a branch stands for all of them."""
    for each in buttons:
        if str(each.get("icon", "")).startswith("fab "):
            each["icon"] = "fas fa-code-branch"
        use_carried_icons(each.get("buttons", []))


def show_repository(app: Sphinx, config: Config) -> None:
    """The theme's buttons for the repository and its issues follow the same address."""
    known = bool(config.html_theme_options.get("repository_url"))
    config.html_theme_options |= {"use_repository_button": known, "use_issues_button": known}


def setup(app: Sphinx) -> dict[str, bool]:
    """Come after the theme, which makes the list of buttons."""
    app.connect("config-inited", show_repository)
    app.connect("html-page-context", offer, priority=502)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
