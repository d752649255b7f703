import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { configurationSchema } from '../../../src/config/configuration.ts';
import { parseConfiguration } from '../../../src/config/load-configuration.ts';
import { labelNames } from '../../../src/notify/routing/labels.ts';
import { receiverKinds } from '../../../src/notify/receivers/receiver-table.ts';

/** schemas/config.schema.json is for editors; the loader decides. They must not contradict each other. */
const root = join(import.meta.dirname, '../../..');
const schema = JSON.parse(readFileSync(join(root, 'schemas/config.schema.json'), 'utf8')) as {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly $defs: {
    readonly labelName: { readonly enum: readonly string[] };
    readonly match: { readonly properties: Readonly<Record<string, unknown>> };
    readonly receiver: {
      readonly oneOf: readonly { readonly properties: { readonly kind: { readonly const: string } } }[];
    };
  };
};
const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, allowUnionTypes: true });
addFormats.default(ajv);
const validate = ajv.compile(schema);

function verdicts(yaml: string): { readonly loader: boolean; readonly editor: boolean } {
  // A file with nothing but comments says nothing: editors check no null either.
  return { loader: parseConfiguration(yaml, 'c.yml').problems.length === 0, editor: validate(parse(yaml) ?? {}) };
}

const route = (option: string): string => `route: { routes: [{ ${option} }] }`;
const receiver = (settings: string): string => `receivers: { a: { ${settings} } }`;
const suppression = (more: string): string =>
  `suppressions: { x: { match: { rule: a }, owner: me, reason: why, ${more} } }`;
const inhibition = (more: string): string =>
  `inhibitions: { x: { source: { rule: a }, target: { rule: b }, reason: c, ${more} } }`;
const endpoint = (more: string): string =>
  `probes: { endpoints: [{ name: a, url: 'https://x.example.com/', ${more} }] }`;

const accepted: readonly string[] = [
  '',
  'accounts:\nlogs:\nroute:\ntrials:',
  "accounts: { '111122223333': production }",
  "accounts: { '111122223333': { name: production, owner: ops@example.com } }",
  'logs: [{ group: /a, format: json }]',
  'logs: [{ path: [a, b], format: plain, logsource: { product: shop, service: orders } }]',
  "placeholders: { admins: [alice, 7], hosts: 'web-*', nobody: [] }",
  endpoint('status: [200, 204], json: { path: a.b, equals: null }, slowMs: 1, redirects: 0, links: all'),
  'probes: { allow: [localhost] }',
  receiver('kind: sns'),
  receiver('kind: sns, topicArn: "arn:aws-us-gov:sns:us-gov-west-1:111122223333:alerts"'),
  receiver('kind: slack-webhook'),
  receiver('kind: slack-webhook, address: /trailwatch/slack'),
  receiver("kind: slack-bot, token: 'secretsmanager:trailwatch/slack#token', channel: '#alerts'"),
  receiver('kind: slack-bot, token: ssm:trailwatch/slack, channel: C0123456789'),
  receiver('kind: teams, address: ssm:/trailwatch/teams'),
  receiver('kind: pagerduty, routingKey: /key, region: eu, autoResolve: true'),
  receiver("kind: webhook, address: 'https://siem.example.com/in', signingKey: /key"),
  receiver('kind: webhook, address: /address, signingKey: /key'),
  receiver("kind: gelf, address: 'http://localhost:12201/gelf', authorization: /header, gzip: false"),
  receiver('kind: security-hub'),
  receiver("kind: findings-bus, busArn: 'arn:aws:events:eu-west-1:444455556666:event-bus/security'"),
  'route: { receivers: none, groupBy: finding, throttle: off, quietHours: off }',
  route(
    "match: { level: ['>= high', low, '<medium'], address: [192.0.2.0/24, '2001:db8::/32'] }, receivers: [sns, slack]",
  ),
  route('except: { tag: a }, continue: true, routes: [{ name: b, receivers: none }]'),
  route('groupBy: [rule, account], groupWait: 30s, groupInterval: 1h, repeatInterval: 7d, throttle: 1000'),
  route('quietHours: { from: "22:00", to: "07:00", days: [sat, sun], timezone: Europe/Berlin, except: high }'),
  route('quietHours: { days: [sun], timezone: UTC }'),
  suppression('expires: never'),
  suppression('except: { account: b }, expires: 2026-12-31'),
  'suppressions: { aws-services: off }',
  'organization: o-a1b2c3d4e5',
  'organization:',
  'rules: {}',
  'rules: { enable: [{ tag: attack.t1078* }], disable: [{ area: [host, data], level: low }, { path: host/*.yml }] }',
  'rules: { overrides: { a: { learning: 0s } } }',
  'rules: { disable: [], levels: { a: low } }',
  'rules: { overrides: { a: { level: high, groupby: x, timespan: 15m, learning: 7d, condition: { gte: 1.5 } } } }',
  'deployRoles: []',
  'deployRoles: ci-deploy',
  "deployRoles: ['arn:aws:iam::111122223333:role/path/ci-*', 'arn:aws:sts::111122223333:assumed-role/ci/*', 'cdk-*']",
  inhibition('equal: [target], for: 30m'),
  inhibition('equal: [account, target]'),
  'inhibitions: { x: off }',
  'trials: { a: { rule: b, until: 2026-12-31 }, c: { rule: [d, e], until: 2026-12-31, owner: me }, f: 2026-12-31, g: off }',
  'silence: [{ source: /hosts/auth, quiet: 2h }, { path: [s3, logs], quiet: learned }, { quiet: off }]',
  "digest: { at: '07:00', timezone: UTC }",
  'digest: off',
];

const refused: readonly string[] = [
  'acounts: {}',
  'rules: { off: [] }',
  'rules: { enable: [] }',
  'rules: { disable: [{}] }',
  'rules: { disable: [{ folder: host }] }',
  'rules: { disable: [{ level: loud }] }',
  'rules: { disable: { area: host } }',
  'rules: { levels: { a: loud } }',
  'rules: { overrides: { a: {} } }',
  'rules: { overrides: { a: { timespan: 0s } } }',
  'rules: { overrides: { a: { timespan: soon } } }',
  'rules: { overrides: { a: { condition: {} } } }',
  'rules: { overrides: { a: { condition: { above: 1 } } } }',
  "rules: { overrides: { a: { condition: { gte: 'x' } } } }",
  'accounts: { a: b }',
  "accounts: { '111122223333': '' }",
  "accounts: { '111122223333': { owner: ops@example.com } }",
  "accounts: { '111122223333': { name: production, phone: none } }",
  'logs: [{ format: json }]',
  'logs: [{ group: /a, format: jsn }]',
  'logs: [{ group: [], format: json }]',
  'logs: [{ group: /a, format: json, logsource: { service: x } }]',
  "placeholders: { '%a%': b }",
  "placeholders: { a: '' }",
  endpoint('status: 99'),
  endpoint('links: some'),
  endpoint('color: red'),
  "probes: { endpoints: [{ name: a, url: 'ftp://x.example.com/' }] }",
  "probes: { endpoints: [{ name: a, url: 'https://u:p@x.example.com/' }] }",
  'receivers: { none: { kind: sns } }',
  'receivers: { trial: { kind: sns } }',
  'receivers: { canary: { kind: sns } }',
  'receivers: { A: { kind: sns } }',
  receiver('kind: pigeon'),
  receiver('topicArn: x'),
  receiver('kind: sns, topic: x'),
  receiver('kind: sns, topicArn: alerts'),
  receiver('kind: slack-webhook, address: "https://hooks.slack.com/x"'),
  receiver('kind: slack-bot, token: /a'),
  receiver("kind: slack-bot, token: /a, channel: 'alerts'"),
  receiver('kind: teams'),
  receiver('kind: pagerduty, routingKey: /a, region: asia'),
  receiver("kind: webhook, address: 'https://siem.example.com/in'"),
  receiver("kind: webhook, address: 'http://siem.example.com/in', signingKey: /key"),
  receiver("kind: webhook, address: 'https://user@siem.example.com/in', signingKey: /key"),
  receiver("kind: gelf, address: 'https://graylog.example.com', gzip: yes"),
  receiver('kind: security-hub, region: eu-west-1'),
  receiver('kind: findings-bus'),
  'route: { recievers: sns }',
  'route: { receivers: [] }',
  'route: { receivers: [none, sns] }',
  'route: { match: { level: low } }',
  route('reciever: none'),
  route('match: {}'),
  route('match: { severity: low }'),
  route('match: { level: hihg }'),
  route("match: { level: '>= ' }"),
  route('match: { rule: [] }'),
  route('match: { rule: 7 }'),
  route('continue: yes'),
  route('groupBy: rule'),
  route('groupBy: [user]'),
  route('groupBy: []'),
  route('groupBy: [rule, rule]'),
  route('groupWait: 30'),
  route('repeatInterval: 2w'),
  route('throttle: 0'),
  route('throttle: 1.5'),
  route('throttle: on'),
  route('quietHours: on'),
  route('quietHours: { from: "22:00", to: "07:00" }'),
  route('quietHours: { from: "24:00", to: "07:00", timezone: UTC }'),
  route('quietHours: { from: "22:00", timezone: UTC }'),
  route('quietHours: { timezone: UTC }'),
  route('quietHours: { days: [], timezone: UTC }'),
  route('quietHours: { days: [monday], timezone: UTC }'),
  route('quietHours: { days: [mon, tue, wed, thu, fri, sat, sun], timezone: UTC }'),
  route("quietHours: { days: [sun], timezone: '+01:00' }"),
  route('quietHours: { days: [sun], timezone: UTC, except: informational }'),
  suppression('expires: tomorrow'),
  suppression('expires: 2026-02-30'),
  suppression('expires: never, ower: me'),
  'suppressions: { x: { owner: a, reason: b, expires: never } }',
  'suppressions: { x: on }',
  'organization: a1b2c3d4e5',
  'organization: [o-a1b2c3d4e5]',
  "deployRoles: ['*']",
  'deployRoles: arn:aws:iam::111122223333:role/*',
  'deployRoles: arn:aws:iam::111122223333:user/deployer',
  'deployRoles: arn:aws:iam::1111:role/ci-deploy',
  'deployRoles: { a: b }',
  inhibition('equal: []'),
  inhibition('equal: [target, target]'),
  inhibition('for: 30m'),
  inhibition('equal: [target], for: 30'),
  'trials: { x: { rule: a } }',
  'trials: { x: never }',
  "trials: { x: { rule: '*', until: 2026-12-31 } }",
  "trials: { '**': 2026-12-31 }",
  'trials: { x: { rule: [], until: 2026-12-31 } }',
  'silence: [{ source: a }]',
  'silence: [{ path: sqs, quiet: off }]',
  "digest: { at: '7:00' }",
  'digest: on',
];

/** What only the loader can know: bounds of durations, time zones, networks, and what two keys say together. */
const refusedByLoaderAlone: readonly string[] = [
  route('groupWait: 2h'),
  route('repeatInterval: 8d'),
  inhibition('equal: [target], for: 7d'),
  route('quietHours: { days: [sun], timezone: Europe/Bonn }'),
  route('quietHours: { from: "22:00", to: "22:00", timezone: UTC }'),
  route('match: { address: 10.0.0.0/33 }'),
  'probes: { endpoints: [{ name: a, url: https://a.example.com }, { name: a, url: https://b.example.com }] }',
];

describe('the loader and the schema for editors', () => {
  test.each(accepted)('accept %s', (yaml) => {
    expect(verdicts(yaml)).toEqual({ loader: true, editor: true });
  });

  test.each(refused)('refuse %s', (yaml) => {
    expect(verdicts(yaml)).toEqual({ loader: false, editor: false });
  });

  test.each(refusedByLoaderAlone)('differ in %s, which only the loader can know', (yaml) => {
    expect(verdicts(yaml)).toEqual({ loader: false, editor: true });
  });

  test.each([...readdirSync(join(root, 'config')).map((name) => `config/${name}`), 'events/config.yml'])(
    'accept %s',
    (path) => {
      expect(verdicts(readFileSync(join(root, path), 'utf8'))).toEqual({ loader: true, editor: true });
    },
  );

  test('know the same sections, labels and kinds of receivers', () => {
    const sections = Object.keys((configurationSchema as unknown as { readonly entries: object }).entries);
    expect(Object.keys(schema.properties).toSorted()).toEqual(sections.toSorted());
    expect(schema.$defs.labelName.enum).toEqual(labelNames);
    expect(Object.keys(schema.$defs.match.properties)).toEqual(labelNames);
    expect(schema.$defs.receiver.oneOf.map(({ properties }) => properties.kind.const)).toEqual(
      Object.keys(receiverKinds),
    );
  });
});
