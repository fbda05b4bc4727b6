import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Environment } from '../settings.ts';

/**
 * The environment of the process, completed from `.env` in the working directory. The process environment takes
 * precedence.
 */
export function readEnvironment(processEnv: Environment, file = '.env'): Environment {
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return { ...fromFile, ...processEnv };
}
