import { ActionIcon, Button, Group, Menu, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useRows } from '../../lab/rows';
import { Icon } from '../../parts/icons';
import { putSetting, useSettings } from '../../state/settings';
import { go, type View, viewOfHash } from '../../state/view';
import { type RunView, readSaved, withSaved } from './view';

/** Saved views by name, and the runs and comparisons opened last. */
export function ViewsMenu({ view, onView }: { view: RunView; onView(view: RunView): void }) {
  const stored = useSettings((s) => s.savedViews);
  const recents = useSettings((s) => s.recentViews);
  const byId = useRows((s) => s.byId);
  const [name, setName] = useState('');
  const saved = readSaved(stored);
  const save = () => {
    if (name.trim() === '') return;
    putSetting('savedViews', withSaved(saved, name.trim().slice(0, 80), view));
    setName('');
  };
  const opened = recents.flatMap((hash): { to: View; hash: string; label: string }[] => {
    const to = viewOfHash(hash);
    if (to.page === 'compare') return [{ to, hash, label: `Comparison of ${to.runs.length} runs` }];
    const row = to.page === 'run' ? byId.get(to.run) : undefined;
    return row ? [{ to, hash, label: `${row.modelName} on ${row.provider}, batch ${row.batch}` }] : [];
  });
  return (
    <Menu position="bottom-end" shadow="md" width={290}>
      <Menu.Target>
        <Button variant="default" rightSection={<span aria-hidden="true">▾</span>}>
          Views
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Saved views</Menu.Label>
        {saved.map((own) => (
          <Group key={own.name} gap={0} wrap="nowrap">
            <Menu.Item onClick={() => onView(own.view)}>{own.name}</Menu.Item>
            <ActionIcon
              aria-label={`Forget the view ${own.name}`}
              onClick={() =>
                putSetting(
                  'savedViews',
                  saved.filter((other) => other.name !== own.name),
                )
              }
            >
              <Icon name="close" size={13} />
            </ActionIcon>
          </Group>
        ))}
        <Group gap={6} px="xs" py={4} wrap="nowrap">
          <TextInput
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            // The menu takes letters and arrows to move among its items.
            onKeyDown={(event) => {
              event.stopPropagation();
              if (event.key === 'Enter') save();
            }}
            placeholder="Name of this view"
            aria-label="Name of this view"
            maxLength={80}
            style={{ flex: 1 }}
          />
          <Button onClick={save} disabled={name.trim() === ''}>
            Save
          </Button>
        </Group>
        {opened.length > 0 && (
          <>
            <Menu.Divider />
            <Menu.Label>Opened last</Menu.Label>
            {opened.slice(0, 8).map(({ to, hash, label }) => (
              <Menu.Item key={hash} onClick={() => go(to)}>
                {label}
              </Menu.Item>
            ))}
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
