import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formatsPlugin from 'ajv-formats';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { loadRules, ruleFilesOf } from '../../src/detect/load-rules.ts';
import { parseRuleTest } from '../../src/detect/rule-test/parse-rule-test.ts';
import { runRuleTest } from '../../src/detect/rule-test/run-rule-test.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, 'rules');
const files = await ruleFilesOf(folder);
const { ruleSet, problems } = await loadRules([folder]);
const rules = [...ruleSet.detections, ...ruleSet.correlations];
const nameOf = (file: string) => path.relative(folder, file).replace(/\.yml$/, '');
const testOf = (file: string) => file.replace(/\.yml$/, '.test.yml');

/** What Trailwatch promises to see, and the file that sees it. */
const promised = {
  'use of root': 'identity/root-activity',
  'console sign-in without MFA': 'identity/console-sign-in-without-mfa',
  'failed sign-ins, one by one': 'identity/console-sign-in-failed',
  'failed sign-ins, in numbers': 'identity/console-sign-in-brute-force',
  'a sign-in that follows failed ones': 'identity/console-sign-in-after-failures',
  'an access key for another user': 'identity/access-key-created-for-another-user',
  'a password for another user': 'identity/login-profile-created-for-another-user',
  'the administrator policy attached': 'identity/administrator-policy-attached',
  'an inline policy that allows everything': 'identity/inline-administrator-policy',
  "another user's MFA device taken away": 'identity/mfa-deactivated-for-another-user',
  'a role opened to anyone': 'identity/role-trust-opened-to-anyone',
  'a search for what is allowed': 'identity/denied-calls-of-many-kinds',
  'a search for roles': 'identity/role-guessing',
  'CloudTrail stopped or deleted': 'logging/cloudtrail-stopped-or-deleted',
  'CloudTrail narrowed': 'logging/cloudtrail-narrowed',
  'a denied attempt at auditing': 'logging/audit-tampering-denied',
  'a log group deleted': 'logging/log-group-deleted',
  'GuardDuty disabled': 'detection-services/guardduty-disabled',
  'Config stopped': 'detection-services/config-recorder-stopped',
  'CloudTrail Insights': 'detection-services/cloudtrail-insight',
  'a table deleted': 'data/table-deleted',
  'a bucket made public': 'data/bucket-made-public',
  'the public access block weakened': 'data/public-access-block-weakened',
  'a snapshot shared publicly': 'data/snapshot-shared-publicly',
  'a KMS key disabled or scheduled for deletion': 'data/kms-key-disabled-or-scheduled-for-deletion',
  'secrets read in bulk': 'data/secrets-read-in-bulk',
  'secrets read in batch': 'data/secrets-read-in-batch',
  'an account that leaves its organisation': 'identity/organization-left',
  'an administration port opened to the world': 'network/admin-port-open-to-world',
  'a security group opened to the world': 'network/security-group-open-to-world',
  'network logs deleted': 'network/network-logs-deleted',
  'instances stopped or terminated by a call': 'compute/instance-stopped-or-terminated',
  'instances stopped or terminated, by their state': 'compute/instance-state-ended',
  'instances stopped or terminated in numbers': 'compute/instances-ended-in-bulk',
  'an SSH login as root': 'host/ssh-root-login',
  'an SSH login of an invalid user': 'host/ssh-invalid-user',
  'SSH brute force': 'host/ssh-brute-force',
  'SSH brute force, slowly': 'host/ssh-slow-brute-force',
  'SSH logins under many names': 'host/ssh-password-spraying',
  'an SSH login after failed ones': 'host/ssh-login-after-failures',
  'a user created on a host': 'host/host-user-created',
  'an endpoint that is down': 'availability/endpoint-down',
  'an endpoint that is slow': 'availability/endpoint-slow',
  'an endpoint with a wrong body': 'availability/endpoint-body-wrong',
  'a certificate that ends soon': 'availability/certificate-ends-soon',
  'a certificate that ends now': 'availability/certificate-ends-now',
  'broken links on a page': 'availability/endpoint-broken-links',
  "GuardDuty's severe findings": 'detection-services/guardduty-severe-finding',
  "GuardDuty's findings": 'detection-services/guardduty-finding',
  "Security Hub's findings": 'detection-services/security-hub-finding',
  'credentials in public': 'identity/credentials-exposed',
  'abuse that AWS reports': 'identity/abuse-reported',
  'a log file deleted': 'logging/trail-file-deleted',
  'a CloudWatch alarm': 'availability/cloudwatch-alarm',
  'a build that fails': 'availability/build-failed',
  'a source that falls silent': 'pipeline/source-silent',
  'a trail that falls silent': 'pipeline/cloudtrail-silent',
} satisfies Readonly<Record<string, string>>;

/** Saying is an attribute that each of our rules has, and whether this rule has it. */
type Saying = readonly [wanted: string, given: boolean];

const missing = (sayings: readonly Saying[]): readonly string[] =>
  sayings.filter(([, given]) => !given).map(([wanted]) => wanted);

test('every rule loads without an error or a warning', () => {
  expect(problems).toEqual([]);
  expect(rules.length).toBeGreaterThanOrEqual(files.length);
});

test.each(Object.entries(promised))('%s has a rule', (_what, file) => {
  expect(files.map(nameOf)).toContain(file);
});

test('every id and every name is given once', () => {
  for (const given of [rules.map(({ meta }) => meta.id), rules.flatMap(({ meta }) => meta.name ?? [])]) {
    expect(given.filter((one, index) => given.indexOf(one) !== index)).toEqual([]);
  }
});

describe.each(rules.map((rule) => [`${nameOf(rule.path)}: ${rule.meta.title}`, rule] as const))('%s', (_name, rule) => {
  const { meta } = rule;

  test('says what a reader of the alert needs to know', () => {
    const sayings: readonly Saying[] = [
      [
        'id: a UUID of version 4',
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(meta.id ?? ''),
      ],
      ['author: Trailwatch', meta.author === 'Trailwatch'],
      ['date: a day, as 2026-03-02', /^\d{4}-\d\d-\d\d$/.test(meta.date ?? '')],
      ['status', meta.status !== undefined],
      ['level', meta.level !== undefined],
      ['description: more than 60 characters', (meta.description?.length ?? 0) > 60],
      ['references: one at least', meta.references.length > 0],
      ['references: https addresses only', meta.references.every((link) => link.startsWith('https://'))],
      ['falsepositives: one at least', meta.falsepositives.length > 0],
    ];
    expect(missing(sayings)).toEqual([]);
  });

  // Nobody attacks by letting a certificate end, and reports are none of anybody's doing.
  const wearsOut =
    /\/certificate-ends-|\/pipeline\/(?:canary|daily-digest|trial-ended|report-failed|report-filed)/.test(rule.path);
  (wearsOut ? test.skip : test)('names an ATT&CK technique in `tags`, as attack.t1078.004', () => {
    expect(meta.tags.some((tag) => /^attack\.t\d{4}(\.\d{3})?$/.test(tag))).toBe(true);
  });

  // A step of a correlation raises no findings: nobody is sent to act on it.
  if (!rule.generate) return;

  test('says what to do, and what makes two findings the same news', () => {
    const { runbook, groupby } = meta.custom;
    const sayings: readonly Saying[] = [
      ['runbook: more than 60 characters', typeof runbook === 'string' && runbook.length > 60],
      ['groupby: a list of fields', Array.isArray(groupby) && groupby.some((field) => typeof field === 'string')],
    ];
    expect(missing(sayings)).toEqual([]);
  });
});

describe.each(files.map((file) => [nameOf(file), file] as const))('%s', (_name, file) => {
  const read = parseRuleTest(readFileSync(testOf(file), 'utf8'), testOf(file), () => {
    throw new Error('events stand in the test itself');
  });

  test('is tested by two matches and three near misses at least', () => {
    expect(read.problems).toEqual([]);
    const cases = read.test?.cases ?? [];
    expect(cases.filter(({ expect: wanted }) => wanted === 'match').length).toBeGreaterThanOrEqual(2);
    expect(cases.filter(({ expect: wanted }) => wanted === 'miss').length).toBeGreaterThanOrEqual(3);
  });

  test('passes its test', async () => {
    const results = read.test === undefined ? [] : await runRuleTest(read.test, file, ruleSet);
    expect(results.filter(({ passed }) => !passed).map((result) => `${result.case.name}: ${result.reason}`)).toEqual(
      [],
    );
  });
});

const schemas = path.resolve(root, '../shared/corpora/sigma_spec_schema/json-schema');

(existsSync(schemas) ? describe : describe.skip)("Sigma's own JSON schemas accept", () => {
  const ajv = new Ajv2020({ strict: false });
  formatsPlugin.default(ajv);
  const compile = (name: string) => ajv.compile(JSON.parse(readFileSync(path.join(schemas, name), 'utf8')) as object);
  const detection = existsSync(schemas) ? compile('sigma-detection-rule-schema.json') : undefined;
  const correlation = existsSync(schemas) ? compile('sigma-correlation-rules-schema.json') : undefined;

  test.each(files.map((file) => [nameOf(file), file] as const))('%s', (_name, file) => {
    for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) {
      const rule = document.toJS() as Record<string, unknown>;
      const { correlation: meant } = rule as { readonly correlation?: { readonly type?: unknown } };
      // An extension of ours, which Sigma's schema doesn't know.
      if (meant?.type === 'first_seen') continue;
      const validate = meant === undefined ? detection : correlation;
      validate?.(rule);
      expect(validate?.errors ?? []).toEqual([]);
    }
  });
});
