import { type Check, demand } from '../check.ts';
import { type Answer, headerOf } from '../client.ts';
import type { Lab } from '../lab.ts';

const body = 'hello';

const keepAlive: Check = {
  name: '100 requests over one connection',
  run: async (lab) => {
    const client = await lab.open();
    for (let count = 1; count <= 100; count += 1) {
      const target = lab.path();
      client.write(lab.request({ target }));
      demand('answer', (await client.answer(count, lab.patienceMs)).text, `GET ${target}`);
    }
    await client.leave(lab.patienceMs);
    return 'each got its own response';
  },
};

const pipelined: Check = {
  name: 'pipelined requests, of which the first is the slowest',
  run: async (lab) => {
    const targets = Array.from({ length: 10 }, () => lab.path());
    const [slow = ''] = targets;
    lab.backend.behave(slow, async ({ whole, socket }) => {
      await whole;
      const text = `GET ${slow}`;
      setTimeout(() => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`), 50);
    });
    const client = await lab.open();
    client.write(targets.map((target) => lab.request({ target })).join(''));
    for (const [index, target] of targets.entries())
      demand(`answer ${index + 1}`, (await client.answer(index + 1, lab.patienceMs)).text, `GET ${target}`);
    await client.leave(lab.patienceMs);
    return 'in order';
  },
};

const pipelinedBodies: Check = {
  name: 'pipelined requests with bodies',
  run: async (lab) => {
    const targets = Array.from({ length: 5 }, () => lab.path());
    const lines = ['Content-Length: 5'];
    const client = await lab.open();
    client.write(targets.map((target) => lab.request({ method: 'POST', target, lines, body })).join(''));
    for (const [index, target] of targets.entries())
      demand(`answer ${index + 1}`, (await client.answer(index + 1, lab.patienceMs)).text, `POST ${target}`);
    await client.leave(lab.patienceMs);
    for (const target of targets)
      demand('body', lab.backend.arrived.find((request) => request.target === target)?.body.toString(), body);
    return 'in order';
  },
};

const many: Check = {
  name: '200 clients at once get their own answers',
  run: async (lab) => {
    await Promise.all(
      Array.from({ length: 200 }, async () => {
        const target = lab.path();
        demand('answer', (await lab.call({ target })).text, `GET ${target}`);
      }),
    );
    return 'each got its own response';
  },
};

const close: Check = {
  name: 'Connection: close',
  run: async (lab) => {
    const client = await lab.open();
    client.write(lab.request({ target: lab.path(), lines: ['Connection: close'] }));
    await client.answer(1, lab.patienceMs);
    await lab.until(() => client.isClosed || client.socket.readableEnded, 'the connection was not closed');
    client.socket.destroy();
    return 'closed';
  },
};

/** Performs an HTTP/1.0 call to which the backend responds in chunks. */
async function old(lab: Lab, lines: readonly string[]): Promise<{ answer: Answer; isClosed: boolean }> {
  const target = lab.path();
  lab.backend.behave(target, async ({ whole, socket }) => {
    await whole;
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n');
  });
  const client = await lab.open();
  client.write(lab.request({ version: 'HTTP/1.0', target, lines }));
  const answer = await client.answer(1, lab.patienceMs);
  demand('body', answer.text, body);
  demand('Transfer-Encoding', headerOf(answer, 'transfer-encoding'), undefined);
  const { isClosed } = client;
  client.socket.destroy();
  return { answer, isClosed };
}

const oldClient = (name: string, lines: readonly string[]): Check => ({
  name,
  run: async (lab) => {
    await old(lab, lines);
    return 'without chunks';
  },
});

const oldInterim: Check = {
  name: 'HTTP/1.0 gets no interim responses',
  run: async (lab) => {
    const target = lab.path();
    lab.backend.behave(target, async ({ whole, socket }) => {
      await whole;
      socket.write(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n${body}`);
    });
    const client = await lab.open();
    client.write(lab.request({ version: 'HTTP/1.0', target }));
    const { status, interim } = await client.answer(1, lab.patienceMs);
    client.socket.destroy();
    demand('status', status, 200);
    demand('interim responses', interim.length, 0);
    return 'the final response alone';
  },
};

const oldRequest: Check = {
  name: 'HTTP/1.0 without Host',
  run: async (lab) => {
    const target = lab.path();
    const client = await lab.open();
    client.write(lab.request({ version: 'HTTP/1.0', target, host: null }));
    demand('answer', (await client.answer(1, lab.patienceMs)).text, `GET ${target}`);
    client.socket.destroy();
    return 'passed on';
  },
};

const waiting: Check = {
  name: 'Expect: 100-continue gets 100 before the body is sent',
  run: async (lab) => {
    const target = lab.path();
    const client = await lab.open();
    const lines = ['Expect: 100-continue', 'Content-Length: 5'];
    client.write(lab.request({ method: 'POST', target, lines }));
    await lab.until(() => client.conversation.bytes.startsWith('HTTP/1.1 100 '), 'no 100 Continue was sent');
    client.write(body);
    const answer = await client.answer(1, lab.patienceMs);
    client.socket.destroy();
    demand('answer', answer.text, `POST ${target}`);
    demand('body', lab.backend.arrived.at(-1)?.body.toString(), body);
    return '100, then the response';
  },
};

/** Client connections: keep-alive, pipelining, HTTP/1.0 and expectations. */
export const connections: readonly Check[] = [
  keepAlive,
  pipelined,
  pipelinedBodies,
  many,
  close,
  oldClient('HTTP/1.0', []),
  oldClient('HTTP/1.0 with Connection: keep-alive', ['Connection: keep-alive']),
  oldRequest,
  oldInterim,
  waiting,
];
