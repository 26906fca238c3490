"""The inbox: one case for each thing that needs a look by a person.

A new kind is a file here with its `KIND`, a name in KINDS, and a line in `server.policy.acts.cases`. A kind imports
stores, and other use cases only as modules (`from server.use_cases import publish`), since these open cases themselves.
"""

from collections.abc import Mapping

from server.use_cases.cases import (
    appeal,
    application,
    closure,
    first_look,
    notice,
    place,
    proposal,
    review,
    stage,
    story,
    text,
    trail,
)
from server.use_cases.cases.kinds import CaseKind

KINDS: Mapping[str, CaseKind] = {
    kind.name: kind
    for kind in (
        application.KIND,
        appeal.KIND,
        notice.KIND,
        first_look.KIND,
        trail.KIND,
        text.KIND,
        proposal.KIND,
        place.KIND,
        stage.KIND,
        closure.KIND,
        review.KIND,
        story.KIND,
    )
}
