/** A place in a text; both count from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

const space = /[ \t\n\r]*/y;
const token =
  /[{}[\],:]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;

/** Parts of JSON that may come next. */
type Wanted = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' | 'end';

/**
 * Where a text stops being JSON: browsers name the place in their messages only for some problems. Undefined for JSON. At its end the
 * text is not complete.
 */
export function placeOfProblem(text: string): TextPlace | undefined {
  const open: string[] = [];
  let wanted: Wanted = 'value';
  let at = after(space, text, 0) ?? 0;
  while (at < text.length) {
    const end = after(token, text, at);
    const next: Wanted | undefined = end === undefined ? undefined : follow(wanted, text.slice(at, end), open);
    if (next === undefined || end === undefined) return placeAt(text, at);
    wanted = next;
    at = after(space, text, end) ?? end;
  }
  return wanted === 'end' ? undefined : placeAt(text, text.length);
}

function after(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** The parts that may follow a token; undefined: the token was not wanted. `open`: brackets that are not closed. */
function follow(wanted: Wanted, word: string, open: string[]): Wanted | undefined {
  const [first = ''] = word;
  if (first === ',') return wanted === ', or end' ? (open.at(-1) === '{' ? 'key' : 'value') : undefined;
  if (first === ':') return wanted === ':' ? 'value' : undefined;
  if (first === '}' || first === ']') return close(wanted, first, open);
  if (wanted === 'key' || wanted === 'key or }') return first === '"' ? ':' : undefined;
  if (wanted !== 'value' && wanted !== 'value or ]') return undefined;
  if (first === '{' || first === '[') {
    open.push(first);
    return first === '{' ? 'key or }' : 'value or ]';
  }
  return open.length === 0 ? 'end' : ', or end';
}

function close(wanted: Wanted, bracket: string, open: string[]): Wanted | undefined {
  const isWanted = wanted === ', or end' || wanted === (bracket === '}' ? 'key or }' : 'value or ]');
  if (!isWanted || open.at(-1) !== (bracket === '}' ? '{' : '[')) return undefined;
  open.pop();
  return open.length === 0 ? 'end' : ', or end';
}

function placeAt(text: string, index: number): TextPlace {
  const lines = text.slice(0, index).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
