import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { closeServer } from './http-server.ts';

/** Script is what the server does with one post. */
export interface Script {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fault?: 'hang' | 'hang up' | 'hang up in the body' | 'endless' | 'slow body';
}

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly body: string;
}

export interface MisbehavingServer {
  readonly url: string;
  readonly posts: Post[];
  /** What it does with the next posts; the last one stays. */
  script: Script[];
  readonly close: () => Promise<void>;
}

/** startMisbehavingServer listens on a free port of this machine, and answers as it is told to. */
export async function startMisbehavingServer(usual: Script = {}): Promise<MisbehavingServer> {
  const server = createServer((request, response) => {
    void (async () => {
      const bytes = await buffer(request);
      self.posts.push({ url: request.url ?? '', headers: request.headers, bytes, body: bytes.toString('utf8') });
      const given = self.script.length > 1 ? self.script.shift() : self.script[0];
      const { status, body = '', headers, fault } = { status: 200, ...usual, ...given };
      if (fault === 'hang') return;
      if (fault === 'hang up') {
        request.socket.destroy();
        return;
      }
      response.writeHead(status, fault === 'hang up in the body' ? { ...headers, 'content-length': '99' } : headers);
      if (fault === 'hang up in the body') {
        response.write('{"ok":', () => request.socket.destroy());
        return;
      }
      // Headers arrive, and then nothing.
      if (fault === 'slow body') {
        response.write('{');
        return;
      }
      if (fault === 'endless') {
        while (!response.destroyed) {
          response.write('x'.repeat(65_536));
          await wait(1);
        }
        return;
      }
      response.end(body);
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const self: MisbehavingServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts: [],
    script: [],
    close: () => closeServer(server),
  };
  return self;
}
