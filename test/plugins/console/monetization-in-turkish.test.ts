import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { answer, type Received } from '../../../src/testing/index.ts';
import { type Console, inOrder, startConsole, turkish, type Visit } from '../../support/console.ts';
import { eventually } from '../../support/eventually.ts';

const plan = 'Altın';
const thresholds = ['80', '90', '100', '110', '120'];

/** From nothing to callbacks and their redelivery, as the pages name each step; every test goes on where the last one ended. */
describe('the pages in Turkish, from the first webhook to the callbacks', () => {
  let here: Console;
  let visit: Visit;
  const step = inOrder();
  before(async () => {
    here = await startConsole();
    visit = await here.visit(turkish);
    await visit.open('/');
    await visit.signIn();
  });
  after(() => here.close());

  const callbacks = (path: string): Received[] => here.receiver.received.filter((each) => each.path === path);
  /** Saves the form of a dialog, which closes. */
  async function save(title: string, button: string): Promise<void> {
    const dialog = visit.dialog(title);
    await visit.button(button, dialog).click();
    await dialog.waitFor({ state: 'detached' });
  }
  async function addWebhook(name: string, path: string): Promise<void> {
    await visit.button('+ Webhook').click();
    await visit.field('Ad').fill(name);
    await visit.field('Url').fill(`${here.receiver.url}${path}`);
    await save('Yeni webhook', 'Kaydet');
    await visit.row(path).waitFor();
  }
  const isOn = (name: string) => visit.page.getByRole('switch', { name, exact: true, checked: true });
  const isOff = (name: string) => visit.page.getByRole('switch', { name, exact: true, checked: false });
  const tab = (name: string) => visit.page.getByRole('link', { name, exact: true }).click();

  step('+ Webhook adds an enabled webhook', async () => {
    await visit.go("Webhook'lar");
    await visit.sees('Yayınlama › Para kazanma');
    await visit.button('+ Webhook').click();
    await visit.button('Kaydet').click();
    assert.equal(await visit.dialog('Yeni webhook').getByText('Bu alan zorunludur.').count(), 2);
    await visit.button('Vazgeç').click();
    await addWebhook('webhook1', '/callbackhandler');
    await isOn('webhook1').waitFor();
    await addWebhook('webhook2', '/callbackhandler2');
  });

  step(
    "Düzenle and Webhook'ı Güncelle change it, the switch disables and enables it, the search finds it",
    async () => {
      await visit.button('Düzenle', visit.row('webhook1')).click();
      assert.equal(await visit.field('Ad').inputValue(), 'webhook1');
      await visit.field('Url').fill(`${here.receiver.url}/callbackhandler1`);
      await save("Webhook'ı düzenle", "Webhook'ı Güncelle");
      await visit.row('/callbackhandler1').waitFor();
      await isOn('webhook1').click();
      await isOff('webhook1').waitFor();
      await visit.page.reload();
      await isOff('webhook1').click();
      await isOn('webhook1').waitFor();
      await visit.page.getByRole('searchbox', { name: 'Webhook ara', exact: true }).fill('webhook2');
      await visit.row('webhook1').waitFor({ state: 'detached' });
      assert.equal(await visit.row('webhook2').count(), 1);
      await visit.page.getByRole('searchbox', { name: 'Webhook ara', exact: true }).fill('');
      await visit.row('webhook1').waitFor();
    },
  );

  step('Sil asks, and deletes', async () => {
    await addWebhook('eski', '/eski');
    await visit.button('Sil', visit.row('eski')).click();
    const question = visit.question('eski adlı webhook silinsin mi?');
    await visit.sees('Bekleyen veya tutulan teslimatı yok.', question);
    await visit.button('Vazgeç', question).click();
    await question.waitFor({ state: 'detached' });
    await visit.button('Sil', visit.row('eski')).click();
    await visit.button('Sil', question).click();
    // While the question is open, rows are hidden from roles, and look as if they were gone.
    await question.waitFor({ state: 'detached' });
    await visit.row('eski').waitFor({ state: 'detached' });
    const { body } = await here.call('/v1/mint/organizations/myorg/webhooks');
    const { webhooks } = body as { webhooks: { name: string; enabled: boolean }[] };
    assert.deepEqual(webhooks.map(({ name, enabled }) => [name, enabled]).toSorted(), [
      ['webhook1', true],
      ['webhook2', true],
    ]);
  });

  step('forms make product, package and plan; + Bildir is missing until the plan is published', async () => {
    await visit.go('Ücret Planları');
    await tab('Ürünler');
    await visit.button('+ Ürün').click();
    await visit.field('Ad').fill('hava');
    await save('Yeni ürün', 'Kaydet');
    await visit.row('hava').waitFor();
    await tab('Planlar');
    await visit.button('+ Paket').click();
    await visit.field('Ad').fill('Paketim');
    await visit.page.getByRole('checkbox', { name: 'hava', exact: true }).check();
    await save('Yeni paket', 'Kaydet');
    await visit.button('+ Plan', visit.row('Paketim')).click();
    await visit.field('Ad').fill(plan);
    await save('Yeni ücret planı', 'Kaydet');
    const row = visit.row(plan);
    await visit.sees('Taslak', row);
    await visit.sees('Geliştirici başına, 1 ay', row);
    assert.equal(await visit.button('+ Bildir').count(), 0);
    await visit.button('Yayınla', row).click();
    await visit.button('Yayınla', visit.question(`${plan} yayınlansın mı?`)).click();
    await visit.sees('Yayınlandı', row);
    await visit.button('+ Bildir', row).waitFor();
  });

  step('Bildirimler shows all percentages while they are typed, and creates a notification', async () => {
    await visit.button('+ Bildir', visit.row(plan)).click();
    const dialog = visit.dialog('Bildirimler');
    await visit.sees('Bildirim aralıkları', dialog);
    const shown = dialog.getByRole('list', { name: 'Notify At', exact: true }).getByRole('listitem');
    const percentages = async (): Promise<string[]> =>
      (await shown.allInnerTexts()).map((text) => text.replace(/\D/g, ''));
    await visit.field('At/Başlangıç %', dialog).fill('80');
    assert.deepEqual(await percentages(), ['80']);
    await visit.field('Bitiş %', dialog).fill('120');
    assert.deepEqual(await percentages(), thresholds);
    await visit.field('Adım %', dialog).fill('20');
    assert.deepEqual(await percentages(), ['80', '100', '120']);
    await visit.field('Adım %', dialog).fill('10');
    await visit.button('+ Ekle', dialog).click();
    await visit.field('At/Başlangıç %', dialog).last().fill('150');
    assert.deepEqual(await percentages(), [...thresholds, '150']);
    await visit.button('2. aralığı kaldır', dialog).click();
    assert.deepEqual(await percentages(), thresholds);
    await visit.button('Bildirim Oluştur', dialog).click();
    await visit.sees('En az bir webhook seçin.', dialog);
    await dialog.getByRole('checkbox', { name: 'webhook1', exact: true }).check();
    await save('Bildirimler', 'Bildirim Oluştur');
    await visit.sees(/%80 – %120/, visit.row(plan));
  });

  step('Düzenle and Bildirimi Kaydet change it', async () => {
    await visit.button('+ Bildir', visit.row(plan)).click();
    const dialog = visit.dialog('Bildirimler');
    await visit.button('Düzenle', dialog).click();
    assert.equal(await visit.field('Bitiş %', dialog).inputValue(), '120');
    assert.equal(await dialog.getByRole('checkbox', { name: 'webhook1', exact: true }).isChecked(), true);
    await dialog.getByRole('checkbox', { name: 'webhook2', exact: true }).check();
    await save('Bildirimler', 'Bildirimi Kaydet');
    await visit.button('+ Bildir', visit.row(plan)).click();
    await visit.sees('webhook2', dialog.getByRole('listitem').filter({ has: visit.button('Bildirimi Sil') }));
    assert.equal(await visit.button('Bildirimi Sil', dialog).count(), 1);
    await visit.button('Vazgeç', dialog).click();
  });

  step('forms make developer and subscription; reported usage calls the webhooks at each percentage', async () => {
    here.receiver.script(({ path }) => (path === '/callbackhandler2' ? answer(500, 'bozuk') : answer(200, 'tamam')));
    await tab('Geliştiriciler ve abonelikler');
    await visit.button('+ Geliştirici').click();
    const texts = {
      'E-posta': 'ayse@example.com',
      Ad: 'Ayşe',
      Soyad: 'Yılmaz',
      'Kullanıcı adı': 'ayse',
      Uygulamalar: 'telefon',
    };
    for (const [label, text] of Object.entries(texts)) await visit.field(label).fill(text);
    await save('Yeni geliştirici', 'Kaydet');
    await visit.button('+ Abonelik').first().click();
    await visit.field('Plan').selectOption({ label: plan });
    await visit.field('Kota hedefi').fill('10');
    await save('Yeni abonelik', 'Kaydet');
    await visit.button('Kullanım bildir').click();
    const dialog = visit.dialog('Kullanım bildir');
    await visit.field('Ürün', dialog).selectOption({ label: 'hava' });
    await visit.field('Adet', dialog).fill('8');
    await visit.button('Bildir', dialog).click();
    await visit.sees('%80', dialog);
    await visit.field('Adet', dialog).fill('4');
    await visit.button('Bildir', dialog).click();
    await visit.sees('%120', dialog);
    const called = await eventually(() => {
      const all = callbacks('/callbackhandler1');
      return all.length >= thresholds.length ? all : undefined;
    });
    const bodies = called.map(({ body }) => JSON.parse(body));
    assert.deepEqual(
      bodies.map(({ quotaPercentUsed: percent }) => String(percent)).toSorted((a, b) => Number(a) - Number(b)),
      thresholds,
    );
    assert.deepEqual(
      [bodies[0].ratePlanName, bodies[0].developerEmail, bodies[0].products],
      [plan, 'ayse@example.com', ['hava']],
    );
    await visit.button('Kapat', dialog).last().click();
    await visit.page.getByRole('meter', { name: `${plan} kullanımı`, exact: true }).waitFor();
  });

  step('Teslimatlar shows the callbacks, and a failing endpoint with the time until its next attempt', async () => {
    await visit.go('Teslimatlar');
    await eventually(async () =>
      (await visit.row('Teslim edildi').filter({ hasText: 'webhook1' }).count()) === 5 ? true : undefined,
    );
    const failing = visit.row('webhook2').filter({ hasText: 'Yeniden denenecek' }).first();
    await visit.sees('500', failing);
    await visit.sees(/Uç nokta hata verdi/, failing);
    const countdown = failing.getByRole('time').last();
    const first = await countdown.textContent();
    assert.match(first ?? '', /\d/);
    await eventually(async () => ((await countdown.textContent()) === first ? undefined : true));
  });

  step('Yeniden gönder delivers to the healed endpoint', async () => {
    here.receiver.script(() => answer(200, 'tamam'));
    await visit.row('webhook2').filter({ hasText: 'Yeniden denenecek' }).first().getByRole('link').click();
    await visit.sees('1. deneme');
    await visit.button('Yeniden gönder').click();
    await visit.sees('2. deneme');
    await visit.page.getByText('Teslim edildi', { exact: true }).first().waitFor();
    await visit.page.getByRole('link', { name: 'Tüm teslimatlar', exact: true }).click();
  });

  step('Tümünü yeniden gönder… counts, sends and shows how far it is', async () => {
    await visit.field('Durum').selectOption({ label: 'Sırada veya yeniden denenecek' });
    await visit.button('Tümünü yeniden gönder…').click();
    const dialog = visit.dialog('Tümünü yeniden gönder');
    await visit.sees('Filtrelere 4 teslimat uyuyor.', dialog);
    await visit.button('Başlat', dialog).click();
    await visit.sees('Yeniden gönderim tamamlandı', dialog);
    await visit.sees('4 yeniden sıraya alındı, 0 atlandı', dialog);
    await eventually(() => (callbacks('/callbackhandler2').length >= 10 ? true : undefined));
    await visit.button('Kapat', dialog).click();
  });

  step('Bildirimi Sil asks, and deletes', async () => {
    await visit.go('Ücret Planları');
    await visit.button('+ Bildir', visit.row(plan)).click();
    const dialog = visit.dialog('Bildirimler');
    await visit.button('Bildirimi Sil', dialog).click();
    await visit.button('Bildirimi Sil', visit.question('Bu bildirim silinsin mi?')).click();
    await visit.sees('Aralıkların yüzdeleri burada görünür.', dialog);
    await eventually(async () => ((await visit.button('Bildirimi Sil').count()) === 0 ? true : undefined));
    await visit.leave();
  });
});
