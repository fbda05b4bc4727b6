import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from '../settings.ts';

const defaultFile = '.env';

/**
 * The environment of the process, completed from `.env` in the working directory. The process environment takes
 * precedence.
 */
export function readEnvironment(processEnv: Environment, file = defaultFile): Environment {
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return { ...fromFile, ...processEnv };
}

/** Where a setting has its value from, in words. `env` is the completed environment. */
export function originOf(name: string, env: Environment, processEnv: Environment): string {
  if (!env[name]) return 'the default';
  return processEnv[name] === undefined ? resolve(defaultFile) : 'the environment';
}
