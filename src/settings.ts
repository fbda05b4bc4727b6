import type Joi from 'joi';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface SettingProblem {
  name: string;
  /** What was given, or `(hidden)` for a secret. */
  value: string;
  expected: string;
}

/** Everything that is wrong with the settings, reported at once. */
export class SettingsError extends Error {
  readonly problems: readonly SettingProblem[];

  constructor(problems: readonly SettingProblem[]) {
    super(`Settings:\n${problems.map((p) => `  ${p.name}=${p.value}: ${p.expected}`).join('\n')}`);
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

/**
 * Reads the variables that `schema` names from `env`; an empty one counts as unset.
 * Keys marked `.meta({ secret: true })` are never shown. Throws `SettingsError` with every problem.
 */
export function readSettings<T>(env: Environment, schema: Joi.ObjectSchema<T>): Readonly<T> {
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
        const isSecret = keys[name]?.metas?.some((meta) => meta.secret) ?? false;
        const shown = env[name] === undefined ? '' : isSecret ? '(hidden)' : String(env[name]);
        return { name, value: shown, expected: detail.message };
      }),
    ),
  );
}

/** The settings that a problem is about: those that are missing where several belong together. */
function namesIn({ path, context }: Joi.ValidationErrorItem): string[] {
  const missing: unknown = context?.missing;
  if (path.length === 0 && Array.isArray(missing)) return missing.map(String);
  return [String(path[0] ?? context?.label ?? 'settings')];
}

/** Runs each reader and returns their results, or throws one `SettingsError` with the problems of all of them. */
export function readAll<T extends readonly (() => unknown)[]>(readers: T): { [K in keyof T]: ReturnType<T[K]> } {
  const problems: SettingProblem[] = [];
  const results = readers.map((read) => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  });
  if (problems.length > 0) throw new SettingsError(problems);
  return results as { [K in keyof T]: ReturnType<T[K]> };
}
