import { maxTeamsBytes, renderTeams } from '../render/teams.ts';
import { createChatWebhook, type ChatWebhookOptions } from './chat-webhook.ts';
import { statusVerdict, unlessPage, type HttpAnswer, type Verdict } from './http.ts';
import { DeliveryError, type Receiver } from './receiver.ts';

/**
 * createTeams posts to a workflow of Microsoft Teams that starts when a webhook request is received. It cannot change a posted
 * card: an update is a short card of its own.
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
 */
export function createTeams(options: ChatWebhookOptions): Receiver {
  return createChatWebhook(options, {
    name: 'teams',
    judge: unlessPage(teamsVerdict),
    send: ({ message, group }, postPayload) => {
      const send = (maxBytes: number): Promise<unknown> => postPayload(renderTeams(message, group, maxBytes));
      return send(maxTeamsBytes).catch((error: unknown) => {
        // No page says how Teams counts: a card that it finds too large is sent in brief.
        if (error instanceof DeliveryError && error.reason === 'too-large') return send(briefBytes);
        throw error;
      });
    },
  });
}

const briefBytes = 8_000;

/** Some endpoints of Teams say this with 200 when the message went no further. */
const failed = /delivery failed|returned HTTP error (\d{3})/i;

// A workflow that is turned off, or whose trigger changed, stays so until a person mends it.
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
