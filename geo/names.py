"""Names of places, folded so that they are found however they are typed.

The phone folds as the server does: `tests/vectors/names.json` holds the cases that both must agree on.
"""

import re
import unicodedata
from collections import Counter

# What is left of these when marks are taken off is no letter of a plain keyboard.
_PLAIN = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "ŋ": "n",
        "ŧ": "t",
        "þ": "th",
        "ı": "i",
        "ς": "σ",
    }
)
# Typed inside a word and never a break in it.
_UNHEARD = frozenset("'\u2019\u02bc\u02b9\u00b4`")


def folded(name: str) -> str:
    """Without case, marks and punctuation, words apart by one space; `Östersund`, `ostersund`, `OESTERSUND` alike.

    `aa`, `ae`, `oe` count as a, a, o, since that is how å, ä, ö, æ and ø are typed without them. The beginning of a
    name folds to a beginning of the folded name. Folding twice is folding once.
    """
    lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).lower()).translate(_PLAIN)
    signs = ((sign, unicodedata.category(sign)[0]) for sign in lowered if sign not in _UNHEARD)
    kept = (sign if kind in "LN" else " " for sign, kind in signs if kind != "M" and sign not in _INVISIBLE)
    plain = " ".join("".join(kept).split())
    return re.sub("oe+", "o", re.sub("a[ae]+", "a", plain))


# Joiners and marks of direction, which stand inside words of several scripts.
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")


def search_forms(name: str) -> tuple[str, ...]:
    """The folded name from each of its words on, whole first: what somebody types begins one of them."""
    words = folded(name).split(" ")
    return tuple(dict.fromkeys(" ".join(words[at:]) for at in range(len(words)) if words[at]))


def mistyped(typed: str, name: str) -> bool:
    """Whether a folded name begins with what was typed (folded) but for one slip.

    A slip is a letter too much, one missing, one for another, or two neighbours in each other's place. In fewer than
    MISTYPED_LEAST letters none is forgiven, for nearly anything would be found; and the first letter is never the slip.
    """
    if len(typed) < MISTYPED_LEAST or not name.startswith(typed[0]):
        return False
    same = 1
    while same < min(len(typed), len(name)) and typed[same] == name[same]:
        same += 1
    # Where they part is the slip, or behind letters like it, which comes to the same.
    rest, meant = typed[same:], name[same:]
    return (
        meant.startswith(rest[1:])
        or meant[1:].startswith(rest)
        or meant[1:].startswith(rest[1:])
        or (rest[:2] == meant[:2][::-1] and meant[2:].startswith(rest[2:]))
    )


MISTYPED_LEAST = 4


def likeness(one: str, other: str) -> float:
    """How alike two folded names are written, 0 to 1: the pairs of letters that they share (Dice's measure).

    A beginning of three letters is half the name at least, however long that is.
    """
    pairs, others = _pairs(one), _pairs(other)
    shared = (pairs & others).total()
    alike = 2 * shared / max(1, pairs.total() + others.total())
    begins = len(one) >= BEGINNING_LEAST and other.startswith(one)
    return max(alike, 0.5) if begins else alike


BEGINNING_LEAST = 3


def _pairs(name: str) -> Counter[str]:
    """Of letters beside each other, the ends of words among them."""
    padded = f" {name} " if name else ""
    return Counter(padded[at : at + 2] for at in range(len(padded) - 1))
