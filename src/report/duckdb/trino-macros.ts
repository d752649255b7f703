/**
 * Trino's functions as DuckDB macros, so that a report's SQL runs on both unchanged. Where DuckDB has a function of the same name
 * and another meaning, the macro takes its place.
 * https://trino.io/docs/current/functions.html
 */
export const trinoMacros: readonly string[] = [
  // DuckDB counts the boundaries between two times, Trino the whole units.
  'CREATE MACRO date_diff(unit, a, b) AS date_sub(unit, a, b)',
  'CREATE MACRO from_iso8601_timestamp(text) AS CAST(text AS TIMESTAMPTZ)',
  'CREATE MACRO at_timezone(instant, zone) AS timezone(zone, instant)',
  'CREATE MACRO day_of_week(instant) AS isodow(instant)',
  // Of text that is no JSON, Trino says null, where DuckDB ends the query.
  'CREATE MACRO json_or_null(json) AS CASE WHEN json_valid(json) THEN json END',
  'CREATE MACRO json_extract(json, path) AS json_extract_path(json_or_null(json), path)',
  // An object or array is no scalar: there Trino says null, DuckDB its text.
  `CREATE MACRO json_extract_scalar(json, path) AS
     CASE WHEN json_type(json_or_null(json), path) IN ('OBJECT', 'ARRAY') THEN NULL
          ELSE json_extract_string(json_or_null(json), path) END`,
  'CREATE MACRO json_parse(text) AS CAST(text AS JSON)',
  'CREATE MACRO json_array_get(json, place) AS json_extract_path(json_or_null(json), place)',
  // Of what is no array Trino says null, DuckDB 0.
  `CREATE MACRO json_array_length(json) AS
     CASE WHEN json_type(json_or_null(json)) = 'ARRAY' THEN CAST(len(json_extract_path(json_or_null(json), '$[*]')) AS BIGINT) END`,
  'CREATE MACRO json_format(json) AS CAST(json AS VARCHAR)',
  'CREATE MACRO sequence(first, last) AS generate_series(first, last)',
  'CREATE MACRO array_join(list, separator) AS array_to_string(list, separator)',
  'CREATE MACRO cardinality(list) AS len(list)',
  'CREATE MACRO regexp_like(text, pattern) AS regexp_matches(text, pattern)',
  // Trino gives null where an array has no such place.
  'CREATE MACRO element_at(list, place) AS list[place]',
  'CREATE MACRO slice(list, first, length) AS list_slice(list, first, first + length - 1)',
  'CREATE MACRO approx_percentile(value, part) AS quantile_cont(value, part)',
  'CREATE MACRO approx_distinct(value) AS count(DISTINCT value)',
];
