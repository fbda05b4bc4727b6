const redacted = '[redacted]';
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
  const spellings = [...new Set(confidential.filter(Boolean).flatMap((secret) => spellingsOf(secret.toWellFormed())))];
  const lower = spellings.map((spelling) => spelling.toLowerCase());
  if (spellings.length === 0) return (text) => text;
  let pattern: RegExp | undefined;
  return (text, isCut = false) => {
    const haystack = text.toLowerCase();
    if (lower.some((spelling) => haystack.includes(spelling))) pattern ??= patternOf(spellings);
    const clean = pattern ? text.replace(pattern, redacted) : text;
    return isCut ? withoutBeginnings(clean, lower) : clean;
  };
}

/** Compiled on the first match only, which is rare: compiling costs far more than the search before it. */
function patternOf(spellings: readonly string[]): RegExp {
  const longestFirst = spellings.toSorted((one, other) => other.length - one.length);
  return new RegExp(longestFirst.map((spelling) => RegExp.escape(spelling)).join('|'), 'giu');
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

function withoutBeginnings(text: string, spellings: readonly string[]): string {
  const lower = text.toLowerCase();
  const lengths = spellings.map((start) => {
    let length = start.length - 1;
    while (length > 0 && !lower.endsWith(start.slice(0, length))) length -= 1;
    return length;
  });
  return text.slice(0, text.length - Math.max(0, ...lengths));
}
