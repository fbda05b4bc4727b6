const longestPath = 200;
/** The length of a UUID: a longer part of a path is a token, an encoded value or an attack. Many tokens have 40 characters. */
const longestPart = 36;
/** User and password of an address that is a part of the path. */
const userInfo = /:.*(?:@|%40)/;

/**
 * A path that matched no route, as the log may show it: printable ASCII, without query, parameters, values after `=`,
 * user names of absolute addresses, and parts as long as tokens; at most 200 characters.
 */
export function shownPath(path: string): string {
  const bare = path.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '').replace(/(?:[?#;=]|%(?:3[bdf]|23)).*$/is, '');
  const isCut = bare.length > 2 * longestPath;
  const shown = bare
    .slice(0, 2 * longestPath)
    .split('/')
    .map((part, index, parts) =>
      // The last part may be the beginning of a token.
      part.length > longestPart || userInfo.test(part) || (isCut && index === parts.length - 1) ? '…' : part,
    )
    .join('/')
    .replace(/[^\x21-\x7e…]/g, (character) => encodeURIComponent(character.toWellFormed()));
  return shown.length > longestPath ? `${shown.slice(0, longestPath - 1)}…` : shown;
}
