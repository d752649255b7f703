import { Option } from 'commander';
import type { Command } from 'commander';
import type { Surroundings } from '../shell/terminal.ts';
import type { VerifyOptions } from './verify-path.ts';

const help = `
In a bucket, the public keys come from AWS (cloudtrail:ListPublicKeys), and a chain of digests must reach up to the present.
In a copy, signatures are checked only with --public-keys; hashes and links always are.

Examples:
  trailwatch verify s3://my-trail/AWSLogs/111122223333 --from 2026-03-01 --to 2026-03-31
  trailwatch verify trail/ --public-keys aws
  aws cloudtrail list-public-keys --start-time 2026-03-01 > keys.json && trailwatch verify trail/ --public-keys keys.json

Exit codes: 0 intact, 1 not intact or not proven, 2 wrong usage, 3 intact but for what could not be read
`;

/** verifyCommand adds `trailwatch verify`: whether log files are as CloudTrail delivered them. */
export function verifyCommand(program: Command, surroundings: Surroundings, end: (code: number) => void): void {
  program
    .command('verify')
    .summary("check CloudTrail's digests: whether log files are as they were delivered")
    .description(
      'Check the digests of a trail: the hash of every log file and digest, every signature, that none is missing and none was added.',
    )
    .argument('<path>', 'a copy of a trail bucket, s3://bucket/prefix, or an evidence pack of trailwatch report')
    .option('--public-keys <source>', 'aws, or a file that `aws cloudtrail list-public-keys` wrote')
    .option('--from <time>', 'the first day to verify: 2026-03-01, or 7d ago')
    .option('--to <time>', 'the last day to verify')
    .option('--account <id>', 'only the files of this account')
    .option('--region <name>', 'only the files of this region')
    .addOption(new Option('--format <format>', 'how the verdict is printed').choices(['text', 'json']).default('text'))
    .option('--strict', 'exit 1 also when signatures were not checked or files lie outside the digests', false)
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
