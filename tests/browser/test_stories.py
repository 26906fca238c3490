"""Stories: told in the studio, looked at by others, read by everybody, and their maker's own all the while."""

import io
import re
import uuid
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import FilePayload, expect

from server.stores.database import Database
from tests.browser import quests
from tests.browser.desk import Desk, give_notice, make_person, make_story
from tests.browser.phone import NARROW, Phone
from tests.browser.test_studio_decisions import AT_A_DESK, decide

TITLE = "The man by the ice"
WORDS = "He said nothing at first.\n\nThen he gave me his drill, and we fished until the sun was gone."
SEEN = "An old man on the ice"
HERE = re.compile(r"^/media/stories/[0-9a-f]{64}$")
ADDRESS = "amina@example.se"


def photograph() -> FilePayload:
    """As a phone takes it: with where and when in it."""
    taken = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "A phone"
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (640, 480), (190, 215, 230)).save(taken, "JPEG", exif=exif)
    return {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": taken.getvalue()}


def drawn(phone: Phone, alt: str) -> bool:
    """Whether a picture of that description has come, and can be seen."""
    image = phone.page.get_by_role("img", name=alt)
    expect(image).to_be_visible()
    return bool(image.evaluate("(one) => one.decode().then(() => one.naturalWidth > 0)"))


def somebody(new_phone: Callable[..., Phone], language: str) -> Phone:
    """Who never saw it: nothing of it is in their browser, where it stays for a minute."""
    phone = new_phone(settings={}, language=language, worker=False)
    phone.devtools().send("Network.enable")
    phone.devtools().send("Network.setCacheDisabled", {"cacheDisabled": True})
    return phone


def is_told(phone: Phone, title: str) -> None:
    """On the trail's own screen."""
    phone.open(f"/q/{quests.EVERY_KIND}")
    expect(phone.page.get_by_role("link", name=re.compile(title))).to_be_visible()


def is_not_told(phone: Phone, title: str) -> None:
    phone.open(f"/q/{quests.EVERY_KIND}")
    phone.at_rest()
    expect(phone.page.get_by_role("link", name=re.compile(title))).to_be_hidden()


def inbox(desk: Desk, title: str) -> None:
    """The case of that title, in the inbox."""
    desk.open("/studio/inbox")
    desk.page.locator("nav button.one", has_text=title).first.click()
    expect(desk.page.locator("article h2")).to_contain_text(title)


def test_a_story_is_told_read_by_another_shown_pointed_out_and_hidden_and_its_maker_asks_once_more(
    new_desk: Callable[..., Desk], new_phone: Callable[..., Phone], database: Database
) -> None:
    story = str(uuid.uuid4())
    maker = new_desk(language="en", size=NARROW)
    maker.has_an_authenticator()
    maker.open(f"/studio/story/{story}/{quests.EVERY_KIND}")
    maker.signs_in(database, ADDRESS, "studio.story.title")
    expect(maker.page.get_by_text(quests.every_kind().texts["en"].title, exact=True)).to_be_visible()
    maker.field("studio.story.name").fill(TITLE)
    maker.field("studio.story.words").fill(WORDS)
    maker.page.reload()
    expect(maker.field("studio.story.words")).to_have_value(WORDS)
    expect(maker.shows("studio.story.not-grown")).to_be_visible()

    maker.page.locator("input[type=file]").set_input_files(photograph())
    expect(maker.field("studio.story.alt")).to_be_visible()
    maker.open("/studio/account")
    maker.page.get_by_label(maker.says("studio.account.grown")).check()
    maker.button("studio.save").tap()
    expect(maker.shows("studio.saved")).to_be_visible()

    maker.open("/studio/stories")
    maker.page.get_by_role("link", name=re.compile(TITLE)).tap()
    maker.tap("studio.story.ask")
    expect(maker.shows("studio.story.consent.missing")).to_be_visible()
    maker.page.get_by_label(maker.says("studio.story.consent")).check()
    maker.tap("studio.story.ask")
    expect(maker.field("studio.story.alt")).to_be_focused()
    maker.field("studio.story.alt").fill(SEEN)
    maker.tap("studio.story.ask")
    expect(maker.shows("studio.story.state.asked.is")).to_be_visible()
    assert drawn(maker, SEEN)

    phone = somebody(new_phone, "en")
    is_not_told(phone, TITLE)
    desk = new_desk(language="en", **AT_A_DESK)
    desk.is_signed_in(database, make_person(database, "Mona", reads=("en",), moderator=""), how="passkey")
    inbox(desk, TITLE)
    expect(desk.page.get_by_text(WORDS.partition("\n")[0])).to_be_visible()
    assert drawn(desk, SEEN)
    desk.page.keyboard.press("1")
    expect(desk.shows("studio.case.done")).to_be_visible()

    is_told(phone, TITLE)
    phone.page.get_by_role("link", name=re.compile(TITLE)).tap()
    expect(phone.page.get_by_role("heading", level=1)).to_have_text(TITLE)
    assert drawn(phone, SEEN)
    shown = phone.page.get_by_role("img", name=SEEN).get_attribute("src") or ""
    assert HERE.fullmatch(shown.removeprefix(phone.address))
    picture = phone.context.request.get(shown)
    assert not Image.open(io.BytesIO(picture.body())).getexif()

    phone.tap("app.quest.notice")
    expect(phone.shows("app.notice.about", what=TITLE)).to_be_visible()
    phone.page.get_by_text(phone.says("case.reason.personal-data")).tap()
    phone.field("app.notice.words").fill("I am the man by the ice.")
    phone.field("app.notice.name").fill("Nils")
    phone.field("app.notice.address").fill("nils@example.se")
    phone.page.get_by_text(phone.says("app.notice.faith")).tap()
    phone.tap("app.notice.send")
    expect(phone.shows("app.notice.sent")).to_be_visible()

    inbox(desk, TITLE)
    expect(desk.page.get_by_text("I am the man by the ice.")).to_be_visible()
    decide(desk, "notice.hide", "He asked for it.")
    expect(desk.shows("studio.case.done")).to_be_visible()
    is_not_told(phone, TITLE)
    phone.open(f"/story/{story}")
    expect(phone.shows("app.story.none")).to_be_visible()
    assert phone.context.request.get(shown).status == 404

    told = database.private.read(
        "SELECT count(*) FROM people.mails WHERE address = %(to)s AND body LIKE %(words)s",
        {"to": ADDRESS, "words": "%He asked for it.%"},
    )
    assert told[0][0] == 1
    maker.open(f"/studio/story/{story}")
    expect(maker.shows("studio.story.hidden")).to_be_visible()
    maker.tap("studio.story.appeal")
    maker.page.get_by_role("link", name=re.compile(TITLE)).first.tap()
    maker.field("studio.case.appeal.words").fill("He is my neighbour, and has read it.")
    maker.tap("studio.case.appeal")
    expect(maker.shows("studio.case.appealed")).to_be_visible()


def test_its_maker_alone_hides_it_shows_it_again_and_deletes_it(
    new_desk: Callable[..., Desk], new_phone: Callable[..., Phone], database: Database
) -> None:
    title = "Fyra kilometer till bussen"
    person = make_person(database, "Amina")
    story = make_story(database, person, title=title)
    phone = somebody(new_phone, "sv")
    is_told(phone, title)
    desk = new_desk(language="sv")
    desk.is_signed_in(database, person)

    desk.open(f"/studio/story/{story}")
    desk.tap("studio.story.step.published.rest")
    expect(desk.shows("studio.story.state.resting.is")).to_be_visible()
    is_not_told(phone, title)
    desk.tap("studio.story.step.resting.return")
    expect(desk.shows("studio.story.state.published.is")).to_be_visible()
    is_told(phone, title)
    desk.tap("studio.story.step.published.return")
    expect(desk.field("studio.story.words")).to_be_visible()
    is_not_told(phone, title)

    desk.tap("studio.story.remove")
    desk.tap("studio.story.remove")
    expect(desk.page.get_by_role("heading", level=1)).to_have_text(desk.says("studio.stories.title"))
    desk.at_rest()
    expect(desk.page.get_by_text(title)).to_be_hidden()


def test_what_is_told_of_the_municipality_is_found_by_its_trails_and_once(
    new_phone: Callable[..., Phone], database: Database
) -> None:
    person = make_person(database, "Amina")
    near, away = "Tuppen på torget", "Älgen i Hammerdal"
    for title, municipality in ((near, "2380"), (away, "2313")):
        make_story(database, person, title=title, municipality=municipality, quest=None)
    here = make_story(database, person, title="Sjön som sjunger")

    phone = somebody(new_phone, "sv")
    phone.open(f"/q/{quests.EVERY_KIND}")
    around = phone.page.get_by_role("region", name=phone.says("app.story.around"))
    expect(around).to_be_visible()
    phone.at_rest()
    while (more := phone.button("app.story.all")).is_visible():
        phone.tap(more)

    expect(around.get_by_role("link", name=re.compile(near))).to_be_visible()
    expect(phone.page.get_by_role("link", name=re.compile(away))).to_be_hidden()
    expect(phone.page.locator(f"a[href='/story/{here}']")).to_have_count(1)


def test_what_two_removed_for_good_is_read_again_by_those_who_decided_and_gone_for_its_maker(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    person, said = make_person(database, "Amina"), "Köp ved av mig."
    story = make_story(database, person, title="Vedboden", words=said)
    case = give_notice(database, story, "Bara reklam.", kind="story")
    desk = new_desk(language="sv", **AT_A_DESK)
    mona, mats = (make_person(database, name, moderator="") for name in ("Mona", "Mats"))

    desk.is_signed_in(database, mona, how="passkey")
    desk.open(f"/studio/inbox/{case}")
    desk.page.locator(".decisions").get_by_role("button", name=re.compile("gott")).click()
    desk.field("studio.case.words").fill("Bara reklam.")
    desk.page.locator("form").get_by_role("button", name=desk.says("case.decision.notice.remove")).click()
    expect(desk.shows("studio.case.second-look")).to_be_visible()
    desk.is_signed_in(database, mats, how="passkey")
    desk.open(f"/studio/inbox/{case}")
    desk.button("case.decision.second-look.confirm").click()
    desk.button("studio.removed.read").click()
    for words in ("Vedboden", said):
        expect(desk.page.get_by_role("main").get_by_text(words, exact=True).last).to_be_visible()

    desk.is_signed_in(database, person)
    desk.open("/studio/stories")
    desk.page.get_by_role("link", name=re.compile(desk.words("studio.story.untitled"))).click()
    expect(desk.shows("studio.story.removed")).to_be_visible()
    expect(desk.button("studio.story.step.withdrawn.return")).to_be_hidden()
    desk.button("studio.story.remove").click()
    desk.button("studio.story.remove").click()
    expect(desk.shows("studio.stories.none")).to_be_visible()


def test_what_is_sent_back_is_mended_and_what_is_begun_is_found_again(
    new_desk: Callable[..., Desk], database: Database
) -> None:
    title, person = "قصة من الجليد", make_person(database, "Amina")
    desk = new_desk(language="ar", size=NARROW)
    desk.is_signed_in(database, person)
    desk.open("/studio/stories")
    desk.tap("studio.stories.new")
    desk.field("studio.story.name").fill(title)
    desk.tap("studio.story.save")
    expect(desk.field("studio.story.words")).to_have_attribute("aria-invalid", "true")
    desk.open("/studio/stories")
    expect(desk.shows("studio.story.unsaved")).to_be_visible()
    desk.page.get_by_role("link", name=re.compile(title)).tap()
    desk.field("studio.story.words").fill("كان ذلك أول شتاء لي هنا.")
    desk.field("studio.story.where").select_option("2313")
    desk.page.get_by_label(desk.says("studio.story.consent")).check()
    desk.tap("studio.story.ask")
    expect(desk.shows("studio.story.state.asked.is")).to_be_visible()

    other = new_desk(language="sv", **AT_A_DESK)
    reads = {"reads": ("sv", "ar")}
    other.is_signed_in(database, make_person(database, "Mona", moderator="", **reads), how="passkey")  # type: ignore[arg-type]
    inbox(other, title)
    decide(other, "story.send-back", "أين كان ذلك؟")
    expect(other.shows("studio.case.done")).to_be_visible()

    desk.open("/studio/stories")
    expect(desk.shows("studio.story.answered")).to_be_visible()
    expect(desk.shows("studio.story.unsaved")).to_be_hidden()
    desk.page.get_by_role("link", name=re.compile(title)).tap()
    expect(desk.page.get_by_text("أين كان ذلك؟")).to_be_visible()
    desk.field("studio.story.words").fill("كان ذلك أول شتاء لي هنا، في هامردال.")
    desk.page.get_by_label(desk.says("studio.story.consent")).check()
    desk.tap("studio.story.ask")
    expect(desk.shows("studio.story.state.asked.is")).to_be_visible()
    expect(desk.page.get_by_text("أين كان ذلك؟")).to_be_hidden()
