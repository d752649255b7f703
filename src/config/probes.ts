import * as v from 'valibot';
import { hostName } from '../probe/address.ts';
import { maxEndpoints, maxTimeoutMs, type Endpoint, type ProbeSettings } from '../probe/settings.ts';
import { object, text } from './schema.ts';

const url = v.pipe(
  text(),
  v.check((value) => URL.canParse(value), 'not a web address: write it whole, as https://www.example.com/health'),
  v.check(
    (value) => !URL.canParse(value) || /^https?:$/.test(new URL(value).protocol),
    'must begin with https:// or http://',
  ),
  v.check(
    (value) => !URL.canParse(value) || (new URL(value).username === '' && new URL(value).password === ''),
    'must not hold a user name or password, since findings show it',
  ),
);

const status = whole(100, 599);

const endpoint = v.pipe(
  object({
    name: text(),
    url,
    status: v.optional(
      v.union([status, v.pipe(v.array(status), v.minLength(1))], 'must be a status from 100 to 599, or a list of them'),
    ),
    contains: v.optional(text()),
    json: v.optional(
      object({
        path: text(),
        equals: v.union(
          [v.string(), v.number(), v.boolean(), v.null()],
          'must be a text, a number, true, false or null',
        ),
      }),
    ),
    slowMs: v.optional(whole(1, maxTimeoutMs), 3_000),
    timeoutMs: v.optional(whole(100, maxTimeoutMs), 10_000),
    redirects: v.optional(whole(0, 10), 5),
    links: v.optional(v.picklist(['none', 'same-host', 'all'], 'must be one of none, same-host, all'), 'none'),
  }),
  v.transform(({ status: statuses, contains, json, ...rest }): Endpoint => ({
    ...rest,
    ...(statuses !== undefined && { status: [statuses].flat() }),
    ...(contains !== undefined && { contains }),
    ...(json !== undefined && { json }),
  })),
);

/** probes is the section of the endpoints to check: `config/default.yml` describes it. */
export const probes: v.GenericSchema<unknown, ProbeSettings> = object({
  allow: v.optional(v.array(v.pipe(text(), v.transform(hostName)), 'must be a list of hosts and addresses'), []),
  endpoints: v.optional(
    v.pipe(
      v.array(endpoint, 'must be a list'),
      v.maxLength(maxEndpoints, `has more than ${maxEndpoints} entries, too many for one run`),
      v.check((all) => new Set(all.map(({ name }) => name)).size === all.length, 'has two entries of one name'),
    ),
    [],
  ),
});

function whole(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message));
}
