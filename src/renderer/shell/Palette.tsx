import { Spotlight, type SpotlightActionGroupData, spotlight } from '@mantine/spotlight';
import { give, isAvailable, isMac, useCommand, useHandlers } from '../commands/handlers';
import { type CommandInfo, commandIds, infoOf, printKeys } from '../commands/table';
import { useRows } from '../lab/rows';
import { go } from '../state/view';

/** Every command that can be given now, and the newest runs by model name. */
export function Palette() {
  useHandlers((s) => s.stacks); // drawn anew when a command comes or goes
  const rows = useRows((s) => s.rows);
  useCommand('view.palette', () => spotlight.open());
  const groups = new Map<CommandInfo['group'], SpotlightActionGroupData['actions']>();
  for (const id of commandIds) {
    const { label, group, keys, keysOnly } = infoOf(id);
    if (keysOnly || !isAvailable(id)) continue;
    const own = groups.get(group) ?? [];
    own.push({ id, label, onClick: () => void give(id), description: keys[0] && printKeys(keys[0], isMac) });
    groups.set(group, own);
  }
  const runs = rows.slice(-200).reverse();
  const actions: SpotlightActionGroupData[] = [
    ...[...groups].map(([group, own]) => ({ group, actions: own })),
    {
      group: 'Runs',
      actions: runs.map((row) => ({
        id: row.id,
        label: `${row.modelName} on ${row.provider}, batch ${row.batch}`,
        description: `Run ${row.id.slice(-8)}, ${row.status}`,
        onClick: () => go({ page: 'run', run: row.id }),
      })),
    },
  ];
  return (
    <Spotlight
      actions={actions}
      shortcut={null}
      limit={12}
      maxHeight={420}
      scrollable
      highlightQuery
      // Opened again while it fades, it would keep the old words; a blurred page is costly to draw while it is measured.
      transitionProps={{ duration: 0 }}
      overlayProps={{ blur: 0, backgroundOpacity: 0.25 }}
      nothingFound="No command or run of that name"
      searchProps={{ placeholder: 'Command or run', 'aria-label': 'Command or run' }}
    />
  );
}
