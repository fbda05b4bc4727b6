import { createRequire } from 'node:module';
import type { RE2JS as Re2Type } from 're2js';

const require = createRequire(import.meta.url);

export interface LinearPattern {
  test(text: string): boolean;
  /** Equal patterns have equal texts: Ajv knows them by it. */
  toString(): string;
}

/**
 * A regular expression that takes time in proportion to the text: backtracking could block the process for years. Look-around and
 * back-references need backtracking. Throws for them and for malformed ones. Loaded on demand: most processes need none.
 */
export function compilePattern(pattern: string): LinearPattern {
  const { RE2JS } = require('re2js') as { RE2JS: typeof Re2Type };
  const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
  return { test: (text) => compiled.test(text), toString: () => pattern };
}

export function refusalOfPattern(pattern: string): string | undefined {
  try {
    compilePattern(pattern);
    return undefined;
  } catch {
    return 'is no regular expression that runs in linear time: it is malformed, or has look-around or back-references';
  }
}
