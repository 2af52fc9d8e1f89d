"""From bytes to frames and back; what is wrong is refused with a code and a cause."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from handoff.protocol.frame import ID, UNPRINTABLE, ErrorCode, Refused
from handoff.protocol.staff import StaffFrame
from handoff.protocol.visitor import VisitorFrame

#: The one cause of msgspec that repeats a value.
ENUM_VALUE = re.compile(r"^Invalid enum value .*(?= - at `|$)", re.DOTALL)

encode = msgspec.json.Encoder().encode
_visitor_decoder = msgspec.json.Decoder(VisitorFrame)
_staff_decoder = msgspec.json.Decoder(StaffFrame)


def visitor_frame(raw: str | bytes) -> Any:
    """The frame of a visitor. Raises `Refused`."""
    return _decoded(raw, _visitor_decoder)


def staff_frame(raw: str | bytes) -> Any:
    """The frame of a caseworker. Raises `Refused`."""
    return _decoded(raw, _staff_decoder)


def _decoded(raw: str | bytes, decoder: Any) -> Any:
    try:
        return decoder.decode(raw)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise _refusal(raw, error) from error


#: Which code a wrong field is told with; every other one is a bad frame.
_FIELD_CODES: dict[str, ErrorCode] = {
    "$.id": "bad_id",
    "$.text": "bad_text",
    "$.payload": "bad_payload",
    "$.type": "unknown_type",
}


def _refusal(raw: str | bytes, error: Exception) -> Refused:
    """Why a frame was refused. msgspec's causes name fields and types, never values typed in."""
    if not isinstance(error, msgspec.ValidationError):
        return _unreadable(raw)
    cause = ENUM_VALUE.sub("Not one of the values", str(error))
    path = cause.rpartition(" - at `")[2].rstrip("`") if " - at `" in cause else ""
    field = ".".join(path.split(".")[:2]).partition("[")[0] if path else ""
    code = _FIELD_CODES.get(field, "bad_frame")
    if code == "unknown_type":
        return Refused(code, "unknown frame type; docs/protocol.md lists them", _id_of(raw))
    return Refused(code, cause, _id_of(raw))


def _unreadable(raw: str | bytes) -> Refused:
    """A frame that is not JSON, or JSON with half a character in it (a lone surrogate)."""
    found = _leniently(raw)
    if found is None:
        return Refused("bad_frame", "not a JSON object in UTF-8")
    # the stored form is UTF-8, which has no room for half a character
    halves = [name for name, value in found.items() if isinstance(value, str) and _is_half(value)]
    code = next((_FIELD_CODES[f"$.{name}"] for name in halves if f"$.{name}" in _FIELD_CODES), None)
    return Refused(code or "bad_frame", "a character is cut in half", _id_of(raw))


def _is_half(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _leniently(raw: str | bytes) -> dict[str, Any] | None:
    """The object in a frame that was refused, as far as it can be read."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _id_of(raw: str | bytes) -> str | None:
    """The id of a frame that was refused, so that its sender knows which one."""
    found = (_leniently(raw) or {}).get("id")
    return found if isinstance(found, str) and ID.fullmatch(found) else None


def check_id(id: str) -> None:
    """Raises `Refused` unless `id` is 1 to 64 letters, digits, `_` or `-`."""
    if not ID.fullmatch(id):
        raise Refused("bad_id", "an id is 1 to 64 letters, digits, `_` or `-`")


def check_text(text: str, id: str, most: int) -> None:
    """Raises `Refused` for an empty text, one over `most` code points, or control characters."""
    if len(text) > most:
        raise Refused("too_long", f"a message has at most {most} characters", id)
    if not text.strip() or UNPRINTABLE.search(text):
        raise Refused("bad_text", "a message needs text, without control characters", id)
