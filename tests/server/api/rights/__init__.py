"""What the test of rights needs to know of each kind of thing: a file for each, and a name in KINDS."""

from tests.server.api.rights import bodies, cases, closures, guides, reviews, stages, stories, trails
from tests.server.api.rights.kinds import Kind

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        bodies.KIND,
        cases.KIND,
        trails.TRAIL,
        trails.OWNERSHIP,
        reviews.KIND,
        closures.CLOSURE,
        closures.SEASON_GROUND,
        guides.KIND,
        stages.KIND,
        stories.KIND,
    )
}
