"""The process that reads chat messages for warning signs, beside the server and after everything else.

Started as `python -I -m linjen.triage.own_words.listening_process NICE` by `triage/own_words/listening.py`. A line on
standard input is a JSON list of texts; the answer is a line with a JSON list of as many objects, finding code to the
words that hit, or the code of a text in a language that nobody has taught it. It gives way by as much as its argument
says: a message is delivered first and read a moment later.
"""

from __future__ import annotations

import os
import sys

import msgspec

from linjen.triage.own_words.tripwire import load_tripwire
from linjen.triage.own_words.unheard import heard_in


def main() -> None:
    """Read until standard input ends."""
    os.nice(int(sys.argv[1]))
    load_tripwire()
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        texts = msgspec.json.decode(line, type=list[str])
        out.write(msgspec.json.encode([heard_in(text) for text in texts]) + b"\n")
        out.flush()


if __name__ == "__main__":
    main()
