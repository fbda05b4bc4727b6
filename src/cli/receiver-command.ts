import { StartError } from '../errors.ts';
import {
  answer,
  createReceiver,
  isSignedWith,
  type Reaction,
  type Received,
  type Receiver,
  type Script,
} from '../receiver/receiver.ts';
import type { CommandLine } from './command-line.ts';

const defaultPort = 9900;
const maxBytes = 100_000_000;

/** Parses a number of the path; returns `fallback` if it is missing or malformed. */
const numberOr = (fallback: number, text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : fallback);

/** Behaviours by the first segment of the path: an endpoint's URL selects one. */
const behaviours: Readonly<Record<string, (argument: string) => Reaction>> = {
  status: (code) => answer(numberOr(200, code), 'as you wish'),
  delay: (ms) => ({ ...answer(200, 'late'), delayMs: numberOr(1000, ms) }),
  drip: (ms) => ({ pieces: [...'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'], delayMs: numberOr(100, ms) }),
  silence: () => ({ afterwards: 'silence' }),
  reset: () => ({ afterwards: 'reset' }),
  close: () => ({ afterwards: 'close' }),
  huge: (bytes) => answer(200, 'x'.repeat(Math.min(numberOr(10_000_000, bytes), maxBytes))),
  redirect: () => answer(302, '', { Location: '/elsewhere' }),
  garbage: () => ({ pieces: ['this is not HTTP\r\n\r\n'], afterwards: 'close' }),
};

/** The behaviour that `path` selects, e.g. `/status/503`; 200 by default. */
function reactionTo(path: string): Reaction {
  const [, name = '', argument = ''] = path.split(/[/?]/);
  return (Object.hasOwn(behaviours, name) ? behaviours[name]?.(argument) : undefined) ?? answer(200, 'ok');
}

/**
 * `receiver [--port 9900] [--secret whsec_…]`: a local endpoint for experiments. It prints each request, verifies its
 * signature with the secret, and answers 200 or as the path selects.
 */
export async function receiver(
  { print, onSignal }: CommandLine,
  values: Readonly<Record<string, unknown>>,
): Promise<number> {
  const secret = typeof values.secret === 'string' ? values.secret : undefined;
  const script: Script = (request) => {
    print(describe(request, secret));
    return reactionTo(request.path);
  };
  const running = await listen(script, values.port);
  const paths = Object.keys(behaviours).map((name) => `/${name}`);
  print(`Receiver listening on ${running.url}. It answers 200; these paths select other behaviour: ${paths.join(' ')}`);
  await new Promise<void>((resolve) => onSignal(resolve));
  await running.close();
  return 0;
}

async function listen(script: Script, wanted: unknown): Promise<Receiver> {
  const port = wanted === undefined ? defaultPort : Number(wanted);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new StartError(`--port ${wanted} is not a port number (0 to 65535).`);
  try {
    return await createReceiver(script, port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(`The receiver cannot listen on port ${port} (${code}). Set another --port.`);
  }
}

function describe(request: Received, secret: string | undefined): string {
  const { method, path, headers, body } = request;
  const signature =
    secret === undefined ? [] : [`signature: ${isSignedWith(secret, request) ? 'valid' : 'INVALID'} for this secret`];
  const lines = [
    `${new Date().toISOString()} ${method} ${path}`,
    ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`),
    ...signature.map((line) => `  ${line}`),
    ...(body === '' ? [] : [body]),
  ];
  return `${lines.map(withoutControls).join('\n')}\n`;
}

/** Replaces control characters: a terminal would interpret them. */
const withoutControls = (line: string): string => line.replace(/[^\P{Cc}\n\t]/gu, '\ufffd');
