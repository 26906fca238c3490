"""Files that somebody else may have made: no more of them is read than may be used."""

from pathlib import Path


def read_at_most(file: Path, most_bytes: int) -> bytes:
    """The file, or of a larger one `most_bytes` and one more: whoever reads that says that it is too large.

    What is linked to may have no end at all. Raises OSError for what is not there or may not be read.
    """
    with file.open("rb") as stream:
        return stream.read(most_bytes + 1)
