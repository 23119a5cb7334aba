import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useDeferredValue, useMemo, useState } from 'react';
import type { RunRow } from '../../../shared/runRow';
import { useRows } from '../../lab/rows';
import { DataTable, plainLayout, type TableLayout } from '../../parts/DataTable';
import { EmptyState } from '../../parts/EmptyState';
import { go } from '../../state/view';
import { runColumns } from '../runs/columns';
import { filterRuns } from '../runs/filter';
import { plainView } from '../runs/view';
import { mostCompared, standing } from './chosen';

const columns = runColumns
  .filter((c) =>
    ['model', 'status', 'provider', 'batch', 'threads', 'p50', 'gross', 'experiment', 'started'].includes(
      c.id,
    ),
  )
  .map((c) => ({ ...c, hidden: false }));
const rowId = (row: RunRow) => row.id;

/** A searchable table of runs to choose from: Space selects several, Enter takes one. */
export function RunPicker({
  opened,
  onClose,
  taken,
  onPick,
}: {
  opened: boolean;
  onClose(): void;
  taken: readonly string[];
  onPick(ids: string[]): void;
}) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Pick runs to compare"
      size="min(1000px, 94vw)"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {opened && <Picker taken={taken} onPick={onPick} />}
    </Modal>
  );
}

function Picker({ taken, onPick }: { taken: readonly string[]; onPick(ids: string[]): void }) {
  const all = useRows((s) => s.rows);
  const [text, setText] = useState('');
  const searched = useDeferredValue(text);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [layout, setLayout] = useState<TableLayout>({
    ...plainLayout,
    sort: [{ id: 'started', desc: true }],
  });
  const free = useMemo(() => standing(all).filter((row) => !taken.includes(row.id)), [all, taken]);
  const rows = useMemo(() => filterRuns(free, { ...plainView, text: searched }), [free, searched]);
  const room = mostCompared - taken.length;
  if (free.length === 0) {
    return (
      <EmptyState title={all.length === 0 ? 'No run yet.' : 'Every run is compared already.'}>
        {all.length === 0 && <Button onClick={() => go({ page: 'lab' })}>Go to Lab</Button>}
      </EmptyState>
    );
  }
  return (
    <>
      <Group mb="xs">
        <TextInput
          data-autofocus
          aria-label="Search runs"
          placeholder="Search: words, -without"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          style={{ flex: 1 }}
        />
        <Button disabled={selected.size === 0 || selected.size > room} onClick={() => onPick([...selected])}>
          {selected.size > 1 ? `Add ${selected.size} runs` : 'Add run'}
        </Button>
      </Group>
      {selected.size > room && (
        <p role="status">
          At most {mostCompared} runs are compared: {room} more fit.
        </p>
      )}
      <div className="tw-picker">
        <DataTable
          label="Runs to pick from"
          rows={rows}
          unitRows={free}
          columns={columns}
          rowId={rowId}
          layout={layout}
          onLayout={setLayout}
          selected={selected}
          onSelected={setSelected}
          onOpen={(row) => onPick([row.id])}
          empty={<EmptyState title="No run fits the search." />}
        />
      </div>
    </>
  );
}
