import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Environment } from '../settings.ts';

/** The process's environment; what it lacks is taken from `.env` in the working directory. */
export function readEnvironment(processEnv: Environment, file = '.env'): Environment {
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return { ...fromFile, ...processEnv };
}
