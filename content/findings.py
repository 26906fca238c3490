"""What an author should mend, said where it is. A finding is a value: codes here, sentences in the languages.

Every code has its sentence in `seed_data/languages/<tag>.json` under `finding.<code>`, which says what is
wrong and what to write instead, in the voice of a kind neighbour. A code is never renamed or reused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Step = str | int
Detail = str | int | float


class Weight(StrEnum):
    """Whether a pack can be published all the same."""

    MISTAKE = "mistake"
    WARNING = "warning"


_MISTAKES = (
    # The archive and its members.
    "archive-broken",
    "archive-encrypted",
    "archive-members",
    "archive-ratio",
    "archive-size",
    "member-link",
    "member-missing",
    "member-name",
    "member-size",
    "member-twice",
    "member-unknown",
    "sources-empty",
    # Files as text.
    "duplicate-key",
    "not-toml",
    "not-utf8",
    # Forms: what may stand where.
    "condition-not-positive",
    "key-made-at-publishing",
    "key-missing",
    "key-unknown",
    "value-empty",
    "value-few",
    "value-kind",
    "value-large",
    "value-long",
    "value-many",
    "value-not-listed",
    "value-pattern",
    "value-small",
    "value-unprintable",
    # The way through a quest.
    "branch-without-finish",
    "cannot-finish",
    "condition-count",
    "condition-not-a-choice",
    "condition-option-wrong",
    "condition-unknown-option",
    "condition-unknown-stage",
    "condition-unknown-task",
    "key-twice",
    "needs-many",
    "opens-in-a-circle",
    "stage-unreachable",
    "task-alone",
    # When it is offered.
    "hours-empty",
    "season-no-such-day",
    # Places.
    "fence-broken",
    "place-swapped",
    "place-without-arrival",
    # Texts.
    "language-twice",
    "language-without-texts",
    "text-helpers",
    "text-hints",
    "text-missing",
    "text-missing-option",
    "text-missing-stage",
    "text-missing-task",
    "text-unknown-option",
    "text-unknown-stage",
    "text-unknown-task",
    "text-unknown-variant",
    "texts-without-language",
    "word-many",
    "word-missing",
    "word-source",
    "word-twice",
    # Answers.
    "answer-contradiction",
    "answer-missing",
    "answer-needless",
    "answer-not-a-number",
    "answer-not-an-option",
    "answer-not-an-order",
    "answer-salt",
    "answer-unknown-stage",
    "answer-unknown-task",
    "host-missing",
    "host-needless",
    "played-right-missed",
    "played-wrong-accepted",
    "wrong-missing",
    # Tipspromenad.
    "tie-break-missing",
    "tie-break-needless",
    "tips-no-questions",
    "tips-one-right",
    "tips-options",
    "tips-two-questions",
    # Printed codes.
    "code-clash",
    "code-missing",
    "code-rev-twice",
    # Media.
    "media-kind",
    "media-missing",
    "media-name",
    "media-not-described",
    "media-size",
    "media-unused",
    # Land.
    "care-missing",
    "care-not-reviewed",
    "care-until",
    "consent-date",
    "consent-missing",
    "consent-refused",
    "ground-ancient-physical",
    "ground-church-consent",
    "ground-church-physical",
    "ground-installation",
    "text-risky-verb",
    # Files of areas: closures and grounds.
    "area-ban",
    "area-broken",
    "area-coordinates",
    "area-corners",
    "area-kind",
    "area-missing",
    "area-open",
    "area-outside-region",
    "area-swapped",
    "areas-broken",
    "areas-large",
    "areas-many",
    "closure-date",
    "closure-dates",
    "closure-long",
    "closure-twice",
    # Decks of prompts.
    "prompt-after-dark",
    "prompt-long",
    "prompt-sami",
)
_WARNINGS = (
    "code-unused",
    "deck-small",
    "fence-smaller-than-known",
    "fences-overlap",
    "ground-ancient",
    "ground-protected",
    "ground-protected-ban",
    "media-says-where",
    "place-outside-region",
    "place-widened",
    "prompt-alike",
    "text-hard",
    "text-long-sentence",
    "print-unsaid",
    "text-risky-verb-anywhere",
)

#: Every code with its weight.
CODES: Mapping[str, Weight] = {
    **dict.fromkeys(_MISTAKES, Weight.MISTAKE),
    **dict.fromkeys(_WARNINGS, Weight.WARNING),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. `path` leads to the value within `file`; `line` counts from 1, None for no line.

    `details` fills the sentence's placeholders.
    """

    code: str
    file: str
    line: int | None = None
    path: tuple[Step, ...] = ()
    details: Mapping[str, Detail] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(self.code)

    @property
    def weight(self) -> Weight:
        return CODES[self.code]

    @property
    def pointer(self) -> str:
        """The path as a JSON pointer (RFC 6901)."""
        return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in self.path)

    @property
    def order(self) -> tuple[str, int, str, str]:
        """Findings in reading order: by file, then from the top."""
        return self.file, self.line or 0, self.pointer, self.code


def mistakes(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Those that keep a pack from being published."""
    return tuple(finding for finding in findings if finding.weight is Weight.MISTAKE)
