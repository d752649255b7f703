import * as v from 'valibot';
import { logFormats } from '../ingest/log-formats.ts';
import type { LogSource } from '../ingest/log-sources.ts';
import type { DigestSettings } from '../health/digest.ts';
import type { SilenceSettings } from '../health/silence.ts';
import type { ReportSettings } from '../report/stage/schedule.ts';
import type { ProbeSettings } from '../probe/settings.ts';
import { wholePack, type RulePack } from '../model/rule-pack.ts';
import type { AccountBook } from '../model/account-book.ts';
import type {
  InhibitionSettings,
  ReceiverSettings,
  RouteTree,
  SuppressionSettings,
  TrialSettings,
} from '../notify/settings.ts';
import { receivers } from './receivers.ts';
import { layRoutes, routeTree } from './route.ts';
import { deployRoles, inhibitions, suppressions, trials, type Named } from './muting-policy.ts';
import { digest, silence } from './health.ts';
import { probes } from './probes.ts';
import { reports } from './reports.ts';
import { layRulePacks, rulePack } from './rule-pack.ts';
import { object, text } from './schema.ts';

/** Section is one top-level key of the configuration: its schema, and how one file's value is combined with an earlier file's. */
interface Section<T> {
  readonly schema: v.GenericSchema<unknown, T>;
  /** The value when no file has the key. */
  readonly none: T;
  over(base: T, own: T): T;
}

/** A record's log source in Sigma's words. */
const logsource = object({
  product: text(),
  service: v.optional(text()),
  category: v.optional(text()),
});

const patterns = v.union(
  [text(), v.pipe(v.array(text()), v.minLength(1))],
  'must be a pattern or a list of patterns, in which * stands for any characters',
);

const logSource = v.pipe(
  object({
    group: v.optional(patterns),
    path: v.optional(patterns),
    event: v.optional(patterns),
    format: v.picklist(logFormats, `must be one of ${logFormats.join(', ')}`),
    logsource: v.optional(logsource),
  }),
  v.check(
    ({ group, path, event }) => group !== undefined || path !== undefined || event !== undefined,
    'names no place: add a `group` (of CloudWatch Logs), a `path` (of a file or an S3 key) or an `event` (the source of events on a bus)',
  ),
  v.transform(({ group, path, event, format, logsource: source }): LogSource => {
    const { product, service, category } = source ?? {};
    return {
      groups: [group ?? []].flat(),
      paths: [path ?? []].flat(),
      ...(event !== undefined && { events: [event].flat() }),
      format,
      ...(product !== undefined && {
        source: {
          product,
          services: service === undefined ? [] : [service],
          ...(category !== undefined && { category }),
        },
      }),
    };
  }),
);

const placeholderValue = v.union([v.pipe(v.string(), v.minLength(1)), v.pipe(v.number(), v.transform(String))]);

/** The values of placeholders, by name; a list may be empty. */
const placeholders = v.record(
  v.pipe(v.string(), v.regex(/^[^%\\]+$/, 'not a placeholder name: leave out the %')),
  v.pipe(
    v.union([placeholderValue, v.array(placeholderValue)], 'must be a text or a list of texts'),
    v.transform((values): readonly string[] => [values].flat()),
  ),
  'must be a map of names to lists of texts',
);

/** A name, or a name and an owner. */
const account = v.lazy((given) =>
  typeof given === 'object' && given !== null
    ? object({ name: text(), owner: v.exactOptional(text()) })
    : v.pipe(
        text(),
        v.transform((name) => ({ name })),
      ),
);

/** Every section is a row. */
const sections = {
  /** The accounts' names and owners, by account ID. */
  accounts: section<AccountBook>({
    schema: v.record(
      v.pipe(v.string(), v.regex(/^\d{12}$/, 'not a 12-digit account ID; quote an ID that begins with 0')),
      account,
      'must be a map of account IDs to names',
    ),
    none: {},
    over: (base, own) => ({ ...base, ...own }),
  }),
  /** The id of the organization that the accounts belong to: rules then know whose access is foreign. */
  organization: section<string | undefined>({
    schema: v.pipe(v.string(), v.regex(/^o-[a-z0-9]{10,32}$/, 'must be the id of an organization, e.g. o-a1b2c3d4e5')),
    none: undefined,
    over: (_base, own) => own,
  }),
  /** How the logs of a place are read. A stage's own rows come first, and the first that fits decides. */
  logs: section<readonly LogSource[]>({
    schema: v.array(logSource, 'must be a list'),
    none: [],
    over: (base, own) => [...own, ...base],
  }),
  /** The values of `%name%` in rules with `expand`. A stage's list replaces one of the same name. */
  placeholders: section<Readonly<Record<string, readonly string[]>>>({
    schema: placeholders,
    none: {},
    over: (base, own) => ({ ...base, ...own }),
  }),
  /** Which rules are on, and what changes in them. A stage's lists replace lists, its levels and overrides those of the same rule. */
  rules: section<RulePack>({ schema: rulePack, none: wholePack, over: layRulePacks }),
  /** The endpoints that probes check. A stage's endpoint replaces one of the same name. */
  probes: section<ProbeSettings>({
    schema: probes,
    none: { allow: [], endpoints: [] },
    over: (base, own) => ({
      allow: [...base.allow, ...own.allow],
      endpoints: [
        ...base.endpoints.filter(({ name }) => !own.endpoints.some((other) => other.name === name)),
        ...own.endpoints,
      ],
    }),
  }),
  /** The receivers, by name. A stage's receiver replaces one of the same name. */
  receivers: section<Readonly<Record<string, ReceiverSettings>>>({
    schema: receivers,
    none: {},
    over: (base, own) => ({ ...base, ...own }),
  }),
  /** Which finding goes where. A stage's own routes come first, and replace those of the same name. */
  route: section<RouteTree>({ schema: routeTree, none: { routes: [] }, over: layRoutes }),
  /** Findings that notify nobody. A stage's suppression replaces one of the same name; `off` removes it. */
  suppressions: section<Named<SuppressionSettings>>({
    schema: suppressions,
    none: {},
    over: (base, own) => ({ ...base, ...own }),
  }),
  /** The roles that deploy: findings about them notify nobody up to medium. A stage's list replaces the other. */
  deployRoles: section<readonly string[]>({ schema: deployRoles, none: [], over: (_base, own) => own }),
  /** Which findings mute which. A stage's inhibition replaces one of the same name; `off` removes it. */
  inhibitions: section<Named<InhibitionSettings>>({
    schema: inhibitions,
    none: {},
    over: (base, own) => ({ ...base, ...own }),
  }),
  /** Rules on trial, which notify nobody. A stage's trial replaces one of the same name; `off` ends it. */
  trials: section<Named<TrialSettings>>({
    schema: trials,
    none: {},
    over: (base, own) => ({ ...base, ...own }),
  }),
  /** How long a source may be quiet. A stage's own rows come first, and the first that fits decides. */
  silence: section<readonly SilenceSettings[]>({
    schema: silence,
    none: [],
    over: (base, own) => [...own, ...base],
  }),
  /** When the daily digest is sent. */
  digest: section<DigestSettings | 'off'>({ schema: digest, none: 'off', over: (_base, own) => own }),
  /** Reports that a stage runs by itself. A stage's report replaces one of the same name; `off` removes it. */
  reports: section<Readonly<Record<string, ReportSettings | 'off'>>>({
    schema: reports,
    none: {},
    over: (base, own) => ({ ...base, ...own }),
  }),
} as const;

export type SectionName = keyof typeof sections;

/** Configuration is the decisions about a deployment, beside its parameters: checked, and complete with every section. */
export type Configuration = { readonly [Name in SectionName]: v.InferOutput<(typeof sections)[Name]['schema']> };

/** ConfigurationFile is the content of one file: any section may be absent or empty. */
export type ConfigurationFile = { readonly [Name in SectionName]?: Configuration[Name] | null };

/** configurationSchema checks one file. */
export const configurationSchema = object(
  Object.fromEntries(Object.entries(sections).map(([name, { schema }]) => [name, v.nullish(schema)])),
) as v.GenericSchema<unknown, ConfigurationFile>;

/** layConfigurations combines files: each adds to the files before it, and replaces their values. */
export function layConfigurations(files: readonly ConfigurationFile[]): Configuration {
  const laid = Object.entries(sections).map(([name, each]) => {
    const layers = files.map((file) => file[name as SectionName] ?? undefined).filter((layer) => layer !== undefined);
    // Each value passed the schema of its row.
    const row: Section<unknown> = each;
    return [name, layers.reduce((base, own) => row.over(base, own), row.none)];
  });
  return Object.fromEntries(laid) as Configuration;
}

function section<T>(row: Section<T>): Section<T> {
  return row;
}
