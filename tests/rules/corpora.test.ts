import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { detectRecords } from '../../src/detect/detect.ts';
import { createBatchCorrelator } from '../../src/detect/correlation/batch-correlator.ts';
import { createDetector } from '../../src/detect/detector.ts';
import { loadRules } from '../../src/detect/load-rules.ts';
import { createRuleSet } from '../../src/detect/rule-set.ts';
import { readPaths } from '../../src/ingest/files/local-files.ts';

const root = path.resolve(import.meta.dirname, '../..');
const corpora = path.resolve(root, '../shared/corpora');
const ruleSet = createRuleSet((await loadRules([path.join(root, 'rules')])).ruleSet);

/** What the rules find in a file or folder: how often, by title. */
async function findingsIn(where: string): Promise<Readonly<Record<string, number>>> {
  const files = await readPaths([where], { stdin: (async function* () {})(), now: '2026-03-12T00:00:00.000Z' });
  const counts: Record<string, number> = {};
  const tally = await detectRecords(
    files.ingested,
    { detector: createDetector(ruleSet), correlator: createBatchCorrelator(ruleSet) },
    { finding: ({ rule }) => void (counts[rule.title] = (counts[rule.title] ?? 0) + 1) },
  );
  expect(tally.failed).toBe(0);
  expect(tally.records).toBeGreaterThan(0);
  return counts;
}

const stratus = path.join(corpora, 'stratus_red_team/raw');

/**
 * Each file is one attack as it really looks in CloudTrail, with its preparation and its cleaning up. An empty row is an
 * attack that these rules leave to others: most share something with one named account, or use a service as it is meant.
 */
const attacks: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'aws.credential-access.ec2-get-password-data': {},
  'aws.credential-access.ec2-steal-instance-credentials': {},
  'aws.credential-access.secretsmanager-batch-retrieve-secrets': { 'Secrets read in one batch by a filter': 5 },
  'aws.credential-access.secretsmanager-retrieve-secrets': { 'Many secrets read by one identity': 1 },
  'aws.credential-access.ssm-retrieve-securestring-parameters': {},
  'aws.defense-evasion.cloudtrail-delete': { 'CloudTrail stopped or deleted': 1 },
  'aws.defense-evasion.cloudtrail-event-selectors': { 'CloudTrail records less than before': 1 },
  'aws.defense-evasion.cloudtrail-stop': { 'CloudTrail stopped or deleted': 1 },
  'aws.defense-evasion.dns-delete-logs': { 'Network logs deleted': 1 },
  'aws.defense-evasion.organizations-leave': { 'Account left its organisation': 1 },
  'aws.defense-evasion.vpc-remove-flow-logs': { 'Network logs deleted': 1 },
  'aws.discovery.ec2-download-user-data': {},
  'aws.execution.ec2-launch-unusual-instances': {},
  'aws.execution.ec2-user-data': { 'Instance stopped or terminated by a person': 1 },
  'aws.execution.ssm-send-command': {},
  'aws.execution.ssm-start-session': {},
  'aws.exfiltration.ec2-security-group-open-port-22-ingress': {
    'Administration or database port opened to the world': 1,
  },
  'aws.exfiltration.ec2-share-ami': {},
  'aws.exfiltration.ec2-share-ebs-snapshot': {},
  'aws.exfiltration.rds-share-snapshot': {},
  'aws.impact.bedrock-invoke-model': {},
  'aws.initial-access.console-login-without-mfa': { 'Console sign-in without MFA': 1 },
  'aws.lateral-movement.ec2-instance-connect': {},
  'aws.lateral-movement.ec2-serial-console-send-ssh-public-key': {},
  'aws.persistence.iam-backdoor-role': {},
  'aws.persistence.iam-backdoor-user': { 'Access key created for another user': 1 },
  'aws.persistence.iam-create-admin-user': {
    'Access key created for another user': 1,
    'Administrator policy attached': 1,
  },
  'aws.persistence.iam-create-backdoor-role': { 'Administrator policy attached': 1 },
  'aws.persistence.iam-create-user-login-profile': { 'Console password set for another user': 1 },
  'aws.persistence.lambda-backdoor-function': {},
  'aws.persistence.lambda-layer-extension': {},
  'aws.persistence.lambda-overwrite-code': {},
  'aws.persistence.rolesanywhere-create-trust-anchor': {},
  'aws.persistence.sts-federation-token': {},
  'aws.privilege-escalation.iam-update-user-login-profile': { 'Console password set for another user': 1 },
};

(existsSync(stratus) ? describe : describe.skip)('attacks of Stratus Red Team', () => {
  test('all are listed', () => {
    expect(readdirSync(stratus).map((file) => file.replace(/\.json$/, ''))).toEqual(Object.keys(attacks).sort());
  });

  test.each(Object.entries(attacks))('%s', async (attack, expected) => {
    expect(await findingsIn(path.join(stratus, `${attack}.json`))).toEqual(expected);
  });
});

const invictus = path.join(corpora, 'invictus_aws_dataset/raw');

(existsSync(invictus) ? test : test.skip)('an account in which many attacks were tried in one hour', async () => {
  expect(await findingsIn(invictus)).toEqual({
    'Access key created for another user': 2,
    'Account left its organisation': 1,
    'Administration or database port opened to the world': 1,
    'Administrator policy attached': 2,
    'CloudTrail records less than before': 1,
    'CloudTrail stopped or deleted': 2,
    'CloudWatch log group or stream deleted': 1,
    'Console password set for another user': 2,
    'Console sign-in without MFA': 1,
    'Instance stopped or terminated by a person': 2,
    'Many secrets read by one identity': 2,
    'Network logs deleted': 1,
    'One identity was denied many roles': 1,
    'Table or database deleted': 1,
  });
});
