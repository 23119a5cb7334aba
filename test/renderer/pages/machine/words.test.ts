import { describe, expect, it } from 'vitest';
import {
  machineFacts,
  machineText,
  meterState,
  remedyText,
} from '../../../../src/renderer/pages/machine/words';
import type { MeterReport, SensorInfo } from '../../../../src/shared/meter';
import { fakeMachine, packageSensor } from '../../../support/fakeRecords';

const found = (over: Partial<SensorInfo>): MeterReport => ({
  provider: 'x',
  title: 'X',
  result: { status: 'ok', sensors: [{ ...packageSensor, ...over }] },
});
const refused: MeterReport = {
  provider: 'rapl',
  title: 'Linux RAPL (powercap)',
  result: { status: 'denied', reason: 'Only the administrator may read it.', remedy: null },
};

describe('words of the machine page', () => {
  it('give what is absent in words, never as null or 0', () => {
    const machine = { ...fakeMachine(), virtualized: null, powerSource: null, gpus: [] };
    const facts = Object.fromEntries(machineFacts({ ...machine, cpu: { ...machine.cpu, governor: null } }));
    expect(facts['Virtual machine']).toBe('not known');
    expect(facts['Power source']).toBe('not known');
    expect(facts['Clock governor']).toBe('not known');
    expect(facts.Graphics).toBe('none with a readable meter');
  });

  it('say the best that was found, and never take a made-up or estimated one for a sensor', () => {
    expect(meterState([refused])).toBe('none');
    expect(meterState([refused, found({ origin: 'model', provenance: 'estimate' })])).toBe('estimate');
    expect(meterState([found({ origin: 'simulated' })])).toBe('simulated');
    expect(meterState([found({ origin: 'model' }), found({ origin: 'hardware' })])).toBe('sensor');
  });

  it('turn remedies of the command line into ones of the page', () => {
    const text = remedyText(
      'Give the rated power of its share of the processor with --tdp WATTS, or use a wall meter.',
    );
    expect(text).toContain('on this page');
    expect(text).not.toContain('--tdp');
    expect(text).toContain('wall meter below');
    expect(remedyText('add it with “thirty-watts meters add-wall”, or on the page Machine & meters.')).toBe(
      'add it under “Wall meters” on this page.',
    );
    expect(remedyText('Allow reading it until the next restart:')).toBe(
      'Allow reading it until the next restart:',
    );
  });

  it('copy everything as text, with labels of what is not real and reasons of what is missing', () => {
    const text = machineText({
      machine: { ...fakeMachine(), nodeOptions: '--max-old-space-size=1' },
      providers: [
        { provider: 'cpu', status: 'ok', reason: null, device: null },
        { provider: 'webgpu', status: 'ok', reason: null, device: 'SwiftShader' },
        { provider: 'cuda', status: 'refused', reason: 'Not in this build.', device: null },
      ],
      meters: [refused, found({ origin: 'simulated' })],
      lab: '/somewhere/private',
    });
    for (const part of [
      'webgpu: found, runs on SwiftShader',
      'cuda: refused: Not in this build.',
      'SIMULATED',
      '--max-old-space-size=1',
      'denied: Only',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('/somewhere/private');
    expect(text).not.toMatch(/null|undefined|NaN/);
  });
});
