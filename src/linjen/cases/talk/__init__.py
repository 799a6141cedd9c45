"""What is said in a case: messages, drafts, how far they have been read, cards, and a person's own chats."""
