import { isUtf8 } from 'node:buffer';
import { failure } from '../ingested.ts';
import type { Opener, OpenOrigin } from '../ingested.ts';
import { createJsonScanner } from '../json/json-scanner.ts';
import type { JsonScanner } from '../json/json-scanner.ts';
import { explainJsonError, parseJson } from '../json/json-text.ts';
import { salvageJson } from '../json/salvage.ts';
import { createRowReader } from '../unwrap/rows.ts';
import type { ReadLimits } from './limits.ts';
import { add } from './output.ts';
import type { Output } from './output.ts';
import { createRepeatCounter } from './repeat-counter.ts';

/** JsonReaderOptions are what only the file's surroundings know. */
interface JsonReaderOptions {
  /** ISO 8601: when the file was written. */
  readonly time?: string;
  readonly onInvalidText?: (index: number) => void;
  /** Whether a person gave the file to a command. */
  readonly given: boolean;
}

/** createJsonReader opens each value of a JSON file as soon as its bytes are there. */
export function createJsonReader(
  path: string,
  open: Opener,
  output: Output,
  limits: ReadLimits,
  { time, onInvalidText, given }: JsonReaderOptions,
): JsonScanner {
  const surroundings: Omit<OpenOrigin, 'index'> = {
    path,
    nth: createRepeatCounter(),
    ...(time !== undefined && { time }),
    ...(given && { written: true }),
  };
  const rows = given ? createRowReader() : undefined;
  /** The events before the cut of a truncated answer are whole. */
  const salvage = (bytes: Buffer): boolean => {
    const whole = salvageJson(bytes.toString('utf8'));
    const parsed = whole === undefined ? undefined : parseJson(whole);
    if (parsed?.ok !== true) return false;
    const items = open.within(parsed.value, { ...surroundings, index: output.next });
    for (const item of items ?? []) add(output, item);
    return items !== undefined;
  };
  return createJsonScanner(
    {
      value: (bytes) => {
        const origin = { ...surroundings, index: output.next };
        if (onInvalidText !== undefined && !isUtf8(bytes)) onInvalidText(origin.index);
        let value: unknown;
        try {
          value = JSON.parse(bytes.toString('utf8'));
        } catch (error) {
          add(output, failure(origin, `not valid JSON: ${explainJsonError(error)}`));
          return;
        }
        const row = rows?.read(value);
        if (row === 'names') return;
        for (const item of open.value(row ?? value, origin)) add(output, item);
      },
      broken: (reason, rest) => {
        const read = given && rest !== undefined && salvage(rest());
        add(output, failure({ path, index: output.next }, reason));
        return read;
      },
    },
    limits,
  );
}
