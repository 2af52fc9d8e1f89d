"""What an editor has to do about a file that is not valid YAML, in place of the parser's words."""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError

#: `key: text` before the second `: ` of a line: the text holds it.
TEXT_BEFORE = re.compile(r"^[\s-]*(?:[^\s:{\[]+: +|[{\[].*: +).*\S")
QUOTES = "put quotes around this text"
INDENTATION = "check the indentation of this line and the one above"

#: The parser's words for a fault, and ours; the first that is found counts.
SAID: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"character '\\t'"), "a tab stands here; indent with spaces"),
    (re.compile(r"character '(.)' that cannot start"), f"{QUOTES}; it begins with `{{}}`"),
    (re.compile(r"expected <block end>, but found '<scalar>'"), f"{QUOTES}, around all of it"),
    (re.compile(r"expected <block end>"), INDENTATION),
    (re.compile(r"expected ',' or '(.)'"), "a `{}` or a `,` is missing here or just above"),
    (re.compile(r"could not find expected ':'"), "a `:` is missing here; write `key: value`"),
    (re.compile(r"sequence entries are not allowed here"), "begin a new line before this `- `"),
    (re.compile(r"unknown escape character '(.)'"), "write `\\\\` in place of `\\` before `{}`"),
)


def in_words(error: MarkedYAMLError, text: str) -> tuple[int, str]:
    """The line to look at, and what is wrong there."""
    mark = error.problem_mark or error.context_mark
    line, problem = (mark.line if mark else 0), str(error.problem)
    if "unexpected end of stream" in problem and error.context_mark is not None:
        return error.context_mark.line + 1, "a quote is opened here and never closed"
    if "mapping values are not allowed" in problem:
        lines = text.splitlines()
        before = lines[line][: mark.column] if mark and line < len(lines) else ""
        told = f"{QUOTES}; there is a `: ` in it" if TEXT_BEFORE.match(before) else INDENTATION
        return line + 1, told
    for pattern, told in SAID:
        found = pattern.search(problem)
        if found is not None:
            return line + 1, told.format(*found.groups()) if pattern.groups else told
    return line + 1, problem
