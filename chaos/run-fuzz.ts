// `npm run fuzz -- --seed <number>`: random requests to a hostile backend; exit code 1 for a violation.
import { parseArgs } from 'node:util';
import { runFuzz } from './fuzz-run.ts';

const usage = `Usage: npm run fuzz -- [--seed <number>] [--requests <number>]

Sends random requests through a gateway to a backend that breaks HTTP in every way.

  --seed <number>       requests and answers (default: random)
  --requests <number>   number of connections (default 20000)
`;
const mostPrinted = 20;

function readNumbers(): { seed: number; requests: number } | undefined {
  try {
    const options = { seed: { type: 'string' }, requests: { type: 'string', default: '20000' } } as const;
    const { values } = parseArgs({ options });
    const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
    const requests = Number(values.requests);
    return Number.isSafeInteger(seed) && Number.isSafeInteger(requests) ? { seed, requests } : undefined;
  } catch {
    return undefined;
  }
}

const numbers = readNumbers();
if (!numbers) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  const { seed, requests } = numbers;
  const { violations, statuses, memory } = await runFuzz(seed, requests);
  for (const violation of violations.slice(0, mostPrinted)) process.stdout.write(`${violation}\n`);
  const classes = Object.groupBy(Object.entries(statuses), ([status]) =>
    status === 'none' ? status : `${status[0]}xx`,
  );
  const counts = Object.entries(classes).map(
    ([name, some = []]) => `${some.reduce((sum, [, count]) => sum + count, 0)} ${name}`,
  );
  process.stdout.write(
    `${requests} requests, seed ${seed}: ${violations.length} violations. Responses: ${counts.join(', ')}. Memory: ${memory.before} MB before, ${memory.highest} MB at most.\n`,
  );
  if (violations.length > 0) {
    process.stdout.write(`Repeat with: npm run fuzz -- --seed ${seed} --requests ${requests}\n`);
    process.exitCode = 1;
  }
}
