import type { AddressInfo } from 'node:net';
import type { App } from '../app.ts';
import { type Config, isLoopback } from '../config.ts';
import { loopbackAmong } from '../demo.ts';
import type { Target } from '../gateway/call/target.ts';
import { isPackage } from '../installation.mjs';
import type { Demonstration } from '../plugin.ts';
import { programName } from '../program-name.ts';

type Print = (text: string) => void;

/** Path of the web pages, if they are installed and only this machine reaches them. */
export const pagesOf = async ({ front, foundation: { config } }: App): Promise<string | undefined> =>
  isLoopback(config.HOST) && front && (await front.areInstalled()) ? `${front.prefix}/` : undefined;

/** Prints the URL of the gateway, and of its web pages if their path is given, and returns the first one. */
export function announce(
  config: Readonly<Config>,
  { family, address, port }: AddressInfo,
  print: Print,
  pages?: string,
): string {
  const url = `${config.TLS_CERT_FILE === undefined ? 'http' : 'https'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  print(`hookgate listens on ${url}`);
  if (config.ROLE === 'dispatcher') {
    print('It delivers callbacks only (ROLE=dispatcher) and serves /healthz and /readyz.');
  } else if (isLoopback(config.HOST) && config.DOCS !== 'off') print(`Documentation: ${url}/docs`);
  const open = loopbackAmong(config.DISPATCH_ALLOWED_NETWORKS);
  if (open.length > 0)
    print(`Callbacks may reach services on this machine (DISPATCH_ALLOWED_NETWORKS=${open.join()}).`);
  if (pages !== undefined) print(`Web pages: ${url}${pages}`);
  return url;
}

/**
 * Prints the URL of the gateway and, with `DEMO`, calls to try. The commands are indented by two spaces. One of them contains a
 * token: it is printed and never logged.
 */
export async function greet(app: App, address: AddressInfo, print: Print): Promise<void> {
  const { config } = app.foundation;
  const url = announce(config, address, print, await pagesOf(app));
  if (config.ROLE === 'dispatcher' || !config.DEMO) return;
  const demonstration = await demonstrate(app);
  const created = demonstration?.created;
  if (created) print(`\nDemo API key created. Its secret is not shown again:\n${JSON.stringify(created, null, 2)}`);
  if (!isPackage) print('\nEverything at work, in a few seconds:\n  npm run demo');
  const calls = toCalls(app.registry.targets, url);
  if (!demonstration || calls.length === 0) return;
  const receiver = isPackage ? `${programName} receiver` : 'npm run receiver';
  print(`\nTry it. In a second terminal, an endpoint that prints every request:\n  ${receiver}`);
  print(`\nIn a third terminal, a token that is valid for an hour:\n  export TOKEN=${demonstration.accessToken}`);
  for (const { title, command } of calls) print(`\n${title}:\n${command}`);
}

async function demonstrate(app: App): Promise<Demonstration | undefined> {
  for (const identity of app.identities) {
    const demonstration = await identity.demonstrate?.();
    if (demonstration) return demonstration;
  }
  return undefined;
}

/** The calls with a `greeting` as shell commands, in order. */
function toCalls(targets: readonly Target[], url: string): { title: string; command: string }[] {
  return targets
    .flatMap(({ name, routes }) =>
      routes.flatMap(({ method, greeting }) => (greeting ? [{ name, method, ...greeting }] : [])),
    )
    .toSorted((one, other) => one.step - other.step)
    .map(({ name, method, path, title, body }) => ({ title, command: curl(method, `${url}${path}`, name, body) }));
}

function curl(method: string, url: string, target: string, body: unknown): string {
  // The address is no name of a certificate, and a demo has its own certificate at best.
  const program = url.startsWith('https:') ? 'curl -k' : 'curl';
  const start = `${program} -w '\\n' ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}${quoted(url)}`;
  const headers = `-H "Authorization: Bearer $TOKEN" -H ${quoted(`X-Target-Server: ${target}`)}`;
  const sent = body === undefined ? [] : [`-H 'Content-Type: application/json' -d ${quoted(JSON.stringify(body))}`];
  return `  ${[start, headers, ...sent].join(' \\\n    ')}`;
}

/** A text as one word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
