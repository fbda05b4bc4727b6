import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..', '..');
const together = pathToFileURL(join(import.meta.dirname, 'together.ts')).href;

/** The first seconds of a process cost most: it loads the gateway, and none of its code is compiled yet. Its files share them. */
const filesPerProcess = 15;
/** Files that start programs mostly wait for them: few of them in a process, so that many wait at a time. */
const waitingFilesPerProcess = 4;

/** Files that take longest. Each has a process of its own and starts first, so that none is left to run alone in the end. */
export const longest: readonly string[] = [
  'test/dispatcher/durability-fleet.test.ts',
  'test/dispatcher/durability-kill.test.ts',
  'test/dispatcher/durability-order.test.ts',
  'test/scripts/package.test.ts',
  'test/database/killed-migration.test.ts',
  'test/console/accessibility.test.ts',
  'test/process/workers-failing.test.ts',
  'test/process/database-away.test.ts',
  'test/dispatcher/worker/poison.test.ts',
  'test/plugins/integration/usage-fleet.test.ts',
  'test/dispatcher/durability-stop.test.ts',
];

/** Traces of work on the whole process of a test file: its clock, signals, memory, folder, modules and globals. */
const ofWholeProcess =
  /\bmock\b|(?<![./\w])process\.(?!env\.\w+\b(?! =)|env[;,]|pid\b|execPath\b)\w|globalThis|setDefault|registerHooks|import\(/;

/** Traces of programs that a test file starts. */
const ofPrograms =
  /child_process|execPath|\/(?:browser|console|database-server|load|process|redis-server|spawn-child|workers)\.ts'/;

/**
 * Divides test files into processes, in the order in which these should start: first the longest. Most files share a process with
 * files of the same room; `folder` gets the main modules of such processes.
 */
export function planProcesses(files: readonly string[], folder: string): string[] {
  const first = longest.filter((file) => files.includes(file));
  const {
    alone = [],
    waiting = [],
    shared = [],
  } = Object.groupBy(
    files.filter((file) => !first.includes(file)),
    kindOf,
  );
  const parts = [...divide(shared, filesPerProcess), ...divide(waiting, waitingFilesPerProcess)];
  return [...first, ...parts.map((part, index) => mainModule(part, folder, index)), ...alone];
}

function kindOf(file: string): 'alone' | 'waiting' | 'shared' {
  const text = readFileSync(join(root, file), 'utf8');
  if (ofWholeProcess.test(text)) return 'alone';
  return ofPrograms.test(text) ? 'waiting' : 'shared';
}

/** Parts of almost equal size. */
function divide(files: readonly string[], most: number): string[][] {
  const size = Math.ceil(files.length / Math.ceil(files.length / most));
  return Array.from({ length: Math.ceil(files.length / size) }, (_, part) =>
    files.slice(part * size, (part + 1) * size),
  );
}

function mainModule(files: readonly string[], folder: string, index: number): string {
  if (files.length === 1) return files.join('');
  // Messages about the whole process name its main module.
  const names = files.map((file) => basename(file, '.test.ts')).join('+');
  const path = join(folder, `${index}-${names.slice(0, 200)}.mjs`);
  writeFileSync(path, `import { runTogether } from '${together}';\nrunTogether(${JSON.stringify(files)});\n`);
  return path;
}
