import type { Fields, Ingested } from '../../model/log-record.ts';
import { cleanText } from '../formats/clean-text.ts';
import { isKnownLine } from '../formats/open-line.ts';
import { datedBy, distinctId, isObject } from '../ingested.ts';
import type { OpenOrigin, Opener } from '../ingested.ts';
import { parseJson } from '../json/json-text.ts';
import { looksLikeJson } from '../looks-like-json.ts';
import { timeOf } from '../../time/iso-time.ts';

/** The names under which exports, shippers and search engines keep the original event, the most specific first. */
const names = [
  'envelope',
  '_source',
  'event',
  'original',
  'detail',
  'record',
  'result',
  '_raw',
  '@message',
  'message',
  'log',
];

/** A search engine's hit holds its source, that the shipper's event, and that the line. */
const maxWrappings = 3;

/** Wrapped is the content of a wrapping: a value of a known shape, or a line of a known format. */
type Wrapped = { readonly time?: string } & (
  { readonly kind: 'value'; readonly value: Fields } | { readonly kind: 'line'; readonly text: string }
);

/**
 * createWrapping makes the shape of wrapped records. Only known content is taken out of its wrapping; any other object is a record by
 * itself. `isKnown` recognises the other shapes of the table.
 */
export function createWrapping(isKnown: (value: Fields) => boolean): {
  readonly recognise: (value: Fields) => boolean;
  readonly open: (value: Fields, origin: OpenOrigin, open: Opener) => Iterable<Ingested>;
} {
  const inside = (value: Fields, wrappings: number): Wrapped | undefined => {
    const time = timeOf(value);
    const dated = (found: Wrapped): Wrapped =>
      found.time !== undefined || time === undefined ? found : { ...found, time };
    for (const name of names) {
      const inner = Object.hasOwn(value, name) ? unpacked(value[name]) : undefined;
      if (isObject(inner)) {
        if (isKnown(inner)) return dated({ kind: 'value', value: inner });
        const further = wrappings < maxWrappings ? inside(inner, wrappings + 1) : undefined;
        if (further !== undefined) return dated(further);
      } else if (typeof inner === 'string' && isKnownLine(cleanText(inner), time))
        return dated({ kind: 'line', text: inner });
    }
    return undefined;
  };
  return {
    recognise: (value) => inside(value, 1) !== undefined,
    open: (value, origin, open) => {
      const found = inside(value, 1);
      if (found === undefined) return [];
      const surroundings = found.time === undefined ? origin : datedBy(origin, found.time);
      if (found.kind === 'value') return open.value(found.value, surroundings);
      // Equal lines in different wrappings are different records.
      return open.text(found.text, { ...surroundings, id: origin.id ?? distinctId([JSON.stringify(value)], origin) });
    },
  };
}

/** JSON in a text is what it says; a text that is too deep or no JSON stays one. */
function unpacked(value: unknown): unknown {
  if (typeof value !== 'string' || !looksLikeJson(value.trimStart())) return value;
  const parsed = parseJson(value);
  return parsed.ok ? parsed.value : value;
}
