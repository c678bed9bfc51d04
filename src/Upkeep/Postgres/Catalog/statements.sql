-- $1: how many to read. Columns were renamed and added between versions of the extension, hence by way of JSON.
-- {schema} is where the extension lives. One row with no calls carries the totals, so that they come also with no statement.
with entries as materialized (
  select pg_catalog.to_jsonb(s) as j from {schema}.pg_stat_statements(false) s
  where s.dbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())
), seen as (
  select (j ->> 'queryid')::bigint as queryid, (j ->> 'userid')::bigint as userid, coalesce((j ->> 'toplevel')::boolean, true) as toplevel,
    (j ->> 'calls')::bigint as calls,
    coalesce(j ->> 'total_exec_time', j ->> 'total_time')::float8 as total,
    coalesce(j ->> 'stddev_exec_time', j ->> 'stddev_time')::float8 as stddev,
    coalesce(j ->> 'max_exec_time', j ->> 'max_time')::float8 as longest,
    (j ->> 'rows')::bigint as row_count, (j ->> 'shared_blks_hit')::bigint as hit, (j ->> 'shared_blks_read')::bigint as read
  from entries where j ->> 'queryid' is not null
)
(select 0::bigint, 0::bigint, true, 0::bigint, 0::float8, 0::float8, 0::float8, 0::bigint, 0::bigint, 0::bigint,
  (select pg_catalog.count(*) from entries where j ->> 'queryid' is null), (select pg_catalog.count(*) from seen))
union all
(select s.queryid, s.userid, s.toplevel, s.calls, s.total, s.stddev, s.longest, s.row_count, s.hit, s.read, 0, 0
  from seen s where s.calls > 0 order by s.total desc limit $1)
