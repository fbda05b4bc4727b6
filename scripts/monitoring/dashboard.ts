import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(import.meta.dirname, '..', '..', 'deploy', 'grafana', 'hookgate.json');

interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { type: string; uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  fieldConfig?: { defaults: { unit?: string } };
  targets?: { refId: string; expr: string; legendFormat: string }[];
}

export interface Variable {
  name: string;
  /** `label_values(<selector>, <label>)`; for the data source `prometheus`. */
  query: string | { query: string };
  allValue?: string;
}

export interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

export interface DashboardQuery {
  row: string;
  panel: string;
  /** Name of the query in its panel, such as `A`. */
  refId: string;
  /** With variables of Grafana in it. */
  expression: string;
  /** With labels in double braces. */
  legend: string;
}

export const readDashboard = (): Dashboard => JSON.parse(readFileSync(file, 'utf8')) as Dashboard;

/** Every query of the panels, in their order. */
export function queriesOf({ panels }: Dashboard): DashboardQuery[] {
  let row = '';
  return panels.flatMap(({ type, title, targets = [] }) => {
    if (type === 'row') row = title;
    return targets.map(({ refId, expr, legendFormat }) => ({
      row,
      panel: title,
      refId,
      expression: expr,
      legend: legendFormat,
    }));
  });
}

/** Selector and label of a variable; undefined for the data source. */
export function labelValuesOf({ query }: Variable): { selector: string; label: string } | undefined {
  const text = typeof query === 'string' ? query : query.query;
  const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(text) ?? [];
  return selector && label ? { selector, label } : undefined;
}

/** Replaces variables, as Grafana does with all values chosen. */
export const substitute = (expression: string, values: Readonly<Record<string, string>>): string =>
  expression.replaceAll(/\$(\w+)/g, (variable, name: string) => values[name] ?? variable);
