const token =
  /[\t\n\r ]*(?:([{}[\],:])|"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*(")|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-]))/y;

type Expectation = 'value' | 'value or ]' | 'key or }' | 'key' | 'colon' | 'comma or end';

/**
 * Offset of the first character at which `text` stops being JSON (its length when it ends too early). For texts that
 * `JSON.parse` has refused: its own message quotes the text, which must reach neither a response nor a log.
 */
export function findJsonError(text: string): number {
  const open: string[] = [];
  let expected: Expectation | 'end' = 'value';
  token.lastIndex = 0;
  for (;;) {
    const from = token.lastIndex;
    const match = token.exec(text);
    if (!match) return skipSpace(text, from);
    const next = follow(expected, kindOf(match), open);
    if (next === undefined) return skipSpace(text, from);
    expected = next;
  }
}

const kindOf = (match: RegExpExecArray): string => match[1] ?? (match[2] ? 'string' : 'scalar');

/** Offset of the first name that its object has had before; undefined: none. `text` is valid JSON. */
export function findRepeatedName(text: string): number | undefined {
  /** Names so far, by level; undefined in an array. */
  const open: (Set<string> | undefined)[] = [];
  let [from, end] = [0, 0];
  token.lastIndex = 0;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const kind = kindOf(match);
    if (kind === 'string') {
      from = skipSpace(text, match.index);
      end = token.lastIndex;
    } else if (kind === ':') {
      const name = JSON.parse(text.slice(from, end)) as string;
      if (open.at(-1)?.has(name)) return from;
      open.at(-1)?.add(name);
    } else if (kind === '{' || kind === '[') {
      open.push(kind === '{' ? new Set() : undefined);
    } else if (kind === '}' || kind === ']') {
      open.pop();
    }
  }
  return undefined;
}

function follow(expected: Expectation | 'end', kind: string, open: string[]): Expectation | 'end' | undefined {
  const afterValue = (): Expectation | 'end' => (open.length === 0 ? 'end' : 'comma or end');
  const inObject = open.at(-1) === '{';
  if (expected === 'value' || expected === 'value or ]') {
    if (kind === '{' || kind === '[') {
      open.push(kind);
      return kind === '{' ? 'key or }' : 'value or ]';
    }
    if (kind === 'string' || kind === 'scalar') return afterValue();
  }
  if ((expected === 'key' || expected === 'key or }') && kind === 'string') return 'colon';
  if (expected === 'colon' && kind === ':') return 'value';
  if (expected === 'comma or end' && kind === ',') return inObject ? 'key' : 'value';
  const closes =
    kind === (inObject ? '}' : ']') && ['comma or end', inObject ? 'key or }' : 'value or ]'].includes(expected);
  if (!closes) return undefined;
  open.pop();
  return afterValue();
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && '\t\n\r '.includes(text.charAt(at))) at += 1;
  return at;
}
