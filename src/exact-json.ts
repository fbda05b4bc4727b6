/** A JSON number in the notation of its sender; `JSON.stringify` writes it unchanged. */
export interface RawNumber {
  readonly rawJSON: string;
}

// TypeScript's library does not describe this part of ECMAScript yet.
interface SourceTextJson {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
}

const json = JSON as unknown as SourceTextJson;

/**
 * Parses JSON like `JSON.parse`, but numbers that `JSON.stringify` would write differently (`0.10`, `1e400`,
 * `1524831183200256789`) become `RawNumber`s.
 */
export function parseExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // The comparison costs a fifth of a reviver, and most texts are written by a `JSON.stringify`.
  return JSON.stringify(value) === text ? value : json.parse(text, keepNotation);
}

const keepNotation = (_key: string, value: unknown, { source }: { source?: string }): unknown =>
  typeof value === 'number' && source !== undefined && source !== String(value) ? json.rawJSON(source) : value;

export const isRawNumber = (value: unknown): value is RawNumber => json.isRawJSON(value);
