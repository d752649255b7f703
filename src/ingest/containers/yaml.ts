import { parseAllDocuments } from 'yaml';
import type { Ingested } from '../../model/log-record.ts';
import { readLogBytes } from '../files/read-log-stream.ts';
import type { Contained } from './container.ts';
import { wholeOf } from './whole.ts';
import { ReadError } from '../files/read-error.ts';

/** In bytes. YAML takes a hundred times as long to read as JSON, and no answer is larger. */
const maxBytes = 16 * 1024 * 1024;

/** How often a document may refer to parts of itself: beyond that, a small file could expand to a huge value. */
const maxAliasCount = 100;

/** readYaml reads each YAML document as the JSON value that it represents. A text that isn't valid YAML is read as text. */
export async function* readYaml({ path, bytes, options }: Contained): AsyncIterable<readonly Ingested[]> {
  const text = (await wholeOf(bytes, maxBytes, 'YAML')).toString('utf8');
  const values = documentsOf(text);
  if (values === undefined) yield readLogBytes(Buffer.from(text), path, options);
  else yield readLogBytes(Buffer.from(values.map((value) => JSON.stringify(value)).join('\n')), path, options);
}

function documentsOf(text: string): readonly unknown[] | undefined {
  const documents = parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: false });
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return undefined;
  try {
    const values = documents.map((document): unknown => document.toJS({ maxAliasCount }));
    return values.every((value) => typeof value === 'object' && value !== null) ? values : undefined;
  } catch (error) {
    throw new ReadError(`YAML that refers to itself too often (more than ${maxAliasCount} times)`, {
      cause: error,
    });
  }
}
