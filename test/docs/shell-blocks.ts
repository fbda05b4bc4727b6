import { readDocument } from './documents.ts';

/** A block of shell commands in a document. */
export interface ShellBlock {
  /** The heading that it stands under. */
  readonly heading: string;
  readonly text: string;
  /** Its commands, with continued lines joined. */
  readonly commands: readonly string[];
}

/** The blocks marked `sh` of a document, in order. */
export function shellBlocksOf(path: string): ShellBlock[] {
  const sections = readDocument(path).split(/^#+ /m);
  return sections.flatMap((section) => {
    const heading = section.slice(0, section.indexOf('\n'));
    return [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = '']) => ({
      heading,
      text,
      commands: text
        .replaceAll(/\\\n\s*/g, '')
        .split('\n')
        .filter(Boolean),
    }));
  });
}
