"""The script, and the engine that plays it.

`script/` is what editors write: flows, texts and stories in Rasa's CALM format, a documented
subset (docs/script.md). Everything here is pure: no sockets, no storage, no clock of its own.
"""
