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

/** Everything that is checked, in this order. */
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
  { title: 'Smuggling: lines of the head', checks: headerLines.map(toCheck) },
  { title: 'Smuggling: first lines', checks: requestLines.map(toCheck) },
  { title: 'Smuggling: heads that are cut off', checks: sizes.map(toCheck) },
  { title: 'Hosts', checks: hosts.map(toCheck) },
  { title: 'Paths', checks: paths.map(toCheck) },
  { title: 'Hop-by-hop headers', checks: hopByHop.map(toCheck) },
  { title: 'Upgrades', checks: upgrades.map(toCheck) },
  { title: 'Spoofing: who calls', checks: identity.map(toCheck) },
  { title: 'Spoofing: the way of a call', checks: forwarding.map(toCheck) },
  { title: 'Spoofing: another path', checks: otherPaths.map(toCheck) },
  { title: 'Answers: statuses', checks: statuses.map(toAnswerCheck) },
  { title: 'Answers: framing', checks: framing.map(toAnswerCheck) },
  { title: 'Answers: bytes that nobody has asked for', checks: leftovers.map(toAnswerCheck) },
  { title: 'Answers: heads', checks: heads.map(toAnswerCheck) },
  { title: 'Backends in trouble', checks: upstreams },
];
