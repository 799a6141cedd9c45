"""Stand-ins for closed outside systems, speaking their real wire protocols; for the demo and the tests only."""
