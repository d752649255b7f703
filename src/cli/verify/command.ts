import { Option } from 'commander';
import type { Command } from 'commander';
import type { Surroundings } from '../shell/terminal.ts';
import type { VerifyOptions } from './verify-path.ts';

const help = `
For a bucket, the public keys come from AWS (cloudtrail:ListPublicKeys), and each chain of digests must reach the present.
For a copy, signatures are checked only with --public-keys; hashes and links are always checked.
With --from and --to, digests must cover every day of the range in every region; docs/verification.md has the details.

Examples:
  trailwatch verify s3://my-trail/AWSLogs/111122223333 --from 2026-03-01 --to 2026-03-31
  trailwatch verify trail/ --public-keys aws
  aws cloudtrail list-public-keys --start-time 2026-03-01 > keys.json && trailwatch verify trail/ --public-keys keys.json

Exit codes: 0 intact, 1 not intact or not proven, 2 wrong usage, 3 intact, but some objects could not be read
`;

/** verifyCommand adds `trailwatch verify`: whether log files are unchanged since CloudTrail delivered them. */
export function verifyCommand(program: Command, surroundings: Surroundings, end: (code: number) => void): void {
  program
    .command('verify')
    .summary("verify with CloudTrail's digests that log files are unchanged since delivery")
    .description(
      'Verify a trail with its digests: the hash of every log file and digest, every signature, and that no file is missing or added.',
    )
    .argument('<path>', 'a copy of a trail bucket, s3://bucket/prefix, or an evidence pack of trailwatch report')
    .option('--public-keys <source>', 'aws, or a file with the output of `aws cloudtrail list-public-keys`')
    .option('--from <time>', 'the first day to verify: 2026-03-01, or 7d ago')
    .option('--to <time>', 'the last day to verify')
    .option('--account <id>', 'only the files of this account')
    .option('--region <name>', 'only the files of this region')
    .addOption(new Option('--format <format>', 'output format').choices(['text', 'json']).default('text'))
    .option('--strict', 'exit 1 also when signatures were not checked or files are not covered by digests', false)
    .addHelpText('after', help)
    .action(async (path: string, options: VerifyOptions) => {
      const { evidenceIn, verifyEvidence } = await import('./evidence.ts');
      const evidence = await evidenceIn(path, surroundings.cwd);
      if (evidence !== undefined) {
        end(await verifyEvidence(path, evidence, surroundings));
        return;
      }
      const { verifyPath } = await import('./verify-path.ts');
      end(await verifyPath(path, options, surroundings));
    });
}
