"""What the front door did, and what it would do: figures for coordinators, never content."""
