import * as v from 'valibot';
import { hostName } from './address.ts';

/** ProbeSettingsError lists what is wrong with the settings of probes, each with its place. */
export class ProbeSettingsError extends Error {
  override readonly name = 'ProbeSettingsError';
}

// A function has five minutes for a run: ten endpoints at a time, each with two visits and its links.
const maxEndpoints = 50;
const maxTimeoutMs = 15_000;

const text = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(1_000));
const count = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
const status = count(100, 599);

const address = v.pipe(
  text,
  v.check((value) => URL.canParse(value), 'is not an address'),
  v.check((value) => {
    const url = parsed(value);
    return url === undefined || url.protocol === 'https:' || url.protocol === 'http:';
  }, 'must begin with https:// or http://'),
  v.check((value) => {
    const url = parsed(value);
    return url === undefined || (url.username === '' && url.password === '');
  }, 'must hold no name or password: findings show it'),
);

const endpointSchema = v.strictObject({
  /** What people call it; findings and rules do, too. */
  name: text,
  url: address,
  /** The statuses that are right; any of 200 to 299 unless given. */
  status: v.optional(v.pipe(v.union([status, v.pipe(v.array(status), v.minLength(1))]), v.transform(listOf))),
  /** A text that the body must hold. */
  contains: v.optional(text),
  /** What the JSON body must have at a path of names and positions with dots between: `checks.0.state`. */
  json: v.optional(v.strictObject({ path: text, equals: v.union([v.string(), v.number(), v.boolean(), v.null()]) })),
  /** From how many milliseconds on, to the answer's end, it is slow. */
  slowMs: v.optional(count(1, maxTimeoutMs), 3_000),
  timeoutMs: v.optional(count(100, maxTimeoutMs), 10_000),
  redirects: v.optional(count(0, 10), 5),
  /** Which of the page's links must work, one level deep. */
  links: v.optional(v.picklist(['none', 'same-host', 'all']), 'none'),
});

const settingsSchema = v.strictObject({
  /** Hosts that may stand for private addresses, and inner addresses that may be asked. Everything else must be public. */
  allow: v.optional(v.array(v.pipe(text, v.transform(hostName))), []),
  endpoints: v.pipe(
    v.optional(v.array(endpointSchema), []),
    v.maxLength(maxEndpoints, `has more than ${maxEndpoints} entries, too many for one run`),
    v.check(
      (endpoints) => new Set(endpoints.map(({ name }) => name)).size === endpoints.length,
      'has two entries of one name',
    ),
  ),
});

export type Endpoint = v.InferOutput<typeof endpointSchema>;
export type ProbeSettings = v.InferOutput<typeof settingsSchema>;

/**
 * parseProbes reads the `probes` section of the configuration; no section is no endpoints.
 * @throws {ProbeSettingsError} with everything that is wrong, unknown keys included.
 */
export function parseProbes(section: unknown): ProbeSettings {
  const parsedSection = v.safeParse(settingsSchema, section ?? {});
  if (parsedSection.success) return parsedSection.output;
  const problems = parsedSection.issues.map((issue) => `${v.getDotPath(issue) ?? 'probes'}: ${issue.message}`);
  throw new ProbeSettingsError(`probes: ${problems.join('; ')}`);
}

function parsed(value: string): URL | undefined {
  return URL.parse(value) ?? undefined;
}

function listOf(value: number | number[]): readonly number[] {
  return typeof value === 'number' ? [value] : value;
}
