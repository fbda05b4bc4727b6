import { writeFileSync } from 'node:fs';
import { type Finding, runSections } from './check.ts';
import { createLab } from './lab.ts';
import { type Options, readOptions, UsageError, usage } from './options.ts';
import { type RecordingBackend, startRecordingBackend } from './recording-backend.ts';
import { countOf, toMarkdown } from './report.ts';
import { suite } from './suite.ts';

/** Checks a gateway as the arguments say. Resolves to the exit code: 0 if no check has failed. */
export async function conformance(args: readonly string[], print: (text: string) => void): Promise<number> {
  try {
    return await check(readOptions(args), print);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    print(`${error.message}\n\n${usage}`);
    return 1;
  }
}

async function check(options: Options, print: (text: string) => void): Promise<number> {
  const { only, report } = options;
  const sections = suite.filter(({ title }) => title.includes(only));
  if (sections.length === 0) throw new UsageError(`No section title contains "${only}".`);
  const backend = await listen(options);
  try {
    const lab = createLab(options, backend, { headersTimeoutMs: options.headersTimeoutMs });
    await lab.probe().catch((error: Error) => {
      throw new UsageError(
        `${options.url.origin} does not forward to the backend on port ${backend.port}: ${withoutSecrets(error.message, options)}.`,
      );
    });
    const findings = await runSections(sections, lab, (finding) => printFailure(finding, options, print));
    const clean = findings.map((finding) => ({ ...finding, note: withoutSecrets(finding.note, options) }));
    if (report !== undefined) writeFileSync(report, toMarkdown(clean));
    printSummary(findings, print);
    return findings.some(({ result }) => result === 'failed') ? 1 : 0;
  } finally {
    await backend.stop();
  }
}

async function listen({ backendHost, backendPort }: Options): Promise<RecordingBackend> {
  try {
    return await startRecordingBackend(backendPort, backendHost);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`The backend cannot listen on ${backendHost}:${backendPort} (${code}).`);
  }
}

const withoutSecrets = (text: string, { secrets }: Options): string =>
  secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), text);

function printFailure({ section, name, result, note }: Finding, options: Options, print: (text: string) => void): void {
  if (result === 'failed') print(`FAILED ${section}: ${name}\n  ${withoutSecrets(note, options)}`);
}

function printSummary(findings: readonly Finding[], print: (text: string) => void): void {
  for (const [title, some] of Map.groupBy(findings, ({ section }) => section)) {
    const skipped = countOf(some, 'skipped');
    const more = skipped > 0 ? `, ${skipped} skipped` : '';
    print(`${title}: ${countOf(some, 'passed')} of ${some.length - skipped} passed${more}`);
  }
  print(
    `${countOf(findings, 'passed')} passed, ${countOf(findings, 'failed')} failed, ${countOf(findings, 'skipped')} skipped`,
  );
}
