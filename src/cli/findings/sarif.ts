import type { Finding, RuleSummary } from '../../model/finding.ts';
import type { Level } from '../../model/level.ts';
import type { RecordFailure } from '../../model/log-record.ts';
import { messageOf, whyWords } from '../../notify/index.ts';
import { plainJson, shown } from '../../text/escape.ts';
import type { FindingWriter } from './format.ts';
import { unreadLines } from './unread-lines.ts';
import type { UnreadLines } from './unread-lines.ts';

// SARIF knows three levels; the own one stays in the result's properties.
const sarifLevels = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  informational: 'note',
} as const satisfies Record<Level, string>;

// What code scanning sorts by: the middle of CVSS's range for each word. https://nvd.nist.gov/vuln-metrics/cvss
const severities = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.5',
  informational: '0.0',
} as const satisfies Record<Level, string>;

export interface SarifFacts {
  readonly version: string;
  readonly rules: readonly RuleSummary[];
}

/**
 * createSarifWriter writes one SARIF 2.1.0 log, result by result.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function createSarifWriter({ version, rules }: SarifFacts): FindingWriter {
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  let written = 0;
  return {
    begin: () =>
      `{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":${plainJson({
        driver: { name: 'Trailwatch', semanticVersion: version, rules: rules.map(descriptorOf) },
      })},"results":[`,
    finding: (finding) =>
      `${written++ === 0 ? '\n' : ',\n'}${plainJson(resultOf(finding, indexes.get(finding.rule.id)))}`,
    end: ({ failures, unread, partial }) =>
      `\n],"invocations":[${plainJson({
        executionSuccessful: failures.total() === 0 && !partial,
        toolExecutionNotifications: [...failures.kept.map(notificationOf), ...unread.map(unreadNotification)],
      })}]}]}\n`,
  };
}

function descriptorOf({ id, title, level, description, tags, references, runbook }: RuleSummary) {
  const help = references.find((reference) => URL.canParse(reference));
  return {
    id,
    name: title,
    shortDescription: { text: title },
    ...(description !== undefined && description !== '' && { fullDescription: { text: description } }),
    ...(runbook !== undefined && { help: { text: runbook } }),
    ...(help !== undefined && { helpUri: help }),
    defaultConfiguration: { level: sarifLevels[level] },
    properties: { tags: [...new Set(tags)], 'security-severity': severities[level] },
  };
}

function resultOf(finding: Finding, ruleIndex: number | undefined) {
  const { event, rule } = finding;
  const message = messageOf(finding);
  const why = message.why.map((evidence) => shown(whyWords(evidence), 300)).join('; ');
  return {
    ruleId: rule.id,
    ...(ruleIndex !== undefined && { ruleIndex }),
    level: sarifLevels[rule.level],
    message: { text: shown(message.title, 500) + (why === '' ? '' : ` (${why})`) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(event.origin.path) } },
        logicalLocations: [{ name: `record ${event.origin.index}`, kind: 'record' }],
      },
    ],
    fingerprints: { 'trailwatch/finding': finding.id },
    partialFingerprints: { 'trailwatch/news': finding.fingerprint },
    properties: {
      level: rule.level,
      time: finding.time,
      eventId: event.id,
      record: event.origin.index,
      actor: event.actor.name,
      ...(event.account !== undefined && { account: event.account }),
      ...(event.region !== undefined && { region: event.region }),
      ...(event.sourceAddress !== undefined && { sourceAddress: event.sourceAddress }),
    },
  };
}

function notificationOf({ origin, reason }: RecordFailure) {
  return {
    level: 'error',
    message: { text: shown(reason, 500) },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(origin.path) } } }],
  };
}

function unreadNotification(unread: UnreadLines) {
  const [text = ''] = unreadLines([unread]);
  return {
    level: 'note',
    message: { text },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(unread.example.origin.path) } } }],
    properties: { program: unread.program, lines: unread.lines },
  };
}

/** A path as a URI reference: each part percent-encoded; standard input has a name that no file has. */
function uriOf(path: string): string {
  if (path === '-') return 'stdin:';
  const parts = path.split('/').map((part) => encodeURIComponent(part.toWellFormed()));
  return path.startsWith('/') ? `file://${parts.join('/')}` : parts.join('/');
}
