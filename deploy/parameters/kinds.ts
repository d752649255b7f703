/** Kind says what a parameter may be, and reads it from the text that `--param` or serverless.yml gives. */
export interface Kind<T> {
  /** What belongs there, as a message says it: `a whole number from 1 to 100`. */
  readonly expected: string;
  readonly read: (text: string) => Read<T>;
}

/** Read is a value, or the text that can't be one. */
type Read<T> = { readonly value: T } | { readonly got: string };

export type ValueOf<K> = K extends Kind<infer T> ? T : never;

/** oneOf accepts the named values and no others. */
export function oneOf<const T extends string>(...choices: readonly T[]): Kind<T> {
  return parsed(choices.join(choices.length === 2 ? ' or ' : ', '), (text) => choices.find((one) => one === text));
}

export const flag: Kind<boolean> = parsed('true or false', (text) =>
  text === 'true' || text === 'false' ? text === 'true' : undefined,
);

/** whole accepts a whole number within bounds, both included. */
export function whole(least: number, most: number): Kind<number> {
  return parsed(`a whole number from ${least} to ${most}`, (text) => {
    const value = Number(text);
    return /^\d{1,9}$/.test(text) && value >= least && value <= most ? value : undefined;
  });
}

/** matching accepts texts of a shape. */
export function matching(pattern: RegExp, expected: string): Kind<string> {
  return parsed(expected, (text) => (pattern.test(text) ? text : undefined));
}

/** optional reads an empty text as no value. */
export function optional<T>(kind: Kind<T>): Kind<T | undefined> {
  return {
    expected: `${kind.expected}, or nothing`,
    read: (text) => (text === '' ? { value: undefined } : kind.read(text)),
  };
}

/** list reads values that are separated by commas. */
export function list<T>(kind: Kind<T>): Kind<readonly T[]> {
  return {
    expected: kind.expected,
    read(text) {
      const parts = text.split(',').map((part) => part.trim());
      const values: T[] = [];
      for (const part of parts.filter((one) => one !== '')) {
        const read = kind.read(part);
        if ('got' in read) return read;
        values.push(read.value);
      }
      return { value: values };
    },
  };
}

/** parsed makes a kind of a function that gives undefined for a text that can't be read. */
export function parsed<T>(expected: string, parse: (text: string) => T | undefined): Kind<T> {
  return {
    expected,
    read(text) {
      const value = parse(text);
      return value === undefined ? { got: text } : { value };
    },
  };
}
