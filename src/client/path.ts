import { invalidArgument } from './hookgate-error.ts';

/** The path with its parameters filled in. Throws for values that would lead to another path. */
export function fillPath(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{(\w+)\}/g, (_all, name: string) => {
    const value = values[name];
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    if (text === '' || text === '.' || text === '..')
      throw invalidArgument(`The path parameter ${name} is missing or empty.`);
    return encodeURIComponent(text);
  });
}
