-- Everything that holds rows, of every schema that isn't PostgreSQL's own. Sizes are estimates from the catalog, because
-- pg_table_size would wait for tables that someone has locked. A domain counts as the type that it is made of; types and output
-- functions that aren't PostgreSQL's own are null: a role needs no right to use them when the server calls them itself. So is a function
-- for many types, where the column is a domain: the server doesn't look through that one.
with recursive made_of as (
  select oid, typbasetype as base from pg_type where typtype = 'd'
  union all
  select m.oid, t.typbasetype from made_of m join pg_type t on t.oid = m.base where t.typtype = 'd')
select c.oid, n.nspname, c.relname, c.relkind::text, e.extname,
  coalesce(a.names, '{}'), coalesce(a.types, '{}'), coalesce(a.outputs, '{}'),
  current_setting('block_size')::bigint * greatest(
    c.relpages + coalesce(t.relpages, 0), pg_stat_get_live_tuples(c.oid) / 50, 1)::bigint as bytes
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_class t on t.oid = c.reltoastrelid
left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.objsubid = 0 and d.deptype = 'e'
left join pg_extension e on d.refclassid = 'pg_extension'::regclass and e.oid = d.refobjid
left join lateral (
  select array_agg(a.attname::text order by a.attname collate "C") as names,
    array_agg(case when y.typnamespace = 'pg_catalog'::regnamespace then y.typname::text end order by a.attname collate "C") as types,
    array_agg(case when o.pronamespace = 'pg_catalog'::regnamespace and (m.oid is null or o.proargtypes[0] = y.oid) then o.proname::text end order by a.attname collate "C") as outputs
  from pg_attribute a
  left join (select m.oid, m.base from made_of m join pg_type t on t.oid = m.base where t.typtype <> 'd') m on m.oid = a.atttypid
  join pg_type y on y.oid = coalesce(m.base, a.atttypid)
  join pg_proc o on o.oid = y.typoutput
  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) a on true
where c.relkind in ('r', 'm', 'f')
  and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
order by bytes desc, n.nspname collate "C", c.relname collate "C"
