import { DeliveryError, type Receiver } from './receiver.ts';

/** CanaryReturn is what the log of canaries knows about one that comes back. */
export type CanaryReturn =
  { readonly kind: 'returned'; readonly sent: Date } | { readonly kind: 'again' } | { readonly kind: 'unknown' };

export interface CanaryOptions {
  /** The receiver that canaries are routed to. */
  readonly name: string;
  /** Records that a canary is back. */
  readonly returned: (canary: string, at: Date) => Promise<CanaryReturn>;
  readonly now: () => Date;
  /** Takes the milliseconds that a canary was under way. */
  readonly arrived: (ms: number) => void;
  /** Takes the text of an event that only looks like a canary; such an event keeps no alarm quiet. */
  readonly forged: (canary: string) => void;
}

/** createCanary makes the receiver that times canaries from the start of the pipeline to its end, and notifies nobody. */
export function createCanary({ name, returned, now, arrived, forged }: CanaryOptions): Receiver {
  return {
    name,
    concurrency: 4,
    grouping: 'each',
    async send({ finding }) {
      const canary = finding.event.targets.find(({ kind }) => kind === 'canary')?.id ?? '';
      const at = now();
      let back: CanaryReturn;
      try {
        back = await returned(canary, at);
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new DeliveryError(`canary: ${why}`, { reason: 'state-unavailable', retryable: true, cause });
      }
      switch (back.kind) {
        case 'returned':
          arrived(at.getTime() - back.sent.getTime());
          return;
        case 'again':
          return;
        case 'unknown':
          forged(canary);
          return;
        default:
          throw new Error(back satisfies never);
      }
    },
  };
}
