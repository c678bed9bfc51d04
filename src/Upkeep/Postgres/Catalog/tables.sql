-- $1: schemas to read, empty for all but PostgreSQL's own. $2: ask the files for their sizes (waits for a lock on each table).
-- Page counts of the catalog stand in where a table, its TOAST or one of its indexes is locked exclusively.
with locked as materialized (
  select l.relation as oid from pg_catalog.pg_locks l
  where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock'
    and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
), tables as materialized (
  select c.*, n.nspname, pg_catalog.current_setting('block_size')::bigint as block,
    $2 and not exists (
      select 1 from locked l
      where l.oid in (c.oid, c.reltoastrelid) or l.oid in (select i.indexrelid from pg_catalog.pg_index i where i.indrelid in (c.oid, c.reltoastrelid))
    ) as exact
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'm') and c.relpersistence <> 't'
    and case when pg_catalog.cardinality($1::text[]) > 0 then n.nspname = any ($1::text[])
      else n.nspname <> 'information_schema' and n.nspname !~ '^pg_' end
), sized as materialized (
  select t.oid, s.total, s.heap, s.indexes
  from tables t
  cross join lateral (
    select pg_catalog.pg_total_relation_size(t.oid) as total, pg_catalog.pg_relation_size(t.oid) as heap, pg_catalog.pg_indexes_size(t.oid) as indexes
    where t.exact
  ) s
)
select t.oid::bigint, t.nspname::text, t.relname::text,
  case t.relkind when 'p' then 'partitioned' when 'm' then 'materialized view' else 'table' end,
  t.relispartition,
  -- Since 14 -1 says "never analyzed"; before, 0 pages did.
  case when t.reltuples < 0 or (t.reltuples = 0 and t.relpages = 0) then null else t.reltuples::float8 end,
  pg_catalog.pg_stat_get_live_tuples(t.oid), pg_catalog.pg_stat_get_dead_tuples(t.oid),
  pg_catalog.pg_stat_get_mod_since_analyze(t.oid), pg_catalog.pg_stat_get_ins_since_vacuum(t.oid),
  pg_catalog.pg_stat_get_tuples_inserted(t.oid), pg_catalog.pg_stat_get_tuples_updated(t.oid), pg_catalog.pg_stat_get_tuples_deleted(t.oid),
  coalesce(z.total, e.heap + e.toast + e.indexes), coalesce(z.heap, e.heap), coalesce(z.indexes, e.indexes),
  z.total is null,
  t.relpages::bigint, t.relallvisible::bigint,
  greatest(case when t.relfrozenxid <> '0' then pg_catalog.age(t.relfrozenxid) end,
    case when o.relfrozenxid <> '0' then pg_catalog.age(o.relfrozenxid) end, 0)::bigint,
  greatest(case when t.relminmxid <> '0' then pg_catalog.mxid_age(t.relminmxid) end,
    case when o.relminmxid <> '0' then pg_catalog.mxid_age(o.relminmxid) end, 0)::bigint,
  greatest(pg_catalog.pg_stat_get_last_vacuum_time(t.oid), pg_catalog.pg_stat_get_last_autovacuum_time(t.oid)),
  greatest(pg_catalog.pg_stat_get_last_analyze_time(t.oid), pg_catalog.pg_stat_get_last_autoanalyze_time(t.oid)),
  pg_catalog.pg_has_role(t.relowner, 'USAGE')
    or exists (select 1 from pg_catalog.pg_database d where d.datname = pg_catalog.current_database() and pg_catalog.pg_has_role(d.datdba, 'USAGE'))
    or case when pg_catalog.current_setting('server_version_num')::int >= 170000 then pg_catalog.has_table_privilege(t.oid, 'MAINTAIN') else false end
from tables t
left join sized z on z.oid = t.oid
left join pg_catalog.pg_class o on o.oid = t.reltoastrelid
cross join lateral (
  select t.relpages * t.block as heap, coalesce(o.relpages, 0) * t.block as toast,
    coalesce((select pg_catalog.sum(x.relpages) from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid where i.indrelid = t.oid), 0)::bigint * t.block as indexes
) e
order by 14 desc, 2, 3
