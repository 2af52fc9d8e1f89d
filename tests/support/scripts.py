"""What a folder of our scripts is looked through for: words, elements, size, what it may not do."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from pathlib import Path

from handoff.web.pages import STATIC

#: Ways to keep something, to turn text into markup, or to style and handle inline.
FORBIDDEN = (
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "localStorage",
    "sessionStorage",
    "indexedDB",
    "document.cookie",
    "serviceWorker",
    "Notification(",
    "eval(",
    "new Function",
    '"style"',
    "onclick",
)
#: Calls whose first argument is the name of a word.
NAMED = re.compile(
    r'(?:\b(?:say|press|folder|field|row|frame)\(|\b(?:say|label|hint): )"([a-z][a-z0-9_]*)"'
)
COUNTED = re.compile(r'\bcount\("([a-z_]+)"')
TEMPLATES = re.compile(r"`([a-z_]*)\$\{[^}]*\}([a-z_]*)`")
LITERALS = re.compile(r'"([a-z][a-z0-9_]*)"')
IMPORTS = re.compile(r'(?:from|import) "(?:/desk/|\./)([a-z-]+\.js)"')
ELEMENTS = re.compile(r'customElements\.define\("([a-z-]+)"')
FIELDS = re.compile(r"\{(\w+)\}")

Words = Mapping[str, Mapping[str, str]]


class Scripts:
    """The scripts and styles of a page, and the page itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.texts = {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.js"))}
        self.all = "\n".join(self.texts.values())
        counted = COUNTED.findall(self.all)
        self.counts = {f"{name}_{many}" for name in counted for many in ("one", "many")}

    def named(self) -> set[str]:
        """The words that a script names."""
        return set(NAMED.findall(self.all)) | self.counts

    def unused(self, words: Words) -> list[str]:
        """Words that neither a script nor the page says."""
        literals = set(LITERALS.findall(self.all)) | self.counts
        patterns = [
            re.compile(rf"{start}[a-z0-9_]+{end}")
            for start, end in TEMPLATES.findall(self.all)
            if start
        ]
        page = (self.folder / f"{self.folder.name}.html").read_text("utf-8")
        return [
            name
            for name in words
            if name not in literals
            and not any(pattern.fullmatch(name) for pattern in patterns)
            and f"words.{name}" not in page
        ]

    def holding(self, text: str) -> list[str]:
        """The scripts in which a text stands."""
        return [name for name, found in self.texts.items() if text in found]

    def longer(self, lines: int) -> set[str]:
        """The scripts of more than so many lines."""
        return {name for name, text in self.texts.items() if len(text.splitlines()) > lines}

    def packed(self) -> int:
        """All scripts and styles as they travel, packed one by one, in bytes."""
        files = [path for path in self.folder.iterdir() if path.suffix in (".js", ".css")]
        return sum(len(gzip.compress(path.read_bytes(), 6)) for path in files)

    def misplaced(self) -> list[str]:
        """The scripts that define something else than the one element of their name."""
        own = f"{self.folder.name}-"
        return [
            name
            for name, text in self.texts.items()
            if ELEMENTS.findall(text) != ([Path(name).stem] if name.startswith(own) else [])
        ]

    def taken_over(self) -> set[str]:
        """The scripts of the desk that the page imports, and what those import."""
        needed: set[str] = set()
        left = {name for name in IMPORTS.findall(self.all) if name not in self.texts}
        while left:
            needed |= left
            texts = [(STATIC / "desk" / name).read_text("utf-8") for name in left]
            left = {found for text in texts for found in IMPORTS.findall(text)} - needed
        return needed


def fields_differ(words: Words) -> list[str]:
    """The words whose languages leave different fields open."""
    return [
        name
        for name, found in words.items()
        if len({frozenset(FIELDS.findall(text)) for text in found.values()}) > 1
    ]
