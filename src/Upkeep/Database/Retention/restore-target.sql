select c.oid::int8, c.relkind::text,
  (select count(*)::int from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attname = any($3::text[])) as columns,
  exists (select from pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal and g.tgenabled in ('O', 'A') and g.tgtype & 4 <> 0) as insert_triggers,
  exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'f') as refers,
  (select rolsuper from pg_roles where rolname = current_user) as superuser
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p')
