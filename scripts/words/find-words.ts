import { type Prose, proseOfCode, proseOfText } from './prose.ts';

export interface Finding {
  /** Line number, from 1. */
  readonly line: number;
  /** Name of the broken rule. */
  readonly rule: string;
  /** The offending words with their context. */
  readonly text: string;
}

interface Rule {
  /** A single word, so that it is no sentence and cannot break a rule itself. */
  readonly name: string;
  readonly pattern: RegExp;
  /** Kinds of prose that the rule applies to; every kind by default. */
  readonly kinds?: readonly Prose['kind'][];
}

/** The beginning of a sentence: at the start of the text, or after another sentence. */
const begin = '(?:^|[.!?:;]\\s+|\\n\\s*\\n\\s*)\\s*["“(*_]*';
const startsWith = (words: string): RegExp => new RegExp(`${begin}(?:${words})\\b`, 'gi');

const rules: readonly Rule[] = [
  { name: 'no-leading-what', pattern: startsWith('what') },
  { name: 'no-leading-those', pattern: startsWith('those') },
  { name: 'no-leading-one-that', pattern: startsWith('one that') },
  { name: 'no-vague-pronoun', pattern: /\b(?:nobody|somebody|whoever|whatever)\b/gi },
  { name: 'no-those-that', pattern: /\bthose\s+(?:that|who)\b/gi },
  { name: 'no-what-is', pattern: /\bwhat\b[^.,;:()?!]{1,60}?\s(?:is|was|are|were)\b/gi },
  {
    name: 'title-has-subject',
    pattern: /^(?:and|but|or|also|is|are|was|were|has|have|does|do|can|may|must)\b/gi,
    kinds: ['title'],
  },
];

const minWords = 3;
const around = 30;

/** Finds the sentences of a file that break a rule. The name of the file tells code from prose. */
export function findWords(file: string, source: string): Finding[] {
  const prose = /\.(?:ts|mjs)$/.test(file) ? proseOfCode(source) : proseOfText(source);
  return prose.flatMap((one) => (isSentence(one) ? findIn(one) : []));
}

/** Skips strings that are no sentences: names and fragments of SQL. */
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
