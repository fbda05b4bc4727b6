import { framing, leftovers } from './answers/framing.ts';
import { heads } from './answers/heads.ts';
import { statuses } from './answers/statuses.ts';
import { chunks, trailers } from './attacks/chunks.ts';
import { expectations } from './attacks/expectations.ts';
import { hopByHop, upgrades } from './attacks/hop-by-hop.ts';
import { lengths } from './attacks/lengths.ts';
import { headerLines, hosts, requestLines } from './attacks/lines.ts';
import { paths } from './attacks/paths.ts';
import { sizes } from './attacks/sizes.ts';
import { forwarding, identity, otherPaths } from './attacks/spoofing.ts';
import { transferEncodings } from './attacks/transfer-encodings.ts';
import { upstreams } from './behaviour/upstreams.ts';
import { type Section, toAnswerCheck, toCheck } from './check.ts';
import { bodies } from './semantics/bodies.ts';
import { connections } from './semantics/connections.ts';
import { methods } from './semantics/methods.ts';
import { streaming } from './semantics/streaming.ts';

/** All sections, in the order in which they run. */
export const suite: readonly Section[] = [
  { title: 'HTTP: methods, statuses and headers', checks: methods },
  { title: 'HTTP: bodies', checks: bodies },
  { title: 'HTTP: streaming', checks: streaming },
  { title: 'HTTP: connections', checks: connections },
  { title: 'HTTP: expectations', checks: expectations.map(toCheck) },
  { title: 'Smuggling: Content-Length', checks: lengths.map(toCheck) },
  { title: 'Smuggling: Transfer-Encoding', checks: transferEncodings.map(toCheck) },
  { title: 'Smuggling: chunks', checks: chunks.map(toCheck) },
  { title: 'Smuggling: trailers', checks: trailers.map(toCheck) },
  { title: 'Smuggling: header lines', checks: headerLines.map(toCheck) },
  { title: 'Smuggling: request lines', checks: requestLines.map(toCheck) },
  { title: 'Smuggling: truncated heads', checks: sizes.map(toCheck) },
  { title: 'Hosts', checks: hosts.map(toCheck) },
  { title: 'Paths', checks: paths.map(toCheck) },
  { title: 'Hop-by-hop headers', checks: hopByHop.map(toCheck) },
  { title: 'Upgrades', checks: upgrades.map(toCheck) },
  { title: 'Spoofing: identity', checks: identity.map(toCheck) },
  { title: 'Spoofing: forwarding', checks: forwarding.map(toCheck) },
  { title: 'Spoofing: path', checks: otherPaths.map(toCheck) },
  { title: 'Responses: statuses', checks: statuses.map(toAnswerCheck) },
  { title: 'Responses: framing', checks: framing.map(toAnswerCheck) },
  { title: 'Responses: unsolicited bytes', checks: leftovers.map(toAnswerCheck) },
  { title: 'Responses: heads', checks: heads.map(toAnswerCheck) },
  { title: 'Failing backends', checks: upstreams },
];
