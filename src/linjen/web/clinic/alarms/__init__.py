"""What asks for somebody's eyes: warning signs, and SMS that did not arrive."""
