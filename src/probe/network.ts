import { lookup } from 'node:dns/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { dialPinned } from './connect.ts';
import type { TimedNetwork } from './visit.ts';

/** network is the network of this process, with a clock that never goes back. */
export const network: TimedNetwork = {
  resolve: async (host) => (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address),
  dial: dialPinned,
  elapsed: () => performance.now(),
  wait,
};
