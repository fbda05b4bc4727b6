import { placeOfProblem, type TextPlace } from './json-place.ts';

interface RawJson {
  rawJSON(text: string): unknown;
}

interface ParseContext {
  readonly source?: string;
}

/** Newer than the type library; browsers without them get the numbers of JavaScript. */
const json = JSON as unknown as Partial<RawJson> & {
  parse(text: string, reviver: (key: string, value: unknown, context?: ParseContext) => unknown): unknown;
};

/** Formats a value with an indent of two spaces. */
export const formatJson = (value: unknown): string => JSON.stringify(value, null, 2) ?? '';

/**
 * Parses JSON so that `formatJson` writes its numbers exactly as they were written, also numbers that JavaScript rounds.
 * Throws `SyntaxError`.
 */
export function parseExactly(text: string): unknown {
  return json.parse(text, (_key, value, context) => {
    const source = context?.source;
    if (typeof value !== 'number' || source === undefined || source === String(value)) return value;
    return json.rawJSON?.(source) ?? value;
  });
}

/** A member of an object that a text contains, formatted with its numbers as they are written. Undefined without a text. */
export function exactMember(text: string | undefined, name: string): string | undefined {
  if (text === undefined) return undefined;
  try {
    return formatJson((parseExactly(text) as Readonly<Record<string, unknown>>)[name]);
  } catch {
    return undefined;
  }
}

/** The beginning of a text, cut at a line's end where one is near. */
export function beginningOf(text: string, length: number): string {
  if (text.length <= length) return text;
  const line = text.lastIndexOf('\n', length);
  return text.slice(0, line > length / 2 ? line : length);
}

export type ReadObject =
  | { readonly value: Record<string, unknown> }
  /** `place`: where it stops being JSON; undefined: JSON of a kind that the browser alone refuses. */
  | { readonly problem: 'syntax'; readonly place: TextPlace | undefined }
  | { readonly problem: 'no-object' };

/** The JSON object of a text, with its numbers as they are written. */
export function readObject(text: string): ReadObject {
  try {
    const value = parseExactly(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value) && !isRaw(value);
    return isObject ? { value: value as Record<string, unknown> } : { problem: 'no-object' };
  } catch {
    return { problem: 'syntax', place: placeOfProblem(text) };
  }
}

/** A number that is kept as it was written is an object without a prototype. */
const isRaw = (value: object): boolean => Object.getPrototypeOf(value) === null;

/** Bytes of a value as it is sent. */
export const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;
