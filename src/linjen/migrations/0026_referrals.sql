-- Beslutsstöd: what a unit has settled about which complaints go where, shown beside the hand-over and the ticket. Plain
-- text of the unit's own; it holds no patient data.

create table referrals (
  unit_id uuid not null references units,
  position smallint not null check (position between 1 and 60),
  complaint text not null check (char_length(complaint) between 1 and 200),
  goes_to text not null check (char_length(goes_to) between 1 and 200),
  remark text not null default '' check (char_length(remark) <= 200),
  primary key (unit_id, position)
);
