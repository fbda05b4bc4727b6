import { type FieldProblem, validationError } from '../../../src/errors.ts';
import { headerRefusal } from '../../../src/plugin.ts';

/** Replaces the value of a header in answers; sent back, it stands for the stored value. */
export const mask = '********';

/** Headers of one endpoint. */
export const maxHeaders = 20;

/** Bytes of all names and values together. */
export const maxHeaderBytes = 8 * 1024;

type Headers = Readonly<Record<string, string>>;

export const masked = (headers: Headers): Headers =>
  Object.fromEntries(Object.keys(headers).map((name) => [name, mask]));

/** Whether a header of this name is among them, in any case. */
export const hasHeader = (headers: Readonly<Record<string, unknown>>, name: string): boolean =>
  Object.keys(headers).some((each) => each.toLowerCase() === name);

/**
 * The headers that a caller has sent, with the stored values in place of masks. `stored` has none of another origin. Throws
 * `VALIDATION_ERROR` with every header that cannot be set.
 */
export function takeHeaders(sent: Headers, stored: Headers, credentials: { hasAuthorization: boolean }): Headers {
  const known = new Map(Object.entries(stored).map(([name, value]) => [name.toLowerCase(), value]));
  const taken = new Map<string, string>();
  const problems: FieldProblem[] = [];
  const isRepeated = repeats();
  for (const [name, given] of Object.entries(sent)) {
    const value = given === mask ? known.get(name.toLowerCase()) : given;
    const problem = isRepeated(name)
      ? twice
      : (headerRefusal(name, value ?? '', credentials) ??
        (value === undefined ? 'is masked, but no value is stored under this name' : undefined));
    if (problem !== undefined) problems.push(problemOf(problem, name));
    else if (value !== undefined) taken.set(name, value);
  }
  const bytes = [...taken].reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (taken.size > maxHeaders) problems.push(problemOf(`must have at most ${maxHeaders} members`));
  if (bytes > maxHeaderBytes) problems.push(problemOf(`must have at most ${maxHeaderBytes} bytes of names and values`));
  if (problems.length > 0) throw validationError(problems);
  return Object.fromEntries(taken);
}

/**
 * The headers after a change, as a caller would send all of them. The values of unchanged ones are masked. Null removes a header, also one that is
 * not there. Throws `VALIDATION_ERROR` for names that are given twice, and for names to remove that no header can have.
 */
export function changedHeaders(stored: Headers, change: Readonly<Record<string, string | null>>): Headers {
  const problems: FieldProblem[] = [];
  const isRepeated = repeats();
  for (const [name, value] of Object.entries(change)) {
    const refusal = value === null ? headerRefusal(name, '', { hasAuthorization: false }) : undefined;
    const problem = isRepeated(name) ? twice : refusal;
    if (problem !== undefined) problems.push(problemOf(problem, name));
  }
  if (problems.length > 0) throw validationError(problems);
  const kept = Object.entries(masked(stored)).filter(([name]) => !hasHeader(change, name.toLowerCase()));
  const set = Object.entries(change).filter((entry): entry is [string, string] => entry[1] !== null);
  return Object.fromEntries([...kept, ...set]);
}

const twice = 'is given twice';

/** Says of one name after the other whether it was there before, in any case. */
function repeats(): (name: string) => boolean {
  const seen = new Set<string>();
  return (name) => {
    const size = seen.size;
    return seen.add(name.toLowerCase()).size === size;
  };
}

const problemOf = (message: string, name?: string): FieldProblem => ({
  path: name === undefined ? 'headers' : `headers.${name}`,
  message,
  in: 'body',
});
