import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { folderOf, runRule } from './captured.ts';

const stopped = `title: Trail stopped
id: 0b5a2c1e-6d0e-4a53-9d2f-2f6f1d8f7f10
status: test
description: Somebody stopped a trail.
logsource: { product: aws, service: cloudtrail }
detection:
  call:
    eventSource: cloudtrail.amazonaws.com
    eventName: [StopLogging, DeleteTrail]
  denied:
    errorCode|exists: true
  condition: call and not denied
falsepositives: [planned work]
level: high
tags: [attack.t1562.008]
`;
const stoppedTest = `matches:
  - name: stopping a trail
    event: { eventSource: cloudtrail.amazonaws.com, eventName: StopLogging }
misses:
  - name: a denied attempt
    event: { eventSource: cloudtrail.amazonaws.com, eventName: StopLogging, errorCode: AccessDenied }
`;
const guessing = `title: Failed login
name: failed_login
logsource: { product: linux }
detection:
  failed: { outcome: failure }
  condition: failed
---
title: Guessing
name: guessing
correlation:
  type: event_count
  rules: [failed_login]
  group-by: [user]
  timespan: 1m
  condition: { gte: 2 }
level: high
`;

describe('check', () => {
  test('says what loads, and exits 0', async () => {
    const ran = await runRule(['check', '.'], folderOf({ 'a/stopped.yml': stopped, 'a/stopped.test.yml': 'no: rule' }));
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('✓ loaded  a/stopped.yml:1  Trail stopped (detection)');
    expect(ran.out).toContain('1 file, 1 document: 1 loaded, 0 refused; 0 errors, 0 warnings');
  });

  const broken = `${stopped}---\ntitle: Broken\nlogsource: { product: aws }\ndetection:\n  a: { x: 1 }\n  condition: a and selecton\n`;

  test('tells every error by its line, and goes on with the other documents', async () => {
    const ran = await runRule(
      ['check', 'rules'],
      folderOf({ 'rules/two.yml': broken, 'rules/yaml.yml': 'a: [', 'rules/ok.yml': guessing }),
    );
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/^rules\/two\.yml:21: error: condition: unknown search "selecton".* \[unknown-search\]$/m);
    expect(ran.out).toMatch(/^rules\/yaml\.yml:1: error: .* \[yaml\]$/m);
    expect(ran.out).toContain('✓ loaded  rules/two.yml:1  Trail stopped');
    expect(ran.out).toContain('✗ refused rules/two.yml:');
    expect(ran.out).toContain('3 files, 5 documents: 3 loaded, 2 refused; 2 errors');
  });

  test('--format json says the same to programs', async () => {
    const ran = await runRule(['check', 'two.yml', '--format', 'json'], folderOf({ 'two.yml': broken }));
    expect(JSON.parse(ran.out)).toMatchObject({
      summary: { files: 1, documents: 2, loaded: 1, refused: 1, errors: 1 },
      documents: [
        { path: 'two.yml', document: 1, title: 'Trail stopped', loaded: true },
        { path: 'two.yml', document: 2, loaded: false },
      ],
      problems: [{ path: 'two.yml', line: 21, severity: 'error', code: 'unknown-search' }],
    });
  });

  test('text from a rule file cannot steer the terminal', async () => {
    const ran = await runRule(
      ['check', 'a.yml'],
      folderOf({ 'a.yml': stopped.replace('Trail stopped', '"\\e[31mred\\u202e"') }),
    );
    expect(ran.out).toContain('\\u001b[31mred\\u202e');
  });

  test.each([
    ['a path that does not exist is wrong usage', ['check', 'gone'], 2],
    ['a folder without rules is not a success', ['check', '.'], 2],
  ])('%s', async (_, args, code) => {
    expect((await runRule(args, folderOf({ 'readme.txt': '' }))).code).toBe(code);
  });
});

test('placeholders come from the configuration, of check, lint, test and explain alike', async () => {
  const rule = stopped.replace('errorCode|exists: true', "userIdentity.userName|expand: '%deployers%'");
  const folder = folderOf({
    'a.yml': rule,
    'a.test.yml': stoppedTest.replace('errorCode: AccessDenied', 'userIdentity: { userName: ci-deploy }'),
    'own.yml': 'placeholders: { deployers: [ci-*] }',
  });
  const event =
    '{"eventSource":"cloudtrail.amazonaws.com","eventName":"StopLogging","userIdentity":{"userName":"eve"}}';
  const commands = [
    ['check', 'a.yml'],
    ['lint', 'a.yml', '--strict'],
    ['test', 'a.yml'],
    ['explain', 'a.yml', '-'],
  ];
  for (const command of commands) {
    const without = await runRule(command, folder, event);
    expect(without.code).toBe(1);
    expect(without.out + without.err).toContain('placeholder %deployers% has no values');
    expect(await runRule([...command, '--config', 'own.yml'], folder, event)).toMatchObject({ code: 0, err: '' });
  }
  expect((await runRule(['check', 'a.yml', '--config', 'gone.yml'], folder)).code).toBe(2);
});

describe('test', () => {
  test('passes, and lists what has no test', async () => {
    const folder = folderOf({ 'stopped.yml': stopped, 'stopped.test.yml': stoppedTest, 'guessing.yml': guessing });
    const ran = await runRule(['test', '.'], folder);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('✓ stopped.yml  2 cases');
    expect(ran.out).toContain('– guessing.yml  no guessing.test.yml');
    expect(ran.out).toContain('1 rule file tested, 2 cases: 2 passed, 0 failed; 1 rule file without a test');
    expect((await runRule(['test', '.', '--require-tests'], folder)).code).toBe(1);
    expect((await runRule(['test', 'stopped.test.yml', '--require-tests'], folder)).code).toBe(0);
  });

  test('a failure shows what matched and what did not', async () => {
    const wrong = stoppedTest.replace('eventName: StopLogging }', 'eventName: StartLogging }');
    const ran = await runRule(['test', 'a.yml'], folderOf({ 'a.yml': stopped, 'a.test.yml': wrong }));
    expect(ran.code).toBe(1);
    expect(ran.out).toBe(`✗ a.yml  2 cases
  ✗ a.test.yml:2: matches: stopping a trail
    "Trail stopped" missed the event
      ✗ all of
        ✓ eventSource is "cloudtrail.amazonaws.com"  seen: cloudtrail.amazonaws.com
        ✗ eventName is one of "StopLogging", "DeleteTrail"  seen: StartLogging
        ✓ not
          ✗ errorCode exists  the field is missing

1 rule file tested, 2 cases: 1 passed, 1 failed
`);
  });

  test.each([
    [
      'a test that can not be read',
      { 'a.yml': stopped, 'a.test.yml': 'matches: []\nmissess: []' },
      'unknown key "missess"',
    ],
    ['a rule that can not be loaded', { 'a.yml': 'title: x', 'a.test.yml': stoppedTest }, '[no-logic]'],
    [
      'an event file that is not there',
      { 'a.yml': stopped, 'a.test.yml': `${stoppedTest}  - name: x\n    file: gone.json\n` },
      'gone.json: it does not exist',
    ],
  ])('%s fails with its reason', async (_, files, reason) => {
    const ran = await runRule(['test', '.'], folderOf(files));
    expect(ran.code).toBe(1);
    expect(ran.out).toContain(reason);
  });

  test('a correlation may be about rules of other files, and events may stand in a file', async () => {
    const [base = '', correlation = ''] = guessing.split('---\n');
    const events = [1, 2].map((second) => ({ time: `2026-03-04T05:06:0${second}Z`, user: 'a', outcome: 'failure' }));
    const cases =
      'matches: [{ name: twice, file: data/twice.json, fires: 1 }]\nmisses: [{ name: once, events: [{ time: 2026-03-04T05:06:01Z, outcome: failure }] }]';
    const ran = await runRule(
      ['test', '.'],
      folderOf({
        'base.yml': base,
        'guessing.yml': correlation,
        'guessing.test.yml': cases,
        'data/twice.json': JSON.stringify(events),
      }),
    );
    expect(ran.out).toContain('✓ guessing.yml  2 cases');
    expect(ran.code).toBe(0);
  });
});

describe('explain', () => {
  const event = { eventSource: 'cloudtrail.amazonaws.com', eventName: 'DeleteTrail' };

  test('draws the condition as a tree, of an event on stdin', async () => {
    const ran = await runRule(['explain', 'a.yml', '-'], folderOf({ 'a.yml': stopped }), JSON.stringify(event));
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toBe(`Trail stopped: matches
  ✓ all of
    ✓ eventSource is "cloudtrail.amazonaws.com"  seen: cloudtrail.amazonaws.com
    ✓ eventName is one of "StopLogging", "DeleteTrail"  seen: DeleteTrail
    ✓ not
      ✗ errorCode exists  the field is missing
`);
  });

  test('finds a record of a log by its number, gunzipped', async () => {
    const record = (eventName: string, n: number): object => ({
      ...event,
      eventName,
      eventID: `id-${n}`,
      eventTime: '2026-03-04T05:06:07Z',
      eventVersion: '1.08',
    });
    const folder = folderOf({ 'a.yml': stopped });
    writeFileSync(
      join(folder, 'trail.json.gz'),
      gzipSync(JSON.stringify({ Records: [record('StartLogging', 0), record('StopLogging', 1)] })),
    );
    expect((await runRule(['explain', 'a.yml', 'trail.json.gz#0'], folder)).out).toContain('does not match');
    expect((await runRule(['explain', 'a.yml', 'trail.json.gz#1'], folder)).out).toContain('Trail stopped: matches');
    expect(await runRule(['explain', 'a.yml', 'trail.json.gz#2'], folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining('no record 2'),
    });
  });

  test('a list of many alternatives of one field is one line', async () => {
    const ports = `title: Ports\nlogsource: { product: any }\ndetection:\n  a: { port: [${Array.from({ length: 30 }, (_, n) => n).join(', ')}] }\n  condition: a\n`;
    const ran = await runRule(['explain', 'p.yml', '-'], folderOf({ 'p.yml': ports }), '{"port": 99}');
    expect(ran.out.split('\n').filter((line) => line.includes('port'))).toHaveLength(1);
  });

  test('explains the rules under a correlation, and --rule picks one', async () => {
    const folder = folderOf({ 'g.yml': guessing });
    const ran = await runRule(['explain', 'g.yml', '-'], folder, '{"outcome":"failure"}');
    expect(ran.out).toContain('Failed login: matches');
    expect(ran.out).toContain('Guessing: a correlation (event_count)');
    expect(
      (await runRule(['explain', 'g.yml', '-', '--rule', 'failed_login', '--format', 'json'], folder, '{}')).out,
    ).toContain('"matched": false');
    expect((await runRule(['explain', 'g.yml', '-', '--rule', 'other'], folder, '{}')).code).toBe(2);
  });

  test.each([
    ['an event that is not there', 'gone.json', ''],
    ['an event that is not JSON', '-', 'nonsense'],
    ['an event that is a number', '-', '5'],
    ['nothing', '-', ''],
  ])('%s is wrong usage, with the reason', async (_, name, stdin) => {
    const ran = await runRule(['explain', 'a.yml', name], folderOf({ 'a.yml': stopped }), stdin);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain(`${name}: `);
  });

  test('a rule that is refused says why', async () => {
    const ran = await runRule(['explain', 'a.yml', '-'], folderOf({ 'a.yml': 'title: x' }), '{}');
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('[no-logic]') });
  });
});

describe('lint', () => {
  const lintOf = async (detection: string, service = 'cloudtrail'): Promise<readonly string[]> => {
    const rule = stopped
      .replace(/detection:[^]*?falsepositives/, `detection:\n${detection.replaceAll(/^/gm, '  ')}\nfalsepositives`)
      .replace('service: cloudtrail', `service: ${service}`);
    const ran = await runRule(['lint', 'a.yml', '--format', 'json'], folderOf({ 'a.yml': rule }));
    expect(ran.code).toBe(0);
    return (
      JSON.parse(ran.out) as { problems: readonly { code: string; line: number; message: string }[] }
    ).problems.map(({ code, line, message }) => `${line} ${code}: ${message}`);
  };

  test.each([
    [
      'a field that CloudTrail has not',
      'a: { eventname: X }\ncondition: a',
      /^7 unknown-field: .*did you mean eventName\?$/,
    ],
    [
      'a misspelt part of a field',
      'a: { userIdentity.usrName: X }\ncondition: a',
      /userIdentity has no field "usrName"; did you mean userIdentity\.userName\?$/,
    ],
    [
      'a misspelt call',
      'a: { eventSource: iam.amazonaws.com, eventName: CreateAcessKey }\ncondition: a',
      /^7 unknown-event-name: iam has no call "CreateAcessKey"; did you mean CreateAccessKey\?$/,
    ],
    [
      "another service's call",
      'a: { eventSource: iam.amazonaws.com, eventName: RunInstances }\ncondition: a',
      /it belongs to ec2\.amazonaws\.com$/,
    ],
    [
      'a call that no service has',
      'a: { eventName: FrobnicateTheBucket }\ncondition: a',
      /no AWS service has a call "FrobnicateTheBucket"/,
    ],
    [
      'a wildcard that fits no call',
      'a: { eventSource: iam.amazonaws.com, eventName: Frob* }\ncondition: a',
      /iam has no call like "Frob\*"/,
    ],
    [
      'a call that is excluded and does not exist',
      'a: { eventSource: iam.amazonaws.com }\nb: { eventName: GetUsr }\ncondition: a and not b',
      /"GetUsr"/,
    ],
    [
      'a service that does not exist',
      'a: { eventSource: iamm.amazonaws.com }\ncondition: a',
      /no AWS service is known/,
    ],
    ['a source without its host', 'a: { eventSource: iam }\ncondition: a', /never occurs/],
    [
      'a long list of another service',
      'a: { eventSource: iam.amazonaws.com, eventName: [RunInstances, StopInstances, StartInstances, RebootInstances] }\ncondition: a',
      /"StartInstances" and 1 more of this list$/,
    ],
  ])('%s is told', async (_, detection, message) => {
    const found = await lintOf(detection);
    expect(found).toEqual([expect.stringMatching(message)]);
  });

  test.each([
    ['the right pair', 'a: { eventSource: iam.amazonaws.com, eventName: CreateUser }\ncondition: a'],
    ['another case', 'a: { eventSource: IAM.amazonaws.com, eventName: createuser }\ncondition: a'],
    [
      "Lambda's versions",
      'a: { eventSource: lambda.amazonaws.com, eventName: [CreateFunction20150331, UpdateFunctionCode20150331v2] }\ncondition: a',
    ],
    ['a sign-in', 'a: { eventSource: signin.amazonaws.com, eventName: ConsoleLogin }\ncondition: a'],
    [
      "S3's names",
      'a: { eventSource: s3.amazonaws.com, eventName: [PutBucketPublicAccessBlock, PutBucketLifecycle, PutBucketAcl] }\ncondition: a',
    ],
    [
      'what excludes a call of another source',
      'a: { eventSource: iam.amazonaws.com }\nb: { eventName: RunInstances }\ncondition: a and not b',
    ],
    [
      'pairs in alternatives',
      'a: { eventSource: iam.amazonaws.com, eventName: CreateUser }\nb: { eventSource: ec2.amazonaws.com, eventName: RunInstances }\ncondition: 1 of them',
    ],
    [
      'anything below parameters',
      'a: { requestParameters.anything.below: X, additionalEventData.MFAUsed: "No" }\ncondition: a',
    ],
  ])('%s: nothing to tell', async (_, detection) => {
    expect(await lintOf(detection)).toEqual([]);
  });

  test('a log source that nobody lists the fields of may have any', async () => {
    expect(await lintOf('a: { whatever: X, eventName: Nonsense }\ncondition: a', 'waf')).toEqual([]);
  });

  test('--strict fails, and errors are told with the rest', async () => {
    const folder = folderOf({ 'a.yml': guessing, 'b.yml': 'title: x' });
    const ran = await runRule(['lint', '.'], folder);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('b.yml:1: error:');
    expect(ran.out).toMatch(/a\.yml:1: warning: "Failed login" has no `level`.* \[missing-level\]/);
    expect((await runRule(['lint', '.', '--strict'], folder)).code).toBe(1);
  });
});

describe('eval', () => {
  const events = [
    { at: '2026-03-04T05:06:01Z', user: 'a', outcome: 'failure' },
    { at: '2026-03-04T05:06:02Z', user: 'b', outcome: 'success' },
    { at: '2026-03-04T05:06:03Z', user: 'a', outcome: 'failure' },
  ];
  const lines = events.map((event) => JSON.stringify(event)).join('\n');
  const wanted = [
    { rule: 'failed_login', record: 0, matched: true },
    { rule: 'failed_login', record: 1, matched: false },
    { rule: 'failed_login', record: 2, matched: true },
    { rule: 'guessing', group: { user: 'a' }, time: '2026-03-04T05:06:03.000Z', records: [0, 2], fired: true },
  ];
  const parsed = (out: string): readonly unknown[] =>
    out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);

  test.each([
    ['JSON lines', lines],
    ['JSON lines with a byte order mark and blank lines', `\uFEFF${lines.replaceAll('\n', '\r\n\n')}\n\n`],
    ['an array', JSON.stringify(events)],
    ['an array over several lines', JSON.stringify(events, undefined, 2)],
  ])('%s: a line for each rule and record, then one for each firing', async (_, stdin) => {
    const ran = await runRule(
      ['eval', 'g.yml', '--events', '-', '--time-field', 'at'],
      folderOf({ 'g.yml': guessing }),
      stdin,
    );
    expect(parsed(ran.out)).toEqual(wanted);
    expect(ran.code).toBe(0);
  });

  test('a rule is called by id, else by name, else by title', async () => {
    const untitled = 'title: Only a title\nlogsource: { product: any }\ndetection: { a: { x: 1 }, condition: a }\n';
    const ran = await runRule(
      ['eval', 'a.yml', '--events', 'e.json'],
      folderOf({ 'a.yml': `${stopped}---\n${untitled}`, 'e.json': '{\n  "x": 1\n}' }),
    );
    expect(parsed(ran.out)).toEqual([
      { rule: '0b5a2c1e-6d0e-4a53-9d2f-2f6f1d8f7f10', record: 0, matched: false },
      { rule: 'Only a title', record: 0, matched: true },
    ]);
  });

  test('what can not be read or dated is told, keeps its number, and the rest goes on', async () => {
    const stdin = `${JSON.stringify(events[0])}\nnonsense\n5\n{"outcome":"failure"}\n${JSON.stringify(events[2])}`;
    const ran = await runRule(
      ['eval', 'g.yml', '--events', '-', '--time-field', 'at'],
      folderOf({ 'g.yml': guessing }),
      stdin,
    );
    expect(ran.code).toBe(3);
    expect(parsed(ran.out).map((line) => (line as { record?: number; records?: number[] }).record ?? line)).toEqual([
      0,
      3,
      4,
      expect.objectContaining({ records: [0, 4] }),
    ]);
    expect(ran.err).toContain('record 1: not JSON');
    expect(ran.err).toContain('record 2: not a JSON object');
    expect(ran.err).toContain('record 3: no time in "at"');
  });

  test('what is no JSON is quoted without what steers a terminal', async () => {
    const ran = await runRule(
      ['eval', 'a.yml', '--events', '-'],
      folderOf({ 'a.yml': stopped }),
      '{}\n\u001b[2J\u0007\n',
    );
    expect(ran.code).toBe(3);
    expect(ran.err).toMatch(/^record 1: not JSON: .*\\u001b\[2J/);
    expect(ran.err).not.toMatch(/(?!\n)\p{Cc}/u);
  });

  test.each(['check', 'lint', 'test'])('%s of a folder without rules says so, and checked nothing', async (command) => {
    const ran = await runRule([command, '.'], folderOf({ 'README.md': '# Rules' }));
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('.: no rule file there (.yml)') });
  });

  test('a refused file exits 1 with the reason', async () => {
    const ran = await runRule(
      ['eval', 'a.yml', '--events', '-'],
      folderOf({ 'a.yml': stopped.replace('call and', 'cal and') }),
      '{}',
    );
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toMatch(/^a\.yml:12: error: .*unknown search "cal"/m);
  });

  test('a refused document does not hide the others of its file', async () => {
    const ran = await runRule(
      ['eval', 'a.yml', '--events', '-', '--time-field', 'at'],
      folderOf({ 'a.yml': `${guessing}---\n${stopped.replace('call and', 'cal and')}` }),
      lines,
    );
    expect(parsed(ran.out)).toEqual(wanted);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('unknown search "cal"') });
  });

  test('placeholders come from a file', async () => {
    const rule = stopped.replace('errorCode|exists: true', "userIdentity.userName|expand: '%admins%'");
    const folder = folderOf({ 'a.yml': rule, 'p.yml': 'admins: [alice, bob]', 'bad.yml': 'admins: [{}]' });
    const record = (userName: string): string =>
      JSON.stringify({ eventSource: 'cloudtrail.amazonaws.com', eventName: 'StopLogging', userIdentity: { userName } });
    const args = ['eval', 'a.yml', '--events', '-'];
    const ran = await runRule([...args, '--placeholders', 'p.yml'], folder, `${record('bob')}\n${record('eve')}`);
    expect(parsed(ran.out)).toMatchObject([{ matched: false }, { matched: true }]);
    expect(await runRule(args, folder, '{}')).toMatchObject({ code: 1, err: expect.stringContaining('admins') });
    expect((await runRule([...args, '--placeholders', 'bad.yml'], folder, '{}')).code).toBe(2);
  });

  const cases = '../shared/corpora/engine_conformance/cases.jsonl';
  (existsSync(cases) ? test : test.skip)('other engines agree: all of their tests', async () => {
    const read = readFileSync(cases, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    const agreed = read
      .map(
        (line) =>
          JSON.parse(line) as {
            rule: string;
            event: unknown;
            expected: number | string;
            agreesWithPySigma: boolean | null;
          },
      )
      .filter(({ agreesWithPySigma }) => agreesWithPySigma === true);
    expect(agreed).toHaveLength(115);
    for (const { rule, event, expected } of agreed) {
      const ran = await runRule(['eval', 'r.yml', '--events', '-'], folderOf({ 'r.yml': rule }), JSON.stringify(event));
      // The one that is refused has placeholders without values, and is to match nothing.
      expect(ran.code).toBe(rule.includes('|expand:') ? 1 : 0);
      const matched = parsed(ran.out).filter((line) => (line as { matched?: boolean }).matched === true).length;
      expect({ rule, matched: expected === '>=1' ? matched >= 1 : matched }).toEqual({
        rule,
        matched: expected === '>=1' ? true : expected,
      });
    }
  });
});
