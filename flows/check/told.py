"""Names in stories: regions, languages, responses and slots that are not there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from data.files import Fault, suggestion
from data.knowledge import Knowledge
from flows.check.common import fault, is_unread
from flows.model import Script
from flows.stories import Asks, HandsOver, Line, Opens, Shows, ShowsCard, Story

#: Forms of the emergency card besides the roles.
OTHER_FORMS = ("heard", "cannot")


def check_stories(stories: Iterable[Story], script: Script, knowledge: Knowledge) -> list[Fault]:
    """Every name in `stories` that leads nowhere, and stories that have the same name."""
    found, names = set(), set()
    for story in stories:
        if story.name in names:
            found.add(fault(story.place, f"there are two stories `{story.name}`"))
        names.add(story.name)
        for step in story.steps:
            for what, name, known in _names(step, script, knowledge):
                if name not in known and not is_unread(script, knowledge, name):
                    hint = suggestion(name, known)
                    found.add(fault(step.place, f"there is no {what} `{name}`{hint}"))
    return sorted(found)


def _names(
    step: Line, script: Script, knowledge: Knowledge
) -> Iterator[tuple[str, str, Collection[str]]]:
    """What a step names: the kind of thing, its name, and the names there are."""
    if isinstance(step, Opens):
        yield "region", step.region, knowledge.regions
        yield "language", step.language, script.languages
    elif isinstance(step, Asks):
        yield "question", step.question, {*script.slots, *script.responses}
    elif isinstance(step, HandsOver):
        for name in step.knows:
            yield "slot", name, script.slots
    elif isinstance(step, ShowsCard):
        yield "form of the card", step.form, (*knowledge.triage.roles, *OTHER_FORMS)
    if isinstance(step, Shows | ShowsCard):
        texts = step.said if isinstance(step, Shows) else (*step.has, *step.has_not)
        for text in texts:
            if text.startswith("utter_"):
                yield "response", text, script.responses
