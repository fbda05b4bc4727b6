import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..', '..');

export interface Service {
  readonly image: string;
  readonly user?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes?: readonly string[];
  readonly networks: readonly string[] | Readonly<Record<string, { aliases?: readonly string[] }>>;
  readonly ports?: readonly string[];
  readonly read_only: boolean;
  readonly tmpfs?: readonly string[];
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly mem_limit: string;
  readonly pids_limit: number;
  readonly stop_grace_period?: string;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly restart: string;
  readonly logging: unknown;
  readonly build?: string;
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** compose.yaml, with `${NAME:?…}` replaced by `values`. */
export function readCompose(values: Readonly<Record<string, string>>): Compose {
  const text = readFileSync(join(root, 'compose.yaml'), 'utf8');
  const filled = text.replaceAll(/\$\{([A-Z_]+):\?[^}]*\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`compose.yaml needs ${name}`);
    return value;
  });
  return parse(filled, { merge: true }) as Compose;
}

export const networksOf = ({ networks }: Service): Readonly<Record<string, readonly string[]>> =>
  Array.isArray(networks)
    ? Object.fromEntries(networks.map((name: string) => [name, []]))
    : Object.fromEntries(Object.entries(networks).map(([name, { aliases = [] }]) => [name, aliases]));

/** A command that compose.yaml gives as a list, or for a shell. */
export function healthCommandOf({ healthcheck }: Service): string[] | undefined {
  const [kind, ...command] = healthcheck?.test ?? [];
  if (kind === undefined) return undefined;
  return kind === 'CMD' ? command : ['sh', '-c', command.join(' ').replaceAll('$$', '$')];
}

/** Arguments of `podman run` for a service; ports are published on free ones. */
export function argumentsOf(name: string, service: Service, more: Readonly<Record<string, string>>): string[] {
  const each = (option: string, values: readonly string[] = []): string[] => values.flatMap((value) => [option, value]);
  const settings = Object.entries({ ...service.environment, ...more }).map(([key, value]) => `${key}=${value}`);
  const networks = Object.entries(networksOf(service));
  return [
    ...['--name', name, '--no-healthcheck', '--memory', service.mem_limit, '--pids-limit', String(service.pids_limit)],
    ...(service.read_only ? ['--read-only', '--read-only-tmpfs=false'] : []),
    ...(service.user === undefined ? [] : ['--user', service.user]),
    ...each('--tmpfs', service.tmpfs),
    ...each('--cap-drop', service.cap_drop),
    ...each(
      '--security-opt',
      service.security_opt.map((option) => option.replace(':true', '')),
    ),
    ...each('--env', settings),
    ...each(
      '--volume',
      service.volumes?.map((volume) => (volume.startsWith('.') ? resolve(root, volume) : volume)),
    ),
    ...each(
      '--publish',
      service.ports?.map((port) => `127.0.0.1::${port.split(':').at(-1)}`),
    ),
    ...each(
      '--network',
      networks.map(([network, aliases]) =>
        [`${network}:alias=${name}`, ...aliases.map((alias) => `alias=${alias}`)].join(','),
      ),
    ),
    service.image,
    ...(service.command ?? []),
  ];
}
