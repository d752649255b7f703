import { lookup } from 'node:dns/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { dialPinned } from './connect.ts';
import type { TimedNetwork } from './visit.ts';

/** world is the network that this process is on, with the clock that only goes forward. */
export const network: TimedNetwork = {
  resolve: async (host) => (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address),
  dial: dialPinned,
  elapsed: () => performance.now(),
  wait,
};
