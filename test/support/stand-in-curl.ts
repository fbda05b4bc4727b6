// Takes the place of `curl -i` on a machine without it: a URL and the options -k, -X, -H and -d.
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sS: { type: 'boolean', short: 's' },
    i: { type: 'boolean', short: 'i' },
    write: { type: 'string', short: 'w' },
    method: { type: 'string', short: 'X', default: 'GET' },
    header: { type: 'string', short: 'H', multiple: true, default: [] },
    body: { type: 'string', short: 'd' },
    S: { type: 'boolean', short: 'S' },
    insecure: { type: 'boolean', short: 'k' },
  },
});
const headers = values.header.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]);
if (values.insecure) process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
const answer = await fetch(positionals[0] ?? '', { method: values.method, headers, body: values.body ?? null });
process.stdout.write(`HTTP/1.1 ${answer.status}\r\n\r\n${await answer.text()}\n`);
