-- Enhetens meddelande: what the head of a unit wants everybody who works there to see above the ledger, and since when.

alter table units
  add column staff_message text not null default '' check (length(staff_message) <= 300),
  add column staff_message_at timestamptz;
