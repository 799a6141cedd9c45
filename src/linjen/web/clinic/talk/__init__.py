"""The talk on the page of a case: cards, phrases, presence, and the strip of one's own chats."""
