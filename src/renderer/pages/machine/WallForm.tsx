import { Button, NativeSelect, NumberInput, PasswordInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import {
  tokenWords,
  type WallKind,
  type WallMeterInput,
  wallKindFacts,
  wallKinds,
} from '../../../shared/wallMeter';
import { emptyWall, type WallDraft, wallInput } from './meterForms';
import { useWallTest, WallTestNote } from './wallTest';

/** Kind and address of a wall meter, to be tried before it is added. */
export function WallForm({
  onAdd,
  onClose,
  measuring,
}: {
  onAdd(meter: WallMeterInput): Promise<boolean>;
  onClose(): void;
  measuring: boolean;
}) {
  const [draft, setDraft] = useState<WallDraft>(emptyWall);
  const { state, test, forget } = useWallTest();
  const { needs, example, intervalS } = wallKindFacts[draft.kind];
  const set = (change: Partial<WallDraft>) => {
    setDraft({ ...draft, ...change });
    forget();
  };
  const ready = draft.address.trim() !== '';
  return (
    <form
      className="tw-machine-form"
      aria-label="New wall meter"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void onAdd(wallInput(draft)).then((added) => added && onClose());
      }}
    >
      <NativeSelect
        label="Kind"
        data={wallKinds.map((kind) => ({ value: kind, label: wallKindFacts[kind].name }))}
        value={draft.kind}
        onChange={(event) => set({ kind: event.currentTarget.value as WallKind })}
      />
      <TextInput
        label="Address in your network"
        placeholder={example}
        value={draft.address}
        onChange={(event) => set({ address: event.currentTarget.value })}
        description="Only this computer, your own network and .local names are asked."
        spellCheck={false}
        data-autofocus
      />
      <TextInput
        label="What you call it"
        placeholder="Plug under the desk"
        maxLength={60}
        value={draft.label}
        onChange={(event) => set({ label: event.currentTarget.value })}
      />
      {needs.entity && (
        <TextInput
          label="Entity that shows the power"
          placeholder="sensor.plug_power"
          value={draft.entity}
          onChange={(event) => set({ entity: event.currentTarget.value })}
          spellCheck={false}
        />
      )}
      {needs.token && (
        <PasswordInput
          label="Long-lived access token"
          value={draft.token}
          onChange={(event) => set({ token: event.currentTarget.value })}
          description={tokenWords}
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the token' }}
        />
      )}
      {needs.channel && (
        <NumberInput
          label="Output of the device, from 0"
          min={0}
          max={15}
          allowDecimal={false}
          value={draft.channel}
          onChange={(channel) => set({ channel })}
          w={220}
        />
      )}
      <NumberInput
        label="Seconds between two questions"
        placeholder={`${intervalS}, or what it says itself`}
        min={0.2}
        max={60}
        decimalScale={2}
        value={draft.intervalS}
        onChange={(value) => set({ intervalS: value })}
        w={220}
      />
      <div className="tw-machine-deeds">
        <Button type="submit" disabled={!ready}>
          Add
        </Button>
        <Button
          variant="default"
          onClick={() => test({ meter: wallInput(draft) })}
          disabled={!ready || measuring || state.phase === 'asking'}
        >
          Test
        </Button>
        <Button variant="subtle" onClick={onClose}>
          Cancel
        </Button>
      </div>
      <WallTestNote state={state} />
    </form>
  );
}
