import { expect, test } from '@jest/globals';
import { trailFileKind, trailFileTime } from '../../../../src/ingest/files/trail-file-name.ts';

const folder = (kind: string) => `AWSLogs/111122223333/${kind}/us-east-1/2026/03/01`;

test.each([
  [`${folder('CloudTrail')}/111122223333_CloudTrail_us-east-1_20260301T1005Z_0123456789abcdef.json.gz`, 'trail'],
  [
    'AWSLogs/o-exampleorg/111122223333/CloudTrail/us-east-1/2026/03/01/111122223333_CloudTrail_us-east-1_20260301T1005Z_x.json.gz',
    'trail',
  ],
  ['218007301253_CloudTrail_us-east-1_20230710T1220Z_WMiHxZgr5Hdd6UDc.json', 'trail'],
  [
    `prefix/${folder('CloudTrail-Insight')}/111122223333_CloudTrail-Insight_us-east-1_20260301T1005Z_x.json.gz`,
    'insight',
  ],
  [
    `${folder('CloudTrail-Digest')}/111122223333_CloudTrail-Digest_us-east-1_trail_us-east-1_20260301T100131Z.json.gz`,
    'digest',
  ],
  [`${folder('CloudTrail-NetworkActivity')}/anything.json.gz`, 'trail'],
  [`${folder('CloudTrail')}/renamed.json`, 'trail'],
  [`${folder('CloudTrail')}/notes.txt`, 'unknown'],
  [`${folder('vpcflowlogs')}/111122223333_vpcflowlogs_us-east-1_fl-1_20260301T1005Z_x.log.gz`, 'unknown'],
  [`${folder('Config')}/111122223333_Config_us-east-1_ConfigHistory_20260301T1005Z.json.gz`, 'config'],
  [
    'AWSLogs/o-exampleorg/111122223333/Config/us-east-1/2026/3/1/ConfigSnapshot/111122223333_Config_us-east-1_ConfigSnapshot_20260301T100500Z_4f1d.json.gz',
    'config',
  ],
  ['AWSLogs/111122223333/Config/ConfigWritabilityCheckFile', 'config'],
  ['AWSLogs/111122223333/Config/notes.json', 'unknown'],
  ['CloudTrail/readme.md', 'unknown'],
  ['', 'unknown'],
])('%s is %s', (key, kind) => {
  expect(trailFileKind(key)).toBe(kind);
});

test.each([
  ['a/111122223333_CloudTrail_us-east-1_20260301T1005Z_x.json.gz', '20260301T1005Z'],
  ['a/111122223333_CloudTrail-Digest_us-east-1_trail_us-east-1_20260301T100131Z.json.gz', '20260301T100131Z'],
  ['a/auth.log', undefined],
])('the time in %s is %s', (key, time) => {
  expect(trailFileTime(key)).toBe(time);
});
