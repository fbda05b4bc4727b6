import { StartError } from '../../errors.ts';
import type { Target } from './target.ts';

export interface TargetRegistry {
  readonly targets: readonly Target[];
  /** Exact and case-sensitive. */
  byName(name: string): Target | undefined;
  /** The target that claims the longest prefix of this path. */
  byPath(path: string): Target | undefined;
  /** Whether any target claims a host. */
  readonly hasHosts: boolean;
  /** The target that claims this host, given in the form of the header `Host`. */
  byHost(host: string): Target | undefined;
}

/** A registry whose content is replaced as a whole. */
export interface SwappableRegistry extends TargetRegistry {
  swap(next: TargetRegistry): void;
}

export function createSwappableRegistry(first: TargetRegistry): SwappableRegistry {
  let current = first;
  return {
    get targets() {
      return current.targets;
    },
    byName: (name) => current.byName(name),
    byPath: (path) => current.byPath(path),
    get hasHosts() {
      return current.hasHosts;
    },
    byHost: (host) => current.byHost(host),
    swap: (next) => {
      current = next;
    },
  };
}

/** Paths that no target may claim: the gateway's own, and `/api/v1`, which always needs the header. */
const reserved = ['/', '/api/v1', '/healthz', '/readyz', '/openapi.json', '/openapi', '/docs'];

/** Throws `StartError` with every name, prefix and host that is claimed twice or reserved. */
export function createTargetRegistry(targets: readonly Target[]): TargetRegistry {
  requireDistinct(targets);
  const names = new Map(targets.map((target) => [target.name, target]));
  const longestFirst = targets
    .flatMap((target) => target.prefixes.map((prefix) => ({ prefix, target })))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  const hosts = new Map(targets.flatMap((target) => (target.hosts ?? []).map((host) => [host, target])));
  return {
    targets,
    byName: (name) => names.get(name),
    hasHosts: hosts.size > 0,
    byHost: (host) => hosts.get(toHostName(host)),
    byPath: (path) => longestFirst.find(({ prefix }) => covers(prefix, path))?.target,
  };
}

/** A host without port and trailing dot, in lower case. */
const toHostName = (host: string): string => host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');

type Claim = Pick<Target, 'name' | 'title' | 'prefixes' | 'hosts'>;

/** Throws `StartError` with every name, prefix and host that is claimed twice or reserved. */
export function requireDistinct(targets: readonly Claim[]): void {
  const names = new Map<string, Claim>();
  const prefixes = new Map<string, Claim>();
  const hosts = new Map<string, Claim>();
  const problems: string[] = [];
  for (const target of targets) {
    const namesake = names.get(target.name);
    if (namesake) problems.push(`Two targets are named "${target.name}": ${target.title} and ${namesake.title}.`);
    names.set(target.name, target);
    for (const prefix of target.prefixes) {
      const owner = prefixes.get(prefix);
      if (owner) problems.push(`${target.title} and ${owner.title} both claim the prefix ${prefix}.`);
      if (reserved.some((path) => covers(path, prefix) || covers(prefix, path)))
        problems.push(`${target.title} claims the prefix ${prefix}, which is the gateway's own.`);
      prefixes.set(prefix, target);
    }
    for (const host of target.hosts ?? []) {
      const owner = hosts.get(host);
      if (owner) problems.push(`${target.title} and ${owner.title} both claim the host ${host}.`);
      hosts.set(host, target);
    }
  }
  if (problems.length > 0) throw new StartError(problems.join('\n'));
}

/** Whether `path` is `prefix` or lies below it; `/` covers only itself. */
export function covers(prefix: string, path: string): boolean {
  if (prefix === '/') return path === '/';
  return path.startsWith(prefix) && (path.length === prefix.length || path.charCodeAt(prefix.length) === 0x2f);
}
