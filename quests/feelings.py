"""The feelings that a place can be marked with, one tap each.

The first four are what the region's study asks for: that people feel part of the place, welcome, safe and proud.
The others keep the scale honest: a place may also be cold towards somebody. Keys are stored: never renamed.
Names for people: `feeling.<key>` in the languages.
"""

from typing import Literal

Feeling = Literal[
    "at-home",
    "welcome",
    "safe",
    "proud",
    "calm",
    "glad",
    "curious",
    "awed",
    "free",
    "longing",
    "lonely",
    "uneasy",
]
