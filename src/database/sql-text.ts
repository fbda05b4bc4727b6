const longestPlain = 256;
/** Nothing that ends a text or that anybody on the way to the server takes for something else. */
const plain = /^[\w .,:;"{}()[\]/=+@-]*$/;

/** A text as it may stand within a statement; undefined when it must be bound. Bound values cost several times as much. */
export const literalText = (text: string): string | undefined =>
  text.length <= longestPlain && plain.test(text) ? `'${text}'` : undefined;

/** Ids within `in (…)`. Throws `RangeError` for what is no id of ours. */
export function idList(ids: readonly string[]): string {
  const literals = ids.map((id) => {
    const literal = literalText(id);
    if (literal === undefined) throw new RangeError('an id with characters that no id has');
    return literal;
  });
  return literals.join(',');
}
