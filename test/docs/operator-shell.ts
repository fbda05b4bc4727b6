import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { runCommandLine } from '../../src/cli/commands.ts';
import { readEnvironment } from '../../src/cli/environment.ts';
import { StartError } from '../../src/errors.ts';
import { SettingsError } from '../../src/settings.ts';

/** The shell of an operator in the folder of a gateway; until it is closed, this process has the same working directory. */
export interface OperatorShell {
  /** Runs commands with `bash -e`; resolves to the exit code and the output. */
  run(commands: string, env?: Readonly<Record<string, string>>): Promise<Finished>;
  close(): Promise<void>;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Passes the arguments and the environment of `npm run -s hookgate -- …` and of `node bin/hookgate.mjs …` on to this process, which
 * runs the command: a process for each would cost a second.
 */
const commandShim = (port: number): string => `#!/bin/bash
case "$0 $*" in
  *npm\\ run\\ -s\\ hookgate\\ --*) shift 4 ;;
  *node\\ bin/hookgate.mjs\\ *) shift 1 ;;
  *) echo "not a command of the gateway: $(basename "$0") $*" >&2; exit 127 ;;
esac
answer=$( { printf '%s\\0' $# "$@"; env -0; } | curl -sS --data-binary @- http://127.0.0.1:${port}/)
code=\${answer%%$'\\n'*}
output=\${answer#*$'\\n'}
if [ "$code" = 0 ]; then printf '%s\\n' "$output"; else printf '%s\\n' "$output" >&2; fi
exit "$code"
`;

/** Prints the log that the tests keep in a file. */
const journalShim = '#!/bin/bash\ncat "$HOOKGATE_LOG"\n';

/** `sudo -u hookgate …`, as the user of the tests. */
const sudoShim = '#!/bin/bash\nshift 2\nexec "$@"\n';

export async function createOperatorShell(
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<OperatorShell> {
  const before = process.cwd();
  process.chdir(folder);
  const server = createServer((req, res) => {
    void answerCommand(req).then(({ code, stdout, stderr }) => res.end(`${code}\n${stdout}${stderr}`));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const tools = join(folder, 'tools');
  writeProgram(join(tools, 'npm'), commandShim(port));
  writeProgram(join(tools, 'journalctl'), journalShim);
  writeProgram(join(tools, 'sudo'), sudoShim);
  writeProgram(join(folder, 'node_modules', '.bin', 'node'), commandShim(port));
  const env = {
    ...settings,
    PATH: [tools, dirname(process.execPath), process.env.PATH].join(':'),
    HOME: folder,
  };
  return {
    run: (commands, more = {}) =>
      new Promise((resolve) => {
        const child = execFile(
          'bash',
          ['-e', '-o', 'pipefail', '-c', commands],
          { cwd: folder, env: { ...env, ...more } },
          (error, stdout, stderr) =>
            resolve({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr }),
        );
        // A command that asks gets no answer.
        child.stdin?.end();
      }),
    close: async () => {
      process.chdir(before);
      server.close();
      await once(server, 'close');
    },
  };
}

function writeProgram(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, 0o755);
}

async function answerCommand(req: IncomingMessage): Promise<Finished> {
  const [count, ...values] = (await text(req)).split('\0');
  const args = values.slice(0, Number(count));
  const entries = values.slice(Number(count)).filter(Boolean);
  const env = Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
  const printed: string[] = [];
  try {
    const code = await runCommandLine({
      args,
      env: readEnvironment(env),
      print: (line) => void printed.push(line),
      onSignal: () => undefined,
    });
    return { code, stdout: printed.join('\n'), stderr: '' };
  } catch (error) {
    if (!(error instanceof StartError || error instanceof SettingsError)) throw error;
    return { code: 1, stdout: printed.join('\n'), stderr: error.message };
  }
}
