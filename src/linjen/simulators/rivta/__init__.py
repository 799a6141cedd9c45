"""National services of our own: person data and listing over RIV-TA, from a file; for the demo and the tests only."""

from linjen.simulators.rivta.mischief import Mischief
from linjen.simulators.rivta.running import Running, serve

__all__ = ["Mischief", "Running", "serve"]
