import { type FieldProblem, validationError } from '../../../src/errors.ts';
import { headerRefusal } from '../../../src/plugin.ts';

/** Replaces the value of a header in answers; sent back, it stands for the stored value. */
export const mask = '********';

/** Bytes of all names and values together. */
export const maxHeaderBytes = 8 * 1024;

type Headers = Readonly<Record<string, string>>;

export const masked = (headers: Headers): Headers =>
  Object.fromEntries(Object.keys(headers).map((name) => [name, mask]));

/** Whether a header of this name is among them, in any case. */
export const hasHeader = (headers: Headers, name: string): boolean =>
  Object.keys(headers).some((each) => each.toLowerCase() === name);

/**
 * The headers that a caller has sent, with the stored values in place of masks. `stored` has none of another origin. Throws
 * `VALIDATION_ERROR` with every header that cannot be set.
 */
export function takeHeaders(sent: Headers, stored: Headers, credentials: { hasAuthorization: boolean }): Headers {
  const known = new Map(Object.entries(stored).map(([name, value]) => [name.toLowerCase(), value]));
  const taken = new Map<string, string>();
  const problems: FieldProblem[] = [];
  const seen = new Set<string>();
  for (const [name, given] of Object.entries(sent)) {
    const lower = name.toLowerCase();
    const value = given === mask ? known.get(lower) : given;
    const problem = seen.has(lower)
      ? 'is given twice'
      : (headerRefusal(name, value ?? '', credentials) ??
        (value === undefined ? 'is masked, but no value is stored under this name' : undefined));
    seen.add(lower);
    if (problem !== undefined) problems.push({ path: `headers.${name}`, message: problem, in: 'body' });
    else if (value !== undefined) taken.set(name, value);
  }
  const bytes = [...taken].reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (bytes > maxHeaderBytes)
    problems.push({
      path: 'headers',
      message: `must have at most ${maxHeaderBytes} bytes of names and values`,
      in: 'body',
    });
  if (problems.length > 0) throw validationError(problems);
  return Object.fromEntries(taken);
}
