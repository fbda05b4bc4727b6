// A token, a quoted string and the space around them, as RFC 9110 defines them.
const token = "[\\w!#$%&'*+.^`|~-]+";
const quoted = '"(?:[^"\\\\]|\\\\.)*"';
const mediaType = new RegExp(`^[\\t ]*application/(${token})[\\t ]*(?=;|$)`, 'i');
const parameter = new RegExp(`[\\t ]*;[\\t ]*(?:(${token})=(${token}|${quoted}))?[\\t ]*`, 'y');
const utf8Names = new Set(['utf-8', 'utf8']);

/**
 * Reason why a body of this `Content-Type` is not read as JSON; undefined if it is. Accepts `application/json` and types that
 * end in `+json`, with any parameters, and no charset other than UTF-8.
 */
export function refusalOfType(contentType: string | undefined): string | undefined {
  const [all = '', subtype = ''] = mediaType.exec(contentType ?? '') ?? [];
  if (!/^(?:.+\+)?json$/i.test(subtype)) return 'The body must be JSON: send Content-Type: application/json.';
  const charset = charsetOf(contentType ?? '', all.length);
  if (charset === undefined) return 'The parameters of the Content-Type are malformed.';
  return utf8Names.has(charset) ? undefined : 'The body must be in UTF-8, and its Content-Type names another charset.';
}

/** The charset among the parameters, in lower case, `utf-8` without one; undefined if parameters are malformed or repeat it. */
function charsetOf(contentType: string, from: number): string | undefined {
  let charset: string | undefined;
  parameter.lastIndex = from;
  while (parameter.lastIndex < contentType.length) {
    const [all, name = '', value = ''] = parameter.exec(contentType) ?? [];
    if (all === undefined) return undefined;
    if (name.toLowerCase() !== 'charset') continue;
    if (charset !== undefined) return undefined;
    charset = unquoted(value).toLowerCase();
  }
  return charset ?? 'utf-8';
}

const unquoted = (value: string): string =>
  value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
