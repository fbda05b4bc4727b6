import { spawnSync } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

/** All documents, by path from the project's root. */
export const documents: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...globSync('docs/*.md', { cwd: root }),
];

export const readDocument = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Anchors of the headings: lower case, blanks as hyphens, without other signs. */
export const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Metrics in the table of docs/operations.md. */
export const listedMetrics = (): string[] =>
  [...readDocument('docs/operations.md').matchAll(/^\| `([a-z]+_\w+)` \|/gm)].map(([, name = '']) => name);

export interface Snippet {
  /** The path that the document gives for it. */
  file: string;
  text: string;
}

/** Code blocks of a document that follow a file name: "`plugins/notes/index.ts`:". */
export function snippetsOf(document: string): Snippet[] {
  const blocks = readDocument(document).matchAll(/`([\w./-]+\.[jt]s)`:\n\n```[jt]s\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, file = '', text = '']) => ({ file, text }));
}

export interface Workspace {
  readonly folder: string;
  /** Runs a program in the folder; `env` is added to the environment. */
  run(program: string, args: string[], env?: Record<string, string>): { status: number | null; output: string };
  remove(): void;
}

export const bin = (name: string): string => join(root, 'node_modules', '.bin', name);

/** The gateway's program, for `run` of a workspace. */
export const program = join(root, 'bin', 'hookgate.mjs');

/** Creates a folder like the project's, with these files instead of the project's own plugins and tests. */
export function createWorkspace(snippets: readonly Snippet[]): Workspace {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'hookgate-docs-'));
  for (const name of ['src', 'node_modules']) symlinkSync(join(root, name), join(folder, name));
  for (const name of ['package.json', 'tsconfig.json', 'biome.json']) cpSync(join(root, name), join(folder, name));
  for (const { file, text } of snippets) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return {
    folder,
    run: (program, args, env = {}) => {
      // With this variable, a test run inside a test would report to the outer run.
      const { NODE_TEST_CONTEXT: _, ...outer } = process.env;
      const options = { cwd: folder, env: { ...outer, ...env }, encoding: 'utf8' } as const;
      const { status, stdout, stderr } = spawnSync(program, args, options);
      return { status, output: `${stdout}${stderr}` };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Problems of types, lint and format in a workspace, by the rules of `npm test`; empty when there are none. */
export function problemsIn(workspace: Workspace): string {
  const types = workspace.run(bin('tsc'), ['--noEmit']);
  const lint = workspace.run(bin('biome'), ['check', '--error-on-warnings', '.']);
  return `${types.status === 0 ? '' : types.output}${lint.status === 0 ? '' : lint.output}`;
}
