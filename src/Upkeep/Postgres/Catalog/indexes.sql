-- $1: schemas to read, empty for all but PostgreSQL's own. $2: ask the files for their sizes (waits for a lock on each index).
with locked as materialized (
  select l.relation as oid from pg_catalog.pg_locks l
  where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock'
    and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
), found as materialized (
  select i.indexrelid, i.indrelid, i.indisunique, i.indisprimary, i.indisvalid, x.relname as index_name, x.relpages, x.relkind,
    c.relname as table_name, n.nspname, $2 and i.indexrelid not in (select l.oid from locked l) as exact
  from pg_catalog.pg_index i
  join pg_catalog.pg_class x on x.oid = i.indexrelid
  join pg_catalog.pg_class c on c.oid = i.indrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'm') and c.relpersistence <> 't'
    and case when pg_catalog.cardinality($1::text[]) > 0 then n.nspname = any ($1::text[])
      else n.nspname <> 'information_schema' and n.nspname !~ '^pg_' end
)
select f.indexrelid::bigint, f.nspname::text, f.table_name::text, f.index_name::text,
  coalesce(z.bytes, f.relpages * pg_catalog.current_setting('block_size')::bigint), z.bytes is null,
  pg_catalog.pg_stat_get_numscans(f.indexrelid), f.indisunique, f.indisprimary, f.indisvalid
from found f
left join lateral (select pg_catalog.pg_relation_size(f.indexrelid) as bytes where f.exact) z on true
order by 5 desc, 2, 4
