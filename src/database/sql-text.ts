const longestPlain = 256;
/** No quotes, escapes or placeholders of Knex, the drivers or the servers. */
const plain = /^[\w .,:;"{}()[\]/=+@-]*$/;

/** A text as an SQL literal; undefined if it must be bound. A bound value costs several times as much. */
export const literalText = (text: string): string | undefined =>
  text.length <= longestPlain && plain.test(text) ? `'${text}'` : undefined;

/** The list of ids within `in (…)`. Throws `RangeError` for a text that must be bound, which no generated id is. */
export function idList(ids: readonly string[]): string {
  const literals = ids.map((id) => {
    const literal = literalText(id);
    if (literal === undefined) throw new RangeError('invalid character in an id');
    return literal;
  });
  return literals.join(',');
}
