/**
 * RecordFinder knows what the beginning of a record looks like in the file at hand, to find the next one where the structure
 * is lost. It learns from the records that were whole: their first key, and the indentation of their line.
 */
export interface RecordFinder {
  /** Takes note of how the value at `at` begins. */
  see(buf: Buffer, at: number): void;
  /** Confirms that the value last seen was balanced, so that others probably begin like it. */
  confirm(): void;
  /**
   * The next place at or behind `from` that looks like a beginning, or -1. Linear over all calls for one buffer. `listed` says
   * that the records are elements of a list, where a brace at a line's start means nothing.
   */
  find(buf: Buffer, from: number, listed: boolean): number;
  /** How many bytes before a buffer's end may belong to a beginning that goes on in the next. */
  overlap(): number;
}

/** How far to look for a first key, or back for the line's start. */
const reach = 128;

/** Every CloudTrail record begins so, and every line of JSON lines. */
const defaults: readonly Needle[] = [
  needleOf(Buffer.from('{"eventVersion"')),
  { ...needleOf(Buffer.from('\n{')), unlisted: true },
];

/** In a file in which nothing is whole, every sighting would begin the search anew. */
const maxSightings = 8;

interface Needle {
  readonly bytes: Buffer;
  /** Only between values outside of lists. */
  readonly unlisted?: boolean;
  /** The last answer: the next hit at or behind `from` in `buf`. */
  buf?: Buffer;
  from: number;
  at: number;
}

/** createRecordFinder starts with the common beginnings: CloudTrail's first key, and a brace at the start of a line. */
export function createRecordFinder(): RecordFinder {
  let confirmed = false;
  let sightings = 0;
  let needles: readonly Needle[] = defaults.map((needle) => ({ ...needle }));

  const next = (needle: Needle, buf: Buffer, from: number): number => {
    if (needle.buf !== buf || from < needle.from || (needle.at !== -1 && needle.at < from)) {
      needle.buf = buf;
      needle.from = from;
      needle.at = buf.indexOf(needle.bytes, from);
    }
    return needle.at;
  };

  return {
    see: (buf, at) => {
      if (confirmed || sightings === maxSightings) return;
      sightings++;
      const key = /^\{\s*"[^"\\]+"/.exec(buf.toString('latin1', at, at + reach));
      const line = /\n[ \t]*$/.exec(buf.toString('latin1', Math.max(0, at - reach), at));
      const found = [key?.[0], line === null ? undefined : `${line[0]}{`].filter((text) => text !== undefined);
      needles = [
        ...found.map((text) => needleOf(Buffer.from(text, 'latin1'))),
        ...defaults.map((needle) => ({ ...needle })),
      ];
    },
    confirm: () => {
      confirmed = true;
    },
    find: (buf, from, listed) => {
      let first = -1;
      for (const needle of needles) {
        if (listed && needle.unlisted === true) continue;
        const at = next(needle, buf, from);
        if (at !== -1 && (first === -1 || at < first)) first = at;
      }
      return first;
    },
    overlap: () => Math.max(...needles.map(({ bytes }) => bytes.length)) - 1,
  };
}

function needleOf(bytes: Buffer): Needle {
  return { bytes, from: 0, at: -1 };
}
