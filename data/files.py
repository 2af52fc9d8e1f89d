"""YAML files whose every value still knows its line, and the faults that name it.

Editors see ``regions.yml:14: ...`` instead of a traceback. The files are YAML 1.2, so
``yes``, ``09:00`` and ``2026-04-27`` stay text, as they do for Rasa.
"""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError, YAMLStreamError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from data.yaml_faults import in_words

T = TypeVar("T")

#: Content is data. A scalar that Rasa would expand from the environment, or that a template
#: engine would run, is a leak waiting to happen (RASA.md 3.8).
FORBIDDEN = ("${", "{{")
#: A name in content: what could be a slot, a response, a region, a chip.
NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
#: Tags such as `!secret` mean something to other programs, and nothing to us or to Rasa.
PLAIN_TAGS = "tag:yaml.org,2002:"


@dataclass(frozen=True, order=True, slots=True)
class Fault:
    """One thing an editor has to mend, and where."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        # what an editor wrote may hold a line break; a fault takes one line
        return _on_one_line(f"{self.file}:{self.line}: {self.message}")


def _on_one_line(text: str) -> str:
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def shown(path: Path) -> str:
    """A path as an editor knows it: from the folder they stand in, where that is shorter."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def words_of(raw: bytes) -> frozenset[str]:
    """Every name that stands in a file, also in one that is not valid YAML.

    What a file that cannot be read defines is not known; a name that stands in it may well be.
    So that one broken file does not make all others look wrong, such a name counts as known.
    """
    return frozenset(NAME.findall(raw.decode("utf-8", errors="replace")))


class Unreadable(Exception):
    """Raised when content cannot be used; `faults` says why, line by line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Map(dict[str, Any]):
    """A YAML mapping; `line` is its own line, `lines` that of each key, `written` the numbers in it
    as they stand there: `9.00` is 9.0 to YAML."""

    __slots__ = ("line", "lines", "written")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}
        self.written: dict[str, str] = {}


class Seq(list[Any]):
    """A YAML list; `line` is its own line, `lines` that of each item."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


def read_yaml(path: Path, name: str | None = None) -> Map:
    """The mapping in a file. Raises `Unreadable` when it is missing, not YAML, or not a mapping.

    `name` is what faults call it; the path, when it is left out.
    """
    name = name or str(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable([Fault(name, 1, f"cannot be read: {error.strerror}")]) from error
    return parse_yaml(raw, name)


def parse_yaml(raw: bytes, name: str) -> Map:
    """The mapping in `raw`; `name` is the file that faults speak of. Raises `Unreadable`."""
    yaml = YAML(typ="safe", pure=True)
    faults: list[Fault] = []
    text = raw.decode("utf-8", errors="replace")
    try:
        node = yaml.compose(io.StringIO(raw.decode("utf-8")))
        value = _Builder(yaml.constructor.construct_object, name, faults).build(node)
    except UnicodeDecodeError as error:
        raise Unreadable([Fault(name, 1, "is not UTF-8 text; save it as UTF-8")]) from error
    except MarkedYAMLError as error:
        line, told = in_words(error, text)
        raise Unreadable([Fault(name, line, f"not valid YAML: {told}")]) from error
    except (YAMLError, YAMLStreamError) as error:
        reason = str(error).partition("\n")[0]
        raise Unreadable([Fault(name, 1, f"not valid YAML: {reason}")]) from error
    except RecursionError as error:
        message = "nested too deep, or an alias that stands inside itself"
        raise Unreadable([Fault(name, 1, message)]) from error
    if isinstance(value, Map) and not faults:
        return value
    raise Unreadable(faults or [Fault(name, 1, "must hold `key: value` lines")])


class _Builder:
    """Turns the nodes of one file into `Map`, `Seq` and plain values that know their lines."""

    def __init__(self, scalar: Callable[[Node], Any], name: str, faults: list[Fault]) -> None:
        self.scalar = scalar
        self.name = name
        self.faults = faults
        # an alias is its anchor once more: built once, so that aliases of aliases cannot explode
        self.built: dict[int, Any] = {}

    def build(self, node: Node | None) -> Any:
        if id(node) not in self.built:
            self.built[id(node)] = self.value_of(node)
        return self.built[id(node)]

    def fault(self, node: Node, message: str) -> None:
        self.faults.append(Fault(self.name, node.start_mark.line + 1, message))

    def value_of(self, node: Node | None) -> Any:
        if node is None:
            return None
        if not str(node.tag).startswith(PLAIN_TAGS):
            self.fault(node, f"`{node.tag}`: tags may not stand in content")
            return None
        if isinstance(node, MappingNode):
            return self.map_of(node)
        if isinstance(node, SequenceNode):
            items = Seq(node.start_mark.line + 1)
            for item in node.value:
                items.append(self.build(item))
                items.lines.append(item.start_mark.line + 1)
            return items
        return self.scalar_of(node)

    def map_of(self, node: MappingNode) -> Map:
        found = Map(node.start_mark.line + 1)
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, ScalarNode) else None
            if key is None or key == "<<":
                self.fault(key_node, "a key must be plain text (no `<<` merges)")
                continue
            if key in found:
                self.fault(key_node, f"`{key}` stands here twice")
            found[key] = self.build(value_node)
            found.lines[key] = key_node.start_mark.line + 1
            if isinstance(found[key], int | float) and isinstance(value_node, ScalarNode):
                found.written[key] = value_node.value
        return found

    def scalar_of(self, node: Node) -> Any:
        if any(mark in node.value for mark in FORBIDDEN):
            self.fault(node, "`${` and `{{` may not stand in content")
        if node.tag == f"{PLAIN_TAGS}timestamp":
            return node.value
        try:
            return self.scalar(node)
        except ValueError:
            self.fault(node, f"`{node.value[:40]}` is not what its tag says, or too long a number")
            return None


_MISSING: Any = object()


class Section:
    """Reads one mapping: typed values out, a fault with its line for all that is wrong.

    Every `text`, `number` ... marks its key as known; `done` reports the keys nobody asked
    for, with the nearest known name, so that a misspelt key is never silently ignored.
    """

    def __init__(self, map_: Map, file: str, faults: list[Fault]) -> None:
        self.map = map_
        self.file = file
        self.faults = faults
        self._known: set[str] = set()

    def fault(self, message: str, key: str | None = None) -> None:
        """Notes a fault at `key`, or at the section itself."""
        line = self.map.lines.get(key, self.map.line) if key is not None else self.map.line
        self.faults.append(Fault(self.file, line, message))

    def line(self, key: str) -> int:
        """The line of `key`, or of the section when it is absent."""
        return self.map.lines.get(key, self.map.line)

    def has(self, key: str) -> bool:
        """Whether `key` was given."""
        self._known.add(key)
        return key in self.map

    def raw(self, key: str, default: Any = _MISSING) -> Any:
        """The value of `key` as it stands; a fault when it is missing without a default."""
        self._known.add(key)
        if key not in self.map:
            if default is _MISSING:
                self.fault(f"`{key}` is missing")
                return None
            return default
        return self.map[key]

    def _typed(self, key: str, kind: type[T] | tuple[type, ...], name: str, default: Any) -> Any:
        value = self.raw(key, default)
        if key not in self.map:
            return value
        if isinstance(value, bool) and kind is not bool:
            value = _MISSING
        if not isinstance(value, kind):
            self.fault(f"`{key}` must be {name}", key)
            return None if default is _MISSING else default
        return value

    def text(self, key: str, default: Any = _MISSING) -> str:
        """A text; plain numbers are read as text too, as phone numbers and hours look like them."""
        value = self._typed(key, (str, int, float), "text", default)
        return "" if value is None else self.map.written.get(key, str(value))

    def number(self, key: str, default: Any = _MISSING, *, least: int = 0) -> int:
        """A whole number, at least `least`."""
        value = self._typed(key, int, "a whole number", default)
        if value is not None and value < least:
            self.fault(f"`{key}` must be {least} or more", key)
        return value if value is not None else least

    def flag(self, key: str, default: Any = _MISSING) -> bool:
        """`true` or `false`."""
        return bool(self._typed(key, bool, "`true` or `false`", default))

    def texts(self, key: str, default: Any = _MISSING) -> tuple[str, ...]:
        """A list of texts."""
        value = self._typed(key, Seq, "a list", default)
        if not isinstance(value, Seq):
            return tuple(value or ())
        for item, line in zip(value, value.lines, strict=True):
            if not isinstance(item, str | int) or isinstance(item, bool):
                self.faults.append(Fault(self.file, line, f"an item of `{key}` must be text"))
        return tuple(str(item) for item in value)

    def section(self, key: str, default: Any = _MISSING) -> Section:
        """The mapping below `key`; an empty one when it is missing or something else."""
        value = self._typed(key, Map, "`key: value` lines", default)
        if not isinstance(value, Map):
            value = Map(self.line(key))
        return Section(value, self.file, self.faults)

    def sections(self, key: str, default: Any = _MISSING) -> dict[str, Section]:
        """The mappings below `key`, by name, in file order."""
        parent = self.section(key, default)
        return {name: parent.section(name) for name in parent.map}

    def items(self, key: str, default: Any = _MISSING) -> list[Section]:
        """The mappings in the list below `key`, in file order."""
        value = self._typed(key, Seq, "a list", default)
        if not isinstance(value, Seq):
            return []
        found = []
        for item, line in zip(value, value.lines, strict=True):
            if isinstance(item, Map):
                found.append(Section(item, self.file, self.faults))
            else:
                self.faults.append(Fault(self.file, line, f"an item of `{key}` must be a mapping"))
        return found

    def one_of(self, key: str, allowed: Iterable[str], default: Any = _MISSING) -> str:
        """A text out of a closed list."""
        value = self.text(key, default)
        allowed = tuple(allowed)
        if key in self.map and value not in allowed:
            self.fault(f"`{value}` is not a {key}{suggestion(value, allowed)}", key)
        return value

    def done(self) -> None:
        """Reports every key that nobody read."""
        for key in self.map:
            if key not in self._known:
                hint = suggestion(key, self._known)
                self.fault(f"`{key}` is not known here{hint}", key)


def suggestion(word: str, known: Iterable[str]) -> str:
    """`; did you mean ...?` with the nearest known word, else the known words."""
    known = sorted({str(name) for name in known})
    near = nearest(word, known)
    if near:
        return f"; did you mean `{near[0]}`?"
    if 0 < len(known) <= 12:
        return "; known: " + ", ".join(f"`{name}`" for name in known)
    return ""


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """The known name that looks most like `word`; none when there is none like it."""
    return difflib.get_close_matches(str(word), sorted(known), n=1, cutoff=0.6)


def read_files(folder: Path, pattern: str = "*.yml") -> Mapping[str, bytes]:
    """The YAML files below `folder` by their relative path, in a fixed order.

    Raises `Unreadable` when there are none: a wrong folder must not look like empty content.
    """
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob(pattern))
        if path.is_file()
    }
    if not found:
        raise Unreadable([Fault(str(folder), 1, f"holds no {pattern} files")])
    return found
