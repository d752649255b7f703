import { DeliveryError, type DeliveryReason } from './receiver.ts';
import { renderSlack, renderSlackBriefly } from '../render/slack.ts';
import { jsonOf, statusVerdict, type HttpAnswer, type Verdict } from './http.ts';

/**
 * Slack's error words, which come with any status, also with 200; any other word means a refusal.
 * https://docs.slack.dev/reference/methods/chat.postMessage#errors
 */
const words: readonly (readonly [says: RegExp, reason: DeliveryReason, retryable: boolean])[] = [
  [/^(?:rate_?limited|message_limit_exceeded)$/, 'rate-limited', true],
  [/^(?:internal_error|fatal_error|service_unavailable|rollup_error|team_added_to_org)$/, 'unavailable', true],
  [/^request_timeout$/, 'timeout', true],
  [
    /^(?:invalid_auth|not_authed|account_inactive|token_(?:revoked|expired)|invalid_token|no_team|no_active_hooks)$/,
    'unauthorized',
    false,
  ],
  [
    /^(?:missing_scope|no_permission|access_denied|accesslimited|ekm_access_denied|not_allowed_token_type|action_prohibited|org_login_required|two_factor_setup_required|team_access_not_granted|posting_to_general_channel_denied|restricted_action.*)$/,
    'unauthorized',
    false,
  ],
  [
    /^(?:channel_not_found|not_in_channel|is_archived|channel_is_archived|no_service|user_not_found|method_deprecated|deprecated_endpoint)$/,
    'misconfigured',
    false,
  ],
  [/^(?:msg_too_long|msg_blocks_too_long|too_many_attachments)$/, 'too-large', false],
];

/** slackVerdict is the meaning of Slack's answer, by its status and its error word. */
export function slackVerdict(answer: HttpAnswer): Verdict {
  const { status, text, retryAfterMs } = answer;
  const { ok, error } = slackSays(text);
  const [, reason, retryable] = words.find(([says]) => says.test(error)) ?? [];
  if (status >= 300 || status < 200) {
    const verdict = statusVerdict(answer);
    // A word says more than 400 and 403; but 5xx may come from any proxy on the way.
    if (reason === undefined || retryable === undefined || status >= 500 || status === 429 || status < 400)
      return verdict;
    return { reason, retryable, retryAfterMs };
  }
  if (ok) return undefined;
  if (reason !== undefined && retryable !== undefined) return { reason, retryable, retryAfterMs };
  // Neither success nor a reason: a proxy on the way answered, which may pass.
  return error === '' ? { reason: 'unexpected', retryable: true } : { reason: 'rejected', retryable: false };
}

interface Said {
  readonly ok: boolean;
  /** Empty without one. */
  readonly error: string;
}

/** slackSays reads both forms of Slack's answer: a word of text, or JSON with `ok` and `error`. */
function slackSays(text: string): Said {
  const word = text.trim();
  if (word === 'ok') return { ok: true, error: '' };
  const data = jsonOf(word);
  if (data === undefined) return { ok: false, error: words.some(([says]) => says.test(word)) ? word : '' };
  const error = typeof data['error'] === 'string' ? data['error'] : data['ok'] === false ? 'unknown' : '';
  return { ok: data['ok'] === true, error: data['ok'] === true ? '' : error };
}

const badlyWritten = /\b(?:invalid_(?:blocks|blocks_format|payload|arguments|attachments)|no_text)\b/;

/**
 * orBriefly sends what `write` gives, and sends it in brief when Slack refuses its form: an alert must not be lost because
 * Slack's limits changed.
 */
export async function orBriefly<Taken>(send: (write: typeof renderSlack) => Promise<Taken>): Promise<Taken> {
  try {
    return await send(renderSlack);
  } catch (error) {
    if (!(error instanceof DeliveryError) || error.retryable) throw error;
    if (error.reason !== 'too-large' && !badlyWritten.test(error.message)) throw error;
    return send(renderSlackBriefly);
  }
}
