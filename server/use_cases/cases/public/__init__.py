"""What is public and may be given notice of. A new kind is a file here and a name in KINDS."""

from collections.abc import Mapping

from server.use_cases.cases.public import body, guide, quest, stage, story
from server.use_cases.cases.public.kinds import PublicKind, PublicThing

KINDS: Mapping[str, PublicKind] = {
    kind.name: kind for kind in (quest.KIND, stage.KIND, body.KIND, guide.KIND, story.KIND)
}

__all__ = ["KINDS", "PublicKind", "PublicThing"]
