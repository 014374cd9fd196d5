"""``ebidadmin card …``: cards, their certificates and the lists of revoked ones."""

from __future__ import annotations

import click


@click.group()
def card() -> None:
    """Cards, certificates and revocation lists."""
