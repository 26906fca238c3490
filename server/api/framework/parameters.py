"""What the forms of routes share."""

from typing import Annotated

import msgspec

# Python's `$` also stands before a line break at the end, other readers' does not.
END = r"$(?!\n)"
LINE = r"[^\x00-\x1f\x7f]"  # what can be typed in one line
CURSOR = rf"^[A-Za-z0-9_-]{{1,500}}{END}"


class NoParameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A query in which nothing may stand."""


class LanguageParameters(NoParameters, frozen=True, kw_only=True, forbid_unknown_fields=True):
    lang: (
        Annotated[
            str,
            msgspec.Meta(
                pattern=rf"^[A-Za-z]{{2,3}}(-[A-Za-z0-9]{{2,8}}){{0,4}}{END}",
                description="Language of the answer, BCP 47; stands before Accept-Language. Easy Swedish is sv-simple.",
            ),
        ]
        | None
    ) = None
