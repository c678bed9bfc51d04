-- What belongs to the database of this session itself and is in no dump of its content: one row a statement, %s standing for the quoted
-- name of the database that is to have the same. Lists of names are stored quoted as they must be; other values are literals.
with live as (
  select * from pg_catalog.pg_database where datname = pg_catalog.current_database())
select statement from (
  select 1 as place, 'comment on database %s is ' || pg_catalog.quote_literal(pg_catalog.shobj_description(oid, 'pg_database')) as statement from live
  union all
  select 2, (case when s.setrole = 0 then 'alter database %s' else 'alter role ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(s.setrole)) || ' in database %s' end)
    || ' set ' || pg_catalog.quote_ident(setting.name) || ' to '
    || case when setting.name in ('search_path', 'temp_tablespaces', 'session_preload_libraries', 'local_preload_libraries') and setting.value <> ''
      then setting.value else pg_catalog.quote_literal(setting.value) end
  from live
  join pg_catalog.pg_db_role_setting s on s.setdatabase = live.oid
  cross join lateral pg_catalog.unnest(s.setconfig) entry
  cross join lateral (select pg_catalog.split_part(entry, '=', 1) as name, pg_catalog.substr(entry, pg_catalog.strpos(entry, '=') + 1) as value) setting
  union all
  select 3, 'revoke all on database %s from public, ' || pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(datdba)) from live where datacl is not null
  union all
  select 4, 'grant ' || a.privilege_type || ' on database %s to '
    || case when a.grantee = 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) end
    || case when a.is_grantable then ' with grant option' else '' end
  from live cross join lateral pg_catalog.aclexplode(live.datacl) a
  union all
  select 5, 'alter database %s connection limit ' || datconnlimit from live where datconnlimit <> -1
  union all
  select 6, 'alter database %s is_template true' from live where datistemplate) statements
where statement is not null
order by place, statement
