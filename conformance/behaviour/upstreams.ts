import { type Check, demand, Skipped } from '../check.ts';
import { headerOf } from '../client.ts';
import type { Lab } from '../lab.ts';
import type { Behaviour } from '../recording-backend.ts';

/** Milliseconds that a circuit breaker may need to close again. */
const recoveryMs = 20_000;

const away: Check = {
  name: 'an unreachable backend gives 502 or 503 at once, and calls succeed when it is back',
  run: async (lab) => {
    await lab.backend.stop();
    const startedAt = performance.now();
    try {
      for (let count = 0; count < 8; count += 1) {
        const { status } = await lab.call({ target: lab.path() });
        if (status !== 502 && status !== 503) throw new Error(`the status was ${status}`);
      }
      if (performance.now() - startedAt > lab.patienceMs) throw new Error('the clients had to wait');
    } finally {
      await lab.backend.start();
    }
    await recover(lab);
    return '502 or 503, then 200';
  },
};

async function recover(lab: Lab): Promise<void> {
  const deadline = performance.now() + recoveryMs;
  for (;;) {
    const { status } = await lab.call({ target: lab.path() });
    if (status === 200) return;
    if (performance.now() > deadline) throw new Error(`still ${status} after ${recoveryMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const restarted: Check = {
  name: 'a backend restarted between two requests',
  run: async (lab) => {
    await lab.probe();
    await lab.backend.stop();
    await lab.backend.start();
    await recover(lab);
    return 'the next request succeeds';
  },
};

const closing: Check = {
  name: 'a backend that closes each connection after a response without announcing it',
  run: async (lab) => {
    for (let count = 0; count < 20; count += 1) {
      const target = lab.path();
      lab.backend.behave(target, async ({ whole, socket }) => {
        await whole;
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello');
      });
      demand('status', (await lab.call({ target })).status, 200);
    }
    return 'all succeed';
  },
};

/** Calls on a connection that the gateway has kept, and that the backend closes with the first piece of the call. */
async function callClosing(lab: Lab, method: string, waits: boolean): Promise<{ status: number; arrivals: number }> {
  const target = lab.path();
  let closed = false;
  lab.backend.behave(target, async ({ whole, socket }) => {
    if (closed) {
      await whole;
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello');
      return;
    }
    closed = true;
    if (waits) await whole;
    socket.destroy();
  });
  await lab.probe();
  const body = method === 'POST' ? 'body' : '';
  const { status } = await lab.call({ method, target, lines: body === '' ? [] : ['Content-Length: 4'], body });
  await lab.probe();
  return { status, arrivals: lab.backend.arrived.filter((request) => request.target === target).length };
}

const closingAtCall: readonly Check[] = [
  {
    name: 'a kept connection that closes at the next GET',
    run: async (lab) => {
      demand('status', (await callClosing(lab, 'GET', true)).status, 200);
      return 'sent again';
    },
  },
  ...[false, true].map((waits) => ({
    name: `a kept connection that closes at the ${waits ? 'end' : 'head'} of the next POST`,
    run: async (lab: Lab) => {
      const { status, arrivals } = await callClosing(lab, 'POST', waits);
      if (status !== 200 && status !== 502) throw new Error(`the status was ${status}`);
      demand('complete requests at the backend', arrivals, status === 200 || waits ? 1 : 0);
      return String(status);
    },
  })),
];

const slow = (name: string, behaviour: Behaviour): Check => ({
  name,
  run: async (lab) => {
    if (lab.headersTimeoutMs === undefined) throw new Skipped('--headers-timeout-ms is not given');
    const target = lab.path();
    lab.backend.behave(target, behaviour);
    const client = await lab.open();
    client.write(lab.request({ target }));
    const { status } = await client
      .answer(1, lab.headersTimeoutMs + lab.patienceMs)
      .finally(() => client.socket.destroy());
    demand('status', status, 504);
    await lab.probe();
    return '504';
  },
});

/** Writes `text` repeatedly until the connection ends. */
const endless =
  (first: string, text: string): Behaviour =>
  ({ socket }) => {
    socket.write(first);
    const timer = setInterval(() => (socket.writable ? socket.write(text) : clearInterval(timer)), 20);
    socket.on('close', () => clearInterval(timer));
  };

const brokenOld: Check = {
  name: 'a broken transfer does not look complete to an HTTP/1.0 client',
  run: async (lab) => {
    const target = lab.path();
    lab.backend.behave(target, async ({ whole, socket }) => {
      await whole;
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n');
      setTimeout(() => socket.destroy(), 50);
    });
    const client = await lab.open();
    client.write(lab.request({ version: 'HTTP/1.0', target }));
    await client.until(() => client.isClosed || client.answers.length > 0, lab.patienceMs);
    const { answers, broken } = client.conversation;
    const [answer] = answers;
    if (answer && answer.status < 500 && headerOf(answer, 'content-length') === undefined)
      throw new Error('the response looks complete');
    return broken === undefined ? 'a 5xx' : 'visibly broken';
  },
};

const reset: Check = {
  name: 'a backend that resets during an upload',
  run: async (lab) => {
    const target = lab.path();
    lab.backend.behave(target, ({ socket }) => socket.resetAndDestroy());
    const client = await lab.open();
    const lines = ['Content-Length: 1000000'];
    client.write(lab.request({ method: 'POST', target, lines, body: 'x'.repeat(100_000) }));
    const { status } = await client.answer(1, lab.patienceMs).finally(() => client.socket.destroy());
    if (status !== 502 && status !== 503) throw new Error(`the status was ${status}`);
    await lab.probe();
    return String(status);
  },
};

const failing: Check = {
  name: 'ten consecutive responses that are not HTTP, and calls succeed afterwards',
  run: async (lab) => {
    for (let count = 0; count < 10; count += 1) {
      const target = lab.path();
      lab.backend.behave(target, async ({ whole, socket }) => {
        await whole;
        socket.end('junk');
      });
      const { status } = await lab.call({ target });
      if (status !== 502 && status !== 503) throw new Error(`the status was ${status}`);
    }
    await recover(lab);
    return '502 or 503, then 200';
  },
};

/** Backends that are unreachable, slow or broken. */
export const upstreams: readonly Check[] = [
  away,
  restarted,
  closing,
  ...closingAtCall,
  reset,
  failing,
  brokenOld,
  slow('a silent backend gives 504', () => {}),
  slow('endless interim responses give 504', endless('', 'HTTP/1.1 103 Early Hints\r\n\r\n')),
  slow('an endless status line gives 504', endless('HTTP/1.1 200 ', 'x')),
  slow('too slow a head gives 504', endless('HTTP/1.1 200 OK\r\n', 'X-More: a\r\n')),
];
