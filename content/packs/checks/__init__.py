"""What is checked of a pack, in the order of this list. One function a check; each finds all there is to find.

A new check is a function in one of these files, its name here, its code in `content/findings.py` and its
sentence in the languages.
"""

from collections.abc import Callable, Iterator, Mapping

from content.findings import Finding, Weight, mistakes
from content.grounds import NO_GROUNDS, Grounds
from content.packs.checks import answers, land, opening, places, texts, way
from content.packs.reading import Draft, Probe, Reading, read

FINDINGS_MOST = 500  # nobody mends more in one go; mistakes are kept before warnings

Check = Callable[[Draft], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    way.keys_stand_once,
    way.conditions_name_what_is_there,
    way.counts_can_be_reached,
    way.every_stage_opens,
    way.the_quest_can_be_finished,
    way.branches_say_where_they_end,
    way.stages_do_not_rest_on_a_compass,
    opening.days_and_hours_are_there,
    places.placed_stages_ask_to_be_there,
    places.places_are_well_known,
    places.places_lie_in_the_region,
    places.fences_can_be_drawn,
    places.fences_lie_apart,
    texts.languages_have_their_texts,
    texts.every_language_says_everything,
    texts.no_text_is_a_stray,
    texts.hints_are_as_many,
    texts.words_are_few_and_the_same,
    texts.easy_swedish_is_easy,
    land.nobody_is_sent_to_dig,
    land.prints_and_boxes_are_allowed,
    land.sami_culture_is_told_by_leave,
    texts.media_are_there_and_used,
    texts.media_do_not_say_where,
    answers.questions_have_answers,
    answers.answers_belong_to_questions,
    answers.hosts_have_their_code,
    answers.answers_do_not_contradict,
    answers.tips_are_as_people_know_them,
    answers.printed_codes_stand_for_one_stage,
    answers.scanned_stages_have_codes,
)

#: Those that look at the ground too.
LAND: tuple[Callable[[Draft, Grounds], Iterator[Finding]], ...] = (land.ground_with_rules_is_respected,)

#: Made by publishing and playing, so only where the checks above found no mistake.
PLAYED: tuple[Check, ...] = (answers.examples_play_as_they_should,)


def check(members: Mapping[str, bytes], probe: Probe, grounds: Grounds = NO_GROUNDS) -> Reading:
    """A pack out of its files, with all that there is to mend. Its `pack` can be published.

    `grounds`: those with rules, at least around its stages.
    """
    reading = read(members, probe)
    draft = reading.draft
    if draft is None:
        return Reading(None, reading.findings[:FINDINGS_MOST])
    findings = [*reading.findings, *(finding for one in CHECKS for finding in one(draft))]
    findings += [finding for one in LAND for finding in one(draft, grounds)]
    if not mistakes(tuple(findings)):
        findings += [finding for one in PLAYED for finding in one(draft)]
    whole = not mistakes(tuple(findings))
    worst = sorted(findings, key=lambda finding: finding.weight is Weight.WARNING)[:FINDINGS_MOST]
    found = tuple(sorted(worst, key=lambda finding: finding.order))
    return Reading(Draft(draft.pack, draft.documents, draft.unread, whole), found)
