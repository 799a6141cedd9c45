"""A BankID of our own: relying-party API v6 over mutual TLS, and a phone to sign with; for the demo and the tests."""

from linjen.simulators.bankid.running import Running, serve

__all__ = ["Running", "serve"]
