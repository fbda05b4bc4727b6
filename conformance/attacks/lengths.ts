import { type Attack, hidden } from '../attack.ts';

const body = 'hello';
const post = (name: string, lines: readonly string[], rest: Partial<Attack> = {}): Attack => ({
  name,
  method: 'POST',
  lines,
  body,
  ...rest,
});

const badValues = ['+5', '-5', '0x5', '5 5', '5;', '5,', '5,6', '1e1', '5.0', '"5"', 'five', '\x0b5', '5\xa0', ''];

/** Forms of `Content-Length` that two readers can parse as different lengths. */
export const lengths: readonly Attack[] = [
  ...badValues.map((value) => post(`Content-Length: ${JSON.stringify(value)}`, [`Content-Length: ${value}`])),
  post('Content-Length beyond 64 bits', ['Content-Length: 18446744073709551621']),
  post('Content-Length of 60 digits', [`Content-Length: ${'9'.repeat(60)}`]),
  post('Content-Length with leading zeros', ['Content-Length: 0000005'], { passes: { body } }),
  post('two Content-Length headers that differ', ['Content-Length: 5', 'Content-Length: 6']),
  post('two Content-Length headers that differ in case and value', ['Content-Length: 5', 'content-length: 0']),
  post('two Content-Length headers, one of them zero', ['Content-Length: 0', 'Content-Length: 5']),
  post('two Content-Length headers that are the same', ['Content-Length: 5', 'Content-Length: 5'], {
    passes: { body },
  }),
  post('Content-Length as a list of the same', ['Content-Length: 5, 5'], { passes: { body } }),
  post('space between Content-Length and its colon', ['Content-Length : 5']),
  post('Content_Length in place of Content-Length', ['Content_Length: 5', 'Content-Length: 5'], {
    passes: { body, without: ['content_length'] },
  }),
  post('Content-Length in a folded line', ['Content-Length:\r\n 5']),
  post('Content-Length before a header in a bare LF line', ['X-First: a\nContent-Length: 0', 'Content-Length: 5']),
  { name: 'GET with a body of Content-Length', lines: ['Content-Length: 5'], body, passes: { body } },
  {
    name: 'GET whose body is a request (CL.0)',
    lines: [`Content-Length: ${hidden.length}`],
    body: hidden,
    passes: { body: hidden },
  },
  {
    name: 'POST whose body is a request (CL.0)',
    method: 'POST',
    lines: [`Content-Length: ${hidden.length}`],
    body: hidden,
    passes: { body: hidden },
    mustPass: true,
  },
  {
    name: 'HEAD whose body is a request',
    method: 'HEAD',
    lines: [`Content-Length: ${hidden.length}`],
    body: hidden,
    passes: { body: hidden },
  },
  {
    name: 'OPTIONS whose body is a request',
    method: 'OPTIONS',
    lines: [`Content-Length: ${hidden.length}`],
    body: hidden,
    passes: { body: hidden },
  },
  {
    name: 'more bytes than Content-Length',
    method: 'POST',
    lines: ['Content-Length: 5'],
    body: `${body}\x00\x01\x02 junk\r\n\r\n`,
    passes: { body },
  },
  {
    name: 'fewer bytes than Content-Length, then the end',
    method: 'POST',
    lines: ['Content-Length: 6'],
    body,
    breaksOff: true,
  },
];
