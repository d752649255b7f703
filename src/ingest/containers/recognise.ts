import { isColumnName } from '../unwrap/rows.ts';
import { recordField } from '../shapes/spellings/field-names.ts';

/** ContainerKind names what a file's beginning says that it is. */
export type ContainerKind = 'csv' | 'parquet' | 'tar' | 'yaml' | 'zip';

/** containerKind recognises a container by its first bytes, and by its name where these leave it open; undefined for all else. */
export function containerKind(head: Buffer, path: string): ContainerKind | undefined {
  const first = head.subarray(0, 4);
  if (first.equals(zipMagic) || first.equals(emptyZipMagic)) return 'zip';
  if (first.equals(parquetMagic)) return 'parquet';
  if (head.subarray(257, 262).equals(tarMagic)) return 'tar';
  const text = beginning(head);
  if (text === undefined) return undefined;
  if (isCsv(text, path)) return 'csv';
  return isYaml(text, path) ? 'yaml' : undefined;
}

/** unreadableKind says which format a text has that isn't supported, and what to do; undefined for every other text. */
export function unreadableKind(head: Buffer): string | undefined {
  const text = beginning(head)?.trimStart();
  if (text === undefined) return undefined;
  return refusals.find(({ pattern }) => pattern.test(text))?.reason;
}

const refusals: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  {
    pattern: /^-{5,}\r?\n\|/,
    reason: 'a table of `aws --output table`: ask again with --output json',
  },
  { pattern: /^(?:<!DOCTYPE html|<html)/i, reason: 'an HTML page: download the log itself' },
  { pattern: /^(?:<\?xml|<results\b)/, reason: 'XML: export it as JSON or CSV' },
];

const zipMagic = Buffer.from([0x50, 0x4b, 0x03, 0x04]);
const emptyZipMagic = Buffer.from([0x50, 0x4b, 0x05, 0x06]);
const parquetMagic = Buffer.from('PAR1');
const tarMagic = Buffer.from('ustar');

/** A file's beginning as text; undefined for JSON and for binary content. */
function beginning(head: Buffer): string | undefined {
  const text = head.toString('utf8', 0, 16_384).replace(/^\uFEFF/, '');
  return /^\s*[{[]/.test(text) || text.includes('\0') ? undefined : text;
}

/** csvHeader gives the names of the columns and what separates them; undefined when the line isn't a header of a known table. */
export function csvHeader(text: string): { readonly names: readonly string[]; readonly delimiter: string } | undefined {
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line.length > 8_000 || line.includes('{')) return undefined;
  for (const delimiter of [',', ';', '\t', '|']) {
    const names = line.split(delimiter).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
    if (names.every((name) => name !== '' && name.length < 120) && names.some(isKnownColumn))
      return { names, delimiter };
  }
  return undefined;
}

/** A header of one column must be unmistakable: `message` may also begin a sentence. */
function isKnownColumn(name: string, _index: number, names: readonly string[]): boolean {
  return names.length > 1 ? isColumnName(name) : /^(?:@message|_raw|event)$/i.test(name);
}

function isCsv(text: string, path: string): boolean {
  return (
    csvHeader(text.trimStart()) !== undefined ||
    (/\.(?:csv|tsv)(?:\.gz)?$/i.test(path) && /^[^\n]*[,;\t][^\n]*\n/.test(text))
  );
}

/** Blocks of the AWS CLI's YAML and of `yq`: a list's or a map's first lines, with a key that an answer has. */
function isYaml(text: string, path: string): boolean {
  const lines = text.split(/\r?\n/, 12).filter((line) => line.trim() !== '' && !line.startsWith('#') && line !== '---');
  const [first = '', second = ''] = lines;
  if (/^- ['"][{[]/.test(first)) return true;
  const key = /^(?:- )?['"]?(@?[A-Za-z][\w.-]{0,60})['"]?:(?: |$)/.exec(first)?.[1];
  if (key === undefined) return false;
  const goesOn = second === '' || /^(?: +\S|- |['"]?@?[A-Za-z][\w.-]*['"]?:(?: |$))/.test(second);
  return goesOn && (/\.ya?ml(?:\.gz)?$/i.test(path) || answerKeys.has(key) || recordField(key) !== undefined);
}

/** How the answers of the CLI, and their elements, begin: in YAML, the keys of an element are in the order of their names. */
const answerKeys: ReadonlySet<string> = new Set([
  'Events',
  'events',
  'AccessKeyId',
  'CloudTrailEvent',
  'EventId',
  'eventId',
  'ingestionTime',
  'message',
  'Messages',
  'Body',
  'Records',
  'Data',
  'results',
  'field',
  'QueryResultRows',
  'ResultSet',
  'nextForwardToken',
  'nextBackwardToken',
  'NextToken',
  'nextToken',
  'encryptionKey',
  'queryLanguage',
  'searchedLogStreams',
]);
