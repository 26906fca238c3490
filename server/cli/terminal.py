"""What others wrote, on the way to a terminal: shown, and never obeyed."""


def printable(text: str) -> str:
    """One line. Whatever could steer a terminal or turn the line around becomes a space."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
