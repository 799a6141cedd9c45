"""Who may: policy, the acting person, sessions and the access log."""
