// `npm run chaos -- --seed <number>`: random operations and faults; exit code 1 if the judgement finds a violation.
import { runChaos } from './chaos.ts';
import { readOptions, UsageError, usage } from './options.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

try {
  const options = readOptions(process.argv.slice(2));
  const { violations, summary } = await runChaos(options, stop.signal);
  for (const violation of violations) process.stdout.write(`${violation}\n\n`);
  process.stdout.write(`${summary}\n`);
  if (violations.length > 0) process.exitCode = 1;
} catch (error) {
  process.exitCode = stop.signal.aborted ? 130 : 2;
  if (error instanceof UsageError) process.stderr.write(`${error.message}\n\n${usage}`);
  else if (!stop.signal.aborted) throw error;
}
