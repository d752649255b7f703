import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { commandLine } from '../trailwatch.ts';

let folder = '';
let log = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailwatch-unfed-'));
  log = join(folder, 'auth.log');
  await writeFile(log, 'Mar 11 05:33:07 h1 sshd[8]: Failed password for root from 198.51.100.77 port 5 ssh2\n');
});

afterAll(() => rm(folder, { recursive: true }));

interface Rule {
  readonly logsource?: string;
  readonly detection?: string;
  readonly more?: string;
}

let files = 0;

async function ruleFile({
  logsource = 'product: aws, service: cloudtrail',
  detection = 'eventName: A',
  more = '',
}: Rule) {
  files += 1;
  const path = join(folder, `rule-${files}.yml`);
  await writeFile(
    path,
    `title: T\nid: 11111111-1111-4111-8111-${String(files).padStart(12, '0')}\nstatus: test\nlevel: high\n${more}` +
      `logsource: { ${logsource} }\ndetection:\n    sel:\n        ${detection.split('\n').join('\n        ')}\n    condition: sel\n`,
  );
  return path;
}

const iam = 'eventSource: iam.amazonaws.com\neventName: CreateUser\n';

describe('a warning', () => {
  test.each<[string, Rule, string]>([
    [
      'of a service that nothing yields, with the nearest',
      { logsource: 'product: aws, service: cloudtrial' },
      'product: aws, service: cloudtrial, so the rule never sees a record; did you mean service: cloudtrail?',
    ],
    [
      'of a product, with the one that has the service',
      { logsource: 'product: unix, service: sshd' },
      'did you mean product: linux?',
    ],
    ['of a service of another product', { logsource: 'product: aws, service: sshd' }, 'product: linux, service: sshd'],
    ['of a category', { logsource: 'category: webservers' }, 'nothing yields the log source category: webservers'],
    [
      'of an attribute a letter away',
      { more: 'runbok: Look at it.\n' },
      'nothing reads the attribute "runbok"; did you mean runbook?',
    ],
    [
      'of a place in a list',
      { detection: 'requestParameters.items[0].cidrIp: x' },
      'write requestParameters.items.cidrIp',
    ],
    [
      'of any place in a list',
      { detection: "'requestParameters.items[*].cidrIp': x" },
      'write requestParameters.items.cidrIp',
    ],
    [
      'of a number as a name',
      { detection: 'requestParameters.items.0.cidrIp: x' },
      'write requestParameters.items.cidrIp',
    ],
    ['of JSONPath', { detection: '$.userIdentity.type: x' }, 'write userIdentity.type'],
    ['of a JSON pointer', { detection: '/userIdentity/type: x' }, 'write userIdentity.type'],
    ['of a dot too many', { detection: 'userIdentity..type: x' }, 'write userIdentity.type'],
    ['of blanks in a path', { detection: 'userIdentity .type: x' }, 'write userIdentity.type'],
    ['of `all` on one value', { detection: 'userAgent|contains|all: x' }, '"all" with one value does nothing'],
    [
      'of a parameter that a call does not have',
      { detection: `${iam}requestParameters.usrName: x` },
      'CreateUser has no parameter "usrName"; did you mean userName?',
    ],
    [
      'of a parameter in other letters',
      {
        detection:
          'eventSource: rds.amazonaws.com\neventName: DeleteDBInstance\nrequestParameters.dbInstanceIdentifier: x',
      },
      'CloudTrail writes the parameter "dbInstanceIdentifier" of DeleteDBInstance as dBInstanceIdentifier',
    ],
    [
      'of a parameter that none of several calls has',
      {
        detection:
          'eventSource: iam.amazonaws.com\neventName:\n    - CreateUser\n    - CreateRole\nrequestParameters.instanceId: x',
      },
      'CreateUser or CreateRole has no parameter "instanceId"',
    ],
  ])('%s', async (_name, rule, message) => {
    const path = await ruleFile(rule);
    for (const command of ['check', 'lint', 'test']) {
      const { stdout, code } = await commandLine(['rule', command, path]);
      expect(stdout).toContain(message);
      expect(code).toBe(0);
    }
    const { stderr } = await commandLine(['scan', log, '--rules', path]);
    expect(stderr).toContain(message);
  });
});

test('a warning of a backslash before a placeholder, which tools read in two ways', async () => {
  const config = join(folder, 'placeholders.yml');
  await writeFile(config, 'placeholders:\n  who: [alice]\n');
  const path = await ruleFile({ detection: "userIdentity.arn|expand: 'user\\%who%'" });
  const { stdout, code } = await commandLine(['rule', 'check', path, '--config', config]);
  expect(stdout).toContain('the backslash stands for itself');
  expect(code).toBe(0);
});

describe('no warning', () => {
  test.each<[string, Rule]>([
    ['of an AWS service whose events go by its name', { logsource: 'product: aws, service: athena' }],
    ['of a product alone', { logsource: 'product: linux' }],
    ['of a category alone', { logsource: 'category: webserver' }],
    ['of an attribute of somebody’s own', { more: 'team: payments\n' }],
    ['of a number within a name', { logsource: 'product: linux, service: auditd', detection: 'a0: cat' }],
    ['of `all` on several values', { detection: 'userAgent|contains|all:\n    - a\n    - b' }],
    [
      'of a parameter of one of several calls',
      { detection: 'eventName:\n    - CreateUser\n    - CreateRole\nrequestParameters.roleName: x' },
    ],
    [
      'of a parameter of EC2, which CloudTrail names otherwise',
      {
        detection:
          'eventSource: ec2.amazonaws.com\neventName: RunInstances\nrequestParameters.instancesSet.items.imageId: x',
      },
    ],
    [
      'of a parameter of a call with a version',
      { detection: 'eventName: UpdateFunctionCode20150331v2\nrequestParameters.functionName: x' },
    ],
  ])('%s', async (_name, rule) => {
    const { stdout } = await commandLine(['rule', 'check', await ruleFile(rule)]);
    expect(stdout).toContain('0 errors, 0 warnings');
  });

  test('of a log source that a row of the configuration names', async () => {
    const config = join(folder, 'config.yml');
    await writeFile(
      config,
      'logs:\n  - path: orders/*.json\n    format: json\n    logsource: { product: shop, service: orders }\n',
    );
    const path = await ruleFile({ logsource: 'product: shop, service: orders' });
    expect((await commandLine(['rule', 'check', path])).stdout).toContain(
      'nothing yields the log source product: shop',
    );
    expect((await commandLine(['rule', 'check', path, '--config', config])).stdout).toContain('0 warnings');
  });

  test('of the own rules', async () => {
    const { stdout } = await commandLine(['rule', 'check', 'rules', '--quiet']);
    expect(stdout).toContain('0 errors, 0 warnings');
  });
});

test('a scan says a log source that many rules ask for once', async () => {
  const rules = await mkdtemp(join(folder, 'many-'));
  for (let n = 0; n < 5; n++) {
    await writeFile(
      join(rules, `r${n}.yml`),
      `title: T${n}\nid: 22222222-2222-4222-8222-00000000000${n}\nlogsource: { product: windows, service: security }\ndetection: { s: { a: b }, condition: s }\n`,
    );
  }
  const { stderr } = await commandLine(['scan', log, '--rules', rules]);
  expect(stderr.match(/nothing yields/g)).toHaveLength(1);
  expect(stderr).toContain('(and 4 more rules)');
});
