import type { Sleep } from '../../retry/backoff.ts';
import { DeliveryError } from './receiver.ts';
import type { DeliveryErrorOptions } from './receiver.ts';
import { shown } from '../../text/escape.ts';

/** HttpTools is what receivers post with over HTTP: one post, its deadline, and errors that show no secret. */
export interface HttpTools {
  readonly fetch: typeof fetch;
  /** Milliseconds that one post may take. */
  readonly timeoutMs?: number;
}

/** HttpRequest is one post, with the secrets that errors must not show. */
export interface HttpRequest {
  /** The receiver's name, which begins every error. */
  readonly name: string;
  readonly address: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer>;
  /** Keys and tokens in the headers or the body; the address counts as a secret anyway. */
  readonly secrets?: readonly string[];
}

/** HttpAnswer is the answer of the other side, with the beginning of its body. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  /** Milliseconds that the other side asked to wait, if it did. */
  readonly retryAfterMs: number | undefined;
}

/** Verdict is why an answer means a failure; undefined when the other side took the request. */
export type Verdict = DeliveryErrorOptions | undefined;

const bodyChars = 4096;

/**
 * post sends a request once, and returns the answer if `judge` accepts it.
 * @throws {DeliveryError} for any other answer, and without an answer.
 */
export async function post(
  request: HttpRequest,
  judge: (answer: HttpAnswer) => Verdict,
  { fetch, timeoutMs = 10_000 }: HttpTools,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { address, body, headers, name, secrets = [] } = request;
  // No cause: an error of the HTTP client may hold the request, and with it the address and the keys.
  const failed = (what: string, options: DeliveryErrorOptions): DeliveryError =>
    new DeliveryError(`${name}: ${address.protocol}//${address.host}/…: ${what}`, options);

  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  let answer: HttpAnswer;
  try {
    const response = await fetch(address, {
      method: 'POST',
      // A function is frozen between its calls, and would thaw with connections that the other side has closed.
      headers: { ...headers, connection: 'close' },
      body,
      // A redirect that is followed would hand the finding to the host that it names.
      redirect: 'manual',
      signal: deadline,
    });
    answer = {
      status: response.status,
      text: await beginningOf(response),
      retryAfterMs: retryAfterMs(response.headers.get('retry-after'), response.headers.get('date')),
    };
  } catch (error) {
    if (deadline.aborted) throw failed('no answer in time', { reason: 'timeout', retryable: true });
    throw failed(networkWords(error), { reason: 'unreachable', retryable: true });
  }
  const verdict = judge(answer);
  if (verdict === undefined) return answer;
  // Redacted before it is cut, which could leave half a secret.
  const said = shown(redact(answer.text.trim(), address, secrets), 300);
  throw failed(`${answer.status} ${said}`.trim(), verdict);
}

/** statusVerdict is the meaning of an HTTP status where the body says nothing more. */
export function statusVerdict({ status, retryAfterMs: waitMs }: HttpAnswer): Verdict {
  if (status >= 200 && status < 300) return undefined;
  if (status === 429) return { reason: 'rate-limited', retryable: true, retryAfterMs: waitMs };
  if (status >= 500) return { reason: 'unavailable', retryable: true, retryAfterMs: waitMs };
  if (status === 408 || status === 425) return { reason: 'timeout', retryable: true };
  if (status === 401 || status === 403 || status === 407) return { reason: 'unauthorized', retryable: false };
  if (status === 413) return { reason: 'too-large', retryable: false };
  if (status === 404 || status === 405 || status === 410 || status < 400) {
    return { reason: 'misconfigured', retryable: false };
  }
  return { reason: 'rejected', retryable: false };
}

/**
 * unlessPage judges an answer as `judge` does, but a success with a page of HTML as a failure: a proxy or a sign-in page answered in
 * place of a receiver that never sends HTML.
 */
export function unlessPage(judge: (answer: HttpAnswer) => Verdict): (answer: HttpAnswer) => Verdict {
  return (answer) =>
    judge(answer) ?? (/^\s*</.test(answer.text) ? { reason: 'unexpected', retryable: true } : undefined);
}

const maxTries = 3;
const longestWaitMs = 5_000;

/**
 * patiently tries a rate-limited send again, as long as the wait is short; a longer wait is left to the delivery step. Other
 * failures are not tried again: the receiver may have taken the request, which would show twice.
 */
export async function patiently<Result>(
  send: () => Promise<Result>,
  sleep: Sleep,
  signal: AbortSignal,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof DeliveryError) || error.reason !== 'rate-limited' || attempt === maxTries) throw error;
      const waitMs = error.retryAfterMs ?? 1000;
      if (waitMs > longestWaitMs) throw error;
      await sleep(waitMs, signal).catch(() => {
        throw error;
      });
    }
  }
}

/**
 * checkedAddress gives the address to post to: over TLS, except on this machine.
 * @throws {DeliveryError} without the address, which may be a secret.
 */
export function checkedAddress(name: string, text: string): URL {
  // The parser's own error would quote the address.
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && isSafe(url)) return url;
  throw new DeliveryError(`${name}: its address must begin with https://, and hold no user and password`, {
    reason: 'misconfigured',
    retryable: false,
  });
}

/** isSafeAddress says whether a text is an address that a finding may be posted to. */
export function isSafeAddress(text: string): boolean {
  return URL.canParse(text) && isSafe(new URL(text));
}

function isSafe({ protocol, hostname, username, password }: URL): boolean {
  const loopback = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
  return (protocol === 'https:' || (protocol === 'http:' && loopback)) && username === '' && password === '';
}

/** Retry-After in whole seconds or as a date, as HTTP has it; any other value is ignored. */
function retryAfterMs(header: string | null, date: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,6}$/.test(header)) return Number(header) * 1000;
  // Counted from the other side's clock, so that the two clocks need not agree.
  const waitMs = Date.parse(header) - Date.parse(date ?? '');
  return Number.isFinite(waitMs) && waitMs >= 0 ? waitMs : undefined;
}

async function beginningOf(response: Response): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  // Leaving the loop cancels the rest of the body.
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > bodyChars) break;
  }
  return text;
}

/** The client's message is `fetch failed`; the code of its cause says what happened. */
function networkWords(error: unknown): string {
  const { cause } = Object(error) as { readonly cause?: { readonly code?: string } };
  return cause?.code === undefined ? 'the connection failed' : `the connection failed: ${cause.code}`;
}

// Shorter pieces of an address, such as `v2` and `services`, are not secret, and errors need these words.
const shortestSecret = 9;

function redact(text: string, address: URL, secrets: readonly string[]): string {
  const pieces = [
    address.href,
    address.pathname + address.search,
    ...address.pathname.split('/'),
    ...address.searchParams.values(),
  ].filter(({ length }) => length >= shortestSecret);
  const written = [...pieces, ...secrets.filter((secret) => secret !== '')];
  const hidden = [...written, ...written.map(decoded), ...written.map(encodeURIComponent)];
  // Longest first: replacing a part first would leave the rest of the whole.
  return hidden.toSorted((a, b) => b.length - a.length).reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
}

function decoded(piece: string): string {
  try {
    return decodeURIComponent(piece);
  } catch {
    return piece;
  }
}

/** jsonOf reads an answer as a JSON object; undefined for any other text. */
export function jsonOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const data: unknown = JSON.parse(text);
    return typeof data === 'object' && data !== null && !Array.isArray(data)
      ? (data as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
