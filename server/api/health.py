"""For whoever watches the server."""

from typing import Annotated, Literal

import msgspec
from flask import Response

from server.api.framework import Asked, Blueprint, reply, reply_bytes
from server.problems import TRY_AGAIN_S, Refusal
from server.stores import readiness

blueprint = Blueprint("health", prefix="", description="For whoever watches the server.")

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


class Health(msgspec.Struct, frozen=True):
    """It answers."""

    status: Annotated[Literal["ok"], msgspec.Meta(description="Always this word.")] = "ok"


@blueprint.route("/healthz")
@blueprint.response(200, Health)
def healthz(_asked: Asked) -> Response:
    """Say whether the process answers."""
    return reply(Health())


@blueprint.route("/readyz")
@blueprint.response(200, Health)
@blueprint.says_no("not-ready", "database-gone")
def readyz(asked: Asked) -> Response:
    """Say whether requests can be answered: the database is there, and in the form that this version needs."""
    if readiness.revision(asked.edge.database) != asked.edge.newest_revision():
        raise Refusal("not-ready", headers={"Retry-After": str(TRY_AGAIN_S)}, seconds=TRY_AGAIN_S)
    return reply(Health())


@blueprint.route("/metrics")
@blueprint.response(200, str, media_type=PROMETHEUS)
def metrics(asked: Asked) -> Response:
    """Counts and times for Prometheus. Not public: from this machine, or with the operator's token."""
    return reply_bytes(asked.edge.metrics.text(), PROMETHEUS)
