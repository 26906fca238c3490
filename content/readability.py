"""How hard a text is to read."""

import re

LONG_WORD_LETTERS = 6  # a word of more letters than this counts as long
EASY_LIX = 25  # "very easy: books for children"
LIX_WORDS_LEAST = 20  # in fewer words one long one decides alone
EASY_SENTENCE_WORDS = 15

WORD = re.compile(r"[^\W_]+(?:[-'’:][^\W_]+)*")
SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$|[\"”’)])|\n\s*\n|:(?=\s+[A-ZÅÄÖ])")


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, without those that hold no word."""
    return tuple(part.strip() for part in SENTENCE_END.split(text) if part and WORD.search(part))


def words(text: str) -> tuple[str, ...]:
    return tuple(WORD.findall(text))


def lix(text: str) -> float:
    """Läsbarhetsindex: words a sentence, plus the percentage of words over six letters. 0 without words.

    Source: C. H. Björnsson, Läsbarhet, Stockholm 1968.
    """
    counted = words(text)
    if not counted:
        return 0.0
    long_words = sum(len(word) > LONG_WORD_LETTERS for word in counted)
    return len(counted) / max(1, len(sentences(text))) + 100 * long_words / len(counted)
