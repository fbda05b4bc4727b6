import { parseArgs } from 'node:util';

export interface Options {
  readonly seed: number;
  readonly seconds: number;
  readonly engine: 'mariadb' | 'sqlite';
  readonly processes: number;
  /** Starts the processes without the check of lease tokens: the run has to report violations. */
  readonly withoutFencing: boolean;
}

/** A problem with the arguments, as a message for the user. */
export class UsageError extends Error {}

export const usage = `Usage: npm run chaos -- [options]

Runs random operations and faults against gateways, and checks every delivery.

  --seed <number>             plan of operations and faults (default: random)
  --seconds <number>          length of the plan (default 60)
  --engine <mariadb|sqlite>   database (default mariadb)
  --processes <number>        gateways that share the database (default 3; on SQLite always 1)
  --without-fencing           ignores lease tokens, to show that violations are found
`;

/** Parses the command line. Throws `UsageError`. */
export function readOptions(args: readonly string[]): Options {
  const values = parse(args);
  const { engine } = values;
  if (engine !== 'mariadb' && engine !== 'sqlite') throw new UsageError('--engine must be mariadb or sqlite.');
  const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
  return {
    seed: wholeNumber('--seed', seed, 0, 2 ** 32 - 1),
    seconds: wholeNumber('--seconds', values.seconds, 1, 86_400),
    engine,
    processes: engine === 'sqlite' ? 1 : wholeNumber('--processes', values.processes, 1, 16),
    withoutFencing: values['without-fencing'],
  };
}

/** The command that repeats a run. */
export const commandOf = ({ seed, seconds, engine, processes, withoutFencing }: Options): string =>
  `npm run chaos -- --seed ${seed} --seconds ${seconds} --engine ${engine} --processes ${processes}${withoutFencing ? ' --without-fencing' : ''}`;

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string' },
        seconds: { type: 'string', default: '60' },
        engine: { type: 'string', default: 'mariadb' },
        processes: { type: 'string', default: '3' },
        'without-fencing': { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || number > most)
    throw new UsageError(`${name} must be a whole number from ${least} to ${most}.`);
  return number;
}
