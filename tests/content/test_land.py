"""Land: consent for what is put up, ground with rules, verbs that do harm, and culture that has its owners."""

import msgspec
import pytest

from content.findings import CODES, Finding
from content.grounds import NO_GROUNDS, Ground, Grounds, Kind
from content.packs.checks import check
from content.packs.publishing import publish
from content.packs.writing import write_members
from content.wording import harm_asked, harm_forbidden, sami_word
from geo.positions import Position, destination
from quests.views import kit_for_player, public
from tests.content.examples import Members, line_of, probe, spoilt, trail

QUEST, PRIVATE, SV = "quest.toml", "private.toml", "texts/sv.toml"
START = Position(14.63, 63.18)  # the first stage's circle of 40 m
COME = 'key = "come"\nkind = "arrive"'
RADIUS = "radius_m = 40 }"
OWNER = "Markägare Karlsson"
GRANTED = f'\n[stages.start.consent]\nstatus = "granted"\nby = "{OWNER}"\ndate = "2026-05-01"\n'


def said(members: Members, grounds: Grounds = NO_GROUNDS) -> list[str]:
    return [finding.code for finding in found(members, grounds)]


def found(members: Members, grounds: Grounds = NO_GROUNDS) -> tuple[Finding, ...]:
    return check(members, probe, grounds).findings


def with_stage(line: str, members: Members | None = None) -> Members:
    """The first stage with one line more."""
    return spoilt(members or trail(), QUEST, RADIUS, f"{RADIUS}\n{line}")


def with_private(text: str, members: Members | None = None) -> Members:
    members = members or trail()
    return {**members, PRIVATE: members[PRIVATE] + text.encode()}


def box(middle: Position, half_m: float) -> tuple[tuple[tuple[float, float], ...], ...]:
    corners = [destination(middle, bearing, half_m * 2**0.5) for bearing in (45, 135, 225, 315)]
    ring = [(round(one.lon, 6), round(one.lat, 6)) for one in corners]
    return ((*ring, ring[0]),)


def ground(kind: Kind, away_m: float = 0, bans: tuple[tuple[str, str], ...] = ()) -> Grounds:
    """A square of 200 m that begins so far east of the edge of the first stage's circle."""
    middle = destination(START, 90, 40 + away_m + 100)
    return Grounds((Ground(kind, "Marken", (box(middle, 100),), bans),))


# -------------------------------------------------------------------------------------- consent


@pytest.mark.parametrize("physical", ["print", "box"])
def test_what_is_put_up_at_a_place_needs_a_yes(physical: str) -> None:
    members = with_stage(f'physical = "{physical}"')

    (missing,) = found(members)
    assert (missing.code, missing.line) == ("consent-missing", line_of(members, QUEST, 'key = "start"') - 1)
    assert said(with_private(GRANTED, members)) == []


@pytest.mark.parametrize("status", ["asked", "not-needed"])
def test_nothing_but_a_yes_is_a_yes(status: str) -> None:
    members = with_private(GRANTED.replace("granted", status), with_stage('physical = "print"'))

    assert said(members) == ["consent-missing"]


def test_a_no_stands_also_where_nothing_is_put_up() -> None:
    assert said(with_private(GRANTED.replace("granted", "refused"))) == ["consent-refused"]


@pytest.mark.parametrize(
    "old, new",
    [
        (OWNER, " "),
        ("2026-05-01", ""),
        ("2026-05-01", "2026-02-30"),
        ("2026-05-01", "1 maj"),
        ("2026-05-01", "20260501"),
    ],
)
def test_an_answer_says_whose_it_is_and_of_which_day(old: str, new: str) -> None:
    (finding,) = found(with_private(GRANTED.replace(old, new)))

    assert (finding.code, finding.file) == ("consent-date", PRIVATE)


def test_a_code_to_scan_at_a_place_hangs_there_and_says_so() -> None:
    codes = '\n[[stages.start.codes]]\nrev = 1\ncode = "BAAAAAAAAAAAAAAAAAAAAA"\n'
    members = with_private(codes, spoilt(trail(), QUEST, COME, 'key = "come"\nkind = "scan"'))

    assert said(members) == ["consent-missing", "print-unsaid"]
    assert said(with_private(GRANTED, with_stage('physical = "print"', members))) == []


def test_a_code_at_a_stage_without_a_place_needs_nobodys_yes() -> None:
    """The second stage of the example is one: a slip at home, a code in the post."""
    assert said(trail()) == []
    assert said(spoilt(trail(), QUEST, 'key = "west"\n', 'key = "west"\nphysical = "print"\n')) == []


def test_what_cannot_be_read_is_told_once() -> None:
    members = with_private('[stages.start.consent]\nstatus = "yes"\n', with_stage('physical = "print"'))

    assert said(members) == ["value-not-listed"]


def test_who_said_yes_and_who_has_read_it_leave_with_the_pack_alone() -> None:
    care = 'minutes = 40\ncare = { about = "sami", reviewer = "Anna Lans", said_yes = "2026-05-01" }'
    pack = check(with_private(GRANTED, spoilt(trail(), QUEST, "minutes = 40", care)), probe).pack
    assert pack is not None
    made = publish(pack)

    kit = msgspec.json.encode(kit_for_player(made.quest)).decode()
    open_to_all = msgspec.json.encode(public(made.quest)).decode()
    secrets = msgspec.json.encode(made.secrets).decode()

    for bytes_ in (kit, open_to_all, secrets):
        assert not any(part in bytes_ for part in (OWNER, "Anna Lans", "consent", "said_yes"))
    carried = b"".join(write_members(pack).values()).decode(errors="replace")
    assert OWNER in carried
    assert "Anna Lans" in carried


# ------------------------------------------------------------------------------------- ground with rules


@pytest.mark.parametrize("kind, reach_m", [("church", 10), ("ancient", 50), ("installation", 50)], ids=str)
def test_a_rule_reaches_as_far_as_it_does_and_no_farther(kind: Kind, reach_m: float) -> None:
    code = {"church": "ground-church-consent", "ancient": "ground-ancient"}.get(kind, "ground-installation")

    assert said(trail(), ground(kind, -5)) == [code]
    assert said(trail(), ground(kind, reach_m - 1)) == [code]
    assert said(trail(), ground(kind, reach_m + 1)) == []
    assert said(trail(), ground(kind, 20_000)) == []


def test_the_whole_fence_counts_and_not_only_its_middle() -> None:
    """The last stage's area is a kilometre wide."""
    inside = Grounds((Ground("installation", "Krafthuset", (box(Position(14.809, 63.301), 20),)),))
    hollow = Grounds((Ground("installation", "Dammen", (box(Position(14.805, 63.305), 3000),)),))

    assert [one.details["where"] for one in found(trail(), inside)] == ["Krafthuset, 0 m"]
    assert said(trail(), hollow) == ["ground-installation"]


def test_on_church_ground_nothing_is_put_up_whoever_says_yes() -> None:
    members = with_private(GRANTED, with_stage('physical = "print"'))

    assert said(members, ground("church")) == ["ground-church-physical"]
    assert said(with_private(GRANTED), ground("church")) == []


def test_at_an_ancient_remain_nothing_is_put_up_whoever_says_yes() -> None:
    members = with_private(GRANTED, with_stage('physical = "box"'))

    assert said(members, ground("ancient")) == ["ground-ancient-physical"]


def test_hands_off_in_every_language_is_enough_at_an_ancient_remain() -> None:
    members = trail()
    for file in (SV, "texts/en.toml", "texts/sv-simple.toml"):
        hands_off = "Do not touch." if "en" in file else "Gräv inte."
        assert said(members, ground("ancient")) == ["ground-ancient"]
        members = spoilt(members, file, 'prompt = "Gå dit."', f'prompt = "Gå dit. {hands_off}"')

    assert said(members, ground("ancient")) == []


def test_in_a_protected_area_its_rules_are_to_be_read() -> None:
    assert said(trail(), ground("protected", -5)) == ["ground-protected"]
    assert said(with_stage('ground = ["protected"]'), ground("protected", -5)) == []
    assert said(trail(), ground("protected", 1)) == []


BAN = (("02-01", "08-15"),)


@pytest.mark.parametrize(
    "seasons, banned",
    [
        ("", True),
        ('{ start = "09-01", end = "12-31" }', False),
        ('{ start = "08-15", end = "12-31" }', True),
        ('{ start = "08-16", end = "01-31" }', False),
        ('{ start = "08-16", end = "02-01" }', True),
        ('{ start = "09-01", end = "09-30" }, { start = "06-01", end = "06-02" }', True),
    ],
)
def test_where_nobody_may_be_for_a_time_a_stage_has_a_season(seasons: str, *, banned: bool) -> None:
    opened = f"open = {{ seasons = [{seasons}] }}" if seasons else ""
    members = with_stage(f'{opened}\nground = ["protected"]')

    assert said(members, ground("protected", -5, BAN)) == ["ground-protected-ban"] * banned


def test_the_season_of_the_quest_counts_where_the_stage_has_none() -> None:
    season = 'minutes = 40\nopen = { seasons = [{ start = "09-01", end = "12-31" }] }'
    members = spoilt(with_stage('ground = ["protected"]'), QUEST, "minutes = 40", season)

    assert said(members, ground("protected", -5, BAN)) == []


@pytest.mark.parametrize(
    "kind, code",
    [
        ("church", "ground-church-consent"),
        ("ancient", "ground-ancient"),
        ("installation", "ground-installation"),
        ("protected", None),
    ],
)
def test_what_its_author_declares_needs_no_polygon(kind: str, code: str | None) -> None:
    members = with_stage(f'ground = ["{kind}"]')

    assert said(members) == ([code] if code else [])
    for finding in found(members):
        assert finding.line == line_of(members, QUEST, "ground =")


def test_the_same_is_not_told_twice() -> None:
    both = with_stage('ground = ["church"]')

    assert said(both, ground("church")) == ["ground-church-consent"]


def test_a_variant_elsewhere_is_looked_at_too() -> None:
    there = destination(START, 0, 5000)
    members = spoilt(
        trail(),
        QUEST,
        'key = "dark"\n',
        f'key = "dark"\nplace = {{ shape = "circle", lon = {there.lon:.5f}, lat = {there.lat:.5f} }}\n',
    )
    grounds = Grounds((Ground("installation", "Ställverket", (box(there, 50),)),))

    (finding,) = found(members, grounds)
    assert finding.code == "ground-installation"
    assert finding.path[-3:] == ("variants", 0, "place")


def test_a_fence_that_cannot_be_drawn_is_told_once() -> None:
    ring = "[14.80, 63.30], [14.81, 63.30], [14.81, 63.31], [14.80, 63.31], [14.80, 63.30]"
    crossed = "[14.80, 63.30], [14.81, 63.31], [14.81, 63.30], [14.80, 63.31], [14.80, 63.30]"

    assert said(spoilt(trail(), QUEST, ring, crossed), ground("church", 500)) == ["fence-broken"]


# ------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    "tag, text",
    [
        ("sv", "Gräv lite vid stenen."),
        ("sv", "Gå fram och lyft på stenen."),
        ("sv", "Titta under bron. Flytta sedan stocken."),
        ("sv", "Du får klättra på muren."),
        ("sv", "Kan du flytta stenen?"),
        ("sv", "Titta nära, kan du lyfta på stocken?"),
        ("sv-simple", "Bryt en pinne."),
        ("sv", "RISTA DITT NAMN."),
        ("en", "Lift the stone."),
        ("en", "Look around, then dig a little."),
        ("en", "Could you move the log?"),
        ("en-GB", "Please climb on the wall."),
        ("de", "Heb den Stein hoch."),
        ("de", "Grab ein Loch."),
        ("nl", "Graaf een kuil."),
        ("nl", "Til de steen op."),
        ("uk", "Підніми камінь."),
        ("uk", "Копайте під деревом."),
        ("ar", "احفر قرب الحجر."),
        ("ar", "ارفع الحجر."),
    ],
)
def test_asking_for_harm_is_found(tag: str, text: str) -> None:
    assert harm_asked(tag, text)


@pytest.mark.parametrize(
    "tag, text",
    [
        ("sv", "Gräv inte, och flytta aldrig en sten."),
        ("sv", "Lyft blicken mot fjället."),
        ("sv", "Lyft lite på mössan."),
        ("sv", "Flytta dig ett steg åt sidan."),
        ("sv", "Vem fick flytta kyrkan?"),
        ("sv", "Folk grävde torv här."),
        ("sv", "Någon flyttar in efter dig."),
        ("sv", "Bävern gräver gångar."),
        ("sv", "Titta utan att röra."),
        ("sv", "Vad kan du lyfta?"),
        ("sv", "Det är svårt att hugga i granit, och man måste gräva djupt."),
        ("sv", "Så kan en ren flytta långt."),
        ("sv", "Vandra i lugn takt."),
        ("en", "Do not dig here."),
        ("en", "Don’t move anything."),
        ("en", "Lift your eyes to the hill."),
        ("en", "Move closer."),
        ("en", "Take a break."),
        ("en", "It can hardly move."),
        ("en", "It is hard to carve granite, and ice can break it."),
        ("en", "Tie-break: how many?"),
        ("en", "Why did people dig a new way for the water?"),
        ("de", "Grabt nicht."),
        ("de", "Geh hinein."),
        ("nl", "Graaf niet."),
        ("nl", "Loop samen verder."),
        ("uk", "Підніми погляд на гору."),
        ("uk", "Не копай."),
        ("ar", "ارفع رأسك."),
        ("ar", "لا تحفر."),
        ("sma", "Gräv."),
        ("fi", "Kaiva."),
    ],
)
def test_what_asks_for_no_harm_is_left_alone(tag: str, text: str) -> None:
    assert harm_asked(tag, text) is None


def test_a_hint_may_not_send_anybody_to_dig_either() -> None:
    members = spoilt(trail(), SV, '["Titta upp."]', '["Lyft på stenen."]')

    (finding,) = found(members)
    assert (finding.code, finding.pointer) == ("text-risky-verb", "/stages/start/hints/0")


def test_at_a_stage_that_may_be_anywhere_it_is_worth_a_thought_and_at_an_old_remain_a_mistake() -> None:
    members = spoilt(trail(), SV, "Läs koden.", "Lyft på stenen.")
    old = spoilt(members, QUEST, 'key = "west"\n', 'key = "west"\nground = ["ancient"]\n')

    assert said(members) == ["text-risky-verb-anywhere"]
    assert said(old) == ["text-risky-verb"]


@pytest.mark.parametrize("tag", ["sv", "sv-simple", "en", "de", "nl", "uk", "ar"])
def test_hands_off_is_known_in_every_listed_language(tag: str) -> None:
    told = {
        "sv": "Rör inte.",
        "sv-simple": "Gräv inte.",
        "en": "Never dig.",
        "de": "Bitte nicht anfassen.",
        "nl": "Niet aanraken.",
        "uk": "Не чіпайте.",
        "ar": "لا تلمس شيئا.",
    }

    assert harm_forbidden(tag, f"A. {told[tag]} B.") is True
    assert harm_forbidden(tag, "A. B.") is False
    assert harm_forbidden("sma", told[tag]) is None


# ----------------------------------------------------------------------------------------- culture


@pytest.mark.parametrize(
    "tag, text",
    [
        ("sv", "Samerna har levt här länge."),
        ("sv", "En same berättade."),
        ("sv", "Här stod en kåta."),
        ("sv", "Lyssna på en jojk."),
        ("sv-simple", "Det är samisk mark."),
        ("sv", "Samebyn samlar renarna här."),
        ("sv", "Välkommen till Sápmi."),
        ("en", "The Sámi have lived here."),
        ("en", "Sami handicraft is called duodji."),
        ("en", "Listen to a yoik."),
        ("de", "Die Sámi leben hier."),
        ("nl", "Luister naar een joik."),
        ("uk", "Тут жили саами."),
        ("ar", "هنا عاش شعب سامي."),
    ],
)
def test_words_of_sami_culture_are_found(tag: str, text: str) -> None:
    assert sami_word(tag, text)


@pytest.mark.parametrize(
    "tag, text",
    [
        ("sv", "Samma väg, tillsammans, i samband med samlingen."),
        ("sv", "Hitta en tavla med lappar."),
        ("sv", "Sammanlagt tre. Sam och Samantha. Gå Samevägen."),
        ("sv", "På sydsamiska heter byn Bienjedaelie."),
        ("sv", "Byn heter Straejmie. Renar kan gå här."),
        ("en", "The same place, all the same. Samuel. Reindeer may be near."),
        ("en", "In South Sámi the village is called Bienjedaelie."),
        ("de", "Samen und Blumen. Zusammen."),
        ("nl", "Ga samen verder."),
        ("sma", "Saemien."),
        ("uk", "Саме тут, сам."),
    ],
)
def test_other_words_and_names_of_places_are_none(tag: str, text: str) -> None:
    assert sami_word(tag, text) is None


SAMI = 'summary = "Samerna har levt här."'


def test_a_quest_that_tells_of_the_sami_says_who_has_read_it() -> None:
    members = spoilt(trail(), SV, 'summary = "En runda."', SAMI)

    (finding,) = found(members)
    assert (finding.code, finding.line, finding.details["word"]) == (
        "care-missing",
        line_of(members, SV, "Samerna"),
        "samerna",
    )


@pytest.mark.parametrize(
    "care, codes",
    [
        ('{ about = "sami" }', ["care-not-reviewed"]),
        ('{ about = "sami", reviewer = "Anna Lans" }', ["care-not-reviewed"]),
        ('{ about = "sami", reviewer = " ", said_yes = "2026-05-01" }', ["care-not-reviewed"]),
        ('{ about = "sami", reviewer = "Anna Lans", said_yes = "i maj" }', ["care-not-reviewed"]),
        (
            '{ about = "sami", reviewer = "Anna Lans", said_yes = "2026-05-01", review_until = "snart" }',
            ["care-until"],
        ),
        ('{ about = "sami", reviewer = "Anna Lans", said_yes = "2026-05-01" }', []),
        ('{ about = "samerna" }', ["value-not-listed"]),
        ('"sami"', ["value-kind"]),
    ],
)
def test_nobody_may_say_yes_without_a_name_and_a_day(care: str, codes: list[str]) -> None:
    """Also where no listed word stands: an author who says that it is about the Sámi knows better than a list."""
    members = spoilt(trail(), QUEST, "minutes = 40", f"minutes = 40\ncare = {care}")

    assert said(members) == codes
    assert said(spoilt(members, SV, 'summary = "En runda."', SAMI)) == codes


def test_every_code_of_land_is_tried_here() -> None:
    with open(__file__, encoding="utf-8") as own:  # noqa: PTH123  short
        text = own.read()
    of_land = [code for code in CODES if code.startswith(("care-", "consent-", "ground-"))]

    assert [code for code in of_land if f'"{code}"' not in text] == []
