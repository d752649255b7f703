/** NotifiedOnce remembers what a notification was sent of that is sent once: a day's digest, the end of a trial. */
export interface NotifiedOnce {
  readonly has: (what: string) => Promise<boolean>;
  readonly set: (what: string, at: Date) => Promise<void>;
}
