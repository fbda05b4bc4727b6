const longestPlain = 256;
/** No quotes, escapes or placeholders of Knex, the drivers or the servers. */
const plain = /^[\w .,:;"{}()[\]/=+@-]*$/;

/** The database's time in microseconds since 1970, as an expression; milliseconds count on the embedded database. */
export const timeSql = (engine: 'sqlite' | 'mysql'): string =>
  engine === 'mysql'
    ? // By UTC: in a zone with summer time, `now()` names two moments alike in the hour before the clocks go back.
      "timestampdiff(microsecond, '1970-01-01', utc_timestamp(6))"
    : "cast(unixepoch('subsec') * 1000000 as integer)";

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
