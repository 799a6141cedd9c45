"""An SMS gateway of our own: one call a message, delivery reports, and a page that shows the phones; for the demo."""

from linjen.simulators.sms.running import Running, serve

__all__ = ["Running", "serve"]
