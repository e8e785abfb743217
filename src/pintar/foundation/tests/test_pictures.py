"""Pictures of pixels: made anew in two widths, with nothing carried along; hostile ones refused."""

import io

import pytest
from PIL import Image, ImageDraw

from pintar.foundation.richtext import Pixels, render
from pintar.foundation.richtext.pictures import UnfitPicture, fit
from pintar.foundation.tests.broken_pictures import HOSTILE, drawn, saved


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_photograph_becomes_webp_in_two_widths_and_smaller():
    photograph = saved(drawn(), "JPEG", quality=95)
    made = fit(photograph, "jpg")
    assert [(each.width, each.height) for each in made] == [(640, 480), (1280, 960)]
    for each in made:
        assert opened(each.content).format == "WEBP" and opened(each.content).size == (each.width, each.height)
    assert len(made[0].content) < len(made[1].content) < len(photograph)


def test_a_small_picture_stays_as_large_as_it_is():
    [made] = fit(saved(drawn(200, 100), "PNG"), "png")
    assert (made.width, made.height) == (200, 100)


def test_a_screenshot_with_transparency_loses_no_pixel():
    picture = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    ImageDraw.Draw(picture).rectangle((20, 20, 90, 90), fill=(10, 120, 60, 255))
    [made] = fit(saved(picture, "PNG"), "png")
    assert opened(made.content).convert("RGBA").tobytes() == picture.tobytes()


def test_nothing_is_carried_along_and_a_turned_picture_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "Ponsel Siti"
    exif.get_ifd(0x8825)[2] = (7.0, 47.0, 0.0)
    content = saved(drawn(400, 200), "JPEG", exif=exif) + b"<script>alert(1)</script>"
    [made] = fit(content, "jpg")
    assert (made.width, made.height) == (200, 400)
    assert not opened(made.content).getexif()
    assert b"Ponsel" not in made.content and b"<script" not in made.content


@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_picture_is_refused(how):
    make, extension, code = HOSTILE[how]
    with pytest.raises(UnfitPicture) as refused:
        fit(make(), extension)
    assert refused.value.code == code


def test_a_refused_picture_is_told_at_the_line_that_shows_it():
    def image(path: str) -> Pixels:
        raise UnfitPicture("picture_moves")

    text = render("Satu.\n\n![Papan](gambar/b.webp)\n", image)
    assert [(each.line, each.code, each.data) for each in text.mistakes] == [
        (3, "picture_moves", {"picture": "gambar/b.webp"})
    ]


def test_the_page_knows_the_shape_and_the_browser_takes_the_width_it_shows():
    pixels = Pixels(1280, 960, ((640, "/media/a.webp"), (1280, "/media/b.webp")))
    assert render("![Papan](gambar/b.png)", lambda path: pixels).html == (
        '<figure class="picture"><img src="/media/a.webp" srcset="/media/a.webp 640w, /media/b.webp 1280w" '
        'sizes="(max-width: 46rem) 100vw, 46rem" width="1280" height="960" alt="Papan" loading="lazy" '
        'decoding="async"></figure>'
    )
