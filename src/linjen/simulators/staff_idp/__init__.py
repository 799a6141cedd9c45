"""A stand-in for the staff identity provider: choose a make-believe card, get a real OpenID Connect sign-in.

For the demo and the tests alone. It speaks the real protocol with codes, PKCE and signed tokens, but asks for no card.
"""

from linjen.simulators.staff_idp.running import StaffIdp, serve

__all__ = ["StaffIdp", "serve"]
