/** ClientSettings is what each client is made with: few attempts of its own, since delivery tries again later. */
export interface ClientSettings {
  readonly region?: string;
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
  };
}
