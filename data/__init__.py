"""What the organisations know: regions, hours, help lines, danger words.

YAML that editors and coordinators change, and the typed readers beside it.
The ground floor: nothing here imports from `flows`, `actions` or `handoff`.
"""
