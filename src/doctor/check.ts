import type { Account, Identity } from './account.ts';
import type { Result } from './result.ts';
import type { Stage } from './stage.ts';

/** Patient is what checks look at. */
export interface Patient {
  readonly account: Account;
  readonly identity: Identity;
  readonly stage: Stage;
  readonly now: Date;
  readonly machine: Machine;
}

/** Machine is what the doctor runs on, and the code that lies there. */
export interface Machine {
  /** `v24.21.0` */
  readonly node: string;
  /** Trailwatch's version in the checkout. */
  readonly version: string;
  /** The receivers of the stage's configuration in the checkout, by name. */
  readonly receivers: Readonly<Record<string, { readonly kind: string; readonly [option: string]: unknown }>>;
  /** Asks a public address for an answer of any kind; throws when there is none. */
  readonly fetch: (address: string, signal: AbortSignal) => Promise<void>;
}

/** Check looks at one thing; what it throws becomes an `unknown` of its own. */
export interface Check {
  readonly name: string;
  /** Whether it has something to say of an account in which the stage is not deployed. */
  readonly withoutStage?: true;
  run(patient: Patient, signal: AbortSignal): Promise<readonly Result[]> | readonly Result[];
}
