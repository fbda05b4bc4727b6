import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const languages = ['en', 'tr'] as const;
export type Language = (typeof languages)[number];

const folder = join(import.meta.dirname, '..', '..', 'plugins', 'console', 'web', 'messages');

/** Gives the text of a key; `values` take the places in braces. Throws for an unknown key. */
export type Texts = (key: string, values?: Readonly<Record<string, string>>) => string;

/** The texts of the pages in one language. */
export function readTexts(language: Language): Texts {
  const files = globSync(join(folder, language, '*.json'));
  const texts: Record<string, unknown> = Object.assign(
    {},
    ...files.map((file) => JSON.parse(readFileSync(file, 'utf8'))),
  );
  return (key, values = {}) => {
    const text = texts[key];
    if (typeof text !== 'string') throw new Error(`The console has no text ${key}.`);
    return text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
  };
}
