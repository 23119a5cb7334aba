import { Kbd, Modal, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { isMac, useCommand } from '../commands/handlers';
import { type CommandInfo, commandIds, infoOf, printKeys } from '../commands/table';
import { useSettings } from '../state/settings';

/** The `?` sheet, made from the command table. */
export function ShortcutSheet() {
  const [open, setOpen] = useState(false);
  const singleKeys = useSettings((s) => s.singleKeys);
  useCommand('view.shortcuts', () => setOpen((o) => !o));
  const withKeys = commandIds.map((id) => ({ id, ...infoOf(id) })).filter((c) => c.keys.length > 0);
  const groups = [...new Set(withKeys.map((c) => c.group))];
  return (
    <Modal
      opened={open}
      onClose={() => setOpen(false)}
      title="Keyboard shortcuts"
      size="xl"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {!singleKeys && (
        <Text size="sm" mb="xs">
          Single-letter keys are switched off in Settings.
        </Text>
      )}
      <div className="tw-sheet">
        {groups.map((group) => (
          <Group key={group} title={group} commands={withKeys.filter((c) => c.group === group)} />
        ))}
      </div>
    </Modal>
  );
}

function Group({ title, commands }: { title: string; commands: (CommandInfo & { id: string })[] }) {
  return (
    <Table verticalSpacing={2} withRowBorders={false} captionSide="top">
      <Table.Caption ta="left" fw={650} c="var(--mantine-color-text)">
        {title}
        {commands.some((c) => c.where === 'figure') && ' (arrows and signs: while a figure has the focus)'}
      </Table.Caption>
      <Table.Tbody>
        {commands.map(({ id, label, keys }) => (
          <Table.Tr key={id}>
            <Table.Td>{label}</Table.Td>
            <Table.Td ta="right">
              {keys.map((k) => (
                <Kbd key={k} size="xs" ml={4}>
                  {printKeys(k, isMac)}
                </Kbd>
              ))}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
