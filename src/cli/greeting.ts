import type { AddressInfo } from 'node:net';
import type { App } from '../app.ts';
import { type Config, isLoopback } from '../config.ts';
import { loopbackAmong } from '../demo.ts';
import type { Demonstration } from '../plugin.ts';

type Print = (text: string) => void;

/** Prints the URL of the gateway and returns it. */
export function announce(config: Readonly<Config>, { family, address, port }: AddressInfo, print: Print): string {
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  print(`hookgate listens on ${url}`);
  if (config.ROLE === 'dispatcher') {
    print('It delivers callbacks only (ROLE=dispatcher) and serves /healthz and /readyz.');
  } else if (isLoopback(config.HOST) && config.DOCS !== 'off') print(`Documentation: ${url}/docs`);
  const open = loopbackAmong(config.DISPATCH_ALLOWED_NETWORKS);
  if (open.length > 0)
    print(`Callbacks may reach services on this machine (DISPATCH_ALLOWED_NETWORKS=${open.join()}).`);
  return url;
}

/**
 * Prints the URL of the gateway and, with `DEMO`, a working cURL call. The call contains a token: it is printed and
 * never logged.
 */
export async function greet(app: App, address: AddressInfo, print: Print): Promise<void> {
  const { config } = app.foundation;
  const url = announce(config, address, print);
  if (config.ROLE === 'dispatcher' || !config.DEMO) return;
  const demonstration = await demonstrate(app);
  if (!demonstration) return;
  const { accessToken, created } = demonstration;
  if (created) print(`\nDemo API key created. Its secret is not shown again:\n${JSON.stringify(created, null, 2)}`);
  const call = curl(app, url, accessToken);
  if (call !== undefined) print(`\nTry it:\n\n${call}\n`);
}

async function demonstrate(app: App): Promise<Demonstration | undefined> {
  for (const identity of app.identities) {
    const demonstration = await identity.demonstrate?.();
    if (demonstration) return demonstration;
  }
  return undefined;
}

/** The example call with `isGreeting`, as a shell command. */
function curl(app: App, url: string, accessToken: string): string | undefined {
  for (const target of app.registry.targets) {
    const route = target.routes.find(({ example }) => example.isGreeting);
    if (!route) continue;
    return [
      `curl -X ${route.method.toUpperCase()} '${url}${route.example.path}' \\`,
      `-H "Content-Type: application/json" \\`,
      `-H "X-Target-Server: ${target.name}" \\`,
      `-H "Authorization: Bearer ${accessToken}" \\`,
      `-d '${JSON.stringify(route.example.body, null, 2).replaceAll("'", "'\\''")}'`,
    ].join('\n');
  }
  return undefined;
}
