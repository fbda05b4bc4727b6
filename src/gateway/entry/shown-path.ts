const longestPath = 200;
/** Longer than a UUID: a longer part of a path is a token, an encoded value or an attack. */
const longestPart = 40;

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
      part.length > longestPart || (isCut && index === parts.length - 1) ? '…' : part,
    )
    .join('/')
    .replace(/[^\x21-\x7e…]/g, (character) => encodeURIComponent(character.toWellFormed()));
  return shown.length > longestPath ? `${shown.slice(0, longestPath - 1)}…` : shown;
}
