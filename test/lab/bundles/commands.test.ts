import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createBundles, readBundles } from '../../../src/main/lab/bundles/commands';
import { labEffects } from '../../../src/main/lab/context';
import { openLab } from '../../../src/main/store/open';
import { bundleOptionsSchema } from '../../../src/shared/bundle';
import { commands, type LabEvent } from '../../../src/shared/contract';
import { failureOf } from '../../../src/shared/errors';
import { openBundleLab } from '../../support/bundleLab';
import { fakeEffects, until } from '../../support/fakes';
import { experimentEnd, openTestLab, temporaryFolder } from '../../support/lab';

const lab = openBundleLab({ parts: ['ladder'] });
afterAll(() => lab.dispose());

const failing = async (work: Promise<unknown>) =>
  failureOf(
    await work.then(
      () => new Error('nothing was refused'),
      (thrown) => thrown,
    ),
  );
const request = (into: string | null, part = {}) =>
  commands.exportBundle.parse({ into, raw: 'none', ...part });

function open(measuring = () => false) {
  const events: LabEvent[] = [];
  const context = {
    folder: lab.folder,
    store: lab.store,
    effects: labEffects,
    emit: (event: LabEvent) => events.push(event),
  };
  return { ...createBundles(context, measuring), events };
}

describe('exports of a lab', () => {
  it('go into the lab’s own folder where no other is named, and tell how far they are', async () => {
    const bundles = open();
    const bundle = await bundles.exportBundle(request(null));
    expect(bundle.path.startsWith(join(lab.folder, 'exports'))).toBe(true);
    expect(existsSync(join(bundle.path, 'SHA256SUMS'))).toBe(true);
    const told = bundles.events.flatMap((e) => (e.type === 'bundleProgress' ? [e.progress.share] : []));
    expect(told.length).toBeGreaterThan(0);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(await bundles.listBundles({})).toEqual({ labId: lab.labId, bundles: [] });
  }, 60_000);

  it('are refused while the lab measures, previews and imports too', async () => {
    const into = temporaryFolder();
    for (const bundles of [
      open(() => true),
      readBundles(
        { reader: lab.store.reader, folder: lab.folder, nowUnixMs: Date.now, tell: () => {} },
        () => true,
      ),
    ]) {
      expect(await failing(bundles.exportBundle(request(into)))).toEqual({
        kind: 'bad_input',
        message: 'The lab is measuring, and exporting would disturb it.',
        remedy: 'Export when the experiment has ended.',
      });
      const { refusal, files } = await bundles.previewBundle(bundleOptionsSchema.parse({}));
      expect(refusal?.message).toContain('measuring');
      expect(files).toEqual([]);
    }
    const measuring = open(() => true);
    expect((await failing(measuring.importBundle({ path: into }))).message).toMatch(
      /measuring, and importing/,
    );
    expect(readdirSync(into)).toEqual([]);
  });

  it('are done one at a time; a cancelled one leaves nothing, and the next goes ahead', async () => {
    const bundles = open();
    const into = temporaryFolder();
    expect(await bundles.cancelBundle({})).toEqual({ cancelled: false });
    const first = failing(bundles.exportBundle(request(into)));
    expect(await failing(bundles.exportBundle(request(into)))).toMatchObject({
      kind: 'bad_input',
      message: 'Another export or import is at work.',
    });
    expect((await failing(bundles.importBundle({ path: into }))).message).toContain('at work');
    await until(() => bundles.events.length > 0);
    expect(await bundles.cancelBundle({})).toEqual({ cancelled: true });
    expect(await first).toMatchObject({ kind: 'cancelled' });
    expect(readdirSync(into)).toEqual([]);
    await bundles.exportBundle(request(into));
    expect(readdirSync(into)).toHaveLength(1);
  }, 60_000);

  it('end with the lab: stop cancels, idle waits for the end', async () => {
    const bundles = open();
    const into = temporaryFolder();
    let ended = false;
    const work = failing(bundles.exportBundle(request(into))).then((failure) => {
      ended = true;
      return failure;
    });
    await until(() => bundles.events.length > 0);
    bundles.stop();
    await bundles.idle();
    await Promise.resolve();
    expect(await work).toMatchObject({ kind: 'cancelled' });
    expect(ended).toBe(true);
    expect(readdirSync(into)).toEqual([]);
  }, 60_000);

  it('of nothing are refused, before anything is written', async () => {
    const folder = temporaryFolder();
    openLab(folder).close();
    const store = openLab(folder, { readOnly: true });
    const bundles = readBundles(
      { reader: store.reader, folder, nowUnixMs: Date.now, tell: () => {} },
      () => false,
    );
    const into = join(folder, 'new');
    expect((await failing(bundles.exportBundle(request(into)))).message).toContain('nothing to export');
    expect(existsSync(into)).toBe(false);
    const preview = await bundles.previewBundle(bundleOptionsSchema.parse({}));
    expect(preview.refusal?.message).toContain('nothing to export');
    store.close();
  });
});

describe('in the service', () => {
  const plan = (name: string) => ({
    schema: 'thirtywatts.plan/1' as const,
    name,
    models: ['mlp:1e3'],
    preset: 'glance' as const,
    windowS: 0.1,
  });

  it('an experiment that is started meanwhile is measured when the export has ended', async () => {
    const { lab: doors, events } = openTestLab(fakeEffects());
    let ended = experimentEnd(doors);
    await doors.startExperiment({ plan: plan('first') });
    expect(await ended).toBe('completed');
    const order: string[] = [];
    doors.onEvent((event) => {
      if (event.type === 'runChanged' && event.status === 'running') order.push('measured');
    });
    ended = experimentEnd(doors);
    const exported = doors
      .exportBundle({ into: temporaryFolder(), raw: 'both' })
      .then(() => order.push('exported'));
    await until(() => events.some((e) => e.type === 'bundleProgress'));
    await doors.startExperiment({ plan: plan('second') });
    await exported;
    expect(await ended).toBe('completed');
    expect(order[0]).toBe('exported');
    expect(order.slice(1)).toContain('measured');
  }, 60_000);

  it('closing it cancels the export, and nothing of it is left', async () => {
    const { lab: doors, events, close } = openTestLab(fakeEffects());
    const ended = experimentEnd(doors);
    await doors.startExperiment({ plan: plan('first') });
    await ended;
    const into = temporaryFolder();
    const work = failing(doors.exportBundle({ into, raw: 'both' }));
    await until(() => events.some((e) => e.type === 'bundleProgress'));
    await close();
    expect(['cancelled', 'connection_lost']).toContain((await work).kind);
    expect(readdirSync(into)).toEqual([]);
  }, 60_000);
});
