import { ref, sub, type Text } from '../cloudformation.ts';
import { archiveBucketName, archiveNames, evidenceBucketName, hasArchive, type Stage } from '../stage.ts';
import { canaryRule, eventRules } from './event-rules.ts';
import * as may from './powers.ts';
import { reportRules } from './report-rules.ts';
import type { FunctionRow, Rule } from './row.ts';

const detecting = { TRAILWATCH_FINDINGS_BUS: ref('FindingsBus') };
const detectingOnHosts = (stage: Stage) => ({
  ...detecting,
  TRAILWATCH_HOST_AUTH_STREAM: archiveNames(stage).hostAuthStream,
});
const askingAthena = (stage: Stage) => ({
  TRAILWATCH_WORK_GROUP: archiveNames(stage).workGroup,
  TRAILWATCH_DATABASE: archiveNames(stage).database,
});
const delivering = (stage: Stage): Readonly<Record<string, Text>> => ({
  TRAILWATCH_ALERTS_TOPIC: ref('AlertsTopic'),
  TRAILWATCH_SLACK_WEBHOOK_PARAMETER: stage.params.slackWebhookParameter ?? '',
  TRAILWATCH_DELIVER_DEAD_LETTERS: ref('DeliverDeadLetters'),
  TRAILWATCH_DATABASE: archiveNames(stage).database,
  TRAILWATCH_DELIVERIES_STREAM: archiveNames(stage).deliveriesStream,
});

/** functionRows are the functions of the stack: serverless.yml, roles, queues, rules and alarms are made from these rows. */
export const functionRows: Readonly<Record<string, FunctionRow>> = {
  logsSubscription: {
    does: 'Reads the records of CloudWatch Logs subscriptions and raises findings',
    memoryMb: 512,
    timeoutSeconds: 60,
    environment: detectingOnHosts,
    source: { kind: 'subscriptions' },
    may: (stage) => [...may.detecting, ...may.keepHostLogs(stage)],
  },

  eventBus: {
    does: 'Reads the events that AWS publishes on EventBridge and raises findings',
    memoryMb: 512,
    timeoutSeconds: 30,
    environment: () => detecting,
    source: { kind: 'rules', rules: (stage) => [...eventRules(stage), canaryRule(stage)] },
    may: () => may.detecting,
  },

  kinesis: {
    does: "Reads the stream of other accounts' logs and raises findings",
    memoryMb: 512,
    timeoutSeconds: 120,
    environment: detectingOnHosts,
    source: { kind: 'stream' },
    may: (stage) => [...may.detecting, ...may.readLogsStream(stage), ...may.keepHostLogs(stage)],
  },

  probe: {
    does: 'Checks the configured endpoints from outside and raises findings',
    memoryMb: 512,
    timeoutSeconds: 300,
    environment: () => detecting,
    source: {
      kind: 'rules',
      rules: ({ configuration, params }) =>
        configuration.probes.endpoints.length === 0
          ? []
          : [
              schedule(
                'ProbeRule',
                'probe',
                params.probeSchedule,
                'Schedule of the checks of the configured endpoints',
              ),
            ],
    },
    may: () => may.detecting,
  },

  verify: {
    does: "Verifies the digests of the trail's last days and raises findings",
    memoryMb: 1024,
    timeoutSeconds: 900,
    environment: ({ params }) => ({
      ...detecting,
      TRAILWATCH_TRAIL_BUCKET: params.trailBucket ?? '',
      TRAILWATCH_TRAIL_FOLDER: params.trailPrefix,
    }),
    source: {
      kind: 'rules',
      rules: (stage) =>
        hasArchive(stage)
          ? [
              schedule(
                'VerifyRule',
                'verify',
                stage.params.verifySchedule,
                "Schedule of the verification of the trail's digests",
              ),
            ]
          : [],
    },
    may: (stage) => [...may.detecting, ...may.verifyTrail(stage)],
  },

  watch: {
    does: 'Checks that events still arrive and that no source is silent, and sends the daily digest',
    memoryMb: 512,
    timeoutSeconds: 60,
    environment: (stage) => ({
      ...detecting,
      TRAILWATCH_TRAIL_BUCKET: stage.params.trailBucket ?? '',
      TRAILWATCH_DATABASE: archiveNames(stage).database,
    }),
    source: {
      kind: 'rules',
      rules: () => [schedule('WatchRule', 'watch', 'rate(5 minutes)', 'Schedule of the checks of Trailwatch itself')],
    },
    may: (stage) => [...may.detecting, ...may.watching, ...may.followAccounts(stage)],
  },

  compact: {
    does: 'Updates the columnar copy of the trail',
    memoryMb: 512,
    timeoutSeconds: 900,
    environment: (stage) => ({
      ...askingAthena(stage),
      TRAILWATCH_ARCHIVE_DAYS: String(stage.params.archiveDays ?? ''),
    }),
    source: {
      kind: 'rules',
      rules: (stage) =>
        hasArchive(stage)
          ? [
              schedule(
                'CompactRule',
                'compact',
                stage.params.compactSchedule,
                'Schedule of the updates of the columnar copy',
              ),
            ]
          : [],
    },
    may: may.fillCopy,
  },

  report: {
    does: 'Runs a saved report, files its evidence and raises a finding that says where it is',
    memoryMb: 1024,
    timeoutSeconds: 900,
    // The answer is written there before it is filed.
    diskMb: 4096,
    // A second query costs as much as the first one, and mostly fails for the same reason.
    retries: 0,
    environment: (stage) => ({
      ...detecting,
      ...askingAthena(stage),
      TRAILWATCH_EVIDENCE_BUCKET: sub(
        stage.params.evidenceLockDays === undefined
          ? archiveBucketName(stage.prefix)
          : evidenceBucketName(stage.prefix),
      ),
    }),
    source: { kind: 'rules', rules: reportRules },
    may: (stage) => [...may.detecting, ...may.fileReports(stage)],
  },

  trailFile: {
    does: 'Reads the files that CloudTrail writes to S3 and raises findings',
    memoryMb: 1024,
    timeoutSeconds: 300,
    environment: (stage) => ({ ...detectingOnHosts(stage), TRAILWATCH_TRAIL_FOLDER: stage.params.trailPrefix }),
    source: { kind: 'queue', tries: 5, rules: trailFileRules },
    may: (stage) => [...may.detecting, ...may.readTrail(stage), ...may.keepHostLogs(stage)],
  },

  deliver: {
    does: 'Accepts findings and sends notifications',
    memoryMb: 512,
    timeoutSeconds: 90,
    environment: delivering,
    source: {
      kind: 'queue',
      tries: 6,
      rules: () => [
        {
          id: 'DeliverRule',
          name: 'deliver',
          description: 'Sends each finding to the queue that notifications are sent from',
          when: {
            bus: ref('FindingsBus'),
            pattern: { source: ['trailwatch'], 'detail-type': ['Trailwatch Finding'] },
          },
        },
      ],
    },
    may: may.delivering,
  },

  flush: {
    does: 'Sends delayed, grouped and retried notifications',
    memoryMb: 512,
    timeoutSeconds: 90,
    environment: delivering,
    source: {
      kind: 'rules',
      rules: () => [
        {
          ...schedule('FlushRule', 'flush', 'rate(1 minute)', 'Schedule of delayed, grouped and retried notifications'),
          // The next call does the same work: a call that fails needs no retry.
          retry: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 },
        },
      ],
    },
    may: may.delivering,
  },
};

function schedule(id: string, name: string, expression: string, description: string): Rule {
  return { id, name, description, when: { schedule: expression } };
}

function trailFileRules(stage: Stage): readonly Rule[] {
  const { trailBucket } = stage.params;
  if (trailBucket === undefined) return [];
  return [
    {
      id: 'TrailFileRule',
      name: 'trail-file',
      description: `Log files that CloudTrail writes to ${trailBucket}`,
      when: {
        pattern: {
          source: ['aws.s3'],
          'detail-type': ['Object Created'],
          detail: {
            bucket: { name: [trailBucket] },
            object: { key: readKeys(stage) },
          },
        },
      },
    },
  ];
}

/**
 * The objects of the trail's bucket that are read: those below the trail's own folder, and those that the configuration names. An
 * upload elsewhere in the bucket can't become a finding. The function skips digest files: EventBridge can't say both.
 */
function readKeys({ configuration, params: { trailBucket, trailPrefix } }: Stage): readonly object[] {
  const named = configuration.logs.flatMap(({ paths }) =>
    paths.flatMap((path) => {
      const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(path) ?? [];
      if (bucket !== '') return bucket === trailBucket ? [key] : [];
      // `kinesis:…` is a stream; every other pattern is the end of a key.
      return /^\w+:/.test(path) ? [] : [`*${path}`];
    }),
  );
  return [
    { prefix: trailPrefix === '' ? 'AWSLogs/' : `${trailPrefix}/AWSLogs/` },
    ...[...new Set(named)].map((key) => ({ wildcard: key.replaceAll(/\*+/g, '*') })),
  ];
}
