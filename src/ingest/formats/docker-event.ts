import type { RecordSource } from '../../model/log-record.ts';
import { isoTime } from '../../time/iso-time.ts';
import type { LineFields, LineReader } from './text-format.ts';

/** The log source of the Docker daemon's events. */
export const dockerEvents: RecordSource = { product: 'docker', services: ['events'] };

/** DockerEvent is what both of Docker's spellings of an event say, the text's and the JSON's. */
export interface DockerEvent {
  /** `container`, `image`, `network`, `volume`, … */
  readonly type: string;
  /** With the command behind it: `exec_create: /bin/sh`. */
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/**
 * dockerFields names what rules ask for, in the same words for each writer of the event: `docker events` or `docker compose events`,
 * as text or as JSON. https://docs.docker.com/reference/cli/docker/system/events/
 */
export function dockerFields({ type, action, id, attributes }: DockerEvent): LineFields {
  // A command may hold anything; the action itself is one word.
  const [verb = '', ...words] = action.split(': ');
  const command = words.join(': ');
  const attribute = (name: string): string | undefined => {
    const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;
  };
  const name = attribute('name');
  const exitCode = attribute('exitCode');
  const failed = verb === 'oom' || (verb === 'die' && exitCode !== undefined && exitCode !== '0');
  const optional: Readonly<Record<string, string | undefined>> = {
    container: type === 'container' ? name : attribute('container'),
    image: type === 'image' ? (name ?? id) : attribute('image'),
    service: attribute('com.docker.compose.service'),
    project: attribute('com.docker.compose.project'),
    signal: attribute('signal'),
    exec_id: attribute('execID'),
    command: verb.startsWith('exec_') && command !== '' ? command : undefined,
    health: verb === 'health_status' && command !== '' ? command : undefined,
    [type]: name,
  };
  const fields: LineFields = {
    action: verb,
    activity: 'container',
    outcome: failed ? 'failure' : 'success',
    object_type: type,
    object_id: id,
  };
  for (const [key, value] of Object.entries(optional)) if (value !== undefined) fields[key] = value;
  if (exitCode !== undefined && /^-?\d{1,6}$/.test(exitCode)) fields['exit_code'] = Number(exitCode);
  return fields;
}

const types = 'container|image|network|volume|plugin|daemon|service|node|secret|config|builder';
const head = new RegExp(
  `^(\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?(?:Z|[+-]\\d\\d:?\\d\\d)?) (${types}) ([a-z][a-z_]{1,31})(?=[: ])`,
);

/**
 * readDockerEvent reads `2025-10-10T13:55:36.000000000Z container die 4f1c… (exitCode=137, image=nginx, name=web)`. A command before
 * the id may hold whatever looks like an id, and a label `, name=…`: a value that is given twice is left out.
 */
export const readDockerEvent: LineReader = (line) => {
  if (!/^\d{4}-/.test(line)) return undefined;
  const start = head.exec(line.slice(0, 128));
  const time = start === null ? undefined : isoTime(start[1] ?? '');
  if (start === null || time === undefined || !line.endsWith(')')) return undefined;
  const [whole, , type = '', verb = ''] = start;
  const rest = line.slice(whole.length);
  const subject = verb.startsWith('exec_') ? execSubject(rest) : plainSubject(rest);
  if (subject === undefined) return undefined;
  const { attributes, twice } = attributesOf(subject.attributes);
  const doubts = [...(subject.id === '' ? ['the id'] : []), ...twice];
  return {
    time,
    source: dockerEvents,
    fields: {
      message: line,
      ...dockerFields({ type, action: verb + subject.detail, id: subject.id, attributes }),
      ...(doubts.length > 0 && { unparsed: `given twice, so not believed: ${doubts.join(', ').slice(0, 200)}` }),
    },
  };
};

interface Subject {
  /** What stands between the action and the id: `: /bin/sh`, `: healthy`. */
  readonly detail: string;
  /** Empty where the line is ambiguous. */
  readonly id: string;
  readonly attributes: string;
}

function plainSubject(rest: string): Subject | undefined {
  const found = /^(: [\w ]{1,40})? (\S{1,300}) \(/.exec(rest);
  if (found === null) return undefined;
  return { detail: found[1] ?? '', id: found[2] ?? '', attributes: rest.slice(found[0].length, -1) };
}

function execSubject(rest: string): Subject | undefined {
  const found = [...rest.matchAll(/ ([\da-f]{64}|[\da-f]{12}) \(/g)];
  const [only] = found;
  if (only === undefined) return undefined;
  if (found.length > 1) return { detail: rest, id: '', attributes: '' };
  return {
    detail: rest.slice(0, only.index),
    id: only[1] ?? '',
    attributes: rest.slice(only.index + only[0].length, -1),
  };
}

const maxAttributes = 200;

function attributesOf(list: string): {
  readonly attributes: Readonly<Record<string, string>>;
  readonly twice: readonly string[];
} {
  const attributes = new Map<string, string>();
  const twice = new Set<string>();
  let last: string | undefined;
  for (const part of list.split(', ', maxAttributes)) {
    const equals = part.indexOf('=');
    const key = part.slice(0, equals);
    if (equals > 0 && /^[\w./-]{1,128}$/.test(key)) {
      if (attributes.has(key)) twice.add(key);
      attributes.set(key, part.slice(equals + 1));
      last = key;
    } else if (last !== undefined) attributes.set(last, `${attributes.get(last)}, ${part}`);
  }
  for (const key of twice) attributes.delete(key);
  return { attributes: Object.fromEntries(attributes), twice: [...twice] };
}
