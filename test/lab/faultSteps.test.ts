import { describe, expect, it, vi } from 'vitest';
import type { RunnerJob } from '../../src/main/runner/protocol';
import type { RunDetail } from '../../src/shared/contract';
import type { Phase } from '../../src/shared/run';
import {
  counterId,
  dramId,
  energyOf,
  type Faults,
  gaugeId,
  type Here,
  intoS,
  measureOne,
  type measureVirtually,
  quickPlan,
  slowCounter,
  truthJ,
  usesVirtualTime,
} from '../support/virtualLab';

vi.mock('node:timers/promises', async (original) => ({
  ...(await original<typeof import('node:timers/promises')>()),
  setTimeout: (await import('../support/virtualLab')).virtualWait,
}));

usesVirtualTime();

const inWindows = ({ step }: Here) => step === 'window';

describe('the meter check under load', () => {
  it('takes the gauge where the counter is 43 % low, and limits', async () => {
    const low = slowCounter(0.57, ({ step }) => step === 'meter_check' || step === 'window');
    const { detail } = await measureOne({ reading: low });
    const [headline, other] = [energyOf(detail, gaugeId), energyOf(detail, counterId)];
    expect(headline).toMatchObject({
      headline: true,
      gross: { verdict: 'limited' },
      net: { verdict: 'limited' },
    });
    expect(headline.gross.codes).toContain('SOURCES_DISAGREE');
    expect(Math.abs(headline.gross.perInferenceJ! / truthJ(detail) - 1)).toBeLessThan(0.01);
    // The counter is told beside, and not as if nothing were known against it.
    expect(other.headline).toBe(false);
    expect(other.gross.verdict).not.toBe('valid');
    expect(detail.windows.map((w) => [w.verdict, w.attempt])).toEqual(detail.windows.map(() => ['ok', 0]));
  });

  it('keeps the counter where the two agree within 5 %', async () => {
    const { detail } = await measureOne({ reading: slowCounter(0.97, ({ step }) => step === 'meter_check') });
    expect(energyOf(detail, counterId)).toMatchObject({ headline: true, gross: { verdict: 'valid' } });
  });

  it('takes the gauge where the counter stands still', async () => {
    const { detail } = await measureOne({ reading: slowCounter(0, ({ step }) => step === 'meter_check') });
    expect(energyOf(detail, gaugeId)).toMatchObject({ headline: true, gross: { verdict: 'limited' } });
  });

  it('refuses both where both are impossible, and only them', async () => {
    const { detail } = await measureOne(
      {
        reading: (r, here) =>
          here.step === 'meter_check' && r.sensorId !== dramId
            ? { ...r, raw: typeof r.raw === 'bigint' ? 7n : 0 }
            : r,
      },
      { kinds: ['counter', 'gauge', 'dram'] },
    );
    for (const id of [counterId, gaugeId]) {
      expect(energyOf(detail, id).gross).toMatchObject({ verdict: 'not_measured', perInferenceJ: null });
      expect(energyOf(detail, id).net).toMatchObject({ verdict: 'not_measured', perInferenceJ: null });
      expect(energyOf(detail, id).gross.codes).toContain('SENSOR_BROKEN');
    }
    expect(energyOf(detail, dramId).gross.verdict).toBe('valid');
    expect(detail.run.latency!.verdict).toBe('valid');
  });

  it('does not outlive its sampler: the energy is lost, the run and the next one are not', async () => {
    let killed = false;
    const { details } = await measureOne(
      {
        onStep: ({ step }, { sampler }) => {
          if (step !== 'meter_check' || killed) return;
          killed = true;
          setTimeout(sampler, 2000);
        },
      },
      { plan: { models: ['mlp:1e3', 'mlp:2e3'] } },
    );
    const [lost, next] = details as [RunDetail, RunDetail];
    expect(lost.run.outcome).toEqual({ kind: 'completed' });
    expect(lost.run.latency!.verdict).toBe('valid');
    for (const e of lost.run.energy) {
      expect(e.gross.perInferenceJ).toBeNull();
      expect(e.gross.codes).toContain('SAMPLER_LOST');
    }
    expect(next.run.energy[0]!.gross.verdict).toBe('valid');
  });
});

describe('a sampler that ends', () => {
  const struckAt = (at: Phase, how: 'sampler' | 'hangSampler') => {
    let struck = false;
    return measureOne(
      {
        onStep: ({ step, window }, strike) => {
          if (step !== at || struck || (window ?? 2) !== 2) return;
          struck = true;
          setTimeout(strike[how], 1000);
        },
      },
      { plan: { models: ['mlp:1e3', 'mlp:2e3'], deadlineS: 2 } },
    );
  };
  it.each<[Phase, 'sampler' | 'hangSampler']>([
    ['bare_idle', 'sampler'],
    ['idle_before', 'sampler'],
    ['meter_check', 'hangSampler'],
    ['window', 'sampler'],
    ['window', 'hangSampler'],
    ['idle_after', 'sampler'],
  ])(
    'in %s (%s) costs this run its energy; its latency and the next run have everything',
    async (at, how) => {
      const { details, status } = await struckAt(at, how);
      const [lost, next] = details as [RunDetail, RunDetail];
      expect(status).toBe('completed');
      expect(details.map((d) => d.run.outcome)).toEqual([{ kind: 'completed' }, { kind: 'completed' }]);
      expect(lost.run.latency!.verdict).toBe('valid');
      for (const e of lost.run.energy) {
        for (const part of [e.gross, e.net]) {
          expect(part.verdict).toBe('invalid');
          expect(part.codes).toContain('SAMPLER_LOST');
        }
        expect(e.net.perInferenceJ).toBeNull();
      }
      for (const w of lost.windows.slice(at === 'window' ? 2 : lost.windows.length))
        for (const e of w.energy) expect(e).toMatchObject({ energyJ: null, code: 'SAMPLER_LOST' });
      expect(next.run.energy[0]).toMatchObject({ gross: { verdict: 'valid' }, net: { verdict: 'valid' } });
      expect(next.run.energy[0]!.powerBareW).not.toBeNull();
    },
  );
});

describe('two sensors that disagree', () => {
  it('in every window leave nothing that is believed', async () => {
    const { detail } = await measureOne({ reading: slowCounter(0.57, inWindows) });
    for (const id of [counterId, gaugeId]) {
      expect(energyOf(detail, id).gross).toMatchObject({ verdict: 'invalid', perInferenceJ: null });
      expect(energyOf(detail, id).gross.codes).toContain('SOURCES_DISAGREE');
    }
    expect(detail.run.latency!.verdict).toBe('valid');
  });

  it.each(['idle_before', 'idle_after'])(
    'over %s limit the net energy, of both, and nothing else',
    async (idle) => {
      const { detail } = await measureOne({ reading: slowCounter(0.57, ({ step }) => step === idle) });
      for (const id of [counterId, gaugeId]) {
        expect(energyOf(detail, id).gross.verdict).toBe('valid');
        expect(energyOf(detail, id).net.verdict).toBe('limited');
        expect(energyOf(detail, id).net.codes).toContain('SOURCES_DISAGREE');
      }
    },
  );
});

const steps: readonly Phase[] = [
  'load',
  'check',
  'idle_before',
  'warmup',
  'meter_check',
  'window',
  'idle_after',
];

describe('a runner that is killed', () => {
  it.each(steps)('in %s is told with where it was, and what was measured is kept', async (at) => {
    const { detail, status } = await measureOne({
      onStep: ({ step, window }, { runner }) => {
        if (step === at && (window === null || window === 2)) setTimeout(() => runner('SIGSEGV'), 200);
      },
    });
    expect(detail.run.outcome).toMatchObject({
      kind: 'failed',
      cause: 'crash',
      phase: at,
      signal: 'SIGSEGV',
    });
    expect(status).toBe('completed');
    const [{ gross, net }] = detail.run.energy as [RunDetail['run']['energy'][0]];
    expect(net).toMatchObject({ verdict: expect.not.stringMatching(/^valid$/), perInferenceJ: null });
    if (at === 'idle_after') {
      // Every window is there: only what came after them is missing (docs/method.md, 1.1).
      expect(detail.windows).toHaveLength(5);
      expect(detail.run.latency).toMatchObject({ verdict: 'valid' });
      expect(gross).toMatchObject({ verdict: 'valid' });
    } else {
      expect(detail.windows).toHaveLength(at === 'window' ? 2 : 0);
      expect(detail.run.latency!.verdict).not.toBe('valid');
      expect(detail.run.latency!.codes).toContain('RUNNER_CRASH');
      expect(gross.verdict).not.toBe('valid');
      expect(gross.codes).toContain('RUNNER_CRASH');
    }
  });
});

describe('a cancel', () => {
  it.each<Phase>(['bare_idle', 'idle_before', 'warmup', 'meter_check', 'window', 'idle_after'])(
    'in %s ends the run there, and soon',
    async (at) => {
      let askedMs = 0;
      const { detail, status } = await measureOne({
        onEvent: (event, lab) => {
          if (event.type !== 'progress' || event.stage !== at || askedMs > 0) return;
          setTimeout(() => {
            askedMs = Date.now();
            void lab.cancelExperiment({ experimentId: event.experimentId });
          }, 500);
        },
      });
      expect(status).toBe('cancelled');
      expect(detail.run.outcome).toEqual({ kind: 'cancelled', phase: at });
      expect(detail.run.endedUnixMs! - askedMs).toBeLessThan(2000);
      expect(detail.run.latency?.verdict).not.toBe('valid');
      for (const { gross } of detail.run.energy) expect(gross.verdict).not.toBe('valid');
    },
  );

  it('in the cool-down before the second run leaves the first as it was', async () => {
    const { details, status, events } = await measureOne(
      {
        onEvent: (event, lab) => {
          if (event.type === 'progress' && event.stage === 'cool_down')
            setTimeout(() => void lab.cancelExperiment({ experimentId: event.experimentId }), 500);
        },
      },
      { plan: { models: ['mlp:1e3', 'mlp:2e3'] } },
    );
    expect(status).toBe('cancelled');
    expect(details.map((d) => d.run.outcome)).toEqual([
      { kind: 'completed' },
      { kind: 'cancelled', phase: 'cool_down' },
    ]);
    expect(details[0]!.run.energy[0]!.gross.verdict).toBe('valid');
    expect(details[1]!.windows).toEqual([]);
    expect(events.some((e) => e.type === 'progress' && e.stage === 'load' && e.finished === 1)).toBe(false);
  });
});

describe('the warm-up', () => {
  const warming: Faults = {
    health: (here) => ({ tempC: here.step === 'warmup' ? Math.min(60, 40 + 2 * intoS(here)) : 40 }),
  };
  /** Seconds of the warm-up of each run. */
  const warmups = async (faults: Faults, options: Parameters<typeof measureVirtually>[1]) => {
    const seconds: number[] = [];
    let begunS = 0;
    const { details } = await measureOne(
      {
        ...faults,
        onStep: ({ step, sinceS }) => {
          if (step === 'warmup') begunS = sinceS;
          if (step === 'meter_check') seconds.push(sinceS - begunS);
        },
      },
      options,
    );
    return { seconds, details };
  };

  it.each([[['counter', 'gauge']], [['counter']]] as const)(
    'waits until the temperature has settled, from the first run on (%j)',
    async (kinds) => {
      const { seconds } = await warmups(warming, { kinds, plan: { models: ['mlp:1e3', 'mlp:2e3'] } });
      expect(seconds).toHaveLength(2);
      // It rises for 10 s; the slope is taken over 5.
      for (const s of seconds) {
        expect(s).toBeGreaterThan(12);
        expect(s).toBeLessThan(18);
      }
    },
  );

  it.each([
    ['quick', true],
    ['glance', false],
  ] as const)('of the preset %s asks for the temperature: %s', async (preset, expected) => {
    const asks = new Set<boolean>();
    const runner = { inWindow: (job: RunnerJob) => void asks.add(job.askTemperature) };
    await measureOne({ ...warming, runner }, { plan: { preset, models: ['mlp:1e3', 'mlp:2e3'] } });
    expect([...asks]).toEqual([expected]);
  });

  it('does not wait where no temperature can be read, and stores null', async () => {
    const { seconds, details } = await warmups({}, {});
    expect(seconds[0]).toBeLessThan(5);
    expect(details[0]!.windows.map((w) => w.state!.tempC)).toEqual([null, null, null, null, null]);
  });
});

describe('the rest between runs', () => {
  const plan = { ...quickPlan, models: ['mlp:1e3', 'mlp:2e3'] };
  const coolingAt = (cPerS: number): Faults => ({
    health: (here) => {
      if (here.step === 'cool_down') return { tempC: 70 - cPerS * intoS(here) };
      return { tempC: here.step === 'window' ? 70 : 50 };
    },
  });
  const restOf = async (faults: Faults) => {
    const begun: Partial<Record<string, number>> = {};
    const { details, events } = await measureOne(
      {
        ...faults,
        onStep: ({ step, sinceS }) => {
          if (step === 'cool_down' || (step === 'load' && begun.cool_down !== undefined))
            begun[step] ??= sinceS;
        },
      },
      { plan },
    );
    return {
      seconds: begun.load! - begun.cool_down!,
      codes: details[1]!.run.latency!.codes,
      details,
      events,
    };
  };

  it('is at least five seconds, and none before the first run', async () => {
    const { seconds, codes } = await restOf({});
    expect(seconds).toBeGreaterThan(4.9);
    expect(seconds).toBeLessThan(6);
    expect(codes).toEqual([]);
  });

  it('lasts until the device is within 2 °C of its first ready idle', async () => {
    const { seconds, codes } = await restOf(coolingAt(1));
    expect(seconds).toBeGreaterThan(17.5);
    expect(seconds).toBeLessThan(20);
    expect(codes).toEqual([]);
  });

  it('ends after two minutes with TEMP_DRIFT where it never cools down', async () => {
    const { seconds, codes, details } = await restOf(coolingAt(0));
    expect(seconds).toBeGreaterThan(119);
    expect(seconds).toBeLessThan(122);
    expect(codes).toEqual(['TEMP_DRIFT']);
    expect(details.map((d) => d.run.energy[0]!.gross.verdict)).toEqual(['valid', 'limited']);
  });

  it('measures the bare idle once, and tells it with every run', async () => {
    const { details, events } = await restOf({});
    const idle = events.flatMap((e) => (e.type === 'progress' && e.stage === 'bare_idle' ? [e.runId] : []));
    expect(idle).toEqual([details[0]!.run.id]);
    for (const { run } of details) expect(Math.abs(run.energy[0]!.powerBareW! / 10 - 1)).toBeLessThan(0.02);
  });
});
