import type { Finding } from '../model/finding.ts';
import type { Message } from './message.ts';

/** Notification is what a receiver is asked to send: a finding, and the message a person reads about it. */
export interface Notification {
  /** The same news to the same receiver has the same id, however often it is tried. */
  readonly id: string;
  readonly finding: Finding;
  readonly message: Message;
}
