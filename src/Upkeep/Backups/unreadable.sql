-- What pg_dump would stumble over as this role: one row per relation that it may not read whole.
select n.nspname, c.relname, c.relkind::text,
  not has_schema_privilege(n.oid, 'USAGE') as no_schema,
  not case c.relkind when 'S' then has_sequence_privilege(c.oid, 'SELECT') else has_table_privilege(c.oid, 'SELECT') end as no_select,
  row_security_active(c.oid) as rows_hidden
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'S') and c.relpersistence <> 't'
  and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
  and (not has_schema_privilege(n.oid, 'USAGE')
    or not case c.relkind when 'S' then has_sequence_privilege(c.oid, 'SELECT') else has_table_privilege(c.oid, 'SELECT') end
    or row_security_active(c.oid))
order by n.nspname collate "C", c.relname collate "C"
