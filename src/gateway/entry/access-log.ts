import type { LogOutput } from '../../logger.ts';
import { statusOf } from '../call/call.ts';
import type { Call } from '../call/target.ts';
import { shownPath } from './shown-path.ts';

/**
 * Writes one line per request when its response has ended or broken off. The line is built here rather than by
 * winston, which would cost more than the rest of the request.
 */
export function createAccessLog(log: LogOutput): (call: Call) => void {
  if (!log.isInfoEnabled) return () => {};
  const write = log.format === 'pretty' ? prettyLine : createJsonLine();
  const timestampNow = createTimestamps();
  return (call) => {
    call.onClosed(() => log.line(write(call, timestampNow())));
  };
}

function createJsonLine(): (call: Call, timestamp: string) => string {
  const quoted = createQuoting();
  return (call, timestamp) => {
    const { req, res } = call;
    let line = `{"timestamp":"${timestamp}","level":"info","label":"access","message":"request","request_id":"${call.id}"`;
    line += `,"method":"${req.method}","status":${statusOf(call)},"duration_ms":${durationMs(call)},"client":"${call.clientAddress}"`;
    if (call.target) line += `,"target":"${call.target.name}"`;
    if (call.match) line += `,"route":${quoted(call.match.label)}`;
    else line += `,"path":${JSON.stringify(shownPath(call.path))}`;
    if (call.upstreamMs !== undefined) line += `,"upstream_ms":${call.upstreamMs.toFixed(2)}`;
    if (call.principal) line += `,"principal":${quoted(call.principal.subject)}`;
    if (call.organization !== '') line += `,"organization":${quoted(call.organization)}`;
    if (call.failure !== undefined) line += `,"reason":${quoted(call.failure)}`;
    if (!res.writableFinished && res.statusCode !== 101) line += ',"aborted":true';
    return `${line}}\n`;
  };
}

const maxQuoted = 1000;

/** JSON strings with a cache: nearly all lines repeat the same few texts. */
function createQuoting(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    let quoted = known.get(text);
    if (quoted === undefined) {
      quoted = JSON.stringify(text);
      if (known.size >= maxQuoted) known.clear();
      known.set(text, quoted);
    }
    return quoted;
  };
}

function prettyLine(call: Call, timestamp: string): string {
  const target = call.target ? `${call.target.name} ` : '';
  const place = target + (call.match?.label ?? shownPath(call.path));
  const reason = call.failure === undefined ? '' : ` (${call.failure})`;
  return `${timestamp} INFO  access: ${call.req.method} ${place} ${statusOf(call)} ${durationMs(call)} ms${reason} ${call.id}\n`;
}

const durationMs = (call: Call): string => (performance.now() - call.startedAt).toFixed(2);

/** The current time as ISO 8601 text, formatted once per millisecond. */
function createTimestamps(): () => string {
  let milliseconds = 0;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== milliseconds) {
      milliseconds = now;
      text = new Date(now).toISOString();
    }
    return text;
  };
}
