import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { answer, type Received } from '../../../src/testing/index.ts';
import { type Console, english, inOrder, startConsole, turkish, type Visit } from '../../support/console.ts';
import { eventually } from '../../support/eventually.ts';

const nodeId = 'e40efce4-38a3-46c4-a202-e8db95d0409c';
const example = '{\n  "order": "A-1",\n  "amount": 12.50\n}';
const schema = { type: 'object', properties: { amount: { type: 'number' } }, required: ['order'] };

/** From a described type of events to their redelivery; every test goes on where the last one ended. */
describe('events and delivery settings in Turkish', () => {
  let here: Console;
  let visit: Visit;
  let address: string;
  let distributor: string;
  const step = inOrder();
  before(async () => {
    here = await startConsole();
    address = `${here.receiver.url}/siparis`;
    const body = { meta: { host: here.receiver.url, path: '/siparis', method: 2 } };
    const created = await here.call(`/distributors/nodes/${nodeId}`, { body });
    assert.equal(created.status, 201, created.text);
    distributor = created.body.id;
    visit = await here.visit(turkish);
    await visit.open('/events/types');
    await visit.signIn();
  });
  after(() => here.close());

  const received = (): Received[] => here.receiver.received.filter(({ path }) => path === '/siparis');
  const hasReceived = (count: number): Promise<unknown> =>
    eventually(() => (received().length >= count ? true : undefined));
  const settings = async () => (await here.call(`/distributors/${distributor}/delivery`)).body;
  async function openSettings(): Promise<void> {
    await visit.button('Teslim ayarları', visit.row('/siparis')).click();
    await visit.field('Yeniden denemeler').waitFor();
  }
  const closed = (title: string): Promise<void> => visit.dialog(title).waitFor({ state: 'detached' });

  step('+ Olay türü describes a type, and names line and column of a mistake in its JSON', async () => {
    await visit.button('+ Olay türü').click();
    const dialog = visit.dialog('Yeni olay türü');
    await visit.field('Ad', dialog).fill('order.filled');
    await visit.field('Örnek (JSON)', dialog).fill('{\n  "order": A-1\n}');
    await visit.button('Kaydet', dialog).click();
    await visit.sees('Bu JSON değil: 2. satır, 12. sütuna bakın.', dialog);
    await visit.field('Örnek (JSON)', dialog).fill('{"amount": "12"}');
    await visit.field('Şema (JSON Schema)', dialog).fill(JSON.stringify(schema));
    await visit.button('Kaydet', dialog).click();
    await visit.sees(/example\.amount/, dialog);
    await visit.field('Örnek (JSON)', dialog).fill(example);
    await visit.button('Kaydet', dialog).click();
    await closed('Yeni olay türü');
    await visit.sees('Şema', visit.row('order.filled'));
    await visit.button('Düzenle', visit.row('order.filled')).click();
    assert.equal(await visit.field('Örnek (JSON)').inputValue(), example);
    await visit.button('Vazgeç').click();
    await visit.button('+ Olay türü').click();
    await visit.field('Ad').fill('order.filled');
    await visit.button('Kaydet').click();
    await visit.sees('Bu adda bir olay türü zaten var.');
    await visit.button('Vazgeç').click();
  });

  step('Teslim ayarları chooses event types, headers and retries', async () => {
    await visit.go('Dağıtıcılar');
    await openSettings();
    const title = `${address}: teslim ayarları`;
    const dialog = visit.dialog(title);
    assert.equal(await visit.field('Olay türü 1', dialog).inputValue(), '*');
    await visit.field('Olay türü 1', dialog).fill('order.*');
    await visit.button('Başlık ekle', dialog).click();
    await visit.field('Başlık adı', dialog).fill('Host');
    await visit.field('Değer', dialog).fill('gizli-değer');
    await visit.field('Yeniden denemeler', dialog).selectOption({ label: 'Kendi takvimi' });
    await visit.field('Takvim', dialog).fill('5dk, 2sa');
    await visit.sees('2. yeniden deneme: 2 saat sonra', dialog);
    await visit.field('Saniyedeki deneme', dialog).fill('100,5');
    await visit.button('Kaydet', dialog).click();
    await visit.sees('Bu başlık bağlantıya aittir ve ayarlanamaz.', dialog);
    await visit.field('Başlık adı', dialog).fill('X-Api-Key');
    await visit.button('Kaydet', dialog).click();
    await visit.sees('Bu, bir başlığın değeri olamaz.', dialog);
    await visit.field('Değer', dialog).fill('gizli-deger');
    await visit.button('Kaydet', dialog).click();
    await closed(title);
    const saved = await settings();
    assert.deepEqual(
      [saved.event_types, saved.headers, saved.retry_schedule, saved.rate_limit],
      [['order.*'], { 'X-Api-Key': '********' }, [300, 7200], { per_second: 100.5 }],
    );
  });

  step('settings that were changed elsewhere are not overwritten', async () => {
    await openSettings();
    await visit.sees('Değiştirilmezse kayıtlı olan korunur.');
    await here.call(`/distributors/${distributor}/delivery`, {
      method: 'PUT',
      body: { ...(await settings()), timeout_ms: 2500 },
    });
    await visit.field('Yeniden denemeler').selectOption({ label: 'Yok: tek deneme' });
    await visit.button('Kaydet').click();
    await visit.sees('Ayarlar siz açtıktan sonra başka bir yerde değiştirildi.');
    await visit.button('Ayarları yükle').click();
    await eventually(async () => ((await visit.field('Yanıt süresi (ms)').inputValue()) === '2500' ? true : undefined));
    await visit.field('Yeniden denemeler').selectOption({ label: 'Yok: tek deneme' });
    await visit.button('Kaydet').click();
    await closed(`${address}: teslim ayarları`);
    const { retry_schedule: schedule, timeout_ms: timeout } = await settings();
    assert.deepEqual([schedule, timeout], [[], 2500]);
  });

  step('the switch pauses the distributor, and goes back when the call fails', async () => {
    const toggle = visit.page.getByRole('switch', { name: address, exact: true });
    const turned = (state: string): Promise<unknown> =>
      eventually(async () => ((await toggle.getAttribute('aria-checked')) === state ? true : undefined));
    await turned('true');
    await visit.page.route('**/delivery', (route) => route.abort());
    await toggle.click();
    const messages = visit.page.getByRole('region', { name: 'İletiler' });
    await visit.sees('Ağ geçidine ulaşılamıyor', messages);
    await visit.button('Kapat', messages).click();
    await turned('true');
    await visit.page.unroute('**/delivery');
    await toggle.click();
    await eventually(async () => ((await settings()).enabled === false ? true : undefined));
    await turned('false');
  });

  step('Test olayı sends the example to the paused distributor, marked as a test', async () => {
    await visit.button('Test olayı', visit.row('/siparis')).click();
    const dialog = visit.dialog('Test olayı');
    await visit.field('Tür', dialog).fill('order.filled');
    await visit.button('Gönder', dialog).click();
    await visit.sees('Teslim edildi', dialog);
    await hasReceived(1);
    const [test] = received();
    assert.match(String(test?.body), /"amount":12\.50/);
    assert.equal(test?.headers['x-api-key'], 'gizli-deger');
    await dialog.getByRole('link', { name: 'Teslimatı göster' }).click();
    await visit.sees('Test');
  });

  step('Olay gönder sends the example to all subscribers; data that does not match the schema is refused', async () => {
    await visit.go('Olaylar');
    await visit.button('Olay gönder').click();
    const dialog = visit.dialog('Olay gönder');
    await visit.field('Tür', dialog).fill('order.filled');
    await visit.field('Veri (JSON)', dialog).fill('{"order": 1, "amount": "x"}');
    await visit.button('Gönder', dialog).click();
    await visit.sees(/data\.amount/, dialog);
    await visit.button('Örneği ekle', dialog).click();
    await visit.button('Gönder', dialog).click();
    await visit.sees('1 dağıtıcıya gidiyor.', dialog);
    await visit.field('Tür', dialog).fill('invoice.created');
    await visit.button('Gönder', dialog).click();
    await visit.sees('Türüne abone olan dağıtıcı yok', dialog);
    await visit.button('Kapat', dialog).last().click();
  });

  step('an event shows its data and its deliveries, which wait for the distributor', async () => {
    await visit.field('Tür').fill('order.filled');
    await visit.row('invoice.created').waitFor({ state: 'detached' });
    await visit.row('order.filled').first().getByRole('link').click();
    await visit.sees('"amount": 12.50', visit.page.getByRole('group', { name: 'Veri' }));
    await visit.sees('Bekletiliyor');
    here.receiver.script(() => answer(410, 'kapalı'));
    await here.call(`/distributors/${distributor}/delivery`, {
      method: 'PUT',
      body: { ...(await settings()), enabled: true },
    });
    await visit.page.reload();
    await visit.sees('Başarısız', visit.page.getByRole('list', { name: 'Teslimatlar' }));
    await hasReceived(2);
  });

  step('Başarısızları yeniden gönder and Tümünü yeniden gönder send it again', async () => {
    here.receiver.script(() => answer(200, 'tamam'));
    await visit.button('Başarısızları yeniden gönder (1)').click();
    await visit.sees('Teslim edildi', visit.page.getByRole('list', { name: 'Teslimatlar' }));
    await hasReceived(3);
    await visit.button('Tümünü yeniden gönder').click();
    const question = visit.question('Bu olay herkese yeniden gönderilsin mi?');
    await visit.button('Yeniden gönder', question).click();
    await question.waitFor({ state: 'detached' });
    await hasReceived(4);
    await visit.leave((complaint) => /Failed to load resource/.test(complaint));
  });
});

describe('events in English', () => {
  let here: Console;
  before(async () => {
    here = await startConsole();
    for (const organization of ['myorg', 'second']) {
      const sent = await here.call('/events', {
        body: { type: `of.${organization}`, data: {} },
        headers: { 'X-Organization': organization },
      });
      assert.equal(sent.status, 202, sent.text);
    }
  });
  after(() => here.close());

  test('pages without data say how they are filled', async () => {
    const visit = await here.visit(english);
    await visit.open('/events');
    await visit.signIn();
    await visit.row('of.myorg').getByRole('link').click();
    await visit.sees('It went to no distributor');
    await visit.open('/events/types');
    await visit.sees('There are no event types yet');
    await visit.leave();
  });

  test('a key of all organizations reads events across them, and changes after a switch to one', async () => {
    const visit = await here.visit(english);
    const key = await here.createKey('integration:read integration:write', ['*']);
    await visit.open('/events');
    await visit.signIn(key);
    await visit.sees('No organization is chosen');
    const choice = visit.page.getByRole('combobox', { name: 'Organization' });
    await choice.fill('bad/na me');
    await visit.sees('Names have at most 100 characters, and no slash or backslash.');
    await choice.fill('all');
    await visit.page.getByRole('option', { name: 'All organizations', exact: true }).click();
    await visit.sees('myorg', visit.row('of.myorg'));
    await visit.sees('second', visit.row('of.second'));
    assert.equal(await visit.button('Send event').count(), 0);
    await visit.go('Webhooks');
    await visit.sees('Choose one organization');
    await visit.go('Deliveries');
    await visit.sees('There are no deliveries yet');
    await visit.go('Events');
    await visit.row('of.second').getByRole('link').click();
    await visit.button('Switch to second').click();
    await visit.sees('It went to no distributor');
    assert.equal(await choice.inputValue(), 'second');
    await visit.leave();
  });
});
