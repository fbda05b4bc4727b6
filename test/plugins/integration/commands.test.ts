import assert from 'node:assert/strict';
import { randomUUIDv7 } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { hostOf } from '../../../plugins/integration/commands/delivery-table.ts';
import { inColumns, printable } from '../../../plugins/integration/commands/terminal-text.ts';
import { runCommandLine } from '../../../src/cli/commands.ts';
import { attemptTable } from '../../../src/dispatcher/store/attempt-rows.ts';
import { eventTable } from '../../../src/dispatcher/store/event-repository.ts';
import { deliveryTable } from '../../../src/dispatcher/store/queue-repository.ts';
import { StartError } from '../../../src/errors.ts';
import { answer } from '../../../src/testing/index.ts';
import { onEveryEngine } from '../../support/engines.ts';
import { eventually } from '../../support/eventually.ts';
import { type IntegrationGateway, nodeId, startIntegration } from '../../support/integration-gateway.ts';
import { createSandbox } from '../../support/process.ts';

/** Its name has no control characters, but a mark that reverses the direction of a text. */
const hostile = 'reversed\u202eorg';
const organizations = ['acme', 'globex', hostile];
const control = /[\p{Cc}\p{Cf}]/u;

describe('texts for a terminal', () => {
  test('no control character, mark of direction or half of a pair remains', () => {
    const text = 'a\u001b[31mb\u009bc\u202ed\u0007\r\n\u2028e\ud800f\u{e0001}g';
    assert.equal(printable(text), 'a\\u001b[31mb\\u009bc\\u202ed\\u0007\\u000d\\u000a\\u2028e\\ud800f\\udb40\\udc01g');
    const value = { [text]: [text] };
    assert.doesNotMatch(printable(JSON.stringify(value)), control);
    assert.deepEqual(JSON.parse(printable(JSON.stringify(value))), value);
  });

  test('columns are counted as a terminal counts them', () => {
    assert.equal(inColumns('abc', 5), 'abc  ');
    assert.equal(inColumns('abcdef', 5), 'abcd…');
    assert.equal(inColumns('日本語', 5), '日本…');
    assert.equal(inColumns('日本', 5), '日本 ');
    assert.equal(inColumns('日本語', 4), '日… ');
    assert.equal(inColumns('e\u0301e\u0301', 3), 'e\u0301e\u0301 ');
    assert.equal(hostOf('https://[::1]:8443/a'), '[::1]:8443');
    assert.equal(hostOf('cut https'), 'cut https');
  });
});

onEveryEngine('commands about deliveries', ({ serverUrl }) => {
  const sandbox = createSandbox();
  let world: IntegrationGateway;
  let env: Record<string, string>;
  let token: string;
  let fails = true;
  /** By organization and path. */
  const ids = new Map<string, string>();
  const endpoints = new Map<string, string>();

  interface Ran {
    lines: string[];
    notes: string[];
  }

  async function run(args: string[], ask?: (question: string) => Promise<string>): Promise<Ran> {
    const [lines, notes]: [string[], string[]] = [[], []];
    const code = await runCommandLine({
      args,
      env,
      print: (text) => void lines.push(...text.split('\n')),
      warn: (text) => void notes.push(text),
      onSignal: () => assert.fail('a command is no server'),
      ...(ask ? { ask } : {}),
    });
    assert.equal(code, 0);
    return { lines, notes };
  }

  const refusal = async (args: string[], ask?: (question: string) => Promise<string>): Promise<string> => {
    const error = await run(args, ask).then(
      () => assert.fail(`${args.join(' ')} was not refused`),
      (cause) => cause,
    );
    assert.ok(error instanceof StartError, String(error));
    return error.message;
  };

  const json = async (...args: string[]) => {
    const { lines } = await run([...args, '--json']);
    assert.equal(lines.length, 1);
    assert.doesNotMatch(lines[0] ?? '', control);
    return JSON.parse(lines[0] ?? '');
  };

  const call = (path: string, organization: string, body?: object) =>
    world.call(path, {
      token,
      headers: { 'X-Organization': Buffer.from(organization).toString('latin1') },
      ...(body ? { body } : {}),
    });

  const statusOf = async (organization: string, id: string): Promise<string> =>
    (await call(`/deliveries/${id}`, organization)).body.status;

  before(async () => {
    world = await startIntegration(serverUrl, { DISPATCH_RETRY_INTERVAL_MS: '3600000' });
    world.receiver.script(({ path }) => answer(fails ? Number(path.slice(1, 4)) : 200));
    env = { ...(world.gateway.database.env as Record<string, string>), MIGRATE_ON_START: 'false', LOG_LEVEL: 'error' };
    token = await world.gateway.token({ org: '*', scope: 'integration:read integration:write' });
    for (const organization of organizations)
      for (const path of ['/200', '/404', '/503']) {
        const meta = { host: world.receiver.url, path: `${path}?key=secret`, method: 2 };
        const made = await call(`/distributors/nodes/${nodeId}`, organization, { meta });
        const sent = await call(`/distributors/${made.body.id}/events`, organization, {
          type: 'order.filled',
          data: {},
        });
        endpoints.set(organization + path, made.body.id);
        ids.set(organization + path, sent.body.deliveries[0].id);
      }
    for (const organization of organizations)
      await eventually(async () => {
        const { body } = await call('/deliveries', organization);
        return body.deliveries.every((one: { attempt_count: number }) => one.attempt_count === 1) || undefined;
      });
  });
  after(async () => {
    await world.close();
    await sandbox.remove();
  });

  test('deliveries of all organizations fit in 120 columns, with where they went and why they failed', async () => {
    const { lines, notes } = await run(['deliveries', '--status', 'failed', '--since', '1h']);
    assert.match(notes[0] ?? '', /^Database: /);
    for (const line of lines) {
      assert.ok(line.length <= 120, line);
      assert.doesNotMatch(line, control);
    }
    assert.match(lines[0] ?? '', /^TIME +STATUS +ATTEMPTS +LAST +ORGANIZATION +TYPE$/);
    const { host } = new URL(world.receiver.url);
    for (const organization of organizations) {
      const at = lines.findIndex((line) => line.includes(ids.get(`${organization}/404`) ?? ''));
      const [first = '', second = '', third = ''] = lines.slice(at - 1);
      assert.match(first, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ +failed +1 +status 404 +\S+ +order\.filled$/);
      assert.ok(first.includes(organization === hostile ? 'reversed\\u202eorg' : organization), first);
      assert.ok(
        second.includes(`distributor ${endpoints.get(`${organization}/404`)}`) && second.includes(host),
        second,
      );
      assert.equal(third, '  failed: rejected by the endpoint');
    }
    assert.equal(lines.length, 3 + 3 * organizations.length + 1);
    assert.ok(!lines.join('').includes('secret'));
  });

  test('filters combine, a limit says that there may be more, and JSON has every field', async () => {
    const failed = await json('deliveries', '--status', 'failed', '--org', 'globex');
    assert.deepEqual(
      failed.deliveries.map(({ id }: { id: string }) => id),
      [ids.get('globex/404')],
    );
    const [one] = failed.deliveries;
    assert.deepEqual(
      [one.organization, one.endpoint_name, one.url, one.last_status, failed.more],
      ['globex', nodeId, `${world.receiver.url}/404`, 404, false],
    );
    assert.equal((await json('deliveries')).deliveries.length, 9);
    const some = await json('deliveries', '--limit', '4');
    assert.deepEqual([some.deliveries.length, some.more], [4, true]);
    const ofEndpoint = await json('deliveries', '--endpoint', endpoints.get('acme/503') ?? '');
    assert.deepEqual([ofEndpoint.deliveries.length, ofEndpoint.deliveries[0].status], [1, 'pending']);
    assert.deepEqual((await json('deliveries', '--org', 'unknown')).deliveries, []);
    assert.deepEqual((await json('deliveries', '--since', '2999-01-01')).deliveries, []);
    assert.equal((await json('deliveries', '--since', '2001-01-01T00:00:00Z')).deliveries.length, 9);
    const { lines } = await run(['deliveries', '--limit', '2']);
    assert.ok(lines.some((line) => line.startsWith('There may be more. Raise --limit (2 now, 1000 at most)')));
    assert.deepEqual((await run(['deliveries', '--status', 'held'])).lines, ['No delivery matches.']);
  });

  test('one delivery is shown with its attempts, in words and as JSON', async () => {
    const id = ids.get('acme/503') ?? '';
    const { lines } = await run(['deliveries', 'show', id]);
    const text = lines.join('\n');
    for (const part of [
      new RegExp(`^delivery +${id}$`, 'm'),
      /^organization +acme$/m,
      new RegExp(`^endpoint +distributor ${endpoints.get('acme/503')} "${nodeId}"$`, 'm'),
      new RegExp(`^url +${world.receiver.url}/503$`, 'm'),
      /^status +pending$/m,
      /^decision +retry 1 of 3 in 3600 s: the endpoint failed$/m,
      /^next attempt +\d{4}-/m,
      /^attempt 1 +\d{4}-\S+ {2}status 503 in [\d.]+ ms$/m,
      /^ {2}peer +127\.0\.0\.1$/m,
    ])
      assert.match(text, part);
    assert.ok(!text.includes('secret'));
    const shown = await json('deliveries', 'show', id);
    assert.deepEqual([shown.organization, shown.payload.type], ['acme', 'order.filled']);
    assert.deepEqual([shown.attempts.length, shown.attempts[0].status], [1, 503]);
    assert.equal(await refusal(['deliveries', 'show', randomUUIDv7()]), 'There is no such delivery.');
  });

  test('endpoints that fail are listed with where they are and since when', async () => {
    const { database } = world.gateway.app.foundation;
    await eventually(async () =>
      (await database.knex('dispatcher_health').where('failing_since', '>', 0)).length === 6 ? true : undefined,
    );
    // An endpoint fails when it has delivered nothing for 5 minutes after its first failure.
    world.gateway.clock.advance(6 * 60_000);
    const failing = await eventually(async () => {
      const found = await json('endpoints', 'failing');
      return found.endpoints.length === 6 ? found : undefined;
    });
    assert.equal(failing.more, false);
    for (const {
      organization,
      endpoint,
      host,
      failing_since: since,
      waiting,
      last_status: status,
    } of failing.endpoints) {
      const path = `/${status}`;
      assert.equal(endpoint.id, endpoints.get(organization + path));
      assert.equal(host, new URL(world.receiver.url).host);
      assert.equal(waiting, status === 503 ? 1 : 0);
      assert.match(since, /^\d{4}-/);
    }
    const own = await run(['endpoints', 'failing', '--org', 'acme']);
    assert.match(own.lines[0] ?? '', /^FAILING SINCE +FAILURES +LAST +WAITING +ORGANIZATION +HOST$/);
    assert.equal(own.lines.length, 2 + 2 * 2 + 1);
    for (const { lines } of [own, await run(['endpoints', 'failing'])])
      for (const line of lines) {
        assert.ok(line.length <= 120, line);
        assert.doesNotMatch(line, control);
      }
    assert.deepEqual((await run(['endpoints', 'failing', '--org', 'unknown'])).lines, ['No endpoint is failing.']);
  });

  test('values are checked, options count once, and arguments that a command does not take are refused', async () => {
    const id = ids.get('acme/404') ?? '';
    for (const [args, problem] of [
      [['deliveries', '--status', 'broken'], /^--status must be one of/],
      [
        ['deliveries', '--since', '1y', '--limit', '0'],
        /^--since must be a duration such as 30m, 1h or 7d, an RFC 3339 time, or a date\n--limit must be a number from 1 to 1000$/,
      ],
      [['deliveries', '--limit', '1001'], /^--limit must/],
      [['deliveries', '--limit', '1e2'], /^--limit must/],
      [['deliveries', '--since', '0h'], /^--since must/],
      [['deliveries', '--since', '2026-02-31'], /^--since must/],
      [['deliveries', '--org', '*'], /^--org must be the name of an organization$/],
      [['deliveries', '--org', 'a\u001b'], /^--org must/],
      [['deliveries', '--endpoint', 'x'], /^--endpoint must/],
      [['deliveries', '--org', 'a', '--org', 'b'], /--org is given more than once/],
      [['deliveries', '--colour', 'red'], /--colour[\s\S]*Usage: hookgate deliveries \[--status/],
      [['deliveries', 'list'], /^Unknown argument "list"\nUsage: deliveries/],
      [['deliveries', 'show'], /^Give exactly one id of a delivery/],
      [['deliveries', 'show', id, id], /^Give exactly one id/],
      [['deliveries', 'show', 'x'], /^The id of a delivery is a UUID/],
      [['redeliver'], /^Give exactly one id/],
      [['redeliver', id, '--yes'], /^Unknown argument/],
      [['redeliver', '--yes'], /^--status is required\n--since is required$/],
      [['redeliver', '--status', 'failed'], /^--since is required$/],
      [
        ['redeliver', '--status', 'delivered', '--since', '1h'],
        /^--status must be one of \[failed, cancelled, pending\]$/,
      ],
      [['endpoints', 'failing', 'acme'], /^Unknown argument "acme"/],
    ] as const)
      assert.match(await refusal([...args]), problem, args.join(' '));
    assert.equal(await statusOf('acme', id), 'failed');
  });

  test('deliveries that match are counted, and sent again after a question', async () => {
    const many = ['redeliver', '--status', 'failed', '--since', '1h'];
    const counted = await run([...many, '--dry-run']);
    assert.deepEqual(counted.lines.slice(0, 3).toSorted(), ['1  acme', '1  globex', '1  reversed\\u202eorg']);
    assert.equal(counted.lines.at(-1), '3 deliveries match.');
    assert.match(await refusal(many), /^Nothing was sent again: there is no terminal/);
    const questions: string[] = [];
    const says = (text: string) => async (question: string) => {
      questions.push(question);
      return text;
    };
    assert.equal(await refusal(many, says('')), 'Nothing was sent again.');
    assert.deepEqual(questions, ['Send 3 deliveries again? [y/N] ']);
    for (const organization of organizations)
      assert.equal(await statusOf(organization, ids.get(`${organization}/404`) ?? ''), 'failed');
    fails = false;
    const { lines } = await run([...many, '--org', 'globex'], says('y'));
    assert.match(lines.join('\n'), /^1 {2}globex\n1 deliveries match\.\nredelivery job \S{36}\nA running gateway/);
    await eventually(async () => (await statusOf('globex', ids.get('globex/404') ?? '')) === 'delivered' || undefined);
    assert.equal(await statusOf('acme', ids.get('acme/404') ?? ''), 'failed');
    assert.deepEqual((await run([...many, '--org', 'globex', '--yes'])).lines, ['No delivery matches.']);
  });

  test('one delivery is sent again by the running gateway, whose process is another', async () => {
    fails = false;
    const id = ids.get('acme/503') ?? '';
    const { code, stdout, stderr } = await sandbox.run(['redeliver', id], env);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      new RegExp(`^Delivery ${id} of acme to distributor ${endpoints.get('acme/503')} is due now\\.$`, 'm'),
    );
    await eventually(async () => (await statusOf('acme', id)) === 'delivered' || undefined);
    const none = await sandbox.run(['redeliver', randomUUIDv7()], env);
    assert.deepEqual([none.code, none.stderr.trim().split('\n').at(-1)], [1, 'There is no such delivery.']);
  });

  test('a delivery whose endpoint is gone is not sent again', async () => {
    const id = ids.get('acme/200') ?? '';
    const { database } = world.gateway.app.foundation;
    await database.statement((db) =>
      db('integration_distributors')
        .where({ id: endpoints.get('acme/200') })
        .delete(),
    );
    assert.match(await refusal(['redeliver', id]), /endpoint has been deleted/);
    assert.equal(await statusOf('acme', id), 'delivered');
  });

  test('texts from outside cannot reach the terminal as control characters', async () => {
    const { database } = world.gateway.app.foundation;
    const [id, evil] = [randomUUIDv7(), 'x\u001b]0;owned\u0007\u009b31m\u202e\ny'];
    const own = { organization: evil, type: evil };
    const delivery = { id, event_id: id, ...own, endpoint_kind: evil, endpoint_id: evil, status: 2, attempt_count: 1 };
    await database.transaction(async (trx) => {
      await trx(eventTable).insert({ id, last_id: id, ...own, payload: JSON.stringify({ evil }), accepted_at: 1 });
      await trx(deliveryTable).insert({ ...delivery, last_status: 500, created_at: 1, finished_at: 1 });
      await trx(attemptTable).insert({
        ...{ delivery_id: id, number: 1, started_at: 1, duration_us: 1, status: 500, error: evil, decision: evil },
        ...{ url: evil, peer: evil, response_body: evil, response_headers: JSON.stringify({ evil }), truncated: false },
      });
    });
    const seen = [
      ...(await run(['deliveries', '--status', 'failed'])).lines,
      ...(await run(['deliveries', 'show', id])).lines,
      ...(await run(['redeliver', '--status', 'failed', '--since', '1970-01-01', '--dry-run'])).lines,
    ];
    assert.ok(seen.some((line) => line.includes('x\\u001b]0;owned')));
    for (const line of seen) assert.doesNotMatch(line, control);
    assert.equal((await json('deliveries', 'show', id)).attempts[0].response_body, evil);
  });
});
