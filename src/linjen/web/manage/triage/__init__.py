"""The triage as a clinician sees to it: read, previewed, changed, checked, compared, approved and run."""
