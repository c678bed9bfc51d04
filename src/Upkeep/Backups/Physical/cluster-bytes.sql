-- What a copy of the whole server may take: every database whose size the role may ask for.
select coalesce(sum(pg_database_size(d.oid)), 0)::bigint
from pg_database d
where has_database_privilege(d.oid, 'CONNECT') or pg_has_role('pg_read_all_stats', 'MEMBER')
