import * as v from 'valibot';
import { logFormats } from '../ingest/log-formats.ts';
import type { LogSource } from '../ingest/log-sources.ts';
import type { DigestSettings } from '../health/digest.ts';
import type { SilenceSettings } from '../health/silence.ts';
import type { ReportSettings } from '../report/stage/schedule.ts';
import type { ProbeSettings } from '../probe/settings.ts';
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
import { object, text } from './schema.ts';

/** Section is one top-level key of the configuration: what may stand there, and how a file is laid over one before it. */
interface Section<T> {
  readonly schema: v.GenericSchema<unknown, T>;
  /** What it is when no file has it. */
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
    'names no place: give it a `group` (of CloudWatch Logs), a `path` (of a file or an S3 key) or an `event` (the source of events on a bus)',
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

/** Placeholder names to what they stand for; a list may be empty as long as nobody belongs in it. */
const placeholders = v.record(
  v.pipe(v.string(), v.regex(/^[^%\\]+$/, 'is no name of a placeholder: leave the % out')),
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
  /** Account id → the name that people know it by, and who answers for it. */
  accounts: section<AccountBook>({
    schema: v.record(
      v.pipe(v.string(), v.regex(/^\d{12}$/, 'is no account id: twelve digits, in quotes if the first is 0')),
      account,
      'must be a map of account ids to names',
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
  /** What `%name%` stands for in rules that say `expand`. A stage's list takes the place of one of the same name. */
  placeholders: section<Readonly<Record<string, readonly string[]>>>({
    schema: placeholders,
    none: {},
    over: (base, own) => ({ ...base, ...own }),
  }),
  /** What is checked from outside. A stage's endpoint takes the place of one of the same name. */
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
  /** Where findings can go, by name. A stage's receiver takes the place of one of the same name. */
  receivers: section<Readonly<Record<string, ReceiverSettings>>>({
    schema: receivers,
    none: {},
    over: (base, own) => ({ ...base, ...own }),
  }),
  /** Which finding goes where. A stage's own routes come first, in the place of those of the same name. */
  route: section<RouteTree>({ schema: routeTree, none: { routes: [] }, over: layRoutes }),
  /** What nobody is told. A stage's suppression takes the place of one of the same name; `off` leaves it out. */
  suppressions: section<Named<SuppressionSettings>>({
    schema: suppressions,
    none: {},
    over: (base, own) => ({ ...base, ...own }),
  }),
  /** The roles that deploy, of which nobody is told what they do up to medium. A stage's list takes the place of the other. */
  deployRoles: section<readonly string[]>({ schema: deployRoles, none: [], over: (_base, own) => own }),
  /** Which findings mute which. A stage's inhibition takes the place of one of the same name; `off` leaves it out. */
  inhibitions: section<Named<InhibitionSettings>>({
    schema: inhibitions,
    none: {},
    over: (base, own) => ({ ...base, ...own }),
  }),
  /** Rules that tell nobody yet. A stage's trial takes the place of one of the same name; `off` ends it there. */
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
  /** When the daily digest is told. */
  digest: section<DigestSettings | 'off'>({ schema: digest, none: 'off', over: (_base, own) => own }),
  /** Which reports a stage runs by itself. A stage's takes the place of one of the same name; `off` leaves it out. */
  reports: section<Readonly<Record<string, ReportSettings | 'off'>>>({
    schema: reports,
    none: {},
    over: (base, own) => ({ ...base, ...own }),
  }),
} as const;

export type SectionName = keyof typeof sections;

/** Configuration is what people decide about a deployment, beside its parameters: checked, and with every section there. */
export type Configuration = { readonly [Name in SectionName]: v.InferOutput<(typeof sections)[Name]['schema']> };

/** ConfigurationFile is what one file says: any section may be absent, or be there with nothing in it. */
export type ConfigurationFile = { readonly [Name in SectionName]?: Configuration[Name] | null };

/** configurationSchema checks one file. */
export const configurationSchema = object(
  Object.fromEntries(Object.entries(sections).map(([name, { schema }]) => [name, v.nullish(schema)])),
) as v.GenericSchema<unknown, ConfigurationFile>;

/** layConfigurations lays files over each other, the first at the bottom. */
export function layConfigurations(files: readonly ConfigurationFile[]): Configuration {
  const laid = Object.entries(sections).map(([name, each]) => {
    const layers = files.map((file) => file[name as SectionName] ?? undefined).filter((layer) => layer !== undefined);
    // Each layer went through its own row's schema.
    const row: Section<unknown> = each;
    return [name, layers.reduce((base, own) => row.over(base, own), row.none)];
  });
  return Object.fromEntries(laid) as Configuration;
}

function section<T>(row: Section<T>): Section<T> {
  return row;
}
