"""Where we are found, as it is handed out."""

from dataclasses import dataclass

from flask import request

from server.api.edge import Asked
from server.config import HOST
from server.problems import Refusal


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """Scheme and host. `is_set`: by whoever runs this server, and not by whoever asks."""

    url: str
    is_set: bool


def own_address(asked: Asked) -> OwnAddress:
    """The one that is set; else as whoever asks knows it, a trusted proxy's word counted.

    Raises Refusal where a request has named no host that could be one.
    """
    if (address := asked.edge.settings.public_address) is not None:
        return OwnAddress(address, is_set=True)
    if not HOST.fullmatch(request.host):
        raise Refusal("bad-request")
    return OwnAddress(f"{request.scheme}://{request.host}", is_set=False)
