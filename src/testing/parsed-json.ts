/**
 * JSON as received. Untyped, like the result of `JSON.parse`: the assertions of a test check its shape.
 */
export type ParsedJson = ReturnType<typeof JSON.parse>;
