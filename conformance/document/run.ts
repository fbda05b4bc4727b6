// `npm run conformance:document -- --url <gateway> --token <token>`: compares a gateway with its OpenAPI document; exit code 1 if they differ.
import { parseArgs } from 'node:util';
import { checkDocument, type DocumentReport } from './document-conformance.ts';

const usage = `Usage: npm run conformance:document -- --url <gateway> --token <token> [options]

Sends the examples of the gateway's OpenAPI document, and variants of them, through a proxy that compares every request and response with
the document. It creates, changes and deletes data: use a gateway of its own.

  --url <url>        the gateway, with an empty database
  --token <token>    a token for the organization of the examples, with every scope that they need
  --api-key <key>    for the example of the sign-in, with --secret-key
  --secret-key <key>
  --every <n>        send one in n variants (default 20); 1 sends all of them
`;

const failedSteps = ({ steps }: DocumentReport) => steps.filter(({ answer }) => answer.status >= 300);

function print(report: DocumentReport): void {
  const groups = Map.groupBy(report.violations, ({ kind, call, problems }) => `${kind}: ${call}\n    ${problems[0]}`);
  for (const [title, some] of groups)
    process.stdout.write(`${title}\n    ${some.length} times, first ${some[0]?.seen}\n`);
  for (const { call, answer } of failedSteps(report))
    process.stdout.write(`example refused: ${call.operation.call}: ${answer.status} ${answer.text}\n`);
  for (const [rule, count] of Object.entries(report.refusedByRule))
    process.stdout.write(`beyond schemas: ${rule}: ${count}\n`);
  const statuses = Object.entries(report.statuses).map(([status, count]) => `${status}: ${count}`);
  process.stdout.write(`${report.calls} calls (${statuses.join(', ')}), ${report.violations.length} violations\n`);
}

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: { url: text, token: text, 'api-key': text, 'secret-key': text, every: { type: 'string', default: '20' } },
});
const url = URL.parse(values.url ?? '');
const every = Number(values.every);
if (!url || values.token === undefined || !Number.isInteger(every) || every < 1) {
  process.stdout.write(usage);
  process.exitCode = 1;
} else {
  const key = { api_key: values['api-key'], secret_key: values['secret-key'] };
  const bodies = key.api_key === undefined ? {} : { 'POST /api/v1/integration/auth/authenticate': key };
  const report = await checkDocument({ url, token: values.token, bodies, every });
  print(report);
  process.exitCode = report.violations.length > 0 || failedSteps(report).length > 0 ? 1 : 0;
}
