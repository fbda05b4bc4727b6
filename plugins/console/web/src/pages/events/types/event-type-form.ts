import type { EventTypeInput } from '../../../api/event-type.ts';
import { lineOf } from '../../../endpoints/event-form.ts';
import { exactMember, readObject } from '../../../format/json-text.ts';

/** An event type as it is typed; empty JSON: none. */
export interface EventTypeForm {
  name: string;
  description: string;
  example: string;
  schema: string;
}

export const emptyForm: EventTypeForm = { name: '', description: '', example: '', schema: '' };

/** The fields of a stored type. `text`: the answer of the API. */
export function toForm(text: string): EventTypeForm {
  const { name, description } = JSON.parse(text) as { name: string; description: string | null };
  const jsonOf = (member: 'example' | 'schema'): string => {
    const formatted = exactMember(text, member) ?? '';
    return formatted === 'null' ? '' : formatted;
  };
  return { name, description: description ?? '', example: jsonOf('example'), schema: jsonOf('schema') };
}

/** A valid form as the API takes it. */
export const toInput = ({ description, example, schema }: EventTypeForm): EventTypeInput => ({
  description: description.trim() === '' ? null : description.trim(),
  example: objectOf(example),
  schema: objectOf(schema),
});

function objectOf(text: string): Record<string, unknown> | null {
  const read = text.trim() === '' ? undefined : readObject(text);
  return read && 'value' in read ? read.value : null;
}

const fields = ['name', 'description', 'example', 'schema'] as const;

/** Refusals of the API by field; a line for each place in example and schema. */
export function typeProblems(refused: ReadonlyMap<string, string>): { field: keyof EventTypeForm; lines: string }[] {
  const refusals = [...refused];
  return fields.flatMap((field) => {
    const own = refusals.filter(
      ([path]) => path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`),
    );
    const lines = own.map(([path, message]) => (path === field ? message : lineOf(path, message))).join('\n');
    return own.length === 0 ? [] : [{ field, lines }];
  });
}
