"""Notes, mentions, invitations and attestations: what stands in a case for staff alone."""
