import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReleases } from '../../src/lifecycle/releases.ts';
import { selfSigned } from '../../test/support/certificate.ts';
import { type Findings, median } from '../support/findings.ts';
import { cpuMicrosOf } from '../support/process-figures.ts';
import { startContestant } from './runner.ts';
import { startServices } from './services.ts';
import { send } from './single-events.ts';
import type { Stage } from './stage.ts';

const callers = 64;
const rounds = 3;
const load = { callers, seconds: 2 };
const warmUp = { callers, seconds: 4 };

interface Round {
  readonly accepted: number;
  readonly delivered: number;
  readonly answerP50: number;
  readonly answerP99: number;
  readonly own: number;
}

/** Measures what TLS handshakes with endpoints cost the callers: every callback is sent on a new connection. */
export async function measureTlsCallbacks(plain: Stage): Promise<Findings> {
  const releases = createReleases();
  const folder = mkdtempSync(join(tmpdir(), 'hookgate-bench-'));
  releases.add(() => rmSync(folder, { recursive: true }));
  try {
    await plain.reset();
    const certificate = join(folder, 'certificate.pem');
    writeFileSync(certificate, selfSigned.cert);
    const sink = startContestant('sink.ts', { SINK_TLS: '1' }, releases);
    const [{ port }] = (await once(sink.process, 'message')) as [{ port: number }];
    const stage = { ...plain, sink, target: `https://127.0.0.1:${port}` };
    const all = await startServices(stage, releases, { env: { NODE_EXTRA_CA_CERTS: certificate } });
    const services = all.filter(({ name }) => !name.includes('everysec'));
    const caller = startContestant('event-callers.ts', {}, releases);
    const found = new Map<string, Round[]>(services.map(({ name }) => [name, []]));
    for (const service of services) await send(stage, caller, service, warmUp);
    for (let round = 1; round <= rounds; round += 1) {
      process.stderr.write(`tls: round ${round} of ${rounds}\n`);
      for (const service of services) {
        const before = cpuMicrosOf(service.server.pid);
        const sent = await send(stage, caller, service, load);
        found.get(service.name)?.push({
          accepted: sent.accepted / sent.seconds,
          delivered: sent.accepted / sent.drainedSeconds,
          answerP50: sent.medianMs,
          answerP99: sent.p99Ms,
          own: (cpuMicrosOf(service.server.pid) - before) / sent.accepted,
        });
      }
    }
    return toFindings(found);
  } finally {
    await releases.run();
  }
}

function toFindings(found: ReadonlyMap<string, readonly Round[]>): Findings {
  const digits: readonly (readonly [keyof Round, number])[] = [
    ['accepted', 0],
    ['answerP50', 1],
    ['answerP99', 1],
    ['delivered', 0],
    ['own', 0],
  ];
  const rows = [...found].map(([name, measured]) => [
    name,
    ...digits.map(([figure, places]) => median(measured.map((round) => round[figure])).toFixed(places)),
  ]);
  return {
    circumstances: [
      `Callbacks over TLS: the same load as single events, to a sink that closes each connection after its response, so that every callback begins with a TLS handshake (1.3, a key of P-256), as callbacks to many endpoints do. Medians of ${rounds} rounds of ${load.seconds} s, in turns, after ${warmUp.seconds} s that do not count; each round ends when its last callback has arrived. Service: its processor time for one event.`,
    ],
    tables: [
      {
        columns: [
          'Callbacks over TLS, 64 callers',
          'accepted/s',
          'answer p50 ms',
          'p99 ms',
          'delivered/s',
          'service CPU µs',
        ],
        rows,
      },
    ],
    bounds: [],
  };
}
