-- Removes everything of ours and nothing of an extension's: what a dump brings back must not be there yet.
-- Each list is complete before the first of it goes, since what goes may take others along.
SET client_min_messages = warning;
DO $$
DECLARE statement text;
BEGIN
    FOREACH statement IN ARRAY ARRAY(
        SELECT format('DROP SCHEMA IF EXISTS %I CASCADE', nspname) FROM pg_namespace n
        WHERE nspname NOT LIKE 'pg\_%' AND nspname NOT IN ('information_schema', 'public')
          AND NOT EXISTS (SELECT FROM pg_depend
                          WHERE classid = 'pg_namespace'::regclass AND objid = n.oid AND deptype = 'e')
    ) LOOP EXECUTE statement; END LOOP;

    FOREACH statement IN ARRAY ARRAY(
        SELECT format('DROP %s IF EXISTS public.%I CASCADE',
                      CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, relname)
        FROM pg_class c
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
          AND NOT EXISTS (SELECT FROM pg_depend
                          WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
    ) LOOP EXECUTE statement; END LOOP;

    FOREACH statement IN ARRAY ARRAY(
        SELECT format('DROP SEQUENCE IF EXISTS public.%I CASCADE', relname) FROM pg_class c
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
          AND NOT EXISTS (SELECT FROM pg_depend
                          WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
    ) LOOP EXECUTE statement; END LOOP;

    FOREACH statement IN ARRAY ARRAY(
        SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure) FROM pg_proc p
        WHERE pronamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT FROM pg_depend
                          WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')
    ) LOOP EXECUTE statement; END LOOP;

    FOREACH statement IN ARRAY ARRAY(
        SELECT format('DROP TYPE IF EXISTS public.%I CASCADE', typname) FROM pg_type t
        WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd', 'c') AND typelem = 0
          AND NOT EXISTS (SELECT FROM pg_class WHERE oid = t.typrelid AND relkind <> 'c')
          AND NOT EXISTS (SELECT FROM pg_depend
                          WHERE classid = 'pg_type'::regclass AND objid = t.oid AND deptype = 'e')
    ) LOOP EXECUTE statement; END LOOP;
END $$;
