// `npm run check:dashboard`: runs every query of the Grafana dashboard on a real Prometheus that scrapes gateways and a dispatcher
// under load, then follows the alerts of an outage. Exits with 1 for a query that fails or finds no data, and for an alert that
// is not active in time, or stays. Needs `prometheus`, `redis-server` and MariaDB or MySQL.
import { setTimeout as sleep } from 'node:timers/promises';
import { createReleases } from '../src/lifecycle/releases.ts';
import {
  type Dashboard,
  type DashboardQuery,
  labelValuesOf,
  queriesOf,
  readDashboard,
  substitute,
} from './monitoring/dashboard.ts';
import { type MonitoredFleet, startMonitoredFleet } from './monitoring/fleet.ts';
import { type Prometheus, type Series, startPrometheus } from './monitoring/prometheus.ts';

interface Finding extends DashboardQuery {
  /** Series with a value, or the error of the query. */
  series: number | string;
}

/** Every metric has values of several scrapes by then. */
const mostSeconds = 90;
const values = { job: 'hookgate', instance: '.+', target: '.*', __rate_interval: '10s' };
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const releases = createReleases();
let isOver = false;
try {
  const fleet = await startMonitoredFleet(releases);
  const load = (async () => {
    while (!isOver) await fleet.call();
  })();
  releases.add(async () => {
    isOver = true;
    await load;
  });
  const prometheus = await startPrometheus(fleet.targets, releases);
  const dashboard = readDashboard();
  const until = performance.now() + mostSeconds * 1000;
  let problems: string[];
  do {
    await sleep(3000);
    problems = [...(await runQueries(prometheus, dashboard)), ...(await readVariables(prometheus, dashboard))];
  } while (problems.length > 0 && performance.now() < until && !isOver);
  problems.push(...(await followAlerts(prometheus, fleet)));
  for (const problem of problems) say(`FAILED ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
} finally {
  isOver = true;
  await releases.run();
}

/** Prints a line for each query once all have data. Returns the ones that fail or have none. */
async function runQueries(prometheus: Prometheus, dashboard: Dashboard): Promise<string[]> {
  const findings: Finding[] = [];
  for (const query of queriesOf(dashboard)) findings.push({ ...query, series: await run(prometheus, query) });
  const bad = findings.filter(({ series }) => series === 0 || typeof series === 'string');
  if (bad.length === 0)
    for (const { row, panel, refId, series } of findings) say(`${row} | ${panel} | ${refId} | ${series} series`);
  return bad.map(
    ({ row, panel, refId, series }) => `${row} | ${panel} | ${refId}: ${series === 0 ? 'no data' : series}`,
  );
}

async function run(prometheus: Prometheus, { expression }: DashboardQuery): Promise<number | string> {
  const now = Date.now() / 1000;
  const parameters = { query: substitute(expression, values), start: String(now - 30), end: String(now), step: '1' };
  try {
    const { result } = await prometheus.ask<{ result: Series[] }>('query_range', parameters);
    return result.filter((series) => series.values.some(([, value]) => value !== 'NaN')).length;
  } catch (error) {
    return (error as Error).message;
  }
}

async function readVariables(prometheus: Prometheus, { templating }: Dashboard): Promise<string[]> {
  const problems: string[] = [];
  for (const variable of templating.list) {
    const asked = labelValuesOf(variable);
    if (!asked) continue;
    const found = await prometheus.ask<string[]>(`label/${asked.label}/values`, {
      'match[]': substitute(asked.selector, values),
    });
    if (found.length === 0) problems.push(`variable ${variable.name}: no data`);
  }
  return problems;
}

/** Alerts that fire or wait for their time. Throws when Prometheus cannot evaluate a rule. */
async function activeAlerts(prometheus: Prometheus): Promise<string[]> {
  interface Rule {
    name: string;
    health: string;
    state: string;
    lastError?: string;
  }
  const { groups } = await prometheus.ask<{ groups: { rules: Rule[] }[] }>('rules');
  const rules = groups.flatMap((group) => group.rules);
  for (const { name, health, lastError } of rules)
    if (health === 'err') throw new Error(`The rule ${name} cannot be evaluated: ${lastError}`);
  return rules.filter(({ state }) => state !== 'inactive').map(({ name }) => name);
}

/** Waits for these alerts, or for their end. Returns the ones for which it waited too long. */
async function awaitAlerts(prometheus: Prometheus, names: readonly string[], isActive: boolean): Promise<string[]> {
  const until = performance.now() + mostSeconds * 1000;
  for (;;) {
    const active = await activeAlerts(prometheus);
    const missing = names.filter((name) => active.includes(name) !== isActive);
    if (missing.length === 0 || performance.now() > until) {
      say(`${isActive ? 'Active' : 'Left'}: ${active.join(', ')}`);
      return missing.map((name) => `${name}: ${isActive ? 'not active' : 'still active'}`);
    }
    await sleep(1000);
  }
}

/** The alerts of a load with failing backends and receivers, then of an outage, and their end. */
async function followAlerts(prometheus: Prometheus, { fail, recover }: MonitoredFleet): Promise<string[]> {
  const ofLoad = [
    'HookgateCallsFail',
    'HookgateManyCallsFail',
    'HookgateUpstreamsFail',
    'HookgateUpstreamDown',
    'HookgateCallbacksFail',
  ];
  const ofOutage = ['HookgateDatabaseLost', 'HookgateNoneReady', 'HookgateRateLimitNotShared'];
  const problems = await awaitAlerts(prometheus, ofLoad, true);
  await fail();
  problems.push(...(await awaitAlerts(prometheus, [...ofOutage, 'HookgateDown', 'HookgateNoDispatcher'], true)));
  await recover();
  return [...problems, ...(await awaitAlerts(prometheus, ofOutage, false))];
}
