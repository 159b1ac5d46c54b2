"""Keep pages from asking other hosts: take out sphinx-thebe, which Jupyter Book always loads.

Its scripts are put on every page even when it is switched off, point to a public CDN, and fail for
being there twice. Nothing here runs code through a remote kernel, so they go.
"""

from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, bool]:
    """Disconnect every listener that sphinx-thebe has registered, and drop its style sheet."""
    for listeners in app.events.listeners.values():
        listeners[:] = [each for each in listeners if each.handler.__module__ != "sphinx_thebe"]
    app.registry.css_files[:] = [file for file in app.registry.css_files if file[0] != "sphinx-thebe.css"]
    return {"parallel_read_safe": True, "parallel_write_safe": True}
