import { once } from 'node:events';
import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { TimedNetwork } from '../../../src/probe/visit.ts';
import type { Certificate } from '../../support/certificate.ts';

export interface LocalSite {
  readonly port: number;
  readonly requests: { readonly url: string; readonly headers: Readonly<Record<string, unknown>> }[];
  close(): void;
}

/** startSite serves on one loopback address: encrypted when it has a certificate. */
export async function startSite(
  answer: RequestListener,
  options: { readonly certificate?: Certificate; readonly host?: string } = {},
): Promise<LocalSite> {
  const requests: LocalSite['requests'] = [];
  const listener: RequestListener = (request, response) => {
    requests.push({ url: request.url ?? '', headers: request.headers });
    answer(request, response);
  };
  const { certificate } = options;
  const server: Server = certificate === undefined ? createHttp(listener) : createHttps(certificate, listener);
  server.listen(0, options.host ?? '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export interface LocalNetwork extends TimedNetwork {
  /** The names that were resolved, and the addresses that were dialled, in order. */
  readonly resolved: string[];
  readonly dialled: string[];
}

/**
 * localNetwork is a network with made-up names. Whatever public address is dialled, the connection goes to this machine, and
 * the test sees which address it was.
 */
export function localNetwork(
  names: Readonly<Record<string, readonly (readonly string[])[]>>,
  trusted?: string,
): LocalNetwork {
  const resolved: string[] = [];
  const dialled: string[] = [];
  return {
    resolved,
    dialled,
    ...(trusted !== undefined && { trusted }),
    elapsed: () => performance.now(),
    wait: () => Promise.resolve(),
    resolve(host) {
      const answers = names[host];
      const nth = resolved.filter((name) => name === host).length;
      resolved.push(host);
      const answer = answers?.[Math.min(nth, answers.length - 1)];
      return answer === undefined
        ? Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }))
        : Promise.resolve(answer);
    },
    dial(addresses, port): Socket {
      dialled.push(...addresses);
      return connect({ host: '127.0.0.1', port });
    },
  };
}
