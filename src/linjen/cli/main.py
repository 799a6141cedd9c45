"""The `linjen` command: hands over to one module per sub-command, imported only when it is called."""

from __future__ import annotations

import argparse
import importlib
import sys

from linjen.core.errors import Misconfigured

COMMANDS = {
    "serve": "run the program with the settings of the environment",
    "demo": "run the program with an embedded database and the seeded region",
    "triage": "hold interviews, read texts, check, measure, compare, replay and release the triage",
    "bench": "measure speed and memory beside their limits",
    "backup": "write a backup of the database",
    "restore": "read a backup into an empty database",
    "key": "make the first key file of an installation",
    "push-key": "make a key for notices in browsers (Web Push)",
    "migrate": "bring the database to this version",
}


def main(argv: list[str] | None = None) -> int:
    """Run one sub-command. Exit status: 0 well, 1 the command said no, 2 wrong usage or wrong setting."""
    parser = argparse.ArgumentParser(prog="linjen", description="Linjen: the first line of digital care")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    wanted = next((arg for arg in (sys.argv[1:] if argv is None else argv) if not arg.startswith("-")), "")
    for name, text in COMMANDS.items():
        sub = subparsers.add_parser(name, help=text, description=text)
        if name == wanted:
            importlib.import_module(f"linjen.cli.{name.replace('-', '_')}").add_arguments(sub)
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.run(arguments) or 0)
    except Misconfigured as error:
        print(f"linjen: setting {error.detail.get('setting')}: {error.detail.get('why')}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
