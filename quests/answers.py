"""Answers that a phone can check without holding them.

A kit carries, for each accepted answer, the first ten bits of an HMAC. Ten bits tell "try again" with
one wrong word in a thousand slipping through, and leave some twenty words of a dictionary of twenty
thousand possible to whoever takes the kit apart. Full equality is checked by the server alone, and only
adds trust. `tests/vectors/answers.json` holds the cases that the phone must agree with.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

ANSWER_BITS = 10
ANSWER_MAX_CHARACTERS = 200
SALT_ATTEMPTS = 10_000

# Lower-casing is the same in Python and JavaScript but for what this table folds after it (Unicode's
# full case folding, CaseFolding.txt, of letters that have no lower-case form of their own).
FOLDED = {"ß": "ss", "ſ": "s", "ς": "σ", "ŉ": "'n", "ǰ": "j", "\u0307": ""}
PLAIN_LETTERS = {"å": "a", "ä": "a", "æ": "a", "ö": "o", "ø": "o"}

# What both languages call a space differs, so the set is written out; what cannot be seen is dropped.
SPACES = re.compile("[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def normal_form(text: str, *, letters_apart: bool = True) -> str:
    """An answer as it is compared: NFC, trimmed, spaces folded, case folded.

    å, ä and ö stay letters of their own unless the stage says otherwise (`letters_apart=False`); then æ
    and ø follow them. The result of normalising twice is that of normalising once.
    """
    lowered = UNSEEN.sub("", unicodedata.normalize("NFC", text)).lower()
    folded = unicodedata.normalize("NFC", "".join(FOLDED.get(letter, letter) for letter in lowered))
    if not letters_apart:
        folded = "".join(PLAIN_LETTERS.get(letter, letter) for letter in folded)
    return SPACES.sub(" ", folded).strip(" ")


def answer_bits(salt: bytes, answer: str, *, letters_apart: bool = True) -> int:
    """The first ten bits of HMAC-SHA-256(salt, normal form), 0–1023."""
    digest = hmac.digest(salt, normal_form(answer, letters_apart=letters_apart).encode(), hashlib.sha256)
    return int.from_bytes(digest[:2], "big") >> (16 - ANSWER_BITS)


def number_form(text: str) -> str | None:
    """A number as it is compared, or None: `1 200`, `01200` and `١٢٠٠` are `1200`; `2,50` is `2.5`."""
    digits = "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in normal_form(text)
    )
    found = re.fullmatch(r"([+\-\u2212]?)([0-9]{1,15}(?: [0-9]{3})*)(?:[.,]([0-9]{1,9}))?", digits)
    if found is None:
        return None
    sign, whole, part = found.groups(default="")
    whole = whole.replace(" ", "").lstrip("0") or "0"
    part = part.rstrip("0")
    number = f"{whole}.{part}" if part else whole
    return f"-{number}" if sign in {"-", "\u2212"} and number != "0" else number


@dataclass(frozen=True, slots=True)
class AnswerLists:
    """The accepted answers of one task, and the wrong examples that must not slip through."""

    accepted: tuple[str, ...]
    wrong: tuple[str, ...] = ()
    letters_apart: bool = True

    def bits(self, salt: bytes) -> tuple[int, ...]:
        """What a kit holds of the accepted answers, sorted, without repetition."""
        return tuple(
            sorted({answer_bits(salt, answer, letters_apart=self.letters_apart) for answer in self.accepted})
        )

    def slips(self, salt: bytes) -> bool:
        """Whether a wrong example would be accepted under this salt."""
        right = set(self.bits(salt))
        return any(
            answer_bits(salt, answer, letters_apart=self.letters_apart) in right for answer in self.wrong
        )

    def contradictions(self) -> tuple[str, ...]:
        """Answers listed both as accepted and as wrong, in normal form: no salt can tell them apart."""
        accepted, wrong = (
            {normal_form(answer, letters_apart=self.letters_apart) for answer in answers}
            for answers in (self.accepted, self.wrong)
        )
        return tuple(sorted(accepted & wrong))


def draw_salt(seed: bytes, lists: Sequence[AnswerLists]) -> bytes:
    """The first 16-byte salt of the seed's sequence under which no wrong example slips through.

    Drawn from the seed alone, so that the same pack always publishes the same salts. A salt fails with
    probability of about accepted x wrong / 1024. Raises ValueError when no salt can do it.
    """
    if both := [answer for answers in lists for answer in answers.contradictions()]:
        msg = f"listed both as right and as wrong: {', '.join(both)}"
        raise ValueError(msg)
    for attempt in range(SALT_ATTEMPTS):
        salt = hashlib.sha256(seed + attempt.to_bytes(4, "big")).digest()[:16]
        if not any(answers.slips(salt) for answers in lists):
            return salt
    msg = f"no salt among {SALT_ATTEMPTS} keeps the wrong examples out: list fewer of them"
    raise ValueError(msg)
