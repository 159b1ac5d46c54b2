"""The command line: a report and one page without anything from elsewhere, or a sentence."""

import numpy as np
import pytest
from bs4 import BeautifulSoup

from lib import fit
from tests.residual import foreign


def test_files_become_a_report_and_a_page(tmp_path, capsys):
    u, v = foreign.made("nine_sims")
    np.savez(tmp_path / "run.npz", u=u, v=v)
    page = tmp_path / "page.html"
    assert fit.main([str(tmp_path / "run.npz"), "--page", str(page)]) == 0
    said = capsys.readouterr().out
    assert "stencil = nine-point" in said
    assert "Dv = 0.1500000" in said
    html = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    assert "stencil = nine-point" in html.pre.text
    assert len(html.find_all("img")) == 2
    assert all(x["src"].startswith("data:") and x["alt"] for x in html.find_all("img"))
    assert not html.find_all(["script", "link"])


def test_images_that_contradict_the_fit_have_an_exit_status_of_their_own(tmp_path, capsys):
    draw = np.random.default_rng(0)
    np.save(tmp_path / "both.npy", draw.random((2, 32, 32)))
    assert fit.main([str(tmp_path / "both.npy"), "--page", ""]) == 1
    assert "show little of a pattern" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [(["gone.npy"], "There is no file"), (["a.npy", "b.npy", "c.npy"], "3 files were named")],
)
def test_what_cannot_be_used_is_a_sentence_on_stderr(words, said, capsys):
    assert fit.main(words) == 2
    assert said in capsys.readouterr().err


def test_a_page_that_cannot_be_written_is_said(tmp_path, capsys):
    np.savez(tmp_path / "run.npz", **dict(zip("uv", foreign.made("nine_sims"), strict=True)))
    assert fit.main([str(tmp_path / "run.npz"), "--page", str(tmp_path / "no" / "page.html")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_help_explains_every_word(capsys):
    with pytest.raises(SystemExit) as stopped:
        fit.main(["--help"])
    assert stopped.value.code == 0
    said = capsys.readouterr().out
    for word in ("--dx", "--times", "--scale", "--boundary", "--stencil", "--noise", "--page", "Exit status"):
        assert word in said
