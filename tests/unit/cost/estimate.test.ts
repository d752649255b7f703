import { describe, expect, test } from '@jest/globals';
import { estimate } from '../../../src/cost/estimate.ts';
import { lines } from '../../../src/cost/lines.ts';
import { pricedRegions, priceOf } from '../../../src/cost/prices.ts';
import { layBasis } from '../../../src/cost/read-basis.ts';
import { defaultSwitches, profileOf, profiles, volumes } from '../../../src/cost/volumes.ts';
import type { Basis, StageSwitches, Volumes } from '../../../src/cost/volumes.ts';

const nothing = Object.fromEntries(Object.keys(volumes).map((name) => [name, 0])) as unknown as Volumes;

function basisOf(given: Partial<Volumes>, switches: Partial<StageSwitches> = {}): Basis {
  return { volumes: { ...nothing, ...given }, switches: { ...defaultSwitches, ...switches } };
}

function usdOf(service: string, name: string, basis: Basis): number {
  const line = estimate(basis, 'us-east-1').lines.find((one) => one.service === service && one.name === name);
  return line?.usd ?? Number.NaN;
}

// A month has 365 / 12 = 30.41667 days: 43,800 minutes, 2,628,000 seconds, 730 hours.
describe('each line, computed by hand for us-east-1', () => {
  test.each<[string, string, string, Basis, number]>([
    // 43,800 looks a minute + 8,760 every five + 30.41667 verifications = 52,590.4 requests at 0.20 a million
    ['nothing at all', 'Lambda', 'requests', basisOf({}), 0.010518],
    // + 96,000 × 30.41667 = 2,920,000
    ['96,000 events by EventBridge a day', 'Lambda', 'requests', basisOf({ busEventsPerDay: 96_000 }), 0.594518],
    [
      'read-only events too: all of the trail instead',
      'Lambda',
      'requests',
      basisOf({ busEventsPerDay: 1, trailEventsPerDay: 960_000 }, { readOnlyEvents: true }),
      5.850518,
    ],
    // 43,800 × 0.06 s × 0.5 GB = 1,314; 8,760 × 0.25 s × 0.5 GB = 1,095; 30.41667 × 5 s × 1 GB = 152.083; × 0.0000133334
    ['nothing at all', 'Lambda', 'time', basisOf({}), 0.034148],
    // + 2,920,000 × 0.015 s × 0.5 GB = 21,900
    ['96,000 events by EventBridge a day', 'Lambda', 'time', basisOf({ busEventsPerDay: 96_000 }), 0.326149],
    // 2 queues × 5 pollers × 131,400 = 1,314,000 requests at 0.40 a million
    ['nothing at all', 'SQS', 'requests', basisOf({}), 0.5256],
    // + 3 × 12,000 × 30.41667 = 1,095,000
    ['12,000 trail files a day', 'SQS', 'requests', basisOf({ trailFilesPerDay: 12_000 }), 0.9636],
    // 2,400 × 30.41667 = 73,000
    ['2,400 findings a day', 'EventBridge', 'findings', basisOf({ findingsPerDay: 2_400 }), 0.073],
    // 73,000 × 8 kB = 0.584 GB at 0.10
    ['2,400 findings a day', 'EventBridge', 'archive', basisOf({ findingsPerDay: 2_400 }), 0.0584],
    // 2,400 × 365 × 8 kB = 7.008 GB at 0.023
    [
      'kept for a year',
      'EventBridge',
      'archive kept',
      basisOf({ findingsPerDay: 2_400 }, { findingsArchiveDays: 365 }),
      0.161184,
    ],
    // (2 × 24,000 + 10 × 2,400) × 30.41667 = 2,190,000 units at 0.625
    [
      '24,000 correlated matches, 2,400 findings',
      'DynamoDB',
      'writes',
      basisOf({ correlatedPerDay: 24_000, findingsPerDay: 2_400 }),
      1.36875,
    ],
    // (4 × 24,000 + 10 × 2,400) × 30.41667 + 438,000 = 4,088,000 units at 0.125
    [
      '24,000 correlated matches, 2,400 findings',
      'DynamoDB',
      'reads',
      basisOf({ correlatedPerDay: 24_000, findingsPerDay: 2_400 }),
      0.511,
    ],
    // 1,200 × 30.41667 = 36,500 publishes at 0.50 a million
    ['1,200 notifications a day', 'SNS', 'publishes', basisOf({ notificationsPerDay: 1_200 }), 0.01825],
    // 36,500 × 4 = 146,000 mails at 2.00 for 100,000
    ['to four addresses each', 'SNS', 'mails', basisOf({ notificationsPerDay: 1_200, mailsPerNotification: 4 }), 2.92],
    // 12 × 30.41667 = 365 GB at 0.50
    ['12 GB of host logs a day', 'CloudWatch', 'logs of hosts', basisOf({ hostLogGbPerDay: 12 }), 182.5],
    // 52,590.41667 calls × 1.5 kB = 0.0788856 GB at 0.50
    ['nothing at all', 'CloudWatch', 'own logs', basisOf({}), 0.0394428],
    // 1,729 calls a day × 1.5 kB × 365 × 0.15 = 0.141994 GB at 0.03
    ['own logs kept for a year', 'CloudWatch', 'own logs kept', basisOf({}, { logRetentionDays: 365 }), 0.00425982],
    ['always', 'CloudWatch', 'metrics', basisOf({}), 18],
    ['with alarms on health', 'CloudWatch', 'alarms', basisOf({}), 7.8],
    ['with those on dead letters alone', 'CloudWatch', 'alarms', basisOf({}, { healthAlarms: false }), 1.3],
    ['without alarms on health', 'CloudWatch', 'composite alarm', basisOf({}, { healthAlarms: false }), 0],
    ['always', 'CloudWatch', 'dashboard', basisOf({}), 3],
    ['not traced', 'X-Ray', 'traces', basisOf({ busEventsPerDay: 1e6 }), 0],
    // every one of 52,590.4 calls
    ['traced, seldom called', 'X-Ray', 'traces', basisOf({}, { tracing: 'Active' }), 0.262952],
    // 2,628,000 + (30,469,257.1 - 2,628,000) × 5 % = 4,020,062.9
    [
      'traced, called all the time',
      'X-Ray',
      'traces',
      basisOf({ busEventsPerDay: 1e6 }, { tracing: 'Active' }),
      20.1003,
    ],
    // 3 × 12,000 × 30.41667 = 1,095,000 at 0.0004 a thousand
    ['12,000 trail files a day', 'S3', 'reading the trail', basisOf({ trailFilesPerDay: 12_000 }), 0.438],
    // 288 × 30.41667 = 8,760 at 0.005 a thousand
    ['findings all the time', 'S3', 'writing', basisOf({ findingsPerDay: 1_000 }), 0.0438],
    // 2 × 365 = 730 GB at 0.023
    [
      '2 GB of trail a day for a year',
      'S3',
      'trail kept',
      basisOf({ trailGbPerDay: 2, trailRetentionDays: 365 }),
      16.79,
    ],
    // 2 × 0.5 × 365 = 365 GB at 0.023
    [
      'its columnar copy for a year',
      'S3',
      'columnar copy kept',
      basisOf({ trailGbPerDay: 2 }, { archiveDays: 365 }),
      8.395,
    ],
    // 12 × 30.41667 × 2 = 730 GB at 5 a TB
    ['12 GB of trail a day', 'Athena', 'columnar copy', basisOf({ trailGbPerDay: 12 }), 3.65],
    ['3 TB read', 'Athena', 'reports', basisOf({ scannedGbPerMonth: 3_000 }), 15],
    // 73,000 × 10 kB = 0.73 GB at 0.029
    ['2,400 findings a day', 'Firehose', 'findings', basisOf({ findingsPerDay: 2_400 }), 0.02117],
    ['no stream', 'Kinesis', 'stream', basisOf({ sharedLogGbPerDay: 10 }), 0],
    ['no stream, whatever the others would send', 'Kinesis', 'in', basisOf({ sharedLogGbPerDay: 10 }), 0],
    // 730 hours at 0.04
    ['a stream', 'Kinesis', 'stream', basisOf({}, { logsStream: true }), 29.2],
    // 365 GB at 0.08, and at 0.04
    ['12 GB a day by it', 'Kinesis', 'in', basisOf({ sharedLogGbPerDay: 12 }, { logsStream: true }), 29.2],
    ['12 GB a day by it', 'Kinesis', 'out', basisOf({ sharedLogGbPerDay: 12 }, { logsStream: true }), 14.6],
    ['always', 'KMS', 'key', basisOf({}), 1],
    // 2 × 36,500 at 0.03 for 10,000
    ['1,200 notifications a day', 'KMS', 'requests', basisOf({ notificationsPerDay: 1_200 }), 0.219],
    ['three secrets', 'Secrets Manager', 'secrets', basisOf({ secrets: 3 }), 1.2],
    ['no Insights', 'CloudTrail', 'Insights', basisOf({ trailEventsPerDay: 1e6 }), 0],
    // (1,000,000 + 80,000 that write, again) × 30.41667 = 32,850,000 at 0.35 for 100,000
    [
      'Insights: calls that write are analysed twice',
      'CloudTrail',
      'Insights',
      basisOf({ trailEventsPerDay: 1e6, busEventsPerDay: 80_000 }, { trailInsights: true }),
      114.975,
    ],
  ])('%s: %s, %s', (_rule, service, name, basis, usd) => {
    expect(usdOf(service, name, basis)).toBeCloseTo(usd, 4);
  });
});

// Where AWS takes more in Ireland and Frankfurt, for the same.
describe('the same in other regions', () => {
  const basis = basisOf(
    {
      hostLogGbPerDay: 12,
      findingsPerDay: 2_400,
      correlatedPerDay: 24_000,
      trailFilesPerDay: 12_000,
      trailGbPerDay: 2,
    },
    { findingsArchiveDays: 365 },
  );
  const volumesOfIt = { ...basis, volumes: { ...basis.volumes, trailRetentionDays: 365 } };
  test.each<[string, string, number, number]>([
    // 365 GB at 0.57 and 0.63
    ['CloudWatch', 'logs of hosts', 208.05, 229.95],
    // 0.584 GB at 0.11 and 0.12
    ['EventBridge', 'archive', 0.06424, 0.07008],
    // 7.008 GB at 0.023 and 0.0245
    ['EventBridge', 'archive kept', 0.161184, 0.171696],
    // 2.19 million units at 0.705 and 0.7625
    ['DynamoDB', 'writes', 1.54395, 1.669875],
    // 4.088 million units at 0.1415 and 0.1525
    ['DynamoDB', 'reads', 0.578452, 0.62342],
    // 1,095 thousand at 0.0004 and 0.00043
    ['S3', 'reading the trail', 0.438, 0.47085],
    // 730 GB at 0.023 and 0.0245
    ['S3', 'trail kept', 16.79, 17.885],
    ['CloudWatch', 'metrics', 18, 18],
  ])('%s, %s', (service, name, ireland, frankfurt) => {
    const usd = ['eu-west-1', 'eu-central-1'].map(
      (region) => estimate(volumesOfIt, region).lines.find((l) => l.service === service && l.name === name)?.usd,
    );
    expect(usd).toEqual([expect.closeTo(ireland, 6), expect.closeTo(frankfurt, 6)]);
  });
});

describe('the whole', () => {
  test.each(profiles)('a %s account: the sum is that of its services, and that of its lines', (profile) => {
    const {
      usd,
      services,
      lines: all,
    } = estimate({ volumes: profileOf(profile), switches: defaultSwitches }, 'eu-west-1');
    expect(services.reduce((sum, service) => sum + service.usd, 0)).toBeCloseTo(usd, 6);
    expect(all.reduce((sum, line) => sum + line.usd, 0)).toBeCloseTo(usd, 6);
    expect(all.every((line) => Number.isFinite(line.usd) && line.usd >= 0 && line.words !== '')).toBe(true);
  });

  test('what dominates comes with the switch that lowers it', () => {
    const basis = basisOf({ scannedGbPerMonth: 1e6 });
    expect(estimate(basis, 'us-east-1').dominant).toEqual([
      expect.objectContaining({ service: 'Athena', lower: expect.stringContaining('queryCutoffGigabytes') }),
    ]);
  });

  test('a larger account costs more', () => {
    const [small = 0, medium = 0, large = 0] = profiles.map(
      (profile) => estimate({ volumes: profileOf(profile), switches: defaultSwitches }, 'us-east-1').usd,
    );
    expect(small).toBeLessThan(medium);
    expect(medium).toBeLessThan(large);
  });
});

describe('the data file', () => {
  test('has each price of each region, with its page, and a text to each that is called checked', () => {
    const text = {
      what: expect.stringMatching(/\w/),
      url: expect.stringMatching(
        /^https:\/\/(github\.com\/.+\/blob\/[0-9a-f]{40}\/|raw\.githubusercontent\.com\/|aws\.amazon\.com\/)/,
      ),
    };
    for (const { price } of lines) {
      for (const region of pricedRegions) {
        const { usd, page, checked, source } = priceOf(price, region);
        expect(usd).toBeGreaterThan(0);
        expect(page).toMatch(/^https:\/\/aws\.amazon\.com\/.+\/pricing\//);
        expect(source).toEqual(checked ? expect.objectContaining(text) : undefined);
        expect(source?.date ?? '2026-01-01').toMatch(/^20\d\d-\d\d-\d\d$/);
      }
    }
  });

  test('what costs something at an unchecked price is told apart, and nothing else', () => {
    const { lines: all, unchecked } = estimate(
      basisOf({ findingsPerDay: 100, hostLogGbPerDay: 1, scannedGbPerMonth: 10 }),
      'eu-central-1',
    );
    const told = unchecked.map(({ service, name }) => `${service}, ${name}`);
    expect(told).toEqual(['CloudWatch, dashboard', 'Athena, reports', 'Firehose, findings']);
    expect(all.filter(({ usd, price }) => usd > 0 && !price.checked)).toEqual(unchecked);
  });

  test('a region without prices is refused', () => {
    expect(() => priceOf('metrics', 'moon-1')).toThrow('no price of metrics in moon-1; regions with prices: us-east-1');
  });
});

describe('what somebody wrote is checked', () => {
  const base: Basis = { volumes: nothing, switches: defaultSwitches };
  test.each([
    ['an unknown volume', { evenstPerDay: 1 }, {}, /evenstPerDay: unknown volume; expected one of trailEventsPerDay/],
    ['a negative one', { findingsPerDay: -1 }, {}, /findingsPerDay: must be a number from 0 to 1e12, got -1/],
    ['text', { findingsPerDay: 'many' }, {}, /must be a number from 0 to 1e12, got many/],
    ['nothing', { findingsPerDay: '' }, {}, /must be a number from 0 to 1e12, got /],
    ['infinity', { findingsPerDay: '1e999' }, {}, /must be a number from 0 to 1e12, got /],
    ['a list', { findingsPerDay: [1] }, {}, /must be a number from 0 to 1e12, got \[1\]/],
    ['an unknown switch', {}, { traces: 'Active' }, /traces: unknown switch; expected one of tracing/],
    ['a switch with another value', {}, { tracing: 'on' }, /expected Active or PassThrough, got on/],
    ['neither true nor false', {}, { logsStream: 'yes' }, /expected true or false, got yes/],
    ['no prototype of an object', { constructor: 1 }, {}, /constructor: unknown volume/],
  ])('%s', (_rule, given, switches, message) => {
    expect(() => layBasis(base, { volumes: given, switches })).toThrow(message);
  });

  test('numbers may be written as text, with underscores', () => {
    const { volumes: laid } = layBasis(base, { volumes: { trailEventsPerDay: '1_000_000' }, switches: {} });
    expect(laid.trailEventsPerDay).toBe(1_000_000);
  });
});
