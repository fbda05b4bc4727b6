export const scopeListMeaning = 'scopes separated by spaces or commas';
/** The column takes more; a token carries all scopes in a header. */
export const maxScopeList = 10_000;
const scopePattern = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** The scopes, each once, of a list as people write it. Undefined: there is none, one is invalid, or the list is too long. */
export function readScopeList(text: string): string[] | undefined {
  const scopes = [...new Set(text.split(/[\s,]+/).filter(Boolean))];
  const isValid = scopes.length > 0 && scopes.every((scope) => scopePattern.test(scope));
  return isValid && scopes.join(' ').length <= maxScopeList ? scopes : undefined;
}
