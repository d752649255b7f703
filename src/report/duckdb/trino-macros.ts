/**
 * Trino's functions as DuckDB macros, so that a report's SQL runs unchanged on both. A macro replaces a DuckDB function that has the
 * same name and another meaning.
 * https://trino.io/docs/current/functions.html
 */
export const trinoMacros: readonly string[] = [
  // DuckDB counts unit boundaries between two times, Trino whole units.
  'CREATE MACRO date_diff(unit, a, b) AS date_sub(unit, a, b)',
  'CREATE MACRO from_iso8601_timestamp(text) AS CAST(text AS TIMESTAMPTZ)',
  'CREATE MACRO at_timezone(instant, zone) AS timezone(zone, instant)',
  'CREATE MACRO day_of_week(instant) AS isodow(instant)',
  // For text that is not JSON, Trino returns null, but DuckDB fails the query.
  'CREATE MACRO json_or_null(json) AS CASE WHEN json_valid(json) THEN json END',
  'CREATE MACRO json_extract(json, path) AS json_extract_path(json_or_null(json), path)',
  // For an object or array, Trino returns null, DuckDB its text.
  `CREATE MACRO json_extract_scalar(json, path) AS
     CASE WHEN json_type(json_or_null(json), path) IN ('OBJECT', 'ARRAY') THEN NULL
          ELSE json_extract_string(json_or_null(json), path) END`,
  'CREATE MACRO json_parse(text) AS CAST(text AS JSON)',
  'CREATE MACRO json_array_get(json, place) AS json_extract_path(json_or_null(json), place)',
  // For a value that is not an array, Trino returns null, DuckDB 0.
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
  // DuckDB hashes text as it is, and gives the hash in lower case.
  'CREATE MACRO to_utf8(text) AS text',
  'CREATE MACRO to_hex(hash) AS upper(hash)',
  'CREATE MACRO approx_distinct(value) AS count(DISTINCT value)',
];
