"""What starts from an event or a due time and ends outside the talk: the record note."""
