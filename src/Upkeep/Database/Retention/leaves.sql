with recursive tree as (
  select $1::int8::oid as oid
  union
  select i.inhrelid from pg_inherits i join tree t on t.oid = i.inhparent
)
select c.oid::int8, n.nspname, c.relname, c.relkind::text, c.reltuples::float8,
  (select array_agg(a.attname::text order by (a.attname = $2) desc, a.attnum) from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
  exists (select from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
    join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam
    where i.indrelid = c.oid and a.attname = $2 and i.indisvalid and i.indpred is null and m.amname = 'btree') as has_index,
  coalesce((select s.correlation::float8 from pg_stats s
    where s.schemaname = n.nspname and s.tablename = c.relname and s.attname = $2 and not s.inherited limit 1), 0) as correlation,
  (select count(*)::int from pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal and g.tgenabled <> 'D' and g.tgtype & 8 <> 0) as delete_triggers,
  pg_relation_size(c.oid) as bytes
from tree t join pg_class c on c.oid = t.oid join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'f')
order by n.nspname, c.relname
