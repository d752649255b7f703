import regions from './regions.json' with { type: 'json' };

/**
 * regionsBeside lists every region of the partition that a region belongs to, sorted; the region alone where the list doesn't know it.
 * regions.json says of which day the list is. https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
export function regionsBeside(region: string): readonly string[] {
  return Object.values(regions.partitions).find((names) => names.includes(region)) ?? [region];
}
