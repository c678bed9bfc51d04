-- Who keeps the oldest row versions of this database alive, oldest first. Vacuum and autovacuum themselves don't count.
select who, held
from (
  select 'session ' || a.pid || coalesce(' (role ' || a.usename || coalesce(', ' || nullif(a.application_name, ''), '') || ')', '')
      || ', ' || coalesce(a.state, a.backend_type) || ', in a transaction open for ' || coalesce(extract(epoch from clock_timestamp() - a.xact_start)::bigint::text, '?') || ' s' as who,
    greatest(coalesce(pg_catalog.age(a.backend_xmin), 0), coalesce(pg_catalog.age(a.backend_xid), 0)) as held
  from pg_catalog.pg_stat_activity a
  where a.pid <> pg_catalog.pg_backend_pid() and a.backend_type <> 'autovacuum worker' and not (a.state = 'active' and a.query ilike 'vacuum%')
    and (a.datname = pg_catalog.current_database() or a.backend_type = 'walsender')
    and (a.backend_xmin is not null or a.backend_xid is not null)
  union all
  select 'replication slot ' || s.slot_name || case when s.active then '' else ' (nobody is connected to it)' end, pg_catalog.age(s.xmin)
  from pg_catalog.pg_replication_slots s where s.xmin is not null
  union all
  select 'prepared transaction ' || quote_literal(p.gid) || ' of ' || p.owner || ', prepared ' || extract(epoch from clock_timestamp() - p.prepared)::bigint || ' s ago', pg_catalog.age(p.transaction)
  from pg_catalog.pg_prepared_xacts p where p.database = pg_catalog.current_database()
) holders
order by held desc
limit 3
