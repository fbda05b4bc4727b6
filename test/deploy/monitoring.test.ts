import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { labelValuesOf, queriesOf, readDashboard } from '../../scripts/monitoring/dashboard.ts';
import { anchorsOf, readDocument } from '../docs/documents.ts';
import { labelsOfMetrics } from '../support/all-metrics.ts';
import { namesIn, unknownNames } from './promql.ts';

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: Record<string, string>;
}
interface RuleTest {
  input_series: { series: string }[];
  alert_rule_test: { alertname: string; exp_alerts: unknown[] }[];
}

const read = <T>(file: string): T => parse(readDocument(`deploy/prometheus/${file}`)) as T;
const rules = read<{ groups: { rules: Rule[] }[] }>('alerts.yaml').groups.flatMap((group) => group.rules);
const ruleTests = read<{ tests: RuleTest[] }>('alerts.test.yaml').tests;
const known = labelsOfMetrics();

test('the names of an expression are found', () => {
  const expression =
    'sum by (le, target) (rate(a_b_bucket{code=~"5..|x y",b="{"}[5m])) > 1 or max(c_d ^ 0) == bool 0 unless on (job) e';
  assert.deepEqual(namesIn(expression), {
    metrics: [
      { name: 'a_b_bucket', labels: ['code', 'b'] },
      { name: 'c_d', labels: [] },
      { name: 'e', labels: [] },
    ],
    groups: ['le', 'target', 'job'],
  });
  const names = new Map([['a_b', ['code', 'target']]]);
  assert.deepEqual(unknownNames(expression, names), ['a_b_bucket.b', 'c_d', 'e']);
  assert.deepEqual(unknownNames('sum by (route) (a_b_sum)', names), ['route']);
});

test('every alert uses metrics and labels that exist', () => {
  assert.deepEqual(
    rules.flatMap(({ alert, expr }) => unknownNames(expr, known).map((name) => `${alert}: ${name}`)),
    [],
  );
  for (const { alert, expr } of rules) assert.notEqual(namesIn(expr).metrics.length, 0, alert);
});

test('every alert has a severity, a summary, a description and a section of the documentation', () => {
  for (const { alert, labels, annotations } of rules) {
    assert.match(labels.severity, /^(critical|warning)$/, alert);
    assert.deepEqual(Object.keys(annotations), ['summary', 'description', 'runbook'], alert);
    const [path = '', anchor = ''] = (annotations.runbook ?? '').split('#');
    assert.ok(anchorsOf(readDocument(path)).includes(anchor), `${alert}: ${annotations.runbook}`);
  }
  assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length);
});

test('the series of the tests of alerts exist', () => {
  const series = ruleTests.flatMap((one) => one.input_series.map((input) => input.series));
  assert.deepEqual(
    series.flatMap((one) => unknownNames(one, known)),
    [],
  );
});

test('every alert has a test in which it fires and one in which it does not', () => {
  const cases = ruleTests.flatMap((one) => one.alert_rule_test);
  const tested = (fires: boolean): string[] =>
    [...new Set(cases.filter((one) => one.exp_alerts.length > 0 === fires).map(({ alertname }) => alertname))].sort();
  const alerts = rules.map(({ alert }) => alert).toSorted();
  assert.deepEqual(tested(true), alerts);
  assert.deepEqual(tested(false), alerts);
});

const dashboard = readDashboard();
const queries = queriesOf(dashboard);
const variables = new Map(dashboard.templating.list.map((variable) => [variable.name, labelValuesOf(variable)]));

test('every query of the dashboard uses metrics, labels and variables that exist', () => {
  const ofGrafana = ['__rate_interval'];
  for (const { panel, expression } of queries) {
    assert.deepEqual(unknownNames(expression, known), [], `${panel}: ${expression}`);
    const used = [...expression.matchAll(/\$(\w+)/g)].map(([, name = '']) => name);
    const isUnknown = (name: string): boolean => !variables.has(name) && !ofGrafana.includes(name);
    assert.deepEqual(used.filter(isUnknown), [], `${panel}: ${expression}`);
  }
});

test('every legend of the dashboard uses labels of its query', () => {
  for (const { panel, expression, legend } of queries) {
    const { metrics, groups } = namesIn(expression);
    const labels = groups.length > 0 ? groups : ['instance', ...metrics.flatMap(({ name }) => known.get(name) ?? [])];
    const shown = [...legend.matchAll(/{{(\w+)}}/g)].map(([, label = '']) => label);
    assert.deepEqual(
      shown.filter((label) => !labels.includes(label)),
      [],
      `${panel}: ${legend}`,
    );
  }
});

test('the variables of the dashboard read labels that exist', () => {
  assert.deepEqual([...variables.keys()], ['datasource', 'job', 'instance', 'target']);
  for (const values of variables.values()) {
    if (!values) continue;
    const { selector, label } = values;
    assert.deepEqual(unknownNames(selector, known), []);
    assert.deepEqual(unknownNames(`max by (${label}) (${selector})`, known), []);
  }
});

test('the dashboard shows every metric', () => {
  const shown = new Set(queries.flatMap(({ expression }) => namesIn(expression).metrics.map(({ name }) => name)));
  const isShown = (name: string): boolean =>
    ['', '_bucket', '_sum', '_count'].some((part) => shown.has(`${name}${part}`));
  assert.deepEqual(
    [...known.keys()].filter((name) => !isShown(name)),
    [],
  );
});

test('every panel has a description and a unit, the data source that was chosen, and a place of its own', () => {
  const taken = new Set<string>();
  const { panels } = dashboard;
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  for (const { type, title, description, datasource, fieldConfig, gridPos } of panels) {
    const { x, y, w, h } = gridPos;
    assert.ok(x + w <= 24, title);
    for (let at = 0; at < w * h; at += 1) {
      const place = `${x + (at % w)} ${y + Math.floor(at / w)}`;
      assert.ok(!taken.has(place), `${title} at ${place}`);
      taken.add(place);
    }
    if (type === 'row') continue;
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana
    assert.deepEqual(datasource, { type: 'prometheus', uid: '${datasource}' }, title);
    assert.ok(description && fieldConfig?.defaults.unit, title);
  }
});
