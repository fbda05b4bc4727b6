import { readObject } from '../format/json-text.ts';

/** An event as it is typed. */
export interface EventForm {
  type: string;
  /** UUID; empty: not of a node. */
  node: string;
  data: string;
}

export interface TypedEvent {
  readonly type: string;
  readonly node: string | undefined;
  readonly data: Record<string, unknown>;
}

/** A form whose data is a JSON object. */
export function toEvent({ type, node, data }: EventForm): TypedEvent {
  const read = readObject(data);
  return { type: type.trim(), node: node.trim() || undefined, data: 'value' in read ? read.value : {} };
}

export const isEventType = (text: string): boolean => /^[\w.:/-]+$/.test(text.trim());

/** The gateway's own types, which it alone publishes. */
export const isOwnType = (text: string): boolean => text.trim().startsWith('hookgate.');

export const isUuid = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu.test(text);

const fieldNames: Readonly<Record<string, keyof EventForm>> = { type: 'type', node_id: 'node', data: 'data' };

/** Refusals of the API by field of the form; of the data a line for each of its places, such as `items[0].price`. */
export function eventProblems(fields: ReadonlyMap<string, string>): { field: keyof EventForm; lines: string }[] {
  const lines = [...fields].flatMap(([path, message]) => {
    const field = fieldNames[/^\w+/.exec(path)?.[0] ?? ''];
    return field === undefined
      ? []
      : [{ field, line: Object.hasOwn(fieldNames, path) ? message : lineOf(path, message) }];
  });
  return [...Map.groupBy(lines, ({ field }) => field)].map(([field, all]) => ({
    field,
    lines: all.map(({ line }) => line).join('\n'),
  }));
}

/** A message with the place that it is about, unless it names it itself. */
export const lineOf = (path: string, message: string): string =>
  message.includes(path) ? message : `${path}: ${message}`;
