"""Every act, a file for each kind of thing. A new kind is a file and a name in KINDS."""

from collections.abc import Mapping

from server.policy.acts import (
    bodies,
    cases,
    closures,
    guides,
    owners,
    reviews,
    season_grounds,
    stages,
    stories,
    trails,
)
from server.policy.rights import Act

KINDS = (bodies, cases, owners, trails, closures, season_grounds, stages, guides, reviews, stories)

ACTS: Mapping[str, Act] = {name: act for kind in KINDS for name, act in kind.ACTS.items()}
#: The states of each kind of thing.
STATES: Mapping[str, tuple[str, ...]] = {kind.KIND: kind.STATES for kind in KINDS}
