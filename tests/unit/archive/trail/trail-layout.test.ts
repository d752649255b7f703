import { describe, expect, test } from '@jest/globals';
import { digestName, isLogFile, parseTrailKey } from '../../../../src/archive/trail/trail-layout.ts';

const key = (folder: string, name: string, before = 'AWSLogs/'): string =>
  `${before}111122223333/${folder}/eu-west-1/2026/03/11/${name}`;

describe('the layout of a trail bucket', () => {
  test.each([
    {
      what: 'an event file',
      folder: 'CloudTrail',
      name: '111122223333_CloudTrail_eu-west-1_20260311T0820Z_a1.json.gz',
    },
    {
      what: 'a file of Insights events',
      folder: 'CloudTrail-Insight',
      name: '111122223333_CloudTrail-Insight_eu-west-1_20260311T0820Z_a1.json.gz',
    },
    {
      what: 'a file of network activity',
      folder: 'CloudTrail-NetworkActivity',
      name: '111122223333_CloudTrail-NetworkActivity_eu-west-1_20260311T0820Z_a1.json.gz',
    },
  ])('$what is a log file that digests name, of an account as of an organization', ({ folder, name }) => {
    for (const before of ['AWSLogs/', 'audit/AWSLogs/o-a1b2c3d4e5/']) {
      const found = parseTrailKey(key(folder, name, before));
      expect(found).toMatchObject({ account: '111122223333', folder, day: '2026-03-11', time: '2026-03-11T08:20:00Z' });
      expect(found && isLogFile(found)).toBe(true);
      expect(found && digestName(found)).toBeUndefined();
    }
  });

  test('digests of an organization and of an account are chains of their own', () => {
    const name = '111122223333_CloudTrail-Digest_eu-west-1_audit_us-east-1_20260311T081042Z.json.gz';
    const chains = ['AWSLogs/', 'AWSLogs/o-a1b2c3d4e5/', 'AWSLogs/o-zzzzzzzzzz/'].map((before) => {
      const found = parseTrailKey(key('CloudTrail-Digest', name, before));
      expect(found && isLogFile(found)).toBe(false);
      return found && digestName(found)?.chain;
    });
    expect(new Set(chains).size).toBe(3);
    expect(chains).not.toContain(undefined);
  });
});
