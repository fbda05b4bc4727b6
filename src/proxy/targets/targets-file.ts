import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartError } from '../../errors.ts';
import { loadYaml } from '../../packages/yaml.ts';
import { type Environment, withoutCredentials } from '../../settings.ts';
import type { RemoteTargetSettings } from '../../target-definition.ts';
import { expandVariables } from './expand-variables.ts';
import { checkDefinitions } from './target-schema.ts';

const maxBytes = 1024 * 1024;
const maxProblems = 100;

/** All problems of a targets file; beyond 100, only their number. Names and places only: the values may be secrets. */
export class TargetsFileError extends StartError {
  readonly problems: readonly string[];

  constructor(path: string, found: readonly string[]) {
    const problems = found.slice(0, maxProblems).map(withoutCredentials);
    if (found.length > maxProblems) problems.push(`and ${found.length - maxProblems} more`);
    super([`The targets file ${path} is not valid:`, ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.name = 'TargetsFileError';
    this.problems = problems;
  }
}

/**
 * Reads `targets.yaml` and replaces each `${NAME}` in its strings by the variable of `env`. Throws `TargetsFileError`
 * with all problems.
 */
export function readTargetsFile(path: string, env: Environment): RemoteTargetSettings[] {
  const { value, problems } = expandVariables(parse(path, readBounded(path)), env);
  const checked = checkDefinitions(value, dirname(path));
  const unset = new Set(problems.map((problem) => problem.place));
  const all = [
    ...problems.map(({ place, message }) => `${place}: ${message}`),
    // A value whose variable is unset would only cause a misleading second problem.
    ...checked.problems.filter(({ place }) => !unset.has(place)).map(({ message }) => message),
  ];
  if (all.length > 0) throw new TargetsFileError(path, all);
  return checked.targets;
}

function readBounded(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > maxBytes) throw new TargetsFileError(path, [`it is larger than ${maxBytes} bytes`]);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof TargetsFileError) throw error;
    throw new TargetsFileError(path, [`it cannot be read (${(error as NodeJS.ErrnoException).code})`]);
  }
}

function parse(path: string, text: string): unknown {
  const { LineCounter, parseDocument } = loadYaml();
  const lines = new LineCounter();
  // Pretty errors would quote the file, and with it secrets.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const problems = [...document.errors, ...document.warnings].map(({ code, pos }) => {
    const { line, col } = lines.linePos(pos[0]);
    return `line ${line}, column ${col}: ${code.toLowerCase().replaceAll('_', ' ')}`;
  });
  if (problems.length > 0) throw new TargetsFileError(path, problems);
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new TargetsFileError(path, ['aliases (*name) are not allowed']);
  }
}
