import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Programs for containers, which keep images, containers and networks in a folder of their own. */
export interface Tools {
  readonly folder: string;
  /** Runs a program and returns its output, trimmed. Throws with the end of the output if it fails. */
  run(program: string, args: readonly string[]): string;
  /** Whether the program succeeds. */
  succeeds(program: string, args: readonly string[]): boolean;
  /** Removes containers and networks, and the folder unless it was given. */
  close(): void;
}

export const packages = ['aardvark-dns', 'buildah', 'debootstrap', 'iptables', 'netavark', 'podman', 'runc'];

/** Names without a path: podman and buildah find them in PATH. */
const programs = ['buildah', 'debootstrap', 'podman', 'runc'];

/** Sentence on what is missing, or undefined. */
export function problemOfMachine(): string | undefined {
  if (process.getuid?.() !== 0) return 'The image is built and run as root.';
  const missing = programs.filter((name) => spawnSync(name, ['--version']).error);
  return missing.length === 0
    ? undefined
    : `${missing.join(', ')} missing. On Debian: apt-get install --no-install-recommends ${packages.join(' ')}`;
}

/** `given` is a folder that stays, with its images. */
export function openTools(given: string | undefined): Tools {
  const folder = given ?? mkdtempSync(join(tmpdir(), 'hookgate-image-'));
  mkdirSync(join(folder, 'networks'), { recursive: true });
  // A user of podman may not raise these limits everywhere.
  const limit = spawnSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).stdout.trim();
  const ulimits = limit === 'unlimited' ? '' : `default_ulimits = ["nofile=${limit}:${limit}", "nproc=4096:4096"]`;
  const engine = 'runtime = "runc"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"';
  const network = `network_backend = "netavark"\nnetwork_config_dir = "${join(folder, 'networks')}"`;
  const files = {
    CONTAINERS_CONF: `[containers]\n${ulimits}\n[network]\n${network}\n[engine]\n${engine}\n`,
    CONTAINERS_STORAGE_CONF: `[storage]\ndriver = "overlay"\ngraphroot = "${join(folder, 'storage')}"\nrunroot = "${join(folder, 'run')}"\n`,
  };
  const env = { ...process.env, BUILDAH_ISOLATION: 'chroot' } as NodeJS.ProcessEnv;
  for (const [name, text] of Object.entries(files)) {
    env[name] = join(folder, `${name}.conf`);
    writeFileSync(env[name], text);
  }
  const log = join(folder, 'log');

  function call(program: string, args: readonly string[]): { succeeded: boolean; output: string; all: string } {
    const options = { env, encoding: 'utf8', maxBuffer: 1 << 28 } as const;
    const { status, stdout, stderr, error } = spawnSync(program, args, options);
    const all = `${stdout}${stderr}${error ?? ''}`;
    appendFileSync(log, `$ ${program} ${args.join(' ')}\n${all}\n`, { mode: 0o600 });
    return { succeeded: status === 0, output: stdout.trim(), all };
  }

  const tools: Tools = {
    folder,
    run(program, args) {
      const { succeeded, output, all } = call(program, args);
      if (!succeeded) throw new Error(`${program} ${args.join(' ')}\n${all.split('\n').slice(-30).join('\n')}`);
      return output;
    },
    succeeds: (program, args) => call(program, args).succeeded,
    close() {
      for (const what of ['rm --all --force --volumes --time 1', 'network prune --force', 'volume prune --force'])
        call('podman', what.split(' '));
      // Containers of a build that failed.
      call('buildah', ['rm', '--all']);
      if (given !== undefined) return;
      call('podman', ['system', 'reset', '--force']);
      // The storage mounts its folder on itself.
      call('umount', [join(folder, 'storage', 'overlay')]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return tools;
}
