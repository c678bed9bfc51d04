-- Facts are only ever added: the triggers hold every program to it, ours included.
-- digest chains each fact to the one before, so that a lost, changed or reordered fact is seen on reading.
create table facts (
  sequence integer primary key,
  run text not null,
  step text,
  at text not null,
  body text not null,
  digest text not null
) strict;

create index facts_by_run on facts (run, sequence);

create trigger facts_are_never_changed before update on facts
begin
  select raise(abort, 'the journal is append-only: facts are never changed');
end;

create trigger facts_are_never_removed before delete on facts
begin
  select raise(abort, 'the journal is append-only: facts are never removed');
end;
