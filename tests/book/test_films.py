"""Films lie beside the pages: a page holds their poster and their address, and no byte of them."""

from base64 import b64encode
from types import SimpleNamespace

import nbformat

from book._ext.films import copy_films
from book.footers import save_film


def test_the_page_plays_the_file_instead_of_a_copy_of_its_own(tmp_path):
    film = b"\x00\x00\x00 ftypisom" + bytes(1000)
    html = f'<video poster="x"><source src="data:video/mp4;base64,{b64encode(film).decode()}"></video>'
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", {"text/html": html})])
    assert save_film(cell, tmp_path / "figures" / "fig-film.mp4") == "figures/fig-film.mp4"
    assert (tmp_path / "figures" / "fig-film.mp4").read_bytes() == film
    shown = cell.outputs[0]["data"]["text/html"]
    assert 'src="figures/fig-film.mp4"' in shown
    assert "base64" not in shown


def test_films_are_where_the_built_pages_look_for_them(tmp_path):
    source = tmp_path / "source" / "book" / "chapters" / "figures"
    source.mkdir(parents=True)
    (source / "fig-film.mp4").write_bytes(b"film")
    (source / "fig-other.png").write_bytes(b"picture")
    copy_films(SimpleNamespace(srcdir=tmp_path / "source", outdir=tmp_path / "html"), None)
    copied = tmp_path / "html" / "book" / "chapters" / "figures"
    assert [path.name for path in copied.iterdir()] == ["fig-film.mp4"]
    assert (copied / "fig-film.mp4").read_bytes() == b"film"
