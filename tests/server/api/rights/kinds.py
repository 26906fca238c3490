"""The form in which a kind of thing is told to the test of rights."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from server.app import Server
from server.stores.bodies import Body

MUNICIPALITY, ELSEWHERE = "2309", "2380"


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing of `body` in some state. `names`: what stands in paths for it, by placeholder.

    `sent` and `headers`: beside those of its kind, what hangs on this very thing. `stage`: what a steward of it looks
    after, as `<quest>/<key>`; empty where a thing has none. `make_own`: makes it an account's own, as a person's.
    """

    body: Body
    names: Mapping[str, str]
    sent: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    stage: str = ""
    make_own: Callable[[str], None] | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """`make`: a new thing in that state, in MUNICIPALITY; its last argument is the account of another owner of its body.

    `unknown`: the problem for whom nothing is to be seen. `sent`: by route, what is sent so that nothing but the
    right can be missing; a callable is asked anew each time. `let_in`: by route, the problem that whoever may do it
    meets all the same, since the thing that it is done to is not there.
    """

    name: str
    unknown: str
    make: Callable[[Server, str, str], Thing]
    sent: Mapping[str, object] = field(default_factory=dict)
    let_in: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
