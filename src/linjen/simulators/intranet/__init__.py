"""The region's pages for its staff, as far as Linjen links to them: training, service status and suggestions."""

from linjen.simulators.intranet.running import Running, serve

__all__ = ["Running", "serve"]
