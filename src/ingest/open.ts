import type { Ingested } from '../model/log-record.ts';
import { failure, isObject, kindOf } from './ingested.ts';
import type { LogPlace, OpenOrigin, Opener } from './ingested.ts';
import { isDeeperValue, maxDepth } from './json/json-text.ts';
import { chooseOpener } from './log-sources.ts';
import type { LogSource } from './log-sources.ts';
import { openWrapped } from './open-wrapped.ts';
import { openText } from './open-text.ts';
import { answerShapes, shapes } from './shapes/index.ts';
import { openUnknown } from './shapes/unknown.ts';
import { createWrapping } from './shapes/wrapped.ts';
import { trailFileKind } from './files/trail-file-name.ts';
import { rowOfCells, rowOfPairs } from './unwrap/rows.ts';

/**
 * createOpener opens the content that a person gives to a command: values and texts by their shape, however they are wrapped, and
 * those of the places in `sources` as these say. Its `value` expects a value whose depth was checked. It never throws.
 */
export function createOpener(sources: readonly LogSource[] = []): Opener {
  return newOpener({ sources, deep: true, isTrail: ({ name }) => isNamedAsTrail(name) });
}

/** StagePlaces is what a function knows about its places that the configuration doesn't say. */
export interface StagePlaces {
  /** Tells the objects that CloudTrail delivers, by their path. */
  readonly isTrail?: (path: string) => boolean;
}

/**
 * createStageOpener opens the content that arrives in a stage. A place yields only what it is set to carry: records of AWS come from
 * the trail's files and from places whose row in `sources` says so. Unknown wrappings are not searched.
 */
export function createStageOpener(sources: readonly LogSource[], { isTrail }: StagePlaces = {}): Opener {
  return newOpener({ sources, deep: false, isTrail: ({ name }) => isTrail?.(name) === true });
}

interface Openings {
  readonly sources: readonly LogSource[];
  readonly deep: boolean;
  readonly isTrail: (place: LogPlace) => boolean;
}

function newOpener({ sources, deep, isTrail }: Openings): Opener {
  const places = new Map<string, Opener>();
  const detect: Opener = {
    deep,
    within: (value, origin) => (deep ? openWrapped(value, origin, detect) : undefined),
    configured: false,
    value: (value, origin) => openShape(value, origin, detect),
    text: (text, origin, context = {}) => openText(text, origin, context, detect),
    at: (place) => {
      const key = `${place.kind} ${place.name}`;
      const opener =
        places.get(key) ??
        chooseOpener(sources, place, detect, place.kind === 'path' && isTrail(place) ? 'trail-file' : 'unknown');
      if (places.size < rememberedPlaces) places.set(key, opener);
      return opener;
    },
  };
  return detect;
}

function isNamedAsTrail(path: string): boolean {
  const kind = trailFileKind(path);
  return kind === 'trail' || kind === 'insight';
}

/** A function reads few log groups. A command may read any number of files, each of them once. */
const rememberedPlaces = 1000;

/** standardOpener has no configuration: each text is read by its shape. */
export const standardOpener = createOpener();

/** openValue opens any parsed JSON value by its shape. An object of no known shape is a record of the product `unknown`. It never throws. */
export function* openValue(value: unknown, origin: OpenOrigin, open: Opener = standardOpener): Iterable<Ingested> {
  if (isDeeperValue(value)) yield failure(origin, `nested deeper than ${maxDepth} levels`);
  else yield* open.value(value, origin);
}

/** The wrappings of shippers that a stage opens too: a known name with a record of a known shape in it. */
const wrapping = createWrapping((value) => shapes.some(({ recognise }) => recognise(value)));

function openShape(value: unknown, origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  if (isObject(value)) {
    const table = open.deep ? answerShapes : shapes;
    const shape = table.find((row) => row.recognise(value));
    if (shape !== undefined) return shape.open(value, origin, open);
    if (open.deep) return open.within(value, origin) ?? [openUnknown(value, origin)];
    return wrapping.recognise(value) ? wrapping.open(value, origin, open) : [openUnknown(value, origin)];
  }
  if (Array.isArray(value)) return openArray(value, origin, open);
  const wrapped = typeof value === 'string' ? open.within(value, origin) : undefined;
  return wrapped ?? [failure(origin, `a record must be a JSON object, this is ${kindOf(value)}`)];
}

/** Opens each element by itself. The indexes of the results continue from the origin's. */
function* openArray(values: readonly unknown[], origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  const rows = open.deep ? openRow(values, origin, open) : undefined;
  if (rows !== undefined) {
    yield* rows;
    return;
  }
  let { index } = origin;
  for (const value of values) {
    for (const item of open.value(value, { ...origin, index })) {
      yield item;
      index++;
    }
  }
}

/** A list may be one row of an answer, each value with its name. Undefined unless the row yields a record. */
function openRow(values: readonly unknown[], origin: OpenOrigin, open: Opener): Iterable<Ingested> | undefined {
  const row = rowOfPairs(values) ?? rowOfCells(values);
  return row === undefined ? undefined : open.within(row, origin);
}
