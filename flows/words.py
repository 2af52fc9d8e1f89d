"""The responses that code says by name, and what it fills in: known to `check`, so that no editor
has to guess which `{fields}` a text may hold, and none of these responses can go missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

#: What stands in the texts besides the fields of their own: nothing, the `context_*` slots, or
#: all slots, as in the texts that a flow says.
Sees = Literal["nothing", "context", "slots"]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A response that code says: its own fields, and what else is filled in."""

    fields: frozenset[str] = frozenset()
    sees: Sees = "nothing"


def spoken(names: Iterable[str], fields: str = "", sees: Sees = "nothing") -> dict[str, Spoken]:
    """Entries for `names` that all take the same fields, written as one line of words."""
    return {name: Spoken(frozenset(fields.split()), sees) for name in names}


#: A name that ends with `*` stands for all that begin so: which of them code says is not known.
SPOKEN: Mapping[str, Spoken] = {
    # flows/moments.py and flows/context.py
    **spoken(["utter_time"], "hour minute"),
    **spoken(["utter_span", "utter_days"], "from to"),
    **spoken(["utter_days_differ"], "days"),
    **spoken(["utter_day_differs"], "weekday day month times"),
    **spoken(["utter_and", "utter_hours_always", "utter_hours_closed_day"]),
    **spoken(["utter_hours_long"], "hours"),
    **spoken(["utter_moment", "utter_moment_far"], "weekday daypart day month time"),
    **spoken(
        [
            f"utter_moment_{day}_{part}"
            for day in ("today", "tomorrow", "weekday")
            for part in ("day", "evening")
        ],
        "weekday",
    ),
    **spoken(["utter_moment_other", "utter_moment_unknown"]),
    **spoken(f"utter_weekday_{number}" for number in range(1, 8)),
    **spoken(f"utter_month_{number}" for number in range(1, 13)),
    **spoken(f"utter_daypart_{part}" for part in ("night", "morning", "afternoon", "evening")),
    # actions
    **spoken(["utter_moment_question", "utter_straight"]),
    **spoken(["utter_hours", "utter_hours_closing"], sees="slots"),
    # the journey while closed, which the page also shows without a socket
    **spoken(["utter_closed", "utter_ask_danger_closed", "utter_ask_role_closed"], sees="context"),
    **spoken(
        [f"utter_closed_{role}" for role in ("self", "other", "young", "work", "afraid_to_hurt")],
        sees="context",
    ),
    # the emergency card; its lines are known from data/emergency_card.yml
    **spoken(["utter_emergency_cannot_button", "utter_emergency_title"], sees="context"),
    # the conversation and the desk
    **spoken(
        """utter_wait_begin utter_safe_how utter_idle utter_caseworker_away utter_caseworker_back
        utter_takeover utter_takeover_wait utter_made_room utter_stop utter_bye_self utter_bye_other
        utter_bye_young utter_bye_work utter_sys_privacy utter_sys_report utter_sys_tips
        utter_sys_noted utter_sys_region utter_return_ok utter_return_wrong""".split(),
        sees="context",
    ),
    **spoken(
        """utter_wait_ring utter_wait_closing utter_wait_closing_call utter_wait_closed
        utter_wait_still_there utter_wait_long utter_wait_long_region utter_sys_here utter_sys_wait
        utter_sys_later utter_sys_own_region utter_sys_own_region_late utter_sys_fastest
        utter_sys_other_region utter_helped_home""".split(),
        sees="context",
    ),
    **spoken(
        "utter_helped utter_helped_choice utter_wait_elsewhere utter_takeover_region".split(),
        "serving_region",
        sees="context",
    ),
    **spoken(["utter_here"], "caseworker serving_region", sees="context"),
    **spoken(["utter_sys_hours"], "week exceptions", sees="context"),
    **spoken(["utter_sys_moments"], "moments", sees="context"),
    **spoken(["utter_page_answers"], "region", sees="context"),
    **spoken(["utter_page_shift", "utter_page_too_many"], "count", sees="context"),
    **spoken(["utter_page_words"], "words", sees="context"),
    **spoken(["utter_page_place"], "position", sees="context"),
    **spoken(["utter_page_with"], "caseworker", sees="context"),
    # whole families: what the pages say, and a sentence for every error code
    **spoken(["utter_page_*", "utter_error_*"], sees="context"),
}

#: The names behind `/sys:` that a button in a text may have: answered by the conversation itself.
SYSTEM = frozenset(
    """cannot_call stop privacy hours moments report tips own_region other_region here wait later
    how_chat how_call how_later""".split()
)


def said_as(table: Mapping[str, Spoken], name: str) -> Spoken | None:
    """The entry of `table` for a response, by its name or by its family."""
    if name in table:
        return table[name]
    families = (key for key in table if key.endswith("*") and name.startswith(key[:-1]))
    return next((table[key] for key in families), None)
