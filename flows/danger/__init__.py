"""Danger listening: what every text of a visitor is heard for before anything else is done.

    text -> normalise -> vocabulary -> reading -> matching -> scope -> deciding -> Heard
            (letters)   (words, typos)           (phrases)   (denied?  (level, signals,
                                                              when?)    reasons)

`Ears` (in `ears`) is the only door. The words and phrases are data (`data/danger/*.yml`, read by
`data.danger_rules`); `compiling` turns them into tables once. Nothing is kept between texts.

Two principles hold everywhere. *What raises looks across full stops, what lowers ends at one*, and
*typos are forgiven in words that raise, not in words that lower*: so sloppy writing never hides
danger. Silence means nothing: most people in danger never write a word that is in any list.

Seams. A learnt model comes beside `deciding`, as a second opinion over the same `Reading`; `Ears`
then takes the higher of the two levels, never the lower, and joins the reasons. A new language is
a new file in `data/danger`; only letters of a new script may need a line in `normalise`.
"""

from flows.danger.ears import Ears

__all__ = ["Ears"]
