import { type Attack, hidden } from '../attack.ts';

const body = 'hello';
const post = (expectation: string, rest: Partial<Attack> = {}): Attack => ({
  name: `Expect: ${JSON.stringify(expectation)}`,
  method: 'POST',
  lines: [`Expect: ${expectation}`, 'Content-Length: 5'],
  body,
  ...rest,
});

/** Gateway and backend must agree on whether a client waits for `100 Continue`, or a body becomes a request. */
export const expectations: readonly Attack[] = [
  post('100-continue', { passes: { body, without: ['expect'] }, mustPass: true }),
  post('100-Continue', { passes: { body, without: ['expect'] } }),
  post('y 100-continue'),
  post('100-continue y'),
  post('100-continue, 100-continue'),
  post('100'),
  post('200-ok'),
  post('miracles'),
  post('', { passes: { body, without: ['expect'] } }),
  { ...post('100-continue twice'), lines: ['Expect: 100-continue', 'Expect: 100-continue', 'Content-Length: 5'] },
  { ...post('in a folded line'), lines: ['Expect:\r\n 100-continue', 'Content-Length: 5'] },
  {
    name: 'Expect on GET without a body',
    lines: ['Expect: 100-continue'],
    passes: { without: ['expect'] },
  },
  {
    name: 'Expect on GET whose body is a request (0.CL)',
    lines: ['Expect: 100-continue', `Content-Length: ${hidden.length}`],
    body: hidden,
    passes: { body: hidden, without: ['expect'] },
  },
  {
    name: 'Expect in HTTP/1.0',
    method: 'POST',
    version: 'HTTP/1.0',
    lines: ['Expect: 100-continue', 'Content-Length: 5'],
    body,
    passes: { body, without: ['expect'] },
  },
  {
    name: 'unknown expectation on a request whose body is a request',
    method: 'POST',
    lines: ['Expect: x', `Content-Length: ${hidden.length}`],
    body: hidden,
  },
];
