import type { Network } from './network.ts';

export interface Message<Body> {
  readonly id: string;
  readonly body: Body;
  readonly sentMs: number;
  receives: number;
}

/** Queue hands out messages at least once, in any order, as SQS does. */
export interface Queue<Body> {
  readonly send: (body: Body) => void;
  /** receive hides up to `most` messages from others for a while; a message received too often goes to the dead letters. */
  readonly receive: (most: number) => readonly Message<Body>[];
  readonly delete: (id: string) => void;
  /** Calls back when a message can be received. */
  readonly wake: (waiter: () => void) => void;
  readonly dead: Message<Body>[];
  /** How many messages are not deleted. */
  readonly size: () => number;
}

export interface QueueOptions {
  readonly visibilityMs: number;
  readonly tries: number;
  /** Whether a message is handed out once more although it was deleted, or is being worked on. */
  readonly repeats: () => boolean;
}

export function createQueue<Body>(network: Network, { visibilityMs, tries, repeats }: QueueOptions): Queue<Body> {
  const messages = new Map<string, Message<Body>>();
  const visible: string[] = [];
  const dead: Message<Body>[] = [];
  let waiters: (() => void)[] = [];
  let ids = 0;

  const show = (id: string): void => {
    if (!messages.has(id)) return;
    visible.push(id);
    const woken = waiters;
    waiters = [];
    for (const wake of woken) wake();
  };

  return {
    dead,
    size: () => messages.size,
    send: (body) => {
      const id = String((ids += 1));
      messages.set(id, { id, body, sentMs: network.now().getTime(), receives: 0 });
      show(id);
    },
    receive: (most) => {
      const batch: Message<Body>[] = [];
      while (batch.length < most && visible.length > 0) {
        // Any of them: a queue keeps no order.
        const place = Math.floor(network.random() * visible.length);
        const id = visible[place] ?? '';
        visible[place] = visible.at(-1) ?? '';
        visible.pop();
        const message = messages.get(id);
        if (message === undefined || batch.includes(message)) continue;
        message.receives += 1;
        if (message.receives > tries) {
          messages.delete(id);
          dead.push(message);
          continue;
        }
        const nowMs = network.now().getTime();
        network.at(nowMs + visibilityMs, () => show(id));
        if (repeats()) network.at(nowMs + Math.floor(network.random() * 60_000), () => show(id));
        batch.push(message);
      }
      return batch;
    },
    delete: (id) => void messages.delete(id),
    wake: (waiter) => {
      if (visible.length > 0) waiter();
      else waiters.push(waiter);
    },
  };
}
