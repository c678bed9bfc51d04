-- Who holds, or stands in line for, one of the given lock modes on a table or one of its partitions; $1 null means any table of this database.
-- (pg_partition_tree would wait for the very locks that are asked about.)
with recursive tree as (
  select $1::oid as oid
  union
  select i.inhrelid from pg_inherits i join tree on tree.oid = i.inhparent
)
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
  and ($1::oid is null or l.relation in (select oid from tree))
  and n.nspname not like 'pg\_%'
order by l.granted desc, seconds desc
