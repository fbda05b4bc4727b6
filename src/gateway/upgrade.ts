import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { badRequest, upgradeRefused } from '../errors.ts';
import { http } from '../packages/node-http.ts';
import { openCall } from './call/call.ts';
import type { Call, Tunnel } from './call/target.ts';
import { varyOfCallers } from './call/vary.ts';
import { authorize } from './caller/authorize.ts';
import { holdsBasic } from './caller/origin-check.ts';
import { takeCredentials } from './caller/upgrade-credentials.ts';
import { checkFraming } from './entry/framing.ts';
import { breakOff, find, findHost, type GatewayParts } from './gateway.ts';
import { endSocket } from './server/end-socket.ts';
import { checkProtocol } from './server/upgrade-protocol.ts';
import type { UpgradeListener } from './server/upgraded-sockets.ts';

export interface UpgradeParts
  extends Pick<
    GatewayParts,
    | 'setClientAddress'
    | 'logAccess'
    | 'measure'
    | 'answerError'
    | 'registry'
    | 'wayOf'
    | 'checkOrigin'
    | 'authenticate'
    | 'reauthentication'
    | 'limitRate'
    | 'admit'
  > {}

/**
 * The path of every request for an upgrade, from top to bottom: as for other requests, without preflights and own
 * pages. A refusal is an ordinary response, after which the connection is closed: the client may already have sent
 * bytes of the new protocol.
 */
export function createUpgrade(parts: UpgradeParts): UpgradeListener {
  const { registry, authenticate, reauthentication } = parts;

  async function serve(call: Call, socket: Socket, head: Buffer): Promise<Tunnel | undefined> {
    checkFraming(call);
    checkProtocol(call.req);
    findHost(call, parts);
    if (holdsBasic(call)) parts.checkOrigin(call);
    parts.admit();

    const { match, problem } = find(call, registry);
    const places = match?.isPublic ? [] : (match?.upgrade?.tokenFrom ?? ['header']);
    const { authorization, isAmbiguous, ...rest } = takeCredentials(call, places);
    if (!match?.isPublic) {
      call.vary = varyOfCallers;
      call.authorization = authorization;
      call.principal = await authenticate(call);
      if (holdsBasic(call)) parts.checkOrigin(call);
      if (!match) throw problem;
      authorize(call, match, call.principal);
      reauthentication.watch(call, breakOff);
      if (isAmbiguous) throw badRequest('BAD_REQUEST', 'Several tokens were sent. Send one token, in one place.');
    }
    if (!match.upgrade) throw upgradeRefused();
    await parts.limitRate(call);
    return match.upgrade.connect(call, { socket, head, ...rest });
  }

  return (req, socket, head, hold) => {
    const call = openCall(req, createAnswer(req, socket));
    parts.setClientAddress(call);
    parts.logAccess(call);
    parts.measure.call(call);
    serve(call, socket, head)
      .then((tunnel) => {
        if (!tunnel) return;
        hold(tunnel);
        parts.measure.tunnel(call);
        if (call.principal) reauthentication.watchTunnel(call, () => tunnel.close(1008));
      })
      .catch((error: unknown) => parts.answerError(call, error))
      .catch(() => socket.destroy());
  };
}

/** The response to an upgrade: the HTTP server has given up the connection, so its part of the work is done here. */
function createAnswer(req: IncomingMessage, socket: Socket): ServerResponse {
  const res = new http.ServerResponse(req);
  res.shouldKeepAlive = false;
  // An error is followed by 'close', which ends the response.
  socket.on('error', () => undefined);
  res.assignSocket(socket);
  socket.on('drain', () => res.emit('drain'));
  res.once('finish', () => endSocket(socket));
  return res;
}
