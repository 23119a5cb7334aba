import { describe, expect, it } from 'vitest';
import { badgeOf, placeOf, threadsText, whyNoEnergy } from '../../../src/main/science/claims/captions';
import { around, fakeMeasured } from '../../support/fakeBench';
import { fakeMachine } from '../../support/fakeRecords';

const nothing = { value: null, low: null, high: null };
const meter = { provider: 'rapl', domain: 'cpu.package' as const };

describe('captions', () => {
  it('mark energies that no meter of this machine measured, and no others', () => {
    const of = (origin: 'hardware' | 'simulated' | 'replayed' | null) =>
      badgeOf([fakeMeasured('a', { origin: 'hardware' }), fakeMeasured('b', { origin })]);
    expect(of('simulated')).toBe('SIMULATED');
    expect(of('replayed')).toBe('SIMULATED');
    expect(of('hardware')).toBeNull();
    expect(of(null)).toBeNull();
  });

  it('name the machine and the newest day', () => {
    const at = (day: number) => fakeMeasured(`${day}`, { startedUnixMs: Date.UTC(2026, 4, day) });
    const machine = fakeMachine();
    expect(placeOf([at(3), at(7)], machine)).toBe(`${machine.cpu.model}, 2026-05-07.`);
    expect(placeOf([], machine)).toBe(`${machine.cpu.model}.`);
    expect([threadsText({ threads: 1 }), threadsText({ threads: 4 })]).toEqual(['1 thread', '4 threads']);
  });

  it('say why there is no energy: switched off, no meter, or a meter that could not tell', () => {
    const without = fakeMeasured('a', { grossJ: nothing, meter: null });
    const short = fakeMeasured('b', { grossJ: nothing, meter });
    const told = fakeMeasured('c', { grossJ: around(1), meter });
    expect(whyNoEnergy({ meters: 'none' }, [short])).toMatch(/switched off/);
    expect(whyNoEnergy({ meters: 'auto' }, [without])).toBe('No energy meter was found.');
    expect(whyNoEnergy({ meters: 'auto' }, [short, told], 'models')).toMatch(/^The energy of 1 of 2 models/);
  });
});
