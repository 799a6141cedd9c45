-- Whose turn it is to speak in a case, and since when: a new message of the same party leaves the time as it is, or who
-- writes once more would have waited no longer. Handing over makes it staff's turn.

alter table cases
  add column turn text not null default 'staff' check (turn in ('staff', 'resident')),
  add column turn_at timestamptz not null default now();

update cases c set turn = t.turn, turn_at = t.turn_at
from (
  select l.case_id, case l.by_kind when 'staff' then 'resident' else 'staff' end as turn,
    (select min(m.sent_at) from messages m where m.case_id = l.case_id and m.by_kind = l.by_kind and m.seq > coalesce(
      (select max(o.seq) from messages o where o.case_id = l.case_id and o.by_kind <> l.by_kind), 0)) as turn_at
  from (select distinct on (case_id) case_id, by_kind from messages order by case_id, seq desc) l
) t where t.case_id = c.id;
update cases c set turn_at = coalesce(c.sent_at, c.created_at)
where not exists (select from messages m where m.case_id = c.id);
