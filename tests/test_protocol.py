"""The frames of both sockets: each one of the contract exists, decodes, and is refused in words."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import jsonschema
import msgspec
import pytest

from handoff import protocol
from handoff.people.accounts import ROLES
from handoff.protocol import Refused
from handoff.web import caseworker_socket, visitor_socket

PAGE = Path(__file__).parent.parent / "docs" / "protocol.md"
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)

#: The contract, one real frame each.
VISITOR_SENDS: dict[str, dict[str, Any]] = {
    "open": {"region": "groningen", "language": "nl"},
    "resume": {"token": "t", "after": 3},
    "return": {"region": "groningen", "words": "appel peer pruim", "language": "nl"},
    "message": {"id": "m1", "text": "hallo"},
    "choose": {"id": "m1", "payload": "/SetSlots(danger=self)"},
    "typing": {},
    "visible": {"visible": False},
    "language": {"language": "en"},
    "region": {"id": "m1", "region": "groningen"},
    "card": {"id": "m1"},
    "words": {"id": "m1"},
    "stop": {"id": "m1"},
    "end": {},
    "exit": {},
}
CASEWORKER_SENDS: dict[str, dict[str, Any]] = {
    "presence": {"state": "calling"},
    "cap": {"seats": 2},
    "accept": {"ticket": "t"},
    "decline": {"ticket": "t"},
    "take": {"ticket": "t"},
    "message": {"ticket": "t", "id": "m1", "text": "hallo"},
    "note": {"ticket": "t", "id": "m1", "text": "hallo"},
    "typing": {"ticket": "t"},
    "level": {"ticket": "t", "level": "urgent", "reason": "kind in huis"},
    "strike": {"ticket": "t", "signal": "weapon", "reason": "keukenmes"},
    "agree": {"ticket": "t"},
    "transfer": {"ticket": "t", "to": {"caseworker": "groningen-2"}, "note": "graag"},
    "consult": {"ticket": "t", "text": "wat denk jij"},
    "join": {"ticket": "t"},
    "leave_chat": {"ticket": "t"},
    "take_over": {"ticket": "t", "note": "mijn dienst"},
    "room": {"ticket": "t"},
    "make_room": {"ticket": "t", "give_back": "u"},
    "moment": {"ticket": "t", "id": "m1", "text": "morgen om tien"},
    "end": {"ticket": "t"},
    "read": {"ticket": "t"},
    "wrap_up": {"ticket": "t", "disposition": "advice"},
    "practise": {"script": "young", "language": "nl"},
}
VISITOR_RECEIVES = {"opened", "event", "ack", "status", "typing", "words", "error"}
CASEWORKER_RECEIVES = {
    *("desk", "offer", "assigned", "ticket", "event", "ack", "visitor", "typing", "error"),
    "room",
}
TICKET_FIELDS = {
    *("id", "conversation", "state", "home_region", "serving_region", "level", "why", "said"),
    *("heard", "struck", "unknown", "role", "language", "watched", "cannot_call", "returned"),
    *("safe_moment", "waiting_since", "left_at", "caseworker"),
}
CODES = (
    "bad_frame too_large unknown_type wrong_state unknown_region bad_token bad_id bad_text"
    " too_long bad_payload rate_limited closed unavailable internal"
    " taken no_seat not_offered expired not_yours forbidden unknown_ticket not_open"
).split()

#: Which side decodes, and what it may send.
SIDES = [
    pytest.param(protocol.visitor_frame, VISITOR_SENDS, "visitor_sends", id="visitor"),
    pytest.param(protocol.staff_frame, CASEWORKER_SENDS, "caseworker_sends", id="caseworker"),
]


def names_of(union: Any) -> set[str]:
    return {kind.__struct_config__.tag for kind in union.__args__}


def refusal_of(frame: object, decode: Any = protocol.visitor_frame) -> Refused:
    raw = frame if isinstance(frame, str) else json.dumps(frame)
    with pytest.raises(Refused) as refused:
        decode(raw)
    return refused.value


# the contract


def test_every_frame_of_the_contract_exists_and_no_other() -> None:
    assert names_of(protocol.VisitorFrame) == set(VISITOR_SENDS)
    assert names_of(protocol.StaffFrame) == set(CASEWORKER_SENDS)
    assert names_of(protocol.VisitorServerFrame) == VISITOR_RECEIVES
    assert names_of(protocol.StaffServerFrame) == CASEWORKER_RECEIVES


def test_every_frame_that_is_sent_to_us_has_a_handler() -> None:
    assert set(visitor_socket.HANDLERS) == set(protocol.VisitorFrame.__args__)
    assert set(caseworker_socket.HANDLERS) == set(protocol.StaffFrame.__args__)


def test_the_error_codes_are_the_closed_list() -> None:
    assert set(protocol.ERROR_CODES) == set(CODES)
    assert len(protocol.ERROR_CODES) == len(CODES)


def test_a_ticket_has_the_fields_of_the_contract() -> None:
    assert set(protocol.Ticket.__struct_fields__) >= TICKET_FIELDS


@pytest.mark.parametrize(("decode", "frames", "group"), SIDES)
def test_every_frame_decodes_with_its_fields(
    decode: Any, frames: dict[str, dict[str, Any]], group: str
) -> None:
    for name, fields in frames.items():
        found = decode(json.dumps({"type": name, **fields}))

        assert found.__struct_config__.tag == name
        assert msgspec.to_builtins(found).items() >= fields.items(), name


@pytest.mark.parametrize(("decode", "frames", "group"), SIDES)
def test_a_frame_that_lacks_a_field_is_a_bad_frame_with_its_id(
    decode: Any, frames: dict[str, dict[str, Any]], group: str
) -> None:
    optional = {"after", "language", "note", "script"}
    for name, fields in frames.items():
        for lacks in set(fields) - optional:
            frame = {field: value for field, value in fields.items() if field != lacks}
            if name == "language":
                continue
            refused = refusal_of({"type": name, **frame}, decode)

            assert refused.code == "bad_frame", (name, lacks)
            assert lacks in refused.message
            assert refused.id == frame.get("id"), (name, lacks)


def test_fields_we_do_not_know_are_let_through() -> None:
    found = protocol.visitor_frame('{"type":"typing","since":5}')

    assert isinstance(found, protocol.Typing)


# what is refused


@pytest.mark.parametrize(
    "raw", ["", "hallo", "{", '{"type":"typing"}}', "[" * 200_000, '{"type":"typing",}', "\ud800"]
)
def test_what_is_not_json_is_a_bad_frame(raw: str) -> None:
    assert refusal_of(raw).code == "bad_frame"


@pytest.mark.parametrize("raw", ["5", '"message"', "null", "[]", '{"id":"a"}'])
def test_what_is_not_a_frame_is_a_bad_frame(raw: str) -> None:
    assert refusal_of(raw).code == "bad_frame"


@pytest.mark.parametrize("name", ["", "Message", "messages", "desk", 5])
def test_an_unknown_type_is_refused_with_the_id_of_the_frame(name: object) -> None:
    for decode in (protocol.visitor_frame, protocol.staff_frame):
        refused = refusal_of({"type": name, "id": "a-1"}, decode)

        assert (refused.code, refused.id) == ("unknown_type", "a-1")


@pytest.mark.parametrize(
    ("field", "value", "code", "id"),
    [
        ("id", 5, "bad_id", None),
        ("text", 5, "bad_text", "a"),
        ("text", None, "bad_text", "a"),
    ],
)
def test_a_wrong_field_of_a_message_is_told_with_its_own_code(
    field: str, value: object, code: str, id: str | None
) -> None:
    refused = refusal_of({"type": "message", "id": "a", "text": "hallo", field: value})

    assert (refused.code, refused.id) == (code, id)


@pytest.mark.parametrize("payload", [5, None, {}, [1], [["/caseworker"]]])
def test_a_payload_is_a_string_or_a_list_of_strings(payload: object) -> None:
    refused = refusal_of({"type": "choose", "id": "a", "payload": payload})

    assert (refused.code, refused.id) == ("bad_payload", "a")


@pytest.mark.parametrize("after", [-1, "3", 1.5, None])
def test_resume_goes_on_after_a_number_that_is_not_below_zero(after: object) -> None:
    assert refusal_of({"type": "resume", "token": "t", "after": after}).code == "bad_frame"


def test_half_a_character_in_a_text_is_a_bad_text_with_its_id() -> None:
    refused = refusal_of('{"type":"message","id":"a","text":"oh \\ud83d nee"}')

    assert (refused.code, refused.id) == ("bad_text", "a")


def test_a_refusal_never_repeats_what_was_sent() -> None:
    for frame in (
        {"type": "message", "id": "a", "text": ["geheim"]},
        {"type": "geheim", "id": "a"},
        {"type": "choose", "id": "a", "payload": {"geheim": 1}},
        {"type": "level", "ticket": "t", "level": "geheim", "reason": "geheim"},
    ):
        for decode in (protocol.visitor_frame, protocol.staff_frame):
            assert "geheim" not in refusal_of(frame, decode).message


@pytest.mark.parametrize("id", ["a", "A_z-9", "x" * 64])
def test_an_id_is_1_to_64_letters_digits_dashes(id: str) -> None:
    protocol.check_id(id)


@pytest.mark.parametrize("id", ["", "x" * 65, "a b", "a\n", "é", "a/b", "a\x00"])
def test_any_other_id_is_refused(id: str) -> None:
    with pytest.raises(Refused) as refused:
        protocol.check_id(id)

    assert refused.value.code == "bad_id"


@pytest.mark.parametrize("text", ["a", "x" * 2000, "👩‍👧" * 500, "regel\nregel\tna", "سلام"])
def test_a_text_has_1_to_2000_code_points(text: str) -> None:
    protocol.check_text(text, "a", 2000)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 2001, "too_long"),
        ("", "bad_text"),
        (" \n ", "bad_text"),
        ("a\x00b", "bad_text"),
        ("a\x1bb", "bad_text"),
        ("a\ud800b", "bad_text"),
    ],
)
def test_any_other_text_is_refused_with_its_id(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        protocol.check_text(text, "a", 2000)

    assert (refused.value.code, refused.value.id) == (code, "a")


# the schema


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return protocol.schema()


def validate(schema: dict[str, Any], group: str, frame: object) -> None:
    whole = {**schema[group], "$defs": schema["$defs"], "$schema": schema["$schema"]}
    jsonschema.Draft202012Validator(whole).validate(frame)


def test_the_schema_is_a_valid_json_schema(schema: dict[str, Any]) -> None:
    assert json.loads(json.dumps(schema)) == schema
    for group in (name for name in schema if not name.startswith("$")):
        whole = {**schema[group], "$defs": schema["$defs"]}
        jsonschema.Draft202012Validator.check_schema(whole)


@pytest.mark.parametrize(("decode", "frames", "group"), SIDES)
def test_the_schema_takes_every_frame_of_the_contract_and_refuses_others(
    schema: dict[str, Any], decode: Any, frames: dict[str, dict[str, Any]], group: str
) -> None:
    for name, fields in frames.items():
        validate(schema, group, {"type": name, **fields})
    for frame in ({"type": "nothing"}, {"type": "message", "id": "a"}, [], {"region": "groningen"}):
        with pytest.raises(jsonschema.ValidationError):
            validate(schema, group, frame)


def test_the_schema_takes_what_the_server_sends(schema: dict[str, Any]) -> None:
    event = protocol.Event("e", NOW, "bot", "question", "Is er gevaar?", seq=1)
    refused = protocol.Error("closed", "dicht", id="a")
    for group in ("visitor_receives", "caseworker_receives"):
        for frame in (event, refused, protocol.Ack("a", 5), protocol.TypingBody()):
            validate(schema, group, json.loads(protocol.encode(frame)))
    status = protocol.Status("waiting", position=2, wait="about_5", staff="full")
    validate(schema, "visitor_receives", json.loads(protocol.encode(status)))
    with pytest.raises(jsonschema.ValidationError):
        validate(schema, "visitor_receives", {"type": "status", "state": "asleep"})


#: Every closed list, and where the schema has to name it.
CLOSED = {
    ("visitor_receives", "Event", "from"): protocol.From,
    ("visitor_receives", "Event", "kind"): protocol.Kind,
    ("visitor_receives", "Status", "state"): protocol.ConversationState,
    ("visitor_receives", "Status", "reason"): protocol.ClosedReason,
    ("visitor_receives", "Status", "wait"): protocol.Wait,
    ("visitor_receives", "Status", "staff"): protocol.Staff,
    ("visitor_receives", "Error", "code"): protocol.ErrorCode,
    ("caseworker_sends", "SetPresence", "state"): protocol.Presence,
    ("caseworker_sends", "SetLevel", "level"): protocol.Level,
    ("caseworker_receives", "Error", "code"): protocol.ErrorCode,
    ("caseworker_receives", "Desk", "presence"): protocol.Presence,
    ("caseworker_receives", "Visitor", "state"): protocol.VisitorState,
    ("caseworker_receives", "Ticket", "state"): protocol.TicketState,
    ("caseworker_receives", "Ticket", "level"): protocol.Level,
    ("caseworker_receives", "Ticket", "visitor"): protocol.VisitorState,
    ("caseworker_receives", "Ticket", "left"): protocol.Left,
    ("caseworker_receives", "SafeMoment", "how"): protocol.How,
    ("region", "RegionBody", "state"): protocol.RegionState,
    ("logged_in", "LoggedIn", "role"): protocol.Role,
    ("error", "ErrorBody", "code"): protocol.ErrorCode,
}


def enum_of(found: dict[str, Any]) -> set[str]:
    """The values that a field may have, also one that may be left out."""
    parts = [found, *found.get("anyOf", ())]
    return {value for part in parts for value in part.get("enum", ()) if value is not None}


@pytest.mark.parametrize("place", CLOSED, ids=".".join)
def test_every_closed_list_stands_in_the_schema_and_in_the_page(
    schema: dict[str, Any], place: tuple[str, str, str]
) -> None:
    group, frame, field = place
    values = set(get_args(CLOSED[place]))

    assert enum_of(schema["$defs"][group][frame]["properties"][field]) == values
    named = re.findall(r"[a-z0-9_]+", PAGE.read_text())
    assert values <= set(named)


def test_the_roles_are_those_that_accounts_have() -> None:
    assert get_args(protocol.Role) == ROLES


def test_the_page_names_every_field_of_a_ticket_a_desk_an_event_and_a_moment() -> None:
    named = set(re.findall(r"[a-z_]+", PAGE.read_text()))

    for frame in (protocol.Ticket, protocol.Desk, protocol.Event, protocol.SetMoment):
        assert set(frame.__struct_encode_fields__) <= named, frame


def test_a_time_is_iso_8601_in_utc_and_an_empty_field_is_left_out() -> None:
    frame = json.loads(protocol.encode(protocol.Event("e", NOW, "bot", "text", "")))

    assert frame == {
        "type": "event",
        "event": "e",
        "at": "2026-11-23T14:00:00Z",
        "from": "bot",
        "kind": "text",
        "text": "",
    }
