import type { Environment } from '../../settings.ts';

export interface ExpandProblem {
  /** Dotted path, such as `targets.billing.headers.set.X-Key`. */
  readonly place: string;
  readonly message: string;
}

const reference = /\$\{([^}]*)\}?/g;

/**
 * Replaces `${NAME}` in every string of `value` except keys. An empty variable counts as unset, as in the settings.
 * Problems contain the variable's name and never its value.
 */
export function expandVariables(value: unknown, env: Environment): { value: unknown; problems: ExpandProblem[] } {
  const problems: ExpandProblem[] = [];

  const expandText = (text: string, place: string): string =>
    text.replace(reference, (whole, name: string) => {
      if (!whole.endsWith('}') || !/^[A-Za-z_]\w*$/.test(name)) {
        problems.push({ place, message: `\${ must be followed by the name of an environment variable and }` });
        return whole;
      }
      const found = Object.hasOwn(env, name) ? env[name] : undefined;
      if (found === undefined || found === '')
        problems.push({ place, message: `the environment variable ${name} is not set` });
      return found ?? '';
    });

  const expand = (each: unknown, place: string): unknown => {
    if (typeof each === 'string') return expandText(each, place);
    if (Array.isArray(each)) return each.map((item, index) => expand(item, `${place}[${index}]`));
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(
      Object.entries(each).map(([key, item]) => {
        const below = place === '' ? key : `${place}.${key}`;
        // A later copy of the object could take this key for its prototype, hidden from the schema.
        if (key === '__proto__') problems.push({ place: below, message: 'is not allowed' });
        return [key, expand(item, below)];
      }),
    );
  };

  return { value: expand(value, ''), problems };
}
