"""From the first click to a sent case: the draft, its interview, and the same for somebody on the phone."""
