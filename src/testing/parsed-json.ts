/** JSON as received: `any`, like the result of `JSON.parse`. The assertions of a test check its shape. */
export type ParsedJson = ReturnType<typeof JSON.parse>;
