import type { LineFields } from './text-format.ts';

/** How far into a line its level and its status stand. */
const reach = 4096;

const names: Readonly<Record<string, string>> = {
  WARNING: 'WARN',
  ERR: 'ERROR',
  CRIT: 'CRITICAL',
  EMERG: 'EMERGENCY',
  PANIC: 'FATAL',
  SEVERE: 'ERROR',
};

const level =
  /(?:^|[\s[(<|"=:])(?:(TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|CRIT(?:ICAL)?|ALERT|EMERG(?:ENCY)?|FATAL|PANIC|SEVERE)(?=[\s\])>|":,/.]|$))/;
/** In small letters only where a bracket or a name says that it is a level: prose is full of `error` and `info`. */
const marked =
  /(?:\[(?:\w{1,32}:)?|\b(?:level|lvl|severity)["']?[=:] ?["']?)(trace|debug|info|notice|warn(?:ing)?|err(?:or)?|crit(?:ical)?|alert|emerg(?:ency)?|fatal|panic)\b/i;
const status =
  /(?:\bHTTP\/\d(?:\.\d)?"? |\bHTTP (?:status )?(?:code )?|\bstatus(?:[ _]?code)?["']?[ =:]{1,2}["']?|\bresponded (?:with )?|\breturned )([1-5]\d\d)(?!\d)/i;

/** plainFields reads what can be counted in any line: how severe it says it is, and an HTTP status. */
export function plainFields(line: string): LineFields {
  const text = line.length > reach ? line.slice(0, reach) : line;
  const fields: LineFields = {};
  const found = marked.exec(text.slice(0, 256))?.[1] ?? level.exec(text.slice(0, 256))?.[1];
  if (found !== undefined) fields['level'] = levelOf(found);
  const code = status.exec(text)?.[1];
  if (code !== undefined) fields['status'] = Number(code);
  return fields;
}

/** levelOf spells a level in one way: `WARN`, `ERROR`, … */
export function levelOf(name: string): string {
  const upper = name.toUpperCase();
  return names[upper] ?? upper;
}
