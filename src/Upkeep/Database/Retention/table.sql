select c.oid::int8, c.relkind::text, c.relrowsecurity and not c.relforcerowsecurity and pg_get_userbyid(c.relowner) <> current_user or c.relforcerowsecurity as row_security,
  has_table_privilege(c.oid, 'SELECT') and has_table_privilege(c.oid, 'DELETE') as may_delete,
  has_table_privilege(c.oid, 'INSERT') as may_insert,
  (select format_type(a.atttypid, null) from pg_attribute a
    where a.attrelid = c.oid and a.attname = $3 and a.attnum > 0 and not a.attisdropped) as column_type
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and c.relname = $2
