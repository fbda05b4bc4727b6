import { readDocument } from './documents.ts';

/** A block of shell commands in a document. */
export interface ShellBlock {
  /** The heading that it stands under. */
  readonly heading: string;
  readonly text: string;
  /** Its commands, with continued lines joined, without comments. */
  readonly commands: readonly string[];
}

/** The blocks marked `sh` of a document, in order, also those in lists. */
export const shellBlocksOf = (path: string): ShellBlock[] => shellBlocksIn(readDocument(path));

export function shellBlocksIn(document: string): ShellBlock[] {
  // A line of a block may look like a heading.
  const parts = document.matchAll(/^#+ (.+)$|^( *)```(\w*)\n([\s\S]*?)^ *```$/gm);
  let heading = '';
  return [...parts].flatMap(([, title, indent = '', language, content = '']) => {
    heading = title ?? heading;
    if (language !== 'sh') return [];
    const text = content.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    const lines = text.replaceAll(/\\\n\s*/g, '').split('\n');
    return [{ heading, text, commands: lines.filter((line) => line !== '' && !line.startsWith('#')) }];
  });
}
