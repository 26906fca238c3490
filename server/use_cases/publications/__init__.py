"""What bodies publish. A kind is a file here that reads and shows it, its name in KINDS, and one of `policy/acts`."""

from collections.abc import Mapping

from server.use_cases.publications import trails
from server.use_cases.publications.kinds import Kind

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (trails.KIND,)}
