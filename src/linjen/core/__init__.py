"""The ground: database, clock, ids, errors, settings, sealing, events, jobs and numbers; knows no care words."""
