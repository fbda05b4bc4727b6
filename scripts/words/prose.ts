import jsTokens from 'js-tokens';

/** A text for readers: a comment, a string or a paragraph. */
export interface Prose {
  /** Number of the first line, from 1. */
  readonly line: number;
  readonly kind: 'comment' | 'string' | 'title' | 'paragraph';
  /** With its line breaks, from which a finding computes its line. */
  readonly text: string;
}

const titled = /\b(?:test|it|describe|onEveryEngine|t\.test)(?:\.\w+)?\($/;

/** Comments and strings of a TypeScript or JavaScript file. Adjacent line comments form one text. */
export function proseOfCode(source: string): Prose[] {
  const found: Prose[] = [];
  let line = 1;
  let before = '';
  let comment: { line: number; lines: string[]; next: number } | undefined;
  const endComment = (): void => {
    if (comment) found.push({ line: comment.line, kind: 'comment', text: comment.lines.join('\n') });
    comment = undefined;
  };
  for (const { type, value } of jsTokens(source)) {
    const lines = value.split('\n').length - 1;
    if (type === 'SingleLineComment') {
      if (comment && line > comment.next) endComment();
      comment ??= { line, lines: [], next: line };
      comment.lines.push(value.replace(/^\/\/ ?/, ''));
      comment.next = line + 1;
    } else if (type === 'MultiLineComment') {
      endComment();
      const text = value.replace(/^\/\*+ ?|\*\/$/g, '').replace(/\n[ \t]*\* ?/g, '\n');
      found.push({ line, kind: 'comment', text });
    } else if (isText(type)) {
      endComment();
      const kind = titled.test(before) ? 'title' : 'string';
      found.push({ line, kind, text: value.replace(/^['"`}]|(?:['"`]|\$\{)$/g, '') });
    } else if (type !== 'WhiteSpace' && type !== 'LineTerminatorSequence') {
      endComment();
    }
    before = (before + value).slice(-40);
    line += lines;
  }
  endComment();
  return found;
}

const isText = (type: string): boolean =>
  type === 'StringLiteral' || type === 'NoSubstitutionTemplate' || type.startsWith('Template');

/** Paragraphs, list entries and cells of a Markdown or settings file, without code. */
export function proseOfText(source: string): Prose[] {
  const found: Prose[] = [];
  let isCode = false;
  let paragraph: { line: number; lines: string[] } | undefined;
  const end = (): void => {
    if (paragraph) found.push({ line: paragraph.line, kind: 'paragraph', text: paragraph.lines.join('\n') });
    paragraph = undefined;
  };
  for (const [index, raw] of source.split('\n').entries()) {
    const isFence = /^\s*```/.test(raw);
    if (isFence) isCode = !isCode;
    const text = raw.replace(/`[^`]*`/g, '`code`').replace(/^#+ ?/, '');
    if (isCode || isFence || text.trim() === '') {
      end();
    } else if (text.trimStart().startsWith('|')) {
      end();
      for (const cell of text.split('|')) found.push({ line: index + 1, kind: 'paragraph', text: cell });
    } else {
      if (/^\s*(?:[-*+]|\d+\.) /.test(text)) end();
      paragraph ??= { line: index + 1, lines: [] };
      paragraph.lines.push(text.replace(/^\s*(?:[-*+]|\d+\.) /, ''));
    }
  }
  end();
  return found;
}
