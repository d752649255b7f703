import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';
import type { Receiver } from './receiver.ts';
import { renderGelf } from '../render/gelf.ts';
import { checkedAddress, post, statusVerdict, unlessPage, type HttpTools } from './http.ts';
import { withSecrets, type ReadSecret } from './with-secrets.ts';

export interface GelfOptions extends HttpTools {
  readonly name?: string;
  /** Gives the address of a GELF HTTP input, as `https://graylog.example.com:12202/gelf`. */
  readonly address: ReadSecret;
  /** Gives the whole `Authorization` header, where the input or a proxy in front of it requires one. */
  readonly authorization?: ReadSecret;
  readonly gzip?: boolean;
}

/**
 * createGelf posts every finding as a GELF 1.1 message, for Graylog.
 * https://go2docs.graylog.org/current/getting_in_log_data/gelf_format.html
 */
export function createGelf(options: GelfOptions): Receiver {
  const { name = 'gelf', address, authorization = async () => '', gzip = true } = options;
  return {
    name,
    concurrency: 4,
    grouping: 'each',
    send: async (notification, signal) => {
      const json = JSON.stringify(renderGelf(notification));
      const body = gzip ? new Uint8Array(await compress(json)) : json;
      await withSecrets(name, { address, authorization }, (secrets) => {
        const header = secrets.authorization;
        const request = {
          name,
          address: checkedAddress(name, secrets.address),
          headers: {
            'content-type': 'application/json',
            ...(gzip && { 'content-encoding': 'gzip' }),
            ...(header !== '' && { authorization: header }),
          },
          body,
          // Without its scheme too: `Basic …`.
          secrets: [header, ...header.split(' ').slice(1)],
        };
        return post(request, unlessPage(statusVerdict), options, signal);
      });
    },
  };
}

const compress = promisify(gzipCallback);
