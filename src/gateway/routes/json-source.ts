/** Names and indices that lead from the root to a value. */
export type JsonPath = readonly (string | number)[];

/** Findings in the text of a JSON value that the parsed value does not show. */
export interface JsonSource {
  /** Number of members of all objects together, repeated ones included. */
  readonly members: number;
  /** JSON text of the wanted members of the root object. */
  readonly texts: Readonly<Record<string, string>>;
  /** Paths of the numbers that a double does not hold, outside the wanted members; the first 101 of them. */
  readonly inexact: readonly JsonPath[];
}

export const maxInexact = 100;

const [quote, plus, comma, minus, point, zero, nine, colon] = [34, 43, 44, 45, 46, 48, 57, 58] as const;
const [upperE, openArray, backslash, closeArray, lowerE, openObject, closeObject] = [
  69, 91, 92, 93, 101, 123, 125,
] as const;

/** Scans valid JSON once. `wanted`: names of members of the root object. */
export function scanJson(text: string, wanted: ReadonlySet<string>): JsonSource {
  const texts: Record<string, string> = {};
  const inexact: JsonPath[] = [];
  let members = 0;
  let depth = 0;
  let [stringFrom, stringEnd] = [0, 0];
  /** By depth: the offset of the current member's name in an object, the negative number of the next element in an array. */
  const levels = [0];
  let valueFrom = 0;
  /** The wanted member around the current place. */
  let member: string | undefined;

  function endValue(at: number): void {
    if (depth !== 1 || member === undefined) return;
    texts[member] = text.slice(valueFrom, at).trim();
    member = undefined;
  }

  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      stringFrom = at;
      at = closingQuote(text, at);
      stringEnd = at + 1;
    } else if (code === colon) {
      members += 1;
      levels[depth] = stringFrom;
      if (depth > 1 || wanted.size === 0) continue;
      const name = JSON.parse(text.slice(stringFrom, stringEnd)) as string;
      member = wanted.has(name) ? name : undefined;
      valueFrom = at + 1;
    } else if (code === comma) {
      endValue(at);
      const level = levels[depth] ?? 0;
      if (level < 0) levels[depth] = level - 1;
    } else if (code === openObject || code === openArray) {
      depth += 1;
      levels[depth] = code === openArray ? -1 : 0;
    } else if (code === closeObject || code === closeArray) {
      endValue(at);
      depth -= 1;
    } else if (isDigit(code) || code === minus) {
      const end = endOfNumber(text, at);
      if (member === undefined && inexact.length <= maxInexact && !isExact(text.slice(at, end)))
        inexact.push(levels.slice(1, depth + 1).map((level) => keyAt(text, level)));
      at = end - 1;
    }
  }
  return { members, texts, inexact };
}

const keyAt = (text: string, level: number): string | number =>
  level < 0 ? -level - 1 : (JSON.parse(text.slice(level, closingQuote(text, level) + 1)) as string);

function closingQuote(text: string, from: number): number {
  let end = text.indexOf('"', from + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text.charCodeAt(before - 1) === backslash) before -= 1;
  return (at - before) % 2 === 1;
}

const isDigit = (code: number): boolean => code >= zero && code <= nine;

const isExponent = (code: number): boolean => code === lowerE || code === upperE;

function endOfNumber(text: string, from: number): number {
  for (let end = from + 1; ; end += 1) {
    const code = text.charCodeAt(end);
    const isInside = isDigit(code) || isExponent(code) || code === point || code === minus || code === plus;
    if (!isInside) return end;
  }
}

/** Any number of this length without an exponent is exact: a double holds 15 significant digits. */
const surelyExact = 15;

/** Whether the double that JavaScript reads from a JSON number has the same value in its shortest notation. */
export function isExact(token: string): boolean {
  if (token.length <= surelyExact && !token.includes('e') && !token.includes('E')) return true;
  const value = Number(token);
  return Number.isFinite(value) && decimalOf(token) === decimalOf(String(value));
}

/** The value without its sign, in one notation: significant digits and a power of ten. */
function decimalOf(token: string): string {
  const [mantissa = '', power = '0'] = token.toLowerCase().replace(/^-/, '').split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = whole + fraction;
  // Loops: a regular expression for zeros at the end takes quadratic time.
  let from = 0;
  while (from < digits.length && digits.charCodeAt(from) === zero) from += 1;
  let end = digits.length;
  while (end > from && digits.charCodeAt(end - 1) === zero) end -= 1;
  if (from === end) return '0';
  return `${digits.slice(from, end)}e${Number(power) - fraction.length + digits.length - end}`;
}
