"""Staff among themselves in a case: notes, mentions, invitations, attestations. None of it reaches the patient."""
