"""What the script can do: real rasa-sdk actions, one class per file.

They run in our own process (`runner`), and the same package answers
`python -m rasa_sdk --actions actions`. An action is a function of its tracker: what it needs
stands in `context_*` slots, and regions and numbers come from `data`.
"""
