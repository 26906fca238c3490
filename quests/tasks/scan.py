"""Scan the code that is printed at the place."""

from typing import Annotated

import msgspec

from quests.codes import scanned_code_hash
from quests.evidence import TRUST_CHECKED, TRUST_SELF_REPORT
from quests.tasks.kind import Body, Scene, Task, Verdict


class ScanBody(Body, frozen=True, tag="scan", kw_only=True):
    code: Annotated[
        str, msgspec.Meta(max_length=300, description="The printed code, or the address it stands in.")
    ]


class Scan(Task, frozen=True, tag="scan"):
    """The printed code of this stage. A code of ours that the version does not know is taken on trust:

    it may have been printed anew since the kit was taken along, and a post on a tree outlives servers.
    """

    Body = ScanBody
    AT_THE_PLACE = True

    def judge(self, body: ScanBody, scene: Scene) -> Verdict:
        code_hash = scanned_code_hash(body.code)
        if code_hash is None:
            return Verdict("not-our-code")
        belongs_to = scene.codes.get(code_hash)
        if belongs_to is not None and belongs_to != scene.stage:
            return Verdict("other-stage", details={"stage": belongs_to})
        claimed = max(0, TRUST_SELF_REPORT - scene.presence.trust)  # whoever scans says that they are there
        if belongs_to is None:
            return Verdict("unverified-code", trust=claimed + (TRUST_CHECKED if scene.equal else 0))
        return Verdict("done", trust=claimed + TRUST_CHECKED)

    def done_with(self, words: str) -> ScanBody:
        return ScanBody(code=words)
