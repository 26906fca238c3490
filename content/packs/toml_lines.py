"""TOML with the line of every value, and with all that is wrong in a file rather than the first of it.

The standard library's reader says what a document means, and not where. `read_toml` asks it for the
meaning, and a scanner of its own for the lines; the scanner also finds names that stand twice before
the reader stops at the first of them. Source: TOML 1.0.0, toml.io.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
SPACES = re.compile(r"[ \t]*")
SCALAR = re.compile(r"[^,\]}\n#]+")
DEEPEST = 60
SYNTAX_ERRORS_MOST = 10


@dataclass(frozen=True, slots=True)
class TomlDocument:
    """A file as it was read. `table` is None when it is no TOML; `errors` says where, with the reader's reason.

    `twice`: names that stand twice, with the line of the second. `lines`: the line of every key and item.
    """

    table: dict[str, Any] | None
    lines: Mapping[Path, int] = field(default_factory=dict)
    twice: tuple[tuple[Path, int], ...] = ()
    errors: tuple[tuple[int, str], ...] = ()

    def line(self, path: Path) -> int:
        """The line of that value, or of the nearest that it would stand in. [from 1]"""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return 1


def read_toml(text: str) -> TomlDocument:
    text = text.replace("\r\n", "\n")
    read = _read(text)
    if isinstance(read, TomlDocument):
        return read
    errors = [read]
    lines = text.split("\n")
    while len(errors) < SYNTAX_ERRORS_MOST and not _misleads(lines[read.line - 1]):
        lines[read.line - 1] = ""
        read = _read("\n".join(lines))
        # "Cannot overwrite" and the like come of what was left out, not of the author.
        if (
            isinstance(read, TomlDocument)
            or read.reason.startswith("Cannot ")
            or read.line <= errors[-1].line
        ):
            break
        errors.append(read)
    return TomlDocument(None, errors=tuple((error.line, error.reason) for error in errors))


@dataclass(frozen=True, slots=True)
class _Stumble:
    line: int
    reason: str


def _read(text: str) -> TomlDocument | _Stumble:
    """The document, or the first line that is none.

    The standard reader takes quadratic time over deeply nested names, so it sees only what the scanner has passed.
    """
    scanner = _Scanner(text)
    try:
        scanner.document()
    except _TooDeepError:
        return _Stumble(scanner.line, "nested too deep")
    except _NotTomlError:
        line = scanner.line
        until = text.find("\n", scanner.at)
        told = _told_by_reader(text if until < 0 else text[:until])
        return (
            _Stumble(line, "it ends too early or holds an odd sign")
            if told is None
            else min(told, _Stumble(line, told.reason), key=lambda stumble: stumble.line)
        )
    plain = _without(text, scanner.dropped)
    told = _told_by_reader(plain)
    return told or TomlDocument(tomllib.loads(plain), scanner.lines, tuple(scanner.twice))


def _told_by_reader(text: str) -> _Stumble | None:
    """What the standard reader stumbles over first."""
    try:
        tomllib.loads(text)
    except RecursionError:
        return _Stumble(1, "nested too deep")
    except ValueError as error:
        found = re.fullmatch(
            r"(.*?) \(at (?:line (\d+), column \d+|end of document)\)", str(error), re.DOTALL
        )
        last = text.count("\n") + 1
        return (
            _Stumble(1, str(error)) if found is None else _Stumble(min(int(found[2] or last), last), found[1])
        )
    return None


def _misleads(line: str) -> bool:
    """A header that is left out makes all that follows stand in the wrong table; so does half a long text."""
    return line.lstrip().startswith("[") or '"""' in line or "'''" in line


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with those spans blank, every line where it was. Spans are in order and lie apart."""
    parts: list[str] = []
    end = 0
    for start, stop in spans:
        parts += [text[end:start], re.sub(r"[^\n]", " ", text[start:stop])]
        end = stop
    return "".join([*parts, text[end:]])


class _NotTomlError(Exception):
    """The scanner lost its way; the reader will say why."""


class _TooDeepError(Exception):
    """More levels than anybody writes."""


class _Scanner:
    """Walks through a document that is probably TOML and notes where everything stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.twice: list[tuple[Path, int]] = []
        self.dropped: list[tuple[int, int]] = []
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._row = 0
        self._values: set[Path] = set()
        self._headers: set[Path] = set()
        self._arrays: dict[Path, int] = {}

    @property
    def line(self) -> int:
        """The line that the scanner has come to."""
        return self._line(min(self.at, len(self.text)))

    def document(self) -> None:
        table: Path = ()
        dropping_from: int | None = None
        while True:
            self._skip(BLANK)
            start = self.at
            if start == len(self.text):
                break
            if self._next("[["):
                header = self._resolved(self._key())
                self._expect("]]")
                self._end_of_line()
                self._drop(dropping_from, start)
                dropping_from = None
                index = self._arrays.get(header, 0)
                self._arrays[header] = index + 1
                table = (*header, index)
                self._note(table, start)
            elif self._next("["):
                table = self._resolved(self._key())
                self._expect("]")
                self._end_of_line()
                self._drop(dropping_from, start)
                dropping_from = None
                if table in self._headers or table in self._values:
                    self.twice.append((table, self._line(start)))
                    dropping_from = start
                self._headers.add(table)
                self._note(table, start)
            else:
                self._assignment(table, start, dropping=dropping_from is not None)
        self._drop(dropping_from, len(self.text))

    def _assignment(self, table: Path, start: int, *, dropping: bool) -> None:
        path = (*table, *self._key())
        self._expect("=")
        twice = path in self._values or path in self._headers or path in self._arrays
        if not dropping and not twice:
            self._note(path, start)
        self._pass_value(path, 0)
        self._end_of_line()
        if dropping:
            return
        if twice:
            self.twice.append((path, self._line(start)))
            self.dropped.append((start, self.at))
            return
        self._values.add(path)

    def _drop(self, start: int | None, end: int) -> None:
        if start is not None:
            self.dropped.append((start, end))

    def _note(self, path: Path, at: int) -> None:
        """The line where something is first said, and where what it stands in begins."""
        line = self._line(at)
        while path and path not in self.lines:
            self.lines[path] = line
            path = path[:-1]

    def _line(self, at: int) -> int:
        """The line of a position; positions are mostly asked for in order."""
        if at < self._starts[self._row]:
            self._row = 0
        while self._row + 1 < len(self._starts) and self._starts[self._row + 1] <= at:
            self._row += 1
        return self._row + 1

    def _resolved(self, key: tuple[str, ...]) -> Path:
        """Where a header leads: within an array of tables to its last one."""
        path: Path = ()
        for part in key[:-1]:
            path = (*path, part)
            if path in self._arrays:
                path = (*path, self._arrays[path] - 1)
        return (*path, key[-1])

    def _key(self) -> tuple[str, ...]:
        parts: list[str] = []
        while True:
            self._skip(SPACES)
            if self.text[self.at : self.at + 1] in {'"', "'"}:
                start = self.at
                self._pass_string(multiline=False)
                parts.append(_string(self.text[start : self.at]))
            else:
                found = BARE_KEY.match(self.text, self.at)
                if found is None:
                    raise _NotTomlError
                parts.append(found[0])
                self.at = found.end()
            self._skip(SPACES)
            if not self._next("."):
                return tuple(parts)
            if len(parts) == DEEPEST:
                raise _TooDeepError

    def _pass_value(self, path: Path, depth: int) -> None:
        if depth > DEEPEST:
            raise _TooDeepError
        self._skip(SPACES)
        first = self.text[self.at : self.at + 1]
        if first in {'"', "'"}:
            self._pass_string(multiline=True)
        elif first == "[":
            self.at += 1
            for index in self._items("]"):
                self._note((*path, index), self.at)
                self._pass_value((*path, index), depth + 1)
        elif first == "{":
            self.at += 1
            for _ in self._items("}"):
                start = self.at
                inner = (*path, *self._key())
                self._expect("=")
                self._note(inner, start)
                self._pass_value(inner, depth + 1)
        else:
            found = SCALAR.match(self.text, self.at)
            if found is None:
                raise _NotTomlError
            self.at = found.end()

    def _items(self, close: str) -> Iterator[int]:
        """Stops before each item of an array or inline table; the caller passes it."""
        index = 0
        while True:
            self._skip(BLANK)
            if self._next(close):
                return
            yield index
            index += 1
            self._skip(BLANK)
            if not self._next(","):
                self._expect(close)
                return

    def _pass_string(self, *, multiline: bool) -> None:
        quote = self.text[self.at]
        if multiline and self.text.startswith(quote * 3, self.at):
            body = r'(?:[^"\\]|\\[\s\S]|"{1,2}(?!"))*?' if quote == '"' else r"[\s\S]*?"
            found = re.compile(f"{quote * 3}{body}{quote * 3}{quote}{{0,2}}").match(self.text, self.at)
        else:
            body = r'(?:[^"\\\n]|\\.)*' if quote == '"' else r"[^'\n]*"
            found = re.compile(f"{quote}{body}{quote}").match(self.text, self.at)
        if found is None:
            raise _NotTomlError
        self.at = found.end()

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _next(self, sign: str) -> bool:
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def _expect(self, sign: str) -> None:
        self._skip(SPACES)
        if not self._next(sign):
            raise _NotTomlError

    def _end_of_line(self) -> None:
        self._skip(SPACES)
        if self.text[self.at : self.at + 1] not in {"", "\n", "#"}:
            raise _NotTomlError


def _string(quoted: str) -> str:
    """A quoted key's own letters. Raises _NotTomlError where one of them may not stand there."""
    try:
        return next(iter(tomllib.loads(f"{quoted} = 0")))
    except tomllib.TOMLDecodeError:
        raise _NotTomlError from None
