import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { codeOf, openConnection, VisitError, type Connection, type Network, type NoAnswerReason } from './connect.ts';

export interface VisitOptions {
  /** Milliseconds for the whole visit: names, connections, redirects and body. */
  readonly timeoutMs: number;
  /** How many redirects are followed; with none, the redirect is the answer. */
  readonly redirects: number;
  /** How much of a body is read; 0 reads none. */
  readonly maxBytes: number;
  /** Hosts and addresses that may be internal, as `hostName` writes them. */
  readonly allowed: ReadonlySet<string>;
}

export interface TimedNetwork extends Network {
  /** A clock in milliseconds that never goes back, for durations. */
  readonly elapsed: () => number;
  readonly wait: (ms: number) => Promise<unknown>;
}

interface Seen {
  /** The address that answered or failed, after redirects. */
  readonly url: string;
  readonly redirects: number;
  readonly totalMs: number;
  /** The earliest end of all certificates on the way; ISO 8601. */
  readonly certificateEnds?: string;
}

export interface Answer extends Seen {
  readonly kind: 'answer';
  readonly address: string;
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Whether the body was longer than the part that is read. */
  readonly cut: boolean;
  /** Milliseconds from the beginning of the visit, including redirects. */
  readonly firstByteMs: number;
}

export interface NoAnswer extends Seen {
  readonly kind: 'no-answer';
  readonly reason: NoAnswerReason;
  readonly message: string;
}

export type Visit = Answer | NoAnswer;

const redirecting: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The request holds no cookie, credential or proxy header. */
const headers = { 'user-agent': 'trailwatch-probe', accept: '*/*', 'accept-encoding': 'identity', connection: 'close' };

/**
 * visit asks for an address once and follows redirects, each of which is checked like the first. It never throws and never takes
 * longer than its timeout: a failure is part of the result.
 */
export async function visit(start: URL, options: VisitOptions, network: TimedNetwork): Promise<Visit> {
  const began = network.elapsed();
  const signal = AbortSignal.timeout(options.timeoutMs);
  let url = start;
  let redirects = 0;
  let certificateEnds: string | undefined;
  const seen = (): Seen => ({
    url: url.href,
    redirects,
    totalMs: Math.round(network.elapsed() - began),
    ...(certificateEnds !== undefined && { certificateEnds }),
  });

  try {
    for (;;) {
      checkAddress(url);
      const connection = await openConnection(url, { network, allowed: options.allowed, signal });
      certificateEnds = earlier(certificateEnds, connection.certificateEnds);
      try {
        const response = await ask(url, connection, signal);
        const firstByteMs = Math.round(network.elapsed() - began);
        const { location } = response.headers;
        const status = response.statusCode ?? 0;
        if (options.redirects === 0 || !redirecting.has(status) || location === undefined) {
          const { body, cut } = await readBody(response, options.maxBytes, url, signal);
          const { address } = connection;
          return { kind: 'answer', ...seen(), address, status, headers: response.headers, body, cut, firstByteMs };
        }
        if (redirects >= options.redirects) {
          throw new VisitError('redirect', `more than ${options.redirects} redirects, the last one from ${url.host}`);
        }
        url = nextAddress(location, url);
        redirects += 1;
      } finally {
        connection.socket.destroy();
      }
    }
  } catch (error) {
    if (!(error instanceof VisitError)) {
      return { kind: 'no-answer', ...seen(), reason: 'protocol', message: `${url.host}: ${codeOf(error)}` };
    }
    certificateEnds = earlier(certificateEnds, error.certificateEnds);
    return { kind: 'no-answer', ...seen(), reason: error.reason, message: error.message };
  }
}

function checkAddress(url: URL): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new VisitError('redirect', `redirected to ${url.protocol}, which is not a web address`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new VisitError('redirect', `redirected to ${url.host} with a name or password in the address`);
  }
}

function nextAddress(location: string, from: URL): URL {
  if (!URL.canParse(location, from.href)) {
    throw new VisitError('redirect', `${from.host} redirects to an invalid address`);
  }
  return new URL(location, from);
}

async function ask(url: URL, { socket }: Connection, signal: AbortSignal): Promise<IncomingMessage> {
  // On the checked connection: Node's agents would resolve the name anew, or reuse a connection of another host.
  const asking = request({
    createConnection: () => socket,
    method: 'GET',
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, ...headers },
    setHost: false,
    maxHeaderSize: 16_384,
  });
  asking.on('error', () => {});
  asking.on('upgrade', () => void asking.emit('error', new Error('the server switches to another protocol')));
  asking.end();
  try {
    const [response] = (await once(asking, 'response', { signal })) as [IncomingMessage];
    return response;
  } catch (cause) {
    if (signal.aborted) throw new VisitError('timeout', `${url.host} did not answer in time`, { cause });
    throw new VisitError('protocol', `${url.host} did not answer with HTTP: ${codeOf(cause)}`, { cause });
  }
}

async function readBody(
  response: IncomingMessage,
  maxBytes: number,
  url: URL,
  signal: AbortSignal,
): Promise<{ readonly body: Buffer; readonly cut: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  if (maxBytes === 0) return { body: Buffer.alloc(0), cut: true };
  const abort = (): void => void response.destroy(new Error('timeout'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) break;
    }
    return { body: Buffer.concat(chunks).subarray(0, maxBytes), cut: size > maxBytes };
  } catch (cause) {
    if (signal.aborted) throw new VisitError('timeout', `${url.host} did not finish its answer in time`, { cause });
    throw new VisitError('protocol', `${url.host} broke off its answer: ${codeOf(cause)}`, { cause });
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function earlier(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one < other ? one : other;
}
