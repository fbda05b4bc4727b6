/**
 * JSON as it came over the wire. It is what `JSON.parse` gives: a test says in its assertions what it expects of it, and fails
 * where that is not so.
 */
export type ParsedJson = ReturnType<typeof JSON.parse>;
