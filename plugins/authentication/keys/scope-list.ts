export const scopeListMeaning = 'scopes separated by spaces';
/** The column takes more; a token carries all scopes in a header. */
export const maxScopeList = 10_000;
export const scopeListPattern = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/** Scopes as in RFC 6749, separated by single spaces. */
export const isScopeList = (text: string): boolean => text.length <= maxScopeList && scopeListPattern.test(text);
