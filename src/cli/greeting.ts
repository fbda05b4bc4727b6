import type { AddressInfo } from 'node:net';
import type { App } from '../app.ts';
import { type Config, isLoopback } from '../config.ts';
import type { Demonstration } from '../plugin.ts';

type Print = (text: string) => void;

/** Says where the gateway is. Resolves to its address as a URL. */
export function announce(config: Readonly<Config>, { family, address, port }: AddressInfo, print: Print): string {
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  print(`hookgate listens on ${url}`);
  if (config.ROLE === 'dispatcher') {
    print('It delivers (ROLE=dispatcher); only /healthz and /readyz are answered here.');
  } else if (isLoopback(config.HOST) && config.DOCS !== 'off') print(`Documentation: ${url}/docs`);
  return url;
}

/**
 * Says where the gateway is and, on one's own machine, shows a call that works as it stands. It holds a token, so it goes to
 * the terminal and never to the log.
 */
export async function greet(app: App, address: AddressInfo, print: Print): Promise<void> {
  const { config, database } = app.foundation;
  const url = announce(config, address, print);
  if (config.ROLE === 'dispatcher' || !isLoopback(config.HOST)) return;
  const demonstration = database.engine === 'sqlite' ? await demonstrate(app) : undefined;
  if (!demonstration) return;
  const { accessToken, created } = demonstration;
  if (created) print(`\nA demo key was made (its secret is not shown again):\n${JSON.stringify(created, null, 2)}`);
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

/** The example of the route that its plugin wants shown, as a command for a shell. */
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
