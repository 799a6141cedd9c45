"""`linjen push-key`: a fresh key for Web Push, to be put into the settings."""

from __future__ import annotations

import argparse

from linjen.integrations.web_push import Vapid, make_key


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""
    parser.set_defaults(run=run)


def run(_arguments: argparse.Namespace) -> int:
    """Print the key and what it is called in public; nothing is kept."""
    key = make_key()
    print(f'push_key = "{key}"')
    print(f"# its public half, which browsers are given: {Vapid.read(key, 'mailto:nobody@example.org').public_key}")
    return 0
