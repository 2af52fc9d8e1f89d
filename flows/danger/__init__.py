"""Danger listening: what every text of a visitor is heard for before anything else is done.

    text -> normalise -> vocabulary -> reading -> matching -> scope -> deciding -> Heard
            (letters)   (words, typos)           (phrases)   (denied?  (level, signals,
                                                              when?)    reasons)

`Ears` (in `ears`) is the only door. The words and phrases are data (`data/danger/*.yml`, read by
`data.danger_rules`); `compiling` turns them into tables once. Nothing is kept between texts.

Two principles hold everywhere. *What raises looks across full stops, what lowers ends at one*, and
*typos are forgiven in words that raise, not in words that lower*: so sloppy writing never hides
danger. Silence means nothing: most people in danger never write a word that is in any list.

Beside `deciding` stands an `opinion`, learnt from examples (`learning`; never by a server):
sums over the `features` of each sentence (looked up in `sums`), of which one is what the rules
made of the text. `telling` hears its signals, `language` its language, and `asking` turns the
question that a text answers into what the answer says.
`judging` counts how well both hear. A new language is a new file in `data/danger` and one in
`data/danger/examples`; only letters of a new script may need a line in `normalise`.
"""

from flows.danger.ears import Ears

__all__ = ["Ears"]
