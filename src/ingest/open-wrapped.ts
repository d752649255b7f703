import type { Fields, Ingested } from '../model/log-record.ts';
import { datedBy, distinctId, isObject } from './ingested.ts';
import type { OpenOrigin, Opener } from './ingested.ts';
import { createRepeatCounter } from './files/repeat-counter.ts';
import { answerShapes } from './shapes/index.ts';
import { openUnknown } from './shapes/unknown.ts';
import { nearKey, nearTime } from './unwrap/near.ts';
import { unwrap } from './unwrap/unwrap.ts';
import type { Found } from './unwrap/unwrap.ts';

/** openWrapped opens the known records within a value of unknown shape, and the other items of their lists; undefined if there are none. */
export function openWrapped(value: unknown, origin: OpenOrigin, open: Opener): Iterable<Ingested> | undefined {
  const found = unwrap(value, { isKnown });
  return found.length === 0 ? undefined : openFound(found, origin, open);
}

function isKnown(value: Fields): boolean {
  return answerShapes.some(({ recognise }) => recognise(value));
}

function* openFound(found: readonly Found[], origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  let { index, nth = createRepeatCounter() } = origin;
  for (const one of found) {
    const time = nearTime(one.near);
    const here: OpenOrigin = { ...(time === undefined ? origin : datedBy(origin, time)), index, nth };
    const items =
      one.kind === 'text'
        ? openFoundText(one.text, nearKey(one.near), here, open)
        : openFoundValue(one.value, here, open);
    for (const item of items) {
      yield item;
      index++;
    }
  }
}

function openFoundText(text: string, key: string, origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  // Equal lines in different wrappings are different records.
  return open.text(text, { ...origin, id: origin.id ?? distinctId([key, text], origin) });
}

/** The search has looked through the other items already: an unknown one is a record by itself. */
function openFoundValue(value: unknown, origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  return isObject(value) && !isKnown(value) ? [openUnknown(value, origin)] : open.value(value, origin);
}
