select n.nspname, c.relname, s.seqincrement,
  case when has_sequence_privilege(c.oid, 'SELECT,USAGE') and has_schema_privilege(n.oid, 'USAGE') then pg_sequence_last_value(c.oid) end as last_value,
  has_sequence_privilege(c.oid, 'SELECT,USAGE') and has_schema_privilege(n.oid, 'USAGE') as readable
from pg_sequence s
join pg_class c on c.oid = s.seqrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
  and c.relpersistence <> 't'
  and not exists (
    select from pg_depend d
    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by n.nspname collate "C", c.relname collate "C"
