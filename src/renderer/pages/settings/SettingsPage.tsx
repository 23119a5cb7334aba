import { NumberInput, SegmentedControl, Switch } from '@mantine/core';
import type { ReactNode } from 'react';
import { PageHead } from '../../parts/PageHead';
import { putSetting, type Settings, useSettings } from '../../state/settings';
import '../../styles/settings.css';
import { RatedPower } from '../machine/RatedPower';
import { About } from './About';
import { Bins } from './Bins';
import { EverydayUnit } from './EverydayUnit';
import { LabFolder } from './LabFolder';
import { Verify } from './Verify';

/** What the page remembers in this lab, and the lab itself. Every change counts at once and is kept. */
export function SettingsPage() {
  const { colorScheme, reduceMotion, singleKeys, updateRateHz } = useSettings();
  return (
    <div className="tw-page tw-settings">
      <PageHead title="Settings" note="Changes count at once and are kept in this lab." />
      <div className="tw-settings-grid">
        <Section title="Look">
          <div className="tw-settings-row">
            <span id="colours">Colours</span>
            <SegmentedControl
              aria-labelledby="colours"
              value={colorScheme}
              onChange={(value) => putSetting('colorScheme', value as Settings['colorScheme'])}
              data={[
                { value: 'auto', label: 'As the system' },
                { value: 'light', label: 'Light' },
                { value: 'dark', label: 'Dark' },
              ]}
            />
          </div>
          <Switch
            label="Reduce motion"
            description="Nothing slides or fades, whatever the system says. While a window is measured nothing does in any case."
            checked={reduceMotion}
            onChange={(event) => putSetting('reduceMotion', event.currentTarget.checked)}
          />
        </Section>
        <Section title="Keys and live traces">
          <Switch
            label="Single-letter shortcuts"
            description="G then L, F, X, ? and the like. Those with Ctrl work in any case."
            checked={singleKeys}
            onChange={(event) => putSetting('singleKeys', event.currentTarget.checked)}
          />
          <NumberInput
            label="Live updates a second"
            description="From 1 to 10. More costs power that is being measured; 4 while a window is open at the most."
            min={1}
            max={10}
            clampBehavior="strict"
            value={updateRateHz}
            onChange={(value) => {
              if (typeof value === 'number' && value >= 1 && value <= 10) putSetting('updateRateHz', value);
            }}
            w={300}
          />
        </Section>
        <Section title="Everyday units">
          <EverydayUnit />
        </Section>
        <Section title="Rated power">
          <RatedPower />
        </Section>
        <Section title="Lab folder">
          <LabFolder />
        </Section>
        <Section title="Verify the lab">
          <Verify />
        </Section>
        <Section title="Bin">
          <Bins />
        </Section>
        <Section title="About">
          <About />
        </Section>
      </div>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="tw-card" aria-label={title}>
      <h2>{title}</h2>
      <div className="tw-settings-list">{children}</div>
    </section>
  );
}
