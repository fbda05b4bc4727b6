import { type Prose, proseOfCode, proseOfText } from './prose.ts';

export interface Finding {
  /** Counted from 1. */
  readonly line: number;
  readonly rule: string;
  /** The words that break it, with those around them. */
  readonly text: string;
}

interface Rule {
  readonly name: string;
  readonly pattern: RegExp;
  /** Left out: every kind. */
  readonly kinds?: readonly Prose['kind'][];
}

/** The beginning of a sentence: of the text, or after the end of another one. */
const begin = '(?:^|[.!?:;]\\s+|\\n\\s*\\n\\s*)\\s*["“(*_]*';
const startsWith = (words: string): RegExp => new RegExp(`${begin}(?:${words})\\b`, 'gi');

const rules: readonly Rule[] = [
  { name: 'a sentence begins with "what"', pattern: startsWith('what') },
  { name: 'a sentence begins with "those"', pattern: startsWith('those') },
  { name: 'a sentence begins with "one that"', pattern: startsWith('one that') },
  { name: '"nobody", "somebody", "whoever" or "whatever"', pattern: /\b(?:nobody|somebody|whoever|whatever)\b/gi },
  { name: '"those that" or "those who"', pattern: /\bthose\s+(?:that|who)\b/gi },
  { name: '"what … is"', pattern: /\bwhat\b[^.,;:()?!]{1,60}?\s(?:is|was|are|were)\b/gi },
  {
    name: 'a test title without a subject',
    pattern: /^(?:and|but|or|also|is|are|was|were|has|have|does|do|can|may|must)\b/gi,
    kinds: ['title'],
  },
];

const minWords = 3;
const around = 30;

/** Sentences that break the rule, in a file of code or of prose. */
export function findWords(file: string, source: string): Finding[] {
  const prose = /\.(?:ts|mjs)$/.test(file) ? proseOfCode(source) : proseOfText(source);
  return prose.flatMap((one) => (isSentence(one) ? findIn(one) : []));
}

/** A name or a fragment of SQL is not judged. */
const isSentence = ({ kind, text }: Prose): boolean =>
  kind !== 'string' ||
  (text.trim().split(/\s+/).length >= minWords && !/^\s*(?:select|insert|update|delete)\b/i.test(text));

function findIn({ line, kind, text }: Prose): Finding[] {
  return rules
    .filter(({ kinds }) => kinds === undefined || kinds.includes(kind))
    .flatMap(({ name, pattern }) =>
      [...text.matchAll(pattern)].map((match) => {
        const at = match.index + (match[0].length - match[0].trimStart().length);
        const excerpt = text.slice(Math.max(0, at - around), at + match[0].length + around).replace(/\s+/g, ' ');
        return {
          line: line + text.slice(0, match.index + match[0].length).split('\n').length - 1,
          rule: name,
          text: excerpt.trim(),
        };
      }),
    );
}
