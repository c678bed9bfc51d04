-- Who holds, or stands in line for, one of the given lock modes on a table; $1 null means any table of this database.
select n.nspname, c.relname, l.pid, l.mode, l.granted,
  coalesce(a.usename, '') as role, coalesce(a.application_name, '') as application, coalesce(a.backend_type, 'prepared transaction') as kind,
  coalesce(extract(epoch from clock_timestamp() - a.xact_start), 0)::double precision as seconds
from pg_locks l
join pg_class c on c.oid = l.relation
join pg_namespace n on n.oid = c.relnamespace
left join pg_stat_activity a on a.pid = l.pid
where l.locktype = 'relation'
  and l.database = (select oid from pg_database where datname = current_database())
  and l.pid is distinct from pg_backend_pid()
  and l.mode = any($2)
  and ($1::oid is null or l.relation = $1)
  and n.nspname not like 'pg\_%'
order by l.granted desc, seconds desc
