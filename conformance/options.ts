import { parseArgs } from 'node:util';

export interface Options {
  readonly url: URL;
  /** Header lines of every good request. */
  readonly lines: readonly string[];
  /** Not to be printed. */
  readonly secrets: readonly string[];
  readonly backendHost: string;
  readonly backendPort: number;
  readonly headersTimeoutMs: number | undefined;
  /** Sections whose title holds this text; empty for all. */
  readonly only: string;
  /** File for the report. */
  readonly report: string | undefined;
}

/** What is wrong with the arguments, for whoever gave them. */
export class UsageError extends Error {}

export const usage = `Usage: npm run conformance -- --url <gateway> [options]

Starts a backend of its own and checks the gateway in front of it.

  --url <url>                 the gateway; a path in it stands in front of every path that is called
  --backend-port <port>       where the gateway's target must lead (default 9901)
  --backend-host <address>    where the backend listens (default 127.0.0.1)
  --target <name>             sent as X-Target-Server
  --token <token>             sent as Authorization: Bearer
  --header "<name>: <value>"  sent as well; may be given several times
  --headers-timeout-ms <ms>   how long the target waits for an answer; without it, slow backends are not checked
  --only <text>               only the sections whose title holds this text
  --report <file>             writes a report in Markdown
`;

const headerLine = /^[\w!#$%&'*+.^`|~-]+:[\t\x20-\x7e]*$/;

/** Throws `UsageError`. */
export function readOptions(args: readonly string[]): Options {
  const values = parse(args);
  const url = URL.parse(values.url ?? '');
  if (!url || !/^https?:$/.test(url.protocol)) throw new UsageError('--url must be the URL of a gateway.');
  const lines = [...(values.header ?? [])];
  if (values.target !== undefined) lines.push(`X-Target-Server: ${values.target}`);
  if (values.token !== undefined) lines.push(`Authorization: Bearer ${values.token}`);
  for (const line of lines)
    if (!headerLine.test(line)) throw new UsageError('--header, --target and --token must make lines of a head.');
  return {
    url,
    lines,
    secrets: secretsOf(values),
    backendHost: values['backend-host'],
    backendPort: wholeNumber('--backend-port', values['backend-port'], 65_535),
    headersTimeoutMs:
      values['headers-timeout-ms'] === undefined
        ? undefined
        : wholeNumber('--headers-timeout-ms', values['headers-timeout-ms'], 600_000),
    only: values.only,
    report: values.report,
  };
}

/** What is shorter would be found everywhere. */
const shortestSecret = 8;

/** What a header holds may be a credential; behind `Bearer` and `Basic` it is one by itself. */
const secretsOf = ({ header = [], token }: { header?: string[] | undefined; token?: string | undefined }): string[] =>
  [token ?? '', ...header.map((line) => line.replace(/^[^:]+: *(?:[Bb]earer |[Bb]asic )?/, ''))].filter(
    (text) => text.length >= shortestSecret,
  );

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        url: text,
        target: text,
        token: text,
        report: text,
        header: { type: 'string', multiple: true },
        only: { type: 'string', default: '' },
        'backend-host': { type: 'string', default: '127.0.0.1' },
        'backend-port': { type: 'string', default: '9901' },
        'headers-timeout-ms': text,
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function wholeNumber(name: string, text: string, most: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > most)
    throw new UsageError(`${name} must be a whole number from 1 to ${most}.`);
  return number;
}
