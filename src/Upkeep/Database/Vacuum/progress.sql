-- $1: our application_name. How much of each table that we vacuum now is behind us, 0 to 1.
select p.relid::bigint, case when p.heap_blks_total = 0 then 0 else p.heap_blks_scanned::float8 / p.heap_blks_total end, p.phase
from pg_catalog.pg_stat_progress_vacuum p
join pg_catalog.pg_stat_activity a on a.pid = p.pid
where p.datname = pg_catalog.current_database() and a.application_name = $1
