/** Names in an expression of Prometheus. */
export interface Names {
  /** Metrics, each with the labels that its selectors compare. */
  metrics: { name: string; labels: string[] }[];
  /** Labels of `by`, `on` and the like. */
  groups: string[];
}

const token = /"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[a-zA-Z_$:][\w:$]*|\d[\w.]*|[{}(),]|[^\s\w]/g;
const grouping = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const operators = new Set(['and', 'or', 'unless', 'bool', 'offset']);
const isName = (text: string | undefined): text is string => text !== undefined && /^[a-zA-Z_]/.test(text);

/** Finds the names by the tokens: a name is a metric unless it is an operator, a grouping or followed by a bracket. */
export function namesIn(expression: string): Names {
  const tokens: string[] = expression.match(token) ?? [];
  const names: Names = { metrics: [], groups: [] };
  /** Names from a bracket to its end, without values. */
  const within = (from: number, end: string): string[] =>
    tokens.slice(from + 1, tokens.indexOf(end, from)).filter(isName);
  for (let index = 0; index < tokens.length; index += 1) {
    const [name = '', next] = [tokens[index], tokens[index + 1]];
    if (name === '{') index = tokens.indexOf('}', index);
    if (!isName(name) || operators.has(name)) continue;
    if (grouping.has(name)) {
      names.groups.push(...within(index + 1, ')'));
      index = tokens.indexOf(')', index);
    } else if (next !== '(' && next !== 'by' && next !== 'without')
      names.metrics.push({ name, labels: next === '{' ? within(index + 1, '}') : [] });
  }
  return names;
}

/** Names that no metric of `known` has: metrics, with `metric.label` for labels, and groups that no metric knows. */
export function unknownNames(expression: string, known: ReadonlyMap<string, readonly string[]>): string[] {
  const { metrics, groups } = namesIn(expression);
  const everywhere = ['job', 'instance'];
  const used = metrics.map(({ name, labels }) => ({ name, labels, has: labelsOf(name, known) }));
  const all = [...everywhere, ...used.flatMap(({ has }) => has ?? [])];
  return [
    ...used.flatMap(({ name, labels, has }) => {
      if (!has) return [name];
      return labels
        .filter((label) => !has.includes(label) && !everywhere.includes(label))
        .map((label) => `${name}.${label}`);
    }),
    ...groups.filter((label) => !all.includes(label)),
  ];
}

function labelsOf(name: string, known: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  if (name === 'up') return [];
  const labels = known.get(name);
  if (labels) return labels;
  const [, histogram = '', part] = /^(.+)_(bucket|sum|count)$/.exec(name) ?? [];
  const own = known.get(histogram);
  return own && (part === 'bucket' ? [...own, 'le'] : own);
}
