-- Statement statistics are worth having and never worth a failed deployment: a server without the package, or a role
-- without the right, goes on without them.
do $$
begin
  if exists (select from pg_available_extensions where name = 'pg_stat_statements') then
    create extension if not exists pg_stat_statements;
  end if;
exception when insufficient_privilege then
  raise notice 'pg_stat_statements not created: %', sqlerrm;
end
$$;
