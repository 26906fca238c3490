"""A recording as a phone made it → Opus at 64 kbit/s, and AAC for iPhones that cannot play it in Ogg (before iOS 18.4).

The child of `media.intake` shuts itself in and becomes ffmpeg. The demuxer and the decoders are named, and no others
can be reached: what would have ffmpeg open another file or address (playlists, lists of files, manifests) is no sound.
"""

from pathlib import Path

OPUS, AAC = "sound.ogg", "sound.m4a"
#: Name and type of what is made.
MADE = ((OPUS, "audio/ogg"), (AAC, "audio/mp4"))
RATE = "64k"  # [bit/s]

_PCM = "pcm_s16le,pcm_s24le,pcm_s32le,pcm_u8,pcm_f32le,pcm_f64le,pcm_alaw,pcm_mulaw"
#: By type: ffmpeg's demuxer, and the decoders that may be used in it.
_FORMATS = {
    "audio/mpeg": ("mp3", "mp3float,mp3"),
    "audio/mp4": ("mov,mp4,m4a,3gp,3g2,mj2", "aac,alac,mp3float,mp3,opus,libopus"),
    "audio/aac": ("aac", "aac"),
    "audio/ogg": ("ogg", "opus,libopus,vorbis,libvorbis,flac"),
    "audio/wav": ("wav", _PCM),
    "audio/webm": ("matroska,webm", "opus,libopus,vorbis,libvorbis"),
}


def ffmpeg_arguments(ffmpeg: Path, original: Path, kind: str, folder: Path, most_s: int) -> list[str]:
    """Tells the time reached on standard output, see `seconds_told`."""
    formats, decoders = _FORMATS[kind]
    arguments = [
        str(ffmpeg),
        "-hide_banner",
        "-nostdin",
        "-nostats",
        "-loglevel",
        "quiet",
        "-progress",
        "pipe:1",
    ]
    arguments += ["-protocol_whitelist", "file", "-format_whitelist", formats, "-codec_whitelist", decoders]
    # A little more than may be, so that what is longer is known to be.
    arguments += ["-f", formats.split(",")[0], "-threads", "1", "-t", str(most_s + 2)]
    arguments += ["-i", f"file:{original}", "-filter_threads", "1"]
    plain = ["-map", "0:a:0", "-map_metadata", "-1", "-map_chapters", "-1", "-threads", "1"]
    plain += ["-fflags", "+bitexact", "-flags:a", "+bitexact", "-b:a", RATE]
    plain += ["-af", "aformat=channel_layouts=mono|stereo"]
    arguments += [*plain, "-c:a", "libopus", "-ar", "48000", "-f", "ogg", f"file:{folder / OPUS}"]
    arguments += [*plain, "-c:a", "aac", "-ar", "44100", "-f", "ipod", "-movflags", "+faststart"]
    return [*arguments, f"file:{folder / AAC}"]


def seconds_told(progress: bytes) -> float:
    """How long the sound is, by the last that ffmpeg said. [s]"""
    reached = 0
    for line in progress.splitlines():
        name, _, value = line.partition(b"=")
        if name == b"out_time_us" and value.isdigit():
            reached = max(reached, int(value))
    return reached / 1e6
