"""Two small packs without a mistake, as authors would write them, to be spoilt one line at a time."""

from collections.abc import Mapping

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
CODE = "AAAAAAAAAAAAAAAAAAAAAA"

Members = dict[str, bytes]


def probe(data: bytes) -> str | None:
    """What the shell's probe would say, as far as these packs go."""
    return "image/png" if data.startswith(b"\x89PNG") else None


TRAIL: Mapping[str, str] = {
    "quest.toml": """\
# A trail with one of each.
id = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"
code = "JH22222"
kind = "trail"
languages = ["sv", "en", "sv-simple"]
minutes = 40
finish = { is = "settled", stage = "end" }

[[stages]]
key = "start"
place = { shape = "circle", lon = 14.63, lat = 63.18, radius_m = 40 }
[[stages.tasks]]
key = "come"
kind = "arrive"
[[stages.tasks]]
key = "year"
kind = "answer"
expects = "number"
[[stages.tasks]]
key = "way"
kind = "choice"
options = ["west", "east"]
[[stages.variants]]
key = "dark"
[[stages.helpers]]
kind = "parking"
lon = 14.631
lat = 63.181

[[stages]]
key = "west"
opens = { is = "chose", stage = "start", task = "way", option = "west" }
[[stages.tasks]]
key = "post"
kind = "scan"

[[stages]]
key = "east"
place = { shape = "corridor", line = [[14.70, 63.20], [14.71, 63.20]], half_width_m = 30 }
opens = { is = "chose", stage = "start", task = "way", option = "east" }
[[stages.tasks]]
key = "stroll"
kind = "arrive"

[[stages]]
key = "end"
hidden = true
needs = 1
opens = { is = "at_least", count = 1, of = [
  { is = "settled", stage = "west" },
  { is = "settled", stage = "east" },
] }
[stages.place]
shape = "area"
rings = [[[14.80, 63.30], [14.81, 63.30], [14.81, 63.31], [14.80, 63.31], [14.80, 63.30]]]
[[stages.tasks]]
key = "name"
kind = "answer"
on_the_spot = true
[[stages.variants]]
key = "indoor"
[[stages.variants.tasks]]
key = "pick"
kind = "choice"
options = ["a", "b"]
on_the_spot = true
""",
    "private.toml": f"""\
[stages.start.tasks.year]
accepted = ["1786"]
wrong = ["1768"]

[[stages.west.codes]]
rev = 1
code = "{CODE}"

[stages.end.tasks.name]
accepted = ["Frösön", "Frösö"]
wrong = ["Norderön"]

[stages.end.tasks.pick]
accepted = ["a"]
""",
    "texts/sv.toml": """\
title = "Runda"
summary = "En runda."
after = "Slut. ![En gul båt](boat.png)"

[stages.start]
title = "Start"
hints = ["Titta upp."]
helpers = ["Vid kyrkan."]
[stages.start.tasks.come]
prompt = "Gå dit."
[stages.start.tasks.year]
prompt = "Vilket år?"
[stages.start.tasks.way]
prompt = "Vart?"
[stages.start.tasks.way.options]
west = "Väst"
east = "Öst"
[stages.start.variants.dark]
way = "Gå där det lyser."

[stages.west]
title = "Väst"
[stages.west.tasks.post]
prompt = "Läs koden."

[stages.east]
title = "Öst"
[stages.east.tasks.stroll]
prompt = "Gå längs vägen."

[stages.end]
title = "Slut"
[stages.end.tasks.name]
prompt = "Vad heter ön?"
[stages.end.variants.indoor.tasks.pick]
prompt = "Vilken?"
[stages.end.variants.indoor.tasks.pick.options]
a = "Den"
b = "Inte den"
""",
    "SOURCES.md": "Egna iakttagelser.\n",
}

TIPS: Mapping[str, str] = {
    "quest.toml": """\
id = "6f9619ff-8b86-4d01-b42d-00cf4fc964fe"
code = "JH33333"
kind = "trail"
order = "any"
feedback = "at_end"
tie_break = true
languages = ["sv"]

[[stages]]
key = "one"
[[stages.tasks]]
key = "row"
kind = "choice"
options = ["1", "X", "2"]

[[stages]]
key = "two"
[[stages.tasks]]
key = "row"
kind = "choice"
options = ["1", "X", "2"]
""",
    "private.toml": """\
tie_break = 277

[stages.one.tasks.row]
accepted = ["1"]

[stages.two.tasks.row]
accepted = ["X"]
""",
    "texts/sv.toml": """\
title = "Tips"
summary = "Två frågor."
tie_break = "Hur många steg?"

[stages.one]
title = "Ett"
[stages.one.tasks.row]
prompt = "Vilken?"
options = { 1 = "a", X = "b", 2 = "c" }

[stages.two]
title = "Två"
[stages.two.tasks.row]
prompt = "Vilken då?"
options = { 1 = "a", X = "b", 2 = "c" }
""",
    "SOURCES.md": "Egna iakttagelser.\n",
}


def trail() -> Members:
    texts = {name: text.encode() for name, text in TRAIL.items()}
    others = {f"texts/{tag}.toml": texts["texts/sv.toml"] for tag in ("en", "sv-simple")}
    return {**texts, **others, "media/boat.png": PNG}


def tips() -> Members:
    return {name: text.encode() for name, text in TIPS.items()}


def spoilt(members: Members, file: str, old: str, new: str) -> Members:
    """The same pack with one place of one file changed; everywhere else it stays as it was."""
    text = members[file].decode()
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    return {**members, file: text.replace(old, new).encode()}


def line_of(members: Members, file: str, part: str) -> int:
    """The line of a file in which that part stands, once."""
    lines = [number for number, line in enumerate(members[file].decode().split("\n"), 1) if part in line]
    assert len(lines) == 1, f"{part!r} stands in lines {lines} of {file}"
    return lines[0]
