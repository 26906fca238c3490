"""The beginning of a recorded run, as it comes in the Python package gpxo, as a small file for the journeys in the browser.

    pip download --no-deps --no-binary gpxo gpxo==0.3.0
    python -m tests.browser.cut_track gpxo-0.3.0.tar.gz > tests/browser/tracks/lyon.gpx

The same package gives the same bytes.
"""

import sys
import tarfile

from server.readers.gpx import read_gpx
from tests.browser.recorder import LYON_POINTS

MEMBER = "gpxo-0.3.0/ExampleTrack.gpx"
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!-- The first {n} points of ExampleTrack.gpx in gpxo 0.3.0 (PyPI), (c) 2020 Olivier Vincent, BSD-3-Clause: LICENSE.gpxo.txt -->
<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="EditGPX"><trk><trkseg>
"""


def cut(sdist: str) -> str:
    with tarfile.open(sdist) as archive:
        member = archive.extractfile(MEMBER)
        assert member is not None
        points = read_gpx(member.read()).track.points[:LYON_POINTS]
    rows = [
        f'<trkpt lat="{point.position.lat:.6f}" lon="{point.position.lon:.6f}"><time>{point.at:%Y-%m-%dT%H:%M:%SZ}</time></trkpt>\n'
        for point in points
    ]
    return HEAD.format(n=len(rows)) + "".join(rows) + "</trkseg></trk></gpx>\n"


if __name__ == "__main__":
    sys.stdout.write(cut(sys.argv[1]))
