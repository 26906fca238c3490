"""Chance that is drawn from words, so that the same words always draw the same, here and on the phone."""

from hashlib import sha256

BYTES = 6  # 48 bits, which every language's numbers hold exactly


def fraction(*words: str) -> float:
    """Between 0 and 1, evenly: the first 48 bits of SHA-256 over the words with U+001F between them."""
    digest = sha256("\x1f".join(words).encode()).digest()
    return int.from_bytes(digest[:BYTES], "big") / float(1 << 8 * BYTES)


def rank(day: str, name: str, weight: int) -> float:
    """Where a name comes on a day, the least first: one of weight 2 is twice as often before one of weight 1.

    Each name is drawn for itself (rendezvous hashing), so that two people who choose among nearly the same names
    nearly always meet the same first one.
    """
    return min(fraction(day, name, str(turn)) for turn in range(weight))
