import { parseArgs } from 'node:util';

export interface Options {
  readonly url: URL;
  /** Header lines that every valid request carries. */
  readonly lines: readonly string[];
  /** Values that must not appear in any output. */
  readonly secrets: readonly string[];
  readonly backendHost: string;
  readonly backendPort: number;
  readonly headersTimeoutMs: number | undefined;
  /** Only sections whose title contains this text; empty for all. */
  readonly only: string;
  /** File for the report. */
  readonly report: string | undefined;
}

/** A problem with the arguments or the setup, as a message for the user. */
export class UsageError extends Error {}

export const usage = `Usage: npm run conformance -- --url <gateway> [options]

Starts a recording backend and checks the gateway in front of it.

  --url <url>                 the gateway; a path in it is prefixed to every request path
  --backend-port <port>       port of the backend, to which the gateway must forward (default 9901)
  --backend-host <address>    address on which the backend listens (default 127.0.0.1)
  --target <name>             sent as X-Target-Server
  --token <token>             sent as Authorization: Bearer
  --header "<name>: <value>"  an additional header; can be repeated
  --headers-timeout-ms <ms>   response timeout of the gateway; without it, slow backends are not checked
  --only <text>               only the sections whose title contains this text
  --report <file>             file for a report in Markdown
`;

const headerLine = /^[\w!#$%&'*+.^`|~-]+:[\t\x20-\x7e]*$/;

/** Parses the command line. Throws `UsageError`. */
export function readOptions(args: readonly string[]): Options {
  const values = parse(args);
  const url = URL.parse(values.url ?? '');
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError('--url must be the http or https URL of a gateway.');
  const lines = [...(values.header ?? [])];
  if (values.target !== undefined) lines.push(`X-Target-Server: ${values.target}`);
  if (values.token !== undefined) lines.push(`Authorization: Bearer ${values.token}`);
  for (const line of lines)
    if (!headerLine.test(line)) throw new UsageError('--header, --target and --token must be valid header lines.');
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

/** Shorter texts would match everywhere in the output. */
const shortestSecret = 8;

/** Every header value may be a credential, with and without a `Bearer` or `Basic` in front. */
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
