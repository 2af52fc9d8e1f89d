"""Speed and memory as ratios against a bare aiohttp server, measured in the same run.

Absolute rates say more about the machine than about us, so every figure is taken in turns with the
same work on a server that does nothing but echo. `make bench` runs all of it in some minutes.
"""
