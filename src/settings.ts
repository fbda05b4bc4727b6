import type Joi from 'joi';
import { isNamed, StartError } from './errors.ts';
import { type ObjectSchema, schemaProblem } from './joi-schema.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface SettingProblem {
  name: string;
  /** The value in the environment, or `(hidden)` for a secret and for text that may be an address with a password. */
  value: string;
  expected: string;
}

const hidden = '(hidden)';

/** Hides the rest of each line from an address with user info on: where a badly written password ends cannot be known. */
export const withoutCredentials = (text: string): string => text.replace(/[a-z][\w+.-]*:\/\/.*@.*/gi, hidden);

/** All problems of the settings in one error. */
export class SettingsError extends Error {
  readonly problems: readonly SettingProblem[];

  constructor(problems: readonly SettingProblem[]) {
    super(`Settings:\n${problems.map((p) => `  ${p.name}=${p.value}: ${p.expected}`).join('\n')}`);
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

const maxProblems = 1000;

/** Whether `value` is a `SettingsError`, of this class or of a copy in a plugin's package. */
export const isSettingsError = (value: unknown): value is SettingsError =>
  isNamed(value, 'SettingsError') && 'problems' in value && isProblems(value.problems);

const isProblems = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.length <= maxProblems && value.every(isProblem);

const isProblem = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (['name', 'value', 'expected'] as const).every((member) => typeof Reflect.get(value, member) === 'string');

/**
 * Reads the variables named in `schema` from `env`; an empty variable counts as unset. Throws `SettingsError` with
 * every problem; values of keys marked `.meta({ secret: true })`, and all with an `@`, are hidden in it. Throws `StartError` for a
 * schema of a version of Joi that the gateway does not work with.
 */
export function readSettings<T>(env: Environment, schema: ObjectSchema<T>): Readonly<T> {
  const problem = schemaProblem(schema);
  if (problem !== undefined) throw new StartError(`The schema of the settings ${problem}.`);
  const keys: Record<string, Joi.Description & { metas?: { secret?: boolean }[] }> = schema.describe().keys ?? {};
  const given = Object.fromEntries(Object.keys(keys).flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const { value, error } = schema.validate(given, {
    abortEarly: false,
    convert: true,
    errors: { wrap: { label: false } },
  });
  if (!error) return Object.freeze(value as T);
  throw new SettingsError(
    error.details.flatMap((detail) =>
      namesIn(detail).map((name) => {
        const value = env[name] ?? '';
        const isSecret = keys[name]?.metas?.some((meta) => meta.secret) ?? false;
        if (value === '' || !(isSecret || value.includes('@'))) return { name, value, expected: detail.message };
        // Messages of Joi and of plugins may quote the value.
        return { name, value: hidden, expected: detail.message.replaceAll(value, hidden) };
      }),
    ),
  );
}

/** The settings to report for a problem: the missing ones, if several are required together. */
function namesIn({ path, context }: Joi.ValidationErrorItem): string[] {
  const missing: unknown = context?.missing;
  if (path.length === 0 && Array.isArray(missing)) return missing.map(String);
  return [String(path[0] ?? context?.label ?? 'settings')];
}

/** Runs each reader and returns the results. Throws one `SettingsError` with the problems of all readers. */
export function readAll<T extends readonly (() => unknown)[]>(readers: T): { [K in keyof T]: ReturnType<T[K]> } {
  const problems: SettingProblem[] = [];
  const results = readers.map((read) => {
    try {
      return read();
    } catch (error) {
      if (!isSettingsError(error)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  });
  if (problems.length > 0) throw new SettingsError(problems);
  return results as { [K in keyof T]: ReturnType<T[K]> };
}
