"""How hard a text is: LIX worked out by hand."""

import pytest

from content.readability import lix, sentences, words


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", 0.0),
        ("...", 0.0),
        ("Gå dit.", 2.0),  # 2 words / 1 sentence, none long
        ("Gå dit. Titta upp. Vänd om.", 2.0),
        ("Promenaden börjar vid kyrkan.", 4 + 25.0),  # one of four words has more than six letters
        ("Kyrkan", 1.0),  # six letters are not long
        ("Kyrkans", 1 + 100.0),
        ("Kom hit: Gå in.", 2.0),  # a colon before a capital ends a sentence
        ("Kom hit kl 10:30 i dag.", 6.0),
        ("Ett\n\nTvå", 1.0),  # an empty line ends a sentence
        ("Ett\ntvå", 2.0),
    ],
)
def test_lix(text: str, expected: float) -> None:
    assert lix(text) == pytest.approx(expected)


def test_sentences_end_where_people_stop() -> None:
    assert sentences("Ett. Två? Tre! ”Fyra.” Fem… Sex") == ("Ett", "Två", "Tre", "”Fyra", "” Fem", "Sex")


def test_words_keep_their_hyphens_and_lose_their_quotes() -> None:
    assert words("”Gång- och cykelvägen”, sa hon: E14 kl. 8") == (
        "Gång",
        "och",
        "cykelvägen",
        "sa",
        "hon",
        "E14",
        "kl",
        "8",
    )
