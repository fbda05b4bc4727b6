import { BlockList, isIPv6 } from 'node:net';
import { type Config, isLoopback } from './config.ts';
import { isServer } from './database/database-settings.ts';

const loopback = ['127.0.0.0/8', '::1/128'];

/**
 * Completes the settings whose default depends on `DEMO`. Unset, it is true for a gateway that looks like a developer's own:
 * started on a terminal, on SQLite with a loopback `HOST` and no proxy in front. The result is frozen.
 */
export function withDemo(config: Readonly<Config>, isTerminal: boolean): Readonly<Config> {
  const isOwn = !isServer(config.DATABASE_URL) && isLoopback(config.HOST) && config.TRUSTED_PROXIES.length === 0;
  const DEMO = config.DEMO ?? (isTerminal && isOwn);
  return Object.freeze({
    ...config,
    DEMO,
    DOCS: config.DOCS ?? (DEMO ? 'public' : 'authenticated'),
    DISPATCH_ALLOWED_NETWORKS: config.DISPATCH_ALLOWED_NETWORKS ?? (DEMO ? loopback : []),
  });
}

/** The networks (CIDR) that contain loopback addresses. */
export function loopbackAmong(networks: readonly string[] = []): string[] {
  return networks.filter((network) => {
    const [address = '', bits] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    const list = new BlockList();
    list.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
    return isLoopback(address) || list.check(family === 'ipv6' ? '::1' : '127.0.0.1', family);
  });
}
