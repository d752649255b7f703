import { once } from 'node:events';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { hostName, refusalOf } from './address.ts';

/** Why a visit got no answer. */
export type NoAnswerReason = 'timeout' | 'name' | 'refused' | 'connection' | 'tls' | 'redirect' | 'protocol';

/** VisitError says why there was no answer: `reason` for a rule, the message for a person. */
export class VisitError extends Error {
  override readonly name = 'VisitError';
  readonly reason: NoAnswerReason;
  /** When the server's certificate ends, ISO 8601, where one was shown. */
  readonly certificateEnds: string | undefined;

  constructor(reason: NoAnswerReason, message: string, options: ErrorOptions & { certificateEnds?: string } = {}) {
    super(message, options);
    this.reason = reason;
    this.certificateEnds = options.certificateEnds;
  }
}

/** Network is the name server and the connections that a visit uses. */
export interface Network {
  /** resolve gives all addresses of a name, in the order to try them. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  /** dial opens a connection to one of the addresses, and to nothing else. */
  readonly dial: (addresses: readonly string[], port: number) => Socket;
  /** Certificates to trust in place of Node's own list. */
  readonly trusted?: string;
}

export interface Connection {
  readonly socket: Socket;
  /** The address connected to. */
  readonly address: string;
  /** ISO 8601. */
  readonly certificateEnds?: string;
}

/**
 * openConnection connects to the host of a web address. It resolves the name once, checks each address, and connects only to the
 * checked addresses: a name server that answers differently after the check changes nothing. The certificate must be valid before
 * a byte of the request is sent.
 * @throws {VisitError}
 */
export async function openConnection(
  url: URL,
  { network, allowed, signal }: { network: Network; allowed: ReadonlySet<string>; signal: AbortSignal },
): Promise<Connection> {
  const host = hostName(url.hostname);
  const secure = url.protocol === 'https:';
  const addresses = await addressesOf(host, network, signal);
  for (const address of addresses) {
    const refusal = refusalOf(address, host, allowed);
    if (refusal === undefined) continue;
    const which = address === host ? host : `${host} stands for ${address}, which`;
    throw new VisitError('refused', `${which} is ${refusal}: allow the host in the probes' settings if that is meant`);
  }

  const socket = network.dial(addresses, Number(url.port) || (secure ? 443 : 80));
  await settled(socket, 'connect', signal, `no connection to ${url.host}`, 'connection');
  const address = socket.remoteAddress ?? addresses[0] ?? host;
  if (!secure) return { socket, address };

  const tls = connectTls({
    socket,
    host,
    // SNI must not hold an address: https://www.rfc-editor.org/rfc/rfc6066#section-3
    ...(isIP(host) === 0 && { servername: host }),
    // Checked below instead, so that the end of an expired certificate is known.
    rejectUnauthorized: false,
    ...(network.trusted !== undefined && { ca: network.trusted }),
  });
  await settled(tls, 'secureConnect', signal, `no encrypted connection to ${url.host}`, 'tls');
  const ends = tls.getPeerX509Certificate()?.validToDate;
  const certificate = ends === undefined ? {} : { certificateEnds: ends.toISOString() };
  if (!tls.authorized) {
    tls.destroy();
    throw new VisitError(
      'tls',
      `the certificate of ${url.host} is not valid: ${authorizationProblem(tls)}`,
      certificate,
    );
  }
  return { socket: tls, address, ...certificate };
}

/** dialPinned connects to the quickest of the given addresses, without asking a name server again. */
export function dialPinned(addresses: readonly string[], port: number): Socket {
  const pinned = addresses.map((address) => ({ address, family: isIP(address) }));
  const lookup: LookupFunction = (_host, options, done) => {
    const [first] = pinned;
    if (options.all === true || first === undefined) done(null, pinned);
    else done(null, first.address, first.family);
  };
  return connect({ host: 'pinned.invalid', port, lookup, autoSelectFamily: true });
}

async function addressesOf(host: string, { resolve }: Network, signal: AbortSignal): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(new Error('timeout'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    const addresses = await Promise.race([resolve(host), aborted.promise]);
    if (addresses.length === 0) throw new Error('it has no address');
    return addresses;
  } catch (cause) {
    if (signal.aborted) throw new VisitError('timeout', `no answer of the name server for ${host} in time`, { cause });
    throw new VisitError('name', `${host} could not be resolved: ${codeOf(cause)}`, { cause });
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function settled(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
  message: string,
  reason: NoAnswerReason,
): Promise<void> {
  // An error of an abandoned socket is of no interest, but without a listener it would end the process.
  socket.on('error', () => {});
  try {
    await once(socket, event, { signal });
  } catch (cause) {
    socket.destroy();
    if (signal.aborted) throw new VisitError('timeout', `${message} in time`, { cause });
    throw new VisitError(reason, `${message}: ${codeOf(cause)}`, { cause });
  }
}

/** Node's typings promise an Error; Node gives a code such as CERT_HAS_EXPIRED, or an Error when the name doesn't fit. */
function authorizationProblem({ authorizationError }: TLSSocket): string {
  return codeOf(authorizationError);
}

/** codeOf is an error's code, which is clearer than the message that Node makes of several errors. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { code, message, errors } = error as Readonly<Record<string, unknown>>;
  if (typeof code === 'string') return code;
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0]);
  return typeof message === 'string' ? message : 'an unknown error';
}
