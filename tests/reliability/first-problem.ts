// Runs schedules until one has a problem, and prints the problem. mutations.ts calls it in a copy of the code.
import { problemsOf, runSchedule } from './schedule.ts';

for (let seed = 1; seed <= Number(process.argv[2]); seed += 1) {
  const [problem] = problemsOf(await runSchedule({ seed, findings: 150 }));
  if (problem !== undefined) {
    process.stdout.write(problem);
    break;
  }
}
process.exit(0);
