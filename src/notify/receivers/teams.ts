import type { Sleep } from '../../retry/backoff.ts';
import { DeliveryError, type Receiver } from './receiver.ts';
import { maxTeamsBytes, renderTeams } from '../render/teams.ts';
import {
  checkedAddress,
  patiently,
  post,
  statusVerdict,
  type HttpAnswer,
  type HttpTools,
  type Verdict,
} from './http.ts';
import { withSecrets, type ReadSecret } from './with-secrets.ts';

export interface TeamsOptions extends HttpTools {
  readonly name?: string;
  /** Gives the address of a workflow's webhook, which is a secret: whoever knows it can post. */
  readonly address: ReadSecret;
  readonly sleep: Sleep;
}

/**
 * createTeams posts to a workflow of Microsoft Teams that starts when a webhook request is received. It can't change what
 * it posted: more of the same news is a short card of its own.
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
 */
export function createTeams(options: TeamsOptions): Receiver {
  const { name = 'teams', address: readAddress, sleep } = options;
  return {
    name,
    concurrency: 1,
    send: async ({ message, group }, signal) => {
      await withSecrets(name, { address: readAddress }, async (secrets) => {
        const address = checkedAddress(name, secrets.address);
        const send = (maxBytes: number): Promise<unknown> => {
          const body = JSON.stringify(renderTeams(message, group, maxBytes));
          const letter = { name, address, headers: { 'content-type': 'application/json; charset=utf-8' }, body };
          return patiently(() => post(letter, teamsVerdict, options, signal), sleep, signal);
        };
        await send(maxTeamsBytes).catch((error: unknown) => {
          // How Teams counts is said nowhere: what it finds too large goes in brief.
          if (error instanceof DeliveryError && error.reason === 'too-large') return send(briefBytes);
          throw error;
        });
      });
    },
  };
}

const briefBytes = 8_000;

/** What some of Teams' endpoints say with 200 when the message went no further. */
const failed = /delivery failed|returned HTTP error (\d{3})/i;

// A workflow that was turned off, or whose trigger changed, stays so until somebody looks at it.
const broken =
  /WorkflowTriggerIsNotEnabled|WorkflowNotFound|TriggerNotEnabled|TriggerInputSchemaMismatch|FlowSuspended/i;

function teamsVerdict(answer: HttpAnswer): Verdict {
  const { status, text } = answer;
  if (status === 400 && broken.test(text)) return { reason: 'misconfigured', retryable: false };
  const inner = status < 300 ? failed.exec(text) : null;
  if (inner === null) return statusVerdict(answer);
  const code = inner[1] ?? /HTTP error (\d{3})/i.exec(text)?.[1];
  const verdict = code === undefined ? undefined : statusVerdict({ ...answer, status: Number(code) });
  return verdict ?? { reason: 'unavailable', retryable: true };
}
