"""When a case is over: the record note, the verdict on the triage, and what is counted of both."""
