"""The JSON Schema of everything that goes over the wire."""

from __future__ import annotations

from typing import Any

import msgspec

from handoff.protocol.board import (
    Board,
    Facts,
    NewOperation,
    NewShift,
    OperationAnswer,
    OperationBody,
    RosterBody,
    ShiftAnswer,
)
from handoff.protocol.editor import (
    ExampleAnswer,
    ExampleBody,
    Examples,
    ExampleThere,
    Hearings,
    NewExample,
    TryText,
)
from handoff.protocol.server import (
    ErrorBody,
    LoggedIn,
    Login,
    RegionBody,
    StaffServerFrame,
    VisitorServerFrame,
)
from handoff.protocol.staff import StaffFrame
from handoff.protocol.visitor import VisitorFrame


def schema() -> dict[str, Any]:
    """The JSON Schema of all frames and bodies, by what sends them."""
    groups = {
        "visitor_sends": VisitorFrame,
        "visitor_receives": VisitorServerFrame,
        "caseworker_sends": StaffFrame,
        "caseworker_receives": StaffServerFrame,
        "region": RegionBody,
        "login": Login,
        "logged_in": LoggedIn,
        "board": Board,
        "new_operation": NewOperation,
        "operation": OperationBody,
        "operation_answer": OperationAnswer,
        "new_shift": NewShift,
        "shift": RosterBody,
        "shift_answer": ShiftAnswer,
        "facts": Facts,
        "try_text": TryText,
        "hearings": Hearings,
        "new_example": NewExample,
        "example": ExampleBody,
        "examples": Examples,
        "example_answer": ExampleAnswer,
        "example_there": ExampleThere,
        "error": ErrorBody,
    }
    # the two `message`, `typing` and `end` frames differ, so each direction keeps its own names
    found: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    defs: dict[str, Any] = {}
    for name, kind in groups.items():
        (part,), components = msgspec.json.schema_components(
            [kind], ref_template=f"#/$defs/{name}/{{name}}"
        )
        defs[name] = components
        found[name] = part
    found["$defs"] = defs
    return found
