"""Back office of a Japanese city's electronic bidding registrations.

The package is built in layers; ``docs/architecture.md`` names them. Nothing is imported here, so that a command
pays only for what it uses.
"""

__version__ = "0.1.0"
