/** Objects below this id came with the database; the public schema is looked at all the same. */
const firstOwnId = 16384
const foreignSchemas = "('pg_catalog', 'information_schema', 'pg_toast')"

const own = (catalogue: string, id: string) =>
  `${id} >= ${firstOwnId} AND NOT EXISTS (
    SELECT FROM pg_depend WHERE classid = '${catalogue}'::regclass AND objid = ${id} AND deptype = 'e')`

const grantsOf = (kind: string, identity: string, from: string, acl: string) => `
  SELECT format('grant %s on ${kind} %s to %s%s', string_agg(privilege_type, ', ' ORDER BY privilege_type), ${identity},
    CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END,
    CASE WHEN is_grantable THEN ' with grant option' ELSE '' END) AS line
  FROM ${from}, aclexplode(${acl}) AS acl(grantor, grantee, privilege_type, is_grantable)`

const schemas = `
  SELECT format('schema %I owner %I', nspname, pg_get_userbyid(nspowner)) AS line FROM pg_namespace
  WHERE nspname = 'public' OR (${own("pg_namespace", "oid")} AND nspname NOT LIKE 'pg\\_%')`

/** Everything there is, of whatever kind, by type and name: what a migration leaves behind shows here at the latest. */
const objects = `
  SELECT DISTINCT format('object %s %s', object.type, object.identity) AS line
  FROM pg_depend, pg_identify_object(classid, objid, 0) object
  WHERE objid >= ${firstOwnId} AND object.schema IS DISTINCT FROM 'pg_toast'
    AND object.identity NOT LIKE '%pg\\_toast%' AND object.identity NOT LIKE '%RI\\_ConstraintTrigger%'
    AND NOT EXISTS (SELECT FROM pg_depend member
      WHERE member.classid = pg_depend.classid AND member.objid = pg_depend.objid AND member.deptype = 'e')`

const relations = `
  SELECT format('relation %s kind %s owner %I persistence %s rls %s forced %s identity %s options %s partition %s %s parents %s',
    pg_class.oid::regclass, relkind, pg_get_userbyid(relowner), relpersistence, relrowsecurity, relforcerowsecurity,
    relreplident, reloptions, relispartition, pg_get_expr(relpartbound, pg_class.oid),
    (SELECT string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = pg_class.oid))
    || CASE WHEN relkind = 'p' THEN ' by ' || pg_get_partkeydef(pg_class.oid) ELSE '' END
    || CASE WHEN relkind IN ('v', 'm') THEN ' as ' || pg_get_viewdef(pg_class.oid) ELSE '' END AS line
  FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND ${own("pg_class", "pg_class.oid")}
    AND relnamespace::regnamespace::text NOT IN ${foreignSchemas}`

const columns = `
  SELECT format('column %s.%I at %s type %s collation %s%s%s%s default %s compression %s storage %s statistics %s', attrelid::regclass, attname,
    row_number() OVER (PARTITION BY attrelid ORDER BY attnum), format_type(atttypid, atttypmod),
    nullif(attcollation, 0)::regcollation, CASE WHEN attnotnull THEN ' not null' ELSE '' END,
    ' identity ' || nullif(attidentity::text, ''), ' generated ' || nullif(attgenerated::text, ''), pg_get_expr(adbin, adrelid),
    nullif(attcompression, ''), attstorage, attstattarget) AS line
  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND ${own("pg_class", "attrelid")}
    AND relnamespace::regnamespace::text NOT IN ${foreignSchemas}`

const constraints = `
  SELECT format('constraint %I on %s: %s%s', conname,
    CASE WHEN conrelid <> 0 THEN conrelid::regclass::text ELSE contypid::regtype::text END,
    pg_get_constraintdef(oid), CASE WHEN convalidated THEN '' ELSE ' (not validated)' END) AS line
  FROM pg_constraint WHERE ${own("pg_constraint", "oid")}`

const indexes = `
  SELECT format('index %s valid %s clustered %s identity %s', pg_get_indexdef(indexrelid), indisvalid, indisclustered,
    indisreplident) AS line
  FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
  WHERE ${own("pg_class", "indexrelid")} AND relnamespace::regnamespace::text NOT IN ${foreignSchemas}`

const sequences = `
  SELECT format('sequence %s owner %I type %s start %s increment %s from %s to %s cache %s cycle %s', seqrelid::regclass,
    pg_get_userbyid(relowner), seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle) AS line
  FROM pg_sequence JOIN pg_class ON pg_class.oid = seqrelid WHERE ${own("pg_class", "seqrelid")}`

const policies = `
  SELECT format('policy %I on %s command %s permissive %s to %s using %s with check %s', polname, polrelid::regclass,
    polcmd, polpermissive,
    (SELECT string_agg(CASE WHEN role = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(role)::text END, ', ' ORDER BY role)
      FROM unnest(polroles) role),
    pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) AS line
  FROM pg_policy`

const functions = `
  SELECT format('function %s kind %s owner %I %s', pg_proc.oid::regprocedure, prokind, pg_get_userbyid(proowner),
    CASE WHEN prokind <> 'a' THEN pg_get_functiondef(pg_proc.oid) END) AS line
  FROM pg_proc WHERE ${own("pg_proc", "pg_proc.oid")}`

const triggers = `
  SELECT format('trigger %s enabled %s', pg_get_triggerdef(oid), tgenabled) AS line
  FROM pg_trigger WHERE NOT tgisinternal`

const rules = `
  SELECT format('rule %s enabled %s', pg_get_ruledef(oid), ev_enabled) AS line
  FROM pg_rewrite WHERE rulename <> '_RETURN' AND ${own("pg_rewrite", "oid")}`

const types = `
  SELECT format('type %s kind %s owner %I base %s not null %s default %s labels %s', pg_type.oid::regtype, typtype,
    pg_get_userbyid(typowner), nullif(typbasetype, 0)::regtype, typnotnull, typdefault,
    (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = pg_type.oid)
  ) AS line
  FROM pg_type WHERE typtype IN ('d', 'e', 'r') AND ${own("pg_type", "pg_type.oid")}`

const statistics = `
  SELECT format('statistics %s', pg_get_statisticsobjdef(oid)) AS line
  FROM pg_statistic_ext WHERE ${own("pg_statistic_ext", "oid")}`

const extensions = `
  SELECT format('extension %I version %s in %s', extname, extversion, extnamespace::regnamespace) AS line
  FROM pg_extension WHERE oid >= ${firstOwnId}`

const grants = [
  `${grantsOf("schema", "nspname", "pg_namespace", "coalesce(nspacl, acldefault('n', nspowner))")}
   WHERE nspname = 'public' OR (${own("pg_namespace", "pg_namespace.oid")} AND nspname NOT LIKE 'pg\\_%')
   GROUP BY nspname, grantee, is_grantable`,
  `${grantsOf(
    "relation",
    "pg_class.oid::regclass",
    "pg_class",
    "coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\", relowner))"
  )}
   WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND ${own("pg_class", "pg_class.oid")}
     AND relnamespace::regnamespace::text NOT IN ${foreignSchemas}
   GROUP BY pg_class.oid, grantee, is_grantable`,
  `${grantsOf("column", "format('%s.%I', attrelid::regclass, attname)", "pg_attribute", "attacl")}
   WHERE NOT attisdropped AND ${own("pg_class", "attrelid")} GROUP BY attrelid, attname, grantee, is_grantable`,
  `${grantsOf("function", "pg_proc.oid::regprocedure", "pg_proc", "coalesce(proacl, acldefault('f', proowner))")}
   WHERE ${own("pg_proc", "pg_proc.oid")} GROUP BY pg_proc.oid, grantee, is_grantable`,
  `${grantsOf("type", "pg_type.oid::regtype", "pg_type", "coalesce(typacl, acldefault('T', typowner))")}
   WHERE typtype IN ('d', 'e', 'r') AND ${own("pg_type", "pg_type.oid")} GROUP BY pg_type.oid, grantee, is_grantable`,
  `${grantsOf(
    "future",
    "format('%s of %I in %s', defaclobjtype, pg_get_userbyid(defaclrole), nullif(defaclnamespace, 0)::regnamespace)",
    "pg_default_acl",
    "defaclacl"
  )}
   GROUP BY defaclobjtype, defaclrole, defaclnamespace, grantee, is_grantable`
]

const comments = `
  SELECT format('comment on %s %s: %s', object.type, object.identity, description) AS line
  FROM pg_description, pg_identify_object(classoid, objoid, objsubid) object
  WHERE (objoid >= ${firstOwnId} OR (classoid = 'pg_namespace'::regclass AND objoid = 'public'::regnamespace))
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = classoid AND objid = objoid AND deptype = 'e')`

const databaseSettings = `
  SELECT format('setting %s for %s', setting, CASE WHEN setrole = 0 THEN 'everybody' ELSE pg_get_userbyid(setrole)::text END)
    AS line
  FROM pg_db_role_setting, unnest(setconfig) setting
  WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())`

/** Each gives rows with one column, `line`. They read the catalogue with the names that PostgreSQL itself prints. */
export const schemaQueries: ReadonlyArray<string> = [
  schemas,
  objects,
  relations,
  columns,
  constraints,
  indexes,
  sequences,
  policies,
  functions,
  triggers,
  rules,
  types,
  statistics,
  extensions,
  ...grants,
  comments,
  databaseSettings
]
