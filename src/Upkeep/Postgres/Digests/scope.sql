-- Everything that holds rows, of every schema that isn't PostgreSQL's own. Sizes are estimates from the catalog, because
-- pg_table_size would wait for tables that someone has locked.
select c.oid, n.nspname, c.relname, c.relkind::text, e.extname,
  array(
    select quote_ident(a.attname) from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    order by a.attname collate "C") as columns,
  current_setting('block_size')::bigint * greatest(
    c.relpages + coalesce(t.relpages, 0), pg_stat_get_live_tuples(c.oid) / 50, 1)::bigint as bytes
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_class t on t.oid = c.reltoastrelid
left join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.objsubid = 0 and d.deptype = 'e'
left join pg_extension e on d.refclassid = 'pg_extension'::regclass and e.oid = d.refobjid
where c.relkind in ('r', 'm', 'f')
  and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
order by bytes desc, n.nspname collate "C", c.relname collate "C"
