import type { AwsSecurityFinding, Resource } from '@aws-sdk/client-securityhub';
import { isIPv4 } from 'node:net';
import type { AuditEvent, Target } from '../../model/audit-event.ts';
import type { Finding } from '../../model/finding.ts';
import type { Level } from '../../model/level.ts';
import type { Message } from '../message/message.ts';
import type { Notification } from '../message/notification.ts';
import { safeHref } from '../../text/html.ts';
import { clip, shown } from '../../text/escape.ts';
import { causeWords, whatWords, whoWords, whyWords } from '../render/words.ts';

/** Place is where the stage is deployed: Security Hub takes findings of the caller's own account only. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

const labels = {
  critical: 'CRITICAL',
  high: 'HIGH',
  medium: 'MEDIUM',
  low: 'LOW',
  informational: 'INFORMATIONAL',
} as const satisfies Record<Level, string>;

/** ATT&CK's tactics in Security Hub's taxonomy, where it has them. */
const types: Readonly<Record<string, string>> = {
  'initial-access': 'TTPs/Initial Access',
  execution: 'TTPs/Execution',
  persistence: 'TTPs/Persistence',
  'privilege-escalation': 'TTPs/Privilege Escalation',
  'defense-evasion': 'TTPs/Defense Evasion',
  'credential-access': 'TTPs/Credential Access',
  discovery: 'TTPs/Discovery',
  'lateral-movement': 'TTPs/Lateral Movement',
  collection: 'TTPs/Collection',
  'command-and-control': 'TTPs/Command and Control',
  exfiltration: 'Effects/Data Exfiltration',
  // Beyond the taxonomy, which names categories without limiting them to those.
  impact: 'TTPs/Impact',
  reconnaissance: 'TTPs/Reconnaissance',
  'resource-development': 'TTPs/Resource Development',
};

const limits = {
  title: 256,
  description: 1024,
  id: 512,
  remediation: 512,
  key: 128,
  value: 2048,
  resources: 32,
  fields: 50,
};

/**
 * renderAsff writes a finding in the AWS Security Finding Format, as one of the account's own product.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html
 */
export function renderAsff({ finding, message }: Notification, place: Place, now: Date): AwsSecurityFinding {
  const { event, rule } = finding;
  const severity = { Label: labels[rule.level], Original: rule.level };
  const kinds = typesOf(message);
  const created = isoOf(finding.time) ?? now.toISOString();
  return {
    SchemaVersion: '2018-10-08',
    Id: `trailwatch/${finding.id}`,
    ProductArn: `arn:${place.partition}:securityhub:${place.region}:${place.account}:product/${place.account}/default`,
    ProductName: 'Trailwatch',
    CompanyName: 'Trailwatch',
    GeneratorId: shown(`trailwatch/${rule.id}`, limits.id).slice(0, limits.id),
    // The caller's account; the account of the event is among the resources and the product's fields.
    AwsAccountId: place.account,
    Title: cut(titleOf(message), limits.title),
    Description: cut(descriptionOf(message), limits.description),
    CreatedAt: created,
    FirstObservedAt: isoOf(finding.correlated[0]?.time ?? finding.time) ?? created,
    LastObservedAt: created,
    // Later than any import before it, or Security Hub would not take it as an update.
    UpdatedAt: now.toISOString(),
    Types: kinds,
    Severity: severity,
    FindingProviderFields: { Severity: severity, Types: kinds },
    RecordState: 'ACTIVE',
    ...remediationOf(message),
    ...sourceUrlOf(message),
    Resources: resourcesOf(event, place),
    ...actionOf(event),
    ProductFields: productFieldsOf(finding, message),
  };
}

/** An update replaces the finding, so it has the title of the alert, not of the addition. */
function titleOf({ account, completes, mainTarget, rule, title, who }: Message): string {
  if (!completes) return title;
  return [
    `${rule.title}: `,
    who.kind === 'unknown' ? '' : clip(who.name, 80),
    mainTarget === undefined
      ? ''
      : `${who.kind === 'unknown' ? '' : ' → '}${clip(`${mainTarget.kind} ${mainTarget.id}`, 80)}`,
    account === undefined ? '' : ` in ${account.name ?? account.id}`,
  ].join('');
}

function typesOf({ techniques }: Message): string[] {
  const known = techniques.flatMap(({ id }) => (Object.hasOwn(types, id) ? [types[id] ?? ''] : []));
  return known.length > 0 ? [...new Set(known)].slice(0, 50) : ['Unusual Behaviors'];
}

function descriptionOf(message: Message): string {
  const { cause, from, rule, why } = message;
  const facts = [
    ...(rule.description === undefined ? [] : [rule.description]),
    `Who: ${whoWords(message)}.`,
    ...(cause === undefined ? [] : [`By call: ${causeWords(cause)}.`]),
    `What: ${whatWords(message)}.`,
    ...(from.address === undefined ? [] : [`From: ${from.address}.`]),
    ...(why.length === 0 ? [] : [`Why: ${why.slice(0, 10).map(whyWords).join('; ')}.`]),
  ];
  return facts.join(' ');
}

function remediationOf({ runbook }: Message): Pick<AwsSecurityFinding, 'Remediation'> {
  if (runbook === undefined) return {};
  const url = safeHref(runbook);
  const short = url !== undefined && url.length <= limits.remediation;
  return {
    Remediation: { Recommendation: short ? { Text: 'Runbook', Url: url } : { Text: cut(runbook, limits.remediation) } },
  };
}

function sourceUrlOf({ consoleLink }: Message): Pick<AwsSecurityFinding, 'SourceUrl'> {
  return consoleLink === undefined ? {} : { SourceUrl: consoleLink };
}

/** Resource types by kind of target; all other kinds are `Other`. */
const resourceTypes: Readonly<Record<string, string>> = {
  bucket: 'AwsS3Bucket',
  instance: 'AwsEc2Instance',
  user: 'AwsIamUser',
  role: 'AwsIamRole',
  policy: 'AwsIamPolicy',
  group: 'AwsIamGroup',
  function: 'AwsLambdaFunction',
  'security-group': 'AwsEc2SecurityGroup',
  volume: 'AwsEc2Volume',
  vpc: 'AwsEc2Vpc',
  trail: 'AwsCloudTrailTrail',
  'access-key': 'AwsIamAccessKey',
};

function resourcesOf({ account, actor, region, targets }: AuditEvent, place: Place): Resource[] {
  const at = { Partition: place.partition as Resource['Partition'], ...(isRegion(region) && { Region: region }) };
  const other = (id: string, kind: string): Resource => ({
    Type: Object.hasOwn(resourceTypes, kind) ? (resourceTypes[kind] ?? 'Other') : 'Other',
    Id: cut(id, limits.id),
    ...at,
  });
  const described = targets
    .filter((target) => target.kind !== 'account' && target.id.trim() !== '')
    .map((target) => ({ ...other(target.id, target.kind), Details: { Other: { kind: cut(target.kind, 128) } } }));
  return [
    ...described.slice(0, limits.resources - 2),
    ...(actor.arn === undefined
      ? []
      : [{ ...other(actor.arn, ''), Details: { Other: { kind: `actor, ${actor.kind}` } } }]),
    // A finding needs a resource, and every event belongs to an account.
    { Type: 'AwsAccount', Id: `AWS::::Account:${/^\d{12}$/.test(account ?? '') ? account : place.account}`, ...at },
  ];
}

function actionOf({ actor, category, service, action, sourceAddress }: AuditEvent): Pick<AwsSecurityFinding, 'Action'> {
  if (!['management', 'data', 'network-activity'].includes(category.kind) || actor.kind === 'unknown') return {};
  return {
    Action: {
      ActionType: 'AWS_API_CALL',
      AwsApiCallAction: {
        Api: cut(action, 128),
        ServiceName: cut(service, 128),
        ...(sourceAddress !== undefined &&
          (isIPv4(sourceAddress)
            ? { CallerType: 'remoteIp', RemoteIpDetails: { IpAddressV4: sourceAddress } }
            : { CallerType: 'domain', DomainDetails: { Domain: cut(sourceAddress, 128) } })),
      },
    },
  };
}

function productFieldsOf(finding: Finding, message: Message): Record<string, string> {
  const { event, fingerprint, id, rule } = finding;
  const fields: Readonly<Record<string, string | undefined>> = {
    finding: id,
    fingerprint,
    rule: rule.title,
    ruleId: rule.id,
    tags: rule.tags.join(' '),
    account: event.account,
    accountName: message.account?.name,
    region: event.region,
    source: event.source.services[0] ?? event.source.product,
    actor: event.actor.name,
    actorKind: event.actor.kind,
    actorArn: event.actor.arn,
    actorChain: event.actor.chain.join(' < '),
    accessKey: event.actor.accessKeyId,
    address: event.sourceAddress,
    userAgent: event.userAgent,
    service: event.service,
    action: event.action,
    outcome: event.outcome.kind === 'failure' ? event.outcome.code : 'success',
    targets: event.targets.map(({ kind, id: target }: Target) => `${kind} ${target}`).join(', '),
    why: message.why.map(whyWords).join('; '),
    falsePositives: rule.falsePositives.join('; '),
    events: finding.correlated.length > 0 ? String(finding.correlated.length) : undefined,
    causedBy:
      message.cause === undefined
        ? undefined
        : `${message.cause.service}:${message.cause.action} ${message.cause.eventId}`,
    eventId: event.id,
    eventPath: `${event.origin.path} #${event.origin.index}`,
    athena: message.followUps.find(({ engine }) => engine === 'Athena')?.sql,
  };
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined && value.trim() !== '')
      .slice(0, limits.fields)
      .map(([key, value = '']) => [
        `trailwatch/${key}`,
        key === 'athena' ? value.slice(0, limits.value).toWellFormed() : cut(value, limits.value),
      ]),
  );
}

/** Inert text on one line, never empty and never longer than the field takes. */
function cut(text: string, max: number): string {
  const inert = shown(text, max);
  const fitting = inert.length <= max ? inert : `${inert.slice(0, max - 1).toWellFormed()}…`;
  return fitting.trim() === '' ? '-' : fitting;
}

function isRegion(region: string | undefined): region is string {
  return region !== undefined && /^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/.test(region);
}

function isoOf(time: string): string | undefined {
  const ms = Date.parse(time);
  return Number.isFinite(ms) && ms >= 0 && ms < 253_402_300_800_000 ? new Date(ms).toISOString() : undefined;
}
