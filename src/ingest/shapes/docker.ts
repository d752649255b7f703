import type { Fields, Ingested } from '../../model/log-record.ts';
import { dockerEvents, dockerFields } from '../formats/docker-event.ts';
import type { DockerEvent } from '../formats/docker-event.ts';
import { digestId, distinctId, failure, isObject, plainOrigin, record } from '../ingested.ts';
import type { OpenOrigin, Opener } from '../ingested.ts';
import { epochTime, isoTime } from '../../time/iso-time.ts';
import { inContainer } from './container-line.ts';

/** isDockerEvent recognises `docker events --format json` and `docker compose events --json`. https://docs.docker.com/reference/api/engine/version/v1.47/#tag/System/operation/SystemEvents */
export function isDockerEvent(value: Fields): boolean {
  if (typeof value['Type'] === 'string' && typeof value['Action'] === 'string') return isObject(value['Actor']);
  return (
    value['type'] === 'container' &&
    typeof value['action'] === 'string' &&
    typeof value['id'] === 'string' &&
    isObject(value['attributes'])
  );
}

/** openDockerEvent keeps the event, and adds the fields that all its spellings share. */
export function* openDockerEvent(value: Fields, origin: OpenOrigin): Iterable<Ingested> {
  const time = timeOf(value) ?? origin.time;
  if (time === undefined) {
    yield failure(origin, 'Docker event without a readable time');
    return;
  }
  const { account, region } = origin;
  yield record({
    id: origin.id ?? digestId([JSON.stringify(value)]),
    time,
    source: dockerEvents,
    fields: { ...value, ...serviceOf(value), ...dockerFields(eventOf(value)) },
    origin: plainOrigin(origin),
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
  });
}

function eventOf(value: Fields): DockerEvent {
  const { Actor: actor } = value;
  const text = (given: unknown) => (typeof given === 'string' ? given : '');
  if (!isObject(actor)) {
    const attributes = isObject(value['attributes']) ? value['attributes'] : {};
    return { type: text(value['type']), action: text(value['action']), id: text(value['id']), attributes };
  }
  const attributes = isObject(actor['Attributes']) ? actor['Attributes'] : {};
  return { type: text(value['Type']), action: text(value['Action']), id: text(actor['ID']), attributes };
}

/** Compose names the service outside of the attributes. */
function serviceOf({ service }: Fields): Fields {
  return typeof service === 'string' ? { service } : {};
}

function timeOf(value: Fields): string | undefined {
  const { timeNano, time } = value;
  if (typeof timeNano === 'number') return epochTime(timeNano);
  return typeof time === 'number' ? epochTime(time) : typeof time === 'string' ? isoTime(time) : undefined;
}

/** isJsonFileLine recognises a line of Docker's `json-file` log. https://docs.docker.com/engine/logging/drivers/json-file/ */
export function isJsonFileLine(value: Fields): boolean {
  return typeof value['log'] === 'string' && typeof value['time'] === 'string' && typeof value['stream'] === 'string';
}

/** openJsonFileLine opens the line that the container wrote. */
export function* openJsonFileLine(value: Fields, origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  const time = isoTime(String(value['time']));
  const { attrs } = value;
  const container = isObject(attrs) && typeof attrs['name'] === 'string' ? attrs['name'] : undefined;
  yield* inContainer(
    {
      text: String(value['log']),
      stream: String(value['stream']),
      ...(time !== undefined && { time }),
      ...(container !== undefined && { container }),
    },
    { ...origin, id: origin.id ?? distinctId([JSON.stringify(value)], origin) },
    open,
  );
}
