// The state table in a process of its own, so that its cost is separate from the cost of delivery.
import { startLocalStateTable } from '../support/local-state-table.ts';

const { url, name } = await startLocalStateTable();
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1_000 });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ url, name });
