"""Words that an author is asked about: verbs that do harm at a place, and words of Sámi culture.

By language, for the languages that somebody here is sure of; a language without a list is not looked at. A list is
no judge: it finds what is plainly there, and whoever reads the text before publishing finds the rest.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Verbs:
    """`harm`: asking for what harms. `harmless`: the same verbs of one's own eyes, hands and feet, and of play.

    `no`: what turns it around. `please`: how a question asks for a deed; any other question asks for an answer.
    """

    harm: re.Pattern[str]
    harmless: re.Pattern[str]
    no: re.Pattern[str]
    please: re.Pattern[str]


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


def _asked(verbs: str, after: str) -> re.Pattern[str]:
    """Verbs where a deed is asked for: at the beginning of a clause, or after one of these words.

    In the midst of a clause it is somebody else who digs: "People dig for peat", "Någon flyttar in".
    """
    return re.compile(rf"(?:^|[,;:(–—]|(?<!\w)(?:{after})\s)\W*(?P<verb>(?:{verbs})(?!\w))", re.IGNORECASE)


#: Source: Kulturmiljölag (1988:950) 2 kap. 6 §: nobody may disturb, remove, dig out, cover or change old remains.
_VERBS: Mapping[str, _Verbs] = {
    "sv": _Verbs(
        harm=_asked(
            r"gräv(?:a|er)?|flyttar?|lyft(?:a|er)?|klättrar? (?:upp )?(?:på|i)|målar?|ristar?|bryt(?:a|er)?"
            r"|plockar? (?:bort|loss)|rubbar?|hugg(?:a|er)?|skrapar?",
            r"och|eller|sen|sedan|gärna|försiktigt|nu|först|varsamt|bara|också|prova att|försök att|försök"
            r"|(?:du|ni) (?:får|kan|ska|skall|måste|bör)(?: gärna)?|(?:får|kan|ska|vill|vågar|orkar|törs|hinner) (?:du|ni)",
        ),
        harmless=_words(
            r"(?:lyfta?|flytta) (?:lite )?(?:upp )?(?:på )?(?:blicken|huvudet|ögonen|handen|händerna|foten|fötterna"
            r"|armen|armarna|dig|er|mobilen|telefonen|mössan|hatten|kepsen)|flyttar? (?:hit|dit|in|ut|närmare)"
            r"|bryta? tystnaden"
        ),
        no=_words(r"inte|aldrig|ej|utan att|inget|ingenting|låt bli att"),
        please=_words(r"(?:kan|vill|orkar|vågar|törs|hinner|kunde|skulle) (?:du|ni)"),
    ),
    "en": _Verbs(
        harm=_asked(
            r"dig|move|lift|climb (?:up )?(?:on|onto)|paint|carve|break|scrape|chip",
            r"and|or|then|please|now|first|also|just|try to|carefully|gently|you (?:may|can|should|must|could|will)(?: now)?"
            r"|(?:can|could|will|would|dare) you|have to",
        ),
        harmless=_words(
            r"(?:lift|move) (?:up )?your \w+|move (?:on|along|closer|nearer|away|over|slowly|quietly|back|forward|to"
            r"|towards|here|in|out|around|about|house)|break the silence|take a break"
        ),
        no=_words(r"not|never|don['’]t|without|nothing|no"),
        please=_words(r"(?:can|could|will|would|dare) you"),
    ),
    "de": _Verbs(
        harm=_asked(
            r"grabe?t?|verschieb(?:e|t|en)?|bemal(?:e|t|en)|kletter(?:e|t|n) auf|ritz(?:e|t|en)|brich|brecht|grabt aus"
            r"|heb(?:e|t|en)? (?:den|die|das|einen|eine) (?:stein\w*|brett\w*|deckel\w*|platte\w*|ast|äste)",
            r"und|oder|dann|bitte|jetzt|zuerst|vorsichtig",
        ),
        harmless=_words(r"brich das schweigen"),
        no=_words(r"nicht|nie|niemals|ohne|kein|keine|keinen|nichts"),
        please=_words(r"(?:kannst|willst|traust|magst) du|(?:könnt|wollt|mögt) ihr|können sie"),
    ),
    "nl": _Verbs(
        harm=_asked(
            r"graaf|verplaats|til (?:de|het|een) \w+(?: \w+)? op|klim op|beklim|beschilder|kras|breek",
            r"en|of|dan|nu|eerst|voorzichtig",
        ),
        harmless=_words(r"breek de stilte"),
        no=_words(r"niet|nooit|zonder|geen|niets"),
        please=_words(r"(?:kun|kan|wil|durf) (?:je|jij|u)|(?:kunnen|willen) jullie"),
    ),
    # The forms of these two only ever ask.
    "uk": _Verbs(
        harm=_words(
            r"(?P<verb>копай(?:те)?|викопай(?:те)?|розкопай(?:те)?|пересунь(?:те)?|перемісти|перемістіть|підніми|підніміть"
            r"|розмалюй(?:те)?|пофарбуй(?:те)?|вирізьби|вирізьбіть|видряпай(?:те)?|зламай(?:те)?|відламай(?:те)?)"
        ),
        harmless=_words(r"(?:підніми|підніміть) (?:очі|погляд|голову|руку|руки)"),
        no=_words(r"не|ніколи|без|нічого"),
        please=_words(r"(?:можеш|можете|зможеш|зможете)"),
    ),
    "ar": _Verbs(
        harm=_words(
            r"[وف]?(?P<verb>احفر|احفروا|احفري|ارفع|ارفعوا|ارفعي|تسلّق|تسلقوا|انقش|انقشوا|اكسر|اكسروا|حرّكوا|حرّك)"
        ),
        harmless=_words(r"[وف]?(?:ارفع|ارفعوا|ارفعي) (?:رأسك|نظرك|عينيك|يدك|بصرك|أعينكم|رؤوسكم|أنظاركم)"),
        no=_words(r"لا|لم|لن|دون|بدون"),
        please=_words(r"هل (?:يمكنك|يمكنكم|تستطيع|تستطيعون|تقدر)"),
    ),
}

#: What else may be forbidden at an old remain.
_TOUCH: Mapping[str, re.Pattern[str]] = {
    "sv": _words(r"rör|röra|skada|gräv|gräva|flytta|lyft|lyfta|klättra"),
    "en": _words(r"touch|harm|disturb|dig|move|lift|climb"),
    "de": _words(r"berühr\w*|anfassen|fass\w*|grab\w*"),
    "nl": _words(r"raak\w*|aanraken|graaf|graven"),
    "uk": _words(r"чіпай(?:те)?|торкай\w*|копай(?:те)?"),
    "ar": _words(r"تلمس\w*|تحفر\w*"),
}

_PAINT = _words(r"målar?|paint|bemal\w*|beschilder|розмалюй(?:те)?|пофарбуй(?:те)?")

# As `content.readability.sentences`, but with the sign at the end: it tells a question.
_SENTENCE = re.compile(r"[^.!?…؟\n]+[.!?…؟]*")

#: People, culture and sacred things; names of places are none of these, and neither is the animal.
_SAMI: Mapping[str, re.Pattern[str]] = {
    "sv": _words(
        r"sames?|samens?|samers?|samerna[s]?|samisk(?:a|t)?|samekultur\w*|sameby\w*|samebarn\w*|sametinget[s]?|urfolk\w*"
        r"|sápmi|sapmi|saepmie|sjaepmie|jojk\w*|joik\w*|jojka\w*|vuelie\w*|duodji|duedtie|sameslöjd\w*|kolt(?:en|ar|arna)?"
        r"|kåt(?:a|an|as|ans|or|orna|ornas)|torvkåt\w*|kåtaplats\w*|kåtatomt\w*|goahti|gåetie|lávvu|lavvu|nåjd\w*|noaid\w*"
        r"|nåejtie\w*|spåtrumm\w*|trolltrumm\w*|sejte|sejta|seite|sieidi\w*|bissie|offerplats\w*"
    ),
    "en": _words(
        r"s[aá]mis?|saamis?|s[aá]pmi|saepmie|yoik\w*|joik\w*|vuelie|duodji|duedtie|gákti|goahti|gåetie|l[aá]vvu"
        r"|noaid\w*|sameby\w*|sieidi\w*|indigenous"
    ),
    "de": _words(
        r"s[aá]mi|samin(?:nen)?|s[aá]misch\w*|s[aá]pmi|joik\w*|duodji|goahti|l[aá]vvu|noaid\w*|sameby\w*|indigen\w*"
    ),
    "nl": _words(
        r"s[aá]mi|saami|samisch\w*|s[aá]pmi|joik\w*|duodji|goahti|l[aá]vvu|noaid\w*|sameby\w*|inheems\w*"
    ),
    "uk": _words(r"саам\w*|сапмі|йойк\w*|корінн\w+ народ\w*"),
    "ar": _words(r"(?:ال)?شعب (?:ال)?سامي|(?:ال)?ساميين|سابمي|(?:ال)?يويك|(?:ال)?شعوب الأصلية"),
}


#: "In South Sámi the village is called …": the language of a name.
_NAMED_IN = _words(
    r"(?:in|på|auf|in het) (?:(?:south|north|lule|ume|pite)[ -])?(?:s[aá]mi|samiska|samisch)"
    r"|(?:south|north|lule|ume|pite)[ -]s[aá]mi names?|samiska namn(?:et)?|s[aá]mi names?"
    r"|південносаамською|саамською(?: мовою)?"
)


def language_of(tag: str) -> str:
    return tag.partition("-")[0].lower()


def harm_asked(tag: str, text: str, *, at_home: bool = False) -> str | None:
    """The first verb that asks for what may harm a place. "Do not dig" asks for nothing of the kind.

    `at_home`: painting is no harm where it may be done on paper.
    """
    verbs = _VERBS.get(language_of(tag))
    if verbs is None:
        return None
    for sentence in _SENTENCE.findall(text):
        left = verbs.harmless.sub(" … ", sentence.strip())
        found = verbs.harm.search(left)
        is_question = sentence.rstrip().endswith(("?", "؟"))
        if found and at_home and _PAINT.match(found["verb"]):
            continue
        if found and not verbs.no.search(left) and (not is_question or _is_plea(verbs, left)):
            return found["verb"].lower()
    return None


def _is_plea(verbs: _Verbs, question: str) -> bool:
    """Such as "Can you move the stone?", and not "What can you move?"."""
    return any(verbs.please.match(part.strip()) for part in re.split("[,;:–—]", question))


def harm_forbidden(tag: str, text: str) -> bool | None:
    """Whether some sentence says not to dig or not to touch; None for a language without a list."""
    verbs, touch = _VERBS.get(language_of(tag)), _TOUCH.get(language_of(tag))
    if verbs is None or touch is None:
        return None
    return any(verbs.no.search(one) and touch.search(one) for one in _SENTENCE.findall(text))


def sami_word(tag: str, text: str) -> str | None:
    """The first word of Sámi culture; None where there is none, or the language has no list.

    That a place has a name in Sámi, and which, is no story of the Sámi.
    """
    words = _SAMI.get(language_of(tag))
    found = words.search(_NAMED_IN.sub(" ", text)) if words else None
    return found[0].lower() if found else None
