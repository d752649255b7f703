/** Minutes east of UTC of the zone names that mean one zone wherever they are written. */
const offsets: Readonly<Record<string, number>> = {
  UTC: 0,
  UCT: 0,
  GMT: 0,
  Z: 0,
  WET: 0,
  WEST: 60,
  CET: 60,
  MET: 60,
  CEST: 120,
  MEST: 120,
  EET: 120,
  SAST: 120,
  EEST: 180,
  MSK: 180,
  EAT: 180,
  WAT: 60,
  CAT: 120,
  PKT: 300,
  NPT: 345,
  WIB: 420,
  WITA: 480,
  WIT: 540,
  HKT: 480,
  AWST: 480,
  JST: 540,
  KST: 540,
  ACST: 570,
  AEST: 600,
  ACDT: 630,
  AEDT: 660,
  NZST: 720,
  NZDT: 780,
  NST: -210,
  NDT: -150,
  ADT: -180,
  EST: -300,
  EDT: -240,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
  AKST: -540,
  AKDT: -480,
  HST: -600,
};

/** Names that stand for several zones, hours apart: China or the United States, India or Ireland. */
const ambiguous: ReadonlySet<string> = new Set(['CST', 'IST', 'BST', 'AST', 'SST']);

/** Zone is how far a local time is from UTC. */
export interface Zone {
  /** Minutes east of UTC. */
  readonly minutes: number;
  /** Why the offset is unknown, and the time is taken as UTC. */
  readonly doubt?: string;
}

/** zoneOf reads a zone's name in capitals; undefined for a word that names no zone. */
export function zoneOf(name: string): Zone | undefined {
  if (ambiguous.has(name))
    return { minutes: 0, doubt: `the zone ${name} stands for several; its time is taken as UTC` };
  const minutes = Object.hasOwn(offsets, name) ? offsets[name] : undefined;
  return minutes === undefined ? undefined : { minutes };
}
