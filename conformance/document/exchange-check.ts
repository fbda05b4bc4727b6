import type { IncomingHttpHeaders } from 'node:http';
import type { ApiDocument, Header, Media, Operation, Parameter, Response } from './api-document.ts';

/** A request and its response, as they went over the wire. */
export interface Exchange {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly status: number;
  readonly responseHeaders: IncomingHttpHeaders;
  readonly responseBody: Buffer;
}

export interface Violation {
  readonly kind:
    | 'invalid request taken'
    | 'valid request refused'
    | 'failure of the server'
    | 'undocumented operation'
    | 'undocumented status'
    | 'undocumented content type'
    | 'invalid response body'
    | 'invalid response header'
    | 'undocumented response header';
  /** Method and path of the operation. */
  readonly call: string;
  /** The path as requested, and the status. */
  readonly seen: string;
  readonly problems: readonly string[];
}

/** The gateway's own pages, which are no operations of a target. */
const ownPages = /^\/(?:$|healthz$|readyz$|openapi\.json$|openapi\/|docs(?:\/|$)|console(?:\/|$)|\.well-known\/)/;

/** Of HTTP itself, of browsers and of every response: documents list the headers with a meaning for the call. */
const commonHeaders =
  /^(?:date|connection|keep-alive|transfer-encoding|content-(?:length|type|encoding)|cache-control|vary|x-content-type-options|x-request-id|access-control-.*)$/;

/** Violations of the document by one exchange. */
export function checkExchange(document: ApiDocument, exchange: Exchange): Violation[] {
  const [path = '', query = ''] = exchange.target.split(/\?(.*)/s);
  const found = document.find(exchange.method, path);
  const { status } = exchange;
  // A conflict is found after validation.
  const isTaken = (status >= 200 && status < 300) || status === 409;
  const seen = `${exchange.method} ${exchange.target.slice(0, 200)} ${status}`;
  if (!found) {
    const isUnknown = isTaken && !(ownPages.test(path) && exchange.headers['x-target-server'] === undefined);
    return isUnknown ? [{ kind: 'undocumented operation', call: exchange.method, seen, problems: [path] }] : [];
  }
  const { operation, params } = found;
  const violations: Violation[] = [];
  const report = (kind: Violation['kind'], problems: readonly string[]): void => {
    if (problems.length > 0) violations.push({ kind, call: operation.call, seen, problems });
  };
  const problems = requestProblems(document, operation, exchange, params, query);
  if (isTaken) report('invalid request taken', problems);
  else if (problems.length === 0 && isValidationError(exchange))
    report('valid request refused', [exchange.responseBody.toString()]);
  if (status === 500) report('failure of the server', [exchange.responseBody.toString().slice(0, 500)]);
  checkResponse(document, operation, exchange, report);
  return violations;
}

const isValidationError = ({ status, responseBody }: Exchange): boolean =>
  status === 400 && /"code":"(?:VALIDATION_ERROR|mint\.validationError)"/.test(responseBody.toString());

function requestProblems(
  document: ApiDocument,
  operation: Operation,
  exchange: Exchange,
  params: Readonly<Record<string, string>>,
  query: string,
): string[] {
  const fields = new URLSearchParams(query);
  const given = (parameter: Parameter): string[] => {
    if (parameter.in === 'query') return fields.getAll(parameter.name);
    const value = parameter.in === 'path' ? params[parameter.name] : exchange.headers[parameter.name.toLowerCase()];
    return value === undefined ? [] : [value].flat();
  };
  const ofParameters = operation.parameters.flatMap((parameter) => {
    const values = given(parameter);
    const name = `${parameter.in} ${parameter.name}`;
    if (values.length === 0) return parameter.required ? [`${name} is missing`] : [];
    const [first = ''] = values;
    const read = values.length > 1 ? [values] : readings(first);
    return document.problems(parameter.schema ?? {}, ...read).map((problem) => `${name}: ${problem}`);
  });
  const hasCredentials = /^(?:bearer|basic) /i.test(exchange.headers.authorization ?? '');
  return [
    ...ofParameters,
    ...(operation.isPublic || hasCredentials ? [] : ['credentials are missing']),
    ...bodyProblems(document, operation, exchange),
  ];
}

/** A parameter is text. Where the schema wants a number or a boolean, it is read as one, as clients and servers usually do. */
function readings(text: string): unknown[] {
  const plain = text.trim();
  if (plain === 'true' || plain === 'false') return [text, plain === 'true'];
  return /^[+-]?\d+\.?\d*(?:[eE][+-]?\d+)?$/.test(plain) ? [text, Number(plain)] : [text];
}

function bodyProblems(document: ApiDocument, { requestBody, method }: Operation, exchange: Exchange): string[] {
  if (!requestBody || method === 'GET') return [];
  if (exchange.body.length === 0) return requestBody.required ? ['the body is missing'] : [];
  const media = mediaOf(requestBody.content, exchange.headers['content-type']);
  if (!media) return [`the content type ${exchange.headers['content-type']} is not listed`];
  const parsed = parse(exchange.body);
  if (!parsed) return ['the body is not JSON'];
  return document.problems(media.schema ?? {}, parsed.value).map((problem) => `body: ${problem}`);
}

/** The media of a content type. A type with the suffix `+json` is JSON (RFC 6839), which media ranges cannot say. */
function mediaOf(content: Readonly<Record<string, Media>>, type: string | undefined): Media | undefined {
  const name = (type ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return content[name] ?? (/^application\/[^/]+\+json$/.test(name) ? content['application/json'] : undefined);
}

function parse(bytes: Buffer): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch {
    return undefined;
  }
}

function checkResponse(
  document: ApiDocument,
  { responses }: Operation,
  exchange: Exchange,
  report: (kind: Violation['kind'], problems: readonly string[]) => void,
): void {
  const { status, responseHeaders, responseBody, method } = exchange;
  const response = responses[status] ?? responses[`${Math.floor(status / 100)}XX`] ?? responses.default;
  if (!response) {
    report('undocumented status', [`${status} ${responseBody.toString().slice(0, 200)}`]);
    return;
  }
  checkHeaders(document, response, responseHeaders, report);
  const { content } = response;
  if (method === 'HEAD') return;
  if (responseBody.length === 0) {
    if (content) report('invalid response body', ['the body is missing']);
    return;
  }
  const media = content?.[(responseHeaders['content-type'] ?? '').split(';')[0] ?? ''];
  if (!media) report('undocumented content type', [`${responseHeaders['content-type']}`]);
  else {
    const parsed = parse(responseBody);
    const problems = parsed ? document.responseProblems(media.schema ?? {}, parsed.value) : ['the body is not JSON'];
    report('invalid response body', problems);
  }
}

function checkHeaders(
  document: ApiDocument,
  { headers = {} }: Response,
  sent: IncomingHttpHeaders,
  report: (kind: Violation['kind'], problems: readonly string[]) => void,
): void {
  const declared = new Map(Object.entries(headers).map(([name, header]) => [name.toLowerCase(), header]));
  for (const [name, { required = false, schema = {} }] of declared as Map<string, Header>) {
    const value = [sent[name]].flat()[0];
    const problems =
      value === undefined ? (required ? ['is missing'] : []) : document.problems(schema, ...readings(value));
    report(
      'invalid response header',
      problems.map((problem) => `${name}: ${problem}`),
    );
  }
  const others = Object.keys(sent).filter((name) => !declared.has(name) && !commonHeaders.test(name));
  report('undocumented response header', others);
}
