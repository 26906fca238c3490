"""What is taken in, what comes of it, and what must not: whatever a file does, this process lives on."""

import io
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, JpegImagePlugin

from media import intake
from media.child import ORIGINAL
from media.images import make_sizes
from media.intake import REFUSALS, IntakeError, Made, Refused, Taken, take_in
from media.kinds import IMAGE_MOST_BYTES, SOUND_MOST_BYTES, SOUND_MOST_S, TAKEN_IN, media_type
from tests.media import hostile
from tests.media.hostile import LATITUDE, SECRET_WORDS, photo, saved, sound, wav

JPEG, PNG, WEBP, HEIC = "image/jpeg", "image/png", "image/webp", "image/heic"
FORMS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", HEIC: "HEIF"}
SOUNDS: dict[str, Callable[[], bytes]] = {
    "audio/mpeg": lambda: sound("mp3"),
    "audio/mp4": lambda: sound("ipod", "-c:a", "aac"),
    "audio/aac": lambda: sound("adts", "-c:a", "aac"),
    "audio/ogg": lambda: sound("ogg", "-c:a", "libopus"),
    "audio/wav": lambda: sound("wav"),
    "audio/webm": hostile.recorded,
}


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., Taken | Refused]:
    def take(data: bytes, kind: str, **how: Any) -> Taken | Refused:
        for before in tmp_path.iterdir():
            before.unlink()
        (tmp_path / ORIGINAL).write_bytes(data)
        return take_in(tmp_path, kind, **how)

    return take


Take = Callable[..., Taken | Refused]


def made(taken: Taken | Refused) -> Taken:
    assert isinstance(taken, Taken), taken
    return taken


def shown(folder: Path, one: Made) -> Image.Image:
    return Image.open(folder / one.name).convert("RGB")


def is_red(pixel: object) -> bool:
    assert isinstance(pixel, tuple)
    return pixel[0] > pixel[2] + 60


# ---------------------------------------------------------------------------------------------- pictures


@pytest.mark.parametrize("kind", FORMS)
def test_a_photo_is_made_in_three_sizes(take: Take, tmp_path: Path, kind: str) -> None:
    taken = made(take(saved(photo(2_700, 1_800), FORMS[kind]), kind))

    assert [(one.name, one.type, one.width, one.height) for one in taken.files] == [
        ("320.webp", WEBP, 320, 213),
        ("960.webp", WEBP, 960, 640),
        ("2560.webp", WEBP, 2560, 1707),
    ]
    for one in taken.files:
        picture = shown(tmp_path, one)
        assert picture.size == (one.width, one.height)
        assert one.bytes == (tmp_path / one.name).stat().st_size
        assert is_red(picture.getpixel((10, 10)))
        assert not is_red(picture.getpixel((10, picture.height - 10)))
    assert taken.blur is not None
    assert len(taken.blur) == 28  # four by three components


def test_a_small_picture_is_not_enlarged(take: Take) -> None:
    sizes = [(one.width, one.height) for one in made(take(saved(photo(100, 50), "PNG"), PNG)).files]
    between = [(one.width, one.height) for one in made(take(saved(photo(320, 961), "PNG"), PNG)).files]

    assert sizes == [(100, 50)]
    assert between == [(107, 320), (320, 960), (320, 961)]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", [JPEG, PNG, WEBP])
def test_a_picture_stands_upright(take: Take, tmp_path: Path, kind: str, orientation: int) -> None:
    # What its orientation undoes is done to it first.
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    lying = photo(200, 100)
    if orientation > 1:
        lying = lying.transpose(Image.Transpose(back[orientation]))
    data = saved(lying, FORMS[kind], exif=hostile.exif(orientation))

    (one,) = made(take(data, kind)).files

    picture = shown(tmp_path, one)
    assert picture.size == (200, 100)
    assert is_red(picture.getpixel((100, 10)))
    assert not is_red(picture.getpixel((100, 90)))


@pytest.mark.parametrize("kind", FORMS)
def test_nothing_is_left_of_where_and_by_whom_it_was_taken(take: Take, tmp_path: Path, kind: str) -> None:
    more = {} if kind == PNG else {"xmp": hostile.xmp()}
    data = saved(photo(), FORMS[kind], exif=hostile.exif(), **more)
    assert SECRET_WORDS in data  # else this would show nothing

    taken = made(take(data, kind))

    for one in taken.files:
        kept = (tmp_path / one.name).read_bytes()
        picture = Image.open(io.BytesIO(kept))
        assert dict(picture.getexif()) == {}
        assert {"exif", "xmp", "icc_profile", "comment"} & picture.info.keys() == set()
        for told in (
            SECRET_WORDS,
            LATITUDE.encode(),
            b"GPS",
            b"Phonemaker",
            b"EXIF",
            b"Exif",
            b"XMP",
            b"ICCP",
        ):
            assert told not in kept, told


def test_colours_of_a_profile_become_those_of_the_web(take: Take, tmp_path: Path) -> None:
    from PIL import ImageCms

    lab_like = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = lab_like.replace(b"rXYZ", b"tmpX").replace(b"bXYZ", b"rXYZ").replace(b"tmpX", b"bXYZ")

    plain = made(take(saved(photo(), "PNG", icc_profile=lab_like), PNG))
    red = shown(tmp_path, plain.files[0]).getpixel((10, 10))
    made(take(saved(photo(), "PNG", icc_profile=swapped), PNG))
    turned = shown(tmp_path, plain.files[0]).getpixel((10, 10))

    assert is_red(red)
    assert not is_red(turned)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_mode_of_png_is_a_picture(take: Take, tmp_path: Path, mode: str) -> None:
    taken = made(take(saved(photo(mode="L" if mode.startswith("I") else mode).convert(mode), "PNG"), PNG))

    assert shown(tmp_path, taken.files[-1]).size == (400, 300)


def test_what_is_clear_stays_clear(take: Take, tmp_path: Path) -> None:
    picture = photo(mode="RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 100, 100))

    taken = made(take(saved(picture, "PNG"), PNG))

    alpha = Image.open(tmp_path / taken.files[-1].name).getchannel("A")
    assert (alpha.getpixel((50, 50)), alpha.getpixel((200, 200))) == (0, 255)


def test_a_phone_that_adds_a_second_picture_for_brightness_takes_photos_all_the_same(take: Take) -> None:
    two = saved(photo(), "MPO", save_all=True, append_images=[photo(100, 100)])

    assert made(take(two, JPEG)).files[-1].width == 400


@pytest.mark.parametrize("kind", [JPEG, WEBP])  # making such a HEIC takes half a minute
def test_the_largest_that_is_taken_is_taken(take: Take, kind: str) -> None:
    huge = Image.new("RGB", (8_000, 5_000), (90, 120, 90))

    assert made(take(saved(huge, FORMS[kind]), kind)).files[-1].width == 2_560


@pytest.mark.parametrize(
    "make, kind, code",
    [
        (hostile.pixel_flood, PNG, "too-many-pixels"),
        (hostile.jpeg_flood, JPEG, "too-many-pixels"),
        (lambda: hostile.png(12_001, 1), PNG, "too-many-pixels"),
        (lambda: hostile.png(8_000, 5_001), PNG, "too-many-pixels"),
        (lambda: hostile.png(0, 5), PNG, "broken"),
        (lambda: hostile.png(4_000, 4_000, pixels=b"\0"), PNG, "broken"),
        (hostile.text_bomb, PNG, "broken"),
        (hostile.many_texts, PNG, "broken"),
        (hostile.profile_bomb, PNG, "broken"),
        (hostile.moving_png, PNG, "moving-picture"),
        (hostile.moving_webp, WEBP, "moving-picture"),
        (hostile.heif_of_two, HEIC, "moving-picture"),
        (hostile.damaged_heif, HEIC, "broken"),
        (lambda: b"", JPEG, "empty"),
        (lambda: b"\xff\xd8\xff", JPEG, "broken"),
        (lambda: b"\xff\xd8\xff" + b"\0" * 100_000, JPEG, "broken"),
        (lambda: b"RIFF\xff\xff\xff\xffWEBPVP8 \xff\xff\xff\xff", WEBP, "broken"),
        (lambda: b"\0\0\0\x18ftypheic\0\0\0\0heic", HEIC, "broken"),
        (lambda: b"\xff\xd8\xff" + b"\0" * IMAGE_MOST_BYTES, JPEG, "too-large"),
        (lambda: saved(photo(), "PNG"), JPEG, "another-kind"),
        (lambda: saved(photo(), "GIF"), PNG, "another-kind"),
        (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', PNG, "another-kind"),
        (lambda: hostile.SCRIPT, JPEG, "another-kind"),
        (lambda: b"%PDF-1.7", JPEG, "another-kind"),
    ],
    ids=lambda value: value.__name__ if callable(value) and value.__name__ != "<lambda>" else None,
)
def test_a_hostile_picture_is_refused_with_its_reason(
    take: Take, make: Callable[[], bytes], kind: str, code: str
) -> None:
    began = time.monotonic()

    assert take(make(), kind) == Refused(code)
    assert code in REFUSALS
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("kind", FORMS)
def test_a_picture_that_was_cut_off_is_refused(take: Take, kind: str) -> None:
    noise = Image.effect_noise((300, 200), 90).convert("RGB")
    data = saved(noise, FORMS[kind])

    assert take(data[: len(data) // 2], kind) == Refused("broken")


@pytest.mark.parametrize("make", [hostile.polyglot, hostile.deep_profile])
def test_what_hangs_on_a_picture_is_left_behind(
    take: Take, tmp_path: Path, make: Callable[[], bytes]
) -> None:
    taken = made(take(make(), JPEG))

    kept = b"".join((tmp_path / one.name).read_bytes() for one in taken.files)
    assert b"script" not in kept
    assert b"PK\x03\x04" not in kept
    assert len(kept) < 20_000


# ------------------------------------------------------------------------------------------------ sounds


@pytest.mark.parametrize("kind", SOUNDS)
def test_a_recording_becomes_opus_and_aac(take: Take, tmp_path: Path, kind: str) -> None:
    taken = made(take(SOUNDS[kind](), kind))

    assert [(one.name, one.type) for one in taken.files] == [
        ("sound.ogg", "audio/ogg"),
        ("sound.m4a", "audio/mp4"),
    ]
    assert taken.seconds == pytest.approx(1, abs=0.2)
    assert b"OpusHead" in (tmp_path / "sound.ogg").read_bytes()[:100]
    assert b"mp4a" in (tmp_path / "sound.m4a").read_bytes()


@pytest.mark.parametrize("kind", ["audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/webm"])
def test_nothing_is_left_of_where_and_by_whom_it_was_recorded(take: Take, tmp_path: Path, kind: str) -> None:
    data = SOUNDS[kind]()
    assert SECRET_WORDS in data

    for one in made(take(data, kind)).files:
        kept = (tmp_path / one.name).read_bytes()
        assert SECRET_WORDS not in kept
        assert LATITUDE.encode() not in kept


def test_a_sound_may_be_ten_minutes_long() -> None:
    assert SOUND_MOST_S == 600


@pytest.mark.parametrize("kind", ["audio/mpeg", "audio/webm", "audio/wav"])
def test_what_is_longer_than_it_may_be_is_refused(take: Take, kind: str) -> None:
    data = {"audio/mpeg": "mp3", "audio/webm": "webm", "audio/wav": "wav"}[kind]
    codec = ("-c:a", "libopus", "-live", "1") if kind == "audio/webm" else ()

    assert made(take(sound(data, *codec, seconds=2), kind, sound_most_s=2)).seconds == pytest.approx(
        2, abs=0.2
    )
    assert take(sound(data, *codec, seconds=3), kind, sound_most_s=2) == Refused("too-long")
    assert take(sound(data, *codec, seconds=30), kind, sound_most_s=2) == Refused("too-long")


def test_a_sound_that_lies_about_its_length_is_as_long_as_it_is(take: Take) -> None:
    assert made(take(hostile.lying_wav(), "audio/wav")).seconds == pytest.approx(1, abs=0.1)


ETC = "/etc/passwd"
WEB = "http://127.0.0.1:1/secret"


@pytest.mark.parametrize(
    "data, kind, codes",
    [
        (hostile.many_channels(), "audio/wav", {"broken"}),
        (hostile.fast_wav(), "audio/wav", {"broken"}),
        (b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff", "audio/wav", {"broken"}),
        (b"OggS" + b"\xff" * 1_000, "audio/ogg", {"broken"}),
        (b"\x1a\x45\xdf\xa3\x01\xff\xff\xff\xff\xff\xff\xffB\x82\x84webm" + b"\xff" * 500, "audio/webm", {"broken"}),
        (b"\0\0\0\x18ftypM4A \0\0\0\0M4A isom", "audio/mp4", {"broken"}),
        (b"", "audio/mpeg", {"empty"}),
        (b"ID3" + b"\0" * SOUND_MOST_BYTES, "audio/mpeg", {"too-large"}),
        (wav(), "audio/mpeg", {"another-kind"}),
        (hostile.playlist(f"file://{ETC}"), "audio/mpeg", {"another-kind"}),
        (hostile.playlist(WEB), "audio/mp4", {"another-kind"}),
        (hostile.list_of_files(ETC), "audio/mpeg", {"another-kind"}),
        (hostile.after_a_tag(hostile.playlist(f"concat:{ETC}|{ETC}")), "audio/mpeg", {"broken"}),
        (hostile.after_a_tag(hostile.playlist(WEB)), "audio/mpeg", {"broken"}),
        (hostile.after_a_tag(hostile.list_of_files(ETC)), "audio/mpeg", {"broken"}),
        (b"RIFF\0\0\0\0WAVE" + hostile.playlist(WEB), "audio/wav", {"broken"}),
        (b"RIFF\0\0\0\0AVI LIST", "audio/wav", {"another-kind"}),
        (b"<?xml version='1.0'?><MPD><BaseURL>file:///etc/</BaseURL></MPD>", "audio/mp4", {"another-kind"}),
    ],
    ids=[
        "many-channels", "fast", "header-alone", "ogg-noise", "webm-noise", "mp4-without-sound", "empty", "large",
        "wav-as-mp3", "playlist-of-a-file", "playlist-of-an-address", "list-of-files", "concat-after-a-tag",
        "address-after-a-tag", "list-after-a-tag", "playlist-in-wav", "avi", "manifest",
    ],
)  # fmt: skip
def test_a_hostile_sound_is_refused_with_its_reason(
    take: Take, tmp_path: Path, data: bytes, kind: str, codes: set[str]
) -> None:
    refused = take(data, kind)

    assert isinstance(refused, Refused)
    assert refused.code in codes


def test_a_tag_that_says_that_it_is_huge_harms_nobody(take: Take) -> None:
    found = take(hostile.huge_tag(), "audio/mpeg")

    assert isinstance(found, Refused) or found.seconds == pytest.approx(1, abs=0.2)


def test_a_film_gives_its_sound_alone(take: Take, tmp_path: Path) -> None:
    film = sound("mp4", "-c:v", "mpeg4", "-c:a", "aac", beside=("-f", "lavfi", "-i", "testsrc=d=1"))

    taken = made(take(film, "audio/mp4"))

    assert [one.name for one in taken.files] == ["sound.ogg", "sound.m4a"]
    assert b"mp4v" not in (tmp_path / "sound.m4a").read_bytes()


# ------------------------------------------------------------------------------------------- the child


def test_a_child_that_takes_too_long_is_ended(take: Take) -> None:
    began = time.monotonic()

    assert take(saved(photo(), "PNG"), PNG, within_s=0.01) == Refused("too-hard")
    assert time.monotonic() - began < 5


def test_a_child_that_wants_too_much_memory_is_refused(
    take: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = saved(Image.new("RGB", (5_000, 4_000)), "PNG")
    # What the child starts with, it cannot raise: here too little.
    popen = intake.subprocess.Popen

    def little(*arguments: object, **how: object) -> object:
        few = (100 * 2**20, 100 * 2**20)
        return popen(*arguments, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, few), **how)  # type: ignore[call-overload]

    monkeypatch.setattr(intake.subprocess, "Popen", little)

    assert take(data, PNG) in (Refused("too-hard"), Refused("broken"))


def test_a_child_that_dies_is_the_files_fault(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "_child", lambda *_: (-11, b""))

    assert take(saved(photo(), "PNG"), PNG) == Refused("broken")


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"[]",
        b"{}",
        b'{"files": []}',
        b'{"files": [], "blur": ""}',
        b'{"files": [{"name": "../../etc/passwd", "width": 1, "height": 1}], "blur": ""}',
        b'{"files": [{"name": "original", "width": 1, "height": 1}], "blur": ""}',
        b'{"files": [{"name": "320.webp", "width": 1, "height": 1}], "blur": ""}',
        b'{"refused": "anything"}',
        b'{"refused": {}}',
        b"\xff" * 100,
        b"[" * 10_000,
    ],
)
def test_what_a_child_says_is_not_believed(take: Take, monkeypatch: pytest.MonkeyPatch, told: bytes) -> None:
    monkeypatch.setattr(intake, "_child", lambda *_: (0, told))

    assert take(saved(photo(), "PNG"), PNG) == Refused("broken")


def test_a_link_is_not_followed(take: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").write_bytes(saved(photo(), "WEBP"))
    (tmp_path / "320.webp").symlink_to(tmp_path / "elsewhere")
    told = b'{"files": [{"name": "320.webp", "width": 1, "height": 1}], "blur": ""}'
    monkeypatch.setattr(intake, "_child", lambda *_: (0, told))

    assert take(saved(photo(), "PNG"), PNG) == Refused("broken")


def test_a_full_disk_is_not_the_files_fault(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "ROOM_NEEDED_BYTES", 1 << 60)

    with pytest.raises(OSError, match="No space"):
        take(saved(photo(), "PNG"), PNG)


def test_a_machine_without_ffmpeg_is_not_the_files_fault(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(IntakeError, match="ffmpeg"):
        take(wav(), "audio/wav")


def test_the_child_has_nothing_of_our_environment(
    take: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, str] = {}
    popen = intake.subprocess.Popen

    def watched(*arguments: object, **how: object) -> object:
        given.update(how["env"])  # type: ignore[call-overload]
        return popen(*arguments, **how)  # type: ignore[call-overload]

    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:secret@/quest")
    monkeypatch.setattr(intake.subprocess, "Popen", watched)
    made(take(saved(photo(), "PNG"), PNG))

    assert given
    assert "secret" not in str(given)
    assert set(given) & set(os.environ) <= {
        "PATH",
        "PYTHONPATH",
        "LC_ALL",
        "MALLOC_ARENA_MAX",
        "OMP_NUM_THREADS",
    }


def test_every_type_that_is_taken_is_known_by_its_bytes() -> None:
    examples = {kind: saved(photo(), form) for kind, form in FORMS.items()}
    examples |= {kind: make() for kind, make in SOUNDS.items()}

    assert set(examples) == set(TAKEN_IN.values())
    assert {kind: media_type(data) for kind, data in examples.items()} == {kind: kind for kind in examples}


def test_an_orientation_that_takes_all_memory_is_no_broken_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What went wrong here is tried again; a broken file is not."""

    def takes_all(_: object) -> None:
        raise MemoryError

    (tmp_path / ORIGINAL).write_bytes(saved(photo(40, 30), "JPEG"))
    monkeypatch.setattr(JpegImagePlugin.JpegImageFile, "getexif", takes_all)

    with pytest.raises(MemoryError):
        make_sizes(tmp_path / ORIGINAL, "image/jpeg", tmp_path)
