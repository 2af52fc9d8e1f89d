"""A country in memory: the real routing on a clock that jumps, with rules that always hold."""
