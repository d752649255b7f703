import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { createJsonScanner } from '../../../../src/ingest/json/json-scanner.ts';
import { defaultLimits } from '../../../../src/ingest/files/limits.ts';
import { cpuMs } from '../../../support/cpu-time.ts';

interface Scanned {
  readonly values: readonly unknown[];
  readonly broken: readonly string[];
}

function scan(text: string | Buffer, cuts: readonly number[] = []): Scanned {
  const bytes = Buffer.from(text);
  const values: unknown[] = [];
  const broken: string[] = [];
  const sink = {
    value: (piece: Buffer) => {
      try {
        values.push(JSON.parse(piece.toString('utf8')));
      } catch {
        broken.push('not JSON');
      }
    },
    broken: (reason: string) => {
      broken.push(reason);
      return false;
    },
  };
  const scanner = createJsonScanner(sink, defaultLimits);
  let from = 0;
  for (const cut of [...cuts.map((at) => at % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    scanner.push(bytes.subarray(from, cut));
    from = cut;
  }
  scanner.end();
  return { values, broken };
}

const cuts = fc.array(fc.nat(), { maxLength: 20 });
/** Text that a scanner could take for structure. */
const tricky = fc.oneof(
  fc.string(),
  fc.constantFrom('"', '\\', '\\"', '{"', '}', ']', '},{"eventVersion"', '\u2028', 'é', '😀', '\\\\', '\n'),
);
/**
 * Without a backslash: V8 of Node 24 takes an escaped key for one that begins with a backslash when it met such a key before
 * (`JSON.parse('[{"\\\\":1},{"\\n":1}]')`), and the two parsings compared here meet keys in different orders.
 */
const key = fc
  .oneof(fc.string(), fc.constantFrom('Records', 'Events', 'a', '}', '{', 'é', '😀'))
  .filter((text) => !text.includes('\\'));
const json = fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' });
const record = fc.dictionary(key, fc.oneof(tricky, json), {
  maxKeys: 5,
});
/** A record whose first key is that of a list would be the list itself. */
const records = fc.array(
  record.map((fields) => ({ eventVersion: '1', ...fields })),
  { maxLength: 8 },
);
const layouts: Readonly<Record<string, (values: readonly unknown[], indent: string) => string>> = {
  'a trail file': (values, indent) => JSON.stringify({ Records: values }, undefined, indent),
  'a bare array': (values, indent) => JSON.stringify(values, undefined, indent),
  'JSON lines': (values) => values.map((value) => JSON.stringify(value)).join('\n'),
  'values without anything between': (values, indent) =>
    values.map((value) => JSON.stringify(value, undefined, indent)).join(''),
};
const indents = fc.constantFrom('', ' ', '\t', '    ');
const roundTrip = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('the scanner agrees with JSON.parse, however the bytes are cut', () => {
  test.each(Object.entries(layouts))('%s', (_name, layout) => {
    fc.assert(
      fc.property(records, indents, cuts, (values, indent, at) => {
        expect(scan(layout(values, indent), at)).toEqual({ values: roundTrip(values), broken: [] });
      }),
      { numRuns: 300 },
    );
  });

  test('single bytes', () => {
    const values = [
      { eventVersion: '1', s: '\\"}]{["\\u00e9😀' },
      { eventVersion: '2', a: [[], {}, [{}]] },
    ];
    for (const layout of Object.values(layouts)) {
      const text = layout(values, ' ');
      const every = Array.from({ length: Buffer.byteLength(text) }, (_, at) => at);
      expect(scan(text, every)).toEqual({ values, broken: [] });
    }
  });
});

test('a cut file gives a prefix of its records, and one failure', () => {
  fc.assert(
    fc.property(records, fc.nat(), cuts, (values, end, at) => {
      const bytes = Buffer.from(JSON.stringify({ Records: values }));
      const kept = 12 + (end % (bytes.length - 12));
      const found = scan(bytes.subarray(0, kept), at);
      const whole = roundTrip(values) as readonly unknown[];
      expect(found.values).toEqual(whole.slice(0, found.values.length));
      expect(found.broken).toHaveLength(1);
    }),
    { numRuns: 300 },
  );
});

test('one byte gone or wrong never costs more than its record and the next', () => {
  const values = Array.from({ length: 30 }, (_, i) => ({
    eventVersion: '1',
    eventID: `id-${i}`,
    nested: { list: [{ a: 'b' }, 1, null], text: 'x, "y"' },
  }));
  const bytes = Buffer.from(JSON.stringify({ Records: values }));
  fc.assert(
    fc.property(
      fc.integer({ min: 12, max: bytes.length - 1 }),
      fc.constantFrom(undefined, 0x22, 0x7b, 0x7d, 0x5b, 0x5d, 0x2c, 0x3a, 0x5c, 0x0a, 0x20),
      cuts,
      (at, byte, pieces) => {
        const hurt = Buffer.concat([
          bytes.subarray(0, at),
          byte === undefined ? Buffer.alloc(0) : Buffer.from([byte]),
          bytes.subarray(at + 1),
        ]);
        const seen = new Set(
          // A comma that became a bracket makes one list of all that follow: each element of it is opened as a record.
          scan(hurt, pieces)
            .values.flat()
            .map((value) => (value as { eventID?: unknown } | null)?.eventID),
        );
        expect(values.filter(({ eventID }) => !seen.has(eventID)).length).toBeLessThanOrEqual(2);
      },
    ),
    { numRuns: 2000 },
  );
});

test('random bytes with the look of JSON never throw, and take linear time', () => {
  const noise = fc.array(
    fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', '\n', ' ', 'a', '1', '{"eventVersion"', '{"Records":['),
    { maxLength: 400 },
  );
  fc.assert(
    fc.property(noise, cuts, (parts, at) => void scan(parts.join(''), at)),
    { numRuns: 1000 },
  );
  const started = cpuMs();
  for (const part of ['{"eventVersion"', '{"a":', '[{"a":"', '{"a"}', '\n{', '"', '{"eventVersion":{"a":[', '{"a":[}'])
    scan(part.repeat(100_000));
  expect(cpuMs() - started).toBeLessThan(10_000);
});
