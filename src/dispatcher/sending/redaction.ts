const redacted = '[redacted]';
/**
 * A secret is searched for by its first characters, and replaced as far as the text agrees with it: searching for a long one
 * in a text of nearly the same characters would take the product of their lengths.
 */
const searchedLength = 32;
/** Shortest base64 fragment to search for: a shorter one would match unrelated text. */
const shortestInner = 8;

/** Redacts secrets in a text. `isCut`: the text lacks its end, where the beginning of a secret is removed too. */
export type Redact = (text: string, isCut?: boolean) => string;

const mostKnown = 1000;
/** Longest list to be kept, in characters. */
const longestKnown = 1000;
const known = new Map<string, Redact>();

/** Redacts these texts in all encodings in which an endpoint may echo them. Kept for the latest 1,000 lists of texts. */
export function redactionOf(confidential: readonly string[]): Redact {
  const key = JSON.stringify(confidential);
  const redact = known.get(key) ?? createRedaction(confidential);
  if (key.length > longestKnown) return redact;
  known.delete(key);
  known.set(key, redact);
  if (known.size > mostKnown) known.delete(known.keys().next().value ?? '');
  return redact;
}

function createRedaction(confidential: readonly string[]): Redact {
  const spellings = confidential.filter(Boolean).flatMap((secret) => spellingsOf(secret.toWellFormed()));
  /** Spellings by their first characters. */
  const byStart = Map.groupBy(new Set(spellings.map(folded)), (spelling) => spelling.slice(0, searchedLength));
  const starts = [...byStart.keys()];
  if (starts.length === 0) return (text) => text;
  return (text, isCut = false) => {
    const haystack = folded(text);
    const found = starts.filter((start) => haystack.includes(start));
    const clean =
      found.length > 0
        ? replaced(text, haystack, new Map(found.map((start) => [start, byStart.get(start) ?? []])))
        : text;
    return isCut ? withoutBeginnings(clean, starts) : clean;
  };
}

/** In lower case, of the same length: some characters have a lower case of two. */
function folded(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return [...text]
    .map((character) => (character.toLowerCase().length === character.length ? character.toLowerCase() : character))
    .join('');
}

/** Replaces each occurrence of a start, with as many further characters as agree with one of its spellings. */
function replaced(text: string, haystack: string, byStart: ReadonlyMap<string, readonly string[]>): string {
  const next = new Map([...byStart.keys()].map((start) => [start, haystack.indexOf(start)]));
  let result = '';
  let end = 0;
  for (;;) {
    for (const [start, at] of next) {
      const from = at < end ? haystack.indexOf(start, end) : at;
      if (from === -1) next.delete(start);
      else next.set(start, from);
    }
    if (next.size === 0) return (result + text.slice(end)).toWellFormed();
    const first = Math.min(...next.values());
    result += text.slice(end, first) + redacted;
    for (const [start, at] of next)
      if (at === first)
        for (const spelling of byStart.get(start) ?? [])
          end = Math.max(end, first + agreement(haystack, first, spelling));
  }
}

/** Number of characters from `at` on that agree with a spelling. */
function agreement(haystack: string, at: number, spelling: string): number {
  let length = 0;
  while (length < spelling.length && haystack[at + length] === spelling[length]) length += 1;
  return length;
}

function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const base64 = [bytes.toString('base64').replace(/=+$/, ''), ...innerBase64(bytes)];
  return [
    secret,
    hex,
    hex.replace(/../g, '%$&'),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    // The other encodings leave a secret of these characters unchanged.
    ...(/^[\w.-]+$/.test(secret) ? [] : spellingsOfSpecial(secret, bytes)),
  ];
}

function spellingsOfSpecial(secret: string, bytes: Buffer): string[] {
  const encoded = encodeURIComponent(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    encodeURI(secret),
    encoded,
    encoded.replaceAll('%20', '+'),
    // Form encoding.
    encoded.replace(/[!'()~]/g, percent).replaceAll('%20', '+'),
    json,
    json.replaceAll('/', '\\/'),
    json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
    // UTF-8 read as Latin-1, and the reverse.
    bytes.toString('latin1'),
    Buffer.from(secret, 'latin1').toString('utf8'),
  ];
}

const percent = (character: string): string => `%${character.charCodeAt(0).toString(16)}`;

/** Base64 of these bytes at each of the three alignments, without the characters that depend on neighbouring bytes. */
function innerBase64(bytes: Buffer): string[] {
  return [0, 1, 2]
    .map((offset) => {
      const text = Buffer.concat([Buffer.alloc(offset), bytes])
        .toString('base64')
        .replace(/=+$/, '');
      const isAligned = (offset + bytes.length) % 3 === 0;
      return text.slice(Math.ceil((offset * 4) / 3), isAligned ? undefined : -1);
    })
    .filter(({ length }) => length >= shortestInner);
}

/** Longer beginnings have been found as starts. */
function withoutBeginnings(text: string, starts: readonly string[]): string {
  const lower = folded(text.slice(-searchedLength));
  const lengths = starts.map((start) => {
    let length = start.length - 1;
    while (length > 0 && !lower.endsWith(start.slice(0, length))) length -= 1;
    return length;
  });
  return text.slice(0, text.length - Math.max(0, ...lengths));
}
