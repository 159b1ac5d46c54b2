"""Grey levels are concentrations where white has a meaning, and pages of a TIFF are frames."""

import numpy as np
import pytest
from PIL import Image as Picture

from lib.image_files import read
from tests.image_files.made import tiff


@pytest.mark.parametrize(("suffix", "kind", "levels"), [("png", np.uint8, 255), ("tif", np.uint16, 65535)])
def test_grey_pictures_need_the_meaning_of_white(suffix, kind, levels, pair, tmp_path):
    files = [tmp_path / f"{name}.{suffix}" for name in "uv"]
    for file, x in zip(files, pair, strict=True):
        Picture.fromarray(np.rint(x * levels).astype(kind)).save(file)
    found = read(*files, scale=0.5)
    np.testing.assert_allclose(found.u, 0.5 * pair[0], atol=0.26 / levels)
    with pytest.raises(ValueError, match="concentration that white stands for"):
        read(*files)
    with pytest.raises(ValueError, match="is positive"):
        read(*files, scale=0)


def test_colour_pictures_are_refused(tmp_path):
    Picture.fromarray(np.zeros((8, 8, 3), dtype=np.uint8)).save(tmp_path / "u.png")
    with pytest.raises(ValueError, match="colour picture"):
        read(tmp_path / "u.png", tmp_path / "u.png", scale=1)


def test_channels_are_not_taken_for_frames(tmp_path):
    first, *rest = map(
        Picture.fromarray, np.random.default_rng(1).integers(0, 256, (4, 8, 8), dtype=np.uint8)
    )
    said = "ImageJ=1.54\nimages=4\nchannels=2\nframes=2\n"
    first.save(tmp_path / "u.tif", save_all=True, append_images=rest, description=said)
    with pytest.raises(ValueError, match="2 channels in 4 pages"):
        read(tmp_path / "u.tif", tmp_path / "u.tif", scale=1)
    first.save(tmp_path / "both.tif", save_all=True, append_images=rest[:1], description=said)
    assert read(tmp_path / "both.tif", scale=1).v.shape == (8, 8)


def test_the_pages_of_a_tiff_are_frames(tmp_path):
    draw = np.random.default_rng(1)
    stacks = draw.integers(0, 256, (2, 3, 12, 17), dtype=np.uint8)
    files = [tmp_path / f"{name}.tif" for name in "uv"]
    for file, stack in zip(files, stacks, strict=True):
        first, *rest = map(Picture.fromarray, stack)
        first.save(file, save_all=True, append_images=rest)
    found = read(*files, scale=1)
    np.testing.assert_allclose(found.u, stacks[0] / 255)
    np.testing.assert_allclose(read(*files, scale=1, frames=[0, 2]).v, stacks[1][[0, 2]] / 255)
    other = Picture.fromarray(stacks[0, 0, :6])
    first.save(files[0], save_all=True, append_images=[other])
    with pytest.raises(ValueError, match="pages of .* differ"):
        read(*files, scale=1)
    first.save(tmp_path / "both.tif", save_all=True, append_images=rest[:1])
    np.testing.assert_allclose(read(tmp_path / "both.tif", scale=1).v, stacks[1, 1] / 255)


def test_animations_are_refused(tmp_path):
    first, *rest = map(
        Picture.fromarray, np.random.default_rng(1).integers(0, 256, (3, 8, 8), dtype=np.uint8)
    )
    first.save(tmp_path / "u.png", save_all=True, append_images=rest)
    with pytest.raises(ValueError, match="animation of 3 pictures.*pages of a TIFF"):
        read(tmp_path / "u.png", tmp_path / "u.png", scale=1)


@pytest.mark.parametrize("kind", [np.int32, np.int16, np.uint32])
def test_whole_numbers_without_a_white_are_refused(kind, tmp_path):
    tiff(tmp_path / "u.tif", (1000 * np.random.default_rng(0).random((8, 8))).astype(kind))
    with pytest.raises(ValueError, match="nothing says which of them is white"):
        read(tmp_path / "u.tif", tmp_path / "u.tif", scale=1)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("black", [0, 1])
def test_white_may_be_the_lowest_level(bits, black, order, tmp_path):
    levels = np.arange(64).reshape(8, 8)
    file = tiff(tmp_path / "u.tif", levels.astype(f"{order}u{bits // 8}"), {262: black})
    if (bits, black, order) == (16, 0, ">"):  # which Pillow does not know
        with pytest.raises(ValueError, match="cannot be read as tif"):
            read(file, file, scale=1.0)
        return
    found = read(file, file, scale=1.0).u * (2**bits - 1)
    np.testing.assert_allclose(found, levels if black else 2**bits - 1 - levels)


def test_twelve_bits_have_a_white_of_their_own(tmp_path):
    levels = np.linspace(0, 4095, 64).astype(int).reshape(8, 8)
    high, low = levels.reshape(-1, 2).T
    packed = np.stack([high >> 4, (high & 15) << 4 | low >> 8, low & 255], axis=1).astype(np.uint8)
    file = tiff(tmp_path / "u.tif", packed.reshape(8, 12), {256: 8, 258: 12})
    np.testing.assert_allclose(read(file, file, scale=1).u, levels / 4095)
