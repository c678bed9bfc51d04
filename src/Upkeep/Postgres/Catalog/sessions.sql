-- $1: our own application name. pg_blocking_pids stops the lock manager for a moment, so it is asked for those who wait only.
-- A role without rights sees no backend type; those with a user are clients.
select a.pid, a.datname::text, a.usename::text, coalesce(a.application_name, ''), pg_catalog.host(a.client_addr), a.state,
  pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.xact_start),
  pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.state_change),
  case when a.wait_event_type is not null then pg_catalog.concat(a.wait_event_type, ': ', a.wait_event) end,
  case when a.pid in (select l.pid from pg_catalog.pg_locks l where not l.granted) then pg_catalog.pg_blocking_pids(a.pid) else '{}'::int[] end,
  case when a.query <> '<insufficient privilege>' then pg_catalog.left(a.query, 2000) end
from pg_catalog.pg_stat_activity a
where a.application_name is distinct from $1
  and (a.backend_type = 'client backend' or a.backend_type is null and a.usesysid is not null)
order by a.xact_start nulls last, a.pid
