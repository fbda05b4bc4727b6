const redacted = '[redacted]';
/** A stretch of a base64 text that is shorter than this is too likely to be something else. */
const shortestInner = 8;

/** Takes secrets out of a text. `isCut`: its end is missing, so the beginning of a secret is taken off there as well. */
export type Redact = (text: string, isCut?: boolean) => string;

const known = new WeakMap<readonly string[], Redact>();

/** Finds these texts in every spelling in which somebody who was sent them is likely to send them back. */
export function redactionOf(confidential: readonly string[]): Redact {
  const made = known.get(confidential);
  if (made) return made;
  const redact = createRedaction(confidential);
  known.set(confidential, redact);
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

/** Made only when it is needed, which is rare: it takes far longer than looking whether it is. */
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
    // What follows makes no difference to most secrets.
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
    // As forms do it.
    encoded.replace(/[!'()~]/g, percent).replaceAll('%20', '+'),
    json,
    json.replaceAll('/', '\\/'),
    json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
    // Written in one of UTF-8 and Latin-1 and read as the other.
    bytes.toString('latin1'),
    Buffer.from(secret, 'latin1').toString('utf8'),
  ];
}

const percent = (character: string): string => `%${character.charCodeAt(0).toString(16)}`;

/** What base64 makes of these bytes within a longer text, whatever stands around them. */
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
