/** Volume is one thing that a bill depends on. */
interface Volume {
  /** For a person, in `--help`. */
  readonly about: string;
  readonly small: number;
  readonly medium: number;
  readonly large: number;
}

/**
 * volumes is the table of the volumes that determine the bill, with values for an account of each size. Small is one account of a
 * small team, medium a company with about ten accounts, large an organization with hundreds.
 */
export const volumes = {
  trailEventsPerDay: {
    about: 'management events in the trail per day',
    small: 50_000,
    medium: 1_000_000,
    large: 20_000_000,
  },
  busEventsPerDay: {
    about: 'management events that EventBridge delivers (without read-only calls) per day',
    small: 5_000,
    medium: 80_000,
    large: 1_500_000,
  },
  trailFilesPerDay: { about: 'files that the trail writes per day', small: 1_000, medium: 15_000, large: 250_000 },
  trailGbPerDay: { about: 'GB of trail files per day (compressed)', small: 0.01, medium: 0.2, large: 4 },
  trailRetentionDays: { about: 'days for which the trail files are kept', small: 365, medium: 730, large: 730 },
  hostLogGbPerDay: {
    about: 'GB of host and application logs in subscribed log groups per day',
    small: 0.1,
    medium: 2,
    large: 50,
  },
  sharedLogGbPerDay: { about: 'GB of logs from other accounts in the stream per day', small: 0, medium: 0, large: 20 },
  findingsPerDay: { about: 'findings per day', small: 20, medium: 200, large: 2_000 },
  notificationsPerDay: { about: 'notifications per day, over all receivers', small: 10, medium: 60, large: 300 },
  mailsPerNotification: {
    about: 'email addresses that get each SNS notification',
    small: 2,
    medium: 5,
    large: 10,
  },
  correlatedPerDay: { about: 'matches that correlations count per day', small: 500, medium: 20_000, large: 500_000 },
  scannedGbPerMonth: {
    about: 'GB that reports scan in Athena per month',
    small: 5,
    medium: 200,
    large: 10_000,
  },
  probedEndpoints: { about: 'endpoints that the probe checks', small: 2, medium: 10, large: 30 },
  secrets: { about: 'secrets in Secrets Manager', small: 0, medium: 1, large: 3 },
} as const satisfies Record<string, Volume>;

export type VolumeName = keyof typeof volumes;
export type Volumes = { readonly [Name in VolumeName]: number };

export const profiles = ['small', 'medium', 'large'] as const;
export type Profile = (typeof profiles)[number];

/** profileOf gives the volumes of a profile. */
export function profileOf(profile: Profile): Volumes {
  return Object.fromEntries(Object.entries(volumes).map(([name, volume]) => [name, volume[profile]])) as Volumes;
}

/** StageSwitches are those parameters of serverless.yml that decide on the bill. */
export interface StageSwitches {
  readonly tracing: 'Active' | 'PassThrough';
  readonly logsStream: boolean;
  readonly readOnlyEvents: boolean;
  readonly healthAlarms: boolean;
  readonly trailInsights: boolean;
  readonly logRetentionDays: number;
  readonly findingsArchiveDays: number;
  /** Of the archive: findings, host logs, the columnar copy. */
  readonly archiveDays: number;
  /** Minutes between checks of the endpoints. */
  readonly probeMinutes: number;
}

/** defaultSwitches are what serverless.yml says for dev. */
export const defaultSwitches: StageSwitches = {
  tracing: 'PassThrough',
  logsStream: false,
  readOnlyEvents: false,
  healthAlarms: true,
  trailInsights: false,
  logRetentionDays: 14,
  findingsArchiveDays: 14,
  archiveDays: 90,
  probeMinutes: 5,
};

/** Basis is all that an estimate is computed from. */
export interface Basis {
  readonly volumes: Volumes;
  readonly switches: StageSwitches;
}
