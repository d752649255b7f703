import { DeliveryError, type Receiver } from './receiver.ts';

/** CanaryReturn is what is known of a canary that comes back. */
export type CanaryReturn =
  { readonly kind: 'returned'; readonly sent: Date } | { readonly kind: 'again' } | { readonly kind: 'unknown' };

export interface CanaryOptions {
  /** The receiver that canaries are routed to. */
  readonly name: string;
  /** Says of a canary that it is back. */
  readonly returned: (canary: string, at: Date) => Promise<CanaryReturn>;
  readonly now: () => Date;
  /** Takes the milliseconds that a canary was under way. */
  readonly arrived: (ms: number) => void;
  /** Somebody made an event that looks like a canary: it keeps no alarm quiet. */
  readonly forged: (canary: string) => void;
}

/** createCanary is the receiver at the end of the pipeline that tells nobody: it times what was sent at its beginning. */
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
