"""flask-smorest, subclassed once: forms are msgspec structs, and every no is a problem of `server.problems`.

One struct parses, validates, documents and answers. A route names the forms it reads and what it answers; who may
come in is looked up in `server.policy`, and a route without a row there does not start. What the decorators
gather is put together once, when a route is registered, so that a request passes through one function.
"""

from server.api.edge import Asked
from server.api.framework.blueprint import Api, Blueprint
from server.api.framework.own_address import OwnAddress, own_address
from server.api.framework.parameters import CURSOR, END, LINE, LanguageParameters, NoParameters
from server.api.framework.replies import JSON, not_modified, reply, reply_bytes, reply_unless_known

__all__ = [
    "CURSOR",
    "END",
    "JSON",
    "LINE",
    "Api",
    "Asked",
    "Blueprint",
    "LanguageParameters",
    "NoParameters",
    "OwnAddress",
    "not_modified",
    "own_address",
    "reply",
    "reply_bytes",
    "reply_unless_known",
]
